"""The orthorhombic box, periodic along all or some of its axes."""

from dataclasses import dataclass
from math import floor, inf, prod
from typing import Any

import numpy as np

from knudsen.core.kernels import device

AXES = "xyz"


@dataclass(frozen=True)
class Box:
    """A box with edges along the axes; its corner is the origin.

    Arguments
    ---------
    lengths : (Lx, Ly, Lz) [sigma]; one number for a cube
    periodic : along each axis; across an axis that is not, walls must hold the atoms

    Raises
    ------
    ValueError : lengths that are not three positive finite numbers.

    >>> Box(2.0).lengths
    (2.0, 2.0, 2.0)
    """

    lengths: Any
    periodic: tuple[bool, bool, bool] = (True, True, True)

    def __post_init__(self) -> None:
        lengths = tuple(float(length) for length in np.atleast_1d(self.lengths))
        lengths = lengths * 3 if len(lengths) == 1 else lengths
        if len(lengths) != 3 or not all(0 < length < inf for length in lengths):
            raise ValueError(
                f"a box has three positive finite lengths (or one, for a cube), got {self.lengths}"
            )
        if len(self.periodic) != 3:
            raise ValueError(f"periodic is true or false for each of three axes, got {self.periodic}")
        object.__setattr__(self, "lengths", lengths)
        object.__setattr__(self, "periodic", tuple(bool(along) for along in self.periodic))

    @property
    def volume(self) -> float:
        """Lx Ly Lz [sigma^3]."""
        return prod(self.lengths)

    def check_cutoff(self, cutoff: float) -> None:
        """Raise ValueError for a cut-off beyond half the shortest periodic edge, where pairs meet twice."""
        periodic = [edge for edge, turns in zip(self.lengths, self.periodic, strict=True) if turns]
        half = min(periodic, default=inf) / 2
        if cutoff > half:
            raise ValueError(
                f"the cut-off {cutoff:g} is beyond half the box, {half:g}, where pairs meet twice: "
                "take more atoms (a larger box) or a shorter cut-off"
            )

    def separation(self, difference: Any) -> Any:
        """Minimum image of differences of positions [..., 3]."""
        lengths, turns = np.array(self.lengths), np.array(self.periodic)
        return difference - turns * lengths * np.round(difference / lengths)


def axis_number(axis: str | int) -> int:
    """0, 1, 2 of 'x', 'y', 'z' or of the number itself.  Raises ValueError."""
    if axis in (0, 1, 2):
        return int(axis)
    if axis not in tuple(AXES):
        raise ValueError(f"an axis is one of 'x', 'y', 'z' (or 0, 1, 2), got {axis!r}")
    return AXES.index(str(axis))


@device
def nearest(difference: float, length: float, inverse: float) -> float:
    """The nearest image of a difference of positions along an axis, minimum image::

        d - L floor(d / L + 1/2)

    Arguments
    ---------
    difference : d [sigma];  length : L [sigma];  inverse : 1 / L, or 0 along an axis that is not periodic
    """
    return difference - length * floor(difference * inverse + 0.5)
