"""Constant energy, constant pressure, other thermostats."""

import numpy as np
import pytest
from fluid_cases import SIGMAS, STATE, config

from knudsen.scenarios.lj_fluid import SCENARIO


def test_copies_are_measured_together_and_keep_the_energy(tmp_path):
    """Constant energy: theory is that of the measured temperature, and kinetic + potential energy is kept."""
    values = {**STATE, "density": 0.3, "ensemble": 3, "thermostat": "none", "steps": 10_000}
    checked = config(**values, sample_every=10, equilibration_steps=1000)
    simulation = SCENARIO.build(checked, "cpu")
    simulation.run(checked.steps)
    measured = SCENARIO.measure(checked, simulation.result())
    found = {estimate.name: estimate for estimate in measured.estimates}
    assert found["temperature"].theory is None
    for name in ("potential_energy", "pressure"):
        assert abs(found[name].deviation) < SIGMAS
    assert abs(found["conserved_drift"].deviation) < SIGMAS
    assert measured.arrays["potential_energy"].shape == (3, 1000)
    total = measured.arrays["potential_energy"] + measured.arrays["kinetic_energy"]
    late = measured.arrays["steps"] > 1000
    assert np.std(total[:, late], axis=1).max() < 1e-3 < np.std(total[:, ~late], axis=1).min()


def test_at_constant_pressure_the_density_is_that_of_the_equation_of_state():
    values = {**STATE, "density": 0.45, "pressure": 1.0752, "ensemble": 4, "steps": 8000}
    checked = config(**values, sample_every=10, relaxation_time=0.1, equilibration_steps=2000)
    simulation = SCENARIO.build(checked, "cpu")
    simulation.run(checked.steps)
    measured = SCENARIO.measure(checked, simulation.result())
    found = {estimate.name: estimate for estimate in measured.estimates}
    assert found["density"].theory == pytest.approx(0.5, abs=3e-3)
    assert {name: e.deviation for name, e in found.items() if e.gated and abs(e.deviation) > SIGMAS} == {}
    assert abs(found["density"].value - 0.45) > SIGMAS * found["density"].stderr
    assert found["potential_energy"].theory == pytest.approx(-3.1525, abs=0.02)
    assert len(measured.profiles[0].position) == 150


@pytest.mark.parametrize(("thermostat", "precision"), [("nose_hoover", "double"), ("langevin", "mixed")])
def test_other_thermostats_keep_the_temperature(thermostat, precision):
    values = {**STATE, "thermostat": thermostat, "precision": precision, "start": "fcc", "seed": 2}
    checked = config(**values, steps=2500, sample_every=10, equilibration_steps=1000)
    simulation = SCENARIO.build(checked, "cpu")
    simulation.run(checked.steps)
    thermo = simulation.result().thermo
    assert thermo.temperature[0, 50:].mean() == pytest.approx(2.0, rel=0.05)
    assert np.ptp(thermo.conserved[0] / 108) < 0.02 < np.ptp(thermo.potential[0] / 108)
