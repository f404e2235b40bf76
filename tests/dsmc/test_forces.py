"""Constant forces: exact parabolas between faces, and the work that they do."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.shapes import Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

GAS = Mixture(["He", "Ar"])
WALL, RESERVOIR = DiffuseWall(300.0), OpenReservoir(1e5, 300.0, (0.5, 0.5))
ACCELERATION = ((0.3, -0.2, 0.1), (-0.7, 0.5, 0.4))


def fall(left, right, steps, x, vx, time=2.0):
    """Collisionless molecules of both species in a slab of length 1, in order of their numbers (in vz)."""
    simulation = Simulation(
        GAS, Slab(1.0, 10, left, right), Filling(1e-12, 300.0, (0.5, 0.5)), particles_per_cell=len(x) / 10,
        timestep=time / steps, device="cpu", acceleration=ACCELERATION,
    )  # fmt: skip
    particles, n = simulation.particles, len(x)
    particles.place[:n], particles.vx[:n] = x, vx
    particles.vy[:n], particles.vz[:n] = 0.0, np.arange(n) * 10.0
    particles.species[:n] = np.arange(n) % 2
    simulation.run(steps)
    order = np.argsort(particles.vz[:n])
    return [column[:n][order] for column in (particles.place, particles.vx, particles.vy, particles.vz)]


@pytest.mark.parametrize("steps", [1, 7])
def test_between_periodic_faces_a_fall_is_the_exact_parabola(steps):
    """x0 + v t + a t^2/2 and v + a t, each species with its own a, whatever the step."""
    random = np.random.default_rng(1)
    n, time = 60, 2.0
    x0, v0 = random.random(n), random.uniform(-2, 2, n)
    a = np.array(ACCELERATION)[np.arange(n) % 2]
    x, vx, vy, vz = fall(Periodic(), Periodic(), steps, x0, v0, time)
    apart = (x - (x0 + v0 * time + a[:, 0] * time**2 / 2)) % 1.0
    assert np.all(np.minimum(apart, 1 - apart) < 1e-12)
    np.testing.assert_allclose(vx, v0 + a[:, 0] * time, atol=1e-12)
    np.testing.assert_allclose(vy, a[:, 1] * time, atol=1e-12)
    np.testing.assert_allclose(vz, np.arange(n) * 10.0 + a[:, 2] * time, atol=1e-10)


def test_a_bounce_is_missed_by_less_in_shorter_steps():
    """Argon falls on a mirror at x = 0 and rises: the exact parabolas, to first order for one molecule."""
    x0, time, a = np.full(10, 0.2), 2.0, 0.7
    hit = np.sqrt(2 * 0.2 / a)
    exact = a * hit * (time - hit) - a * (time - hit) ** 2 / 2
    errors = [abs(fall(Specular(), Specular(), n, x0, np.zeros(10), time)[0][1] - exact) for n in (20, 2000)]
    assert errors[0] < a * time**2 / 20
    assert errors[1] < a * time**2 / 2000


def kinetic(simulation):
    """Kinetic energy of each species [J]."""
    p = simulation.particles
    live = slice(0, int(p.counts[0]))
    square = p.vx[live] ** 2 + p.vy[live] ** 2 + p.vz[live] ** 2
    energy = 0.5 * np.array(simulation.gas.masses)[p.species[live]] * square
    return np.bincount(p.species[live], energy, minlength=2)


DRIVEN = {
    "between walls": Slab(1e-7, 4, WALL, WALL),
    "between reservoirs": Slab(1e-7, 4, RESERVOIR, RESERVOIR),
    "in a channel": Channel((1e-7, 1e-7), (2, 2), RESERVOIR, WALL, WALL, Specular()),
}


@pytest.mark.parametrize("case", DRIVEN)
def test_the_gas_gains_what_force_and_faces_give_it(case):
    """Kinetic energy = work + what comes from the faces - what goes to them, to round-off."""
    simulation = Simulation(
        GAS, DRIVEN[case], Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=50, timestep=2e-11,
        device="cpu", acceleration=((1e12, 2e12, 0.0), (-3e12, 0.0, 1e12)),
    )  # fmt: skip
    before = kinetic(simulation).sum()
    simulation.sample(1, 60)
    simulation.run(60)
    walls = simulation.result().walls[0, 0].sum(axis=(0, 1))[:, WALL_TOTALS.index("energy")]
    gained = walls[DIRECTIONS.index("leaving")] - walls[DIRECTIONS.index("arriving")]
    work = simulation.work[0].sum()
    assert kinetic(simulation).sum() - before == pytest.approx(work + gained, rel=1e-9)
    assert abs(work) > 0.02 * before


def test_forces_leave_a_run_without_them_as_it_was():
    """Zero accelerations give the numbers of none."""
    ends = []
    for acceleration in (None, np.zeros((2, 3))):
        simulation = Simulation(
            GAS, DRIVEN["between reservoirs"], Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=20,
            timestep=2e-11, device="cpu", acceleration=acceleration,
        )  # fmt: skip
        simulation.run(10)
        ends.append(simulation.particles.vx[: simulation.particle_count].copy())
    np.testing.assert_array_equal(*ends)


def test_a_driven_run_goes_on_from_its_checkpoint(goes_on):
    goes_on(
        lambda: Simulation(
            GAS, DRIVEN["between reservoirs"], Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=20,
            timestep=2e-11, device="cpu", acceleration=((1e12, 0.0, 0.0), (0.0, 0.0, 1e12)),
        )
    )  # fmt: skip


@pytest.mark.parametrize(
    ("domain", "acceleration", "precision", "message"),
    [
        (DRIVEN["between walls"], (1.0, 2.0, 3.0), "double", "three finite numbers"),
        (DRIVEN["between walls"], ((1.0, 2.0, np.nan), (0.0, 0.0, 0.0)), "double", "three finite numbers"),
        (DRIVEN["between walls"], ((9.8, 0.0, 0.0), (9.8, 0.0, 0.0)), "mixed", "round-off"),
        (
            Tube(1e-7, 1e-7, (2, 2), Periodic(), Periodic(), WALL),
            ((0.0, 1.0, 0.0), (0.0, 0.0, 0.0)),
            "double",
            "along x alone",
        ),
    ],
)
def test_a_force_that_makes_no_sense_is_refused(domain, acceleration, precision, message):
    with pytest.raises(ValueError, match=message):
        Simulation(
            GAS, domain, Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=20, timestep=1e-12,
            device="cpu", precision=precision, acceleration=acceleration,
        )  # fmt: skip
