"""Reaction and counterdiffusion: which keep N = 0, closed forms, and the N-species film against them."""

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.analysis.continuum.diffusivities import pair_matrix
from knudsen.analysis.continuum.maxwell_stefan import film_fluxes, flux_ratio
from knudsen.analysis.continuum.reacting_film import catalytic_film, reacting_film
from knudsen.analysis.continuum.reactions import (
    Reaction,
    effectiveness,
    enhancement,
    formula_elements,
    isomerisation_flux,
    isomerising_profile,
    splitting_flux,
    thiele_modulus,
)

C, D, L = 40.0, 2e-5, 0.01
BINARY = np.full((2, 2), C * D)
ISOMERS = Reaction({"cis": -1, "trans": 1}, formulas={"cis": "C4H8", "trans": "C4H8"})
SPLIT = Reaction({"N2O4": -1, "NO2": 2})
EXCHANGE = Reaction({"H": -1, "D2": -1, "HD": 1, "D": 1}, formulas={})
QUATERNARY = C * pair_matrix(
    {(0, 1): 1.5e-4, (0, 2): 1.8e-4, (0, 3): 2.2e-4, (1, 2): 1.1e-4, (1, 3): 1.2e-4, (2, 3): 1.6e-4}, 4
)


# --- stoichiometry -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "reaction, change",
    [
        (ISOMERS, 0),
        (EXCHANGE, 0),
        (Reaction({"CO": -1, "H2O": -1, "CO2": 1, "H2": 1}), 0),
        (Reaction({"H2": -1, "I2": -1, "HI": 2}), 0),
        (SPLIT, 1),
        (Reaction({"O": -2, "O2": 1}), -1),
        (Reaction({"N2": -1, "H2": -3, "NH3": 2}), -2),
    ],
)
def test_which_reactions_keep_the_net_flux_zero(reaction, change):
    assert reaction.mole_change == change
    assert reaction.keeps_zero_net_flux == (change == 0)


def test_formulas_are_read():
    assert formula_elements("CO2") == {"C": 1, "O": 2}
    assert formula_elements("CH3CHO") == {"C": 2, "H": 4, "O": 1}
    for wrong in ("co2", "Fe(OH)3", "", "2H"):
        with pytest.raises(ValueError, match="no plain formula"):
            formula_elements(wrong)


# --- closed forms ------------------------------------------------------------------------------------


def test_isomerisation_is_resistances_in_series():
    assert isomerisation_flux(0.8, D, C, L, 1e9) == pytest.approx(C * D / L * 0.8, rel=1e-10)
    assert isomerisation_flux(0.8, D, C, L, 1e-9) == pytest.approx(C * 1e-9 * 0.8, rel=1e-6)
    assert isomerisation_flux(0.25, D, C, L, 1e-3, 1 / 3 * 1e-3) == pytest.approx(
        0.0, abs=1e-18
    )  # equilibrium
    assert isomerisation_flux(0.1, D, C, L, 1e-3, 1e-3) < 0


@pytest.mark.parametrize("products", [0.5, 2.0, 3.0, 1.0])
def test_splitting_is_the_maxwell_stefan_film(products):
    flux = film_fluxes([0.9, 0.1], [0.2, 0.8], BINARY, L, flux_ratio(1, 0, -products, 2))
    assert splitting_flux(0.9, 0.2, D, C, L, products) == pytest.approx(flux[0], rel=1e-11)


def test_splitting_joins_the_straight_film():
    straight = splitting_flux(0.9, 0.2, D, C, L, 1.0)
    assert splitting_flux(0.9, 0.2, D, C, L, 1 + 1e-9) == pytest.approx(straight, rel=1e-8)
    assert splitting_flux(0.9, 0.2, D, C, L, 2.0) < straight < splitting_flux(0.9, 0.2, D, C, L, 0.5)


@pytest.mark.parametrize("ends", [(0.8, None), (0.8, 0.1), (0.0, 1.0)])
@pytest.mark.parametrize("backward", [0.0, 0.3])
def test_isomerising_profile_solves_its_equation(ends, backward):
    h = 1e-5
    z = np.array([0.2, 0.5, 0.9]) * L
    x = {shift: isomerising_profile(z + shift, L, ends, D, 0.7, backward) for shift in (-h, 0, h)}
    source = 0.7 * x[0] - backward * (1 - x[0])
    assert D * (x[h] - 2 * x[0] + x[-h]) / h**2 == pytest.approx(source, abs=1e-5)
    edge = isomerising_profile([0.0, L, L - h], L, ends, D, 0.7, backward)
    assert edge[0] == pytest.approx(ends[0], abs=1e-14)
    if ends[1] is None:
        assert abs(edge[1] - edge[2]) < 1e-5
    else:
        assert edge[1] == pytest.approx(ends[1], abs=1e-14)


def test_isomerising_profile_does_not_overflow():
    x = isomerising_profile([0.0, 0.5 * L, L], L, (0.8, 0.2), D, 1e9)
    assert x == pytest.approx([0.8, 0.0, 0.2], abs=1e-15)


@pytest.mark.parametrize("rate", [1e-3, 0.7, 50.0])
def test_effectiveness_and_enhancement(rate):
    """Mean rate of the closed layer; flux into the film whose far side is empty."""
    phi = thiele_modulus(L, rate, D)
    mean = quad(lambda z: float(isomerising_profile(z, L, (1.0, None), D, rate)), 0, L, epsabs=1e-14)[0] / L
    assert effectiveness(phi) == pytest.approx(mean, rel=1e-10)
    h = 1e-7 * L
    x = isomerising_profile([0.0, h, 2 * h], L, (1.0, 0.0), D, rate)
    gradient = (3 * x[0] - 4 * x[1] + x[2]) / (2 * h)
    assert gradient * L == pytest.approx(enhancement(phi), rel=1e-5)


# --- catalytic walls ---------------------------------------------------------------------------------


@pytest.mark.parametrize("rates", [(1e-3, 0.0), (5e-3, 2e-3), (1e-3, 4e-3), (1e3, 0.0)])
def test_catalytic_isomerisation_meets_its_closed_form(rates):
    forward, backward = rates
    film = catalytic_film(
        ISOMERS, ["cis", "trans"], [0.6, 0.4], BINARY, L, lambda x: C * (forward * x[0] - backward * x[1])
    )
    assert film.fluxes[0, 0] == pytest.approx(isomerisation_flux(0.6, D, C, L, forward, backward), rel=1e-10)
    assert np.max(np.abs(film.fluxes.sum(axis=1))) < 1e-15


def test_catalytic_dissociation_meets_its_closed_form():
    film = catalytic_film(SPLIT, ["N2O4", "NO2"], [0.6, 0.4], BINARY, L, lambda x: 0.05 * x[0])
    wall = film.x[-1, 0]
    assert film.fluxes[0, 0] == pytest.approx(splitting_flux(0.6, wall, D, C, L, 2.0), rel=1e-11)
    assert film.fluxes[0, 0] == pytest.approx(0.05 * wall, rel=1e-11)
    assert film.fluxes[0].sum() == pytest.approx(-film.extent[0], rel=1e-14)  # a Stefan flow off the wall
    fluxes = dict(zip(["N2O4", "NO2"], film.fluxes[0], strict=True))
    assert all(abs(value) < 1e-15 for value in SPLIT.element_balance(fluxes).values())


def test_exchange_keeps_elements_and_the_net_flux():
    names = ["H", "D2", "HD", "D"]
    film = catalytic_film(
        EXCHANGE, names, [0.3, 0.4, 0.2, 0.1], QUATERNARY, L, lambda x: 3.0 * x[0] * x[1] - x[2] * x[3]
    )
    assert film.extent[0] == pytest.approx(
        3.0 * film.x[-1, 0] * film.x[-1, 1] - film.x[-1, 2] * film.x[-1, 3], rel=1e-10
    )
    assert abs(film.fluxes[0].sum()) < 1e-15
    balance = EXCHANGE.element_balance(dict(zip(names, film.fluxes[0], strict=True)))
    assert balance == pytest.approx({"H": 0.0, "D": 0.0}, abs=1e-15)
    assert np.max(np.abs(film.x.sum(axis=1) - 1)) < 1e-13
    unbalanced = EXCHANGE.element_balance(dict(zip(names, film.fluxes[0] * [1, 1, 1, 2], strict=True)))
    assert abs(unbalanced["D"]) > 0.1 * film.extent[0]


def test_inert_gas_stands_still_beside_the_reaction():
    D3 = C * pair_matrix({(0, 1): 2e-5, (0, 2): 3e-5, (1, 2): 5e-5}, 3)
    film = catalytic_film(SPLIT, ["N2O4", "NO2", "He"], [0.3, 0.1, 0.6], D3, L, lambda x: x[0])
    assert np.all(film.fluxes[:, 2] == 0)
    assert film.x[-1, 2] != pytest.approx(0.6, abs=1e-3)  # yet its fraction varies


def test_reverse_kinetics_run_the_film_backwards():
    film = catalytic_film(
        SPLIT, ["N2O4", "NO2"], [0.1, 0.9], BINARY, L, lambda x: 0.01 * x[0] - 0.1 * x[1] ** 2
    )
    assert film.extent[0] < 0 and film.fluxes[0, 1] > 0
    assert film.extent[0] == pytest.approx(0.01 * film.x[-1, 0] - 0.1 * film.x[-1, 1] ** 2, rel=1e-10)


# --- reaction in the gas -----------------------------------------------------------------------------


@pytest.mark.parametrize("backward", [0.0, 0.3])
def test_isomerising_gas_meets_its_closed_form(backward):
    film = reacting_film(
        ISOMERS, ["cis", "trans"], [0.8, 0.2], BINARY, L, lambda x: C * (0.7 * x[0] - backward * x[1])
    )
    exact = isomerising_profile(film.position, L, (0.8, None), D, 0.7, backward)
    assert film.x[:, 0] == pytest.approx(exact, abs=1e-7)
    assert np.max(np.abs(film.fluxes.sum(axis=1))) < 1e-15
    if not backward:
        phi = thiele_modulus(L, 0.7, D)
        assert film.extent[0] == pytest.approx(C * 0.7 * 0.8 * L * effectiveness(phi), rel=1e-7)


def test_wall_and_gas_rates_add():
    """Isomerisation in the gas and on the wall: D x'' = k x, -D x'(L) = k_w x."""
    k, k_w = 0.7, 1e-3
    film = reacting_film(
        ISOMERS, ["cis", "trans"], [0.8, 0.2], BINARY, L, lambda x: C * k * x[0], lambda x: C * k_w * x[0]
    )
    phi, biot = thiele_modulus(L, k, D), k_w * L / D
    wall = 0.8 / (np.cosh(phi) + biot / phi * np.sinh(phi))
    assert film.x[-1, 0] == pytest.approx(wall, rel=1e-7)


def test_no_gas_reaction_is_the_catalytic_film():
    wall_rate = lambda x: 0.05 * x[0]  # noqa: E731
    wall = catalytic_film(SPLIT, ["N2O4", "NO2"], [0.6, 0.4], BINARY, L, wall_rate)
    film = reacting_film(SPLIT, ["N2O4", "NO2"], [0.6, 0.4], BINARY, L, lambda x: 0.0, wall_rate)
    assert film.extent[0] == pytest.approx(wall.extent[0], rel=1e-8)
    assert film.x[-1] == pytest.approx(wall.x[-1], abs=1e-8)


def test_splitting_gas_obeys_its_own_equation():
    """A -> 2B at first order: with y = ln(1 + x), c D y'' = k c x; the first integral gives the flux."""
    k = 0.7
    film = reacting_film(SPLIT, ["N2O4", "NO2"], [0.6, 0.4], BINARY, L, lambda x: C * k * x[0])
    end = film.x[-1, 0]

    def potential(x):  # integral of k x dy = k x/(1 + x) dx
        return k * (x - np.log1p(x))

    assert film.extent[0] == pytest.approx(C * np.sqrt(2 * D * (potential(0.6) - potential(end))), rel=1e-7)
    assert film.fluxes[:, 1] == pytest.approx(-2 * film.fluxes[:, 0], rel=1e-14)
    straight = reacting_film(ISOMERS, ["cis", "trans"], [0.6, 0.4], BINARY, L, lambda x: C * k * x[0])
    assert film.extent[0] < 0.95 * straight.extent[0]  # the Stefan flow off the wall holds A back


# --- bad input ---------------------------------------------------------------------------------------


def test_bad_input_is_named():
    with pytest.raises(ValueError, match="do not balance"):
        Reaction({"N2O4": -1, "NO2": 1})
    with pytest.raises(ValueError, match="reactants"):
        Reaction({"NO2": 1})
    with pytest.raises(ValueError, match="no plain formula"):
        Reaction({"cis": -1, "trans": 1})
    with pytest.raises(KeyError, match="not among the gases"):
        SPLIT.numbers(["N2O4", "He"])
    with pytest.raises(ValueError, match="run out"):
        catalytic_film(SPLIT, ["N2O4", "NO2"], [0.6, 0.4], BINARY, L, lambda x: 1.0)
    with pytest.raises(ValueError, match="a reactant is absent"):
        catalytic_film(SPLIT, ["N2O4", "NO2"], [0.0, 1.0], BINARY, L, lambda x: 1.0)
    with pytest.raises(ValueError, match="not negative"):
        thiele_modulus(L, -1.0, D)
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        splitting_flux(1.2, 0.0, D, C, L, 2.0)
    with pytest.raises(ValueError, match="lie in the film"):
        isomerising_profile(2 * L, L, (0.8, None), D, 1.0)
    with pytest.raises(ValueError, match="backward rate"):
        isomerising_profile(0.0, L, (0.8, None), D, 1.0, -0.5)
    with pytest.raises(ValueError, match="backward rate"):
        isomerisation_flux(0.8, D, C, L, 1.0, -0.5)
    with pytest.raises(ValueError, match="modulus"):
        effectiveness(-1.0)
    for film in (catalytic_film, reacting_film):
        with pytest.raises(ValueError, match="rate must be finite"):
            film(SPLIT, ["N2O4", "NO2"], [0.6, 0.4], BINARY, L, lambda x: np.nan)
