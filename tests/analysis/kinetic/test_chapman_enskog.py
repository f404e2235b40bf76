"""Chapman-Enskog coefficients against closed forms, published tables and their own symmetries.

The tables of reference numbers stand in test_chapman_enskog_tables.
"""

from math import gamma, pi, sqrt

import numpy as np
import pytest
from scipy.constants import N_A
from scipy.constants import k as BOLTZMANN
from scipy.special import roots_genlaguerre

from knudsen.analysis.kinetic.brackets import sonine
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.distribution import heat_flow
from knudsen.core.gases import Mixture

TEMPERATURE, ATMOSPHERE = 300.0, 101325.0
KT = BOLTZMANN * TEMPERATURE
HALF = [0.5, 0.5]
DIAMETER, LIGHT_MASS = 1e-10, 1e-3 / N_A


# --- one gas ----------------------------------------------------------------------------------------


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
def test_maxwell_molecules_do_not_thermally_diffuse(equal_diameters, alpha):
    theory = ChapmanEnskog(equal_diameters(10, 1.0, alpha))
    x1 = np.linspace(0, 1, 5)
    assert theory.thermal_diffusion_factor(x1) == pytest.approx(0, abs=1e-12)
    assert np.ptp(theory.diffusion_binary(x1, 1.0)) < 1e-12 * theory.diffusion_binary(0.5, 1.0)


def test_lorentz_limit(equal_diameters):
    """Light hard spheres among fixed ones: D/D_first -> 32/(9 pi), alpha_T of the heavy -> 1/2.

    What is left falls as 1/order^2: a Richardson step on orders 50 and 100 takes it away.
    """
    theory = ChapmanEnskog(equal_diameters(1e8), order=100)
    first = theory.truncated(1).diffusion_binary(1.0, 1.0)

    def limit(coefficient):
        coarse, fine = (coefficient(theory.truncated(order)) for order in (50, 100))
        return fine, fine + (fine - coarse) / 3

    ratio, extrapolated = limit(lambda t: t.diffusion_binary(1.0, 1.0) / first)
    assert ratio == pytest.approx(32 / (9 * pi), rel=3e-5)
    assert extrapolated == pytest.approx(32 / (9 * pi), rel=1e-6)
    factor, extrapolated = limit(lambda t: t.thermal_diffusion_factor(1.0))
    assert factor == pytest.approx(0.5, abs=6e-5)
    assert extrapolated == pytest.approx(0.5, abs=2e-6)


def test_quasi_lorentz_limit(equal_diameters):
    """A trace of very heavy hard spheres: they feel a light gas that their motion does not disturb.

    D is then exact at first order, and the force of the light gas's own heat flow gives::

        alpha_T = -2 n pi d^2 <C_x C phi>,    phi per unit grad ln T in the pure light gas
    """
    order, heavy = 12, [0.0, 1.0]
    theory = ChapmanEnskog(equal_diameters(1e8), TEMPERATURE, order)
    diffusion = [t.diffusion_binary(0.0, 1.0) for t in (theory.truncated(1), theory)]
    assert diffusion[1] == pytest.approx(diffusion[0], rel=1e-7)
    phi = heat_flow(theory, heavy, KT)  # one molecule per m^3
    speed, weight = roots_genlaguerre(40, 2.0)  # of C^5 exp(-C^2), C^2 the node
    radial = phi.coefficients[1] @ sonine(order, 1, speed)
    moment = weight @ radial / gamma(1.5) / 3  # <C_x^2 C radial>
    assert theory.thermal_diffusion_factor(0.0) == pytest.approx(-2 * pi * DIAMETER**2 * moment, rel=1e-7)


def test_quasi_lorentz_is_left_as_the_square_of_the_mass_ratio(equal_diameters):
    def left(mass_ratio):
        theory = ChapmanEnskog(equal_diameters(mass_ratio), order=12)
        pair = (t.diffusion_binary(0.0, 1.0) for t in (theory, theory.truncated(1)))
        return np.divide(*pair) - 1

    assert 0 < left(1e3) < 1e-7
    assert left(1e2) / left(1e3) == pytest.approx(100, rel=0.01)
