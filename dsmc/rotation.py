"""A rotating frame: Coriolis and centrifugal acceleration, in exact steps between faces.

In the plane across the axis, with complex numbers z (place, from the axis) and v (velocity), a flight obeys

    dv/dt = -2 i W v + W^2 z:    z(t) = e^(-i W t) (z + (v + i W z) t)

which is a straight line in the inertial frame.  The chord from z to z(t) is flown at a constant velocity, so
a turn and a push before a straight flight and another after it give z(t) and v(t) exactly::

    before:  v -> e^(-i W t) v + (e^(-i W t) (1 + i W t) - 1) z / t
    after:   v -> e^(-i W t) v + (1 - i W t - e^(-i W t)) z / t
"""

import math
from dataclasses import dataclass
from math import cos, sin
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import device
from knudsen.core.particles import PRECISIONS
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.domains.grid import Grid

# Walls are met along chords, which may not turn by more than this in a step.
MOST_TURN = 0.2
# A kick is rounded to a multiple of the velocity's last place: one of so many is off by 0.05 % at most.
LEAST_PLACES = 1000


@dataclass(frozen=True)
class RotatingFrame:
    """The frame of a domain that turns steadily; velocities, of the gas and of walls, are relative to it.

    A molecule then has the acceleration -2 W x v - W x (W x r), r from the axis.

    Arguments
    ---------
    angular_velocity : W along x, y, z [rad/s]: along z in a channel, along x in a tube, any way in a box
    centre : a point on the axis [m]; of a tube it is its own axis

    Raises
    ------
    ValueError : numbers that are not three and finite, or no rotation
    """

    angular_velocity: tuple[float, float, float]
    centre: tuple[float, float, float] = (0.0, 0.0, 0.0)

    def __post_init__(self) -> None:
        for name in ("angular_velocity", "centre"):
            numbers = getattr(self, name)
            if len(numbers) != 3 or not all(math.isfinite(number) for number in numbers):
                raise ValueError(f"{name} must be three finite numbers along x, y, z, got {numbers}")
        if not any(self.angular_velocity):
            raise ValueError("angular_velocity is zero: leave the rotating frame out")

    @property
    def rate(self) -> float:
        """|W| [rad/s]."""
        return math.hypot(*self.angular_velocity)


def rotation_array(frame: RotatingFrame | None, machine: Device) -> Any:
    """What the kernels read: unit vector of the axis, a point on it, |W|; float64 [7]."""
    if frame is None:
        return machine.put(np.zeros(7))
    axis = np.array(frame.angular_velocity) / frame.rate
    return machine.put(np.array([*axis, *frame.centre, frame.rate]))


@device
def turn_before(rate: float, time: float) -> Any:
    """cos and sin of the turn before a flight, and its push along z and i z [1/s]."""
    angle, half = rate * time, sin(0.5 * rate * time)
    cosine, sine = cos(angle), sin(angle)
    return cosine, sine, (angle * sine - 2.0 * half * half) / time, (angle * cosine - sine) / time


@device
def turn_after(rate: float, time: float) -> Any:
    """As `turn_before`, after the flight."""
    angle, half = rate * time, sin(0.5 * rate * time)
    return cos(angle), sin(angle), 2.0 * half * half / time, (sin(angle) - angle) / time


@device
def turned(x: float, y: float, z: float, u: float, v: float, w: float, rotation: Any, turn: Any) -> Any:
    """Velocity after a turn; in a tube y and z are r and 0, v and w radial and azimuthal."""
    cosine, sine, out, across = turn
    e, f, g = rotation[0], rotation[1], rotation[2]
    x, y, z = x - rotation[3], y - rotation[4], z - rotation[5]
    along = e * x + f * y + g * z
    x, y, z = x - along * e, y - along * f, z - along * g
    kept = (1.0 - cosine) * (e * u + f * v + g * w)
    return (
        cosine * u + kept * e - sine * (f * w - g * v) + out * x + across * (f * z - g * y),
        cosine * v + kept * f - sine * (g * u - e * w) + out * y + across * (g * x - e * z),
        cosine * w + kept * g - sine * (e * v - f * u) + out * z + across * (e * y - f * x),
    )


def rotation_faults(frame: RotatingFrame | None, grid: Grid) -> list[str]:
    """What is wrong with a rotating frame for this grid."""
    if frame is None:
        return []
    rotation, centre = frame.angular_velocity, frame.centre
    if grid.space.cylindrical:
        sound = not any(rotation[1:]) and not any(centre[1:])
        return [] if sound else [f"rotation: a tube turns about its own axis, x, not {rotation} at {centre}"]
    if grid.space.dims == 1:
        return ["rotation: a slab is the same along y and z, a gas that turns is not: use a channel or a box"]
    if grid.space.dims == 2 and any(rotation[:2]):
        return [f"rotation: a channel is the same along z and turns about z alone, not about {rotation}"]
    return [
        f"rotation: {face.name} is periodic, but the centrifugal force changes along its normal"
        for face in grid.faces
        if isinstance(face.boundary, Periodic) and any(np.delete(rotation, face.axis))
    ]


def turn_faults(
    frame: RotatingFrame | None, gas: Mixture, grid: Grid, temperature: float, timestep: float, precision: str
) -> list[str]:
    """Whether a frame turns too far in a step, or by less than round-off."""
    if frame is None:
        return []
    faults, turn = [], frame.rate * timestep
    if turn > MOST_TURN:
        faults.append(
            f"rotation: the frame turns by {turn:.3g} rad in a step: use one below "
            f"{MOST_TURN / frame.rate:.3g} s"
        )
    thermal = math.sqrt(BOLTZMANN * temperature / min(gas.masses))
    least = LEAST_PLACES * float(np.finfo(PRECISIONS[precision]).eps)
    extent = max(np.subtract(grid.high, grid.low))
    if min(turn, 0.5 * frame.rate * extent / thermal * turn) < least:
        faults.append(
            f"rotation: the kicks of a step are lost in the round-off of {precision} precision: use double"
        )
    return faults
