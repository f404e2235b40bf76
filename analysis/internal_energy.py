"""Temperatures of rotation and vibration, and what internal energy carries, from sampled sums."""

from collections.abc import Mapping

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.statistics import Array
from knudsen.core.samples import INNER_MOMENTS, MOMENTS

# Unit and axes after the leading ones, as in `gas_fields.FIELD_QUANTITIES`.
INNER_QUANTITIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "rotational_temperature": ("K", ("cell", "species")),
    "vibrational_temperature": ("K", ("cell", "species")),
    "internal_energy_density": ("J m-3", ("cell",)),
    "internal_heat_flux": ("W m-2", ("cell", "vector")),
}
HALVINGS = 60
COLDEST, HOTTEST = 1e-3, 1e6  # of T over the lowest k theta


def vibrational_temperature(energy: Array, vibrations: Array) -> Array:
    """T at which groups of oscillators hold a mean energy, by bisection of its logarithm::

        energy = sum_k g_k theta_k / (exp(theta_k / T) - 1)

    Arguments
    ---------
    energy : of all groups together [...] [J]
    vibrations : [group, 2], degeneracy and k theta [J]

    Returns
    -------
    T [...] [K]; zero where there is no energy, NaN where there are no vibrations
    """
    groups = vibrations[vibrations[:, 0] > 0]
    if not len(groups):
        return np.full(np.shape(energy), np.nan)
    degeneracy, quantum = groups.T
    low, high = np.log(COLDEST * quantum.min()), np.log(HOTTEST * quantum.min())
    low, high = np.full(np.shape(energy), low), np.full(np.shape(energy), high)
    with np.errstate(over="ignore"):
        for _ in range(HALVINGS):
            middle = 0.5 * (low + high)
            held = (degeneracy * quantum / np.expm1(quantum / np.exp(middle)[..., None])).sum(axis=-1)
            low, high = np.where(held < energy, middle, low), np.where(held < energy, high, middle)
    found = np.exp(0.5 * (low + high)) / BOLTZMANN
    return np.where(np.isnan(energy), np.nan, np.where(energy > 0, found, 0.0))


def inner_fields(densities: Array, velocity: Array, modes: Array) -> dict[str, Array]:
    """Every field of INNER_QUANTITIES.

    T_rot = 2 n<e_rot> / (zeta n k);  T_vib as `vibrational_temperature`;  q_int = sum n<e (v - u)>

    Arguments
    ---------
    densities : [..., cell, species, MOMENTS and INNER_MOMENTS], n, n<v_x>, ...: `Totals.densities`
    velocity : [..., cell, vector], the barycentric u
    modes : [species, mode, 2]: `Samples.modes`

    Returns
    -------
    name -> array [..., then the axes in INNER_QUANTITIES]; NaN where a species has no such energy
    """
    number, inner = densities[..., 0], densities[..., len(MOMENTS) : len(MOMENTS) + len(INNER_MOMENTS)]
    rotation, vibration, flux = inner[..., 0], inner[..., 1], inner[..., 2:]
    energy = (rotation + vibration).sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.where(modes[:, 0, 0] > 0, modes[:, 0, 0], np.nan)
        per_molecule = vibration / number
        turning = rotation / (half * number * BOLTZMANN)
    by_species = [vibrational_temperature(per_molecule[..., s], row[1:]) for s, row in enumerate(modes)]
    return {
        "rotational_temperature": turning,
        "vibrational_temperature": np.stack(by_species, axis=-1),
        "internal_energy_density": energy,
        "internal_heat_flux": flux.sum(axis=-2) - velocity * energy[..., None],
    }
