"""What can be put together into a simulation: couplings, fields, movers, measures."""

import weakref
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


class Part(Protocol):
    """What every part does.

    conserves_momentum : whether the total momentum of a copy stays as it is; or that along x, y, z each
    """

    conserves_momentum: bool | tuple[bool, bool, bool]

    def bind(self, sim: "Simulation") -> None:
        """Check the part against the simulation and allocate.  Raises ValueError."""

    def arrays(self) -> dict[str, Any]:
        """Device arrays that change during a run: a checkpoint holds them, a restore writes into them."""

    def describe(self) -> str:
        """What the part is, for the description of the problem."""


class Coupling(Part, Protocol):
    """A thermostat, a barostat, or another exchange with the surroundings.

    One that heats says to what: `temperature`, one number or [copies], or `temperatures` [slabs] or
    [copies, slabs].  What counts as a runaway temperature follows from it.
    """

    def before(self, sim: "Simulation") -> None:
        """Act ahead of the first half kick."""

    def after(self, sim: "Simulation") -> None:
        """Act behind the second half kick."""

    def energy(self, sim: "Simulation") -> Array:
        """What makes kinetic + potential energy a conserved quantity when added [copies]."""


class Field(Part, Protocol):
    """An external field."""

    def add_forces(self, sim: "Simulation") -> None:
        """Add the field's forces to those of the pairs."""

    def energy(self, sim: "Simulation") -> Array:
        """Its potential energy [copies]."""


class Mover(Part, Protocol):
    """How positions and velocities advance under the forces.

    shears : whether it shears the boxes
    plain_kicks : whether its second half of the kick is v += F dt / 2m and no more: without fields it is then
        done in the pass of the forces
    """

    shears: bool
    plain_kicks: bool

    def first(self, sim: "Simulation") -> None:
        """Half a kick and a drift; notes in `sim.moved` how far each lane's atoms have gone."""

    def second(self, sim: "Simulation") -> None:
        """The second half of the kick."""


class Measure(Protocol):
    """Something measured on the way; it leaves the run as it is, bit for bit.

    Its `repr`, such as a dataclass has, gives its parameters: a restore holds those of the file against them.

    every : steps between two samples
    """

    every: int

    def bind(self, sim: "Simulation") -> None:
        """Check the measure against the simulation and allocate.  Raises ValueError."""

    def arrays(self) -> dict[str, Any]:
        """Device arrays that a checkpoint holds and a restore writes into.

        A measure whose arrays grow has a method `load` beside it, which takes those of a checkpoint back.
        """

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""

    def result(self) -> Any:
        """What was measured so far, in host arrays, the copy first."""


def claim(part: Any, sim: "Simulation") -> None:
    """Let a part belong to a simulation.  Raises ValueError where it belongs to another that lives."""
    owner = getattr(part, "_owner", lambda: None)()
    if owner is not None and owner is not sim:
        raise ValueError(
            f"this {type(part).__name__} belongs to another simulation, whose state it holds: make a new one"
        )
    # Couplings are frozen in what the user gave; whose they are is none of that.
    object.__setattr__(part, "_owner", weakref.ref(sim))
