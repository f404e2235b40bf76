"""Autocorrelations by a multiple-tau correlator: velocities, currents of species, stress, heat flux."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.forces import MEASURES
from knudsen.md.measures.correlations import (
    Collective,
    Correlations,
    Correlator,
    CurrentCorrelations,
    SelfCorrelations,
    StressCorrelations,
    by_copy,
    group_means,
)
from knudsen.md.measures.multiple_tau import CORRELATION, MultipleTau, runs_of_groups
from knudsen.md.measures.sums import (
    barycentric_weights,
    check_same_atoms,
    gather_velocities,
    mobile_masses,
    species_rows,
    velocity_sums,
)
from knudsen.md.state.atoms import PACK
from knudsen.md.state.tensors import ELEMENTS

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation


@dataclass(eq=False)
class VelocityAutocorrelation(Correlator):
    """< v_i(0) . v_i(t) > of the atoms of each species, in the laboratory frame::

        D_a = 1/3 int_0^inf < v(0) . v(t) > dt    [sigma (epsilon/m)^(1/2)]

    An atom holds 24 levels points bytes.  The interval matters as in `StressCorrelation`: 0.06 gives D right
    to 1e-3, 0.1 in the liquid at the triple point 0.8 % high.  In a dilute gas, whose steps cost a sixth and
    whose atoms fly longer, take it longer: the default costs more than a tenth of the run.
    """

    every: int = 12
    levels: int = 6

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        self._atoms = sim.atoms
        self._rows, self._sizes = species_rows(sim)
        runs, self._group = runs_of_groups(self._sizes, sim.device)
        self._sums = MultipleTau(sim.device, 3 * sim.atoms.count, runs, self.grid, CORRELATION, self.blocks)
        self._interval, self._copies = self.every * sim.timestep, sim.copies

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        check_same_atoms(sim, self._atoms, "a velocity autocorrelation")
        atoms = sim.atoms
        gather_velocities(atoms.count, atoms.id, self._rows, atoms.velocity, self._sums.newest)
        self._sums.push()

    def result(self) -> SelfCorrelations:
        """The autocorrelation so far."""
        lags, pairs, rows = self._sums.result()
        sums = by_copy(group_means(rows, self._group, self._sizes), self._copies)
        samples = self._sums.blocks.samples
        return SelfCorrelations(self._interval * lags, self.grid, samples, pairs, sums)


@dataclass(eq=False)
class CurrentCorrelation(Correlator):
    """< J_a(0) . J_b(t) > of the currents J_a = sum_(i in a) v_i [(epsilon/m)^(1/2)] of every two species."""

    every: int = 5
    levels: int = 12

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        self._sums = Collective(sim, sim.species_count, 3, self.grid, CORRELATION, self.blocks)
        self._interval, self._weights = self.every * sim.timestep, barycentric_weights(sim)
        self._atoms = sim.atoms

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        check_same_atoms(sim, self._atoms, "a correlation of currents")
        self._sums.push(velocity_sums(sim))

    def result(self) -> CurrentCorrelations:
        """The correlations so far."""
        names = tuple(str(species) for species in range(self._weights.shape[1]))
        found = self._sums.result(self._interval, names)
        return CurrentCorrelations(**vars(found), weights=self._weights)


@dataclass(eq=False)
class StressCorrelation(Correlator):
    """< P_ab(0) P_cd(t) > of the elements of the pressure tensor, those of `sim.pressure_tensors()`.

    The default interval costs under a tenth of a run.  It should be 0.06 sigma (m/epsilon)^(1/2) or less, and
    above T 1 shorter as T^(-1/2): in the liquid at the triple point samples so far apart give a viscosity
    0.07 % and a conductivity 0.12 % high, 0.1 apart 1.7 % and 2.9 %; at T 2, 0.06 apart, 1.9 % and 1.7 %.
    """

    every: int = 12
    levels: int = 12

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        self._sums = Collective(sim, len(ELEMENTS), 1, self.grid, CORRELATION, self.blocks)
        self._interval, self._mass = self.every * sim.timestep, sim.device.put(mobile_masses(sim))

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        atoms, lanes = sim.atoms, sim.lanes
        partials = sim.device.xp.zeros((lanes.count, len(ELEMENTS)))
        add_stresses(
            lanes.count, lanes.edges, atoms.position, atoms.velocity, self._mass, sim.atom_measures(),
            partials,
        )  # fmt: skip
        self._sums.push(lanes.sum(partials) / sim.device.put(sim.volumes)[:, None])

    def result(self) -> StressCorrelations:
        """The correlations so far."""
        return StressCorrelations(**vars(self._sums.result(self._interval, ELEMENTS)))


@dataclass(eq=False)
class HeatFluxCorrelation(Correlator):
    """Correlations of the energy currents and mass currents of the species, all about the centre of mass::

        J_e,a = sum_(i in a) (e_i + W_i) u_i,   j_a = sum_(i in a) m_i u_i,   u_i = v_i - v_cm
        e_i = m_i u_i^2 / 2 + sum_j V_ij / 2,   W_i = sum_j r_ij F_ij / 2

    The series are the J_e,a [epsilon^(3/2) m^(-1/2)], then the j_a [(m epsilon)^(1/2)].  In a pure fluid the
    thermal conductivity is 1/(3 V kT^2) int_0^inf < J_e(0) . J_e(t) > dt [k (epsilon/m)^(1/2) / sigma^2].  In
    a mixture sum_a J_e,a also carries enthalpy by diffusion: `combine` reduces it by the partial enthalpies
    h_b of unit mass, J_q = sum_a J_e,a - sum_b h_b j_b.  Potential energy is that of pairs, without external
    fields.  The interval matters as in `StressCorrelation`.

    Source: J. H. Irving and J. G. Kirkwood, J. Chem. Phys. 18 (1950) 817.
    """

    every: int = 12
    levels: int = 12

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        put, mass = sim.device.put, mobile_masses(sim)
        self._sums = Collective(sim, 2 * sim.species_count, 3, self.grid, CORRELATION, self.blocks)
        self._interval, self._species, self._mass = self.every * sim.timestep, sim.species_count, put(mass)
        self._drifts = sim.device.xp.zeros(3 * sim.copies)

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        atoms, lanes, species = sim.atoms, sim.lanes, self._species
        counts = sim.device.put(np.asarray(sim.species_counts, np.float64))
        find_drifts(sim.copies, velocity_sums(sim), counts, self._mass, species, self._drifts)
        partials = sim.device.xp.zeros((lanes.count, 6 * species))
        add_heat(
            lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.velocity, sim.atom_measures(),
            self._mass, species, self._drifts, partials,
        )  # fmt: skip
        self._sums.push(lanes.sum(partials))

    def result(self) -> Correlations:
        """The correlations so far."""
        names = [f"{kind} {s}" for kind in ("energy", "mass") for s in range(self._species)]
        return self._sums.result(self._interval, tuple(names))


@kernel
def add_stresses(
    lane: int, edges: Any, position: Any, velocity: Any, mass: Any, measures: Any, partials: Any
) -> None:
    """Sum of m v v and virial [epsilon] over one lane: xx, yy, zz, xy, xz, yz."""
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        m = mass[np.uint64(position[np.uint64(PACK) * i + np.uint64(3)])]
        along, own = np.uint64(3) * i, np.uint64(MEASURES) * i
        x = np.float64(velocity[along])
        y = np.float64(velocity[along + np.uint64(1)])
        z = np.float64(velocity[along + np.uint64(2)])
        products = (m * x * x, m * y * y, m * z * z, m * x * y, m * x * z, m * y * z)
        for column in range(6):
            partials[lane, column] += products[column] + measures[own + np.uint64(1 + column)]


@kernel
def find_drifts(copy: int, sums: Any, counts: Any, mass: Any, species: int, drifts: Any) -> None:
    """Velocity of the centre of mass of one copy's mobile atoms."""
    total = 0.0
    for s in range(species):
        total += counts[copy, s] * mass[s]
    for axis in range(3):
        momentum = 0.0
        for s in range(species):
            momentum += mass[s] * sums[copy, 3 * s + axis]
        drifts[3 * copy + axis] = momentum / total if total > 0.0 else 0.0


@kernel
def add_heat(
    lane: int, edges: Any, copy: Any, position: Any, velocity: Any, measures: Any, mass: Any, species: int,
    drifts: Any, partials: Any,
) -> None:  # fmt: skip
    """Energy current, then mass current, of each species over one lane."""
    drift = 3 * copy[lane]
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        s = np.int64(position[np.uint64(PACK) * i + np.uint64(3)])
        m = mass[s]
        if m > 0.0:
            along, w = np.uint64(3) * i, np.uint64(MEASURES) * i
            x = velocity[along] - drifts[drift]
            y = velocity[along + np.uint64(1)] - drifts[drift + 1]
            z = velocity[along + np.uint64(2)] - drifts[drift + 2]
            e = 0.5 * m * (x * x + y * y + z * z) + measures[w]
            xx, yy, zz = measures[w + np.uint64(1)], measures[w + np.uint64(2)], measures[w + np.uint64(3)]
            xy, xz, yz = measures[w + np.uint64(4)], measures[w + np.uint64(5)], measures[w + np.uint64(6)]
            partials[lane, 3 * s] += (e + xx) * x + xy * y + xz * z
            partials[lane, 3 * s + 1] += xy * x + (e + yy) * y + yz * z
            partials[lane, 3 * s + 2] += xz * x + yz * y + (e + zz) * z
            current = 3 * (species + s)
            partials[lane, current] += m * x
            partials[lane, current + 1] += m * y
            partials[lane, current + 2] += m * z
