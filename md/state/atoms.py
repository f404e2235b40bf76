"""Atoms of all copies as a structure of arrays, kept in spatial order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

import numpy as np

from knudsen.core.buffers import DoubleBuffered
from knudsen.core.device import Device

# x, y, z and the species of an atom lie side by side: a neighbour costs one cache line.
PACK = 4
PRECISIONS = ("single", "mixed", "double")


class Start(NamedTuple):
    """One copy at its start: positions and velocities [N, 3], species [N], on the host."""

    positions: Any
    velocities: Any
    species: Any


@dataclass
class Atoms(DoubleBuffered):
    """Positions, velocities and labels of the atoms of all copies.

    Copy r owns the slots first[r] .. first[r + 1] - 1 of every column, in the order that the neighbour search
    gives them.

    Attributes
    ---------
    first : int64 [copies + 1], on the host;  copy : int32 [atoms], the copy of each slot
    position : float64 [4 slots], x, y, z and the number of the species of each atom; behind the atoms come
        their periodic images within reach
    velocity, force : [3 atoms], float64, or float32 in single precision
    image : int32 [3 atoms], boxes that an atom has crossed along each axis
    id : int32 [atoms], the place of an atom in the arrays the user gave, counted through all copies
    cell : int32 [atoms], its cell in its copy's grid
    spare : second set of buffers, which the spatial sort writes
    """

    COLUMNS: ClassVar[tuple[str, ...]] = ("position", "velocity", "image", "id", "cell")

    first: np.ndarray[Any, Any]
    copy: Any
    position: Any
    velocity: Any
    force: Any
    image: Any
    id: Any
    cell: Any
    spare: dict[str, Any]
    device: Device

    @classmethod
    def of(cls, starts: Sequence[Start], device: Device, precision: str = "double") -> "Atoms":
        """Atoms of the copies.  Raises ValueError for shapes that differ or numbers that are not finite."""
        for start in starts:
            _check(*start[:2])
        sizes = [len(start.positions) for start in starts]
        first = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
        count = int(first[-1])
        real = np.float32 if precision == "single" else np.float64
        places = [np.column_stack([start.positions, start.species]).ravel() for start in starts]
        columns = {
            "position": np.concatenate(places).astype(np.float64),
            "velocity": np.concatenate([np.ravel(start.velocities) for start in starts]).astype(real),
            "image": np.zeros(3 * count, np.int32),
            "id": np.arange(count, dtype=np.int32),
            "cell": np.zeros(count, np.int32),
        }
        put = {name: device.put(column) for name, column in columns.items()}
        return cls(
            first=first,
            copy=device.put(np.repeat(np.arange(len(starts), dtype=np.int32), sizes)),
            force=device.xp.zeros(3 * count, real),
            spare={name: device.xp.zeros_like(column) for name, column in put.items()},
            device=device,
            **put,
        )

    @property
    def count(self) -> int:
        """Atoms of all copies."""
        return int(self.first[-1])

    @property
    def copies(self) -> int:
        """Number of copies."""
        return len(self.first) - 1

    def make_room(self, slots: int) -> None:
        """Grow both position buffers to so many atoms and images; positions are kept."""
        if PACK * slots > len(self.position):
            room = self.device.xp.zeros(PACK * (slots + slots // 10))
            room[: len(self.position)] = self.position
            self.position = room
            self.spare["position"] = self.device.xp.zeros_like(room)

    def by_id(self, column: Any, width: int) -> np.ndarray[Any, Any]:
        """Host copy [atoms, width] of a column, in the order of the user's arrays."""
        sorted_rows = self.device.fetch(column)[: width * self.count].reshape(self.count, width)
        rows = np.empty_like(sorted_rows)
        rows[self.device.fetch(self.id)] = sorted_rows
        return rows

    def unwrapped(self, lengths: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Places [atoms, 3] with the boxes crossed added, r + n L, in the order of the user's arrays.

        lengths : L, edges of the boxes [copies, 3]
        """
        edges = np.repeat(lengths, np.diff(self.first), axis=0)
        return self.by_id(self.position, PACK)[:, :3] + self.by_id(self.image, 3) * edges


def _check(positions: Any, velocities: Any) -> None:
    count, shapes = len(positions), (np.shape(positions), np.shape(velocities))
    if count == 0 or shapes != ((count, 3), (count, 3)):
        raise ValueError(
            "positions and velocities are both [atom, 3] with at least one atom, "
            f"got {shapes[0]} and {shapes[1]}"
        )
    for name, array in (("position", positions), ("velocity", velocities)):
        if not np.isfinite(array).all():
            atom = int(np.argmin(np.isfinite(array).all(axis=1)))
            raise ValueError(f"the {name} of atom {atom} is {array[atom]}, which is not finite")
