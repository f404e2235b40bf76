"""Modified Enskog theory: its dilute limit, its algebra, and how far it is from simulations."""

import pytest

from knudsen.analysis.dense.enskog import RevisedEnskog
from knudsen.analysis.dense.lennard_jones import LennardJonesFluid
from knudsen.analysis.dense.modified_enskog import CONDUCTIVITY_CONSTANT, VISCOSITY_CONSTANT, ModifiedEnskog
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture


@pytest.mark.parametrize("temperature", [0.8, 1.5, 5.0])
def test_dilute_limit_is_chapman_enskog(temperature):
    density = 1e-6
    fluid = ModifiedEnskog(LennardJonesFluid(temperature, density))
    dilute = fluid.dilute
    assert fluid.contact_value == pytest.approx(1, abs=5e-3)  # the equation of state's own B2 is not exact
    assert fluid.self_diffusion * density == pytest.approx(dilute.diffusion / fluid.contact_value, rel=1e-12)
    assert fluid.viscosity * fluid.contact_value == pytest.approx(dilute.viscosity, rel=1e-5)
    assert fluid.thermal_conductivity * fluid.contact_value == pytest.approx(dilute.conductivity, rel=1e-5)


def test_gas_without_density_keeps_its_contact_value():
    """The collisions' share of the pressure is no difference of two ones: 1e-15 holds what 1e-6 does."""
    thick, thin = (ModifiedEnskog(LennardJonesFluid(1.5, density)) for density in (1e-6, 1e-15))
    assert thin.contact_value == pytest.approx(thick.contact_value, rel=1e-5)


def test_liquid_near_its_triple_point_is_beyond_it():
    """Diffusion of molecular dynamics 0.033 (Levesque, Verlet, 1970), conductivity 6.95 (Viscardy, 2007)."""
    fluid = ModifiedEnskog(LennardJonesFluid(0.722, 0.8442))
    assert 3 < fluid.self_diffusion / 0.033 < 4
    assert fluid.thermal_conductivity / 6.95 == pytest.approx(1.6, abs=0.05)


def test_dilute_coefficients_have_the_collision_integrals():
    """First order: mu* = (5/16) sqrt(T/pi)/Omega22, rho D* = (3/8) sqrt(T/pi)/Omega11, at T* = 1."""
    dilute = ModifiedEnskog(LennardJonesFluid(1.0, 1e-3)).dilute
    thermal = (1.0 / 3.141592653589793) ** 0.5
    assert dilute.viscosity == pytest.approx(5 / 16 * thermal / 1.593168962, rel=2e-3)
    assert dilute.diffusion == pytest.approx(3 / 8 * thermal / 1.439797671, rel=2e-3)
    assert dilute.conductivity / dilute.viscosity == pytest.approx(15 / 4, rel=2e-3)


def test_constants_are_those_of_hard_spheres():
    """The same formulas with the hard-sphere chi and b rho give revised Enskog theory of one species."""
    argon = Mixture(["Ar"], "hs")
    theory, dilute = RevisedEnskog(argon), ChapmanEnskog(argon)
    n = theory.fluid.number_densities([1.0], 0.3)
    chi, transfer = theory.fluid.contact_values(n)[0, 0], theory.fluid.compressibility_factor(n) - 1
    shear = (1 + 0.8 * transfer + VISCOSITY_CONSTANT * transfer**2) / chi
    heat = (1 + 1.2 * transfer + CONDUCTIVITY_CONSTANT * transfer**2) / chi
    assert theory.viscosity(n) == pytest.approx(dilute.viscosity([1.0]) * shear, rel=1e-11)
    assert theory.thermal_conductivity(n) == pytest.approx(
        dilute.thermal_conductivity([1.0]) * heat, rel=1e-11
    )


@pytest.mark.parametrize(
    "temperature, density, name, simulated, within",
    [  # reference: this project's lj_fluid table, Chaparro and Mueller (2023), Meier (2004)
        (1.5, 0.6, "self_diffusion", 0.2456, 0.1),
        (1.5, 0.6, "viscosity", 0.845, 0.12),
        (1.5, 0.6, "thermal_conductivity", 3.47, 0.1),
        (0.722, 0.8442, "viscosity", 3.25, 0.2),
    ],
)
def test_simulations_are_within_its_error(temperature, density, name, simulated, within):
    fluid = ModifiedEnskog(LennardJonesFluid(temperature, density))
    assert getattr(fluid, name) == pytest.approx(simulated, rel=within)
    assert getattr(fluid, name) != pytest.approx(simulated, rel=0.03)  # no reference to gate by
