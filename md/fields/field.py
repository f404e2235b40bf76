"""What fields share that act on an atom by its place and its species.

A law is a pair of `@device` functions of the place, the species and a row of numbers of the copy::

    energy(x, y, z, species, p) = V,    force(x, y, z, species, p) = (-dV/dx, -dV/dy, -dV/dz)

Atoms of frozen species feel no field.
"""

import math
import weakref
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.core.kernel_cache import fingerprint
from knudsen.core.kernels import Kernel, kernel
from knudsen.core.kernels import device as device_function
from knudsen.core.shapes import DeviceFunction
from knudsen.md.integrate import sum_measures
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
KERNELS_KEPT = 64
# How a law sees the place along an axis: as it is, within the box, or with the boxes crossed added.
AS_IS, FOLDED, UNWRAPPED = 0, 1, 2


class Law(NamedTuple):
    """Potential energy of an atom and the force on it, `@device` functions of (x, y, z, species, p)."""

    energy: DeviceFunction
    force: DeviceFunction


class PositionField:
    """A field given by a law; its fields say which numbers the law reads.

    Subclasses give `law`, and `numbers(sim)`, float64 [copies, any].
    """

    conserves_momentum: bool | tuple[bool, bool, bool] = False
    law: Law
    remedy = "look for a time step too long, a temperature far too high, or a start beyond the field's range"

    def numbers(self, sim: "Simulation") -> Array:
        """The numbers that the law reads [copies, any]."""
        raise NotImplementedError

    def places(self, sim: "Simulation") -> tuple[int, int, int]:
        """How the law sees places: folded into the box where it is periodic."""
        x, y, z = (FOLDED if turns else AS_IS for turns in sim.domain.periodic)
        return x, y, z

    def bind(self, sim: "Simulation") -> None:
        """Check the field against the simulation and put its numbers on the device.  Raises ValueError."""
        claim(self, sim)
        self._numbers = sim.device.put(np.ascontiguousarray(self.numbers(sim), np.float64))
        self._places = self.places(sim)
        self._faults = sim.device.xp.zeros(sim.lanes.count, np.int64)

    def arrays(self) -> dict[str, Any]:
        """Nothing of a field changes during a run."""
        return {}

    def describe(self) -> str:
        """What the field is."""
        return repr(self)

    def check_potential(self, sim: "Simulation") -> None:
        """Raise ValueError where the energy is no function of the place in the box."""

    def add_forces(self, sim: "Simulation") -> None:
        """Add the field's forces.

        Raises SimulationFault for an atom at which the law gives no number: beyond a wall, for one.
        """
        atoms = sim.atoms
        force_kernel(self.law)(
            sim.lanes.count, sim.lanes.edges, sim.lanes.copy, atoms.position, atoms.image, sim.lengths,
            *self._places, sim.inverse_mass, self._numbers, atoms.force, self._faults,
        )  # fmt: skip
        lost = int(self._faults.max())
        if lost:
            self._stop(sim, lost - 1)

    def energy(self, sim: "Simulation") -> Array:
        """Potential energy of all atoms in the field [copies]."""
        atoms = sim.atoms
        energies = self.energies_at(sim, atoms.position, atoms.image, atoms.copy)
        sums = sim.device.xp.zeros((sim.lanes.count, 1))
        sum_measures(sim.lanes.count, sim.lanes.edges, energies, 1, sums)
        return sim.device.fetch(sim.lanes.sum(sums))[:, 0]

    def energies_at(self, sim: "Simulation", position: Any, image: Any, copy: Any) -> Any:
        """Potential energy of an atom at each of some places.

        Arguments
        ---------
        position : float64 [4 places], x, y, z and species;  image : int32 [3 places];  copy : int32 [places]

        Returns
        -------
        float64 [places], on the device
        """
        energies = sim.device.xp.zeros(len(copy))
        energy_kernel(self.law)(
            len(copy), copy, position, image, sim.lengths, *self._places, sim.inverse_mass, self._numbers,
            energies,
        )  # fmt: skip
        return energies

    def total_forces(self, sim: "Simulation") -> Any:
        """Sum of the field's forces over the atoms of each copy [copies, 3], on the device."""
        atoms, lanes = sim.atoms, sim.lanes
        sums = sim.device.xp.zeros((lanes.count, 3))
        total_kernel(self.law)(
            lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.image, sim.lengths, *self._places,
            sim.inverse_mass, self._numbers, sums,
        )  # fmt: skip
        return lanes.sum(sums)

    def _stop(self, sim: "Simulation", slot: int) -> None:
        atoms = sim.atoms
        place = sim.device.fetch(atoms.position[PACK * slot : PACK * slot + 3])
        copy = int(atoms.copy[slot])
        atom = int(atoms.id[slot]) - int(atoms.first[copy])
        raise SimulationFault(
            f"step {sim.step}: atom {atom}{'' if sim.single else f' of copy {copy}'} is at {place}, where "
            f"{self.describe()} has no force: {self.remedy}"
        )


def claim(part: Any, sim: "Simulation") -> None:
    """Let a part belong to a simulation.  Raises ValueError where it belongs to another that lives."""
    owner = getattr(part, "_owner", lambda: None)()
    if owner is not None and owner is not sim:
        raise ValueError(
            f"this {type(part).__name__} belongs to another simulation, whose arrays it holds: make a new one"
        )
    part._owner = weakref.ref(sim)


def axis_number(axis: str | int) -> int:
    """0, 1, 2 of 'x', 'y', 'z' or of the number itself.  Raises ValueError."""
    if axis in (0, 1, 2):
        return int(axis)
    if not isinstance(axis, str) or axis not in AXES:
        raise ValueError(f"the axis is 'x', 'y' or 'z' (0, 1, 2), got {axis!r}")
    return AXES.index(axis)


def finite(value: Any, shapes: tuple[tuple[int, ...], ...], name: str) -> Array:
    """A float64 array of one of some shapes.  Raises ValueError."""
    try:
        array = np.array(value, np.float64)
    except (TypeError, ValueError):
        array = np.array(np.nan)
    if array.shape not in shapes or not np.isfinite(array).all():
        allowed = " or ".join(str(list(shape)) if shape else "one number" for shape in shapes)
        raise ValueError(f"{name} must be finite, {allowed}, got {value!r}")
    return array


def of_copies(value: Any, sim: "Simulation", shape: tuple[int, ...], name: str) -> Array:
    """A value for all copies, or one for each, as [copies, *shape].  Raises ValueError."""
    array = finite(value, (shape, (sim.copies, *shape)), name)
    return np.broadcast_to(array, (sim.copies, *shape))


def identity(function: DeviceFunction | None) -> str:
    """A function by its name and what it computes, the same in every process."""
    if function is None:
        return "None"
    plain = getattr(function, "py_func", function)
    return f"{plain.__name__}#{(fingerprint(function) or '')[:12]}"


@device_function
def seen(position: float, image: int, length: float, how: int) -> float:
    """The place along an axis as a law sees it."""
    if how == UNWRAPPED:
        return position + image * length
    if how == FOLDED:
        return position - length * math.floor(position / length)
    return position


@device_function
def atom_place(i: int, position: Any, image: Any, lengths: Any, box: int, how: tuple[int, int, int]) -> Any:
    """x, y, z of an atom as a law sees them."""
    at, along, edge = np.uint64(PACK) * i, np.uint64(3) * i, np.uint64(3 * box)
    one, two = np.uint64(1), np.uint64(2)
    x = seen(position[at], image[along], lengths[edge], how[0])
    y = seen(position[at + one], image[along + one], lengths[edge + one], how[1])
    z = seen(position[at + two], image[along + two], lengths[edge + two], how[2])
    return x, y, z


@lru_cache(maxsize=KERNELS_KEPT)
def force_kernel(law: Law) -> Kernel:
    """The kernel that adds the forces of a law."""
    force_at = law.force

    @kernel
    def add_field_forces(
        lane: int, edges: Any, copy: Any, position: Any, image: Any, lengths: Any, in_x: int, in_y: int,
        in_z: int, inverse_mass: Any, numbers: Any, force: Any, faults: Any,
    ) -> None:  # fmt: skip
        own = copy[lane]
        p = numbers[own]
        fault = 0
        for k in range(edges[lane], edges[lane + 1]):
            i = np.uint64(k)
            species = np.int64(position[np.uint64(PACK) * i + np.uint64(3)])
            if inverse_mass[species] > 0.0:
                x, y, z = atom_place(i, position, image, lengths, own, (in_x, in_y, in_z))
                fx, fy, fz = force_at(x, y, z, species, p)
                if fx != fx or fy != fy or fz != fz:
                    fault = k + 1
                along = np.uint64(3) * i
                force[along] += fx
                force[along + np.uint64(1)] += fy
                force[along + np.uint64(2)] += fz
        faults[lane] = fault

    return add_field_forces


@lru_cache(maxsize=KERNELS_KEPT)
def total_kernel(law: Law) -> Kernel:
    """The kernel that sums the forces of a law over each lane, float64 [lanes, 3]."""
    force_at = law.force

    @kernel
    def sum_field_forces(
        lane: int, edges: Any, copy: Any, position: Any, image: Any, lengths: Any, in_x: int, in_y: int,
        in_z: int, inverse_mass: Any, numbers: Any, sums: Any,
    ) -> None:  # fmt: skip
        own = copy[lane]
        p = numbers[own]
        total_x = total_y = total_z = 0.0
        for k in range(edges[lane], edges[lane + 1]):
            i = np.uint64(k)
            species = np.int64(position[np.uint64(PACK) * i + np.uint64(3)])
            if inverse_mass[species] > 0.0:
                x, y, z = atom_place(i, position, image, lengths, own, (in_x, in_y, in_z))
                fx, fy, fz = force_at(x, y, z, species, p)
                total_x += fx
                total_y += fy
                total_z += fz
        sums[lane, 0], sums[lane, 1], sums[lane, 2] = total_x, total_y, total_z

    return sum_field_forces


@lru_cache(maxsize=KERNELS_KEPT)
def energy_kernel(law: Law) -> Kernel:
    """The kernel that writes the potential energy of a law at each place."""
    energy_at = law.energy

    @kernel
    def field_energies(
        i: int, copy: Any, position: Any, image: Any, lengths: Any, in_x: int, in_y: int, in_z: int,
        inverse_mass: Any, numbers: Any, energies: Any,
    ) -> None:  # fmt: skip
        species = np.int64(position[np.uint64(PACK * i + 3)])
        own = copy[i]
        energies[np.uint64(i)] = 0.0
        if inverse_mass[species] > 0.0:
            x, y, z = atom_place(np.uint64(i), position, image, lengths, own, (in_x, in_y, in_z))
            energies[np.uint64(i)] = energy_at(x, y, z, species, numbers[own])

    return field_energies
