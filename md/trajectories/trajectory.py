"""Trajectories: H5MD 1.1 files in reduced Lennard-Jones units, safe against a kill at any moment.

Layout: `particles/trajectory/` holds `species`, `mass` and `id` (one a file; inf is the mass of an atom that
never moves) and `position`, `image`, `velocity` and `box/edges` (one a frame); `observables/` holds scalars.
The attribute `box/boundary` is "periodic" or "none" along each axis.  Every `step` and `time` is one
shared pair of arrays.  Datasets carry no `unit` attribute, which in H5MD means pure numbers: any unit
string that MDAnalysis does not know keeps its own reader from opening the file at all.
`parameters/units` states the unit system, and the size of the units where it is known.

A file is written through HDF5's single-writer mode, whose flush order keeps the file consistent, and a
frame's step and time are written after its values have reached the file: a frame without them does
not exist.  A file that is being written, or whose writer was killed, opens with
`h5py.File(path, swmr=True)`, as `Trajectory` does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from knudsen.md.trajectories.h5md import (
    CREATOR,
    GROUP,
    complete_frames,
    frame_arrays,
    is_ours,
    open_to_read,
    periodic_axes,
    stored_units,
)


class TrajectoryError(ValueError):
    """A file that is torn or no trajectory of ours; the message says which."""


@dataclass(frozen=True)
class Frame:
    """One instant of a trajectory, in reduced units.

    Arguments
    ---------
    step : number of the time step
    time : time [sigma sqrt(m / epsilon)]
    box : box lengths [3]
    positions : positions in the box [atom, 3]
    images : boxes crossed since the start [atom, 3], whole numbers
    velocities : velocities [atom, 3], or None
    observables : scalars by name
    """

    step: int
    time: float
    box: NDArray[Any]
    positions: NDArray[Any]
    images: NDArray[Any]
    velocities: NDArray[Any] | None = None
    observables: Mapping[str, float] = field(default_factory=dict)

    @property
    def unwrapped(self) -> NDArray[Any]:
        """Positions with the boxes crossed added [atom, 3], float64::

        r = r_box + image L

        with L the lengths of this instant: where they change, every box crossed changes with them.
        """
        return np.asarray(self.positions, np.float64) + np.asarray(self.images) * np.asarray(self.box)


class Trajectory:
    """The complete frames of a trajectory file, also of one still being written or left by a kill.

    Arguments
    ---------
    path : H5MD file that TrajectoryWriter wrote

    Attributes
    ----------
    species, masses, ids : [atom]
    names : name of each species
    units : size of the reduced units, or None
    steps, times : [frame]

    Raises
    ------
    FileNotFoundError : there is no such file
    TrajectoryError : the file is torn or no trajectory of this program
    """

    def __init__(self, path: Path | str) -> None:
        self.path = Path(path)
        if not self.path.is_file():
            raise FileNotFoundError(f"there is no trajectory {self.path}")
        try:
            self._file = open_to_read(self.path)
        except OSError as error:
            raise TrajectoryError(f"{self.path} is torn or no HDF5 file: {error}") from error
        try:
            self._read_labels()
        # What HDF5 raises for parts that cannot be read, and h5py for parts that are not there.
        except (OSError, RuntimeError, KeyError) as error:
            self.close()
            raise TrajectoryError(f"{self.path} is torn: {error}") from error
        except TrajectoryError:
            self.close()
            raise

    def _read_labels(self) -> None:
        if not is_ours(self._file):
            raise TrajectoryError(f"{self.path} is an HDF5 file, but no trajectory of {CREATOR}")
        group = self._file[GROUP]
        self.species = group["species"][()]
        self.masses = group["mass"][()]
        self.ids = group["id"][()]
        self.names = tuple(str(name) for name in group["species"].attrs["names"])
        self.units = stored_units(self._file["parameters/units"].attrs)
        self._values = frame_arrays(self._file)
        count = complete_frames(self._file, self._values)
        self.steps = group["position/step"][:count]
        self.times = group["position/time"][:count]

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index: int) -> Frame:
        """Frame of a number; negative ones count from the end."""
        index = range(len(self))[index]
        try:
            read = {name: dataset[index] for name, dataset in self._values.items()}
        except OSError as error:
            raise TrajectoryError(f"frame {index} of {self.path} is torn: {error}") from error
        return Frame(
            int(self.steps[index]),
            float(self.times[index]),
            *(read.pop(name) for name in ("box/edges", "position", "image")),
            velocities=read.pop("velocity", None),
            observables={name.removeprefix("observables/"): float(value) for name, value in read.items()},
        )

    def __iter__(self) -> Iterator[Frame]:
        return (self[index] for index in range(len(self)))

    @property
    def observable_names(self) -> tuple[str, ...]:
        """Names of the scalars of each frame."""
        return tuple(self._file["observables"])

    @property
    def has_velocities(self) -> bool:
        """Whether frames hold velocities."""
        return "velocity" in self._values

    @property
    def periodic(self) -> tuple[bool, ...]:
        """Whether the box is periodic along x, y, z."""
        return periodic_axes(self._file)

    @property
    def precision(self) -> str:
        """Precision of positions and velocities in the file: single or double."""
        return "double" if self._values["position"].dtype == np.float64 else "single"

    @property
    def author(self) -> str:
        """Who made the run."""
        return str(self._file["h5md/author"].attrs["name"])

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> "Trajectory":
        return self

    def __exit__(self, *fault: object) -> None:
        self.close()


def is_trajectory(path: Path | str) -> bool:
    """Whether `path` is a file that TrajectoryWriter wrote.  Raises OSError for a torn HDF5 file."""
    if not (Path(path).is_file() and h5py.is_hdf5(path)):
        return False
    with open_to_read(Path(path)) as file:
        return is_ours(file)
