"""Classical deflection in a pair potential: turning point and angle chi(b, E), for any engine.

Reduced units: lengths over sigma, energies over epsilon, E = m_r g^2 / (2 epsilon).  With
x = r_m / r = cos(psi) and beta = b / r_m the angle is an integral free of singularities and of
cancellation, small angles included::

    chi = -2 int_0^(pi/2) D / (sqrt(h) [sqrt(h) + beta]) dpsi,
    D = [V(r) - V(r_m)] / (E sin^2 psi),    h = beta^2 - D

h > 0 save at an orbit, where chi goes to minus infinity as the logarithm of the distance to it.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import ArrayLike, NDArray
from scipy.constants import k as BOLTZMANN
from scipy.optimize import minimize_scalar
from scipy.special import roots_legendre

from knudsen.core.kernels import Kernel, device
from knudsen.core.potentials import Potential
from knudsen.core.shapes import Shape

HALF_PI = math.pi / 2
TOLERANCE = 1e-12  # of the angle, each panel
NARROWEST = 1e-9  # panel [rad]
MOST_PANELS = 400
ROUNDING = 4e-16
# Below this tan^2(psi), V(r) - V(r_m) is the integral of the force: the difference would lose digits.
NEAR = 0.03
FAR_ENERGY = 0.01  # |V| / E beyond which a molecule is free
INWARD_STEP = 0.9
SEARCHED, SEARCH_POINTS = (1e-2, 1e3), 4000  # radii among which barriers are found
NO_CORE = 1e-9  # a turning point below it is none: the molecules pass through each other

# Gauss-Kronrod 7-15 (R. Piessens et al., QUADPACK (1983)): abscissae, Kronrod's and Gauss's weights.
_HALF_NODES = np.array([
    0.991455371120812639206854697526329, 0.949107912342758524526189684047851,
    0.864864423359769072789712788640926, 0.741531185599394439863864773280788,
    0.586087235467691130294144838258730, 0.405845151377397166906606412076961,
    0.207784955007898467600689403773245, 0.0,
])  # fmt: skip
_HALF_KRONROD = np.array([
    0.022935322010529224963732008058970, 0.063092092629978553290700663189204,
    0.104790010322250183839876322541518, 0.140653259715525918745189590510238,
    0.169004726639267902826583426598550, 0.190350578064785409913256402421014,
    0.204432940075298892414161999234649, 0.209482141084727828012999174891714,
])  # fmt: skip
_HALF_GAUSS = np.array([
    0.0, 0.129484966168869693270611432679082, 0.0, 0.279705391489276667901467771423780,
    0.0, 0.381830050505118944950369775488975, 0.0, 0.417959183673469387755102040816327,
])  # fmt: skip
NODES = np.concatenate([-_HALF_NODES, _HALF_NODES[-2::-1]])
KRONROD = np.concatenate([_HALF_KRONROD, _HALF_KRONROD[-2::-1]])
GAUSS = np.concatenate([_HALF_GAUSS, _HALF_GAUSS[-2::-1]])
RULE = len(NODES)
# A second rule, on the nodes that are not Gauss's: two estimates are not blind to the same fault.
REST = np.where(GAUSS > 0, 0.0, KRONROD)
REST[::2] = np.linalg.solve(legvander(NODES[::2], RULE // 2).T, 2.0 * np.eye(RULE // 2 + 1)[0])
_near = roots_legendre(5)
NEAR_NODES, NEAR_WEIGHTS = (_near[0] + 1) / 2, _near[1] / 2


class Orbit(NamedTuple):
    """Device functions of one potential, all of reduced arguments.

    turning_point(b, E) : r_m, the outermost root of 1 - V/E - (b/r)^2; zero where there is none
    angle(r_m, beta, E) : chi [rad] of the path that turns at r_m, beta = b / r_m
    deflection(b, E) : chi [rad]
    """

    turning_point: Callable[..., Any]
    angle: Callable[..., Any]
    deflection: Callable[..., Any]


@lru_cache(maxsize=256)
def orbit(shape: Shape) -> Orbit:
    """The device functions of a potential's shape; a kernel may call them on either machine.

    Double precision.  The angle is good to 1e-10 or to what a relative change of 1e-15 in b does to it,
    whichever is more: near an orbit the angle itself is that sensitive.
    """
    turning_point = _turning_point(shape)
    angle = _angle(shape)

    @device
    def deflection(b: float, energy: float) -> Any:
        r_m = turning_point(b, energy)
        if r_m <= NO_CORE:
            return 0.0
        return angle(r_m, b / r_m, energy)

    return Orbit(turning_point, angle, deflection)


def _barriers(shape: Shape) -> tuple[NDArray[np.float64], ...]:
    """Radii and heights of the maxima of the orbiting energy V + r V'/2, outermost first; radii beyond them.

    Beyond: of the minimum between a barrier and the next one out, infinite for the outermost.
    """
    potential, force = shape
    radii = np.geomspace(*SEARCHED, SEARCH_POINTS)

    def orbiting(r: float) -> float:
        return float(potential(r * r) - 0.5 * r * r * force(r * r))

    with np.errstate(over="ignore", invalid="ignore"):  # deep inside a steep core
        heights = np.array([orbiting(r) for r in radii])
        sound = heights > 1e-9 * np.abs([potential(r * r) for r in radii])
    middle = heights[1:-1]
    tops = 1 + np.nonzero((middle > heights[:-2]) & (middle >= heights[2:]) & sound[1:-1])[0][::-1]
    peaks = [
        minimize_scalar(lambda r: -orbiting(r), bounds=radii[[top - 1, top + 1]], method="bounded",
                        options={"xatol": 1e-9}).x
        for top in tops
    ]  # fmt: skip
    beyond = [radii[i + int(np.argmin(heights[i:j]))] for j, i in pairwise(tops)]
    columns = peaks, [orbiting(r) for r in peaks], [math.inf, *beyond][: len(peaks)]
    return tuple(np.array([*column, 0.0]) for column in columns)


def _turning_point(shape: Shape) -> Callable[..., Any]:
    potential, force = shape
    radii, heights, beyond = _barriers(shape)
    count = len(radii) - 1

    @device
    def squared(r: float, energy: float) -> Any:
        """W = r^2 (1 - V/E), the b^2 of the path that turns at r."""
        return r * r * (1.0 - potential(r * r) / energy)

    @device
    def refine(low: float, high: float, b2: float, energy: float) -> Any:
        """Root of W = b^2 in a bracket: Newton, halving where it leaves."""
        r = 0.5 * (low + high)
        for _ in range(200):
            r2 = r * r
            share = 1.0 - potential(r2) / energy
            excess = r2 * share - b2
            if excess > 0:
                high = r
            else:
                low = r
            slope = 2 * r * (share + r2 * force(r2) / (2 * energy))
            new = r - excess / slope
            if not low < new < high:
                new = 0.5 * (low + high)
            if abs(new - r) <= 1e-16 * r or high - low <= 2e-16 * high:
                return new
            r = new
        return r

    @device
    def orbit_radius(allowed: float, forbidden: float, energy: float) -> Any:
        """Where the orbiting energy is E, between a radius where it is less and one where it is more."""
        for _ in range(60):
            r = 0.5 * (allowed + forbidden)
            if potential(r * r) - 0.5 * r * r * force(r * r) < energy:
                allowed = r
            else:
                forbidden = r
        return 0.5 * (allowed + forbidden)

    @device
    def turning_point(b: float, energy: float) -> Any:
        """The outermost root of W = b^2: from far inwards, W falls save between an orbit and its crest."""
        b2 = b * b
        r = max(2.0 * b, 1.0)
        while abs(potential(r * r)) > FAR_ENERGY * energy and r < 1e12:
            r *= 1.5
        for k in range(count):
            top = radii[k]
            outside = min(r, beyond[k])
            free = potential(outside * outside) - 0.5 * outside * outside * force(outside * outside) < energy
            if energy < heights[k] and free and outside > top:
                orbit_at = orbit_radius(outside, top, energy)
                if squared(orbit_at, energy) <= b2:
                    return refine(orbit_at, r, b2, energy)
                inside = INWARD_STEP * top
                while potential(inside * inside) - 0.5 * inside * inside * force(inside * inside) > energy:
                    inside *= INWARD_STEP
                r = orbit_radius(inside, top, energy)
        while r > NO_CORE:
            inward = INWARD_STEP * r
            if squared(inward, energy) <= b2:
                return refine(inward, r, b2, energy)
            r = inward
        return 0.0

    return turning_point


def _angle(shape: Shape) -> Callable[..., Any]:
    potential, force = shape

    @device
    def rise(sine2: float, near: float, r_m2: float, at_turn: float, energy: float) -> Any:
        """D = [V(r) - V(r_m)] / (E sin^2 psi)."""
        cosine2 = 1.0 - sine2
        tangent2 = sine2 / cosine2
        if tangent2 > near:
            return (potential(r_m2 / cosine2) / energy - at_turn) / sine2
        mean_force = 0.0
        for k in range(5):
            mean_force += NEAR_WEIGHTS[k] * force(r_m2 * (1.0 + tangent2 * NEAR_NODES[k]))
        return -0.5 * r_m2 * mean_force / (cosine2 * energy)

    @device
    def angle(r_m: float, beta: float, energy: float) -> Any:
        r_m2, beta2 = r_m * r_m, beta * beta
        at_turn = potential(r_m2) / energy
        # A steep force varies over less than `NEAR`.
        steepness = abs(force(1.001 * r_m2) / force(r_m2) - 1.0) / 0.001
        near = max(min(NEAR, 0.3 / steepness), 1e-7)
        total, start, width, panels = 0.0, 0.0, HALF_PI, 0
        while start < HALF_PI - 1e-15:
            width = min(width, HALF_PI - start)
            fine, coarse, rest, noise = 0.0, 0.0, 0.0, 0.0
            for k in range(RULE):
                sine = math.sin(start + 0.5 * width * (1.0 + NODES[k]))
                change = rise(sine * sine, near, r_m2, at_turn, energy)
                h = max(beta2 - change, ROUNDING * (beta2 + abs(change)))
                root = math.sqrt(h)
                value = change / (root * (root + beta))
                fine += KRONROD[k] * value
                coarse += GAUSS[k] * value
                rest += REST[k] * value
                noise += KRONROD[k] * abs(value) * (beta2 + abs(change)) / h
            error = 0.5 * width * max(abs(fine - coarse), abs(fine - rest))
            allowed = max(TOLERANCE, 0.5 * width * ROUNDING * noise)
            # Kronrod's own error is near the power 3/2 of its difference from half its nodes.
            error = min(error, (20.0 * error) ** 1.5)
            if error <= allowed or width < NARROWEST or panels > MOST_PANELS:
                total += 0.5 * width * fine
                start += width
                width *= 2.0
            else:
                width *= 0.5
            panels += 1
        return -2.0 * total

    return angle


@lru_cache(maxsize=256)
def _deflections(shape: Shape) -> Kernel:
    deflection = orbit(shape).deflection

    def deflections(i: int, b: Any, energy: Any, chi: Any) -> None:
        chi[i] = deflection(b[i], energy[i])

    return Kernel(deflections)


def deflection_angle(
    potential: Potential, impact_parameter: ArrayLike, relative_speed: ArrayLike, reduced_mass: float
) -> NDArray[np.float64]:
    """Angle by which a classical collision turns the relative velocity::

        chi = pi - 2 b int_(r_m)^inf dr / (r^2 sqrt(1 - V(r)/E - b^2/r^2)),    E = m_r g^2 / 2

    Arguments
    ---------
    potential : the pair's;  impact_parameter : b [...] [m];  relative_speed : g [...] [m/s]
    reduced_mass : m_r [kg]

    Returns
    -------
    array [...] [rad]: positive where repulsion wins, pi head-on, below -pi where the pair orbits; cos(chi) is
    what scatters.  Good to 1e-10, or to what a relative change of 1e-15 in b does to it near an orbit.

    Raises
    ------
    TypeError : an interaction that is no potential
    ValueError : a negative b, a speed or mass that is not positive, or any that is not finite

    Source: J. O. Hirschfelder, C. F. Curtiss, R. B. Bird, Molecular Theory of Gases and Liquids (1954),
    eq. 1.5-15.

    >>> from knudsen.core.potentials import LennardJones
    >>> argon = LennardJones(3.542e-10, 93.3)
    >>> [round(float(chi), 6) for chi in deflection_angle(argon, [0.0, 3e-10, 6e-10], 500.0, 3.3e-26)]
    [3.141593, 1.117096, -0.178061]
    """
    if not hasattr(potential, "shape"):
        raise TypeError(f"{type(potential).__name__} is no pair potential: use one of core.potentials")
    b, speed = np.broadcast_arrays(np.asarray(impact_parameter, float), np.asarray(relative_speed, float))
    for name, value, sound in (
        ("impact_parameter", b, np.all(np.isfinite(b) & (b >= 0))),
        ("relative_speed", speed, np.all(np.isfinite(speed) & (speed > 0))),
        ("reduced_mass", reduced_mass, 0 < reduced_mass < math.inf),
    ):
        if not sound:
            limit = "finite and not negative" if name == "impact_parameter" else "positive and finite"
            raise ValueError(f"{name} must be {limit}, got {value}: give it in SI units")
    energy = reduced_mass * speed.ravel() ** 2 / (2 * BOLTZMANN * potential.epsilon_over_k)
    chi = np.empty(b.size)
    _deflections(potential.shape)(b.size, b.ravel() / potential.sigma, energy, chi)
    return chi.reshape(b.shape)
