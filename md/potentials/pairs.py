"""Pair potentials between species: shapes, scales, cut-offs."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from knudsen.core.shapes import LENNARD_JONES, Shape
from knudsen.md.potentials import tails
from knudsen.md.potentials.cutoff import SWITCH_ON, Cut, CutForm, cut_form, form_numbers, minimum, picked_form
from knudsen.md.potentials.mixing import mix
from knudsen.md.potentials.pair_checks import form_faults, shape_faults, table_faults
from knudsen.md.potentials.tails import LongRange
from knudsen.md.reduced_units import refuse, si_fault

__all__ = ["PARAMETERS", "LongRange", "PairTable"]

Array = np.ndarray[Any, Any]

# 1/sigma^2, epsilon/sigma^2, rc^2, the numbers of the cut, epsilon
PARAMETERS = 6
# A force at the cut-off below this [epsilon/sigma] is none: the pair is cut at its minimum.
NO_FORCE = 1e-9


@dataclass(frozen=True, eq=False)
class PairTable:
    """The pair potential of every two species: its shape, its scales and its cut.

    ::

        V_ab(r) = epsilon_ab shape_ab(r / sigma_ab),   r < cutoff_ab,   cut as form_ab says

    Arguments
    ---------
    sigma, epsilon, cutoff : symmetric [species, species] in reduced units; a number for a pure
        fluid.  A single epsilon or cut-off holds for every pair; a pair of epsilon 0 does not interact
    form : 'cut', 'shifted', 'force-shifted' or 'switched' (`cutoff.py`); one, or a table of them
    shape : V / epsilon of r / sigma: LENNARD_JONES, mie_shape(n, m), user_shape(V, F), ...; one, or a table
    switch_on : where a switch begins, as a part of the cut-off

    A table of several shapes or forms has a law compiled for it, in which a pair costs as much as all shapes
    together.  WCA beside Lennard-Jones needs none: 'shifted' and 'force-shifted' at the minimum are WCA.

    Raises
    ------
    ValueError : every fault at once: scales that are not positive, finite and symmetric, or in SI units; an
        unknown form; a potential that is not finite, or whose force is not its slope.

    >>> PairTable(1.0, 1.0, 2.5).species
    1
    """

    sigma: Any
    epsilon: Any
    cutoff: Any
    form: Any = "cut"
    shape: Any = LENNARD_JONES
    switch_on: float = SWITCH_ON

    def __post_init__(self) -> None:
        species = len(np.atleast_2d(np.array(self.sigma, object)))
        if not np.size(self.sigma):
            raise ValueError("sigma is empty: a pair table needs one species at least")
        tables, faults = {}, []
        for name in ("sigma", "epsilon", "cutoff"):
            tables[name], found = table_faults(name, getattr(self, name), species, zero=name == "epsilon")
            faults += found
        for name in ("form", "shape"):
            tables[name], found = _table_of(name, getattr(self, name), species)
            faults += found
        if tables["form"] is not None:
            faults += form_faults(tables["form"], self.switch_on)
        refuse(faults, "the pair table")
        for name, quantity in (("sigma", "length"), ("epsilon", "energy"), ("cutoff", "length")):
            faults += si_fault(name, tables[name], quantity)
        refuse(faults, "the pair table")
        for name, table in tables.items():
            one = name in ("form", "shape") and len({each for row in table for each in row}) == 1
            object.__setattr__(self, name, table[0][0] if one else table)
        faults += [fault for pair in self._pairs() for fault in self._shape_faults(*pair)]
        refuse(list(dict.fromkeys(faults)), "the pair table")

    @classmethod
    def lorentz_berthelot(
        cls, sigma: Any, epsilon: Any, cutoff: Any, k_ij: Any = 0.0, **options: Any
    ) -> "PairTable":
        """Table of species by the Lorentz-Berthelot rule::

            sigma_ij = (sigma_i + sigma_j) / 2,    epsilon_ij = (1 - k_ij) sqrt(epsilon_i epsilon_j), i != j

        Arguments
        ---------
        sigma, epsilon : [species];  cutoff, options : as in PairTable
        k_ij : of all unlike pairs, or a symmetric [species, species] table, zero for like pairs
        """
        return cls.mixed(sigma, epsilon, cutoff, "lorentz-berthelot", k_ij, **options)

    @classmethod
    def mixed(
        cls, sigma: Any, epsilon: Any, cutoff: Any, rule: str, k_ij: Any = 0.0, **options: Any
    ) -> "PairTable":
        """Table of species by a mixing rule; 1 - k_ij multiplies the epsilon of unlike pairs.

        Arguments
        ---------
        sigma, epsilon, cutoff, k_ij, options : as in `lorentz_berthelot`
        rule : 'lorentz-berthelot', 'geometric' or 'waldman-hagler' (`md/potentials/mixing.py`)
        """
        return cls(*mix(sigma, epsilon, rule, k_ij), cutoff, **options)

    @classmethod
    def wca(cls, sigma: Any, epsilon: Any, shape: Shape = LENNARD_JONES) -> "PairTable":
        """Purely repulsive (WCA) pairs: the potential cut at its minimum and shifted to zero there::

            V(r) = 4 epsilon [(sigma/r)^12 - (sigma/r)^6] + epsilon,   r < 2^(1/6) sigma

        sigma, epsilon, shape : as in PairTable

        Source: J. D. Weeks, D. Chandler and H. C. Andersen, J. Chem. Phys. 54 (1971) 5237, eq. 4.
        """
        return cls(sigma, epsilon, minimum(shape) * np.array(sigma, float), "shifted", shape)

    def with_wca(self, *pairs: tuple[int, int]) -> "PairTable":
        """This table with these pairs of species purely repulsive (`wca`).

        >>> both = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.5, form="force-shifted")
        >>> both.with_wca((0, 1)).cutoff.round(4).tolist()
        [[2.5, 1.0102], [1.0102, 2.5]]
        """
        cutoff = self.cutoff.copy()
        forms = [[self.form_of(a, b) for b in range(self.species)] for a in range(self.species)]
        for a, b in [each for pair in pairs for each in (pair, pair[::-1])]:
            if not (0 <= a < self.species and 0 <= b < self.species):
                raise ValueError(f"species run from 0 to {self.species - 1}, got the pair {(a, b)}")
            cutoff[a, b] = minimum(self.shape_of(a, b)) * self.sigma[a, b]
            # At the minimum the force is zero: the shifted and the force-shifted form are the same.
            forms[a][b] = "force-shifted" if forms[a][b] == "force-shifted" else "shifted"
        return replace(self, cutoff=cutoff, form=forms)

    @property
    def species(self) -> int:
        """Number of species."""
        return len(self.sigma)

    @property
    def longest(self) -> float:
        """The longest cut-off [sigma]."""
        return float(self.cutoff.max())

    @cached_property
    def law(self) -> CutForm:
        """Energy and force of every pair, functions of (r2, a, b) with the numbers of `parameters`."""
        if isinstance(self.form, str) and isinstance(self.shape, Shape):
            return cut_form(self.shape, self.form)
        return picked_form(self._cuts)

    def parameters(self) -> Array:
        """The table that the kernels read, float64 [PARAMETERS * species^2]."""
        rows = []
        for pair in self._pairs():
            sigma, epsilon = self.sigma[pair], self.epsilon[pair]
            # A pair that does not interact is never within its cut-off.
            reach = self.cutoff[pair] if epsilon > 0 else 0.0
            rows.append((1 / sigma**2, epsilon / sigma**2, reach**2, *self._numbers(*pair), epsilon))
        return np.array(rows).ravel()

    def form_of(self, a: int, b: int) -> str:
        """Form of the cut of a pair of species."""
        return self.form if isinstance(self.form, str) else self.form[a][b]

    def shape_of(self, a: int, b: int) -> Shape:
        """Shape of the potential of a pair of species."""
        return self.shape if isinstance(self.shape, Shape) else self.shape[a][b]

    def whole(self, a: int, b: int) -> bool:
        """Whether a pair is shifted where its force is zero (WCA): a potential complete in itself."""
        reduced = self.cutoff[a, b] / self.sigma[a, b]
        shifted = self.form_of(a, b) in ("shifted", "force-shifted")
        return shifted and abs(reduced * float(self.shape_of(a, b).force(reduced**2))) < NO_FORCE

    def full(self) -> "PairTable":
        """The same pairs by their whole potentials inside the cut-offs: all 'cut' but those that are WCA.

        Measured by the same kernels over the atoms that this table moved, and corrected by its own
        `long_range`, it estimates the fluid of the full potential (`md/potentials/full_fluid.py`).
        """
        kinds = range(self.species)
        return replace(
            self, form=[[self.form_of(a, b) if self.whole(a, b) else "cut" for b in kinds] for a in kinds]
        )

    def long_range(self, counts: Any, volume: float) -> LongRange:
        """What the cuts leave out of so many atoms of each species in a volume: `tails.long_range`."""
        return tails.long_range(self, counts, volume)

    def describe(self) -> str:
        """Everything that the table's forces depend on, in words."""
        scales = ", ".join(
            f"{name} {getattr(self, name).tolist()}" for name in ("sigma", "epsilon", "cutoff")
        )
        shapes = [self.shape_of(*pair).key for pair in self._pairs()]
        forms = [self.form_of(*pair) for pair in self._pairs()]
        kinds = (forms[0], shapes[0]) if len(set(forms)) == len(set(shapes)) == 1 else (forms, shapes)
        return f"{scales}, form {kinds[0]}, switched from {self.switch_on}, shape {kinds[1]}"

    def _pairs(self) -> Any:
        return np.ndindex(self.species, self.species)

    @cached_property
    def _cuts(self) -> tuple[Cut, ...]:
        """The different cuts of a table of several shapes or forms, in the order of its pairs."""
        return tuple(dict.fromkeys(self._cut(*pair) for pair in self._pairs()))

    def _cut(self, a: int, b: int) -> Cut:
        shape, form = self.shape_of(a, b), self.form_of(a, b)
        reduced = float(self.cutoff[a, b] / self.sigma[a, b])
        return Cut(shape, form, *form_numbers(shape, form, reduced, self.switch_on))

    def _numbers(self, a: int, b: int) -> tuple[float, float]:
        cut = self._cut(a, b)
        if isinstance(self.form, str) and isinstance(self.shape, Shape):
            return cut.a, cut.b
        return float(self._cuts.index(cut)), 0.0

    def _shape_faults(self, a: int, b: int) -> tuple[str, ...]:
        reduced = float(self.cutoff[a, b] / self.sigma[a, b])
        return shape_faults(self.shape_of(a, b), reduced) if self.epsilon[a, b] > 0 else ()


def _table_of(name: str, value: Any, species: int) -> tuple[Any, list[str]]:
    """Forms or shapes as a symmetric table of tuples, and faults."""
    if isinstance(value, Shape | str):
        return ((value,) * species,) * species, []
    wanted = "a Shape (core/shapes.py: user_shape(V, F) makes one)" if name == "shape" else "a string"
    rows = [tuple(row) if isinstance(row, tuple | list | np.ndarray) else () for row in value] if isinstance(
        value, tuple | list | np.ndarray
    ) else []  # fmt: skip
    if len(rows) != species or any(len(row) != species for row in rows):
        return None, [f"{name} must be {wanted}, or a table of {species} x {species} species, got {value!r}"]
    if not all(isinstance(each, Shape if name == "shape" else str) for row in rows for each in row):
        return None, [f"every {name} must be {wanted}, got {value!r}"]
    if any(rows[a][b] != rows[b][a] for a, b in np.ndindex(species, species)):
        return None, [f"{name} must be a symmetric [species, species] table, got {value!r}"]
    return tuple(rows), []
