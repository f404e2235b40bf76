"""How a molecule leaves a surface: velocities in the frame of the wall, the normal pointing into the gas."""

from math import log, sqrt
from typing import Any

from knudsen.core.kernels import device
from knudsen.core.rng import normal_pair, uniform, unit_circle

# ABSORBING takes up the share alpha of what arrives and mirrors the rest.
PERIODIC, SPECULAR, MAXWELL, LORD, ADIABATIC, EVAPORATING, EXCHANGE, OPEN, ABSORBING = range(9)


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


@device
def lord_velocity(
    thermal_speed: float, alpha_n: float, sigma_t: float, normal: float, aside: float, across: float,
    word_turn: int, word_normal: int, word_radius: int, word_angle: int,
) -> Any:  # fmt: skip
    """Velocity off Cercignani, Lampis and Lord's wall, in its frame (Lord 1991, equations 8 to 10).

    The normal speed is the length of a vector of mean (1 - alpha_n)^(1/2) v_n and two normal components.
    """
    radius = thermal_speed * sqrt(-alpha_n * log(uniform(word_normal)))
    cosine, sine = unit_circle(uniform(word_turn))
    along, beside = sqrt(1.0 - alpha_n) * normal + radius * cosine, radius * sine
    first, second = normal_pair(word_radius, word_angle)
    spread, kept = thermal_speed * sqrt(0.5 * sigma_t * (2.0 - sigma_t)), 1.0 - sigma_t
    return (
        sqrt(along * along + beside * beside),
        kept * aside + spread * first,
        kept * across + spread * second,
    )


@device
def cosine_velocity(speed: float, word_normal: int, word_angle: int) -> Any:
    """Velocity of a given size whose direction follows the cosine law."""
    square = uniform(word_normal)
    cosine, sine = unit_circle(uniform(word_angle))
    tangential = speed * sqrt(1.0 - square)
    return speed * sqrt(square), tangential * cosine, tangential * sine


@device
def velocity_off(
    kind: int, accommodation: float, tangential: float, thermal_speed: float,
    wall_aside: float, wall_across: float, normal: float, aside: float, across: float,
    word_choice: int, word_normal: int, word_radius: int, word_angle: int,
) -> Any:  # fmt: skip
    """Velocity with which a molecule leaves a surface on which it arrived with normal < 0.

    accommodation, tangential : alpha, or alpha_n and sigma_t
    """
    if kind in (SPECULAR, ABSORBING) or (kind == MAXWELL and uniform(word_choice) >= accommodation):
        return -normal, aside, across
    if kind != LORD and kind != ADIABATIC:
        return diffuse_velocity(thermal_speed, wall_aside, wall_across, word_normal, word_radius, word_angle)
    aside, across = aside - wall_aside, across - wall_across
    if kind == LORD:
        normal, aside, across = lord_velocity(
            thermal_speed, accommodation, tangential, normal, aside, across,
            word_choice, word_normal, word_radius, word_angle,
        )  # fmt: skip
    else:
        speed = sqrt(normal * normal + aside * aside + across * across)
        normal, aside, across = cosine_velocity(speed, word_normal, word_angle)
    return normal, wall_aside + aside, wall_across + across
