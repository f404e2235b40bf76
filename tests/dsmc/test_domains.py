"""Flights in channels, boxes and tubes, around blocks: exact paths, none lost, none within a solid."""

import math
from dataclasses import replace

import numpy as np
import pytest

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.building import Block
from knudsen.dsmc.domains.grid import GridArrays
from knudsen.dsmc.domains.paths import paths
from knudsen.dsmc.domains.shapes import Box, Channel, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

VACUUM = 1e-12
MIRROR, ROUND = Specular(), Periodic()
LIPS = (Block((0.25, -1.0), (0.5, 0.2), MIRROR), Block((0.25, 0.4), (0.5, 2.0), MIRROR))
ISLAND = Block((0.75, 0.2), (0.8, 0.3), MIRROR)


def make(domain, molecules, timestep=1.0, speed=2.0, seed=0):
    """A simulation of collisionless argon at random velocities of a scale, which vz numbers in Cartesians."""
    cells = np.count_nonzero(domain.grid.volumes)
    simulation = Simulation(
        Mixture(["He", "Ar"]), domain, Filling(VACUUM, 300.0, (0.0, 1.0)),
        particles_per_cell=molecules / cells, timestep=timestep, seed=seed, device="cpu",
    )  # fmt: skip
    velocities = np.random.default_rng(seed).normal(size=(3, simulation.particle_count)) * speed
    for name, velocity in zip(("vx", "vy", "vz"), velocities, strict=True):
        getattr(simulation.particles, name)[: simulation.particle_count] = velocity
    return simulation


def columns(simulation, by="vz"):
    """x, y, z (as resolved), vx, vy, vz of the molecules, in order of a column that flights keep."""
    particles, live = simulation.particles, slice(0, simulation.particle_count)
    rows = [particles.along(axis)[live] for axis in range(particles.dims)]
    rows += [particles.vx[live], particles.vy[live], particles.vz[live]]
    return np.array(rows)[:, np.argsort(getattr(particles, by)[live])]


def folded(line, length):
    """Of a straight line between mirrors: places, and the sign of the velocity."""
    turns = line % (2 * length)
    return np.where(turns > length, 2 * length - turns, turns), np.where(turns > length, -1, 1)


def test_a_channel_of_mirrors_folds_straight_lines():
    """Through corners too: x and y are folded each by itself."""
    simulation = make(Channel((1.0, 0.7), (8, 7), MIRROR, MIRROR, MIRROR, MIRROR), 2000)
    x, y, vx, vy, vz = columns(simulation)
    simulation.run(3)
    there = columns(simulation)
    for row, start, velocity, length in ((0, x, vx, 1.0), (1, y, vy, 0.7)):
        place, sign = folded(start + 3 * velocity, length)
        np.testing.assert_allclose(there[row], place, atol=1e-13)
        np.testing.assert_array_equal(there[2 + row], sign * velocity)
    np.testing.assert_array_equal(there[4], vz)


def test_a_periodic_box_wraps_straight_lines():
    simulation = make(Box((1.0, 0.7, 0.4), (4, 3, 2), (ROUND,) * 6, subcells=(2, 1, 3)), 2000)
    before = columns(simulation)
    simulation.run(3)
    there = columns(simulation)
    for axis, length in enumerate((1.0, 0.7, 0.4)):
        apart = (there[axis] - before[axis] - 3 * before[3 + axis]) % length
        assert np.all(np.minimum(apart, length - apart) < 1e-13)
    np.testing.assert_array_equal(there[3:], before[3:])


@pytest.mark.parametrize("inner", [0.0, 0.2])
def test_a_tube_of_mirrors_keeps_angular_momentum(inner):
    """r v_azimuth and v_r^2 + v_azimuth^2 are kept, r stays between the walls, x goes straight on."""
    tube = Tube(1.0, 0.5, (4, 5), ROUND, ROUND, MIRROR, inner, MIRROR if inner else None)
    simulation = make(tube, 2000)
    x, r, vx, vr, va = columns(simulation, by="vx")
    simulation.run(5)
    new_x, new_r, _, new_vr, new_va = columns(simulation, by="vx")
    np.testing.assert_allclose(new_r * new_va, r * va, atol=1e-13)
    np.testing.assert_allclose(new_vr**2 + new_va**2, vr**2 + va**2, rtol=1e-12)
    assert inner <= new_r.min() and new_r.max() <= 0.5
    apart = (new_x - x - 5 * vx) % 1.0
    assert np.all(np.minimum(apart, 1 - apart) < 1e-13)


def test_chords_of_a_tube_have_equal_lengths():
    """Between mirrors at R a molecule meets the wall every 2 (R^2 v^2 - L^2)^(1/2) / v^2, L = r v_azimuth."""
    tube = Tube(1.0, 0.5, (4, 5), ROUND, ROUND, MIRROR)
    simulation = make(tube, 500, timestep=20.0)
    _, r, _, vr, va = columns(simulation, by="vx")
    v2 = vr**2 + va**2
    half = np.sqrt(0.25 * v2 - (r * va) ** 2) / v2  # from the nearest point to the wall
    simulation.run(1)
    _, new_r, _, new_vr, _ = columns(simulation, by="vx")
    since = (r * vr / v2 + 20.0 + half) % (2 * half) - half  # since the nearest point
    np.testing.assert_allclose(new_r, np.sqrt((r * va) ** 2 / v2 + v2 * since**2), atol=1e-9)
    sound = abs(since) > 1e-6
    np.testing.assert_array_equal(np.sign(new_vr[sound]), np.sign(since[sound]))


@pytest.mark.parametrize(
    "domain",
    [
        Channel((1.0, 0.5), (20, 10), MIRROR, MIRROR, ROUND, ROUND),
        Tube(1.0, 0.5, (20, 10), MIRROR, MIRROR, MIRROR),
        Tube(1.0, 0.5, (20, 10), MIRROR, MIRROR, MIRROR, blocks=(*LIPS, ISLAND)),
        Channel((1.0, 0.5), (20, 10), MIRROR, MIRROR, MIRROR, MIRROR, blocks=(*LIPS, ISLAND)),
    ],
    ids=["channel", "tube", "tube with rings", "channel with lips"],
)
def test_the_step_does_not_matter_to_a_flight(domain):
    """Seven steps of one are one of seven, from places that differ by round-off alone."""
    ends = []
    for steps in (1, 7):
        simulation = make(domain, 1000, timestep=0.7 / steps)
        simulation.particles.vx[:] = np.sort(simulation.particles.vx)  # keeps its size in all of them
        simulation.run(steps)
        rows = columns(simulation, by="vx")
        ends.append(rows[:, np.argsort(abs(rows[domain.grid.space.dims]))])
    apart = np.abs(ends[0] - ends[1]).max(axis=0)
    assert np.quantile(apart, 0.99) < 1e-9  # a path that grazes a corner may part


def random_domain(seed):
    """A channel or a tube with blocks on cells drawn at random, some side by side, some at the walls."""
    random = np.random.default_rng(seed)
    cells = random.integers(4, 9, 2)
    solid = random.random(cells) < 0.3
    solid[0, 0] = False
    faces = [DiffuseWall(300.0), MIRROR]
    blocks = [
        Block(
            tuple((index / cells).tolist()), tuple(((index + 1) / cells).tolist()), faces[random.integers(2)]
        )
        for index in np.argwhere(solid)
    ]
    walls = [faces[random.integers(2)] for _ in range(4)]
    if seed % 2:
        return Tube(1.0, 1.0, tuple(cells.tolist()), *walls[:3], blocks=tuple(blocks)), solid
    return Channel((1.0, 1.0), tuple(cells.tolist()), *walls, blocks=tuple(blocks)), solid


def share_in_solid(simulation):
    rows = columns(simulation)
    inside = np.zeros(rows.shape[1], bool)
    for low, high in simulation.grid.solid:
        deep = [(a + 1e-9 < q) & (q < b - 1e-9) for a, q, b in zip(low, rows, high, strict=False)]
        inside |= np.logical_and.reduce(deep)
    return inside.mean()


@pytest.mark.parametrize("seed", range(8))
def test_nothing_gets_into_a_solid(seed):
    """Random blocks, corners and speeds, from a creep to a hundred cells a step."""
    domain, solid = random_domain(seed)
    simulation = make(domain, 20_000, timestep=1e-3, speed=10.0 ** np.random.default_rng(seed).uniform(1, 4))
    simulation.sample(1, 5)
    simulation.run(5)
    assert simulation.particle_count == pytest.approx(20_000, abs=2)
    assert share_in_solid(simulation) == 0
    counts = simulation.result().sums[0, 0, :, :, 0].sum(axis=-1)
    assert not counts[solid.ravel()].any()
    assert counts[~solid.ravel()].sum() == 10 * simulation.particle_count


def test_a_gap_between_faces_would_be_seen():
    """The control: sides of blocks that end short of their corners let molecules in."""
    simulation = make(random_domain(1)[0], 20_000, timestep=1e-3, speed=1e3)
    sides = slice(3, None)
    middle = (simulation.transit.places.lows + simulation.transit.places.highs)[sides] / 2
    for corner in (simulation.transit.places.lows, simulation.transit.places.highs):
        corner[sides] += 0.02 * (middle - corner[sides])
    for _ in range(5):
        simulation._advance()  # a check of faults would stop it: some are caught between two sides
    assert share_in_solid(simulation) > 1e-3


@pytest.mark.parametrize("domain", [random_domain(0)[0], random_domain(1)[0]], ids=["channel", "tube"])
def test_cells_are_numbered_alike_by_volumes_and_flights(domain):
    domain = replace(domain, subcells=(2, 3))
    grid = domain.grid
    places = np.random.default_rng(5).random((2000, 2))
    cell, arrays = paths(grid.space).cell, GridArrays(grid, Device("cpu")).cell_arrays
    low, _, *rest = (tuple(array) for array in arrays)
    found = np.array([cell(*place, 0.0, low, *rest) for place in places])
    index = (places * grid.cells).astype(int)
    np.testing.assert_array_equal(found // 6, np.ravel_multi_index(index.T, grid.cells))
    fine = (places * np.array(grid.cells) * (2, 3)).astype(int)
    parts = fine - index * (2, 3)
    np.testing.assert_array_equal(found % 6, parts @ (3, 1))
    np.testing.assert_allclose(
        grid.collision_volumes.reshape(-1, 6).sum(axis=1), grid.volumes, rtol=1e-12, atol=1e-15
    )
    solid = grid.collision_volumes == 0
    assert 0 < solid.mean() < 1
    inside = [
        any(np.all((low < place) & (place < high)) for low, high in map(np.array, grid.solid))
        for place in places
    ]
    np.testing.assert_array_equal(solid[found], inside)


def test_volumes_of_a_tube_are_rings():
    tube = Tube(2.0, 0.5, (4, 5), ROUND, ROUND, MIRROR, 0.1, MIRROR)
    assert tube.grid.volumes.sum() == pytest.approx(math.pi * 2.0 * (0.25 - 0.01), rel=1e-14)
    areas = {face.name: tube.grid.face_area(face) for face in tube.grid.faces}
    assert areas["left"] == pytest.approx(math.pi * 0.24, rel=1e-14)
    assert areas["wall"] == pytest.approx(2 * math.pi * 0.5 * 2.0, rel=1e-14)
    assert areas["inner wall"] == pytest.approx(2 * math.pi * 0.1 * 2.0, rel=1e-14)


def test_an_open_end_of_a_tube_sends_in_by_area():
    """Entered a hair ago, molecules lie uniform in r^2, none where a ring covers the end."""
    ring = Block((-1.0, 0.3), (0.25, 0.4), MIRROR)
    gas = OpenReservoir(1e-3, 300.0, (0.0, 1.0))
    tube = Tube(1.0, 0.5, (4, 5), gas, MIRROR, MIRROR, blocks=(ring,))
    simulation = Simulation(
        Mixture(["He", "Ar"]), tube, Filling(1e-3, 300.0, (0.0, 1.0)), particles_per_cell=1e5,
        timestep=1e-6, seed=3, device="cpu",
    )  # fmt: skip
    simulation.particles.counts[...] = 0
    for _ in range(20):
        simulation.run(1)
    r = simulation.particles.along(1)[: simulation.particle_count]
    assert len(r) > 1000
    assert not ((r > 0.301) & (r < 0.399)).any()
    shares = [np.mean(r < 0.3), np.mean(r > 0.4)]
    free = np.array([0.09, 0.25 - 0.16]) / 0.18
    np.testing.assert_allclose(shares, free, atol=4 * np.sqrt(0.25 / len(r)))


@pytest.mark.parametrize(
    ("make_domain", "messages"),
    [
        (lambda: Channel((0.0, 1.0), (0, 1), *(MIRROR,) * 4), ["x: the extent", "x: cells and subcells"]),
        (lambda: Channel((1.0, 1.0), (4, 4), ROUND, MIRROR, MIRROR, ROUND),
         ["x: a periodic face needs", "y: a periodic face needs"]),
        (lambda: Tube(1.0, 0.5, (4, 4), ROUND, ROUND, MIRROR, 0.1), ["inner wall: an annulus has a wall"]),
        (lambda: Tube(1.0, 0.5, (4, 4), ROUND, ROUND, MIRROR, 0.0, MIRROR), ["inner wall: an annulus has"]),
        (lambda: Channel((1.0, 1.0), (4, 4), *(MIRROR,) * 4, blocks=(Block((0.3, 0.0), (0.5, 0.2), MIRROR),)),
         ["block 0, x: 0.3 m is inside a collision cell: use 0.25 or 0.5 m", "block 0, y: 0.2 m"]),
        (lambda: Channel((1.0, 1.0), (4, 4), *(MIRROR,) * 4, blocks=(Block((2.0, 0.0), (3.0, 0.5), MIRROR),)),
         ["within the domain"]),
        (lambda: Channel((1.0, 1.0), (4, 4), *(MIRROR,) * 4,
                         blocks=(Block((0.0, 0.0), (0.5, 0.5), MIRROR), Block((0.25, 0.25), (1, 1), MIRROR))),
         ["two blocks overlap"]),
        (lambda: Channel((1.0, 1.0), (4, 4), *(MIRROR,) * 4, blocks=(Block((0.0, 0.0), (0.5, 0.5), ROUND),)),
         ["a Periodic is no side of a solid"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_domain_is_named(make_domain, messages):
    with pytest.raises(ValueError) as refused:
        make_domain()
    for message in messages:
        assert message in str(refused.value)
