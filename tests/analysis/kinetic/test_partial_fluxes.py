"""The species' shares of stress and heat flux: sums, Onsager's relation, limits; changes with order."""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.convergence import COEFFICIENTS
from knudsen.core.gases import Mixture, Species

TEMPERATURE, ATMOSPHERE = 300.0, 101325.0
GASES = ["He", "Ne", "Ar", "Xe"]
X = np.array([0.15, 0.4, 0.25, 0.2])
COMPOSITIONS = np.array([X, [1e-6, 0.5, 0.3, 0.2 - 1e-6], [0.0, 0.5, 0.0, 0.5], [0.0, 0.0, 1.0, 0.0]])


@pytest.fixture(scope="module", params=["hs", "vss"])
def theory(request):
    return ChapmanEnskog(Mixture(GASES, request.param), TEMPERATURE, order=6)


# --- shares -----------------------------------------------------------------------------------------


def test_soret_and_dufour_are_reciprocal(theory):
    """Velocities under grad T and heat flux under forces: two solves, one coefficient (1e-12)."""
    soret = theory.thermal_diffusion_coefficients(COMPOSITIONS, ATMOSPHERE)
    dufour = theory.partial_thermal_diffusion(COMPOSITIONS, ATMOSPHERE).sum(axis=-2)
    scale = np.abs(soret).max(axis=-1, keepdims=True)
    assert np.all(np.abs(soret[:3] - dufour[:3]) < 1e-12 * scale[:3])
    ratio = theory.thermal_diffusion_ratios(X)
    assert theory.partial_thermal_diffusion_ratios(X).sum(axis=0) == pytest.approx(ratio, abs=1e-12)
    unequal = theory.truncated(5).thermal_diffusion_coefficients(X, ATMOSPHERE)
    assert np.abs(unequal - dufour[0]).max() > 1e-6 * scale[0]  # one order apart is seen


def test_carried_heat_follows_its_definitions(theory):
    y = X * np.array(theory.mixture.masses)
    carried = theory.partial_thermal_diffusion(X, ATMOSPHERE)
    assert carried @ y == pytest.approx(0, abs=1e-13 * np.abs(carried).max() * y.max())
    ratios = theory.partial_thermal_diffusion_ratios(X)
    assert ratios.sum(axis=1) == pytest.approx(0, abs=1e-13)
    assert np.all(np.isfinite(theory.partial_thermal_diffusion_ratios(COMPOSITIONS)))
    assert theory.partial_thermal_diffusion_ratios(COMPOSITIONS)[2, [0, 2]] == pytest.approx(0, abs=1e-15)


def test_conductivities_with_and_without_diffusion_differ_by_what_diffusion_carries(theory):
    """lambda'_i - lambda_i = (p / T) sum_j k_T,ij D_Tj for each species: three separate solves."""
    uniform = theory.partial_conductivities_uniform(X)
    still = theory.partial_conductivities(X)
    coefficient = theory.thermal_diffusion_coefficients(X, ATMOSPHERE)
    carried = theory.partial_thermal_diffusion_ratios(X) @ coefficient * ATMOSPHERE / TEMPERATURE
    assert uniform - still == pytest.approx(carried, abs=1e-12 * uniform.max())
    assert np.abs(carried).max() > 1e-3 * uniform.max()


def test_shares_add_up_and_vanish_with_their_species(theory):
    for share, whole in (
        ("partial_viscosities", "viscosity"),
        ("partial_conductivities", "thermal_conductivity"),
        ("partial_conductivities_uniform", "thermal_conductivity_uniform"),
    ):
        shares = getattr(theory, share)(COMPOSITIONS)
        assert shares.sum(axis=-1) == pytest.approx(getattr(theory, whole)(COMPOSITIONS), rel=1e-13)
        assert np.all(shares[COMPOSITIONS == 0] == 0)
        if share != "partial_conductivities_uniform":
            assert np.all(shares[COMPOSITIONS > 0] > 0)
        assert shares[1, 0] == pytest.approx(0, abs=1e-4 * shares[1].max())


def test_first_order_viscosities_of_a_binary_by_hand():
    """The stress moments of McCormack's collision term (Psi_a and nu4), which are Grad's and exact at first
    order: mu_a = p_a (Psi_b + nu4_ab) / (Psi_a Psi_b - nu4_ab nu4_ba), with O11, O22 of hard spheres.
    """
    mixture = Mixture(["He", "Ar"], "hs")
    theory = ChapmanEnskog(mixture, TEMPERATURE, order=1)
    x1, x2 = 0.3, 0.7
    m1, m2 = mixture.masses
    pure_1, pure_2 = (
        ChapmanEnskog(Mixture([g], "hs"), TEMPERATURE, 1).viscosity([1.0]) for g in ("He", "Ar")
    )
    kt = BOLTZMANN * TEMPERATURE
    reduced = mixture.reduced_mass(0, 1)
    diameter = mixture.interaction(0, 1).diameter_ref
    omega11 = np.sqrt(np.pi * kt / (2 * reduced)) * diameter**2
    omega22 = 2 * omega11

    def loss(m_a, m_b):
        return 16 / 5 * reduced**2 / (m_a * m_b) * (10 / 3 * omega11 + m_b / m_a * omega22)

    gain = 16 / 5 * reduced**2 / (m1 * m2) * (10 / 3 * omega11 - omega22)
    matrix = [
        [x1 * kt / pure_1 + x2 * loss(m1, m2), -x1 * gain],
        [-x2 * gain, x2 * kt / pure_2 + x1 * loss(m2, m1)],
    ]
    expected = np.linalg.solve(matrix, [x1 * kt, x2 * kt])
    assert theory.partial_viscosities([x1, x2]) == pytest.approx(expected, rel=1e-12)


def test_numbers_of_schmidt_lewis_and_prandtl_agree(theory):
    density = ATMOSPHERE / (BOLTZMANN * TEMPERATURE)
    diffusion = theory.tracer_diffusion(X, ATMOSPHERE)
    thermal = theory.thermal_conductivity(X) / (2.5 * BOLTZMANN * density)
    assert theory.lewis_numbers(X) == pytest.approx(thermal / diffusion, rel=1e-12)
    mass_density = density * X @ theory.mixture.masses
    assert theory.schmidt_numbers(X) == pytest.approx(
        theory.viscosity(X) / (mass_density * diffusion), rel=1e-12
    )
    pure = np.array([0.0, 0.0, 1.0, 0.0])
    assert theory.schmidt_numbers(pure)[2] == pytest.approx(theory.schmidt_number(2), rel=1e-13)


# --- one gas under two labels -----------------------------------------------------------------------


def test_labels_share_by_their_number():
    argon = Mixture(["Ar"], "vss").species[0]
    marked = Species("marked", argon.molar_mass, argon.hs, argon.vhs, argon.vss)
    theory = ChapmanEnskog(Mixture([argon, marked], "vss"), order=10)
    pure = ChapmanEnskog(Mixture([argon], "vss"), order=10)
    x = np.array([[0.2, 0.8], [0.5, 0.5], [0.0, 1.0]])
    assert theory.partial_viscosities(x) == pytest.approx(x * pure.viscosity([1.0]), rel=1e-12)
    assert theory.partial_conductivities(x) == pytest.approx(x * pure.thermal_conductivity([1.0]), rel=1e-12)
    assert theory.thermal_diffusion_coefficients(x, 1.0) == pytest.approx(
        0, abs=1e-13 * pure.self_diffusion(1.0)
    )


# --- order and change -------------------------------------------------------------------------------


def test_a_coefficient_says_what_the_last_polynomial_changed():
    """pairs_300K, Kr-Ar hard spheres: orders 4 and 5, 1 and 2."""
    theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order=5)
    diffusion = theory.with_change("diffusion_binary", 0.5, ATMOSPHERE)
    assert (diffusion.unit, diffusion.order) == ("m2 s-1", 5)
    assert diffusion.value == pytest.approx(1.289433359e-05, rel=1e-9)
    assert diffusion.change == pytest.approx(1 - 1.289268022e-05 / 1.289433359e-05, rel=1e-5)
    factor = theory.truncated(3).with_change("thermal_diffusion_factor", 0.5)
    assert factor.change == pytest.approx(1 - 0.31344147 / 0.33413318, rel=1e-6)


def test_the_lowest_order_has_no_change():
    theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order=2)
    assert theory.with_change("thermal_diffusion_factor", 0.5).change is None
    assert theory.with_change("viscosity", [0.5, 0.5]).change is not None
    assert theory.truncated(1).with_change("viscosity", [0.5, 0.5]).change is None


def test_what_is_zero_does_not_change():
    maxwell = ChapmanEnskog(Mixture(["He", "Ar"], "maxwell"), 300.0, order=4)
    assert maxwell.with_change("thermal_diffusion_factor", [0.2, 0.5]).change == pytest.approx(0, abs=0)
    assert np.all(maxwell.with_change("thermal_diffusion_coefficients", [0.5, 0.5], 1.0).change == 0)
    absent = maxwell.with_change("diffusion_matrix", [0.0, 1.0], 1.0)
    assert np.isinf(absent.value[0, 0]) and np.all(np.isfinite(absent.change))


def test_every_listed_coefficient_can_be_asked_for():
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=3)
    binary = {"diffusion_binary", "thermal_diffusion_factor", "thermal_diffusion_ratio"}
    for name in COEFFICIENTS:
        x = () if name in {"self_diffusion", "schmidt_number"} else (0.4 if name in binary else [0.4, 0.6],)
        for arguments in (x, (*x, ATMOSPHERE)):
            try:
                coefficient = theory.with_change(name, *arguments)
            except TypeError:
                continue
            assert np.all(np.isfinite(coefficient.change)), name
            assert np.abs(coefficient.change).max() < 0.2, name
            break
        else:
            pytest.fail(name)
    with pytest.raises(KeyError, match="unknown coefficient 'viscocity'"):
        theory.with_change("viscocity", [0.4, 0.6])
    with pytest.raises(ValueError, match="above this theory's 3"):
        theory.truncated(4)
