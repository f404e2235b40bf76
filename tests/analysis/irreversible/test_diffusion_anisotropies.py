"""Diffusion stresses of two gases as pure numbers: the reference table, symmetries, and free molecules."""

import numpy as np
import pytest

from knudsen.analysis.irreversible.diffusion_anisotropies import (
    free_molecular_anisotropies,
    maxwell_anisotropies,
)

KEYS = [f"{s}_anisotropy_{p}" for s in ("driven", "counterdiffusion") for p in ("A", "B", "mixture")]


@pytest.mark.parametrize(
    "mass_ratio, expected",
    [  # maxwell_diffusion_stress: moment equations, checked there by a 0-D Monte Carlo
        (1, (0.25, 0.25, 1.0, -0.25, -0.25, 0.0)),
        (2, (0.21568627, 0.27450980, 0.99019608, -0.35294118, -0.17647059, -0.02941176)),
        (4, (0.17073171, 0.29268293, 0.96341463, -0.48780488, -0.12195122, -0.10975610)),
        (9.98047, (0.10572107, 0.31052757, 0.91624864, -0.68283678, -0.06841730, -0.25125408)),
        (32.802, (0.04318108, 0.32448777, 0.86766885, -0.87045676, -0.02653670, -0.39699346)),
    ],
)
def test_reference_table(mass_ratio, expected):
    stress = maxwell_anisotropies(mass_ratio, 0.5)
    assert [stress[key] for key in KEYS] == pytest.approx(expected, abs=6e-9)


@pytest.mark.parametrize("mass_ratio, x1, alpha", [(4.0, 0.3, 1.4), (0.25, 0.8, 1.0), (32.8, 0.01, 2.0)])
def test_swapping_the_gases_swaps_the_species_and_keeps_the_mixture(mass_ratio, x1, alpha):
    one = maxwell_anisotropies(mass_ratio, x1, alpha, (1.3, 0.6))
    other = maxwell_anisotropies(1 / mass_ratio, 1 - x1, alpha, (0.6, 1.3))
    for state in ("driven", "counterdiffusion"):
        for part, swapped in zip(("A", "B", "mixture"), ("B", "A", "mixture"), strict=True):
            value = other[f"{state}_anisotropy_{swapped}"]
            assert one[f"{state}_anisotropy_{part}"] == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("x1, alpha", [(0.5, 1.0), (0.2, 1.0), (0.9, 1.6)])
def test_equal_masses_leave_the_mixture_isotropic_in_counterdiffusion_but_not_the_species(x1, alpha):
    stress = maxwell_anisotropies(1.0, x1, alpha)
    assert stress["counterdiffusion_anisotropy_mixture"] == pytest.approx(0.0, abs=1e-15)
    assert stress["counterdiffusion_anisotropy_A"] < -0.01
    unlike_rates = maxwell_anisotropies(1.0, x1, alpha, (2.0, 1.0))
    assert abs(unlike_rates["counterdiffusion_anisotropy_mixture"]) > 1e-3


def test_closed_forms_by_hand():
    # Equal masses, K0 = 1, alpha = 1: R = [[5/8, -1/8], [-1/8, 5/8]], source n_a n_b m_r / 2 = m_r / 8.
    # x1 -> 0: nu_B -> (3/4) K2 = 1/2, nu_A -> 2 mu_a mu_b + mu_b^2, beta = 1, so
    # D_A / (n_a m_r) = (mu_b - 2) / nu_A for counterdiffusion, mu_b / nu_A for driven drift.
    trace, ratio = 1e-9, 4.0
    light = 1 / (1 + ratio)
    rate = 2 * light * (1 - light) + light**2
    stress = maxwell_anisotropies(ratio, trace)
    assert stress["counterdiffusion_anisotropy_A"] / trace == pytest.approx((light - 2) / rate, rel=1e-7)
    assert stress["driven_anisotropy_A"] / trace == pytest.approx(light / rate, rel=1e-7)


# --- without collisions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("mass_ratio, left, right", [(10.0, 1.0, 0.0), (0.25, 0.8, 0.3), (1.0, 0.9, 0.1)])
def test_free_molecules_are_two_half_maxwellians(mass_ratio, left, right):
    """Moments of the two streams drawn out on a grid, the flux the same either way (k T = 1)."""
    c = np.linspace(0, 12, 200_001)[1:] / np.sqrt(min(mass_ratio, 1.0))
    masses = np.array([mass_ratio, 1.0])[:, None]
    half = np.exp(-masses * c**2 / 2)
    half /= (c * half).sum(axis=1, keepdims=True)  # of unit flux
    share = np.array([[x, 1 - x] for x in (left, right)]) / np.sqrt(masses[:, 0])
    share /= share.sum(axis=1, keepdims=True)
    ahead, back = share[0][:, None] * half, share[1][:, None] * half
    n, flux = (ahead + back).sum(axis=1), (c * (ahead - back)).sum(axis=1)
    rho, u, xx = masses[:, 0] * n, flux / n, masses[:, 0] * (c**2 * (ahead + back)).sum(axis=1)
    unit = n.sum() * mass_ratio / (mass_ratio + 1) * (u[0] - u[1]) ** 2
    own = (xx - rho * u**2 - n) / unit
    v = (rho * u).sum() / rho.sum()
    mixture = ((xx - n).sum() - rho.sum() * v**2) / unit
    found = free_molecular_anisotropies(mass_ratio, left, right)
    np.testing.assert_allclose(list(found.values()), [*own, mixture], atol=1e-3)


def test_free_molecules_want_reservoirs_that_differ():
    with pytest.raises(ValueError, match="make them differ"):
        free_molecular_anisotropies(4.0, 0.5, 0.5)
