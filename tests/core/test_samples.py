from dataclasses import replace

import numpy as np
import pytest
from slabs import slab_axes

from knudsen.core.samples import DIMENSIONS, INNER_DIMENSIONS, MOMENTS, Samples


def make(blocks=7, copies=3, cells=4, species=2):
    rng = np.random.default_rng(1)
    return Samples(
        names=("He", "Ar")[:species],
        masses=np.array([6.6e-27, 6.6e-26])[:species],
        **slab_axes(2e-6, cells),
        timestep=1e-11,
        weight=np.full((copies, species), 1e15),
        sums=rng.random((blocks, copies, cells, species, 13)),
        samples=np.arange(1, blocks + 1),
        steps=2 * np.arange(1, blocks + 1),
        walls=rng.random((blocks, copies, 2, species, 2, 5)),
    )


def test_geometry():
    samples = make()
    assert samples.length == 2e-6
    np.testing.assert_allclose(samples.positions, [2.5e-7, 7.5e-7, 12.5e-7, 17.5e-7], rtol=1e-14)
    assert (samples.blocks, samples.copies, len(MOMENTS)) == (7, 3, 13)


def test_select_drops_the_leading_blocks():
    samples = make()
    kept = samples.select(2)
    np.testing.assert_array_equal(kept.sums, samples.sums[2:])
    np.testing.assert_array_equal(kept.walls, samples.walls[2:])
    np.testing.assert_array_equal(kept.samples, [3, 4, 5, 6, 7])
    np.testing.assert_array_equal(kept.steps, [6, 8, 10, 12, 14])
    assert kept.names == samples.names


@pytest.mark.parametrize("first", [-1, 7])
def test_select_refuses_to_leave_nothing(first):
    with pytest.raises(ValueError, match="outside the 7 blocks"):
        make().select(first)


def test_copies_are_taken_apart():
    samples = make()
    kept = samples.of_copies([1])
    assert kept.copies == 1
    for name, axis in (("weight", 0), ("sums", 1), ("walls", 1)):
        expected = np.take(getattr(samples, name), [1], axis=axis)
        np.testing.assert_array_equal(getattr(kept, name), expected)
    with pytest.raises(IndexError):
        samples.of_copies([samples.copies])


def test_coarsen_sums_blocks_and_drops_the_remainder_in_front():
    samples = make()
    coarse = samples.coarsen(3)
    assert coarse.blocks == 2
    np.testing.assert_allclose(coarse.sums[0], samples.sums[1:4].sum(axis=0), rtol=1e-14)
    np.testing.assert_allclose(coarse.walls[1], samples.walls[4:7].sum(axis=0), rtol=1e-14)
    np.testing.assert_array_equal(coarse.samples, [2 + 3 + 4, 5 + 6 + 7])
    np.testing.assert_array_equal(coarse.steps, [18, 36])


@pytest.mark.parametrize("blocks", [0, 8])
def test_coarsen_refuses_an_impossible_length(blocks):
    with pytest.raises(ValueError, match="cannot merge"):
        make().coarsen(blocks)


@pytest.mark.parametrize("as_bytes", [False, True])
def test_arrays_go_there_and_back(as_bytes):
    samples = make()
    arrays = samples.to_arrays()
    assert set(arrays) == set(DIMENSIONS)
    assert all(array.ndim == len(DIMENSIONS[name]) for name, array in arrays.items())
    if as_bytes:
        arrays |= {name: arrays[name].astype("S") for name in ("names", "faces", "vectors")}
    back = Samples.from_arrays(arrays)
    assert back.names == ("He", "Ar")
    assert (back.faces, back.timestep) == (("left", "right"), 1e-11)
    for name in set(DIMENSIONS) - {"names", "faces", "vectors", "timestep"}:
        np.testing.assert_array_equal(getattr(back, name), getattr(samples, name))


def test_gases_with_internal_energy_have_more_sums():
    samples = make()
    inside = replace(samples, sums=np.zeros((7, 3, 4, 2, 18)), modes=np.ones((2, 3, 2)))
    arrays = inside.to_arrays()
    assert set(arrays) == set(DIMENSIONS) | set(INNER_DIMENSIONS)
    np.testing.assert_array_equal(Samples.from_arrays(arrays).modes, inside.modes)
    with pytest.raises(ValueError, match="sums has shape"):
        replace(samples, modes=np.ones((2, 3, 2)))
    with pytest.raises(ValueError, match="modes has shape"):
        replace(inside, modes=np.ones((1, 3, 2)))


def test_cells_beside_each_other_are_summed():
    """A channel of 3 x 2 cells seen along x, and along y."""
    wide = replace(make(cells=6), axes=np.arange(2), low=np.zeros(2), high=np.array([3.0, 1.0]),
                   cells=np.array([3, 2]), volumes=np.arange(1.0, 7.0))  # fmt: skip
    along_x, along_y = wide.along(0), wide.along(1)
    np.testing.assert_allclose(along_x.sums[:, :, 1], wide.sums[:, :, 2] + wide.sums[:, :, 3], rtol=1e-14)
    np.testing.assert_allclose(along_y.sums[:, :, 1], wide.sums[:, :, 1::2].sum(axis=2), rtol=1e-14)
    np.testing.assert_array_equal(along_x.volumes, [3, 7, 11])
    np.testing.assert_array_equal(along_y.volumes, [9, 12])
    np.testing.assert_allclose(along_y.positions, [0.25, 0.75])
    assert (along_x.axes, along_y.axes) == (0, 1)


def test_patches_add_up_to_faces():
    samples = make()
    whole = replace(samples, patch_face=np.array([0, 0, 1]), patch_area=np.array([1.0, 2.0, 4.0]),
                    patch_centre=np.zeros((3, 3)), walls=samples.walls[:, :, [0, 1, 0]])  # fmt: skip
    np.testing.assert_array_equal(whole.face_area, [3, 4])
    np.testing.assert_allclose(whole.walls_by_face[:, :, 0], samples.walls.sum(axis=2), rtol=1e-14)
    np.testing.assert_array_equal(whole.walls_by_face[:, :, 1], samples.walls[:, :, 0])


def test_a_wrong_shape_is_named():
    arrays = make().to_arrays()
    arrays["walls"] = arrays["walls"][:, :2]
    with pytest.raises(ValueError, match="walls has shape"):
        Samples.from_arrays(arrays)
