"""Hard-sphere gas between plates and at a wall, by the linearised Boltzmann equation: from tables.

`hard_sphere_table` computed them with the operator of `hard_sphere_kernel`.  Polynomials in ln delta and
ln accommodation go through all of their nodes; of the Couette and Fourier ratios, through the reciprocals,
which are nearly linear in delta.
"""

from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.interpolate import BarycentricInterpolator

from knudsen.analysis.transition.channel import ChannelFlow
from knudsen.analysis.transition.slip import SlipCoefficients

CHANNEL_FILE, SLIP_FILE = "hard_sphere_channel.csv", "hard_sphere_slip.csv"
INTERPOLATION_ERROR = 1e-8  # relative, the largest met against direct solutions between the nodes
RECIPROCAL = np.array([False, False, True, True])


def hard_sphere_channel(delta: float, accommodation: float = 1.0) -> ChannelFlow:
    """Reduced flows of a hard-sphere gas between parallel plates, interpolated::

        G_P -> delta/6 + sigma_P,  G_T -> sigma_T/delta,  couette_ratio -> sqrt(pi)/(delta + 2 sigma_P)

    as delta -> oo; fourier_ratio -> 3.35339/(delta + 2 zeta_T).

    Arguments
    ---------
    delta : rarefaction p H/(mu v0), 0.05 .. 30, mu the converged Chapman-Enskog viscosity
    accommodation : Maxwell's alpha of both plates, 0.2 .. 1

    Returns
    -------
    ChannelFlow, its `error` the table's and the interpolation's

    Raises
    ------
    ValueError : delta or accommodation outside the table

    Source: definitions as F. Sharipov, V. Seleznev, J. Phys. Chem. Ref. Data 27 (1998) 657; values: the
    linearised Boltzmann equation, solved by `hard_sphere_table`.

    >>> flow = hard_sphere_channel(1.0)
    >>> round(flow.G_P, 6), round(flow.G_T, 6), round(flow.couette_ratio, 6), round(flow.fourier_ratio, 6)
    (1.506699, 0.389085, 0.603524, 0.720732)
    """
    deltas, alphas, interpolant, errors = _channel_table()
    _inside(delta, deltas, "delta", "channel_flow(hard_sphere_gas(), ...)")
    _inside(accommodation, alphas, "accommodation", "channel_flow(hard_sphere_gas(), ...)")
    along = BarycentricInterpolator(np.log(alphas), interpolant(np.log(delta)))
    values = along(np.log(accommodation))
    values = np.where(RECIPROCAL, 1 / values, values)
    near = errors[np.ix_(_neighbours(deltas, delta), _neighbours(alphas, accommodation))]
    return ChannelFlow(*values.tolist(), error=float(near.max() + INTERPOLATION_ERROR))


def hard_sphere_slip(accommodation: float = 1.0) -> SlipCoefficients:
    """Slip, creep and jump coefficients of a hard-sphere gas at a wall, interpolated.

    Arguments
    ---------
    accommodation : Maxwell's alpha, 0.2 .. 1

    Raises
    ------
    ValueError : an accommodation outside the table

    Source: definitions as F. Sharipov, J. Phys. Chem. Ref. Data 40 (2011) 023101; values: the linearised
    Boltzmann equation, solved by `hard_sphere_table`.

    >>> wall = hard_sphere_slip()
    >>> round(wall.sigma_P, 6), round(wall.sigma_T, 6), round(wall.zeta_T, 5)
    (0.987328, 1.017958, 1.88981)
    """
    alphas, interpolant, errors = _slip_table()
    _inside(accommodation, alphas, "accommodation", "slip_of(hard_sphere_gas(), ...)")
    values = interpolant(np.log(accommodation))
    error = errors[_neighbours(alphas, accommodation)].max() + INTERPOLATION_ERROR
    return SlipCoefficients(*values.tolist(), error=float(error))


@lru_cache(maxsize=1)
def _channel_table() -> tuple[np.ndarray, np.ndarray, BarycentricInterpolator, np.ndarray]:
    """Nodes in delta and accommodation, the interpolant in ln delta of [accommodation, flow], errors."""
    rows = _read(CHANNEL_FILE)
    deltas, alphas = np.unique(rows[:, 0]), np.unique(rows[:, 1])
    table = rows.reshape(len(deltas), len(alphas), -1)
    flows = np.where(RECIPROCAL, 1 / table[..., 2:6], table[..., 2:6])
    return deltas, alphas, BarycentricInterpolator(np.log(deltas), flows), table[..., 6]


@lru_cache(maxsize=1)
def _slip_table() -> tuple[np.ndarray, BarycentricInterpolator, np.ndarray]:
    rows = _read(SLIP_FILE)
    return rows[:, 0], BarycentricInterpolator(np.log(rows[:, 0]), rows[:, 1:4]), rows[:, 4]


def _read(name: str) -> np.ndarray:
    return np.loadtxt(Path(__file__).with_name(name), delimiter=",", skiprows=1)


def _inside(value: float, nodes: np.ndarray, name: str, remedy: str) -> None:
    if not nodes[0] <= value <= nodes[-1]:
        raise ValueError(
            f"{name} must lie in [{nodes[0]:g}, {nodes[-1]:g}] of the hard-sphere table, got {value}: "
            f"solve by {remedy}"
        )


def _neighbours(nodes: np.ndarray, value: float) -> np.ndarray:
    above = np.clip(np.searchsorted(nodes, value), 1, len(nodes) - 1)
    return np.array([above - 1, above])
