"""Widom's chemical potential, by test atoms at random places."""

from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.exchange.insertion import (
    WIDOM_DRAW,
    check_fields,
    long_range_energies,
    place_trials,
    trial_energies,
)
from knudsen.md.fields.series import Series
from knudsen.md.intake import positive, whole
from knudsen.md.parts import claim
from knudsen.md.state.atoms import PACK
from knudsen.md.state.lanes import Lanes

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
BLOCKS = 20


@dataclass(frozen=True)
class ChemicalPotential:
    """Widom's estimate for each copy.

    Attributes
    ---------
    excess, stderr : mu_ex and its standard error [copies] [epsilon]
    samples : series of V <exp(-dU/T)> and of V [copies, sample, 2] [sigma^3]
    """

    excess: Array
    stderr: Array
    samples: Array


@dataclass(eq=False)
class Widom:
    """Excess chemical potential by test atoms at random places::

        mu_ex = -T ln (<V exp(-dU/T)> / <V>)

    so that mu = T ln(rho Lambda^3) + mu_ex.  It fails in dense liquids, where no test atom finds room.

    Arguments
    ---------
    temperature : T of the run [epsilon]
    species : number of the test atom's;  trials : places tried a sample, in each copy
    every : steps between samples
    long_range : add what the cuts leave out, for a homogeneous fluid

    Raises
    ------
    ValueError : numbers out of range; on binding, a field in which an atom has no potential energy

    Source: B. Widom, J. Chem. Phys. 39 (1963) 2808, eq. 5; D. Frenkel and B. Smit, Understanding Molecular
    Simulation (2002), eq. 7.2.5.
    """

    temperature: float
    species: int = 0
    trials: int = 1000
    every: int = 20
    long_range: bool = True

    def __post_init__(self) -> None:
        positive(self.temperature, "temperature")
        for name, least in (("trials", 1), ("every", 1), ("species", 0)):
            whole(getattr(self, name), name, least)

    def bind(self, sim: "Simulation") -> None:
        """Check the species and the fields, and allocate."""
        claim(self, sim)
        check_fields(sim)
        if self.species >= sim.species_count:
            raise ValueError(f"species run from 0 to {sim.species_count - 1}, got {self.species}")
        self._tails = np.zeros(sim.species_count)
        if self.long_range:
            self._tails = long_range_energies(sim)[self.species]
        xp, count = sim.device.xp, self.trials * sim.copies
        self._copy = sim.device.put(np.repeat(np.arange(sim.copies, dtype=np.int32), self.trials))
        self._lanes = Lanes(np.arange(sim.copies + 1, dtype=np.int64) * self.trials, sim.device)
        self._position, self._weights = xp.zeros(PACK * count), xp.zeros(count)
        self._whole = sim.device.put(np.array([0.0, 1.0, 0.0, 1.0, 0.0, 1.0]))
        self._series = Series(sim, 2)

    def arrays(self) -> dict[str, Any]:
        """What was sampled so far."""
        return self._series.arrays()

    def load(self, arrays: dict[str, Any]) -> None:
        """Take the arrays of a checkpoint back."""
        self._series.load(arrays)

    def take(self, sim: "Simulation") -> None:
        """Try test atoms."""
        count = self.trials * sim.copies
        place_trials(
            count, self.trials, sim.seeds, sim.step, WIDOM_DRAW, sim.lengths, self._whole, self.species,
            self._position,
        )  # fmt: skip
        energies = trial_energies(sim, self._position, self._copy)
        tails = sim.species_counts @ self._tails / sim.volumes
        weigh(count, self._copy, energies, sim.device.put(tails), self.temperature, self._weights)
        volumes = sim.device.put(sim.volumes)
        means = self._lanes.sum_atoms(self._weights, 1)[:, 0] / self.trials
        self._series.add(sim.device.xp.stack([means * volumes, volumes], axis=1))

    def result(self) -> ChemicalPotential:
        """The estimate so far [copies], its error by the jackknife over 20 blocks of the series.

        Raises ValueError for fewer samples than blocks, or where no test atom found room.
        """
        samples = self._series.samples()
        length = samples.shape[1] // BLOCKS
        if length == 0:
            raise ValueError(
                f"{samples.shape[1]} samples are too few for an error from {BLOCKS} blocks: run {BLOCKS} "
                f"times {self.every} steps at least"
            )
        blocks = samples[:, : length * BLOCKS].reshape(len(samples), BLOCKS, length, 2).sum(axis=2)
        if not (samples[..., 0].sum(axis=1) > 0).all():
            raise ValueError("no test atom found room: take more trials, or a thinner fluid")
        left_out = self._potential(blocks.sum(axis=1, keepdims=True) - blocks)
        stderr = np.sqrt((BLOCKS - 1) * left_out.var(axis=1))
        return ChemicalPotential(self._potential(samples.sum(axis=1)), stderr, samples)

    def _potential(self, sums: Array) -> Array:
        return -self.temperature * np.log(sums[..., 0] / sums[..., 1])


@kernel
def weigh(t: int, copy: Any, energies: Any, tails: Any, temperature: float, weights: Any) -> None:
    """Boltzmann's factor of a trial, exp(-(dU + tail) / T);  energies : [trials];  tails : [copies]."""
    weights[t] = exp(-(energies[t] + tails[copy[t]]) / temperature)
