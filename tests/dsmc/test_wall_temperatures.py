"""Walls that are warmer in places: a molecule leaves at the temperature of where it hits."""

import math

import numpy as np
import pytest
from free_flight import GAS, make, words_of

from knudsen.core.device import Device
from knudsen.dsmc.boundaries import DiffuseWall, LordWall, Periodic, Specular
from knudsen.dsmc.crossing import temperature_ratio
from knudsen.dsmc.domains.shapes import Channel, Tube
from knudsen.dsmc.face_table import FaceTable

BOLTZMANN = 1.380649e-23
MASSES = np.array(GAS.masses)
MIRROR, ROUND = Specular(), Periodic()


@pytest.mark.parametrize("side", ["left", "right", "bottom", "top"])
def test_a_molecule_leaves_at_the_temperature_of_where_it_hits(side):
    """T is linear from 300 K to 600 K along the wall; of a molecule that hits at a third, 400 K."""
    warm = DiffuseWall((300.0, 600.0))
    walls = {name: warm if name == side else MIRROR for name in ("left", "right", "bottom", "top")}
    channel = Channel((1.2, 0.6), (2, 2), walls["left"], walls["right"], walls["bottom"], walls["top"])
    simulation = make(channel, timestep=0.2501)
    across, sign = side in ("left", "right"), 1 if side in ("left", "bottom") else -1
    extent = channel.lengths[0 if across else 1]
    place = [0.25 if sign > 0 else extent - 0.25, channel.lengths[1 if across else 0] / 3]
    simulation.particles.place[:2] = place if across else place[::-1]
    simulation.particles.vx[0], simulation.particles.vy[0] = (-sign, 0.0) if across else (0.0, -sign)
    simulation.run(1)
    _, u, _, _ = words_of(simulation)
    normal = simulation.particles.vx[0] if across else simulation.particles.vy[0]
    speed = math.sqrt(2 * BOLTZMANN * 400.0 / MASSES[1] * -math.log(u))
    assert normal == pytest.approx(sign * speed, rel=1e-10)


KNOTS = ((0.2, 300.0), (0.5, 600.0), (0.8, 450.0))


@pytest.mark.parametrize("place", [0.1, 0.2, 0.3, 0.5, 0.6, 0.8, 1.1])
@pytest.mark.parametrize("knots", [KNOTS, ((0.0, 400.0), (1.2, 500.0)), ((0.4, 700.0),)])
def test_knots_give_the_temperature_along_a_wall(place, knots):
    """Linear between the knots, constant beyond them, by the speed of a molecule that hits there."""
    channel = Channel((1.2, 0.6), (2, 2), MIRROR, MIRROR, DiffuseWall(knots), MIRROR)
    simulation = make(channel, timestep=0.2501)
    simulation.particles.place[:2] = place, 0.25
    simulation.particles.vx[0], simulation.particles.vy[0] = 0.0, -1.0
    simulation.run(1)
    _, u, _, _ = words_of(simulation)
    temperature = np.interp(place, *np.transpose(knots))
    speed = math.sqrt(2 * BOLTZMANN * temperature / MASSES[1] * -math.log(u))
    assert simulation.particles.vy[0] == pytest.approx(speed, rel=1e-10)


def test_walls_in_one_domain_may_have_knots_and_not():
    """The rows of the shorter ones end in pieces that nothing reaches."""
    walls = (DiffuseWall(300.0), DiffuseWall((300.0, 600.0)), DiffuseWall(KNOTS), MIRROR)
    warming = FaceTable([Channel((1.2, 0.6), (1, 1), *walls).grid], GAS, [1.0], Device("cpu")).warming[0]
    expected = ((300.0, 300.0), (300.0, 600.0), (300.0, 450.0), (1.0, 1.0))
    for face, (start, end) in enumerate(expected):
        extent = 0.6 if face < 2 else 1.2
        found = [temperature_ratio(warming, face, q) for q in (0.0, extent)]
        np.testing.assert_allclose(found, (1.0, end / start), rtol=1e-14)


def test_walls_of_one_copy_may_have_knots_and_of_another_not():
    grids = [Channel((1.2, 0.6), (1, 1), MIRROR, MIRROR, DiffuseWall(t), MIRROR).grid for t in (300.0, KNOTS)]
    warming = FaceTable(grids, GAS, [1.0, 1.0], Device("cpu")).warming
    alone = FaceTable(grids[1:], GAS, [1.0], Device("cpu")).warming[0]
    for q in (0.0, 0.3, 0.7, 1.2):
        assert temperature_ratio(warming[0], 2, q) == 1.0
        assert temperature_ratio(warming[1], 2, q) == temperature_ratio(alone, 2, q)


@pytest.mark.parametrize(
    ("knots", "message"),
    [
        (((0.0, 300.0), (0.0, 400.0)), "finite and rise"),
        (((0.0, 300.0), (1.0, -4.0)), "must be positive"),
        (((0.0, 300.0), 400.0), "each knot is"),
        (((0.0, 300.0), (1.0, "hot")), "each knot is"),
        ("300 K", "a number, a pair or knots"),
    ],
)
def test_knots_that_make_no_sense_are_refused(knots, message):
    with pytest.raises(ValueError, match=message):
        DiffuseWall(knots)


def test_knots_beside_the_wall_are_refused():
    wall = DiffuseWall(((300.0, 300.0), (500.0, 400.0)))
    with pytest.raises(ValueError, match=r"wall: knots of its temperature lie from 300.0 to 500.0 m, none"):
        make(Tube(1e-6, 1e-6, (4, 4), ROUND, ROUND, wall))


def test_a_wall_of_one_temperature_given_twice_is_that_wall():
    ends = []
    for temperature in (350.0, (350.0, 350.0), ((0.0, 350.0), (3e-7, 350.0))):
        tube = Tube(1e-6, 1e-6, (4, 4), ROUND, ROUND, LordWall(temperature, 0.5, 0.5))
        simulation = make(tube, timestep=1e-9, molecules=500)
        simulation.run(10)
        ends.append(simulation.particles.vx.copy())
    for end in ends[1:]:
        np.testing.assert_array_equal(end, ends[0])
