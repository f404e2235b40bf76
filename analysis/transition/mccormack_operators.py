"""McCormack's model on half-range ordinates: flows along a wall, and heat flow to it.

In the velocities along the wall each species' h keeps to two polynomials, as in `model_equations`; positions
are in mu v0/p with the mixture's own first-order viscosity, v0 = sqrt(2kT/m), m = x1 m_1 + x2 m_2.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.linalg import block_diag

from knudsen.analysis.transition.mccormack import BinaryModel
from knudsen.analysis.transition.model_equations import NODES, orthogonal
from knudsen.analysis.transition.operators import HalfRangeOperator
from knudsen.analysis.transition.ordinates import half_range


@dataclass(frozen=True)
class BinaryShear:
    """A binary mixture in flows along z, species 1's nodes first.

    operator : of h odd in c_z;  species : 0 or 1 [node]
    drives : source of a pressure, a temperature and a composition gradient [node, 3]::

        (v0a/v0) c_z [1, c^2 - 5/2, eta_a],    eta_1 = 1, eta_2 = -x1/x2

    velocity : what a mixture moving at v0 adds to h, 2 c_z v0/v0a [node]
    momentum : <momentum u> is the mass-average velocity over v0 [node]
    """

    operator: HalfRangeOperator
    species: np.ndarray
    drives: np.ndarray
    velocity: np.ndarray
    momentum: np.ndarray


@dataclass(frozen=True)
class BinaryNormal:
    """A binary mixture in heat flow along x, species 1's nodes first.

    operator : of h even in c_y and c_z;  species : 0 or 1 [node]
    densities : the function 1 of either species [node], a pair;  energy : c^2 - 3/2 [node]
    heat_flux : (v0a/v0) c_x (c^2 - 5/2) [node]; <heat_flux w> is q'/(p v0)
    """

    operator: HalfRangeOperator
    species: np.ndarray
    densities: tuple[np.ndarray, np.ndarray]
    energy: np.ndarray
    heat_flux: np.ndarray


@lru_cache(maxsize=64)
def binary_shear(model: BinaryModel, nodes: int = NODES) -> BinaryShear:
    """A model on ordinates c_x > 0 of each species, for flows along a wall; raises as `half_range`.

    >>> from knudsen.analysis.transition.mccormack import binary_model
    >>> from knudsen.core.gases import Mixture
    >>> gas = binary_shear(binary_model(Mixture(["He", "Xe"], "hs"), 0.5, 300.0), 24)
    >>> int((gas.operator.modes.decay == 0).sum())  # total momentum
    1
    """
    c, weight = _ordinates(nodes)
    plain, tilted = _polynomials(nodes)
    # over the polynomials sqrt(2) c_z, c_z (c_y^2 + c_z^2 - 2)
    drift = _scaled(plain / np.sqrt(2), weight, 1 / 2)
    heat = _scaled(orthogonal((c**2 - 0.5) * plain / np.sqrt(2) + tilted, drift, weight), weight, 5 / 4)
    stress = _scaled(c * drift, weight, 1 / 4)
    vectors, stresses = _each_species(drift, heat), _each_species(stress)
    ratio, share = np.repeat(model.speed_ratios, 2 * nodes), np.repeat(model.fractions, 2 * nodes)
    mass = np.repeat(np.array(model.masses) / model.mean_mass, 2 * nodes)
    drifts = np.tile(drift, 2)
    return BinaryShear(
        operator=HalfRangeOperator(
            speed=ratio * np.tile(c, 2),
            weight=share * np.tile(weight, 2),
            even=_losses(model, weight, vectors, model.vector_losses),
            odd=_losses(model, weight, stresses, model.stress_losses),
        ),
        species=np.repeat([0, 1], 2 * nodes),
        drives=vectors @ model.drive_amplitudes,
        velocity=2 * drifts / ratio,
        momentum=mass * ratio * drifts,
    )


@lru_cache(maxsize=64)
def binary_normal(model: BinaryModel, nodes: int = NODES) -> BinaryNormal:
    """A model on ordinates c_x > 0 of each species, for heat flow through the gas; raises as `half_range`.

    >>> from knudsen.analysis.transition.mccormack import binary_model
    >>> from knudsen.core.gases import Mixture
    >>> gas = binary_normal(binary_model(Mixture(["He", "Xe"], "hs"), 0.5, 300.0), 24)
    >>> int((gas.operator.modes.decay == 0).sum())  # both species' molecules, energy
    3
    """
    c, weight = _ordinates(nodes)
    plain, tilted = _polynomials(nodes)
    # over the polynomials 1, c_y^2 + c_z^2 - 1
    density = _scaled(plain, weight, 1)
    energy = _scaled(orthogonal((c**2 - 0.5) * plain + tilted, density, weight), weight, 3 / 2)
    stress = (2 / 3 * (c**2 - 0.5) * plain - tilted / 3) * np.ones_like(c)
    stress = _scaled(orthogonal(orthogonal(stress, density, weight), energy, weight), weight, 1 / 3)
    drift = _scaled(c * density, weight, 1 / 2)
    heat = _scaled(orthogonal(c * (energy - density), drift, weight), weight, 5 / 4)
    scalars, vectors = _each_species(density, energy, stress), _each_species(drift, heat)
    losses = np.zeros((6, 6))
    losses[1::3, 1::3], losses[2::3, 2::3] = model.energy_losses, model.stress_losses
    ratio, share = np.repeat(model.speed_ratios, 2 * nodes), np.repeat(model.fractions, 2 * nodes)
    return BinaryNormal(
        operator=HalfRangeOperator(
            speed=ratio * np.tile(c, 2),
            weight=share * np.tile(weight, 2),
            even=_losses(model, weight, scalars, losses),
            odd=_losses(model, weight, vectors, model.vector_losses),
        ),
        species=np.repeat([0, 1], 2 * nodes),
        densities=(scalars[:, 0], scalars[:, 3]),
        energy=np.tile(energy, 2),
        heat_flux=ratio * np.tile(heat, 2),
    )


def _ordinates(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """c_x and weights of one species, once for each of the two transverse polynomials."""
    c, weight = half_range(nodes)
    return np.tile(c, 2), np.tile(weight, 2)


def _polynomials(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """The two transverse polynomials on one species' nodes."""
    return np.repeat([1.0, 0.0], nodes), np.repeat([0.0, 1.0], nodes)


def _each_species(*functions: np.ndarray) -> np.ndarray:
    """The functions of species 1, then of species 2 [node, function]."""
    own = np.stack(functions, axis=1)
    return block_diag(own, own)


def _scaled(function: np.ndarray, weight: np.ndarray, norm: float) -> np.ndarray:
    """function with <f f> exactly as in the continuum, which makes the losses exactly self-adjoint."""
    return function * np.sqrt(norm / (2 * np.sum(weight * function**2)))


def _losses(model: BinaryModel, weight: np.ndarray, functions: np.ndarray, losses: np.ndarray) -> np.ndarray:
    """gamma_a h_a, but on the orthogonal functions [node, function] the model's own losses; over p/mu."""
    own = model.own_rates
    weights = np.tile(weight, 2)[:, None]
    gains = np.diag(np.repeat(own, len(losses) // 2)) - losses
    projection = (weights * functions).T / np.sum(weights * functions**2, axis=0)[:, None]
    unit = model.viscosity / (BOLTZMANN * model.temperature)
    return unit * (np.diag(np.repeat(own, len(weight))) - functions @ gains @ projection)
