import numpy as np
import pytest
from scipy.signal import lfilter

from knudsen.analysis.stationarity import stationary_part
from knudsen.analysis.statistics import NotSteadyError, TooShortError


def autoregressive(phi, shape, seed=0):
    """Stationary AR(1) of unit variance: tau = (1 + phi) / (1 - phi)."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - phi**2)
    return lfilter([1.0], [1.0, -phi], noise, axis=-1)


def relaxing(phi, times, amplitude, relaxation, seed=0):
    return autoregressive(phi, times, seed) + amplitude * np.exp(-np.arange(times) / relaxation)


def verdict(series):
    try:
        return stationary_part(series)
    except (NotSteadyError, TooShortError) as error:
        return type(error)


def test_white_noise_is_kept_nearly_whole():
    parts = [stationary_part(autoregressive(0.0, 2_000, seed)) for seed in range(50)]
    assert np.median([part.start for part in parts]) == 0
    assert np.mean([part.effective_samples for part in parts]) > 1_850


def test_autocorrelation_time_is_that_of_the_process():
    phi, n = 0.8, 100_000
    part = stationary_part(autoregressive(phi, n))
    tau = (1 + phi) / (1 - phi)
    spread = tau * np.sqrt(2 * (10 * tau + 1) / n)
    assert abs(part.autocorrelation_time - tau) < 4 * spread < tau / 2
    assert part.effective_samples == pytest.approx((n - part.start) / part.autocorrelation_time)


def test_a_transient_is_cut_and_the_error_bar_covers_the_truth():
    series = [relaxing(0.8, 4_000, 10, 50, seed) for seed in range(200)]
    parts = [stationary_part(each) for each in series]
    # 10 exp(-t/50) falls to the noise, 1, at 115.
    assert 50 < np.median([part.start for part in parts]) < 300
    quotient = np.array([part.mean / part.stderr for part in parts])
    # chi-squared of 200: 4 spreads of the rms are 0.2.
    assert 0.8 < np.sqrt(np.mean(quotient**2)) < 1.25
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
    part = stationary_part(autoregressive(0.8, (8, 4_000)))
    assert part.effective_samples == pytest.approx(8 * 4_000 / 9, rel=0.3)
    assert abs(part.mean) < 4 * part.stderr < 0.1


def test_a_constant_is_stationary_and_a_step_is_cut():
    part = stationary_part(np.full(200, 3.0))
    assert (part.start, part.mean, part.stderr, part.trend) == (0, 3.0, 0.0, 0.0)
    stepped = autoregressive(0.0, 1_000) + np.where(np.arange(1_000) < 200, 30.0, 0.0)
    assert 190 <= stationary_part(stepped).start < 250


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
