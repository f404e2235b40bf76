"""The Dufour effect: closed form, similarity solution and transient agree; what is conserved."""

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.continuum.binary_gas import MONATOMIC, BinaryGas, constant_gas, gas_of_theory
from knudsen.analysis.continuum.dufour import dufour_peak, dufour_similarity, dufour_step
from knudsen.analysis.continuum.dufour_transient import dufour_transient
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

P, T, D, ALPHA = 1e5, 300.0, 7e-5, -0.4
C = P / (GAS_CONSTANT * T)


def gas_of(kappa, alpha=ALPHA, heat_capacities=MONATOMIC):
    return constant_gas(P, D, kappa * C * heat_capacities[0], alpha, heat_capacities)


@pytest.fixture(scope="module")
def helium_argon():
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "lj"), T, order=12)
    return gas_of_theory(theory, 101325.0, (280.0, 320.0))


# --- closed form -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kappa", [2e-5, 6.9e-5, 7e-5 * (1 - 2e-5), 7e-5, 1.5e-4])
def test_closed_form_solves_its_equation(kappa):
    """dT_t = kappa dT_zz + (R/C_p) T alpha_T D x_zz, x = f_D times the difference, by central differences."""
    t, h = 2.0, 2e-5
    z = np.array([-0.02, -0.004, 0.007, 0.03])
    args = (0.1, T, D, kappa, ALPHA)
    dT = {shift: dufour_step(z + shift, t, *args) for shift in (-h, 0, h)}
    dT_t = (dufour_step(z, t * 1.0005, *args) - dufour_step(z, t * 0.9995, *args)) / (t * 1e-3)
    dT_zz = (dT[h] - 2 * dT[0] + dT[-h]) / h**2
    x_zz = 0.1 * z * np.exp(-(z**2) / (4 * D * t)) / (4 * np.sqrt(np.pi) * (D * t) ** 1.5)
    source = 0.4 * T * ALPHA * D * x_zz
    assert dT_t == pytest.approx(kappa * dT_zz + source, abs=2e-4 * np.max(np.abs(source)))
    assert np.max(np.abs(dT_t)) > 0.05 * np.max(np.abs(source))


def test_closed_form_is_continuous_at_equal_diffusivities():
    z = np.linspace(-0.03, 0.03, 13)
    on, off = (dufour_step(z, 1.0, 0.1, T, D, D * (1 + e), ALPHA) for e in (0.99e-5, 1.01e-5))
    assert on == pytest.approx(off, rel=3e-7, abs=1e-15)
    exact = 0.4 * T * ALPHA * 0.1 * z * np.exp(-(z**2) / (4 * D)) / (4 * np.sqrt(np.pi * D))
    assert dufour_step(z, 1.0, 0.1, T, D, D, ALPHA) == pytest.approx(exact, rel=1e-10)


@pytest.mark.parametrize("kappa", [2e-5, 7e-5, 1.5e-4])
def test_peak_is_where_the_slope_vanishes(kappa):
    z = dufour_peak(D, kappa) * np.sqrt(3.0)
    near = np.abs([dufour_step(z * f, 3.0, 0.1, T, D, kappa, ALPHA) for f in (0.99, 1.0, 1.01)])
    assert near[1] > near[0] and near[1] > near[2]
    assert near[2] - near[0] == pytest.approx(0, abs=0.02 * (2 * near[1] - near[0] - near[2]) + 1e-12)


def test_light_rich_side_warms():
    """Species 1 light: alpha_T < 0 and the left, rich in it, warms; whichever is named first."""
    assert (
        dufour_step(-0.01, 1.0, 0.1, T, D, 6e-5, ALPHA) > 0 > dufour_step(0.01, 1.0, 0.1, T, D, 6e-5, ALPHA)
    )
    heavy_first = dufour_step(-0.01, 1.0, -0.1, T, D, 6e-5, -ALPHA)
    assert heavy_first == pytest.approx(dufour_step(-0.01, 1.0, 0.1, T, D, 6e-5, ALPHA), rel=1e-15)


# --- numbers against the closed form -----------------------------------------------------------------


@pytest.mark.parametrize("kappa", [3e-5, 7e-5, 1.2e-4])
def test_similarity_meets_the_closed_form_at_small_steps(kappa):
    small = 1e-4
    wave = dufour_similarity(gas_of(kappa, alpha=1e-3), (0.5 + small, 0.5 - small), T, tolerance=1e-9)
    closed = dufour_step(wave.position, 1.0, 2 * small, T, D, kappa, 1e-3)
    assert wave.temperature - T == pytest.approx(closed, abs=1e-5 * np.max(np.abs(closed)))


def test_polyatomic_gas_has_its_own_factor():
    """k/c_p in place of 2/5."""
    capacity = 3.5 * GAS_CONSTANT
    wave = dufour_similarity(gas_of(6e-5, 1e-3, (capacity, capacity)), (0.5001, 0.4999), T, tolerance=1e-9)
    closed = dufour_step(wave.position, 1.0, 2e-4, T, D, 6e-5, 1e-3, capacity)
    assert wave.temperature - T == pytest.approx(closed, abs=1e-5 * np.max(np.abs(closed)))
    monatomic = dufour_step(wave.position, 1.0, 2e-4, T, D, 6e-5, 1e-3)
    assert np.max(np.abs(monatomic)) == pytest.approx(1.4 * np.max(np.abs(closed)), rel=1e-12)


def test_transient_converges_to_the_closed_form_at_second_order():
    times, errors = [0.0, 30.0], []
    for cells in (100, 200):
        run = dufour_transient(gas_of(5e-5, 1e-3), 1.0, times, (0.501, 0.499), T, cells)
        closed = dufour_step(run.position[1] - 0.5, 30.0, 2e-3, T, D, 5e-5, 1e-3)
        errors.append(np.max(np.abs(run.temperature[1] - T - closed)) / np.max(np.abs(closed)))
    assert errors[1] < 3e-3 and errors[0] / errors[1] == pytest.approx(4, abs=0.4)


def test_transient_and_similarity_agree_for_pure_gases(helium_argon):
    wave = dufour_similarity(helium_argon)
    run = dufour_transient(helium_argon, 1.0, [0.0, 20.0], cells=200)
    z = (run.position[1] - 0.5) / np.sqrt(20.0)
    assert np.max(np.abs(run.temperature[1] - np.interp(z, wave.position, wave.temperature))) < 0.03
    assert np.max(np.abs(run.x[1] - np.interp(z, wave.position, wave.x))) < 2e-3
    faces = np.concatenate(
        [[0.0], np.cumsum(run.moles * GAS_CONSTANT * run.temperature[1] / run.pressure[1])]
    )
    speed = np.interp((faces - 0.5) / np.sqrt(20.0), wave.position, wave.velocity)
    assert run.velocity[1] * np.sqrt(20.0) == pytest.approx(speed, abs=0.01 * np.max(np.abs(wave.velocity)))


def test_helium_against_argon(helium_argon):
    """+5.39 and -7.76 K, converged; the helium-rich side is the warm one."""
    wave = dufour_similarity(helium_argon)
    assert wave.temperature.max() - T == pytest.approx(5.386, abs=0.003)
    assert wave.temperature.min() - T == pytest.approx(-7.764, abs=0.003)
    assert wave.position[np.argmax(wave.temperature)] < 0 < wave.position[np.argmin(wave.temperature)]
    turned = dufour_similarity(helium_argon, (0.0, 1.0))
    assert turned.temperature.max() == pytest.approx(wave.temperature.max(), abs=1e-3)


def test_helium_against_argon_at_order_three():
    """The reference's +5.3 and -7.7 K."""
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "lj"), T, order=3)
    wave = dufour_similarity(gas_of_theory(theory, 101325.0, (280.0, 320.0)))
    assert (wave.temperature.max() - T, wave.temperature.min() - T) == pytest.approx((5.3, -7.7), abs=0.05)


def test_maxwell_molecules_show_none():
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "maxwell"), T, order=4)
    wave = dufour_similarity(gas_of_theory(theory, 101325.0, (290.0, 310.0)))
    assert np.max(np.abs(wave.temperature - T)) < 1e-9
    assert np.max(np.abs(wave.velocity)) < 1e-12


# --- what is conserved -------------------------------------------------------------------------------


@pytest.mark.parametrize("heat_capacities", [MONATOMIC, (2.5 * GAS_CONSTANT, 4.5 * GAS_CONSTANT)])
def test_rigid_box_conserves_moles_energy_and_volume(heat_capacities):
    run = dufour_transient(gas_of(6e-5, -0.8, heat_capacities), 0.2, [0, 3.0, 30.0, 3000.0], cells=40)
    moles_of_first = run.x @ run.moles
    assert np.max(np.abs(moles_of_first / moles_of_first[0] - 1)) < 1e-8
    first, second = (capacity - GAS_CONSTANT for capacity in heat_capacities)
    energy = ((second + (first - second) * run.x) * run.temperature) @ run.moles
    assert np.max(np.abs(energy / energy[0] - 1)) < 1e-8
    assert np.max(np.abs(run.velocity[:, -1])) < 1e-12 * np.max(np.abs(run.velocity)) + 1e-18
    assert run.temperature[1].max() - run.temperature[1].min() > 1.0
    assert np.ptp(run.temperature[-1]) < 1e-4
    if heat_capacities == MONATOMIC:
        assert np.max(np.abs(run.pressure / P - 1)) < 1e-8
    else:
        assert np.max(np.abs(run.pressure / P - 1)) > 1e-4  # the sum of n T is not kept


def test_yielding_wall_conserves_enthalpy():
    capacities = (2.5 * GAS_CONSTANT, 4.5 * GAS_CONSTANT)
    run = dufour_transient(gas_of(6e-5, -0.8, capacities), 0.2, [0, 3.0, 30.0], cells=40, rigid=False)
    enthalpy = ((capacities[1] + (capacities[0] - capacities[1]) * run.x) * run.temperature) @ run.moles
    assert np.max(np.abs(enthalpy / enthalpy[0] - 1)) < 1e-11
    assert np.all(run.pressure == P)
    assert np.max(np.abs(run.velocity[1, -1])) > 1e-6


def test_similarity_with_unequal_heat_capacities_is_the_open_tube():
    gas = gas_of(6e-5, -0.8, (2.5 * GAS_CONSTANT, 4.5 * GAS_CONSTANT))
    wave = dufour_similarity(gas, (0.9, 0.1))
    run = dufour_transient(gas, 1.0, [0.0, 20.0], (0.9, 0.1), cells=200, rigid=False)
    z = (run.position[1] - 0.5) / np.sqrt(20.0)
    excess = np.interp(z, wave.position, wave.temperature) - T
    assert run.temperature[1] - T == pytest.approx(excess, abs=0.01 * np.max(np.abs(excess)))


def test_velocity_is_the_dufour_flux_over_the_enthalpy():
    """v* = -(R/C_p) q'/p where the heat capacities are equal: here from the profiles' own gradients."""
    gas = gas_of(6e-5)
    run = dufour_transient(gas, 1.0, [0.0, 30.0], (0.7, 0.3), cells=200)
    x, temperature, z = run.x[1], run.temperature[1], run.position[1]
    c = P / (GAS_CONSTANT * temperature)
    log_gradient = np.gradient(np.log(temperature), z)
    J = -c * D * (np.gradient(x, z) + ALPHA * x * (1 - x) * log_gradient)
    q = -6e-5 * C * 2.5 * GAS_CONSTANT * temperature * log_gradient + GAS_CONSTANT * temperature * ALPHA * J
    middle = (run.velocity[1, 1:] + run.velocity[1, :-1]) / 2
    assert middle == pytest.approx(-0.4 * q / P, abs=2e-3 * np.max(np.abs(middle)))


# --- tables and bad input ----------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["vss", "lj"])
def test_table_is_the_theory(model):
    theory = ChapmanEnskog(Mixture(["He", "Ar"], model), T, order=6)
    gas = gas_of_theory(theory, 101325.0, (280.0, 320.0))
    for temperature in (281.3, 300.0, 317.7):
        at, x = theory.at(temperature), np.array([0.0, 0.013, 0.27, 0.66, 0.991, 1.0])
        assert gas.diffusion(x, np.full(6, temperature)) == pytest.approx(
            at.diffusion_binary(x, 101325.0), rel=1e-6
        )
        conductivity = at.thermal_conductivity(np.stack([x, 1 - x], axis=-1))
        assert gas.thermal_conductivity(x, np.full(6, temperature)) == pytest.approx(conductivity, rel=2e-6)
        factor = at.thermal_diffusion_factor(x)
        assert gas.thermal_diffusion_factor(x, np.full(6, temperature)) == pytest.approx(factor, rel=1e-5)


def test_bad_input_is_named(helium_argon):
    with pytest.raises(ValueError, match="leave the table"):
        helium_argon.diffusion(0.5, np.array([330.0]))
    with pytest.raises(ValueError, match="leave the table"):
        dufour_similarity(helium_argon, temperature=350.0)
    with pytest.raises(ValueError, match="must ascend"):
        gas_of_theory(ChapmanEnskog(Mixture(["He", "Ar"])), P, (320.0, 280.0))
    with pytest.raises(ValueError, match="needs two species"):
        gas_of_theory(ChapmanEnskog(Mixture(["He"])), P, (280.0, 320.0))
    with pytest.raises(ValueError, match="exceeds R"):
        constant_gas(P, D, 0.05, ALPHA, (1.0, 20.0))
    with pytest.raises(ValueError, match="pressure must be positive"):
        BinaryGas(0.0, None, None, None)
    with pytest.raises(ValueError, match="time must be positive"):
        dufour_step(0.0, 0.0, 0.1, T, D, D, ALPHA)
    with pytest.raises(ValueError, match="even number"):
        dufour_transient(gas_of(D), 1.0, [0, 1], cells=3)
    with pytest.raises(ValueError, match=r"lie in \[0, 1\]"):
        dufour_transient(gas_of(D), 1.0, [0, 1], (1.2, 0.0))
    with pytest.raises(ValueError, match="thermal diffusion factor must be finite"):
        constant_gas(P, D, 0.05, np.nan)
    with pytest.raises(ValueError, match="position must be finite"):
        dufour_step(np.nan, 1.0, 0.1, T, D, D, ALPHA)
    with pytest.raises(ValueError, match=r"difference of mole fraction must lie in \[-1, 1\]"):
        dufour_step(0.0, 1.0, 1.1, T, D, D, ALPHA)
    with pytest.raises(ValueError, match="ascending from 0"):
        dufour_transient(gas_of(D), 1.0, [0, np.inf])


def test_a_table_is_not_asked_beyond_pure_gases(helium_argon):
    with pytest.raises(ValueError, match=r"mole fractions must lie in \[0, 1\]"):
        helium_argon.diffusion(1.01, T)
