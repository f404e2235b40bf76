"""Runs that share a launch: which of them can, and how they advance and keep their checkpoints together."""

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knudsen.core.device import Device
from knudsen.scenarios.faults import Interrupted, RunRefused
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.scenario import Simulation
from knudsen.scenarios.telling import NO_ROOM, told

if TYPE_CHECKING:
    from knudsen.scenarios.progress import Interruption
    from knudsen.scenarios.runner import Plan

# Of a launch: fewer leave a device waiting for the host; more gain nothing there, and slow a CPU whose caches
# they leave.
MOST_ON_CUDA, MOST_A_THREAD = 4_000_000, 50_000


@dataclass(frozen=True)
class Job:
    """A run: what is asked, and its folder."""

    plan: "Plan"
    folder: RunFolder

    @property
    def finished(self) -> bool:
        """Whether its result is there."""
        return self.folder.result.exists()

    def begun(self) -> Simulation:
        """The simulation at its last checkpoint, or at its start.  Raises RunRefused."""
        try:
            simulation = self.plan.scenario.build(self.plan.config, self.plan.device)
            if self.folder.checkpoint.exists():
                simulation.restore(self.folder.checkpoint)
        except ValueError as fault:
            raise RunRefused(str(fault)) from fault
        except MemoryError as fault:
            raise RunRefused(NO_ROOM) from fault
        return simulation


class Launch:
    """Simulations that advance as one, each with a checkpoint of its own.

    Since each has its own file, as if it had run alone, any of them can be taken up without the others.
    """

    def __init__(self, jobs: Sequence[Job], simulations: Sequence[Simulation]) -> None:
        self.jobs, self._simulations = jobs, simulations
        self._joined = None if len(simulations) == 1 else simulations[0].together(simulations)
        self.engine: Any = self._joined or simulations[0]

    def checkpoint(self) -> None:
        """Bring every simulation to where the launch is, and write its checkpoint.  Raises RunFailed."""
        if self._joined is not None:
            self._joined.share_out()
        for job, simulation in zip(self.jobs, self._simulations, strict=True):
            with told(job.folder):
                simulation.checkpoint(job.folder.checkpoint)


def launches(jobs: Sequence[Job], interruption: "Interruption | None" = None) -> list[list[int]]:
    """Numbers of the jobs of each launch, by the first of each; finished ones stand alone.

    As they are now: another process may bring one on before its launch, see `alike`.
    Raises RunRefused for a run that cannot be built, Interrupted.
    """
    steps = Counter(job.plan.steps for job in jobs if not job.finished)
    rows: list[list[int]] = []
    open_rows: dict[Hashable, tuple[list[int], int]] = {}
    for number, job in enumerate(jobs):
        if interruption:
            raise Interrupted(f"interrupted: no run went on; continue with `{job.folder.resume_command}`")
        lonely = job.finished or steps[job.plan.steps] == 1
        likeness, molecules = (None, 0) if lonely else _outlook(job)
        row, held = open_rows.get(likeness, ([], 0))
        if likeness is None or not row or held + molecules > most_molecules(job.plan.device):
            row, held = [], 0
            rows.append(row)
        row.append(number)
        open_rows[likeness] = row, held + molecules
    return rows


def most_molecules(device: str) -> int:
    """Of a launch on a device, 'auto', 'cpu', 'cuda' or 'cuda:N'."""
    if Device(device).is_cuda:
        return MOST_ON_CUDA
    import numba  # takes a while that a rejected config need not wait

    return MOST_A_THREAD * numba.get_num_threads()


def alike(jobs: Sequence[Job], simulations: Sequence[Simulation]) -> list[list[int]]:
    """Numbers of those that share a launch as they stand, whatever was foreseen."""
    rows: dict[Hashable, list[int]] = {}
    for number, (job, simulation) in enumerate(zip(jobs, simulations, strict=True)):
        likeness = None if len(jobs) == 1 else _likeness(job, simulation)
        rows.setdefault(number if likeness is None else likeness, []).append(number)
    return list(rows.values())


def _outlook(job: Job) -> tuple[Hashable, int]:
    """What runs have in common that can share a launch, None where it cannot; its molecules."""
    simulation: Any = job.begun()
    # Low signals begin with none.
    return _likeness(job, simulation), max(simulation.particle_count, getattr(simulation, "wanted_count", 0))


def _likeness(job: Job, simulation: Any) -> Hashable:
    likeness = getattr(simulation, "likeness", None)
    return None if likeness is None else (job.plan.steps, likeness)
