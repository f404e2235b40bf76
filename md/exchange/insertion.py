"""The energy that one more atom would have, anywhere in the box."""

from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import Kernel, kernel
from knudsen.core.kernels import device as device_function
from knudsen.core.rng import Stream, draw_words, uniform
from knudsen.md.neighbours.cells import CELLS, PADS, PLACE, ROW
from knudsen.md.potentials.cutoff import CutForm
from knudsen.md.potentials.pairs import PARAMETERS
from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
KERNELS_KEPT = 64
# What rounding could take from the range of a search.
SLACK = 1e-9
STREAM = int(Stream.INSERTION)
# Draws of the stream: Widom's trial places have the first; then come those of each exchange in the order the
# couplings stand: choice, place, velocity.
WIDOM_DRAW, FIRST_EXCHANGE_DRAW, EXCHANGE_DRAWS = 0, 1, 3


def insertion_energies(sim: "Simulation", positions: Any, species: int = 0) -> Array:
    """Potential energy of one more atom at each of some places, pairs as cut and fields included::

        dU = sum_j V(|r - r_j|) + V_fields(r)

    Arguments
    ---------
    positions : [n, 3] for one system, [copies, n, 3] for several [sigma]
    species : number of the atom's species

    Returns
    -------
    [n] or [copies, n], in epsilon; inf behind a wall

    Raises
    ------
    ValueError : places outside the box along an axis that is not periodic; a field without a potential
    """
    check_fields(sim)
    places = np.array(positions, np.float64)
    wanted = 2 if sim.single else 3
    if places.ndim != wanted or places.shape[-1] != 3 or (not sim.single and len(places) != sim.copies):
        raise ValueError(f"places to insert are [n, 3], or [copies, n, 3] for copies, got {places.shape}")
    places = places.reshape(sim.copies, -1, 3)
    lengths = sim.box_lengths[:, None, :]
    places = np.where(sim.domain.periodic, places % lengths, places)
    if not ((places >= 0) & (places <= lengths)).all():
        raise ValueError("places to insert must be finite and lie in the box")
    trials = np.concatenate([places, np.full((*places.shape[:2], 1), float(species))], axis=-1)
    copy = np.repeat(np.arange(sim.copies, dtype=np.int32), places.shape[1])
    energies = trial_energies(sim, sim.device.put(trials.ravel()), sim.device.put(copy))
    found = sim.device.fetch(energies).reshape(places.shape[:2])
    return found[0] if sim.single else found


def check_fields(sim: "Simulation") -> None:
    """Raise ValueError where the energy of one more atom is not defined."""
    if sim.mover.shears:
        raise ValueError("one more atom has no energy of its own in a sheared box: stop the flow")
    for field in sim.fields:
        if not hasattr(field, "energies_at"):
            raise ValueError(f"one more atom has no energy in the field {field.describe()}: leave it out")
        field.check_potential(sim)


def trial_energies(sim: "Simulation", position: Any, copy: Any) -> Any:
    """The energies of `insertion_energies` on the device [trials], in epsilon.

    Arguments
    ---------
    position : float64 [4 trials], x, y, z within the box [sigma], and species
    copy : int32 [trials], the copy that each goes into
    """
    xp, listed = sim.device.xp, sim.neighbours
    energies = xp.zeros(len(copy))
    # A cell holds the atoms that were in it when the list was built; they may have moved since.
    ranges = listed.cutoff * (1 + SLACK) + np.sqrt(sim.moved2)
    insertion_kernel(sim.pairs.law)(
        len(copy), copy, position, sim.device.put(ranges), listed.grids.rows, sim.lengths, *listed.cell_slots,
        sim.atoms.position, sim.device.put(sim.pairs.parameters()), sim.species_count, energies,
    )  # fmt: skip
    return energies + external_energies(sim, position, copy)


def external_energies(sim: "Simulation", position: Any, copy: Any) -> Any:
    """Energy of an atom in all fields at each of some places [trials], in epsilon, on the device.

    It is infinite where a law gives no number: behind a wall, for one.  Arguments as of `trial_energies`.
    """
    energies = sim.device.xp.zeros(len(copy))
    image = sim.device.xp.zeros(3 * len(copy), np.int32)
    for field in sim.fields:
        held = field.energies_at(sim, position, image, copy)
        energies += sim.device.xp.where(sim.device.xp.isnan(held), np.inf, held)
    return energies


def long_range_energies(sim: "Simulation") -> Array:
    """What the cuts leave out of the energy of two atoms in a volume, times that volume [species, species]::

        E = sum_ab N_a N_b U_ab / 2V,    U_ab = 4 pi I_ab

    with the I of `md/potentials/tails.py`, in epsilon sigma^3.
    """
    return np.stack([sim.pairs.long_range(one, 1.0).chemical_potential for one in np.eye(sim.species_count)])


@kernel
def place_trials(
    t: int, trials: int, seeds: Any, step: int, draw: int, lengths: Any, region: Any, species: int,
    position: Any,
) -> None:  # fmt: skip
    """A random place of a trial in a region, to `position` [4 trials].

    trials : of each copy;  draw : of the stream
    region : [6], from and width in parts of the edges along x, y, z;  lengths : [3 copies] [sigma]
    """
    own = t // trials
    words = draw_words(seeds[own], STREAM, t % trials, draw, step)
    for axis in range(3):
        part = region[2 * axis] + uniform(words[axis]) * region[2 * axis + 1]
        position[np.uint64(PACK * t + axis)] = part * lengths[3 * own + axis]
    position[np.uint64(PACK * t + 3)] = species


@device_function
def beyond(cell: int, edge: float, place: float) -> float:
    """Distance along an axis from a place to a cell of some edge [sigma]."""
    return max(0.0, max(cell * edge - place, place - (cell + 1) * edge))


@device_function
def span(place: float, reach: float, edge: float, cells: int, pads: int) -> Any:
    """First and last cell within reach along an axis, image cells included."""
    return max(floor((place - reach) / edge), -pads), min(floor((place + reach) / edge), cells + pads - 1)


@lru_cache(maxsize=KERNELS_KEPT)
def insertion_kernel(law: CutForm) -> Kernel:
    """The kernel that sums the pair energy of a trial atom, by the cells of the neighbour search.

    Its arguments, beside those of the cells: `trial` [4 trials], `copy` [trials]; `ranges` [copies], how far
    from a trial an atom's cell can be [sigma]; `energies` [trials] [epsilon], which it writes.
    """
    energy_of = law.energy

    @device_function
    def cell_energy(
        first: int, end: int, x: float, y: float, z: float, kind: int, position: Any, parameters: Any
    ) -> float:
        total = 0.0
        for k in range(first, end):
            j = np.uint64(PACK) * np.uint64(k)
            dx, dy, dz = x - position[j], y - position[j + np.uint64(1)], z - position[j + np.uint64(2)]
            r2 = dx * dx + dy * dy + dz * dz
            pair = np.uint64(PARAMETERS * (kind + np.int64(position[j + np.uint64(3)])))
            if r2 < parameters[pair + np.uint64(2)]:
                a, b = parameters[pair + np.uint64(3)], parameters[pair + np.uint64(4)]
                total += parameters[pair + np.uint64(5)] * energy_of(r2 * parameters[pair], a, b)
        return total

    @kernel
    def pair_energies(
        t: int, copy: Any, trial: Any, ranges: Any, rows: Any, lengths: Any, starts: Any, ends: Any,
        position: Any, parameters: Any, species: int, energies: Any,
    ) -> None:  # fmt: skip
        own, at = copy[t], np.uint64(PACK * t)
        row, box = ROW * own, 3 * own
        x, y, z = trial[at], trial[at + np.uint64(1)], trial[at + np.uint64(2)]
        kind = np.int64(trial[at + np.uint64(3)]) * species
        nx, ny, nz = rows[row + CELLS], rows[row + CELLS + 1], rows[row + CELLS + 2]
        px, py, pz = rows[row + PADS], rows[row + PADS + 1], rows[row + PADS + 2]
        ex, ey, ez = lengths[box] / nx, lengths[box + 1] / ny, lengths[box + 2] / nz
        reach = ranges[own]
        low_z, high_z = span(z, reach, ez, nz, pz)
        low_y, high_y = span(y, reach, ey, ny, py)
        low_x, high_x = span(x, reach, ex, nx, px)
        total = 0.0
        for cz in range(low_z, high_z + 1):
            left_z = reach * reach - beyond(cz, ez, z) ** 2
            for cy in range(low_y, high_y + 1):
                left_y = left_z - beyond(cy, ey, y) ** 2
                line = rows[row + PLACE] + ((cz + pz) * (ny + 2 * py) + cy + py) * (nx + 2 * px) + px
                for cx in range(low_x, high_x + 1):
                    if beyond(cx, ex, x) ** 2 <= left_y:
                        first, end = starts[line + cx], ends[line + cx]
                        total += cell_energy(first, end, x, y, z, kind, position, parameters)
        energies[t] = total

    return pair_energies
