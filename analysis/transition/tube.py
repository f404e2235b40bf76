"""Flows along a round tube at any rarefaction: Poiseuille flow and thermal creep, of the model gases.

With h the deviation from the Maxwellian and m_1, m_2 its moments with c_z sqrt(2) and with
c_z (c^2 - 5/2) sqrt(4/5), the models of `model_equations` are, along the chords of `tube_chords`::

    m = K (delta M m + s),    M = diag(1, 1 - Pr),    s_P = -X_P / sqrt(2),  s_T = -X_T sqrt(5) / 2

K the free flight between two points.  In polynomials of r^2 K is symmetric, so that what a drive moves errs
by the square of what the profiles do, and both cross effects come out equal (Onsager).
delta = p R / (mu v0), v0 = sqrt(2kT/m), X = R dln/dz, lengths in R.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis import checks
from knudsen.analysis.transition.channel import MODELS
from knudsen.analysis.transition.model_equations import PRANDTL_MONATOMIC
from knudsen.analysis.transition.tube_chords import chords

LEAST_DELTA, GREATEST_DELTA = 1e-4, 100.0
ORDER, COARSE_ORDER = 24, 16
DRIVES = np.array([np.sqrt(1 / 2), np.sqrt(5 / 4)])  # of c_z and c_z (c^2 - 5/2), in the orthonormal ones


@dataclass(frozen=True)
class TubeFlow:
    """Flows through a long round tube, reduced.

    G_P, G_T : mass flow = (pi R^2 p/v0) [-G_P (R/p) dp/dz + G_T (R/T) dT/dz] [-]
    error : largest relative change of the two with fewer polynomials [-]
    """

    G_P: float
    G_T: float
    error: float = 0.0


@dataclass(frozen=True)
class TubeProfiles:
    """Profiles over r/R of the two flows of a tube; each [position].

    poiseuille_velocity, poiseuille_heat_flux : -2 u/(v0 X), -2 q/(p v0 X) of a pressure gradient
        X = R dlnp/dz; their means over the cross section are G_P and -G_T
    creep_velocity, creep_heat_flux : 2 u/(v0 X), 2 q/(p v0 X) of a temperature gradient
        X = R dlnT/dz; the mean of the velocity is G_T
    """

    position: np.ndarray
    poiseuille_velocity: np.ndarray
    poiseuille_heat_flux: np.ndarray
    creep_velocity: np.ndarray
    creep_heat_flux: np.ndarray


def round_tube(
    delta: float,
    model: str = "shakhov",
    accommodation: float = 1.0,
    prandtl: float = PRANDTL_MONATOMIC,
) -> TubeFlow:
    """Reduced flows of a model gas through a long round tube::

        G_P -> delta/4 + sigma_P,  G_T -> sigma_T/delta           as delta -> oo
        G_P -> 8/(3 sqrt pi) (2 - alpha)/alpha,  G_T -> G_P/2     as delta -> 0

    Arguments
    ---------
    delta : rarefaction p R/(mu v0), 1e-4 .. 100
    model : "bgk" (Pr = 1) or "shakhov"
    accommodation : Maxwell's alpha, 0 < alpha <= 1
    prandtl : of the Shakhov model, 0 < Pr <= 1

    Raises
    ------
    ValueError : a delta, an accommodation or a Prandtl number out of range, or another model

    Source: definitions as F. Sharipov, V. Seleznev, J. Phys. Chem. Ref. Data 27 (1998) 657.  Up to delta = 10
    `error` stays below 2e-6, at 50 below 7e-5, at 100 below 3e-4; it is some eight times what is left.

    >>> flow = round_tube(1.0, "bgk")
    >>> round(flow.G_P, 6), round(flow.G_T, 6), flow.error < 1e-7
    (1.458291, 0.321726, True)
    """
    fine, coarse = (_flows(order, delta, model, accommodation, prandtl)[0] for order in (ORDER, COARSE_ORDER))
    error = np.max(np.abs(coarse / fine - 1))
    return TubeFlow(G_P=float(fine[0]), G_T=float(fine[1]), error=float(error))


def tube_profiles(
    delta: float,
    position: ArrayLike,
    model: str = "shakhov",
    accommodation: float = 1.0,
    prandtl: float = PRANDTL_MONATOMIC,
) -> TubeProfiles:
    """Velocity and heat flux across a tube.

    position : r/R [position], 0 .. 1;  all else, and raises, as `round_tube`

    The velocity has a logarithm at the wall, where polynomials err by some 1e-3 of its mean, at delta = 50 by
    1e-2; from 0.01 R off the wall they are within 1e-4.

    >>> tube_profiles(1.0, [0.0, 0.5], "bgk").poiseuille_velocity.round(3)
    array([1.944, 1.725])
    """
    place = np.atleast_1d(checks.within(position, 0, 1, "position", "R from the axis"))
    _, moments = _flows(ORDER, delta, model, accommodation, prandtl)
    velocity, heat = np.einsum("rk,ikd->idr", chords(ORDER).polynomials(place**2), moments)
    return TubeProfiles(place, velocity[0], heat[0], -velocity[1], -heat[1])


def _flows(
    order: int, delta: float, model: str, accommodation: float, prandtl: float
) -> tuple[np.ndarray, np.ndarray]:
    """G_P and G_T; and -2 u/(v0 X), -2 q/(p v0 X) in the polynomials [moment, k, drive]."""
    kept = _kept(delta, model, accommodation, prandtl)
    flight = chords(order).flight(delta, accommodation).transpose(0, 2, 1, 3).reshape(2 * order, -1)
    uniform = np.zeros((2 * order, 2))
    uniform[0, 0] = uniform[order, 1] = 1
    root = np.sqrt(np.repeat(kept, order))
    loss = np.eye(2 * order) - delta * root[:, None] * flight * root
    again = np.linalg.solve(loss, root[:, None] * (flight @ uniform))
    moments = (flight @ (uniform + delta * root[:, None] * again)).reshape(2, order, 2)
    moments *= 2 * DRIVES[:, None, None] * DRIVES
    return np.array([moments[0, 0, 0], -moments[0, 0, 1]]), moments


def _kept(delta: float, model: str, accommodation: float, prandtl: float) -> np.ndarray:
    """M of the model, its arguments checked.

    >>> _kept(1.0, "bgk", 1.0, 0.7)
    array([1., 0.])
    """
    checks.positive_number(delta, "delta", "units of one")
    checks.within(delta, LEAST_DELTA, GREATEST_DELTA, "delta", "p R/(mu v0), or take a limit")
    checks.accommodation(accommodation)
    if model not in MODELS:
        raise ValueError(f"unknown model {model!r}: take one of {MODELS}")
    checks.within(prandtl, 0, 1, "the Prandtl number", "2/3 of a monatomic gas")
    return np.array([1.0, 0.0 if model == "bgk" else 1 - prandtl])
