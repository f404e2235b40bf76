"""The half space on hand-solved gases, against a very thick slab, and on what it must refuse."""

import numpy as np
import pytest

from knudsen.analysis.transition.half_space import solve_half_space
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.operators import HalfRangeOperator
from knudsen.analysis.transition.slab import Wall, solve_slab


def test_slip_of_one_speed():
    """c u' = -w, w' = 0, u' = 1: w = -c, w = -u alpha/(2 - alpha) at the wall: u = c (2 - alpha)/alpha."""
    gas = HalfRangeOperator(np.array([0.7]), np.array([0.5]), np.zeros((1, 1)), np.eye(1))
    slip = solve_half_space(gas, np.zeros((1, 1)), np.ones((1, 1)), Wall(0.4))
    assert slip.bulk[0, 0] == pytest.approx(0.7 * 1.6 / 0.4, rel=1e-12)
    assert slip.layer([0.0, 1.0])[0, 0] == pytest.approx(0, abs=1e-14)


def test_layer_of_one_decaying_speed():
    """c^2 u'' = k^2 c^2 u - 1 from a diffuse wall: u = [1 - e^(-kx)/(1 + k c)]/(k c)^2."""
    c, k = 0.7, 0.9
    gas = HalfRangeOperator(np.array([c]), np.array([0.5]), np.array([[(k * c) ** 2]]), np.eye(1))
    solution = solve_half_space(gas, np.ones((1, 1)), np.zeros((1, 1)), Wall())
    x = np.array([0.0, 0.4, 2.0])
    assert solution.bulk[0, 0] == pytest.approx(1 / (k * c) ** 2, rel=1e-12)
    layer = -np.exp(-k * x) / (1 + k * c) / (k * c) ** 2
    assert solution.layer(x)[0, 0] == pytest.approx(layer, rel=1e-12)


@pytest.mark.parametrize("alpha", [1.0, 0.3])
def test_wall_of_a_thick_slab(alpha):
    """Couette flow of thickness 80: the layer at its wall is the half space's, times the bulk gradient."""
    gas = relaxing_gas(2 / 3, 40)
    nothing = np.zeros((len(gas.velocity), 1))
    half = solve_half_space(gas.shear, nothing, 2 * gas.velocity[:, None], Wall(alpha))
    walls = Wall(alpha, -gas.velocity), Wall(alpha, gas.velocity)
    slab = solve_slab(gas.shear, 80.0, 0.0, *walls)
    x = np.array([0.0, 0.2, 1.5])
    slip = gas.shear.mean(gas.velocity, half.bulk)[0]
    gradient = 1 / (80 + 2 * slip)
    moved = gas.shear.mean(gas.velocity, half.layer(x)[:, 0]) + slip + x
    assert gas.shear.mean(gas.velocity, slab.even(x - 40)[:, 0]) == pytest.approx(
        -0.5 + gradient * moved, rel=1e-8
    )


def test_refusals():
    gas = relaxing_gas(1.0, 24)
    velocity, nothing = gas.velocity[:, None], np.zeros((48, 1))
    with pytest.raises(ValueError, match="drives a collision invariant"):
        solve_half_space(gas.shear, velocity, nothing, Wall())
    with pytest.raises(ValueError, match="not that of a collision invariant"):
        solve_half_space(gas.shear, nothing, gas.heat_flow[:, None], Wall())
    sealed = Wall(densities=(gas.density,))
    with pytest.raises(ValueError, match="uniform pressure"):
        solve_half_space(gas.normal, nothing, gas.energy[:, None], sealed)
    with pytest.raises(ValueError, match="source must be finite"):
        solve_half_space(gas.shear, nothing * np.nan, nothing, Wall())
    with pytest.raises(ValueError, match="distance from the wall"):
        solve_half_space(gas.shear, nothing, 2 * velocity, Wall()).layer(-1.0)
