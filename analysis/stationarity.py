"""Whether a run has come to its stationary state, since when, and how much of it counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from knudsen.analysis.checks import positive_number
from knudsen.analysis.statistics import (
    Array,
    NotSteadyError,
    TooShortError,
    autocorrelation_time_of_mean,
    copies_of,
    standard_error,
    varies,
    windowed_tau,
)

LEAST_SAMPLES = 20
# Batches of a series for MSER: with fewer it sees fainter transients, but cuts more where there is none.
BATCHES = 100


@dataclass(frozen=True)
class StationaryPart:
    """The stationary part of a series.

    Attributes
    ---------
    start : index of its first sample
    autocorrelation_time : tau of that part [samples], 1 or more, that of `autocorrelation_time_of_mean`
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
    """The part of a series without its transient, if that part is stationary.

    ::

        start = 2 d,  d = argmin_{d <= n/2} sum_{i >= d} (y_i - ybar_d)^2 / (n - d)^2

    y are the means of n = 100 batches.  MSER's d is where a transient a exp(-t/T) has come down to the
    scatter s of a batch, and twice d leaves s^2 / a of it.  No autocorrelation time enters: of many starts,
    the one with the largest N / tau is one whose tau, and so its standard error, came out too small.

    The part is refused if d lies beyond a quarter of the series, or if it shows a trend: its least-squares
    slope, divided by a standard error that knows tau, beyond `largest_trend`, or half of it for a start
    beyond 3/8 of the series.  A transient shorter than a twentieth of the series leaves less than 0.3
    standard errors; a faint one, as high as the noise, of a tenth may hide and leave 0.7, a longer one more.
    Of series with few more independent samples than `least_effective`, those pass whose tau came out small:
    with 50 in truth, the errors of those that pass are 10 to 20 % too small, with 100 some 7 %, with 200
    right.

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
    NotSteadyError : a transient longer than a quarter of the series, or a trend after it
    TooShortError : fewer than 20 samples, or than `least_effective` independent ones; `estimate` is the
        StationaryPart, or None
    ValueError : a series that is not finite, limits that are not positive

    Source: as `steady_state_start` (MSER); twice its start and the trend test are added.

    >>> import numpy as np
    >>> noise = np.random.default_rng(1).standard_normal(2000)
    >>> part = stationary_part(noise + 20 * np.exp(-np.arange(2000) / 50))
    >>> 150 < part.start < 500, part.effective_samples > 1000
    (True, True)
    """
    positive_number(least_effective, "least_effective", "independent samples")
    positive_number(largest_trend, "largest_trend", "standard errors")
    array = _checked(series)
    times = array.shape[1]
    cut = _truncation(array, max(round(times / BATCHES), 1))
    part, windowed = _describe(array, min(2 * cut, times // 2))
    if 4 * cut > times:
        raise NotSteadyError(
            f"the series still drifts at sample {cut} of {times}, beyond its first quarter: run longer",
            part.trend,
        )
    if part.trend > (largest_trend if 8 * part.start <= 3 * times else largest_trend / 2):
        raise NotSteadyError(
            f"the series still drifts from sample {part.start} on, by {part.trend:.3g} standard errors: "
            "run longer",
            part.trend,
        )
    if not windowed or part.effective_samples < least_effective:
        raise TooShortError(
            f"the stationary part holds {part.effective_samples:.3g} independent samples "
            f"(tau is about {part.autocorrelation_time:.3g} samples) where {least_effective:g} are needed: "
            f"run {max(least_effective / part.effective_samples, 1.1):.2g} times as long or more",
            part,
        )
    return part


def _checked(series: ArrayLike) -> Array:
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


def _describe(array: Array, start: int) -> tuple[StationaryPart, bool]:
    """The part from a start on, and whether the window of its tau lies inside it."""
    rest = array[:, start:]
    tau, windowed = autocorrelation_time_of_mean(rest)
    slope = trend(rest.mean(axis=0))
    part = StationaryPart(start, tau, rest.size / tau, float(rest.mean()), standard_error(rest, tau), slope)
    return part, windowed


def trend(series: Array) -> float:
    """Least-squares slope of a series [sample] in standard errors [-], autocorrelation included.

    Returns its size alone, infinite for a series on a line.  A short series knows its own error badly, so
    the quotient is a Student t, of about n / 2 tau degrees of freedom, here turned into the normal deviate
    of the same probability.

    >>> trend(np.arange(10.0))
    inf
    """
    n = len(series)
    time = np.arange(n) - (n - 1) / 2
    slope = time @ series / (time @ time)
    residual = series - series.mean() - slope * time
    if not varies(residual):
        return float("inf") if varies(series) else 0.0
    tau, _ = windowed_tau(np.atleast_2d(residual), 5.0)
    variance = residual @ residual / max(n - 2 * tau, 1.0)
    quotient = abs(slope) / np.sqrt(variance * tau / (time @ time))
    return float(stats.norm.isf(max(stats.t.sf(quotient, max(n / (2 * tau), 1.0)), 1e-300)))


def steady_state_start(series: ArrayLike, batch: int = 5, drift: float = 4.0) -> int:
    """First sample of the steady state: MSER truncation, and a test that what is left does not drift.

    d = argmin_{d <= n/2} sum_{i >= d} (y_i - ybar_d)^2 / (n - d)^2,  y the means of `batch` samples

    Arguments
    ---------
    series : [time], or [copy, time], averaged over the copies first
    batch : samples a batch; 1 for a series of block means
    drift : slope of the second half that is refused, in standard errors; half of it when MSER would
        also cut no earlier than the middle, where a slow relaxation puts it

    Returns
    -------
    index into the samples, a multiple of `batch`, in the first half

    Raises
    ------
    NotSteadyError : the second half still drifts, so no stationary part begins in the first
    TooShortError : fewer than 20 batches

    Source: K. P. White, M. J. Cobb & S. C. Spratt, Proc. 2000 Winter Simulation Conference, 755 (MSER-5).
    """
    y = _batch_means(copies_of(series), batch)
    first, half = _mser(y), len(y) // 2
    slope = trend(y[half:])
    if slope > (drift / 2 if first >= half - 1 else drift):
        raise NotSteadyError(
            f"the second half of the run still drifts by {slope:.3g} standard errors: run longer", slope
        )
    return first * batch


def _truncation(array: Array, batch: int) -> int:
    """First sample that MSER keeps."""
    return _mser(_batch_means(array, batch)) * batch if varies(array) else 0


def _batch_means(array: Array, batch: int) -> Array:
    mean = array.mean(axis=0)
    n = len(mean) // batch
    if n < 20:
        raise TooShortError(f"{n} batches of {batch} samples cannot show a steady state: 20 are needed", 0)
    return np.asarray(mean[: n * batch].reshape(n, batch).mean(axis=1))


def _mser(y: Array) -> int:
    n = len(y)
    y = y - y[n // 2 :].mean()
    left = n - np.arange(n // 2 + 1)
    total, squares = (np.cumsum(z[::-1])[::-1][: n // 2 + 1] for z in (y, y**2))
    return int(np.argmin((squares - total**2 / left) / left**2))
