"""Reverse non-equilibrium: fluxes of heat and momentum imposed by swapping velocities between two slabs.

Sources: F. Mueller-Plathe, J. Chem. Phys. 106 (1997) 6082 (heat); Phys. Rev. E 59 (1999) 4894 (momentum).
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import device, kernel
from knudsen.md.couplings.slabs import slab_of
from knudsen.md.intake import whole
from knudsen.md.parts import claim
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import AXES, axis_number

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

ENERGY = 3
NOBODY = -1
ANY_SPECIES = -1


@dataclass(frozen=True)
class VelocitySwap:
    """Two atoms of two slabs swap velocities every so many steps, which carries energy or momentum over.

    For energy, the fastest atom of the first slab and the slowest of the middle slab swap velocities: the
    first slab becomes cold.  For momentum along an axis, the lowest such component in the first slab and the
    highest in the middle slab are swapped.  The fluid carries it back: in a steady state the flux is half of
    what was moved, by time and area, to either side.  Atoms of one mass swap, so that total momentum and
    energy stay as they are; no swap is made that would carry the other way.

    Arguments
    ---------
    carries : 'energy', or the component of the momentum, 'x', 'y' or 'z'
    every : steps between swaps
    slabs : even number of slabs in the box, of which the first and the one that begins in the middle swap
    axis : 'x', 'y' or 'z' (or 0, 1, 2), of the gradient, another than that of the momentum
    species : whose atoms swap; left out, all, which must then be of one mass
    state : what a run changes

    Raises
    ------
    ValueError : an odd number of slabs, axes that are the same; when bound, masses that differ.

    Sources: Mueller-Plathe (1997, 1999).
    """

    carries: str
    every: int
    slabs: int = 20
    axis: str = "z"
    species: int | None = None
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "every", whole(self.every, "number of steps between swaps", 1))
        object.__setattr__(self, "slabs", whole(self.slabs, "number of slabs", 4))
        axis = AXES[axis_number(self.axis)]
        if self.slabs % 2:
            raise ValueError(f"the number of slabs must be even, for one to be the middle, got {self.slabs}")
        if self.carries not in ("energy", *AXES) or self.carries == axis:
            raise ValueError(
                f"a swap carries 'energy' or momentum along an axis other than {axis!r}, got {self.carries!r}"
            )

    def bind(self, sim: "Simulation") -> None:
        """Begin with nothing moved."""
        claim(self, sim)
        if not sim.domain.periodic[axis_number(self.axis)]:
            raise ValueError(f"swaps need a periodic box along {self.axis!r}: choose another axis")
        xp, put, width = sim.device.xp, sim.device.put, 1 / self.slabs
        self.state.update(
            mass=self._mass(sim),
            lows=put(np.array([0.0, 0.5])),
            widths=put(np.array([width, width])),
            chosen=xp.zeros((sim.lanes.count, 2), np.int64),
            moved=xp.zeros(sim.copies),
            swaps=xp.zeros(sim.copies, np.int64),
        )

    def arrays(self) -> dict[str, Any]:
        """What was moved and how often [copies]."""
        return {name: self.state[name] for name in ("moved", "swaps")}

    def describe(self) -> str:
        """Its parameters."""
        return repr(self)

    def before(self, sim: "Simulation") -> None:
        """Nothing: it acts at the end of a step."""

    def after(self, sim: "Simulation") -> None:
        """A swap, where it is due."""
        if sim.step % self.every:
            return
        atoms, lanes, state = sim.atoms, sim.lanes, self.state
        what = ENERGY if self.carries == "energy" else AXES.index(self.carries)
        kind = ANY_SPECIES if self.species is None else self.species
        choose_atoms(
            lanes.count, lanes.edges, lanes.copy, atoms.id, atoms.position, atoms.velocity, sim.lengths,
            axis_number(self.axis), state["lows"], state["widths"], kind, what, state["chosen"],
        )  # fmt: skip
        swap_velocities(
            sim.copies, lanes.of_copy, state["chosen"], atoms.id, atoms.velocity, what, state["mass"],
            state["moved"], state["swaps"],
        )  # fmt: skip

    def moved(self, sim: "Simulation") -> np.ndarray[Any, Any]:
        """What was moved so far [copies].

        Energy from the first slab to the middle one [epsilon], or momentum the other way [sqrt(m epsilon)].
        """
        return sim.device.fetch(self.state["moved"])

    def swaps(self, sim: "Simulation") -> np.ndarray[Any, Any]:
        """Swaps so far [copies]."""
        return sim.device.fetch(self.state["swaps"])

    def energy(self, sim: "Simulation") -> np.ndarray[Any, Any]:
        """Nothing is given or taken [copies]."""
        return np.zeros(sim.copies)

    def _mass(self, sim: "Simulation") -> float:
        kinds = range(sim.species_count)
        if self.species is not None and self.species not in kinds:
            raise ValueError(f"species {self.species!r} is none of 0 to {sim.species_count - 1}")
        masses = {float(sim.masses[kind]) for kind in kinds if self.species in (None, kind)}
        if len(masses) > 1 or np.inf in masses:
            raise ValueError(
                f"swaps of atoms of masses {sorted(masses)} do not conserve momentum and energy: name a "
                "species"
            )
        return masses.pop()


@device
def rank(velocity: Any, slot: int, what: int) -> float:
    """What the first slab gives its highest of and the middle slab its lowest: v^2, or -v along an axis.

    what : ENERGY, or 0, 1, 2 of the axis
    """
    if what < ENERGY:
        return -np.float64(velocity[3 * slot + what])
    square = 0.0
    for d in range(3):
        v = np.float64(velocity[3 * slot + d])
        square += v * v
    return square


@device
def goes_before(one: int, other: int, slab: int, velocity: Any, what: int, id: Any) -> Any:
    """Whether an atom rather than another is to be swapped; the lower id settles a tie."""
    if other < 0:
        return True
    a, b = rank(velocity, one, what), rank(velocity, other, what)
    if a == b:
        return id[one] < id[other]
    return a > b if slab == 0 else a < b


@kernel
def choose_atoms(
    lane: int, edges: Any, copy: Any, id: Any, position: Any, velocity: Any, lengths: Any, axis: int,
    lows: Any, widths: Any, kind: int, what: int, chosen: Any,
) -> None:  # fmt: skip
    """The slots of one lane's atoms to be swapped in the first and in the middle slab, or nobody's."""
    length = lengths[3 * copy[lane] + axis]
    first, middle = NOBODY, NOBODY
    for i in range(edges[lane], edges[lane + 1]):
        slab = slab_of(position[np.uint64(PACK * i + axis)] / length, lows, widths)
        if kind == ANY_SPECIES or kind == np.int64(position[np.uint64(PACK * i + 3)]):
            if slab == 0 and goes_before(i, first, slab, velocity, what, id):
                first = i
            if slab == 1 and goes_before(i, middle, slab, velocity, what, id):
                middle = i
    chosen[lane, 0] = first
    chosen[lane, 1] = middle


@kernel
def swap_velocities(
    copy: int, of_copy: Any, chosen: Any, id: Any, velocity: Any, what: int, mass: float, moved: Any,
    swaps: Any,
) -> None:  # fmt: skip
    """Swap what the atoms chosen in a copy carry."""
    first, middle = NOBODY, NOBODY
    for lane in range(of_copy[copy], of_copy[copy + 1]):
        one, other = chosen[lane, 0], chosen[lane, 1]
        if one >= 0 and goes_before(one, first, 0, velocity, what, id):
            first = one
        if other >= 0 and goes_before(other, middle, 1, velocity, what, id):
            middle = other
    if first < 0 or middle < 0:
        return
    carried = rank(velocity, first, what) - rank(velocity, middle, what)
    if carried > 0.0:
        moved[copy] += mass * carried * (0.5 if what == ENERGY else 1.0)
        swaps[copy] += 1
        for d in range(3):
            if what in (ENERGY, d):
                kept = velocity[3 * first + d]
                velocity[3 * first + d] = velocity[3 * middle + d]
                velocity[3 * middle + d] = kept
