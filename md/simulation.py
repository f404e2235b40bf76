"""Molecular dynamics of a periodic fluid at constant energy."""

from typing import Any, NamedTuple

import numpy as np

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.md.atoms import PACK, Atoms
from knudsen.md.box import Box
from knudsen.md.forces import PairForces
from knudsen.md.integrate import kick, kick_and_drift
from knudsen.md.neighbours import NeighbourList
from knudsen.md.pairs import LongRange, PairTable

LANE_ATOMS = 512


class Energies(NamedTuple):
    """Energies of the whole system, in units of epsilon."""

    potential: float
    kinetic: float

    @property
    def total(self) -> float:
        """Potential + kinetic: what the dynamics conserves."""
        return self.potential + self.kinetic


class Simulation:
    """Atoms in a periodic box, moved by velocity Verlet at constant energy (NVE), in reduced units.

    Arguments
    ---------
    positions, velocities : [N, 3];  box : Box, or its lengths
    pairs : the pair potential of every two species
    timestep : dt [sigma sqrt(m/epsilon)]
    species : [N], numbers of the species, 0 from the first; left out, all are 0
    masses : [species]; left out, all are 1
    skin : what the list holds beyond the cut-off [sigma]; left out, `default_skin`.  It sets the speed and,
        by the order of the sums, the last bits
    device : 'auto', 'cpu', 'cuda', 'cuda:N'

    Raises
    ------
    ValueError : arguments that do not fit together, a cut-off beyond half the box
    SimulationFault : atoms that overlap; from `run`, an atom that cannot be followed
    """

    def __init__(
        self, positions: Any, velocities: Any, box: Box | Any, pairs: PairTable, *, timestep: float,
        species: Any = None, masses: Any = None, skin: float | None = None, device: str = "auto",
    ) -> None:  # fmt: skip
        if not 0 < timestep < np.inf:
            raise ValueError(f"the time step must be positive and finite, got {timestep}")
        self.box = box if isinstance(box, Box) else Box(box)
        self.box.check_cutoff(pairs.longest)
        self.pairs, self.timestep, self.step = pairs, timestep, 0
        self.device = Device(device)
        self.masses = _masses(masses, pairs.species)
        numbers = _species(species, len(positions), pairs.species)
        self.species_counts = np.bincount(numbers, minlength=pairs.species)
        self.atoms = Atoms.from_arrays(positions, velocities, numbers, self.device)
        if skin is None:
            skin = default_skin(self.atoms.count / self.box.volume)
        self.neighbours = NeighbourList(self.atoms, self.box, pairs.longest, skin)
        self.forces = PairForces(pairs, self.neighbours)
        self._inverse_mass = self.device.put(1 / self.masses)
        self._moved = self.device.xp.zeros(-(-self.atoms.count // LANE_ATOMS))
        self.neighbours.build()
        self.forces.compute()
        self._check_forces()

    def run(self, steps: int) -> None:
        """Advance by so many time steps.

        Raises SimulationFault for an atom that is not at a finite place or crosses half the box in a step.
        """
        for _ in range(steps):
            self._advance()
        self._check_forces()

    def _advance(self) -> None:
        atoms = self.atoms
        self.step += 1
        kick_and_drift(
            len(self._moved), LANE_ATOMS, atoms.position, atoms.velocity, atoms.force, self._inverse_mass,
            self.timestep, self.neighbours.reference, self._moved, atoms.count,
        )  # fmt: skip
        self._renew(float(self._moved.max()))
        self.forces.compute()
        kick(atoms.count, atoms.position, atoms.velocity, atoms.force, self._inverse_mass, self.timestep)

    def _renew(self, moved2: float) -> None:
        """Follow the atoms with their images, or build the list anew where a pair could have been missed."""
        skin = self.neighbours.skin
        if not moved2 <= (skin / 2 + min(self.box.lengths) / 2) ** 2:
            self._stop_lost()
        if 4 * moved2 > skin**2:
            self.neighbours.build()
        else:
            self.neighbours.follow()

    def _stop_lost(self) -> None:
        atoms = self.atoms
        now = self.device.fetch(atoms.position)[: PACK * atoms.count].reshape(-1, PACK)[:, :3]
        before = self.device.fetch(self.neighbours.reference).reshape(-1, PACK)[:, :3]
        moved = ((now - before) ** 2).sum(axis=1)
        lost = int(np.argmax(np.where(np.isfinite(moved), moved, np.inf)))
        velocity = self.device.fetch(atoms.velocity).reshape(-1, 3)[lost]
        raise SimulationFault(
            f"step {self.step}: atom {int(atoms.id[lost])} is lost at {now[lost]} with velocity {velocity}: "
            "look for atoms that overlap, a time step too long, or a temperature far too high"
        )

    def _check_forces(self) -> None:
        if not np.isfinite(float(self.atoms.force.sum())):
            force = self.device.fetch(self.atoms.force).reshape(-1, 3)
            lost = int(np.argmin(np.isfinite(force).all(axis=1)))
            position = self.device.fetch(self.atoms.position).reshape(-1, PACK)[lost, :3]
            raise SimulationFault(
                f"step {self.step}: the force on atom {int(self.atoms.id[lost])} at {position} is "
                f"{force[lost]}: it overlaps another atom; start from a lattice, or with overlaps removed"
            )

    @property
    def positions(self) -> np.ndarray[Any, Any]:
        """Positions in the box [N, 3] in the order given."""
        return self.atoms.by_id(self.atoms.position, PACK)[:, :3]

    @property
    def unwrapped_positions(self) -> np.ndarray[Any, Any]:
        """Positions [N, 3] that never jump at a face, in the order given."""
        crossed = self.atoms.by_id(self.atoms.image, 3)
        return self.positions + crossed * np.array(self.box.lengths)

    @property
    def velocities(self) -> np.ndarray[Any, Any]:
        """Velocities [N, 3] in the order given."""
        return self.atoms.by_id(self.atoms.velocity, 3)

    @property
    def species(self) -> np.ndarray[Any, Any]:
        """Number of each atom's species [N] in the order given."""
        return self.atoms.by_id(self.atoms.position, PACK)[:, 3].astype(np.int64)

    @property
    def force_on_atoms(self) -> np.ndarray[Any, Any]:
        """Forces [N, 3] in the order given."""
        return self.atoms.by_id(self.atoms.force, 3)

    def energies(self) -> Energies:
        """Potential energy (as cut, without corrections) and kinetic energy of the whole system."""
        potential, _ = self.forces.measure()
        return Energies(potential, float(np.trace(self._kinetic_tensor())) / 2)

    def temperature(self) -> float:
        """2 E_kin / (3 N - 3): three degrees of freedom go with the conserved momentum.

        Raises ValueError for a single atom, which has none left.
        """
        if self.atoms.count == 1:
            raise ValueError("one atom has no temperature: its momentum is all its motion")
        return float(np.trace(self._kinetic_tensor())) / (3 * self.atoms.count - 3)

    def pressure_tensor(self) -> np.ndarray[Any, Any]:
        """Pressure tensor [3, 3], as cut, without corrections::

        P V = sum m v v + sum_(i<j) r_ij F_ij
        """
        _, virial = self.forces.measure()
        return (self._kinetic_tensor() + virial) / self.box.volume

    def long_range(self) -> LongRange:
        """Corrections to energy per atom, pressure and chemical potential for what the cut leaves out."""
        return self.pairs.long_range(self.species_counts, self.box.volume)

    def _kinetic_tensor(self) -> np.ndarray[Any, Any]:
        velocity = self.velocities
        return (velocity * self.masses[self.species][:, None]).T @ velocity


def default_skin(density: float) -> float:
    """Skin [sigma] by number density [sigma^-3]: longer in a gas, where a longer list costs nearly nothing.

    In a liquid 0.3; below, such that the list holds some two neighbours more, at most 1.5.
    """
    return float(np.clip(0.3 * (0.5 / density) ** (1 / 3), 0.3, 1.5))


def _masses(masses: Any, species: int) -> np.ndarray[Any, Any]:
    values = np.ones(species) if masses is None else np.atleast_1d(np.array(masses, float))
    if values.shape != (species,) or not ((values > 0) & (values < np.inf)).all():
        raise ValueError(f"masses must be {species} positive finite numbers, one a species, got {masses}")
    return values


def _species(species: Any, count: int, kinds: int) -> np.ndarray[Any, Any]:
    numbers = np.zeros(count, np.int64) if species is None else np.array(species)
    if numbers.shape != (count,) or not np.issubdtype(numbers.dtype, np.integer):
        raise ValueError(
            f"species must be {count} whole numbers, one an atom, got {numbers.dtype} {numbers.shape}"
        )
    if count and not 0 <= numbers.min() <= numbers.max() < kinds:
        raise ValueError(f"species run from 0 to {kinds - 1}, got {numbers.min()} to {numbers.max()}")
    return numbers
