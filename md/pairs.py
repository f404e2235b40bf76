"""Pair potentials between species: scales, cut-offs, and what a cut leaves out."""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.shapes import LENNARD_JONES, Shape
from knudsen.md.cutoff import FORMS, SWITCH_ON, form_numbers, tail_integrals

# 1/sigma^2, epsilon/sigma^2, rc^2, the numbers of the cut, epsilon
PARAMETERS = 6


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
