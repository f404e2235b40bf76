"""Reservoirs behind the faces: exchange one for one; absorb all and emit the Maxwellian flux."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import ExchangeReservoir, OpenReservoir
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
TEMPERATURE, PRESSURE, LENGTH = 300.0, 1e5, 3e-7
X = np.array([0.3, 0.7])


def make(left, right, filling, copies, cells=5, particles_per_cell=40, timestep=2e-11, seed=9):
    return Simulation(
        Mixture(["He", "Ar"]), Slab(LENGTH, cells, left, right), filling,
        particles_per_cell=particles_per_cell, timestep=timestep, copies=copies, seed=seed, device="cpu",
    )  # fmt: skip


def agree(values, expected, precision):
    """Whether the mean over copies is within 4 standard errors, these being small enough."""
    stderr = values.std(ddof=1) / np.sqrt(len(values))
    assert stderr < precision * abs(expected)
    return abs(values.mean() - expected) < 4 * stderr


def flux_share(x, masses):
    """Share of each species in the flux: x_s m_s^(-1/2) over the sum."""
    flux = x / np.sqrt(masses)
    return flux / flux.sum()


def species_counts(simulation):
    """Molecules of each species in each copy [copy, species]."""
    p = simulation.particles
    live = np.arange(p.capacity) < p.counts[:, None]
    species = p.species.reshape(simulation.copies, -1)
    return np.array([((species == s) & live).sum(axis=1) for s in range(2)]).T


@pytest.fixture(scope="module")
def exchange():
    """Two exchange faces of unlike composition and temperature, every step a block."""
    left, right = ExchangeReservoir(300.0, (0.9, 0.1)), ExchangeReservoir(400.0, (0.2, 0.8))
    simulation = make(left, right, Filling(PRESSURE, 300.0, (0.9, 0.1), (0.2, 0.8)), copies=400)
    simulation.sample(1, 1)
    simulation.run(200)
    return simulation


def test_the_exchange_is_one_for_one_in_every_step(exchange):
    """What arrives at a face in a step leaves it in that step, and the slab keeps its number."""
    number = exchange.result().walls[..., 0].sum(axis=3)
    np.testing.assert_array_equal(number[..., 0], number[..., 1])
    assert number.min(axis=(0, 1)).shape == (2, 2) and number.sum() > 1e5
    assert exchange.particle_count == 400 * 5 * 40


@pytest.mark.parametrize(("face", "x", "temperature"), [(0, (0.9, 0.1), 300.0), (1, (0.2, 0.8), 400.0)])
def test_an_exchange_face_sends_out_the_flux_of_its_reservoir(exchange, face, x, temperature):
    """Species flux-weighted whatever arrives; energy 2 k T, normal momentum (pi m k T/2)^(1/2) each."""
    leaving = exchange.result().walls[:, :, face, :, 1].sum(axis=0)
    share = leaving[:, 0, 0] / leaving[..., 0].sum(axis=1)
    expected = flux_share(np.array(x), np.array(exchange.gas.masses))
    assert agree(share, expected[0], 0.01)
    sign = 1 if face == 0 else -1
    for species, mass in enumerate(exchange.gas.masses):
        energy = leaving[:, species, 4] / leaving[:, species, 0]
        assert agree(energy, 2 * BOLTZMANN * temperature, 0.01)
        momentum = sign * leaving[:, species, 1] / leaving[:, species, 0]
        assert agree(momentum, np.sqrt(np.pi * mass * BOLTZMANN * temperature / 2), 0.01)


def test_plain_mole_fractions_would_be_seen(exchange):
    """Control: species chosen by x_s, or energies of 3/2 k T."""
    leaving = exchange.result().walls[:, :, 0, :, 1].sum(axis=0)
    share = leaving[:, 1, 0] / leaving[..., 0].sum(axis=1)
    assert not agree(share, 0.1, 0.02)
    assert not agree(leaving[:, 0, 4] / leaving[:, 0, 0], 1.5 * BOLTZMANN * 300.0, 0.01)


def test_a_closed_exchange_slab_takes_its_reservoirs_composition():
    """Each molecule ends as species s with probability x_s: N x_s in the mean, variance N x (1 - x)."""
    face = ExchangeReservoir(TEMPERATURE, tuple(X))
    simulation = make(face, face, Filling(PRESSURE, TEMPERATURE, (0.8, 0.2)), copies=400)
    simulation.run(600)
    helium = species_counts(simulation)[:, 0]
    total = 5 * 40
    assert agree(helium, total * X[0], 0.01)
    variance = total * X[0] * X[1]
    assert abs(helium.var(ddof=1) / variance - 1) < 4 * np.sqrt(2 / 399)
    assert not agree(helium, total * flux_share(X, np.array(simulation.gas.masses))[0], 0.01)


@pytest.fixture(scope="module")
def open_slab():
    """A slab in equilibrium with open faces alike."""
    face = OpenReservoir(PRESSURE, TEMPERATURE, tuple(X))
    simulation = make(face, face, Filling(PRESSURE, TEMPERATURE, tuple(X)), copies=400)
    simulation.run(200)
    simulation.sample(1, 50)
    simulation.run(300)
    return simulation


def test_an_open_slab_holds_the_reservoirs_density(open_slab):
    """<N_s> = n x_s L / W: 200 molecules in all, in every cell alike."""
    samples = open_slab.result()
    counts = samples.sums[..., 0].sum(axis=0) / samples.samples.sum()
    for species, x in enumerate(X):
        assert agree(counts.sum(axis=1)[:, species], 200 * x, 0.01)
        for cell in range(5):
            assert agree(counts[:, cell, species], 40 * x, 0.01)


def test_the_number_in_an_open_slab_is_poissonian(open_slab):
    """Variance = mean for each species, and no correlation between them: an ideal gas, open."""
    counts = species_counts(open_slab)
    for species, x in enumerate(X):
        assert abs(counts[:, species].var(ddof=1) / (200 * x) - 1) < 4 * np.sqrt(2 / 399)
    assert abs(np.corrcoef(counts.T)[0, 1]) < 4 / np.sqrt(399)


def test_an_open_face_emits_and_absorbs_the_maxwellian_flux(open_slab):
    """n x_s (k T / 2 pi m_s)^(1/2) either way through either face, each molecule with 2 k T."""
    samples = open_slab.result()
    time = samples.steps.sum() * samples.timestep
    rates = samples.walls.sum(axis=0) * samples.weight[:, None, None, :, None] / time
    n = PRESSURE / (BOLTZMANN * TEMPERATURE)
    for species, mass in enumerate(samples.masses):
        flux = n * X[species] * np.sqrt(BOLTZMANN * TEMPERATURE / (2 * np.pi * mass))
        for face in range(2):
            for direction in range(2):
                assert agree(rates[:, face, species, direction, 0], flux, 0.005)
                assert agree(rates[:, face, species, direction, 4], flux * 2 * BOLTZMANN * TEMPERATURE, 0.006)


def test_another_pressure_or_composition_would_be_seen(open_slab):
    """Control: the flux of a pressure 3 % higher, or of the mole fractions exchanged."""
    samples = open_slab.result()
    number = samples.walls[..., 0].sum(axis=0) * samples.weight[:, None, :, None]
    rates = number / (samples.steps.sum() * samples.timestep)
    n = PRESSURE / (BOLTZMANN * TEMPERATURE)
    flux = n * X * np.sqrt(BOLTZMANN * TEMPERATURE / (2 * np.pi * samples.masses))
    for species in range(2):
        assert not agree(rates[:, 0, species, 1], 1.03 * flux[species], 0.005)
        assert not agree(rates[:, 0, species, 1], flux[species] * X[1 - species] / X[species], 0.01)


def test_open_faces_drain_and_fill_at_grahams_ratio():
    """Collisionless, pure gases facing each other: N_A / N_B = -(m_B/m_A)^(1/2)."""
    left = OpenReservoir(1e-6, TEMPERATURE, (1.0, 0.0))
    right = OpenReservoir(1e-6, TEMPERATURE, (0.0, 1.0))
    simulation = make(left, right, Filling(1e-6, TEMPERATURE, (0.5, 0.5)), copies=100, timestep=5e-11)
    simulation.run(100)
    simulation.sample(1, 100)
    simulation.run(300)
    number = simulation.result().walls[..., 0].sum(axis=0)
    net = number[:, 0, :, 1] - number[:, 0, :, 0]
    assert simulation.resolution()["collisions"] == 0
    mass_a, mass_b = simulation.gas.masses
    # Zero in the mean, with no bias of a quotient; in units of N_A.
    excess = (net[:, 0] + np.sqrt(mass_b / mass_a) * net[:, 1]) / net[:, 0].mean()
    assert agree(1 + excess, 1.0, 0.02)
