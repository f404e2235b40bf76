"""The regular solution: free energy, binodal, spinodal, interfaces and spinodal growth, in reduced units.

Energy in kT per molecule, lengths in any unit, kappa in kT times its square; kappa / 2 stands before the
squared gradient, and D0 is the tracer diffusivity of a dilute component where the mobility is D0 x (1 - x)::

    F = int [f(x) + (kappa / 2) |grad x|^2] dV,    f = x ln x + (1 - x) ln(1 - x) + chi x (1 - x)
    dx/dt = div { M(x) grad [f'(x) - kappa lap x] },    M = D0 or D0 x (1 - x)

Source: J. W. Cahn, J. E. Hilliard, J. Chem. Phys. 28 (1958) 258; J. W. Cahn, Acta Metall. 9 (1961) 795,
whose gradient coefficient is half this kappa.
"""

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import xlog1py, xlogy

from knudsen.analysis.checks import finite, positive

CRITICAL_CHI = 2.0
CRITICAL_COMPOSITION = 0.5

Mobility = Literal["constant", "degenerate"]


def composition(x: ArrayLike) -> np.ndarray:
    """x as an array; raises ValueError unless every value lies inside (0, 1).

    >>> float(composition(0.3))
    0.3
    """
    x = np.asarray(x, dtype=float)
    if not np.all((x > 0) & (x < 1)):
        raise ValueError(
            f"compositions must lie inside (0, 1), got {np.min(x)} to {np.max(x)}: the logarithms end there"
        )
    return x


def free_energy_density(x: ArrayLike, chi: float) -> np.ndarray:
    """f [kT per molecule] = x ln x + (1 - x) ln(1 - x) + chi x (1 - x), at x [...] inside (0, 1).

    Raises ValueError for x outside (0, 1) or a chi that is not finite.

    >>> round(float(free_energy_density(0.5, 3.0)), 6)
    0.056853
    """
    x = composition(x)
    return xlogy(x, x) + xlog1py(1 - x, -x) + finite(chi, "chi", "units of one") * x * (1 - x)


def exchange_potential(x: ArrayLike, chi: float) -> np.ndarray:
    """f' = mu_1 - mu_2 [kT] = ln[x / (1 - x)] + chi (1 - 2 x), at x [...] inside (0, 1).

    Raises as `free_energy_density`.

    >>> float(exchange_potential(0.5, 3.0))
    0.0
    """
    x = composition(x)
    return np.log(x) - np.log1p(-x) + finite(chi, "chi", "units of one") * (1 - 2 * x)


def curvature(x: ArrayLike, chi: float) -> np.ndarray:
    """f'' [kT] = 1 / [x (1 - x)] - 2 chi, at x [...] inside (0, 1); negative inside the spinodal.

    Raises as `free_energy_density`.

    >>> float(curvature(0.5, 3.0))
    -2.0
    """
    x = composition(x)
    return 1 / (x * (1 - x)) - 2 * finite(chi, "chi", "units of one")


def spinodal(chi: float) -> tuple[float, float]:
    """The compositions where f'' = 0 [-]: [1 -+ sqrt(1 - 2 / chi)] / 2.

    Raises ValueError for chi <= 2, where the solution mixes at every composition.

    >>> [round(x, 6) for x in spinodal(3.0)]
    [0.211325, 0.788675]
    """
    _demixes(chi)
    half = np.sqrt(1 - 2 / chi) / 2
    high = 0.5 + half
    return float(1 / (2 * chi * high)), float(high)  # the product of the two is 1 / (2 chi)


def binodal(chi: float) -> tuple[float, float]:
    """The compositions of the two phases at equilibrium [-]: ln[x / (1 - x)] + chi (1 - 2 x) = 0.

    Raises ValueError for chi <= 2, where the solution mixes at every composition.

    >>> [round(x, 6) for x in binodal(3.0)]
    [0.07072, 0.92928]
    """
    _demixes(chi)
    lowest = 2 * np.arctanh(np.sqrt(1 - 2 / chi))  # ln(x / (1 - x)) at the spinodal
    # u = ln[(1 - x) / x] keeps its digits where x is as small as exp(-chi)
    u = brentq(lambda u: u - chi * np.tanh(u / 2), lowest, chi, xtol=1e-15, rtol=1e-14)
    return float(1 / (1 + np.exp(u))), float(1 / (1 + np.exp(-u)))


def interface_tension(chi: float, kappa: float) -> float:
    """Tension of the flat interface [kT times length per molecule's volume]::

        sigma = int sqrt(2 kappa [f(x) - f(x_b)]) dx   between the binodal compositions

    Raises ValueError for chi <= 2 or kappa that is not positive.

    Source: Cahn and Hilliard (1958), section 2.

    >>> round(interface_tension(3.0, 1.0), 6)
    0.288272
    """
    positive(kappa, "kappa", "kT times length squared")
    low, _ = binodal(chi)
    half = quad(lambda x: np.sqrt(2 * _excess(x, chi, low)), low, 0.5, epsabs=0, epsrel=1e-10)[0]
    return float(2 * half * np.sqrt(kappa))


def interface_position(x: ArrayLike, chi: float, kappa: float) -> np.ndarray:
    """Distance z [...] from the middle of the flat interface at which its profile has composition x [...]::

        z = int_{1/2}^x sqrt(kappa / (2 [f - f_b])) dx

    Raises ValueError for chi <= 2, kappa that is not positive, or x outside the binodal compositions.

    Source: Cahn and Hilliard (1958), section 2.

    >>> round(float(interface_position(0.8, 3.0, 1.0)), 6)
    0.741906
    """
    positive(kappa, "kappa", "kT times length squared")
    low, high = binodal(chi)
    x = np.asarray(x, dtype=float)
    if not np.all((x > low) & (x < high)):
        raise ValueError(f"the profile runs between {low:.6g} and {high:.6g}, got {x.min()} to {x.max()}")

    def position(end: float) -> float:
        return quad(lambda s: np.sqrt(kappa / (2 * _excess(s, chi, low))), 0.5, end, epsabs=0, epsrel=1e-10)[
            0
        ]

    return np.vectorize(position, otypes=[float])(x)


def mobility(x: ArrayLike, diffusion: float = 1.0, kind: Mobility = "constant") -> np.ndarray:
    """M [length^2/time] at x [...]: D0, or D0 x (1 - x) ("degenerate": it vanishes in the pure components).

    Raises ValueError for another kind, D0 that is not positive, or x outside (0, 1).

    >>> float(mobility(0.5, 1.0, "degenerate"))
    0.25
    """
    positive(diffusion, "D0", "length squared over time")
    x = composition(x)
    if kind == "constant":
        return np.full_like(x, diffusion)
    if kind == "degenerate":
        return diffusion * x * (1 - x)
    raise ValueError(f'mobility {kind!r} is unknown: "constant" or "degenerate"')


def diffusivity(x: ArrayLike, chi: float, diffusion: float = 1.0, kind: Mobility = "constant") -> np.ndarray:
    """Interdiffusion coefficient D = M f'' [length^2/time] at x [...]; negative inside the spinodal: uphill.

    Arguments and errors as `mobility` and `curvature`.

    >>> float(diffusivity(0.5, 3.0)), float(diffusivity(0.5, 0.0, kind="degenerate"))
    (-2.0, 1.0)
    """
    return mobility(x, diffusion, kind) * curvature(x, chi)


def growth_rate(
    wavenumber: ArrayLike,
    x: float,
    chi: float,
    kappa: float,
    diffusion: float = 1.0,
    kind: Mobility = "constant",
) -> np.ndarray:
    """Growth rate [1/time] of a small wave exp(i k z) about a uniform composition::

        R = -M k^2 (f'' + kappa k^2)

    wavenumber : k [...], 1/length;  x : the uniform composition;  the rest as above.  Negative: decay.

    Raises as `mobility` and `curvature`, and ValueError for a wavenumber that is not finite or a kappa that
    is not positive.

    Source: Cahn (1961).

    >>> float(growth_rate(1.0, 0.5, 3.0, 1.0))
    1.0
    """
    positive(kappa, "kappa", "kT times length squared")
    k_squared = finite(wavenumber, "wavenumber", "1/length") ** 2
    return -mobility(x, diffusion, kind) * k_squared * (curvature(x, chi) + kappa * k_squared)


def fastest_wavelength(x: float, chi: float, kappa: float) -> float:
    """Wavelength [length] that grows fastest, from dR / d(k^2) = 0::

        lambda = 2 pi sqrt(-2 kappa / f''),    sqrt(2) times the shortest that grows

    Raises ValueError outside the spinodal, where every wave decays.

    >>> round(fastest_wavelength(0.5, 3.0, 1.0), 6)
    6.283185
    """
    positive(kappa, "kappa", "kT times length squared")
    return float(2 * np.pi * np.sqrt(2 * kappa / _unstable(x, chi)))


def fastest_growth(
    x: float, chi: float, kappa: float, diffusion: float = 1.0, kind: Mobility = "constant"
) -> float:
    """Largest growth rate [1/time]: M f''^2 / (4 kappa).

    Raises ValueError outside the spinodal, where every wave decays.

    >>> fastest_growth(0.5, 3.0, 1.0)
    1.0
    """
    positive(kappa, "kappa", "kT times length squared")
    return float(mobility(x, diffusion, kind) * _unstable(x, chi) ** 2 / (4 * kappa))


def _unstable(x: float, chi: float) -> float:
    """-f'' inside the spinodal."""
    bend = float(curvature(x, chi))
    if bend >= 0:
        where = "chi <= 2 has none" if chi <= CRITICAL_CHI else f"{spinodal(chi)} at chi = {chi}"
        raise ValueError(f"x = {x} lies outside the spinodal ({where}): every wave decays there")
    return -bend


def _demixes(chi: float) -> None:
    if not CRITICAL_CHI < chi < np.inf:
        raise ValueError(f"chi = {chi}: two phases need chi > {CRITICAL_CHI}, the critical point")


def _excess(x: float, chi: float, low: float) -> float:
    """f(x) - f(x_b) from x - x_b, without the cancellation near the binodal (f'(x_b) = 0)."""
    d = x - low
    value = x * np.log1p(d / low) + (1 - x) * np.log1p(-d / (1 - low)) - chi * d**2
    return max(float(value), 0.0)
