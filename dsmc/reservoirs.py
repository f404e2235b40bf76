"""Reservoirs that adapt what they send in: net fluxes, a composition or a pressure held at a face.

A face of held fluxes or composition keeps an account of each species: what arrives is credited, the asked net
flux too, and whole molecules are paid out; the net number is met to within a molecule, whatever the gas does.
Compositions and pressures are held in the cells along the face by integral control: what is sent in follows
the sum of what was amiss, so that the mean is met however the gas answers.
"""

import warnings
from math import erfc, exp, pi, sqrt
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.core.kernels import kernel
from knudsen.core.particles import Particles
from knudsen.dsmc.boundaries import CompositionReservoir, FluxReservoir, PressureReservoir
from knudsen.dsmc.domains.grid import Face, Grid, GridArrays
from knudsen.dsmc.face_table import FaceTable

# Times in which a control forgets and answers, in flights through a cell along the face at the slowest
# thermal speed; four to one keeps the two together from ringing.
MEMORY, ANSWER = 10.0, 40.0
# Where the slow memory of the velocity begins, and how much slower it is.  The scatter of that mean counts as
# heat: by 0.11 % of a pressure with 50 molecules along the face when it was 5 times slower.
SLOW, SLOWNESS, SEEN = 5, 50.0, 9
GREATEST_FACTOR = 10.0
MOST_OWED, MOST_OWED_STEPS = 200.0, 200.0


def held_faces(grid: Grid) -> list[int]:
    """Numbers of the faces whose reservoirs adapt."""
    kinds = FluxReservoir | CompositionReservoir | PressureReservoir
    return [number for number, face in enumerate(grid.faces) if isinstance(face.boundary, kinds)]


def reservoir_faults(grid: Grid) -> list[str]:
    """Reservoirs that adapt and whose face is not free."""
    return [
        f"{grid.faces[number].name}: a block stands before a reservoir that adapts what it sends in"
        for number in held_faces(grid)
        if any(_stands_before(low, high, grid.faces[number]) for low, high in grid.solid)
    ]


def _stands_before(low: tuple[float, ...], high: tuple[float, ...], face: Face) -> bool:
    """Whether a block lies along a face; a membrane, of no thickness, may run up to it."""
    is_block = all(first < last for first, last in zip(low, high, strict=True))
    return is_block and low[face.axis] <= face.at <= high[face.axis]


@kernel
def observe(
    item: int, vx: Any, vy: Any, vz: Any, starts: Any, cells: Any, parts: int, masses: Any, seen: Any
) -> None:
    """Number of each species, then mass, momentum (3) and m v^2 of all, in a cell along a held face.

    masses : [species], times what a molecule of each counts
    seen : float64 [copies, cells listed, species + 5], written
    """
    listed, species_count = cells.shape[0], masses.shape[0]
    copy, entry = item // listed, item % listed
    found = seen[copy, entry]
    for k in range(found.shape[0]):
        found[k] = 0.0
    for part in range(cells[entry] * parts, (cells[entry] + 1) * parts):
        for s in range(species_count):
            b = part * species_count + s
            first, end = starts[copy, b], starts[copy, b + 1]
            sx = sy = sz = square = 0.0
            for i in range(first, end):
                x, y, z = float(vx[i]), float(vy[i]), float(vz[i])
                sx += x
                sy += y
                sz += z
                square += x * x + y * y + z * z
            number = float(end - first)
            found[s] += number
            totals = (number, sx, sy, sz, square)
            for k in range(5):
                found[species_count + k] += masses[s] * totals[k]


@kernel
def hold_pressure(
    item: int, faces: Any, target: Any, density: Any, scale: Any, memory: Any, answer: Any,
    axis: Any, inward: Any, thermal_speed: Any, seen: Any, smooth: Any, factor: Any, arrivals: Any,
    drift: Any,
) -> None:  # fmt: skip
    """Let a face send in a Maxwellian with the normal speed of its cells' gas, denser where p is low::

        d ln f / dt = (1 - p / target) / answer,   p = W sum m (v - u)^2 / (3 V)

    target : [held] [Pa], 0 where no pressure is held;  density : n x_s at the target [held, species]
    scale : W / (3 V), and area / W [held, 2]
    memory, answer : dt over these times [held];  seen : [copies, held, species + 5]
    smooth : of mass, momentum and m v^2, then of mass and momentum for u, slower: the scatter of the cells'
        own velocity is heat, and none of it may be taken for flow; then how often [copies, held, 10]
    factor : f [copies, held];  arrivals, drift : of all faces, written for these
    """
    held, species_count = density.shape
    copy, number = item // held, item % held
    if target[number] == 0.0 or seen[copy, number, species_count] == 0.0:
        return
    kept, now = smooth[copy, number], seen[copy, number]
    kept[SEEN] += 1.0
    # Until the slow memory is full it is the mean of all.
    share, slow = memory[number], max(memory[number] / SLOWNESS, 1.0 / kept[SEEN])
    if kept[SEEN] == 1.0:
        share = 1.0
    for k in range(SLOW):
        kept[k] += share * (now[species_count + k] - kept[k])
    for k in range(4):
        kept[SLOW + k] += slow * (now[species_count + k] - kept[SLOW + k])
    face = faces[number]
    inner = kept[4]
    for k in range(3):
        velocity = kept[SLOW + 1 + k] / kept[SLOW]
        inner += velocity * (velocity * kept[0] - 2.0 * kept[1 + k])
        drift[copy, face, k] = velocity if k == axis[face] else 0.0
    pressure = scale[number, 0] * inner
    factor[copy, number] *= exp(answer[number] * (1.0 - pressure / target[number]))
    flow = inward[face] * drift[copy, face, axis[face]]
    for s in range(species_count):
        speed = thermal_speed[copy, face, s]
        ratio = flow / speed
        flux = 0.5 * (exp(-ratio * ratio) / sqrt(pi) + ratio * erfc(-ratio)) * speed
        arrivals[copy, face, s] = factor[copy, number] * density[number, s] * flux * scale[number, 1]


class HeldFaces:
    """The reservoirs of a run that adapt.

    owed : molecules credited and not yet sent in, in units of W real ones [copies, held, species]
    fractions : of the gas that a face of held composition sends in [copies, held, species]
    smooth, factor : a held pressure's memory and answer, see `hold_pressure`
    """

    def __init__(
        self,
        grid: Grid,
        gas: Mixture,
        filled: float,
        weight: float,
        timestep: float,
        copies: int,
        device: Device,
        relative: tuple[float, ...],
    ) -> None:
        self.faces = held_faces(grid)
        self.any = bool(self.faces)
        places = [grid.faces[number] for number in self.faces]
        self._names, self._gas, self._device = [place.name for place in places], gas, device
        self._accounts = [n for n, p in enumerate(places) if not isinstance(p.boundary, PressureReservoir)]
        self._mixed = [n for n, p in enumerate(places) if isinstance(p.boundary, CompositionReservoir)]
        self._pressed = len(self._accounts) < len(places)
        masses, self._weights = np.array(gas.masses), device.put(np.array(relative))
        self._unit = np.array([weight / grid.face_area(place) / timestep for place in places])
        self._set_targets(places, len(gas))
        self._list_cells(grid, places, weight, filled)
        speeds = [np.sqrt(2 * BOLTZMANN * place.boundary.temperature / masses.max()) for place in places]
        flights = np.array([timestep / grid.widths[place.axis] for place in places]) * np.array(speeds)
        self._memory, self._answer = device.put(flights / MEMORY), device.put(flights / ANSWER)
        self._numbers = device.put(np.array(self.faces, np.int64))
        self._masses, self._root_mass = device.put(masses * relative), device.put(np.sqrt(masses))
        zeros = device.xp.zeros
        self.owed = zeros((copies, *self._target.shape))
        self.fractions = self.owed + self._target
        self._seen = zeros((copies, len(self._cells), len(gas) + 5))
        self.smooth = zeros((copies, len(places), SEEN + 1))
        self.factor = zeros((copies, len(places))) + 1.0

    def _set_targets(self, places: list[Face], species: int) -> None:
        """Asked molecules a step and fractions [held, species], pressures and their densities n x_s."""
        asked, target, density = np.zeros((3, len(places), species))
        pressures = np.zeros(len(places))
        for number, place in enumerate(places):
            face = place.boundary
            if isinstance(face, FluxReservoir):
                asked[number] = np.array(face.flux) / self._unit[number]
            elif isinstance(face, CompositionReservoir):
                target[number] = face.composition
                asked[number] = face.flux / self._unit[number] * target[number]
            elif isinstance(face, PressureReservoir):
                pressures[number] = face.pressure
                density[number] = face.pressure / (BOLTZMANN * face.temperature) * np.array(face.composition)
        put = self._device.put
        self._asked, self._target = put(asked), put(target)
        # In molecules as the face sends them in.
        self._pressures, self._density = put(pressures), put(density) / self._weights

    def _list_cells(self, grid: Grid, places: list[Face], weight: float, filled: float) -> None:
        """The sampling cells along each face, one face after the other."""
        numbers = np.arange(grid.cell_count).reshape(grid.cells)
        along = [np.take(numbers, 0 if p.inward > 0 else -1, axis=p.axis).ravel() for p in places]
        self._ends = np.cumsum([0, *(len(cells) for cells in along)]).tolist()
        self._cells = self._device.put(np.concatenate([*along, np.zeros(0, np.int64)]).astype(np.int64))
        volumes = np.array([grid.volumes[cells].sum() for cells in along])
        areas = np.array([grid.face_area(place) for place in places])
        self._nominal = (filled * volumes / weight).tolist()
        self._scale = self._device.put(np.stack([weight / (3 * volumes), areas / weight], axis=-1))
        self._parts = grid.parts

    def pay(self, arrived: Any, emitted: Any) -> None:
        """Credit what arrived [copies, held, species] and what is asked of a step; send in what is owed."""
        if not self._accounts:
            return
        due = arrived * self._weights + self._asked
        for number in self._mixed:
            share = self.fractions[:, number] / self._root_mass
            total = due[:, number].sum(axis=1, keepdims=True)
            due[:, number] = share / share.sum(axis=1, keepdims=True) * total
        self.owed += due
        paid = self._device.xp.floor(self._device.xp.maximum(self.owed, 0.0) / self._weights)
        by_face = emitted.reshape(len(emitted), -1, due.shape[2])
        for number in self._accounts:
            by_face[:, self.faces[number]] = paid[:, number]
        self.owed -= paid * self._weights

    def credit(self, arrived: Any) -> None:
        """Credit what left again in the step in which it came."""
        if self._accounts:
            self.owed += arrived * self._weights

    def follow(self, particles: Particles, starts: Any, faces: FaceTable, places: GridArrays) -> None:
        """Answer to what the cells along the faces hold after a step."""
        if not (self._mixed or self._pressed):
            return
        copies = len(self.owed)
        observe(
            copies * len(self._cells), particles.vx, particles.vy, particles.vz, starts, self._cells,
            self._parts, self._masses, self._seen,
        )  # fmt: skip
        spans = zip(self._ends[:-1], self._ends[1:], strict=True)
        seen = self._device.xp.stack([self._seen[:, a:b].sum(axis=1) for a, b in spans], axis=1)
        self._hold_compositions(seen)
        if self._pressed:
            hold_pressure(
                copies * len(self.faces), self._numbers, self._pressures, self._density, self._scale,
                self._memory, self._answer, places.axis, places.inward, faces.thermal_speed,
                seen, self.smooth, self.factor, faces.arrivals, faces.drift,
            )  # fmt: skip

    def _hold_compositions(self, seen: Any) -> None:
        """dx_s/dt = -2 (N_s - X_s N) / (N_0 answer), N_0 the number that the filling gave the cells."""
        for number in self._mixed:
            counts = seen[:, number, : len(self._gas)] * self._weights
            excess = (counts - self._target[number] * counts.sum(axis=1, keepdims=True)) / self._nominal[
                number
            ]
            moved = self.fractions[:, number] - 2.0 * self._answer[number] * excess
            moved = self._device.xp.maximum(moved, 0.0)
            self.fractions[:, number] = moved / moved.sum(axis=1, keepdims=True)

    def check(self, step: int) -> None:
        """Raise SimulationFault for a flux or pressure, warn of a composition, that cannot be held."""
        weights = self._device.fetch(self._weights)
        owed = self._device.fetch(self.owed) / weights
        asked = self._device.fetch(self._asked) / weights
        most = np.maximum(MOST_OWED, MOST_OWED_STEPS * np.abs(asked))
        for number in self._accounts:
            copy, s = np.unravel_index(np.argmin((owed + most)[:, number]), owed[:, number].shape)
            if owed[copy, number, s] < -most[number, s]:
                flux = -asked[number, s] * weights[s] * self._unit[number]
                raise SimulationFault(
                    f"step {step}: {self._names[number]}: {flux:.4g} m^-2 s^-1 of "
                    f"{self._gas.names[s]} are to go out, but {-owed[copy, number, s]:.0f} "
                    "molecules too few have arrived: ask for less, or begin with more of it there"
                )
        self._check_pressures(step)
        fractions = self._device.fetch(self.fractions)
        for number in self._mixed:
            if fractions[:, number].max() > 1 - 1e-9 and self._device.fetch(self._target)[number].max() < 1:
                warnings.warn(
                    f"step {step}: {self._names[number]}: one species alone is sent in, and the composition "
                    "is not reached: ask for a lesser net flux",
                    RuntimeWarning,
                    stacklevel=3,
                )

    def _check_pressures(self, step: int) -> None:
        """Raise SimulationFault for the pressure that is farthest out of reach."""
        factor = self._device.fetch(self.factor)
        with np.errstate(divide="ignore"):
            amiss = np.abs(np.log(factor))
        if not np.all(amiss < np.log(GREATEST_FACTOR)):
            copy, number = np.unravel_index(np.argmax(amiss), factor.shape)
            found = factor[copy, number]
            wish = "more" if found < 1 else "less"
            raise SimulationFault(
                f"step {step}: {self._names[number]}, copy {copy}: the pressure is not reached with a "
                f"density {found:.3g} times its own: ask for {wish}, or for a flow slower than sound"
            )

    def state(self, faces: FaceTable) -> dict[str, Any]:
        """What a checkpoint holds."""
        if not self.any:
            return {}
        return {
            "owed": self.owed, "fractions": self.fractions, "smooth": self.smooth, "factor": self.factor,
            "arrivals": faces.arrivals, "drift": faces.drift,
        }  # fmt: skip
