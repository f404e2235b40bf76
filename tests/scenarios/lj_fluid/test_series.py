"""Series of a run: the resting centre of mass, errors at constant energy, drift, where it is stationary."""

import numpy as np
import pytest
from fluid_cases import SIGMAS, STATE, config, made_series

from knudsen.analysis.statistics import NotSteadyError, TooShortError
from knudsen.md.measures.thermo import ThermoSeries
from knudsen.md.potentials.pairs import PairTable
from knudsen.scenarios.lj_fluid.estimates import Run, estimates
from knudsen.scenarios.lj_fluid.radial import RadialSeries
from knudsen.scenarios.lj_fluid.series import DRIFT_STEPS, Series, drift, first_sample
from knudsen.scenarios.lj_fluid.theory import state_theory


@pytest.mark.parametrize(("degrees", "missing_share"), [(3 * 108 - 3, 1), (3 * 108, 0)])
def test_the_pressure_counts_the_centre_of_mass_once(degrees, missing_share):
    """An ideal gas of N atoms has N T / V, whether its centre of mass moves or rests."""
    volume, temperature = np.array([[200.0, 250.0]]), np.array([[2.0, 2.1]])
    kinetic = degrees * temperature / 2
    tensor = np.eye(3) * (2 * kinetic / (3 * volume))[..., None, None]
    zero = np.zeros((1, 2))
    thermo = ThermoSeries(np.arange(2), np.arange(2.0), temperature, kinetic, zero, zero, volume, tensor)
    missing = PairTable(1.0, 1.0, 2.5).long_range([108], 200.0)
    series = Series.of(thermo, missing, 200.0, 108)
    tails = missing.pressure * (200 / volume) ** 2
    assert np.allclose(series.pressure - tails, 108 * temperature / volume, rtol=1e-14)
    assert np.allclose(thermo.pressure, (108 - missing_share) * temperature / volume, rtol=1e-14)
    assert np.allclose(series.potential_energy, missing.energy * 200 / volume, rtol=1e-14)


def test_at_constant_energy_the_errors_of_theory_and_value_are_taken_together():
    """u - u(T) scatters more than u, for T falls where u rises: the combined error must know it."""
    slope, sizes, deviations = state_theory(2.0, 0.5).energy_slope, [], []
    many = STATE | {"atoms": 100_000}  # which shift nothing
    empty = RadialSeries(np.linspace(0, 4, 201), np.zeros(0), np.zeros((2, 0, 200)), np.zeros((2, 0, 200)))
    for seed in range(60):
        series = made_series(np.random.default_rng(seed))
        run = Run(config(**many, thermostat="none", steps=80_000), series, empty)
        (energy, pressure, *_) = estimates(run)
        known = state_theory(run.temperature.value, 0.5, run.system).energy.error
        combined = np.hypot(energy.stderr, np.sqrt(energy.theory_error**2 - known**2))
        sizes.append(combined / energy.stderr)
        deviations.append((energy.value - energy.theory) / combined)
        assert pressure.value == pytest.approx(pressure.theory, abs=5 * pressure.stderr)
    assert np.mean(sizes) == pytest.approx(1 + slope * 2 / 3, rel=0.02)
    assert 0.7 < np.std(deviations) < 1.35  # 60 deviations know their spread to 9 %


@pytest.mark.parametrize("kind", ["noise", "walk"])
def test_the_drift_and_its_error(kind):
    """About a line it is too large by up to 4, of a random walk right, where residuals would mislead."""
    random, deviations = np.random.default_rng(5), []
    steps = 20.0 * np.arange(1, 801)
    for _ in range(200):
        scatter = random.standard_normal((2, 800))
        series = 1e-4 * (scatter if kind == "noise" else np.cumsum(scatter, axis=1))
        slope, error = drift(steps, series + 0.03 * steps / DRIFT_STEPS)
        deviations.append((slope - 0.03) / error)
    assert abs(np.mean(deviations)) < 4 * np.std(deviations) / np.sqrt(200)
    low, high = (0.25, 1.0) if kind == "noise" else (0.8, 1.6)
    assert low < np.std(deviations) < high


def test_a_drift_is_seen():
    steps = 20.0 * np.arange(1, 801)
    slope, error = drift(steps, 1e-4 * np.random.default_rng(1).standard_normal((1, 800)) + 1e-6 * steps)
    assert slope == pytest.approx(0.1, rel=0.1) and slope > SIGMAS * error


def test_the_stationary_part_begins_when_energy_and_pressure_have_settled():
    series = made_series(np.random.default_rng(1))
    relaxing = np.exp(-np.arange(4000) / 100)
    fields = series.to_arrays()
    fields["potential_energy"] = fields["potential_energy"] + 0.5 * relaxing
    settled = first_sample(config(), Series(**fields))
    assert 200 < settled < 1500
    assert first_sample(config(), series) < 400
    assert first_sample(config(equilibration_steps=2000), Series(**fields)) == 100


def test_a_run_that_never_settles_is_refused():
    fields = made_series(np.random.default_rng(1)).to_arrays()
    fields["pressure"] = fields["pressure"] + np.arange(4000) / 4000
    with pytest.raises(NotSteadyError, match="still drifts"):
        first_sample(config(), Series(**fields))


def test_a_run_shorter_than_its_memory_is_refused():
    with pytest.raises(TooShortError, match="independent samples"):
        first_sample(config(), made_series(np.random.default_rng(1), samples=100))
