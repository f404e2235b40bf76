"""Soret and Dufour coefficients: signs of He-Ar and Ar-He, conversions, Chapman-Enskog, liquids."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.irreversible.frames import Fluxes, Medium
from knudsen.analysis.irreversible.onsager import onsager_matrix
from knudsen.analysis.irreversible.soret_dufour import ThermalDiffusion
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

T, P = 300.0, 101325.0


def theory_of(*names):
    return ChapmanEnskog(Mixture(names, "vss"), T, order=8)


HELIUM_ARGON = ThermalDiffusion.of(theory_of("He", "Ar"), 0.3, P)
ARGON_HELIUM = ThermalDiffusion.of(theory_of("Ar", "He"), 0.7, P)
LIQUID = ThermalDiffusion(0.4, 298.0, 1.2e4, (0.046, 0.018), 4e-10, 1.7, thermodynamic_factor=0.4)
COEFFICIENTS = ("ratio", "soret", "thermal_diffusion_coefficient", "heat_of_transport", "dufour")


def test_signs_of_helium_and_argon():
    # helium, the light one, goes to the hot side; Dufour heat runs against it, up the gradient of helium
    for name in (*COEFFICIENTS, "soret_flux_coefficient", "mass_thermal_diffusion"):
        assert getattr(HELIUM_ARGON, name) < 0 < getattr(ARGON_HELIUM, name), name
    assert HELIUM_ARGON.molar_flux(0.0, 1e4) > 0 > ARGON_HELIUM.molar_flux(0.0, 1e4)
    helium_rich_ahead, conductivity = 100.0, 0.05
    assert HELIUM_ARGON.heat_flux(helium_rich_ahead, 0.0, conductivity) > 0
    assert ARGON_HELIUM.heat_flux(-helium_rich_ahead, 0.0, conductivity) > 0


@pytest.mark.parametrize("name", [*COEFFICIENTS, "soret_flux_coefficient", "mass_thermal_diffusion"])
def test_the_order_of_names_changes_the_sign_only(name):
    assert getattr(HELIUM_ARGON, name) == pytest.approx(-getattr(ARGON_HELIUM, name), rel=1e-9)
    assert getattr(HELIUM_ARGON.swapped(), name) == pytest.approx(-getattr(HELIUM_ARGON, name), rel=1e-12)


def test_ideal_gas_by_hand():
    gas = ThermalDiffusion(0.25, 400.0, 30.0, (0.04, 0.004), 1e-4, 0.2)
    assert gas.ratio == pytest.approx(0.0375)
    assert gas.soret == pytest.approx(5e-4)
    assert gas.thermal_diffusion_coefficient == pytest.approx(5e-8)
    assert gas.soret_flux_coefficient == pytest.approx(30 * 0.1875 * 5e-8)
    assert gas.heat_of_transport == pytest.approx(GAS_CONSTANT * 80.0)
    assert gas.dufour == pytest.approx(30 * GAS_CONSTANT * 400 * 0.2 * 1e-4)  # p alpha_T D
    assert gas.mass_thermal_diffusion == pytest.approx(0.04 * 0.004 / 0.013 * 30 * 1e-4 * 0.0375)
    assert gas.molar_flux(2.0, 100.0) == pytest.approx(-30 * 1e-4 * (2.0 + 0.0375 * 100.0 / 400.0))
    excess = 30 * GAS_CONSTANT * 0.1875 * 1e-4 * 0.2**2  # n k x1 x2 D alpha_T^2
    assert gas.conductivity_excess() == pytest.approx(excess)


@pytest.mark.parametrize("state", [HELIUM_ARGON, LIQUID], ids=["gas", "liquid"])
def test_each_form_gives_the_others(state):
    blank = state.with_soret(0.0)
    for again in (
        blank.with_soret(state.soret),
        blank.with_thermal_diffusion_coefficient(state.thermal_diffusion_coefficient),
        blank.with_heat_of_transport(state.heat_of_transport),
        blank.with_dufour(state.dufour),
    ):
        assert again.factor == pytest.approx(state.factor, rel=1e-14)
        for name in COEFFICIENTS:
            assert getattr(again, name) == pytest.approx(getattr(state, name), rel=1e-13)


def test_chapman_enskog_gives_the_heat_of_transport_by_dufours_route_too():
    L = onsager_matrix(theory_of("He", "Ar"), [0.3, 0.7], P)
    masses = np.array([s.molar_mass for s in theory_of("He", "Ar").mixture.species])
    per_mass = L.qc[0] / L.cc[0, 0]  # J/kg of j_1; j_1 = (M_1 M_2 / M) J*_1
    per_mole = per_mass * masses.prod() / ([0.3, 0.7] @ masses)
    assert HELIUM_ARGON.heat_of_transport == pytest.approx(per_mole, rel=1e-9)


def test_conductivities_differ_by_the_excess():
    theory = theory_of("He", "Ar")
    difference = theory.thermal_conductivity_uniform([0.3, 0.7]) - theory.thermal_conductivity([0.3, 0.7])
    assert HELIUM_ARGON.conductivity_excess() == pytest.approx(difference, rel=1e-9)
    alone = (P / T) * 0.21 * HELIUM_ARGON.diffusion * HELIUM_ARGON.factor**2
    assert HELIUM_ARGON.conductivity_excess() == pytest.approx(alone, rel=1e-9)


def test_mass_forms_describe_the_same_flux():
    slope, gradient, state = 40.0, 2e4, HELIUM_ARGON
    medium = Medium.ideal_gas([0.3, 0.7], P / (GAS_CONSTANT * T), state.molar_masses)
    J = float(state.molar_flux(slope, gradient))
    j = Fluxes.from_diffusive(medium, [J, -J], "molar").relative_to("mass", "mass")[0]
    rho, (w1, w2) = medium.mass_density, medium.mass_fractions
    mean_mass = rho / medium.molar_concentration
    ordinary = -rho * state.diffusion * np.prod(state.molar_masses) / mean_mass**2 * slope
    thermal = rho * w1 * w2 * state.thermal_diffusion_coefficient * gradient
    assert j == pytest.approx(ordinary - thermal, rel=1e-12)
    assert j == pytest.approx(ordinary - state.mass_thermal_diffusion * gradient / T, rel=1e-12)


def test_thermodynamic_factor_scales_the_dufour_side_only():
    ideal = ThermalDiffusion(0.4, 298.0, 1.2e4, (0.046, 0.018), 4e-10, 1.7)
    assert LIQUID.soret == ideal.soret and LIQUID.soret_flux_coefficient == ideal.soret_flux_coefficient
    assert LIQUID.dufour == pytest.approx(0.4 * ideal.dufour)
    assert LIQUID.heat_of_transport == pytest.approx(0.4 * ideal.heat_of_transport)
    diffusivity, ratio = LIQUID.maxwell_stefan
    assert diffusivity == pytest.approx(1e-9) and ratio == pytest.approx(0.4 * 1.7 * 0.24)


def test_entropy_production_is_one_form_of_both_effects():
    # sigma = -q' grad T / T^2 - J*_1 grad(mu_1 - mu_2) / T, grad(mu_1 - mu_2) = RT Gamma grad x1 / (x1 x2):
    # by reciprocity the thermal part of J*_1 and the Dufour part of q' add the same.
    slope, gradient = 30.0, 5e3
    force = GAS_CONSTANT * LIQUID.thermodynamic_factor * slope / (LIQUID.x1 * (1 - LIQUID.x1))
    soret = LIQUID.soret_flux_coefficient * gradient * force
    dufour = LIQUID.dufour * slope * gradient / LIQUID.temperature**2
    assert soret == pytest.approx(dufour, rel=1e-13)


def test_states_along_a_slab_are_one_call():
    x = np.linspace(0.1, 0.9, 5)
    batch = ThermalDiffusion.of(theory_of("He", "Ar"), x, P)
    assert batch.soret.shape == batch.dufour.shape == (5,)
    assert batch.dufour[1] == pytest.approx(HELIUM_ARGON.dufour, rel=1e-11)


@pytest.mark.parametrize(
    "changed, message",
    [
        ({"x1": 1.2}, r"x1 must lie in \[0, 1\]"),
        ({"temperature": 0.0}, "temperature must be positive"),
        ({"diffusion": -1e-5}, "diffusion must be positive"),
        ({"thermodynamic_factor": -0.1}, "unstable"),
        ({"molar_masses": (0.04, 0.004, 0.02)}, "needs two"),
        ({"factor": np.nan}, "alpha_T must be finite"),
        ({"molar_masses": 0.04}, "needs two"),
        ({"x1": [0.1, 0.2], "temperature": [300.0, 310.0, 320.0]}, "broadcast"),
    ],
)
def test_bad_states_are_refused(changed, message):
    good = {
        "x1": 0.5,
        "temperature": T,
        "concentration": 40.0,
        "molar_masses": (0.004, 0.04),
        "diffusion": 7e-5,
        "factor": -0.35,
    }
    with pytest.raises(ValueError, match=message):
        ThermalDiffusion(**(good | changed))


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: LIQUID.molar_flux(np.nan, 0.0), "grad x1 must be finite"),
        (lambda: LIQUID.heat_flux(0.0, np.inf, 0.6), "grad T must be finite"),
        (lambda: LIQUID.heat_flux(0.0, 1.0, -0.6), "conductivity must be positive"),
        (lambda: LIQUID.with_dufour(np.nan), "alpha_T must be finite"),
        (lambda: ThermalDiffusion.of(theory_of("He", "Ar"), 0.3, 0.0), "pressure must be positive"),
        (lambda: ThermalDiffusion.of(theory_of("He", "Ne", "Ar"), 0.3, P), "needs two species"),
    ],
)
def test_bad_gradients_and_theories_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
