"""Langevin dynamics: friction and noise on every atom.

The splitting is OBABO: velocity Verlet between two half steps of friction and noise.  It needs nothing but
velocities at the ends of a step, so it goes with any mover, and less the heat given the energy is conserved
as well as velocity Verlet's.  BAOAB has smaller errors of the configurations, but splits the drift.

Source: G. Bussi and M. Parrinello, Phys. Rev. E 75 (2007) 056707.
"""

from dataclasses import dataclass, field
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.core.rng import Stream, draw_words, normal_pair
from knudsen.md.couplings.checks import check_alone
from knudsen.md.couplings.heat import CountsHeat
from knudsen.md.intake import for_copies, positive_each
from knudsen.md.parts import claim
from knudsen.md.state.atoms import PACK

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

_STREAM = int(Stream.LANGEVIN)
BEFORE, AFTER = 0, 1


@dataclass(frozen=True)
class Langevin(CountsHeat):
    """Langevin thermostat::

        m dv/dt = F - m gamma v + noise;    over half a step v -> c v + sqrt((1 - c^2) T / m) R,
        c = exp(-gamma dt / 2)

    with normal numbers R.  The total momentum wanders, so that there are 3 N degrees of freedom.  The
    conserved quantity is kinetic + potential energy less the heat given.

    Arguments
    ---------
    temperature : T [epsilon], one number or one for each copy
    friction : gamma [sqrt(epsilon/m)/sigma], one number or one for each species; 0 leaves a species alone
    state : what a run changes

    Raises
    ------
    ValueError : a temperature that is not positive, a friction that is negative or zero for all species.

    Source: Bussi and Parrinello (2007).
    """

    temperature: Any
    friction: Any
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", positive_each(self.temperature, "temperature"))
        friction = np.array(self.friction, float)
        sound = friction.ndim <= 1 and ((friction >= 0) & (friction < np.inf)).all() and (friction > 0).any()
        if not sound:
            raise ValueError(
                "the friction must be finite, not negative, and above zero for some species, got "
                f"{self.friction!r}"
            )
        object.__setattr__(
            self, "friction", friction.tolist() if friction.ndim == 0 else tuple(friction.tolist())
        )

    def bind(self, sim: "Simulation") -> None:
        """Begin without heat given."""
        claim(self, sim)
        check_alone(self, sim)
        friction = np.array(self.friction, float)
        if friction.ndim == 1 and len(friction) != sim.species_count:
            raise ValueError(
                f"{len(friction)} frictions are given for {sim.species_count} species: give one a species, "
                "or one for all"
            )
        kept = np.exp(-np.broadcast_to(friction, sim.species_count) * sim.timestep / 2)
        put = sim.device.put
        self.state.update(
            heat=sim.device.xp.zeros(sim.copies),
            temperature=put(for_copies(self.temperature, "temperature", sim)),
            kept=put(kept),
            first=put(sim.atoms.first[:-1]),
            gains=sim.device.xp.zeros((sim.lanes.count, 1)),
        )

    def before(self, sim: "Simulation") -> None:
        """Half a step of friction and noise."""
        self._act(sim, BEFORE)

    def after(self, sim: "Simulation") -> None:
        """Half a step of friction and noise, of other random numbers."""
        self._act(sim, AFTER)

    def _act(self, sim: "Simulation", draw: int) -> None:
        atoms, lanes, state = sim.atoms, sim.lanes, self.state
        rub_and_kick(
            lanes.count, lanes.edges, lanes.copy, state["first"], atoms.id, atoms.position, atoms.velocity,
            sim.inverse_mass, sim.seeds, draw, sim.step, state["temperature"], state["kept"], state["gains"],
        )  # fmt: skip
        state["heat"] += lanes.sum(state["gains"])[:, 0]


@kernel
def rub_and_kick(
    lane: int, edges: Any, copy: Any, first: Any, id: Any, position: Any, velocity: Any, inverse_mass: Any,
    seeds: Any, draw: int, step: int, temperature: Any, kept: Any, gains: Any,
) -> None:  # fmt: skip
    """Friction and noise on one lane's atoms, and the energy they gain [lanes, 1]."""
    own = copy[lane]
    gain = 0.0
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        species = np.uint64(position[np.uint64(PACK) * i + np.uint64(3)])
        c, inverse = kept[species], inverse_mass[species]
        if inverse > 0.0 and c < 1.0:
            spread = sqrt((1.0 - c * c) * temperature[own] * inverse)
            words = draw_words(seeds[own], _STREAM, id[i] - first[own], draw, step)
            x, y = normal_pair(words[0], words[1])
            z = normal_pair(words[2], words[3])[0]
            along = np.uint64(3) * i
            normals = (x, y, z)
            for axis in range(3):
                at = along + np.uint64(axis)
                old = np.float64(velocity[at])
                velocity[at] = c * old + spread * normals[axis]
                new = np.float64(velocity[at])
                gain += 0.5 / inverse * (new * new - old * old)
    gains[lane, 0] = gain
