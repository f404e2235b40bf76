"""The engine on a CUDA device against the CPU; skipped, saying why, where there is none."""

import numpy as np
import pytest

from knudsen.core.device import cuda_obstacle
from knudsen.dsmc import (
    Channel,
    DeviationalSimulation,
    DiffuseWall,
    ExchangeReservoir,
    Filling,
    Mixture,
    OpenReservoir,
    Periodic,
    RestingGas,
    Simulation,
    Slab,
    Tube,
)

OBSTACLE = cuda_obstacle()
pytestmark = [pytest.mark.gpu, pytest.mark.skipif(OBSTACLE is not None, reason=str(OBSTACLE))]

LEFT, RIGHT = (0.9, 0.1), (0.1, 0.9)
FACES = {
    "periodic": (Periodic(), Periodic()),
    "exchange": (ExchangeReservoir(300.0, LEFT), ExchangeReservoir(300.0, RIGHT)),
    "open": (OpenReservoir(1e5, 300.0, LEFT), OpenReservoir(1e5, 300.0, RIGHT)),
}


WALL = DiffuseWall(300.0)
DOMAINS = {name: Slab(2e-6, 20, *faces, subcells=2) for name, faces in FACES.items()} | {
    "channel": Channel((2e-6, 1e-6), (10, 4), *FACES["open"], WALL, WALL, (1, 2)),
    "tube": Tube(2e-6, 1e-6, (10, 4), *FACES["exchange"], WALL),
}


def make(device, faces, precision="double"):
    return Simulation(
        Mixture(["He", "Ar"]), DOMAINS[faces], Filling(1e5, 300.0, LEFT, RIGHT),
        particles_per_cell=100, timestep=2e-11, copies=4, seed=3, device=device, precision=precision,
    )  # fmt: skip


@pytest.mark.parametrize("faces", DOMAINS)
def test_the_first_step_is_that_of_the_cpu(faces):
    """The same random integers and the same order: equal but for round-off."""
    there, here = make("cuda", faces), make("cpu", faces)
    for simulation in (there, here):
        simulation.move()
        simulation.sort()
    np.testing.assert_array_equal(there.device.fetch(there.particles.counts), here.particles.counts)
    live = np.arange(here.particles.capacity) < here.particles.counts[:, None]
    for name in ("place", "vx", "vy", "vz", "species"):
        columns = [
            s.device.fetch(getattr(s.particles, name)).reshape(*live.shape, -1)[live] for s in (there, here)
        ]
        np.testing.assert_allclose(*columns, rtol=1e-9)


@pytest.mark.parametrize("precision", ["double", "mixed"])
@pytest.mark.parametrize("faces", DOMAINS)
def test_collisions_and_fluxes_have_the_statistics_of_the_cpu(faces, precision):
    runs = [make("cuda", faces, precision), make("cpu", faces)]
    for simulation in runs:
        simulation.sample(2, 100)
        simulation.run(400)
    collisions = [simulation.resolution()["collisions"] for simulation in runs]
    assert abs(collisions[0] - collisions[1]) < 5 * sum(collisions) ** 0.5 + 0.01 * collisions[1]
    fluxes = [s.result().sums[1:, ..., 0, 1].sum(axis=(0, 2)) / s.result().samples[1:].sum() for s in runs]
    spread = np.hypot(*(flux.std(ddof=1) for flux in fluxes)) / 2
    assert abs(fluxes[0].mean() - fluxes[1].mean()) < 8 * spread  # four copies know their spread badly


def test_restored_run_is_the_uninterrupted_one(tmp_path):
    whole, first, second = (make("cuda", "exchange") for _ in range(3))
    for simulation in (whole, first):
        simulation.sample(2, 10)
        simulation.run(30)
    first.checkpoint(tmp_path / "checkpoint.h5")
    second.restore(tmp_path / "checkpoint.h5")
    for simulation in (whole, second):
        simulation.run(20)
    np.testing.assert_array_equal(whole.result().sums, second.result().sums)


def deviation(device, seed=3):
    faces = DiffuseWall(300.0), DiffuseWall(300.0, (0.0, 0.3))
    return DeviationalSimulation(
        Mixture(["Ar"], "hs"), Slab(2e-6, 20, *faces), RestingGas(1e4, 300.0),
        particles_per_cell=100, timestep=2e-11, copies=32, seed=seed, device=device,
    )  # fmt: skip


def test_a_deviation_first_steps_as_on_the_cpu():
    """What walls send in, where it flies and how it lies in cells."""
    there, here = deviation("cuda"), deviation("cpu")
    for simulation in (there, here):
        simulation.step += 1
        simulation.move()
        simulation._sort.sort(simulation.particles)
    np.testing.assert_array_equal(there.device.fetch(there.particles.counts), here.particles.counts)
    assert here.particle_count > 0
    for copy, count in enumerate(here.particles.counts):
        for name in ("place", "vx", "vy", "vz", "species"):
            columns = [
                np.sort(s.device.fetch(getattr(s.particles, name))[copy * s.particles.capacity :][:count])
                for s in (there, here)
            ]
            np.testing.assert_allclose(*columns, rtol=1e-9)


def assert_same_mean(there, here):
    """Of two sets of copies: within four standard errors, which are below a tenth of it."""
    spread = np.hypot(there.std(ddof=1), here.std(ddof=1)) / np.sqrt(len(here))
    assert 4 * spread < 0.1 * abs(here.mean())
    assert abs(there.mean() - here.mean()) < 4 * spread


def test_a_deviation_has_the_statistics_of_the_cpu():
    runs = [deviation("cuda", seed=4), deviation("cpu")]  # independent: other seeds
    for simulation in runs:
        simulation.run(400)
        simulation.sample(2, 100)
        simulation.run(800)
    stresses = [s.result().sums[..., 0, 8].sum(axis=(0, 2)) for s in runs]
    particles = [s.device.fetch(s.particles.counts) for s in runs]
    for there, here in (stresses, particles):
        assert_same_mean(there, here)
        with pytest.raises(AssertionError):
            assert_same_mean(1.2 * there, here)
