"""Velocity Verlet.

::

    v += F dt / 2m;   x += v dt;   F = F(x);   v += F dt / 2m

Source: W. C. Swope, H. C. Andersen, P. H. Berens and K. R. Wilson, J. Chem. Phys. 76 (1982) 637.
"""

from typing import Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.atoms import PACK


@kernel
def kick_and_drift(
    lane: int, share: int, position: Any, velocity: Any, force: Any, inverse_mass: Any, timestep: float,
    reference: Any, moved: Any, atoms: int,
) -> None:  # fmt: skip
    """Half a kick and a drift of one lane's atoms.

    moved : float64 [lanes], the largest squared displacement since the list was built; NaN where one is NaN
    """
    farthest = 0.0
    undefined = 0.0
    for k in range(lane * share, min((lane + 1) * share, atoms)):
        i = np.uint64(k)
        at, along = np.uint64(PACK) * i, np.uint64(3) * i
        half = 0.5 * timestep * inverse_mass[np.uint64(position[at + np.uint64(3)])]
        squared = 0.0
        for axis in range(3):
            d = np.uint64(axis)
            velocity[along + d] += half * force[along + d]
            position[at + d] += timestep * velocity[along + d]
            distance = position[at + d] - reference[at + d]
            squared += distance * distance
        farthest = max(farthest, squared)
        if squared != squared:
            undefined = squared
    moved[lane] = undefined if undefined != undefined else farthest


@kernel
def kick(
    i: int, position: Any, velocity: Any, force: Any, inverse_mass: Any, timestep: float
) -> None:  # fmt: skip
    """The second half of a kick of atom i."""
    half = 0.5 * timestep * inverse_mass[np.uint64(position[np.uint64(PACK * i + 3)])]
    for axis in range(3):
        velocity[np.uint64(3 * i + axis)] += half * force[np.uint64(3 * i + axis)]
