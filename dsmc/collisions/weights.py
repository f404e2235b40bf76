"""Collisions of species of unequal weight: who takes what, and how momentum and energy are kept.

A simulated molecule of species s stands for W_s real ones.  Two of weights W_a > W_b meet as often as if both
weighed W_a: that is the real rate of b, and W_a / W_b times that of a.  So b takes its change of velocity
each time, and a, by chance, in W_b / W_a of them.  Means are right then, but momentum and energy are kept in
the mean alone, and walk at random.  What the molecules of species a took too much or too little together is
therefore booked in each cell, and at the end of its step they are moved by one velocity and stretched about
their mean::

    v' = u + p / N + s (v - u),    s^2 = 1 + (e - N (2 u + p / N) . p / N) / sum (v - u)^2

p, e : what they are still to get of velocity and of v^2.  The corrections have no mean but that of the
statistics of a cell: nothing of a higher moment is lost, where merging the part of a that collides with the
part that does not (I. D. Boyd, J. Thermophys. Heat Transfer 10 (1996) 579) takes the scatter out of each
collision (docs/engine.md).
"""

from math import sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import device
from knudsen.dsmc.collisions.scattering import velocity_change

ACCOUNTS = 4  # velocity along x, y, z, and its square
MOST_STRETCH = 0.75  # of sum (v - u)^2 that one step may give or take; what is beyond waits on the account


@device
def larger(a: int, b: int, weights: Any) -> float:
    """The larger weight of the two, which gives the lighter its real rate."""
    return max(weights[a], weights[b])


@device
def take_in_the_mean(
    i: int, vx: Any, vy: Any, vz: Any, dx: float, dy: float, dz: float, chance: float, u: float, owed: Any
) -> None:
    """Change the velocity of i by chance, and book what its species took too little.

    owed : of its species in this cell [ACCOUNTS], updated
    """
    x, y, z = np.float64(vx[i]), np.float64(vy[i]), np.float64(vz[i])
    short = chance
    if u < chance:
        vx[i], vy[i], vz[i] = x + dx, y + dy, z + dz
        short -= 1.0
    owed[0] += short * dx
    owed[1] += short * dy
    owed[2] += short * dz
    owed[3] += short * (dx * (2.0 * x + dx) + dy * (2.0 * y + dy) + dz * (2.0 * z + dz))


@device
def scatter_weighted(
    i: int, j: int, a: int, b: int, vx: Any, vy: Any, vz: Any, share: float, cos_chi: float, turn: float,
    u: float, weights: Any, owed: Any,
) -> None:  # fmt: skip
    """In a collision of unequal weights the lighter takes its change, the heavier by chance.

    i, j : slots, of species a and b;  u : uniform, for that;  weights : [species]
    owed : [species, ACCOUNTS] of this cell, updated
    """
    gx, gy, gz = vx[i] - vx[j], vy[i] - vy[j], vz[i] - vz[j]
    dx, dy, dz = velocity_change(gx, gy, gz, cos_chi, turn)
    rest = 1.0 - share
    if weights[a] > weights[b]:
        chance = weights[b] / weights[a]
        take_in_the_mean(i, vx, vy, vz, rest * dx, rest * dy, rest * dz, chance, u, owed[a])
        vx[j] -= share * dx
        vy[j] -= share * dy
        vz[j] -= share * dz
    else:
        chance = weights[a] / weights[b]
        take_in_the_mean(j, vx, vy, vz, -share * dx, -share * dy, -share * dz, chance, u, owed[b])
        vx[i] += rest * dx
        vy[i] += rest * dy
        vz[i] += rest * dz


@device
def settle_accounts(bounds: Any, vx: Any, vy: Any, vz: Any, owed: Any) -> None:
    """Give each species of a cell what it is owed.

    bounds : slots where each species begins [species + 1];  owed : [species, ACCOUNTS], updated
    """
    for s in range(owed.shape[0]):
        account = owed[s]
        some = account[0] != 0.0 or account[1] != 0.0 or account[2] != 0.0 or account[3] != 0.0
        if some and bounds[s + 1] > bounds[s]:
            settle_account(bounds[s], bounds[s + 1], vx, vy, vz, account)


@device
def settle_account(first: int, end: int, vx: Any, vy: Any, vz: Any, owed: Any) -> None:
    """Move and stretch the velocities of the molecules first .. end-1 by what they are owed.

    What rounding withholds, and energy that one molecule or few cannot take, stays on the account.
    """
    number = float(end - first)
    sx = sy = sz = square = 0.0
    for i in range(first, end):
        x, y, z = np.float64(vx[i]), np.float64(vy[i]), np.float64(vz[i])
        sx += x
        sy += y
        sz += z
        square += x * x + y * y + z * z
    ux, uy, uz = sx / number, sy / number, sz / number
    px, py, pz = owed[0] / number, owed[1] / number, owed[2] / number
    inner = square - number * (ux * ux + uy * uy + uz * uz)
    gain = owed[3] - number * ((2.0 * ux + px) * px + (2.0 * uy + py) * py + (2.0 * uz + pz) * pz)
    stretch = sqrt(1.0 + gain / inner) if abs(gain) < MOST_STRETCH * inner else 1.0
    ux, uy, uz = ux + px - stretch * ux, uy + py - stretch * uy, uz + pz - stretch * uz
    tx = ty = tz = total = 0.0
    for i in range(first, end):
        x, y, z = np.float64(vx[i]), np.float64(vy[i]), np.float64(vz[i])
        vx[i], vy[i], vz[i] = ux + stretch * x, uy + stretch * y, uz + stretch * z
        x, y, z = np.float64(vx[i]), np.float64(vy[i]), np.float64(vz[i])
        tx += x
        ty += y
        tz += z
        total += x * x + y * y + z * z
    owed[0] -= tx - sx
    owed[1] -= ty - sy
    owed[2] -= tz - sz
    owed[3] -= total - square
