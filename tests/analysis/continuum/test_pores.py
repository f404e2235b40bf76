"""Knudsen diffusivities and permeabilities against chord integrals, Clausing's ducts and each other."""

from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import quad

from knudsen.analysis.continuum.pores import (
    bosanquet,
    effective_diffusivity,
    hole_length,
    hole_permeability,
    knudsen_diffusivity,
    knudsen_diffusivity_duct,
    knudsen_diffusivity_rectangle,
    knudsen_permeability,
    mean_speed,
    packed_bed_permeability,
    viscous_permeability,
)
from knudsen.analysis.transition.clausing import tube_transmission

T, M, D = 300.0, 0.028, 1e-8


def test_round_pore():
    expected = D / 3 * sqrt(8 * GAS_CONSTANT * T / (pi * M))
    assert knudsen_diffusivity(D, T, M) == pytest.approx(expected, rel=1e-14)
    assert knudsen_diffusivity(D, T, M, 0.5) == pytest.approx(3 * expected, rel=1e-14)
    light, heavy = knudsen_diffusivity(D, T, [0.002, 0.032])
    assert light / heavy == pytest.approx(4.0, rel=1e-14)


def _chord_integral(sides):
    """(1 / 4A) oint int rho^2 cos(angle) over wall and direction, rho the chord."""
    total = 0.0
    for along, across in (sides, sides[::-1]):

        def seen(s, along=along, across=across):
            ends = -np.arctan(s / across), np.arctan((along - s) / across)
            opposite = quad(lambda t: across**2 / np.cos(t), *ends)[0]
            right = quad(lambda t: ((along - s) / np.sin(t)) ** 2 * np.cos(t), ends[1], pi / 2)[0]
            return opposite + right + quad(lambda t: (s / np.sin(t)) ** 2 * np.cos(t), -ends[0], pi / 2)[0]

        total += 2 * quad(seen, 0, along)[0]
    return total / (4 * sides[0] * sides[1])


@pytest.mark.parametrize("aspect", [1.0, 3.0])
def test_rectangle_is_its_chord_integral(aspect):
    expected = mean_speed(T, M) / 4 * D * _chord_integral((1.0, aspect))
    assert knudsen_diffusivity_rectangle(D, aspect * D, T, M) == pytest.approx(expected, rel=1e-10)
    assert knudsen_diffusivity_rectangle(aspect * D, D, T, M) == pytest.approx(expected, rel=1e-10)


def test_wide_rectangle_grows_by_logarithms():
    """v H / 4 (ln(2 W / H) + 1/2) for W >> H."""
    wide = knudsen_diffusivity_rectangle(1e4 * D, D, T, M)
    assert wide == pytest.approx(mean_speed(T, M) * D / 4 * (np.log(2e4) + 0.5), rel=1e-4)


def test_duct_of_finite_length_nears_the_long_pore():
    radius = D / 2
    ducts = [
        knudsen_diffusivity_duct(tube_transmission(length), length * radius, T, M) for length in (50.0, 200.0)
    ]
    long = knudsen_diffusivity(D, T, M)
    assert 0.9 * long < ducts[0] < ducts[1] < long


def test_series_and_porous_body():
    assert bosanquet(3e-5, 6e-5) == pytest.approx(2e-5, rel=1e-14)
    assert bosanquet(3e-5, 1e20) == pytest.approx(3e-5, rel=1e-12)
    assert bosanquet([3e-5, 6e-5], 6e-5) == pytest.approx([2e-5, 3e-5], rel=1e-14)
    assert effective_diffusivity(2e-5, 0.4, 3.2) == pytest.approx(2.5e-6, rel=1e-14)


def test_permeabilities():
    """Klinkenberg's b in a tube adds 8 / (3 sqrt(pi)) to G_P = delta / 4."""
    assert viscous_permeability(2e-6) == pytest.approx((1e-6) ** 2 / 8, rel=1e-14)
    assert viscous_permeability(2e-6, "slit") == pytest.approx(4e-12 / 12, rel=1e-14)
    radius, mu, p = 1e-6, 2e-5, 3e4
    v0 = sqrt(2 * GAS_CONSTANT * T / M)
    delta = p * radius / (mu * v0)
    B = knudsen_permeability(
        viscous_permeability(2 * radius), float(knudsen_diffusivity(2 * radius, T, M)), mu, p
    )
    reduced = B * 2 * delta / radius**2  # G_P = rho v0 u mean / ...: 2 delta B / R^2
    assert reduced == pytest.approx(delta / 4 + 8 / (3 * sqrt(pi)), rel=1e-12)
    assert packed_bed_permeability(1e-3, 0.4) == pytest.approx(1e-6 * 0.064 / (180 * 0.36), rel=1e-14)


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: knudsen_diffusivity(-1.0, T, M), "diameter"),
        (lambda: knudsen_diffusivity(D, T, M, 0.0), "accommodation"),
        (lambda: knudsen_diffusivity_rectangle(D, 0.0, T, M), "sides"),
        (lambda: knudsen_diffusivity_duct(1.5, 1.0, T, M), "transmission"),
        (lambda: mean_speed(T, 0.0), "molar mass"),
        (lambda: bosanquet(1e-5, 0.0), "diffusivities"),
        (lambda: effective_diffusivity(1e-5, 1.4, 2.0), "porosity"),
        (lambda: effective_diffusivity(1e-5, 0.4, 0.5), "tortuosity"),
        (lambda: viscous_permeability(1.0, "star"), "unknown"),
        (lambda: packed_bed_permeability(1e-3, 1.0), "porosity"),
        (lambda: knudsen_permeability(-1.0, 1e-6, 2e-5, 1e5), "permeability"),
        (lambda: knudsen_permeability(1e-15, 1e-6, 2e-5, 0.0), "pressure"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_holes_are_rayleighs_and_sampsons_and_long_ones_tubes():
    """2 R D and R^3 / (3 mu) a unit of difference; a hole of 1e4 radii is a tube."""
    assert pi * D**2 / hole_length(D) == pytest.approx(2 * D, rel=1e-14)
    assert pi * D**2 * hole_permeability(D) / hole_length(D) == pytest.approx(D**3 / 3, rel=1e-14)
    assert hole_length(D, 1e4 * D) == pytest.approx(1e4 * D, rel=2e-4)
    assert hole_permeability(D, 1e4 * D) == pytest.approx(viscous_permeability(2 * D), rel=2e-4)
    for values in ((0.0,), (D, -D)):
        with pytest.raises(ValueError):
            hole_permeability(*values)
