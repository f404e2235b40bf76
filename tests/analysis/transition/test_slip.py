"""Slip, creep and jump coefficients against the literature's and their own layers."""

from math import sqrt

import numpy as np
import pytest

from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.slip import knudsen_layers, slip_coefficients


def test_literature_at_full_accommodation():
    """Albertoni, Cercignani, Gotusso 1963 (sigma_P), Loyalka et al. (sigma_T, zeta_T): BGK."""
    bgk = slip_coefficients("bgk")
    assert bgk.sigma_P == pytest.approx(1.016191, abs=1e-6)
    assert bgk.sigma_T == pytest.approx(0.76632, abs=5e-6)
    assert bgk.zeta_T == pytest.approx(1.30272, abs=5e-6)
    assert bgk.error < 1e-6


@pytest.mark.parametrize(
    "alpha, slip, creep, jump",
    [(0.8, 1.48765, 0.7154, 1.89971), (0.5, 2.86118, 0.6373, 3.62907), (0.2, 8.22488, 0.5559, 10.34738)],
)
def test_reference_accommodation(alpha, slip, creep, jump):
    """slip_jump_maxwell_accommodation, BGK, within its errors 1e-4, 1.5e-3, 3e-4."""
    bgk = slip_coefficients("bgk", alpha)
    assert bgk.sigma_P == pytest.approx(slip, abs=1e-4)
    assert bgk.sigma_T == pytest.approx(creep, abs=1.5e-3)
    assert bgk.zeta_T == pytest.approx(jump, rel=3e-4)


@pytest.mark.parametrize("model, prandtl", [("bgk", 1.0), ("shakhov", 2 / 3)])
def test_nearly_specular_walls(model, prandtl):
    """alpha -> 0: the bulk's h reaches the wall, and its drag must vanish (creep) or be the stress (slip).

    Creep: <|c_x| c_z [2 c_z U - c_z (c^2 - 5/2) X/Pr]> = 0 gives 2 U/X = 1/(2 Pr).
    Slip: (alpha/2) 2 U <|c_x| c_z^2> = U alpha/(2 sqrt(pi)) = 2 <c_x^2 c_z^2> = 1/2, sigma_P = U.
    """
    grazing = slip_coefficients(model, 1e-4)
    assert grazing.sigma_T == pytest.approx(0.5 / prandtl, abs=1e-4)
    assert grazing.sigma_P * 1e-4 == pytest.approx(sqrt(np.pi), rel=1e-3)


def test_prandtl_number_scales_what_carries_heat():
    """The energy equation of BGK and Shakhov differ by Pr alone in the far field: zeta_T ~ 1/Pr."""
    assert slip_coefficients("shakhov", prandtl=1.0) == slip_coefficients("bgk")
    shakhov, bgk = slip_coefficients("shakhov"), slip_coefficients("bgk")
    assert shakhov.zeta_T == pytest.approx(1.5 * bgk.zeta_T, rel=1e-3)
    assert shakhov.sigma_T > 1.5 * bgk.sigma_T  # far from Maxwell's 3/4 (1/Pr): 1.1747


def test_layers():
    """Kramers: the BGK gas slips at the wall itself by exactly 1/sqrt(2); all layers die out."""
    layers = knudsen_layers(relaxing_gas(1.0), np.array([0.0, 30.0]))
    slip = slip_coefficients("bgk")
    assert slip.sigma_P + layers.slip_velocity[0] == pytest.approx(1 / sqrt(2), abs=1e-8)
    for name in ("slip_velocity", "creep_velocity", "jump_temperature", "jump_density"):
        values = getattr(layers, name)
        assert abs(values[1]) < 1e-4 * abs(values[0])


def test_bad_input():
    with pytest.raises(ValueError, match="accommodation must lie in"):
        slip_coefficients("bgk", 1.2)
    with pytest.raises(ValueError, match="unknown model"):
        slip_coefficients("hs")
    with pytest.raises(ValueError, match="distances"):
        knudsen_layers(relaxing_gas(), np.array([-1.0]))
