"""How a molecule leaves a surface: velocities in the frame of the wall, the normal pointing into the gas."""

from math import log, sqrt
from typing import Any

from knudsen.core.kernels import device
from knudsen.core.rng import normal_pair, uniform


@device
def flux_normal_speed(thermal_speed: float, u: float) -> float:
    """Normal speed of the flux-weighted Maxwellian: (2kT/m)^(1/2) (-ln u)^(1/2)."""
    return thermal_speed * sqrt(-log(u))


@device
def emission_species(cumulative: Any, face: int, u: float) -> int:
    """Species that the face sends out for the uniform number u."""
    s = 0
    while s < cumulative.shape[1] - 1 and u >= cumulative[face, s]:
        s += 1
    return s


@device
def to_wall(axis: int, inward: int, u: float, v: float, w: float) -> Any:
    """Velocity along the normal into the gas and the two axes that follow it (x: y, z; y: z, x; z: x, y)."""
    if axis == 0:
        return inward * u, v, w
    if axis == 1:
        return inward * v, w, u
    return inward * w, u, v


@device
def from_wall(axis: int, inward: int, normal: float, aside: float, across: float) -> Any:
    """The inverse of `to_wall`."""
    if axis == 0:
        return inward * normal, aside, across
    if axis == 1:
        return across, inward * normal, aside
    return aside, across, inward * normal


@device
def diffuse_velocity(
    thermal_speed: float, wall_aside: float, wall_across: float,
    word_normal: int, word_radius: int, word_angle: int,
) -> Any:  # fmt: skip
    """Velocity off a diffuse wall: the flux-weighted Maxwellian, moving with the wall."""
    aside, across = normal_pair(word_radius, word_angle)
    tangential = thermal_speed * sqrt(0.5)
    normal = flux_normal_speed(thermal_speed, uniform(word_normal))
    return normal, wall_aside + tangential * aside, wall_across + tangential * across
