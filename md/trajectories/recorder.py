"""Recording a run: a measure that appends frames of one copy to a trajectory file."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knudsen.core.units import ReducedUnits
from knudsen.md.trajectories.h5md import AtomLabels
from knudsen.md.trajectories.trajectory import Frame, Trajectory
from knudsen.md.trajectories.writer import TrajectoryWriter

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

EVERY = 1000

# Energies and pressure are those of the pairs as cut, without corrections.
OBSERVABLES: dict[str, Callable[["Simulation"], Any]] = {
    "potential_energy": lambda sim: sim.potential_energies(),
    "kinetic_energy": lambda sim: sim.device.fetch(sim.kinetic_energies()),
    "temperature": lambda sim: sim.temperatures(),
    "pressure": lambda sim: sim.pressure_tensors().trace(axis1=1, axis2=2) / 3,
    "conserved": lambda sim: sim.conserved(),
    "volume": lambda sim: sim.volumes,
}


@dataclass(frozen=True)
class Recorded:
    """What a recorder has written: the file, its number of frames, and the step of the last (-1: none)."""

    path: Path
    frames: int
    last_step: int


class TrajectoryRecorder:
    """A measure that writes a frame of one copy every so many steps, and one of the step it is added at.

    A frame is in the file when its step ends.  A frame replaces all of its own and later steps, which a
    run has left that went on after its last checkpoint and was killed: so add the same recorder with
    `resume=True`, restore, and go on; no frame is lost or doubled.

    Arguments
    ---------
    path : H5MD file; replaced, unless `resume`
    every : steps between frames, which fall on its multiples
    copy : which of the copies
    velocities : whether frames hold velocities
    observables : scalars of each frame, out of OBSERVABLES
    names : of the species; A, B, C, ... without
    units : size of the reduced units, for readers that want real units
    precision : single or double, of positions and velocities
    author : who makes the run
    resume : go on with the file, if there is one

    Raises
    ------
    ValueError : arguments out of range; when added, a copy that is not there, or a file of another run
    OSError : the disk refused; the frames before stay
    """

    def __init__(
        self, path: Path | str, *, every: int = EVERY, copy: int = 0, velocities: bool = False,
        observables: Sequence[str] = (), names: Sequence[str] | None = None,
        units: ReducedUnits | None = None, precision: str = "single", author: str = "unknown",
        resume: bool = False,
    ) -> None:  # fmt: skip
        if every < 1 or every != int(every):
            raise ValueError(f"every must be a whole number of steps, one at least, got {every}")
        for name in observables:
            if name not in OBSERVABLES:
                raise ValueError(f"observable {name!r} is none of {', '.join(OBSERVABLES)}")
        self.path, self.every, self.copy, self.velocities = Path(path), every, copy, velocities
        self.observables, self.resume = tuple(observables), resume
        self._file = {"names": names, "units": units, "precision": precision, "author": author}
        self._writer: TrajectoryWriter | None = None
        self._start: Frame | None = None
        self._closed = False

    def bind(self, sim: "Simulation") -> None:
        """Start the file, or look whether it is of this run."""
        self._labels = labels_of(sim, self.copy, self._file["names"])
        self._periodic = tuple(sim.domain.periodic)
        start = self._frame(sim) if sim.step % self.every == 0 else None
        if self.resume and self.path.exists() and self._frames_of_this_run():
            # A restore may still come: which frames are later ones shows at the next frame only.
            self._start = start
            return
        self._writer = self._create()
        if start is not None:
            self._writer.append(start)

    def arrays(self) -> dict[str, Any]:
        """Nothing: the file is the state."""
        return {}

    def take(self, sim: "Simulation") -> None:
        """Write the frame of now, unless closed.  Raises ValueError where the atoms have changed."""
        if self._closed:
            return
        if not np.array_equal(of_copy(sim, sim.species, self.copy), self._labels.species):
            raise ValueError(
                f"step {sim.step}: the atoms are others than {self.path} began with: record a run in which "
                "their number changes by one file for each number"
            )
        if self._writer is None or self._writer.last_step >= sim.step:
            self._writer = self._reopen(sim.step)
        self._writer.append(self._frame(sim))

    def result(self) -> Recorded:
        """The file, and how far it goes."""
        if self._writer is None:
            with Trajectory(self.path) as found:
                return Recorded(self.path, len(found), int(found.steps[-1]) if len(found) else -1)
        return Recorded(self.path, self._writer.frame_count, self._writer.last_step)

    def close(self) -> None:
        """End the recording; every program opens the file from now on."""
        self._closed = True
        self._let_go()

    def _let_go(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _create(self) -> TrajectoryWriter:
        labels = self._labels
        options = {**self._file, "names": labels.names, "periodic": self._periodic}
        return TrajectoryWriter.create(
            self.path, labels.species, labels.masses,
            velocities=self.velocities, observables=self.observables, **options,
        )  # fmt: skip

    def _reopen(self, step: int) -> TrajectoryWriter:
        """The file without the frames from `step` on; without a restore, with the frame of the start anew."""
        start, self._start = self._start, None
        self._let_go()
        if start is None or step != start.step + self.every:
            return TrajectoryWriter.resume(self.path, step - 1)
        writer = TrajectoryWriter.resume(self.path, start.step - 1)
        writer.append(start)
        return writer

    def _frame(self, sim: "Simulation") -> Frame:
        return instant(sim, self.copy, self.velocities, self.observables)

    def _frames_of_this_run(self) -> int:
        """Frames in the file.  Raises ValueError where they are of other atoms or hold other things."""
        with Trajectory(self.path) as found:
            differ = {
                "species": not np.array_equal(found.species, self._labels.species),
                "masses": not np.array_equal(found.masses, self._labels.masses),
                "names": found.names != self._labels.names,
                "periodic axes": found.periodic != self._periodic,
                "velocities": found.has_velocities != self.velocities,
                "observables": set(found.observable_names) != set(self.observables),
                "precision": found.precision != self._file["precision"],
                "units": found.units != self._file["units"],
            }
            count = len(found)
        wrong = [name for name, other in differ.items() if other]
        if wrong:
            raise ValueError(
                f"{self.path} holds another run, with other {', '.join(wrong)}: name another file, or record "
                "without resume, which replaces it"
            )
        return count


def labels_of(sim: "Simulation", copy: int, names: Sequence[str] | None = None) -> AtomLabels:
    """Species, masses and names of the atoms of a copy.  Raises ValueError for a copy that is not there."""
    if not 0 <= copy < sim.copies:
        raise ValueError(f"copy must be from 0 to {sim.copies - 1}, got {copy}")
    species = of_copy(sim, sim.species, copy)
    if names is None:
        names = [chr(ord("A") + kind) for kind in range(sim.species_count)]
    return AtomLabels.checked(species, sim.masses[species], names, None)


def instant(sim: "Simulation", copy: int, velocities: bool = True, observables: Sequence[str] = ()) -> Frame:
    """A copy as it is now; atoms that have drifted past a face since the last list are folded back."""
    lengths = sim.box_lengths[copy]
    places = of_copy(sim, sim.positions, copy)
    crossed = np.floor(places / lengths) * sim.domain.periodic
    return Frame(
        step=sim.step,
        time=sim.time,
        box=lengths,
        positions=places - crossed * lengths,
        images=of_copy(sim, sim.images, copy) + crossed,
        velocities=of_copy(sim, sim.velocities, copy) if velocities else None,
        observables={name: float(OBSERVABLES[name](sim)[copy]) for name in observables},
    )


def of_copy(sim: "Simulation", values: Any, copy: int) -> NDArray[Any]:
    """One copy's part of what a simulation gives for all."""
    return np.asarray(values if sim.single else values[copy])
