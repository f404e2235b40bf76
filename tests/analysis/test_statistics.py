import numpy as np
import pytest
from scipy.signal import lfilter

from knudsen.analysis.stationarity import steady_state_start
from knudsen.analysis.statistics import (
    Measured,
    NotSteadyError,
    TooShortError,
    autocorrelation_time_of_mean,
    derive,
    integrated_autocorrelation_time,
    jackknife,
    mean_and_error,
    standard_error,
)


def autoregressive(phi, shape, seed=0):
    """Stationary AR(1) of unit variance: x' = phi x + noise, tau = (1 + phi) / (1 - phi)."""
    noise = np.random.default_rng(seed).standard_normal(shape)
    noise[..., 1:] *= np.sqrt(1 - phi**2)
    return lfilter([1.0], [1.0, -phi], noise, axis=-1)


def spread_of_tau(tau, samples, c=5):
    """Standard deviation of the windowed estimator: tau sqrt(2 (2M + 1) / N), M = c tau."""
    return tau * np.sqrt(2 * (2 * c * tau + 1) / samples)


@pytest.mark.parametrize("phi", [0.3, 0.8, 0.95])
def test_tau_of_autoregressive_series(phi):
    n = 200_000
    tau = (1 + phi) / (1 - phi)
    assert spread_of_tau(tau, n) < 0.1 * tau
    measured = integrated_autocorrelation_time(autoregressive(phi, n))
    assert abs(measured - tau) < 4 * spread_of_tau(tau, n)


def test_tau_of_white_noise_is_one():
    n = 100_000
    measured = integrated_autocorrelation_time(autoregressive(0.0, n))
    assert 1 <= measured < 1 + 4 * spread_of_tau(1.0, n)


def test_tau_of_ornstein_uhlenbeck_is_twice_its_relaxation_time():
    # rho(t) = exp(-t / T) sampled every dt: tau dt = dt coth(dt / 2T) -> 2 T
    relaxation, dt, n = 2.0, 0.1, 200_000
    tau = integrated_autocorrelation_time(autoregressive(np.exp(-dt / relaxation), n, seed=1))
    exact = 1 / np.tanh(dt / (2 * relaxation))
    assert abs(tau - exact) < 4 * spread_of_tau(exact, n)
    assert exact * dt == pytest.approx(2 * relaxation, rel=1e-3)


def test_copies_share_their_autocovariance():
    series = autoregressive(0.8, (64, 2_000), seed=2)
    assert abs(integrated_autocorrelation_time(series) - 9) < 4 * spread_of_tau(9, series.size)


def test_anticorrelation_is_not_credited():
    assert integrated_autocorrelation_time(autoregressive(-0.7, 10_000)) == 1.0


def test_short_series_is_refused_with_its_estimate():
    series = autoregressive(0.95, 500, seed=3)
    with pytest.raises(TooShortError, match="shorter than 50 autocorrelation times") as refusal:
        integrated_autocorrelation_time(series)
    assert 5 < refusal.value.estimate < 200
    with pytest.raises(TooShortError) as refusal:
        mean_and_error(series)
    mean, error = refusal.value.estimate
    assert mean == pytest.approx(series.mean())
    assert error > 2 * series.std() / np.sqrt(series.size)


def test_a_constant_or_broken_series_is_refused():
    with pytest.raises(ValueError, match="does not vary"):
        integrated_autocorrelation_time(np.full(1000, 0.1))
    with pytest.raises(ValueError, match="not finite"):
        integrated_autocorrelation_time([1.0, np.nan, 2.0])
    with pytest.raises(ValueError, match=r"\[time\]"):
        integrated_autocorrelation_time(np.zeros((2, 3, 4)))


def test_errors_of_means_cover_the_truth_and_ignoring_correlation_does_not():
    runs = autoregressive(0.8, (1000, 4_000), seed=4)
    mean, error = np.array([mean_and_error(run) for run in runs]).T
    spread = np.std(mean / error)
    # 1000 deviates know their spread to 2.2 %; the error of each run is itself known to 8 % or so.
    assert abs(spread - 1) < 4 / np.sqrt(2 * len(runs))
    assert np.all(np.abs(mean) < 5 * error)
    naive = runs.std(axis=1) / np.sqrt(runs.shape[1])
    assert np.std(mean / naive) == pytest.approx(3, rel=0.1)


def test_errors_of_means_hold_a_slow_part_of_small_weight_and_a_window_alone_does_not():
    slow, fast = autoregressive(39 / 41, (1000, 2_000), seed=6), autoregressive(0.0, (1000, 2_000), seed=7)
    runs = np.sqrt(0.05) * slow + np.sqrt(0.95) * fast
    mean, error = np.array([mean_and_error(run) for run in runs]).T
    # tau = 0.95 + 0.05 * 40; at the ten lowest frequencies the spectrum lies 10 % below that at zero.
    assert abs(np.std(mean) / np.sqrt(2.95 / 2_000) - 1) < 4 / np.sqrt(2 * len(runs))
    assert 0.9 < np.std(mean) / np.sqrt(np.mean(error**2)) < 1.1
    windows = [standard_error(run, integrated_autocorrelation_time(run)) for run in runs]
    assert np.std(mean) / np.sqrt(np.mean(np.square(windows))) > 1.2


def test_of_one_fast_process_errors_are_a_little_too_large():
    """tau / true is that of the greater of 1 and chi-squared of 20 over 20: 1.125."""
    found = [autocorrelation_time_of_mean(run)[0] for run in autoregressive(0.0, (500, 2_000), seed=8)]
    assert abs(np.mean(found) - 1.125) < 4 * np.std(found) / np.sqrt(len(found)) < 0.04
    # Copies share the ordinates; beyond 10 each gives its lowest.
    found = [autocorrelation_time_of_mean(run)[0] for run in autoregressive(0.0, (300, 40, 50), seed=9)]
    assert 1.0 <= np.mean(found) < 1.1


# --- steady state -----------------------------------------------------------------------------


def test_a_stationary_series_is_kept_nearly_whole():
    starts = [steady_state_start(autoregressive(0.5, 2_000, seed=s)) for s in range(50)]
    assert np.mean(starts) < 0.05 * 2_000


@pytest.mark.parametrize("copies", [1, 8])
def test_a_transient_is_cut(copies):
    n, relaxation, amplitude = 4_000, 100, 20.0
    transient = amplitude * np.exp(-np.arange(n) / relaxation)
    for seed in range(10):
        series = transient + autoregressive(0.5, (copies, n), seed=seed)
        start = steady_state_start(series)
        assert start % 5 == 0
        assert relaxation < start < n // 2
        mean, error = mean_and_error(series[:, start:])
        assert abs(mean) < 5 * error
        # Keeping the transient would show: the test sees what it guards against.
        assert abs(series.mean()) > 5 * error


def test_a_drift_is_refused():
    ramp = np.linspace(0, 5, 2_000)
    with pytest.raises(NotSteadyError, match="still drifts") as refusal:
        steady_state_start(ramp + autoregressive(0.5, 2_000))
    assert refusal.value.drift > 4
    with pytest.raises(NotSteadyError):
        steady_state_start(5 * np.exp(-ramp / 2.5) + autoregressive(0.0, 2_000))
    with pytest.raises(NotSteadyError):
        steady_state_start(ramp)


def test_false_refusals_of_a_stationary_series_are_rare():
    refused = 0
    for series in autoregressive(0.5, (500, 200), seed=5):
        try:
            steady_state_start(series, batch=1)
        except NotSteadyError:
            refused += 1
    assert refused <= 5


def test_a_constant_series_is_steady_from_the_start():
    assert steady_state_start(np.full(200, 3.0)) == 0


def test_too_few_batches_are_refused():
    with pytest.raises(TooShortError, match="19 batches"):
        steady_state_start(np.arange(99.0))


# --- jackknife --------------------------------------------------------------------------------


def pairs(groups, seed, size=100):
    """Group sums [group, 2] of correlated (x, y) with means (2, 4), variances (1, 2), covariance 0.5."""
    covariance = np.array([[1.0, 0.5], [0.5, 2.0]])
    rng = np.random.default_rng(seed)
    return rng.multivariate_normal([2.0, 4.0], covariance, (groups, size)).sum(axis=1)


def ratio(sums):
    return sums[..., 1] / sums[..., 0]


def test_error_of_a_mean_is_that_of_the_textbook():
    x = np.random.default_rng(0).standard_normal((20, 3))
    measured = jackknife(lambda total, count: total / count[:, None], x, np.ones(20))
    np.testing.assert_allclose(measured.value, x.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(measured.stderr, x.std(axis=0, ddof=1) / np.sqrt(20), rtol=1e-12)
    np.testing.assert_allclose(measured.covariance(), np.cov(x.T) / 20, rtol=1e-11)
    np.testing.assert_allclose(np.sqrt(np.diag(measured.covariance())), measured.stderr, rtol=1e-12)


def test_error_of_a_ratio_is_that_of_the_delta_method():
    groups, size = 400, 100
    measured = jackknife(ratio, pairs(groups, seed=1, size=size))
    # var(y/x) = (s_yy - 2 r s_xy + r^2 s_xx) / (x^2 n), r = 2
    delta = np.sqrt((2 - 2 * 2 * 0.5 + 4) / (4 * groups * size))
    assert measured.stderr == pytest.approx(delta, rel=4 / np.sqrt(2 * (groups - 1)))
    assert abs(measured.value - 2) < 4 * delta


def test_errors_of_a_ratio_cover_the_truth_and_ignoring_the_covariance_does_not():
    deviates, naive = [], []
    for seed in range(1000):
        sums = pairs(20, seed)
        measured = jackknife(ratio, sums)
        deviates.append((measured.value - 2) / measured.stderr)
        spread = sums.std(axis=0, ddof=1) / sums.mean(axis=0) / np.sqrt(20)
        naive.append((measured.value - 2) / (2 * np.hypot(*spread)))
    # A Student t of 19 degrees has a standard deviation of sqrt(19/17).
    assert abs(np.std(deviates) / np.sqrt(19 / 17) - 1) < 4 / np.sqrt(2 * 1000)
    assert np.std(naive) < 0.9


def test_several_estimates_share_a_pass_row_by_row_or_at_once():
    sums, counts = pairs(20, seed=2), np.full(20, 100.0)

    def estimates(sums, counts):
        return {"ratio": ratio(sums), "means": sums / counts[..., None]}

    at_once = jackknife(estimates, sums, counts)
    row_by_row = jackknife(estimates, sums, counts, vectorized=False)
    assert at_once["means"].value.shape == (2,)
    for name in ("ratio", "means"):
        np.testing.assert_allclose(at_once[name].value, row_by_row[name].value, rtol=1e-14)
        np.testing.assert_allclose(at_once[name].stderr, row_by_row[name].stderr, rtol=1e-14)
    assert jackknife(ratio, sums, vectorized=False).stderr == pytest.approx(at_once["ratio"].stderr)


def test_derived_quantities_keep_their_correlations():
    sums, counts = pairs(20, seed=3), np.full(20, 100.0)
    x = jackknife(lambda s, n: s[..., 0] / n, sums, counts)
    y = jackknife(lambda s, n: s[..., 1] / n, sums, counts)
    derived = derive(lambda x, y: y / x, x, y)
    direct = jackknife(ratio, sums)
    assert derived.value == pytest.approx(direct.value, rel=1e-13)
    assert derived.stderr == pytest.approx(direct.stderr, rel=1e-10)


def test_unlike_groups_are_refused():
    with pytest.raises(ValueError, match="two groups or more"):
        jackknife(ratio, pairs(1, seed=0))
    with pytest.raises(ValueError, match="two groups or more"):
        jackknife(lambda a, b: a / b, np.ones(3), np.ones(4))
    with pytest.raises(ValueError, match="different groups"):
        derive(np.add, Measured(np.array(1.0), np.ones(3)), Measured(np.array(1.0), np.ones(4)))
