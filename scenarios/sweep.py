"""Sweeps: every combination of some keys' values, each point a run of its own folder."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knudsen.core.faults import SimulationFault
from knudsen.core.files import write_text
from knudsen.core.results import Estimate, Result
from knudsen.scenarios import registry
from knudsen.scenarios.batch import Job, launches
from knudsen.scenarios.config import Config
from knudsen.scenarios.faults import ConfigError, RunFailed, RunStopped
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.loading import check, describe, grid, read_toml
from knudsen.scenarios.progress import Interruption
from knudsen.scenarios.report import draw_sweep
from knudsen.scenarios.runner import Plan, execute_together, read_plan
from knudsen.scenarios.scenario import Scenario, SweepPoint


@dataclass(frozen=True)
class SweepResult:
    """The points of a sweep and what follows from them together."""

    points: tuple[SweepPoint, ...]
    estimates: tuple[Estimate, ...]

    def to_json(self) -> dict[str, Any]:
        """The object that `--json` prints."""
        return {
            "points": [
                {"set": dict(point.settings), "estimates": point.result.to_json()["estimates"]}
                for point in self.points
            ],
            "estimates": [estimate.to_json() for estimate in self.estimates],
        }


def plan_sweep(
    scenario: Scenario, values: Mapping[str, Any], axes: Mapping[str, Sequence[Any]], **options: Any
) -> list[tuple[dict[str, Any], Plan]]:
    """The settings and plan of every point, all checked before any runs.

    Raises ConfigError with every fault; one that all points share is named once.
    """
    plans: list[tuple[dict[str, Any], Plan]] = []
    errors: list[tuple[str, ConfigError]] = []
    points = grid(axes)
    for settings in points:
        try:
            plans.append((settings, Plan(scenario, _point_config(scenario, values, settings), **options)))
        except ConfigError as error:
            errors.append((describe(settings), error))
    if errors:
        shared = set(errors[0][1].faults).intersection(*(error.faults for _, error in errors))
        if len(errors) < len(points):
            shared = set()
        own = [
            fault
            for label, error in errors
            for fault in ConfigError([fault for fault in error.faults if fault not in shared]).within(label)
        ]
        raise ConfigError([*(fault for fault in errors[0][1].faults if fault in shared), *own])
    return plans


def _point_config(scenario: Scenario, values: Mapping[str, Any], settings: Mapping[str, Any]) -> Config:
    return check(scenario.Config, {**values, **settings})


def execute_sweep(plans: Sequence[tuple[dict[str, Any], Plan]], folder: RunFolder) -> SweepResult:
    """Run every point that is not finished yet, and write estimates.json and report.html.

    Raises as `execute`.
    """
    first = plans[0][1]
    content = {
        "scenario": first.scenario.name,
        "points": [{"folder": _point(number), "set": settings} for number, (settings, _) in enumerate(plans)],
    }
    with folder.locked():
        folder.claim(folder.sweep, content)
        for number, (_, plan) in enumerate(plans):
            point = _point_folder(folder, number)
            with point.locked():
                point.claim(point.config, plan.to_toml())
        with Interruption() as interruption:
            results = _results(plans, folder, interruption)
        points = [SweepPoint(settings, result) for (settings, _), result in zip(plans, results, strict=True)]
        return _conclude(first.scenario, points, folder)


def _results(
    plans: Sequence[tuple[dict[str, Any], Plan]], folder: RunFolder, interruption: Interruption
) -> list[Result]:
    """Of every point, those that can in one launch."""
    jobs = [Job(plan, _point_folder(folder, number)) for number, (_, plan) in enumerate(plans)]
    results: dict[int, Result] = {}
    for numbers in launches(jobs, interruption):
        named = "; ".join(describe(plans[number][0]) for number in numbers)
        together = " together" if len(numbers) > 1 else ""
        jobs[numbers[0]].plan.say(f"{_points(numbers)} of {len(jobs)}{together}: {named}")
        made = _executed([jobs[number] for number in numbers], interruption)
        results |= zip(numbers, made, strict=True)
    return [results[number] for number in range(len(jobs))]


def _executed(jobs: Sequence[Job], interruption: Interruption) -> list[Result]:
    """The results of a launch; where a fault or too little memory stops it, the runs go on one by one.

    Raises as `execute`, a fault once the others are at their end.
    """
    try:
        return execute_together(jobs, interruption)
    except RunStopped as failed:
        if len(jobs) == 1 or not isinstance(failed.__cause__, SimulationFault | MemoryError):
            raise
        room = isinstance(failed.__cause__, MemoryError)
    why = "no memory for all of these points" if room else "a fault in one of these points"
    jobs[0].plan.say(f"{why}: each goes on by itself from its last checkpoint")
    results, faults = [], []
    for job in jobs:
        try:
            results += execute_together([job], interruption)
        except RunFailed as failed:
            faults.append(failed)
    if faults:
        raise faults[0]
    return results


def _points(numbers: Sequence[int]) -> str:
    """point 3;  points 1-4, 6: as the user counts."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][-1] + 1:
            spans[-1].append(number)
        else:
            spans.append([number])
    named = (f"{span[0] + 1}-{span[-1] + 1}" if len(span) > 1 else f"{span[0] + 1}" for span in spans)
    return f"point{'s' if len(numbers) > 1 else ''} {', '.join(named)}"


def _conclude(scenario: Scenario, points: Sequence[SweepPoint], folder: RunFolder) -> SweepResult:
    result = SweepResult(tuple(points), tuple(scenario.sweep_estimates(points)))
    write_text(folder.estimates, json.dumps(result.to_json(), indent=1, allow_nan=False) + "\n")
    draw_sweep(scenario, result, folder)
    return result


def resume_sweep(path: Path, **options: Any) -> SweepResult:
    """Take up a sweep and bring it to its end.  Raises as `execute`, and ConfigError."""
    folder = RunFolder(path)
    return execute_sweep(
        [
            (entry["set"], read_plan(path / entry["folder"] / "config.toml", **options))
            for entry in read_toml(folder.sweep)["points"]
        ],
        folder,
    )


def redraw_sweep(path: Path) -> Path:
    """Draw a finished sweep anew from its points' results; returns the report.  Raises RunRefused."""
    folder = RunFolder(path)
    content = read_toml(folder.sweep)
    scenario = registry.find(content["scenario"])
    points = [
        SweepPoint(entry["set"], _point_folder(folder, number).load())
        for number, entry in enumerate(content["points"])
    ]
    _conclude(scenario, points, folder)
    return folder.report


def _point(number: int) -> str:
    return f"point-{number:03d}"


def _point_folder(folder: RunFolder, number: int) -> RunFolder:
    return RunFolder(folder.path / _point(number), whole=folder.path)
