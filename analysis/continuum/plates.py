"""Couette flow and heat conduction between plates, with slip and temperature jump, viscous heating and mu(T).

Wall conditions, with ell = mu v0 / p at the gas's own temperature there and n the normal into the gas::

    u - U = sigma_P ell du/dn,    T - T_wall = zeta_T ell dT/dn - zeta_T2 ell^2 d2T/dn2

The wall takes the conducted heat and the work of the stress on the slip.

Source: F. Sharipov, V. Seleznev, J. Phys. Chem. Ref. Data 27 (1998) 657 (slip and jump); the compressible
Couette flow of constant Prandtl number: C. R. Illingworth, Proc. Camb. Phil. Soc. 46 (1950) 469.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.optimize import brentq, root

from knudsen.analysis.checks import not_negative, positive
from knudsen.analysis.continuum.channel import PowerLawGas
from knudsen.core.faults import SimulationFault

TOLERANCE = 1e-13


def couette_ratio(delta: ArrayLike, slips: tuple[float, float]) -> np.ndarray:
    """Shear stress between plates over its diffuse free-molecular value p U / (sqrt(pi) v0) [-]::

        P / P_fm = sqrt(pi) / (delta + sigma_1 + sigma_2)

    Arguments
    ---------
    delta : p H / (mu v0) [...];  slips : sigma_P of each plate [-]

    Raises ValueError for delta that is not positive or a negative slip.

    >>> round(float(couette_ratio(10.0, (1.018, 1.018))), 6)
    0.147263
    """
    positive(delta, "delta", "units of one")
    return np.sqrt(np.pi) / (np.asarray(delta) + sum(not_negative(slips, "slips", "units of one")))


def fourier_ratio(delta: ArrayLike, jumps: tuple[float, float], prandtl: float = 2 / 3) -> np.ndarray:
    """Heat flux between plates over its diffuse free-molecular value p v0 (dT/T) / sqrt(pi) [-]::

        q / q_fm = K / (delta + zeta_1 + zeta_2),    K = (5/4) sqrt(pi) / Pr

    Arguments
    ---------
    delta : p H / (mu v0) [...];  jumps : zeta_T of each plate [-];  prandtl : Pr [-]

    Raises ValueError for delta or Pr that is not positive or a negative jump.

    >>> round(float(fourier_ratio(1e-9, (0.0, 0.0), 0.660694457) * 1e-9), 5)  # K of hard spheres
    3.35339
    """
    positive(delta, "delta", "units of one")
    positive(prandtl, "Prandtl number", "units of one")
    return (
        1.25
        * np.sqrt(np.pi)
        / prandtl
        / (np.asarray(delta) + sum(not_negative(jumps, "jumps", "units of one")))
    )


@dataclass(frozen=True)
class SlipWall:
    """A wall as the gas's continuum sees it.

    Arguments
    ---------
    temperature : T_wall [K];  velocity : U [m/s], along the wall
    slip : sigma_P [-];  jump, second_jump : zeta_T, zeta_T2 [-]

    Raises ValueError for a temperature that is not positive, or a coefficient that is negative.

    >>> SlipWall(300.0, slip=1.018).velocity
    0.0
    """

    temperature: float
    velocity: float = 0.0
    slip: float = 0.0
    jump: float = 0.0
    second_jump: float = 0.0

    def __post_init__(self) -> None:
        positive(self.temperature, "temperature", "K")
        not_negative((self.slip, self.jump, self.second_jump), "slip and jump coefficients", "units of one")
        if not np.isfinite(self.velocity):
            raise ValueError(f"velocity must be finite, got {self.velocity}: give it in m/s")


@dataclass(frozen=True)
class PlateFlow:
    """The gas between two plates that differ in velocity, temperature or both, mu ~ lambda ~ T^omega.

    In s = int dy / mu the velocity is linear and the temperature a parabola, whatever omega is::

        du/ds = tau,    (lambda / mu) dT/ds = -q,    q = q_0 + tau (u - u_0)

    Arguments
    ---------
    gas : viscosity and conductivity;  pressure : p [Pa], uniform;  gap : H [m]
    lower, upper : the plates at y = 0 and y = H

    Raises ValueError for a pressure or gap that is not positive; SimulationFault where no steady state is
    found.

    >>> argon = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.81)
    >>> flow = PlateFlow(argon, 1e5, 1e-4, SlipWall(300.0), SlipWall(300.0, velocity=100.0))
    >>> round(float(flow.temperature(0.5e-4)), 4)  # 300 + Pr U^2 / (8 c_p)
    301.6007
    """

    gas: PowerLawGas
    pressure: float
    gap: float
    lower: SlipWall
    upper: SlipWall

    def __post_init__(self) -> None:
        positive(self.pressure, "pressure", "Pa")
        positive(self.gap, "gap", "m")

    @property
    def stress(self) -> float:
        """tau = mu du/dy [Pa], uniform; with it x momentum flows to -y."""
        return self._solution[0]

    def velocity(self, y: ArrayLike) -> np.ndarray:
        """u [m/s] at y [...], m, from 0 to the gap."""
        tau, _, T0, *_ = self._solution
        return self._slipped(self.lower, T0, tau) + tau * self._stretched(y)

    def temperature(self, y: ArrayLike) -> np.ndarray:
        """T [K] at y [...], m, from 0 to the gap."""
        return self._parabola(self._stretched(y))

    def heat_flux(self, y: ArrayLike) -> np.ndarray:
        """Conducted q_y = -lambda dT/dy [W/m^2] at y [...], m; grows by the viscous heat on its way."""
        tau, q0, *_ = self._solution
        return q0 + tau**2 * self._stretched(y)

    @property
    def heat_to_walls(self) -> tuple[float, float]:
        """Heat that the lower and the upper wall take [W/m^2]; together the work tau (U_2 - U_1)."""
        tau, q0, T0, T1, end = self._solution
        slip_lower = self._slipped(self.lower, T0, tau) - self.lower.velocity
        slip_upper = self.upper.velocity - self._slipped(self.upper, T1, -tau)
        return -q0 + tau * slip_lower, q0 + tau**2 * end + tau * slip_upper

    @cached_property
    def _solution(self) -> tuple[float, float, float, float, float]:
        """tau, q_0, the gas's T at either plate, and s at y = H."""
        cold = min(self.lower.temperature, self.upper.temperature)
        mu, ratio = float(self.gas.viscosity(cold)), self.gas.conductivity_over_viscosity
        U = self.upper.velocity - self.lower.velocity
        dT = self.upper.temperature - self.lower.temperature
        speed, heat = abs(U) or 1.0, ratio * abs(dT) + U**2 or 1.0
        unit = np.array([speed, heat, cold, cold, 1.0])  # tau s, q s, T, T, s mu / H

        def physical(z: np.ndarray) -> tuple[float, float, float, float, float]:
            scaled = z * unit
            s = scaled[4] * self.gap / mu
            return scaled[0] / s, scaled[1] / s, scaled[2], scaled[3], s

        guess = np.array([U, -ratio * dT - U**2 / 2, self.lower.temperature, self.upper.temperature, 1.0])
        found = root(
            lambda z: self._misfit(physical(z)) / [speed, cold, cold, cold, 1.0], guess / unit, tol=TOLERANCE
        )
        if not np.max(np.abs(found.fun)) < 1e-10 or min(found.x[2:]) <= 0:
            raise SimulationFault(
                f"no steady state was found: {found.message} Are jump and slip lengths below the gap?"
            )
        return tuple(float(value) for value in physical(found.x))

    def _misfit(self, state: tuple[float, float, float, float, float]) -> np.ndarray:
        tau, q0, T0, T1, end = state
        if min(T0, T1, end) <= 0 or self._parabola(end, state) <= 0:
            return np.full(5, 1e6)  # sends the root finder back
        u0, u1 = self._slipped(self.lower, T0, tau), self._slipped(self.upper, T1, -tau)
        c = self.gas.conductivity_over_viscosity
        q1 = q0 + tau**2 * end
        thickness = quad(lambda s: self.gas.viscosity(self._parabola(s, state)), 0, end, epsrel=1e-13)[0]
        full = self.gap / float(self.gas.viscosity(min(self.lower.temperature, self.upper.temperature)))
        return np.array(
            [
                u1 - u0 - tau * end,
                T1 - self._jumped(self.upper, T1, q1 / c, tau),
                T0 - self._jumped(self.lower, T0, -q0 / c, tau),
                T1 - self._parabola(end, state),
                (thickness / self.gap - 1) * end / full,
            ]
        )

    def _parabola(self, s: ArrayLike, state: tuple | None = None) -> np.ndarray:
        tau, q0, T0, *_ = self._solution if state is None else state
        s = np.asarray(s)
        return T0 - (q0 * s + tau**2 * s**2 / 2) / self.gas.conductivity_over_viscosity

    def _slipped(self, wall: SlipWall, T: float, shear: float) -> float:
        """u of the gas at a wall; shear = mu du/dn."""
        return wall.velocity + wall.slip * float(self.gas.thermal_speed(T)) / self.pressure * shear

    def _jumped(self, wall: SlipWall, T: float, slope: float, tau: float) -> float:
        """T of the gas at a wall; slope = mu dT/dn = dT/ds along the normal."""
        # d2T/dn2 = (T_ss - omega T_s^2 / T) / mu^2, for d/dy = (1/mu) d/ds and mu ~ T^omega
        bend = -(tau**2) / self.gas.conductivity_over_viscosity - self.gas.omega * slope**2 / T
        length = float(self.gas.thermal_speed(T)) / self.pressure  # ell / mu
        return wall.temperature + wall.jump * length * slope - wall.second_jump * length**2 * bend

    def _stretched(self, y: ArrayLike) -> np.ndarray:
        """s(y), the inverse of y = int_0^s mu ds."""
        y = np.asarray(y, dtype=float)
        if not np.all((y >= 0) & (y <= self.gap)):
            raise ValueError(f"y must lie in [0, {self.gap}] m, got {y.min()} to {y.max()}")
        end = self._solution[4]

        def height(s: float) -> float:
            return quad(lambda t: self.gas.viscosity(self._parabola(t)), 0, s, epsrel=1e-12)[0] / self.gap

        def stretched(share: float) -> float:
            if share in (0.0, 1.0):
                return share * end
            return brentq(lambda s: height(s) - share, 0, end * (1 + 1e-9), xtol=1e-14 * end)

        return np.vectorize(stretched, otypes=[float])(y / self.gap)


def conduction_heat_flux(
    gas: PowerLawGas, pressure: float, gap: float, lower: SlipWall, upper: SlipWall
) -> float:
    """Heat flux q_y [W/m^2] between plates at rest, to first order in the jump, lambda ~ T^omega::

        q H = lambda_ref T_ref [t_0^(1+omega) - t_1^(1+omega)] / (1 + omega),    t = T_gas / T_ref
        T_gas,0 = T_0 - zeta_0 b q sqrt(T_gas,0),   T_gas,1 = T_1 + zeta_1 b q sqrt(T_gas,1),
        b = sqrt(2 k / m) (mu / lambda) / p

    Arguments as `PlateFlow`; second jumps and velocities must be zero.  omega = -1 is the logarithm's and
    is refused.

    Raises ValueError for those, or values that are not positive.

    >>> argon = PowerLawGas(6.63e-26, 2.117e-5, 273.15, 0.0)
    >>> q = conduction_heat_flux(argon, 1e5, 1e-3, SlipWall(400.0), SlipWall(300.0))
    >>> round(q / float(argon.conductivity(300.0) * 100.0 / 1e-3), 12)
    1.0
    """
    positive(pressure, "pressure", "Pa")
    positive(gap, "gap", "m")
    if gas.omega == -1:
        raise ValueError("omega = -1 has no power law of T: take a value beside it")
    if lower.second_jump or upper.second_jump or lower.velocity != upper.velocity:
        raise ValueError("plates that move or second-order jumps need PlateFlow")
    b = float(gas.thermal_speed(1.0)) / (gas.conductivity_over_viscosity * pressure)
    power = 1 + gas.omega
    scale = float(gas.conductivity(gas.temperature_ref)) * gas.temperature_ref / power

    def surface(wall: SlipWall, q: float) -> float:  # sqrt(T) from T + 2 h sqrt(T) = T_wall
        half = wall.jump * b * q / 2
        return float((np.hypot(half, np.sqrt(wall.temperature)) - half) ** 2)

    def excess(q: float) -> float:
        t0, t1 = (surface(w, q * s) / gas.temperature_ref for w, s in ((lower, 1), (upper, -1)))
        return scale * (t0**power - t1**power) - q * gap

    bound = scale * ((lower.temperature / gas.temperature_ref) ** power) / gap
    bound -= scale * ((upper.temperature / gas.temperature_ref) ** power) / gap
    if bound == 0:
        return 0.0
    return float(brentq(excess, 0, bound * (1 + 1e-12), xtol=1e-15 * abs(bound), rtol=1e-14))
