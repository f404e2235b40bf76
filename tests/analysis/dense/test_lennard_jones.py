"""The Lennard-Jones fluid against the reference table, the virial series and thermodynamic identities.

"reference": this project's lj_fluid table.  Its `eos` rows are Thol et al.'s equation; its coexistence row is
Stephan et al.'s correlation of simulation data, from which the equation's own vapour is 0.8 % off.
"""

from math import gamma, pi

import numpy as np
import pytest
import teqp

from knudsen.analysis.dense.lennard_jones import (
    CRITICAL_TEMPERATURE,
    LennardJonesFluid,
    freezing_density,
    saturation,
    saturation_correlated,
)
from knudsen.analysis.dense.virial import covolume, second_virial

STATES = [(1.5, 0.3), (2.0, 0.5), (2.0, 0.8), (0.75, 0.84), (0.9, 0.01), (6.0, 0.9)]


@pytest.mark.parametrize(
    "temperature, density, pressure, energy, potential",
    [  # reference, printed to four places
        (1.5, 0.3, 0.2248, -2.0812, -1.6997),
        (2.0, 0.5, 1.0752, -3.1525, -0.5563),
        (2.0, 0.8, 5.2906, -4.7521, 4.6845),
    ],
)
def test_states_of_the_equation(temperature, density, pressure, energy, potential):
    state = LennardJonesFluid(temperature, density)
    assert state.pressure == pytest.approx(pressure, abs=5.01e-5)
    assert state.residual_energy == pytest.approx(energy, abs=5.01e-5)
    assert state.residual_chemical_potential == pytest.approx(potential, abs=5.01e-5)


def test_kolafa_and_nezbedas_equation_would_be_seen():
    other = teqp.make_model({"kind": "LJ126_KolafaNezbeda1994", "model": {}})
    for temperature, density in [(1.5, 0.3), (2.0, 0.5), (2.0, 0.8)]:
        energy = temperature * other.get_Ar10(temperature, density, np.array([1.0]))
        ours = LennardJonesFluid(temperature, density).residual_energy
        assert 5e-4 < abs(energy - ours) < 1e-2  # another equation, near but not equal


@pytest.mark.parametrize(
    "temperature, density, energy, pressure, energy_error, pressure_error",
    [  # reference: simulations of NIST, rc = 3 with long-range corrections
        (0.85, 0.776, -5.5121, 0.0067714, 4e-3, 4e-3),
        (0.90, 0.86, -5.9753, 1.5781, 4e-3, 4e-3),
        (0.85, 0.003, -0.031019, 0.0024965, 2e-4, 2e-6),
    ],
)
def test_simulations(temperature, density, energy, pressure, energy_error, pressure_error):
    state = LennardJonesFluid(temperature, density)
    assert state.residual_energy == pytest.approx(energy, abs=energy_error)
    assert state.pressure == pytest.approx(pressure, abs=pressure_error)


# --- coexistence ------------------------------------------------------------------------------------


def test_coexistence_row():
    at = saturation_correlated(0.9)  # reference
    assert at.liquid == pytest.approx(0.7527, abs=5.01e-5)
    assert at.vapour == pytest.approx(0.01434, abs=5.01e-6)
    assert at.pressure == pytest.approx(saturation(0.9).pressure, rel=5e-3)


@pytest.mark.parametrize("temperature", [0.661, 0.7, 0.9, 1.1, 1.3, 1.315])
def test_saturated_phases_share_pressure_and_potential(temperature):
    at = saturation(temperature)
    vapour, liquid = (LennardJonesFluid(temperature, rho) for rho in (at.vapour, at.liquid))
    assert vapour.pressure == pytest.approx(liquid.pressure, abs=1e-9)
    assert vapour.pressure == pytest.approx(at.pressure, rel=1e-12)
    potentials = [
        state.residual_chemical_potential + temperature * np.log(state.density) for state in (vapour, liquid)
    ]
    assert potentials[0] == pytest.approx(potentials[1], rel=1e-9)
    if 0.69 < temperature <= 1.1:
        correlated = saturation_correlated(temperature)
        assert at.liquid == pytest.approx(correlated.liquid, rel=3e-3)
        assert at.vapour == pytest.approx(correlated.vapour, rel=1.1e-2)


def test_metastable_states_next_to_the_phases_are_let_in():
    at = saturation(0.9)
    assert LennardJonesFluid(0.9, 1.1 * at.vapour).pressure > at.pressure
    assert LennardJonesFluid(0.9, 0.98 * at.liquid).pressure < at.pressure


def test_saturation_obeys_clapeyron():
    T, step = 1.0, 1e-4
    slope = (saturation(T + step).pressure - saturation(T - step).pressure) / (2 * step)
    at = saturation(T)
    vapour, liquid = LennardJonesFluid(T, at.vapour), LennardJonesFluid(T, at.liquid)
    heat = vapour.residual_energy - liquid.residual_energy + at.pressure * (1 / at.vapour - 1 / at.liquid)
    assert slope == pytest.approx(heat / (T * (1 / at.vapour - 1 / at.liquid)), rel=1e-6)


# --- low density ------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature", [0.05, 0.5, 1.0, 3.417928, 20.0, 1e12])
def test_second_virial_is_the_series_of_gamma_functions(temperature):
    """B2 = -(2 pi/3) sum_j 2^(j+1/2) Gamma((2j-1)/4) / (4 j!) T^-(2j+1)/4 (Hirschfelder et al., 1954)."""
    term, total = 1.0, 0.0
    for j in range(170):
        total -= 2**0.5 / 4 * term * gamma((2 * j - 1) / 4) * temperature ** (-(2 * j + 1) / 4)
        term *= 2 / (j + 1)
    assert second_virial(temperature) == pytest.approx(2 * pi / 3 * total, rel=1e-11, abs=1e-15)


def test_second_virial_vanishes_at_the_boyle_temperature():
    assert second_virial(3.417928) == pytest.approx(0, abs=1e-6)
    assert second_virial([1.0, 2.0]).shape == (2,)


@pytest.mark.parametrize("temperature", [0.7, 1.5, 10.0])
def test_covolume_is_the_temperature_slope_of_the_virial(temperature):
    h = 1e-4 * temperature
    slope = (second_virial(temperature + h) - second_virial(temperature - h)) / (2 * h)
    assert covolume(temperature) == pytest.approx(second_virial(temperature) + temperature * slope, rel=1e-6)


@pytest.mark.parametrize("temperature", [0.7, 1.0, 2.0, 5.0, 9.0])
def test_equation_of_state_has_the_potentials_second_virial(temperature):
    density = 1e-6
    slope = (LennardJonesFluid(temperature, density).compressibility_factor - 1) / density
    assert slope == pytest.approx(second_virial(temperature), abs=0.01)


# --- identities -------------------------------------------------------------------------------------


@pytest.mark.parametrize("temperature, density", STATES)
def test_derivatives_agree_with_differences(temperature, density):
    def at(T, rho):
        return LennardJonesFluid(T, rho)

    h, state = 1e-5, at(temperature, density)
    up, down = at(temperature, density * (1 + h)), at(temperature, density * (1 - h))
    slope = (up.pressure - down.pressure) / (2 * h * density)
    assert state.thermodynamic_factor == pytest.approx(slope / temperature, rel=1e-6)
    assert state.isothermal_compressibility == pytest.approx(1 / (density * slope), rel=1e-6)
    fugacity = (up.residual_chemical_potential - down.residual_chemical_potential) / (2 * h * temperature) + 1
    assert state.thermodynamic_factor == pytest.approx(fugacity, rel=1e-6)
    hot, cold = at(temperature * (1 + h), density), at(temperature * (1 - h), density)
    heating = (hot.residual_energy - cold.residual_energy) / (2 * h * temperature)
    assert state.heat_capacity_volume == pytest.approx(1.5 + heating, rel=1e-6)
    tension = (hot.pressure - cold.pressure) / (2 * h * temperature)  # (dp/dT)_rho
    assert state.thermal_pressure_coefficient == pytest.approx(tension, rel=1e-6)
    gap = temperature * tension**2 / (density**2 * slope)
    assert state.heat_capacity_pressure - state.heat_capacity_volume == pytest.approx(gap, rel=1e-6)


@pytest.mark.parametrize("temperature, density", STATES)
def test_energy_entropy_and_potential_close(temperature, density):
    state = LennardJonesFluid(temperature, density)
    helmholtz = state.residual_energy - temperature * state.residual_entropy
    gibbs = helmholtz + state.pressure / density - temperature
    assert state.residual_chemical_potential == pytest.approx(gibbs, rel=1e-12)


def test_freezing_lines_meet_the_known_points():
    assert freezing_density(0.694) == pytest.approx(saturation(0.694).liquid, rel=5e-3)  # the triple point
    assert freezing_density(2.74) == pytest.approx(1.113, rel=0.01)  # Hansen and Verlet (1969)


# --- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "temperature, density, message",
    [
        (0.6, 0.8, "outside the equation of state's 0.661 .. 9.24"),
        (10.0, 0.1, "outside the equation of state"),
        (np.nan, 0.1, "temperature must be positive and finite"),
        (1.0, -0.1, "density must be positive"),
        (1.0, 1.0, "is a solid: the fluid ends at 0.919"),
        (0.68, 0.86, "is a solid: the fluid ends at 0.851"),
        (1.0, 0.3, "unstable and parts into gas of 0.02945 and liquid of 0.70182"),
        (0.7, 0.58, "unstable"),
        (1.3, 0.3, "unstable"),
        (1.317, 0.31, "unstable and parts into gas and liquid near the critical point"),
        ([1.0, 1.5], 0.3, "temperature must be one number"),
        (1.5, [0.1, 0.2], "density must be one number"),
        (9.0, 1.1, "p\\* = .* above the equation of state's 65"),
    ],
)
def test_states_outside_the_limits_are_refused(temperature, density, message):
    with pytest.raises(ValueError, match=message):
        LennardJonesFluid(temperature, density)


@pytest.mark.parametrize(
    "call, argument",
    [
        (saturation, CRITICAL_TEMPERATURE),
        (saturation_correlated, 0.6),
        (freezing_density, 0.5),
        (saturation, np.nan),
        (second_virial, 0.0),
        (second_virial, [1.0, 0.04]),
        (covolume, 1e13),
    ],
)
def test_temperatures_outside_the_limits_are_refused(call, argument):
    with pytest.raises(ValueError, match=r"outside|positive"):
        call(argument)
