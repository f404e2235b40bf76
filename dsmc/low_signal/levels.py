"""What a flow leaves open and the accounts would fix: the level of density, and of speed without friction.

Number of particles, of accounts and of what walls owe is kept at zero, all together.  A steady flow is one
whatever multiple of E is added, so that its mean density is free; as it comes out it is short of what the
accounts hold, which no sample sees.  It is set to that of the gas at rest; where no wall takes up momentum
along itself, so are the mean of n'<v_y> and n'<v_z>.
"""

from math import pi, sqrt
from typing import Any

import numpy as np

from knudsen.core.samples import MOMENTS, WALL_TOTALS
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.domains.shapes import Slab

Array = np.ndarray[Any, Any]


def maxwellian(speed: float, drifting: int | None = None) -> Array:
    """Moments of E for a count of one, or of 2 c_j E for a sum of v_j of one."""
    moments = np.zeros(len(MOMENTS))
    if drifting is None:
        moments[MOMENTS.index("count")] = 1.0
        moments[[MOMENTS.index(name) for name in ("xx", "yy", "zz")]] = speed**2 / 2
    else:
        moments[MOMENTS.index("vx") + drifting] = 1.0
        moments[MOMENTS.index("ex") + drifting] = 2.5 * speed**2
    return moments


def crossing(mass: float, speed: float, inward: int) -> Array:
    """Wall totals of E for one that arrives, and one that leaves [direction, WALL_TOTALS]."""
    totals = np.zeros((2, len(WALL_TOTALS)))
    totals[:, WALL_TOTALS.index("number")] = 1.0
    totals[:, WALL_TOTALS.index("px")] = np.array([-1, 1]) * inward * mass * speed * sqrt(pi) / 2
    totals[:, WALL_TOTALS.index("energy")] = mass * speed**2
    return totals


def set_levels(
    blocks: dict[str, Array], domain: Slab, mass: float, speed: float, timestep: float, frictionless: bool
) -> None:
    """Take the mean density, and without friction the speed, off the sums and walls of each block and copy.

    blocks : `sums` and `walls` as of Samples, signed and changed in place; `samples`, `steps`
    mass [kg];  speed : v0 [m/s];  timestep [s]
    """
    grid, sums = domain.grid, blocks["sums"]
    share = (grid.volumes / grid.volumes.sum())[:, None]
    total = sums[..., 0, :].sum(axis=2)
    levels = [(total[..., 0], maxwellian(speed))]
    if frictionless:
        levels += [(total[..., 1 + axis], maxwellian(speed, axis)) for axis in (1, 2)]
    for level, moments in levels:
        sums[..., 0, :] -= level[..., None, None] * share * moments
    density = total[..., 0] / blocks["samples"][:, None] / domain.length
    crossings = density * speed / (2 * sqrt(pi)) * timestep * blocks["steps"][:, None]
    for number, face in enumerate(grid.faces):
        if not isinstance(face.boundary, Periodic):
            totals = crossing(mass, speed, face.inward)
            blocks["walls"][:, :, number, 0] -= crossings[..., None, None] * totals
