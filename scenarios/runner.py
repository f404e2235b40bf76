"""Run a config to its end: chunks, checkpoints, signals, faults; and take an unfinished run up again."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from rich.console import Console

from knudsen.analysis.statistics import NotSteadyError, TooShortError
from knudsen.core.faults import SimulationFault
from knudsen.core.provenance import provenance
from knudsen.core.results import Result
from knudsen.scenarios import registry
from knudsen.scenarios.config import Config
from knudsen.scenarios.faults import Interrupted, RunFailed, RunRefused
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.loading import check, plain, read_toml
from knudsen.scenarios.progress import Interruption, Pace, progress_bar
from knudsen.scenarios.report import draw
from knudsen.scenarios.scenario import Measurement, Scenario, Simulation


@dataclass(frozen=True)
class Plan:
    """A run as asked for: what, where to compute, how often to write checkpoints [s], where to talk."""

    scenario: Scenario
    config: Config
    device: str = "auto"
    checkpoint_interval: float = 15.0
    console: Console = field(default_factory=lambda: Console(stderr=True, highlight=False))

    @property
    def steps(self) -> int:
        """Steps of the run, as the scenario has them where the config leaves them out."""
        return self.scenario.steps(self.config)

    def to_toml(self) -> dict[str, Any]:
        """The content of config.toml."""
        return {"scenario": self.scenario.name, "device": self.device, **plain(self.config)}

    def say(self, text: str) -> None:
        """Print a line to the user."""
        self.console.print(text, markup=False, soft_wrap=True)


def read_plan(file: Path, overrides: Mapping[str, Any] | None = None, **options: Any) -> Plan:
    """The plan in a config.toml that a run wrote.  Raises ConfigError."""
    values = {**read_toml(file), **(overrides or {})}
    scenario = registry.find(str(values.pop("scenario", "")))
    device = str(values.pop("device", "auto"))
    return Plan(scenario, check(scenario.Config, values, str(file)), device, **options)


def execute(plan: Plan, folder: RunFolder, interruption: Interruption | None = None) -> Result:
    """Run to the end, from the folder's checkpoint where there is one, and write everything there.

    interruption : of the sweep that the run is a point of; else signals are caught here

    Returns
    -------
    the result; a finished folder's is read from the disk

    Raises
    ------
    RunRefused : the folder holds another run, or another process is in it, or the plan cannot be built
    RunFailed : SimulationFault, a run too short to judge, or a refusing disk; names the last checkpoint
    Interrupted : after SIGINT or SIGTERM, with the checkpoint written
    DeviceError : the device cannot be used
    """
    with _told(folder), folder.locked():
        folder.claim(folder.config, plan.to_toml())
        if folder.result.exists():
            plan.say(f"{folder.path} is finished: this is its result")
            result = folder.load()
        else:
            result = _run(
                plan, folder, nullcontext(interruption) if interruption is not None else Interruption()
            )
            result.save(folder.path)
        if not folder.report.exists():
            draw(plan.scenario, result, folder)
        return result


def resume(path: Path, **options: Any) -> Result:
    """Take up the run in a folder and bring it to its end.  Raises as `execute`, and ConfigError."""
    folder = RunFolder(path)
    if not folder.config.exists():
        raise RunRefused(f"{path} holds no run: {folder.config} is missing")
    plan = read_plan(folder.config, **options)
    if not folder.result.exists() and not folder.checkpoint.exists():
        raise RunRefused(
            f"{path} has no checkpoint to resume from ({folder.checkpoint} is missing): start it with "
            f"`knudsen run {plan.scenario.name} {folder.config} --out {path}`"
        )
    return execute(plan, folder)


@contextmanager
def _told(folder: RunFolder) -> Iterator[None]:
    """Say of every fault what is still good and what to do."""
    try:
        yield
    except SimulationFault as fault:
        repeat = f"from there it fails the same way: apply the remedy in {folder.config} first"
        raise RunFailed(f"{fault}\n{_last_checkpoint(folder)}; {repeat}") from fault
    except (TooShortError, NotSteadyError) as fault:
        remedy = f"raise steps in {folder.config} and continue with `{folder.resume_command}`"
        raise RunFailed(f"{fault}: {remedy}") from fault
    except OSError as fault:
        reason = f"{fault.filename}: {fault.strerror}" if fault.filename else str(fault)
        raise RunFailed(f"the disk refused: {reason}\n{_last_checkpoint(folder)}") from fault


def _last_checkpoint(folder: RunFolder) -> str:
    if not folder.checkpoint.exists():
        return "no checkpoint was written yet"
    return f"the last good checkpoint is {folder.checkpoint}: continue with `{folder.resume_command}`"


def _run(plan: Plan, folder: RunFolder, catching: AbstractContextManager[Interruption]) -> Result:
    start, cpu = perf_counter(), process_time()
    warnings = list(plan.scenario.warnings(plan.config))
    for warning in warnings:
        plan.say(f"warning: {warning}")
    with catching as interruption:
        simulation = _start(plan, folder)
        plan.say(f"{plan.scenario.name} on {simulation.device_name}, in {folder.path}")
        pace = _advance(plan, folder, simulation, interruption)
    measured = Measurement(*plan.scenario.measure(plan.config, simulation.result()))
    return Result(
        scenario=plan.scenario.name,
        config=plan.config.model_dump(mode="json"),
        estimates=tuple(measured.estimates),
        profiles=tuple(measured.profiles),
        resolution={**simulation.resolution(), **measured.resolution, "warnings": warnings},
        performance={
            "steps": plan.steps,
            "wall_time_s": perf_counter() - start,
            "cpu_time_s": process_time() - cpu,
            **pace.summary(simulation.particle_count),
        },
        provenance=dict(provenance(simulation.device_name)),
        arrays=dict(measured.arrays),
        dimensions=plan.scenario.dimensions,
    )


def _start(plan: Plan, folder: RunFolder) -> Simulation:
    """The simulation at its checkpoint, or at its start with a first checkpoint written."""
    try:
        simulation = plan.scenario.build(plan.config, plan.device)
        if folder.checkpoint.exists():
            simulation.restore(folder.checkpoint)
            plan.say(f"continuing from step {simulation.step} of {plan.steps}")
    except ValueError as fault:
        raise RunRefused(str(fault)) from fault
    except MemoryError as fault:
        raise RunRefused("the run does not fit into memory: use fewer particles, cells or copies") from fault
    if not folder.checkpoint.exists():
        simulation.checkpoint(folder.checkpoint)
    return simulation


def _advance(plan: Plan, folder: RunFolder, simulation: Simulation, interruption: Interruption) -> Pace:
    """Run to the last step; the last checkpoint is written before anything is measured."""
    pace, total = Pace(), plan.steps
    written = perf_counter()
    with progress_bar(plan.console, plan.scenario.name, simulation.step, total) as show:
        while simulation.step < total:
            if interruption:
                simulation.checkpoint(folder.checkpoint)
                raise Interrupted(_interrupted_at(simulation.step, total, folder))
            chunk = min(pace.chunk, total - simulation.step)
            before = perf_counter()
            simulation.run(chunk)
            pace.record(chunk, perf_counter() - before, simulation.particle_count)
            show(simulation.step, pace.speed)
            if perf_counter() - written >= plan.checkpoint_interval:
                simulation.checkpoint(folder.checkpoint)
                written = perf_counter()
    simulation.checkpoint(folder.checkpoint)
    return pace


def _interrupted_at(step: int, total: int, folder: RunFolder) -> str:
    return (
        f"interrupted at step {step} of {total}; {folder.checkpoint} is written: "
        f"continue with `{folder.resume_command}`"
    )
