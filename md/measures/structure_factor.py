"""The static structure factor S(k) of every pair of species, by direct sums."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from knudsen.core.kernels import device as device_function
from knudsen.core.kernels import kernel
from knudsen.md.intake import whole
from knudsen.md.measures.blocks import BlockSums, check_blocks, ratio
from knudsen.md.measures.sums import check_unsheared
from knudsen.md.state.atoms import PACK
from knudsen.md.state.lanes import Lanes

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
LANE_ATOMS = 512
# Integer triples to choose wave vectors from, at most.
MOST_TRIPLES = 5e7


@dataclass(frozen=True)
class StructureFactors:
    """Partial structure factors on the wave vectors of each box::

        S_ab(k) = < Re rho_a(k) rho_b(-k) > / sqrt(N_a N_b),    rho_a(k) = sum_(i in a) exp(-i k . r_i)

    which is delta_ab in an ideal gas.

    shells : edges of the shells of |k| [shell + 1], in 1/sigma
    vectors : [copy], the vectors taken [vector, 3], whole numbers n of k = 2 pi n / L
    wave_numbers : [copy], their |k| in the box of the start [vector], in 1/sigma
    samples : [block];  counts : [copy, block, species], atoms N_a in the samples of a block
    sums : [copy, block, a, b, vector], of Re rho_a(k) rho_b(-k); zero beyond the vectors of a copy

    Source: N. W. Ashcroft and D. C. Langreth, Phys. Rev. 156 (1967) 685.
    """

    shells: Array
    vectors: tuple[Array, ...]
    wave_numbers: tuple[Array, ...]
    samples: Array
    sums: Array
    counts: Array
    block_axes: ClassVar[dict[str, int]] = {"samples": 0, "sums": 1, "counts": 1}

    @property
    def per_vector(self) -> tuple[Array, ...]:
        """[copy], S_ab of each vector [a, b, vector]; NaN for a species that a copy does not hold."""
        counts = self.counts.sum(axis=1)
        scale = np.sqrt(counts[:, :, None] * counts[:, None, :])
        found = ratio(self.sums.sum(axis=1), scale[..., None])
        return tuple(rows[..., : len(n)] for rows, n in zip(found, self.wave_numbers, strict=True))

    @property
    def fractions(self) -> Array:
        """N_a / N [copy, species]."""
        counts = self.counts.sum(axis=1)
        return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)

    @property
    def k(self) -> Array:
        """Mean |k| of the vectors in each shell [copy, shell], in 1/sigma; NaN in a shell without any."""
        return np.stack([self._by_shell(copy, lengths) for copy, lengths in enumerate(self.wave_numbers)])

    @property
    def values(self) -> Array:
        """S_ab(k), averaged over the vectors of each shell [copy, a, b, shell]; NaN in an empty one.

        Its errors: `over_copies`, `over_blocks`.
        """
        return np.stack([self._by_shell(copy, found) for copy, found in enumerate(self.per_vector)])

    @property
    def total(self) -> Array:
        """S(k) of all atoms, sum sqrt(x_a x_b) S_ab [copy, shell]."""
        root = np.sqrt(self.fractions)
        shares = root[:, :, None] * root[:, None, :]
        present = np.where(shares[..., None] > 0, self.values, 0.0)
        return np.einsum("rab,rabk->rk", shares, present)

    def _by_shell(self, copy: int, found: Array) -> Array:
        shell = np.digitize(self.wave_numbers[copy], self.shells[1:], right=True)
        means = np.full((*found.shape[:-1], len(self.shells) - 1), np.nan)
        for number in np.unique(shell):
            means[..., number] = found[..., shell == number].mean(axis=-1)
        return means


@dataclass(eq=False)
class StructureFactor:
    """S(k) on the wave vectors that the box allows, out to k_max.

    Arguments
    ---------
    every : steps between two samples
    k_max : [1 / sigma];  shells : of equal width from 0 to k_max
    most : wave vectors of a shell, spread evenly over those there are; the cost grows with their number
    blocks : of time, at most, even
    """

    every: int = 500
    k_max: float = 12.0
    shells: int = 60
    most: int = 20
    blocks: int = 32

    def __post_init__(self) -> None:
        for name in ("every", "shells", "most"):
            whole(getattr(self, name), name)
        check_blocks(self.blocks)
        if not 0 < self.k_max < np.inf:
            raise ValueError(f"k_max must be positive and finite, got {self.k_max}")

    def bind(self, sim: "Simulation") -> None:
        """Choose the wave vectors and allocate.  Raises ValueError where a box has none, or is sheared."""
        check_unsheared(sim, "the structure factor")
        self._edges = np.linspace(0.0, self.k_max, self.shells + 1)
        chosen = [wave_vectors(lengths, self._edges, self.most) for lengths in sim.box_lengths]
        self._vectors = tuple(vectors for vectors, _ in chosen)
        self._wave_numbers = tuple(lengths for _, lengths in chosen)
        self._numbers = np.array([len(vectors) for vectors in self._vectors])
        width = int(self._numbers.max())
        padded = np.zeros((sim.copies, width, 3), np.int32)
        for copy, vectors in enumerate(self._vectors):
            padded[copy, : len(vectors)] = vectors
        put, species = sim.device.put, sim.species_count
        self._triples, self._held = put(padded.ravel()), put(self._numbers)
        self._sums = BlockSums(sim.device, self.blocks, (sim.copies, width * species**2 + species))
        self._species, self._lanes, self._first = species, None, None

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return self._sums.arrays()

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        if self._first is not sim.atoms.first:
            self._first, self._lanes = sim.atoms.first, Lanes(sim.atoms.first, sim.device, LANE_ATOMS)
        lanes, width, species = self._lanes, len(self._triples) // (3 * sim.copies), self._species
        xp = sim.device.xp
        waves = xp.zeros((lanes.count, width * species * 2))
        products = xp.zeros((sim.copies, width * species**2))
        add_waves(
            lanes.count * width * species, width, lanes.edges, lanes.copy, self._held, self._triples,
            sim.atoms.position, sim.lengths, species, waves,
        )  # fmt: skip
        add_wave_products(sim.copies * width, width, lanes.sum(waves), species, products)
        counts = sim.device.put(np.asarray(sim.species_counts, np.float64))
        sums = self._sums.open()
        sums += xp.concatenate([products, counts], axis=1)

    def result(self) -> StructureFactors:
        """S(k) so far."""
        species, found = self._species, np.moveaxis(self._sums.fetch(), 0, 1)
        products = found[..., :-species].reshape(*found.shape[:2], -1, species, species)
        return StructureFactors(
            self._edges, self._vectors, self._wave_numbers, self._sums.samples,
            np.moveaxis(products, 2, -1), found[..., -species:],
        )  # fmt: skip


def wave_vectors(lengths: Any, edges: Array, most: int) -> tuple[Array, Array]:
    """Whole numbers n [vector, 3] of k = 2 pi n / L and |k| [vector], one of each pair k, -k, by shells.

    Of a shell that holds more than `most`, as many, evenly spread over their order.

    Raises
    ------
    ValueError : no vector within the last edge, or more than can be gone through.
    """
    steps = 2 * np.pi / np.asarray(lengths, float)
    bounds = np.floor(edges[-1] / steps).astype(int)
    if np.prod(2.0 * bounds + 1) > MOST_TRIPLES:
        raise ValueError(
            f"k_max {edges[-1]:g} allows too many wave vectors in a box of {lengths}: lower k_max"
        )
    chosen = []
    y, z = np.meshgrid(*(np.arange(-bound, bound + 1) for bound in bounds[1:]), indexing="ij")
    for x in range(bounds[0] + 1):
        half = (x > 0) | (y > 0) | ((y == 0) & (z > 0))
        near = (x * steps[0]) ** 2 + (y * steps[1]) ** 2 + (z * steps[2]) ** 2 <= edges[-1] ** 2
        kept = half & near
        chosen.append(np.stack([np.full(kept.sum(), x), y[kept], z[kept]], axis=1))
    vectors = np.concatenate(chosen)
    if not len(vectors):
        raise ValueError(f"k_max {edges[-1]:g} is below 2 pi / L of a box of {lengths}: raise k_max")
    lengths_of = np.linalg.norm(vectors * steps, axis=1)
    shell = np.digitize(lengths_of, edges[1:], right=True)
    picked = [_spread(np.flatnonzero(shell == number), most) for number in range(len(edges) - 1)]
    places = np.concatenate(picked)
    return vectors[places], lengths_of[places]


def _spread(places: Array, most: int) -> Array:
    if len(places) <= most:
        return places
    return places[np.floor((np.arange(most) + 0.5) * len(places) / most).astype(int)]


@device_function
def wave(turns: float) -> tuple[float, float]:
    """cos and sin of 2 pi turns by their series at half the angle, which go many atoms at a time.

    The first term left out is below 1e-17 for an angle within pi / 2.
    """
    half = math.pi * (turns - math.floor(turns + 0.5))
    u = half * half
    sine = 1.0 - u / 342.0 * (1.0 - u / 420.0 * (1.0 - u / 506.0))
    sine = 1.0 - u / 110.0 * (1.0 - u / 156.0 * (1.0 - u / 210.0 * (1.0 - u / 272.0 * sine)))
    sine = half * (1.0 - u / 6.0 * (1.0 - u / 20.0 * (1.0 - u / 42.0 * (1.0 - u / 72.0 * sine))))
    cosine = 1.0 - u / 306.0 * (1.0 - u / 380.0 * (1.0 - u / 462.0 * (1.0 - u / 552.0)))
    cosine = 1.0 - u / 90.0 * (1.0 - u / 132.0 * (1.0 - u / 182.0 * (1.0 - u / 240.0 * cosine)))
    cosine = 1.0 - u / 2.0 * (1.0 - u / 12.0 * (1.0 - u / 30.0 * (1.0 - u / 56.0 * cosine)))
    return 1.0 - 2.0 * sine * sine, 2.0 * sine * cosine


@kernel
def add_waves(
    item: int, width: int, edges: Any, copy: Any, held: Any, triples: Any, position: Any, lengths: Any,
    species: int, waves: Any,
) -> None:  # fmt: skip
    """Sum of cos k . r and sin k . r over one lane's atoms of one species, for one wave vector."""
    lane, vector, kind = item // (width * species), item // species % width, np.float64(item % species)
    own = copy[lane]
    if vector >= held[own]:
        return
    triple, box = 3 * (own * width + vector), 3 * own
    x = triples[triple] / lengths[box]
    y = triples[triple + 1] / lengths[box + 1]
    z = triples[triple + 2] / lengths[box + 2]
    real = imaginary = 0.0
    for number in range(np.uint64(edges[lane]), np.uint64(edges[lane + 1])):
        i = np.uint64(PACK) * np.uint64(number)
        turns = x * position[i] + y * position[i + np.uint64(1)] + z * position[i + np.uint64(2)]
        cosine, sine = wave(turns)
        counts = 1.0 if position[i + np.uint64(3)] == kind else 0.0
        real += counts * cosine
        imaginary += counts * sine
    place = 2 * (vector * species + item % species)
    waves[lane, place], waves[lane, place + 1] = real, imaginary


@kernel
def add_wave_products(item: int, width: int, waves: Any, species: int, sums: Any) -> None:
    """Add Re rho_a(k) rho_b(-k) of one copy and wave vector to sums."""
    copy, vector = item // width, item % width
    wave, place = vector * species * 2, vector * species * species
    for a in range(species):
        for b in range(species):
            real = waves[copy, wave + 2 * a] * waves[copy, wave + 2 * b]
            real += waves[copy, wave + 2 * a + 1] * waves[copy, wave + 2 * b + 1]
            sums[copy, place + a * species + b] += real
