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

COLUMNS = ("place", "vx", "vy", "vz", "species", "inner")
PRECISIONS = {"double": np.float64, "mixed": np.float32}


@dataclass
class Particles(DoubleBuffered):
    """Positions [m], velocities [m/s], species numbers and bins of the simulated molecules.

    Attributes
    ---------
    dims : coordinates of a place;  width : numbers that describe a molecule's internal energy
    place : float64 [dims * copies * capacity], the coordinates of a molecule side by side
    vx, vy, vz : float64 or float32 [copies * capacity]; float32 in mixed precision
    species : uint8 [copies * capacity]
    inner : of the velocities' type [width * copies * capacity], a molecule's internal numbers side by side
    bin : int32 [copies * capacity], (cell, species) of the slot since the last flight
    counts : int64 [copies], live particles of each copy
    spare : the second set of buffers, one a column
    """

    COLUMNS: ClassVar[tuple[str, ...]] = COLUMNS

    capacity: int
    dims: int
    width: int
    place: Any
    vx: Any
    vy: Any
    vz: Any
    species: Any
    inner: Any
    bin: Any
    counts: Any
    spare: dict[str, Any]

    @classmethod
    def from_copies(
        cls, copies: list[dict[str, np.ndarray[Any, Any]]], room: float, precision: str, device: Device
    ) -> "Particles":
        """Particles of each copy, given as host arrays by column, with `room` >= 1 times the space.

        A place is [particle, dims], or [particle] along one coordinate; `inner`, [particle, width], may be
        left out.
        """
        counts = [len(copy["species"]) for copy in copies]
        capacity = max(1, int(room * max(counts)))
        velocity: Any = PRECISIONS[precision]
        dtypes = dict.fromkeys(COLUMNS, velocity) | {"place": np.float64, "species": np.uint8}
        copies = [{"inner": np.zeros((len(copy["species"]), 0))} | copy for copy in copies]
        widths = {name: (*np.shape(copies[0][name]), 1)[1] for name in COLUMNS}
        columns = {}
        for name in COLUMNS:
            width = widths[name]
            column = np.zeros((len(copies), width * capacity), dtypes[name])
            for region, count, copy in zip(column, counts, copies, strict=True):
                region[: width * count] = np.ravel(copy[name])
            columns[name] = device.put(column.reshape(-1))
        return cls(
            capacity=capacity,
            dims=widths["place"],
            width=widths["inner"],
            bin=device.put(np.zeros(len(copies) * capacity, np.int32)),
            counts=device.put(np.array(counts, np.int64)),
            spare={name: device.xp.zeros_like(column) for name, column in columns.items()},
            **columns,
        )

    def grow(self, capacity: int, device: Device) -> None:
        """Move every copy into a region of the given capacity."""
        copies = len(self.counts)
        for name in (*COLUMNS, "bin"):
            old = getattr(self, name).reshape(copies, -1)
            width = old.shape[1] // self.capacity
            new = device.xp.zeros((copies, width * capacity), old.dtype)
            new[:, : old.shape[1]] = old
            setattr(self, name, new.reshape(-1))
        self.spare = {name: device.xp.zeros_like(getattr(self, name)) for name in COLUMNS}
        self.capacity = capacity

    def along(self, axis: int) -> Any:
        """A coordinate of every slot [copies * capacity] [m]: a view."""
        return self.place[axis :: self.dims]

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
