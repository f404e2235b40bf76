"""What one collision does to two molecules."""

from math import sqrt
from typing import Any

from knudsen.core.kernels import device
from knudsen.core.rng import unit_circle


@device
def velocity_change(gx: float, gy: float, gz: float, cos_chi: float, turn: float) -> Any:
    """Change of the relative velocity g deflected by chi, at the azimuth 2 pi turn (Bird 1994, eq. 2.22)."""
    sin_chi = sqrt(max(0.0, 1.0 - cos_chi * cos_chi))
    cos_azimuth, sin_azimuth = unit_circle(turn)
    across, aside = sin_chi * cos_azimuth, sin_chi * sin_azimuth
    perpendicular = sqrt(gy * gy + gz * gz)
    less = cos_chi - 1.0
    if perpendicular == 0.0:
        return less * gx, across * gx, aside * gx
    speed = sqrt(gx * gx + perpendicular * perpendicular)
    return (
        less * gx + aside * perpendicular,
        less * gy + (across * speed * gz - aside * gx * gy) / perpendicular,
        less * gz - (across * speed * gy + aside * gx * gz) / perpendicular,
    )


@device
def give_shares(
    i: int, j: int, vx: Any, vy: Any, vz: Any, share: float, dx: float, dy: float, dz: float
) -> None:
    """Share a change of the relative velocity out between i and j, so that momentum is kept to round-off."""
    rest = 1.0 - share
    vx[i] += rest * dx
    vy[i] += rest * dy
    vz[i] += rest * dz
    vx[j] -= share * dx
    vy[j] -= share * dy
    vz[j] -= share * dz


@device
def scatter_pair(
    i: int, j: int, vx: Any, vy: Any, vz: Any, share: float, cos_chi: float, turn: float
) -> None:
    """Turn the relative velocity of particles i and j; `share` is m_i / (m_i + m_j).

    Each gets its share of one change, so momentum is kept to round-off.
    """
    dx, dy, dz = velocity_change(vx[i] - vx[j], vy[i] - vy[j], vz[i] - vz[j], cos_chi, turn)
    give_shares(i, j, vx, vy, vz, share, dx, dy, dz)


@device
def scatter_inelastically(
    i: int, j: int, vx: Any, vy: Any, vz: Any, share: float, cos_chi: float, turn: float, speed: float
) -> None:
    """As `scatter_pair`, and give the relative velocity another magnitude [m/s].

    Molecules at rest to each other leave as if they had come along x.
    """
    gx, gy, gz = float(vx[i] - vx[j]), float(vy[i] - vy[j]), float(vz[i] - vz[j])
    hx, scale, before = gx, 0.0, sqrt(gx * gx + gy * gy + gz * gz)
    if before > 0.0:
        scale = speed / before
    else:
        hx, scale = 1.0, speed
    dx, dy, dz = velocity_change(hx, gy, gz, cos_chi, turn)
    dx, dy, dz = scale * (hx + dx) - gx, scale * (gy + dy) - gy, scale * (gz + dz) - gz
    give_shares(i, j, vx, vy, vz, share, dx, dy, dz)


@device
def relative_speed_squared(i: int, j: int, vx: Any, vy: Any, vz: Any) -> float:
    """g^2 of particles i and j [m^2/s^2]."""
    gx, gy, gz = vx[i] - vx[j], vy[i] - vy[j], vz[i] - vz[j]
    return gx * gx + gy * gy + gz * gz
