"""Local thermostats: slabs held at temperatures of their own, which drives a heat current between them."""

from dataclasses import dataclass, field
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.couplings.checks import check_alone
from knudsen.md.couplings.heat import CountsHeat
from knudsen.md.couplings.rescaling import rescaling_factor
from knudsen.md.couplings.slabs import COUNT, SUMS, Slabs, note_change, peculiar_energy, slab
from knudsen.md.intake import for_copies, positive, positive_each
from knudsen.md.parts import claim
from knudsen.md.state.box import axis_number

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# The draws of item 0 are those of the thermostat of a whole copy.
FIRST_ITEM = 1


@dataclass(frozen=True)
class LocalThermostat(CountsHeat):
    """Slabs across an axis, each rescaled about its own mean velocity::

        v_i -> u + a (v_i - u),    u = sum m v / sum m over the slab's atoms

    with the random factor a of stochastic velocity rescaling for the 3 (n - 1) degrees of freedom of the n
    atoms in it at the time.  Each slab keeps its momentum, and slabs of one temperature leave the canonical
    ensemble as it is.  The heat given to each slab is counted: in a steady state the current between a hot
    and a cold slab of a periodic box is half of it by time and area.  Fewer than two atoms take no heat.

    Arguments
    ---------
    slabs : [slabs, 2], (from, to) of each, in parts of the box's edge
    temperatures : [slabs] or [copies, slabs], T of each [epsilon]
    relaxation_time : tau [sigma sqrt(m/epsilon)]
    axis : 'x', 'y' or 'z' (or 0, 1, 2)
    state : what a run changes

    Raises
    ------
    ValueError : slabs that overlap, numbers that are not positive.

    Source of a: G. Bussi, D. Donadio and M. Parrinello, J. Chem. Phys. 126 (2007) 014101, eq. A7.
    """

    slabs: Any
    temperatures: Any
    relaxation_time: float
    axis: str = "z"
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = True

    def __post_init__(self) -> None:
        slabs = tuple(slab(value, "a slab") for value in self.slabs)
        given = np.array(self.temperatures, float)
        if given.ndim not in (1, 2) or given.shape[-1] != len(slabs):
            raise ValueError(f"{self.temperatures!r} are not one temperature for each of {len(slabs)} slabs")
        rows = tuple(positive_each(row, "temperatures of slabs") for row in np.atleast_2d(given))
        object.__setattr__(self, "slabs", slabs)
        object.__setattr__(self, "temperatures", rows if given.ndim == 2 else rows[0])
        object.__setattr__(self, "relaxation_time", positive(self.relaxation_time, "relaxation time"))
        axis_number(self.axis)

    def bind(self, sim: "Simulation") -> None:
        """Begin without heat given."""
        claim(self, sim)
        check_alone(self, sim)
        temperatures = for_copies(self.temperatures, "temperatures of slabs", sim, (len(self.slabs),))
        self.state.update(
            slabs=Slabs.of(sim, axis_number(self.axis), self.slabs),
            heat=sim.device.xp.zeros((sim.copies, len(self.slabs))),
            temperatures=sim.device.put(temperatures),
        )

    def before(self, sim: "Simulation") -> None:
        """Nothing: it acts once a step."""

    def after(self, sim: "Simulation") -> None:
        """Draw the factor of each slab and rescale."""
        slabs = self.state["slabs"]
        draw_changes(
            sim.copies * slabs.count, slabs.sum(sim), sim.seeds, sim.step, self.state["temperatures"],
            exp(-sim.timestep / self.relaxation_time), self.state["heat"], slabs.changes,
        )  # fmt: skip
        slabs.apply(sim)


@kernel
def draw_changes(
    item: int, sums: Any, seeds: Any, step: int, temperatures: Any, kept: float, heat: Any, changes: Any
) -> None:
    """The factor of one slab of one copy, and the heat that it gives."""
    slabs = temperatures.shape[1]
    copy, slab = item // slabs, item % slabs
    kinetic = peculiar_energy(sums, copy, slab)
    degrees = 3.0 * (sums[copy, SUMS * slab + COUNT] - 1.0)
    factor = rescaling_factor(
        seeds[copy], FIRST_ITEM + slab, step, kinetic, degrees, temperatures[copy, slab], kept
    )
    heat[copy, slab] += (factor * factor - 1.0) * kinetic
    note_change(factor, sums, copy, slab, changes)
