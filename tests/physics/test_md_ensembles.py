"""Thermostats give the canonical ensemble: kinetic energy, velocities, energy fluctuations.

Copies are independent, so the spread between them is the error.  The controls rescale without noise, as
Berendsen's thermostat does: the mean is right, the fluctuations are not.  The fluid is small, 32 atoms of the
repulsive part of Lennard-Jones: there three degrees of freedom more or less are 3 % of the temperature.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
from scipy import stats

from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.local import LocalThermostat
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities

ATOMS, DENSITY, TIMESTEP = 32, 0.6, 0.005
TEMPERATURES, GROUP = (1.6, 2.0, 2.4), 32
MASSES = np.array([1.0, 4.0])
WCA = PairTable([[1.0] * 2] * 2, [[1.0] * 2] * 2, 2 ** (1 / 6), form="shifted")
EVERY, SNAPSHOT = 10, 50


class Berendsen:
    """Velocities towards the temperature without noise: the control."""

    conserves_momentum = True

    def __init__(self, temperatures, time):
        self.temperatures, self.time = np.array(temperatures), time

    def bind(self, sim):
        self.target = sim.degrees_of_freedom * self.temperatures / 2

    def arrays(self):
        return {}

    def describe(self):
        return "Berendsen"

    def before(self, sim):
        pass

    def after(self, sim):
        ratio = self.target / sim.kinetic_energies()
        sim.scale_velocities(np.sqrt(1 + sim.timestep / self.time * (ratio - 1)))

    def energy(self, sim):
        return np.zeros(sim.copies)


class Free(Berendsen):
    """No thermostat: the other control."""

    def after(self, sim):
        pass


@dataclass
class Run:
    """Series [time, copies] and velocities [snapshot, copies, atoms, 3] of a run."""

    temperatures: np.ndarray
    degrees: np.ndarray
    kinetic: np.ndarray
    energy: np.ndarray
    conserved: np.ndarray
    velocities: np.ndarray
    species: np.ndarray


def start(temperatures, coupling):
    """A copy at each temperature."""
    crystal = lattice_start("fcc", ATOMS, DENSITY, seed=1)
    species = np.arange(ATOMS) % len(MASSES)
    velocities = [
        maxwell_velocities(MASSES[species], temperature, seed=seed)
        for seed, temperature in enumerate(temperatures)
    ]
    return Simulation(
        np.stack([crystal.positions] * len(temperatures)), np.stack(velocities), crystal.box, WCA,
        species=species, masses=MASSES, timestep=TIMESTEP, seed=11, couplings=[coupling], device="cpu",
    )  # fmt: skip


def sampled(make, temperatures, steps, settle=600):
    temperatures = np.asarray(temperatures)
    simulation = start(temperatures, make(tuple(temperatures)))
    simulation.run(settle)
    kinetic, energy, conserved, velocities = [], [], [], []
    for sample in range(1, steps // EVERY + 1):
        simulation.run(EVERY)
        kinetic.append(simulation.kinetic_energies().copy())
        energy.append(simulation.potential_energies() + kinetic[-1])
        conserved.append(simulation.conserved())
        if sample * EVERY % SNAPSHOT == 0:
            velocities.append(simulation.velocities)
    return Run(
        temperatures, simulation.degrees_of_freedom, *map(np.array, (kinetic, energy, conserved, velocities)),
        simulation.species[0],
    )  # fmt: skip


def grouped(temperatures=TEMPERATURES, group=GROUP):
    return np.repeat(temperatures, group)


THERMOSTATS = {
    "Nose-Hoover chain": lambda t: NoseHoover(t, 0.2),
    "velocity rescaling": lambda t: VelocityRescaling(t, 0.1),
    "Langevin": lambda t: Langevin(t, 2.0),
}


@cache
def run_of(name):
    return sampled(THERMOSTATS[name], grouped(), 3000)


@pytest.fixture(scope="module", params=THERMOSTATS)
def canonical(request):
    return run_of(request.param)


@pytest.fixture(scope="module")
def without_noise():
    return sampled(lambda t: Berendsen(t, 0.1), grouped(), 1000)


@pytest.fixture(scope="module")
def free():
    return sampled(lambda t: Free(t, 0.1), grouped(), 1000)


def mean_and_error(values):
    """Over copies, the last axis."""
    values = np.asarray(values)
    return values.mean(axis=-1), values.std(axis=-1, ddof=1) / np.sqrt(values.shape[-1])


def moments(run):
    """Mean and variance of the kinetic energy over their canonical values, each with its error."""
    expected = run.degrees * run.temperatures / 2
    spread = run.degrees * run.temperatures**2 / 2
    mean = mean_and_error(run.kinetic.mean(axis=0) / expected)
    return mean, mean_and_error(((run.kinetic - expected) ** 2).mean(axis=0) / spread)


def test_the_kinetic_energy_is_canonical(canonical):
    """<K> = N_f T / 2, var K = N_f T^2 / 2."""
    (mean, mean_error), (variance, variance_error) = moments(canonical)
    assert abs(mean - 1) < 4 * mean_error < 0.015
    # The control: another momentum held, or not held, is 3 of some 94 degrees of freedom.
    for degrees in {3 * ATOMS - 3, 3 * ATOMS, 3 * ATOMS + 3} - {int(canonical.degrees[0])}:
        assert abs(mean * canonical.degrees[0] / degrees - 1) > 4 * mean_error
    # Noise wrong by a twentieth would be seen.
    assert abs(variance - 1) < 4 * variance_error < 0.1


def test_the_kinetic_energy_of_the_controls_is_not(without_noise, free):
    for run in (without_noise, free):
        spread = run.degrees * run.kinetic.mean(axis=0) ** 2 / (run.degrees**2 / 2)
        mean, error = mean_and_error(run.kinetic.var(axis=0) / spread)
        assert mean < 1 - 6 * error


def held(run):
    """<m v^2> / T of each atom along an axis: 1 - m / M where the centre of mass rests."""
    masses = MASSES[run.species]
    return 1 - masses / masses.sum() * (run.degrees[0] < 3 * ATOMS)


def scaled(run, factor=1.0):
    """Velocity components over (T / m)^(1/2), with the rest of the centre of mass."""
    spread = np.sqrt(factor * run.temperatures[:, None] * held(run) / MASSES[run.species])
    return (run.velocities / spread[None, :, :, None]).ravel()


def test_velocity_components_are_normal(canonical):
    assert stats.kstest(scaled(canonical), "norm").pvalue > 1e-4
    assert stats.kstest(scaled(canonical, 1.04), "norm").pvalue < 1e-4


def test_both_species_are_at_the_temperature(canonical):
    """m <v^2> / 3 T = 1 - m / M: the errors resolve m / M, 1.25 % and 5 %."""
    reduced = (scaled(canonical).reshape(canonical.velocities.shape) ** 2).mean(axis=3)
    for species in range(2):
        chosen = canonical.species == species
        mean, error = mean_and_error(reduced[:, :, chosen].mean(axis=(0, 2)))
        assert abs(mean - 1) < 4 * error < 0.02
        # The control: the heavy atoms without their share of the resting centre of mass, or with one.
        share = held(canonical)[chosen][0]
        wrong = mean * share if share < 1 else mean / (1 - MASSES[species] / MASSES[canonical.species].sum())
        assert species == 0 or abs(wrong - 1) > 4 * error


def heat_capacities(run):
    """d<U>/dT from the fluctuations at all temperatures and from the difference, each with its error."""
    potential = (run.energy - run.kinetic).reshape(len(run.energy), len(TEMPERATURES), GROUP)
    means, errors = mean_and_error(potential.mean(axis=0))
    squares = ((potential - means[:, None]) ** 2).mean(axis=0) / np.array(TEMPERATURES)[:, None] ** 2
    apart = TEMPERATURES[2] - TEMPERATURES[0]
    difference = (means[2] - means[0]) / apart, np.hypot(errors[0], errors[2]) / apart
    return mean_and_error(squares.mean(axis=0)), difference


def correlation(run):
    """<dK dU> / (var K var U)^(1/2), with its error."""
    potential = run.energy - run.kinetic
    both = [each.reshape(len(each), len(TEMPERATURES), GROUP) for each in (run.kinetic, potential)]
    both = [each - each.mean(axis=(0, 2))[:, None] for each in both]
    variances = [(each**2).mean(axis=(0, 2))[:, None] for each in both]
    return mean_and_error(((both[0] * both[1]).mean(axis=0) / np.sqrt(variances[0] * variances[1])).ravel())


def test_energy_fluctuations_give_the_heat_capacity(canonical):
    """C_V = var E / T^2 = d<E>/dT: var U / T^2 = d<U>/dT, and K, which has N_f / 2, goes its own way."""
    (fluctuation, one), (difference, other) = heat_capacities(canonical)
    assert abs(fluctuation - difference) < 4 * np.hypot(one, other) < 0.15 * difference
    assert 10 < difference < 13
    mean, error = correlation(canonical)
    assert abs(mean) < 4 * error < 0.05


def test_without_noise_they_do_not(without_noise):
    (fluctuation, one), (difference, other) = heat_capacities(without_noise)
    assert abs(fluctuation - difference) > 4 * np.hypot(one, other)
    mean, error = correlation(without_noise)
    assert mean < -4 * error


def test_slabs_of_one_temperature_are_canonical():
    """Local thermostats keep the momentum of each slab, and still the whole is canonical.

    A slab of n atoms, 10 or 16 here, has 3 (n - 1) degrees of freedom; with 3 n it would be 7 to 11 % hot.
    """
    run = sampled(
        lambda t: LocalThermostat(((-0.1, 0.2), (0.3, 0.8)), (2.0, 2.0), 0.1), [2.0] * (2 * GROUP), 3000
    )
    (mean, mean_error), (variance, variance_error) = moments(run)
    assert abs(mean - 1) < 4 * mean_error < 0.015
    assert abs(variance - 1) < 4 * variance_error < 0.12


def test_the_conserved_quantity_does_not_drift(canonical, without_noise):
    """Between the halves of the run, to 1e-3 of the temperature an atom."""

    def drift(run):
        half = len(run.conserved) // 2
        change = run.conserved[half:].mean(axis=0) - run.conserved[:half].mean(axis=0)
        return change / run.temperatures / ATOMS

    mean, error = mean_and_error(drift(canonical))
    assert abs(mean) < 4 * error < 1e-3
    assert np.abs(drift(canonical)).max() < 0.2 * np.abs(drift(without_noise)).max()


def test_all_thermostats_sample_the_same_configurations():
    """<U> agrees, to the 0.02 an atom that 3 % of the temperature are worth."""
    found = []
    for name in THERMOSTATS:
        run = run_of(name)
        groups = (run.energy - run.kinetic).mean(axis=0).reshape(len(TEMPERATURES), GROUP) / ATOMS
        found.append(mean_and_error(groups.mean(axis=0)))
    for (one, error), (other, other_error) in zip(found, [*found[1:], found[0]], strict=True):
        assert abs(one - other) < 4 * np.hypot(error, other_error) < 0.02
