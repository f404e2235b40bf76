"""Free flight: exact trajectories, whatever the number of faces met in a step."""

import math
import subprocess
import sys

import numpy as np
import pytest

from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.particles import COLUMNS
from knudsen.core.rng import Stream, draw_words, uniform
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.grid import GridArrays
from knudsen.dsmc.domains.paths import paths
from knudsen.dsmc.domains.shapes import Slab

# Molecules are placed by hand, and leave cells empty.
pytestmark = pytest.mark.filterwarnings("ignore:.*never held a molecule:RuntimeWarning")
RNG = np.random.default_rng(4)
START = RNG.random(200)
# Up to five lengths a step, either way.
VELOCITY = RNG.uniform(-5, 5, 200)


def by_species(simulation, *names):
    """Columns in an order that the sort does not change: by vy, which numbers the molecules."""
    particles = simulation.particles
    live = slice(0, int(particles.counts[0]))
    order = np.argsort(particles.vy[live])
    return [getattr(particles, name)[live][order] for name in names]


NUMBERED = {"vy": np.arange(200.0)}


def test_periodic_faces_wrap_the_straight_line(place):
    """x(t) = (x0 + v t) mod L."""
    simulation = place(Periodic(), Periodic(), START, VELOCITY, **NUMBERED)
    simulation.run(7)
    x, vx = by_species(simulation, "place", "vx")
    apart = (x - START - 7 * VELOCITY) % 1.0
    assert np.all(np.minimum(apart, 1 - apart) < 1e-13)
    np.testing.assert_array_equal(vx, VELOCITY)


def test_specular_faces_fold_the_straight_line(place):
    """x(t) = |y| of the line y = x0 + v t folded into (-L, L]."""
    simulation = place(Specular(), Specular(), START, VELOCITY, **NUMBERED)
    simulation.run(7)
    x, vx = by_species(simulation, "place", "vx")
    unfolded = (START + 7 * VELOCITY) % 2.0
    back = unfolded > 1
    np.testing.assert_allclose(x, np.where(back, 2 - unfolded, unfolded), atol=1e-13)
    np.testing.assert_array_equal(vx, np.where(back, -VELOCITY, VELOCITY))


def test_the_step_does_not_matter_to_a_flight(place):
    """Seven steps of one are one of seven, through every face that draws no random number."""
    for face in (Periodic(), Specular()):
        ends = []
        for steps in (1, 7):
            simulation = place(face, face, START, VELOCITY, timestep=7.0 / steps, **NUMBERED)
            simulation.run(steps)
            ends.append(by_species(simulation, "place")[0])
        np.testing.assert_allclose(*ends, atol=1e-13)


@pytest.mark.parametrize("face", [Periodic(), Specular()])
def test_no_molecule_escapes_by_round_off(place, face):
    """Starts on the faces and one unit of the last place inside, moves down to the smallest number."""
    length = 0.1
    edges = np.array([0.0, 5e-324, 1e-300, np.nextafter(length, 0), length, length / 3])
    moves = np.array(
        [5e-324, 1e-300, 1e-18, np.spacing(length) / 2, np.spacing(length), 1e-9, length, 3 * length]
    )
    x, vx = (grid.ravel() for grid in np.meshgrid(edges, np.concatenate([moves, -moves])))
    simulation = place(face, face, x, vx, length=length)
    for _ in range(5):
        simulation.run(1)
        assert simulation.particle_count == len(x)
        assert np.all((simulation.particles.along(0) >= 0) & (simulation.particles.along(0) <= length))


def test_cells_of_the_edges():
    """Cells are half open, but for the last, which holds x = L."""
    grid = Slab(1.0, 4, Specular(), Specular()).grid
    cell, arrays = paths(grid.space).cell, GridArrays(grid, Device("cpu")).cell_arrays
    places = [0.0, 0.25, math.nextafter(0.25, 0), 0.5, 0.75, 1.0]
    assert [cell(x, 0.0, 0.0, *(tuple(arrays[k]) for k in (0, 2, 3, 4))) for x in places] == [
        0,
        1,
        0,
        2,
        3,
        3,
    ]


def test_an_open_face_absorbs(place):
    vacuum = OpenReservoir(1e-30, 300.0, (1.0, 0.0))
    simulation = place(vacuum, Specular(), [0.2, 0.2, 0.9], [-0.3, 0.1, 0.3])
    simulation.run(1)
    assert simulation.particle_count == 2
    np.testing.assert_allclose(np.sort(simulation.particles.along(0)[:2]), [0.3, 0.8])


@pytest.mark.parametrize("side", [0, 1])
def test_a_diffuse_wall_re_emits_by_the_words_of_its_molecule(place, side):
    """v_n = c (-ln u)^(1/2), v_t = u_w + c 2^(-1/2) (Box-Muller), for the time that is left."""
    wall = DiffuseWall(400.0, (7.0, -3.0))
    x, vx = (0.25, -1.0) if side == 0 else (0.75, 1.0)
    faces = (wall, Specular()) if side == 0 else (Specular(), wall)
    simulation = place(*faces, [x], [vx], timestep=0.2501, seed=5)
    scale = simulation.faces.thermal_speed[0, side, 1]
    assert scale == pytest.approx(math.sqrt(2 * 1.380649e-23 * 400 / simulation.gas.masses[1]), rel=1e-12)
    simulation.run(1)
    _, u, radius, angle = (
        uniform(word) for word in draw_words(int(simulation._seeds[0]), int(Stream.WALL), 0, 0, 1)
    )
    sign = 1 if side == 0 else -1
    tangential = scale * math.sqrt(-math.log(radius))
    particles = simulation.particles
    normal = sign * scale * math.sqrt(-math.log(u))
    assert particles.vx[0] == pytest.approx(normal, rel=1e-12)
    assert particles.vy[0] == pytest.approx(7 + tangential * math.cos(2 * math.pi * angle), rel=1e-11)
    assert particles.vz[0] == pytest.approx(-3 + tangential * math.sin(2 * math.pi * angle), rel=1e-11)
    unfolded = (side + normal * 1e-4) % 2.0
    assert particles.along(0)[0] == pytest.approx(min(unfolded, 2 - unfolded), abs=1e-10)


def test_an_exchange_face_chooses_the_species_by_the_first_word(place):
    """s is the first whose cumulative flux share exceeds u; tallied as it was, and as it leaves."""
    face = ExchangeReservoir(300.0, (0.3, 0.7))
    n = 200
    simulation = place(face, Specular(), np.full(n, 0.25), np.full(n, -1.0), timestep=0.2501, species=1)
    simulation.sample(1, 1)
    simulation.run(1)
    seed, masses = int(simulation._seeds[0]), simulation.gas.masses
    share = 0.3 / math.sqrt(masses[0]) / (0.3 / math.sqrt(masses[0]) + 0.7 / math.sqrt(masses[1]))
    words = [draw_words(seed, int(Stream.WALL), i, 0, 1)[0] for i in range(n)]
    helium = sum(uniform(word) < share for word in words)
    assert np.count_nonzero(simulation.particles.species == 0) == helium
    number = simulation.result().walls[0, 0, 0, :, :, 0]
    np.testing.assert_array_equal(number, [[0, helium], [n, n - helium]])


def test_wall_totals_of_one_molecule_by_hand(place):
    """Number, m v and m v^2 / 2, before and after a mirror."""
    simulation = place(Specular(), Specular(), [0.5], [-2.0], timestep=0.5, vy=3.0, vz=-4.0)
    simulation.sample(1, 1)
    simulation.run(1)
    mass = simulation.gas.masses[1]
    walls = simulation.result().walls[0, 0]
    expected = np.array([[1, -2 * mass, 3 * mass, -4 * mass, 14.5 * mass]] * 2)
    expected[1, 1] *= -1
    np.testing.assert_allclose(walls[0, 1], expected, rtol=1e-15)
    assert not walls[0, 0].any() and not walls[1].any()


def test_a_periodic_face_takes_no_totals(place):
    simulation = place(Periodic(), Periodic(), START, VELOCITY)
    simulation.sample(1, 1)
    simulation.run(1)
    assert not simulation.result().walls.any()


NEARLY_VACUUM = OpenReservoir(1e-30, 300.0, (1.0, 0.0))
FACES = [Periodic(), Specular(), DiffuseWall(300.0), ExchangeReservoir(300.0, (0.5, 0.5)), NEARLY_VACUUM]


@pytest.mark.parametrize(("component", "found"), [("vx", 4), ("vy", 13), ("vz", 13)])
@pytest.mark.parametrize("face", FACES)
def test_a_velocity_that_is_no_number_stops_the_run_by_name(place, face, component, found):
    """One along x by its flight, at once; one across at the end of the run of ten steps."""
    simulation = place(face, face, np.full(50, 0.55), np.full(50, 0.001), timestep=0.1)
    simulation.run(3)
    getattr(simulation.particles, component)[20] = np.nan
    with pytest.raises(SimulationFault, match=rf"step {found}: .*cell 5.*{component} = nan"):
        simulation.run(10)


@pytest.mark.parametrize("component", ["vx", "vy"])
def test_a_run_restored_after_a_fault_has_none_of_it(place, tmp_path, component):
    """Neither the note of the fault nor the velocity that made it, in whichever buffer it was left."""
    simulation = place(NEARLY_VACUUM, NEARLY_VACUUM, np.full(50, 0.55), np.full(50, 0.001), timestep=0.1)
    simulation.run(3)
    simulation.particles.vx[:5] = 100.0
    simulation.run(1)
    simulation.checkpoint(tmp_path / "checkpoint.h5")
    for column in (simulation.particles.columns, simulation.particles.spare_columns):
        column[COLUMNS.index(component)][...] = np.nan
    with pytest.raises(SimulationFault):
        simulation.run(1)
    simulation.restore(tmp_path / "checkpoint.h5")
    simulation.run(10)
    assert simulation.particle_count == 45


INFINITE = """
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Periodic, Specular
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling

for face in (Periodic(), Specular(), DiffuseWall(300.0), OpenReservoir(1e-30, 300.0, (1.0,))):
    slab, filling = Slab(1.0, 1, face, face), Filling(1e-12, 300.0, (1.0,))
    simulation = Simulation(Mixture(["Ar"]), slab, filling, particles_per_cell=9, timestep=1e-3, device="cpu")
    simulation.particles.vx[4] = float("inf")
    try:
        simulation.run(1)
    except SimulationFault as fault:
        print(fault)
"""


def test_an_infinite_velocity_stops_the_run_by_name():
    """In a process of its own, for a flight without end could not be stopped here."""
    command = [sys.executable, "-c", INFINITE]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30)
    assert done.stdout.count("step 1") == 4
