"""What collisions of argon atoms do to an anisotropic gas, against the potential's own cross-section.

With T_x and T_y = T_z unlike, the relative velocity g is bi-Maxwellian, and a collision takes from
g_x^2 - g^2/3 the part 1 - P_2(cos chi) of it in the mean over the azimuth.  So, with no expansion::

    d<v_x^2 - v^2/3>/dt = -(n/4) <g Q_2(g) (g_x^2 - g^2/3)>,    Q_2 = 2 pi int (1 - P_2(cos chi)) b db

Q_2, of the whole range of impact parameters, is that of the kinetic theory: 3/2 of viscosity's Q^(2).
"""

import math

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss

from knudsen.analysis.kinetic.cross_sections import cross_sections
from knudsen.core.gases import Mixture
from knudsen.dsmc import Filling, Periodic, Simulation, Slab

BOLTZMANN = 1.380649e-23
ALONG, ACROSS, MEAN = 450.0, 225.0, 300.0


def cross_section(pair, g, reduced_mass, degree=2):
    """Q_2, or another, [m^2] of relative speeds."""
    table = cross_sections(pair.shape)
    reduced = reduced_mass * g**2 / (2 * BOLTZMANN * pair.epsilon_over_k)
    return pair.sigma**2 * np.interp(np.log(reduced), np.log(table.energy), table.values[degree])


def moments(gas, q_2):
    """<g Q_2 (g_x^2 - g^2/3)> [m^5/s^3] over the bi-Maxwellian g, by quadrature."""
    mass, m_r = gas.masses[0], gas.reduced_mass(0, 0)
    cosine, weight = leggauss(40)
    scale = math.sqrt(2 * BOLTZMANN * ALONG / mass)
    g = (np.arange(1500) + 0.5) / 1500 * 8 * scale
    width = np.where([True, False], ALONG, ACROSS)[:, None, None] * 2 * BOLTZMANN / mass
    x2 = np.multiply.outer(g**2, cosine**2)
    rest2 = g[:, None] ** 2 - x2
    density = np.exp(-x2 / (2 * width[0]) - rest2 / (2 * width[1])) * g[:, None] ** 2 * weight
    value = (g * q_2(gas.interaction(0, 0), g, m_r))[:, None] * (x2 - g[:, None] ** 2 / 3)
    return (density * value).sum() / density.sum()


@pytest.fixture(scope="module")
def measured():
    """Change of <v_x^2 - v^2/3> in passes over new bi-Maxwellian gases, and n dt of each."""
    gas = Mixture(["Ar"], "lj")
    simulation = Simulation(
        gas, Slab(1e-6, 1, Periodic(), Periodic()), Filling(1e5, MEAN, (1.0,)), particles_per_cell=2000,
        timestep=5e-12, copies=100, seed=8, device="cpu",
    )  # fmt: skip
    simulation.sort()
    particles, random = simulation.particles, np.random.default_rng(9)
    spread = np.sqrt(BOLTZMANN * np.array([ALONG, ACROSS, ACROSS]) / gas.masses[0])

    def anisotropy():
        return np.mean(2 * particles.vx**2 - particles.vy**2 - particles.vz**2) / 3

    changes = []
    for _ in range(60):
        for column, width in zip((particles.vx, particles.vy, particles.vz), spread, strict=True):
            column[...] = random.standard_normal(len(column)) * width
        before = anisotropy()
        simulation.step += 1
        simulation.collide()
        changes.append(anisotropy() - before)
    density = simulation.filling.number_density
    assert simulation.resolution()["collisions"] > 200_000
    return gas, np.array(changes), density * simulation.timestep


def deviation(measured, q_2):
    """(Mean change - expected) in standard errors; the relative standard error."""
    gas, changes, exposure = measured
    expected = -0.25 * exposure * moments(gas, q_2)
    stderr = changes.std(ddof=1) / math.sqrt(len(changes))
    return (changes.mean() - expected) / stderr, stderr / abs(expected)


def test_anisotropy_relaxes_by_the_cross_section_of_viscosity(measured):
    """n dt <sigma_T g> is some 0.02 in a pass: what it relaxes of itself in dt is 1e-2 of that or less."""
    sigmas, precision = deviation(measured, cross_section)
    assert abs(sigmas) < 4
    assert precision < 0.012


def test_the_cross_section_of_diffusion_would_be_seen(measured):
    """Control: Q_1 is a tenth less, Omega(1,1)* = 0.93 and Omega(2,2)* = 1.03 at kT/epsilon = 3.2."""
    sigmas, _ = deviation(measured, lambda *arguments: cross_section(*arguments, degree=1))
    assert abs(sigmas) > 5
