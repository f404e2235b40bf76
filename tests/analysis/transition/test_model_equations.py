"""BGK and Shakhov operators: what collisions keep, what they relax, and how fast."""

import numpy as np
import pytest

from knudsen.analysis.transition.model_equations import relaxing_gas


@pytest.mark.parametrize("prandtl", [1.0, 2 / 3, 0.6607])
def test_invariants_and_rates(prandtl):
    gas = relaxing_gas(prandtl)
    shear, normal = gas.shear, gas.normal
    assert shear.even @ gas.velocity == pytest.approx(0, abs=1e-14)
    assert shear.even @ gas.heat_flow == pytest.approx(prandtl * gas.heat_flow, abs=1e-12)
    assert normal.even @ gas.density == pytest.approx(0, abs=1e-14)
    assert normal.even @ gas.energy == pytest.approx(0, abs=1e-12)
    momentum, heat = normal.speed * gas.density, normal.speed * (gas.energy - gas.density)
    assert normal.odd @ momentum == pytest.approx(0, abs=1e-14)
    assert normal.odd @ heat == pytest.approx(prandtl * heat, abs=1e-9)
    stress = shear.speed * gas.velocity
    assert shear.odd @ stress == pytest.approx(stress, abs=1e-14)  # the rate that makes mu v0/p the unit


def test_norms_of_the_moments():
    """<c_z^2> = 1/2, <c_z^2 (c^2 - 5/2)^2> = 5/4, <1> = 1, <(c^2 - 3/2)^2> = 3/2, <(c_x c_z)^2> = 1/4."""
    gas = relaxing_gas()
    assert gas.shear.mean(gas.velocity, gas.velocity) == pytest.approx(1 / 2, rel=1e-9)
    assert gas.shear.mean(gas.heat_flow, gas.heat_flow) == pytest.approx(5 / 4, rel=1e-9)
    assert gas.normal.mean(gas.density, gas.density) == pytest.approx(1, rel=1e-9)
    assert gas.normal.mean(gas.energy, gas.energy) == pytest.approx(3 / 2, rel=1e-9)
    stress = gas.shear.speed * gas.velocity
    assert gas.shear.mean(stress, stress) == pytest.approx(1 / 4, rel=1e-9)


@pytest.mark.parametrize("prandtl", [0.0, -1.0, 2.0, np.nan])
def test_bad_input(prandtl):
    with pytest.raises(ValueError, match="Prandtl number must lie in"):
        relaxing_gas(prandtl)
