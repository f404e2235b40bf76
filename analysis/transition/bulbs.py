"""Two bulbs of unlike compositions joined by a pore: what passes, and the pressures that closed bulbs take.

Open, the bulbs are at one pressure and more of the light gas leaves than of the heavy one comes.  Closed, no
net molecules pass, and the pressure on the heavy gas's side rises until its flow makes up for that: of free
molecules by as much as the bulbs differ, in a continuum by what drives the diffusion slip back.
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike
from scipy.constants import N_A as AVOGADRO
from scipy.constants import k as BOLTZMANN
from scipy.optimize import brentq

from knudsen.analysis.checks import pair, positive, within
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.transition.binary_plates import binary_slab
from knudsen.analysis.transition.channel import COARSE_NODES
from knudsen.analysis.transition.mccormack import binary_model
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture

NODES = 6  # in the composition
TOLERANCE, MOST_ROUNDS = 3e-5, 60
WIDEST = 6.0  # |ln(-N_1 / N_2)|: beyond any two gases
CLOSED = -1.0  # N_1 / N_2


def closed_pressure_ratio(x1_ends: ArrayLike, masses: ArrayLike) -> float:
    """p_right / p_left of closed bulbs, free molecules in a pore of any shape and length [-]::

        p_left sum_s x_s m_s^(-1/2) (left) = p_right sum_s x_s m_s^(-1/2) (right)

    for each species passes as if alone, N_s = W (p_s,left - p_s,right) / (2 pi m_s k T)^(1/2).

    x1_ends : mole fraction of 1 on the left and on the right;  masses : m_1, m_2, any unit

    Raises ValueError for fractions outside [0, 1] or masses that are not positive.

    >>> closed_pressure_ratio((1.0, 0.0), (4.0, 16.0))
    2.0
    """
    pair(x1_ends, "mole fractions")
    within(x1_ends, 0, 1, "mole fractions", "parts of one")
    pair(masses, "masses")
    positive(masses, "masses", "one unit")
    fractions = np.array([(x, 1 - x) for x in np.asarray(x1_ends, dtype=float)])
    left, right = fractions @ (1 / np.sqrt(np.asarray(masses, dtype=float)))
    return float(left / right)


def diffusion_slip_pressure(
    gas: ChapmanEnskog, x1_ends: ArrayLike, pressure: float, permeability: float
) -> float:
    """(p_right - p_left) / p of closed bulbs, in the continuum limit [-]::

        dp/dz = (mu / B_0) D_12 (dx1/dz) (sqrt m_1 - sqrt m_2) / (x1 sqrt m_1 + x2 sqrt m_2)

    Kramers and Kistemaker's diffusion slip, sent back by Poiseuille's flow; it goes as Kn^2.

    Arguments
    ---------
    gas : two species;  x1_ends : mole fraction of 1 on the left and on the right
    pressure : p [Pa], the mean of the bulbs';  permeability : B_0 [m^2], see `viscous_permeability`

    Raises ValueError for fractions outside [0, 1] or values that are not positive.

    Source: H. A. Kramers, J. Kistemaker, Physica 10 (1943) 699.

    >>> from knudsen.core.gases import Mixture
    >>> gas = ChapmanEnskog(Mixture(["He", "Ar"], "hs"), 300.0, order=10)
    >>> round(diffusion_slip_pressure(gas, (1.0, 0.0), 1e5, 1e-12), 6)
    0.016368
    """
    pair(x1_ends, "mole fractions")
    within(x1_ends, 0, 1, "mole fractions", "parts of one")
    positive((pressure, permeability), "pressure and permeability", "Pa and m^2")
    left, right = np.asarray(x1_ends, dtype=float)
    nodes, weights = legendre.leggauss(2 * NODES)
    x1 = left + (right - left) * (nodes + 1) / 2
    roots = np.sqrt(gas.mixture.masses)
    slip = (roots[0] - roots[1]) / (x1 * roots[0] + (1 - x1) * roots[1])
    viscosity = gas.viscosity(np.stack([x1, 1 - x1], axis=-1))
    slope = viscosity * gas.diffusion_binary(x1, pressure) * slip
    return float((right - left) / 2 * weights @ slope / (permeability * pressure))


@dataclass(frozen=True)
class SlitFlow:
    """What passes a long slit between two bulbs.

    flux_ratio : N_1 / N_2 [-];  pressure_difference : (p_right - p_left) / ((p_left + p_right) / 2) [-]
    molar_flux : N_1 times the slit's length [mol/(m s)], towards the right
    """

    flux_ratio: float
    pressure_difference: float
    molar_flux: float


def slit_flow(
    mixture: Mixture,
    x1_ends: tuple[float, float],
    pressure: float,
    height: float,
    temperature: float = 300.0,
    accommodation: float = 1.0,
    closed: bool = False,
) -> SlitFlow:
    """Two gases pass each other in a slit so long that its ends do not matter, by McCormack's model::

        J_P = (N_1 + N_2) / (n v0),  J_C = (N_1 - x1 N_2 / x2) / (n v0),   J = -(1/2) Lambda X
        dlnp/dx1 = X_P / (x1 X_C),   Lambda at the local composition and rarefaction

    Open, N_1 / N_2 is such that the bulbs are at one pressure; closed it is -1 and the pressure is free.

    Arguments
    ---------
    mixture : two species;  x1_ends : mole fraction of 1 on the left, 1 .. 0, and on the right, not the same
    pressure : p [Pa], its mean over the slit's length;  height : H [m];  temperature : T [K]
    accommodation : Maxwell's alpha;  closed : whether the bulbs are

    Raises ValueError as `binary_channel`, and for bulbs that do not differ; SimulationFault where the
    pressures along the slit do not settle.

    >>> from knudsen.core.gases import Mixture
    >>> flow = slit_flow(Mixture(["He", "Ar"], "hs"), (0.9, 0.1), 100.0, 1e-4, closed=True)
    >>> round(flow.pressure_difference, 4)
    0.5197
    """
    pair(x1_ends, "mole fractions")
    within(x1_ends, 0, 1, "mole fractions", "parts of one")
    positive((pressure, height, temperature), "pressure, height and temperature", "SI units")
    if x1_ends[0] == x1_ends[1]:
        raise ValueError(f"mole fractions at the ends are both {x1_ends[0]}: make them differ")
    path = _Composition.between(*x1_ends)
    slit = _Slit(mixture, path, pressure, height, temperature, accommodation)
    p, ratio = np.full(NODES, pressure), CLOSED
    for _ in range(MOST_ROUNDS):
        kinetic = slit.coefficients(p)
        if not closed:
            ratio = _at_one_pressure(path, kinetic)
        rise = path.integral(_slope(path, kinetic, ratio))
        weight = slit.stretch(p, kinetic, ratio)
        shape = np.exp(rise[:-1])
        last, p = p, pressure * shape * path.total(weight) / path.total(weight * shape)
        change = np.max(np.abs(p / last - 1))
        if change < TOLERANCE:
            break
    else:
        raise SimulationFault(
            f"pressures along the slit still change by {change:.2g} of theirs after {MOST_ROUNDS} rounds: "
            "make the mole fractions at the ends differ less"
        )
    grown = np.exp(rise[-1])
    flux = -path.total(slit.stretch(p, kinetic, ratio)) * height * ratio / (2 * AVOGADRO)
    return SlitFlow(float(ratio), float(2 * (grown - 1) / (grown + 1)), float(flux))


@dataclass(frozen=True)
class _Composition:
    """x1 along the slit, as the variable of integration: from its left end to its right one.

    x1 : at Legendre's nodes [node];  half : half of the whole change;  weights : [node]
    """

    x1: np.ndarray
    half: float
    weights: np.ndarray

    @staticmethod
    def between(left: float, right: float) -> "_Composition":
        nodes, weights = legendre.leggauss(NODES)
        half = (right - left) / 2
        return _Composition(left + half * (nodes + 1), half, half * weights)

    def total(self, values: np.ndarray) -> float:
        return float(self.weights @ values)

    def integral(self, values: np.ndarray) -> np.ndarray:
        """From the left end to every node, and to the right end [node + 1]."""
        nodes = np.append((self.x1 - self.x1[0]) / self.half + legendre.leggauss(NODES)[0][0], 1.0)
        fitted = legendre.legfit(nodes[:-1], values, NODES - 1)
        return self.half * legendre.legval(nodes, legendre.legint(fitted, lbnd=-1))


@dataclass(frozen=True)
class _Slit:
    mixture: Mixture
    path: _Composition
    pressure: float
    height: float
    temperature: float
    accommodation: float

    def coefficients(self, p: np.ndarray) -> np.ndarray:
        """Lambda_PP, Lambda_PC, Lambda_CC [3, node] at the pressures p [node]."""
        models = [binary_model(self.mixture, x1, self.temperature) for x1 in self.path.x1.tolist()]
        viscosity = np.array([model.viscosity for model in models])  # the model's own, as delta has it
        delta = p * self.height / (viscosity * self.speed)
        matrices = [
            binary_slab(model, each, self.accommodation, COARSE_NODES).coefficients
            for model, each in zip(models, delta.tolist(), strict=True)
        ]
        return np.array([(matrix[0, 0], matrix[0, 2], matrix[2, 2]) for matrix in matrices]).T

    @property
    def speed(self) -> np.ndarray:
        """v0 [node]."""
        first, second = self.mixture.masses
        mean = self.path.x1 * first + (1 - self.path.x1) * second
        return np.sqrt(2 * BOLTZMANN * self.temperature / mean)

    def stretch(self, p: np.ndarray, kinetic: np.ndarray, ratio: float) -> np.ndarray:
        """2 dz/dx1 / H [node] at N_2 = -1."""
        density = p / (BOLTZMANN * self.temperature)
        return density * self.speed / (self.path.x1 * _drives(self.path, kinetic, ratio)[1])


def _drives(path: _Composition, kinetic: np.ndarray, ratio: float) -> np.ndarray:
    """n v0 X_P / 2 and n v0 X_C / 2 [2, node] of N_1 = -ratio and N_2 = -1."""
    PP, PC, CC = kinetic
    total, against = ratio + 1, ratio - path.x1 / (1 - path.x1)
    determinant = PP * CC - PC**2
    return np.array([CC * total - PC * against, PP * against - PC * total]) / determinant


def _slope(path: _Composition, kinetic: np.ndarray, ratio: float) -> np.ndarray:
    """dlnp/dx1 [node]."""
    pressure, composition = _drives(path, kinetic, ratio)
    return pressure / (path.x1 * composition)


def _at_one_pressure(path: _Composition, kinetic: np.ndarray) -> float:
    """N_1 / N_2 with which the pressure at the right end is that at the left one."""

    def rise(logarithm: float) -> float:
        return path.total(_slope(path, kinetic, -np.exp(logarithm)))

    return -float(np.exp(brentq(rise, -WIDEST, WIDEST, xtol=1e-12)))
