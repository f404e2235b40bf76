"""The process whose correlation is known."""

import numpy as np


def ornstein_uhlenbeck(phi, samples, channels, seed):
    """x' = phi x + noise, of mean 0 and unit variance: < x(0) x(k) > = phi^k [sample, channel]."""
    random = np.random.default_rng(seed)
    series = random.normal(size=(samples, channels))
    for n in range(1, samples):
        series[n] = phi * series[n - 1] + np.sqrt(1 - phi**2) * series[n]
    return series
