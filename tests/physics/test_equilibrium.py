"""A periodic box in equilibrium stays there.

Each velocity component of each species is normal with variance k T/m_s at all times, T the same for all:
whatever the mass ratio (He-Ar: 10) and however rare a species.
"""

import numpy as np
import pytest
from scipy import stats

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
TEMPERATURE = 300.0
COPIES, CELLS = 160, 10
COMPOSITIONS = {"equal": (0.5, 0.5), "trace of He": (0.01, 0.99), "trace of Ar": (0.99, 0.01)}


def make(x, model="vss", temperature=TEMPERATURE):
    return Simulation(
        Mixture(["He", "Ar"], model), Slab(1e-6, CELLS, Periodic(), Periodic()),
        Filling(1e5, temperature, x), particles_per_cell=200, timestep=2e-11, copies=COPIES, seed=4,
        device="cpu",
    )  # fmt: skip


def temperatures(simulation):
    """Temperature of each species in each copy over the sampled steps [copy, species]."""
    samples = simulation.result()
    totals = samples.sums.sum(axis=(0, 2))
    square = totals[..., 4:7].sum(axis=-1)
    return samples.masses * square / (3 * BOLTZMANN * totals[..., 0])


def components(simulation, species):
    """Velocity components of a species in units of their spread [copy, 3 n]."""
    p, mass = simulation.particles, simulation.gas.masses[species]
    kept = (p.species == species).reshape(COPIES, -1)
    spread = np.sqrt(BOLTZMANN * TEMPERATURE / mass)
    copies = [[v.reshape(COPIES, -1)[r][kept[r]] for v in (p.vx, p.vy, p.vz)] for r in range(COPIES)]
    return np.array([np.concatenate(vectors) for vectors in copies]) / spread


def entropy(velocities):
    """-sum p ln p of the velocity histogram of each copy [copy]."""
    edges = np.linspace(-5, 5, 41)
    shares = np.array([np.histogram(copy, edges)[0] / len(copy) for copy in velocities])
    return -np.sum(shares * np.log(np.maximum(shares, 1e-300)), axis=1)


def sigmas(values, expected=0.0):
    """(Mean over copies - expected) in standard errors."""
    return (values.mean() - expected) / (values.std(ddof=1) / np.sqrt(len(values)))


@pytest.fixture(scope="module", params=COMPOSITIONS)
def equilibrium(request):
    """A run of some twenty collisions a molecule, with the entropies of its start."""
    simulation = make(COMPOSITIONS[request.param])
    before = [entropy(components(simulation, s)) for s in range(2)]
    simulation.sample(4, 40)
    simulation.run(200)
    assert simulation.resolution()["collisions"] > 5 * simulation.particle_count
    return simulation, before


def test_each_species_keeps_the_temperature(equilibrium):
    values = temperatures(equilibrium[0])
    for species in range(2):
        assert abs(sigmas(values[:, species], TEMPERATURE)) < 4
        assert values[:, species].std(ddof=1) / np.sqrt(COPIES) < 0.01 * TEMPERATURE


def test_the_species_have_one_temperature(equilibrium):
    values = temperatures(equilibrium[0])
    assert abs(sigmas(values[:, 0] - values[:, 1])) < 4


def test_each_component_stays_normal(equilibrium):
    """Kurtosis 3 and the whole distribution, over the copies together."""
    for species in range(2):
        z = components(equilibrium[0], species).ravel()
        assert stats.kstest(z, "norm").pvalue > 1e-4
        assert abs(np.mean(z**4) - 3 * np.mean(z**2) ** 2) < 4 * np.sqrt(24 / len(z))


def test_entropy_does_not_drift(equilibrium):
    simulation, before = equilibrium
    for species in range(2):
        assert abs(sigmas(entropy(components(simulation, species)) - before[species])) < 4


def test_density_stays_uniform(equilibrium):
    """Each cell holds its share of each species, cell by cell."""
    samples = equilibrium[0].result()
    numbers = samples.sums[..., 0].sum(axis=0)
    for species in range(2):
        share = numbers[..., species] / numbers[..., species].sum(axis=1, keepdims=True)
        assert all(abs(sigmas(cell, 1 / CELLS)) < 4 for cell in share.T)


def test_a_gas_out_of_equilibrium_gains_entropy_that_would_be_seen():
    """Control: every velocity at first of one of two magnitudes, with the same energy."""
    simulation = make((0.5, 0.5))
    p = simulation.particles
    spread = np.sqrt(BOLTZMANN * TEMPERATURE / np.array(simulation.gas.masses))[p.species]
    for v in (p.vx, p.vy, p.vz):
        v[...] = np.sign(v) * spread
    before = [entropy(components(simulation, s)) for s in range(2)]
    simulation.run(100)
    for species in range(2):
        z = components(simulation, species)
        assert sigmas(entropy(z) - before[species]) > 100
        assert abs(np.mean(z**4) - 3 * np.mean(z**2) ** 2) < 5 * np.sqrt(24 / z.size)


def test_collisions_that_take_all_masses_for_equal_would_be_seen():
    """Control: half of the velocity change to each partner keeps neither momentum nor the temperatures."""
    simulation = make((0.5, 0.5))
    simulation._collider.pairs[-1][...] = 0.5
    simulation.sample(4, 40)
    simulation.run(40)
    values = temperatures(simulation)
    assert abs(sigmas(values[:, 0] - values[:, 1])) > 20
