"""Constant body forces: half a kick before the flight of a step and half after it.

Between faces this is the exact parabola.  A molecule that meets a face flies a chord of it: what that changes
in its energy has a mean of second order in the step.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import device, kernel
from knudsen.core.particles import PRECISIONS, Particles, lane_range
from knudsen.dsmc.domains.grid import Space

Acceleration = Sequence[Sequence[float]]
# A kick is rounded to a multiple of the velocity's last place: one of so many is off by 0.05 % at most.
LEAST_PLACES = 1000
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

    acceleration : [species, 3] [m/s2];  work : [lanes, species], what the force gives them [J]
    """
    copy, share = lane // lanes, lane % lanes
    base = copy * capacity
    first, end, stride = lane_range(share, lanes, counts[copy], strided)
    for k in range(base + first, base + end, stride):
        i = np.uint64(k)
        if bin[i] != dead:
            s = int(species[i])
            vx[i], vy[i], vz[i] = kicked(
                float(vx[i]), float(vy[i]), float(vz[i]), s, duration, acceleration, masses, work[lane]
            )


class BodyForce:
    """The accelerations of a run and the work that they do.

    acceleration : [species, 3] [m/s2], zero where there is no force
    work : [copies * lanes, species] [J], given to the simulated molecules so far
    """

    def __init__(
        self, acceleration: Acceleration | None, copies: int, lanes: int, masses: Any, device: Device
    ) -> None:
        given = np.zeros((len(masses), 3)) if acceleration is None else np.array(acceleration, np.float64)
        self.acts = bool(given.any())
        self.acceleration = device.put(given)
        self.work = device.xp.zeros((copies * lanes, len(masses)))
        self._copies, self._lanes, self._masses, self._device = copies, lanes, masses, device

    @property
    def work_of_copies(self) -> np.ndarray[Any, Any]:
        """Work [copies, species] [J]."""
        return self._device.fetch(self.work).reshape(self._copies, self._lanes, -1).sum(axis=1)

    def kick(self, particles: Particles, duration: float, dead: int = ALL) -> None:
        """Act on all molecules but those whose bin is `dead`."""
        if self.acts:
            kick(
                self._copies * self._lanes, particles.vx, particles.vy, particles.vz, particles.species,
                particles.bin, particles.counts, particles.capacity, self._lanes, self._device.is_cuda,
                duration, dead, self.acceleration, self._masses, self.work,
            )  # fmt: skip


def acceleration_faults(
    acceleration: Acceleration | None, gas: Mixture, space: Space, temperature: float, timestep: float,
    precision: str,
) -> list[str]:  # fmt: skip
    """What is wrong with the accelerations [species, 3] for this gas, space and precision."""
    if acceleration is None:
        return []
    given = np.array(acceleration, np.float64)
    if given.shape != (len(gas), 3) or not np.isfinite(given).all():
        return [
            f"acceleration: {acceleration} is not three finite numbers for each species of {gas.names} [m/s2]"
        ]
    if space.cylindrical and given[:, 1:].any():
        return [f"acceleration: {acceleration}, but in a tube a force acts along x alone"]
    thermal = np.sqrt(BOLTZMANN * temperature / np.array(gas.masses))[:, None]
    least = LEAST_PLACES * thermal * np.finfo(PRECISIONS[precision]).eps
    kicks = np.abs(given) * timestep / 2
    if np.any((kicks > 0) & (kicks < least)):
        return [
            f"acceleration: a kick of {kicks[kicks > 0].min():.3g} m/s in half a step is lost in the "
            f"round-off of {precision} precision: use double"
        ]
    return []
