"""Pair forces over the full list, and energy and virial where they are asked for.

In double precision pairs are taken from the float64 positions.  In mixed and single precision they are taken
in float32 from positions in fixed point: int32 multiples of a small unit, whose differences are exact, so
that a long box costs no digits and the two atoms of a pair pull each other with the very same force.
"""

import math
from functools import lru_cache
from typing import Any

import numpy as np

from knudsen.core.kernels import Kernel, kernel
from knudsen.core.kernels import device as device_function
from knudsen.md.neighbours.cells import image_shift
from knudsen.md.neighbours.lists import NeighbourList
from knudsen.md.neighbours.search_kernels import FILL
from knudsen.md.potentials.cutoff import CutForm
from knudsen.md.potentials.pairs import PARAMETERS, PairTable
from knudsen.md.state.atoms import PACK
from knudsen.md.state.lanes import Lanes

# Energy and the virial's xx, yy, zz, xy, xz, yz of one atom.
MEASURES = 7
KERNELS_KEPT = 64
# Fixed-point positions reach over the box, its images and what a box may grow before the next list.
FIXED_SPAN = 2.0
# The place of the atom that fills rows up, half a span beyond all others.
FIXED_NOWHERE = 3 << 29
LONG_ROW = 16


class PairForces:
    """The forces of a pair table on the atoms of a list.

    Arguments
    ---------
    table : the pair potentials;  listed : the neighbours
    precision : 'double'; in 'mixed' and 'single' the pairs' forces and their sum are float32
    """

    def __init__(self, table: PairTable, listed: NeighbourList, precision: str) -> None:
        self.table, self.listed = table, listed
        self.fixed = precision != "double"
        self._kernel = force_kernel(table.law, table.species > 1, precision)
        self._measure = measure_kernel(table.law, table.species > 1)
        device = listed.device
        self._parameters = device.put(table.parameters())
        self._real = device.put(table.parameters().astype(np.float32 if self.fixed else np.float64))
        self.measures = device.xp.zeros(MEASURES * listed.atoms.count)
        self._place = device.xp.zeros(0, np.int32)
        self._units: tuple[Any, Any] | None = None
        self._edges = np.zeros(0)
        self._lanes = Lanes(listed.atoms.first, device)

    def compute(self, inverse_mass: Any, kick_duration: float = 0.0) -> None:
        """Write the forces of all pairs and let them act for a while; images must have followed their atoms.

        Arguments
        ---------
        inverse_mass : 1 / m by species [species]
        kick_duration : of the kick dv = F dt / m [sigma sqrt(m/epsilon)]: where nothing but pairs pulls, a
            kick in the same pass saves one over all atoms
        """
        atoms = self.listed.atoms
        place, units = self._fixed_places() if self.fixed else (atoms.position, self._real)
        self._kernel(
            atoms.count, atoms.copy, place, units, *self._rows(), self._real, self.table.species, atoms.force,
            atoms.velocity, inverse_mass, kick_duration,
        )  # fmt: skip

    def measure(self) -> None:
        """Write half the pair energy and half the virial r F of each atom to `measures`, float64 [7 atoms].

        ::

            E_i = sum_j V(r_ij) / 2,    W_i = sum_j r_ij F_ij / 2   (xx, yy, zz, xy, xz, yz)

        A pass of its own, always in float64: in another order of sums, measuring would change the last bits
        of the forces, and with them a run.
        """
        atoms = self.listed.atoms
        self._measure(
            atoms.count, atoms.position, *self._rows(), self._parameters, self.table.species, self.measures
        )

    def _rows(self) -> tuple[Any, ...]:
        return self.listed.neighbours, self.listed.stride, self.listed.counts

    def _fixed_places(self) -> tuple[Any, Any]:
        """Positions of atoms and images in fixed point, int32 [4 slots], and the unit of each copy."""
        listed, atoms = self.listed, self.listed.atoms
        if len(self._place) < len(atoms.position):
            self._place = listed.device.xp.zeros(len(atoms.position), np.int32)
        units, rounded_units = self._fixed_units()
        grids = listed.grids
        lanes = self._lanes
        fix_atoms(lanes.count, lanes.edges, lanes.copy, atoms.position, units, self._place)
        fix_images(
            grids.image_count, self._place, grids.image, grids.source, grids.image_copy, grids.turns,
            listed.domain.lengths, listed.domain.offset, units, *listed.cell_slots,
        )  # fmt: skip
        at = PACK * atoms.count
        self._place[at : at + 3] = FIXED_NOWHERE
        return self._place.view(np.uint64), rounded_units

    def _fixed_units(self) -> tuple[Any, Any]:
        """The unit of fixed point of each copy [sigma], in float64 and in float32; both hold it exactly."""
        edges = self.listed.domain.host_lengths()
        if self._units is None or not np.array_equal(edges, self._edges):
            span = FIXED_SPAN * (edges.max(axis=1) + 2 * self.listed.reach)
            units = self.listed.device.put(2.0 ** np.ceil(np.log2(span / 2**31)))
            self._units, self._edges = (units, units.astype(np.float32)), edges
        return self._units


@kernel
def fix_atoms(lane: int, edges: Any, copy: Any, position: Any, units: Any, place: Any) -> None:
    """Positions and species of one lane's atoms in fixed point."""
    # The unit is a power of two, and so is its inverse.
    inverse = 1.0 / units[copy[lane]]
    for i in range(np.uint64(edges[lane]), np.uint64(edges[lane + 1])):
        at = np.uint64(PACK) * np.uint64(i)
        place[at] = math.floor(position[at] * inverse + 0.5)
        place[at + np.uint64(1)] = math.floor(position[at + np.uint64(1)] * inverse + 0.5)
        place[at + np.uint64(2)] = math.floor(position[at + np.uint64(2)] * inverse + 0.5)
        place[at + np.uint64(3)] = position[at + np.uint64(3)]


@kernel
def fix_images(
    c: int, place: Any, image: Any, source: Any, copy: Any, turns: Any, lengths: Any, offset: Any,
    units: Any, starts: Any, ends: Any,
) -> None:  # fmt: skip
    """Images of one image cell in fixed point: a whole number of units from their atoms."""
    first, unit, own = starts[source[c]], units[copy[c]], copy[c]
    here, there = np.uint64(PACK * starts[image[c]]), np.uint64(PACK * first)
    shift_x = np.int32(math.floor(image_shift(c, 0, turns, lengths, offset, own) / unit + 0.5))
    shift_y = np.int32(math.floor(image_shift(c, 1, turns, lengths, offset, own) / unit + 0.5))
    shift_z = np.int32(math.floor(image_shift(c, 2, turns, lengths, offset, own) / unit + 0.5))
    for k in range(ends[source[c]] - first):
        step = np.uint64(PACK * k)
        place[here + step] = place[there + step] + shift_x
        place[here + step + np.uint64(1)] = place[there + step + np.uint64(1)] + shift_y
        place[here + step + np.uint64(2)] = place[there + step + np.uint64(2)] + shift_z
        place[here + step + np.uint64(3)] = place[there + step + np.uint64(3)]


@device_function
def filled(count: Any) -> Any:
    """Length of a row with what it is filled up with, for rows so long that an odd end costs more."""
    length = np.uint64(count)
    if length > np.uint64(LONG_ROW):
        length = (length + np.uint64(FILL - 1)) // np.uint64(FILL) * np.uint64(FILL)
    return length


@device_function
def float_place(place: Any, slot: Any) -> Any:
    """x, y, z and species of a slot, in float64."""
    at = np.uint64(PACK) * np.uint64(slot)
    return place[at], place[at + np.uint64(1)], place[at + np.uint64(2)], place[at + np.uint64(3)]


@device_function
def fixed_place(words: Any, slot: Any) -> Any:
    """x, y, z and species of a slot, in fixed point: two in a word, which takes half the loads."""
    at, half = np.uint64(2) * np.uint64(slot), np.uint64(32)
    xy, zs = words[at], words[at + np.uint64(1)]
    return np.int32(xy), np.int32(xy >> half), np.int32(zs), np.int32(zs >> half)


@device_function
def float_difference(here: Any, there: Any, unit: Any) -> Any:
    """here - there."""
    return here - there


@device_function
def fixed_difference(here: Any, there: Any, unit: Any) -> Any:
    """(here - there) unit of two numbers in fixed point, exact before it is rounded to float32."""
    return np.float32(np.int32(here - there)) * unit


@lru_cache(maxsize=KERNELS_KEPT)
def force_kernel(law: CutForm, mixture: bool, precision: str) -> Kernel:
    """The kernel that sums the forces on an atom, for the law of the pairs and a precision."""
    cut_force = law.force
    fixed = precision != "double"
    difference = fixed_difference if fixed else float_difference
    place_of = fixed_place if fixed else float_place
    real = np.float32 if fixed else np.float64

    @kernel
    def pair_forces(
        i: int, copy: Any, place: Any, units: Any, neighbours: Any, stride: int, counts: Any, parameters: Any,
        species: int, force: Any, velocity: Any, inverse_mass: Any, duration: float,
    ) -> None:  # fmt: skip
        unit = real(units[np.uint64(copy[np.uint64(i)])]) if fixed else real(0)
        x, y, z, own = place_of(place, i)
        base = np.uint64(i * stride)
        pair = np.uint64(0)
        inverse2, scale, cutoff2 = parameters[0], parameters[1], parameters[2]
        a, b = parameters[3], parameters[4]
        zero = real(0)
        fx = fy = fz = zero
        # To the end of what is filled up: a number of pairs that is no multiple would be slower.
        for k in range(filled(counts[np.uint64(i)])):
            there_x, there_y, there_z, other = place_of(place, neighbours[base + np.uint64(k)])
            if mixture:
                pair = np.uint64(PARAMETERS) * np.uint64(np.int64(own) * species + np.int64(other))
                inverse2, scale = parameters[pair], parameters[pair + np.uint64(1)]
                cutoff2 = parameters[pair + np.uint64(2)]
                a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
            dx = difference(x, there_x, unit)
            dy = difference(y, there_y, unit)
            dz = difference(z, there_z, unit)
            r2 = dx * dx + dy * dy + dz * dz
            pull = scale * cut_force(r2 * inverse2, a, b)
            pull = pull if r2 < cutoff2 else zero
            fx += pull * dx
            fy += pull * dy
            fz += pull * dz
        at = np.uint64(3 * i)
        force[at] = fx
        force[at + np.uint64(1)] = fy
        force[at + np.uint64(2)] = fz
        push = duration * inverse_mass[np.uint64(own)]
        velocity[at] += push * fx
        velocity[at + np.uint64(1)] += push * fy
        velocity[at + np.uint64(2)] += push * fz

    return pair_forces


@lru_cache(maxsize=KERNELS_KEPT)
def measure_kernel(law: CutForm, mixture: bool) -> Kernel:
    """The kernel that sums half the energy and half the virial of an atom's pairs."""
    cut_energy, cut_force = law

    @kernel
    def measures_of_atom(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        measures: Any,
    ) -> None:  # fmt: skip
        x, y, z, own = float_place(position, i)
        base = np.uint64(i * stride)
        pair = np.uint64(0)
        inverse2, scale, cutoff2 = parameters[0], parameters[1], parameters[2]
        a, b, depth = parameters[3], parameters[4], parameters[5]
        energy = xx = yy = zz = xy = xz = yz = 0.0
        for k in range(filled(counts[np.uint64(i)])):
            there_x, there_y, there_z, other = float_place(position, neighbours[base + np.uint64(k)])
            if mixture:
                pair = np.uint64(PARAMETERS) * np.uint64(np.int64(own) * species + np.int64(other))
                inverse2, scale = parameters[pair], parameters[pair + np.uint64(1)]
                cutoff2 = parameters[pair + np.uint64(2)]
                a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
                depth = parameters[pair + np.uint64(5)]
            dx, dy, dz = x - there_x, y - there_y, z - there_z
            r2 = dx * dx + dy * dy + dz * dz
            within = r2 < cutoff2
            pull = scale * cut_force(r2 * inverse2, a, b)
            pull = pull if within else 0.0
            held = depth * cut_energy(r2 * inverse2, a, b)
            energy += held if within else 0.0
            xx += pull * dx * dx
            yy += pull * dy * dy
            zz += pull * dz * dz
            xy += pull * dx * dy
            xz += pull * dx * dz
            yz += pull * dy * dz
        # Each pair is met from both its atoms.
        slot = np.uint64(MEASURES * i)
        halves = (energy / 2, xx / 2, yy / 2, zz / 2, xy / 2, xz / 2, yz / 2)
        for column in range(MEASURES):
            measures[slot + np.uint64(column)] = halves[column]

    return measures_of_atom
