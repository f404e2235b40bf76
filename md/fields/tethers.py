"""Harmonic tethers of chosen atoms to their sites: atomistic walls that vibrate."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.fields.field import UNWRAPPED, Array, atom_place
from knudsen.md.intake import finite
from knudsen.md.parts import claim

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation


@dataclass(eq=False, repr=False)
class Tethers:
    """Springs between atoms and their sites::

        V = k |r - r_site|^2 / 2,    F = -k (r - r_site)

    Places count the boxes crossed, so that a tether holds across a periodic face.  Sites stay where they are
    when the box changes.

    Arguments
    ---------
    atoms : [tethered], numbers of the atoms in the arrays given, the same in every copy
    stiffness : k, one number or [tethered] [epsilon/sigma^2]
    sites : [tethered, 3], or [copies, tethered, 3] [sigma]; left out, where the atoms are at the start

    Raises
    ------
    ValueError : atoms that are not there or named twice, a stiffness that is not positive
    """

    atoms: Any
    stiffness: Any
    sites: Any = None
    conserves_momentum = False

    def __post_init__(self) -> None:
        self._atoms = np.array(self.atoms)
        count = self._atoms.size
        if self._atoms.ndim != 1 or not count or not np.issubdtype(self._atoms.dtype, np.integer):
            raise ValueError(f"atoms to tether are whole numbers [any], got {self.atoms!r}")
        if len(np.unique(self._atoms)) != count:
            raise ValueError("an atom is tethered once; some are named twice")
        stiffness = finite(self.stiffness, ((), (count,)), "the stiffness of tethers")
        if not (stiffness > 0).all():
            raise ValueError(f"the stiffness of tethers must be positive, got {self.stiffness!r}")
        self._stiffness = np.broadcast_to(stiffness, (count,))

    def bind(self, sim: "Simulation") -> None:
        """Find the atoms and their sites.  Raises ValueError for atoms that a copy has not."""
        claim(self, sim)
        sizes = np.diff(sim.atoms.first)
        if not 0 <= self._atoms.min() <= self._atoms.max() < sizes.min():
            raise ValueError(
                f"atoms to tether run from {self._atoms.min()} to {self._atoms.max()}, "
                f"but a copy has {sizes.min()} atoms, counted from 0"
            )
        ids = (sim.atoms.first[:-1, None] + self._atoms).ravel()
        stiffness, sites = np.zeros(sim.atoms.count), np.zeros((sim.atoms.count, 3))
        stiffness[ids] = np.tile(self._stiffness, sim.copies)
        sites[ids] = self._places(sim, ids)
        self._stiff = sim.device.put(stiffness)
        self._sites = sim.device.put(sites.ravel())

    def _places(self, sim: "Simulation", ids: Array) -> Array:
        if self.sites is None:
            return sim.atoms.unwrapped(sim.box_lengths)[ids]
        shape = (len(self._atoms), 3)
        sites = finite(self.sites, (shape, (sim.copies, *shape)), "the sites of tethers")
        return np.broadcast_to(sites, (sim.copies, *shape)).reshape(-1, 3)

    def arrays(self) -> dict[str, Any]:
        """The sites [3 atoms]: they are those of the start, which a restored run no longer has."""
        return {"sites": self._sites}

    def describe(self) -> str:
        """Which atoms, and how stiffly."""
        digest = hashlib.sha256(self._atoms.astype(np.int64).tobytes() + self._stiffness.tobytes())
        return f"Tethers({len(self._atoms)} atoms, #{digest.hexdigest()[:12]})"

    def add_forces(self, sim: "Simulation") -> None:
        """Add the springs' forces."""
        atoms = sim.atoms
        add_tethers(
            atoms.count, atoms.copy, atoms.id, atoms.position, atoms.image, sim.lengths, self._stiff,
            self._sites, atoms.force,
        )  # fmt: skip

    def energy(self, sim: "Simulation") -> Array:
        """Energy of all springs [copies], in epsilon."""
        atoms, lanes = sim.atoms, sim.lanes
        sums = sim.device.xp.zeros((lanes.count, 1))
        sum_tethers(
            lanes.count, lanes.edges, lanes.copy, atoms.id, atoms.position, atoms.image, sim.lengths,
            self._stiff, self._sites, sums,
        )  # fmt: skip
        return sim.device.fetch(lanes.sum(sums))[:, 0]


@device_function
def stretch(i: int, own: int, id: int, position: Any, image: Any, lengths: Any, sites: Any) -> Any:
    """From the site of the atom of slot i and number id to the atom [sigma]; sites : [3 atoms], by number."""
    x, y, z = atom_place(i, position, image, lengths, own, (UNWRAPPED, UNWRAPPED, UNWRAPPED))
    site = np.uint64(3) * np.uint64(id)
    return x - sites[site], y - sites[site + np.uint64(1)], z - sites[site + np.uint64(2)]


@kernel
def add_tethers(
    i: int, copy: Any, ids: Any, position: Any, image: Any, lengths: Any, stiffness: Any, sites: Any,
    force: Any,
) -> None:  # fmt: skip
    """Add the force of an atom's spring."""
    k = stiffness[ids[i]]
    if k > 0.0:
        dx, dy, dz = stretch(np.uint64(i), copy[i], ids[i], position, image, lengths, sites)
        along = np.uint64(3 * i)
        force[along] -= k * dx
        force[along + np.uint64(1)] -= k * dy
        force[along + np.uint64(2)] -= k * dz


@kernel
def sum_tethers(
    lane: int, edges: Any, copy: Any, ids: Any, position: Any, image: Any, lengths: Any, stiffness: Any,
    sites: Any, sums: Any,
) -> None:  # fmt: skip
    """Energy of the springs of one lane."""
    total = 0.0
    for i in range(edges[lane], edges[lane + 1]):
        k = stiffness[ids[i]]
        if k > 0.0:
            dx, dy, dz = stretch(np.uint64(i), copy[lane], ids[i], position, image, lengths, sites)
            total += 0.5 * k * (dx * dx + dy * dy + dz * dz)
    sums[lane, 0] = total
