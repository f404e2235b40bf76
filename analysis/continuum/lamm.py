"""A solute in an ultracentrifuge in time: Lamm's equation in a sector-shaped cell.

In xi = r^2 / 2 it is a conservation law on equal volumes::

    dc/dt = d/dxi { 2 xi [D dc/dxi - s omega^2 c] }

Exponentially fitted finite volumes keep the content and hold the exact equilibrium.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import solve_ivp
from scipy.sparse import csc_array, diags_array
from scipy.special import exprel

from knudsen.analysis.checks import finite, not_negative, pair, positive
from knudsen.core.faults import SimulationFault


def molar_mass_svedberg(
    sedimentation: float, diffusion: float, partial_volume: float, density: float, temperature: float
) -> float:
    """Molar mass [kg/mol] of a solute from its sedimentation and diffusion coefficients::

        M = s R T / [D (1 - v rho)]

    Arguments
    ---------
    sedimentation : s [s];  diffusion : D [m^2/s];  partial_volume : v [m^3/kg];  density : rho [kg/m^3]
    temperature : T [K]

    Raises ValueError for D or T that is not positive, for v rho = 1, where nothing sediments, or for s of the
    other sign than 1 - v rho, which no mass has.

    Source: T. Svedberg, K. O. Pedersen, The Ultracentrifuge (1940).

    >>> round(molar_mass_svedberg(4.3e-13, 6.0e-11, 7.3e-4, 998.0, 293.15), 2)
    64.35
    """
    positive((diffusion, temperature), "D and T", "m^2/s and K")
    finite([sedimentation, partial_volume, density], "s, v and rho", "s, m^3/kg and kg/m^3")
    buoyancy = 1 - partial_volume * density
    if buoyancy == 0:
        raise ValueError("v rho = 1: the solute neither sinks nor floats, and s says nothing of its mass")
    if sedimentation * buoyancy < 0:
        raise ValueError(f"s = {sedimentation} and 1 - v rho = {buoyancy:.4g} must have one sign: check both")
    return sedimentation * GAS_CONSTANT * temperature / (diffusion * buoyancy)


@dataclass(frozen=True)
class Sedimentation:
    """A dilute solute in a sector cell between two radii.

    Arguments
    ---------
    sedimentation : s [s], negative for a solute that floats;  diffusion : D [m^2/s]
    angular_speed : omega [rad/s];  radii : meniscus and bottom [m];  cells : of equal volume

    Raises ValueError for values that are not positive (s may have either sign) or radii that do not ascend.

    >>> import numpy as np
    >>> cell = Sedimentation(4e-13, 6e-11, 3000.0, (0.06, 0.07), cells=100)
    >>> c = cell.transient(np.ones(100), [1e4])
    >>> bool(abs(c[0].mean() - 1) < 1e-12)
    True
    """

    sedimentation: float
    diffusion: float
    angular_speed: float
    radii: tuple[float, float]
    cells: int = 400

    def __post_init__(self) -> None:
        positive((self.diffusion, self.angular_speed), "D and omega", "m^2/s and rad/s")
        if not np.isfinite(self.sedimentation):
            raise ValueError(f"sedimentation must be finite, got {self.sedimentation}: give s in seconds")
        pair(self.radii, "radii")
        if not 0 < self.radii[0] < self.radii[1]:
            raise ValueError(f"radii must ascend from above zero, got {self.radii}: (meniscus, bottom) in m")
        if not (self.cells >= 3 and self.cells % 1 == 0):
            raise ValueError(f"cells must be a whole number of three or more, got {self.cells}")

    @property
    def radius(self) -> np.ndarray:
        """r [cell], m, of the cells' middles by volume."""
        return np.sqrt(2 * self._xi[0] + 2 * self._xi[1] * (np.arange(self.cells) + 0.5))

    def equilibrium(self, mean: float = 1.0) -> np.ndarray:
        """c [cell] at equilibrium, of the given mean over the volume::

            c ~ exp[(s / D) omega^2 r^2 / 2],    s / D = M (1 - v rho) / (R T)

        mean : in any unit, that of the answer.  Raises ValueError for a negative one.
        """
        not_negative(mean, "mean concentration", "one unit")
        strength = self._peclet * self.cells
        place = (np.arange(self.cells) + 0.5) / self.cells
        if strength >= 0:  # about the end where the solute gathers, so that nothing overflows
            return mean * np.exp(strength * (place - 1)) / exprel(-strength) * self._midpoint
        return mean * np.exp(strength * place) / exprel(strength) * self._midpoint

    def transient(self, start: ArrayLike, times: ArrayLike, tolerance: float = 1e-8) -> np.ndarray:
        """c [time, cell] at ascending times [s] from the concentrations start [cell] at t = 0.

        The mean over the cells, which hold equal volumes, is kept to the rounding of the implicit steps,
        about 1e-11.  The error in space falls as the square of 1 / cells; a boundary sharper than a cell is
        smeared.

        Raises ValueError for another number of concentrations, or times that are negative or do not ascend;
        SimulationFault where the integration stops.

        Source: O. Lamm, Ark. Mat. Astron. Fys. 21B (1929) 1; D. L. Scharfetter, H. K. Gummel,
        IEEE Trans. Electron Devices 16 (1969) 64 (the fitted flux).
        """
        start, times = np.asarray(start, dtype=float), np.atleast_1d(np.asarray(times, dtype=float))
        if start.shape != (self.cells,) or not np.all(np.isfinite(start)):
            raise ValueError(
                f"start has shape {start.shape}: give one finite concentration per cell, {self.cells}"
            )
        if not (times[0] >= 0 and np.all(np.diff(times) > 0) and np.isfinite(times[-1])):
            raise ValueError("times must ascend from zero or later: sort them, in seconds")
        if times[-1] == 0:
            return start[None].copy()
        rates, scale = self._rates, np.max(np.abs(start)) or 1.0
        solution = solve_ivp(
            lambda t, c: rates @ c,
            (0.0, times[-1]),
            start,
            method="Radau",
            t_eval=times,
            jac=rates,
            rtol=tolerance,
            atol=tolerance * 1e-3 * scale,
        )
        if solution.status != 0:
            raise SimulationFault(f"integration stops after t = {solution.t[-1:]} s: {solution.message}")
        return solution.y.T

    @property
    def _xi(self) -> tuple[float, float]:
        """xi at the meniscus and the width of a cell in xi [m^2]."""
        inner, outer = (r**2 / 2 for r in self.radii)
        return inner, (outer - inner) / self.cells

    @property
    def _peclet(self) -> float:
        """s omega^2 dxi / D of one cell."""
        return self.sedimentation * self.angular_speed**2 * self._xi[1] / self.diffusion

    @property
    def _midpoint(self) -> float:
        """Makes the sum over the cells' middles the mean: sinh(P/2) / (P/2)."""
        return float(exprel(self._peclet) * np.exp(-self._peclet / 2))

    @property
    def _rates(self) -> csc_array:
        """The matrix of dc/dt; its columns sum to zero."""
        inner, width = self._xi
        faces = inner + width * np.arange(1, self.cells)
        strength = 2 * faces * self.diffusion / width**2
        outward, inward = strength / exprel(-self._peclet), strength / exprel(self._peclet)
        loss = np.zeros(self.cells)
        loss[:-1] -= outward
        loss[1:] -= inward
        return csc_array(diags_array([outward, loss, inward], offsets=[-1, 0, 1]))
