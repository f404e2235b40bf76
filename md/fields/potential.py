"""A user's potential of the place."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numba.core.errors import NumbaError, UnsupportedBytecodeError

from knudsen.core.kernels import device
from knudsen.core.shapes import DeviceFunction
from knudsen.md.fields.field import Array, Law, PositionField, identity
from knudsen.md.state.box import axis_number

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

LAWS_KEPT = 64
# Spacing of the six-point difference [sigma]: its truncation and its rounding are both near 1e-12.
DIFFERENCE_STEP = 2e-3
# A force given is held against the slope at so many places.
PLACES, AGREEMENT = 32, 1e-6


@dataclass(eq=False, repr=False)
class PotentialField(PositionField):
    """A potential of the place, given as a function that runs at full speed on either machine::

        F = -grad V(r, species)

    Along a periodic axis the function is given places in [0, L), and must itself be periodic, or the force
    jumps at the face.

    Arguments
    ---------
    potential : V(place along `axis`, species, p) [epsilon], or V(x, y, z, species, p) without an axis; a
        `@device` function or one that can be made so, of functions of `math`: CUDA knows none of NumPy's.
        Places are in sigma, species is a whole number, p the array of the parameters
    force : -dV/dz [epsilon/sigma], or (-dV/dx, -dV/dy, -dV/dz) without an axis; left out, the six-point
        difference of V, good to some 1e-11 where V varies over a sigma
    axis : 'x', 'y', 'z' (or 0, 1, 2), or None
    parameters : p [any], or [copies, any], in the units that the function gives them

    Raises
    ------
    ValueError : on binding, functions that do not compile, or a force that is not the slope
    SimulationFault : from a run, an atom at a place where the force is not a number

    >>> from knudsen.core.kernels import device
    >>> @device
    ... def trap(z, species, p):
    ...     return 0.5 * p[species] * (z - 5.0) ** 2
    >>> field = PotentialField(trap, axis="z", parameters=[2.0, 8.0])
    """

    potential: DeviceFunction
    force: DeviceFunction | None = None
    axis: str | int | None = None
    parameters: Any = (0.0,)

    def __post_init__(self) -> None:
        self._axis = None if self.axis is None else axis_number(self.axis)
        if self._axis is not None:
            self.conserves_momentum = self._axis != 0, self._axis != 1, self._axis != 2
        self.law = position_law(self.potential, self.force, self._axis)
        self._table = np.atleast_1d(np.array(self.parameters, np.float64))
        if self._table.ndim > 2 or not np.isfinite(self._table).all():
            raise ValueError(
                f"the parameters of a potential are finite, [any] or [copies, any], got {self.parameters!r}"
            )

    def numbers(self, sim: "Simulation") -> Array:
        """The parameters of each copy [copies, any]."""
        if self._table.ndim == 2 and len(self._table) != sim.copies:
            raise ValueError(
                f"the parameters of a potential have {len(self._table)} rows for {sim.copies} copies"
            )
        return np.broadcast_to(self._table, (sim.copies, self._table.shape[-1]))

    def bind(self, sim: "Simulation") -> None:
        """Check the functions at some places, and put the parameters on the device."""
        super().bind(sim)
        # Additive recurrences of irrational numbers spread evenly over the box.
        parts = (np.arange(1, PLACES + 1)[:, None] * np.sqrt([2.0, 3.0, 5.0])) % 1
        places, p = parts * sim.box_lengths[0], np.ascontiguousarray(self.numbers(sim)[0])
        exact = self.law if self.force is None else position_law(self.potential, None, self._axis)
        try:
            for species in range(sim.species_count):
                values = [float(self.law.energy(*place, species, p)) for place in places]
                forces, slopes = (
                    np.array([law.force(*place, species, p) for place in places], float)
                    for law in (self.law, exact)
                )
                _check_slope(forces, slopes, np.isfinite(values))
        except (NumbaError, UnsupportedBytecodeError, TypeError) as error:
            raise ValueError(
                "potential and force must be functions that Numba compiles, of math's functions; arguments: "
                f"(place, species, p) with an axis, (x, y, z, species, p) without: {error}"
            ) from error

    def describe(self) -> str:
        """The functions by what they compute, and the parameters."""
        return (
            f"PotentialField(potential={identity(self.potential)}, force={identity(self.force)}, "
            f"axis={self.axis!r}, parameters={self._table.tolist()})"
        )


def _check_slope(forces: Array, slopes: Array, defined: Array) -> None:
    """Raise ValueError where forces [places, 3] differ from slopes, at the places where both are numbers."""
    seen = defined & np.isfinite(forces).all(axis=1) & np.isfinite(slopes).all(axis=1)
    apart = np.abs(forces - slopes)[seen]
    if (apart > AGREEMENT * (1 + np.abs(slopes[seen]).max(initial=0.0))).any():
        at = int(np.argmax(apart.max(axis=1)))
        raise ValueError(
            f"the force is not the slope of the potential: {forces[seen][at]} is given where -grad V is "
            f"{slopes[seen][at]}; mend it, or leave it out"
        )


@lru_cache(maxsize=LAWS_KEPT)
def position_law(potential: DeviceFunction, force: DeviceFunction | None, axis: int | None) -> Law:
    """The law of a user's functions along one axis (0, 1, 2), or in space (None)."""
    energy = _compiled(potential)
    if axis is None:
        return Law(energy, _difference(energy) if force is None else _compiled(force))
    pull = _axis_difference(energy) if force is None else _compiled(force)

    @device
    def energy_along(x: float, y: float, z: float, species: int, p: Any) -> float:
        return energy((x, y, z)[axis], species, p)  # type: ignore[no-any-return]

    @device
    def force_along(x: float, y: float, z: float, species: int, p: Any) -> Any:
        value = np.float64(pull((x, y, z)[axis], species, p))
        return value if axis == 0 else 0.0, value if axis == 1 else 0.0, value if axis == 2 else 0.0

    return Law(energy_along, force_along)


def _compiled(function: DeviceFunction) -> DeviceFunction:
    return function if hasattr(function, "py_func") else device(function)


def _axis_difference(energy: DeviceFunction) -> DeviceFunction:
    @device
    def axis_difference(z: float, species: int, p: Any) -> float:
        h = DIFFERENCE_STEP
        near = energy(z + h, species, p) - energy(z - h, species, p)
        middle = energy(z + 2 * h, species, p) - energy(z - 2 * h, species, p)
        far = energy(z + 3 * h, species, p) - energy(z - 3 * h, species, p)
        return -(45 * near - 9 * middle + far) / (60 * h)  # type: ignore[no-any-return]

    return axis_difference


def _difference(energy: DeviceFunction) -> DeviceFunction:
    @device
    def ahead(x: float, y: float, z: float, dx: float, dy: float, dz: float, species: int, p: Any) -> float:
        h = DIFFERENCE_STEP
        total = 0.0
        for n, weight in ((1, 45.0), (2, -9.0), (3, 1.0)):
            step = n * h
            high = energy(x + step * dx, y + step * dy, z + step * dz, species, p)
            low = energy(x - step * dx, y - step * dy, z - step * dz, species, p)
            total += weight * (high - low)
        return -total / (60 * h)

    @device
    def difference(x: float, y: float, z: float, species: int, p: Any) -> Any:
        return (
            ahead(x, y, z, 1.0, 0.0, 0.0, species, p),
            ahead(x, y, z, 0.0, 1.0, 0.0, species, p),
            ahead(x, y, z, 0.0, 0.0, 1.0, species, p),
        )

    return difference
