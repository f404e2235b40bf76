"""Hard-sphere flows through a narrow channel by random walks: no kernel, no ordinates, no slab solver.

The linearised equation along a path, h = path integral of (K h - c_z), iterated: each term is a walk between
collisions that are sampled as they happen, one of the three molecules that K counts (two that leave, and,
with a minus, the partner that came) going on.
"""

from math import erf, exp, expm1, log1p, pi, sqrt

import numpy as np
import pytest
from numba import njit

from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.analysis.transition.hard_sphere_kernel import MEAN_RATE_VISCOSITY

DELTA, WALKS, COLLISIONS = 0.1, 20_000_000, 8
REFERENCE = np.array([1.963863, 0.810560])  # of a row whose stated error is 3.2e-3
RATE = MEAN_RATE_VISCOSITY
MEAN_RELATIVE_SPEED = 2 * sqrt(2 / pi)


@njit
def collision_rate(c):
    return RATE * (exp(-c * c) + (2 * c + 1 / c) * (sqrt(pi) / 2) * erf(c)) / (2 * sqrt(2.0))


@njit
def path(x, c_x, c):
    """int exp(-nu s/|c_x|) ds/|c_x| from the wall behind to x."""
    behind = x + DELTA / 2 if c_x > 0 else DELTA / 2 - x
    rate = collision_rate(c)
    return -expm1(-rate * behind / abs(c_x)) / rate


@njit
def walk(rng):
    """One sample of G_P and of G_T."""
    width = sqrt(0.5)
    x = (rng.random() - 0.5) * DELTA
    vx, vy, vz = width * rng.standard_normal(), width * rng.standard_normal(), width * rng.standard_normal()
    energy = vx * vx + vy * vy + vz * vz
    free = 2 / DELTA * vz * path(x, vx, sqrt(energy))
    mass, creep = free * vz, -free * vz * (energy - 2.5)
    weight = 2 / DELTA * vz * path(x, -vx, sqrt(energy))
    for _ in range(COLLISIONS):
        ux, uy, uz = (
            width * rng.standard_normal(),
            width * rng.standard_normal(),
            width * rng.standard_normal(),
        )
        relative = sqrt((vx - ux) ** 2 + (vy - uy) ** 2 + (vz - uz) ** 2)
        weight *= 3 * RATE * relative / MEAN_RELATIVE_SPEED
        if rng.random() < 1 / 3:
            weight, vx, vy, vz = -weight, ux, uy, uz
        else:
            cosine, phi = 2 * rng.random() - 1, 2 * pi * rng.random()
            sine = sqrt(1 - cosine * cosine)
            vx = (vx + ux + relative * cosine) / 2
            vy = (vy + uy + relative * sine * np.cos(phi)) / 2
            vz = (vz + uz + relative * sine * np.sin(phi)) / 2
        energy = vx * vx + vy * vy + vz * vz
        speed = sqrt(energy)
        reach = path(x, vx, speed)
        mass += weight * vz * reach
        creep -= weight * vz * (energy - 2.5) * reach
        weight *= reach
        rate = collision_rate(speed)
        back = log1p(-rng.random() * rate * reach) / rate
        x += vx * back
    return mass, creep


@njit
def walks(count, rng):
    total, squares = np.zeros(2), np.zeros(2)
    for _ in range(count):
        sample = walk(rng)
        for i in range(2):
            total[i] += sample[i]
            squares[i] += sample[i] ** 2
    mean = total / count
    return mean, np.sqrt((squares / count - mean**2) / count)


@pytest.mark.slow
def test_random_walks_agree_with_the_table_and_not_with_the_reference_row():
    """The series is cut after 8 collisions: terms fall five-fold each, the rest is below 1e-5."""
    mean, stderr = walks(WALKS, np.random.default_rng(11))
    flow = hard_sphere_channel(DELTA)
    table = np.array([flow.G_P, flow.G_T])
    assert np.all(stderr < (REFERENCE - table) / 4)
    assert np.all(np.abs(mean - table) < 4 * stderr)
    assert np.all(REFERENCE - mean > 4 * stderr)
