"""Linearised collision operator of hard spheres, on ordinates of half the normal velocity.

With velocities over v0 = sqrt(2kT/m), the mean collision rate as the unit and E = pi^(-3/2) exp(-c^2)::

    loss h = nu(c) h - K h,    nu = [exp(-c^2) + (2 c + 1/c) (sqrt(pi)/2) erf(c)] / (2 sqrt 2)
    K h = int [exp(-c'^2 + |c' x c|^2 / r^2) / r - (r/2) exp(-c'^2)] h(c') d^3c' / (sqrt(2) pi), r = |c' - c|

Solutions beside a wall jump across c_x = 0 and are steep there, but K smooths them.  So streaming and nu
stay exact on the ordinates, and only K acts through polynomials: in c_x^(1/3) on each half range, which
follow what h does as c_x -> 0, times polynomials in the transverse c_y^2 + c_z^2.  K of a polynomial is
integrated about its own singular point: over a plane c_x' = const the element r dr dphi takes up the 1/r.

Of the two terms of K the first is what collisions bring in, half of it the molecule itself and half its
partner; the second is what they take from the partner.  A marked molecule among others alike keeps the half
that is its own, and conserves nothing but its number.

Source: H. Grad, in Rarefied Gas Dynamics (1963), p. 26; Y. Sone, Molecular Gas Dynamics (2007), appendix A,
where the viscosity is 1.270042427 of these units.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import pi, sqrt

import numpy as np
from scipy.special import erf, eval_genlaguerre, roots_laguerre, roots_legendre

from knudsen.analysis.transition.operators import HalfRangeOperator, KineticGas

VISCOSITY_FACTOR = 1.016033941656  # converged hard-sphere viscosity over that of one Sonine polynomial
MEAN_RATE_VISCOSITY = 1.25 * VISCOSITY_FACTOR  # mu <nu> / p; the rates in units of p / mu are so much larger
STRETCH = 3  # c_x = t^3: Gauss nodes in t crowd towards c_x = 0
REACH = 8.5  # speeds beyond it weigh exp(-72)
ANGLES = 24  # about the normal; twice as many change nothing above 1e-12


@dataclass(frozen=True)
class Resolution:
    """Ordinates (normal x transverse) and the polynomials that carry the gain K, fewer than the ordinates.

    Raises ValueError for numbers that do not carry the collision invariants.
    """

    normal: int = 48
    transverse: int = 16
    gain_normal: int = 40
    gain_transverse: int = 14

    def __post_init__(self) -> None:
        if not (self.normal >= self.gain_normal >= 7 and self.transverse > self.gain_transverse >= 2):
            raise ValueError(
                f"{self} does not carry the collision invariants: take normal >= gain_normal >= 7 "
                "and transverse > gain_transverse >= 2"
            )


def collision_frequency(speed: np.ndarray) -> np.ndarray:
    """Rate nu at a speed c > 0 over v0, over its mean; see the module.

    >>> round(float(collision_frequency(1e-9)), 9) == round(2**-0.5, 9)
    True
    """
    return (np.exp(-(speed**2)) + (2 * speed + 1 / speed) * (sqrt(pi) / 2) * erf(speed)) / (2 * sqrt(2))


@lru_cache(maxsize=4)
def hard_sphere_gas(resolution: Resolution = Resolution()) -> KineticGas:
    """The hard-sphere gas, ready for `channel_flow` and `slip_of`; 0.5 to 10 s for the collision matrices.

    Arguments
    ---------
    resolution : ordinates and polynomials.  Flows and slip coefficients are within 4e-6 (creep: 3e-5) at
        (20, 8, 16, 6), 4e-8 (3e-7) at (28, 12, 20, 10) and 1e-9 (5e-9) at the default

    Viscosity in its own unit, 4 <c_x c_z loss^-1 c_x c_z>:

    >>> shear = hard_sphere_gas(Resolution(20, 8, 16, 6)).shear
    >>> round(float(4 * shear.mean(shear.speed, np.linalg.solve(shear.odd, shear.speed))), 5)
    1.0
    """
    collisions = HardSphereCollisions(resolution)
    thermal = collisions.speed**2 + collisions.energy
    one = np.ones_like(thermal)
    return KineticGas(
        shear=collisions.operator(rank=1, even=[one], odd=[]),
        velocity=one,
        heat_flow=thermal - 2.5,
        normal=collisions.operator(rank=0, even=[one, thermal], odd=[collisions.speed]),
        density=one,
        energy=thermal - 1.5,
        shear_transverse=collisions.transverse(rank=1),
        normal_transverse=collisions.transverse(rank=0),
        smooth=np.cbrt,
    )


@lru_cache(maxsize=4)
def marked_hard_spheres(resolution: Resolution = Resolution()) -> HalfRangeOperator:
    """Losses of marked molecules among others alike, on h(c_x, c_perp^2); for `nonlocal_diffusion`.

    resolution : as of `hard_sphere_gas`
    """
    collisions = HardSphereCollisions(resolution, marked=True)
    return collisions.operator(rank=0, even=[np.ones_like(collisions.speed)], odd=[])


@dataclass(frozen=True)
class HardSphereCollisions:
    """Ordinates and collision matrices of a resolution.

    marked : of molecules among others alike, whose own distribution is followed
    """

    resolution: Resolution
    marked: bool = False

    @cached_property
    def energy(self) -> np.ndarray:
        """c_y^2 + c_z^2 [node], over v0^2."""
        return np.tile(self._transverse[0], self.resolution.normal)

    @cached_property
    def speed(self) -> np.ndarray:
        """c_x [node], over v0."""
        return np.repeat(self._normal[0] ** STRETCH, self.resolution.transverse)

    def transverse(self, rank: int) -> np.ndarray:
        """Laguerre's polynomials in c_y^2 + c_z^2, orthogonal under exp(-c^2) c_z^(2 rank) [node, degree]."""
        degrees = np.arange(self.resolution.transverse)
        return eval_genlaguerre(degrees, rank, self.energy[:, None])

    @cached_property
    def _jacobi(self) -> np.ndarray:
        return _jacobi_matrix(self.resolution.normal)

    @cached_property
    def _normal(self) -> tuple[np.ndarray, np.ndarray]:
        nodes, vectors = np.linalg.eigh(self._jacobi)
        return nodes, vectors[0] ** 2

    @cached_property
    def _transverse(self) -> tuple[np.ndarray, np.ndarray]:
        return roots_laguerre(self.resolution.transverse)

    @cached_property
    def gain(self) -> np.ndarray:
        """K of the polynomials at the ordinates [class, half, node, normal polynomial, Laguerre]."""
        r = self.resolution
        nodes = [(t, e) for t in self._normal[0] for e in self._transverse[0]]
        counts = (r.gain_normal, r.gain_transverse)
        gain = [_gain_at(t, sqrt(e), self._jacobi, *counts, self.marked) for t, e in nodes]
        return np.moveaxis(np.array(gain), 0, 2)

    def operator(self, rank: int, even: list[np.ndarray], odd: list[np.ndarray]) -> HalfRangeOperator:
        """Losses of h(c_x, c_perp^2) (rank 0) or of h = c_z g(c_x, c_perp^2), on g (rank 1).

        even, odd : the invariants of each parity, each [node]
        """
        r, (t, normal), (energy, transverse) = self.resolution, self._normal, self._transverse
        transverse = transverse * (energy / 2 if rank else 1.0)  # <c_z^2> over the angle
        j = np.arange(r.gain_transverse)
        laguerre = np.array([eval_genlaguerre(i, 0, energy) for i in j])
        change = np.triu(np.ones((j.size, j.size))) / np.sqrt((j + 1) / 2) if rank else np.eye(j.size)
        laguerre = change.T @ laguerre
        weight = np.outer(normal, transverse).ravel() / 2
        root = np.sqrt(2 * weight)
        basis = np.einsum("kx,jp->kjxp", _polynomials(self._jacobi, r.gain_normal, t), laguerre)
        basis = basis.reshape(-1, root.size) * root
        rate = np.diag(collision_frequency(np.sqrt(self.speed**2 + self.energy)))
        losses = []
        for sign, invariants in ((1, even), (-1, odd)):
            gain = (self.gain[rank, 0] + sign * self.gain[rank, 1]) @ change
            gain = basis @ (gain.reshape(root.size, -1) * root[:, None])
            loss = MEAN_RATE_VISCOSITY * (rate - basis.T @ (gain + gain.T) @ basis / 2)
            losses.append(_conserving(loss, [v * root for v in invariants]) / root[:, None] * root)
        return HalfRangeOperator(self.speed, weight, *losses)


def _conserving(loss: np.ndarray, invariants: list[np.ndarray]) -> np.ndarray:
    """The symmetric operator that conserves the invariants to round-off and is else the same.

    nu times an invariant is no polynomial, so K leaves a residue of the order of its own error.
    """
    if not invariants:
        return loss
    v = np.linalg.qr(np.array(invariants).T)[0]
    residue = loss @ v
    return loss - residue @ v.T - v @ residue.T + v @ (v.T @ residue) @ v.T


def _jacobi_matrix(points: int) -> np.ndarray:
    """Jacobi matrix of the polynomials in t = c_x^(1/3), weight 2/sqrt(pi) exp(-c_x^2) dc_x, by Lanczos."""
    t, weight = _legendre(600, REACH ** (1 / STRETCH))
    density = weight * STRETCH * t ** (STRETCH - 1) * np.exp(-(t ** (2 * STRETCH))) * 2 / sqrt(pi)
    vectors = [np.sqrt(density / density.sum())]
    for _ in range(points - 1):
        v = t * vectors[-1]
        for _ in range(2):  # full reorthogonalisation
            v -= np.array(vectors).T @ (np.array(vectors) @ v)
        vectors.append(v / np.linalg.norm(v))
    q = np.array(vectors)
    tridiagonal = q @ (t * q).T
    return np.triu(np.tril(tridiagonal, 1), -1)


def _legendre(points: int, end: float) -> tuple[np.ndarray, np.ndarray]:
    x, weight = roots_legendre(points)
    return end * (x + 1) / 2, end * weight / 2


def _polynomials(jacobi: np.ndarray, count: int, t: np.ndarray) -> np.ndarray:
    """Orthonormal polynomials [count, ...] at t by their three-term recurrence."""
    diagonal, side = np.diag(jacobi), np.diag(jacobi, 1)
    values = [np.ones_like(t), (t - diagonal[0]) / side[0]]
    for k in range(1, count - 1):
        values.append(((t - diagonal[k]) * values[k] - side[k - 1] * values[k - 1]) / side[k])
    return np.array(values[:count])


def _gain_at(
    t: float, transverse: float, jacobi: np.ndarray, normal_count: int, count: int, marked: bool
) -> np.ndarray:
    """K of every product of polynomials at one ordinate [class, half of c_x', normal, Laguerre].

    Quadrature in t' = c_x'^(1/3) is graded towards the ordinate's own plane, where K has a kink.
    """
    v, weight = _legendre(normal_count + 12, 1.0)
    rest = REACH ** (1 / STRETCH) - t
    other = np.concatenate([t * (1 - v**2), t + rest * v**2])
    weight = np.concatenate([t * 2 * v * weight, rest * 2 * v * weight]) * STRETCH * other ** (STRETCH - 1)
    planes = np.concatenate([other**STRETCH, -(other**STRETCH)])
    moments = _plane_moments(t**STRETCH, transverse, planes, count, marked).reshape(2, count, 2, -1)
    return np.einsum("kz,mjsz->mskj", _polynomials(jacobi, normal_count, other) * weight, moments)


def _plane_moments(
    normal: float, transverse: float, plane: np.ndarray, count: int, marked: bool
) -> np.ndarray:
    """K over planes c_x' = const of Laguerre polynomials L_j(c_perp'^2) [class, j, plane].

    With r = |c' - c|, rho its part in the plane, phi about the normal, omega = (c' - c)/r::

        int r dr dphi [exp(-(r + omega . c)^2) / r - (r/2) exp(-c'^2)] L_j (c_z'/c_z for shear)

    and of marked molecules half the first term.
    """
    offset = (plane - normal)[:, None]
    u, radial_weight = _legendre(24 + count, 1.0)
    reach = np.hypot(normal, transverse) + REACH
    r = np.abs(offset) + reach * u**2  # graded towards the nearest point of the plane
    rho = np.sqrt((r - np.abs(offset)) * (r + np.abs(offset)))
    cosine = np.cos((np.arange(ANGLES) + 0.5) * pi / ANGLES)
    along = (normal * offset / r)[..., None] + (transverse * rho / r)[..., None] * cosine
    energy = (transverse**2 + rho**2)[..., None] + (2 * transverse * rho)[..., None] * cosine
    kernel = np.exp(-((r[..., None] + along) ** 2))
    if marked:
        kernel /= 2
    else:
        kernel -= (r**2 / 2 * np.exp(-(plane[:, None] ** 2)))[..., None] * np.exp(-energy)
    kernel *= (2 * reach * u * radial_weight)[:, None] * (sqrt(2) / ANGLES)
    projected = kernel * (1 + (rho / transverse)[..., None] * cosine)
    moments = np.empty((2, count, plane.size))
    before, laguerre = np.zeros_like(energy), np.ones_like(energy)
    for j in range(count):
        moments[0, j] = np.einsum("zrf,zrf->z", kernel, laguerre)
        moments[1, j] = np.einsum("zrf,zrf->z", projected, laguerre)
        before, laguerre = laguerre, ((2 * j + 1 - energy) * laguerre - j * before) / (j + 1)
    return moments
