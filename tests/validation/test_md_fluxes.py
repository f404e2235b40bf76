"""Conductivity and viscosity of a dense Lennard-Jones liquid, each by ways that share nothing but the atoms.

Heat is driven by eHEX, by swaps and by local thermostats; momentum by swaps, and by SLLOD in a homogeneous
shear.  Errors are from the spread of independent copies: 2 % each, so that 12 % between two ways are seen, as
a flux counted through one face of two is, or a slope taken through the kinks at the slabs.
"""

import numpy as np
import pytest

from knudsen.md.couplings.heat_exchange import HeatExchange
from knudsen.md.couplings.local import LocalThermostat
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.couplings.swaps import VelocitySwap
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.shear import Sllod
from knudsen.md.simulation import Simulation
from knudsen.md.starts.velocities import maxwell_velocities

pytestmark = pytest.mark.slow

CELLS, DENSITY, TEMPERATURE, COPIES = np.array([4, 4, 8]), 0.8442, 1.0, 12
PAIRS = PairTable(1.0, 1.0, 2.5, form="force-shifted")
BINS, TIMESTEP, SETTLE, STEPS, EVERY = 16, 0.004, 4000, 25000, 20
FIRST, MIDDLE = (0.0, 1 / BINS), (0.5, 0.5 + 1 / BINS)
# The slabs are bins 0 and 8; a bin beside each, where the profile has its kink, is left out on both sides.
AWAY = 2
BETWEEN = (np.arange(AWAY, BINS // 2 - AWAY + 1), np.arange(BINS // 2 + AWAY, BINS - AWAY + 1))


@pytest.fixture(scope="module")
def melt():
    """Positions and velocities of each copy, and the box, of an equilibrated liquid."""
    edge = (4 / DENSITY) ** (1 / 3)
    corners = np.stack(np.meshgrid(*map(np.arange, CELLS), indexing="ij"), -1).reshape(-1, 1, 3)
    basis = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    positions = (corners + basis + 0.25).reshape(-1, 3) * edge
    velocities = [maxwell_velocities(np.ones(len(positions)), 2.0, seed=r) for r in range(COPIES)]
    simulation = simulate((np.stack([positions] * COPIES), np.stack(velocities), CELLS * edge), [
        VelocityRescaling(TEMPERATURE, 0.1)
    ])  # fmt: skip
    simulation.run(5000)
    return simulation.positions, simulation.velocities, simulation.box_lengths[0]


def simulate(state, couplings, **options):
    positions, velocities, box = state
    return Simulation(
        positions, velocities, box, PAIRS, timestep=TIMESTEP, couplings=couplings, seed=3, **options
    )


def profile(simulation, values):
    """Means over the atoms of each bin along z [copies, bins]."""
    place = simulation.positions[..., 2] / simulation.box_lengths[:, 2, None] % 1
    bins = (place * BINS).astype(int) + BINS * np.arange(COPIES)[:, None]
    totals = np.bincount(bins.ravel(), values.ravel(), BINS * COPIES)
    return (totals / np.bincount(bins.ravel(), minlength=BINS * COPIES)).reshape(COPIES, BINS)


def driven(state, coupling, value, moved):
    """Flux, slope of a profile from the first slab to the middle, and that from slab to slab, each a copy."""
    simulation = simulate(state, [coupling])
    simulation.run(SETTLE)
    before, profiles = moved(simulation), []
    for _ in range(STEPS // EVERY):
        simulation.run(EVERY)
        profiles.append(profile(simulation, value(simulation)))
    lengths = simulation.box_lengths[0]
    flux = (moved(simulation) - before) / (STEPS * TIMESTEP * 2 * lengths[0] * lengths[1])
    mean, width = np.mean(profiles, axis=0), lengths[2] / BINS
    slopes = [np.polyfit(bins * width, mean[:, bins].T, 1)[0] for bins in BETWEEN]
    across = (mean[:, BINS // 2] - mean[:, 0]) / (BINS // 2 * width)
    return flux, (slopes[0] - slopes[1]) / 2, across


def coefficient(flux, slope):
    """Ratio of the means over copies and its error."""
    ratio = flux.mean() / slope.mean()
    return ratio, (flux - ratio * slope).std(ddof=1) / np.sqrt(COPIES) / abs(slope.mean())


def noise(viscosity, volume, time):
    """Standard error of the shear stress, averaged over all copies, a volume of each and a time::

        sqrt(2 eta T / (R V t))

    by Green and Kubo.  The spread of twelve copies tells it to a fifth only, that of six to a third.
    """
    return np.sqrt(2 * viscosity * TEMPERATURE / (COPIES * volume * time))


def local_temperature(simulation):
    return (simulation.velocities**2).sum(axis=2) / 3


@pytest.fixture(scope="module")
def conductivities(melt):
    exchange = HeatExchange(hot=MIDDLE, cold=FIRST, power=28.0)
    swap = VelocitySwap("energy", 40, slabs=BINS)
    local = LocalThermostat((FIRST, MIDDLE), (0.75, 1.25), 0.05)
    ways = {
        "eHEX": (exchange, lambda simulation: exchange.heat(simulation)[:, 0]),
        "swaps": (swap, swap.moved),
        "local thermostats": (local, lambda s: (local.heat(s)[:, 1] - local.heat(s)[:, 0]) / 2),
    }
    found = {
        name: driven(melt, coupling, local_temperature, moved) for name, (coupling, moved) in ways.items()
    }
    between = {name: coefficient(flux, slope) for name, (flux, slope, _) in found.items()}
    return between, {name: coefficient(flux, across) for name, (flux, _, across) in found.items()}


def test_conductivities_agree(conductivities):
    """lambda = flux / slope of T, by eHEX, by swaps and by local thermostats."""
    between, across = conductivities
    for name, (value, error) in between.items():
        print(f"conductivity by {name}: {value:.3f} +- {error:.3f}")
        assert error < 0.03 * value
        for other, (against, its) in between.items():
            assert name == other or abs(value - against) < 4 * np.hypot(error, its) < 0.13 * value
    # The control: from slab to slab, the swaps' kinks included, a quarter is missing.
    value, error = across["swaps"]
    against, its = between["local thermostats"]
    assert against - value > 4 * np.hypot(error, its)


def test_viscosities_agree(melt):
    """eta = flux of momentum / slope of v by swaps, and -<P_xy> / rate by SLLOD."""
    swap = VelocitySwap("x", 40, slabs=BINS)
    flux, slope, _ = driven(melt, swap, lambda simulation: simulation.velocities[..., 0], swap.moved)
    # The first slab gains momentum: v falls towards the middle, at 0.09, near the rate of SLLOD below.
    swapped, error = coefficient(flux, -slope)
    rate, samples, apart = 0.1, 2500, 4
    simulation = simulate(melt, [VelocityRescaling(TEMPERATURE, 0.1)], mover=Sllod(rate))
    simulation.run(2000)
    stress = []
    for _ in range(samples):
        simulation.run(apart)
        stress.append(simulation.pressure_tensors()[:, 0, 1])
    sheared = -np.mean(stress, axis=0) / rate
    other = sheared.std(ddof=1) / np.sqrt(COPIES)
    print(f"viscosity by swaps: {swapped:.3f} +- {error:.3f}, by SLLOD: {sheared.mean():.3f} +- {other:.3f}")
    assert abs(swapped - sheared.mean()) < 4 * np.hypot(error, other) < 0.12 * swapped
    volume = np.prod(melt[2])
    # A slope by least squares has the noise of 5/6 of its length.
    fitted = 5 / 6 * volume * sum(map(len, BETWEEN)) / BINS
    assert 0.5 < error / noise(swapped, fitted, STEPS * TIMESTEP) * abs(slope.mean()) < 2
    assert 0.5 < other / noise(sheared.mean(), volume, samples * apart * TIMESTEP) * rate < 2
