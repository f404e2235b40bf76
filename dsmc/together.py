"""Simulations that differ in their faces' doings, fillings and forces alone, run in one launch."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.particles import COLUMNS
from knudsen.dsmc import checkpoint
from knudsen.dsmc.ensemble import shape_of

if TYPE_CHECKING:
    from knudsen.dsmc.low_signal.simulation import DeviationalSimulation
    from knudsen.dsmc.simulation import Simulation

    Engine = Simulation | DeviationalSimulation

Array = np.ndarray[Any, Any]
# Parts of a problem that need not be alike.
OWN = ("domain", "filling", "copies", "seed", "seeds", "acceleration")
# Axis along which copies follow each other in an array of a checkpoint, where it is not the first.
AXES = {"majorant": 2, "events": 2, "sampler_closed_sums": 1, "sampler_closed_walls": 1}
OF_ALL = ("sampler_closed_samples", "sampler_closed_steps", "sampler_taken")


def likeness(sim: "Engine", *more: Hashable) -> Hashable:
    """What simulations have in common that can share a launch."""
    words = tuple((name, text) for name, text in sim.problem.items() if name not in OWN)
    at = sim.step if sim.sampler is None else (sim.step, *sim.sampler.place)
    return words, shape_of(sim.grid), sim.device_name, sim.lanes, at, more


class Together:
    """Simulations of one likeness, as copies of one: each goes on as it would alone, bit for bit.

    On CUDA the last bits of walls' totals depend on how many copies there are.

    Arguments
    ---------
    parts : what they hold stands still until `share_out`

    Raises
    ------
    ValueError : simulations that are not alike, or none
    """

    def __init__(self, parts: "Sequence[Engine]") -> None:
        kinds = {part.likeness for part in parts}
        if len(kinds) != 1 or None in kinds:
            raise ValueError("these simulations do not share a launch: give those of one likeness")
        self.parts = tuple(parts)
        self._ends = np.cumsum([part.copies for part in parts])
        states, metas = zip(*(checkpoint.captured(part) for part in parts), strict=True)
        self._whole = parts[0].beside(parts[1:])
        joined = {name: _joined(name, [state[name] for state in states]) for name in states[0]}
        checkpoint.take_up(self._whole, joined, metas[0])

    @property
    def step(self) -> int:
        """Steps that all have made."""
        return self._whole.step

    @property
    def particle_count(self) -> int:
        """Simulated molecules now present, those of all parts."""
        return self._whole.particle_count

    @property
    def device_name(self) -> str:
        """The device in words."""
        return self._whole.device_name

    def run(self, steps: int) -> None:
        """Advance all by so many steps.  Raises SimulationFault, and ValueError for no number of steps."""
        self._whole.run(steps)

    def share_out(self) -> None:
        """Bring every part to where the run is."""
        arrays, meta = checkpoint.captured(self._whole)
        molecules = np.cumsum(arrays["counts"])[self._ends - 1]
        shares = {name: self._shares(name, array, molecules) for name, array in arrays.items()}
        for number, part in enumerate(self.parts):
            checkpoint.take_up(part, {name: share[number] for name, share in shares.items()}, meta)

    def _shares(self, name: str, array: Array, molecules: Array) -> list[Array]:
        """What of an array is each part's."""
        if _is_of_all(name, array):
            return [array] * len(self.parts)
        axis = AXES.get(name, 0)
        ends = molecules if name in COLUMNS else self._ends * (array.shape[axis] // self._ends[-1])
        return np.split(array, ends[:-1], axis)


def _joined(name: str, arrays: list[Array]) -> Array:
    return arrays[0] if _is_of_all(name, arrays[0]) else np.concatenate(arrays, AXES.get(name, 0))


def _is_of_all(name: str, array: Array) -> bool:
    """Whether it is the same of all; sums of no block have no axes yet."""
    return name in OF_ALL or array.ndim <= AXES.get(name, 0)
