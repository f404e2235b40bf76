"""Chapman-Enskog coefficients against closed forms, published tables and their own symmetries.

Tables "reference" are this project's high-precision references (hs_single_orders, hs_binary, vss_single,
vss_binary, pairs_300K, mccormack_slip), each computed by a method other than the one under test.
"""

from math import gamma, pi, sqrt

import numpy as np
import pytest
from scipy.constants import N_A
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

TEMPERATURE, ATMOSPHERE = 300.0, 101325.0
KT = BOLTZMANN * TEMPERATURE
HALF = [0.5, 0.5]
DIAMETER, LIGHT_MASS = 1e-10, 1e-3 / N_A


def gas(name, molar_mass, interaction):
    return Species(name, molar_mass, interaction, interaction, interaction)


def equal_diameters(mass_ratio, omega=0.5, alpha=1.0):
    """Species of masses mass_ratio and 1 g/mol that meet by one interaction."""
    shared = VariableSoftSphere(DIAMETER, omega, alpha, TEMPERATURE)
    return Mixture([gas("heavy", 1e-3 * mass_ratio, shared), gas("light", 1e-3, shared)])


# --- one gas ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "order, viscosity, conductivity, diffusion",
    [  # hs_single_orders
        (2, 1.014851485149, 1.000000000000, 1.017241379310),
        (3, 1.015878911771, 1.022727272727, 1.018689786402),
        (4, 1.016005918782, 1.024818523995, 1.018899628603),
        (10, 1.016033923069, 1.025217944731, 1.018953731717),
        (20, 1.016033941650, 1.025218168258, 1.018953784860),
        (40, 1.016033941656, 1.025218168323, 1.018953784881),
    ],
)
def test_hard_sphere_gas_at_each_order(order, viscosity, conductivity, diffusion):
    argon = Mixture(["Ar"], "hs")
    first, second, theory = (ChapmanEnskog(argon, order=n) for n in (1, 2, order))
    assert theory.viscosity([1.0]) / first.viscosity([1.0]) == pytest.approx(viscosity, rel=1e-11)
    ratio = theory.thermal_conductivity([1.0]) / second.thermal_conductivity([1.0])
    assert ratio == pytest.approx(conductivity, rel=1e-11)
    assert theory.self_diffusion(1.0) / first.self_diffusion(1.0) == pytest.approx(diffusion, rel=1e-11)


@pytest.mark.parametrize(
    "omega, alpha, viscosity, conductivity, diffusion, schmidt, prandtl",
    [  # vss_single
        (0.5, 1.0, 1.016033942, 1.025218168, 1.018953785, 0.830945391, 0.660694457),
        (0.66, 1.26, 1.007345745, 1.011542140, 1.008418695, 0.758376971, 0.663900992),
        (0.74, 1.36, 1.004279791, 1.006723480, 1.004872788, 0.745510353, 0.665048420),
        (0.81, 1.0, 1.002279206, 1.003580626, 1.002765095, 0.928917705, 0.665802148),
        (0.81, 1.4, 1.002279379, 1.003580910, 1.002600099, 0.752104882, 0.665802076),
        (1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2 / 3),
    ],
)
def test_soft_sphere_gas(omega, alpha, viscosity, conductivity, diffusion, schmidt, prandtl):
    pure = Mixture([gas("A", 0.04, VariableSoftSphere(4e-10, omega, alpha))])
    first, second, theory = (ChapmanEnskog(pure, order=n) for n in (1, 2, 24))
    assert theory.viscosity([1.0]) / first.viscosity([1.0]) == pytest.approx(viscosity, rel=2e-9)
    ratio = theory.thermal_conductivity([1.0]) / second.thermal_conductivity([1.0])
    assert ratio == pytest.approx(conductivity, rel=2e-9)
    assert theory.self_diffusion(1.0) / first.self_diffusion(1.0) == pytest.approx(diffusion, rel=2e-9)
    assert theory.schmidt_number() == pytest.approx(schmidt, rel=2e-9)
    assert theory.prandtl_number([1.0]) == pytest.approx(prandtl, rel=2e-9)


@pytest.mark.parametrize("name", ["He", "Ar", "CO2", "Xe"])
@pytest.mark.parametrize("model", ["hs", "vhs", "vss", "maxwell"])
def test_first_order_is_the_closed_form(name, model):
    mixture = Mixture([name, "Kr"], model)
    theory = ChapmanEnskog(mixture, TEMPERATURE, order=1)

    def effective(a, b):  # sigma_T at E = kT, and the deflection and energy indices
        pair, reduced = mixture.interaction(a, b), mixture.reduced_mass(a, b)
        return pair.cross_section(sqrt(2 * KT / reduced), reduced), pair.alpha, pair.omega

    sigma, alpha, omega = effective(0, 0)
    mass = mixture.masses[0]
    shear = 5 * (alpha + 1) * (alpha + 2) * sqrt(pi * mass * KT) / (16 * alpha * gamma(4.5 - omega) * sigma)
    assert theory.viscosity([1.0, 0.0]) == pytest.approx(shear, rel=1e-9)
    schmidt = (2 + alpha) / (0.6 * (7 - 2 * omega) * alpha)
    assert theory.schmidt_number(0) == pytest.approx(schmidt, rel=1e-9)
    sigma, alpha, omega = effective(0, 1)
    thermal = sqrt(2 * pi * KT / mixture.reduced_mass(0, 1))
    diffusion = 3 * (alpha + 1) * thermal / (16 * gamma(3.5 - omega) * sigma) * KT / ATMOSPHERE
    for x1 in (0.0, 0.3, 1.0):
        assert theory.diffusion_binary(x1, ATMOSPHERE) == pytest.approx(diffusion, rel=1e-9)


def test_viscosity_follows_the_power_law_of_temperature():
    theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 200.0)
    assert theory.at(800.0).viscosity([1.0]) / theory.viscosity([1.0]) == pytest.approx(4**0.81, rel=1e-12)


# --- binaries ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "mass_ratio, diffusion, factor, viscosity, conductivity, first_viscosity",
    [  # hs_binary, 26 polynomials; units of the pure heavy gas at first order
        (1.5, 1.021957124, 0.186072815, 0.926462490, 1.115291087, 0.912371842),
        (2, 1.027019244, 0.297332791, 0.877598769, 1.165875243, 0.865077394),
        (4, 1.042596479, 0.470916100, 0.802219427, 1.297620222, 0.792912012),
        (10, 1.058954261, 0.566265686, 0.774844326, 1.633147387, 0.767539513),
        (9.98047, 1.058928225, 0.566149204, 0.774836207, 1.632151864, 0.767529514),
    ],
)
def test_hard_sphere_binary(mass_ratio, diffusion, factor, viscosity, conductivity, first_viscosity):
    mixture = equal_diameters(mass_ratio)
    first, second, theory = (ChapmanEnskog(mixture, order=n) for n in (1, 2, 26))
    ratio = theory.diffusion_binary(0.5, 1.0) / first.diffusion_binary(0.5, 1.0)
    assert ratio == pytest.approx(diffusion, rel=2e-9)
    assert theory.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=1e-9)
    unit = first.viscosity([1.0, 0.0])
    assert theory.viscosity(HALF) / unit == pytest.approx(viscosity, rel=2e-9)
    assert first.viscosity(HALF) / unit == pytest.approx(first_viscosity, rel=2e-9)
    ratio = theory.thermal_conductivity(HALF) / second.thermal_conductivity([1.0, 0.0])
    assert ratio == pytest.approx(conductivity, rel=2e-9)


SOFT_SPHERE_BINARY = [  # vss_binary, 16 polynomials; units of sigma = d^2, m = m_light, kT = 1
    # omega, alpha, m1/m2, n D12 first, D12/first, alpha_T at 2 and 16, eta, eta/eta1, lambda
    (0.5, 1.4, 4, 0.200713963, 1.037870118, 0.3731996, 0.4079229, 0.280798190, 1.012417453, 0.444245374),
    (0.6, 1.0, 2, 0.192869413, 1.017466122, 0.2315683, 0.2449688, 0.236798894, 1.009188832, 0.588701540),
    (0.66, 1.0, 4, 0.181806126, 1.020189524, 0.3163885, 0.3351008, 0.320983647, 1.005322210, 0.486687386),
    (0.74, 1.4, 2, 0.249853557, 1.006774841, 0.1333502, 0.1379639, 0.260830752, 1.003923345, 0.657604262),
    (0.81, 1.4, 4, 0.237531317, 1.005779338, 0.1641713, 0.1690726, 0.362758554, 1.001732222, 0.574086289),
    (1.0, 1.4, 4, 0.267618617, 1.000000000, 0.0000000, 0.0000000, 0.435826062, 1.000000000, 0.691212294),
]


@pytest.mark.parametrize("row", SOFT_SPHERE_BINARY)
def test_soft_sphere_binary(row):
    omega, alpha, mass_ratio, n_diffusion, diffusion, factor_2, factor, shear, shear_ratio, heat = row
    mixture = equal_diameters(mass_ratio, omega, alpha)
    first, second, theory = (ChapmanEnskog(mixture, TEMPERATURE, n) for n in (1, 2, 16))
    area = DIAMETER**2
    reduced = first.diffusion_binary(0.5, KT) * area * sqrt(LIGHT_MASS / KT)
    assert reduced == pytest.approx(n_diffusion, rel=3e-9)
    ratio = theory.diffusion_binary(0.5, 1.0) / first.diffusion_binary(0.5, 1.0)
    assert ratio == pytest.approx(diffusion, rel=2e-9)
    assert second.thermal_diffusion_factor(0.5) == pytest.approx(factor_2, abs=6e-8)
    assert theory.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=6e-8)
    reduced = theory.viscosity(HALF) * area / sqrt(LIGHT_MASS * KT)
    assert reduced == pytest.approx(shear, rel=3e-9)
    assert theory.viscosity(HALF) / first.viscosity(HALF) == pytest.approx(shear_ratio, rel=2e-9)
    reduced = theory.thermal_conductivity(HALF) * area * sqrt(LIGHT_MASS / KT) / BOLTZMANN
    assert reduced == pytest.approx(heat, rel=3e-9)


@pytest.mark.parametrize("omega, alpha", [(0.82, 1.4), (0.81, 1.41)])
def test_neighbouring_parameters_miss_the_table(omega, alpha):
    factor, shear_ratio = SOFT_SPHERE_BINARY[4][6], SOFT_SPHERE_BINARY[4][8]
    mixture = equal_diameters(4, omega, alpha)
    first, theory = ChapmanEnskog(mixture, order=1), ChapmanEnskog(mixture, order=16)
    assert abs(theory.thermal_diffusion_factor(0.5) - factor) > 1e-4
    assert abs(theory.viscosity(HALF) / first.viscosity(HALF) - shear_ratio) > 1e-7


@pytest.mark.parametrize(
    "order, diffusion, factor, viscosity, conductivity, uniform",
    [  # pairs_300K, hard spheres: Kr (species 1) and Ar, 3.6 and 4.1 angstrom, 101325 Pa
        (2, 1.285036519e-05, 0.31344147, 2.450117932e-05, 1.223909967e-02, 1.234570127e-02),
        (5, 1.289433359e-05, 0.33816468, 2.452977616e-05, 1.258213927e-02, 1.270664540e-02),
        (12, 1.289508768e-05, 0.33847280, 2.453000700e-05, 1.258414084e-02, 1.270888126e-02),
        (20, 1.289508959e-05, 0.33847343, 2.453000732e-05, 1.258414384e-02, 1.270888474e-02),
    ],
)
def test_krypton_argon_in_si_units(order, diffusion, factor, viscosity, conductivity, uniform):
    theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order)
    assert theory.diffusion_binary(0.5, ATMOSPHERE) == pytest.approx(diffusion, rel=1e-9)
    assert theory.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=6e-9)
    assert theory.thermal_diffusion_ratio(0.5) == pytest.approx(factor / 4, abs=2e-9)
    assert theory.viscosity(HALF) == pytest.approx(viscosity, rel=1e-9)
    assert theory.thermal_conductivity(HALF) == pytest.approx(conductivity, rel=1e-9)
    assert theory.thermal_conductivity_uniform(HALF) == pytest.approx(uniform, rel=1e-9)


@pytest.mark.parametrize("light, heavy, factor", [("Ne", "Ar", -0.32887957), ("He", "Xe", -0.64662868)])
def test_unequal_hard_spheres_at_first_order(light, heavy, factor):
    """mccormack_slip: McCormack's model holds the two-polynomial alpha_T of the light species."""
    theory = ChapmanEnskog(Mixture([light, heavy], "hs"), order=2)
    assert theory.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=1e-8)


def test_helium_argon_soft_spheres():
    """Bird's VSS parameters: first-order D12 0.1 to 2.7 % low, alpha_T (Ar first) 0.355, 0.25 to 0.65."""
    mixture = Mixture(["Ar", "He"], "vss")
    x1 = np.linspace(0.02, 0.98, 49)
    first, theory = ChapmanEnskog(mixture, order=1), ChapmanEnskog(mixture)
    low = theory.diffusion_binary(x1, ATMOSPHERE) / first.diffusion_binary(x1, ATMOSPHERE) - 1
    assert low.min() == pytest.approx(0.0015, abs=0.0005) and low.max() == pytest.approx(0.027, abs=0.0005)
    assert low[24] == pytest.approx(0.0195, abs=5e-5)
    factor = theory.thermal_diffusion_factor(x1)
    assert factor[24] == pytest.approx(0.355, abs=5e-4)
    assert sorted(factor[[0, -1]]) == pytest.approx([0.25, 0.65], abs=0.015)


@pytest.mark.parametrize("alpha", [1.0, 1.4])
def test_maxwell_molecules_do_not_thermally_diffuse(alpha):
    theory = ChapmanEnskog(equal_diameters(10, 1.0, alpha))
    x1 = np.linspace(0, 1, 5)
    assert theory.thermal_diffusion_factor(x1) == pytest.approx(0, abs=1e-12)
    assert np.ptp(theory.diffusion_binary(x1, 1.0)) < 1e-12 * theory.diffusion_binary(0.5, 1.0)


def test_lorentz_limit():
    """Light hard spheres among fixed ones: D/D_first -> 32/(9 pi), alpha_T of the heavy -> 1/2."""
    mixture = equal_diameters(1e6)
    first, theory = ChapmanEnskog(mixture, order=1), ChapmanEnskog(mixture, order=40)
    ratio = theory.diffusion_binary(1.0, 1.0) / first.diffusion_binary(1.0, 1.0)
    assert ratio == pytest.approx(32 / (9 * pi), rel=3e-4)  # 2e-4 is left at order 40
    assert theory.thermal_diffusion_factor(1.0) == pytest.approx(0.5, rel=2e-3)
