"""Error bars that hold: correlation times, the start of the steady state, the jackknife."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, stats

Array = NDArray[np.float64]


class TooShortError(ValueError):
    """Data too short to judge; `estimate` holds the best that could be made of it."""

    def __init__(self, message: str, estimate: Any = None) -> None:
        super().__init__(message)
        self.estimate = estimate


class NotSteadyError(ValueError):
    """The second half of the run still drifts; `drift` is its slope in standard errors."""

    def __init__(self, message: str, drift: float) -> None:
        super().__init__(message)
        self.drift = drift


# --- correlated series ------------------------------------------------------------------------


def _copies(series: ArrayLike) -> Array:
    array = np.atleast_2d(np.asarray(series, np.float64))
    if array.ndim != 2 or array.shape[-1] < 2:
        raise ValueError(f"a series is [time] or [copy, time], two times at least; got {array.shape}")
    if not np.all(np.isfinite(array)):
        raise ValueError("the series holds values that are not finite")
    return array


def varies(array: Array) -> bool:
    """Whether the series moves by more than the round-off of its own size."""
    return bool(np.ptp(array) > 1e-12 * np.abs(array).max())


def _autocovariance(array: Array) -> Array:
    """Mean over the copies of the autocovariance about the common mean, at every lag [time]."""
    times = array.shape[-1]
    spectrum = fft.rfft(array - array.mean(), fft.next_fast_len(2 * times), axis=-1)
    products = fft.irfft(np.abs(spectrum) ** 2, fft.next_fast_len(2 * times), axis=-1)[:, :times]
    return products.mean(axis=0) / (times - np.arange(times))


def _sokal(array: Array, c: float) -> tuple[float, bool]:
    """Windowed tau, and whether a window M >= c tau(M) lies inside the series."""
    covariance = _autocovariance(array)
    tau = 2 * np.cumsum(covariance / covariance[0]) - 1
    lag = np.arange(len(tau))
    inside = lag >= c * np.maximum(tau, 1)
    window = int(np.argmax(inside)) if inside.any() else int(np.argmax(tau))
    # The subtracted mean pulls every lag down by sigma^2 tau / N (to first order, Wolff eq. 49).
    correction = 1 + max(2 * window + 1 - tau[window], 0) / array.size
    return max(1.0, float(tau[window] * correction)), bool(inside.any())


def integrated_autocorrelation_time(series: ArrayLike, c: float = 5.0, tolerance: float = 50.0) -> float:
    """Integrated autocorrelation time, in samples, with Sokal's self-consistent window.

    tau = 1 + 2 sum_{t=1}^{M} rho(t),  M the first lag with M >= c tau(M);  var(mean) = sigma^2 tau / N

    Arguments
    ---------
    series : [time], or [copy, time] of independent copies, whose autocovariances are averaged
    c : window in units of tau
    tolerance : how many tau the data, all copies together, must hold

    Returns
    -------
    tau >= 1 : anticorrelation is not credited

    Raises
    ------
    TooShortError : fewer than `tolerance` tau, or no window inside a copy; `estimate` is tau
    ValueError : a series that does not vary

    Source: A. Sokal, in Functional Integration (1997), 131; U. Wolff, Comput. Phys. Commun. 156 (2004) 143;
    the refusal is emcee's.
    """
    array = _copies(series)
    if not varies(array):
        raise ValueError("the series does not vary, so it has no autocorrelation time")
    tau, inside = _sokal(array, c)
    if not inside or array.size < tolerance * tau:
        raise TooShortError(
            f"{array.size} samples are shorter than {tolerance:g} autocorrelation times "
            f"(tau is about {tau:.3g} samples): run {tolerance * tau / array.size:.2g} times as long or more",
            estimate=tau,
        )
    return tau


def mean_and_error(series: ArrayLike, c: float = 5.0, tolerance: float = 50.0) -> tuple[float, float]:
    """Mean of a correlated series and its standard error.

    stderr^2 = s^2 tau / (N - tau),  s^2 the mean squared deviation

    Arguments
    ---------
    series : [time] or [copy, time];  c, tolerance : as in `integrated_autocorrelation_time`

    Raises
    ------
    TooShortError : as there; `estimate` is the pair (mean, stderr), the error a lower bound
    """
    array = _copies(series)

    def estimate(tau: float) -> tuple[float, float]:
        freedom = max(array.size - tau, 1.0)
        return float(array.mean()), float(np.sqrt(array.var() * tau / freedom))

    try:
        return estimate(integrated_autocorrelation_time(array, c, tolerance))
    except TooShortError as error:
        raise TooShortError(str(error), estimate(error.estimate)) from None


# --- the steady state -------------------------------------------------------------------------


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
    tau, _ = _sokal(np.atleast_2d(residual), 5.0)
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
    mean = _copies(series).mean(axis=0)
    n = len(mean) // batch
    if n < 20:
        raise TooShortError(f"{n} batches of {batch} samples cannot show a steady state: 20 are needed", 0)
    y = mean[: n * batch].reshape(n, batch).mean(axis=1)
    y = y - y[n // 2 :].mean()
    left = n - np.arange(n // 2 + 1)
    total, squares = (np.cumsum(z[::-1])[::-1][: n // 2 + 1] for z in (y, y**2))
    first = int(np.argmin((squares - total**2 / left) / left**2))
    slope = trend(y[n // 2 :])
    if slope > (drift / 2 if first >= n // 2 - 1 else drift):
        raise NotSteadyError(
            f"the second half of the run still drifts by {slope:.3g} standard errors: run longer", slope
        )
    return first * batch


# --- jackknife ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Measured:
    """A value with its delete-one replicates, from which any error or derived quantity follows.

    Arguments
    ---------
    value : [...], from all the data
    replicates : [group, ...], the same from all groups but one
    """

    value: Array
    replicates: Array

    @cached_property
    def stderr(self) -> Array:
        """Jackknife standard error [...]: sqrt((G-1)/G sum_g (theta_g - mean)^2)."""
        groups = len(self.replicates)
        return np.sqrt((groups - 1) * self.replicates.var(axis=0))

    def covariance(self) -> Array:
        """Jackknife covariance [i, j] of the elements of value, flattened."""
        groups = len(self.replicates)
        deviation = (self.replicates - self.replicates.mean(axis=0)).reshape(groups, -1)
        return (groups - 1) / groups * deviation.T @ deviation


Estimates = Array | Mapping[str, Array]


def _measured(stacked: ArrayLike) -> Measured:
    array = np.asarray(stacked, np.float64)
    return Measured(array[0], array[1:])


def _evaluate(function: Callable[..., Any], arrays: list[Array], vectorized: bool) -> Any:
    if vectorized:
        outcome = function(*arrays)
    else:
        rows = [function(*row) for row in zip(*arrays, strict=True)]
        keys = rows[0].keys() if isinstance(rows[0], Mapping) else None
        outcome = {key: np.array([row[key] for row in rows]) for key in keys} if keys else np.array(rows)
    if isinstance(outcome, Mapping):
        return {name: _measured(stacked) for name, stacked in outcome.items()}
    return _measured(outcome)


def jackknife(function: Callable[..., Estimates], *groups: ArrayLike, vectorized: bool = True) -> Any:
    """Delete-one-group jackknife of any function of summed data, such as a ratio of sums.

    theta = f(sum_g S_g);  theta_g = f(sum S - S_g);  stderr^2 = (G-1)/G sum_g (theta_g - mean theta)^2

    Arguments
    ---------
    function : of as many arrays as `groups`, to an array or to a mapping of names to arrays, so that
        several estimates share one pass; called once on [1 + group, ...] arrays when `vectorized`
        (the row of all the data first, the result keeping that axis), else row by row
    groups : one or more arrays [group, ...] of sums, two groups at least

    Returns
    -------
    Measured, or a dict of Measured; the bias of a ratio is left in its value: relative to it, of the order
    of the relative error squared

    Raises
    ------
    ValueError : fewer than two groups, or arrays that disagree in their number

    Source: B. Efron, The Jackknife, the Bootstrap and Other Resampling Plans (1982), ch. 3.
    """
    arrays = [np.asarray(group, np.float64) for group in groups]
    counts = {len(array) for array in arrays}
    if len(counts) != 1 or min(counts) < 2:
        raise ValueError(f"a jackknife needs two groups or more, the same for each array; got {counts}")
    totals = [array.sum(axis=0) for array in arrays]
    rows = [np.concatenate([t[None], t - array]) for t, array in zip(totals, arrays, strict=True)]
    return _evaluate(function, rows, vectorized)


def derive(function: Callable[..., Estimates], *measured: Measured, vectorized: bool = True) -> Any:
    """A function of measured quantities with its error, their correlations included.

    theta = f(a, b, ...);  theta_g = f(a_g, b_g, ...): valid where all stem from the same groups

    Arguments
    ---------
    function, vectorized : as in `jackknife`;  measured : from one set of groups

    Raises
    ------
    ValueError : different numbers of groups
    """
    counts = {len(each.replicates) for each in measured}
    if len(counts) != 1:
        raise ValueError(f"quantities of different groups cannot be combined: {sorted(counts)} groups")
    rows = [np.concatenate([each.value[None], each.replicates]) for each in measured]
    return _evaluate(function, rows, vectorized)
