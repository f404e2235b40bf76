"""Linearised kinetic equation in a plane slab between two walls, exact in position.

In the modes of `operators` each amplitude of u, the part of h even in c_x, is a line, a parabola, a cosh
or a sinh; at walls that reflect a part alpha diffusely, w = +-alpha/(2 - alpha) (h_wall - u) for odd w.
What is left to solve is one symmetric positive definite system for the amplitudes at the walls.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import block_diag, cho_factor, cho_solve

from knudsen.analysis import checks
from knudsen.analysis.transition.operators import HalfRangeOperator, Modes

__all__ = ["HalfRangeOperator", "Modes", "SlabSolution", "Wall", "solve_slab"]


@dataclass(frozen=True)
class Wall:
    """A plane wall that reflects a part alpha of the molecules diffusely, the rest specularly (Maxwell).

    h(out) = (1 - alpha) h(in) + alpha (h_wall + density of the gas that re-evaporates)

    Arguments
    ---------
    accommodation : alpha, 0 < alpha <= 1, one value or one for each node
    drive : h_wall [node] of a wall that moves or is heated; 0 at rest
    densities : functions 1 of each species [species, node], where molecules must not pass the wall (the
        scalar problems); none where parity forbids a normal flow (shear, creep)
    emission : c W times a part of w [node] that flows into the gas whatever the gas does

    Raises ValueError for an accommodation outside (0, 1], or a drive that is not finite.

    >>> Wall(0.0)
    Traceback (most recent call last):
        ...
    ValueError: accommodation must lie in (0, 1], got 0.0: a specular wall exerts no drag and takes no heat
    """

    accommodation: ArrayLike = 1.0
    drive: ArrayLike = 0.0
    densities: tuple = field(default=())
    emission: ArrayLike = 0.0

    def __post_init__(self) -> None:
        checks.accommodation(self.accommodation)
        checks.finite(self.drive, "wall's drive", "parts of the Maxwellian")

    def exchange(self, measure: np.ndarray, u: np.ndarray) -> np.ndarray:
        """K u [node, ...]: c W w = K (h_wall - u) into the gas, K symmetric with no net flow of molecules."""
        alpha = np.broadcast_to(np.asarray(self.accommodation, dtype=float), measure.shape)
        rate = (measure * alpha / (2 - alpha)).reshape(-1, *(1,) * (u.ndim - 1))
        result = rate * u
        for one in self.densities:
            one = np.reshape(one, (-1, *(1,) * (u.ndim - 1)))
            flow = rate * one
            result = result - flow * (np.sum(flow * u, axis=0) / np.sum(flow * one))
        return result


@dataclass(frozen=True)
class SlabSolution:
    """Linearised distribution in a slab; position x runs from -thickness/2 to thickness/2, in mu v0/p.

    Raises ValueError for a position outside.

    symmetric, antisymmetric : amplitudes at x = thickness/2 [mode, case];  source : f [mode, case]
    """

    modes: Modes
    thickness: float
    symmetric: np.ndarray
    antisymmetric: np.ndarray
    source: np.ndarray

    def even(self, position: ArrayLike) -> np.ndarray:
        """u [node, case, ...] at positions x [...]; moments even in c_x (velocity, flux along the wall)."""
        x = self._inside(position)
        k = self.modes.decay[:, None]
        half = self.thickness / 2
        falling = _cosh_ratio(k, x, half), _sinh_ratio(k, x, half), _parabola(k, x, half)
        parts = (self.symmetric, self.antisymmetric, self.source)
        amplitude = sum(p[:, :, None] * q[:, None, :] for p, q in zip(parts, falling, strict=True))
        result = np.tensordot(self.modes.shape, amplitude, axes=(1, 0))
        return result.reshape(*result.shape[:2], *np.shape(position))

    def odd(self, position: ArrayLike) -> np.ndarray:
        """w [node, case, ...] at positions x [...]; moments odd in c_x (shear stress, flux to the wall)."""
        x = self._inside(position)
        k = self.modes.decay[:, None]
        half = self.thickness / 2
        sinh, cosh = _sinh_ratio(k, x, half), _cosh_ratio(k, x, half)
        slope = (self.symmetric * _rise(k, half))[:, :, None] * sinh[:, None, :]
        slope += (self.antisymmetric * _spread(k, half))[:, :, None] * cosh[:, None, :]
        slope -= (self.source * _reach(k, half))[:, :, None] * sinh[:, None, :]
        result = -np.tensordot(self.modes.flux, slope, axes=(1, 0))
        return result.reshape(*result.shape[:2], *np.shape(position))

    def _inside(self, position: ArrayLike) -> np.ndarray:
        """Positions [position] in the slab, to rounding: beyond it the solution is none."""
        edge = self.thickness / 2 * (1 + 1e-12)
        return np.atleast_1d(checks.within(position, -edge, edge, "position", "mu v0/p from the middle"))

    @property
    def mean_even(self) -> np.ndarray:
        """u [node, case] averaged over the slab."""
        y = self.modes.decay[:, None] * self.thickness / 2
        return self.modes.shape @ (
            self.symmetric * _tanh_over(y) + self.source * _mean_parabola(y, self.thickness)
        )


def solve_slab(
    operator: HalfRangeOperator,
    thickness: float,
    source: ArrayLike = 0.0,
    left: Wall | None = None,
    right: Wall | None = None,
) -> SlabSolution:
    """Solve c_x dh/dx = L h + S between two walls.

    Arguments
    ---------
    operator : the gas
    thickness : delta, in units of mu v0/p
    source : S [node] or [node, case], even in c_x, uniform
    left, right : the walls at -thickness/2 and thickness/2; diffuse at rest unless given

    Raises
    ------
    ValueError : a thickness that is not positive, or a source that is not finite

    A force on the two-ordinate gas with c_x = 1/2: u'' = -4 and w = u = 1 at the walls of a unit slab:

    >>> gas = HalfRangeOperator(np.array([0.5]), np.array([0.5]), np.zeros((1, 1)), np.eye(1))
    >>> flow = solve_slab(gas, 1.0, source=np.ones(1))
    >>> flow.even([0.0, 0.5]).round(12)
    array([[[1.5, 1. ]]])
    """
    checks.positive(thickness, "slab thickness", "mu v0/p")
    checks.finite(source, "source", "p/mu")
    left, right = left or Wall(), right or Wall()
    modes = operator.modes
    force = modes.shape.T @ (operator.weight * _columns(source, operator).T).T
    walls = [wall_system(modes, wall) for wall in (left, right)]
    (left_matrix, left_drive), (right_matrix, right_drive) = walls
    k, half = modes.decay[:, None], thickness / 2
    mean, skew = (right_matrix + left_matrix) / 2, (right_matrix - left_matrix) / 2
    pushed = _reach(k, half) * force + (right_drive + left_drive) / 2
    pulled = np.broadcast_to((right_drive - left_drive) / 2, pushed.shape)
    symmetric = mean + np.diag(_rise(k, half)[:, 0]) + density_pin(modes, left)
    antisymmetric = mean + np.diag(_spread(k, half)[:, 0])
    if np.any(skew):
        both = block_diag(symmetric, antisymmetric)
        size = len(k)
        both[:size, size:] = both[size:, :size] = skew
        s, a = np.split(solve_scaled(both, np.vstack([pushed, pulled])), 2)
    else:
        s, a = solve_scaled(symmetric, pushed), solve_scaled(antisymmetric, pulled)
    return SlabSolution(modes, float(thickness), s, a, force)


def _columns(values: ArrayLike, operator: HalfRangeOperator) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.ndim < 2:
        values = np.broadcast_to(values, operator.speed.shape)[:, None]
    return values


def wall_system(modes: Modes, wall: Wall) -> tuple[np.ndarray, np.ndarray]:
    """Exchange matrix [mode, mode] and drive [mode, 1] of a wall, in amplitudes."""
    matrix = modes.shape.T @ wall.exchange(modes.measure, modes.shape)
    drive = np.broadcast_to(np.asarray(wall.drive, dtype=float), modes.measure.shape)
    driven = modes.shape.T @ (wall.exchange(modes.measure, drive) + wall.emission)
    return (matrix + matrix.T) / 2, driven[:, None]


def density_pin(modes: Modes, wall: Wall) -> np.ndarray:
    """Sets the free uniform density of each species between impermeable walls; no drive feeds it."""
    if not wall.densities:
        return np.zeros((len(modes.decay),) * 2)
    basis = np.linalg.qr(modes.amplitudes(np.stack(wall.densities, axis=1)))[0]
    return basis @ basis.T


def solve_scaled(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Cholesky after scaling to a unit diagonal: the rates span as many decades as the speeds."""
    if not np.any(right):
        return np.zeros_like(right)
    scale = 1 / np.sqrt(np.diag(matrix))[:, None]
    return scale * cho_solve(cho_factor(matrix * scale * scale.T), scale * right)


# --- the scalar solutions, finite for every k >= 0 ---------------------------------------------------------


def _rise(k: np.ndarray, half: float) -> np.ndarray:
    """k tanh(k L/2), the slope at the wall of cosh."""
    return k * np.tanh(k * half)


def _spread(k: np.ndarray, half: float) -> np.ndarray:
    """k coth(k L/2), the slope at the wall of sinh; 2/L at k = 0."""
    return 1 / (_tanh_over(k * half) * half)


def _reach(k: np.ndarray, half: float) -> np.ndarray:
    """tanh(k L/2)/k, the slope at the wall of the parabola; L/2 at k = 0."""
    return _tanh_over(k * half) * half


def _tanh_over(y: np.ndarray) -> np.ndarray:
    safe = np.where(y > 0, y, 1.0)
    return np.where(y > 0, np.tanh(safe) / safe, 1.0)


def _cosh_ratio(k: np.ndarray, x: np.ndarray, half: float) -> np.ndarray:
    """cosh(k x)/cosh(k L/2)."""
    far, near = np.exp(-k * (half - np.abs(x))), np.exp(-2 * k * np.abs(x))
    return far * (1 + near) / (1 + np.exp(-2 * k * half))


def _sinh_ratio(k: np.ndarray, x: np.ndarray, half: float) -> np.ndarray:
    """sinh(k x)/sinh(k L/2); 2 x/L at k = 0."""
    k = np.where(k > 0, k, 1e-9 / half)
    far = np.exp(-k * (half - np.abs(x)))
    return np.sign(x) * far * np.expm1(-2 * k * np.abs(x)) / np.expm1(-2 * k * half)


def _parabola(k: np.ndarray, x: np.ndarray, half: float) -> np.ndarray:
    """[1 - cosh(k x)/cosh(k L/2)]/k^2 = 2 sinh(k (L/2 + x)/2) sinh(k (L/2 - x)/2)/[k^2 cosh(k L/2)]."""
    near, far = (half - np.abs(x)) / 2, (half + np.abs(x)) / 2
    safe = np.where(k > 0, k, 1.0)
    product = np.expm1(-2 * safe * near) * np.expm1(-2 * safe * far) / (1 + np.exp(-2 * safe * half))
    return np.where(k > 0, product / safe**2, 2 * near * far)


def _mean_parabola(y: np.ndarray, thickness: float) -> np.ndarray:
    """Mean of `_parabola` over the slab, (L^2/4) [1 - tanh(y)/y]/y^2, y = k L/2."""
    safe = np.where(y > 0.02, y, 1.0)
    series = 1 / 3 - y**2 * (2 / 15 - y**2 * (17 / 315 - y**2 * 62 / 2835))
    return thickness**2 / 4 * np.where(y > 0.02, (1 - np.tanh(safe) / safe) / safe**2, series)
