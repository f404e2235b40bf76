"""Half-range ordinates integrate Maxwellian moments and functions with a layer at c = 0."""

from math import gamma, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.analysis.transition.ordinates import half_range


@pytest.mark.parametrize("power", range(9))
def test_moments_of_the_maxwellian(power):
    speed, weight = half_range(56)
    assert np.sum(weight * speed**power) == pytest.approx(gamma((power + 1) / 2) / (2 * sqrt(pi)), rel=1e-11)


@pytest.mark.parametrize("delta", [1e-3, 0.1, 3.0])
def test_layer_at_grazing_speeds(delta):
    exact = quad(
        lambda c: np.exp(-delta / c - c * c) / sqrt(pi), 0, 6, epsabs=1e-13, limit=400, points=[delta]
    )[0]
    speed, weight = half_range(56)
    assert np.sum(weight * np.exp(-delta / speed)) == pytest.approx(exact, rel=1e-9)
    node, gauss = np.polynomial.legendre.leggauss(56)  # the control: evenly spread nodes miss the layer
    c = 3 * (node + 1)
    even = np.sum(3 * gauss * np.exp(-delta / c - c * c)) / sqrt(pi)
    assert abs(even / exact - 1) > (1e-6 if delta < 1 else 0)


@pytest.mark.parametrize("arguments", [(1,), (10.5,), (20, 0.0), (20, 7.0)])
def test_bad_input(arguments):
    with pytest.raises(ValueError, match="must"):
        half_range(*arguments)
