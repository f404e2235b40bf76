"""A gas as the transition-regime solvers see it: loss matrices on half-range ordinates, and their modes.

On ordinates c_x > 0 and their mirror images the linearised equation c_x dh/dx = L h + S splits into the parts
of h even and odd in c_x, u = [h(c_x) + h(-c_x)]/2 and w = [h(c_x) - h(-c_x)]/2::

    c_x dw/dx = -A u + S,    c_x du/dx = -B w

with loss matrices A (even) and B (odd) that are self-adjoint under the weights.  Modes that make A and B
diagonal together leave independent scalar equations::

    u = sum_j shape_j a_j,    w = -sum_j flux_j da_j/dx,    d^2 a_j/dx^2 = k_j^2 a_j - f_j

Collision invariants are modes of k = 0.  Any model gives its matrices as a `HalfRangeOperator`: see
`model_equations`, `mccormack`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import eigh, svd

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
            if not asymmetry <= SYMMETRY:
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


@dataclass(frozen=True, eq=False)
class KineticGas:
    """One gas for the problems of `channel` and `slip`: its operators and the functions that they measure.

    Solutions are kept by the gas itself: two that are made alike are not one.

    shear : operator of flows along z, h odd in c_z
    velocity, heat_flow : c_z and c_z (c^2 - 5/2) on the nodes of `shear`
    normal : operator of flows along x, h even in c_y and c_z
    density, energy : 1 and c^2 - 3/2 on the nodes of `normal`
    shear_transverse, normal_transverse : orthogonal polynomials in (c_y, c_z), over c_z in `shear`, of the
        degrees 1, 3, .. and 0, 2, .. [node, degree]
    smooth : the variable, of c_x, in which h is smooth near a wall

    All functions are given at c_x > 0; <velocity velocity> = 1/2 fixes their scale.
    """

    shear: HalfRangeOperator
    velocity: np.ndarray
    heat_flow: np.ndarray
    normal: HalfRangeOperator
    density: np.ndarray
    energy: np.ndarray
    shear_transverse: np.ndarray
    normal_transverse: np.ndarray
    smooth: Callable[[np.ndarray], np.ndarray]


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
