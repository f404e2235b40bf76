"""Patches: where along the walls the totals are kept."""

import math
from itertools import pairwise

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Specular
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.patches import Patches, patch_finder
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.sampling import CUDA_WALL_BYTES, wall_lanes
from knudsen.dsmc.simulation import Simulation

# Molecules are placed by hand, and leave cells empty.
pytestmark = pytest.mark.filterwarnings("ignore:.*never held a molecule:RuntimeWarning")

MIRROR = Specular()
# Between x = 1 and 2.5 the lower half is solid; cells are 1 wide, collision cells 0.5.
STEP = Channel((4.0, 2.0), (4, 2), *[MIRROR] * 4, (2, 1), (Block((1.0, 0.0), (2.5, 1.0), MIRROR),))


def test_a_slab_has_one_patch_a_face():
    patches = Patches(Slab(1.0, 7, MIRROR, MIRROR).grid)
    np.testing.assert_array_equal(patches.face, [0, 1])
    np.testing.assert_array_equal(patches.area, [1, 1])
    np.testing.assert_array_equal(patches.centre[:, 0], [0, 1])


def test_patches_are_the_pieces_of_faces_beside_each_cell():
    patches = Patches(STEP.grid)
    names = [STEP.grid.faces[number].name for number in patches.face]
    count = {name: names.count(name) for name in names}
    assert count == {"left": 2, "right": 2, "bottom": 4, "top": 4, "block 0 x-": 1, "block 0 x+": 1,
                     "block 0 y+": 2}  # fmt: skip
    area = {name: patches.area[np.array(names) == name].tolist() for name in count}
    # The block covers x = 1 to 2.5 of the bottom, and its own top ends within a cell.
    assert area["bottom"] == [1, 0, 0.5, 1]
    assert area["block 0 y+"] == [1, 0.5]
    centre = patches.centre[np.array(names) == "block 0 y+"]
    np.testing.assert_allclose(centre, [[1.5, 1, 0], [2.25, 1, 0]])


BEFORE, BEHIND = Block((1.0, 0.0), (2.0, 0.5), MIRROR), Block((2.0, 0.25), (3.0, 0.75), MIRROR)
ACROSS = Block((1.0, 0.75), (3.0, 1.0), MIRROR)


@pytest.mark.parametrize(
    ("blocks", "area"),
    [((BEFORE,), 0.5), ((BEHIND,), 0.5), ((BEFORE, BEHIND), 0.25), ((BEFORE, BEHIND, ACROSS), 0.0)],
)
def test_where_a_block_lies_along_a_membrane_neither_of_its_sides_is_met(blocks, area):
    """The same area is open on both sides; molecules meet the block, which is what is counted."""
    sheet = Membrane(0, 2.0, 1.0, MIRROR)
    channel = Channel((4.0, 1.0), (4, 1), *[MIRROR] * 4, (1, 4), blocks, (sheet,))
    grid, patches = channel.grid, Patches(channel.grid)
    for side in "-+":
        patch = [grid.faces[n].name for n in patches.face].index(f"membrane 0 x{side}")
        assert patches.area[patch] == area


def test_molecules_that_come_to_a_membrane_backed_by_a_block_are_counted_on_the_block():
    channel = Channel((4.0, 1.0), (4, 1), *[MIRROR] * 4, (1, 4), (BEHIND,), (Membrane(0, 2.0, 1.0, MIRROR),))
    y = np.linspace(0.005, 0.995, 100)
    rows = np.column_stack([np.full(100, 1.5), y])
    _, samples = falling(channel, rows, np.tile([0.75, 0.0, 0.0], (100, 1)))
    arrived = samples.walls[0, 0, :, 1, 0, 0]
    found = dict(zip([samples.faces[n] for n in samples.patch_face], arrived, strict=True))
    backed = np.count_nonzero((y > 0.25) & (y < 0.75))
    assert found["membrane 0 x-"] == 100 - backed
    assert arrived[samples.patch_face == samples.faces.index("block 0 x-")].sum() == backed == 50


def test_patches_of_a_tube_are_rings():
    patches = Patches(Tube(2.0, 0.5, (4, 4), MIRROR, MIRROR, MIRROR, 0.1, MIRROR).grid)
    left, wall, inner = (patches.area[patches.face == face] for face in (0, 3, 2))
    edges = np.linspace(0.1, 0.5, 5)
    np.testing.assert_allclose(left, [math.pi * (b * b - a * a) for a, b in pairwise(edges)], rtol=1e-12)
    np.testing.assert_allclose(wall, math.pi * 0.5, rtol=1e-12)
    np.testing.assert_allclose(inner, math.pi * 0.1, rtol=1e-12)


@pytest.mark.parametrize("domain", [STEP, Box((3.0, 2.0, 4.0), (3, 2, 4), (MIRROR,) * 6)])
def test_a_place_is_on_the_patch_that_holds_it(domain):
    grid, random = domain.grid, np.random.default_rng(0)
    patches, patch_of = Patches(grid), patch_finder(grid.space)
    for number, piece in patches.pieces:
        for share in random.random((5, 3)):
            place = [0.0, 0.0, 0.0]
            for axis in range(grid.space.dims):
                place[axis] = piece.low[axis] + share[axis] * (piece.high[axis] - piece.low[axis])
            place[piece.axis] = piece.at
            found = patch_of(number, *place, patches.table)
            assert patches.pieces[found] == (number, piece)


def test_a_place_beyond_the_edge_by_round_off_is_on_the_last_patch():
    patches, patch_of = Patches(STEP.grid), patch_finder(STEP.grid.space)
    assert patch_of(2, -1e-12, 0.0, 0.0, patches.table) == np.searchsorted(patches.face, 2)
    assert patch_of(2, 4.0 + 1e-12, 0.0, 0.0, patches.table) == np.searchsorted(patches.face, 2) + 3


def falling(domain, places, velocities):
    """Totals of molecules without collisions that fly for a second."""
    simulation = Simulation(
        Mixture(["He", "Ar"]), domain, Filling(1e-12, 300.0, (0.0, 1.0)),
        particles_per_cell=len(places) / domain.grid.cell_count, timestep=1.0, device="cpu",
    )  # fmt: skip
    particles, n = simulation.particles, len(places)
    assert particles.counts[0] == n
    particles.place[: places.size], particles.species[:n] = places.ravel(), 1
    for column, values in zip((particles.vx, particles.vy, particles.vz), velocities.T, strict=True):
        column[:n] = values
    simulation.sample(1, 1)
    simulation.run(1)
    return simulation.gas.masses[1], simulation.result()


def test_walls_count_what_hits_them_where_it_hits():
    """Molecules that fall on the floor of a channel, against NumPy's histogram of where they land."""
    random = np.random.default_rng(1)
    n = 500
    places = np.column_stack([random.uniform(1, 4, n), random.uniform(0.2, 0.9, n)])
    velocities = np.column_stack([random.uniform(-1, 1, n), np.full(n, -1.0), random.uniform(-1, 1, n)])
    mass, samples = falling(Channel((5.0, 2.0), (5, 4), *[MIRROR] * 4), places, velocities)
    patches = np.nonzero(samples.patch_face == samples.faces.index("bottom"))[0]
    landed = places[:, 0] + velocities[:, 0] * places[:, 1]
    energy = 0.5 * mass * (velocities**2).sum(axis=1)
    for number, total, weights in ((0, 0, np.ones(n)), (1, 3, mass * velocities[:, 2]), (2, 4, energy)):
        expected, _ = np.histogram(landed, np.arange(6), weights=weights)
        for direction in (0, 1):
            found = samples.walls[0, 0, patches, 1, direction, total]
            np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-40, err_msg=number)
    # The control: above where they set out they would be counted otherwise.
    started, _ = np.histogram(places[:, 0], np.arange(6))
    assert np.any(started != samples.walls[0, 0, patches, 1, 0, 0])
    others = samples.patch_face != samples.faces.index("bottom")
    assert not samples.walls[:, :, others].any()


def test_what_enters_by_an_open_face_is_counted_where_it_enters():
    gas, wall = OpenReservoir(1e-3, 300.0, (0.0, 1.0)), DiffuseWall(300.0)
    tube = Tube(1.0, 0.5, (2, 5), gas, MIRROR, wall)
    simulation = Simulation(
        Mixture(["He", "Ar"]), tube, Filling(1e-3, 300.0, (0.0, 1.0)), particles_per_cell=4e4,
        timestep=1e-6, seed=3, device="cpu",
    )  # fmt: skip
    simulation.particles.counts[...] = 0
    simulation.sample(1, 20)
    simulation.run(20)
    samples = simulation.result()
    left = samples.patch_face == 0
    entered = samples.walls[0, 0, left, 1, 1, 0]
    share = samples.patch_area[left] / samples.patch_area[left].sum()
    assert entered.sum() > 400
    deviation = (entered - entered.sum() * share) / np.sqrt(entered.sum() * share)
    assert np.all(np.abs(deviation) < 4)
    assert np.any(np.abs(entered - entered.sum() / 5) / np.sqrt(entered.sum() / 5) > 4)


def test_lanes_on_a_device_are_few_enough_to_hold_their_walls():
    assert wall_lanes(65536, 1, 40, True) == 65536
    totals = 6 * 100 * 100 * 2 * 2 * 5
    lanes = wall_lanes(16384, 4, totals, True)
    assert 1 < lanes < 16384 and lanes * 4 * totals * 8 <= CUDA_WALL_BYTES
    assert wall_lanes(32, 4, totals, False) == 32


def test_a_cell_in_part_solid_has_the_volume_of_its_gas_and_is_filled_there_alone():
    """The block ends in the middle of the third cell of the lower row."""
    grid = STEP.grid
    np.testing.assert_allclose(grid.volumes.reshape(4, 2)[:, 0], [1, 0, 0.5, 1])
    filling = Filling(1e-12, 300.0, (0.0, 1.0))
    weight = filling.number_density * 7.5 / 7500
    placed = filling.place(grid, Mixture(["He", "Ar"]), weight, 3)["place"]
    assert len(placed) == 6500
    low = placed[:, 1] < 1
    assert not np.any(low & (placed[:, 0] > 1) & (placed[:, 0] < 2.5))
    assert np.sum(low & (placed[:, 0] >= 2.5) & (placed[:, 0] < 3)) == 500
