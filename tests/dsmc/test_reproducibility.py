"""A run is a function of its problem and seed: threads, pauses, batch-mates and compilers change nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numba
import numpy as np
import pytest

from knudsen.core import sorting
from knudsen.core.gases import Mixture
from knudsen.core.particles import COLUMNS
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

FACES = {
    "periodic": (Periodic(), Periodic()),
    "specular-diffuse": (Specular(), DiffuseWall(400.0, (50.0, 0.0))),
    "exchange": (ExchangeReservoir(300.0, (0.8, 0.2)), ExchangeReservoir(300.0, (0.2, 0.8))),
    "open": (OpenReservoir(5000.0, 300.0, (0.8, 0.2)), OpenReservoir(8000.0, 350.0, (0.2, 0.8))),
}
each_face = pytest.mark.parametrize("faces", FACES)
each_precision = pytest.mark.parametrize("precision", ["double", "mixed"])


def make(faces, copies=3, seed=11, precision="double", particles_per_cell=40.0):
    """A slab of one mean free path or so, of three sampling cells of two collision cells."""
    return Simulation(
        Mixture(["He", "Ar"]), Slab(1e-6, 3, *FACES[faces], subcells=2),
        Filling(8000.0, 300.0, (0.7, 0.3), (0.4, 0.6)), particles_per_cell=particles_per_cell,
        timestep=1e-10, copies=copies, seed=seed, device="cpu", precision=precision,
    )  # fmt: skip


def state(simulation, copy=None):
    """All that a run has made: the molecules of each copy, and its samples."""
    particles, samples = simulation.particles, simulation.result()
    copies = range(simulation.copies) if copy is None else [copy]
    live = [slice(r * particles.capacity, r * particles.capacity + particles.counts[r]) for r in copies]
    arrays = {name: np.concatenate([getattr(particles, name)[s] for s in live]) for name in COLUMNS}
    return arrays | {"sums": samples.sums[:, list(copies)], "walls": samples.walls[:, list(copies)]}


def assert_same(one, other):
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


@pytest.fixture
def threads():
    """Set the number of threads; put back afterwards."""
    before = numba.get_num_threads()
    yield numba.set_num_threads
    numba.set_num_threads(before)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="Numba was started with one thread")
@each_face
@each_precision
def test_one_and_two_threads_give_the_same_bits(faces, precision, threads, monkeypatch):
    monkeypatch.setattr(sorting, "LANE_PARTICLES", 20)
    states = []
    for count in (1, 2):
        threads(count)
        simulation = make(faces, precision=precision)
        simulation.sample(2, 10)
        simulation.run(40)
        states.append(state(simulation))
    assert simulation._sort.lanes > 2
    assert_same(*states)


@each_face
def test_a_copy_does_not_depend_on_its_batch_mates(faces):
    """Copy r of five is copy r of three, though the batch may need more room."""
    many, few = make(faces, copies=5), make(faces, copies=3)
    for simulation in (many, few):
        simulation.sample(1, 10)
        simulation.run(30)
    for copy in range(3):
        assert_same(state(many, copy), state(few, copy))


@each_face
def test_copies_of_one_start_part_by_their_own_numbers(faces):
    """The collisions, walls and reservoirs of each copy draw by the seed of that copy."""
    simulation = make(faces, copies=2)
    p = simulation.particles
    for column in p.columns:
        column[p.capacity :] = column[: p.capacity]
    simulation.run(30)
    one, other = (p.vx[r * p.capacity :][: p.counts[r]] for r in range(2))
    shared = np.isin(one, other).mean()
    assert shared < 0.1


def test_copies_and_seeds_differ():
    simulation, other = make("periodic"), make("periodic", seed=12)
    x = simulation.particles.vx.reshape(3, -1)
    assert len({row.tobytes() for row in [*x, *other.particles.vx.reshape(3, -1)]}) == 6


@each_face
@each_precision
@pytest.mark.parametrize("pause", [20, 27])
def test_a_restored_run_is_the_uninterrupted_one(faces, precision, pause, tmp_path):
    """At the end of a block and in its middle; the restored run starts from another seed's placement."""
    whole, first, second = (make(faces, precision=precision) for _ in range(3))
    for simulation in (whole, first):
        simulation.sample(2, 10)
        simulation.run(pause)
    first.checkpoint(tmp_path / "checkpoint.h5")
    second.run(5)
    second.restore(tmp_path / "checkpoint.h5")
    for simulation in (whole, second):
        simulation.run(60 - pause)
    assert_same(state(whole), state(second))
    assert whole.resolution() == second.resolution()


def test_a_run_restored_before_it_was_sampled(tmp_path):
    whole, second = make("open"), make("open")
    whole.run(7)
    whole.checkpoint(tmp_path / "checkpoint.h5")
    second.sample(1, 5)
    second.restore(tmp_path / "checkpoint.h5")
    assert second.sampler is None and second.step == 7
    for simulation in (whole, second):
        simulation.sample(1, 5)
        simulation.run(10)
    assert_same(state(whole), state(second))


@each_face
def test_a_run_in_pieces_is_the_run_in_one_go(faces):
    whole, pieces = make(faces), make(faces)
    for simulation in (whole, pieces):
        simulation.sample(2, 10)
    whole.run(40)
    for steps in (1, 2, 0, 30, 7):
        pieces.run(steps)
    assert_same(state(whole), state(pieces))


PLAIN = """
import importlib.util, json, sys
spec = importlib.util.spec_from_file_location("reproducibility", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
print(json.dumps(module.small_runs()))
"""


def small_runs():
    """State of a tiny run behind each pair of faces, as lists."""
    answers = {}
    for faces in FACES:
        simulation = make(faces, copies=1, particles_per_cell=10.0)
        simulation.sample(2, 4)
        simulation.run(8)
        events = simulation.resolution()["collisions"]
        answers[faces] = {name: array.tolist() for name, array in state(simulation).items()}
        answers[faces]["events"] = events
    return answers


def test_plain_python_is_the_compiled_run():
    """The same bodies, not compiled: the same events, and numbers equal to round-off."""
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}
    command = [sys.executable, "-W", "error", "-c", PLAIN, str(Path(__file__))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    plain, compiled = json.loads(done.stdout), small_runs()
    for faces, expected in compiled.items():
        found = plain[faces]
        assert found["events"] == expected["events"] > 0
        for name, values in expected.items():
            scale = np.max(np.abs(values), initial=0.0) or 1.0
            np.testing.assert_allclose(
                found[name], values, rtol=1e-9, atol=1e-12 * scale, err_msg=f"{faces} {name}"
            )
