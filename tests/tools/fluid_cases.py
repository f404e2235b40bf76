"""Lennard-Jones configs and series, as the scenario's tests need them."""

import numpy as np
import pytest

from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.lj_fluid import SCENARIO
from knudsen.scenarios.lj_fluid.series import Series
from knudsen.scenarios.lj_fluid.theory import state_theory
from knudsen.scenarios.loading import check

SIGMAS = 4
STATE = {"density": 0.5, "temperature": 2.0, "atoms": 108, "cutoff": 2.5, "timestep": 0.004}
SHORT = {**STATE, "steps": 12_000, "sample_every": 5, "trajectory_every": 400, "relaxation_time": 0.1}


def config(**values):
    return check(SCENARIO.Config, values)


def faults(**values):
    with pytest.raises(ConfigError) as caught:
        config(**values)
    return {fault.path: f"{fault.problem}: {fault.remedy}" for fault in caught.value.faults}


def settings(**values):
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def noise(random, samples, tau):
    """Gaussian noise of variance one that forgets with exp(-t / tau)."""
    kept = np.exp(-1 / tau)
    series = random.standard_normal(samples)
    for index in range(1, samples):
        series[index] = kept * series[index - 1] + np.sqrt(1 - kept**2) * series[index]
    return series


def made_series(random, samples=4000, copies=2, coupling=-2 / 3, energy_slope=0.8):
    """Series as of a run at constant energy, u = u_0 - (3/2) (T - 2) + rest, about the theory's values."""
    theory = state_theory(2.0, 0.5)
    energy = np.stack([0.02 * noise(random, samples, 8) for _ in range(copies)])
    temperature = 2.0 + coupling * energy
    steps = 20 * np.arange(1, samples + 1)
    pressure = theory.pressure.value + theory.pressure_slope * (temperature - 2.0)
    return Series(
        steps, steps * 0.002, np.full_like(energy, 0.5), temperature, 1.5 * temperature,
        theory.energy.value + energy, pressure,
        np.zeros_like(energy), np.zeros((copies, samples, 3, 3)),
    )  # fmt: skip
