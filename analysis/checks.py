"""What the theory's arguments must be; each fault is named with its remedy."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

SUM_TOLERANCE = 1e-9


def positive(value: ArrayLike, name: str, unit: str) -> None:
    """Raise ValueError unless every value is positive and finite.

    >>> positive(-3.0, "temperature", "K")
    Traceback (most recent call last):
        ...
    ValueError: temperature must be positive and finite, got -3.0: give it in K
    """
    values = np.asarray(value, dtype=float)
    if not np.all(np.isfinite(values) & (values > 0)):
        raise ValueError(f"{name} must be positive and finite, got {value}: give it in {unit}")


def mole_fractions(x: ArrayLike, names: Sequence[str]) -> np.ndarray:
    """Mole fractions x [..., species] as an array, each in [0, 1] and their sum one within 1e-9.

    >>> mole_fractions([0.5, 0.6], ["He", "Ar"])
    Traceback (most recent call last):
        ...
    ValueError: mole fractions must sum to one within 1e-09, off by 0.1: normalise them
    """
    x = np.asarray(x, dtype=float)
    if x.ndim == 0 or x.shape[-1] != len(names):
        raise ValueError(
            f"mole fractions have shape {x.shape}: give one for each of {tuple(names)}, on the last axis"
        )
    if not np.all((x >= 0) & (x <= 1)):
        raise ValueError(f"mole fractions must lie in [0, 1], got {x.min()} to {x.max()}")
    worst = np.max(np.abs(x.sum(axis=-1) - 1), initial=0.0)
    if worst > SUM_TOLERANCE:
        raise ValueError(
            f"mole fractions must sum to one within {SUM_TOLERANCE:.0e}, off by {worst:.3g}: normalise them"
        )
    return x
