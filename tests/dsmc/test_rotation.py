"""Rotating frames: straight lines of the inertial frame, and the work of the centrifugal force."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.rotation import RotatingFrame
from knudsen.dsmc.simulation import Simulation

GAS = Mixture(["He", "Ar"])
MIRROR, ROUND, WALL = Specular(), Periodic(), DiffuseWall(300.0)
CHANNEL = Channel((1.0, 1.0), (2, 2), *(MIRROR,) * 4)
BOX = Box((1.0, 1.0, 1.0), (2, 2, 2), (MIRROR,) * 6)
TUBE = Tube(1.0, 0.8, (2, 2), ROUND, ROUND, MIRROR)
TURNING = {
    "channel": (CHANNEL, RotatingFrame((0.0, 0.0, 3.0), (0.5, 0.4, 0.0))),
    "box": (BOX, RotatingFrame((1.0, -2.0, 2.0), (0.5, 0.4, 0.6))),
    "tube": (TUBE, RotatingFrame((3.0, 0.0, 0.0))),
}
MOLECULES, TIME, STEPS = 40, 1.0, 20


def across(vector, rows):
    return np.cross(np.broadcast_to(vector, rows.shape), rows)


def rotated(rows, frame, time):
    """Rows turned by -W t about the axis (Rodrigues)."""
    e, angle = np.array(frame.angular_velocity) / frame.rate, -frame.rate * time
    along = (rows @ e)[:, None] * e
    return np.cos(angle) * (rows - along) + np.sin(angle) * across(e, rows) + along


def start():
    """Places about the origin and velocities in the inertial frame, which meet no wall within the time."""
    random = np.random.default_rng(3)
    return random.uniform(-0.1, 0.1, (2, MOLECULES, 3))


def fly(case, steps=STEPS):
    """The simulation of those molecules before and after the time: x, y, z, vx, vy, vz, in their order."""
    domain, frame = TURNING[case]
    cylindrical = domain.grid.space.cylindrical
    centre, w = np.array(frame.centre), np.array(frame.angular_velocity)
    simulation = Simulation(
        GAS, domain, Filling(1e-12, 300.0, (0.5, 0.5)),
        particles_per_cell=MOLECULES / domain.grid.cell_count, timestep=TIME / steps, device="cpu",
        rotation=frame,
    )  # fmt: skip
    place, inertial = start()
    if cylindrical:  # x, r, azimuth: a tube's centre is in the middle of its length
        place[:, 1], place[:, 2] = np.abs(place[:, 1]), 0.0
        centre = np.array([0.5, 0.0, 0.0])
    velocity = inertial - across(w, place)
    particles, dims = simulation.particles, domain.grid.space.dims
    assert simulation.particle_count == MOLECULES
    for axis, name in enumerate(("vx", "vy", "vz")):
        getattr(particles, name)[:MOLECULES] = velocity[:, axis]
        if axis < dims:
            particles.along(axis)[:MOLECULES] = (place + centre)[:, axis]
    particles.species[:MOLECULES] = 1
    simulation.run(steps)
    found = np.zeros((6, MOLECULES))
    for axis, name in enumerate(("vx", "vy", "vz")):
        found[3 + axis] = getattr(particles, name)[:MOLECULES]
        if axis < dims:
            found[axis] = particles.along(axis)[:MOLECULES] - centre[axis]
    return simulation, place, inertial, velocity, found


def expected_orbit(case, place, inertial):
    """x, y, z from the centre and velocities in the rotating frame after the time."""
    _, frame = TURNING[case]
    there = rotated(place + inertial * TIME, frame, TIME)
    return there, rotated(inertial, frame, TIME) - across(np.array(frame.angular_velocity), there)


def orbit_error(case, steps=STEPS, sign=1):
    _, place, inertial, _, found = fly(case, steps)
    there, velocity = expected_orbit(case, place, sign * inertial)
    if case == "tube":
        radius = np.hypot(there[:, 1], there[:, 2])
        radial, azimuthal = there[:, 1] / radius, there[:, 2] / radius
        velocity = np.stack([
            velocity[:, 0], velocity[:, 1] * radial + velocity[:, 2] * azimuthal,
            velocity[:, 2] * radial - velocity[:, 1] * azimuthal], axis=1)  # fmt: skip
        there = np.stack([there[:, 0], radius, np.zeros(MOLECULES)], axis=1)
    if case == "channel":
        there[:, 2] = 0.0
    errors = []  # molecules are sorted by cell: matched by the nearest place
    for row in np.concatenate([there, velocity], axis=1):
        errors.append(np.abs(found.T - row).max(axis=1).min())
    return max(errors)


@pytest.mark.parametrize("case", TURNING)
def test_orbits_are_straight_lines_in_the_inertial_frame(case):
    """Three radians of turn in twenty steps, about any axis: exact but for round-off."""
    assert orbit_error(case) < 1e-13


def test_another_orbit_would_be_seen():
    """Control: the line back is far from all of them."""
    assert orbit_error("channel", sign=-1) > 0.01


def kinetic(simulation):
    p = simulation.particles
    live = slice(0, int(p.counts[0]))
    square = p.vx[live] ** 2 + p.vy[live] ** 2 + p.vz[live] ** 2
    return 0.5 * (np.array(simulation.gas.masses)[p.species[live]] * square).sum()


def test_the_work_is_that_of_the_centrifugal_potential():
    """Sum of m W^2 (rho^2 - rho_0^2) / 2: Coriolis does none."""
    simulation, place, inertial, velocity, _ = fly("box")
    frame = TURNING["box"][1]
    e = np.array(frame.angular_velocity) / frame.rate
    there = place + inertial * TIME
    rho2 = [np.square(across(e, rows)).sum() for rows in (place, there)]
    expected = 0.5 * GAS.masses[1] * frame.rate**2 * (rho2[1] - rho2[0])
    assert simulation.work[0, 1] == pytest.approx(expected, rel=1e-11)
    gained = kinetic(simulation) - 0.5 * GAS.masses[1] * np.square(velocity).sum()
    assert simulation.work[0].sum() == pytest.approx(gained, rel=1e-11)


RESERVOIR = OpenReservoir(1e5, 300.0, (0.5, 0.5))
ENERGY, LEAVING = WALL_TOTALS.index("energy"), DIRECTIONS.index("leaving")


def turning_channel():
    return Simulation(
        GAS, Channel((1e-7, 1e-7), (2, 2), RESERVOIR, WALL, WALL, MIRROR), Filling(1e5, 300.0, (0.5, 0.5)),
        particles_per_cell=50, timestep=2e-11, device="cpu", acceleration=((1e12, 0.0, 0.0),) * 2,
        rotation=RotatingFrame((0.0, 0.0, 2e9)),
    )  # fmt: skip


def test_the_gas_gains_what_the_turning_frame_and_faces_give_it():
    """Kinetic energy = work + what the faces give, to round-off, molecules that come in included."""
    simulation = turning_channel()
    before = kinetic(simulation)
    simulation.sample(1, 60)
    simulation.run(60)
    walls = simulation.result().walls[0, 0].sum(axis=(0, 1))[:, ENERGY]
    gained = walls[LEAVING] - walls[1 - LEAVING]
    assert kinetic(simulation) - before == pytest.approx(simulation.work[0].sum() + gained, rel=1e-9)
    assert abs(simulation.work[0].sum()) > 0.01 * before


def test_a_turning_run_goes_on_from_its_checkpoint(goes_on):
    goes_on(turning_channel)


@pytest.mark.parametrize(
    ("domain", "frame", "timestep", "precision", "message"),
    [
        (Slab(1.0, 2, WALL, WALL), ((1.0, 0.0, 0.0),), 0.01, "double", "use a channel or a box"),
        (CHANNEL, ((0.0, 1.0, 1.0),), 0.01, "double", "about z alone"),
        (TUBE, ((1.0, 0.0, 0.0), (0.0, 0.1, 0.0)), 0.01, "double", "its own axis"),
        (Channel((1.0, 1.0), (2, 2), ROUND, ROUND, WALL, WALL), ((0.0, 0.0, 1.0),), 0.01, "double",
         "left is periodic.*right is periodic"),
        (CHANNEL, ((0.0, 0.0, 3.0),), 0.1, "double", "0.3 rad in a step: use one below 0.0667 s"),
        (CHANNEL, ((0.0, 0.0, 3.0),), 1e-3, "mixed", "round-off of mixed precision"),
        (CHANNEL, ((0.0, 0.0, 0.0),), 0.01, "double", "angular_velocity is zero"),
        (CHANNEL, ((0.0, 0.0, np.inf),), 0.01, "double", "three finite numbers"),
    ],
)  # fmt: skip
def test_a_rotation_that_makes_no_sense_is_refused(domain, frame, timestep, precision, message):
    with pytest.raises(ValueError, match=message):
        Simulation(
            GAS, domain, Filling(1e-12, 300.0, (0.5, 0.5)), particles_per_cell=5, timestep=timestep,
            device="cpu", precision=precision, rotation=RotatingFrame(*frame),
        )  # fmt: skip
