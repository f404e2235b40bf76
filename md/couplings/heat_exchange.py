"""Enhanced heat exchange: a heat current of given strength from a cold region into a hot one.

Source: P. Wirnsberger, D. Frenkel and C. Dellago, J. Chem. Phys. 143 (2015) 124104.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.core.kernels import kernel
from knudsen.md.couplings.heat import CountsHeat
from knudsen.md.couplings.slabs import (
    CHANGE,
    FORCE,
    MASS,
    MOMENTUM,
    POWER,
    SUMS,
    Slabs,
    note_change,
    peculiar_energy,
    slab,
    slab_of,
)
from knudsen.md.intake import for_copies, positive_each
from knudsen.md.parts import claim
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import axis_number

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

HOT, COLD = 0, 1
# Steps between looks at whether a region ran out of heat.
CHECK_STEPS = 100
# force of the region over its mass, coefficients of force and velocity
SHIFT = 5


@dataclass(frozen=True)
class HeatExchange(CountsHeat):
    """eHEX: heat taken at a constant rate from the cold region and given to the hot one::

        v_i -> u + a (v_i - u),    a = sqrt(1 + Q dt / (2 K)),    half before and half behind,
        r_i -> r_i - dt^3 [ (v_i - u) (Q^2 / (96 K^2) + Q S / (12 K^2)) - (Q / 12 K) (F_i / m_i - F / M) ],
        S = sum F_j (v_j - u)

    with mass M, mean velocity u, force F and kinetic energy K about u of the region's atoms, and the power Q
    into it.  The shift of the positions takes out the drift of the energy to third order in dt.  Momentum and
    total energy are conserved; the current in a periodic box is Q / 2 by the area, to either side.

    Arguments
    ---------
    hot, cold : (from, to) in parts of the box's edge
    power : Q into the hot region and out of the cold one [epsilon^(3/2) / (sigma m^(1/2))], one number or one
        for each copy
    axis : 'x', 'y' or 'z'
    shift : whether positions are shifted; without it this is the HEX algorithm
    state : what a run changes

    Raises
    ------
    ValueError : regions that overlap, a power that is not positive.
    SimulationFault : from `run`, a region with no more heat to give.

    Source: Wirnsberger, Frenkel and Dellago (2015); the shift is their eq. 20.
    """

    hot: Any
    cold: Any
    power: Any
    axis: str = "z"
    shift: bool = True
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "hot", slab(self.hot, "the hot region"))
        object.__setattr__(self, "cold", slab(self.cold, "the cold region"))
        object.__setattr__(self, "power", positive_each(self.power, "power"))
        axis_number(self.axis)

    def bind(self, sim: "Simulation") -> None:
        """Begin without heat given."""
        claim(self, sim)
        powers = for_copies(self.power, "power", sim)
        xp = sim.device.xp
        self.state.update(
            slabs=Slabs.of(sim, axis_number(self.axis), (self.hot, self.cold)),
            heat=xp.zeros((sim.copies, 2)),
            failed=xp.zeros((sim.copies, 2), np.int64),
            powers=sim.device.put(np.stack([powers, -powers], axis=1)),
            shifts=xp.zeros((sim.copies, 2 * SHIFT)),
        )

    def arrays(self) -> dict[str, Any]:
        """Heat given [copies, regions], and the first step when a region could not take part, 0 for none."""
        return {name: self.state[name] for name in ("heat", "failed")}

    def before(self, sim: "Simulation") -> None:
        """Shift the positions for the step to come, and give half its heat."""
        state, slabs = self.state, self.state["slabs"]
        sums = slabs.sum(sim)
        if self.shift:
            find_shifts(2 * sim.copies, sums, state["powers"], state["shifts"])
        self._exchange(sim, sums)
        atoms = sim.atoms
        exchange_and_shift(
            atoms.count, atoms.copy, atoms.position, atoms.velocity, atoms.force, sim.inverse_mass,
            sim.lengths, slabs.axis, slabs.lows, slabs.widths, slabs.changes, state["shifts"],
            sim.timestep**3,
        )  # fmt: skip

    def after(self, sim: "Simulation") -> None:
        """Give the other half of the step's heat."""
        slabs = self.state["slabs"]
        self._exchange(sim, slabs.sum(sim))
        slabs.apply(sim)
        if sim.step % CHECK_STEPS == 0:
            self._check(sim)

    def heat(self, sim: "Simulation") -> np.ndarray[Any, Any]:
        """Heat given to the hot and cold region so far [copies, 2], in epsilon.  Raises SimulationFault."""
        self._check(sim)
        return super().heat(sim)

    def _exchange(self, sim: "Simulation", sums: Any) -> None:
        state = self.state
        find_factors(
            2 * sim.copies, sums, state["powers"], sim.timestep / 2, sim.step, state["heat"], state["failed"],
            state["slabs"].changes,
        )  # fmt: skip

    def _check(self, sim: "Simulation") -> None:
        failed = sim.device.fetch(self.state["failed"])
        if failed.any():
            copy, region = map(int, np.argwhere(failed)[0])
            raise SimulationFault(
                f"step {failed[copy, region]}: the {('hot', 'cold')[region]} region of copy {copy} holds too "
                "little kinetic energy for the heat asked: use a wider region or less power"
            )


@kernel
def find_factors(
    item: int, sums: Any, powers: Any, time: float, step: int, heat: Any, failed: Any, changes: Any
) -> None:
    """The factor of one region's velocities; one, and the failure noted, where they hold too little."""
    copy, region = item // 2, item % 2
    kinetic, given = peculiar_energy(sums, copy, region), powers[copy, region] * time
    factor = 1.0
    if kinetic > 0.0 and kinetic + given > 0.0:
        factor = sqrt(1.0 + given / kinetic)
        heat[copy, region] += given
    elif failed[copy, region] == 0:
        failed[copy, region] = step
    note_change(factor, sums, copy, region, changes)


@kernel
def find_shifts(item: int, sums: Any, powers: Any, shifts: Any) -> None:
    """What shifts the positions of one region's atoms."""
    copy, region = item // 2, item % 2
    at, to, power = SUMS * region, SHIFT * region, powers[copy, region]
    kinetic = peculiar_energy(sums, copy, region)
    for column in range(SHIFT):
        shifts[copy, to + column] = 0.0
    if kinetic > 0.0:
        mass, work = sums[copy, at + MASS], sums[copy, at + POWER]
        for d in range(3):
            shifts[copy, to + d] = sums[copy, at + FORCE + d] / mass
            work -= sums[copy, at + FORCE + d] * sums[copy, at + MOMENTUM + d] / mass
        shifts[copy, to + 3] = power / (12.0 * kinetic)
        shifts[copy, to + 4] = power * (power / 96.0 + work / 12.0) / (kinetic * kinetic)


@kernel
def exchange_and_shift(
    i: int, copy: Any, position: Any, velocity: Any, force: Any, inverse_mass: Any, lengths: Any, axis: int,
    lows: Any, widths: Any, changes: Any, shifts: Any, cube: float,
) -> None:  # fmt: skip
    """Rescale the peculiar velocity of an atom that lies in a region and shift its position, by dt^3."""
    own, at = copy[i], np.uint64(PACK * i)
    region = slab_of(position[at + np.uint64(axis)] / lengths[3 * own + axis], lows, widths)
    inverse = inverse_mass[np.uint64(position[at + np.uint64(3)])]
    if region >= 0 and inverse > 0.0:
        factor, to = changes[own, CHANGE * region], SHIFT * region
        for d in range(3):
            place = np.uint64(3 * i + d)
            mean = changes[own, CHANGE * region + 1 + d]
            peculiar = velocity[place] - mean
            pushed = shifts[own, to + 3] * (force[place] * inverse - shifts[own, to + d])
            position[at + np.uint64(d)] += cube * (pushed - shifts[own, to + 4] * peculiar)
            velocity[place] = mean + factor * peculiar
