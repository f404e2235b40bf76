"""Profiles along an axis, by species, in block sums."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from knudsen.core.kernels import kernel
from knudsen.md.forces import MEASURES
from knudsen.md.intake import whole
from knudsen.md.measures.blocks import BlockSums, check_blocks, ratio
from knudsen.md.measures.sums import mobile_masses
from knudsen.md.state.atoms import PACK
from knudsen.md.state.box import axis_number
from knudsen.md.state.lanes import Lanes
from knudsen.md.state.tensors import COLUMNS, ELEMENTS, ROWS, whole_tensors

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
LANE_ATOMS = 512
# Sums over the atoms of a bin: number, v, v v, half the pair energy, half the virial.
MOMENTS = ("count", "x", "y", "z", *ELEMENTS, "energy", *(f"w_{element}" for element in ELEMENTS))
VELOCITY, SQUARES, ENERGY, VIRIAL = slice(1, 4), slice(4, 10), 10, slice(11, 17)


@dataclass(frozen=True)
class Profiles:
    """Block sums over the atoms of each bin across an axis, in the laboratory frame.

    Numbers are ratios of sums over all blocks; `over_copies` and `over_blocks` give their standard errors.
    Bins without an atom give NaN where there is nothing to divide by.

    axis : 0, 1, 2;  lengths : [copy], edge of the box along it, averaged over the samples, in sigma
    masses : [species], in m, 0 for one that never moves
    resting : [copy, 3], 1 / M of the copy's mobile atoms along an axis whose total momentum stays, else 0
    samples : [block];  volumes : [copy, block], volume of a bin summed over the samples, in sigma^3
    sums : [copy, block, bin, species, MOMENTS], in 1, (epsilon/m)^(1/2), epsilon/m, and epsilon behind them
    """

    axis: int
    lengths: Array
    masses: Array
    resting: Array
    samples: Array
    volumes: Array
    sums: Array
    block_axes: ClassVar[dict[str, int]] = {"samples": 0, "volumes": 1, "sums": 1}

    @property
    def positions(self) -> Array:
        """Middles of the bins [copy, bin], in sigma."""
        bins = self.sums.shape[2]
        return self.lengths[:, None] * (np.arange(bins) + 0.5) / bins

    @property
    def number_density(self) -> Array:
        """Atoms per volume [copy, bin, species], in sigma^-3."""
        return self._totals[..., 0] / self._volume

    @property
    def velocity(self) -> Array:
        """Mean velocity of each species [copy, bin, species, 3], in (epsilon/m)^(1/2)."""
        return ratio(self._totals[..., VELOCITY], self._totals[..., :1])

    @property
    def barycentric_velocity(self) -> Array:
        """sum rho_a v_a / rho of the species that move [copy, bin, 3], in (epsilon/m)^(1/2)."""
        momentum = np.einsum("s,rbsk->rbk", self.masses, self._totals[..., VELOCITY])
        return ratio(momentum, np.einsum("s,rbs->rb", self.masses, self._totals[..., 0])[..., None])

    @property
    def temperature(self) -> Array:
        """Of all species that move, about the barycentric velocity of the bin [copy, bin], in epsilon/k.

        Over their degrees of freedom: of the 3 of an atom of mass m, m / M are lost with each component of
        the total momentum that stays, so that those of all bins add up to the simulation's.
        """
        squares = np.trace(self.kinetic_tensor, axis1=-2, axis2=-1)
        return ratio(squares.sum(axis=-1), self._degrees.sum(axis=-1))

    @property
    def species_temperature(self) -> Array:
        """Of each species, about the barycentric velocity of the bin [copy, bin, species]; NaN if frozen."""
        return ratio(np.trace(self.kinetic_tensor, axis1=-2, axis2=-1), self._degrees)

    @property
    def kinetic_tensor(self) -> Array:
        """Sums of m u u, u = v - v_barycentric, over all samples [copy, bin, species, 3, 3], in epsilon."""
        counts, first, second = (self._totals[..., part] for part in (slice(0, 1), VELOCITY, SQUARES))
        drift = np.nan_to_num(self.barycentric_velocity)[:, :, None, :]
        crossed = first[..., ROWS] * drift[..., COLUMNS] + drift[..., ROWS] * first[..., COLUMNS]
        about = second - crossed + counts * drift[..., ROWS] * drift[..., COLUMNS]
        return whole_tensors(self.masses[:, None] * about)

    @property
    def potential_energy(self) -> Array:
        """Pair energy of an atom of each species, half of each pair's [copy, bin, species], in epsilon."""
        return ratio(self._totals[..., ENERGY], self._totals[..., 0])

    @property
    def pressure_tensor(self) -> Array:
        """Kinetic part about the barycentric velocity, and half the virial of each pair at either atom
        [copy, bin, 3, 3], in epsilon/sigma^3.

        Where the total momentum stays the atoms of a bin lack the share m / M of T each, which is added: the
        kinetic part is n T in equilibrium.
        Where the fluid is not uniform over a cut-off this is not the local pressure of Irving and Kirkwood:
        along the axis it is not constant across an interface.
        """
        virial = whole_tensors(self._totals[..., VIRIAL].sum(axis=2))
        lacking = np.nan_to_num(self.temperature) * (self._totals[..., 0] @ self.masses)
        share = lacking[:, :, None, None] * self.resting[:, None, :, None] * np.eye(3)
        return (self.kinetic_tensor.sum(axis=2) + virial + share) / self._volume[..., None]

    @property
    def _degrees(self) -> Array:
        """Degrees of freedom, summed over the samples [copy, bin, species]."""
        lost = np.outer(self.resting.sum(axis=1), self.masses)
        return self._totals[..., 0] * ((self.masses > 0) * (3 - lost))[:, None, :]

    @property
    def _totals(self) -> Array:
        return self.sums.sum(axis=1)

    @property
    def _volume(self) -> Array:
        return self.volumes.sum(axis=1)[:, None, None]


@dataclass(eq=False)
class Profile:
    """Profiles of number density, velocity, temperature, pair energy and pressure, by species.

    Bins follow the box.  Samples go to blocks of equal length; when all are full, each two are merged, so
    that memory stays as it is and the run need not be planned.  In a sheared box velocities are about its
    flow.

    Arguments
    ---------
    axis : 'x', 'y' or 'z';  bins : across the box
    every : steps between two samples;  blocks : at most, even
    """

    axis: str = "x"
    bins: int = 100
    every: int = 24
    blocks: int = 32

    def __post_init__(self) -> None:
        whole(self.every, "every")
        whole(self.bins, "bins")
        check_blocks(self.blocks)
        axis_number(self.axis)

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        self._species, self._masses = sim.species_count, mobile_masses(sim)
        mobile = np.maximum(sim.species_counts @ self._masses, np.finfo(float).tiny)
        self._resting = sim.conserved_axes / mobile[:, None]
        # And the volume of a bin and the edge of the box.
        width = self.bins * sim.species_count * len(MOMENTS) + 2
        self._sums = BlockSums(sim.device, self.blocks, (sim.copies, width))
        self._lanes, self._first = None, None

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return self._sums.arrays()

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        axis = axis_number(self.axis)
        if self._first is not sim.atoms.first:
            self._first, self._lanes = sim.atoms.first, Lanes(sim.atoms.first, sim.device, LANE_ATOMS)
        lanes, atoms, xp = self._lanes, sim.atoms, sim.device.xp
        partials = xp.zeros(lanes.count * self.bins * self._species * len(MOMENTS))
        add_moments(
            lanes.count, lanes.edges, lanes.copy, atoms.position, atoms.velocity, sim.atom_measures(),
            sim.lengths, axis, sim.domain.periodic[axis], self.bins, self._species, partials,
        )  # fmt: skip
        boxes = sim.device.put(np.stack([sim.volumes / self.bins, sim.box_lengths[:, axis]], axis=1))
        sums = self._sums.open()
        sums += xp.concatenate([lanes.sum(partials), boxes], axis=1)

    def result(self) -> Profiles:
        """The profiles so far."""
        samples, found = self._sums.samples, np.moveaxis(self._sums.fetch(), 0, 1)
        return Profiles(
            axis=axis_number(self.axis),
            lengths=found[..., -1].sum(axis=1) / max(samples.sum(), 1),
            masses=self._masses,
            resting=self._resting,
            samples=samples,
            volumes=found[..., -2],
            sums=found[..., :-2].reshape(*found.shape[:2], self.bins, self._species, len(MOMENTS)),
        )


@kernel
def add_moments(
    lane: int, edges: Any, copy: Any, position: Any, velocity: Any, measures: Any, lengths: Any, axis: int,
    periodic: bool, bins: int, species: int, partials: Any,
) -> None:  # fmt: skip
    """Add the moments of one lane's atoms to their bins; an atom beyond a wall goes to the bin at it."""
    length = lengths[3 * copy[lane] + axis]
    for k in range(edges[lane], edges[lane + 1]):
        i = np.uint64(k)
        at, along, own = np.uint64(PACK) * i, np.uint64(3) * i, np.uint64(MEASURES) * i
        across = position[at + np.uint64(axis)] / length
        if periodic:
            across -= math.floor(across)
        place = min(max(int(across * bins), 0), bins - 1)
        s = np.int64(position[at + np.uint64(3)])
        row = np.uint64((lane * bins + place) * species + s) * np.uint64(len(MOMENTS))
        x = np.float64(velocity[along])
        y = np.float64(velocity[along + np.uint64(1)])
        z = np.float64(velocity[along + np.uint64(2)])
        partials[row] += 1.0
        partials[row + np.uint64(1)] += x
        partials[row + np.uint64(2)] += y
        partials[row + np.uint64(3)] += z
        partials[row + np.uint64(4)] += x * x
        partials[row + np.uint64(5)] += y * y
        partials[row + np.uint64(6)] += z * z
        partials[row + np.uint64(7)] += x * y
        partials[row + np.uint64(8)] += x * z
        partials[row + np.uint64(9)] += y * z
        for column in range(MEASURES):
            partials[row + np.uint64(10 + column)] += measures[own + np.uint64(column)]
