"""Mean-squared displacements of atoms, and displacements of whole species, on a grid of lags in powers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from knudsen.md.measures.blocks import ratio
from knudsen.md.measures.correlations import Collective, Correlator, by_copy, group_means
from knudsen.md.measures.multiple_tau import DISPLACEMENT, MultipleTau, runs_of_groups
from knudsen.md.measures.sums import (
    barycentric_weights,
    check_same_atoms,
    check_unsheared,
    gather_places,
    place_sums,
    species_rows,
)

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Displacements:
    """Displacements over a lag, in the laboratory frame, in block sums.

    times : [lag], in sigma (m/epsilon)^(1/2)
    samples : [block];  pairs : [block, lag], pairs of times
    squared_sums : [copy, block, species, lag], and collective_sums : [copy, block, a, b, lag], over the pairs
        of times; squared ones NaN for a species that a copy does not hold
    weights : [copy, a, b], what takes the D_a to the frame of the centre of mass;  counts : [copy, species]
    """

    times: Array
    samples: Array
    pairs: Array
    squared_sums: Array
    collective_sums: Array
    weights: Array
    counts: Array
    block_axes: ClassVar[dict[str, int]] = {
        "samples": 0, "pairs": 0, "squared_sums": 1, "collective_sums": 1
    }  # fmt: skip

    @property
    def squared(self) -> Array:
        """< |r_i(t) - r_i(0)|^2 > of the atoms of each species [copy, species, lag], in sigma^2."""
        return ratio(self.squared_sums.sum(axis=1), self.pairs.sum(axis=0))

    @property
    def collective(self) -> Array:
        """< D_a . D_b >, D_a = sum_(i in a) (r_i(t) - r_i(0)) [copy, a, b, lag], in sigma^2."""
        return ratio(self.collective_sums.sum(axis=1), self.pairs.sum(axis=0))

    @property
    def collective_barycentric(self) -> Array:
        """< D'_a . D'_b > about the centre of mass of the atoms that move [copy, a, b, lag], in sigma^2::

        Lambda_ab = lim < D'_a . D'_b > / (6 N t)    [sigma (epsilon/m)^(1/2)]
        """
        return np.einsum("rac,rcdl,rbd->rabl", self.weights, self.collective, self.weights)

    @property
    def squared_barycentric(self) -> Array:
        """< |r_i(t) - r_i(0)|^2 > less the drift d of the centre of mass, in sigma^2 [copy, species, lag]::

            < |r - d|^2 > = < r^2 > - 2 < D_a . d > / N_a + < d^2 >

        It differs from `squared` where a thermostat or a field lets the centre of mass wander.
        """
        counts = np.maximum(self.counts, 1)[:, :, None]
        # D_a - D'_a = N_a d
        drift = np.eye(self.weights.shape[1]) - self.weights
        moved = np.einsum("racl,rac->ral", self.collective, drift) / counts**2
        wandered = np.einsum("rac,rcdl,rad->ral", drift, self.collective, drift) / counts**2
        return self.squared - 2 * moved + wandered


@dataclass(eq=False)
class Displacement(Correlator):
    """Displacements of atoms and of species from unwrapped positions.

    All pairs of times a lag apart, on a grid of times that coarsens with the lag; nothing is averaged over
    time before it is squared.  Self- and Maxwell-Stefan diffusion follow from the slopes.  A box that changes
    its size moves the atoms with it, which counts as displacement.  Errors over blocks are too small for lags
    near the length of a block, by an eighth at its end.  An atom holds 24 levels points bytes.

    Source: D. Frenkel and B. Smit, Understanding Molecular Simulation (2002), section 4.4.2.
    """

    every: int = 24
    levels: int = 6

    def bind(self, sim: "Simulation") -> None:
        """Allocate.  Raises ValueError in a sheared box, where unwrapped positions are not defined."""
        check_unsheared(sim, "a displacement")
        self._atoms = sim.atoms
        self._rows, self._sizes = species_rows(sim)
        runs, self._group = runs_of_groups(self._sizes, sim.device)
        self._sums = MultipleTau(sim.device, 3 * sim.atoms.count, runs, self.grid, DISPLACEMENT, self.blocks)
        self._collective = Collective(sim, sim.species_count, 3, self.grid, DISPLACEMENT, self.blocks)
        self._interval, self._counts = self.every * sim.timestep, np.array(sim.species_counts)
        self._weights = barycentric_weights(sim)

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        collective = {f"collective_{name}": array for name, array in self._collective.arrays().items()}
        return self._sums.arrays() | collective

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        check_same_atoms(sim, self._atoms, "a displacement")
        atoms = sim.atoms
        gather_places(
            atoms.count, atoms.id, self._rows, atoms.copy, atoms.position, atoms.image, sim.lengths,
            self._sums.newest,
        )  # fmt: skip
        self._sums.push()
        self._collective.push(place_sums(sim))

    def result(self) -> Displacements:
        """The displacements so far."""
        _, pairs, rows = self._sums.result()
        copies, species = self._counts.shape
        squared = by_copy(group_means(rows, self._group, self._sizes), copies)
        names = tuple(str(number) for number in range(species))
        collective = self._collective.result(self._interval, names)
        return Displacements(
            collective.times, collective.samples, pairs, squared, collective.sums, self._weights, self._counts
        )
