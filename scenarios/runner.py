"""Run a config to its end: chunks, checkpoints, signals, faults; and take an unfinished run up again."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
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
from knudsen.scenarios.batch import Job, Launch
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
    return execute_together([Job(plan, folder)], interruption)[0]


def execute_together(jobs: Sequence[Job], interruption: Interruption | None = None) -> list[Result]:
    """As `execute`, of one run, or of unfinished ones that share a launch (see `launches`)."""
    catching = nullcontext(interruption) if interruption is not None else Interruption()
    with ExitStack() as held:
        for job in jobs:
            held.enter_context(_told(job.folder))
            held.enter_context(job.folder.locked())
            job.folder.claim(job.folder.config, job.plan.to_toml())
        results = [_found(jobs[0])] if jobs[0].finished else _run(jobs, catching)
        for job, result in zip(jobs, results, strict=True):
            if not job.folder.report.exists():
                draw(job.plan.scenario, result, job.folder)
        return results


def _found(job: Job) -> Result:
    job.plan.say(f"{job.folder.path} is finished: this is its result")
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


def _run(jobs: Sequence[Job], catching: AbstractContextManager[Interruption]) -> list[Result]:
    """Run them in one launch; results are saved one by one."""
    start, cpu, plan = perf_counter(), process_time(), jobs[0].plan
    with catching as interruption:
        simulations = [_start(job) for job in jobs]
        launch = Launch(jobs, simulations)
        paths = ", ".join(str(job.folder.path) for job in jobs)
        plan.say(f"{plan.scenario.name} on {launch.engine.device_name}, in {paths}")
        pace = _advance(jobs, launch, interruption)
    results = []
    for job, simulation in zip(jobs, simulations, strict=True):
        with _told(job.folder):
            measured = Measurement(*job.plan.scenario.measure(job.plan.config, simulation.result()))
            performance = {
                "steps": plan.steps,
                "wall_time_s": perf_counter() - start,
                "cpu_time_s": process_time() - cpu,
                **({"runs_together": len(jobs)} if len(jobs) > 1 else {}),
                **pace.summary(launch.engine.particle_count),
            }
            results.append(_result(job, simulation, measured, performance))
            results[-1].save(job.folder.path)
    return results


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


def _start(job: Job) -> Simulation:
    """The simulation at its checkpoint, or at its start with a first checkpoint written."""
    plan = job.plan
    for warning in plan.scenario.warnings(plan.config):
        plan.say(f"warning: {warning}")
    simulation = job.begun()
    if simulation.step:
        plan.say(f"continuing from step {simulation.step} of {plan.steps}")
    if not job.folder.checkpoint.exists():
        simulation.checkpoint(job.folder.checkpoint)
    return simulation


def _advance(jobs: Sequence[Job], launch: Launch, interruption: Interruption) -> Pace:
    """Run to the last step; the last checkpoint is written before anything is measured."""
    plan, engine = jobs[0].plan, launch.engine
    pace, total, written = Pace(), plan.steps, perf_counter()
    label = plan.scenario.name + (f" x {len(jobs)}" if len(jobs) > 1 else "")
    with progress_bar(plan.console, label, engine.step, total) as show:
        while engine.step < total:
            if interruption:
                launch.checkpoint()
                raise Interrupted(_interrupted_at(engine.step, total, jobs[0].folder))
            chunk = min(pace.chunk, total - engine.step)
            before = perf_counter()
            engine.run(chunk)
            pace.record(chunk, perf_counter() - before, engine.particle_count)
            show(engine.step, pace.speed)
            if perf_counter() - written >= plan.checkpoint_interval:
                launch.checkpoint()
                written = perf_counter()
    launch.checkpoint()
    return pace


def _interrupted_at(step: int, total: int, folder: RunFolder) -> str:
    return (
        f"interrupted at step {step} of {total}; {folder.checkpoint} is written: "
        f"continue with `{folder.resume_command}`"
    )
