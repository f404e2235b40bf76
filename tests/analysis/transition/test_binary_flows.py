"""Binary channel flows and slip against reference tables, symmetries and limits."""

from math import log, pi, sqrt

import numpy as np
import pytest
from marked_gas import twins
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.transition.binary_flows import binary_channel, diffusion_slip
from knudsen.analysis.transition.binary_plates import binary_slab, no_flux_gradient
from knudsen.analysis.transition.channel import plane_channel
from knudsen.analysis.transition.mccormack import binary_model
from knudsen.analysis.transition.mccormack_operators import binary_normal
from knudsen.analysis.transition.slip import slip_coefficients
from knudsen.core.gases import Mixture

NAMES = [f"Lambda_{pair}" for pair in ("PP", "PT", "PC", "TT", "TC", "CC")]
NEON_ARGON, HELIUM_XENON = Mixture(["Ne", "Ar"], "hs"), Mixture(["He", "Xe"], "hs")


def coefficients(flow):
    return np.array([getattr(flow, name) for name in NAMES])


@pytest.mark.parametrize(
    "mixture, delta, expected",
    [  # mccormack_channel: discrete ordinates, est. error below 2e-8
        (NEON_ARGON, 0.1, (2.13662718, -0.77144785, 0.35013021, 4.26026141, -0.15979762, 1.85819198)),
        (NEON_ARGON, 1.0, (1.59940152, -0.38099813, 0.13505185, 1.82895547, -0.08862358, 0.74554784)),
        (NEON_ARGON, 10.0, (2.80457541, -0.10118190, 0.02052160, 0.35429351, -0.01985925, 0.12590540)),
        (HELIUM_XENON, 0.1, (5.02567784, -1.91707046, 3.42129893, 10.47899084, -1.38936770, 4.77839950)),
        (HELIUM_XENON, 1.0, (3.00594448, -0.91121721, 1.54997147, 4.40685415, -0.66720047, 2.17083818)),
        (HELIUM_XENON, 10.0, (3.26215216, -0.21980532, 0.31106919, 0.85782653, -0.14293482, 0.44267556)),
    ],
)
def test_reference_channel(mixture, delta, expected):
    flow = binary_channel(mixture, 0.5, delta)
    assert coefficients(flow) == pytest.approx(expected, abs=1e-8)
    assert flow.error < 1e-7
    assert abs(binary_channel(mixture, 0.45, delta).Lambda_PC - expected[2]) > 1e-4


@pytest.mark.parametrize(
    "mixture, expected",
    [  # mccormack_slip
        (NEON_ARGON, (1.038875, 1.142768, 0.227384, 1.215356, -0.214042, 0.214403, -0.227023, 0.744794)),
        (HELIUM_XENON, (1.250768, 1.119874, 1.187656, 2.612317, -3.428417, 1.168345, -3.447728, 0.203816)),
    ],
)
def test_reference_slip(mixture, expected):
    slip = diffusion_slip(mixture, 0.5)
    found = [slip.sigma_P, slip.sigma_T, slip.sigma_C, slip.sigma_T_molar, slip.sigma_C_molar]
    found += [slip.kramers_kistemaker, slip.kramers_kistemaker_molar, slip.schmidt_number]
    assert found == pytest.approx(expected, abs=6e-7)
    assert slip.error < 1e-6


@pytest.mark.parametrize("model", ["vss", "lj"])
def test_names_in_either_order(model):
    """X_C and J_C belong to the first named: swapped, each takes the factor -x2/x1."""
    x1, alpha = 0.3, (0.9, 0.4)
    there = binary_channel(Mixture(["He", "Ar"], model), x1, 2.0, 300.0, alpha)
    back = binary_channel(Mixture(["Ar", "He"], model), 1 - x1, 2.0, 300.0, alpha[::-1])
    turn = -(1 - x1) / x1
    assert coefficients(back) == pytest.approx(
        coefficients(there) * [1, 1, turn, 1, turn, turn**2], rel=1e-9, abs=1e-12
    )
    one, other = (
        diffusion_slip(Mixture(["He", "Ar"], model), x1, 300.0, alpha),
        diffusion_slip(Mixture(["Ar", "He"], model), 1 - x1, 300.0, alpha[::-1]),
    )
    assert other.sigma_P == pytest.approx(one.sigma_P, rel=1e-9)
    assert other.sigma_T_molar == pytest.approx(one.sigma_T_molar, rel=1e-9)
    assert other.sigma_C == pytest.approx(turn * one.sigma_C, rel=1e-8)
    assert other.kramers_kistemaker_molar == pytest.approx(turn * one.kramers_kistemaker_molar, rel=1e-9)


@pytest.mark.parametrize("delta", [1e-3, 0.5, 30.0])
def test_onsager_symmetry(delta):
    matrix = binary_slab(binary_model(HELIUM_XENON, 0.2, 300.0), delta, (0.3, 1.0), 40).coefficients
    assert matrix == pytest.approx(matrix.T, rel=1e-10)
    assert np.linalg.eigvalsh(matrix).min() > 0  # entropy grows


@pytest.mark.parametrize("alpha", [1.0, 0.5])
def test_marked_halves_of_one_gas(alpha):
    """Equal molecules: Shakhov's gas, no slip by diffusion; walls that tell them apart move them."""
    for delta in (0.1, 5.0):
        flow, one = binary_channel(twins(), 0.3, delta, 300.0, alpha), plane_channel(delta, "shakhov", alpha)
        assert flow.Lambda_PP == pytest.approx(one.G_P, rel=1e-9)
        assert -flow.Lambda_PT == pytest.approx(one.G_T, rel=1e-8)
        assert flow.couette_ratio == pytest.approx(one.couette_ratio, rel=1e-9)
        assert flow.fourier_ratio == pytest.approx(one.fourier_ratio, rel=1e-9)
        assert abs(flow.Lambda_PC) + abs(flow.Lambda_TC) < 1e-10
    slip, one = diffusion_slip(twins(), 0.3, 300.0, alpha), slip_coefficients("shakhov", alpha)
    found, expected = (slip.sigma_P, slip.sigma_T, slip.zeta_T), (one.sigma_P, one.sigma_T, one.zeta_T)
    assert found == pytest.approx(expected, rel=1e-8)
    assert abs(slip.sigma_C) < 1e-9
    # the well accommodated species 1 is held by the wall, so species 2 wins: towards rising x1
    assert diffusion_slip(twins(), 0.3, 300.0, (1.0, 0.5)).sigma_C > 1e-2


@pytest.mark.parametrize("x1", [1e-5, 1 - 1e-5])
def test_trace_of_one_species(x1):
    """All but pure: the flow of Shakhov's gas, off by no more than a few times the trace."""
    flow, one = binary_channel(NEON_ARGON, x1, 1.0), plane_channel(1.0, "shakhov")
    assert flow.Lambda_PP == pytest.approx(one.G_P, rel=1e-4)
    assert flow.Lambda_PT == pytest.approx(-one.G_T, rel=1e-4)
    slip = diffusion_slip(NEON_ARGON, x1)
    assert slip.sigma_P == pytest.approx(slip_coefficients("shakhov").sigma_P, rel=1e-4)


def test_free_molecular_limit():
    """Species fly alone: a decade of delta adds ln(10)/sqrt(pi) sum_a x_a (v0a/v0) <S_j S_k>."""
    x1 = 0.3
    model = binary_model(HELIUM_XENON, x1, 300.0)
    thin, thinner = (coefficients(binary_channel(HELIUM_XENON, x1, d)) for d in (1e-3, 1e-4))
    eta = np.array([1, -x1 / (1 - x1)])
    share = model.fractions * model.speed_ratios * log(10) / sqrt(pi)
    # means of (c^2 - 5/2)^k weighted with c_z^2 at c_x = 0: 1, -1/2, 9/4 for k = 0, 1, 2
    expected = [
        share.sum(),
        -share.sum() / 2,
        share @ eta,
        9 / 4 * share.sum(),
        -share @ eta / 2,
        share @ eta**2,
    ]
    assert thinner - thin == pytest.approx(expected, rel=0.03)
    half = binary_channel(HELIUM_XENON, x1, 1e-4, 300.0, 0.5)
    assert (half.couette_ratio, half.fourier_ratio) == pytest.approx((1 / 3, 1 / 3), rel=1e-3)


@pytest.mark.parametrize("alpha", [1.0, (0.4, 0.9)])
def test_continuum_limit(alpha):
    """Lambda_PT -> -sigma_T/delta, Lambda_PC -> -sigma_C/delta (molar), Lambda_CC -> bulk diffusion."""
    delta, x1 = 2000.0, 0.3
    flow = binary_channel(HELIUM_XENON, x1, delta, 300.0, alpha)
    slip = diffusion_slip(HELIUM_XENON, x1, 300.0, alpha)
    model = binary_model(HELIUM_XENON, x1, 300.0)
    assert delta * flow.Lambda_PT == pytest.approx(-slip.sigma_T_molar, rel=5e-3)
    assert delta * flow.Lambda_PC == pytest.approx(-slip.sigma_C_molar, rel=5e-3)
    # J_C = x1 (u_1 - u_2)/v0 = -(x1/x2) D12 X_C/(v0 H), and mu/(rho D12) = Sc
    assert delta * flow.Lambda_CC == pytest.approx(x1 / (1 - x1) / model.schmidt_number, rel=5e-3)
    # q = -lambda dT/dx over free molecules' p v0 (dT/T) sum x_a (v0a/v0)/sqrt(pi)
    conductance = model.thermal_conductivity / (BOLTZMANN * 2 * model.viscosity / model.mean_mass)
    conductance *= sqrt(pi) / (model.fractions @ model.speed_ratios)
    assert flow.fourier_ratio == pytest.approx(conductance / (delta + 2 * slip.zeta_T), rel=1e-8)
    diffuse = model.fractions @ (1 / model.speed_ratios)
    assert flow.couette_ratio == pytest.approx(sqrt(pi) / (delta + 2 * slip.sigma_P) / diffuse, rel=1e-8)


def test_heat_flow_without_diffusion():
    """Uniform pressure and dx1 = -k_T dlnT: n_1 falls by 1 + k_T/x1, n_2 by 1 - k_T/x2."""
    x1 = 0.3
    model = binary_model(HELIUM_XENON, x1, 300.0)
    gas = binary_normal(model)
    gradient = no_flux_gradient(gas)
    n1, n2 = (gas.operator.mean(one, gradient)[0] for one in gas.densities)
    ratio = model.thermal_diffusion_factor * x1 * (1 - x1)
    assert n1 / x1 == pytest.approx(-1 - ratio / x1, rel=1e-8)
    assert n2 / (1 - x1) == pytest.approx(-1 + ratio / (1 - x1), rel=1e-8)


def test_bad_input():
    for arguments, message in (
        ((0.5, 0.0), "delta must be positive"),
        ((0.5, 1e-6), "delta must lie in"),
        ((1.0, 1.0), "x1 must lie"),
        ((0.5, 1.0, 300.0, (1.0, 0.0)), "accommodation must lie in"),
        ((0.5, 1.0, -3.0), "temperature must be positive"),
    ):
        with pytest.raises(ValueError, match=message):
            binary_channel(NEON_ARGON, *arguments)
