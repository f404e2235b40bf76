"""Tubes, slits and boxes: free-molecular transmission, and equilibrium that no wall or corner disturbs."""

import numpy as np
import pytest

from knudsen.analysis.transition.clausing import slit_transmission, tube_transmission
from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Specular
from knudsen.dsmc.domains.building import Block
from knudsen.dsmc.domains.shapes import Box, Channel, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
GAS = Mixture(["He", "Ar"])
ARRIVING, LEAVING = DIRECTIONS.index("arriving"), DIRECTIONS.index("leaving")
NUMBER = WALL_TOTALS.index("number")
COPIES = 16
THIN, EMPTY = OpenReservoir(1e-6, 300.0, (0.0, 1.0)), OpenReservoir(1e-20, 300.0, (0.0, 1.0))
WALL, MIRROR = DiffuseWall(300.0), Specular()
DUCTS = {
    "tube": (lambda wall: Tube(2e-6, 1e-6, (4, 2), THIN, EMPTY, wall), tube_transmission(2.0)),
    "slit": (lambda wall: Channel((2e-6, 1e-6), (4, 2), THIN, EMPTY, wall, wall), slit_transmission(2.0)),
}


def transmission(domain):
    """Share of what enters on the left that leaves on the right: of each copy."""
    simulation = Simulation(
        GAS, domain, Filling(5e-7, 300.0, (0.0, 1.0)), particles_per_cell=200, timestep=5e-9,
        copies=COPIES, seed=2, device="cpu",
    )  # fmt: skip
    simulation.run(40)
    simulation.sample(10, 40)
    simulation.run(80)
    assert simulation.resolution()["collisions"] == 0
    samples = simulation.result()
    totals = samples.walls_by_face.sum(axis=(0, 3))[..., NUMBER]
    left, right = (samples.faces.index(name) for name in ("left", "right"))
    return totals[:, right, ARRIVING] / totals[:, left, LEAVING]


@pytest.mark.parametrize("duct", DUCTS)
def test_a_duct_between_gas_and_vacuum_lets_through_its_clausing_share(duct):
    make, expected = DUCTS[duct]
    found = transmission(make(WALL))
    stderr = found.std(ddof=1) / np.sqrt(COPIES)
    assert stderr < 0.005 * expected
    assert abs(found.mean() - expected) < 4 * stderr


@pytest.mark.parametrize("duct", DUCTS)
def test_between_mirrors_all_goes_through(duct):
    """The control: the walls' diffuse scatter is what sends half of it back."""
    found = transmission(DUCTS[duct][0](MIRROR))
    np.testing.assert_allclose(found.mean(), 1, atol=4 * found.std(ddof=1) / np.sqrt(COPIES))


EDGE = 4e-7
RESERVOIR = OpenReservoir(1e5, 300.0, (0.5, 0.5))
CLOSED = {
    "tube with a ring": Tube(2 * EDGE, EDGE, (8, 8), WALL, MIRROR, WALL, blocks=(
        Block((0.5 * EDGE, 0.5 * EDGE), (EDGE, 2 * EDGE), WALL),
        Block((1.5 * EDGE, -1.0), (5.0, 0.25 * EDGE), MIRROR))),
    "annulus": Tube(2 * EDGE, EDGE, (4, 8), WALL, WALL, WALL, 0.25 * EDGE, MIRROR),
    "channel with a lip": Channel((EDGE, EDGE), (8, 8), WALL, MIRROR, WALL, WALL, (1, 1), (
        Block((0.25 * EDGE, 0.5 * EDGE), (0.5 * EDGE, 2 * EDGE), WALL),)),
    "box": Box((EDGE, 0.5 * EDGE, EDGE), (4, 2, 4), (WALL, MIRROR, RESERVOIR, WALL, RESERVOIR, RESERVOIR)),
}  # fmt: skip


def run_closed(domain):
    """Samples of a colliding gas that began at rest at the walls' temperature."""
    simulation = Simulation(
        GAS, domain, Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=60, timestep=3e-11,
        copies=COPIES, seed=8, device="cpu",
    )  # fmt: skip
    simulation.run(30)
    simulation.sample(30, 30)
    simulation.run(1200)
    return simulation.result()


def deviates(quantity):
    """Of the mean over copies from one, in standard errors."""
    return (quantity.mean(axis=0) - 1) / (quantity.std(axis=0, ddof=1) / np.sqrt(COPIES))


@pytest.mark.parametrize("case", CLOSED)
def test_a_gas_at_rest_stays_at_the_temperature_and_density_of_its_walls(case):
    """n and T of every cell, colliding, whatever the faces and corners; T from 3 k T / m = <v^2>."""
    samples = run_closed(CLOSED[case])
    held = samples.volumes > 0
    sums = samples.sums.sum(axis=0)[:, held]
    counts = sums[..., 0] / samples.samples.sum()
    density = counts * samples.weight[0, 0] / samples.volumes[held, None] / (0.5 * 1e5 / (BOLTZMANN * 300))
    temperature = sums[..., 4:7].sum(axis=-1) / sums[..., 0] * samples.masses / (3 * BOLTZMANN) / 300
    for quantity in (density, temperature):
        # Student's t of 15 degrees of freedom spreads by (15/13)^(1/2).
        assert np.sqrt(np.mean(deviates(quantity) ** 2)) < 1.35
        mean = quantity.mean(axis=(1, 2))
        stderr = mean.std(ddof=1) / np.sqrt(COPIES)
        assert stderr < 0.003
        assert abs(mean.mean() - 1) < 4 * stderr + 1e-12  # a closed box keeps its number exactly


def test_a_wrong_volume_would_be_seen():
    """The control: every other cell a tenth too large is far outside the errors of the densities above."""
    samples = run_closed(CLOSED["annulus"])
    wrong = samples.volumes * (1 + 0.1 * (np.arange(len(samples.volumes)) % 2))
    density = samples.sums.sum(axis=(0, 3))[..., 0] / wrong
    assert np.sqrt(np.mean(deviates(density / density.mean()) ** 2)) > 2
