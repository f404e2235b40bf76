"""Whether a run has come to its stationary state, since when, and how much of it counts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import positive_number
from knudsen.analysis.statistics import (
    Array,
    NotSteadyError,
    TooShortError,
    integrated_autocorrelation_time,
    trend,
    varies,
)

LEAST_SAMPLES = 20
# Places at which the stationary part may begin: on a finer grid it would be found no better.
STARTS = 64


@dataclass(frozen=True)
class StationaryPart:
    """The stationary part of a series.

    Attributes
    ---------
    start : index of its first sample
    autocorrelation_time : tau of that part [samples], 1 or more
    effective_samples : independent ones in it, N / tau
    mean, stderr : of the part, autocorrelation included
    trend : its slope, in standard errors
    """

    start: int
    autocorrelation_time: float
    effective_samples: float
    mean: float
    stderr: float
    trend: float


def stationary_part(
    series: ArrayLike, least_effective: float = 50.0, largest_trend: float = 3.0
) -> StationaryPart:  # fmt: skip
    """The part of a series that keeps the most independent samples, if it is stationary.

    ::

        start = argmax_t (N - t) / tau(t),  t in the first half;  tau(t) = tau of the samples from t on

    A transient left in lengthens tau and a late start shortens the series, so the maximum lies between.  The
    part must then show no trend: its least-squares slope is divided by a standard error that knows tau, and
    refused beyond `largest_trend`.  The start then moves later, as far as the middle; to such a start, and to
    one beyond 3/8 of the series, where a slow relaxation drives it, half of that limit applies.

    Arguments
    ---------
    series : [time], or [copy, time] of independent copies
    least_effective : independent samples that the part must hold
    largest_trend : slope that is refused, in standard errors

    Returns
    -------
    StationaryPart

    Raises
    ------
    NotSteadyError : a trend wherever the part begins, so the stationary state has not come, or only just
    TooShortError : fewer than 20 samples, or than `least_effective` independent ones; `estimate` is the
        StationaryPart, or None
    ValueError : a series that is not finite, limits that are not positive

    Source: J. D. Chodera, J. Chem. Theory Comput. 12 (2016) 1799, 10.1021/acs.jctc.5b00784, eq. 10; the trend
    test is added.

    >>> import numpy as np
    >>> noise = np.random.default_rng(1).standard_normal(2000)
    >>> part = stationary_part(noise + 20 * np.exp(-np.arange(2000) / 50))
    >>> 150 < part.start < 350, part.effective_samples > 1000
    (True, True)
    """
    positive_number(least_effective, "least_effective", "independent samples")
    positive_number(largest_trend, "largest_trend", "standard errors")
    array = _copies(series)
    times = array.shape[1]
    starts = np.unique(np.linspace(0, times // 2, STARTS).astype(int))
    effective = [array[:, start:].size / _tau(array[:, start:])[0] for start in starts]
    part, windowed = _describe(array, int(starts[np.argmax(effective)]))
    if part.trend > (largest_trend if part.start <= 3 / 8 * times else largest_trend / 2):
        part, windowed = _later(array, starts[starts > part.start], part, largest_trend / 2)
    if not windowed or part.effective_samples < least_effective:
        raise TooShortError(
            f"the stationary part holds {part.effective_samples:.3g} independent samples "
            f"(tau is about {part.autocorrelation_time:.3g} samples) where {least_effective:g} are needed: "
            f"run {max(least_effective / part.effective_samples, 1.1):.2g} times as long or more",
            part,
        )
    return part


def _copies(series: ArrayLike) -> Array:
    try:
        array = np.atleast_2d(np.asarray(series, np.float64))
    except (TypeError, ValueError):
        raise ValueError("a series must be numbers, all copies of one length") from None
    if array.ndim != 2:
        raise ValueError(f"a series is [time] or [copy, time], got shape {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError("the series holds values that are not finite")
    if array.shape[1] < LEAST_SAMPLES:
        raise TooShortError(
            f"{array.shape[1]} samples cannot show a stationary state: {LEAST_SAMPLES} are needed", None
        )
    return array


def _tau(array: Array) -> tuple[float, bool]:
    """Autocorrelation time, and whether its window lies inside the series."""
    if not varies(array):
        return 1.0, True
    try:
        return integrated_autocorrelation_time(array, tolerance=0.0), True
    except TooShortError as error:
        return float(error.estimate), False


def _later(array: Array, starts: Any, best: StationaryPart, limit: float) -> tuple[StationaryPart, bool]:
    """The part that begins at the first later start without a trend."""
    for start in starts[3::4]:
        part, windowed = _describe(array, int(start))
        if part.trend <= limit:
            return part, windowed
    raise NotSteadyError(
        f"the series still drifts from sample {best.start} on, by {best.trend:.3g} standard errors, "
        "and from later samples too: run longer",
        best.trend,
    )


def _describe(array: Array, start: int) -> tuple[StationaryPart, bool]:
    rest = array[:, start:]
    tau, windowed = _tau(rest)
    stderr = float(np.sqrt(rest.var() * tau / max(rest.size - tau, 1.0)))
    slope = trend(rest.mean(axis=0))
    return StationaryPart(start, tau, rest.size / tau, float(rest.mean()), stderr, slope), windowed
