"""Scales of unlike pairs from those of like ones."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from knudsen.md.reduced_units import refuse

Array = np.ndarray[Any, Any]


def mix(sigma: Any, epsilon: Any, rule: str, k_ij: Any = 0.0) -> tuple[Array, Array]:
    """Tables of sigma and epsilon [species, species] by a mixing rule; for i != j::

        lorentz-berthelot   sigma_ij = (sigma_i + sigma_j) / 2,  e_ij = sqrt(epsilon_i epsilon_j)
        geometric           sigma_ij = sqrt(sigma_i sigma_j),    e_ij = sqrt(epsilon_i epsilon_j)
        waldman-hagler      sigma_ij^6 = (sigma_i^6 + sigma_j^6) / 2,
                            e_ij sigma_ij^6 = sqrt(epsilon_i epsilon_j) sigma_i^3 sigma_j^3

        epsilon_ij = (1 - k_ij) e_ij

    Arguments
    ---------
    sigma, epsilon : [species], of like pairs
    k_ij : of all unlike pairs, or a symmetric [species, species] table, zero for like pairs

    Raises
    ------
    ValueError : every fault at once: an unknown rule, scales that do not fit or are not positive, a bad k_ij.

    Source: M. Waldman and A. T. Hagler, J. Comput. Chem. 14 (1993) 1077.
    """
    if rule not in MIXING_RULES:
        raise ValueError(f"the mixing rule is one of {', '.join(MIXING_RULES)}, got {rule!r}")
    sigma, epsilon = np.array(sigma, float), np.array(epsilon, float)
    if sigma.ndim != 1 or sigma.shape != epsilon.shape:
        raise ValueError(f"sigma and epsilon are both [species], got {sigma.shape} and {epsilon.shape}")
    faults = [
        f"{name} must be positive and finite, got {value.tolist()}"
        for name, value, sound in (("sigma", sigma, sigma > 0), ("epsilon", epsilon, epsilon >= 0))
        if not (sound & np.isfinite(value)).all()
    ]
    unlike, found = _unlike_factors(k_ij, len(sigma))
    refuse(faults + found, "the mixture")
    lengths, energies = MIXING_RULES[rule](sigma, epsilon)
    like = np.eye(len(sigma)) > 0
    return np.where(like, np.diag(sigma), lengths), np.where(like, np.diag(epsilon), energies * unlike)


def _unlike_factors(k_ij: Any, species: int) -> tuple[Array, list[str]]:
    """1 - k_ij of unlike pairs, 1 of like ones, and faults."""
    given = np.array(k_ij, float)
    table = np.full((species, species), given) * (1 - np.eye(species)) if given.ndim == 0 else given
    if table.shape != (species, species) or (table != table.T).any() or np.diag(table).any():
        return np.ones((species, species)), [
            f"k_ij must be one number, or a symmetric table of {species} x {species} species with a diagonal "
            f"of zeros, got {given.tolist()}"
        ]
    if not (table <= 1).all():
        return table, [f"k_ij must be at most 1, where a pair no longer interacts, got {given.tolist()}"]
    return 1 - table, []


def _lorentz_berthelot(sigma: Array, epsilon: Array) -> tuple[Array, Array]:
    root = np.sqrt(epsilon)
    return (sigma[:, None] + sigma) / 2, np.outer(root, root)


def _geometric(sigma: Array, epsilon: Array) -> tuple[Array, Array]:
    return np.sqrt(np.outer(sigma, sigma)), np.sqrt(np.outer(epsilon, epsilon))


def _waldman_hagler(sigma: Array, epsilon: Array) -> tuple[Array, Array]:
    six = (sigma[:, None] ** 6 + sigma**6) / 2
    return six ** (1 / 6), np.sqrt(np.outer(epsilon, epsilon)) * np.outer(sigma, sigma) ** 3 / six


MIXING_RULES: Mapping[str, Any] = {
    "lorentz-berthelot": _lorentz_berthelot,
    "geometric": _geometric,
    "waldman-hagler": _waldman_hagler,
}
