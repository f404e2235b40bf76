"""The series of temperature, energies, pressure and the conserved quantity."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.intake import whole
from knudsen.md.state.tensors import ELEMENTS, elements_of, whole_tensors

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
# Rows of the buffer at first; it doubles.
FIRST_ROWS = 1024
COLUMNS = ("temperature", "kinetic", "potential", "conserved", *ELEMENTS, "volume")
TENSOR = slice(4, 10)


@dataclass(frozen=True)
class ThermoSeries:
    """Series of each copy, whose means and errors `analysis.statistics.mean_and_error` gives.

    steps : [sample];  times : [sample], in sigma (m/epsilon)^(1/2)
    temperature : [copy, sample], in epsilon/k
    kinetic, potential, conserved : [copy, sample], energies of the whole copy in epsilon, the potential that
        of the pairs, as cut
    volume : [copy, sample], in sigma^3;  pressure_tensor : [copy, sample, 3, 3], as cut, in epsilon/sigma^3
    """

    steps: Array
    times: Array
    temperature: Array
    kinetic: Array
    potential: Array
    conserved: Array
    volume: Array
    pressure_tensor: Array

    @property
    def pressure(self) -> Array:
        """A third of the trace [copy, sample], in epsilon/sigma^3."""
        return np.trace(self.pressure_tensor, axis1=-2, axis2=-1) / 3


@dataclass(eq=False)
class Thermo:
    """Temperature, energies, pressure tensor and conserved quantity every so many steps."""

    every: int = 48

    def __post_init__(self) -> None:
        whole(self.every, "every")

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        self._sim, xp = sim, sim.device.xp
        self._rows = xp.zeros((sim.copies, FIRST_ROWS, len(COLUMNS)))
        self._steps, self._taken = xp.zeros(FIRST_ROWS, np.int64), xp.zeros(1, np.int64)

    def arrays(self) -> dict[str, Any]:
        """What was sampled so far."""
        return {"rows": self._rows, "steps": self._steps, "taken": self._taken}

    def load(self, arrays: dict[str, Any]) -> None:
        """Take the arrays of a checkpoint back, however long."""
        put = self._sim.device.put
        self._rows, self._steps, self._taken = (put(arrays[name]) for name in ("rows", "steps", "taken"))

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        self._make_room()
        potential, kinetic = sim.potential_energies(), sim.device.fetch(sim.kinetic_energies())
        tensors = elements_of(sim.pressure_tensors())
        columns = [sim.temperatures(), kinetic, potential, sim.conserved(), tensors, sim.volumes]
        taken = int(self._taken[0])
        self._rows[:, taken] = sim.device.put(np.column_stack(columns))
        self._steps[taken] = sim.step
        self._taken += 1

    def _make_room(self) -> None:
        if int(self._taken[0]) == len(self._steps):
            xp = self._sim.device.xp
            self._rows = xp.concatenate([self._rows, xp.zeros_like(self._rows)], axis=1)
            self._steps = xp.concatenate([self._steps, xp.zeros_like(self._steps)])

    def result(self) -> ThermoSeries:
        """The series so far."""
        taken, fetch = int(self._taken[0]), self._sim.device.fetch
        steps, rows = fetch(self._steps)[:taken], fetch(self._rows)[:, :taken]
        named = dict(zip(COLUMNS, np.moveaxis(rows, -1, 0), strict=True))
        tensor = whole_tensors(rows[..., TENSOR])
        plain = {name: named[name] for name in ("temperature", "kinetic", "potential", "conserved", "volume")}
        return ThermoSeries(steps, steps * self._sim.timestep, **plain, pressure_tensor=tensor)
