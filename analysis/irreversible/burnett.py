"""Burnett's second-order stress and heat flux of one gas, with closed forms in one dimension.

With e = (grad u)^o, o the traceless symmetric part, and Delta = div u::

    P^(2) = (mu^2/p) {w1 Delta e + w2 [(grad Du/Dt)^o - (grad u . grad u)^o - 2 (grad u . e)^o]
            + w6 (e . e)^o}
            + (mu^2 / rho T) {w3 (grad grad T)^o + w4 (grad ln p grad T)^o + w5 (grad T grad T)^o / T}
    q^(2) = (mu^2 / rho T) {t1 Delta grad T + t2 [(2/3) grad (T Delta) + 2 grad u . grad T]}
            + (mu^2 / rho) {t3 grad ln p + t4 div + t5 grad ln T} . e

Chapman and Cowling write 3 theta_5 for t5.  For mu ~ T^s, w1 = (2/3)(7/2 - s) w2, t1 = -(2/3)(7/2 - s) t2,
and t4 = w3.

Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), chapter 15.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import finite, positive


class Slopes(NamedTuple):
    """Derivatives along x of the state: T' [K/m], T'' [K/m^2], p' [Pa/m], u' [1/s], u'' [1/(m s)].

    acceleration : d/dx of Du/Dt [1/s^2]; 0 at rest, (u u')' in steady flow, to this order -(p'/rho)'
    """

    temperature: ArrayLike = 0.0
    temperature_second: ArrayLike = 0.0
    pressure: ArrayLike = 0.0
    velocity: ArrayLike = 0.0
    velocity_second: ArrayLike = 0.0
    acceleration: ArrayLike = 0.0

    def arrays(self) -> "Slopes":
        """The same as arrays; raises ValueError unless all are finite."""
        units = ("K/m", "K/m^2", "Pa/m", "1/s", "1/(m s)", "1/s^2")
        return Slopes(*map(finite, self, self._fields, units))


class State(NamedTuple):
    """Viscosity mu [Pa s], pressure p [Pa], density rho [kg/m^3] and temperature T [K]."""

    viscosity: ArrayLike
    pressure: ArrayLike
    density: ArrayLike
    temperature: ArrayLike

    def arrays(self) -> tuple[np.ndarray, ...]:
        """The four as arrays; raises ValueError unless all are positive and finite."""
        for name, unit, value in zip(self._fields, ("Pa s", "Pa", "kg/m^3", "K"), self, strict=True):
            positive(value, name, unit)
        return tuple(np.asarray(value, dtype=float) for value in self)


class BurnettCoefficients(NamedTuple):
    """stress : w1 .. w6;  heat : t1 .. t5 [-], as in the equations above."""

    stress: tuple[float, float, float, float, float, float]
    heat: tuple[float, float, float, float, float]

    def normal_stress(self, state: State, slopes: Slopes) -> np.ndarray:
        """Second-order part of P_xx - p in one dimension [...], Pa; P_yy - p is minus half of it::

            (mu^2/p) [((2/3) w1 - (14/9) w2 + (2/9) w6) u'^2 + (2/3) w2 (Du/Dt)']
            + (2/3) (mu^2 / rho T) [w3 T'' + w4 T' p'/p + w5 T'^2 / T]

        Raises ValueError for a state that is not positive, or slopes that are not finite.

        Conduction at rest through Maxwell molecules, whose T T' is constant, makes no stress:

        >>> gas = State(viscosity=2e-5, pressure=1e3, density=0.016, temperature=300.0)
        >>> heated = Slopes(temperature=1e5, temperature_second=-1e10 / 300)
        >>> bool(abs(MAXWELL.normal_stress(gas, heated)) < 1e-12)
        True
        >>> hard = HARD_SPHERE.normal_stress(gas, Slopes(temperature=1e5, temperature_second=-5e9 / 300))
        >>> round(float(hard), 5)  # T' ~ T^(-1/2)
        -0.00183
        """
        mu, p, rho, T = state.arrays()
        d = slopes.arrays()
        w1, w2, w3, w4, w5, w6 = self.stress
        flow = (2 / 3 * w1 - 14 / 9 * w2 + 2 / 9 * w6) * d.velocity**2 + 2 / 3 * w2 * d.acceleration
        heat = w3 * d.temperature_second + w4 * d.temperature * d.pressure / p + w5 * d.temperature**2 / T
        return mu**2 / p * flow + 2 / 3 * mu**2 / (rho * T) * heat

    def heat_flux(self, state: State, slopes: Slopes) -> np.ndarray:
        """Second-order part of q_x in one dimension [...], W/m^2::

            (mu^2 / rho) [(t1 + (8/3) t2 + (2/3) t5) u' T'/T + ((2/3) t2 + (2/3) t4) u'' + (2/3) t3 u' p'/p]

        Raises as `normal_stress`.

        >>> gas = State(viscosity=2e-5, pressure=1e3, density=0.016, temperature=300.0)
        >>> round(float(MAXWELL.heat_flux(gas, Slopes(temperature=1e5, velocity=1e4))), 5)
        1.15625
        """
        mu, p, rho, T = state.arrays()
        d = slopes.arrays()
        t1, t2, t3, t4, t5 = self.heat
        strained = (t1 + 8 / 3 * t2 + 2 / 3 * t5) * d.temperature / T + 2 / 3 * t3 * d.pressure / p
        return mu**2 / rho * (strained * d.velocity + 2 / 3 * (t2 + t4) * d.velocity_second)


MAXWELL = BurnettCoefficients((10 / 3, 2.0, 3.0, 0.0, 3.0, 8.0), (75 / 8, -45 / 8, -3.0, 3.0, 117 / 4))
"""Maxwell molecules, exact: Grad's 13 moments give the same to this order."""

HARD_SPHERE = BurnettCoefficients(
    (4.056, 2.028, 2.418, 0.681, 0.219, 7.424), (11.644, -5.822, -3.090, 2.418, 25.157)
)
"""Hard spheres, as published from a few Sonine polynomials.  w2, w3, w4 converge to 2.02860, 2.41525, 0.68063
(`thermal_stress.second_order_stress`), up to 0.12 % from these; the others may be as far off."""
