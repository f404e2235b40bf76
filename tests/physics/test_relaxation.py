"""Relaxation of a uniform gas of Maxwell molecules: rates exact at any distance from equilibrium.

With K = sigma_T g constant and pairs chosen uniformly, each collision changes a moment linearly:

    drift           d(u_a - u_b)/dt = -K_ab <1 - cos chi> (n_a m_a + n_b m_b)/(m_a + m_b) (u_a - u_b)
    temperatures    d(T_a - T_b)/dt = -K_ab <1 - cos chi> (n_a + n_b) 2 m_a m_b/(m_a + m_b)^2 (T_a - T_b)
    anisotropy      d<v_x^2 - v^2/3>/dt = -(3/4) K <1 - cos^2 chi> n <v_x^2 - v^2/3>

    <1 - cos chi> = 2/(alpha + 1),   <1 - cos^2 chi> = 4 alpha/((alpha + 1)(alpha + 2))     (VSS)

The first from m_a dv_a = -m_r (1 - cos chi) g; the second from dE_a = -m_r (1 - cos chi) G.g, <G.g> =
3k(T_a - T_b)/(m_a + m_b); the third since g_x^2 - g^2/3 turns as P_2(cos chi), and half of its sum over
N(N-1)/2 pairs is that of N molecules.
"""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

COPIES, MOLECULES = 600, 1000
PRESSURE, TEMPERATURE, LENGTH = 1e5, 300.0, 1e-6
TIMESTEP = 5e-12


def maxwell(alpha):
    return VariableSoftSphere(4e-10, 1.0, alpha)


def make(gases, x, alpha):
    """Copies of one cell; every pair scatters with the given alpha."""
    pairs = {(a, b): maxwell(alpha) for a in gases for b in gases}
    return Simulation(
        Mixture(gases, "maxwell", pairs), Slab(LENGTH, 1, Periodic(), Periodic()),
        Filling(PRESSURE, TEMPERATURE, x), particles_per_cell=MOLECULES, timestep=TIMESTEP,
        copies=COPIES, seed=8, device="cpu",
    )  # fmt: skip


def rate_constant(simulation, a, b):
    """K = sigma_T g [m^3/s]."""
    return simulation.gas.interaction(a, b).cross_section(1.0, simulation.gas.reduced_mass(a, b))


def densities(simulation):
    return simulation.filling.number_density * np.array(simulation.filling.left)


def by_copy(simulation, species, power=1):
    """Mean of v^power of a species in each copy [axis, copy]."""
    p = simulation.particles
    kept = (p.species == species).reshape(COPIES, -1)
    means = [
        ((v.reshape(COPIES, -1) ** power) * kept).sum(axis=1) / kept.sum(axis=1) for v in (p.vx, p.vy, p.vz)
    ]
    return np.array(means)


def drift(simulation):
    return by_copy(simulation, 0)[0] - by_copy(simulation, 1)[0]


def temperature_difference(simulation):
    energies = [m * by_copy(simulation, s, 2).sum(axis=0) for s, m in enumerate(simulation.gas.masses)]
    return energies[0] - energies[1]


def anisotropy(simulation):
    squares = by_copy(simulation, 0, 2)
    return squares[0] - squares.mean(axis=0)


def deviation(simulation, measure, rate, steps):
    """(Measured - initial exp(-rate t)) in standard errors over copies; the relative standard error."""
    before = measure(simulation)
    simulation.run(steps)
    after = measure(simulation)
    expected = before * np.exp(-rate * steps * TIMESTEP)
    assert 0.2 < rate * steps * TIMESTEP < 3, "the decay is too short or too long to see"
    stderr = (after - expected).std(ddof=1) / np.sqrt(COPIES)
    return (after - expected).mean() / stderr, stderr / abs(expected.mean())


def drift_rate(simulation, alpha):
    n, m = densities(simulation), np.array(simulation.gas.masses)
    return rate_constant(simulation, 0, 1) * 2 / (alpha + 1) * (n @ m) / m.sum()


def temperature_rate(simulation, alpha):
    n, m = densities(simulation), np.array(simulation.gas.masses)
    return rate_constant(simulation, 0, 1) * 2 / (alpha + 1) * n.sum() * 2 * m.prod() / m.sum() ** 2


def anisotropy_rate(simulation, alpha):
    n = densities(simulation)[0]
    return 0.75 * rate_constant(simulation, 0, 0) * 4 * alpha / ((alpha + 1) * (alpha + 2)) * n


def with_drift(simulation):
    p = simulation.particles
    p.vx += np.where(p.species == 0, 800.0, -300.0)


def with_two_temperatures(simulation):
    p = simulation.particles
    for v in (p.vx, p.vy, p.vz):
        v *= np.where(p.species == 0, 1.5, 0.6)


def with_anisotropy(simulation):
    simulation.particles.vx *= 2.0


LAWS = {
    "drift": (("He", "Ar"), (0.3, 0.7), with_drift, drift, drift_rate, 16),
    "temperatures": (
        ("He", "Ar"),
        (0.4, 0.6),
        with_two_temperatures,
        temperature_difference,
        temperature_rate,
        40,
    ),
    "anisotropy": (("Ar",), (1.0,), with_anisotropy, anisotropy, anisotropy_rate, 40),
}


@pytest.mark.parametrize("alpha", [1.0, 3.0])
@pytest.mark.parametrize("law", LAWS)
def test_relaxation_is_exponential_at_the_exact_rate(law, alpha):
    gases, x, prepare, measure, rate, steps = LAWS[law]
    simulation = make(gases, x, alpha)
    prepare(simulation)
    sigmas, precision = deviation(simulation, measure, rate(simulation, alpha), steps)
    assert abs(sigmas) < 4
    assert precision < 0.008


@pytest.mark.parametrize("law", LAWS)
def test_isotropic_scattering_in_place_of_soft_spheres_would_be_seen(law):
    """Control: the law of alpha = 1 against a gas of alpha = 3.0."""
    gases, x, prepare, measure, rate, steps = LAWS[law]
    simulation = make(gases, x, 3.0)
    prepare(simulation)
    sigmas, _ = deviation(simulation, measure, rate(simulation, 1.0), steps)
    assert abs(sigmas) > 4
