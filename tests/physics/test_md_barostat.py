"""Stochastic cell rescaling gives the isobaric ensemble: exactly for an ideal gas, and the compressibility.

Copies are independent, so the spread between them is the error.  The control is the same barostat without its
noise, which is Berendsen's: the mean volume is nearly right, its fluctuations are not.
"""

import numpy as np
import pytest
from scipy import stats

from knudsen.analysis.dense.lennard_jones import LennardJonesFluid
from knudsen.md.couplings.cell_rescaling import CellRescaling
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities

IDEAL = PairTable(1.0, 0.0, 1.0)


def start(copies, atoms, density, temperature, pairs, couplings, **options):
    crystal = lattice_start("fcc", atoms, density, seed=1)
    velocities = [maxwell_velocities(np.ones(atoms), temperature, seed=seed) for seed in range(copies)]
    return Simulation(
        np.stack([crystal.positions] * copies), np.stack(velocities), crystal.box, pairs, couplings=couplings,
        **({"seed": 5, "device": "cpu", "timestep": 0.005} | options),
    )  # fmt: skip


def volumes(simulation, steps, every, settle):
    """Series [time, copies] of volumes and of the conserved quantity."""
    simulation.run(settle)
    found, conserved = [], []
    for _ in range(steps // every):
        simulation.run(every)
        found.append(simulation.volumes)
        conserved.append(simulation.conserved())
    return np.array(found), np.array(conserved)


def mean_and_error(values):
    return values.mean(), values.std(ddof=1) / np.sqrt(len(values))


GAS_ATOMS, GAS_COPIES, GAS_PRESSURE, GAS_TEMPERATURE = 20, 96, 0.01, 1.3


@pytest.fixture(
    scope="module",
    params=[
        (lambda: Langevin(1.3, 3.0), "xyz"),
        (lambda: VelocityRescaling(1.3, 0.5), "xyz"),
        (lambda: Langevin(1.3, 3.0), "z"),
    ],
    ids=["Langevin", "velocity rescaling", "along z alone"],
)
def ideal_gas(request):
    make, axes = request.param
    barostat = CellRescaling(GAS_PRESSURE, GAS_TEMPERATURE, 2.5, 1 / GAS_PRESSURE, axes=axes, every=1)
    density = GAS_PRESSURE / GAS_TEMPERATURE
    couplings = [make(), barostat]
    gas = start(GAS_COPIES, GAS_ATOMS, density, GAS_TEMPERATURE, IDEAL, couplings, timestep=0.02)
    return volumes(gas, 3000, 25, 500)[0] * density


def test_the_volume_of_an_ideal_gas_is_a_gamma_number(ideal_gas):
    """P(V) ~ V^N exp(-P_0 V / T): mean N + 1, variance N + 1 in units of T / P_0."""
    mean, mean_error = mean_and_error(ideal_gas.mean(axis=0))
    variance, variance_error = mean_and_error(((ideal_gas - GAS_ATOMS - 1) ** 2).mean(axis=0))
    assert abs(mean - (GAS_ATOMS + 1)) < 4 * mean_error < 0.6
    # The control: the centre of mass is worth one in the mean; without its term, or with two.
    assert all(abs(mean - wrong) > 4 * mean_error for wrong in (GAS_ATOMS, GAS_ATOMS + 2))
    # Noise wrong by an eighth would be seen: the variance goes as its square.
    assert abs(variance / (GAS_ATOMS + 1) - 1) < 4 * variance_error / (GAS_ATOMS + 1) < 0.25
    apart = ideal_gas[::16].ravel()
    assert stats.kstest(apart, stats.gamma(GAS_ATOMS + 1).cdf).pvalue > 1e-4
    for wrong in (GAS_ATOMS - 1, GAS_ATOMS + 3):
        assert stats.kstest(apart, stats.gamma(wrong).cdf).pvalue < 1e-4


PRESSURES, GROUP, TEMPERATURE = (1.2, 1.6, 2.0), 12, 2.0
FLUID = PairTable(1.0, 1.0, 2.2, form="force-shifted")


def fluid(noise=TEMPERATURE):
    pressures = tuple(np.repeat(PRESSURES, GROUP))
    barostat = CellRescaling(pressures, noise, 0.5, 0.25, every=5)
    return start(len(pressures), 108, 0.5, TEMPERATURE, FLUID, [NoseHoover(TEMPERATURE, 0.2), barostat])


@pytest.fixture(scope="module")
def isobaric():
    return volumes(fluid(), 4000, 20, 1000)[0]


def compressibilities(series):
    """Mean of -(1/V) dV/dp from the fluctuations at the pressures and from the difference, with errors."""
    groups = series.reshape(len(series), len(PRESSURES), GROUP)
    means = groups.mean(axis=(0, 2))
    slopes = ((groups - means[:, None]) ** 2).mean(axis=0) / TEMPERATURE
    # Simpson's rule over the pressures.
    fluctuation = np.array([1, 4, 1]) / 6 @ slopes / means[1]
    ends = groups.mean(axis=0)[[0, 2]]
    difference = (ends[0] - ends[1]) / (PRESSURES[2] - PRESSURES[0]) / means[1]
    return mean_and_error(fluctuation), mean_and_error(difference)


def test_volume_fluctuations_give_the_compressibility(isobaric):
    """var V = T V kappa_T = -T dV/dp: noise^2 half of what it should be would be seen."""
    (fluctuation, one), (difference, other) = compressibilities(isobaric)
    assert abs(fluctuation - difference) < 4 * np.hypot(one, other) < 0.35 * difference


def errors_of_the_effective_energy(every):
    """Mean square change of the conserved quantity in half a unit of time, with its relative error."""
    couplings = [NoseHoover(TEMPERATURE, 0.2), CellRescaling(1.6, TEMPERATURE, 0.5, 0.25, every=every)]
    simulation = start(40, 108, 0.5, TEMPERATURE, FLUID, couplings)
    _, conserved = volumes(simulation, 2000, 100, 600)
    mean, error = mean_and_error((np.diff(conserved, axis=0) ** 2).mean(axis=0))
    return mean, error / mean


def test_the_effective_energy_is_conserved_as_moves_get_small():
    """A move of dt misses it at random by the order of dt^(3/2), and so all of a given time by that of dt.

    The error tells dt from dt^(1/2) and dt^(3/2); moves of ten steps are too long for the law (2.45).
    """
    (coarse, one), (fine, other) = (errors_of_the_effective_energy(every) for every in (4, 2))
    ratio = (coarse / fine) ** 0.5
    assert abs(ratio - 2) < 4 * ratio * np.hypot(one, other) / 2 < 0.58


def test_without_noise_the_volume_does_not_fluctuate_enough():
    series, _ = volumes(fluid(noise=1e-12), 1000, 20, 1000)
    (fluctuation, one), (difference, other) = compressibilities(series)
    assert difference - fluctuation > 4 * np.hypot(one, other)


@pytest.mark.parametrize("long_range", [True, False])
def test_the_density_is_that_of_the_equation_of_state(long_range):
    """256 atoms cut at 2.8, against Thol's equation (0.5 % in pressure): with the correction only.

    The correction is worth 0.03 in the density, twice what is allowed.
    """
    state = LennardJonesFluid(2.0, 0.6)
    barostat = CellRescaling(state.pressure, 2.0, 0.5, 0.2, every=10, long_range=long_range)
    simulation = start(8, 256, 0.6, 2.0, PairTable(1.0, 1.0, 2.8), [VelocityRescaling(2.0, 0.2), barostat])
    density, error = mean_and_error((256 / volumes(simulation, 2000, 20, 600)[0]).mean(axis=0))
    stiffness = (LennardJonesFluid(2.0, 0.61).pressure - LennardJonesFluid(2.0, 0.59).pressure) / 0.02
    allowed = 0.005 * state.pressure / stiffness + 4 * error
    assert (abs(density - 0.6) < allowed) == long_range
    assert allowed < 0.013
