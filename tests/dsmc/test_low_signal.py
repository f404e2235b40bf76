"""Deviational particles: what a step keeps, that runs repeat, and what is refused."""

from dataclasses import replace
from math import sqrt

import numba
import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.core import sorting
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.core.particles import COLUMNS
from knudsen.dsmc import DeviationalSimulation, RestingGas
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    DiffuseWall,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Periodic,
    Specular,
)
from knudsen.dsmc.domains.building import Membrane
from knudsen.dsmc.domains.shapes import Box, Slab
from knudsen.dsmc.low_signal.collisions import MOMENTUM

PRESSURE, TEMPERATURE, LENGTH = 1e4, 300.0, 1e-6
ARGON = Mixture(["Ar"], "hs")
REST = RestingGas(PRESSURE, TEMPERATURE)
DRIVEN = RestingGas(PRESSURE, TEMPERATURE, (0.0, 2e5, 1e5), (1e3, 0.0))
OPEN = OpenReservoir(PRESSURE, TEMPERATURE, (1.0,))
MOVING = MaxwellWall(TEMPERATURE + 0.5, 0.8, (0.1, 0.05)), DiffuseWall(TEMPERATURE, (0.0, -0.1))


def make(rest=DRIVEN, faces=MOVING, copies=2, seed=3, **options):
    """A slab of some two mean free paths, in three cells."""
    given = {"particles_per_cell": 40, "timestep": 2e-10, "device": "cpu"} | options
    return DeviationalSimulation(ARGON, Slab(LENGTH, 3, *faces), rest, copies=copies, seed=seed, **given)


def books(simulation):
    """Of each copy: number, momentum and energy of the particles and of what is owed to them [copy, 5]."""
    p, rows = simulation.particles, []
    for copy in range(simulation.copies):
        live = slice(copy * p.capacity, copy * p.capacity + p.counts[copy])
        sign = 1.0 - 2.0 * p.species[live]
        v = np.array([p.vx[live], p.vy[live], p.vz[live]]) / simulation.speed
        particles = [sign.sum(), *(sign * v).sum(axis=1), (sign * v**2).sum()]
        rows.append(particles + simulation._accounts[copy, :, 0, :5].sum(axis=0))
    return np.array(rows)


# --- what a step keeps ------------------------------------------------------------------------------------


def test_collisions_keep_number_momentum_and_energy_to_round_off():
    simulation = make()
    simulation.run(30)
    for _ in range(5):
        simulation.move()
        simulation._sort.sort(simulation.particles)
        before, particles = books(simulation), simulation.particle_count
        owed = simulation._accounts[..., 0, MOMENTUM].copy()
        simulation.step += 1
        simulation.collide()
        np.testing.assert_allclose(books(simulation), before, atol=1e-9)
        assert simulation.particle_count != particles
        assert np.all(simulation._accounts[..., 0, MOMENTUM] != owed)
    assert particles > 100


@pytest.mark.parametrize("faces", [MOVING, (LordWall(TEMPERATURE, 0.9, 0.7), AdiabaticWall())])
def test_walls_and_sources_keep_number_to_the_particle(faces):
    simulation = make(faces=faces)
    simulation.run(50)
    kept = books(simulation)[:, 0] + simulation._returned.sum(axis=1)
    np.testing.assert_allclose(kept, 0.0, atol=1e-9)
    assert np.abs(books(simulation)[:, 0]).max() < 1000


def test_a_gas_at_rest_stays_at_rest():
    simulation = make(rest=REST, faces=(DiffuseWall(TEMPERATURE), Specular()))
    simulation.sample(1, 5)
    simulation.run(5)
    assert simulation.particle_count == 0 and not simulation.result().sums.any()


def test_results_are_proportional_to_the_drive():
    """Ten thousand times the speed is the same run of heavier particles: bit for bit but for the weight."""
    runs = []
    for speed in (1e-3, 10.0):
        simulation = make(rest=REST, faces=(DiffuseWall(TEMPERATURE, (0.0, speed)),) * 2)
        simulation.sample(1, 20)
        simulation.run(20)
        runs.append(simulation.result())
    np.testing.assert_array_equal(runs[0].sums, runs[1].sums)
    assert runs[1].weight[0, 0] == pytest.approx(1e4 * runs[0].weight[0, 0], rel=1e-12)
    assert runs[0].sums.any()


def test_a_particle_without_place_or_velocity_ends_the_run():
    lost, spoilt = make(), make()
    lost.speed = float("nan")  # of what sources send in
    with pytest.raises(SimulationFault, match="cannot be placed"):
        lost.run(1)
    spoilt.run(5)
    spoilt.particles.vy[0] = float("nan")  # along which nothing flies
    with pytest.raises(SimulationFault, match="no finite velocity"):
        spoilt.run(1)


# --- the same numbers whatever the machine does -----------------------------------------------------------


def state(simulation, copy):
    p, samples = simulation.particles, simulation.result()
    live = slice(copy * p.capacity, copy * p.capacity + p.counts[copy])
    columns = {name: getattr(p, name)[live] for name in COLUMNS}
    return columns | {"sums": samples.sums[:, copy], "walls": samples.walls[:, copy]}


def assert_same(one, other):
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def sampled(steps=40, **options):
    simulation = make(**options)
    simulation.sample(2, 10)
    simulation.run(steps)
    return simulation


def test_a_copy_does_not_depend_on_its_batch_mates():
    many, few = sampled(copies=4), sampled(copies=2)
    for copy in range(2):
        assert_same(state(many, copy), state(few, copy))
    assert state(few, 0)["vx"].tobytes() != state(few, 1)["vx"].tobytes()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="Numba was started with one thread")
def test_one_and_two_threads_give_the_same_bits(monkeypatch):
    monkeypatch.setattr(sorting, "LANE_PARTICLES", 20)
    runs = []
    before = numba.get_num_threads()
    try:
        for threads in (1, 2):
            numba.set_num_threads(threads)
            runs.append(sampled())
    finally:
        numba.set_num_threads(before)
    assert runs[0]._sort.lanes > 2
    for copy in range(2):
        assert_same(*(state(run, copy) for run in runs))


def test_a_restored_run_is_the_uninterrupted_one(tmp_path):
    whole, first, second = sampled(47), sampled(27), make()
    first.checkpoint(tmp_path / "checkpoint.h5")
    second.run(3)
    second.restore(tmp_path / "checkpoint.h5")
    second.run(20)
    for copy in range(2):
        assert_same(state(whole, copy), state(second, copy))
    with pytest.raises(ValueError, match="another problem"):
        make(timestep=1e-10).restore(tmp_path / "checkpoint.h5")


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gas", "domain", "options", "fault"),
    [
        (Mixture(["He", "Ar"], "hs"), None, {}, "one gas"),
        (Mixture(["Ar"], "vss"), None, {}, "hard spheres"),
        (Mixture(["Ar"], "lj"), None, {}, "hard spheres"),
        (None, Box((LENGTH,) * 3, (1, 1, 1), (Specular(),) * 6), {}, "domain must be a Slab"),
        (
            None,
            Slab(1.0, 2, Specular(), Specular(), membranes=(Membrane(0, 0.5, 0.5, Specular()),)),
            {},
            "membranes",
        ),
        (None, Slab(1.0, 2, OPEN, Specular()), {}, "left: OpenReservoir is none of"),
        (None, Slab(1.0, 2, MaxwellWall(301.0, (0.8, 0.3)), Specular()), {}, "left: 2 accommodations for"),
        (None, Slab(1.0, 2, Specular(), LordWall(300.0, 0.5, (1.0, 0.5))), {}, "right: 2 tangential"),
        (None, None, {"timestep": 0.0}, "^timestep must"),
        (None, None, {"particles_per_cell": 0}, "^particles_per_cell must"),
        (None, None, {"particles_per_cell": float("inf")}, "^particles_per_cell must"),
        (None, None, {"copies": 0}, "^copies must"),
    ],
)
def test_what_the_method_does_not_hold_is_refused(gas, domain, options, fault):
    given = {"particles_per_cell": 10, "timestep": 1e-10, "device": "cpu"} | options
    with pytest.raises(ValueError, match=fault):
        DeviationalSimulation(gas or ARGON, domain or Slab(LENGTH, 3, Specular(), Specular()), REST, **given)


@pytest.mark.parametrize(
    "changed",
    [
        {"pressure": 0.0},
        {"temperature": float("nan")},
        {"acceleration": (1.0, 2.0)},
        {"acceleration": 1e5},
        {"temperature_gradient": 3.0},
        {"temperature_gradient": (0.0, float("inf"))},
        {"acceleration": ("a", 0, 0)},
        {"pressure": "1e5"},
        {"temperature": None},
    ],
)
def test_a_gas_at_rest_with_no_meaning_is_refused(changed):
    with pytest.raises(ValueError, match=next(iter(changed))):
        replace(REST, **changed)


def test_a_gas_at_rest_names_every_fault_and_takes_lists():
    with pytest.raises(ValueError, match=r"^pressure must.*; temperature must.*; acceleration must.*; temp"):
        RestingGas("p", -1.0, ("a", 0, 0), 5.0)
    assert RestingGas(1e4, 300.0, [0.0, 1.0, 0.0], np.zeros(2)) == RestingGas(1e4, 300.0, (0.0, 1.0, 0.0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"gas": "Ar"}, r"^gas must be a Mixture, such as Mixture\(\['He', 'Ar'\]\), got 'Ar'$"),
        ({"domain": "slab"}, "^domain must be a Slab without membranes.*got 'slab'$"),
        (
            {"rest": (1e5, 300.0)},
            r"^rest must be a RestingGas\(pressure, temperature\), got \(100000.0, 300.0\)$",
        ),
        ({"timestep": "x"}, r"^timestep must be a number \[s\], got 'x'$"),
        ({"particles_per_cell": None}, "^particles_per_cell must be a number, got None$"),
        ({"copies": "a"}, "^copies must be a whole number of at least 1, got 'a'$"),
        ({"copies": 2.5}, "^copies must be a whole number"),
        ({"seed": -1}, "^seed must be a whole number from 0, .*got -1$"),
        (
            {"gas": None, "domain": None, "rest": None, "timestep": -1.0, "copies": 0, "seed": "a"},
            "^gas must be.*; domain must.*; rest must.*; copies must.*; seed must.*; timestep must be pos",
        ),
    ],
)
def test_arguments_of_another_kind_are_refused_by_name(changes, message):
    given = {
        "gas": ARGON, "domain": Slab(LENGTH, 3, *MOVING), "rest": REST, "particles_per_cell": 10,
        "timestep": 1e-10,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        DeviationalSimulation(**given | changes, device="cpu")


@pytest.mark.parametrize("steps", [-5, 2.5, True])
def test_what_is_no_number_of_steps_is_refused(steps):
    with pytest.raises(ValueError, match=f"^steps must be a whole number from 0, got {steps}$"):
        make().run(steps)


@pytest.mark.parametrize(
    ("acceleration", "faces", "fault"),
    [
        ((0.0, 1e5, 0.0), (Specular(), Specular()), "acceleration .* no momentum"),
        ((0.0, 0.0, 1e5), (Periodic(), Periodic()), "acceleration .* no momentum"),
        ((0.0, 0.0, 1e5), (Specular(), MaxwellWall(300.0, 0.0)), "acceleration .* no momentum"),
        ((0.0, 0.0, 1e5), (Specular(), LordWall(300.0, 1.0, 0.0)), "acceleration .* no momentum"),
        ((1e5, 0.0, 0.0), (Periodic(), Periodic()), "acceleration .* along x through periodic"),
    ],
)
def test_a_drive_without_a_steady_flow_is_refused(acceleration, faces, fault):
    with pytest.raises(ValueError, match=fault):
        make(rest=replace(REST, acceleration=acceleration), faces=faces)


def test_a_drive_with_a_steady_flow_is_held():
    held = ((1e5, 0.0, 0.0), (Specular(), Specular())), ((0.0, 0.0, 1e5), (Specular(), AdiabaticWall()))
    for acceleration, faces in held:
        make(rest=replace(REST, acceleration=acceleration), faces=faces)


def test_one_number_a_species_is_that_number():
    one, same = (make(rest=REST, faces=(MaxwellWall(301.0, each),) * 2) for each in ((0.6,), 0.6))
    np.testing.assert_array_equal(one.faces.coefficients, same.faces.coefficients)
    assert np.array_equal(one.weights, same.weights)


def test_every_fault_is_named_at_once():
    with pytest.raises(ValueError, match=r"one gas.*OpenReservoir.*copies"):
        DeviationalSimulation(
            Mixture(["He", "Ar"], "hs"), Slab(1.0, 2, OPEN, Specular()), REST,
            particles_per_cell=10, timestep=1e-10, copies=0, device="cpu",
        )  # fmt: skip


def test_the_collision_rate_is_that_of_hard_spheres():
    """n pi d^2 2^(1/2) <v>."""
    mass, diameter = ARGON.masses[0], 3.6e-10
    mean_speed = sqrt(8 * BOLTZMANN * TEMPERATURE / (np.pi * mass))
    expected = sqrt(2) * np.pi * diameter**2 * REST.number_density * mean_speed
    assert REST.collision_rate(mass, diameter) == pytest.approx(expected, rel=1e-12)
    found = make().resolution()
    assert found["step_over_collision_time"] == pytest.approx(2e-10 * expected)
    assert found["cell_over_path"] == pytest.approx(LENGTH / 3 * expected / mean_speed)
