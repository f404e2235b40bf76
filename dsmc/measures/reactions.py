"""How often each reaction happens, where and when."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from knudsen.dsmc.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(eq=False)
class ReactionRates:
    """Reactions by volume and time in every sampling cell, block by block.

    Arguments
    ---------
    every : steps in a block;  the first begins with the first step that is a multiple of it

    Raises
    ------
    ValueError : no step in a block, or, when it is added, a run without reactions
    """

    every: int = 100
    sides = 1

    def __post_init__(self) -> None:
        if self.every < 1:
            raise ValueError(f"every must be at least one step, got {self.every}")

    def bind(self, sim: "Simulation") -> None:
        """Begin."""
        if sim.chemistry is None:
            raise ValueError("this run has no reactions: give Simulation some, or leave their rates out")
        self._sim = sim
        self._totals: list[Array] = []

    def take(self, sim: "Simulation") -> None:
        """Keep what has reacted before the collisions of this step [copy, cell, reaction]."""
        by_part = sim.reacted
        self._totals.append(
            by_part.reshape(sim.copies, sim.grid.cell_count, -1, by_part.shape[-1]).sum(axis=2)
        )

    def arrays(self) -> dict[str, Array]:
        """The totals so far."""
        return {"totals": np.array(self._totals)} if self._totals else {}

    def load(self, arrays: dict[str, Array]) -> None:
        """Take up what `arrays` gave."""
        self._totals = list(arrays.get("totals", ()))

    @property
    def events(self) -> Array:
        """Reactions of simulated molecules in each block [block, copy, cell, reaction].

        Raises RuntimeError before the first block is full.
        """
        if len(self._totals) < 2:
            raise RuntimeError(f"no block of {self.every} steps is full: run longer")
        return np.diff(np.array(self._totals), axis=0)

    def result(self) -> Array:
        """Reactions by volume and time [block, copy, cell, reaction] [m^-3 s^-1]; nothing within solids."""
        sim, volumes = self._sim, self._sim.grid.volumes
        exposure = np.where(volumes > 0, volumes, np.inf) * sim.timestep * self.every
        # Species that react weigh alike; copies of unlike fillings do not.
        return np.asarray(self.events * sim.weights[:, :1, None] / exposure[:, None])
