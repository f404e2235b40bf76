import doctest
import math

import pytest

from knudsen.core import units
from knudsen.core.units import ATMOSPHERE, AVOGADRO, BOLTZMANN, GAS_CONSTANT, ReducedUnits

ARGON = ReducedUnits(sigma=3.405e-10, epsilon_over_k=119.8, mass=6.6335e-26)


def test_constants_are_the_exact_ones_of_the_si():
    assert BOLTZMANN == 1.380649e-23
    assert AVOGADRO == 6.02214076e23
    assert pytest.approx(BOLTZMANN * AVOGADRO, rel=1e-15) == GAS_CONSTANT
    assert ATMOSPHERE == 101325


def test_argon_by_hand():
    epsilon = 119.8 * 1.380649e-23
    assert pytest.approx(epsilon) == ARGON.energy
    assert ARGON.time == pytest.approx(3.405e-10 * math.sqrt(6.6335e-26 / epsilon), rel=1e-14)
    assert ARGON.time == pytest.approx(2.156e-12, rel=1e-3)
    assert ARGON.pressure == pytest.approx(41.9e6, rel=1e-3)
    assert ARGON.viscosity == pytest.approx(math.sqrt(6.6335e-26 * epsilon) / 3.405e-10**2, rel=1e-14)


def test_units_are_consistent():
    assert ARGON.diffusivity == pytest.approx(ARGON.length**2 / ARGON.time, rel=1e-14)
    assert ARGON.energy == pytest.approx(ARGON.mass * ARGON.velocity**2, rel=1e-14)
    conduction = ARGON.energy / (ARGON.time * ARGON.length * ARGON.temperature)
    assert ARGON.thermal_conductivity == pytest.approx(conduction, rel=1e-14)


@pytest.mark.parametrize("name", ["sigma", "epsilon_over_k", "mass"])
@pytest.mark.parametrize("value", [0.0, -1.0, math.nan])
def test_sizes_must_be_positive(name, value):
    sizes = {"sigma": 1.0, "epsilon_over_k": 1.0, "mass": 1.0, name: value}
    with pytest.raises(ValueError, match=name):
        ReducedUnits(**sizes)


def test_the_docstring_example_runs():
    assert doctest.testmod(units).failed == 0
