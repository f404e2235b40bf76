"""The multiple-tau correlator: brute force, a process of known correlation, the grid of lags."""

import numpy as np
import pytest

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
    tau = MultipleTau(CPU, series.shape[1], runs, grid, rule)
    for sample in series:
        tau.newest[...] = sample
        tau.push()
    return tau


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
        lags, pairs, rows = pushed(series, runs, rule).means()
        assert list(lags) == [0, 1, 2, 3, 4, 5, 6, 9, 12, 15, 18, 27, 36, 45, 54, 81, 108, 135]
        assert list(pairs[:7]) == [500, 499, 498, 497, 496, 495, 500 // 3 - 2]
        assert rows == pytest.approx(by_brute_force(series, runs, rule), rel=1e-12, abs=1e-12)


def test_displacements_are_exact_at_every_lag():
    """Nothing is averaged: constant velocity gives v^2 t^2."""
    velocity = np.array([0.3, -1.1, 2.0])
    series = np.arange(200)[:, None] * velocity
    lags, _, rows = pushed(series, Runs(*np.array([[0], [0], [3]])), DISPLACEMENT).means()
    assert lags[-1] == 135
    assert rows[0] == pytest.approx(velocity @ velocity * lags**2, rel=1e-12)


def test_a_process_of_known_correlation():
    """x' = phi x + noise of unit variance has < x(0) x(k) > = phi^k; block means at the coarse levels.

    A mean over blocks of s samples, j blocks apart, has the correlation
    phi^(s j) / s^2 (sum_a phi^a)(sum_b phi^-b), a, b = 0 .. s - 1.
    """
    phi, channels, samples = 0.95, 400, 1200
    random = np.random.default_rng(7)
    series = np.empty((samples, channels))
    series[0] = random.normal(size=channels)
    for n in range(1, samples):
        series[n] = phi * series[n - 1] + np.sqrt(1 - phi**2) * random.normal(size=channels)
    runs = Runs(np.arange(channels), np.arange(channels), np.ones(channels, int))
    _, _, rows = pushed(series, runs, CORRELATION).means()
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


def test_only_lags_that_were_reached_are_given():
    series = np.ones((7, 1))
    lags, pairs, rows = pushed(series, runs_of_pairs(1, 1, 1), CORRELATION).means()
    assert list(lags) == [0, 1, 2, 3, 4, 5] and list(pairs) == [7, 6, 5, 4, 3, 2]
    assert rows == pytest.approx(1.0)
    assert pushed(series[:0], runs_of_pairs(1, 1, 1), CORRELATION).means()[2].shape == (1, 0)


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
