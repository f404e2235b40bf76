"""Atoms as a structure of arrays, kept in spatial order."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from knudsen.core.device import Device

# x, y, z and the species of an atom lie side by side: a neighbour costs one cache line.
PACK = 4
COLUMNS = ("position", "velocity", "image", "id")


@dataclass
class Atoms:
    """Positions, velocities and labels of N atoms, in the order that the neighbour search gives them.

    Attributes
    ---------
    count : N
    position : float64 [4 (N + images)], x, y, z and the number of the species of each atom; behind the N
        atoms come their periodic images within reach
    velocity : float64 [3 N];  force : float64 [3 N]
    image : int32 [3 N], boxes that an atom has crossed along each axis
    id : int32 [N], the place of an atom in the arrays the user gave
    spare : second set of buffers, which the spatial sort writes
    """

    count: int
    position: Any
    velocity: Any
    force: Any
    image: Any
    id: Any
    spare: dict[str, Any]
    device: Device

    @classmethod
    def from_arrays(cls, positions: Any, velocities: Any, species: Any, device: Device) -> "Atoms":
        """Atoms of host arrays: positions and velocities [N, 3], species [N].

        Raises ValueError for shapes that differ or numbers that are not finite.
        """
        positions, velocities = np.array(positions, float), np.array(velocities, float)
        count = len(positions)
        if count == 0 or positions.shape != (count, 3) or velocities.shape != (count, 3):
            raise ValueError(
                "positions and velocities are both [atom, 3] with at least one atom, "
                f"got {positions.shape} and {velocities.shape}"
            )
        for name, array in (("position", positions), ("velocity", velocities)):
            if not np.isfinite(array).all():
                atom = int(np.argmin(np.isfinite(array).all(axis=1)))
                raise ValueError(f"the {name} of atom {atom} is {array[atom]}, which is not finite")
        columns = {
            "position": np.column_stack([positions, species]).ravel(),
            "velocity": velocities.ravel(),
            "image": np.zeros(3 * count, np.int32),
            "id": np.arange(count, dtype=np.int32),
        }
        put = {name: device.put(column) for name, column in columns.items()}
        spare = {name: device.xp.zeros_like(column) for name, column in put.items()}
        return cls(count=count, force=device.xp.zeros(3 * count), spare=spare, device=device, **put)

    @property
    def columns(self) -> tuple[Any, ...]:
        """The live buffers in the order of COLUMNS."""
        return tuple(getattr(self, name) for name in COLUMNS)

    @property
    def spare_columns(self) -> tuple[Any, ...]:
        """The spare buffers in the order of COLUMNS."""
        return tuple(self.spare[name] for name in COLUMNS)

    def swap(self) -> None:
        """Let the spare buffers be the live ones."""
        for name in COLUMNS:
            live = getattr(self, name)
            setattr(self, name, self.spare[name])
            self.spare[name] = live

    def make_room(self, slots: int) -> None:
        """Grow both position buffers to so many atoms and images; positions are kept."""
        if PACK * slots > len(self.position):
            room = self.device.xp.zeros(PACK * (slots + slots // 10))
            room[: len(self.position)] = self.position
            self.position = room
            self.spare["position"] = self.device.xp.zeros_like(room)

    def by_id(self, column: Any, width: int) -> np.ndarray[Any, Any]:
        """Host copy [N, width] of a column, in the order of the user's arrays."""
        sorted_rows = self.device.fetch(column)[: width * self.count].reshape(self.count, width)
        rows = np.empty_like(sorted_rows)
        rows[self.device.fetch(self.id)] = sorted_rows
        return rows
