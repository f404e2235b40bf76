"""What couplings share that count the heat they give."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


class CountsHeat:
    """A coupling whose conserved quantity is that of the atoms less the heat it has given.

    Attributes
    ---------
    state : what a run changes; "heat" [copies] or [copies, places], in epsilon, is the heat given since the
        coupling was bound, on the device
    """

    state: dict[str, Any]

    def arrays(self) -> dict[str, Any]:
        """Heat given."""
        return {"heat": self.state["heat"]}

    def describe(self) -> str:
        """Its parameters."""
        return repr(self)

    def heat(self, sim: "Simulation") -> Array:
        """Heat given so far [copies], or to each place [copies, places], in epsilon."""
        return sim.device.fetch(self.state["heat"])

    def energy(self, sim: "Simulation") -> Array:
        """All heat given, with a minus [copies], in epsilon."""
        return -self.heat(sim).reshape(sim.copies, -1).sum(axis=1)  # type: ignore[no-any-return]
