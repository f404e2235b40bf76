"""The multiple-tau correlator: brute force, a process of known correlation, the grid of lags."""

import numpy as np
import pytest
from ornstein_uhlenbeck import ornstein_uhlenbeck

from knudsen.core.device import Device
from knudsen.md.measures.multiple_tau import (
    CORRELATION,
    DISPLACEMENT,
    LagGrid,
    MultipleTau,
    Runs,
    runs_of_groups,
    runs_of_pairs,
)

CPU = Device("cpu")
GRID = LagGrid(levels=4, points=6, average=3)


def pushed(series, runs, rule, grid=GRID):
    """The correlator after all samples of a series [sample, channel]."""
    tau = MultipleTau(CPU, series.shape[1], runs, grid, rule, blocks=4)
    for sample in series:
        tau.newest[...] = sample
        tau.push()
    return tau


def means(tau):
    """Lags, pairs of times of each, and means over them."""
    lags, pairs, rows = tau.result()
    return lags, pairs.sum(axis=0), rows.sum(axis=0) / pairs.sum(axis=0)


def level_series(series, level, rule):
    """What a level holds by its definition: means of blocks from the start on, or every last value."""
    size = GRID.average**level
    blocks = series[: len(series) // size * size].reshape(-1, size, series.shape[1])
    return blocks.mean(axis=1) if rule is CORRELATION else blocks[:, -1]


def by_brute_force(series, runs, rule):
    """Means over all pairs of times a lag apart [run, lag]."""
    rows = []
    for left, right, length in zip(*runs, strict=True):
        row = []
        for level, delay in GRID.places:
            held = level_series(series, level, rule)
            old, new = held[: len(held) - delay], held[delay:]
            a, b = slice(left, left + length), slice(right, right + length)
            moved = new - old
            products = old[:, a] * new[:, b] if rule is CORRELATION else moved[:, a] * moved[:, b]
            row.append(products.sum(axis=1).mean())
        rows.append(row)
    return np.array(rows)


@pytest.mark.parametrize("rule", [CORRELATION, DISPLACEMENT])
def test_every_level_is_what_its_definition_says(rule):
    series = np.random.default_rng(1).normal(size=(500, 12)).cumsum(axis=0)
    for runs in (runs_of_pairs(2, 2, 3), Runs(np.array([0, 5]), np.array([0, 5]), np.array([5, 7]))):
        lags, pairs, rows = means(pushed(series, runs, rule))
        assert list(lags) == [0, 1, 2, 3, 4, 5, 6, 9, 12, 15, 18, 27, 36, 45, 54, 81, 108, 135]
        assert list(pairs[:7]) == [500, 499, 498, 497, 496, 495, 500 // 3 - 2]
        assert rows == pytest.approx(by_brute_force(series, runs, rule), rel=1e-12, abs=1e-12)


def test_displacements_are_exact_at_every_lag():
    """Nothing is averaged: constant velocity gives v^2 t^2."""
    velocity = np.array([0.3, -1.1, 2.0])
    series = np.arange(200)[:, None] * velocity
    lags, _, rows = means(pushed(series, Runs(*np.array([[0], [0], [3]])), DISPLACEMENT))
    assert lags[-1] == 135
    assert rows[0] == pytest.approx(velocity @ velocity * lags**2, rel=1e-12)


def test_a_process_of_known_correlation():
    """x' = phi x + noise of unit variance has < x(0) x(k) > = phi^k; block means at the coarse levels.

    A mean over blocks of s samples, j blocks apart, has the correlation
    phi^(s j) / s^2 (sum_a phi^a)(sum_b phi^-b), a, b = 0 .. s - 1.
    """
    phi, channels = 0.95, 400
    series = ornstein_uhlenbeck(phi, 1200, channels, seed=7)
    runs = Runs(np.arange(channels), np.arange(channels), np.ones(channels, int))
    _, _, rows = means(pushed(series, runs, CORRELATION))
    expected = []
    for level, delay in GRID.places:
        size = GRID.average**level
        a = np.arange(size)
        shape = (phi**a).sum() * (phi**-a).sum() if delay else phi ** np.abs(a[:, None] - a).astype(float)
        expected.append(phi ** (size * delay) * np.sum(shape) / size**2)
    errors = rows.std(axis=0, ddof=1) / np.sqrt(channels)
    sigmas = (rows.mean(axis=0) - expected) / errors
    assert np.abs(sigmas).max() < 4
    assert errors.max() < 0.02
    # Negative control: delays that are off by one interval of their level.
    late = [value * phi**GRID.average**level for value, (level, _) in zip(expected, GRID.places, strict=True)]
    assert np.abs((rows.mean(axis=0) - late) / errors).max() > 8


def test_a_block_has_the_pairs_whose_later_time_is_its_own():
    """Its sums are what the sums gained while it was open."""
    series = np.random.default_rng(2).normal(size=(90, 6))
    runs = runs_of_pairs(1, 2, 3)
    lags, pairs, rows = pushed(series, runs, CORRELATION).result()
    assert rows.shape == (3, 4, len(lags))
    before = np.zeros_like(rows[0])
    for block, end in enumerate((32, 64, 90)):
        so_far, whole, found = means(pushed(series[:end], runs, CORRELATION))
        reached = len(so_far)
        assert np.array_equal(pairs[: block + 1].sum(axis=0)[:reached], whole)
        gained = found * whole - before[:, :reached]
        assert rows[block][:, :reached] == pytest.approx(gained, abs=1e-10)
        before[:, :reached] = found * whole


def test_the_integral_over_all_levels_is_that_of_the_finest_samples():
    """Averages of phi^|k| over hats of each level, with weights that add up to one."""
    phi, grid = 0.97, LagGrid(levels=6, points=12, average=3)
    values = []
    for level, delay in grid.places:
        size = grid.average**level
        offsets = np.arange(1 - size, size)
        values.append((phi ** np.abs(size * delay + offsets)) @ (size - np.abs(offsets)) / size**2)
    integral = grid.running_integral(np.array(values))
    exact = phi ** np.arange(20_000)
    for place, smooth in ((5, 0.0), (11, 0.0), (12, 0.003), (17, 0.003)):
        expected = exact[: grid.lags[place] + 1].sum() - (1 + exact[grid.lags[place]]) / 2
        assert integral[place] == pytest.approx(expected, rel=max(smooth, 1e-9))
    assert integral[-1] == pytest.approx(exact.sum() - 0.5, rel=1e-12)
    # Negative control: the trapezoidal rule on the lags as they are.
    assert np.trapezoid(values, grid.lags) > 1.002 * integral[-1]


def test_only_lags_that_were_reached_are_given():
    series = np.ones((7, 1))
    lags, pairs, rows = means(pushed(series, runs_of_pairs(1, 1, 1), CORRELATION))
    assert list(lags) == [0, 1, 2, 3, 4, 5] and list(pairs) == [7, 6, 5, 4, 3, 2]
    assert rows == pytest.approx(1.0)
    assert means(pushed(series[:0], runs_of_pairs(1, 1, 1), CORRELATION))[2].shape == (1, 0)


def test_atoms_are_shared_out_within_their_groups():
    runs, group = runs_of_groups(np.array([700, 0, 3]), CPU)
    assert list(runs.left) == [0, 1536, 2100] == list(runs.right)
    assert list(runs.length) == [1536, 564, 9]
    assert list(group) == [0, 0, 2]


@pytest.mark.parametrize(
    ("grid", "words"), [((0, 4, 2), "levels"), ((1, 4, 1), "average"), ((1, 5, 2), "multiple of average")]
)
def test_a_grid_that_cannot_be(grid, words):
    with pytest.raises(ValueError, match=words):
        LagGrid(*grid)
