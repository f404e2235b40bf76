from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import lfilter
from slabs import slab_axes

from knudsen.analysis.groups import group_totals, independent_groups, measure, totals_over_time
from knudsen.analysis.statistics import NotSteadyError, TooShortError
from knudsen.analysis.steady import slow_modes, steady_block
from knudsen.core.samples import Samples


def make(blocks, copies, phi=0.0, cells=4, seed=0, transient=0.0, relaxation=10.0, weight=None):
    """Slab sums that are AR(1) noise about a mean of 1000; a transient of the first species across x."""
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((blocks, copies, cells, 2, 13))
    noise[1:] *= np.sqrt(1 - phi**2)
    sums = 1000 + 10 * lfilter([1.0], [1.0, -phi], noise, axis=0)
    decay = transient * np.exp(-np.arange(blocks) / relaxation)
    sums[..., 0, 0] += decay[:, None, None] * np.linspace(1, -1, cells)
    return Samples(
        names=("He", "Ar"),
        masses=np.array([1.0, 10.0]),
        **slab_axes(2.0, cells),
        timestep=0.5,
        weight=np.ones((copies, 2)) if weight is None else weight,
        sums=sums,
        samples=np.full(blocks, 5),
        steps=np.full(blocks, 10),
        walls=rng.random((blocks, copies, 2, 2, 2, 5)),
    )


def test_copies_come_first():
    labels = independent_groups(make(blocks=3, copies=20, phi=0.9))
    np.testing.assert_array_equal(labels, np.tile(np.arange(20), (3, 1)))


def test_many_copies_share_groups():
    labels = independent_groups(make(blocks=2, copies=20), minimum=4, maximum=10)
    np.testing.assert_array_equal(np.bincount(labels.ravel()), np.full(10, 4))
    assert np.all(labels[0] == labels[1])


def test_uncorrelated_blocks_make_many_groups():
    labels = independent_groups(make(blocks=400, copies=2))
    assert 32 <= labels.max() + 1 <= 128
    assert not set(labels[:, 0]) & set(labels[:, 1])


def test_stretches_are_consecutive_equal_and_several_correlation_times_long():
    phi = 0.8
    labels = independent_groups(make(blocks=4000, copies=3, phi=phi), multiple=8)
    lengths = np.bincount(labels.ravel())
    assert len(lengths) >= 16 and np.ptp(lengths) <= 1
    assert lengths.min() >= 5 * (1 + phi) / (1 - phi)
    assert np.all(np.diff(labels, axis=0) >= 0)


def test_too_short_a_run_is_refused_with_the_groups_there_are():
    with pytest.raises(TooShortError, match=r"correlated over .* 40 are needed") as refusal:
        independent_groups(make(blocks=1000, copies=2, phi=0.8), minimum=40)
    labels = refusal.value.estimate
    assert labels.shape == (1000, 2) and 16 <= labels.max() + 1 < 40
    with pytest.raises(TooShortError, match="unknown correlation time") as refusal:
        independent_groups(make(blocks=20, copies=1))
    assert refusal.value.estimate.max() + 1 == 16


def test_errors_over_groups_cover_the_truth_and_over_single_blocks_do_not():
    honest, naive = [], []
    for seed in range(60):
        samples = make(blocks=1000, copies=2, phi=0.8, seed=seed)
        blocks = np.arange(2000).reshape(1000, 2)
        for labels, deviates in ((independent_groups(samples), honest), (blocks, naive)):
            count = measure(lambda t: t.densities[..., 0], group_totals(samples, labels))
            deviates.append((count.value - 200 / samples.volumes[0]) / count.stderr)
    # 480 deviates know their spread to 3.2 %; stretches of 8 tau are some 3 % optimistic.
    assert abs(np.std(honest) - 1) < 0.16
    assert np.std(naive) == pytest.approx(3, rel=0.16)


def test_totals_are_weighted_sums_over_the_group():
    samples = make(blocks=6, copies=2, weight=np.array([[1.0, 0.1], [2.0, 0.3]]))
    labels = np.array([[-1, -1], [0, 1], [0, 1], [0, 1], [2, 2], [2, 2]])
    totals = group_totals(samples, labels)
    np.testing.assert_allclose(
        totals.moments[1], np.array([[2.0], [0.3]]) * samples.sums[1:4, 1].sum(axis=0) / 0.5
    )
    by_copy = samples.walls[4:].sum(axis=0)
    np.testing.assert_allclose(totals.walls[2][:, 0], by_copy[0, :, 0] + 2 * by_copy[1, :, 0])
    np.testing.assert_allclose(totals.walls[2][:, 1], 0.1 * by_copy[0, :, 1] + 0.3 * by_copy[1, :, 1])
    over_time = totals_over_time(samples)
    np.testing.assert_allclose(over_time.moments[1, :, :, 1], 0.3 * samples.sums[:, 1, :, 1] / 0.5)
    np.testing.assert_allclose(over_time.walls[1, :, :, 1], 0.3 * samples.walls[:, 1, :, 1])
    np.testing.assert_array_equal(totals.samples, [15, 15, 20])
    np.testing.assert_array_equal(totals.time, [15.0, 15.0, 20.0])
    np.testing.assert_allclose(totals.densities[0], totals.moments[0] / 15)
    np.testing.assert_allclose(totals.wall_rates[0], totals.walls[0] / 15)


def test_modes_that_never_move_are_left_out():
    samples = make(blocks=50, copies=2)
    assert slow_modes(samples).shape == (10, 2, 50)
    samples.sums[..., 1, 0] = 7.0
    assert slow_modes(samples).shape == (8, 2, 50)


def test_the_run_is_steady_after_its_slowest_transient():
    samples = make(blocks=300, copies=4, transient=500.0)
    first = steady_block(samples)
    assert 20 < first < 150
    assert steady_block(samples.select(first)) < 75
    with pytest.raises(NotSteadyError):
        steady_block(make(blocks=300, copies=4, transient=500.0, relaxation=300.0))


def test_an_unsteady_ensemble_has_the_mean_and_error_of_its_copies_at_every_time():
    samples = make(blocks=7, copies=5, transient=500.0, weight=np.full((5, 2), 3.0))
    found = measure(lambda t: t.densities[..., 0], totals_over_time(samples))
    each = 3.0 * samples.sums[..., 0] / (5 * samples.volumes[:, None])
    np.testing.assert_allclose(found.value, each.mean(axis=1), rtol=1e-12)
    np.testing.assert_allclose(found.stderr, each.std(axis=1, ddof=1) / np.sqrt(5), rtol=1e-9)
    walls = measure(lambda t: t.wall_rates[..., 0], totals_over_time(samples))
    np.testing.assert_allclose(walls.value, 3.0 * samples.walls[..., 0].mean(axis=1) / 5.0, rtol=1e-12)
    # The control: a mean over the run hides the transient that the first blocks show.
    steady = measure(lambda t: t.densities[..., 0], group_totals(samples, np.tile(np.arange(5), (7, 1))))
    assert abs(found.value[0, 0, 0] - steady.value[0, 0]) > 10 * found.stderr[0, 0, 0]


def test_one_copy_has_no_error_in_time():
    with pytest.raises(ValueError, match="several copies"):
        totals_over_time(make(blocks=3, copies=1))


def test_the_modes_of_a_channel_are_those_along_both_axes():
    slab = make(blocks=50, copies=2, cells=6)
    wide = replace(
        slab, axes=np.arange(2), low=np.zeros(2), high=np.array([2.0, 1.0]), cells=np.array([3, 2])
    )
    expected = [slow_modes(wide.along(axis)) for axis in (0, 1)]
    np.testing.assert_array_equal(slow_modes(wide), np.concatenate(expected))
    assert len(expected[0]) == len(expected[1]) == 10
