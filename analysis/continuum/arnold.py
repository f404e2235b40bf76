"""Evaporation tubes: the level that drops, and the start of evaporation into a long tube (Arnold).

Sources: R. B. Bird, W. E. Stewart, E. N. Lightfoot, Transport Phenomena (2002), sections 18.2 and 20.1;
J. H. Arnold, Trans. AIChE 40 (1944) 361.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import erf, erfcx

from knudsen.analysis.checks import not_negative, positive
from knudsen.analysis.continuum.stefan import stefan_flux


def evaporation_path(
    time: ArrayLike,
    start: float,
    pressure: float,
    temperature: float,
    diffusion: float,
    vapour: float,
    liquid_concentration: float,
    vapour_far: float = 0.0,
) -> np.ndarray:
    """Distance from the liquid's level to the mouth of a tube [...], m, as the level drops (quasi-steady)::

        L^2 = L_0^2 + 2 (p D_AB/(R T c_L)) ln((p - p_A2)/(p - p_A1)) t

    time : t [...], s;  start : L_0 [m];  liquid_concentration : c_L = rho_L/M_A [mol/m^3]
    The rest as `stefan_flux`.  Holds while c_L is much larger than c.

    Raises ValueError for a time that is negative, values that are not positive, or a liquid that boils.

    Source: Bird, Stewart and Lightfoot (2002), section 18.2.

    >>> evaporation_path([0.0, 3600.0], 0.1, 1e5, 300.0, 2e-5, 5e4, 1e4).round(6)
    array([0.1     , 0.101981])
    """
    positive([start, liquid_concentration], "start and liquid concentration", "m and mol/m^3")
    rate = stefan_flux(pressure, temperature, diffusion, 1.0, vapour, vapour_far) / liquid_concentration
    return np.sqrt(start**2 + 2 * rate * not_negative(time, "time", "s"))


def arnold_interface_fraction(rate: ArrayLike) -> np.ndarray:
    """x_A0 [...] at the liquid of a tube without end, of its dimensionless Stefan velocity phi::

        x_A0 = 1/(1 + 1/[sqrt(pi) (1 + erf phi) phi exp(phi^2)]),   v* = phi sqrt(D_AB/t)

    Raises ValueError for a phi that is negative: nothing evaporates.

    Source: Bird, Stewart and Lightfoot (2002), equation 20.1-17.

    >>> arnold_interface_fraction([0.0, 0.3578]).round(4)
    array([0. , 0.5])
    """
    phi = not_negative(rate, "phi", "units of sqrt(D_AB/t)")
    # (1 + erf phi) exp(phi^2) = erfcx(-phi)
    return 1 - 1 / (1 + np.sqrt(np.pi) * phi * erfcx(-phi))


def arnold_rate(interface_fraction: float) -> float:
    """phi [-] of `arnold_interface_fraction` for x_A0 in [0, 1), the gas being free of A at first.

    N_A(0, t) = c phi sqrt(D_AB/t); the vapour that has left by time t is 2 c phi sqrt(D_AB t) a unit area.
    phi -> x_A0/sqrt(pi) as x_A0 -> 0: without the Stefan flow.

    Raises ValueError for x_A0 outside [0, 1): at 1 the liquid boils.  Source: Arnold (1944).

    >>> round(arnold_rate(0.25), 4), round(arnold_rate(0.5), 4), round(arnold_rate(0.75), 4)
    (0.1562, 0.3578, 0.6618)
    """
    if not 0 <= interface_fraction < 1:
        raise ValueError(
            f"the vapour's fraction at the liquid must lie in [0, 1), got {interface_fraction}: at 1 it boils"
        )
    if interface_fraction == 0:
        return 0.0
    top = 1.0 + np.sqrt(np.log(1 / (1 - interface_fraction)))  # exp(phi^2) phi then exceeds 1/(1 - x_A0)
    equation = arnold_interface_fraction
    return float(brentq(lambda phi: equation(phi) - interface_fraction, 0.0, top, xtol=1e-16, rtol=1e-14))


def arnold_fraction(
    position: ArrayLike, time: ArrayLike, interface_fraction: float, diffusion: float
) -> np.ndarray:
    """x_A [...] above a liquid that evaporates into a long tube, Stefan flow included::

        x_A/x_A0 = (1 - erf(Z - phi))/(1 + erf phi),   Z = z/sqrt(4 D_AB t)

    position : z [...], m, from the liquid (at rest);  time : t [...], s, positive
    interface_fraction : x_A0;  diffusion : D_AB [m^2/s], constant

    Raises ValueError for a position below the liquid, a time or D_AB that is not positive, or x_A0 outside
    [0, 1).

    Source: Bird, Stewart and Lightfoot (2002), equation 20.1-16; Arnold (1944).

    >>> arnold_fraction([0.0, 0.01, 0.1], 1.0, 0.5, 2e-5).round(6)
    array([0.5     , 0.101766, 0.      ])
    """
    positive(time, "time", "s")
    positive(diffusion, "diffusion", "m^2/s")
    phi = arnold_rate(interface_fraction)
    Z = not_negative(position, "position", "m above the liquid") / np.sqrt(
        4 * diffusion * np.asarray(time, dtype=float)
    )
    return interface_fraction * (1 - erf(Z - phi)) / (1 + erf(phi))
