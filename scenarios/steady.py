"""Where the steady state of a slab begins, judged by its copies where there are enough of them."""

import numpy as np
from scipy import stats

from knudsen.analysis.groups import slow_modes, steady_block
from knudsen.analysis.statistics import Array, NotSteadyError, steady_state_start
from knudsen.core.samples import SlabSamples

FEW_COPIES = 16  # from here on the spread between copies is an error bar
DRIFT = 4.0  # standard errors


def first_steady_block(samples: SlabSamples) -> int:
    """First block at which every slow mode of the slab is steady; give it to `SlabSamples.select`.

    With FEW_COPIES or more the second half may not drift by more than the spread between the copies
    allows: a single series of ten correlation times knows its own error too badly to be judged by it.

    Raises NotSteadyError for a run that drifts, TooShortError as `steady_state_start` does.
    """
    if samples.copies < FEW_COPIES:
        return steady_block(samples)
    modes = slow_modes(samples)
    drift = max((drift_between_copies(mode[:, mode.shape[-1] // 2 :]) for mode in modes), default=0.0)
    if drift > DRIFT:
        raise NotSteadyError(
            f"the second half of the run still drifts by {drift:.3g} standard errors: run longer", drift
        )
    return max((steady_state_start(mode, batch=1, drift=np.inf) for mode in modes), default=0)


def drift_between_copies(series: Array) -> float:
    """Mean least-squares slope of independent series [copy, time] in standard errors of their spread.

    The quotient is a Student t of copies - 1 degrees of freedom, turned into the normal deviate of the
    same probability.
    """
    copies, n = series.shape
    slopes = series @ (np.arange(n) - (n - 1) / 2)
    error = slopes.std(ddof=1) / np.sqrt(copies)
    if error == 0:
        return float("inf") if slopes.any() else 0.0
    probability = stats.t.sf(abs(slopes.mean()) / error, copies - 1)
    return float(stats.norm.isf(max(probability, 1e-300)))
