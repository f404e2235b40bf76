"""Collision numbers and vibrations of molecules: values by hand, and what is refused."""

import numpy as np
import pytest

from knudsen.core.gases import species
from knudsen.core.internal import Internal, LandauTeller, Parker, Vibration, collision_number


def test_parkers_number_of_nitrogen():
    """Z(91.5 K) = 18.1 / (1 + pi^1.5/2 + pi^2/4 + pi)."""
    number = species("N2").internal.rotational_number
    assert float(number.at(91.5)) == pytest.approx(18.1 / (1 + 2.784163998 + 2.467401100 + 3.141592654))
    assert float(number.at(300.0)) == pytest.approx(4.26, abs=0.01)
    assert float(number.at(1e12)) == pytest.approx(18.1, rel=1e-4)


def test_the_vibrational_number_of_nitrogen():
    """Bird 1994: some 5.2e4 collisions at theta = 3371 K."""
    number = species("N2").internal.vibrational_number
    assert float(number.at(3371.0)) == pytest.approx(5.26e4, rel=0.01)


@pytest.mark.parametrize("number", [5, 5.0, np.int64(5), np.float32(5)])
def test_a_number_is_constant(number):
    inside = Internal(2, number, (), number)
    np.testing.assert_array_equal(collision_number(inside.rotational_number, [100.0, 1000.0]), [5.0, 5.0])


def test_energy_of_oscillators():
    """g theta / (e - 1) at T = theta; g T - g theta / 2 far above."""
    mode = Vibration(1000.0, 3)
    assert float(mode.energy(1000.0)) == pytest.approx(3000 / (np.e - 1))
    assert float(mode.energy(1e6)) == pytest.approx(3e6 - 1500, rel=1e-6)
    assert float(mode.energy(1.0)) == 0.0


def test_methane_has_nine_vibrations_and_carbon_dioxide_four():
    for name, count, rotations in (("CH4", 9, 3), ("CO2", 4, 2), ("N2", 1, 2), ("O2", 1, 2), ("H2", 1, 2)):
        inside = species(name).internal
        assert sum(each.degeneracy for each in inside.vibrations) == count
        assert inside.rotations == rotations
    assert species("CO2").internal.vibrations[0].temperature == pytest.approx(959.7, abs=0.1)
    assert species("Ar").internal is None


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Internal(1), "rotations must be 0, 2 or 3"),
        (lambda: Internal(2, -5.0), "rotational_number must be a positive number"),
        (lambda: Internal(2, 5.0, (), float("nan")), "vibrational_number must be"),
        (lambda: Internal(2, "five"), "rotational_number must be"),
        (lambda: Parker(0.0, 90.0), "limit must be positive"),
        (lambda: LandauTeller(-1.0, 1.0, 1.0), "c_1 must be positive"),
        (lambda: LandauTeller(1.0, -1.0, 1.0), "must not be negative"),
        (lambda: Vibration(-1.0), "temperature must be positive"),
        (lambda: Vibration(1000.0, 0), "degeneracy must be"),
    ],
)
def test_what_is_no_molecule_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
