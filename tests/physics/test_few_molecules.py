"""The relaxation of a drift is exact however few molecules a cell holds."""

import numpy as np
import pytest

from knudsen.dsmc import Filling, Mixture, Periodic, Simulation, Slab

CELLS, EACH = 20_000, 5
DRIFT = 500.0


@pytest.fixture(scope="module")
def decay() -> tuple[float, float, float, float]:
    """Mean drift left of He against Ar in cells of 5 + 5 Maxwell molecules, its error, and what n and a are.

    One collision takes the share a = mu_B / N_A + mu_A / N_B = 1/5 of the drift on average, and the
    expected number of collisions of a cell is n.
    """
    gas = Mixture(["He", "Ar"], "maxwell")
    filling = Filling(101325.0, 300.0, (0.5, 0.5))
    slab = Slab(1e-8 * CELLS, CELLS, Periodic(), Periodic())
    simulation = Simulation(
        gas, slab, filling, particles_per_cell=2 * EACH, timestep=4e-11, seed=5, device="cpu"
    )
    simulation.move()
    simulation.particles.bin[:] = np.repeat(np.arange(2 * CELLS), EACH)
    simulation.particles.species[:] = np.repeat(np.tile([0, 1], CELLS), EACH)
    simulation.sort()
    particles = simulation.particles
    particles.vx[:] = 0.0
    particles.vx[particles.species == 0] = DRIFT
    steps = 4
    for _ in range(steps):
        simulation.step += 1
        simulation.collide()
    mean = particles.vx.reshape(CELLS, 2, EACH).mean(axis=2)
    drift = (mean[:, 0] - mean[:, 1]) / DRIFT
    rate = gas.interaction(0, 1).cross_section_prefactor(gas.reduced_mass(0, 1))
    expected = EACH**2 * rate * simulation.weights[0, 0] / slab.cell_width * simulation.timestep * steps
    return float(drift.mean()), float(drift.std() / np.sqrt(CELLS)), expected, 1 / EACH


def test_drift_decays_as_the_kac_process_says(decay: tuple[float, float, float, float]) -> None:
    """<w> = w_0 exp(-a n): the mean of (1 - a)^k over a Poisson number k of collisions."""
    drift, error, collisions, share = decay
    assert error < 0.01 * drift
    assert abs(drift - np.exp(-share * collisions)) < 4 * error


def test_rounded_candidate_counts_are_told_apart(decay: tuple[float, float, float, float]) -> None:
    """Control: a number of candidates without scatter would leave (1 - a)^n, eleven per cent faster."""
    drift, error, collisions, share = decay
    assert abs(drift - (1 - share) ** collisions) > 8 * error
