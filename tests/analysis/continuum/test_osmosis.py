"""Osmotic pressures against each other's expansions and Gibbs-Duhem; membranes against their dissipation."""

from math import log, pi

import numpy as np
import pytest
from scipy.constants import N_A, R
from scipy.constants import k as BOLTZMANN
from scipy.integrate import quad

from knudsen.analysis.continuum.osmosis import (
    Membrane,
    activity_pressure,
    flory_huggins_pressure,
    hard_sphere_log_activity_coefficient,
    hard_sphere_pressure,
    hard_sphere_virial,
    ideal_solution_pressure,
    log_mean,
    solvent_potential,
    vant_hoff_pressure,
    virial_pressure,
)

T, V1 = 298.15, 1.8e-5


def test_ideal_solution_and_its_dilute_limit():
    assert ideal_solution_pressure(0.3, V1, T) == pytest.approx(-R * T / V1 * log(0.7), rel=1e-13)
    x = 1e-8
    dilute = vant_hoff_pressure(x / V1, T)
    assert ideal_solution_pressure(x, V1, T) == pytest.approx(dilute * (1 + x / 2), rel=1e-14)
    assert ideal_solution_pressure(0.3, V1, T) > 1.15 * vant_hoff_pressure(0.3 / V1, T)
    assert activity_pressure(0.7, V1, T) == pytest.approx(ideal_solution_pressure(0.3, V1, T), rel=1e-13)


@pytest.mark.parametrize("x", [1e-6, 0.1, 0.8])
def test_chemical_potential_of_the_solvent_is_balanced(x):
    """mu_1: the mixing term R T ln(1 - x) and Pi V_1 cancel."""
    pressure = ideal_solution_pressure(x, V1, T)
    assert solvent_potential(pressure, V1) == pytest.approx(R * T * np.log1p(-x), rel=1e-12)


def test_virial_series():
    assert virial_pressure(50.0, (), T) == pytest.approx(vant_hoff_pressure(50.0, T), rel=1e-15)
    series = virial_pressure(50.0, (2e-3, 3e-6), T)
    assert series == pytest.approx(50 * R * T * (1 + 2e-3 * 50 + 3e-6 * 2500), rel=1e-14)


def test_hard_spheres_expand_in_their_virials():
    """Carnahan-Starling: Z = 1 + 4 phi + 10 phi^2 + 18 phi^3 + 28 phi^4 + ..."""
    d = 5e-9
    for phi, rel in ((1e-5, 1e-13), (1e-2, 5e-9)):
        n = 6 * phi / (pi * d**3)
        compressibility = hard_sphere_pressure(n, d, T) / (n * BOLTZMANN * T)
        series = 1 + 4 * phi + 10 * phi**2 + 18 * phi**3 + 28 * phi**4
        assert compressibility == pytest.approx(series, rel=rel)
    n = 6e-5 / (pi * d**3)
    molar = virial_pressure(n / N_A, (hard_sphere_virial(d),), T)
    assert hard_sphere_pressure(n, d, T) == pytest.approx(molar, rel=2e-9)


@pytest.mark.parametrize("phi", [0.05, 0.2, 0.45])
def test_hard_spheres_obey_gibbs_duhem(phi):
    """n dmu_2 = dPi: ln gamma = int (dPi/dn / kT - 1) dn / n = Z - 1 + int (Z - 1) dn / n."""
    d = 1.0
    n = 6 * phi / pi

    def excess(m):
        return hard_sphere_pressure(m, d, T) / (m * BOLTZMANN * T) - 1

    expected = excess(n) + quad(lambda m: excess(m) / m, 1e-12, n)[0]
    assert hard_sphere_log_activity_coefficient(n, d) == pytest.approx(expected, rel=1e-9)


def test_flory_huggins():
    assert flory_huggins_pressure(0.3, 1.0, 0.0, V1, T) == pytest.approx(
        ideal_solution_pressure(0.3, V1, T), rel=1e-13
    )
    phi, N, chi = 1e-3, 500.0, 0.4
    series = R * T / V1 * (phi / N + (0.5 - chi) * phi**2 + phi**3 / 3 + phi**4 / 4)
    assert flory_huggins_pressure(phi, N, chi, V1, T) == pytest.approx(series, rel=1e-10)
    theta = flory_huggins_pressure(1e-4, N, 0.5, V1, T)
    assert theta == pytest.approx(vant_hoff_pressure(1e-4 / (N * V1), T), rel=2e-6)  # van 't Hoff at theta


# --- membranes --------------------------------------------------------------------------------------


def test_direction_of_osmosis():
    membrane = Membrane(1e-12, 0.9, 1e-10)
    assert membrane.volume_flux(0.0, 1e5) == pytest.approx(-1e-12 * 0.9e5, rel=1e-14)  # to the strong side
    assert membrane.volume_flux(0.0, -1e5) > 0
    assert membrane.stopping_pressure(1e5) == pytest.approx(0.9e5)
    assert membrane.volume_flux(membrane.stopping_pressure(1e5), 1e5) == 0
    assert membrane.volume_flux(2e5, 1e5) > 0  # reverse osmosis


def test_reflection_limits():
    """sigma = 1, omega = 0 passes solvent only; sigma = 0 carries the solute with the flow."""
    tight = Membrane(1e-12, 1.0)
    assert tight.solute_flux(5e5, 1e5, 40.0) == 0
    open_ = Membrane(1e-12, 0.0)
    assert open_.solute_flux(5e5, 1e5, 40.0) == pytest.approx(40 * 1e-12 * 5e5, rel=1e-14)
    assert open_.volume_flux(0.0, 1e5) == 0  # no osmosis without selection


@pytest.mark.parametrize("pressure, osmotic", [(0.0, 1e5), (2e5, 1e5), (0.95e5, 1e5), (1e5, -3e5)])
def test_dissipation_is_a_sum_of_squares(pressure, osmotic):
    membrane, c = Membrane(1e-12, 0.9, 1e-10), 40.0
    squares = 1e-12 * (pressure - 0.9 * osmotic) ** 2 + 1e-10 * osmotic**2 / c
    assert membrane.dissipation(pressure, osmotic, c) == pytest.approx(squares, rel=1e-12)
    assert squares > 0


def test_log_mean():
    assert log_mean(3.0, 3.0) == 3.0
    assert log_mean(3.0, 0.0) == 0.0
    assert [log_mean(3.0, 1.0), log_mean(1.0, 3.0)] == pytest.approx([2 / log(3)] * 2, rel=1e-14)
    assert log_mean(1.0, 1 + 1e-9) == pytest.approx(1 + 5e-10, rel=1e-12)
    drop = vant_hoff_pressure(3.0, T) - vant_hoff_pressure(1.0, T)
    assert drop / log_mean(3.0, 1.0) == pytest.approx(R * T * log(3), rel=1e-13)  # dPi / c = d mu_2


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: vant_hoff_pressure(-1.0, T), "concentration"),
        (lambda: vant_hoff_pressure(1.0, 0.0), "temperature"),
        (lambda: ideal_solution_pressure(1.0, V1, T), "solute fraction"),
        (lambda: activity_pressure(1.1, V1, T), "activity"),
        (lambda: hard_sphere_pressure(6 / pi * 0.5, 1.0, T), "freeze"),
        (lambda: hard_sphere_virial(0.0), "diameter"),
        (lambda: flory_huggins_pressure(1.0, 10.0, 0.0, V1, T), "volume fraction"),
        (lambda: flory_huggins_pressure(0.1, 0.0, 0.0, V1, T), "segments"),
        (lambda: solvent_potential(1e5, 0.0), "solvent volume"),
        (lambda: solvent_potential(float("nan"), V1), "osmotic pressure"),
        (lambda: virial_pressure(1.0, (float("nan"),), T), "virial coefficients"),
        (lambda: flory_huggins_pressure(0.1, 10.0, float("nan"), V1, T), "chi"),
        (lambda: Membrane(1.0, 0.5).volume_flux(float("nan"), 0.0), "pressures"),
        (lambda: Membrane(1.0, 0.5).solute_flux(1.0, 0.0, -1.0), "concentration"),
        (lambda: log_mean(-1.0, 1.0), "concentration"),
        (lambda: Membrane(-1.0, 0.5), "hydraulic"),
        (lambda: Membrane(1.0, 1.5), "reflection"),
        (lambda: Membrane(1.0, 0.5).dissipation(1.0, 1.0, 0.0), "mean concentration"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
