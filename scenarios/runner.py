"""Run a config to its end: chunks, checkpoints, signals, faults; and take an unfinished run up again."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

import numpy as np
from rich.console import Console

from knudsen.core.provenance import provenance
from knudsen.core.results import Result
from knudsen.scenarios import registry
from knudsen.scenarios.batch import Job, Launch, alike
from knudsen.scenarios.config import Config
from knudsen.scenarios.faults import Interrupted, RunRefused
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.loading import check, plain, read_toml
from knudsen.scenarios.progress import Interruption, Pace, progress_bar
from knudsen.scenarios.report import draw
from knudsen.scenarios.scenario import Measurement, Scenario, Simulation
from knudsen.scenarios.telling import told


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
    RunFailed : SimulationFault, a run too short to judge, a refusing disk, or no memory left; names the last
        checkpoint
    Interrupted : after SIGINT or SIGTERM, with the checkpoint written
    DeviceError : the device cannot be used
    """
    return execute_together([Job(plan, folder)], interruption)[0]


def execute_together(jobs: Sequence[Job], interruption: Interruption | None = None) -> list[Result]:
    """As `execute`, of one run, or of several that `launches` foresees together.

    Those that another process has ended since are read from the disk, those that it has brought on go on by
    themselves.
    """
    catching = nullcontext(interruption) if interruption is not None else Interruption()
    with ExitStack() as held:
        for job in jobs:
            with told(job.folder):
                held.enter_context(job.folder.locked())
                job.folder.claim(job.folder.config, job.plan.to_toml())
        found = [_found(job) if job.finished else None for job in jobs]
        left = [job for job, result in zip(jobs, found, strict=True) if result is None]
        made = iter(_run(left, catching) if left else ())
        results = [next(made) if result is None else result for result in found]
        for job, result in zip(jobs, results, strict=True):
            if not job.folder.report.exists():
                with told(job.folder):
                    draw(job.plan.scenario, result, job.folder)
        return results


def _found(job: Job) -> Result:
    job.plan.say(f"{job.folder.path} is finished: this is its result")
    with told(job.folder):
        return job.folder.load()


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


def _run(jobs: Sequence[Job], catching: AbstractContextManager[Interruption]) -> list[Result]:
    """Run those in one launch that can; results are saved one by one."""
    start = _clocks()
    performance: dict[int, dict[str, Any]] = {}
    with catching as interruption:
        simulations = [_start(job, interruption) for job in jobs]
        for numbers in alike(jobs, simulations):
            row = [jobs[number] for number in numbers]
            with told(row[0].folder):
                advanced = _advance(Launch(row, [simulations[number] for number in numbers]), interruption)
            performance |= dict.fromkeys(numbers, advanced)
    shared = (_clocks() - start) / [1, len(jobs)]
    return [
        _saved(job, simulation, performance[number], shared)
        for number, (job, simulation) in enumerate(zip(jobs, simulations, strict=True))
    ]


def _clocks() -> np.ndarray[Any, Any]:
    """Wall and CPU time [s]."""
    return np.array([perf_counter(), process_time()])


def _saved(
    job: Job, simulation: Simulation, performance: dict[str, Any], shared: np.ndarray[Any, Any]
) -> Result:
    """Measure a run and save its result; shared : wall and CPU time so far, as its part of a launch."""
    begun = _clocks()
    with told(job.folder):
        measured = Measurement(*job.plan.scenario.measure(job.plan.config, simulation.result()))
        wall, cpu = (shared + _clocks() - begun).tolist()
        spent = {"steps": job.plan.steps, "wall_time_s": wall, "cpu_time_s": cpu}
        result = _result(job, simulation, measured, spent | performance)
        result.save(job.folder.path)
    return result


def _result(job: Job, simulation: Simulation, measured: Measurement, performance: dict[str, Any]) -> Result:
    scenario, config = job.plan.scenario, job.plan.config
    warnings = list(scenario.warnings(config))
    return Result(
        scenario=scenario.name,
        config=config.model_dump(mode="json"),
        estimates=tuple(measured.estimates),
        profiles=tuple(measured.profiles),
        resolution={**simulation.resolution(), **measured.resolution, "warnings": warnings},
        performance=performance,
        provenance=dict(provenance(simulation.device_name)),
        arrays=dict(measured.arrays),
        dimensions=scenario.dimensions,
    )


def _start(job: Job, interruption: Interruption) -> Simulation:
    """The simulation at its checkpoint, or at its start with a first checkpoint written."""
    plan = job.plan
    for warning in plan.scenario.warnings(plan.config):
        plan.say(f"warning: {warning}")
    simulation = job.begun()
    if simulation.step:
        plan.say(f"continuing from step {simulation.step} of {plan.steps}")
    if not job.folder.checkpoint.exists():
        with told(job.folder):
            simulation.checkpoint(job.folder.checkpoint)
    if interruption:
        raise Interrupted(_interrupted_at(simulation.step, [job]))
    return simulation


def _advance(launch: Launch, interruption: Interruption) -> dict[str, Any]:
    """Run to the last step; the last checkpoint is written before anything is measured."""
    jobs, plan, engine = launch.jobs, launch.jobs[0].plan, launch.engine
    paths = ", ".join(str(job.folder.path) for job in jobs)
    plan.say(f"{plan.scenario.name} on {engine.device_name}, in {paths}")
    pace, total, written = Pace(), plan.steps, perf_counter()
    label = plan.scenario.name + (f" x {len(jobs)}" if len(jobs) > 1 else "")
    with progress_bar(plan.console, label, engine.step, total) as show:
        while engine.step < total:
            if interruption:
                launch.checkpoint()
                raise Interrupted(_interrupted_at(engine.step, jobs))
            chunk = min(pace.chunk, total - engine.step)
            before = perf_counter()
            engine.run(chunk)
            pace.record(chunk, perf_counter() - before, engine.particle_count)
            show(engine.step, pace.speed)
            if perf_counter() - written >= plan.checkpoint_interval:
                launch.checkpoint()
                written = perf_counter()
    launch.checkpoint()
    together = {"runs_together": len(jobs)} if len(jobs) > 1 else {}
    return together | pace.summary(engine.particle_count)


def _interrupted_at(step: int, jobs: Sequence[Job]) -> str:
    folder = jobs[0].folder
    many = f"the checkpoints of {len(jobs)} points are"
    return (
        f"interrupted at step {step} of {jobs[0].plan.steps}; "
        f"{many if len(jobs) > 1 else f'{folder.checkpoint} is'} written: "
        f"continue with `{folder.resume_command}`"
    )
