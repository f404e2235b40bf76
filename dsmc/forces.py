"""Body forces: a kick before the flight of a step and one after it.

Between faces this is the exact path of a constant force (a parabola) or of a rotating frame; of both together
to second order.  A molecule that meets a face flies a chord of it: what that changes in its energy has a mean
of second order in the step.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import Kernel, device, kernel
from knudsen.core.particles import PRECISIONS, Particles, lane_range
from knudsen.dsmc.domains.grid import Space
from knudsen.dsmc.rotation import (
    LEAST_PLACES,
    RotatingFrame,
    rotation_array,
    turn_after,
    turn_before,
    turned,
)

Acceleration = Sequence[Sequence[float]] | Sequence[Sequence[Sequence[float]]]
ALL = -1  # a bin that no molecule is in


@device
def kicked(
    u: float, v: float, w: float, species: int, duration: float, acceleration: Any, masses: Any, work: Any
) -> Any:
    """Velocity after the force has acted for so long; its work is added to the species' own [J]."""
    du = acceleration[species, 0] * duration
    dv = acceleration[species, 1] * duration
    dw = acceleration[species, 2] * duration
    work[species] += masses[species] * ((u + 0.5 * du) * du + (v + 0.5 * dv) * dv + (w + 0.5 * dw) * dw)
    return u + du, v + dv, w + dw


@kernel
def kick(
    lane: int, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, counts: Any, capacity: int, lanes: int,
    strided: bool, duration: float, dead: int, acceleration: Any, masses: Any, work: Any,
) -> None:  # fmt: skip
    """Let the force act on one lane's molecules; those whose bin is `dead` have left.

    acceleration : [copies, species, 3] [m/s2];  work : [lanes, species], what the force gives them [J]
    """
    copy, share = lane // lanes, lane % lanes
    base, pull = copy * capacity, acceleration[copy]
    first, end, stride = lane_range(share, lanes, counts[copy], strided)
    for k in range(base + first, base + end, stride):
        i = np.uint64(k)
        if bin[i] != dead:
            s = int(species[i])
            vx[i], vy[i], vz[i] = kicked(
                float(vx[i]), float(vy[i]), float(vz[i]), s, duration, pull, masses, work[lane]
            )


class Pushes(NamedTuple):
    """Device functions that kick a molecule before and after a flight of some time.

    before, after(x, y, z, u, v, w, species, time, acceleration, rotation, masses, work) : its new velocity
    """

    before: Callable[..., Any]
    after: Callable[..., Any]


@device
def whirled(
    x: float, y: float, z: float, u: float, v: float, w: float, species: int, rotation: Any, turn: Any,
    masses: Any, work: Any,
) -> Any:  # fmt: skip
    """Velocity after a turn of the frame; the centrifugal work is added to the species' own [J]."""
    new_u, new_v, new_w = turned(x, y, z, u, v, w, rotation, turn)
    gained = (new_u - u) * (new_u + u) + (new_v - v) * (new_v + v) + (new_w - w) * (new_w + w)
    work[species] += 0.5 * masses[species] * gained
    return new_u, new_v, new_w


@lru_cache(maxsize=2)
def pushes(rotating: bool) -> Pushes:
    """The kicks of a run, in a rotating frame or not: the force's own, the turn's next to the flight."""

    @device
    def before(
        x: float, y: float, z: float, u: float, v: float, w: float, species: int, time: float,
        acceleration: Any, rotation: Any, masses: Any, work: Any,
    ) -> Any:  # fmt: skip
        u, v, w = kicked(u, v, w, species, 0.5 * time, acceleration, masses, work)
        if rotating:
            turn = turn_before(rotation[6], time)
            u, v, w = whirled(x, y, z, u, v, w, species, rotation, turn, masses, work)
        return u, v, w

    @device
    def after(
        x: float, y: float, z: float, u: float, v: float, w: float, species: int, time: float,
        acceleration: Any, rotation: Any, masses: Any, work: Any,
    ) -> Any:  # fmt: skip
        if rotating:
            turn = turn_after(rotation[6], time)
            u, v, w = whirled(x, y, z, u, v, w, species, rotation, turn, masses, work)
        return kicked(u, v, w, species, 0.5 * time, acceleration, masses, work)

    return Pushes(before, after)


@lru_cache(maxsize=8)
def whirl_kernel(dims: int) -> Kernel:
    """The kernel that turns the molecules of so many coordinates."""

    @kernel
    def whirl(
        lane: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, counts: Any, capacity: int,
        lanes: int, strided: bool, time: float, ended: bool, dead: int, rotation: Any, masses: Any, work: Any,
    ) -> None:  # fmt: skip
        """Turn one lane's molecules before a flight, or after one that has ended.

        rotation : see `rotation_array`;  work : [lanes, species] [J]
        """
        copy, share = lane // lanes, lane % lanes
        base = copy * capacity
        turn = turn_after(rotation[6], time) if ended else turn_before(rotation[6], time)
        first, end, stride = lane_range(share, lanes, counts[copy], strided)
        for k in range(base + first, base + end, stride):
            i = np.uint64(k)
            if bin[i] != dead:
                here = np.uint64(dims) * i
                y = place[here + np.uint64(1)] if dims > 1 else 0.0
                z = place[here + np.uint64(2)] if dims > 2 else 0.0
                vx[i], vy[i], vz[i] = whirled(
                    place[here], y, z, float(vx[i]), float(vy[i]), float(vz[i]), int(species[i]),
                    rotation, turn, masses, work[lane],
                )  # fmt: skip

    return whirl


class BodyForce:
    """The accelerations and the rotation of a run, and the work that they do.

    acceleration : [copies, species, 3] [m/s2], zero where there is no force
    pulls : whether there is a force
    rotation : see `rotation_array`
    work : [copies * lanes, species] [J], given to the simulated molecules so far
    """

    def __init__(
        self, acceleration: Acceleration | None, frame: RotatingFrame | None, copies: int, lanes: int,
        masses: Any, device: Device,
    ) -> None:  # fmt: skip
        given = np.zeros((len(masses), 3)) if acceleration is None else np.array(acceleration, np.float64)
        self.pulls, self._turns = bool(given.any()), frame is not None
        self.acceleration = device.put(np.broadcast_to(given, (copies, len(masses), 3)))
        self.rotation = rotation_array(frame, device)
        self.work = device.xp.zeros((copies * lanes, len(masses)))
        self._copies, self._lanes, self._masses, self._device = copies, lanes, masses, device

    @property
    def acts(self) -> bool:
        """Whether there is any."""
        return self.pulls or self._turns

    @property
    def work_of_copies(self) -> np.ndarray[Any, Any]:
        """Work [copies, species] [J]."""
        return self._device.fetch(self.work).reshape(self._copies, self._lanes, -1).sum(axis=1)

    def before(self, particles: Particles, timestep: float) -> None:
        """Act on all molecules before a flight."""
        if self.pulls:
            self._pull(particles, timestep, ALL)
        if self._turns:
            self._turn(particles, timestep, False, ALL)

    def after(self, particles: Particles, timestep: float, dead: int) -> None:
        """Act on all molecules after a flight but those whose bin is `dead`."""
        if self._turns:
            self._turn(particles, timestep, True, dead)
        if self.pulls:
            self._pull(particles, timestep, dead)

    def _columns(self, particles: Particles) -> tuple[Any, ...]:
        layout = (particles.counts, particles.capacity, self._lanes, self._device.is_cuda)
        return particles.vx, particles.vy, particles.vz, particles.species, particles.bin, *layout

    def _pull(self, particles: Particles, timestep: float, dead: int) -> None:
        kick(
            len(self.work), *self._columns(particles), 0.5 * timestep, dead, self.acceleration, self._masses,
            self.work,
        )  # fmt: skip

    def _turn(self, particles: Particles, timestep: float, ended: bool, dead: int) -> None:
        whirl_kernel(particles.dims)(
            len(self.work), particles.place, *self._columns(particles), timestep, ended, dead, self.rotation,
            self._masses, self.work,
        )  # fmt: skip


def acceleration_faults(
    acceleration: Acceleration | None, copies: int, gas: Mixture, space: Space
) -> list[str]:
    """What is wrong with the accelerations, [species, 3] or [copies, species, 3], for this gas and space."""
    if acceleration is None:
        return []
    given = np.array(acceleration, np.float64)
    if given.shape not in ((len(gas), 3), (copies, len(gas), 3)) or not np.isfinite(given).all():
        return [
            f"acceleration: {acceleration} is not three finite numbers for each species of {gas.names} [m/s2]"
        ]
    if space.cylindrical and given[..., 1:].any():
        return [f"acceleration: {acceleration}, but in a tube a force acts along x alone"]
    return []


def kick_faults(
    acceleration: Acceleration | None, gas: Mixture, temperature: float, timestep: float, precision: str
) -> list[str]:
    """Whether kicks of a step are lost in round-off, of accelerations in which nothing else is wrong."""
    if acceleration is None:
        return []
    thermal = np.sqrt(BOLTZMANN * temperature / np.array(gas.masses))[:, None]
    least = LEAST_PLACES * thermal * np.finfo(PRECISIONS[precision]).eps
    kicks = np.abs(np.array(acceleration, np.float64)) * timestep / 2
    if np.any((kicks > 0) & (kicks < least)):
        return [
            f"acceleration: a kick of {kicks[kicks > 0].min():.3g} m/s in half a step is lost in the "
            f"round-off of {precision} precision: use double"
        ]
    return []
