"""Stochastic velocity rescaling: the draws, the factor as published, the gamma numbers' distribution."""

import numpy as np
import pytest
from liquids import copies
from scipy import stats

from knudsen.core.kernels import kernel
from knudsen.core.rng import Stream, draw_words, normal_pair, uniform
from knudsen.md.couplings.rescaling import VelocityRescaling, gamma, rescaling_factor

STREAM = int(Stream.VELOCITY_RESCALING)


def scripted_gamma(shape, seed, item, draw, step):
    """Marsaglia and Tsang's figure, in plain Python; shapes below one by U^(1/shape)."""
    d = shape + (1 if shape < 1 else 0) - 1 / 3
    while True:
        words = draw_words(seed, STREAM, item, draw, step)
        x, u = normal_pair(words[0], words[1])[0], uniform(words[2])
        v = (1 + x / np.sqrt(9 * d)) ** 3
        if v > 0 and np.log(u) < 0.5 * x**2 + d - d * v + d * np.log(v):
            return d * v * (uniform(words[3]) ** (1 / shape) if shape < 1 else 1.0)
        draw += 1


@pytest.mark.parametrize("degrees", [2.0, 3.0, 8.0, 321.0])
@pytest.mark.parametrize("kept", [0.0, 0.3, 0.98])
def test_the_factor_is_eq_a7_with_the_sign_of_eq_a8(degrees, kept):
    temperature, kinetic = 1.3, 0.2 * degrees
    target = degrees * temperature / 2
    signs = set()
    for step in range(1, 60):
        words = draw_words(77, STREAM, 4, 0, step)
        first = normal_pair(words[0], words[1])[0]
        others = 2 * scripted_gamma((degrees - 1) / 2, 77, 4, 1, step)
        share = target / (degrees * kinetic)
        square = kept + share * (1 - kept) * (first**2 + others)
        square += 2 * first * np.sqrt(kept * (1 - kept) * share)
        sign = np.sign(first + np.sqrt(kept / ((1 - kept) * share)))
        found = rescaling_factor(77, 4, step, kinetic, degrees, temperature, kept)
        assert found == pytest.approx(sign * np.sqrt(square), rel=1e-12)
        signs.add(sign)
    assert len(signs) == 2 or kept > 0.9 or degrees > 3


def test_atoms_at_rest_stay_at_rest():
    assert rescaling_factor(77, 4, 1, 0.0, 30.0, 1.0, 0.5) == 1.0


@kernel
def many_gammas(item, shape, numbers):
    numbers[item] = gamma(shape, 12345, 8, item, 0, 7)


def draws(shape, count=20000):
    numbers = np.zeros(count)
    many_gammas(count, shape, numbers)
    return numbers


@pytest.mark.parametrize("shape", [0.5, 1.0, 1.5, 4.3, 160.0])
def test_gamma_numbers_are_distributed_as_such(shape):
    numbers = draws(shape)
    assert stats.kstest(numbers, stats.gamma(shape).cdf).pvalue > 1e-4
    error = np.sqrt(shape / len(numbers))
    assert abs(numbers.mean() - shape) < 4 * error < 0.05 * shape
    assert stats.kstest(numbers, stats.gamma(shape + 6 * error).cdf).pvalue < 1e-4


def test_a_shape_of_zero_gives_zero():
    assert (draws(0.0, 3) == 0).all()


def test_the_heat_is_what_the_kinetic_energy_gains():
    simulation = copies(3, 108, couplings=[VelocityRescaling((1.0, 2.0, 3.0), 0.1)])
    before, thermostat = simulation.kinetic_energies(), simulation.couplings[0]
    directions = simulation.velocities / np.linalg.norm(simulation.velocities, axis=(1, 2), keepdims=True)
    simulation.step = 1
    thermostat.after(simulation)
    assert thermostat.heat(simulation) == pytest.approx(simulation.kinetic_energies() - before, rel=1e-9)
    assert -thermostat.energy(simulation) == pytest.approx(thermostat.heat(simulation))
    after = simulation.velocities / np.linalg.norm(simulation.velocities, axis=(1, 2), keepdims=True)
    assert after == pytest.approx(directions, abs=1e-14)
