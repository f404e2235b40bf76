"""The equation of state as theory and its error."""

import pytest

from knudsen.scenarios.lj_fluid.theory import Known, at_pressure, obstacle, state_theory


@pytest.mark.parametrize(
    ("temperature", "density", "pressure", "energy"),
    [(1.5, 0.3, 0.2248, -2.0812), (2.0, 0.5, 1.0752, -3.1525), (2.0, 0.8, 5.2906, -4.7521)],
)  # reference, printed to four places
def test_the_equation_of_state(temperature, density, pressure, energy):
    theory = state_theory(temperature, density)
    assert theory.pressure.value == pytest.approx(pressure, abs=5.01e-5)
    assert theory.energy.value == pytest.approx(energy, abs=5.01e-5)
    assert 0 < theory.energy.error < 3e-3 * abs(energy)
    assert 0 < theory.pressure.error < 1e-2 * pressure


def test_slopes_of_theory_are_its_derivatives():
    below, above = (state_theory(2.0 + shift, 0.5) for shift in (-1e-3, 1e-3))
    here = state_theory(2.0, 0.5)
    assert (above.energy.value - below.energy.value) / 2e-3 == pytest.approx(here.energy_slope, rel=1e-4)
    assert (above.pressure.value - below.pressure.value) / 2e-3 == pytest.approx(
        here.pressure_slope, rel=1e-4
    )


@pytest.mark.parametrize(  # NIST, simulated with rc = 3 and long-range corrections
    ("temperature", "density", "energy", "pressure"),
    [(0.85, 0.776, -5.5121, 0.0067714), (0.90, 0.86, -5.9753, 1.5781), (0.85, 0.003, -0.031019, 0.0024965)],
)
def test_simulations_are_within_the_errors_of_theory(temperature, density, energy, pressure):
    theory = state_theory(temperature, density)
    assert theory.energy.value == pytest.approx(energy, abs=2e-4 + 3 * theory.energy.error)
    assert theory.pressure.value == pytest.approx(pressure, abs=1e-6 + 3 * theory.pressure.error)


def test_a_pressure_has_its_density_and_the_errors_go_along():
    density, state = at_pressure(2.0, Known(1.0751638, 0.0), 0.45)
    assert density.value == pytest.approx(0.5, abs=1e-6)
    assert state.energy.value == pytest.approx(-3.1525, abs=5.01e-5)
    rough, _ = at_pressure(2.0, Known(1.0751638, 0.01), 0.45)
    assert rough.error == pytest.approx(0.01 * 0.5 * 0.4049, rel=0.1)


def test_a_stable_fluid_has_no_obstacle():
    assert [obstacle(*state) for state in ((0.722, 0.8442), (2.0, 0.3), (0.9, 0.01))] == ["", "", ""]
