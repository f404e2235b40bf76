"""Lamm's equation: content, equilibrium, the moving boundary and radial dilution."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.continuum.lamm import Sedimentation, molar_mass_svedberg

S, D, OMEGA = 4.3e-13, 6.0e-11, 1500.0
CELL = Sedimentation(S, D, OMEGA, (0.065, 0.070), cells=200)


def test_equilibrium_is_exponential_and_holds_the_content():
    c = CELL.equilibrium(2.0)
    assert c.mean() == pytest.approx(2.0, rel=1e-12)
    slope = np.polyfit(CELL.radius**2 / 2, np.log(c), 1)[0]
    assert slope == pytest.approx(S * OMEGA**2 / D, rel=1e-9)
    floats = Sedimentation(-S, D, OMEGA, (0.065, 0.070), cells=200).equilibrium(2.0)
    assert floats[::-1] == pytest.approx(c, rel=1e-12)


def test_molar_mass_from_equilibrium():
    """s / D = M (1 - v rho) / (R T)."""
    M = molar_mass_svedberg(S, D, 7.3e-4, 998.0, 293.15)
    ratio = M * (1 - 7.3e-4 * 998) / (GAS_CONSTANT * 293.15)
    assert ratio == pytest.approx(S / D, rel=1e-13)


def test_approach_to_equilibrium_conserves():
    start = np.ones(200)
    c = CELL.transient(start, [1e3, 1e5, 3e6])
    assert c.mean(axis=1) == pytest.approx(1.0, abs=1e-11)  # rounding of steps far beyond the cell's time
    assert c.min() > 0
    assert c[2] == pytest.approx(CELL.equilibrium(), rel=1e-6)
    assert np.max(np.abs(c[0] - CELL.equilibrium())) > 0.5  # at the first time it is far from there


def test_equilibrium_stays():
    c = CELL.equilibrium()
    assert CELL.transient(c, [1e6])[0] == pytest.approx(c, rel=1e-8)
    assert CELL.transient(c, [0.0])[0] == pytest.approx(c, rel=1e-15)


def test_radial_dilution_and_moving_boundary():
    """Ahead of the boundary c = c_0 exp(-2 s omega^2 t); the boundary moves as r_m exp(s omega^2 t)."""
    fast = Sedimentation(S, 1e-12, 6000.0, (0.06, 0.07), cells=800)
    time = 4000.0
    growth = S * 6000.0**2 * time
    c = fast.transient(np.ones(800), [time])[0]
    plateau = np.exp(-2 * growth)
    inside = (fast.radius > 0.0665) & (fast.radius < 0.0695)
    assert c[inside] == pytest.approx(plateau, rel=1e-6)
    # second-moment position: what left the stretch behind r_b is what the plateau would have held
    xi = fast.radius**2 / 2
    before = xi < 0.0665**2 / 2
    width = xi[1] - xi[0]
    missing = width * np.sum(plateau - c[before])
    edge = np.sqrt(2 * (0.06**2 / 2 + missing / plateau))
    assert edge == pytest.approx(0.06 * np.exp(growth), rel=1e-5)


def test_error_falls_as_the_square_of_the_cell():
    """A smooth start; coarse cells against means over finer ones."""

    def after(cells):
        c = Sedimentation(S, D, OMEGA, (0.065, 0.070), cells).transient(np.ones(cells), [2e4], 1e-10)[0]
        return c.reshape(25, -1).mean(axis=1)

    fine = after(800)
    errors = [np.max(np.abs(after(cells)[3:-3] - fine[3:-3])) for cells in (50, 100)]
    assert 3.0 < errors[0] / errors[1] < 5.0


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: Sedimentation(S, 0.0, OMEGA, (0.06, 0.07)), "positive"),
        (lambda: Sedimentation(float("nan"), D, OMEGA, (0.06, 0.07)), "sedimentation"),
        (lambda: Sedimentation(S, D, OMEGA, (0.07, 0.06)), "ascend"),
        (lambda: Sedimentation(S, D, OMEGA, (0.06, 0.07), 2), "cells"),
        (lambda: CELL.transient(np.ones(3), [1.0]), "per cell"),
        (lambda: CELL.transient(np.ones(200), [2.0, 1.0]), "ascend"),
        (lambda: CELL.transient(np.ones(200), [float("nan")]), "ascend"),
        (lambda: Sedimentation(S, D, OMEGA, (0.06, 0.07), float("inf")), "cells"),
        (lambda: molar_mass_svedberg(S, D, 1e-3, 1e3, 300.0), "v rho = 1"),
        (lambda: CELL.equilibrium(np.nan), "mean concentration"),
        (lambda: molar_mass_svedberg(-S, D, 7e-4, 1e3, 300.0), "one sign"),
        (lambda: molar_mass_svedberg(float("nan"), D, 7e-4, 1e3, 300.0), "finite"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
