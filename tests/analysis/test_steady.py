"""The start of the steady state by the spread between copies."""

import numpy as np
import pytest
from scipy.signal import lfilter

from knudsen.analysis.steady import DRIFT, drift_between_copies


def correlated(copies, times, tau, seed):
    """Copies of a stationary series of correlation time `tau`."""
    memory = np.exp(-1 / tau)
    noise = np.random.default_rng(seed).normal(size=(copies, times + 400))
    return lfilter([1], [1, -memory], noise, axis=-1)[:, 400:]


def test_slowly_forgetting_copies_that_are_steady_are_let_pass():
    drifts = [drift_between_copies(correlated(16, 50, 10, seed)) for seed in range(400)]
    assert max(drifts) < DRIFT
    assert np.mean(np.array(drifts) > 1.96) == pytest.approx(0.05, abs=4 * (0.05 * 0.95 / 400) ** 0.5)


def test_a_drift_of_the_size_of_the_noise_is_seen():
    steady = correlated(16, 50, 10, 1)
    assert drift_between_copies(steady + np.linspace(0, 4 * steady.std(), 50)) > DRIFT


def test_series_without_noise_drift_infinitely_or_not_at_all():
    flat = np.ones((16, 50))
    assert drift_between_copies(flat) == 0
    assert drift_between_copies(flat + np.arange(50)) == np.inf
