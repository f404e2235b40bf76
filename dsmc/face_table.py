"""The faces of a grid as the arrays that the flight kernels read."""

from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.grid import Grid

PERIODIC, SPECULAR, DIFFUSE, EXCHANGE, OPEN = range(5)
KINDS = {Periodic: PERIODIC, Specular: SPECULAR, DiffuseWall: DIFFUSE, ExchangeReservoir: EXCHANGE,
         OpenReservoir: OPEN}  # fmt: skip


def composition_faults(grid: Grid, gas: Mixture) -> list[str]:
    """What is wrong with the reservoirs' compositions for this gas, and their velocities in this space."""
    return _drift_faults(grid) + [
        f"{face.name}: {len(face.boundary.composition)} mole fractions for the {len(gas)} species {gas.names}"
        for face in grid.faces
        if isinstance(face.boundary, ExchangeReservoir | OpenReservoir)
        and len(face.boundary.composition) != len(gas)
    ]


def _drift_faults(grid: Grid) -> list[str]:
    moving = [face for face in grid.faces if isinstance(face.boundary, OpenReservoir)]
    return [
        f"{face.name}: a reservoir in a tube moves along x alone, not at {face.boundary.velocity} m/s"
        for face in moving
        if grid.space.cylindrical and any(face.boundary.velocity[1:])
    ]


class FaceTable:
    """The faces of a grid as arrays on the device.

    kind : int32 [face];  thermal_speed : (2 k T / m_s)^(1/2) [face, species] [m/s];
    cumulative : of the re-emission probabilities [face, species];
    velocity : of the wall along the two axes that follow the normal [face, 2] [m/s];
    arrivals : simulated molecules emitted a second [copies, face, species] (open faces);
    drift : bulk velocity of what they send in, along x, y, z [copies, face, 3] [m/s]
    """

    def __init__(self, grid: Grid, gas: Mixture, weight: float, device: Device, copies: int = 1) -> None:
        masses = np.array(gas.masses)
        count = len(grid.faces)
        shape = (count, len(gas))
        kind, velocity, drift = np.zeros(count, np.int32), np.zeros((count, 2)), np.zeros((count, 3))
        thermal_speed, cumulative, arrivals = np.zeros(shape), np.ones(shape), np.zeros(shape)
        for number, place in enumerate(grid.faces):
            face = place.boundary
            kind[number] = KINDS[type(face)]
            if isinstance(face, DiffuseWall | ExchangeReservoir | OpenReservoir):
                thermal_speed[number] = np.sqrt(2 * BOLTZMANN * face.temperature / masses)
            if isinstance(face, DiffuseWall):
                velocity[number] = face.velocity
            if isinstance(face, ExchangeReservoir):
                share = np.cumsum(np.array(face.composition) / np.sqrt(masses))
                cumulative[number] = share / share[-1]
            if isinstance(face, OpenReservoir):
                drift[number] = face.velocity
                arrivals[number] = (
                    face.flux(masses, place.axis, place.inward) * grid.face_area(place) / weight
                )
        self.has_open = bool(np.any(kind == OPEN))
        self.kind, self.velocity = device.put(kind), device.put(velocity)
        self.thermal_speed, self.cumulative = device.put(thermal_speed), device.put(cumulative)
        self.arrivals = device.put(np.repeat(arrivals[None], copies, axis=0))
        self.drift = device.put(np.repeat(drift[None], copies, axis=0))

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the flight kernels read, in their order."""
        return self.kind, self.thermal_speed, self.cumulative, self.velocity
