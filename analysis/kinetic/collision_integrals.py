"""Collision integrals Omega^(l,s) of every interaction: reduced, dimensional, and their ratios.

Chapman and Cowling's powers of the cosine follow from Legendre's polynomials with non-negative coefficients::

    cos^l chi = sum_j c_lj P_j(cos chi),    Q^(l) = 2 pi int (1 - cos^l chi) b db = sum_j c_lj Q_j
"""

from functools import lru_cache
from math import factorial, pi

import numpy as np
from numpy.polynomial.legendre import poly2leg
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN
from scipy.special import gamma, gammaln

from knudsen.analysis.checks import positive, refuse_user_functions
from knudsen.analysis.kinetic.cross_sections import MAXIMUM_DEGREE, cross_sections, inverse_power_losses
from knudsen.core.interactions import Interaction, InversePower, LennardJones, VariableSoftSphere
from knudsen.core.potentials import Potential

MAXIMUM_S = 40  # beyond it the table's highest energies are missed at the highest temperatures
LENNARD_JONES = LennardJones(1e-10, 1.0)  # reduced integrals do not depend on the scales


def collision_integral(potential: Potential, l: int, s: int, reduced_temperature: ArrayLike) -> np.ndarray:
    """Collision integral of a pair potential over that of hard spheres of diameter sigma::

        Omega^(l,s)* = 1 / [(s + 1)! T*^(s+2)] int_0^inf e^(-E/T*) E^(s+1) Q^(l)*(E) dE
        Q^(l)* = Q^(l) / (pi sigma^2 [1 - (1 + (-1)^l) / (2 (1 + l))]),    T* = kT / epsilon

    Arguments
    ---------
    potential : of the pair; its scales do not matter (`LENNARD_JONES` stands for every 12-6)
    l : power of the cosine, 1 .. 26;  s : moment of the energy, 1 .. 40
    reduced_temperature : T* [...], 0.1 .. 1000;  any for the inverse power

    Returns
    -------
    array [...] [-]; Lennard-Jones's to 1e-11, at any T*: each is one sum over the tabulated Q^(l)(E)

    Raises
    ------
    ValueError : l, s or T* outside these limits

    Source: J. O. Hirschfelder, C. F. Curtiss, R. B. Bird, Molecular Theory of Gases and Liquids (1954),
    eqs 8.2-7 and 8.2-8.

    >>> [round(float(collision_integral(LENNARD_JONES, l, l, 1.0)), 9) for l in (1, 2)]
    [1.439797671, 1.593168962]
    """
    _check_indices(l, s)
    positive(reduced_temperature, "reduced temperature", "kT/epsilon")
    temperature = np.asarray(reduced_temperature, dtype=float)
    if isinstance(potential, InversePower):
        angular = legendre_of_power(l)[1:] @ inverse_power_losses(float(potential.n))[1 : l + 1]
        scale = np.exp(gammaln(s + 2 - 2 / potential.n) - gammaln(s + 2))
        return angular / (pi * hard_sphere_factor(l)) * scale * temperature ** (-2 / potential.n)
    table = cross_sections(potential.shape)
    power = legendre_of_power(l)
    values = [_average(table.thermal(t), power, s) for t in temperature.ravel()]
    return np.reshape(values, temperature.shape) / (pi * hard_sphere_factor(l) * factorial(s + 1))


def _average(thermal: tuple[np.ndarray, np.ndarray], power: np.ndarray, s: int) -> float:
    energy, share = thermal
    return float(power @ (share[: len(power)] @ energy**s))


def collision_integral_si(
    interaction: Interaction, l: int, s: int, temperature: ArrayLike, reduced_mass: float
) -> np.ndarray:
    """Collision integral of a pair in Chapman and Cowling's normalisation [m^3/s]::

        Omega^(l,s) = sqrt(kT / (2 pi m_r)) int_0^inf e^(-x^2) x^(2s+3) Q^(l)(g) dx,    x^2 = m_r g^2 / (2kT)

    Arguments
    ---------
    interaction : soft sphere (hard sphere, VHS, VSS, Maxwell: closed forms) or pair potential
    l, s : as in `collision_integral`;  temperature : T [...] [K];  reduced_mass : m_r [kg]

    Returns
    -------
    array [...] [m^3/s]; hard spheres: sqrt(kT/(2 pi m_r)) (s+1)!/2 [1 - (1+(-1)^l)/(2(1+l))] pi d^2.
    For soft spheres, Q^(l) = sigma_T <1 - cos^l chi>::

        Omega^(l,s) = (1/2) sqrt(kT/(2 pi m_r)) sigma_T(x = 1) Gamma(s + 5/2 - omega) <1 - cos^l chi>

    Raises
    ------
    ValueError : l, s or a temperature outside the limits, a mass or temperature that is not positive, or
        a user's own cross-section

    Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), eq. 9.33,2;
    G. A. Bird (1994), eqs 4.62 and 2.36 (soft spheres).

    >>> from knudsen.core.interactions import VariableSoftSphere
    >>> omega = collision_integral_si(VariableSoftSphere(3.6e-10), 2, 2, 300.0, 3.3e-26)
    >>> float(f"{omega:.6g}")
    1.15091e-16
    """
    _check_indices(l, s)
    positive(temperature, "temperature", "K")
    positive(reduced_mass, "reduced mass", "kg")
    refuse_user_functions(interaction)
    temperature = np.asarray(temperature, dtype=float)
    speed = np.sqrt(BOLTZMANN * temperature / (2 * pi * reduced_mass))
    if not isinstance(interaction, VariableSoftSphere):
        spheres = factorial(s + 1) / 2 * hard_sphere_factor(l) * pi * interaction.sigma**2
        reduced = collision_integral(interaction, l, s, temperature / interaction.epsilon_over_k)
        return speed * spheres * reduced
    omega = interaction.omega
    thermal = np.sqrt(2 * BOLTZMANN * temperature / reduced_mass)
    area = interaction.cross_section_prefactor(reduced_mass) * thermal ** (1 - 2 * omega)
    return speed * area * gamma(s + 2.5 - omega) / 2 * soft_sphere_loss(l, interaction.alpha)


def collision_ratios(
    potential: Potential, reduced_temperature: ArrayLike
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ratios A*, B*, C* [...] that the first approximations of mixtures need::

        A* = Omega22* / Omega11*,   B* = (5 Omega12* - 4 Omega13*) / Omega11*,   C* = Omega12* / Omega11*

    Source: J. O. Hirschfelder, C. F. Curtiss, R. B. Bird (1954), eqs 8.2-15 to 8.2-17.

    >>> [round(float(ratio), 8) for ratio in collision_ratios(LENNARD_JONES, 1.0)]
    [1.10652281, 1.1921631, 0.83635808]
    """
    first = collision_integral(potential, 1, 1, reduced_temperature)
    second = collision_integral(potential, 1, 2, reduced_temperature)
    third = collision_integral(potential, 1, 3, reduced_temperature)
    viscous = collision_integral(potential, 2, 2, reduced_temperature)
    return viscous / first, (5 * second - 4 * third) / first, second / first


def hard_sphere_factor(l: int) -> float:
    """<1 - cos^l chi> of isotropic scattering: 1 - (1 + (-1)^l) / (2 (1 + l))."""
    return 1 - (1 + (-1) ** l) / (2 * (1 + l))


def soft_sphere_loss(l: int, alpha: float) -> float:
    """<1 - cos^l chi> over the impact parameter of a soft sphere::

        cos chi = 2 u^(1/alpha) - 1:  1 - sum_k binomial(l, k) 2^k (-1)^(l-k) alpha / (alpha + k)

    by Legendre moments, whose terms do not cancel.
    """
    k = np.arange(1, l + 1)
    kept = np.concatenate([[1.0], np.cumprod((alpha - k) / (alpha + k))])
    return float(legendre_of_power(l) @ (1 - kept))


@lru_cache(maxsize=64)
def legendre_of_power(l: int) -> np.ndarray:
    """Coefficients c_lj [l + 1] of cos^l in Legendre polynomials; none is negative and their sum is one."""
    coefficients = poly2leg(np.eye(l + 1)[l])
    coefficients.setflags(write=False)
    return coefficients


def _check_indices(l: int, s: int) -> None:
    if int(l) != l or not 1 <= l <= MAXIMUM_DEGREE:
        raise ValueError(f"l must be a whole number from 1 to {MAXIMUM_DEGREE}, got {l}")
    if int(s) != s or not 1 <= s <= MAXIMUM_S:
        raise ValueError(f"s must be a whole number from 1 to {MAXIMUM_S}, got {s}")
