"""Two fixed loads that tell machines and days apart: a memory copy and an arithmetic loop."""

import time
from collections.abc import Callable

import numpy as np

from knudsen.core.kernels import kernel

COPY_DOUBLES = 16_000_000
LOOP_ITEMS, LOOP_LENGTH = 64, 200_000


@kernel
def copy_share(item, source, target, share):
    """Copy one share of an array."""
    for i in range(item * share, (item + 1) * share):
        target[i] = source[i]


@kernel
def multiply_add(item, out, length):
    """A chain of dependent multiply-adds: a logistic map, two operations a turn."""
    x = 0.3 + 1e-6 * item
    for _ in range(length):
        x = 3.7 * x * (1.0 - x)
    out[item] = x


def best_seconds(work: Callable[[], None], repeats: int = 3) -> float:
    """Shortest of several times, the first (which may compile) left out."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def calibrate() -> dict[str, float]:
    """Memory copy [GB/s, read and write] and arithmetic loop [M turns/s] on the threads now set."""
    source, target, out = np.ones(COPY_DOUBLES), np.zeros(COPY_DOUBLES), np.zeros(LOOP_ITEMS)
    share = COPY_DOUBLES // LOOP_ITEMS
    copying = best_seconds(lambda: copy_share(LOOP_ITEMS, source, target, share))
    looping = best_seconds(lambda: multiply_add(LOOP_ITEMS, out, LOOP_LENGTH))
    return {
        "memory_copy_GB_per_s": 2 * source.nbytes / copying / 1e9,
        "arithmetic_loop_M_per_s": LOOP_ITEMS * LOOP_LENGTH / looping / 1e6,
    }
