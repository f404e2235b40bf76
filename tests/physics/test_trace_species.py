"""A trace of its own weight diffuses by theory, has the gas's temperature, and follows its fluctuations."""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.dsmc import Filling, Mixture, Periodic, Simulation, Slab

PRESSURE, TEMPERATURE = 1e5, 300.0
GAS = Mixture(["He", "Ar"], "hs")
MASSES = np.array(GAS.masses)
THEORY = ChapmanEnskog(GAS, TEMPERATURE, 12)
RELAXATION = float(THEORY.viscosity((1.0, 0.0))) / PRESSURE
SLOW, STEPS_A_TIME = 0.1, 6  # drift over (2 k T / m_r)^(1/2)


def run(x, weight, molecules, copies, timestep, warm, steps, length=1e-6, cells=1, acceleration=None):
    """Block sums of every copy [copy, species, moment], c_s = m_s / mean of the whole domain."""
    simulation = Simulation(
        GAS, Slab(length, cells, Periodic(), Periodic()), Filling(PRESSURE, TEMPERATURE, (1 - x, x)),
        particles_per_cell=molecules / (1 - x), timestep=timestep, copies=copies, seed=1, device="cpu",
        species_weights=(1.0, weight), acceleration=acceleration,
    )  # fmt: skip
    simulation.run(warm)
    simulation.sample(1, steps)
    simulation.run(steps)
    return simulation.species_weights, simulation.result().sums.sum(axis=(0, 2))


def temperatures(weights, sums):
    """Of each species about the barycentric velocity of its copy [copy, species] [K]."""
    count, momentum, heavy = sums[..., 0], sums[..., 1:4], weights * MASSES
    u = np.einsum("s,csd->cd", heavy, momentum) / (heavy * count).sum(axis=1)[:, None]
    square = sums[..., 4:7].sum(axis=-1) - 2 * np.einsum("csd,cd->cs", momentum, u)
    return MASSES * (square / count + (u**2).sum(axis=1)[:, None]) / (3 * BOLTZMANN)


def mean_and_error(values):
    return values.mean(axis=0), values.std(axis=0, ddof=1) / np.sqrt(len(values))


def drift_over_theory(x, weight):
    """Drift of the species under forces that leave the gas at rest, over n k T x_1 x_2 w / D_12 = n_2 F_2.

    Friction of hard spheres grows by s^2/5 with the drift s, and their mobility falls as T^(-1/2).
    """
    fractions = np.array([1 - x, x])
    diffusion = float(THEORY.diffusion_binary(1 - x, PRESSURE))
    thermal = BOLTZMANN * TEMPERATURE
    time = diffusion * MASSES.prod() / (thermal * fractions @ MASSES)
    asked = SLOW * np.sqrt(2 * thermal * (1 / MASSES).sum())
    force = (
        thermal * asked / diffusion * np.array([-x, 1 - x]) * fractions.prod() / (fractions * fractions[::-1])
    )
    acceleration = tuple((each, 0.0, 0.0) for each in force / MASSES)
    step, each = time / STEPS_A_TIME, 20 * STEPS_A_TIME
    weights, sums = run(x, weight, 400, 160, step, each // 3, each, acceleration=acceleration)
    velocity = sums[..., 1] / sums[..., :1][..., 0]
    kelvin = temperatures(weights, sums)[:, 0]
    drift = (velocity[:, 1] - velocity[:, 0]) * np.sqrt(kelvin / TEMPERATURE) * (1 + SLOW**2 / 5)
    return mean_and_error(drift / asked)


@pytest.mark.parametrize(("x", "weight"), [(1e-2, 1e-2), (1e-3, 1e-3), (1e-4, 1e-4)])
def test_a_trace_diffuses_by_theory(x, weight):
    found, stderr = drift_over_theory(x, weight)
    assert stderr < 0.004
    assert abs(found - 1) < 4 * stderr
    # The control: D_12 of the mixture that the simulated molecules would make, half and half.
    even = float(THEORY.diffusion_binary(0.5, PRESSURE)) / float(THEORY.diffusion_binary(1 - x, PRESSURE))
    assert abs(found - even) > 4 * stderr


@pytest.mark.parametrize("x", [1e-2, 1e-4])
def test_a_trace_has_the_temperature_of_its_gas(x):
    """In one closed box, where neither momentum nor energy may wander off."""
    kelvin = temperatures(*run(x, x, 400, 40, 0.2 * RELAXATION, 100, 800))
    found, stderr = mean_and_error(kelvin[:, 1] / kelvin[:, 0])
    assert stderr < 0.002
    assert abs(found - 1) < 4 * stderr
    energy, error = mean_and_error(kelvin[:, 0] * (1 - x) + kelvin[:, 1] * x)
    assert abs(energy / TEMPERATURE * 400 / 399 - 1) < 4 * error / TEMPERATURE


def test_a_heavy_trace_is_hotter_by_what_the_fluctuations_of_the_gas_give_it():
    """Fluctuations that outlast its own relaxation, tau = m_2 D / k T, and are W_1 / W_2 too large for it.

    A mode of wave number k lends the trace m_2 <u^2> / (1 + nu k^2 tau) across and / (1 + (c k tau)^2) along;
    with n helium atoms a metre those of a slab add up to (m_2 / m_1 - 1) / N for each component,
    N = 2 n (nu tau)^(1/2) across and 2 n c tau along: hydrodynamics at a few free paths, good to a fifth.
    """
    cells, molecules = 40, 50
    rho = PRESSURE / (BOLTZMANN * TEMPERATURE) * MASSES[0]
    length = cells / 2 * RELAXATION * np.sqrt(np.pi * BOLTZMANN * TEMPERATURE / (2 * MASSES[0]))
    kelvin = temperatures(*run(1e-4, 1e-4, molecules, 24, 0.2 * RELAXATION, 200, 800, length, cells))
    found, stderr = mean_and_error(kelvin[:, 1] / kelvin[:, 0] - 1)
    tau = MASSES[1] * float(THEORY.diffusion_binary(1.0, PRESSURE)) / (BOLTZMANN * TEMPERATURE)
    shear = 2 * np.sqrt(RELAXATION * PRESSURE / rho * tau)
    sound = 2 * tau * np.sqrt(5 / 3 * BOLTZMANN * TEMPERATURE / MASSES[0])
    density = molecules * cells / length
    expected = (MASSES[1] / MASSES[0] - 1) * (2 / shear + 1 / sound) / (3 * density)
    assert 10 * stderr < expected
    assert found == pytest.approx(expected, rel=0.2)
