"""The first-order distribution function of a mixture, and its moments, as a simulation samples them.

f_a = f_a^(0) (1 + phi_a), f^(0) the Maxwellian about the mass-average velocity, C = c sqrt(m_a / 2kT) and
b_q the polynomials `knudsen.analysis.kinetic.brackets.sonine`.  phi_a is linear in the gradients: the sum of
the parts under grad ln T, under diffusion forces and under shear.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import binom, gammaln

from knudsen.analysis.checks import finite, positive_number, species_number, whole_number
from knudsen.analysis.kinetic.brackets import sonine
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog

MOST_MOMENTS = 150


@dataclass(frozen=True)
class Perturbation:
    """phi_a per unit gradient::

        phi_a = C_x sum_q B_aq b_q(C^2)        rank 1: gradients along x, per 1/m
        phi_a = C_x C_y sum_q B_aq b_q(C^2)    rank 2: du_x/dy, per 1/s

    coefficients : B [species, order], m at rank 1 and s at rank 2;  names : of the species

    `heat_flow`, `diffusion_flow` and `shear_flow` make it.
    """

    rank: int
    coefficients: np.ndarray
    names: tuple[str, ...]

    def __call__(self, species: int, velocity: ArrayLike) -> np.ndarray:
        """phi_a [...] per unit gradient at the reduced velocities C [..., 3] of a species number.

        Raises ValueError for a number that no species has, or velocities that are not finite, or not three.

        >>> from knudsen.core.gases import Mixture
        >>> argon = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=10)
        >>> phi = heat_flow(argon, [1.0], 101325.0)
        >>> (phi(0, [[0, 0, 0], [1, 0, 0], [2, 0, 0]]) * 1e9).round(1) + 0.0
        array([   0. ,  198.4, -393. ])
        """
        species = species_number(species, len(self.names))
        velocity = finite(velocity, "velocity", "units of sqrt(2kT/m)")
        if velocity.ndim == 0 or velocity.shape[-1] != 3:
            raise ValueError(f"velocities have shape {velocity.shape}: give the three components last")
        tensor = np.prod(velocity[..., : self.rank], axis=-1)
        polynomials = sonine(self.coefficients.shape[1], self.rank, np.sum(velocity**2, axis=-1))
        return tensor * np.tensordot(self.coefficients[species], polynomials, axes=1)

    def power_moments(self, count: int) -> np.ndarray:
        """Moments of C_x (rank 1) or C_x C_y (rank 2) [species, r = 0 .. count - 1], per unit gradient::

            <h C^(2r)> = <h^2> sum_q B_q <C^(2r) b_q>,    averages over f_a, h = C_x or C_x C_y

        count : 1 .. 150;  raises ValueError for others, whose moments outgrow a float

        >>> from knudsen.core.gases import Mixture
        >>> argon = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=24)
        >>> power = heat_flow(argon, [1.0], 101325.0).power_moments(3)[0]
        >>> (power * 1e9).round(2) + 0.0
        array([    0.  ,  -151.18, -1007.76])
        """
        whole_number(count, "count", 1, MOST_MOMENTS)
        r, q = np.arange(count)[:, None], np.arange(self.coefficients.shape[1])
        overlap = binom(r, q) * (-1.0) ** q * np.exp(gammaln(r + self._shape) - gammaln(self._shape))
        return self._square * (self.coefficients * self._norm) @ overlap.T

    def sonine_moments(self, count: int) -> np.ndarray:
        """<h S^(k)(C^2)> [species, k = 0 .. count - 1], S^(k) Sonine's polynomial of index rank + 1/2.

        Their ratios at rank 1, a_k / a_1 with k = 1, 2, ..., and at rank 2, b_(k+1) / b_1 with k = 0, 1, ...,
        are the reduced Sonine coefficients that simulations report.

        count : 1 .. 150;  those of the theory's order and beyond are zero.  Raises ValueError for others.

        >>> from knudsen.core.gases import Mixture
        >>> argon = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=24)
        >>> a = heat_flow(argon, [1.0], 101325.0).sonine_moments(5)[0]
        >>> (a[1:] / a[1]).round(5)
        array([1.     , 0.167  , 0.05709, 0.02475])

        Source: M. A. Gallis, J. R. Torczynski, D. J. Rader, Phys. Rev. E 69 (2004) 042201.
        """
        whole_number(count, "count", 1, MOST_MOMENTS)
        order = self.coefficients.shape[1]
        moments = np.zeros((len(self.names), count))
        kept = min(count, order)
        moments[:, :kept] = self._square * (self.coefficients / self._norm)[:, :kept]
        return moments

    @property
    def _shape(self) -> float:
        return self.rank + 1.5

    @property
    def _square(self) -> float:
        """<h^2>."""
        return {1: 1 / 2, 2: 1 / 4}[self.rank]

    @property
    def _norm(self) -> np.ndarray:
        """b_q over Sonine's polynomial [order]."""
        q = np.arange(self.coefficients.shape[1])
        return np.exp((gammaln(q + 1) + gammaln(self._shape) - gammaln(q + self._shape)) / 2)


def heat_flow(theory: ChapmanEnskog, x: ArrayLike, pressure: float) -> Perturbation:
    """phi_a of a unit grad ln T along x, at uniform composition and pressure [Pa]; needs order 2.

    x : mole fractions [species]

    Raises ValueError for order 1, a pressure that is not one positive number, or bad mole fractions.

    Species diffuse, as thermal diffusion drives them; add `diffusion_flow` with d_i = -k_Ti for none.

    >>> from knudsen.core.gases import Mixture
    >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
    >>> (heat_flow(theory, [0.5, 0.5], 101325.0).coefficients * 1e9).round(2)
    array([[ 38.96, 277.45,  39.06,  13.92],
           [-12.33, 234.28,   7.93,   1.27]])
    """
    theory.operator.need_order(2, "heat flow")
    x = _one_composition(theory, x)
    return _perturbation(theory, 1, theory.operator.thermal_response(x), pressure)


def diffusion_flow(theory: ChapmanEnskog, x: ArrayLike, forces: ArrayLike, pressure: float) -> Perturbation:
    """phi_a of the diffusion forces d_i [species] [1/m] along x, whose sum is zero, at uniform temperature.

    >>> from knudsen.core.gases import Mixture
    >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
    >>> flow = diffusion_flow(theory, [0.5, 0.5], [1.0, -1.0], 101325.0)
    >>> (flow.coefficients[0] * 1e9).round(2)
    array([-441.63,  -53.88,  -19.47,   -8.67])

    Raises ValueError for forces that do not sum to zero, a force on a species that is absent, a pressure that
    is not one positive number, or bad mole fractions.
    """
    x, forces = _one_composition(theory, x), finite(forces, "diffusion forces", "1/m")
    if forces.shape != x.shape or abs(forces.sum()) > 1e-9 * np.abs(forces).max():
        raise ValueError(f"give one diffusion force for each of {theory.mixture.names}, their sum zero")
    if np.any(forces[x == 0] != 0):
        raise ValueError("a species that is absent takes no diffusion force: leave it out of the forces")
    own, coupling = theory.operator.diffusion_response(x)
    each = np.divide(forces, x, out=np.zeros_like(x), where=x > 0)
    return _perturbation(theory, 1, own * each[:, None] + coupling @ forces, pressure)


def shear_flow(theory: ChapmanEnskog, x: ArrayLike, pressure: float) -> Perturbation:
    """phi_a of a unit du_x/dy [1/s] at pressure [Pa].

    Raises ValueError for a pressure that is not one positive number, or bad mole fractions.

    >>> from knudsen.core.gases import Mixture
    >>> argon = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=24)
    >>> b = shear_flow(argon, [1.0], 101325.0).sonine_moments(4)[0]
    >>> (b / b[0]).round(5)
    array([1.     , 0.2161 , 0.08135, 0.03742])
    """
    x = _one_composition(theory, x)
    return _perturbation(theory, 2, -theory.operator.shear_response(x), pressure)


def sonine_from_powers(moments: ArrayLike, rank: int) -> np.ndarray:
    """Sonine moments <h S^(k)> [..., k] from sampled power moments <h C^(2r)> [..., r = 0, 1, ...]::

        S^(k)(s) = sum_r (-s)^r Gamma(k + rank + 3/2) / [Gamma(r + rank + 3/2) (k - r)! r!]

    rank : 1 or 2.  High k are small differences of large sums: sampling noise grows in them.

    Raises ValueError for another rank, moments that are not finite, or none at all.

    >>> sonine_from_powers([0.0, -0.5, -3.5], 1).round(6)
    array([0. , 0.5, 0. ])
    """
    moments = finite(moments, "moments", "any unit")
    if moments.ndim == 0 or moments.shape[-1] == 0:
        raise ValueError(f"moments have shape {moments.shape}: give those of r = 0, 1, ... on the last axis")
    whole_number(rank, "rank", 1, 2)
    k, r = np.arange(moments.shape[-1])[:, None], np.arange(moments.shape[-1])
    shape = rank + 1.5
    ratio = np.exp(gammaln(k + shape) - gammaln(r + shape) - gammaln(k + 1))
    return moments @ (binom(k, r) * (-1.0) ** r * ratio).T


def _one_composition(theory: ChapmanEnskog, x: ArrayLike) -> np.ndarray:
    x = theory.operator.fractions(x)
    if x.ndim != 1:
        raise ValueError(f"a distribution belongs to one composition, got shape {x.shape}: loop over them")
    return x


def _perturbation(theory: ChapmanEnskog, rank: int, response: np.ndarray, pressure: float) -> Perturbation:
    positive_number(pressure, "pressure", "Pa")
    return Perturbation(rank, response * theory.operator.per_density(pressure, 0), theory.mixture.names)
