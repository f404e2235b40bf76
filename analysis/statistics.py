"""Error bars that hold: correlation times, means of correlated series, the jackknife."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft

Array = NDArray[np.float64]
# Lowest periodogram ordinates that give tau: 20 degrees of freedom, flat for a tau below N / 50.
ORDINATES = 10


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


def copies_of(series: ArrayLike) -> Array:
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


def windowed_tau(array: Array, c: float) -> tuple[float, bool]:
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
    array = copies_of(series)
    _refuse_constant(array)
    tau, inside = windowed_tau(array, c)
    _refuse_short(array, tau, inside, tolerance, tau)
    return tau


def _lowest_frequencies(array: Array) -> float:
    """tau from the mean periodogram of the lowest frequencies, ORDINATES over all copies.

    Noisy, by 1 / sqrt(ORDINATES), but no window closes before a slow part of small weight.
    """
    copies, times = array.shape
    count = max(-(-ORDINATES // copies), 1)
    return float(np.mean(np.abs(fft.rfft(array)[:, 1 : count + 1]) ** 2) / times / array.var())


def autocorrelation_time_of_mean(series: ArrayLike, c: float = 5.0) -> tuple[float, bool]:
    """Autocorrelation time [samples] for the error of a mean, and whether its window lies inside the series.

    ::

        tau = max(tau_M, (1/K) sum_{k=1}^{K} |y_k|^2 / (N sigma^2)),   K = 10 over all copies

    tau_M is that of `integrated_autocorrelation_time`: its window, sized by the fast part of a series, closes
    before a slow part of small weight has added what it adds to the error of the mean.  The periodogram of
    the lowest frequencies sees that part, if its own tau is below N / 50 or so.  Of two noisy values the
    greater is too large: standard errors of one fast process come out 5 % too large.

    Arguments
    ---------
    series : [time] or [copy, time];  c : window in units of tau

    Returns
    -------
    tau, 1 or more, 1 for a series that does not vary; whether a window M >= c tau_M lies inside

    Source: P. Heidelberger & P. D. Welch, Commun. ACM 24 (1981) 233 (the spectrum at zero frequency from
    the lowest periodogram ordinates).
    """
    array = copies_of(series)
    if not varies(array):
        return 1.0, True
    tau, inside = windowed_tau(array, c)
    return max(tau, _lowest_frequencies(array)), inside


def mean_and_error(series: ArrayLike, c: float = 5.0, tolerance: float = 50.0) -> tuple[float, float]:
    """Mean of a correlated series and its standard error.

    stderr^2 = s^2 tau / (N - tau),  s^2 the mean squared deviation,  tau of `autocorrelation_time_of_mean`

    Arguments
    ---------
    series : [time] or [copy, time];  c, tolerance : as in `integrated_autocorrelation_time`

    Raises
    ------
    TooShortError : as there; `estimate` is the pair (mean, stderr), the error a lower bound
    ValueError : a series that does not vary
    """
    array = copies_of(series)
    _refuse_constant(array)
    tau, inside = autocorrelation_time_of_mean(array, c)
    found = float(array.mean()), standard_error(array, tau)
    _refuse_short(array, tau, inside, tolerance, found)
    return found


def standard_error(array: Array, tau: float) -> float:
    """Standard error of the mean of a series whose autocorrelation time is tau."""
    return float(np.sqrt(array.var() * tau / max(array.size - tau, 1.0)))


def _refuse_constant(array: Array) -> None:
    if not varies(array):
        raise ValueError("the series does not vary, so it has no autocorrelation time")


def _refuse_short(array: Array, tau: float, inside: bool, tolerance: float, estimate: Any) -> None:
    if not inside or array.size < tolerance * tau:
        raise TooShortError(
            f"{array.size} samples are shorter than {tolerance:g} autocorrelation times "
            f"(tau is about {tau:.3g} samples): run {tolerance * tau / array.size:.2g} times as long or more",
            estimate,
        )


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
