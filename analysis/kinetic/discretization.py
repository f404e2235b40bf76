"""What DSMC's cells and time steps add to the transport coefficients of a gas, and which to choose.

Both errors are known from how molecules carry momentum and energy: partners at a distance hand them across
it, and flights of a step know the currents at its ends alone.  For hard spheres, to first Sonine order::

    viscosity      16/(45 pi) (dx/lambda)^2  +  16/(75 pi) (c0 dt/lambda)^2
    conductivity   32/(225 pi) (dx/lambda)^2 +  64/(675 pi) (c0 dt/lambda)^2
    diffusion                                    4/(27 pi) (c0 dt/lambda)^2

c0 = (2 kT/m)^(1/2), lambda = 1/(sqrt(2) pi d^2 n).  Here both are for any mixture and law.  Pairs that meet
again within a step add a third part (`repeated_collisions`).

Source: F. J. Alexander, A. L. Garcia, B. J. Alder, Phys. Fluids 10, 1540 (1998), erratum 12, 731 (2000);
N. G. Hadjiconstantinou, Phys. Fluids 12, 2634 (2000); A. L. Garcia, W. Wagner, Phys. Fluids 12, 2621 (2000).
"""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN
from scipy.linalg import null_space
from scipy.optimize import brentq

from knudsen.analysis.checks import positive_number
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog

# An own bracket of orthonormal polynomials is half of the rate at which they decay.
RATE_OF_BRACKET = 2.0
Function = Callable[[np.ndarray], np.ndarray]


def pair_frictions(theory: ChapmanEnskog) -> np.ndarray:
    """K_ab of every pair of species, like pairs too [species, species] [m^3/s]::

        K_ab = (m_ab / 3 kT) <(1 - cos chi) sigma g^3>

    Molecules of a that drift against n_b of b slow down at the rate n_b K_ab m_ab / m_a.
    """
    masses = np.array(theory.mixture.masses)
    own = theory.operator.vector_brackets[0][..., 0, 0]
    return np.asarray(RATE_OF_BRACKET * own * np.add.outer(masses, masses) / masses)


def pair_diffusivities(theory: ChapmanEnskog, pressure: float) -> np.ndarray:
    """[D_ab]_1 = kT / (n m_ab K_ab) of every pair of species [species, species] [m^2/s], like pairs too."""
    masses = np.array(theory.mixture.masses)
    reduced = np.multiply.outer(masses, masses) / np.add.outer(masses, masses)
    return np.asarray((BOLTZMANN * theory.temperature) ** 2 / (pressure * reduced * pair_frictions(theory)))


def cell_excess(theory: ChapmanEnskog, x: ArrayLike, pressure: float, width: float) -> dict[str, float]:
    """What cells of a width add to each coefficient along them, relative, for partners taken at random::

        mu:  p dx^2/12 sum_ab x_a x_b / D_ab,    lambda:  p k dx^2/4 sum_ab x_a x_b / ((m_a + m_b) D_ab)

    D_ab = [D_ab]_1.  Two random partners are (dx^2/6)^(1/2) apart; a collision hands m_ab (1 - cos chi) of
    their relative velocity, and its share of their energies, across that distance.  No molecule is handed
    across: diffusion keeps its value.  Of partners chosen nearest, dx is sqrt(6) their distance along x.

    Arguments
    ---------
    theory : of the gas, order 2 or more;  x : mole fractions [species];  pressure [Pa]
    width : dx of a collision cell along the gradient [m]

    >>> from knudsen.core.gases import Mixture
    >>> spheres = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, 2)
    >>> path = 1.0 / (math.sqrt(2) * math.pi * 3.6e-10**2 * 1e5 / (BOLTZMANN * 300.0))
    >>> excess = cell_excess(spheres, [1.0], 1e5, path)
    >>> first = excess["viscosity"] * spheres.viscosity([1.0]) / spheres.truncated(1).viscosity([1.0])
    >>> round(float(first), 6), round(excess["thermal_conductivity"], 6)
    (0.113177, 0.045271)
    >>> round(16 / (45 * math.pi), 6), round(32 / (225 * math.pi), 6)
    (0.113177, 0.045271)
    """
    x = theory.operator.fractions(x)
    positive_number(width, "width", "m")
    masses = np.array(theory.mixture.masses)
    pairs = np.outer(x, x) / pair_diffusivities(theory, pressure)
    momentum = pressure * width**2 / 12 * pairs.sum()
    energy = pressure * BOLTZMANN * width**2 / 4 * (pairs / np.add.outer(masses, masses)).sum()
    found = {
        "viscosity": float(momentum / theory.viscosity(x)),
        "thermal_conductivity": float(energy / theory.thermal_conductivity(x)),
    }
    return found | ({"diffusion_binary": 0.0} if len(x) == 2 else {})


def timestep_excess(
    theory: ChapmanEnskog, x: ArrayLike, pressure: float, timestep: float
) -> dict[str, float]:
    """What a time step adds to each coefficient, relative, to every order in it::

        <A, dt/2 coth(R dt/2) A> / <A, R^-1 A> - 1  =  dt^2/12 <A, R A> / <A, R^-1 A> - ...

    R is the collision operator and A the current: a coefficient is the integral of <A, exp(-R t) A> over
    time, of which flights of a step take the trapezoidal sum.

    Arguments
    ---------
    theory : of the gas, order 2 or more;  x : mole fractions [species];  pressure [Pa];  timestep : dt [s]

    >>> from knudsen.core.gases import Mixture
    >>> spheres = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, 2)
    >>> speed = math.sqrt(2 * BOLTZMANN * 300.0 / spheres.mixture.masses[0])
    >>> path = 1.0 / (math.sqrt(2) * math.pi * 3.6e-10**2 * 1e5 / (BOLTZMANN * 300.0))
    >>> excess = timestep_excess(spheres, [1.0], 1e5, 0.01 * path / speed)
    >>> first = excess["viscosity"] * spheres.viscosity([1.0]) / spheres.truncated(1).viscosity([1.0])
    >>> round(float(first) / 1e-4, 4), round(excess["thermal_conductivity"] / 1e-4, 4)
    (0.0679, 0.0302)
    >>> round(16 / (75 * math.pi), 4), round(64 / (675 * math.pi), 4)
    (0.0679, 0.0302)
    """
    x = theory.operator.fractions(x)
    positive_number(timestep, "timestep", "s")
    before = _coefficients(theory, x, pressure, inverse)
    after = _coefficients(theory, x, pressure, lambda rate: timestep / 2 / np.tanh(0.5 * rate * timestep))
    return {name: after[name] / value - 1 for name, value in before.items()}


class Steps(NamedTuple):
    """Width of a collision cell [m] and time step [s]."""

    width: float
    timestep: float


def choose_steps(theory: ChapmanEnskog, x: ArrayLike, pressure: float, error: float) -> Steps:
    """The widest collision cell and longest step that change no transport coefficient by more than `error`.

    Each takes half of the error; partners at random, gradients along the cell.

    Arguments
    ---------
    theory : at the lowest temperature of the gas, order 2 or more
    x : mole fractions, of one state [species] or of several [state, species]: the strictest decides
    pressure : highest of the gas [Pa];  error : of a coefficient, relative, in (0, 1)

    Raises
    ------
    ValueError : an error outside (0, 1);  a theory of order 1
    """
    if not 0 < error < 1:
        raise ValueError(f"error must lie in (0, 1), got {error}: 0.01 is one per cent of a coefficient")
    states = np.atleast_2d(np.asarray(x, float))
    chosen = [_steps_of_state(theory, state, pressure, error / 2) for state in states]
    return Steps(min(each.width for each in chosen), min(each.timestep for each in chosen))


def _steps_of_state(theory: ChapmanEnskog, x: np.ndarray, pressure: float, error: float) -> Steps:
    scale = float(theory.mean_free_path(x, pressure))
    width = scale * math.sqrt(error / max(cell_excess(theory, x, pressure, scale).values()))
    time = float(theory.viscosity(x)) / pressure

    def beyond(steps: float) -> float:
        return max(timestep_excess(theory, x, pressure, steps * time).values()) - error

    # Past a coefficient's relaxation time its excess grows as the step: a hundred times reach any error.
    return Steps(width, time * float(brentq(beyond, 1e-6, 100.0, rtol=1e-6)))


def _coefficients(theory: ChapmanEnskog, x: np.ndarray, pressure: float, of: Function) -> dict[str, float]:
    """<A, of(R) A>, unscaled, of the currents of stress, heat (diffusion held off) and diffusion."""
    rate = RATE_OF_BRACKET * pressure / (BOLTZMANN * theory.temperature)
    stress, still, drifts, heat = currents(theory, x)
    shear = function_of(symmetric(theory.operator.tensor_brackets, x) * rate, of, still[:, :0])
    vectors = function_of(symmetric(theory.operator.vector_brackets, x) * rate, of, still)
    flow, cross = drifts @ vectors @ drifts.T, drifts @ vectors @ heat
    held = cross @ np.linalg.solve(flow, cross) if len(flow) else 0.0
    found = {
        "viscosity": float(stress @ shear @ stress),
        "thermal_conductivity": float(heat @ vectors @ heat - held),
    }
    return found | ({"diffusion_binary": float(flow[0, 0])} if len(x) == 2 else {})


def currents(theory: ChapmanEnskog, x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Stress [species order], momentum [species order, 1], drifts [species - 1, species order] and heat.

    Amplitudes on Sonine polynomials times the root of the fractions; momentum and drifts orthonormal.
    Raises ValueError for a theory of order 1, which has no heat current.
    """
    species, order = len(x), theory.operator.order
    if order < 2:
        raise ValueError(f"the heat current needs a theory of order 2 or more, got order {order}")
    root, masses = np.sqrt(x), np.array(theory.mixture.masses)
    stress, momentum, heat = np.zeros((3, species, order))
    stress[:, 0], momentum[:, 0], heat[:, 1] = root, root * np.sqrt(masses), root / np.sqrt(masses)
    drifts = np.zeros((species - 1, species, order))
    if species > 1:
        drifts[..., 0] = null_space(momentum[:, :1].T).T
    still = (momentum / np.linalg.norm(momentum)).reshape(-1, 1)
    return stress.ravel(), still, drifts.reshape(species - 1, species * order), heat.ravel()


def inverse(rates: np.ndarray) -> np.ndarray:
    """1 / R: the integral of exp(-R t) over time."""
    return 1 / rates


def symmetric(brackets: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Collision operator [species order, species order] on amplitudes times the root of the fractions."""
    own, cross = brackets
    root = np.sqrt(x)
    matrix = np.einsum("a,b,abpq->apbq", root, root, cross)
    for a in range(len(x)):
        matrix[a, :, a, :] += np.einsum("b,bpq->pq", x, own[a])
    size = matrix.shape[0] * matrix.shape[1]
    matrix = matrix.reshape(size, size)
    return np.asarray(0.5 * (matrix + matrix.T))


def function_of(matrix: np.ndarray, of: Function, kernel: np.ndarray) -> np.ndarray:
    """A function of a symmetric matrix, zero on the orthonormal columns of its kernel."""
    rest = null_space(kernel.T) if kernel.shape[1] else np.eye(len(matrix))
    rates, modes = np.linalg.eigh(rest.T @ matrix @ rest)
    modes = rest @ modes
    return np.asarray((modes * of(rates)) @ modes.T)
