"""A mixture between plates in the terms of one gas: of equal molecules it is one, its profiles add up."""

from dataclasses import fields

import numpy as np
import pytest
from marked_gas import twins

from knudsen.analysis.transition import binary_plates
from knudsen.analysis.transition.binary_flows import binary_channel, diffusion_slip
from knudsen.analysis.transition.binary_plates import (
    mixture_flow,
    mixture_layers,
    mixture_profiles,
    mixture_slip,
)
from knudsen.analysis.transition.channel import channel_flow, channel_profiles
from knudsen.analysis.transition.mccormack import binary_model
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.slab import solve_slab
from knudsen.analysis.transition.slip import knudsen_layers, slip_of
from knudsen.core.gases import Mixture

HELIUM_XENON = Mixture(["He", "Xe"], "hs")
ALPHA = 0.7
PLACES, DISTANCES = np.linspace(-0.5, 0.5, 7), np.array([0.0, 0.3, 2.0])


def model(mixture=HELIUM_XENON):
    return binary_model(mixture, 0.3, 300.0)


@pytest.mark.parametrize(
    "of_two, of_one, arguments",
    [
        (mixture_flow, channel_flow, (2.0,)),
        (mixture_profiles, channel_profiles, (2.0, PLACES)),
        (mixture_slip, slip_of, ()),
        (mixture_layers, knudsen_layers, (DISTANCES,)),
    ],
)
def test_equal_molecules_are_one_gas(of_two, of_one, arguments):
    """Every field is that of Shakhov's gas; unequal ones differ in each but the places (the control)."""
    found, one = of_two(model(twins()), *arguments, ALPHA), of_one(relaxing_gas(), *arguments, ALPHA)
    other = of_two(model(), *arguments, ALPHA)
    for field in fields(one):
        value = getattr(found, field.name)
        assert value == pytest.approx(getattr(one, field.name), rel=1e-7, abs=1e-9), field.name
        if field.name not in ("position", "error"):
            assert not np.allclose(value, getattr(other, field.name), rtol=1e-3), field.name


def test_only_what_is_asked_for_is_solved(monkeypatch):
    """Flows along the plates need one solution; sheared and heated plates one each, none twice."""
    solved = []
    monkeypatch.setattr(
        binary_plates, "solve_slab", lambda *args: solved.append(args) or solve_slab(*args)
    )  # fmt: skip
    found = binary_plates.binary_slab(model(), 0.77, ALPHA)  # a rarefaction of no other test
    assert (found.coefficients == found.coefficients).all() and len(solved) == 1
    assert (found.ratios == found.ratios).all() and len(solved) == 3
    with pytest.raises(ValueError, match="accommodation"):
        binary_plates.binary_slab(model(), 0.77, 0.0)


def test_the_flows_are_the_means_of_their_profiles():
    """Of the mole-average velocity and the reduced heat flux, whose cross effects are one (Onsager)."""
    delta, gas = 1.5, model()
    points, weights = np.polynomial.legendre.leggauss(64)
    flow, profiles = (
        mixture_flow(gas, delta, ALPHA), mixture_profiles(gas, delta, points / 2, ALPHA)
    )  # fmt: skip
    matrix = binary_channel(HELIUM_XENON, 0.3, delta, accommodation=ALPHA)
    for field, expected in (
        (profiles.poiseuille_velocity, flow.G_P), (profiles.creep_velocity, flow.G_T),
        (profiles.poiseuille_heat_flux, -flow.G_T), (profiles.creep_heat_flux, -matrix.Lambda_TT),
        (profiles.fourier_density, 0.0),
    ):  # fmt: skip
        assert field @ weights / 2 == pytest.approx(expected, rel=2e-5, abs=1e-10)
    assert pytest.approx(matrix.Lambda_PP) == flow.G_P
    assert pytest.approx(-matrix.Lambda_PT) == flow.G_T


def test_a_wide_gap_has_the_layers_of_one_wall():
    """Near a plate the sheared gas leaves its line as over one wall, by the slope of its stress."""
    delta, gas = 60.0, model()
    slip, layers = mixture_slip(gas, ALPHA), mixture_layers(gas, DISTANCES, ALPHA)
    flow, places = mixture_flow(gas, delta, ALPHA), DISTANCES / delta - 0.5
    found = mixture_profiles(gas, delta, places, ALPHA)
    sheared, heated = ((1 / (delta + 2 * jump)) for jump in (slip.sigma_P, slip.zeta_T))
    lines = [
        -0.5 + (jump + DISTANCES) * slope for jump, slope in ((slip.sigma_P, sheared), (slip.zeta_T, heated))
    ]
    assert (found.couette_velocity - lines[0]) / sheared == pytest.approx(layers.slip_velocity, abs=1e-3)
    assert (found.fourier_temperature - lines[1]) / heated == pytest.approx(layers.jump_temperature, abs=2e-3)
    assert slip.sigma_T == diffusion_slip(HELIUM_XENON, 0.3, accommodation=ALPHA).sigma_T_molar
    limit = slip.sigma_T / delta
    assert pytest.approx(limit, rel=0.1) == flow.G_T


def test_places_outside_are_refused():
    with pytest.raises(ValueError, match="positions"):
        mixture_profiles(model(), 1.0, [0.6])
    with pytest.raises(ValueError, match="distances"):
        mixture_layers(model(), [-0.1])
