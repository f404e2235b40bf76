"""The dusty gas: Graham's law, closed forms, its limits, and exact conservation along the pore."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT
from scipy.optimize import brentq

from knudsen.analysis.continuum.dusty_gas import DustyGas, uniform_pressure_flux
from knudsen.analysis.continuum.pores import knudsen_diffusivity
from knudsen.core.faults import SimulationFault

T, P, LENGTH = 300.0, 1e5, 1e-3
MASSES = np.array([0.002, 0.028, 0.044])
PAIRS = np.array([[1.0, 7.9e-5, 6.5e-5], [7.9e-5, 1.0, 1.6e-5], [6.5e-5, 1.6e-5, 1.0]])
RT = GAS_CONSTANT * T


def hydrogen_nitrogen_carbon_dioxide(diameter, permeability=0.0, **keywords):
    return DustyGas(T, knudsen_diffusivity(diameter, T, MASSES), PAIRS, P, permeability, **keywords)


def binary(diameter, permeability=0.0):
    return DustyGas(T, knudsen_diffusivity(diameter, T, MASSES[:2]), PAIRS[:2, :2], P, permeability)


@pytest.mark.parametrize("diameter", [1e-9, 1e-7, 1e-5, 1e-3])
def test_graham_at_every_knudsen_number(diameter):
    """Equal pressures at both ends: uniform all along, and sum N_i sqrt(M_i) = 0, viscous flow or none."""
    for permeability in (0.0, diameter**2 / 32):
        gas = hydrogen_nitrogen_carbon_dioxide(diameter, permeability)
        state = gas.steady([0.6 * P, 0.3 * P, 0.1 * P], [0.1 * P, 0.4 * P, 0.5 * P], LENGTH)
        weighted = state.molar_flux * np.sqrt(MASSES)
        assert abs(weighted.sum()) < 1e-9 * np.abs(weighted).max()
        assert state.pressure == pytest.approx(P, rel=1e-9)
        assert abs(state.molar_flux.sum()) > 0.3 * np.abs(state.molar_flux).max()  # not equimolar


@pytest.mark.parametrize("diameter", [1e-9, 1e-7, 1e-5])
def test_binary_at_uniform_pressure(diameter):
    gas = binary(diameter)
    expected = uniform_pressure_flux((0.9, 0.1), tuple(gas.knudsen), PAIRS[0, 1], P, T, LENGTH)
    state = gas.steady([0.9 * P, 0.1 * P], [0.1 * P, 0.9 * P], LENGTH)
    assert state.molar_flux == pytest.approx(expected, rel=1e-9)


def test_uniform_pressure_limits():
    """Equal masses: Bosanquet; wide pores: Graham's flux without walls; narrow pores: Knudsen's."""
    knudsen = 2e-6
    first, second = uniform_pressure_flux((0.9, 0.1), (knudsen, knudsen), 5e-5, P, T, LENGTH)
    series = 1 / (1 / 5e-5 + 1 / knudsen)
    assert first == pytest.approx(P / RT * series * 0.8 / LENGTH, rel=1e-13)
    assert second == -first
    near = uniform_pressure_flux((0.9, 0.1), (knudsen, knudsen * (1 + 1e-9)), 5e-5, P, T, LENGTH)
    assert near[0] == pytest.approx(first, rel=1e-8)
    narrow, _ = uniform_pressure_flux((0.9, 0.1), (1e-12, 0.25e-12), 5e-5, P, T, LENGTH)
    assert narrow == pytest.approx(P / RT * 1e-12 * 0.8 / LENGTH, rel=1e-6)
    a = 0.75
    wide, _ = uniform_pressure_flux((0.9, 0.1), (1e3, 0.25e3), 5e-5, P, T, LENGTH)
    bulk = P * 5e-5 / (a * RT * LENGTH) * np.log((1 - a * 0.1) / (1 - a * 0.9))
    assert wide == pytest.approx(bulk, rel=1e-6)


def test_one_gas_is_darcy_and_knudsen():
    """N = (D_K + p_mean B_0 / mu)(p_1 - p_2) / (R T L)."""
    gas = DustyGas(T, [3e-6], [[1.0]], P, 1e-15, viscosity=1.8e-5)
    state = gas.steady([3e5], [1e5], LENGTH)
    expected = (3e-6 + 2e5 * 1e-15 / 1.8e-5) * 2e5 / (RT * LENGTH)
    assert state.molar_flux[0] == pytest.approx(expected, rel=1e-10)


def test_conservation_and_inverse_relations():
    """Fluxes rebuilt from p_i and their slopes are the same at every point of the profile."""
    gas = hydrogen_nitrogen_carbon_dioxide(
        2e-7, (2e-7) ** 2 / 32, viscosity=lambda x: 9e-6 * x[0] + 1.8e-5 * x[1] + 1.5e-5 * x[2]
    )
    state = gas.steady([1.2e5, 0.3e5, 0.1e5], [0.1e5, 0.4e5, 0.6e5], LENGTH)
    for p in state.partial_pressure.T[::7]:
        slope = gas.gradients(state.molar_flux, p)
        assert gas.fluxes(p, slope) == pytest.approx(state.molar_flux, rel=1e-11)
    slope = np.gradient(state.partial_pressure[0], state.position, edge_order=2)
    middle = len(slope) // 2
    predicted = gas.gradients(state.molar_flux, state.partial_pressure)[0]
    assert slope[middle] == pytest.approx(predicted[middle], rel=1e-3)


def test_pressure_drives_without_composition():
    """One composition at both ends: Knudsen flow separates by sqrt(M), viscous flow does not."""
    x = np.array([0.5, 0.5])
    tight = binary(1e-9).steady(1.1 * P * x, P * x, LENGTH).molar_flux
    assert tight[0] / tight[1] == pytest.approx(np.sqrt(14.0), rel=1e-2)
    wide = binary(1e-4, 1e-8 / 32).steady(1.1 * P * x, P * x, LENGTH).molar_flux
    assert wide[0] / wide[1] == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize("diameter", [1e-8, 1e-6])
def test_closed_bulbs_without_viscous_flow(diameter):
    """p is linear and R T N_1 L (p_mean / P_12 + 1 / D_1K) = p_1(0) - p_1(L)."""
    gas = binary(diameter)
    state = gas.closed_bulbs([0.9, 0.1], [0.1, 0.9], P, LENGTH)
    inverse = 1 / gas.knudsen

    def misfit(y):  # y = R T N_1 L
        rise = -y * (inverse[0] - inverse[1])
        return y * ((P + rise / 2) / (P * PAIRS[0, 1]) + inverse[0]) - 0.9 * P + 0.1 * (P + rise)

    y = brentq(misfit, 0, 2 * P / inverse[0] + 2 * PAIRS[0, 1] * P, xtol=1e-18, rtol=1e-14)
    assert state.molar_flux == pytest.approx([y / (RT * LENGTH), -y / (RT * LENGTH)], rel=1e-9)
    assert abs(state.molar_flux.sum()) < 1e-11 * state.molar_flux[0]
    rise = state.pressure[-1] - state.pressure[0]
    assert rise == pytest.approx(-y * (inverse[0] - inverse[1]), rel=1e-8)
    assert rise > 0  # the light gas leaves faster: pressure builds up on the heavy gas's side


def test_closed_bulbs_of_wide_pores_are_equimolar_at_uniform_pressure():
    gas = binary(1e-3, 1e-6 / 32)
    state = gas.closed_bulbs([0.9, 0.1], [0.1, 0.9], P, LENGTH)
    assert state.pressure == pytest.approx(P, rel=1e-6)
    assert state.molar_flux[0] == pytest.approx(P * PAIRS[0, 1] * 0.8 / (RT * LENGTH), rel=1e-3)


def test_closed_bulbs_with_ends_that_resist():
    """Without gas to push aside ends and pore are in series; through a wide pore only the ends hold it."""
    narrow = DustyGas(T, [2e-6, 1e-6], np.full((2, 2), 1e3), P)
    half = RT * LENGTH / narrow.knudsen / 2
    series = DustyGas(T, [1e-6, 0.5e-6], np.full((2, 2), 1e3), P)
    state = narrow.closed_bulbs([0.9, 0.1], [0.1, 0.9], P, LENGTH, half)
    whole = series.closed_bulbs([0.9, 0.1], [0.1, 0.9], P, LENGTH)
    assert state.molar_flux == pytest.approx(whole.molar_flux, rel=1e-8)
    bulb = state.pressure[-1] - half @ state.molar_flux
    assert bulb == pytest.approx(whole.pressure[-1], rel=1e-8)
    wide = DustyGas(T, [2e-6, 1e-6], np.full((2, 2), 5e-5), P, permeability=1e-3)
    state = wide.closed_bulbs([0.9, 0.1], [0.1, 0.9], P, LENGTH, half)
    assert state.pressure[-1] == pytest.approx(state.pressure[0], rel=1e-6)
    assert state.pressure[0] == pytest.approx(P - half @ state.molar_flux, rel=1e-9)
    assert state.pressure[0] > 1.01 * P


def test_kramers_kistemaker_slope():
    """dp/dz = -R T N_1 (1/D_1K - 1/D_2K) / [1 + (B_0 / mu) sum p_i / D_iK], at every point."""
    gas = binary(1e-6, 1e-12 / 32)
    state = gas.closed_bulbs([0.9, 0.1], [0.1, 0.9], P, LENGTH)
    drag = state.molar_flux[0] * (1 / gas.knudsen[0] - 1 / gas.knudsen[1])
    viscous = gas.permeability / gas.viscosity * (state.partial_pressure.T / gas.knudsen).sum(axis=1)
    slope = gas.gradients(state.molar_flux, state.partial_pressure).sum(axis=0)
    assert slope == pytest.approx(-RT * drag / (1 + viscous), rel=1e-10)


def test_equilibrium():
    state = binary(1e-7).steady([0.5 * P, 0.5 * P], [0.5 * P, 0.5 * P], LENGTH)
    assert state.molar_flux == pytest.approx([0.0, 0.0], abs=1e-15)


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: DustyGas(T, [1e-6, 0.0], PAIRS[:2, :2], P), "Knudsen"),
        (lambda: DustyGas(T, [1e-6], PAIRS, P), "shapes"),
        (lambda: DustyGas(T, [1e-6, 1e-6], [[1, 2e-5], [1e-5, 1]], P), "symmetric"),
        (lambda: DustyGas(T, [1e-6, 1e-6], [[1, -1e-5], [-1e-5, 1]], P), "diffusivities"),
        (lambda: DustyGas(T, [1e-6], [[1.0]], P, -1e-15), "permeability"),
        (lambda: DustyGas(T, [1e-6], [[1.0]], P, 1e-15, 0.0), "viscosity"),
        (lambda: binary(1e-7).steady([-1.0, 1.0], [1.0, 1.0], LENGTH), "partial pressures"),
        (lambda: binary(1e-7).steady([1.0, 1.0], [0.0, 0.0], LENGTH), "partial pressures"),
        (lambda: binary(1e-7).fluxes([-1.0, 1.0], [0.0, 0.0]), "partial pressures"),
        (lambda: binary(1e-7).fluxes([1.0, 1.0], [0.0, np.nan]), "gradients"),
        (lambda: binary(1e-7).steady([1.0, 1.0], [1.0, 0.5], 0.0), "length"),
        (lambda: binary(1e-7).closed_bulbs([0.5, 0.6], [0.5, 0.5], P, LENGTH), "sum to one"),
        (lambda: binary(1e-7).closed_bulbs([0.5, 0.5], [0.4, 0.6], P, LENGTH, [1.0]), "one value for each"),
        (lambda: binary(1e-7).closed_bulbs([0.5, 0.5], [0.4, 0.6], P, LENGTH, [1.0, -1.0]), "not negative"),
        (lambda: uniform_pressure_flux((1.2, 0.0), (1.0, 1.0), 1.0, 1.0, 1.0, 1.0), "mole fractions"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()


def test_a_layer_too_thin_is_refused_by_name():
    gas = binary(1e-4, 1e-8 / 32)
    with pytest.raises(SimulationFault, match="too thin"):
        gas.steady([3 * P, 0.0], [0.0, P], LENGTH)
