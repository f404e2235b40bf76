"""Rates of relaxation of Maxwell molecules, exact at any distance from equilibrium, within 0.5 %.

    anisotropy      d<v_x^2 - v^2/3>/dt = -(3/4) K <1 - cos^2 chi> n <v_x^2 - v^2/3>
    temperatures    d(T_a - T_b)/dt = -K_ab <1 - cos chi> (n_a + n_b) 2 m_a m_b/(m_a + m_b)^2 (T_a - T_b)

as derived in `tests/physics/test_relaxation.py`.  All starts without noise: every molecule moves along x, or
every molecule of a species at one speed.
"""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.dsmc import Filling, Periodic, Simulation, Slab

pytestmark = pytest.mark.slow
COPIES, MOLECULES, SEEDS = 100, 10_000, (1, 2, 3, 4)
PRESSURE, TEMPERATURE, TIMESTEP = 1e5, 300.0, 1e-11
DECAY = 0.8  # rate times the time that is watched, about: it knows the rate best


def simulation(gases, x, alpha, seed):
    law = VariableSoftSphere(4e-10, 1.0, alpha)
    pairs = {(a, b): law for a in gases for b in gases}
    return Simulation(
        Mixture(gases, "maxwell", pairs), Slab(1e-6, 1, Periodic(), Periodic()),
        Filling(PRESSURE, TEMPERATURE, x), particles_per_cell=MOLECULES, timestep=TIMESTEP, copies=COPIES,
        seed=seed, device="cpu",
    )  # fmt: skip


def encounters(sim, a, b):
    """n K, K = sigma_T g [1/s]."""
    constant = sim.gas.interaction(a, b).cross_section(1.0, sim.gas.reduced_mass(a, b))
    return sim.filling.number_density * constant


def anisotropy(alpha, seed):
    """Molecules that all move along x, the exact rate, and what decays in each copy."""
    sim = simulation(("Ar",), (1.0,), alpha, seed)
    p = sim.particles
    p.vx[:] = np.resize([500.0, -500.0], len(p.vx))
    p.vy[:], p.vz[:] = 0.0, 0.0
    exact = 0.75 * encounters(sim, 0, 0) * 4 * alpha / ((alpha + 1) * (alpha + 2))

    def measure():
        x, y, z = (np.reshape(v, (COPIES, -1)) for v in (p.vx, p.vy, p.vz))
        return np.mean(x**2 - (x**2 + y**2 + z**2) / 3, axis=1)

    return sim, exact, measure


def temperatures(alpha, seed):
    """The same of a hot and a cold gas."""
    sim = simulation(("He", "Ar"), (0.5, 0.5), alpha, seed)
    p, masses = sim.particles, np.array(sim.gas.masses)
    hot = p.species == 0
    for v in (p.vx, p.vy, p.vz):
        v[:] = np.sign(v) * np.where(hot, 1500.0, 100.0)
    steady = 2 * masses.prod() / masses.sum() ** 2
    exact = encounters(sim, 0, 1) * 2 / (alpha + 1) * steady

    def measure():
        energy = np.reshape(masses[p.species] * (p.vx**2 + p.vy**2 + p.vz**2), (COPIES, -1))
        helium = np.reshape(p.species == 0, (COPIES, -1))
        return 2 * (energy * np.where(helium, 1, -1)).mean(axis=1)

    return sim, exact, measure


def watched(sim, exact, measure):
    """-ln(after / before) / t in each copy [1/s]."""
    before = measure()
    steps = max(1, round(DECAY / exact / TIMESTEP))
    sim.run(steps)
    return -np.log(measure() / before) / (steps * TIMESTEP)


def compared(law, alpha, other=None):
    """Mean rate over the exact one less one, and its error; other : alpha of the exact one."""
    rates = [watched(*law(alpha, seed)) for seed in SEEDS]
    exact = law(alpha if other is None else other, 1)[1]
    ratio = np.concatenate(rates) / exact
    # The logarithm of a mean of N copies' N molecules is low by half of its variance.
    bias = 0.5 * DECAY * ratio.var(ddof=1)
    return ratio.mean() - 1 - bias, ratio.std(ddof=1) / np.sqrt(ratio.size)


@pytest.mark.parametrize("law", [anisotropy, temperatures])
@pytest.mark.parametrize("alpha", [1.0, 1.6])
def test_rates_are_exact_within_half_a_per_cent(law, alpha):
    difference, error = compared(law, alpha)
    print(f"{law.__name__}, alpha {alpha}: rate {100 * difference:+.3f} +- {100 * error:.3f} %")
    assert error < 0.0015
    assert abs(difference) < min(4 * error, 0.005)


@pytest.mark.parametrize("law", [anisotropy, temperatures])
def test_another_law_of_scattering_would_be_seen(law):
    """Control: the rate of alpha 1.05 against molecules of alpha 1."""
    difference, error = compared(law, 1.05, other=1.0)
    assert abs(difference) > 4 * error
