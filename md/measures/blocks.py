"""Standard errors: over copies of one state, and over blocks of time of each copy."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from scipy.special import ndtr, stdtrit

from knudsen.core.device import Device
from knudsen.md.intake import whole

Array = np.ndarray[Any, Any]


class Blocked(Protocol):
    """A result that holds sums of blocks of time, the copy first.

    samples : [block], samples of each;  pairs : [block, lag], pairs of times, where there are lags
    block_axes : the arrays that have an axis of blocks, and which it is
    """

    samples: Array
    block_axes: ClassVar[dict[str, int]]


Found = TypeVar("Found", bound=Blocked)


def over_copies(found: Found, number: Callable[[Found], Array]) -> tuple[Array, Array]:
    """Mean over the copies of what `number` gives [copy, ...], and its standard error: [...] each::

        stderr = t_R s / sqrt(R),    s^2 = sum_r (x_r - mean)^2 / (R - 1)

    with t_R from Student's distribution, such that +-stderr holds 68.3 % for any number R of copies.  The
    copies must be replicas of one state.  Raises ValueError for one copy.
    """
    values = number(found)
    copies = len(values)
    if copies < 2:
        raise ValueError(
            f"an error over copies needs two or more, got {copies}: give the simulation a list of starts, "
            "or use over_blocks"
        )
    return values.mean(axis=0), student(copies) * values.std(axis=0, ddof=1) / math.sqrt(copies)


def over_blocks(found: Found, number: Callable[[Found], Array]) -> tuple[Array, Array]:
    """What `number` gives [copy, ...] and its standard error from blocks of time, by leaving out each::

        stderr^2 = t_B^2 (B - 1)/B sum_b (x_b - mean)^2

    with Student's factor as in `over_copies`.  The blocks must be longer than what is correlated; where there
    are lags, those beyond a block have no error (NaN).  Raises ValueError for fewer than two blocks.
    """
    blocks = len(found.samples)
    if blocks < 2:
        raise ValueError(f"an error needs two blocks or more, got {blocks}: take more samples, or use copies")
    left = np.stack([number(without(found, block)) for block in range(blocks)])
    spread = ((left - left.mean(axis=0)) ** 2).sum(axis=0)
    return number(found), student(blocks) * np.sqrt((blocks - 1) / blocks * spread)


def without(found: Found, block: int) -> Found:
    """The result of all blocks but one, without pairs of times that no block can hold."""
    kept = {name: np.delete(getattr(found, name), block, axis) for name, axis in found.block_axes.items()}
    if "pairs" in kept:
        kept["pairs"] = kept["pairs"] * (found.pairs[0] > 0)  # type: ignore[attr-defined]
    return replace(found, **kept)  # type: ignore[type-var]


def student(groups: int) -> float:
    """Student's deviate of G groups that holds what one standard deviation of a normal does.

    >>> round(student(2), 2), round(student(8), 2)
    (1.84, 1.08)
    """
    return float(stdtrit(groups - 1, ndtr(1.0)))


def ratio(above: Array, below: Any) -> Array:
    """Quotients; NaN where there is nothing to divide by."""
    below = np.broadcast_to(below, above.shape)
    return np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)


# An open block weighs as much as a full one: of fewer its share would spoil the error.
FEWEST_BLOCKS = 8


def check_blocks(blocks: Any) -> None:
    """Raise ValueError unless so many blocks can be merged in pairs."""
    whole(blocks, "blocks", FEWEST_BLOCKS)
    if blocks % 2:
        raise ValueError(f"blocks must be even, for they are merged in pairs, got {blocks}")


class BlockSums:
    """Sums in blocks of equally many samples.

    When all are full each two become one: memory stays as it is, and a run need not be planned.

    blocks : at most, even;  shape : of the sums of a block
    """

    def __init__(self, device: Device, blocks: int, shape: tuple[int, ...]) -> None:
        self.device = device
        self.sums = device.xp.zeros((blocks, *shape))
        self.taken = device.xp.zeros(1, np.int64)

    def arrays(self) -> dict[str, Any]:
        """What changes with the samples."""
        return {"sums": self.sums, "taken": self.taken}

    def open(self) -> Any:
        """Count a sample, and give the sums of its block to add to."""
        taken, blocks = int(self.taken[0]), len(self.sums)
        length = block_length(taken, blocks)
        if taken == length * blocks:
            merged = self.sums[0::2] + self.sums[1::2]
            self.sums[...] = 0.0
            self.sums[: blocks // 2] = merged
            length *= 2
        self.taken += 1
        return self.sums[taken // length]

    @property
    def edges(self) -> Array:
        """Samples before each block, and all of them [block + 1]."""
        taken = int(self.taken[0])
        length = block_length(taken, len(self.sums))
        return np.minimum(length * np.arange(-(-taken // length) + 1), taken)

    @property
    def samples(self) -> Array:
        """Samples of each block [block]."""
        return np.diff(self.edges)

    def fetch(self) -> Array:
        """Sums of the blocks so far, on the host [block, ...]."""
        return self.device.fetch(self.sums[: len(self.samples)])


def block_length(taken: int, blocks: int) -> int:
    """Samples of a block after so many: the smallest power of two with which the blocks hold them."""
    return 2 ** max(0, math.ceil(math.log2(max(taken, 1) / blocks)))
