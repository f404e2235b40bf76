"""Splitting of a step into flight and collisions is second order in it.

Couette flow: y-momentum crosses every plane at the rate it leaves the wall, so P_xy of the gas, sampled on
both sides of the collisions, is the wall's exact tally.  Shear makes S dt of it a step and collisions leave
exp(-a), a = dt/tau, tau = mu/p; against its mean over a flight it is

    exp(+-a/2)/cosh(a/2) = 1 +- a/2  before and after the collisions,  and 1 in the mean of the two.

Cells of width h add -16/(45 pi) (h/path)^2, what partners hand across (Alexander, Garcia and Alder 1998).
"""

from itertools import cycle

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.samples import MOMENTS, WALL_TOTALS
from knudsen.dsmc.boundaries import DiffuseWall
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

COPIES = 200
# Stress relaxation time mu/p of argon at 300 K and 1e5 Pa: 2.27e-5 Pa s / 1e5 Pa.
TAU = 2.27e-10
ACROSS_CELLS = 0.0025


def couette(timestep, after_collisions=False):
    """P_xy of the gas and of the walls in each copy [copy], [copy]."""
    simulation = Simulation(
        Mixture(["Ar"], "vhs"),
        Slab(3e-7, 30, DiffuseWall(300.0, (150.0, 0.0)), DiffuseWall(300.0, (-150.0, 0.0))),
        Filling(1e5, 300.0, (1.0,)), particles_per_cell=8, timestep=timestep, copies=COPIES, seed=3,
        device="cpu",
    )  # fmt: skip
    if after_collisions:
        add_sample, sides = simulation.add_sample, cycle((False, True))
        simulation.add_sample = lambda: [add_sample() for after in [next(sides)] for _ in range(2 * after)]
    simulation.run(int(20 * TAU / timestep))
    simulation.sample(1, 10)
    simulation.run(int(120 * TAU / timestep) // 10 * 10)
    samples = simulation.result()
    mass, middle = samples.masses[0], slice(10, 20)
    volume = samples.samples.sum() * 10 * samples.volumes[0]
    gas = mass * samples.sums[:, :, middle, 0, MOMENTS.index("xy")].sum(axis=(0, 2)) / volume
    tally = samples.walls[:, :, :, 0, :, WALL_TOTALS.index("py")].sum(axis=0)
    net = (tally[:, 0, 1] - tally[:, 0, 0] + tally[:, 1, 0] - tally[:, 1, 1]) / 2
    walls = net / (samples.steps.sum() * samples.timestep)
    return samples.weight[:, 0] * gas, samples.weight[:, 0] * walls


def compare(gas, walls):
    """(P_xy of the gas over that of the walls) - 1, and its standard error."""
    difference = gas - walls
    stderr = difference.std(ddof=1) / np.sqrt(COPIES)
    return difference.mean() / walls.mean(), stderr / walls.mean()


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_stress_sampled_on_both_sides_of_the_collisions_is_that_of_the_walls(share):
    error, stderr = compare(*couette(share * TAU))
    assert stderr < 0.002
    assert abs(error) < 4 * stderr + ACROSS_CELLS


@pytest.mark.parametrize("share", [0.1, 0.3])
def test_stress_sampled_after_the_collisions_would_be_seen(share):
    """Control: lower by half a step's relaxation."""
    error, stderr = compare(*couette(share * TAU, after_collisions=True))
    assert abs(error) > 2 * (4 * stderr + ACROSS_CELLS)
    assert error == pytest.approx(-share / 2, abs=4 * stderr + ACROSS_CELLS)
