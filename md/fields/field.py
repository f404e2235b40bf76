"""What fields share that act on an atom by its place and its species.

A law is a pair of `@device` functions of the place, the species and a row of numbers of the copy::

    energy(x, y, z, species, p) = V,    force(x, y, z, species, p) = (-dV/dx, -dV/dy, -dV/dz)

with places in sigma, V in epsilon and forces in epsilon/sigma.  Atoms of frozen species feel no field.
"""

import math
from abc import ABC, abstractmethod
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.core.kernel_cache import fingerprint
from knudsen.core.kernels import Kernel, kernel
from knudsen.core.kernels import device as device_function
from knudsen.core.shapes import DeviceFunction
from knudsen.md.parts import claim
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
KERNELS_KEPT = 64
# How a law sees the place along an axis: as it is, within the box, or with the boxes crossed added.
AS_IS, FOLDED, UNWRAPPED = 0, 1, 2


class Law(NamedTuple):
    """Potential energy of an atom and the force on it, `@device` functions of (x, y, z, species, p).

    x, y, z are the place [sigma], p the copy's row of what `PositionField.numbers` gives.

    Attributes
    ---------
    energy : V [epsilon];  force : (Fx, Fy, Fz) [epsilon/sigma]
    """

    energy: DeviceFunction
    force: DeviceFunction


class PositionField(ABC):
    """A field given by a law; a subclass says which law, and which numbers it reads.

    Attributes
    ---------
    law : energy of an atom and force on it
    conserves_momentum : whether the total momentum of a copy stays as it is, or that along x, y, z each
    remedy : what to look for where the law has no number for the force on an atom
    """

    conserves_momentum: bool | tuple[bool, bool, bool] = False
    law: Law
    remedy = "look for a time step too long, a temperature far too high, or a start beyond the field's range"

    @abstractmethod
    def numbers(self, sim: "Simulation") -> Array:
        """The numbers that the law reads [copies, any].  Raises ValueError where they do not fit."""

    def unwrapped(self, sim: "Simulation") -> Array:
        """Along which axes the law sees places with the boxes crossed added, bool [3]; folded, elsewhere."""
        return np.zeros(3, bool)

    def bind(self, sim: "Simulation") -> None:
        """Check the field against the simulation and put its numbers on the device.  Raises ValueError."""
        claim(self, sim)
        self._numbers = sim.device.put(np.ascontiguousarray(self.numbers(sim), np.float64))
        folded = np.where(sim.domain.periodic, FOLDED, AS_IS)
        self._places = tuple(np.where(self.unwrapped(sim), UNWRAPPED, folded).tolist())
        self._faults = sim.device.xp.zeros(sim.lanes.count, np.int64)

    def arrays(self) -> dict[str, Any]:
        """Nothing of a field changes during a run."""
        return {}

    def describe(self) -> str:
        """What the field is."""
        return repr(self)

    def check_potential(self, sim: "Simulation") -> None:
        """Raise ValueError where the energy is no function of the place in the box."""
        around = [
            axis
            for axis, turns, crossed in zip(AXES, sim.domain.periodic, self.unwrapped(sim), strict=True)
            if turns and crossed
        ]
        if around:
            raise ValueError(
                f"{self.describe()} has no potential along {', '.join(around)}, where the box is periodic: "
                "use a Box that is not periodic there, and walls"
            )

    def add_forces(self, sim: "Simulation") -> None:
        """Add the field's forces to those of the atoms.

        Raises SimulationFault for an atom at which the law gives no number: beyond a wall, for one.
        """
        self._add_to(sim, sim.atoms.force)
        lost = int(self._faults.max())
        if lost:
            self._stop(sim, lost - 1)

    def total_forces(self, sim: "Simulation") -> Any:
        """The field's forces summed over each copy's atoms [copies, 3], in epsilon/sigma, on the device."""
        forces = sim.device.xp.zeros(3 * sim.atoms.count)
        self._add_to(sim, forces)
        return sim.lanes.sum_atoms(forces, 3)

    def energy(self, sim: "Simulation") -> Array:
        """Potential energy of all atoms in the field [copies], in epsilon."""
        atoms = sim.atoms
        energies = self.energies_at(sim, atoms.position, atoms.image, atoms.copy)
        return sim.device.fetch(sim.lanes.sum_atoms(energies, 1))[:, 0]

    def energies_at(self, sim: "Simulation", position: Any, image: Any, copy: Any) -> Any:
        """Potential energy of an atom at each of some places.

        Arguments
        ---------
        position : float64 [4 places], x, y, z [sigma] and species
        image : int32 [3 places], boxes crossed along each axis
        copy : int32 [places], the copy that each place is in

        Returns
        -------
        float64 [places], in epsilon, on the device; NaN where the law has no number
        """
        energies = sim.device.xp.zeros(len(copy))
        energy_kernel(self.law)(
            len(copy), copy, position, image, sim.lengths, *self._places, sim.inverse_mass, self._numbers,
            energies,
        )  # fmt: skip
        return energies

    def _add_to(self, sim: "Simulation", forces: Any) -> None:
        """Add the field's forces to some [3 atoms], and note where there are none."""
        atoms, lanes = sim.atoms, sim.lanes
        force_kernel(self.law)(
            lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.image, sim.lengths, *self._places,
            sim.inverse_mass, self._numbers, forces, self._faults,
        )  # fmt: skip

    def _stop(self, sim: "Simulation", slot: int) -> None:
        atoms = sim.atoms
        place = sim.device.fetch(atoms.position[PACK * slot : PACK * slot + 3])
        copy = int(atoms.copy[slot])
        atom = int(atoms.id[slot]) - int(atoms.first[copy])
        raise SimulationFault(
            f"step {sim.step}: atom {atom}{'' if sim.single else f' of copy {copy}'} is at {place}, where "
            f"{self.describe()} has no force: {self.remedy}"
        )


def identity(function: DeviceFunction | None) -> str:
    """A function by its name and what it computes, the same in every process."""
    if function is None:
        return "None"
    plain = getattr(function, "py_func", function)
    return f"{plain.__name__}#{(fingerprint(function) or '')[:12]}"


@device_function
def seen(position: float, image: int, length: float, how: int) -> float:
    """The place along an axis as a law sees it [sigma], by one of AS_IS, FOLDED, UNWRAPPED."""
    if how == UNWRAPPED:
        return position + image * length
    if how == FOLDED:
        return position - length * math.floor(position / length)
    return position


@device_function
def atom_place(i: int, position: Any, image: Any, lengths: Any, box: int, how: tuple[int, int, int]) -> Any:
    """x, y, z of the atom of slot i as a law sees them [sigma].

    Arguments
    ---------
    position : [4 slots];  image : [3 slots];  lengths : [3 copies];  box : the atom's copy
    how : of each axis, AS_IS, FOLDED or UNWRAPPED
    """
    at, along, edge = np.uint64(PACK) * i, np.uint64(3) * i, np.uint64(3 * box)
    one, two = np.uint64(1), np.uint64(2)
    x = seen(position[at], image[along], lengths[edge], how[0])
    y = seen(position[at + one], image[along + one], lengths[edge + one], how[1])
    z = seen(position[at + two], image[along + two], lengths[edge + two], how[2])
    return x, y, z


@lru_cache(maxsize=KERNELS_KEPT)
def force_kernel(law: Law) -> Kernel:
    """The kernel that adds a law's forces on one lane's atoms to `force` [3 atoms].

    Its `faults` [lanes] takes one more than the slot of an atom whose force is not a number, or 0.
    """
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
def energy_kernel(law: Law) -> Kernel:
    """The kernel that writes a law's potential energy of an atom at each place to `energies` [places]."""
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
