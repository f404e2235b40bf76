"""Diffusion over wavelengths of a few mean free paths: how a wave of marked molecules decays.

In a uniform gas some molecules are marked, as cos(k x), and nothing else tells them from the others.  F(k, t)
is what is left of the wave, the self part of the intermediate scattering function.  Fick's law would have
F = exp(-D k^2 t), of area 1/(D k^2); so that area defines the diffusivity at k::

    D(k) = 1 / (k^2 int_0^oo F(k, t) dt),    int F dt = <(i k c_x + L)^-1 1>

L the loss by collisions of marked molecules.  On even and odd parts of half-range ordinates (`operators`, A
and B the losses), with Q = c B^-1 c::

    int F dt = <(A + k^2 Q)^-1 1>,    dh/dt = -(A h + k c g),  dg/dt = -(B g - k c h),  F = <h>

Limits, v0 = sqrt(2kT/m)::

    k -> 0:   D(k) = D(0) [1 - b k^2 + ...],  D(0) = <Q 1>,  b = <v A^-1 v> / D(0),  v = Q 1 - D(0)
    k -> oo:  F = exp(-k^2 v0^2 t^2 / 4),  D(k) = v0 / (sqrt(pi) k)

A model of relaxation at one rate nu = v0^2 / (2 D(0)) has b = 4 D(0)^2 / v0^2 and, by the plasma dispersion
function of an imaginary argument::

    D(k) = (1/W - nu) / k^2,  W = sqrt(pi) / (k v0) erfcx(nu / (k v0))

Source: J. P. Boon, S. Yip, Molecular Hydrodynamics (1980), chapters 2 and 3 (self part and its limits).
"""

from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import expm
from scipy.special import erfcx

from knudsen.analysis.checks import positive, positive_number
from knudsen.analysis.transition.model_equations import NODES
from knudsen.analysis.transition.operators import HalfRangeOperator
from knudsen.analysis.transition.ordinates import half_range


@lru_cache(maxsize=32)
def relaxing_marks(diffusivity: float, nodes: int = NODES) -> HalfRangeOperator:
    """Losses of marked molecules that all relax at one rate.

    Arguments
    ---------
    diffusivity : D(0) of the marked molecules, in the length and rate units mu v0/p and p/mu:
        D rho / (2 mu), half the inverse Schmidt number
    nodes : ordinates c_x > 0

    Raises ValueError for a diffusivity that is not positive.

    >>> round(diffusivity_at(relaxing_marks(0.6), 1e-3), 5)
    0.6
    """
    positive_number(diffusivity, "diffusivity", "mu v0^2 / p")
    speed, weight = half_range(nodes)
    rate, one = 1 / (2 * diffusivity), np.eye(nodes)
    kept = np.outer(np.ones(nodes), weight) / weight.sum()
    return HalfRangeOperator(speed, weight, rate * (one - kept), rate * one)


def relaxing_diffusivity(diffusivity: float, wave_number: ArrayLike) -> np.ndarray:
    """D(k) of marked molecules that relax at one rate, in closed form; see the module.

    diffusivity, wave_number : D(0) > 0 and k > 0, in units in which v0 is 1
    """
    k, rate = np.asarray(wave_number, dtype=float), 1 / (2 * diffusivity)
    positive(k, "wave_number", "1/length")
    return np.asarray((k / (np.sqrt(np.pi) * erfcx(rate / k)) - rate) / k**2)


def diffusivity_at(marks: HalfRangeOperator, wave_number: float) -> float:
    """D(k) by the area under F(k, t); D(0) where k is zero.

    Arguments
    ---------
    marks : losses of marked molecules, `relaxing_marks` or `hard_sphere_kernel.marked_hard_spheres`
    wave_number : k >= 0, in the operator's unit of length

    Returns
    -------
    D [v0^2 over the operator's unit of rate]

    Raises ValueError for a wave number that is negative or not finite.
    """
    if not 0 <= wave_number < np.inf:
        raise ValueError(f"wave_number must be zero or positive and finite, got {wave_number}")
    one, flow = np.ones_like(marks.speed), _flow(marks)
    if wave_number == 0:
        return float(marks.mean(one, flow @ one))
    area = marks.mean(one, np.linalg.solve(marks.even + wave_number**2 * flow, one))
    return 1 / float(wave_number**2 * area)


def hydrodynamic_coefficient(marks: HalfRangeOperator) -> float:
    """b of D(k) = D(0) (1 - b k^2 + ...), in squares of the operator's unit of length."""
    one = np.ones_like(marks.speed)
    local = _flow(marks) @ one
    diffusivity = marks.mean(one, local)
    driven = local - diffusivity * one / marks.mean(one, one)
    # Marks are conserved: a loss lent to their number makes A regular and changes nothing else.
    lent = marks.even + np.outer(one, marks.weight) / marks.weight.sum()
    return float(marks.mean(driven, np.linalg.solve(lent, driven)) / diffusivity)


def free_diffusivity(wave_number: ArrayLike) -> np.ndarray:
    """D(k) = v0 / (sqrt(pi) k) of molecules that do not collide, in units in which v0 is 1."""
    return np.asarray(1 / (np.sqrt(np.pi) * np.asarray(wave_number, dtype=float)))


def scattering_function(
    marks: HalfRangeOperator, wave_number: float, interval: float, count: int
) -> np.ndarray:
    """F(k, t) at t = 0, interval, ... [count + 1], times in the operator's inverse unit of rate."""
    nodes = len(marks.speed)
    stream = wave_number * np.diag(marks.speed)
    change = expm(-interval * np.block([[marks.even, stream], [-stream, marks.odd]]))
    state = np.concatenate([np.ones(nodes), np.zeros(nodes)])
    left = []
    for _ in range(count + 1):
        left.append(2 * float(marks.weight @ state[:nodes]))
        state = change @ state
    return np.array(left)


def _flow(marks: HalfRangeOperator) -> np.ndarray:
    """Q = c B^-1 c [node, node]."""
    return np.asarray(marks.speed[:, None] * np.linalg.solve(marks.odd, np.diag(marks.speed)))
