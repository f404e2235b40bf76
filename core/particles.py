"""Particles as a structure of arrays: R copies, each in its own region of the same arrays.

Copy r owns slots r * capacity .. r * capacity + counts[r] - 1.  A fixed region a copy means that a
copy's numbers never depend on its batch-mates.  Two sets of buffers: the sort writes one from the
other.
"""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from knudsen.core.buffers import DoubleBuffered
from knudsen.core.device import Device
from knudsen.core.kernels import device

COLUMNS = ("x", "vx", "vy", "vz", "species")
PRECISIONS = {"double": np.float64, "mixed": np.float32}


@dataclass
class Particles(DoubleBuffered):
    """Positions [m], velocities [m/s], species numbers and bins of the simulated molecules.

    Attributes
    ---------
    x : float64 [copies * capacity]
    vx, vy, vz : float64 or float32 [copies * capacity]; float32 in mixed precision
    species : uint8 [copies * capacity]
    bin : int32 [copies * capacity], (cell, species) of the slot since the last flight
    counts : int64 [copies], live particles of each copy
    spare : the second set of buffers, one a column
    """

    COLUMNS: ClassVar[tuple[str, ...]] = COLUMNS

    capacity: int
    x: Any
    vx: Any
    vy: Any
    vz: Any
    species: Any
    bin: Any
    counts: Any
    spare: dict[str, Any]

    @classmethod
    def from_copies(
        cls, copies: list[dict[str, np.ndarray[Any, Any]]], room: float, precision: str, device: Device
    ) -> "Particles":
        """Particles of each copy, given as host arrays by column, with `room` >= 1 times the space."""
        capacity = max(1, int(room * max(len(copy["x"]) for copy in copies)))
        velocity: Any = PRECISIONS[precision]
        dtypes = {"x": np.float64, "vx": velocity, "vy": velocity, "vz": velocity, "species": np.uint8}
        columns = {}
        for name in COLUMNS:
            column = np.zeros((len(copies), capacity), dtypes[name])
            for region, copy in zip(column, copies, strict=True):
                region[: len(copy[name])] = copy[name]
            columns[name] = device.put(column.reshape(-1))
        counts = device.put(np.array([len(copy["x"]) for copy in copies], np.int64))
        return cls(
            capacity=capacity,
            bin=device.put(np.zeros(len(copies) * capacity, np.int32)),
            counts=counts,
            spare={name: device.xp.zeros_like(column) for name, column in columns.items()},
            **columns,
        )

    def grow(self, capacity: int, device: Device) -> None:
        """Move every copy into a region of the given capacity."""
        copies = len(self.counts)
        for name in (*COLUMNS, "bin"):
            old = getattr(self, name)
            new = device.xp.zeros((copies, capacity), old.dtype)
            new[:, : self.capacity] = old.reshape(copies, self.capacity)
            setattr(self, name, new.reshape(-1))
        self.spare = {name: device.xp.zeros_like(getattr(self, name)) for name in COLUMNS}
        self.capacity = capacity

    @property
    def bytes_per_particle(self) -> float:
        """Resident bytes over live particles: sort buffers included, CuPy's own while it sorts not."""
        held = sum(column.nbytes for column in (*self.columns, *self.spare_columns, self.bin))
        return float(held / int(self.counts.sum()))


@device
def lane_range(lane: int, lanes: int, n: int, strided: bool) -> Any:
    """First, end and stride of the n slots that one of `lanes` work items goes through.

    Contiguous shares for CPU threads (they stream); strided ones for CUDA (they coalesce).
    """
    if strided:
        return lane, n, lanes
    share = (n + lanes - 1) // lanes
    return lane * share, min((lane + 1) * share, n), 1
