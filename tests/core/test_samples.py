import numpy as np
import pytest

from knudsen.core.samples import DIMENSIONS, MOMENTS, SlabSamples


def make(blocks=7, copies=3, cells=4, species=2):
    rng = np.random.default_rng(1)
    return SlabSamples(
        names=("He", "Ar")[:species],
        masses=np.array([6.6e-27, 6.6e-26])[:species],
        length=2e-6,
        cells=cells,
        timestep=1e-11,
        weight=np.full(copies, 1e15),
        sums=rng.random((blocks, copies, cells, species, 13)),
        samples=np.arange(1, blocks + 1),
        steps=2 * np.arange(1, blocks + 1),
        walls=rng.random((blocks, copies, 2, species, 2, 5)),
    )


def test_geometry():
    samples = make()
    assert samples.cell_width == pytest.approx(5e-7, rel=1e-15)
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
        arrays["names"] = arrays["names"].astype("S")
    back = SlabSamples.from_arrays(arrays)
    assert back.names == ("He", "Ar")
    assert (back.length, back.cells, back.timestep) == (2e-6, 4, 1e-11)
    for name in ("masses", "weight", "sums", "samples", "steps", "walls"):
        np.testing.assert_array_equal(getattr(back, name), getattr(samples, name))


def test_a_wrong_shape_is_named():
    arrays = make().to_arrays()
    arrays["walls"] = arrays["walls"][:, :2]
    with pytest.raises(ValueError, match="walls has shape"):
        SlabSamples.from_arrays(arrays)
