"""The continuum profile against its closed forms, and against its own differential equation."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.continuum.counterdiffusion import (
    Slab,
    composition_profile,
    equimolar_profile,
    predicted_profile,
    stefan_profile,
)
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

PRESSURE, LENGTH = 101325.0, 2e-6
POSITION = np.linspace(0, LENGTH, 41)
ISOTHERMAL = Slab(POSITION, 300.0, PRESSURE / (GAS_CONSTANT * 300.0))
DIFFUSION = 7e-5
CONDUCTANCE = DIFFUSION * PRESSURE / (GAS_CONSTANT * 300.0)
WARM = 300.0 + 60.0 * POSITION / LENGTH
HEATED = Slab(POSITION, WARM, PRESSURE / (GAS_CONSTANT * WARM))


@pytest.mark.parametrize("start", [(0.0, 0.9), (0.5 * LENGTH, 0.5), (LENGTH, 0.1), (0.33 * LENGTH, 0.6)])
def test_equimolar_profile_is_a_straight_line(start):
    flux = 0.7 * CONDUCTANCE / LENGTH
    start = (start[0], 0.85 - 0.7 * start[0] / LENGTH)
    profile = composition_profile(ISOTHERMAL, flux, start, DIFFUSION)
    assert profile == pytest.approx(equimolar_profile(POSITION, start, flux, CONDUCTANCE), abs=1e-12)
    assert profile == pytest.approx(0.85 - 0.7 * POSITION / LENGTH, abs=1e-12)


@pytest.mark.parametrize("z0", [0.0, 0.4 * LENGTH, LENGTH])
def test_stagnant_gas_gives_the_stefan_profile(z0):
    x_left, x_right = 0.9, 0.2
    flux = CONDUCTANCE / LENGTH * np.log((1 - x_right) / (1 - x_left))
    start = (z0, float(stefan_profile(z0, (0.0, x_left), flux, CONDUCTANCE)))
    profile = composition_profile(ISOTHERMAL, flux, start, DIFFUSION, total_flux=flux)
    assert profile == pytest.approx(stefan_profile(POSITION, start, flux, CONDUCTANCE), abs=1e-7)
    assert profile[[0, -1]] == pytest.approx([x_left, x_right], abs=1e-7)
    straight = equimolar_profile(POSITION, start, flux, CONDUCTANCE)
    assert np.max(np.abs(profile - straight)) > 0.1  # the total flux must matter


def test_without_flux_thermal_diffusion_alone_separates():
    """x_A - x_0 = -k_T ln(T/T_0) at constant k_T."""
    profile = composition_profile(HEATED, 0.0, (0.0, 0.5), DIFFUSION, thermal_diffusion_ratio=-0.1)
    assert profile == pytest.approx(0.5 + 0.1 * np.log(WARM / WARM[0]), abs=1e-7)


def test_prediction_solves_the_flux_equation():
    """The flux put back together from the profile's gradient is the flux that was put in."""
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=8)
    flux, total = 1000.0, 150.0
    x = predicted_profile(theory, HEATED, flux, (LENGTH / 2, 0.5), total, tolerance=1e-9)
    gradient = np.gradient(x, POSITION, edge_order=2)
    log_gradient = np.gradient(np.log(WARM), POSITION, edge_order=2)
    for i in range(5, 36, 10):
        local = theory.at(WARM[i])
        drive = gradient[i] + local.thermal_diffusion_ratio(x[i]) * log_gradient[i]
        diffusion = local.diffusion_binary(x[i], PRESSURE)
        assert x[i] * total - HEATED.concentration[i] * diffusion * drive == pytest.approx(flux, rel=1e-4)


def test_prediction_bends_by_the_composition_dependence_of_diffusion():
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=8)
    middle = float(theory.diffusion_binary(0.5, PRESSURE)) * CONDUCTANCE / DIFFUSION
    flux, start = 0.8 * middle / LENGTH, (LENGTH / 2, 0.5)
    bend = predicted_profile(theory, ISOTHERMAL, flux, start)
    bend -= equimolar_profile(POSITION, start, flux, middle)
    assert bend[20] == 0 and 5e-4 < np.max(np.abs(bend)) < 1e-2


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="ascend"):
        Slab(POSITION[::-1], 300.0, 40.0)
    with pytest.raises(ValueError, match="temperature has shape"):
        Slab(POSITION, [300.0, 310.0], 40.0)
    with pytest.raises(ValueError, match="concentration must be positive"):
        Slab(POSITION, 300.0, np.where(POSITION > 0, 40.0, 0.0))
    for start in ((2 * LENGTH, 0.5), (0.0, 1.5)):
        with pytest.raises(ValueError, match="must lie in the slab"):
            composition_profile(ISOTHERMAL, 1.0, start, DIFFUSION)
    with pytest.raises(ValueError, match="fluxes must be finite"):
        composition_profile(ISOTHERMAL, float("nan"), (0.0, 0.5), DIFFUSION)
    with pytest.raises(ValueError, match="diffusion must be positive"):
        composition_profile(ISOTHERMAL, 1.0, (0.0, 0.5), 0.0)
    with pytest.raises(ValueError, match=r"leaves \[0, 1\]"):
        composition_profile(ISOTHERMAL, 2 * CONDUCTANCE / LENGTH, (0.0, 0.9), DIFFUSION)
    for ratio in (float("nan"), lambda x, T, c: float("nan")):
        with pytest.raises(ValueError, match="thermal diffusion ratio must be finite"):
            composition_profile(HEATED, 0.0, (0.0, 0.5), DIFFUSION, ratio)
    for closed_form in (equimolar_profile, stefan_profile):
        with pytest.raises(ValueError, match="start must be two values"):
            closed_form([0.0], (0.5,), 1.0, 1.0)
        with pytest.raises(ValueError, match="conductance"):
            closed_form([0.0], (0.0, 0.5), 1.0, 0.0)
        with pytest.raises(ValueError, match="position must be finite"):
            closed_form([float("nan")], (0.0, 0.5), 1.0, 1.0)
