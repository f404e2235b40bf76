"""Planar Couette flow without walls: SLLOD under Lees-Edwards boundaries.

::

    dr/dt = v + e_x rate y,    m dv/dt = F - m e_x rate v_y

Velocities are peculiar, relative to the flow: temperatures, thermostats and pressures need not know of it.
The work of the shear, -rate P_xy V in a unit of time, goes into the fluid; a thermostat must take it out.

Sources: D. J. Evans and G. P. Morriss, Statistical Mechanics of Nonequilibrium Liquids (1990), section 6.3
(SLLOD); G. Pan, J. F. Ely, C. McCabe and D. J. Isbister, J. Chem. Phys. 122 (2005) 094114 (splitting).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.fields.body import ColourField, Gravity
from knudsen.md.reduced_units import refuse
from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation


@dataclass
class Sllod:
    """Shear at a constant rate, flow along x, gradient along y.

    Arguments
    ---------
    rate : d u_x / dy [(epsilon/m)^(1/2) / sigma]; one number, or one a copy

    Unwrapped positions are not defined: what an atom is carried along x depends on where it was along y.
    The viscosity is -<P_xy> / rate.

    Raises
    ------
    ValueError : on binding, one for all faults: a rate that is not finite or not one a copy; a species that
        never moves, since all must move with the flow; a field that acts along x or y, since a place along x
        jumps at the faces along y, and a force along y is no part of a uniform flow
    """

    rate: Any
    conserves_momentum = True
    shears = True
    plain_kicks = False

    def bind(self, sim: "Simulation") -> None:
        """Take the rate of each copy.  Raises ValueError."""
        rates = np.array(self.rate, np.float64)
        faults = []
        if rates.shape not in ((), (sim.copies,)) or not np.isfinite(rates).all():
            faults.append(
                f"the shear rate is one finite number, or one a copy ({sim.copies}), got {self.rate}"
            )
        faults += [
            f"species {species} never moves (mass inf), where every atom must move with the flow: give it a "
            "finite mass, or leave its atoms out"
            for species in np.flatnonzero(np.isinf(sim.masses))
        ]
        faults += [
            f"{field.describe()} acts along {axes}: in a box that is sheared fields may act along z only"
            for field in sim.fields
            if (axes := _sheared_axes(field, sim))
        ]
        refuse(faults, "the shear")
        self._host = np.broadcast_to(rates, sim.copies).copy()
        self._rates = sim.device.put(self._host)

    def arrays(self) -> dict[str, Any]:
        """What changes is the offset of the boxes, which is theirs."""
        return {}

    def describe(self) -> str:
        """What it is."""
        return f"SLLOD at rate {np.array(self.rate).tolist()}"

    def first(self, sim: "Simulation") -> None:
        """Half a kick and a drift with the flow; the boxes slide."""
        domain, atoms, lanes = sim.domain, sim.atoms, sim.lanes
        domain.slide(domain.offsets[0] + self._host * sim.box_lengths[:, 1] * sim.timestep)
        kick_and_drift_sheared(
            lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.velocity, atoms.force,
            sim.inverse_mass, sim.timestep, self._rates, sim.neighbours.reference, domain.strain, sim.moved,
        )  # fmt: skip

    def second(self, sim: "Simulation") -> None:
        """The second half of the kick."""
        atoms = sim.atoms
        kick_sheared(
            atoms.count, atoms.copy, atoms.position, atoms.velocity, atoms.force, sim.inverse_mass,
            sim.timestep, self._rates,
        )  # fmt: skip


def _sheared_axes(field: Any, sim: "Simulation") -> str:
    """Those of the axes x and y along which a field acts; forces that balance act nevertheless."""
    if isinstance(field, Gravity | ColourField):
        acts = field.numbers(sim).reshape(-1, 3).any(axis=0)
    else:
        acts = ~np.broadcast_to(field.conserves_momentum, 3)
    return " and ".join(axis for axis, pulls in zip("xy", acts[:2], strict=True) if pulls)


@kernel
def kick_and_drift_sheared(
    lane: int, edges: Any, copy: Any, position: Any, velocity: Any, force: Any, inverse_mass: Any,
    timestep: float, rates: Any, reference: Any, strain: Any, moved: Any,
) -> None:  # fmt: skip
    """Half a kick and a drift of one lane's atoms; `moved` counts from where the flow would have them.

    The parts are exact: v_x -= rate v_y dt/2, the kick, and x += (v_x + rate (y + v_y dt/2)) dt.
    """
    farthest = 0.0
    undefined = 0.0
    rate, strained = rates[copy[lane]], strain[copy[lane]]
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        at, along = np.uint64(PACK) * i, np.uint64(3) * i
        up, far = np.uint64(1), np.uint64(2)
        half = 0.5 * timestep * inverse_mass[np.uint64(position[at + np.uint64(3)])]
        velocity[along] -= 0.5 * timestep * rate * velocity[along + up]
        for axis in range(3):
            velocity[along + np.uint64(axis)] += half * force[along + np.uint64(axis)]
        climb = timestep * velocity[along + up]
        position[at] += timestep * (velocity[along] + rate * (position[at + up] + 0.5 * climb))
        position[at + up] += climb
        position[at + far] += timestep * velocity[along + far]
        x = position[at] - reference[at] - strained * reference[at + up]
        y = position[at + up] - reference[at + up]
        z = position[at + far] - reference[at + far]
        squared = x * x + y * y + z * z
        farthest = max(farthest, squared)
        if squared != squared:
            undefined = squared
    moved[lane] = undefined if undefined != undefined else farthest


@kernel
def kick_sheared(
    i: int, copy: Any, position: Any, velocity: Any, force: Any, inverse_mass: Any, timestep: float,
    rates: Any,
) -> None:  # fmt: skip
    """The second half of a kick of atom i, the parts in reverse order."""
    along = np.uint64(3 * i)
    half = 0.5 * timestep * inverse_mass[np.uint64(position[np.uint64(PACK * i + 3)])]
    for axis in range(3):
        velocity[along + np.uint64(axis)] += half * force[along + np.uint64(axis)]
    velocity[along] -= 0.5 * timestep * rates[copy[i]] * velocity[along + np.uint64(1)]
