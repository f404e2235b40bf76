"""Transport coefficients from the fluctuations of a homogeneous gas at rest (Green-Kubo), with errors.

An ideal gas knows the variance of its currents: only how long they last is measured, as the integral of the
normalised correlation.  What a finite number N of molecules does to the variances so drops out, but not what
it does to the rates: at fixed energy a mean of degree p in the velocities is lower than at fixed temperature
by p (p - 2) / (12 N).  To first Sonine order, hard spheres in a box of N molecules are too viscous by
7 / (12 N), too conducting by 11 / (12 N), and their D_12 is too high by 1 / (4 N); `fixed_energy_excess`
gives it for any law.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN
from scipy.linalg import null_space

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Array, Measured, jackknife
from knudsen.core.equilibrium_correlations import EquilibriumCorrelations


def running_integral(values: Array, interval: float) -> Array:
    """int_0^t f dt' of a smooth function at equal steps [..., lag]: trapezoidal, with Gregory's ends.

    ::

        h (f_0 / 2 + f_1 + ... + f_n / 2) + h^2 (f'(0) - f'(t)) / 12

    f' from three values; at the first two lags there is no room for it, and the rule is the plain one.
    """
    before = np.cumsum(values, axis=-1) - 0.5 * values - 0.5 * values[..., :1]
    slope = np.zeros_like(values)
    slope[..., 2:] = 1.5 * values[..., 2:] - 2 * values[..., 1:-1] + 0.5 * values[..., :-2]
    if values.shape[-1] > 2:
        start = -1.5 * values[..., 0] + 2 * values[..., 1] - 0.5 * values[..., 2]
        before[..., 2:] += (start[..., None] - slope[..., 2:]) / 12
    return np.asarray(interval * before)


@dataclass(frozen=True)
class TransportIntegrals:
    """Running integrals over the lag, [lag, ...] each: coefficients where they have come to rest.

    Arguments
    ---------
    times : upper limits [s];  coefficients : name -> Measured [lag, ...], of one set of groups (copies)
    """

    times: Array
    coefficients: dict[str, Measured]

    def at(self, time: float) -> dict[str, Measured]:
        """The coefficients integrated to a time [s].  Raises ValueError beyond the longest lag."""
        index = int(np.searchsorted(self.times, time * (1 - 1e-12)))
        if not time > 0 or index >= len(self.times):
            raise ValueError(f"time must lie in (0, {self.times[-1]:.4g}] s, got {time}: sample more lags")
        return {
            name: Measured(each.value[index], each.replicates[:, index])
            for name, each in self.coefficients.items()
        }


def transport_integrals(found: EquilibriumCorrelations) -> TransportIntegrals:
    """Viscosity, conductivity and, of two gases, D_12, k_T and alpha_T, as functions of the upper limit.

    ::

        eta = n k T int <Pi Pi>/<Pi^2> dt,    L_AB = (1/N) int <A(0) B(t)> dt,
        lambda = n k (L_QQ - L_Qw^2 / L_ww),    D_12 = N_1 N_2 L_ww,    k_T = L_Qw / (N L_ww),
        alpha_T = k_T / (x_1 x_2)

    w = u_1 - u_2 the difference of the mean velocities, Q = sum (m c^2 / 2 k T - 5/2) c; variances
    <Q_x^2> = (5/2) k T sum N_s / m_s and <w_x^2> = k T (1/(N_1 m_1) + 1/(N_2 m_2)) are those of theory.
    Of more species, J_a = N_a u_a about the centre of mass::

        D_ab = (N^2 / (N_a N_b)) L_JaJb,    D_Ta = (N / N_a) L_JaQ,    lambda = n k (L_QQ - L_QJ L_JJ^-1 L_JQ)

    Arguments
    ---------
    found : of two copies or more, which are the groups of the jackknife

    Returns
    -------
    TransportIntegrals with `viscosity` [Pa s], `thermal_conductivity` [W m-1 K-1]; of two species
    `diffusion_binary` [m2 s-1], `thermal_diffusion_ratio` k_T and `thermal_diffusion_factor` alpha_T; of more
    `diffusion_matrix` D_ab [lag, species, species] and `thermal_diffusion_coefficients` D_Ta [lag, species]
    [m2 s-1], as `ChapmanEnskog` has them

    Raises
    ------
    ValueError : one copy, or copies of different composition

    Source: D. J. Evans & G. P. Morriss, Statistical Mechanics of Nonequilibrium Liquids (2008), ch. 4;
    J. J. Erpenbeck & W. W. Wood, Phys. Rev. A 43 (1991) 4254, for mixtures.
    """
    if len(found.temperature) < 2:
        raise ValueError("one copy has no error bar: run several copies")
    if np.any(found.counts != found.counts[0]):
        raise ValueError("coefficients are formed of the same numbers of each species in every copy")
    weights = _pairs_of_currents(found)
    temperature = found.temperature[:, None]
    arrays = [
        temperature * found.shear / found.pairs,
        np.einsum("ia,jb,rabt->rijt", weights, weights, found.vectors) / found.pairs,
        found.temperature,
        np.ones(len(found.temperature)),
    ]

    def coefficients(shear: Array, vectors: Array, kelvin: Array, copies: Array) -> dict[str, Array]:
        return _coefficients(found, shear, vectors, BOLTZMANN * kelvin / copies)

    return TransportIntegrals(found.times, jackknife(coefficients, *arrays))


# Power of T of the variance of the current behind each coefficient.
VARIANCE_POWERS = {"viscosity": 2, "thermal_conductivity": 3, "diffusion_binary": 1}
LOGARITHMIC_STEP = 0.05


def fixed_energy_excess(theory: ChapmanEnskog, x: ArrayLike, molecules: int) -> dict[str, float]:
    """What the fixed energy of N molecules adds to Green-Kubo coefficients, relative, to first order in 1/N::

        [T^2 (T^k r)'' / (T^k r) - k (k - 1)] / (3 N),    r ~ T / coefficient, at fixed n

    A mean f(T) at fixed temperature is f - T^2 f'' / (3 N) at fixed energy, since 2 T^2 / (3 N) is how much
    the latter's temperature varies in the former.  T^k is the variance of the current (k = 2, 3, 1 for
    viscosity, conductivity, D_12), r the rate at which it decays, taken as one rate, as in the first Sonine
    approximation: not so of viscosity and conductivity of unlike masses.  This is of boxes of one energy;
    where chance gives each its own, what is found is their mean: of hard spheres 1 / (12 N) less.

    Arguments
    ---------
    theory : of the gas, at the temperature of the boxes;  x : mole fractions [species]
    molecules : N of a box

    >>> from knudsen.core.gases import Mixture
    >>> spheres = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, 4)
    >>> {name: round(12 * each, 3) for name, each in fixed_energy_excess(spheres, [1.0], 1).items()}
    {'viscosity': 7.0, 'thermal_conductivity': 11.0}
    """
    x = np.asarray(x, float)
    steps = LOGARITHMIC_STEP * np.array([-1, 0, 1])
    theories = [theory.at(theory.temperature * np.exp(step)) for step in steps]
    logarithms = {
        name: np.log([each.temperature / float(getattr(each, name)(x)) for each in theories])
        for name in ("viscosity", "thermal_conductivity")
    }
    if len(x) == 2:
        rates = [each.temperature**2 / float(each.diffusion_binary(x[0], 1.0)) for each in theories]
        # At fixed n the pressure goes as T.
        logarithms["diffusion_binary"] = np.log(rates)
    found = {name: _excess(each, VARIANCE_POWERS[name]) / molecules for name, each in logarithms.items()}
    return found | (
        {"thermal_diffusion_factor": _excess_of_factor(theory, x) / molecules} if len(x) == 2 else {}
    )


def _excess_of_factor(theory: ChapmanEnskog, x: Array) -> float:
    """N times the relative change of alpha_T: about the centre of mass, Q is no longer free of drift::

    <m c^2 c_x / 2 k T  c_x> / <c_x^2> = (5/2)(1 - m / M - 2 / 3N),    M the mass of the box
    """
    masses = np.array(theory.mixture.masses)
    mean = float(x @ masses)
    lost = masses / mean + 2 / 3
    ratio = -2.5 * x.prod() * (masses[1] * lost[0] - masses[0] * lost[1]) / mean
    return float(ratio / (x.prod() * theory.thermal_diffusion_factor(x[0])))


def _excess(rate: Array, power: int) -> float:
    """[T^2 (T^k r)'' / (T^k r) - k (k - 1)] / 3 of ln r at three equal steps of ln T."""
    slope = (rate[2] - rate[0]) / (2 * LOGARITHMIC_STEP)
    curvature = (rate[2] - 2 * rate[1] + rate[0]) / LOGARITHMIC_STEP**2
    whole = power + slope
    return float((whole * (whole - 1) + curvature - power * (power - 1)) / 3)


def _pairs_of_currents(found: EquilibriumCorrelations) -> Array:
    """What makes independent currents of (J_1, ..., Q): Q alone, (w, Q), or of more species (w_1, ..., Q).

    The w_k are then orthonormal sums of J_a (m_a / N_a)^(1/2) that carry no momentum, of variance k T each.
    """
    count = found.counts[0]
    species = len(count)
    weights = np.zeros((species, species + 1))
    weights[-1, -1] = 1.0
    if species == 2:
        weights[0, :2] = 1 / count[0], -1 / count[1]
    elif species > 2:
        weights[:-1, :-1] = _drifts(found) * np.sqrt(found.masses / count)
    return weights


def _drifts(found: EquilibriumCorrelations) -> Array:
    momentum = np.sqrt(found.counts[:1] * found.masses)
    return np.asarray(null_space(momentum).T)


def _coefficients(
    found: EquilibriumCorrelations, shear: Array, vectors: Array, thermal: Array
) -> dict[str, Array]:
    """Coefficients [..., lag] of summed correlations [..., lag], [..., i, j, lag] and the mean k T [...]."""
    count, masses, interval = found.counts[0], found.masses, found.interval
    number = count.sum()
    drifts = [(1 / (count * masses)).sum()] if len(count) == 2 else [1.0] * (len(count) - 1)
    variance = thermal[..., None] * np.array([*drifts, 2.5 * (count / masses).sum()])
    scale = np.sqrt(variance / np.einsum("...iit->...it", vectors)[..., 0])
    normal = vectors * scale[..., :, None, None] * scale[..., None, :, None]
    integral = running_integral(normal, interval) / number
    viscosity = found.density * thermal[..., None] * running_integral(shear / shear[..., :1], interval)
    heat = integral[..., -1, -1, :]
    if len(count) == 1:
        return {"viscosity": viscosity, "thermal_conductivity": found.density * BOLTZMANN * heat}
    if len(count) > 2:
        return {"viscosity": viscosity, **_of_many(found, integral)}
    with np.errstate(divide="ignore", invalid="ignore"):
        cross, drift = integral[..., 0, 1, :], integral[..., 0, 0, :]
        ratio = cross / (number * drift)
        x1_x2 = count.prod() / number**2
        return {
            "viscosity": viscosity,
            "thermal_conductivity": found.density * BOLTZMANN * (heat - cross**2 / drift),
            "diffusion_binary": count.prod() * drift,
            "thermal_diffusion_ratio": ratio,
            "thermal_diffusion_factor": ratio / x1_x2,
        }


def _of_many(found: EquilibriumCorrelations, integral: Array) -> dict[str, Array]:
    """Coefficients of three species or more from the integrals L [..., current, current, lag]."""
    count, number = found.counts[0], found.counts[0].sum()
    integral = np.moveaxis(integral, -1, -3)  # [..., lag, current, current]
    velocities = _drifts(found) * np.sqrt(1 / (found.masses * count)) * number  # (N / N_a) J_a of each w_k
    flow, cross = integral[..., :-1, :-1], integral[..., :-1, -1]
    # At no lag there is nothing to invert.
    held = np.zeros(cross.shape[:-1])
    solved = np.linalg.solve(flow[..., 1:, :, :], cross[..., 1:, :, None])[..., 0]
    held[..., 1:] = (cross[..., 1:, :] * solved).sum(axis=-1)
    return {
        "thermal_conductivity": found.density * BOLTZMANN * (integral[..., -1, -1] - held),
        "diffusion_matrix": velocities.T @ flow @ velocities,
        "thermal_diffusion_coefficients": cross @ velocities,
    }
