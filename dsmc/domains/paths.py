"""Straight flights in a space: where they lead, and the first face that they meet.

In a tube a molecule flies straight through the plane of (r, azimuth)::

    r(t)^2 = (r + v_r t)^2 + (v_a t)^2

and its velocity is then turned into the meridian plane where it is.
"""

from collections.abc import Callable
from functools import lru_cache
from math import inf, sqrt
from typing import Any, NamedTuple

from knudsen.core.kernels import device
from knudsen.dsmc.domains.grid import Space

# A molecule is on a face, and a piece ends, to this part of the domain's extent: round-off of a flight.
SLACK = 1e-11
NO_FACE = -1


class Paths(NamedTuple):
    """Device functions of a space.

    advance(x, y, z, u, v, w, t) : place and velocity after t
    meet(x, y, z, u, v, w, t, sides, low, high, axis, inward, at, lows, highs) : the first face met within t
        and when; sides : along each axis, where the molecule is of a plane (or cylinder) on which it may lie
        to the slack: 1 at greater q, -1 at lesser, 0 not known
    cell(x, y, z, low, inverse, fine, parts) : the collision cell of a place; the four are tuples
    """

    advance: Callable[..., Any]
    meet: Callable[..., Any]
    cell: Callable[..., Any]


@device
def component(axis: int, a: float, b: float, c: float) -> float:
    """Component number `axis` of a vector."""
    return a if axis == 0 else (b if axis == 1 else c)


@device
def plane_time(distance: float, approach: float, slack: float) -> float:
    """When a plane so far ahead is met at a speed of approach; never behind it."""
    if not approach > 0.0 or distance < -slack:
        return inf
    return max(0.0, distance) / approach


@device
def cylinder_time(r: float, v: float, w: float, radius: float, inward: int, slack: float) -> float:
    """When a cylinder is met, from within (inward -1) or from outside.

    The roots of r(t) = radius: the later one leads out of it, be it after a way in, the earlier one in.
    """
    speed2, along, beyond = v * v + w * w, r * v, (r - radius) * (r + radius)
    root2 = along * along - speed2 * beyond
    if speed2 == 0.0 or root2 < 0.0:
        return inf
    root = sqrt(root2)
    if inward < 0:
        if along <= 0.0:
            return (root - along) / speed2
        return inf if r - radius > slack else max(0.0, -beyond / (along + root))
    if along >= 0.0 or radius - r > slack:
        return inf
    return max(0.0, beyond / (root - along))


@lru_cache(maxsize=16)
def paths(space: Space) -> Paths:
    """The device functions of a space."""
    advance = _turned if space.cylindrical else _straight(space.dims)
    return Paths(advance, _meet(space, advance) if space.blocked else _meet_side(space), _cell(space))


def _straight(dims: int) -> Callable[..., Any]:
    @device
    def straight(x: float, y: float, z: float, u: float, v: float, w: float, t: float) -> Any:
        return x + u * t, y + v * t if dims > 1 else y, z + w * t if dims > 2 else z, u, v, w

    return straight


@device
def _turned(x: float, y: float, z: float, u: float, v: float, w: float, t: float) -> Any:
    along, aside = y + v * t, w * t
    r = sqrt(along * along + aside * aside)
    if r == 0.0:
        return x + u * t, r, z, u, v, w
    inverse = 1.0 / r
    cosine, sine = along * inverse, aside * inverse
    return x + u * t, r, z, u, v * cosine + w * sine, w * cosine - v * sine


def _meet_side(space: Space) -> Callable[..., Any]:
    """`meet` where nothing stands within: of the two sides of an axis a molecule has but one ahead."""
    cylindrical, straight = space.cylindrical, 1 if space.cylindrical else space.dims

    @device
    def meet_side(
        x: float, y: float, z: float, u: float, v: float, w: float, duration: float, sides: Any,
        low: Any, high: Any, axis: Any, inward: Any, at: Any, lows: Any, highs: Any,
    ) -> Any:  # fmt: skip
        first, hit = duration, NO_FACE
        for along in range(straight):
            q, speed = component(along, x, y, z), component(along, u, v, w)
            distance = high[along] - q if speed > 0.0 else q - low[along]
            reach = abs(speed) * first
            if distance < reach and reach > 0.0:
                first, hit = max(0.0, distance) / abs(speed), 2 * along + (speed > 0.0)
        if cylindrical:
            for face in range(2, axis.shape[0]):
                time = cylinder_time(y, v, w, at[face], inward[face], SLACK * (high[1] - low[1]))
                if time < first:
                    first, hit = time, face
        return first, hit

    return meet_side


def _meet(space: Space, advance: Callable[..., Any]) -> Callable[..., Any]:
    dims, cylindrical, membranes = space.dims, space.cylindrical, space.membranes

    @device
    def behind(face: int, along: int, side: int, time: float, sides: Any, lows: Any, highs: Any) -> bool:
        """Whether a face that is met within the slack is one of which the molecule is on the other side.

        Faces that look either way lie in one plane: those of two blocks that touch along an edge, and of a
        membrane.  On a membrane there is gas at either side, and slack for neither.
        """
        came = component(along, sides[0], sides[1], sides[2])
        sheet = membranes and lows[face, along] == highs[face, along]
        return came * side < 0 or (sheet and time == 0.0)

    @device
    def within(
        x: float, y: float, z: float, face: int, along: int, low: Any, high: Any, lows: Any, highs: Any
    ) -> bool:
        """Whether a place on a face's surface is on its piece."""
        for axis in range(dims):
            slack = SLACK * (high[axis] - low[axis])
            q = component(axis, x, y, z)
            if axis != along and not lows[face, axis] - slack <= q <= highs[face, axis] + slack:
                return False
        return True

    @device
    def meet(
        x: float, y: float, z: float, u: float, v: float, w: float, duration: float, sides: Any,
        low: Any, high: Any, axis: Any, inward: Any, at: Any, lows: Any, highs: Any,
    ) -> Any:  # fmt: skip
        first, hit = duration, NO_FACE
        for face in range(axis.shape[0]):
            along, side = axis[face], inward[face]
            slack = SLACK * (high[along] - low[along])
            if cylindrical and along == 1:
                time = cylinder_time(y, v, w, at[face], side, slack)
            else:
                distance = side * (component(along, x, y, z) - at[face])
                time = plane_time(distance, -side * component(along, u, v, w), slack)
            if time < first:
                near = time * abs(component(along, u, v, w)) <= 0.5 * slack
                if near and behind(face, along, side, time, sides, lows, highs):
                    continue
                there_x, there_y, there_z, _, _, _ = advance(x, y, z, u, v, w, time)
                if within(there_x, there_y, there_z, face, along, low, high, lows, highs):
                    first, hit = time, face
        return first, hit

    return meet


def _cell(space: Space) -> Callable[..., Any]:
    dims, split = space.dims, space.split

    @device
    def place_along(q: float, axis: int, low: Any, inverse: Any, fine: Any) -> int:
        return min(int((q - low[axis]) * inverse[axis]), fine[axis] - 1)

    @device
    def cell(x: float, y: float, z: float, low: Any, inverse: Any, fine: Any, parts: Any) -> int:
        number = place_along(x, 0, low, inverse, fine)
        if dims == 1:
            return number
        part = 0
        if split:
            number, part = number // parts[0], number % parts[0]
        for axis in range(1, dims):
            q = place_along(component(axis, x, y, z), axis, low, inverse, fine)
            if split:
                number = number * (fine[axis] // parts[axis]) + q // parts[axis]
                part = part * parts[axis] + q % parts[axis]
            else:
                number = number * fine[axis] + q
        if split:
            for axis in range(dims):
                number *= parts[axis]
        return number + part

    return cell
