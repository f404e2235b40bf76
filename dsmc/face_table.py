"""The faces of a grid as the arrays that the flight kernels read."""

from collections.abc import Sequence
from typing import Any, get_args

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.dsmc import boundaries, surfaces
from knudsen.dsmc.boundaries import has_knots
from knudsen.dsmc.domains.grid import Array, Face, Grid

# A diffuse wall is Maxwell's at full accommodation.
KINDS = {
    boundaries.Periodic: surfaces.PERIODIC,
    boundaries.Specular: surfaces.SPECULAR,
    boundaries.DiffuseWall: surfaces.MAXWELL,
    boundaries.MaxwellWall: surfaces.MAXWELL,
    boundaries.LordWall: surfaces.LORD,
    boundaries.AdiabaticWall: surfaces.ADIABATIC,
    boundaries.EvaporatingSurface: surfaces.EVAPORATING,
    boundaries.ExchangeReservoir: surfaces.EXCHANGE,
} | dict.fromkeys(get_args(boundaries.Reservoir), surfaces.OPEN)
MOVING = boundaries.OpenReservoir | boundaries.FluxReservoir | boundaries.CompositionReservoir
SLIDING = boundaries.DiffuseWall | boundaries.MaxwellWall | boundaries.LordWall | boundaries.AdiabaticWall
IMPENETRABLE = -1.0  # what is no membrane
PER_SPECIES = {
    "composition": "mole fractions",
    "accommodation": "accommodations",
    "normal_accommodation": "normal accommodations",
    "tangential_accommodation": "tangential accommodations",
    "rotational_accommodation": "rotational accommodations",
    "vibrational_accommodation": "vibrational accommodations",
    "saturation_density": "saturation densities",
    "sticking": "sticking coefficients",
    "flux": "fluxes",
}


def composition_faults(grid: Grid, gas: Mixture) -> list[str]:
    """Where faces give other than one number a species of this gas, or a velocity that this space has not."""
    faults = [*_drift_faults(grid), *_knot_faults(grid)]
    for face in grid.faces:
        given = {words: getattr(face.boundary, name, None) for name, words in PER_SPECIES.items()}
        given["transmissions"] = face.transmission
        faults += [
            f"{face.name}: {np.size(numbers)} {words} for the {len(gas)} species {gas.names}"
            for words, numbers in given.items()
            if np.ndim(numbers) and np.size(numbers) != len(gas)
        ]
    return faults


def _along(face: Face) -> int:
    """The axis along which a wall's temperature changes."""
    return 1 if face.axis == 0 else 0


def _knots(face: Face) -> list[tuple[float, float]]:
    """Places along a wall [m] and its temperatures there [K], the first at its start or before."""
    given: Any = getattr(face.boundary, "temperature", 1.0)
    low, high = face.low[_along(face) % len(face.low)], face.high[_along(face) % len(face.high)]
    if has_knots(given):
        return [(min(low, given[0][0]) - (high - low), given[0][1]), *given]
    return list(zip((low, high), given, strict=True)) if isinstance(given, tuple) else [(0.0, given)]


def _pieces(grid: Grid) -> int:
    """Knots of the wall that has most."""
    return max(len(_knots(face)) for face in grid.faces)


def _warming(grid: Grid, pieces: int) -> Array:
    """Where each piece of a wall's temperature begins [m], T there over the first, its change a metre."""
    by_face = [_knots(face) for face in grid.faces]
    table = np.zeros((len(by_face), pieces, 3))
    table[..., 0] = np.inf
    for rows, knots in zip(table, by_face, strict=True):
        places, temperatures = np.array(knots).T
        ratio = temperatures / temperatures[0]
        rows[: len(knots), 0], rows[: len(knots), 1] = places, ratio
        rows[: len(knots) - 1, 2] = (ratio[1:] - ratio[:-1]) / np.diff(places)
    return table


def _knot_faults(grid: Grid) -> list[str]:
    faults = []
    for face in grid.faces:
        given: Any = getattr(face.boundary, "temperature", None)
        if grid.space.dims > 1 and has_knots(given):
            low, high = face.low[_along(face)], face.high[_along(face)]
            if given[-1][0] <= low or given[0][0] >= high:
                faults.append(
                    f"{face.name}: knots of its temperature lie from {given[0][0]} to {given[-1][0]} m, none "
                    f"along the wall, which lies from {low} to {high} m"
                )
    return faults


def _coefficients(face: Face) -> tuple[float | tuple[float, ...], ...]:
    """What `FaceTable.coefficients` holds of a face: one number, or one a species."""
    wall, first, second = face.boundary, 1.0, 1.0
    inner: tuple[float | tuple[float, ...], ...] = (1.0, 1.0)
    if isinstance(wall, boundaries.MaxwellWall):
        first = wall.accommodation
    elif isinstance(wall, boundaries.LordWall):
        first, second = wall.normal_accommodation, wall.tangential_accommodation
        inner = wall.rotational_accommodation, wall.vibrational_accommodation
    elif isinstance(wall, boundaries.EvaporatingSurface):
        first = wall.sticking
    return first, second, IMPENETRABLE if face.transmission is None else face.transmission, *inner


def _drift_faults(grid: Grid) -> list[str]:
    moving = [face for face in grid.faces if isinstance(face.boundary, MOVING)]
    return [
        f"{face.name}: a reservoir in a tube moves along x alone, not at {face.boundary.velocity} m/s"
        for face in moving
        if grid.space.cylindrical and any(face.boundary.velocity[1:])
    ]


def _numbers(grid: Grid, gas: Mixture, weight: Any, pieces: int) -> dict[str, Any]:
    """The arrays of one copy, by name; weight : real molecules per simulated one [], or [species]."""
    masses = np.array(gas.masses)
    count = len(grid.faces)
    shape = (count, len(gas))
    kind, velocity, drift = np.zeros(count, np.int32), np.zeros((count, 2)), np.zeros((count, 3))
    thermal_speed, cumulative, arrivals = np.zeros(shape), np.ones(shape), np.zeros(shape)
    coefficients = np.zeros((*shape, 5))
    for number, place in enumerate(grid.faces):
        face = place.boundary
        kind[number] = KINDS[type(face)]
        if hasattr(face, "temperature"):
            start = _knots(place)[0][1]
            thermal_speed[number] = np.sqrt(2 * BOLTZMANN * start / masses)
        if isinstance(face, SLIDING):
            velocity[number] = face.velocity
        for column, numbers in enumerate(_coefficients(place)):
            coefficients[number, :, column] = numbers
        if isinstance(face, boundaries.ExchangeReservoir):
            share = np.cumsum(np.array(face.composition) / np.sqrt(masses))
            cumulative[number] = share / share[-1]
        if isinstance(face, MOVING):
            drift[number] = face.velocity
        if isinstance(face, boundaries.OpenReservoir):
            arrivals[number] = face.flux(masses, place.axis, place.inward) * grid.face_area(place) / weight
        if isinstance(face, boundaries.EvaporatingSurface):
            arrivals[number] = face.flux(masses) * grid.face_area(place) / weight
    return {
        "kind": kind, "thermal_speed": thermal_speed, "cumulative": cumulative, "velocity": velocity,
        "warming": _warming(grid, pieces), "coefficients": coefficients,
        "arrivals": arrivals, "drift": drift,
    }  # fmt: skip


class FaceTable:
    """The faces of each copy's grid as arrays on the device.

    kind : int32 [copies, face]
    thermal_speed : (2 k T / m_s)^(1/2) [copies, face, species] [m/s], where the face starts
    cumulative : of the re-emission probabilities [copies, face, species]
    velocity : of the wall along the two axes that follow the normal [copies, face, 2] [m/s]
    warming : pieces of the wall's temperature: where each begins [m], T there over the first, its change a
        metre [copies, face, piece, 3]
    coefficients : of accommodation or sticking, of accommodation along the wall, of transmission, of
        rotational and of vibrational accommodation [copies, face, species, 5]
    arrivals : simulated molecules emitted a second [copies, face, species] (open faces)
    drift : bulk velocity of what they send in, along x, y, z [copies, face, 3] [m/s]
    """

    kind: Any
    thermal_speed: Any
    cumulative: Any
    velocity: Any
    warming: Any
    coefficients: Any
    arrivals: Any
    drift: Any

    def __init__(self, grids: Sequence[Grid], gas: Mixture, weights: Sequence[Any], device: Device) -> None:
        pieces = max(map(_pieces, grids))
        copies = [_numbers(grid, gas, weight, pieces) for grid, weight in zip(grids, weights, strict=True)]
        for name in copies[0]:
            setattr(self, name, device.put(np.stack([copy[name] for copy in copies])))
        kinds = device.fetch(self.kind)
        self.has_open = bool(np.any((kinds == surfaces.OPEN) | (kinds == surfaces.EVAPORATING)))

    @property
    def arrays(self) -> tuple[Any, ...]:
        """What the flight kernels read, in their order."""
        return self.kind, self.thermal_speed, self.cumulative, self.velocity, self.warming, self.coefficients
