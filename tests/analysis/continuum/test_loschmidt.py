"""Loschmidt tubes: the two exact series against each other, grids against series, uphill argon."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.analysis.continuum.diffusivities import fick_matrix, pair_matrix
from knudsen.analysis.continuum.loschmidt import half_difference, halves, profile, step_profile, transient
from knudsen.analysis.continuum.relaxation import relax

# K. R. Arnold, H. L. Toor, AIChE J. 13 (1967) 909: methane, argon, hydrogen at 34 C and 101.3 kPa
# (D_ij and compositions as in Taylor and Krishna (1993), section 5.5; the length only sets the time scale)
D = pair_matrix({(0, 1): 21.57e-6, (0, 2): 77.16e-6, (1, 2): 83.35e-6}, 3)
TUBE = 0.8
TOP, BOTTOM = np.array([0.0, 0.509, 0.491]), np.array([0.515, 0.485, 0.0])
ARGON = 1
FOURIER = np.array([1e-6, 1e-3, 0.01, 0.0499, 0.0501, 0.2, 1.0])


def fourier_series(fourier, terms=4000):
    odd = 2 * np.arange(terms) + 1
    return (
        8 / np.pi**2 * np.sum(np.exp(-(odd**2) * np.pi**2 * np.array(fourier)[..., None]) / odd**2, axis=-1)
    )


def test_half_difference_is_its_fourier_series_at_every_time():
    assert half_difference(FOURIER[1:]) == pytest.approx(fourier_series(FOURIER[1:]), rel=1e-12)
    assert half_difference(0.0) == 1.0
    assert half_difference(1e-6) == pytest.approx(1 - 4 * np.sqrt(1e-6 / np.pi), rel=1e-14)


@pytest.mark.parametrize("fourier", FOURIER)
def test_half_difference_is_the_mean_of_the_profile(fourier):
    width = np.sqrt(fourier)
    parts = sorted({-0.5, max(-0.5, -6 * width), 0.0})
    area = sum(
        quad(lambda s: float(step_profile(s, fourier)), a, b, epsabs=1e-13)[0] for a, b in pairwise(parts)
    )
    assert 2 * area == pytest.approx(half_difference(fourier), abs=1e-11)


def test_step_profile_joins_at_the_switch_and_starts_as_a_step():
    z = np.linspace(-0.5, 0.5, 21)
    late, early = step_profile(z, 0.05 * (1 + 1e-14)), step_profile(z, 0.05 * (1 - 1e-14))
    assert late == pytest.approx(early, abs=1e-12)
    assert step_profile([-0.5, -0.01, 0.01, 0.5], 0.0) == pytest.approx([1, 1, -1, -1])
    assert step_profile(0.5 - 1e-6, 0.1) == pytest.approx(step_profile(0.5, 0.1), abs=1e-10)  # closed end


def test_binary_tube_loses_what_the_series_says():
    times = np.array([0.0, 100.0, 2500.0])
    means = halves([0.8, 0.2], [0.1, 0.9], np.full((2, 2), 2e-5), 0.5, times)
    expected = 0.45 + 0.35 * half_difference(2e-5 * times / 0.25)
    assert means[:, 0, 0] == pytest.approx(expected, rel=1e-14)
    assert means.mean(axis=1) == pytest.approx(np.tile([0.45, 0.55], (3, 1)), rel=1e-14)
    z = np.linspace(-0.25, 0.25, 2001)
    x = profile(z, 2500.0, [0.8, 0.2], [0.1, 0.9], np.full((2, 2), 2e-5), 0.5)
    assert np.trapezoid(x[:1001, 0], z[:1001]) / 0.25 == pytest.approx(means[2, 0, 0], abs=1e-7)


def test_grid_converges_to_the_series_at_second_order():
    """On a grid of step h the slowest wave's pi^2 is (2/h)^2 sin^2(pi h/2), 8/pi^2 is 2 h^2/sin^2(pi h/2)."""
    times = np.array([0.0, 2500.0])
    exact = halves([0.8, 0.2], [0.1, 0.9], np.full((2, 2), 2e-5), 0.5, times)[1, 0, 0]
    errors = [
        transient([0.8, 0.2], [0.1, 0.9], np.full((2, 2), 2e-5), 0.5, times, cells)[1, : cells // 2, 0].mean()
        - exact
        for cells in (20, 40)
    ]
    sine = np.sin(np.pi / 80) ** 2  # h = 1/40, Fo = 0.2
    wave = 2 / 40**2 / sine * np.exp(-4 * 40**2 * sine * 0.2) - 8 / np.pi**2 * np.exp(-(np.pi**2) * 0.2)
    assert errors[1] == pytest.approx(0.35 * wave, rel=1e-3)
    assert errors[0] / errors[1] == pytest.approx(4, abs=0.2)


def test_constant_fick_matrix_is_exact_for_small_differences():
    base, step = np.array([0.3, 0.4, 0.3]), 1e-5 * np.array([1.0, 2.0, -3.0])
    times = np.array([0.0, 1500.0])
    grid = transient(base + step, base - step, D, TUBE, times, 160)[1, :80].mean(axis=0) - base
    exact = halves(base + step, base - step, D, TUBE, times)[1, 0] - base
    assert grid == pytest.approx(exact, abs=2e-4 * np.max(np.abs(step)))


def test_matrix_decouples_into_its_eigenvalues():
    """Where Fick's matrix is D times one (equal D_ij), each species is a binary."""
    times = np.array([0.0, 1500.0])
    means = halves(TOP, BOTTOM, np.full((3, 3), 5e-5), TUBE, times)
    binary = half_difference(5e-5 * times / TUBE**2)
    mean = (TOP + BOTTOM) / 2
    assert means[:, 0] == pytest.approx(mean + np.outer(binary, TOP - mean), abs=1e-14)
    assert not np.allclose(halves(TOP, BOTTOM, D, TUBE, times)[1], means[1], atol=1e-2)


def test_argon_goes_uphill():
    """Nearly even at first (0.509 above, 0.485 below), argon is dragged up by methane before it evens out."""
    times = np.linspace(0, 3600.0, 61)
    x = transient(TOP, BOTTOM, D, TUBE, times, 40)
    top, bottom = x[:, :20].mean(axis=1), x[:, 20:].mean(axis=1)
    linear = halves(TOP, BOTTOM, D, TUBE, times)
    assert np.max(np.abs(linear[:, 0] - top)) < 0.02
    difference = (top - bottom)[:, ARGON]
    assert difference[0] == pytest.approx(0.024)
    peak = int(np.argmax(np.abs(difference)))
    assert 0 < peak < 60 and difference[peak] > 0.1 and abs(difference[-1]) < 0.6 * abs(difference[peak])
    for species in (0, 2):
        assert np.all(np.diff(np.abs((top - bottom)[:, species])) < 0)  # the others go downhill throughout
    binary_like = halves(TOP, BOTTOM, np.full((3, 3), 5e-5), TUBE, times)
    assert np.all(np.diff(np.abs((binary_like[:, 0] - binary_like[:, 1])[:, ARGON])) < 0)


def test_tube_conserves_each_species():
    x = transient(TOP, BOTTOM, D, TUBE, [0, 600.0, 6000.0], 40)
    assert np.max(np.abs(x.mean(axis=1) - (TOP + BOTTOM) / 2)) < 1e-12
    assert np.max(np.abs(x.sum(axis=-1) - 1)) < 1e-14


def test_coefficients_may_follow_composition():
    """D = D_0 (1 + x_1) in two cells of a binary: dx/dt = -2 D(mean) (x - mean), the mean being kept."""
    start = [[0.8, 0.2], [0.2, 0.8]]
    x = relax([1, 1], [1], start, lambda x: 1e-3 * (1 + x[:, 0])[:, None, None] * np.ones((2, 2)), [0, 500.0])
    assert x[1, 0, 0] == pytest.approx(0.5 + 0.3 * np.exp(-2 * 1.5e-3 * 500), rel=1e-7)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="not negative"):
        half_difference(-1.0)
    with pytest.raises(ValueError, match="lie in the tube"):
        step_profile(0.6, 0.1)
    with pytest.raises(ValueError, match="length must be positive"):
        halves(TOP, BOTTOM, D, 0.0, 1.0)
    with pytest.raises(ValueError, match="even number"):
        transient(TOP, BOTTOM, D, 1.0, [0, 1], 7)
    with pytest.raises(ValueError, match="one coupling less"):
        relax([1, 1], [1, 1], [[1, 0], [0, 1]], np.ones((2, 2)), [0, 1])
    with pytest.raises(ValueError, match="ascending from 0"):
        relax([1, 1], [1], [[1, 0], [0, 1]], np.ones((2, 2)), [0, 2, 1])


def test_what_drives_argon_uphill_is_methane():
    """J_Ar holds -c D_21 grad x_CH4 with D_21 > 0: argon goes with methane."""
    matrix = fick_matrix((TOP + BOTTOM) / 2, D)
    assert matrix[1, 0] > 0 and np.all(np.linalg.eigvals(matrix) > 0)
