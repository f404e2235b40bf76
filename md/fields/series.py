"""A series of numbers of each copy that grows as it is taken."""

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
FIRST_ROWS = 256


class Series:
    """Samples [copies, sample, width] on the device; their room doubles.

    Arguments
    ---------
    sim : whose copies and device it has;  width : numbers of a sample
    """

    def __init__(self, sim: "Simulation", width: int) -> None:
        self._device = sim.device
        self._rows = sim.device.xp.zeros((sim.copies, FIRST_ROWS, width))
        self._taken = sim.device.xp.zeros(1, np.int64)

    def arrays(self) -> dict[str, Any]:
        """What was sampled so far."""
        return {"rows": self._rows, "taken": self._taken}

    def load(self, arrays: dict[str, Any]) -> None:
        """Take the arrays of a checkpoint back, however long."""
        self._rows, self._taken = (self._device.put(arrays[name]) for name in ("rows", "taken"))

    def add(self, sample: Any) -> None:
        """Add a sample [copies, width]."""
        taken = int(self._taken[0])
        if taken == self._rows.shape[1]:
            self._rows = self._device.xp.concatenate(
                [self._rows, self._device.xp.zeros_like(self._rows)], axis=1
            )
        self._rows[:, taken] = sample
        self._taken += 1

    def samples(self) -> Array:
        """All samples on the host [copies, sample, width]."""
        return self._device.fetch(self._rows)[:, : int(self._taken[0])]
