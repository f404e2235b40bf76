"""Temperatures of rotation and vibration from sums: by hand, and what is not there."""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.gas_fields import FIELD_QUANTITIES, gas_fields_of
from knudsen.analysis.internal_energy import INNER_QUANTITIES, vibrational_temperature
from knudsen.core.internal import Vibration

GROUPS = (Vibration(960.0, 2), Vibration(3380.0))
ROWS = np.array([(mode.degeneracy, BOLTZMANN * mode.temperature) for mode in GROUPS] + [(0.0, 0.0)])


def energy(temperature):
    return BOLTZMANN * sum(float(mode.energy(temperature)) for mode in GROUPS)


@pytest.mark.parametrize("temperature", [60.0, 300.0, 5000.0, 1e5])
def test_a_temperature_is_found_again(temperature):
    found = vibrational_temperature(np.array([energy(temperature)]), ROWS)
    assert found == pytest.approx(temperature, rel=1e-9)


def test_no_energy_is_no_temperature():
    found = vibrational_temperature(np.array([0.0, np.nan]), ROWS)
    assert found[0] == 0.0 and np.isnan(found[1])
    assert np.isnan(vibrational_temperature(np.array([1e-21]), np.zeros((2, 2))))


def test_fields_of_hand_made_sums():
    """One species at rest in the mean that carries its energy along x, and one without inner energy."""
    density, thermal = 2e25, BOLTZMANN * 400.0
    mass = np.array([5e-26, 6e-26])
    sums = np.zeros((1, 2, 18))
    sums[0, :, 0] = density
    sums[0, :, 1] = 10.0 * density
    sums[0, :, 4:7] = density * (thermal / mass[:, None] + np.array([100.0, 0.0, 0.0]))
    sums[0, 0, 13:] = density * np.array([1.5 * thermal, energy(700.0), 3.0, 2.0, 0.0])
    modes = np.zeros((2, 4, 2))
    modes[0, 0], modes[0, 1:] = (1.5, 1.0), ROWS
    fields = gas_fields_of(sums, mass, modes)
    assert set(fields) == set(FIELD_QUANTITIES) | set(INNER_QUANTITIES)
    assert fields["rotational_temperature"][0, 0] == pytest.approx(400.0)
    assert fields["vibrational_temperature"][0, 0] == pytest.approx(700.0)
    assert np.isnan(fields["rotational_temperature"][0, 1])
    held = density * (1.5 * thermal + energy(700.0))
    assert fields["internal_energy_density"][0] == pytest.approx(held)
    expected = density * np.array([3.0, 2.0, 0.0]) - np.array([10.0, 0.0, 0.0]) * held
    np.testing.assert_allclose(fields["internal_heat_flux"][0], expected)
    assert fields["species_temperature"][0, 0] == pytest.approx(400.0)
