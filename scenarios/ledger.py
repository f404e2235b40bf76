"""The ledger of validation: every scenario run as it stands, its estimates beside their theory."""

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


@dataclass(frozen=True)
class Entry:
    """One run of the ledger: the scenario, the keys that were set, and what came of them."""

    scenario: str
    settings: dict[str, Any]
    result: Result

    @property
    def label(self) -> str:
        """The scenario, with its settings where it is not run as it stands."""
        return f"{self.scenario} ({describe(self.settings)})" if self.settings else self.scenario


def plans(names: Sequence[str], device: str, **options: Any) -> list[tuple[dict[str, Any], Plan]]:
    """Settings and plan of every run, all checked before any starts; all scenarios where none is named.

    Raises ConfigError.
    """
    chosen = [find(name) for name in names or SCENARIOS]
    return [
        (dict(settings), Plan(scenario, check(scenario.Config, settings), device, **options))
        for scenario in chosen
        for settings in scenario.validation
    ]


def validate(planned: Sequence[tuple[dict[str, Any], Plan]], folder: Path) -> list[Entry]:
    """Run all, each in a folder of its own, finished ones read from the disk, and write the ledger.

    Raises as `execute`.
    """
    entries = []
    for number, (settings, plan) in enumerate(planned):
        run = RunFolder(folder / f"{number:02d}-{plan.scenario.name}")
        entries.append(Entry(plan.scenario.name, settings, execute(plan, run)))
    write_text(folder / LEDGER_FILE, markdown(entries))
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
    made = entries[0].result.provenance
    lines = [
        "# Validation",
        "",
        f"`knudsen validate`: {verdict(entries)}.",
        "",
        f"{made.get('device')}, {made.get('cpu')}, knudsen {made.get('knudsen')} at {made.get('commit')}.",
        "",
        *_table(("run", "steps", "particles", "wall time [s]", "date"), (_cost(entry) for entry in entries)),
        "",
        *_table(HEADINGS, rows(entries)),
        "",
        table.LEGEND,
    ]
    return "\n".join(lines) + "\n"


def _cost(entry: Entry) -> tuple[str, ...]:
    done, date = entry.result.performance, entry.result.provenance.get("date", "")
    numbers = (done.get("timed_steps"), done.get("particles"), done.get("wall_time_s"))
    return (entry.label, *("" if n is None else f"{n:.4g}" for n in numbers), str(date))


def _table(headings: Sequence[str], cells: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for row in cells:
        yield f"| {' | '.join(row)} |"
