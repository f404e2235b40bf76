"""The ledger of validation: every scenario run as it stands, its estimates beside their theory."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knudsen.core.files import write_text
from knudsen.core.results import Estimate, Result
from knudsen.scenarios import table
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.loading import check, describe
from knudsen.scenarios.registry import SCENARIOS, find
from knudsen.scenarios.runner import Plan, execute

LEDGER_FILE = "ledger.md"
SUSPECT, REFUTED = 3.0, 4.0  # standard errors from exact or numerical theory; chances 1 in 370 and in 16,000
HEADINGS = ("scenario", *table.HEADINGS)
COSTS = ("run", "steps", "particles", "CPU time [s]", "wall time [s]", "knudsen", "date")
SHORT = 10  # digits of a commit


@dataclass(frozen=True)
class Entry:
    """One run of the ledger: the scenario, the keys that were set, and what came of them."""

    scenario: str
    settings: dict[str, Any]
    result: Result

    @property
    def label(self) -> str:
        """What it is called in the ledger."""
        return label(self.scenario, self.settings)


@dataclass(frozen=True)
class Run:
    """One run of the ledger that is yet to be made: the keys that are set, and its plan."""

    settings: dict[str, Any]
    plan: Plan

    @property
    def folder(self) -> str:
        """Name of its folder, whatever else is asked for: the scenario and its settings."""
        return re.sub(r"[^\w.]+", "-", label(self.plan.scenario.name, self.settings)).strip("-")


def label(scenario: str, settings: dict[str, Any]) -> str:
    """The scenario, with its settings where it is not run as it stands."""
    return f"{scenario} ({describe(settings)})" if settings else scenario


def plans(names: Sequence[str], device: str = "auto", **options: Any) -> list[Run]:
    """Every run, all checked before any starts; of all scenarios where none is named.

    Raises ConfigError.
    """
    chosen = [find(name) for name in names or SCENARIOS]
    return [
        Run(dict(settings), Plan(scenario, check(scenario.Config, settings), device, **options))
        for scenario in chosen
        for settings in scenario.validation
    ]


def validate(planned: Sequence[Run], folder: Path) -> list[Entry]:
    """Run all, each in a folder of its own, finished ones read from the disk, and write the ledger.

    The ledger holds every finished run in the folder, those of earlier calls too.  Raises as `execute`.
    """
    entries = [
        Entry(run.plan.scenario.name, run.settings, execute(run.plan, RunFolder(folder / run.folder)))
        for run in planned
    ]
    write_text(folder / LEDGER_FILE, markdown(finished(folder)))
    return entries


def finished(folder: Path) -> list[Entry]:
    """The runs of all scenarios that are finished there, as their configs now stand."""
    entries = []
    for run in plans([]):
        there = RunFolder(folder / run.folder)
        if there.result.exists():
            result = there.load()
            if result.config == run.plan.config.model_dump(mode="json"):
                entries.append(Entry(run.plan.scenario.name, run.settings, result))
    return entries


def beyond(entries: Sequence[Entry], sigmas: float) -> list[tuple[Entry, Estimate]]:
    """Estimates farther than so many standard errors from theory that tests them."""
    return [
        (entry, estimate)
        for entry in entries
        for estimate in entry.result.estimates
        if estimate.gated and estimate.deviation is not None and abs(estimate.deviation) > sigmas
    ]


def rows(entries: Sequence[Entry]) -> Iterator[tuple[str, ...]]:
    """The cells of the ledger, headings left out."""
    for entry in entries:
        for cells in table.rows(entry.result.estimates):
            yield (entry.label, *cells)


def verdict(entries: Sequence[Entry]) -> str:
    """How many estimates are tested, and which of them theory does not hold."""
    tested = sum(estimate.gated for entry in entries for estimate in entry.result.estimates)
    found = beyond(entries, SUSPECT)
    named = ", ".join(f"{entry.label} {estimate.name}" for entry, estimate in found)
    held = f"{tested} estimates stand beside exact or numerical theory, {len(found)} farther than "
    return f"{held}{SUSPECT:g} standard errors{': ' + named if named else ''}"


def markdown(entries: Sequence[Entry]) -> str:
    """The ledger as a page: the runs, their cost and provenance, and every estimate."""
    made = [entry.result.provenance for entry in entries]
    devices = dict.fromkeys(f"{each.get('device')}, {each.get('cpu')}" for each in made)
    lines = [
        "# Validation",
        "",
        f"`knudsen validate`: {verdict(entries)}.",
        "",
        f"Run on {'; '.join(devices)}. Wall times are those of a machine with whatever else ran on it.",
        "",
        *_table(COSTS, (_cost(entry) for entry in entries)),
        "",
        *_table(HEADINGS, rows(entries)),
        "",
        table.LEGEND,
    ]
    return "\n".join(lines) + "\n"


def _cost(entry: Entry) -> tuple[str, ...]:
    done, made = entry.result.performance, entry.result.provenance
    numbers = [
        "" if done.get(key) is None else style.format(done[key])
        for key, style in (
            ("steps", "{:d}"), ("particles", "{:.3g}"), ("cpu_time_s", "{:.3g}"), ("wall_time_s", "{:.3g}"),
        )
    ]  # fmt: skip
    version = f"{made.get('knudsen')} at {str(made.get('commit'))[:SHORT]}"
    return (entry.label, *numbers, version, str(made.get("date", "")))


def _table(headings: Sequence[str], cells: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in cells:
        yield f"| {' | '.join(row)} |"
