"""Fields of a low-signal run: what the gas deviates by from a gas at rest, to first order, with errors."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.groups import Totals, measure, over_groups
from knudsen.analysis.statistics import Array, Measured
from knudsen.core.samples import Samples

# Unit and axes after that of the cells.
DEVIATIONS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number_density": ("m-3", ()),
    "velocity": ("m s-1", ("vector",)),
    "temperature": ("K", ()),
    "pressure": ("Pa", ()),
    "pressure_tensor": ("Pa", ("component",)),
    "heat_flux": ("W m-2", ("vector",)),
}


def deviations_of(densities: Array, mass: float, pressure: float, temperature: float) -> dict[str, Array]:
    """Every field of DEVIATIONS from the mean moments of the deviation::

        u = n'<v> / n,  P' = m n'<v v>,  p' = tr P' / 3,  T' = T (p'/p - n'/n)
        q = m n'<v^2 v> / 2 - (5/2) p u

    Arguments
    ---------
    densities : [..., MOMENTS], n', n'<v_x>, ..., n'<v^2 v_z> of the deviation; the mean of n' over a slab is
        zero, its mean density being that of the gas at rest
    mass [kg];  pressure, temperature : p [Pa] and T [K] of the gas at rest, n = p / (k T)

    Returns
    -------
    name -> array [..., then the axes in DEVIATIONS]; tensors in the order of `gas_fields.COMPONENTS`
    """
    density = pressure / (BOLTZMANN * temperature)
    tensor = mass * densities[..., 4:10]
    trace = tensor[..., :3].sum(axis=-1) / 3
    velocity = densities[..., 1:4] / density
    return {
        "number_density": densities[..., 0],
        "velocity": velocity,
        "temperature": temperature * (trace / pressure - densities[..., 0] / density),
        "pressure": trace,
        "pressure_tensor": tensor,
        "heat_flux": 0.5 * mass * densities[..., 10:13] - 2.5 * pressure * velocity,
    }


@dataclass(frozen=True)
class DeviationFields:
    """What was measured of a deviation: `along["velocity"]` [cell, vector], `mean["velocity"]` [vector].

    positions : of the cells [m];  along, mean : name -> Measured, in the cells and of the whole slab
    """

    positions: Array
    along: Mapping[str, Measured]
    mean: Mapping[str, Measured]


def deviation_fields(
    samples: Samples, pressure: float, temperature: float, totals: Totals | None = None
) -> DeviationFields:
    """Fields of a low-signal run in its steady state, with jackknife errors.

    Arguments
    ---------
    samples : of a `DeviationalSimulation`, without the transient
    pressure, temperature : of the gas at rest [Pa], [K]
    totals : groups of the run; by default those of `independent_groups`

    Raises
    ------
    TooShortError : too short for independent groups; `estimate` as in `gas_fields`
    """
    mass, share = float(samples.masses[0]), samples.volumes / samples.volumes.sum()

    def along(totals: Totals) -> dict[str, Array]:
        return deviations_of(totals.densities[..., 0, :], mass, pressure, temperature)

    def mean(totals: Totals) -> dict[str, Array]:
        densities = np.einsum("c,...csm->...sm", share, totals.densities)
        return deviations_of(densities[..., 0, :], mass, pressure, temperature)

    def over(totals: Totals) -> DeviationFields:
        return DeviationFields(samples.positions, measure(along, totals), measure(mean, totals))

    return over_groups(samples, totals, over)
