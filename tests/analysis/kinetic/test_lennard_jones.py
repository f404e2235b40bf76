"""Lennard-Jones Kr-Ar at 300 K, 101325 Pa, x1 = 1/2, order by order, against an independent computation."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.constants import N_A
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.collision_integrals import collision_integral, collision_ratios
from knudsen.analysis.kinetic.scattering import rate_coefficient
from knudsen.core.gases import Mixture, species
from knudsen.core.interactions import LennardJones, UserPotential
from knudsen.core.kernels import device

KRYPTON = replace(species("Kr"), molar_mass=83.798e-3, lj=LennardJones(3.655e-10, 178.9))
ARGON = replace(species("Ar"), molar_mass=39.948e-3, lj=LennardJones(3.542e-10, 93.3))
# order: D12 [m2/s], alpha_T, eta [Pa s], lambda and lambda' [W/(m K)]; krypton is species 1.
ROWS = {
    1: (1.400896833e-05, 0.0, 2.454715509e-05, None, None),
    2: (1.405668722e-05, 0.11111292, 2.459177916e-05, 1.271469318e-02, 1.272934688e-02),
    3: (1.405674597e-05, 0.11145791, 2.459193088e-05, 1.276457840e-02, 1.277932330e-02),
    4: (1.405695425e-05, 0.11140268, 2.459205774e-05, 1.276487858e-02, 1.277960910e-02),
    5: (1.405708377e-05, 0.11142900, 2.459210267e-05, 1.276502180e-02, 1.277975941e-02),
    8: (1.405713651e-05, 0.11144716, 2.459211396e-05, 1.276513401e-02, 1.277987648e-02),
    12: (1.405713668e-05, 0.11144724, 2.459211404e-05, 1.276513468e-02, 1.277987717e-02),
}
PRESSURE, HALF = 101325.0, [0.5, 0.5]


@pytest.fixture(scope="module")
def mixture():
    return Mixture([KRYPTON, ARGON], "lj")


@pytest.mark.parametrize("order", ROWS)
def test_the_rows_to_their_printed_digits(mixture, order):
    theory = ChapmanEnskog(mixture, 300.0, order)
    diffusion, factor, viscosity, conductivity, uniform = ROWS[order]
    assert float(theory.diffusion_binary(0.5, PRESSURE)) == pytest.approx(diffusion, rel=1e-9)
    assert float(theory.viscosity(HALF)) == pytest.approx(viscosity, rel=1e-9)
    if order > 1:
        assert float(theory.thermal_diffusion_factor(0.5)) == pytest.approx(factor, abs=1e-8)
        assert float(theory.thermal_conductivity(HALF)) == pytest.approx(conductivity, rel=1e-9)
        assert float(theory.thermal_conductivity_uniform(HALF)) == pytest.approx(uniform, rel=1e-9)


def test_the_series_converges_past_the_table(mixture):
    """The quadrature carries the orders above: 20 and 25 agree to rounding, and 12 is near them."""
    twelve, twenty, top = (ChapmanEnskog(mixture, 300.0, order) for order in (12, 20, 25))
    assert float(twenty.viscosity(HALF)) == pytest.approx(float(top.viscosity(HALF)), rel=1e-12)
    factors = [float(theory.thermal_diffusion_factor(0.5)) for theory in (twelve, twenty, top)]
    assert factors[1] == pytest.approx(factors[2], rel=1e-10)
    assert factors[0] == pytest.approx(factors[2], rel=2e-7)


def test_orders_above_the_cross_sections_are_refused(mixture):
    with pytest.raises(ValueError, match=r"go to degree 26, not 27: take order 25 or less"):
        ChapmanEnskog(mixture, 300.0, 26).viscosity(HALF)


@pytest.mark.parametrize("temperature", [50.0, 300.0, 3000.0])
def test_first_order_is_the_closed_form(temperature):
    """eta = 5/16 sqrt(pi m kT) / (pi sigma^2 Omega22*); n D = 3/8 sqrt(kT/(pi m)) / (sigma^2 Omega11*)."""
    theory = ChapmanEnskog(Mixture([ARGON], "lj"), temperature, 1)
    mass, sigma, thermal = 39.948e-3 / N_A, 3.542e-10, BOLTZMANN * temperature
    first, viscous = (float(collision_integral(ARGON.lj, l, l, temperature / 93.3)) for l in (1, 2))
    viscosity = 5 / 16 * np.sqrt(np.pi * mass * thermal) / (np.pi * sigma**2 * viscous)
    assert float(theory.viscosity([1.0])) == pytest.approx(viscosity, rel=1e-11)
    diffusion = 3 / 8 * np.sqrt(thermal / (np.pi * mass)) / (sigma**2 * first) * thermal / PRESSURE
    assert theory.self_diffusion(PRESSURE) == pytest.approx(diffusion, rel=1e-11)


def test_the_first_approximation_of_alpha_t_vanishes_where_6c_is_5(mixture):
    """Equal molecules at order 2: the sign of alpha_T is that of 6 C* - 5, negative in the cold."""
    heavy = replace(ARGON, name="heavy argon", molar_mass=1.01 * ARGON.molar_mass)
    for temperature in (60.0, 300.0):
        _, _, c_star = collision_ratios(ARGON.lj, temperature / 93.3)
        factor = ChapmanEnskog(Mixture([heavy, ARGON], "lj"), temperature, 2).thermal_diffusion_factor(0.5)
        assert np.sign(float(factor)) == np.sign(6 * float(c_star) - 5)


@device
def twelve_six(r):
    return 4.0 * (r**-12 - r**-6)


def test_a_users_potential_takes_the_same_way(mixture):
    """Lennard-Jones written as V(r): the table's coefficients, and a wrong one is seen."""
    pairs = {
        (a, b): UserPotential(lj.sigma, lj.epsilon_over_k, twelve_six)
        for a, b, lj in (
            ("Kr", "Kr", KRYPTON.lj),
            ("Ar", "Ar", ARGON.lj),
            ("Kr", "Ar", mixture.interaction(0, 1)),
        )
    }
    theory = ChapmanEnskog(Mixture([KRYPTON, ARGON], "lj", pairs), 300.0, 5)
    assert float(theory.diffusion_binary(0.5, PRESSURE)) == pytest.approx(ROWS[5][0], rel=1e-9)
    assert float(theory.viscosity(HALF)) == pytest.approx(ROWS[5][2], rel=1e-9)
    pairs["Kr", "Ar"] = replace(pairs["Kr", "Ar"], epsilon_over_k=1.01 * pairs["Kr", "Ar"].epsilon_over_k)
    off = ChapmanEnskog(Mixture([KRYPTON, ARGON], "lj", pairs), 300.0, 5).diffusion_binary(0.5, PRESSURE)
    assert abs(float(off) / ROWS[5][0] - 1) > 1e-3


def test_a_potential_has_no_collision_rate(mixture):
    with pytest.raises(ValueError, match="infinite range and so no collision rate"):
        rate_coefficient(mixture.interaction(0, 1), mixture.reduced_mass(0, 1), 300.0)
    with pytest.raises(ValueError, match="infinite range"):
        ChapmanEnskog(mixture, 300.0, 2).collision_frequency(HALF, PRESSURE)


@pytest.mark.parametrize("temperature", [5.0, 2e5])
def test_temperatures_outside_the_cross_sections_are_refused(mixture, temperature):
    with pytest.raises(ValueError, match=r"lies outside the range 0.1 to 1000"):
        ChapmanEnskog(mixture, temperature, 2).viscosity(HALF)
