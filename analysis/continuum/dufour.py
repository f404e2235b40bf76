"""The Dufour effect: diffusion across a step of composition heats one side and cools the other.

Closed form for constant coefficients, and the similarity solution for any; in a closed tube:
`knudsen.analysis.continuum.dufour_transient`, whose equations these are.

Sources: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), sections 8.4 and
14.71; S. R. de Groot, P. Mazur, Non-Equilibrium Thermodynamics (1962), chapter XI; L. Waldmann, Z. Phys. 124
(1948) 2.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import solve_bvp
from scipy.special import erfc

from knudsen.analysis.checks import finite, pair, positive, within
from knudsen.analysis.continuum.binary_gas import BinaryGas
from knudsen.core.faults import SimulationFault

NEARLY_EQUAL = 1e-5  # |D - kappa|/D below which the difference quotient becomes a derivative
REACH = 6.0  # half-width of the similarity solution, in diffusion lengths of the faster side


def dufour_step(
    position: ArrayLike,
    time: ArrayLike,
    difference: float,
    temperature: float,
    diffusion: float,
    heat_diffusivity: float,
    thermal_diffusion_factor: float,
    heat_capacity: float = 2.5 * GAS_CONSTANT,
) -> np.ndarray:
    """Temperature change [...], K, about a step of composition at z = 0, constant coefficients::

        dT = (R/C_p) T alpha_T (x_left - x_right) [D/(D - kappa)] (f_D - f_kappa)
        f_D = erfc(z/(2 sqrt(D t)))/2;   kappa = D: D df_D/dD

    Arguments
    ---------
    position : z [...], m;  time : t [...], s, positive
    difference : x_left - x_right of species 1, small enough for constant coefficients
    temperature : T [K];  diffusion : D_12 [m^2/s];  heat_diffusivity : kappa = lambda/(c C_p) [m^2/s]
    thermal_diffusion_factor : alpha_T [-];  heat_capacity : C_p [J/(mol K)]; monatomic if left out

    Raises ValueError for values that are not positive or finite, or a difference beyond [-1, 1].

    First order in alpha_T.  With alpha_T < 0 where species 1 is the light one, the light-rich side warms.

    >>> dufour_step([-0.01, 0.0, 0.01], 1.0, 0.1, 300.0, 7e-5, 6e-5, -0.4).round(4)
    array([ 0.6168, -0.    , -0.6168])
    """
    positive(time, "time", "s")
    positive([diffusion, heat_diffusivity, temperature, heat_capacity], "coefficients", "SI units")
    within(difference, -1, 1, "difference of mole fraction", "parts of one")
    finite(thermal_diffusion_factor, "thermal diffusion factor", "units of one")
    z, root = finite(position, "position", "m"), np.sqrt(np.asarray(time, dtype=float))
    scale = GAS_CONSTANT / heat_capacity * temperature * thermal_diffusion_factor * difference
    if abs(diffusion - heat_diffusivity) > NEARLY_EQUAL * diffusion:
        waves = [erfc(z / (2 * np.sqrt(D) * root)) / 2 for D in (diffusion, heat_diffusivity)]
        return scale * diffusion / (diffusion - heat_diffusivity) * (waves[0] - waves[1])
    mean = np.sqrt(diffusion * heat_diffusivity)
    s = z / (2 * np.sqrt(mean) * root)
    return scale * diffusion / mean * s * np.exp(-(s**2)) / (2 * np.sqrt(np.pi))


def dufour_peak(diffusion: float, heat_diffusivity: float) -> float:
    """Where `dufour_step` is largest: z/sqrt(t) [m/s^(1/2)] of the peaks, which lie at plus and minus it::

        z^2/t = 2 D kappa ln(D/kappa)/(D - kappa);   kappa = D: 2 D

    diffusion, heat_diffusivity : D, kappa [m^2/s].  Raises ValueError unless both are positive.

    >>> round(dufour_peak(7e-5, 6e-5), 6)
    0.011379
    """
    positive([diffusion, heat_diffusivity], "diffusivities", "m^2/s")
    excess = diffusion / heat_diffusivity - 1
    return float(np.sqrt(2 * diffusion * (np.log1p(excess) / excess if excess else 1.0)))


# --- variable properties, no boundaries -------------------------------------------------------------


@dataclass(frozen=True)
class Similarity:
    """The solution that depends on z/sqrt(t) alone; made by `dufour_similarity`.

    position [point] : z/sqrt(t) [m/s^(1/2)], 0 where the step stood;  x, temperature [point]
    velocity [point] : v* sqrt(t) [m/s^(1/2)]
    """

    position: np.ndarray
    x: np.ndarray
    temperature: np.ndarray
    velocity: np.ndarray


def dufour_similarity(
    gas: BinaryGas,
    ends: tuple[float, float] = (1.0, 0.0),
    temperature: float = 300.0,
    tolerance: float = 1e-6,
) -> Similarity:
    """Two half-infinite mixtures brought together, any coefficients: a boundary-value problem in z/sqrt(t).

    With s = eta/sqrt(t), J = j/sqrt(t), q' = w/sqrt(t)::

        dj/ds = (s/2) dx/ds,   dw/ds = [(s/2) C_p - (C_p1 - C_p2) j] dT/ds

    gas, ends, temperature : as of `dufour_transient`;  tolerance : of the collocation

    The far left rests; with equal heat capacities the far right rests too.  Raises SimulationFault where
    scipy's `solve_bvp` does not converge.

    Pure helium against pure argon at 300 K (LJ): +5.386 and -7.764 K; at order 3, +5.33 and -7.68 K.

    >>> from knudsen.analysis.continuum.binary_gas import constant_gas
    >>> wave = dufour_similarity(constant_gas(1e5, 7e-5, 0.05, -0.4), (0.55, 0.45))
    >>> wave.temperature.max().round(3), wave.temperature.min().round(3)
    (np.float64(300.625), np.float64(299.377))
    """
    positive(temperature, "temperature", "K")
    left, right = pair(within(ends, 0, 1, "mole fractions", "parts of one"), "mole fractions")
    c = float(gas.concentration(temperature))
    probe = np.linspace(0, 1, 11) * (right - left) + left
    D = gas.coefficients(probe, np.full(11, temperature))[0]
    fastest = max(D.max(), gas.diffusivity_of_heat(probe, np.full(11, temperature)).max())
    unit = 2 * c * np.sqrt(fastest)
    first, second = gas.heat_capacities

    def slopes(s: np.ndarray, y: np.ndarray) -> np.ndarray:
        x, j, T, w = y
        D, conductivity, alpha = gas.coefficients(x, T)
        local = gas.concentration(T)
        T_s = (GAS_CONSTANT * T * alpha * j - w) / (conductivity * local)
        x_s = -j / (local**2 * D) - alpha * x * (1 - x) * T_s / T
        return unit * np.array(
            [x_s, s * unit / 2 * x_s, T_s, (s * unit / 2 * gas.heat_capacity(x) - (first - second) * j) * T_s]
        )

    def boundaries(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return np.array([a[0] - left, b[0] - right, a[2] / temperature - 1, b[2] / temperature - 1])

    s = np.linspace(-REACH, REACH, 401)
    ratio = np.sqrt(D.mean() / fastest)
    x = right + (left - right) * erfc(s / ratio) / 2
    j = c * np.sqrt(D.mean() / np.pi) * (left - right) * np.exp(-((s / ratio) ** 2))
    guess = np.array([x, j, np.full_like(s, temperature), np.zeros_like(s)])
    solution = solve_bvp(slopes, boundaries, s, guess, tol=tolerance, max_nodes=20000)
    if not solution.success:
        raise SimulationFault(f"the similarity solution is not found: {solution.message}")
    return _unfold(gas, solution.x * unit, slopes(solution.x, solution.y)[2] / unit, solution.y)


def _unfold(gas: BinaryGas, s: np.ndarray, T_s: np.ndarray, y: np.ndarray) -> Similarity:
    """From moles to length: z/sqrt(t) is the integral of ds/c, and v* sqrt(t) = z/2 - s/(2 c)."""
    x, _, T, _ = y
    volume = 1 / gas.concentration(T)
    # Hermite quadrature of 1/c, whose slope in s is known too
    slope = volume / T * T_s
    step = np.diff(s)
    parts = step * (volume[1:] + volume[:-1]) / 2 + step**2 * (slope[:-1] - slope[1:]) / 12
    z = s[0] * volume[0] + np.concatenate([[0.0], np.cumsum(parts)])
    return Similarity(z, x, T, (z - s * volume) / 2)
