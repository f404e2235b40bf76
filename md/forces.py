"""Pair forces over the full list, and energy and virial where they are asked for."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from knudsen.core.kernels import Kernel, kernel
from knudsen.core.shapes import Shape
from knudsen.md.atoms import PACK
from knudsen.md.cutoff import cut_form
from knudsen.md.neighbours import NeighbourList
from knudsen.md.pairs import PARAMETERS, PairTable

# Energy and the virial's xx, yy, zz, xy, xz, yz of one atom.
MEASURES = 7
KERNELS_KEPT = 64


class ForceKernels(NamedTuple):
    """Kernels of one cut shape: forces of a pure fluid, of a mixture, and energy and virial."""

    pure: Kernel
    mixture: Kernel
    measured: Kernel


class PairForces:
    """The forces of a pair table on the atoms of a list."""

    def __init__(self, table: PairTable, listed: NeighbourList) -> None:
        self.table, self.listed = table, listed
        self.kernels = force_kernels(table.shape, table.form)
        self._parameters = listed.device.put(table.parameters())
        self._measures: Any = None

    def compute(self) -> None:
        """Write the forces alone."""
        chosen = self.kernels.pure if self.table.species == 1 else self.kernels.mixture
        chosen(*self._arguments())

    def measure(self) -> tuple[float, np.ndarray[Any, Any]]:
        """Potential energy and virial tensor, the sum over pairs of r_a F_b [3, 3].

        The forces stay as they are: in another order of sums, measuring would change a run's last bits.
        """
        if self._measures is None:
            self._measures = self.listed.device.xp.zeros(MEASURES * self.listed.atoms.count)
        self.kernels.measured(*self._arguments()[:-1], self._measures)
        energy, xx, yy, zz, xy, xz, yz = self.listed.device.fetch(
            self._measures.reshape(-1, MEASURES).sum(axis=0)
        )
        return float(energy), np.array([[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]])

    def _arguments(self) -> tuple[Any, ...]:
        listed, atoms = self.listed, self.listed.atoms
        rows = (listed.neighbours, listed.stride, listed.counts)
        return atoms.count, atoms.position, *rows, self._parameters, self.table.species, atoms.force


@lru_cache(maxsize=KERNELS_KEPT)
def force_kernels(shape: Shape, form: str) -> ForceKernels:
    """The kernels of a shape in one of the forms of its cut."""
    cut_energy, cut_force = cut_form(shape, form)

    @kernel
    def pure_forces(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        force: Any,
    ) -> None:  # fmt: skip
        me = np.uint64(PACK * i)
        x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
        inverse2, scale, cutoff2 = parameters[0], parameters[1], parameters[2]
        a, b = parameters[3], parameters[4]
        base = np.uint64(i * stride)
        fx = fy = fz = 0.0
        for k in range(np.uint64(counts[i])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            dx = x - position[j]
            dy = y - position[j + np.uint64(1)]
            dz = z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            pull = scale * cut_force(r2 * inverse2, a, b)
            pull = pull if r2 < cutoff2 else 0.0
            fx += pull * dx
            fy += pull * dy
            fz += pull * dz
        force[3 * i] = fx
        force[3 * i + 1] = fy
        force[3 * i + 2] = fz

    @kernel
    def mixture_forces(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        force: Any,
    ) -> None:  # fmt: skip
        me = np.uint64(PACK * i)
        x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
        row = position[me + np.uint64(3)] * species
        base = np.uint64(i * stride)
        fx = fy = fz = 0.0
        for k in range(np.uint64(counts[i])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            pair = np.uint64(PARAMETERS) * np.uint64(np.int64(row + position[j + np.uint64(3)]))
            dx = x - position[j]
            dy = y - position[j + np.uint64(1)]
            dz = z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
            pull = parameters[pair + np.uint64(1)] * cut_force(r2 * parameters[pair], a, b)
            pull = pull if r2 < parameters[pair + np.uint64(2)] else 0.0
            fx += pull * dx
            fy += pull * dy
            fz += pull * dz
        force[3 * i] = fx
        force[3 * i + 1] = fy
        force[3 * i + 2] = fz

    @kernel
    def measures_of_atom(
        i: int, position: Any, neighbours: Any, stride: int, counts: Any, parameters: Any, species: int,
        measures: Any,
    ) -> None:  # fmt: skip
        me = np.uint64(PACK * i)
        x, y, z = position[me], position[me + np.uint64(1)], position[me + np.uint64(2)]
        row = position[me + np.uint64(3)] * species
        base = np.uint64(i * stride)
        energy = xx = yy = zz = xy = xz = yz = 0.0
        for k in range(np.uint64(counts[i])):
            j = np.uint64(PACK) * np.uint64(neighbours[base + np.uint64(k)])
            pair = np.uint64(PARAMETERS) * np.uint64(np.int64(row + position[j + np.uint64(3)]))
            dx = x - position[j]
            dy = y - position[j + np.uint64(1)]
            dz = z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            if r2 < parameters[pair + np.uint64(2)]:
                a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
                pull = parameters[pair + np.uint64(1)] * cut_force(r2 * parameters[pair], a, b)
                energy += parameters[pair + np.uint64(5)] * cut_energy(r2 * parameters[pair], a, b)
                xx += pull * dx * dx
                yy += pull * dy * dy
                zz += pull * dz * dz
                xy += pull * dx * dy
                xz += pull * dx * dz
                yz += pull * dy * dz
        # Each pair is met from both its atoms.
        slot = MEASURES * i
        measures[slot] = energy / 2
        measures[slot + 1] = xx / 2
        measures[slot + 2] = yy / 2
        measures[slot + 3] = zz / 2
        measures[slot + 4] = xy / 2
        measures[slot + 5] = xz / 2
        measures[slot + 6] = yz / 2

    return ForceKernels(pure_forces, mixture_forces, measures_of_atom)
