"""What an accepted collision does beside scattering."""

from typing import Any, NamedTuple

import numpy as np

from knudsen.core.kernels import device
from knudsen.dsmc.collisions.laws import Law
from knudsen.dsmc.collisions.scattering import scatter_pair

Array = np.ndarray[Any, Any]


class Exchange(NamedTuple):
    """What a collision kernel is compiled for.

    width : numbers that describe a molecule's internal energy
    """

    width: int


ELASTIC = Exchange(0)


def finisher(law: Law, exchange: Exchange) -> Any:
    """The device function that ends an accepted collision; it returns the last draw that is used.

    i, j : slots, of species a and b;  g2, sigma_g : g^2 and sigma_T g;  level : uniform in (0, sigma_T g)
    u, cos_chi : the deflection and the uniform number that gave it;  turn : the azimuth over 2 pi
    kind, p, q, r, areas, angles : of the pair's law;  draw : the last that is used
    modes, chances, proposals, highest : see `exchange_tables`
    """

    @device
    def elastic(
        i: int, j: int, a: int, b: int, vx: Any, vy: Any, vz: Any, inner: Any,
        g2: float, sigma_g: float, level: float, u: float, cos_chi: float, turn: float,
        kind: int, p: float, q: float, r: float, areas: Any, angles: Any, share: float,
        modes: Any, chances: Any, proposals: Any, highest: Any,
        seed: int, stream: int, cell: int, draw: int, step: int,
    ) -> int:  # fmt: skip
        scatter_pair(i, j, vx, vy, vz, share, cos_chi, turn)
        return draw

    return elastic


def exchange_tables(modes: Array) -> tuple[Exchange, tuple[Array, ...]]:
    """What the kernel is compiled for, and its arrays: modes, chances, proposals, highest."""
    species = len(modes)
    return ELASTIC, (
        modes,
        np.zeros((species, species, 1, 2)),
        np.zeros((species, species, 3)),
        np.zeros((species, species, 2)),
    )
