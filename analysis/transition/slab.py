"""Linearised kinetic equation in a plane slab and before a wall, exact in position.

On ordinates c_x > 0 and their mirror images the linearised equation c_x dh/dx = L h + S splits into the parts
of h even and odd in c_x, u = [h(c_x) + h(-c_x)]/2 and w = [h(c_x) - h(-c_x)]/2::

    c_x dw/dx = -A u + S,    c_x du/dx = -B w

with loss matrices A (even) and B (odd) that are self-adjoint under the weights.  Modes Z_j that make A and B
diagonal together leave independent scalar equations::

    u = sum_j shape_j a_j,    w = -sum_j flux_j da_j/dx,    d^2 a_j/dx^2 = k_j^2 a_j - f_j

Collision invariants are modes of k = 0, whose a_j are straight lines or parabolas by the same formulas, so
nothing needs them by name.  Where walls reflect a part alpha diffusely, w = +-alpha/(2 - alpha) (h_wall - u):
what is left to solve is one symmetric positive definite system for the amplitudes at the walls.

Any model gives its matrices as a `HalfRangeOperator`: see `model_equations`, `mccormack`.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import block_diag, cho_factor, cho_solve, eigh, svd

from knudsen.analysis.checks import positive

NULL = 1e-9  # eigenvalue over the largest below which a loss is that of a collision invariant
SYMMETRY = 1e-8


@dataclass(frozen=True)
class HalfRangeOperator:
    """Loss matrices of a linearised collision operator on half-range ordinates.

    Position is in units of mu v0/p, rates in p/mu, so that a slab's thickness is delta.

    Arguments
    ---------
    speed : c_x > 0 [node], over v0 = sqrt(2kT/m)
    weight : [node], <f g> = sum_i weight_i [(f g)(+c_x) + (f g)(-c_x)]; the Maxwellian's and the transverse
        weights included
    even : [node, node] loss on parts even in c_x; diag(weight) @ even symmetric, positive semi-definite
    odd : [node, node] on parts odd in c_x, likewise; a flow that its null vectors carry must vanish

    Raises
    ------
    ValueError : speeds or weights not positive, shapes that differ, a matrix that is not self-adjoint

    The simplest gas, two ordinates between which only the odd part decays; its one mode is the invariant:

    >>> gas = HalfRangeOperator(np.array([0.5]), np.array([0.5]), np.zeros((1, 1)), np.eye(1))
    >>> gas.modes.decay
    array([0.])
    """

    speed: np.ndarray
    weight: np.ndarray
    even: np.ndarray
    odd: np.ndarray

    def __post_init__(self) -> None:
        positive(self.speed, "ordinates' speed", "v0")
        positive(self.weight, "ordinates' weight", "parts of one")
        nodes = len(self.speed)
        if (
            self.weight.shape != (nodes,)
            or self.even.shape != (nodes, nodes)
            or self.odd.shape != (nodes, nodes)
        ):
            raise ValueError(f"{nodes} speeds need as many weights and square matrices of that size")
        for name, matrix in (("even", self._symmetric(self.even)), ("odd", self._symmetric(self.odd))):
            asymmetry = np.abs(matrix - matrix.T).max() / np.abs(matrix).max(initial=1e-300)
            if asymmetry > SYMMETRY:
                raise ValueError(
                    f"the {name} loss matrix is not self-adjoint under the weights (off by {asymmetry:.1e}): "
                    "diag(weight) @ matrix must be symmetric"
                )

    def mean(self, f: np.ndarray, g: np.ndarray) -> np.ndarray:
        """<f g> of two parts even in c_x, or two odd ones; the nodes are the first axis of both."""
        return 2 * np.tensordot(f, (self.weight * np.asarray(g).T).T, axes=(0, 0))

    @cached_property
    def modes(self) -> "Modes":
        """The modes of this operator; cost of two eigh and one svd of its size."""
        return _modes(self)

    def _symmetric(self, matrix: np.ndarray) -> np.ndarray:
        root = np.sqrt(self.weight)
        return root[:, None] * matrix / root


@dataclass(frozen=True)
class Modes:
    """Modes of a half-range operator, u = shape @ a(x), w = -flux @ a'(x), shape^T diag(c W) flux = 1.

    decay : k_j [mode], 0 for collision invariants
    shape : [node, mode];  flux : [node, mode]
    measure : c W [node]
    """

    decay: np.ndarray
    shape: np.ndarray
    flux: np.ndarray
    measure: np.ndarray

    def amplitudes(self, u: np.ndarray) -> np.ndarray:
        """a [mode] of an even part u [node]."""
        return self.flux.T @ (self.measure * u.T).T


def _modes(operator: HalfRangeOperator) -> Modes:
    """Modes by the singular values 1/k of B^-1/2 c A^-1/2, whose slow modes come out to round-off."""
    even, even_vectors = _semi_definite(operator._symmetric(operator.even), "even")
    odd, odd_vectors = _semi_definite(operator._symmetric(operator.odd), "odd")
    # a null vector of B carries no flow (impermeable walls), so any loss may be lent to it
    odd = np.where(odd > 0, odd, 1.0)
    lossy = even > 0
    turn = odd_vectors.T * operator.speed / np.sqrt(odd)[:, None]
    invariant = np.linalg.qr(turn @ even_vectors[:, ~lossy])[0]
    matrix = turn @ even_vectors[:, lossy] / np.sqrt(even[lossy])
    matrix -= invariant @ (invariant.T @ matrix)
    mixed, lengths, _ = svd(matrix, full_matrices=False)
    mixed = np.hstack([invariant, mixed])
    decay = np.concatenate([np.zeros(invariant.shape[1]), 1 / lengths])
    root = np.sqrt(operator.weight)[:, None]
    shape = odd_vectors @ (np.sqrt(odd)[:, None] * mixed) / (root * operator.speed[:, None])
    flux = odd_vectors @ (mixed / np.sqrt(odd)[:, None]) / root
    return Modes(decay, shape, flux, operator.speed * operator.weight)


def _semi_definite(matrix: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Eigenvalues, exactly zero for invariants, and eigenvectors."""
    values, vectors = eigh((matrix + matrix.T) / 2)
    threshold = NULL * max(values[-1], 1e-300)
    if values[0] < -threshold:
        raise ValueError(
            f"the {name} loss matrix has a negative eigenvalue {values[0]:.3g}: collisions must not amplify; "
            "conserve the invariants exactly on the ordinates"
        )
    return np.where(values > threshold, values, 0.0), vectors


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

    >>> Wall(0.0)
    Traceback (most recent call last):
        ...
    ValueError: accommodation must lie in (0, 1], got 0.0: a specular wall exerts no drag and takes no heat
    """

    accommodation: ArrayLike = 1.0
    drive: ArrayLike = 0.0
    densities: tuple = field(default=())

    def __post_init__(self) -> None:
        alpha = np.asarray(self.accommodation, dtype=float)
        if not np.all((alpha > 0) & (alpha <= 1)):
            raise ValueError(
                f"accommodation must lie in (0, 1], got {self.accommodation}: "
                "a specular wall exerts no drag and takes no heat"
            )

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
    """Linearised distribution in a slab; position x runs from -thickness/2 to thickness/2.

    symmetric, antisymmetric : amplitudes at x = thickness/2 [mode, case];  source : f [mode, case]
    """

    modes: Modes
    thickness: float
    symmetric: np.ndarray
    antisymmetric: np.ndarray
    source: np.ndarray

    def even(self, position: ArrayLike) -> np.ndarray:
        """u [node, case, ...] at positions x [...]; moments even in c_x (velocity, flux along the wall)."""
        x = np.atleast_1d(np.asarray(position, dtype=float))
        k = self.modes.decay[:, None]
        half = self.thickness / 2
        falling = _cosh_ratio(k, x, half), _sinh_ratio(k, x, half), _parabola(k, x, half)
        parts = (self.symmetric, self.antisymmetric, self.source)
        amplitude = sum(p[:, :, None] * q[:, None, :] for p, q in zip(parts, falling, strict=True))
        result = np.tensordot(self.modes.shape, amplitude, axes=(1, 0))
        return result.reshape(*result.shape[:2], *np.shape(position))

    def odd(self, position: ArrayLike) -> np.ndarray:
        """w [node, case, ...] at positions x [...]; moments odd in c_x (shear stress, flux to the wall)."""
        x = np.atleast_1d(np.asarray(position, dtype=float))
        k = self.modes.decay[:, None]
        half = self.thickness / 2
        sinh, cosh = _sinh_ratio(k, x, half), _cosh_ratio(k, x, half)
        slope = (self.symmetric * _rise(k, half))[:, :, None] * sinh[:, None, :]
        slope += (self.antisymmetric * _spread(k, half))[:, :, None] * cosh[:, None, :]
        slope -= (self.source * _reach(k, half))[:, :, None] * sinh[:, None, :]
        result = -np.tensordot(self.modes.flux, slope, axes=(1, 0))
        return result.reshape(*result.shape[:2], *np.shape(position))

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
    ValueError : a thickness that is not positive

    A force on the two-ordinate gas with c_x = 1/2: u'' = -4 and w = u = 1 at the walls of a unit slab:

    >>> gas = HalfRangeOperator(np.array([0.5]), np.array([0.5]), np.zeros((1, 1)), np.eye(1))
    >>> flow = solve_slab(gas, 1.0, source=np.ones(1))
    >>> flow.even([0.0, 0.5]).round(12)
    array([[[1.5, 1. ]]])
    """
    positive(thickness, "slab thickness", "mu v0/p")
    left, right = left or Wall(), right or Wall()
    modes = operator.modes
    force = modes.shape.T @ (operator.weight * _columns(source, operator).T).T
    walls = [_wall_system(modes, wall) for wall in (left, right)]
    (left_matrix, left_drive), (right_matrix, right_drive) = walls
    k, half = modes.decay[:, None], thickness / 2
    mean, skew = (right_matrix + left_matrix) / 2, (right_matrix - left_matrix) / 2
    pushed = _reach(k, half) * force + (right_drive + left_drive) / 2
    pulled = np.broadcast_to((right_drive - left_drive) / 2, pushed.shape)
    symmetric = mean + np.diag(_rise(k, half)[:, 0]) + _density_pin(modes, left)
    antisymmetric = mean + np.diag(_spread(k, half)[:, 0])
    if np.any(skew):
        both = block_diag(symmetric, antisymmetric)
        size = len(k)
        both[:size, size:] = both[size:, :size] = skew
        s, a = np.split(_solve(both, np.vstack([pushed, pulled])), 2)
    else:
        s, a = _solve(symmetric, pushed), _solve(antisymmetric, pulled)
    return SlabSolution(modes, float(thickness), s, a, force)


def _columns(values: ArrayLike, operator: HalfRangeOperator) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if values.ndim < 2:
        values = np.broadcast_to(values, operator.speed.shape)[:, None]
    return values


def _wall_system(modes: Modes, wall: Wall) -> tuple[np.ndarray, np.ndarray]:
    """Exchange matrix [mode, mode] and drive [mode, 1] of a wall, in amplitudes."""
    matrix = modes.shape.T @ wall.exchange(modes.measure, modes.shape)
    drive = np.broadcast_to(np.asarray(wall.drive, dtype=float), modes.measure.shape)
    return (matrix + matrix.T) / 2, (modes.shape.T @ wall.exchange(modes.measure, drive))[:, None]


def _density_pin(modes: Modes, wall: Wall) -> np.ndarray | float:
    """Sets the free uniform density of each species between impermeable walls; no drive feeds it."""
    if not wall.densities:
        return 0.0
    basis = np.linalg.qr(modes.amplitudes(np.stack(wall.densities, axis=1)))[0]
    return basis @ basis.T


def _solve(matrix: np.ndarray, right: np.ndarray) -> np.ndarray:
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
