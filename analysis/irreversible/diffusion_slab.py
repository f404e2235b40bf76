"""Maxwell molecules that diffuse through a slab, by the Boltzmann equation itself: the bulk and its layers.

Steady, along x, both collision partners at full strength (not linearised)::

    d/dx sum_n F_kn c_n^a = sum_b K_ab sum_mn Q_kmn^ab c_m^a c_n^b

in the polynomials of `diffusion_moments`, F a flight.  What enters at an end is the half of a Maxwellian,
nothing but the half-range moments that are odd in c_x being held (Marshak).  The limit of a high degree is
the solution; that of two degrees is told apart by their difference.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.constants import k as BOLTZMANN
from scipy.sparse.linalg import splu

from knudsen.analysis.checks import mole_fractions, pair, positive, positive_number, whole_number
from knudsen.analysis.irreversible.diffusion_moments import VelocityBasis

CROWDING = 1.5  # of the nodes towards the ends, where layers are steep
MOST_ITERATIONS, TOLERANCE = 30, 1e-10


@dataclass(frozen=True)
class DiffusingSlab:
    """A steady state.

    Arguments
    ---------
    position : x [node], m
    density : n_a [node, species], 1/m^3;  velocity : u_a [node, species], m/s
    own : P_xx - P_yy about each species' own mean [node, species], Pa
    mixture : the same about the barycentric velocity [node], Pa
    temperature : of each species about its own mean [node, species], K
    """

    position: np.ndarray
    density: np.ndarray
    velocity: np.ndarray
    own: np.ndarray
    mixture: np.ndarray
    temperature: np.ndarray


def diffusing_slab(
    masses: ArrayLike,
    collisions: ArrayLike,
    length: float,
    ends: ArrayLike,
    density: float,
    temperature: float,
    degree: int = 9,
    cells: int = 160,
) -> DiffusingSlab:
    """Steady counterdiffusion between reservoirs that send one molecule back for one that arrives.

    Scattering is isotropic at the rate K0 = g sigma_T of any speed.  All orders in the flux are there.

    Arguments
    ---------
    masses : m_A, m_B, kg;  collisions : K0 [2, 2], m^3/s;  length : of the slab, m
    ends : mole fraction of A that the left and the right reservoir send
    density : mean of n_A + n_B, 1/m^3;  temperature : of both reservoirs, K
    degree : of the polynomials, odd;  cells : of the grid

    Raises ValueError for values that cannot be, or ends that are equal.

    >>> slab = diffusing_slab([4e-26, 4e-27], np.full((2, 2), 1e-15), 1e-6, (1.0, 0.0), 2e25, 300.0, 3)
    >>> np.ptp(slab.density[:, 0] * slab.velocity[:, 0]) < 1e-8 * slab.density[0, 0] * slab.velocity[0, 0]
    np.True_
    """
    masses, collisions = np.asarray(masses, dtype=float), np.asarray(collisions, dtype=float)
    positive(masses, "masses", "kg")
    positive(collisions, "collisions", "m^3/s")
    if masses.shape != (2,) or collisions.shape != (2, 2) or collisions[0, 1] != collisions[1, 0]:
        raise ValueError(f"masses {masses.shape} and collisions {collisions.shape} are of a pair, symmetric")
    positive_number(length, "length", "m")
    positive_number(density, "density", "1/m^3")
    positive_number(temperature, "temperature", "K")
    whole_number(cells, "cells", 8, 4000)
    left, right = pair(np.asarray(ends, dtype=float), "ends")
    if left == right:
        raise ValueError(f"ends are both {left}, so nothing diffuses: make them differ")
    x = np.array([mole_fractions([end, 1 - end], ["A", "B"]) for end in (left, right)])
    speed = np.sqrt(BOLTZMANN * temperature / masses)
    rate = density * collisions * length / speed.max()
    state = _Equations(masses, rate, x, degree, cells).solve()
    return _read(state, masses, speed, density, length)


def _read(
    state: "_State", masses: np.ndarray, speed: np.ndarray, density: float, length: float
) -> DiffusingSlab:
    """Fields from moments, which are in units of each species' thermal speed."""
    moments = state.coefficients @ state.basis.moments.T
    at = {power: moments[..., place] for place, power in enumerate(state.basis.powers)}
    n = density * at[0, 0]
    u = speed * at[1, 0] / at[0, 0]
    unit = masses * speed**2 * density
    along, across = unit * at[2, 0] - masses * n * u**2, unit * at[0, 1] / 2
    own = along - across
    barycentric = (masses * n * u).sum(axis=1) / (masses * n).sum(axis=1)
    mixture = (own + masses * n * (u - barycentric[:, None]) ** 2).sum(axis=1)
    kelvin = (along + 2 * across) / (3 * n * BOLTZMANN)
    return DiffusingSlab(length * state.position, n, u, own, mixture, kelvin)


@dataclass(frozen=True)
class _State:
    """Coefficients [node, species, k] at positions [node] in units of the length."""

    basis: VelocityBasis
    position: np.ndarray
    coefficients: np.ndarray


@lru_cache(maxsize=8)
def _collisions(degree: int, mass_ratio: float) -> np.ndarray:
    return VelocityBasis(degree).collisions(mass_ratio)


class _Equations:
    """The box scheme and its Newton steps; unknowns are coefficients at nodes, and what each reservoir sends.

    rate : n K0 L / v of the quicker species [2, 2];  x : mole fractions that are sent [end, species]
    """

    def __init__(self, masses: np.ndarray, rate: np.ndarray, x: np.ndarray, degree: int, cells: int) -> None:
        self.basis, self.x = VelocityBasis(degree), x
        self.size = len(self.basis.powers)
        stretched = np.tanh(CROWDING * np.linspace(-1, 1, cells + 1)) / np.tanh(CROWDING)
        self.position = (1 + stretched) / 2
        self.step = np.diff(self.position)
        share = np.concatenate([[0.0], self.step]) + np.concatenate([self.step, [0.0]])
        self.share = share / 2
        speed = np.sqrt(masses.min() / masses)
        self.speed = speed
        self.flight = sparse.block_diag([each * self.basis.flight for each in speed]).toarray()
        self.tensor = {
            (a, b): rate[a, b] * _collisions(degree, float(masses[a] / masses[b]))
            for a in (0, 1)
            for b in (0, 1)
        }

    def solve(self) -> _State:
        """Newton's method from a gas at rest of linear composition.  Raises ValueError where it fails."""
        nodes, size = len(self.position), self.size
        state = np.zeros((nodes, 2, size))
        state[:, :, 0] = self.x[0] + (self.x[1] - self.x[0]) * self.position[:, None]
        unknowns = np.concatenate([state.ravel(), [1.0, 1.0]])
        for _ in range(MOST_ITERATIONS):
            residual, slope = self.equations(unknowns)
            change = splu(slope).solve(-residual)
            unknowns = unknowns + change
            if np.abs(change).max() < TOLERANCE:
                return _State(self.basis, self.position, unknowns[:-2].reshape(nodes, 2, size))
        raise ValueError(f"no convergence in {MOST_ITERATIONS} Newton steps: lower the degree")

    def equations(self, unknowns: np.ndarray) -> tuple[np.ndarray, sparse.csc_matrix]:
        """Residual [equation] and its slope [equation, unknown]: cells, ends, flux and density."""
        parts = [self._cells(unknowns), self._ends(unknowns), self._whole(unknowns)]
        slope = sparse.vstack([part[1] for part in parts], format="csc")
        return np.concatenate([part[0] for part in parts]), slope

    def _cells(self, unknowns: np.ndarray) -> tuple[np.ndarray, sparse.spmatrix]:
        """F (c_i+1 - c_i) / h - (Q_i+1 + Q_i) / 2."""
        nodes, both = len(self.position), 2 * self.size
        state = unknowns[:-2].reshape(nodes, 2, self.size)
        gain, slope = np.zeros_like(state), np.zeros((nodes, 2, self.size, 2, self.size))
        for (a, b), tensor in self.tensor.items():
            by_first = np.einsum("kmn,xn->xkm", tensor, state[:, b])
            gain[:, a] += np.einsum("xkm,xm->xk", by_first, state[:, a])
            slope[:, a, :, a] += by_first
            slope[:, a, :, b] += np.einsum("kmn,xm->xkn", tensor, state[:, a])
        flat, gain = state.reshape(nodes, both), gain.reshape(nodes, both)
        slope = slope.reshape(nodes, both, both) / 2
        flight = self.flight / self.step[:, None, None]
        blocks = np.stack([-flight - slope[:-1], flight - slope[1:]], axis=1).reshape(-1, both, both)
        cell = np.arange(nodes - 1)
        columns = np.stack([cell, cell + 1], axis=1).ravel()
        rows = 2 * np.arange(nodes)
        matrix = sparse.bsr_matrix((blocks, columns, rows), shape=(both * (nodes - 1), both * nodes))
        residual = (flat[1:] - flat[:-1]) @ self.flight.T / self.step[:, None] - (gain[1:] + gain[:-1]) / 2
        return residual.ravel(), _widened(matrix, 2)

    def _ends(self, unknowns: np.ndarray) -> tuple[np.ndarray, sparse.spmatrix]:
        """Half-range moments of what enters, less those of the Maxwellians that are sent."""
        nodes, size, rows = len(self.position), self.size, []
        sent = self.basis.entering[:, 0]
        for end, (node, held) in enumerate(((0, self.basis.entering), (nodes - 1, self.basis.leaving))):
            for species in (0, 1):
                row = np.zeros((len(sent), len(unknowns)))
                first = (2 * node + species) * size
                row[:, first : first + size] = held
                row[:, len(unknowns) - 2 + end] = -self.x[end, species] * sent
                rows.append(row)
        matrix = np.concatenate(rows)
        return matrix @ unknowns, sparse.csc_matrix(matrix)

    def _whole(self, unknowns: np.ndarray) -> tuple[np.ndarray, sparse.spmatrix]:
        """One molecule back for one, and the mean density."""
        size, flux, whole = self.size, np.zeros(len(unknowns)), np.zeros(len(unknowns))
        for species, speed in enumerate(self.speed):
            flux[species * size : (species + 1) * size] = speed * self.basis.flight[0]
            whole[species * size : -2 : 2 * size] = self.share
        matrix = np.stack([flux, whole])
        return matrix @ unknowns - [0.0, 1.0], sparse.csc_matrix(matrix)


def _widened(matrix: sparse.spmatrix, columns: int) -> sparse.spmatrix:
    """With so many columns of zeros at the end."""
    return sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], columns))])
