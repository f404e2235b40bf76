"""Pair forces over the full list, and energy and virial where they are asked for."""

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.kernels import Kernel, kernel
from knudsen.core.shapes import LENNARD_JONES, Shape
from knudsen.md.atoms import PACK
from knudsen.md.cutoff import FORMS, SWITCH_ON, cut_form, form_numbers, tail_integrals
from knudsen.md.neighbours import NeighbourList

# 1/sigma^2, epsilon/sigma^2, rc^2, the numbers of the cut, epsilon
PARAMETERS = 6
# Energy and the virial's xx, yy, zz, xy, xz, yz of one atom.
MEASURES = 7
KERNELS_KEPT = 64


@dataclass(frozen=True)
class PairTable:
    """The pair potential of every two species: one shape, its scales and its cut.

    Arguments
    ---------
    sigma, epsilon, cutoff : symmetric [species, species] in reduced units; a number for a pure
        fluid.  A single cut-off holds for every pair
    form : 'cut', 'shifted', 'force-shifted' or 'switched' (`md/cutoff.py`)
    shape : V / epsilon of r / sigma;  switch_on : where a switch begins, as a part of the cut-off

    Raises
    ------
    ValueError : scales that are not positive, finite and symmetric; an unknown form.

    >>> PairTable(1.0, 1.0, 2.5).species
    1
    """

    sigma: Any
    epsilon: Any
    cutoff: Any
    form: str = "cut"
    shape: Shape = LENNARD_JONES
    switch_on: float = SWITCH_ON

    def __post_init__(self) -> None:
        sigma = np.atleast_2d(np.array(self.sigma, float))
        for name in ("sigma", "epsilon", "cutoff"):
            value = np.array(getattr(self, name), float)
            table = np.full(sigma.shape, value) if value.size == 1 else np.atleast_2d(value)
            if table.shape != (len(sigma), len(sigma)) or (table != table.T).any():
                raise ValueError(
                    f"{name} must be a symmetric [species, species] table as sigma is, got {value.tolist()}"
                )
            if not ((table > 0) & (table < np.inf)).all():
                raise ValueError(f"{name} must be positive and finite, got {value.tolist()}")
            object.__setattr__(self, name, table)
        if self.form not in FORMS:
            raise ValueError(f"the form of a cut-off is one of {', '.join(FORMS)}, got {self.form!r}")
        if not 0 < self.switch_on < 1:
            raise ValueError(f"a switch begins at a part of the cut-off within (0, 1), got {self.switch_on}")

    @classmethod
    def lorentz_berthelot(
        cls, sigma: Any, epsilon: Any, cutoff: Any, k_ij: float = 0.0, **options: Any
    ) -> "PairTable":
        """Table of species by the Lorentz-Berthelot rule::

            sigma_ij = (sigma_i + sigma_j) / 2,    epsilon_ij = (1 - k_ij) sqrt(epsilon_i epsilon_j), i != j

        Arguments
        ---------
        sigma, epsilon : [species];  cutoff, options : as in PairTable;  k_ij : of all unlike pairs
        """
        sigma, epsilon = np.array(sigma, float), np.array(epsilon, float)
        if sigma.ndim != 1 or sigma.shape != epsilon.shape:
            raise ValueError(f"sigma and epsilon are both [species], got {sigma.shape} and {epsilon.shape}")
        if not ((sigma > 0).all() and (epsilon > 0).all()):
            raise ValueError(f"sigma and epsilon must be positive, got {sigma} and {epsilon}")
        unlike = 1 - k_ij * (1 - np.eye(len(sigma)))
        root = np.sqrt(epsilon)
        mixed = np.where(np.eye(len(sigma)) > 0, np.diag(epsilon), np.outer(root, root) * unlike)
        return cls((sigma[:, None] + sigma) / 2, mixed, cutoff, **options)

    @property
    def species(self) -> int:
        """Number of species."""
        return len(self.sigma)

    @property
    def longest(self) -> float:
        """The longest cut-off [sigma]."""
        return float(self.cutoff.max())

    def parameters(self) -> np.ndarray[Any, Any]:
        """The table that the kernels read, float64 [PARAMETERS * species^2]."""
        rows = []
        for sigma, epsilon, cutoff in zip(self.sigma.flat, self.epsilon.flat, self.cutoff.flat, strict=True):
            numbers = form_numbers(self.shape, self.form, cutoff / sigma, self.switch_on)
            rows.append((1 / sigma**2, epsilon / sigma**2, cutoff**2, *numbers, epsilon))
        return np.array(rows).ravel()

    def long_range(self, counts: Any, volume: float) -> "LongRange":
        """What the cut leaves out, for so many atoms of each species in a volume; g(r) = 1 beyond it::

            E / N = 2 pi rho sum x_a x_b I_E,ab
            p     = (2 pi / 3) rho^2 sum x_a x_b I_W,ab
            mu_a  = 4 pi rho sum x_b I_E,ab

        with the integrals of `tail_integrals`.

        Source: M. P. Allen and D. J. Tildesley, Computer Simulation of Liquids (2017), eqs 2.142-2.144.
        """
        counts = np.atleast_1d(np.array(counts, float))
        if counts.shape != (self.species,) or counts.sum() <= 0:
            raise ValueError(f"one number of atoms for each of {self.species} species, got {counts.tolist()}")
        energy, virial = np.empty_like(self.sigma), np.empty_like(self.sigma)
        for a, b in np.ndindex(self.sigma.shape):
            scale = self.epsilon[a, b] * self.sigma[a, b] ** 3
            reduced = self.cutoff[a, b] / self.sigma[a, b]
            tails = tail_integrals(self.shape, self.form, reduced, self.switch_on)
            energy[a, b], virial[a, b] = scale * tails[0], scale * tails[1]
        rho, x = counts.sum() / volume, counts / counts.sum()
        return LongRange(
            energy=float(2 * math.pi * rho * (x @ energy @ x)),
            pressure=float(2 * math.pi / 3 * rho**2 * (x @ virial @ x)),
            chemical_potential=4 * math.pi * rho * (energy @ x),
        )


class LongRange(NamedTuple):
    """Long-range corrections: energy per atom, pressure, chemical potential [species]."""

    energy: float
    pressure: float
    chemical_potential: np.ndarray[Any, Any]


class ForceKernels(NamedTuple):
    """Kernels of one cut shape: forces of a pure fluid, of a mixture, and energy and virial."""

    pure: Kernel
    mixture: Kernel
    measured: Kernel


class PairForces:
    """The forces of a pair table on the atoms of a list."""

    def __init__(self, table: PairTable, listed: NeighbourList) -> None:
        self.table, self.listed = table, listed
        self.kernels = force_kernels(table.shape, table.form)
        self._parameters = listed.device.put(table.parameters())
        self._measures: Any = None

    def compute(self) -> None:
        """Write the forces alone."""
        chosen = self.kernels.pure if self.table.species == 1 else self.kernels.mixture
        chosen(*self._arguments())

    def measure(self) -> tuple[float, np.ndarray[Any, Any]]:
        """Potential energy and virial tensor, the sum over pairs of r_a F_b [3, 3].

        The forces stay as they are: in another order of sums, measuring would change a run's last bits.
        """
        if self._measures is None:
            self._measures = self.listed.device.xp.zeros(MEASURES * self.listed.atoms.count)
        self.kernels.measured(*self._arguments()[:-1], self._measures)
        energy, xx, yy, zz, xy, xz, yz = self.listed.device.fetch(
            self._measures.reshape(-1, MEASURES).sum(axis=0)
        )
        return float(energy), np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])

    def _arguments(self) -> tuple[Any, ...]:
        listed, atoms = self.listed, self.listed.atoms
        rows = (listed.neighbours, listed.stride, listed.counts)
        return atoms.count, atoms.position, *rows, self._parameters, self.table.species, atoms.force


@lru_cache(maxsize=KERNELS_KEPT)
def force_kernels(shape: Shape, form: str) -> ForceKernels:
    """The kernels of a shape in one of the forms of its cut."""
    cut_energy, cut_force = cut_form(shape, form)

    @kernel
    def pure_forces(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        force: Any,
    ) -> None:  # fmt: skip
        me = np.uint64(PACK * i)
        x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
        inverse2, scale, cutoff2 = parameters[0], parameters[1], parameters[2]
        a, b = parameters[3], parameters[4]
        base = np.uint64(i * stride)
        fx = fy = fz = 0.0
        for k in range(np.uint64(counts[i])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            dx = x - position[j]
            dy = y - position[j + np.uint64(1)]
            dz = z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            pull = scale * cut_force(r2 * inverse2, a, b)
            pull = pull if r2 < cutoff2 else 0.0
            fx += pull * dx
            fy += pull * dy
            fz += pull * dz
        force[3 * i] = fx
        force[3 * i + 1] = fy
        force[3 * i + 2] = fz

    @kernel
    def mixture_forces(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        force: Any,
    ) -> None:  # fmt: skip
        me = np.uint64(PACK * i)
        x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
        row = position[me + np.uint64(3)] * species
        base = np.uint64(i * stride)
        fx = fy = fz = 0.0
        for k in range(np.uint64(counts[i])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            pair = np.uint64(PARAMETERS) * np.uint64(np.int64(row + position[j + np.uint64(3)]))
            dx = x - position[j]
            dy = y - position[j + np.uint64(1)]
            dz = z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
            pull = parameters[pair + np.uint64(1)] * cut_force(r2 * parameters[pair], a, b)
            pull = pull if r2 < parameters[pair + np.uint64(2)] else 0.0
            fx += pull * dx
            fy += pull * dy
            fz += pull * dz
        force[3 * i] = fx
        force[3 * i + 1] = fy
        force[3 * i + 2] = fz

    @kernel
    def measures_of_atom(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        measures: Any,
    ) -> None:  # fmt: skip
        me = np.uint64(PACK * i)
        x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
        row = position[me + np.uint64(3)] * species
        base = np.uint64(i * stride)
        energy = xx = yy = zz = xy = xz = yz = 0.0
        for k in range(np.uint64(counts[i])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            pair = np.uint64(PARAMETERS) * np.uint64(np.int64(row + position[j + np.uint64(3)]))
            dx = x - position[j]
            dy = y - position[j + np.uint64(1)]
            dz = z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            if r2 < parameters[pair + np.uint64(2)]:
                a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
                pull = parameters[pair + np.uint64(1)] * cut_force(r2 * parameters[pair], a, b)
                energy += parameters[pair + np.uint64(5)] * cut_energy(r2 * parameters[pair], a, b)
                xx += pull * dx * dx
                yy += pull * dy * dy
                zz += pull * dz * dz
                xy += pull * dx * dy
                xz += pull * dx * dz
                yz += pull * dy * dz
        # Each pair is met from both its atoms.
        slot = MEASURES * i
        measures[slot] = energy / 2
        measures[slot + 1] = xx / 2
        measures[slot + 2] = yy / 2
        measures[slot + 3] = zz / 2
        measures[slot + 4] = xy / 2
        measures[slot + 5] = xz / 2
        measures[slot + 6] = yz / 2

    return ForceKernels(pure_forces, mixture_forces, measures_of_atom)
