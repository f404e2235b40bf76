"""H5MD files: what is written is read, whatever kills the writer."""

import doctest
import os
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest

from knudsen.core.units import ReducedUnits
from knudsen.md.trajectories import writer as module
from knudsen.md.trajectories.h5md import was_left_open
from knudsen.md.trajectories.trajectory import Frame, Trajectory, TrajectoryError, is_trajectory
from knudsen.md.trajectories.writer import TrajectoryWriter

ATOMS = 50


def frame(step, atoms=ATOMS, energy=True, velocities=True):
    """A frame whose every number follows from its step."""
    base = np.arange(atoms * 3).reshape(atoms, 3)
    return Frame(
        step=step,
        time=step * 0.005,
        box=np.array([5.0, 6.0, 7.0]) + step,
        positions=(base + step) % 4 + 0.25,
        images=base % 3 - 1 + step,
        velocities=base - step + 0.5 if velocities else None,
        observables={"energy": -1.5 * step} if energy else {},
    )


def create(path, **options):
    species = np.arange(ATOMS) % 2
    return TrajectoryWriter.create(
        path, species, np.where(species, 4.0, 1.0), **{"observables": ["energy"], **options}
    )


def same(read, expected):
    np.testing.assert_array_equal(read.box, expected.box)
    np.testing.assert_array_equal(read.positions, expected.positions)
    np.testing.assert_array_equal(read.images, expected.images)
    np.testing.assert_array_equal(read.velocities, expected.velocities)
    return (read.step, read.time, read.observables) == (expected.step, expected.time, expected.observables)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.h5md"


def written(path, steps, **options):
    with create(path, **options) as writer:
        for step in steps:
            writer.append(frame(step))


@pytest.mark.parametrize("precision", ["single", "double"])
def test_frames_and_atoms_are_read_as_written(path, precision):
    units = ReducedUnits(3.405e-10, 119.8, 6.634e-26)
    written(path, range(0, 40, 10), precision=precision, units=units, names=["Ar", "Kr"], author="R. Boyle")
    with Trajectory(path) as trajectory:
        assert len(trajectory) == 4
        assert all(same(read, frame(10 * number)) for number, read in enumerate(trajectory))
        assert same(trajectory[-1], frame(30))
        assert (trajectory.names, trajectory.units) == (("Ar", "Kr"), units)
        assert (trajectory.precision, trajectory.author) == (precision, "R. Boyle")
        np.testing.assert_array_equal(trajectory.species, np.arange(ATOMS) % 2)
        np.testing.assert_array_equal(trajectory.masses, np.where(np.arange(ATOMS) % 2, 4.0, 1.0))
        np.testing.assert_array_equal(trajectory.ids, np.arange(1, ATOMS + 1))


def test_single_precision_rounds_and_double_does_not(path):
    third = Frame(0, 0.0, np.ones(3), np.full((1, 3), 1 / 3), np.zeros((1, 3)))
    for precision, expected in (("single", np.float32(1 / 3)), ("double", 1 / 3)):
        with TrajectoryWriter.create(path, [0], [1.0], velocities=False, precision=precision) as writer:
            writer.append(third)
        with Trajectory(path) as trajectory:
            assert (trajectory[0].positions == expected).all()


def test_unwrapped_positions_add_the_boxes_crossed(path):
    written(path, [3])
    with Trajectory(path) as trajectory:
        expected = frame(3).positions + frame(3).images * np.array([8.0, 9.0, 10.0])
        np.testing.assert_array_equal(trajectory[0].unwrapped, expected)


def test_the_file_follows_h5md(path):
    written(path, [0, 5], author="R. Boyle")
    with h5py.File(path) as file:
        assert file["h5md"].attrs["version"].tolist() == [1, 1]
        assert file["h5md/author"].attrs["name"] == "R. Boyle"
        assert file["h5md/creator"].attrs["name"] == "knudsen"
        group = file["particles/trajectory"]
        assert group["box"].attrs["dimension"] == 3
        assert list(group["box"].attrs["boundary"]) == ["periodic"] * 3
        elements = [group[name] for name in ("position", "image", "velocity", "box/edges")]
        for element in [*elements, file["observables/energy"]]:
            # H5MD wants the box's step and time to be the positions' own.
            assert element["step"] == group["position/step"] and element["time"] == group["position/time"]
            assert len(element["value"]) == 2
            assert "unit" not in element["value"].attrs
        assert "reduced" in file["parameters/units"].attrs["system"]


WRITE_FOREVER = """
import sys
sys.path.insert(0, sys.argv[2])
from test_trajectory import create, frame
with create(sys.argv[1]) as writer:
    for step in range(10**9):
        writer.append(frame(step))
        print(step, flush=True)
"""


def killed_while_writing(path, moment):
    """Kill a writing process; the last step that it said was written."""
    arguments = [sys.executable, "-c", WRITE_FOREVER, str(path), os.path.dirname(__file__)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as process:
        process.stdout.readline()
        time.sleep(moment)
        process.send_signal(signal.SIGKILL)
        said = [int(line) for line in process.stdout.read().split("\n")[:-1]]
    assert process.returncode == -signal.SIGKILL
    return said[-1]


@pytest.mark.parametrize("moment", [0.031, 0.083, 0.127])
def test_a_killed_writer_leaves_every_complete_frame(path, moment):
    last = killed_while_writing(path, moment)
    assert was_left_open(path)
    with Trajectory(path) as trajectory:
        assert len(trajectory) in (last + 1, last + 2)
        assert all(same(read, frame(step)) for step, read in enumerate(trajectory))
    with TrajectoryWriter.resume(path, last - 2) as writer:
        writer.append(frame(last - 1))
    with h5py.File(path) as file:
        assert file["particles/trajectory/position/value"].shape[0] == last
    with Trajectory(path) as trajectory:
        assert all(same(read, frame(step)) for step, read in enumerate(trajectory))


def test_a_frame_without_its_time_is_not_there(path):
    written(path, range(5))
    with h5py.File(path, "r+") as file:
        file["particles/trajectory/position/time"][4] = np.nan
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 1, 2, 3]
    with h5py.File(path, "r+") as file:
        file["particles/trajectory/position/step"].resize(2, axis=0)
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 1]


def test_a_file_is_readable_while_it_is_written(path):
    with create(path) as writer:
        for step in range(3):
            writer.append(frame(step))
            with Trajectory(path) as trajectory:
                assert same(trajectory[-1], frame(step))


@pytest.mark.parametrize(("checkpoint", "kept"), [(30, 4), (29, 3), (10, 2), (1000, 4), (-1, 0)])
def test_resuming_drops_frames_after_the_checkpoint(path, checkpoint, kept):
    written(path, range(0, 40, 10), names=["Ar", "Kr"], precision="double", author="R. Boyle")
    with TrajectoryWriter.resume(path, checkpoint) as writer:
        writer.append(frame(2000))
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [*range(0, 10 * kept, 10), 2000]
        assert all(same(read, frame(int(read.step))) for read in trajectory)
        assert (trajectory.names, trajectory.precision) == (("Ar", "Kr"), "double")
        assert trajectory.author == "R. Boyle"


def test_many_frames_of_few_atoms(path):
    with TrajectoryWriter.create(path, [0], [1.0], velocities=False) as writer:
        for step in range(1500):
            writer.append(Frame(step, step, np.ones(3), np.full((1, 3), step), np.zeros((1, 3))))
    with Trajectory(path) as trajectory:
        assert [read.positions[0, 0] for read in trajectory] == list(range(1500))


FILL_THE_DISK = """
import resource, sys
sys.path.insert(0, sys.argv[2])
from test_trajectory import create, frame
writer = create(sys.argv[1])
limit = 400_000
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    for step in range(10**6):
        writer.append(frame(step))
except OSError as error:
    print(step, error.filename)
writer.close()
"""


def test_a_full_disk_is_named_and_the_frames_before_stay(path):
    arguments = [sys.executable, "-W", "error", "-c", FILL_THE_DISK, str(path), os.path.dirname(__file__)]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True, timeout=100)
    step, name = done.stdout.split()
    assert name == str(path) and int(step) > 5 and not done.stderr
    with Trajectory(path) as trajectory:
        assert len(trajectory) == int(step)
        assert all(same(read, frame(number)) for number, read in enumerate(trajectory))


def test_a_file_that_cannot_be_made_leaves_the_old_one(path, monkeypatch):
    written(path, [0, 1])

    def refuse(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", refuse)
    with pytest.raises(OSError, match=r"run\.h5md"):
        create(path)
    with Trajectory(path) as trajectory:
        assert len(trajectory) == 2
    assert [file.name for file in path.parent.iterdir()] == ["run.h5md"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (frame(5), "step 5 is not after the trajectory's last, 5"),
        (frame(6, energy=False), "observables/energy"),
        (frame(6, velocities=False), "velocity"),
        (frame(6, atoms=ATOMS - 1), "number of atoms cannot change"),
        (Frame(6, np.nan, *[None] * 3), "time of step 6"),
        (Frame(6, 0.1, np.zeros(3), *[None] * 2), "box of step 6"),
    ],
)
def test_frames_unlike_the_file_are_refused(path, wrong, message):
    with create(path) as writer:
        writer.append(frame(5))
        with pytest.raises(ValueError, match=message):
            writer.append(wrong)
        writer.append(frame(7))
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [5, 7]


@pytest.mark.parametrize(
    ("atoms", "options", "message"),
    [
        (([0, 0], [1.0]), {}, "one number an atom"),
        (([], []), {}, "one number an atom"),
        (([0, 2], [1.0, 1.0]), {"names": ["A", "B"]}, "whole numbers from 0 to 1"),
        (([-1, 0], [1.0, 1.0]), {}, "whole numbers"),
        (([0.5], [1.0]), {}, "whole numbers"),
        (([0], [0.0]), {}, "masses must be positive"),
        (([0], [np.nan]), {}, "masses must be positive"),
        (([0], [1.0]), {"names": ["A", "A"]}, "single words that differ"),
        (([0], [1.0]), {"names": ["noble gas"]}, "single words"),
        (([0], [1.0]), {"periodic": [True]}, "each of three axes"),
        (([0], [1.0]), {"precision": "half"}, "single, double"),
        (([0], [1.0]), {"observables": ["a/b"]}, "without a slash"),
    ],
)
def test_bad_atoms_are_refused(path, atoms, options, message):
    with pytest.raises(ValueError, match=message):
        TrajectoryWriter.create(path, *atoms, **options)
    assert not path.exists()


def test_missing_torn_and_foreign_files(path, tmp_path):
    with pytest.raises(FileNotFoundError, match=r"run\.h5md"):
        Trajectory(path)
    path.write_bytes(b"no HDF5 at all")
    with pytest.raises(TrajectoryError, match="torn or no HDF5"):
        Trajectory(path)
    with h5py.File(path, "w") as file:
        file.create_group("h5md/creator").attrs["name"] = "somebody"
    with pytest.raises(TrajectoryError, match="no trajectory of knudsen"):
        Trajectory(path)
    assert not is_trajectory(path) and not is_trajectory(tmp_path)


def test_a_file_that_was_cut_off_is_torn(path):
    written(path, range(20))
    content = path.read_bytes()
    end = int.from_bytes(content[28:36], "little")  # in the superblock; room for a frame to come lies behind
    for length in range(end - 1, 60, -end // 7):
        path.write_bytes(content[:length])
        with pytest.raises(TrajectoryError, match="torn"):
            Trajectory(path)
        with pytest.raises(TrajectoryError, match="torn"):
            TrajectoryWriter.resume(path, 5)
    path.write_bytes(content[:end])
    with Trajectory(path) as trajectory:
        assert len(trajectory) == 20


def test_what_a_power_cut_leaves_of_an_open_file_is_read_or_refused(path):
    """HDF5 by itself tries the half of a structure again without end."""
    with create(path) as writer:
        for step in range(20):
            writer.append(frame(step))
        content = path.read_bytes()
    kept = []
    for length in range(4000, 90_000, 6000):
        path.write_bytes(content[:length])
        try:
            with Trajectory(path) as trajectory:
                assert all(same(read, frame(step)) for step, read in enumerate(trajectory))
                kept.append(len(trajectory))
        except TrajectoryError as error:
            assert str(path) in str(error)
    assert kept == sorted(kept) and len(set(kept)) > 4 and kept[-1] == 20


def test_an_index_beyond_the_frames(path):
    written(path, [0])
    with Trajectory(path) as trajectory, pytest.raises(IndexError):
        trajectory[1]


def test_the_examples_run():
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
