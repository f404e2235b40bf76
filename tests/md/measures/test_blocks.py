"""Standard errors over copies and over blocks of time, against processes whose errors are known."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from ornstein_uhlenbeck import ornstein_uhlenbeck

from knudsen.core.device import Device
from knudsen.md.measures.blocks import BlockSums, block_length, over_blocks, over_copies, student
from knudsen.md.measures.correlations import Collective, running_integral, sampling_bias
from knudsen.md.measures.correlator import StressCorrelation
from knudsen.md.measures.multiple_tau import CORRELATION, LagGrid
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.measures.structure_factor import StructureFactor
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

CPU = Device("cpu")
LAG = 3


def correlated(series, blocks=16, grid=None):
    """Correlations of one series a copy, from samples [sample, copy]."""
    sim = SimpleNamespace(copies=series.shape[1], device=CPU)
    grid = grid or LagGrid(1, 6, 2)
    collective = Collective(sim, 1, 1, grid, CORRELATION, blocks)
    for sample in series:
        collective.push(sample)
    return collective.result(1.0, ("x",))


def at_lag(found):
    return found.values[:, 0, 0, LAG]


def part(found, copies):
    return replace(found, sums=found.sums[copies], totals=found.totals[copies])


def test_two_copies_cover_the_truth_as_often_as_many():
    """68.3 % of the pairs of copies have the truth within one standard error; Student's factor is needed."""
    phi, pairs = 0.8, 300
    found = correlated(ornstein_uhlenbeck(phi, 1000, 2 * pairs, seed=2))
    made = [over_copies(part(found, slice(2 * k, 2 * k + 2)), at_lag) for k in range(pairs)]
    value, error = np.array(made).T
    away = np.abs(value - phi**LAG)
    allowed = 4 * np.sqrt(0.683 * 0.317 / pairs)
    assert abs((away < error).mean() - 0.683) < allowed
    # Negative control: s / sqrt(2) alone.
    assert (away < error / student(2)).mean() < 0.683 - allowed


def test_blocks_cover_the_truth():
    phi, copies = 0.8, 300
    value, error = over_blocks(correlated(ornstein_uhlenbeck(phi, 2000, copies, seed=3)), at_lag)
    sigmas = (value - phi**LAG) / error
    assert abs((np.abs(sigmas) < 1).mean() - 0.683) < 4 * np.sqrt(0.683 * 0.317 / copies)
    assert 0.85 < sigmas.std() < 1.2
    # Negative control: blocks as short as a sample know nothing of what is correlated.
    short = correlated(ornstein_uhlenbeck(phi, 400, 100, seed=4), blocks=400)
    value, error = over_blocks(short, lambda each: each.values[:, 0, 0, 0])
    assert ((value - 1) / error).std() > 1.5


def test_both_ways_agree():
    found = correlated(ornstein_uhlenbeck(0.7, 1000, 60, seed=5))
    mean, between = over_copies(found, at_lag)
    values, within = over_blocks(found, at_lag)
    assert mean == pytest.approx(values.mean())
    assert np.sqrt((within**2).mean() / 60) == pytest.approx(between, rel=4 / np.sqrt(2 * 59))


def test_the_mean_of_a_run_takes_nothing_from_its_fluctuations():
    """Their variance is one; about the run's own mean it would be low by 2 tau / T."""
    phi, samples, copies = 0.8, 512, 2000
    found = correlated(3.0 + ornstein_uhlenbeck(phi, samples, copies, seed=6))
    value, error = over_copies(found, lambda each: each.fluctuations[:, 0, 0, 0])
    assert abs(value - 1) < 4 * error and error < 0.004
    # Negative control: the square of the mean of the run.
    naive = found.values[:, 0, 0, 0] - found.means[:, 0, 0] ** 2
    low = (1 + phi) / (1 - phi) / samples
    assert naive.mean() == pytest.approx(1 - low, abs=4 * error)
    assert low > 4 * error


def test_an_integral_has_errors():
    """int of exp(-t/tau) by the trapezoidal rule, over several levels."""
    phi = 0.9
    found = correlated(ornstein_uhlenbeck(phi, 4000, 100, seed=7), grid=LagGrid(4, 8, 2))
    value, error = over_copies(found, lambda each: running_integral(each, each.values))
    sums = 0.5 * (1 + phi) / (1 - phi)
    last = np.searchsorted(found.times, 40)
    assert abs(value[0, 0, last] - sums) < 4 * error[0, 0, last] + sums * phi**36
    assert error[0, 0, last] < 0.03 * sums


def test_sampling_too_coarse_is_said():
    """1/(1 + t^2) has the spectrum pi exp(-omega): the trapezoidal rule gives pi/2 coth(pi/h)."""
    h, points = 1.2, 2000
    times = h * np.arange(points)
    found = SimpleNamespace(times=times, grid=LagGrid(1, points, 2))
    values = 1 / (1 + times**2)
    bias = sampling_bias(found, values)
    assert bias == pytest.approx(np.pi / 2 * (1 / np.tanh(np.pi / h) - 1), rel=0.02)
    assert running_integral(found, values)[-1] == pytest.approx(np.pi / 2 + bias - 1 / times[-1], rel=2e-4)
    # Negative control: without the bias the integral would be another.
    assert running_integral(found, values)[-1] != pytest.approx(np.pi / 2, rel=2e-3)


def test_lags_beyond_a_block_have_no_error_over_blocks():
    found = correlated(ornstein_uhlenbeck(0.5, 64, 3, seed=8), blocks=8, grid=LagGrid(1, 20, 2))
    value, error = over_blocks(found, lambda each: each.values[:, 0, 0])
    assert list(found.samples) == [8] * 8
    assert np.isfinite(value).all()
    assert np.isfinite(error[:, :8]).all() and np.isnan(error[:, 8:]).all()


def test_too_little_for_an_error_is_refused():
    found = correlated(ornstein_uhlenbeck(0.5, 1, 1, seed=9))
    with pytest.raises(ValueError, match=r"two or more, got 1.*over_blocks"):
        over_copies(found, lambda each: each.values)
    with pytest.raises(ValueError, match=r"two blocks.*got 1"):
        over_blocks(found, lambda each: each.values)
    with pytest.raises(ValueError, match="two lags"):
        running_integral(found, found.values)
    assert np.isnan(found.fluctuations[0, 0, 0, 0])


@pytest.mark.parametrize("make", [RadialDistribution, StructureFactor, StressCorrelation])
@pytest.mark.parametrize("blocks", [0, 7, 2.0])
def test_blocks_that_cannot_be_merged_are_refused(make, blocks):
    with pytest.raises(ValueError, match="blocks"):
        make(blocks=blocks)


def test_blocks_are_merged_when_all_are_full():
    sums, whole = BlockSums(CPU, 4, (2,)), np.zeros(2)
    for number in range(1, 12):
        sample = np.array([number, number**2])
        whole += sample
        block = sums.open()
        block += sample
        assert sums.samples.sum() == number and len(sums.samples) <= 4
        assert np.array_equal(sums.fetch().sum(axis=0), whole)
    assert list(sums.samples) == [4, 4, 3]
    assert list(sums.fetch()[:, 0]) == [1 + 2 + 3 + 4, 5 + 6 + 7 + 8, 9 + 10 + 11]
    assert [block_length(taken, 4) for taken in (0, 1, 4, 5, 8, 9, 17)] == [1, 1, 1, 2, 2, 4, 8]


# --- ideal gases ----------------------------------------------------------------------------------


def ideal_gas(atoms, copies, speed=0.0, seed=1):
    """Copies of atoms that fly freely through a box of edge 8, several of their distances a step."""
    random = np.random.default_rng(seed)
    positions = random.uniform(0, 8, (copies, atoms, 3))
    velocities = speed * random.normal(size=positions.shape)
    pairs = PairTable(1e-4, 1e-2, 2.0)
    return Simulation(positions, velocities, 8.0, pairs, timestep=1.0, device="cpu")


def test_pairs_of_an_ideal_gas_err_as_poisson_says():
    """n pairs are known to sqrt(n), and each is counted from both its atoms: stderr(g)^2 = 2 / expected."""
    copies, atoms = 20, 40
    sim = ideal_gas(atoms, copies, speed=0.5)
    measure = RadialDistribution(every=8, bins=4, r_max=2.0)
    sim.add_measure(measure)
    sim.run(64 * 8)
    found = measure.result()
    assert len(found.samples) == 32
    _, error = over_blocks(found, lambda each: each.values)
    ratio = (error**2 / (2 / found.expected) / student(32) ** 2)[:, 0, 0, 1:].mean()
    sure = 4 * np.sqrt(2 / 31 / (3 * copies))
    assert ratio == pytest.approx(1, abs=sure) and sure < 0.2
    value, error = over_copies(found, lambda each: each.values[:, 0, 0, 1:])
    ratio = error**2 / (2 / found.expected.sum(axis=0)[0, 0, 1:]) / student(copies) ** 2
    assert ratio.mean() == pytest.approx(1, abs=4 * np.sqrt(2 / (copies - 1) / 3))
    assert (np.abs(value - 1) < 4 * error).all()
    # Negative control: frames of atoms that hardly move tell the same pairs again.
    still = ideal_gas(atoms, copies, speed=1e-3)
    measure = RadialDistribution(every=1, bins=4, r_max=2.0)
    still.add_measure(measure)
    still.run(64)
    _, error = over_blocks(measure.result(), lambda each: each.values)
    assert (error**2 / (2 / measure.result().expected))[:, 0, 0, 1:].mean() < 0.5


def test_waves_of_an_ideal_gas_err_as_their_number_says():
    """S of one wave vector varies by 1 - 1/N, and no two vectors go together."""
    copies, atoms = 500, 30
    sim = ideal_gas(atoms, copies)
    measure = StructureFactor(k_max=5.0, shells=5, most=10)
    measure.bind(sim)
    measure.take(sim)
    found = measure.result()
    shell = np.digitize(found.wave_numbers[0], found.shells[1:], right=True)
    numbers = np.bincount(shell, minlength=5)
    value, error = over_copies(found, lambda each: each.values[:, 0, 0])
    filled = numbers > 0
    assert (np.abs(value - 1) < 4 * error)[filled].all()
    ratio = (error**2 * copies * numbers)[filled] / (1 - 1 / atoms)
    assert ratio == pytest.approx(1, abs=4 * np.sqrt(8 / copies))
    # Negative control: were the vectors of a shell one and the same.
    assert (error**2 * copies)[numbers == 10] / (1 - 1 / atoms) != pytest.approx(1, abs=0.5)
