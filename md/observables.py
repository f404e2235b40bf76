"""What is known of a simulation at an instant: its atoms in the user's order, energies, pressure."""

from typing import Any, NamedTuple

import numpy as np

from knudsen.core.device import Device
from knudsen.md.forces import MEASURES, PairForces
from knudsen.md.integrate import kinetic_tensors
from knudsen.md.potentials.pairs import LongRange, PairTable
from knudsen.md.state.atoms import PACK, Atoms
from knudsen.md.state.box import Box
from knudsen.md.state.domain import Domain
from knudsen.md.state.lanes import Lanes
from knudsen.md.state.tensors import ELEMENTS, whole_tensors

Array = np.ndarray[Any, Any]


class Energies(NamedTuple):
    """Energies of the whole system, in units of epsilon; arrays [copies] for several copies."""

    potential: Any
    kinetic: Any

    @property
    def total(self) -> Any:
        """Potential + kinetic: what the dynamics conserves at constant energy."""
        return self.potential + self.kinetic


class Observables:
    """The state of a simulation and what follows from it at once.

    Numbers in the plural come one a copy; the singular forms give one number for one system.
    """

    single: bool
    atoms: Atoms
    lanes: Lanes
    domain: Domain
    device: Device
    pairs: PairTable
    forces: PairForces
    masses: Array
    species_counts: Array
    couplings: tuple[Any, ...]
    fields: tuple[Any, ...]
    mover: Any
    step: int
    timestep: float
    mobile_mass: Any
    _measured: bool

    @property
    def parts(self) -> tuple[Any, ...]:
        """Couplings, fields and the mover."""
        return (*self.couplings, *self.fields, self.mover)

    @property
    def copies(self) -> int:
        """R."""
        return self.atoms.copies

    @property
    def species_count(self) -> int:
        """Number of species."""
        return self.pairs.species

    @property
    def time(self) -> float:
        """Time since the start [sigma sqrt(m/epsilon)]."""
        return self.step * self.timestep

    @property
    def particle_count(self) -> int:
        """Atoms of all copies."""
        return self.atoms.count

    @property
    def device_name(self) -> str:
        """The device in words."""
        return self.device.describe()

    @property
    def box(self) -> Box:
        """The box as it is now, of a simulation of one system.  Raises ValueError for several copies."""
        if not self.single:
            raise ValueError("each copy has a box of its own: use box_lengths, or domain.box(copy)")
        return self.domain.box(0)

    @property
    def lengths(self) -> Any:
        """Edges of the boxes on the device [3 copies]."""
        return self.domain.lengths

    @property
    def box_lengths(self) -> Array:
        """Edges of the boxes [copies, 3]."""
        return self.domain.host_lengths()

    @property
    def volumes(self) -> Array:
        """Volumes [copies]."""
        return self.domain.volumes

    @property
    def degrees_of_freedom(self) -> Array:
        """Degrees of freedom [copies]: 3 a mobile atom, less one for each conserved component of momentum."""
        mobile = self.species_counts[:, np.isfinite(self.masses)].sum(axis=1)
        return 3 * mobile - self.conserved_axes.sum(axis=1)

    @property
    def conserved_axes(self) -> Array:
        """Along which axes the total momentum stays [copies, 3]: none in a copy that holds frozen atoms."""
        frozen = self.species_counts[:, np.isinf(self.masses)].any(axis=1)
        along = np.all([np.broadcast_to(part.conserves_momentum, 3) for part in self.parts], axis=0)
        return ~frozen[:, None] & along

    def _by_copy(self, rows: Array) -> Any:
        """Rows of all atoms as [N, ...] for one system, [R, N, ...] for copies of one size, else a list."""
        if self.single:
            return rows
        parts = np.split(rows, self.atoms.first[1:-1])
        return np.stack(parts) if len({len(part) for part in parts}) == 1 else parts

    @property
    def positions(self) -> Any:
        """Positions [N, 3], or [R, N, 3], in the order given.

        Atoms are folded into the box when a list is built; until the next build they may lie beyond a face by
        as far as they have gone since, some half a skin.
        """
        return self._by_copy(self.atoms.by_id(self.atoms.position, PACK)[:, :3])

    @property
    def unwrapped_positions(self) -> Any:
        """Positions [N, 3], or [R, N, 3], that never jump at a face, in the order given."""
        return self._by_copy(self.atoms.unwrapped(self.box_lengths))

    @property
    def images(self) -> Any:
        """Boxes crossed [N, 3], or [R, N, 3], in the order given."""
        return self._by_copy(self.atoms.by_id(self.atoms.image, 3))

    @property
    def velocities(self) -> Any:
        """Velocities [N, 3], or [R, N, 3], in the order given."""
        return self._by_copy(self.atoms.by_id(self.atoms.velocity, 3))

    @property
    def species(self) -> Any:
        """Number of each atom's species [N], or [R, N], in the order given."""
        return self._by_copy(self.atoms.by_id(self.atoms.position, PACK)[:, 3].astype(np.int64))

    @property
    def force_on_atoms(self) -> Any:
        """Forces [N, 3], or [R, N, 3], in the order given."""
        return self._by_copy(self.atoms.by_id(self.atoms.force, 3))

    def atom_measures(self) -> Any:
        """Half the pair energy and half the virial of each atom on the device [7 atoms]; once a step."""
        if not self._measured:
            self.forces.measure()
            self._measured = True
        return self.forces.measures

    def _sums(self) -> Array:
        return self.device.fetch(self.lanes.sum_atoms(self.atom_measures(), MEASURES))

    def kinetic_tensors(self) -> Any:
        """Sums of m v v on the device [copies, 6], in the order of `state.tensors.ELEMENTS`."""
        atoms, lanes = self.atoms, self.lanes
        sums = self.device.xp.zeros((lanes.count, len(ELEMENTS)))
        kinetic_tensors(lanes.count, lanes.edges, atoms.position, atoms.velocity, self.mobile_mass, sums)
        return lanes.sum(sums)

    def kinetic_energies(self) -> Any:
        """Kinetic energies on the device [copies]."""
        return self.kinetic_tensors()[:, :3].sum(axis=1) / 2

    def potential_energies(self) -> Array:
        """Energies of all pairs [copies], as cut, without corrections."""
        return self._sums()[:, 0]

    def temperatures(self) -> Array:
        """2 E_kin / degrees of freedom [copies].  Raises ValueError where there are none."""
        degrees = self.degrees_of_freedom
        if (degrees == 0).any():
            raise ValueError("one atom has no temperature: its momentum is all its motion")
        return 2 * self.device.fetch(self.kinetic_energies()) / degrees

    def pressure_tensors(self) -> Array:
        """Pressure tensors [copies, 3, 3], as cut, without corrections::

        P V = sum m v v + sum_(i<j) r_ij F_ij
        """
        flat = self.device.fetch(self.kinetic_tensors()) + self._sums()[:, 1:]
        return whole_tensors(flat) / self.volumes[:, None, None]

    def resting_pressures(self) -> Array:
        """What a centre of mass at rest lacks of the fluid's pressure [copies, 3, 3]::

            T / V  along each axis whose total momentum stays, T by the degrees of freedom

        `pressure_tensors` is the flow of momentum of the atoms as they move: of N ideal atoms at rest as a
        whole (N - 1) T / V, where the fluid of this temperature has N T / V.  Raises as `temperatures`.
        """
        lacking = self.conserved_axes * (self.temperatures() / self.volumes)[:, None]
        return lacking[:, :, None] * np.eye(3)

    def conserved(self) -> Array:
        """What the dynamics conserves [copies]: kinetic, pair and field energy, and what couplings count."""
        total = self.device.fetch(self.kinetic_energies()) + self.potential_energies()
        for part in (*self.fields, *self.couplings):
            total = total + part.energy(self)
        return total

    def energies(self) -> Energies:
        """Potential energy (pairs, as cut) and kinetic energy; arrays [copies] for several copies."""
        potential, kinetic = self.potential_energies(), self.device.fetch(self.kinetic_energies())
        return (
            Energies(float(potential[0]), float(kinetic[0])) if self.single else Energies(potential, kinetic)
        )

    def temperature(self) -> Any:
        """Temperature; [copies] for several copies.  Raises ValueError for a single atom."""
        return float(self.temperatures()[0]) if self.single else self.temperatures()

    def pressure_tensor(self) -> Array:
        """Pressure tensor [3, 3]; [copies, 3, 3] for several copies."""
        return self.pressure_tensors()[0] if self.single else self.pressure_tensors()

    def long_range(self, copy: int = 0) -> LongRange:
        """Corrections to energy per atom, pressure and chemical potential for what the cut leaves out."""
        return self.pairs.long_range(self.species_counts[copy], self.volumes[copy])
