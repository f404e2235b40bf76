"""Diffusion stress of driven Maxwell molecules, by a uniform Monte Carlo gas run to its steady state."""

import numpy as np
import pytest

from knudsen.analysis.irreversible.diffusion_stress import MomentRates

pytestmark = pytest.mark.slow

MOLECULES, STEPS, WARM_UP = 200_000, 1200, 150
PROBABILITY, KEPT, DRIFT = 0.1, 0.99, 1.0  # of a collision in a step; of a thermal velocity; u_A - u_B


def step(rng, velocity, masses, first):
    """Collide a part of the pairs isotropically, hold the two mean velocities and cool the rest."""
    pairs = rng.permutation(MOLECULES).reshape(-1, 2)
    a, b = pairs[rng.random(len(pairs)) < PROBABILITY].T
    g = velocity[a] - velocity[b]
    direction = rng.normal(size=g.shape)
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    turn = direction * np.linalg.norm(g, axis=1, keepdims=True) - g
    share = (masses[b] / (masses[a] + masses[b]))[:, None]
    velocity[a] += share * turn
    velocity[b] -= (1 - share) * turn
    for part, mean in ((slice(None, first), DRIFT), (slice(first, None), 0.0)):
        velocity[part] = (velocity[part] - velocity[part].mean(axis=0)) * KEPT + [mean, 0.0, 0.0]


def expected(gas, density):
    """Steady anisotropies of those very steps: D = k^2 [(1 - p R) D + p S - p^2 (the means' own change)]."""
    velocity = np.array([DRIFT, 0.0])
    R, S = gas.relaxation(density), gas.drift_source(density, velocity)
    change = gas.friction(density, velocity) / (density * gas.masses)
    source = PROBABILITY * S - PROBABILITY**2 * gas.masses * density * change**2
    matrix = np.eye(2) - KEPT**2 * (np.eye(2) - PROBABILITY * R)
    return np.linalg.solve(matrix, KEPT**2 * source)


@pytest.mark.parametrize("mass_ratio, x1", [(9.98047, 0.5), (0.25, 0.3)])
def test_driven_drift(mass_ratio, x1):
    """xx - (yy + zz) / 2 of each species' stress, sampled, against the moment equations to 1.5 %."""
    rng = np.random.default_rng(21)
    first = int(MOLECULES * x1)
    masses = np.where(np.arange(MOLECULES) < first, mass_ratio, 1.0)
    velocity = rng.normal(size=(MOLECULES, 3)) * 0.5 / np.sqrt(masses)[:, None]
    velocity[:first, 0] += DRIFT
    measured = []
    for _ in range(STEPS):
        step(rng, velocity, masses, first)
        parts = velocity[:first] - [DRIFT, 0.0, 0.0], velocity[first:]
        shares = np.array([x1 * mass_ratio, 1 - x1])
        measured.append(shares * [np.mean(c**2 @ [1, -0.5, -0.5]) for c in parts])
    blocks = np.array(measured[WARM_UP:]).reshape(15, -1, 2).mean(axis=1)
    error = blocks.std(axis=0, ddof=1) / np.sqrt(len(blocks))
    gas = MomentRates.maxwell([mass_ratio, 1.0], np.ones((2, 2)))
    theory = expected(gas, np.array([x1, 1 - x1]))
    assert np.all(error < 0.015 * theory)
    assert np.all(abs(blocks.mean(axis=0) - theory) < 4 * error)
