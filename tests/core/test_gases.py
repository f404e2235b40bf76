"""The gas table against the printed numbers, and the pair interactions made of it."""

from dataclasses import astuple, replace

import numpy as np
import pytest
from scipy.constants import N_A

from knudsen.core.gases import MODELS, TABLE, THEORY_MODELS, Mixture, species
from knudsen.core.interactions import LennardJones, Mie, VariableSoftSphere, mean_pair

# Bird (1994), tables A1 (omega), A2 (VHS diameter) and A3 (VSS diameter and alpha) at 273 K.
BIRD = {
    "H2": (0.67, 2.92, 2.88, 1.35),
    "He": (0.66, 2.33, 2.30, 1.26),
    "CH4": (0.84, 4.83, 4.78, 1.60),
    "Ne": (0.66, 2.77, 2.72, 1.31),
    "N2": (0.74, 4.17, 4.11, 1.36),
    "O2": (0.77, 4.07, 4.01, 1.40),
    "Ar": (0.81, 4.17, 4.11, 1.40),
    "CO2": (0.93, 5.62, 5.54, 1.61),
    "Kr": (0.80, 4.76, 4.70, 1.32),
    "Xe": (0.85, 5.74, 5.65, 1.44),
}
HARD_SPHERE = {"He": 2.2, "Ne": 2.6, "Ar": 3.6, "Kr": 4.1, "Xe": 4.7, "N2": 3.7, "O2": 3.5, "H2": 2.75}
# Svehla, NASA TR R-132 (1962), and the standard atomic weights of IUPAC (2021).
SVEHLA = {"Ar": (3.542, 93.3), "He": (2.551, 10.22), "N2": (3.798, 71.4), "Xe": (4.047, 231.0)}
MOLAR_MASS = {"He": 4.002602, "Ne": 20.1797, "Ar": 39.948, "Kr": 83.798, "Xe": 131.293, "N2": 28.014}


def test_the_table_holds_the_gases_that_have_printed_numbers():
    assert set(TABLE) == set(BIRD)


@pytest.mark.parametrize("name", BIRD)
def test_vhs_and_vss_are_those_of_bird(name):
    omega, vhs, vss, alpha = BIRD[name]
    gas = species(name)
    assert astuple(gas.vhs) == pytest.approx((vhs * 1e-10, omega, 1.0, 273.0))
    assert astuple(gas.vss) == pytest.approx((vss * 1e-10, omega, alpha, 273.0))


def test_hard_spheres_lennard_jones_and_masses_are_those_of_the_sources():
    for name, diameter in HARD_SPHERE.items():
        assert astuple(species(name).hs)[:3] == pytest.approx((diameter * 1e-10, 0.5, 1.0))
    for name, (sigma, epsilon) in SVEHLA.items():
        lj = species(name).lj
        assert astuple(lj) == pytest.approx((sigma * 1e-10, epsilon))
    for name, molar_mass in MOLAR_MASS.items():
        assert species(name).mass == pytest.approx(molar_mass * 1e-3 / N_A, rel=1e-15)


def test_the_cross_section_is_birds_closed_form():
    """sigma_T = pi d^2 [2 k T_ref/(m_r g^2)]^(omega - 1/2) / Gamma(5/2 - omega), Gamma(1.69) by hand."""
    boltzmann, gamma_169 = 1.380649e-23, 0.9067817
    gas = Mixture(["Ar"], "vhs")
    m_r = 39.948e-3 / 6.02214076e23 / 2
    assert gas.reduced_mass(0, 0) == pytest.approx(m_r, rel=1e-12)
    for g in (100.0, 500.0, 2000.0):
        expected = np.pi * 4.17e-10**2 * (2 * boltzmann * 273 / (m_r * g**2)) ** 0.31 / gamma_169
        measured = gas.interaction(0, 0).cross_section(g, m_r)
        assert measured == pytest.approx(expected, rel=1e-6)


def test_limits_of_the_cross_section():
    """Hard spheres: sigma_T = pi d^2 at any speed.  Maxwell molecules: sigma_T g is constant."""
    hard, maxwell = Mixture(["He"], "hs"), Mixture(["He"], "maxwell")
    m_r = hard.reduced_mass(0, 0)
    speeds = np.array([10.0, 1e3, 1e5])
    areas = [hard.interaction(0, 0).cross_section(g, m_r) for g in speeds]
    np.testing.assert_allclose(areas, np.pi * 2.2e-10**2, rtol=1e-14)
    rates = [maxwell.interaction(0, 0).cross_section(g, m_r) * g for g in speeds]
    np.testing.assert_allclose(rates, rates[0], rtol=1e-13)


def test_unlike_pairs_take_the_mean_of_each_parameter():
    pair = Mixture(["He", "Ar"], "vss").interaction(0, 1)
    assert pair.diameter_ref == pytest.approx(0.5 * (2.30 + 4.11) * 1e-10)
    assert (pair.omega, pair.alpha) == (pytest.approx(0.735), pytest.approx(1.33))


def test_the_order_of_the_species_does_not_matter_to_a_pair():
    one, other = Mixture(["He", "Ar"]), Mixture(["Ar", "He"])
    assert one.interaction(0, 1) == other.interaction(0, 1) == one.interaction(1, 0)
    assert one.reduced_mass(0, 1) == other.reduced_mass(1, 0)


def test_diameters_at_different_temperatures_have_no_mean():
    with pytest.raises(ValueError, match=r"reference temperatures 273.* and 300.* differ"):
        mean_pair(VariableSoftSphere(3e-10), VariableSoftSphere(3e-10, temperature_ref=300.0))


def test_an_explicit_pair_replaces_the_mean_in_either_order():
    own = VariableSoftSphere(3e-10, 0.7, 1.5)
    for key in (("He", "Ar"), ("Ar", "He")):
        gas = Mixture(["He", "Ar"], pairs={key: own})
        assert gas.interaction(0, 1) is own and gas.interaction(1, 0) is own
        assert gas.interaction(0, 0) == species("He").vss


def test_lennard_jones_mixtures_follow_lorentz_and_berthelot():
    gas = Mixture(["He", "Ar"], "lj")
    assert gas.interaction(0, 0) == species("He").lj and gas.interaction(1, 1) == species("Ar").lj
    pair = gas.interaction(0, 1)
    assert pair.sigma == pytest.approx((2.551 + 3.542) / 2 * 1e-10)
    assert pair.epsilon_over_k == pytest.approx((10.22 * 93.3) ** 0.5)
    own = Mie(3e-10, 40.0, 14, 6)
    assert Mixture(["He", "Ar"], "lj", {("Ar", "He"): own}).interaction(0, 1) is own


def test_a_species_without_lennard_jones_parameters_has_no_such_model():
    gas = Mixture([replace(species("He"), lj=None)], "lj")
    with pytest.raises(ValueError, match="He has no Lennard-Jones parameters"):
        gas.interaction(0, 0)


def test_the_engine_runs_soft_spheres_and_theory_takes_lennard_jones_as_well():
    assert MODELS == ("hs", "vhs", "vss", "maxwell")
    assert (*MODELS, "lj") == THEORY_MODELS
    assert isinstance(Mixture(["Ar"], "lj").interaction(0, 0), LennardJones)


def test_pairs_are_numbered_once():
    pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
    assert list(Mixture(["He", "Ar", "Xe"]).pair_numbers()) == pairs


@pytest.mark.parametrize(("wrong", "meant"), [("Argn", "Ar"), ("he", "He"), ("xe", "Xe"), ("N_2", "N2")])
def test_an_unknown_gas_is_answered_with_the_nearest(wrong, meant):
    with pytest.raises(KeyError, match=rf"unknown gas '{wrong}': did you mean '{meant}'\?"):
        species(wrong)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([],), ValueError, "at least one species"),
        (
            ("Ar",),
            ValueError,
            r"^gases must be a list.*such as \['He', 'Ar'\], got 'Ar'$",
        ),
        ((species("Ar"),), ValueError, "gases must be a list of names or Species"),
        ((5,), ValueError, "gases must be a list of names or Species.*got 5$"),
        (([5, "He"], "vsss"), ValueError, "^a gas is a name or a Species, got 5; unknown model 'vsss'"),
        (([5, "Argn"],), KeyError, "^unknown gas 'Argn'.*; a gas is a name or a Species, got 5$"),
        ((["He", "He"],), ValueError, "named twice"),
        ((["He"], "vsss"), ValueError, "unknown model 'vsss'"),
        ((["He"], "vss", {("He", "Ar"): VariableSoftSphere(3e-10)}), KeyError, "outside the mixture"),
    ],
)
def test_a_mixture_that_makes_no_sense_is_refused(arguments, error, message):
    with pytest.raises(error, match=message):
        Mixture(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"diameter_ref": 0.0}, "diameter_ref must be positive"),
        ({"diameter_ref": float("nan")}, "diameter_ref must be positive"),
        ({"diameter_ref": 3e-10, "alpha": -1.0}, "alpha must be positive"),
        ({"diameter_ref": 3e-10, "temperature_ref": 0.0}, "temperature_ref must be positive"),
        ({"diameter_ref": 3e-10, "omega": 0.4}, "omega must lie"),
        ({"diameter_ref": 3e-10, "omega": 1.1}, "omega must lie"),
    ],
)
def test_an_interaction_that_makes_no_sense_is_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        VariableSoftSphere(**arguments)
