import numpy as np
import pytest
from scipy.signal import lfilter

from knudsen.analysis.stationarity import stationary_part
from knudsen.analysis.statistics import NotSteadyError, TooShortError, standard_error, windowed_tau


def autoregressive(phi, shape, seed=0):
    """Stationary AR(1) of unit variance: tau = (1 + phi) / (1 - phi)."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - phi**2)
    return lfilter([1.0], [1.0, -phi], noise, axis=-1)


def relaxing(phi, times, amplitude, relaxation, seed=0):
    return autoregressive(phi, times, seed) + amplitude * np.exp(-np.arange(times) / relaxation)


def verdict(series, *limits):
    try:
        return stationary_part(series, *limits)
    except (NotSteadyError, TooShortError) as error:
        return type(error)


def slow_and_fast(weight, tau, shape, seed=0):
    """White noise with a slow part of small weight in the variance."""
    slow = autoregressive((tau - 1) / (tau + 1), shape, seed)
    return np.sqrt(weight) * slow + np.sqrt(1 - weight) * autoregressive(0.0, shape, seed + 1000)


def parts_of(series):
    """The part of each series, None where refused as unsteady; short ones too, whose refusal would select."""
    return [None if isinstance(part := verdict(each, 1e-9), type) else part for each in series]


def steady_parts(series):
    return [part for part in parts_of(series) if part is not None]


def deviates(parts):
    """Deviations of the means from the truth, 0, in their standard errors."""
    return np.array([part.mean / part.stderr for part in parts])


def covers(quotients):
    """Between 60 and 72 % within one standard error, 98.5 % or more within three."""
    one, three = (np.mean(np.abs(quotients) < limit) for limit in (1, 3))
    return 0.60 < one < 0.72 and three >= 0.985


def most_effective_part(series):
    """Deviation by the rule that keeps the most N / tau over all starts, which selects a small tau."""
    starts = np.linspace(0, len(series) // 2, 64).astype(int)
    parts = [series[start:] for start in starts]
    taus = [windowed_tau(np.atleast_2d(part), 5.0)[0] for part in parts]
    best = int(np.argmax([len(part) / tau for part, tau in zip(parts, taus, strict=True)]))
    return parts[best].mean() / standard_error(parts[best], taus[best])


def test_white_noise_is_kept_nearly_whole():
    parts = [stationary_part(autoregressive(0.0, 2_000, seed)) for seed in range(200)]
    assert np.median([part.start for part in parts]) == 0
    assert np.mean([part.start for part in parts]) < 0.04 * 2_000
    # The greater of 1 and a tau of 10 ordinates, chi-squared of 20 over 20, is 1.125 in the mean.
    taus = np.array([part.autocorrelation_time for part in parts])
    assert abs(taus.mean() - 1.125) < 4 * taus.std() / np.sqrt(len(taus)) < 0.1


def test_autocorrelation_time_is_that_of_the_process():
    phi, n = 0.8, 100_000
    tau = (1 + phi) / (1 - phi)
    parts = steady_parts(autoregressive(phi, n, seed) for seed in range(30))
    found = np.array([part.autocorrelation_time for part in parts])
    assert abs(found.mean() / tau - 1.125) < 4 * found.std() / tau / np.sqrt(len(found)) < 0.15
    assert parts[0].effective_samples == pytest.approx((n - parts[0].start) / found[0])


@pytest.mark.parametrize(("times", "tau"), [(500, 2.5), (500, 10), (2_000, 5), (2_000, 40)])
def test_error_bars_cover_the_truth(times, tau):
    """Up to a tau of N / 50, where one of 30 series or so is refused."""
    series = autoregressive((tau - 1) / (tau + 1), (2_000, times), seed=3)
    parts = steady_parts(series)
    assert len(parts) > 0.96 * len(series)
    assert covers(deviates(parts))
    assert np.mean([part.start for part in parts]) < 0.05 * times


def test_the_start_with_the_most_independent_samples_would_not_cover_it():
    series = autoregressive(39 / 41, (200, 2_000), seed=3)
    quotients = np.array([most_effective_part(each) for each in series])
    assert not covers(quotients)
    # Of 200, the rms is known to 5 %.
    assert np.sqrt(np.mean(quotients**2)) > 1.25


@pytest.mark.parametrize(("weight", "tau"), [(0.05, 40), (0.01, 40), (0.1, 20)])
def test_a_slow_part_of_small_weight_is_in_the_error_bar(weight, tau):
    series = slow_and_fast(weight, tau, (2_000, 2_000), seed=5)
    parts = steady_parts(series)
    assert len(parts) > 0.95 * len(series)
    assert covers(deviates(parts))


def test_the_window_alone_would_miss_a_slow_part():
    series = slow_and_fast(0.05, 40, (1_000, 2_000), seed=5)
    errors = [standard_error(each, windowed_tau(np.atleast_2d(each), 5.0)[0]) for each in series]
    assert not covers(series.mean(axis=1) / errors)


@pytest.mark.parametrize("tau", [2, 10, 40])
@pytest.mark.parametrize(("amplitude", "relaxation"), [(20, 10), (1, 40), (4, 40), (2, 100), (20, 100)])
def test_a_transient_leaves_less_than_a_third_of_an_error(tau, amplitude, relaxation):
    noise = autoregressive((tau - 1) / (tau + 1), (150, 2_000), seed=7)
    transient = amplitude * np.exp(-np.arange(2_000) / relaxation)
    found = parts_of(noise + transient)
    kept = np.array([part is not None for part in found])
    assert np.mean(kept) > 0.8
    parts = [part for part in found if part is not None]
    # The same noise over the same part, and all of it, tell what the transient and the choice of start add.
    bias = np.array([part.mean for part in parts]) - noise[kept].mean(axis=1)
    error = np.sqrt(np.mean([part.stderr**2 for part in parts]))
    assert np.mean(bias) < 0.3 * error
    if amplitude >= 4:
        assert np.mean([part.start for part in parts]) > relaxation


def test_a_transient_is_cut_and_the_error_bar_covers_the_truth():
    series = [relaxing(0.8, 4_000, 10, 50, seed) for seed in range(200)]
    parts = [stationary_part(each) for each in series]
    # 10 exp(-t/50) falls to the scatter of 40 samples' mean, sqrt(9/40) or so, at 150; twice that is cut.
    assert 200 < np.median([part.start for part in parts]) < 400
    quotient = deviates(parts)
    # chi-squared of 200: 4 spreads of the rms are 0.2.
    assert 0.8 < np.sqrt(np.mean(quotient**2)) < 1.2
    # Negative control: untruncated means lie 500 / 4000 off, in errors of sqrt(9 / 4000).
    raw = np.array([each.mean() for each in series]) / np.sqrt(9 / 4_000)
    assert np.mean(raw) > 2


def test_stationary_series_are_rarely_refused():
    refused = [isinstance(verdict(autoregressive(0.8, 4_000, seed)), type) for seed in range(200)]
    assert np.mean(refused) < 0.03


@pytest.mark.parametrize("slope", [3.0, 1.0, -1.0])
def test_a_drift_that_never_ends_is_not_stationary(slope):
    for seed in range(20):
        series = slope * np.linspace(0, 3, 2_000) + autoregressive(0.5, 2_000, seed)
        with pytest.raises(NotSteadyError, match="run longer") as caught:
            stationary_part(series)
        assert caught.value.drift > 1.5


def test_a_relaxation_as_long_as_the_series_is_not_stationary():
    refused = [isinstance(verdict(relaxing(0.8, 4_000, 3, 3_000, seed)), type) for seed in range(50)]
    assert np.mean(refused) > 0.85
    enough = [verdict(relaxing(0.8, 40_000, 3, 3_000, seed)) for seed in range(10)]
    starts = [part.start for part in enough if not isinstance(part, type)]
    assert len(starts) >= 9
    assert min(starts) > 3_000


def test_copies_add_their_samples():
    parts = [stationary_part(autoregressive(0.8, (8, 4_000), seed)) for seed in range(20)]
    kept = [part.effective_samples / (8 * (4_000 - part.start)) for part in parts]
    # 8 copies have 16 ordinates: the mean of the greater tau is about 1.1 times that of the process.
    assert 1 / np.mean(kept) == pytest.approx(1.1 * 9, rel=0.1)
    assert max(abs(part.mean) / part.stderr for part in parts) < 4
    assert max(part.stderr for part in parts) < 0.03


def test_a_constant_is_stationary_and_a_step_is_cut():
    part = stationary_part(np.full(200, 3.0))
    assert (part.start, part.mean, part.stderr, part.trend) == (0, 3.0, 0.0, 0.0)
    assert stationary_part(np.full(200, 0.1)).start == 0
    stepped = autoregressive(0.0, 1_000) + np.where(np.arange(1_000) < 100, 30.0, 0.0)
    # MSER cuts the step to a batch or a few, and as much again is cut.
    assert 200 <= stationary_part(stepped).start < 300


def test_too_few_independent_samples_are_refused_with_what_they_gave():
    with pytest.raises(TooShortError, match=r"run .* times as long") as caught:
        stationary_part(autoregressive(0.95, 1_000, seed=1))
    assert caught.value.estimate.effective_samples < 50
    with pytest.raises(TooShortError, match="20 are needed"):
        stationary_part(np.arange(19.0))
    with pytest.raises(TooShortError, match="20 are needed"):
        stationary_part([])


@pytest.mark.parametrize(
    ("series", "limits", "message"),
    [
        ([1.0] * 50 + [np.nan], {}, "not finite"),
        (np.zeros((2, 2, 50)), {}, "shape"),
        (["a"] * 50, {}, "numbers"),
        ([[1.0] * 30, [1.0] * 31], {}, "one length"),
        (np.arange(50.0), {"least_effective": 0}, "least_effective"),
        (np.arange(50.0), {"largest_trend": -1.0}, "largest_trend"),
    ],
)
def test_bad_input_is_refused(series, limits, message):
    with pytest.raises(ValueError, match=message):
        stationary_part(series, **limits)
