"""Thermal diffusion between plates: steady separation against closed forms, and its growth."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from knudsen.analysis.continuum.soret import (
    relaxation_time,
    separation_factor,
    separation_growth,
    soret_bulbs,
    soret_closed,
    soret_composition,
    soret_composition_species,
    soret_transient,
)
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

HOT, COLD = 400.0, 280.0


def ratio(x):
    return x / (1 - x)


@pytest.mark.parametrize("alpha", [0.4, -0.4, 0.0])
def test_constant_factor(alpha):
    """ln of the ratio of ratios is alpha_T ln(T_hot/T_cold); alpha_T > 0: species 1 goes cold."""
    hot, cold = soret_composition([HOT, COLD], (300.0, 0.3), alpha)
    assert np.log(ratio(cold) / ratio(hot)) == pytest.approx(alpha * np.log(HOT / COLD), abs=1e-14)
    assert ratio(cold) / ratio(hot) == pytest.approx(separation_factor(HOT, COLD, alpha), rel=1e-13)
    assert np.sign(cold - hot) == np.sign(alpha)


def test_factor_that_follows_temperature():
    """alpha_T = a (1 - b/T): ln q = a [ln(T_h/T_c) + b (1/T_h - 1/T_c)]."""
    a, b = 0.5, 120.0
    expected = a * (np.log(HOT / COLD) + b * (1 / HOT - 1 / COLD))
    assert np.log(separation_factor(HOT, COLD, lambda T: a * (1 - b / T))) == pytest.approx(
        expected, rel=1e-12
    )
    hot, cold = soret_composition([HOT, COLD], (330.0, 0.3), lambda x, T: a * (1 - b / T))
    assert np.log(ratio(cold) / ratio(hot)) == pytest.approx(expected, rel=1e-10)


def test_factor_that_follows_composition():
    """alpha_T = a/(1 + x): dx/ds = -a x (1 - x)/(1 + x), s = ln T, gives ln x - 2 ln(1 - x) = const - a s."""
    a = 0.6
    T = np.array([400.0, 250.0, 300.0, 330.0, 300.0])
    x = soret_composition(T, (300.0, 0.3), lambda x, T: a / (1 + x))
    invariant = np.log(x) - 2 * np.log(1 - x) + a * np.log(T)
    assert np.ptp(invariant) < 1e-9
    assert x[2] == x[4] == pytest.approx(0.3, abs=1e-15)


def test_pure_gas_stays_pure():
    assert np.all(soret_composition([HOT, COLD], (300.0, 1.0), 0.5) == 1.0)
    assert np.all(soret_composition([HOT, COLD], (300.0, 0.0), lambda x, T: 0.5) == 0.0)


def test_species_form_is_the_binary_one():
    ratios = lambda x, T: 0.4 * x[0] * x[1] * np.array([1.0, -1.0])  # noqa: E731
    T = np.array([[250.0, 300.0], [350.0, 400.0]])
    many = soret_composition_species(T, (300.0, [0.3, 0.7]), ratios)
    assert many[..., 0] == pytest.approx(soret_composition(T, (300.0, 0.3), 0.4), abs=1e-10)
    assert np.max(np.abs(many.sum(axis=-1) - 1)) < 1e-12


def test_helium_argon_separates_as_the_theory_says():
    """Helium, species 1, gathers at the hot plate; the local slope is -k_T."""
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), order=4)
    x = soret_composition(
        [290.0, 300.0, 310.0], (300.0, 0.5), lambda x, T: theory.at(T).thermal_diffusion_factor(x)
    )
    assert x[0] < 0.5 < x[2]
    slope = (x[2] - x[0]) / np.log(310.0 / 290.0)
    assert slope == pytest.approx(-theory.thermal_diffusion_ratio(0.5), rel=1e-3)


def test_ternary_separates_as_the_theory_says():
    theory = ChapmanEnskog(Mixture(["He", "Ne", "Ar"], "vss"), order=3)
    start = np.array([0.2, 0.3, 0.5])
    x = soret_composition_species(
        [297.0, 303.0], (300.0, start), lambda x, T: theory.at(T).thermal_diffusion_ratios(x)
    )
    slope = (x[1] - x[0]) / np.log(303.0 / 297.0)
    assert slope == pytest.approx(-theory.thermal_diffusion_ratios(start), rel=1e-3)
    assert np.max(np.abs(x.sum(axis=-1) - 1)) < 1e-10


@pytest.mark.parametrize("alpha", [0.5, -2.0])
def test_closed_vessel_keeps_its_moles(alpha):
    T = np.linspace(COLD, HOT, 201)
    x = soret_closed(T, 0.3, alpha)
    assert np.trapezoid(x / T) / np.trapezoid(1 / T) == pytest.approx(0.3, abs=1e-5)
    assert np.ptp(np.log(ratio(x)) + alpha * np.log(T)) < 1e-12
    same = soret_closed(T[::-1], 0.3, lambda x, T: alpha)
    assert same[::-1] == pytest.approx(x, abs=1e-9)


def test_two_bulbs_keep_their_moles_and_the_separation_factor():
    volumes, temperatures = (1e-3, 3e-4), (600.0, 290.0)
    x = soret_bulbs(volumes, temperatures, 0.2, -0.4)
    moles = np.array(volumes) / temperatures
    assert moles @ x / moles.sum() == pytest.approx(0.2, rel=1e-12)
    assert ratio(x[1]) / ratio(x[0]) == pytest.approx(separation_factor(*temperatures, -0.4), rel=1e-12)
    assert soret_bulbs(volumes, temperatures, 0.2, 0.0) == pytest.approx([0.2, 0.2], rel=1e-12)


# --- growth ------------------------------------------------------------------------------------------


def test_growth_ends_and_begins():
    tau = relaxation_time(0.02, 7e-5)
    assert tau == pytest.approx(4e-4 / (np.pi**2 * 7e-5), rel=1e-14)
    assert separation_growth(40 * tau, 0.02, 7e-5) == pytest.approx(1.0, abs=1e-15)
    late = 1 - separation_growth(np.array([4.0, 5.0]) * tau, 0.02, 7e-5)
    assert late[0] / late[1] == pytest.approx(np.e, rel=1e-12)
    assert separation_growth(1e-6 * tau, 0.02, 7e-5) == pytest.approx(4 * np.sqrt(1e-6 / np.pi**3), rel=1e-9)


def test_transient_profile_has_the_growth_of_its_ends():
    for t in (0.01, 0.1, 0.28, 0.29, 1.0, 10.0):  # either side of the switch between the sums
        x = soret_transient([0.0, 0.01, 0.02], t, 0.02, (300.0, 330.0), 0.4, 7e-5, 0.5)
        steady = 0.5 * 0.24 * np.log(1.1)
        assert (x[0] - x[2]) / steady == pytest.approx(separation_growth(t, 0.02, 7e-5), rel=1e-10)
        assert x[1] == pytest.approx(0.4, abs=1e-15)


def test_transient_joins_at_the_switch():
    z, edge = np.linspace(0, 0.02, 11), 0.05 * 4e-4 / 7e-5
    low, high = (
        soret_transient(z, edge * f, 0.02, (300.0, 330.0), 0.4, 7e-5, 0.5) for f in (1 - 1e-13, 1 + 1e-13)
    )
    assert low == pytest.approx(high, abs=1e-13)


def test_transient_is_what_a_grid_computes():
    """Finite volumes of dx/dt = d/dz D (dx/dz + S/L), closed ends."""
    cells, D, L, S = 100, 7e-5, 0.02, 0.24 * 0.5 * np.log(1.1)
    h = L / cells

    def rate(t, x):
        flux = np.zeros(cells + 1)
        flux[1:-1] = -D * (np.diff(x) / h + S / L)
        return -np.diff(flux) / h

    grid = solve_ivp(
        rate, (0, 0.5), np.full(cells, 0.4), method="LSODA", rtol=1e-9, atol=1e-12, lband=1, uband=1
    )
    exact = soret_transient((np.arange(cells) + 0.5) * h, 0.5, L, (300.0, 330.0), 0.4, D, 0.5)
    assert grid.y[:, -1] == pytest.approx(exact, abs=1e-4 * S)


def test_start_is_uniform():
    x = soret_transient([0.0, 0.01, 0.02], 0.0, 0.02, (300.0, 330.0), 0.4, 7e-5, 0.5)
    assert x == pytest.approx(0.4, abs=1e-15)


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="temperatures must be positive"):
        separation_factor(0.0, 300.0, 0.5)
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        soret_composition([300.0], (300.0, 1.5), 0.5)
    with pytest.raises(ValueError, match="odd number"):
        soret_closed(np.linspace(300, 310, 10), 0.5, 0.5)
    with pytest.raises(ValueError, match="mean fraction"):
        soret_closed(np.linspace(300, 310, 11), 1.0, 0.5)
    with pytest.raises(ValueError, match="between the plates"):
        soret_transient([0.03], 1.0, 0.02, (300.0, 330.0), 0.4, 7e-5, 0.5)
    with pytest.raises(ValueError, match="diffusion must be positive"):
        relaxation_time(0.02, -1.0)
    for alpha in (np.nan, lambda x, T: np.nan):
        with pytest.raises(ValueError, match="alpha_T must be finite"):
            soret_composition([300.0, 330.0], (300.0, 0.5), alpha)
    with pytest.raises(ValueError, match="alpha_T must be finite"):
        separation_factor(330.0, 300.0, np.nan)
    with pytest.raises(ValueError, match="time must be finite"):
        soret_transient([0.01], -1.0, 0.02, (300.0, 330.0), 0.4, 7e-5, 0.5)
