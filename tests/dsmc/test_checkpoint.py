"""What a checkpoint is held against, how it moves to other lanes, and runs that start from one."""

import os
import subprocess
import sys

import numpy as np
import pytest

from knudsen.core import sorting
from knudsen.core.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from knudsen.core.gases import Mixture
from knudsen.core.interactions import UserCrossSection
from knudsen.core.particles import COLUMNS
from knudsen.dsmc import Block, Channel, checkpoint
from knudsen.dsmc.boundaries import DiffuseWall, Specular
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.measures.velocities import VelocityDistributions
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.words import in_words


def make(gases=("He", "Ar"), cells=4, length=1e-6, face=DiffuseWall(350.0), **changes):  # noqa: B008
    filling = Filling(1e5, 300.0, changes.pop("left", (0.5, 0.5)), changes.pop("right", None))
    settings = {"particles_per_cell": 50.0, "timestep": 1e-11, "device": "cpu"} | changes
    return Simulation(Mixture(gases), Slab(length, cells, face, face), filling, **settings)


@pytest.fixture
def file(tmp_path):
    """Where a checkpoint is written."""
    return tmp_path / "checkpoint.h5"


OTHER_PROBLEMS = {
    "cells": {"cells": 5},
    "copies": {"copies": 2},
    "species": {"gases": ("He",), "left": (1.0,)},
    "gases": {"gases": ("Ne", "Kr")},
    "length": {"length": 2e-6},
    "time step": {"timestep": 2e-11},
    "seed": {"seed": 5},
    "number of molecules": {"particles_per_cell": 40.0},
    "faces": {"face": Specular()},
    "precision": {"precision": "mixed"},
}


@pytest.mark.parametrize("other", OTHER_PROBLEMS)
def test_a_checkpoint_of_another_problem_is_refused(file, other):
    """Restoring is bit for bit or not at all: nothing of the problem may have changed."""
    make().checkpoint(file)
    with pytest.raises(ValueError, match="another problem"):
        make(**OTHER_PROBLEMS[other]).restore(file)


def test_a_refusal_names_what_differs_alone(file):
    """Both values of it; digits beyond those that arrays print are seen."""
    pulls = [np.array([[1e9 + more, 0.0, 0.0]] * 2) for more in (0, 4)]
    make(acceleration=pulls[0]).checkpoint(file)
    make(acceleration=pulls[0].tolist()).restore(file)
    with pytest.raises(ValueError) as refused:
        make(acceleration=pulls[1], seed=3).restore(file)
    words = str(refused.value)
    for part in ("acceleration is ((1000000000,", "((1000000004,", "seed is 0 in the file, 3 here"):
        assert part in words
    for part in ("domain", "filling", "gas", "timestep"):
        assert f"{part} is" not in words


WHOLE = {
    "particles_per_cell": ({"particles_per_cell": 10}, {"particles_per_cell": 10.0}),
    "length": ({"length": 1, "timestep": 1}, {"length": 1.0, "timestep": 1.0}),
    "temperature of a wall": ({"face": DiffuseWall(350)}, {"face": DiffuseWall(350.0)}),
    "acceleration": (
        {"acceleration": ((0, 10**9, 0),) * 2},
        {"acceleration": np.array([[0.0, 1e9, 0.0]] * 2)},
    ),
}


@pytest.mark.parametrize("which", WHOLE)
def test_a_whole_number_is_the_same_with_and_without_a_point(file, which):
    """As those of the measures are."""
    runs = [make(**changes) for changes in WHOLE[which]]
    for simulation, limit in zip(runs, (6, 6.0), strict=True):
        simulation.add_measure(VelocityDistributions((0, 1), limit=limit))
    runs[0].checkpoint(file)
    runs[1].restore(file)


def test_long_rows_of_a_measure_are_told_apart(file):
    """NumPy writes the ends of such alone."""
    rows = [np.arange(2000) for _ in range(2)]
    rows[1][1000] = 7
    runs = [make(cells=2000, particles_per_cell=1) for _ in rows]
    for simulation, row in zip(runs, rows, strict=True):
        simulation.add_measure(VelocityDistributions(row, bins=1))
    runs[0].checkpoint(file)
    with pytest.raises(ValueError, match="holds the measures"):
        runs[1].restore(file)


USERS = """
from knudsen.dsmc import Filling, Mixture, Simulation, Slab, Specular, UserCrossSection

AREA = {area}

def base(g):
    return AREA

def area(g, law=base):
    return law(g)

def make():
    pairs = {{
        ("He", "He"): UserCrossSection(area, lambda g, u: 2.0 * u - 1.0),
        ("Ar", "Ar"): UserCrossSection(lambda g: 4e-19, lambda g, u: 2.0 * u - 1.0),
    }}
    return Simulation(
        Mixture(["He", "Ar"], "hs", pairs), Slab(1e-6, 2, Specular(), Specular()),
        Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=4, timestep=1e-11, device="cpu",
    )
"""


def of_users(folder, what, area=4e-19):
    """Do so with a gas of functions that are defined in a file, in a process of its own."""
    (folder / "users.py").write_text(USERS.format(area=area))
    command = [sys.executable, "-c", f"from users import make; make().{what}('of_users.h5')"]
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1"}  # nothing moves
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300)


def test_functions_of_users_are_known_in_another_process(tmp_path):
    """By what they are made of and read; another constant is another function."""
    for what in ("checkpoint", "restore"):
        done = of_users(tmp_path, what)
        assert done.returncode == 0, done.stderr
    other = of_users(tmp_path, "restore", area=5e-19).stderr
    assert "another problem: pair He-He is UserCrossSection(cross_section=area of hash" in other
    assert "pair Ar-Ar" not in other


SCOPE = {}
exec("def sourceless(g): return 4e-19", SCOPE)
ANYTHING = object()


@pytest.mark.parametrize("area", [SCOPE["sourceless"], lambda g: 4e-19 if ANYTHING else 0.0])
def test_a_function_that_has_no_words_is_refused_by_name(area):
    """Without a source, or where it reads what cannot be told from another."""
    with pytest.raises(ValueError, match=f"source of the function {area.__name__}, or a value that it reads"):
        in_words(UserCrossSection(area, lambda g, u: 2.0 * u - 1.0))


def test_a_torn_checkpoint_is_refused_and_changes_nothing(file):
    simulation = make()
    simulation.checkpoint(file)
    file.write_bytes(file.read_bytes()[:-100])
    before = simulation.particles.along(0).copy()
    with pytest.raises(CheckpointError, match="torn"):
        simulation.restore(file)
    np.testing.assert_array_equal(simulation.particles.along(0), before)


def test_a_checkpoint_of_another_format_is_refused(file):
    simulation = make()
    simulation.checkpoint(file)
    arrays, meta = load_checkpoint(file)
    save_checkpoint(file, arrays, meta | {"format": 2})
    with pytest.raises(CheckpointError, match="format 2, where this program reads format 7"):
        simulation.restore(file)


def test_a_run_goes_on_where_the_work_is_divided_otherwise(file, monkeypatch):
    """As on another kind of device: the molecules bit for bit, the walls' totals to round-off."""
    whole = make()
    whole.sample(1, 10)
    whole.run(15)
    whole.checkpoint(file)
    monkeypatch.setattr(sorting, "LANE_PARTICLES", 20)
    other = make()
    assert other.transit.lanes > whole.transit.lanes
    other.restore(file)
    for simulation in (whole, other):
        simulation.run(5)
    for name in COLUMNS:
        np.testing.assert_array_equal(getattr(whole.particles, name), getattr(other.particles, name))
    np.testing.assert_array_equal(whole.result().sums, other.result().sums)
    np.testing.assert_allclose(whole.result().walls, other.result().walls, rtol=1e-12, atol=1e-40)
    assert whole.result().walls[1].any()


def in_cells(simulation, copy):
    """Molecules of one copy in each cell and species [cells, species]."""
    particles = simulation.particles
    slots = slice(copy * particles.capacity, copy * particles.capacity + particles.counts[copy])
    found = np.zeros((4, 2))
    np.add.at(found, ((4e6 * particles.along(0)[slots]).astype(int), particles.species[slots]), 1)
    return found


@pytest.mark.parametrize("factor", [0.3, 1.0, 2.5])
def test_a_run_starts_from_another_with_more_or_fewer_molecules(file, factor):
    """Each is one of the file's; every cell keeps its number of each species but for rounding."""
    first = make(copies=2)
    first.run(20)
    first.checkpoint(file)
    other = make(copies=3, particles_per_cell=50.0 * factor)
    other.start_from(file)
    assert other.step == 0
    held, found = np.split(first.particles.vx, 2), np.split(other.particles.vx, 3)
    for copy in range(3):
        assert np.isin(found[copy][: other.particles.counts[copy]], held[copy % 2]).all()
        amiss = in_cells(other, copy) - factor * in_cells(first, copy % 2)
        assert np.abs(amiss).max() < (1 if factor != 1 else 1e-9)
    other.run(2)


def test_a_start_from_what_does_not_fit_names_every_fault(file):
    make().checkpoint(file)
    begun = make(length=2e-6, gases=("Ne", "Kr"))
    begun.run(1)
    with pytest.raises(ValueError) as refused:
        begun.start_from(file)
    for words in ("gas", "extents", "at step 1"):
        assert words in str(refused.value)


def channel(*blocks, **changes):
    settings = {"particles_per_cell": 20.0} | changes
    return Simulation(
        Mixture(["Ar"]), Channel((1e-6, 1e-6), (4, 4), *4 * [Specular()], blocks=blocks),
        Filling(1e5, 300.0, (1.0,)), timestep=1e-11, device="cpu", **settings,
    )  # fmt: skip


SOLID = Block((2.5e-7, 2.5e-7), (5e-7, 5e-7), Specular())


def test_no_run_starts_with_molecules_within_a_block(file):
    channel().checkpoint(file)
    with pytest.raises(ValueError, match="within a block"):
        channel(SOLID).start_from(file)


def test_a_vacuum_where_the_file_has_a_block_is_warned_of(file):
    channel(SOLID).checkpoint(file)
    other = channel()
    with pytest.warns(RuntimeWarning, match=r"1 of the 16 .* cell 1, 1 of copy 0\) begin empty"):
        other.start_from(file)
    assert other.particle_count == 300


def test_cells_finer_than_a_files_molecules_are_no_vacuum(file):
    """Of 64 cells with 1.25 molecules of the file each, many are empty of clones, and no one is warned."""
    make(cells=4, particles_per_cell=20.0).checkpoint(file)
    make(cells=64, particles_per_cell=100.0).start_from(file)


def test_a_start_with_more_molecules_than_the_sort_counts_is_refused(file, monkeypatch):
    make(copies=2).checkpoint(file)
    monkeypatch.setattr(checkpoint, "MOST_PARTICLES", 250)
    make(copies=1).start_from(file)
    with pytest.raises(ValueError, match="440 particles pass the 2"):
        make(copies=2).start_from(file)
