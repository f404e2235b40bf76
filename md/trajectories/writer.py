"""Writing trajectories: frame by frame, each in the file before the next, whatever kills the writer."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike

from knudsen.core.files import replacing, write_bytes
from knudsen.core.units import ReducedUnits
from knudsen.md.trajectories.h5md import (
    GROUP,
    LIBVER,
    AtomLabels,
    Content,
    empty_file,
    frame_arrays,
    was_left_open,
)
from knudsen.md.trajectories.trajectory import Frame, Trajectory

# Index blocks of HDF5 and the first chunks of the scalars, beside the frame's own bytes.
SLACK = 1 << 18


class TrajectoryWriter:
    """Appends frames to a trajectory file; made by `create` or `resume`.

    After `append` returns, the frame outlives a kill of this process.  One writer a file.

    Example
    -------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "run.h5md"
    >>> with TrajectoryWriter.create(path, species=[0, 0], masses=[1, 1], velocities=False) as writer:
    ...     writer.append(Frame(0, 0.0, np.full(3, 5.0), np.ones((2, 3)), np.zeros((2, 3))))
    >>> with Trajectory(path) as trajectory:
    ...     len(trajectory), trajectory[0].box
    (1, array([5., 5., 5.]))
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        with Trajectory(path) as trajectory:
            self._count = len(trajectory)
            self._last = int(trajectory.steps[-1]) if len(trajectory) else -1
        self._file = h5py.File(path, "r+", libver=LIBVER)
        self._values = frame_arrays(self._file)
        self._clock = [self._file[GROUP]["position"][name] for name in ("step", "time")]
        self._file.swmr_mode = True

    @classmethod
    def create(
        cls,
        path: Path | str,
        species: ArrayLike,
        masses: ArrayLike,
        *,
        names: Sequence[str] | None = None,
        ids: ArrayLike | None = None,
        units: ReducedUnits | None = None,
        velocities: bool = True,
        observables: Sequence[str] = (),
        precision: str = "single",
        periodic: Sequence[bool] = (True, True, True),
        author: str = "unknown",
    ) -> "TrajectoryWriter":
        """Start a trajectory without frames; `path` appears whole or not at all, and is replaced.

        Arguments
        ---------
        path : file to write
        species : species number of each atom [atom]
        masses : reduced mass of each atom [atom]; inf for one that never moves
        names : name of each species; A, B, C, ... without
        ids : number of each atom [atom]; 1, 2, 3, ... without
        units : size of the reduced units, kept in the file for readers that want real units
        velocities : whether frames hold velocities
        observables : names of the scalars of each frame
        precision : single or double, of positions and velocities
        periodic : whether the box is periodic along x, y, z
        author : who makes the run

        Raises
        ------
        ValueError : arrays that do not fit together, or an unknown precision
        OSError : the disk refused; `path` keeps what it held
        """
        atoms = AtomLabels.checked(species, masses, names, ids)
        content = Content(velocities, tuple(observables), precision, tuple(periodic))
        # Through memory: a disk that fills up under HDF5 itself can end the process.
        write_bytes(path, empty_file(atoms, content, author, units))
        return cls(path)

    @classmethod
    def resume(cls, path: Path | str, step: int) -> "TrajectoryWriter":
        """Go on with a file after a checkpoint at `step`: later and torn frames are dropped.

        A file that its writer closed, without later frames, is taken as it is.  Any other is copied
        beside itself and replaced when the copy is whole, which needs room for both.

        Raises
        ------
        FileNotFoundError, TrajectoryError : as Trajectory
        OSError : the disk refused; `path` keeps what it held
        """
        with Trajectory(path) as trajectory:
            keep = int(np.searchsorted(trajectory.steps, step, side="right"))
            lengths = {len(dataset) for dataset in trajectory._values.values()}
            if was_left_open(Path(path)) or lengths != {keep}:
                with replacing(path) as part:
                    _copy(trajectory, part, keep)
        return cls(path)

    @property
    def last_step(self) -> int:
        """Step of the last frame; -1 without frames."""
        return self._last

    @property
    def frame_count(self) -> int:
        """Number of frames in the file."""
        return self._count

    def append(self, frame: Frame) -> None:
        """Write a frame; it is in the file when this returns.

        Raises
        ------
        ValueError : a step not after the last one, shapes or names unlike the file's
        OSError : the disk refused; the frames before stay, and the file stays readable
        """
        values = self._checked(frame)
        self._reserve()
        with _naming(self.path):
            for name, dataset in self._values.items():
                self._put(dataset, values[name])
            # Step and time last, flushed on their own: they make the frame complete.
            for dataset, value in zip(self._clock, (frame.step, frame.time), strict=True):
                self._put(dataset, value)
        self._count += 1
        self._last = frame.step

    def _put(self, dataset: h5py.Dataset, value: Any) -> None:
        dataset.resize(self._count + 1, axis=0)
        dataset[self._count] = value
        dataset.flush()

    def _checked(self, frame: Frame) -> dict[str, Any]:
        if frame.step <= self._last:
            raise ValueError(f"step {frame.step} is not after the trajectory's last, {self._last}")
        if not np.isfinite(frame.time):
            raise ValueError(f"time of step {frame.step} is {frame.time}")
        if not (np.asarray(frame.box) > 0).all():
            raise ValueError(f"the box of step {frame.step} is {frame.box}: its lengths must be positive")
        values: dict[str, Any] = {
            "box/edges": frame.box,
            "position": frame.positions,
            "image": frame.images,
            **{f"observables/{name}": value for name, value in frame.observables.items()},
        }
        if frame.velocities is not None:
            values["velocity"] = frame.velocities
        if values.keys() != self._values.keys():
            wrong = ", ".join(sorted(values.keys() ^ self._values.keys()))
            raise ValueError(f"step {frame.step}: {wrong} is in the frame or in the file, but not in both")
        for name, dataset in self._values.items():
            if np.shape(values[name]) != dataset.shape[1:]:
                raise ValueError(
                    f"{name} of step {frame.step} has shape {np.shape(values[name])}, "
                    f"the file's is {dataset.shape[1:]}: the number of atoms cannot change"
                )
        return values

    def _reserve(self) -> None:
        # HDF5 does not survive a full disk, so the room is claimed before it writes.
        if not hasattr(os, "posix_fallocate"):
            return
        frame = sum(int(np.prod(data.chunks)) * data.dtype.itemsize for data in self._values.values())
        with _naming(self.path):
            os.posix_fallocate(self._file.id.get_vfd_handle(), self._file.id.get_filesize(), frame + SLACK)

    def close(self) -> None:
        """Close the file; plain readers open it from now on."""
        self._file.close()

    def __enter__(self) -> "TrajectoryWriter":
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _copy(trajectory: Trajectory, path: Path, count: int) -> None:
    """Write the first `count` frames to `path`."""
    with TrajectoryWriter.create(
        path,
        trajectory.species,
        trajectory.masses,
        names=trajectory.names,
        ids=trajectory.ids,
        units=trajectory.units,
        velocities=trajectory.has_velocities,
        observables=trajectory.observable_names,
        precision=trajectory.precision,
        periodic=trajectory.periodic,
        author=trajectory.author,
    ) as writer:
        for index in range(count):
            writer.append(trajectory[index])
