"""Diffusion stresses of two gases as pure numbers: (P_xx - P_yy) / (n m_r w^2), w = u_A - u_B along x.

Of Maxwell molecules by the moment equations of `diffusion_stress`, and of free molecules between reservoirs.
"""

import numpy as np

from knudsen.analysis.checks import mole_fractions, positive, positive_number
from knudsen.analysis.irreversible.diffusion_stress import MomentRates


def maxwell_anisotropies(
    mass_ratio: float, x1: float, alpha: float = 1.0, like_rates: tuple[float, float] = (1.0, 1.0)
) -> dict[str, float]:
    """(P_xx - P_yy) / (n m_r w^2) of a binary of Maxwell molecules, w = u_A - u_B along x: exact.

    Arguments
    ---------
    mass_ratio : m_A / m_B [-]
    x1 : mole fraction of A
    alpha : soft-sphere exponent of every pair; 1 is isotropic
    like_rates : collision rates K0 of A with A and of B with B over that of A with B

    Returns
    -------
    `driven_anisotropy_A`, `_B` (about their own means), `_mixture` (about the barycentric velocity): a
    uniform gas, A and B pulled apart by forces;  `counterdiffusion_anisotropy_A`, `_B`, `_mixture`: steady
    diffusion, N_A = -N_B

    Raises ValueError for a ratio, alpha or rate that is not positive, x1 outside [0, 1], or other shapes.

    >>> stress = maxwell_anisotropies(mass_ratio=4.0, x1=0.5)
    >>> round(stress["driven_anisotropy_mixture"], 8), round(stress["counterdiffusion_anisotropy_A"], 8)
    (0.96341463, -0.48780488)
    """
    positive_number(mass_ratio, "mass_ratio", "m_A / m_B")
    positive_number(alpha, "alpha", "pure numbers")
    positive(like_rates, "like_rates", "units of the unlike pair's")
    if np.shape(like_rates) != (2,):
        raise ValueError(f"like_rates has shape {np.shape(like_rates)}: give that of A and that of B")
    x = mole_fractions([x1, 1 - x1], ["A", "B"])
    collisions = [[like_rates[0], 1.0], [1.0, like_rates[1]]]
    gas = MomentRates.maxwell([mass_ratio, 1.0], collisions, alpha)
    molar_frame = [x[1], -x[0]]
    states = {"driven": gas.driven(x, molar_frame), "counterdiffusion": gas.flowing(x, molar_frame)}
    unit = mass_ratio / (mass_ratio + 1)
    return {
        f"{state}_anisotropy_{part}": float(value / unit)
        for state, stress in states.items()
        for part, value in zip(("A", "B", "mixture"), (*stress.own, stress.mixture), strict=True)
    }


def free_molecular_anisotropies(mass_ratio: float, left: float, right: float) -> dict[str, float]:
    """(P_xx - P_yy) / (n m_r w^2) in a slab without collisions between reservoirs that exchange one for one::

        rho_a <c c> = n_a kT 1,    P_a^o = -rho_a u_a^2,    P^o = -(sum_a rho_a u_a)^2 / rho

    Each reservoir sends half of a Maxwellian in, of the share e_a = x_a m_a^(-1/2) / sum_b x_b m_b^(-1/2), so
    that n_a goes as m_a^(1/2) (e_left + e_right), and n_a u_a as e_left - e_right.

    Arguments
    ---------
    mass_ratio : m_A / m_B [-]
    left, right : mole fraction of A of the two reservoirs, at one temperature

    Returns
    -------
    `counterdiffusion_anisotropy_A`, `_B`, `_mixture`, as `maxwell_anisotropies`; of every law of collision

    Raises ValueError for a ratio that is not positive, a fraction outside [0, 1], or two that are equal.

    >>> [round(value, 6) for value in free_molecular_anisotropies(4.0, 1.0, 0.0).values()]
    [-0.37037, -0.185185, -0.185185]
    """
    positive_number(mass_ratio, "mass_ratio", "m_A / m_B")
    x = np.array([mole_fractions([end, 1 - end], ["A", "B"]) for end in (left, right)])
    if left == right:
        raise ValueError(f"left and right are both {left}, so nothing diffuses: make them differ")
    masses = np.array([mass_ratio, 1.0])
    share = x / np.sqrt(masses)
    share /= share.sum(axis=1, keepdims=True)
    density = np.sqrt(masses) * share.sum(axis=0)
    velocity = (share[0] - share[1]) / density
    momentum = masses * density * velocity
    mass_density = float(masses @ density)
    unit = density.sum() * mass_ratio / (mass_ratio + 1) * (velocity[0] - velocity[1]) ** 2
    parts = (*(-momentum * velocity), -(momentum.sum() ** 2) / mass_density)
    names = ("A", "B", "mixture")
    return {
        f"counterdiffusion_anisotropy_{name}": float(part / unit)
        for name, part in zip(names, parts, strict=True)
    }
