"""Whether the arguments of a simulation are of the kinds that it takes: what else is wrong is asked later."""

from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.dsmc.collisions import Collisions
from knudsen.dsmc.domains.shapes import Domain
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.reactions.model import Reaction
from knudsen.dsmc.rotation import RotatingFrame

Test = Callable[[Any], bool]
# Of each argument: whether it is of its kind, and what it must be.
Kinds = Mapping[str, tuple[Test, str]]


def is_a(kind: Any) -> Test:
    """Test for what is of a kind, True and False being no numbers."""
    return lambda given: isinstance(given, kind) and not isinstance(given, bool)


def _row_of(kind: Any, least: int = 0) -> Test:
    def fits(given: Any) -> bool:
        row = isinstance(given, Sequence | np.ndarray) and not isinstance(given, str)
        return row and len(given) >= least and all(isinstance(each, kind) for each in given)

    return fits


def _either(*tests: Test) -> Test:
    return lambda given: any(test(given) for test in tests)


def _are_numbers(given: Any) -> bool:
    try:
        np.array(given, np.float64)
    except (TypeError, ValueError):
        return False
    return True


def _is_whole(least: int) -> Test:
    return lambda given: is_a(Integral)(given) and given >= least


NOT_GIVEN = is_a(type(None))
KINDS: Kinds = {
    "gas": (is_a(Mixture), "a Mixture, such as Mixture(['He', 'Ar'])"),
    "domain": (
        _either(is_a(Domain), _row_of(Domain, 1)),
        "a Slab, Channel, Box or Tube, or a tuple of one for each copy",
    ),
    "filling": (
        _either(is_a(Filling), _row_of(Filling, 1)),
        "a Filling(pressure, temperature, fractions), or a tuple of one for each copy",
    ),
    "particles_per_cell": (is_a(Real), "a number"),
    "timestep": (is_a(Real), "a number [s]"),
    "copies": (_is_whole(1), "a whole number of at least 1"),
    "seed": (
        _either(_is_whole(0), _row_of(Integral, 1)),
        "a whole number from 0, or a tuple of one for each copy",
    ),
    "precision": (is_a(str), "'double' or 'mixed'"),
    "acceleration": (
        _either(NOT_GIVEN, _are_numbers),
        "three finite numbers along x, y, z for each species, of each copy if they differ [m/s2]",
    ),
    "rotation": (_either(NOT_GIVEN, is_a(RotatingFrame)), "a RotatingFrame((Wx, Wy, Wz)) [rad/s]"),
    "collisions": (is_a(Collisions), "Collisions, such as Collisions(partners='nearest')"),
    "internal": (_either(NOT_GIVEN, is_a(InternalEnergy)), "InternalEnergy(), or None"),
    "reactions": (_row_of(Reaction), "a tuple of Reactions, (reaction,) for a single one"),
    "species_weights": (
        _either(NOT_GIVEN, _row_of(Real)),
        "a tuple of one positive number for each species, or None",
    ),
}


def kind_faults(given: Mapping[str, Any], kinds: Kinds = KINDS) -> list[str]:
    """What is not of its kind among the arguments, by name."""
    return [
        f"{name} must be {kinds[name][1]}, got {value!r}"
        for name, value in given.items()
        if not kinds[name][0](value)
    ]


def check_steps(steps: Any) -> None:
    """Raise ValueError for what is no number of steps."""
    if not _is_whole(0)(steps):
        raise ValueError(f"steps must be a whole number from 0, got {steps!r}")
