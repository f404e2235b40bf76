"""Thermostats give the canonical ensemble: kinetic energy, velocities, energy fluctuations.

Copies are independent, so the spread between them is the error.  The controls rescale without noise, as
Berendsen's thermostat does: the mean is right, the fluctuations are not.
"""

from dataclasses import dataclass

import numpy as np
import pytest
from liquids import SMOOTH
from scipy import stats

from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.local import LocalThermostat
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities

ATOMS, DENSITY, TIMESTEP = 108, 0.6, 0.005
TEMPERATURES, GROUP = (1.8, 2.0, 2.2), 10
MASSES = np.array([1.0, 4.0])
LIKE = PairTable([[1.0] * 2] * 2, [[1.0] * 2] * 2, 2.5, form="force-shifted")
EVERY, SNAPSHOT = 10, 200


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


def start(
    copies, temperatures, couplings, atoms=ATOMS, density=DENSITY, pairs=LIKE, masses=MASSES, **options
):
    crystal = lattice_start("fcc", atoms, density, seed=1)
    species = np.arange(atoms) % len(masses)
    velocities = [
        maxwell_velocities(masses[species], temperature, seed=seed)
        for seed, temperature in enumerate(np.broadcast_to(temperatures, copies))
    ]
    options = {
        "timestep": TIMESTEP,
        "seed": 11,
        "device": "cpu",
        "species": species,
        "masses": masses,
    } | options
    return Simulation(
        np.stack([crystal.positions] * copies), np.stack(velocities), crystal.box, pairs, couplings=couplings,
        **options,
    )  # fmt: skip


def sampled(make, temperatures, steps, settle=600):
    temperatures = np.asarray(temperatures)
    simulation = start(len(temperatures), temperatures, [make(tuple(temperatures))])
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


@pytest.fixture(scope="module", params=THERMOSTATS)
def canonical(request):
    return sampled(THERMOSTATS[request.param], grouped(), 3000)


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
    assert abs(mean - 1) < 4 * mean_error < 0.02
    assert abs(variance - 1) < 4 * variance_error < 0.2


def test_the_kinetic_energy_of_the_controls_is_not(without_noise, free):
    for run in (without_noise, free):
        spread = run.degrees * run.kinetic.mean(axis=0) ** 2 / (run.degrees**2 / 2)
        mean, error = mean_and_error(run.kinetic.var(axis=0) / spread)
        assert mean < 1 - 6 * error


def scaled(run, factor=1.0):
    """Velocity components over (T / m)^(1/2), with the rest of the centre of mass."""
    masses = MASSES[run.species]
    held = 1 - masses / masses.sum() * (run.degrees[0] < 3 * len(masses))
    spread = np.sqrt(factor * run.temperatures[:, None] * held / masses)
    return (run.velocities / spread[None, :, :, None]).ravel()


def test_velocity_components_are_normal(canonical):
    assert stats.kstest(scaled(canonical), "norm").pvalue > 1e-4
    assert stats.kstest(scaled(canonical, 1.1), "norm").pvalue < 1e-4


def test_both_species_are_at_the_temperature(canonical):
    masses = MASSES[canonical.species]
    held = 1 - masses / masses.sum() * (canonical.degrees[0] < 3 * len(masses))
    reduced = (canonical.velocities**2).mean(axis=3) * masses / held / canonical.temperatures[:, None]
    for species in range(2):
        mean, error = mean_and_error(reduced[:, :, canonical.species == species].mean(axis=(0, 2)))
        assert abs(mean - 1) < 4 * error < 0.04


def heat_capacities(run):
    """C_V from the fluctuation at the middle temperature and from the difference, each with its error."""
    energy = run.energy.reshape(len(run.energy), len(TEMPERATURES), GROUP)
    middle = energy[:, 1]
    fluctuation = ((middle - middle.mean()) ** 2).mean(axis=0) / TEMPERATURES[1] ** 2
    means, errors = mean_and_error(energy.mean(axis=0))
    apart = TEMPERATURES[2] - TEMPERATURES[0]
    return mean_and_error(fluctuation), (
        (means[2] - means[0]) / apart,
        np.hypot(errors[0], errors[2]) / apart,
    )


def test_energy_fluctuations_give_the_heat_capacity(canonical):
    """C_V = var(E) / T^2 = d<E>/dT."""
    (fluctuation, one), (difference, other) = heat_capacities(canonical)
    assert abs(fluctuation - difference) < 4 * np.hypot(one, other) < 0.4 * difference
    assert 1.5 < difference / ATOMS < 3


def test_without_noise_they_do_not(without_noise):
    (fluctuation, one), (difference, other) = heat_capacities(without_noise)
    assert abs(fluctuation - difference) > 4 * np.hypot(one, other)


def test_slabs_of_one_temperature_are_canonical():
    """Local thermostats keep the momentum of each slab, and still the whole is canonical."""
    run = sampled(
        lambda t: LocalThermostat(((-0.1, 0.2), (0.3, 0.8)), (2.0, 2.0), 0.1), [2.0] * (2 * GROUP), 3000
    )
    (mean, mean_error), (variance, variance_error) = moments(run)
    assert abs(mean - 1) < 4 * mean_error < 0.02
    assert abs(variance - 1) < 4 * variance_error < 0.25


def test_the_conserved_quantity_does_not_drift(canonical, without_noise):
    """Between the halves of the run, to 1e-3 of the temperature an atom."""

    def drift(run):
        half = len(run.conserved) // 2
        change = run.conserved[half:].mean(axis=0) - run.conserved[:half].mean(axis=0)
        return change / run.temperatures / ATOMS

    mean, error = mean_and_error(drift(canonical))
    assert abs(mean) < 4 * error < 1e-3
    assert np.abs(drift(canonical)).max() < 0.2 * np.abs(drift(without_noise)).max()


def test_a_pure_fluid_is_sampled_alike_by_all():
    """The potential energies of thermostats agree, though they act on atoms in such different ways."""
    found = []
    for make in THERMOSTATS.values():
        simulation = start(8, 2.0, [make(2.0)], pairs=SMOOTH, masses=np.ones(1))
        simulation.run(500)
        series = []
        for _ in range(150):
            simulation.run(EVERY)
            series.append(simulation.potential_energies() / ATOMS)
        found.append(mean_and_error(np.mean(series, axis=0)))
    for (one, error), (other, other_error) in zip(found, [*found[1:], found[0]], strict=True):
        assert abs(one - other) < 4 * np.hypot(error, other_error) < 0.1
