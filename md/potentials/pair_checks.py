"""What can be wrong with a pair table, each fault with its remedy, all of them told at once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numba.core.errors import NumbaError
from scipy.integrate import quad

from knudsen.core.shapes import Shape
from knudsen.md.potentials.cutoff import FORMS

Array = np.ndarray[Any, Any]

# A potential is looked at from its cut-off down to where it is so high, or to this part of the cut-off.
HIGHEST = 100.0
INNERMOST = 0.05
PLACES = 400
AGREEMENT = 1e-4
# Places to either side that a kink is looked across, more than the reach of a difference quotient.
NEIGHBOURS = 4


def table_faults(name: str, value: Any, species: int, zero: bool = False) -> tuple[Array | None, list[str]]:
    """A symmetric table [species, species] of positive numbers (or 0, where allowed), and its faults."""
    try:
        given = np.array(value, float)
    except (TypeError, ValueError):
        return None, [f"{name} must be numbers, got {value!r}: give one, or a [species, species] table"]
    table = np.full((species, species), given) if given.size == 1 else np.atleast_2d(given)
    if table.shape != (species, species):
        return None, [
            f"{name} must be a symmetric [species, species] table as sigma is, {species} x {species}, "
            f"got {given.tolist()} of shape {given.shape}"
        ]
    faults = []
    uneven = np.argwhere(~((table == table.T) | (np.isnan(table) & np.isnan(table.T))))
    if len(uneven):
        a, b = map(int, uneven[0])
        faults.append(
            f"{name} must be a symmetric [species, species] table: {name}[{a}][{b}] = {table[a, b]:g} but "
            f"{name}[{b}][{a}] = {table[b, a]:g}; give both the same"
        )
    sound = (table >= 0 if zero else table > 0) & (table < np.inf)
    if not sound.all():
        a, b = map(int, np.argwhere(~sound)[0])
        allowed = "positive (or 0, for a pair that does not interact)" if zero else "positive"
        faults.append(f"{name}[{a}][{b}] must be {allowed} and finite, got {table[a, b]:g}")
    return table, faults


def form_faults(forms: Sequence[Sequence[Any]], switch_on: Any) -> list[str]:
    """Faults of the forms of the cuts."""
    unknown = {form for row in forms for form in row if form not in FORMS}
    faults = [
        f"the form of a cut-off is one of {', '.join(FORMS)}, got {form!r}"
        for form in sorted(map(str, unknown))
    ]
    if not 0 < switch_on < 1:
        faults.append(f"a switch begins at a part of the cut-off within (0, 1), got {switch_on}")
    return faults


@lru_cache(maxsize=256)
def shape_faults(shape: Shape, cutoff: float) -> tuple[str, ...]:
    """What is wrong with a potential inside a cut-off [sigma]: it does not compile, is not finite, or its
    force is not the slope of its energy::

        V(r1) - V(r2) = int F dr from r1 to r2

    Looked at from the cut-off down to where V is 100 epsilon, or to a twentieth of the cut-off.
    """
    try:
        # With the types of a run: a run's own compilation would tell the same at greater length.
        energy, force = shape.energy(cutoff**2), shape.force(cutoff**2)
        float(energy), float(force)
    except (NumbaError, TypeError) as error:
        return (
            "the potential must be a scalar function of r / sigma that Numba compiles, of math's functions, "
            f"and return one number: {_reason(error)}",
        )
    r = np.geomspace(cutoff, INNERMOST * cutoff, PLACES)
    values = np.array([(float(shape.energy(x * x)), x * float(shape.force(x * x))) for x in r])
    high = np.flatnonzero(values[:, 0] > HIGHEST)
    r, values = (array[: int(high[0]) if len(high) else PLACES] for array in (r, values))
    finite = np.isfinite(values).all(axis=1)
    if not finite.all():
        at = int(np.argmin(finite))
        return (
            f"the potential must be finite inside its cut-off: at r = {r[at]:.4g} sigma its energy is "
            f"{values[at, 0]:g} epsilon and its force {values[at, 1]:g}",
        )
    return _disagreement(shape, r, values)


def _reason(error: Exception) -> str:
    """The line of a compiler's message that says what it met."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = [line for line in lines if line and not line.startswith(("Failed in", "During", "File", "<"))]
    named = [line for line in told if "Error:" in line]
    return (named or told or [type(error).__name__])[0]


def _disagreement(shape: Shape, r: Array, values: Array) -> tuple[str, ...]:
    """The first of neighbouring places between which force and energy disagree, in words."""

    def force(x: float) -> float:
        return x * float(shape.force(x * x))

    energies, forces = values.T
    middle = np.array([force(x) for x in (r[:-1] + r[1:]) / 2])
    width = r[:-1] - r[1:]
    work = width * (forces[:-1] + 4 * middle + forces[1:]) / 6
    rise = energies[1:] - energies[:-1]
    scale = width * np.maximum(np.abs(forces[:-1]), np.abs(forces[1:]))
    bound = AGREEMENT * np.maximum(np.abs(rise), scale) + 1e-9 * (1 + np.abs(energies[1:]))
    for k in np.flatnonzero(~(np.abs(work - rise) <= bound)):
        # Simpson's rule stumbles over a kink, and a difference quotient smears it: neither is a fault.
        first, last = max(k - NEIGHBOURS, 0), min(k + 1 + NEIGHBOURS, len(r) - 1)
        gained, done = energies[last] - energies[first], _work(force, r[last], r[first])
        if not abs(done - gained) <= bound[first:last].max():
            return (
                f"force and energy of the potential disagree: from r = {r[first]:.4g} to {r[last]:.4g} sigma "
                f"its energy rises by {gained:.4g} epsilon where its force does the work {done:.4g}: "
                "the force is -dV/dr (left out, it is taken from the energy)",
            )
    return ()


def _work(force: Any, near: float, far: float) -> float:
    # With its full output quad returns the trouble it had over a kink in place of a warning.
    return float(quad(force, near, far, epsrel=AGREEMENT / 10, limit=200, full_output=1)[0])
