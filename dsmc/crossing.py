"""What becomes of a molecule at a face: its place on it, the way past it, and how the face answers."""

from collections.abc import Callable
from math import sqrt
from typing import Any

from knudsen.core.kernels import device
from knudsen.core.rng import draw_words, uniform
from knudsen.dsmc.domains.paths import SLACK
from knudsen.dsmc.internal.modes import inner_state
from knudsen.dsmc.surfaces import (
    ABSORBING,
    ADIABATIC,
    EVAPORATING,
    EXCHANGE,
    LORD,
    MAXWELL,
    PERIODIC,
    SPECULAR,
    emission_species,
    from_wall,
    to_wall,
    velocity_off,
)

ACCOMMODATION, TANGENTIAL, TRANSMISSION, ROTATIONAL, VIBRATIONAL = range(5)
MOST_CROSSINGS = 100_000  # in one step; a molecule that asks for more never comes to rest


@device
def temperature_ratio(warming: Any, face: int, q: float) -> float:
    """Temperature of a wall at q along it, over that where it starts."""
    piece = 0
    while piece + 1 < warming.shape[1] and q >= warming[face, piece + 1, 0]:
        piece += 1
    return float(warming[face, piece, 1] + warming[face, piece, 2] * (q - warming[face, piece, 0]))


@device
def onto(x: float, y: float, z: float, along: int, at: float) -> Any:
    """A place on a face, to the last bit."""
    return at if along == 0 else x, at if along == 1 else y, at if along == 2 else z


@device
def side_of(side: int, moved: float, speed: float, extent: float) -> int:
    """Side of the planes that lie, to the slack, where a flight has ended: the one that it came from."""
    if abs(moved) <= SLACK * extent:
        return side
    return -1 if speed > 0.0 else 1


@device
def turned_to(sides: Any, along: int, side: int) -> Any:
    """Sides of a molecule, but this one along one axis."""
    return (
        side if along == 0 else sides[0], side if along == 1 else sides[1], side if along == 2 else sides[2]
    )  # fmt: skip


@device
def sides_at(
    sides: Any, moved: Any, velocity: Any, along: int, side: int, kind: int, low: Any, high: Any
) -> Any:
    """Sides of a molecule that has come to a face; a periodic one it leaves by the other."""
    sides = (
        side_of(sides[0], moved[0], velocity[0], high[0] - low[0]),
        side_of(sides[1], moved[1], velocity[1], high[1] - low[1]),
        side_of(sides[2], moved[2], velocity[2], high[2] - low[2]),
    )
    return turned_to(sides, along, -side if kind == PERIODIC else side)


@device
def opposite(q: float, axis: int, along: int, inward: int, low: Any, high: Any) -> float:
    """Coordinate of a molecule that leaves by one periodic face and enters by the other."""
    if axis != along:
        return q
    return high[axis] if inward > 0 else low[axis]


@device
def carried_round(x: float, y: float, z: float, along: int, inward: int, low: Any, high: Any) -> Any:
    """Place of a molecule that leaves by one periodic face and enters by the other."""
    return (
        opposite(x, 0, along, inward, low, high),
        opposite(y, 1, along, inward, low, high),
        opposite(z, 2, along, inward, low, high),
    )


@device
def passes(transmission: float, seed: int, stream: int, item: int, crossings: int, step: int) -> bool:
    """Whether a membrane lets a molecule through; the transmission of what is none is negative."""
    if transmission < 0.0:
        return False
    word, _, _, _ = draw_words(seed, stream, item, MOST_CROSSINGS + crossings, step)
    return bool(uniform(word) < transmission)


def leaving(width: int) -> Callable[..., Any]:
    """The device function by which the internal energy of a molecule answers to a wall."""
    _, thermalise, accommodate = inner_state(width)

    @device
    def leave(
        kind: int, diffuse: bool, coefficients: Any, thermal: float, slot: int, species: int, inner: Any,
        modes: Any, seed: int, stream: int, item: int, draw: int, step: int,
    ) -> None:  # fmt: skip
        """Mirrors and adiabatic walls keep it, Lord's accommodates it, all others give their own.

        What absorbs a part mirrors the rest.

        coefficients : of the face and species;  thermal : k T of the wall [J]
        """
        if kind == LORD:
            accommodate(
                slot, species, thermal, coefficients[ROTATIONAL], coefficients[VIBRATIONAL], inner, modes,
                seed, stream, item, draw, step,
            )  # fmt: skip
        elif kind not in (ADIABATIC, ABSORBING) and (kind != MAXWELL or diffuse):
            thermalise(slot, species, thermal, inner, modes, seed, stream, item, draw, step)

    return leave


def answering(width: int) -> Callable[..., Any]:
    """The device function by which a face sends back, or keeps, a molecule of so many internal numbers."""
    leave = leaving(width)

    @device
    def answer(
        face: int, along: int, side: int, q: float, u: float, v: float, w: float, species: int,
        kind: int, thermal_speed: Any, cumulative: Any, wall_velocity: Any, warming: Any, coefficients: Any,
        masses: Any, inner: Any, modes: Any, slot: int,
        seed: int, stream: int, item: int, crossings: int, step: int,
    ) -> Any:  # fmt: skip
        """Velocity and species off a face met at q along it, and whether it keeps the molecule."""
        normal, aside, across = to_wall(along, side, u, v, w)
        if kind == SPECULAR:
            u, v, w = from_wall(along, side, -normal, aside, across)
            return u, v, w, species, False
        word_choice, word_normal, word_radius, word_angle = draw_words(seed, stream, item, crossings, step)
        accommodation = coefficients[face, species, ACCOMMODATION]
        if kind == EXCHANGE:
            species = emission_species(cumulative, face, uniform(word_choice))
        if kind in (EVAPORATING, ABSORBING) and uniform(word_choice) < accommodation:
            return u, v, w, species, True
        speed = thermal_speed[face, species] * sqrt(temperature_ratio(warming, face, q))
        normal, aside, across = velocity_off(
            kind, accommodation, coefficients[face, species, TANGENTIAL], speed,
            wall_velocity[face, 0], wall_velocity[face, 1], normal, aside, across,
            word_choice, word_normal, word_radius, word_angle,
        )  # fmt: skip
        if width > 0:
            leave(
                kind, uniform(word_choice) < accommodation, coefficients[face, species],
                0.5 * masses[species] * speed * speed, slot, species, inner, modes,
                seed, stream, item, 2 * MOST_CROSSINGS + width * crossings, step,
            )  # fmt: skip
        u, v, w = from_wall(along, side, normal, aside, across)
        return u, v, w, species, False

    return answer
