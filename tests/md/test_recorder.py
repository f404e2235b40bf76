"""Recording a run: every frame once, whatever kills it, and the run is none the wiser."""

import os
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest
from liquids import binary, copies, liquid

from knudsen.core.units import ReducedUnits
from knudsen.md.trajectories.recorder import EVERY, OBSERVABLES, TrajectoryRecorder
from knudsen.md.trajectories.trajectory import Trajectory
from knudsen.md.trajectories.writer import TrajectoryWriter

EXACT = {"precision": "double", "velocities": True}


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run.h5md"


def recorded(simulation, steps, path, **options):
    """Run with a recorder and close it."""
    recorder = TrajectoryRecorder(path, **options)
    simulation.add_measure(recorder)
    simulation.run(steps)
    recorder.close()
    return recorder


def test_frames_are_the_states_of_their_steps(path):
    recorder = recorded(liquid(), 40, path, every=10, observables=list(OBSERVABLES), **EXACT)
    twin = liquid()
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 10, 20, 30, 40]
        for frame in trajectory:
            twin.run(frame.step - twin.step)
            # A box edge added and taken away again costs a bit at most.
            np.testing.assert_allclose(frame.unwrapped, twin.unwrapped_positions, rtol=0, atol=4e-15)
            np.testing.assert_array_equal(frame.velocities, twin.velocities)
            assert (frame.positions >= 0).all() and (frame.positions <= frame.box).all()
            assert frame.time == twin.time and frame.box.tolist() == list(twin.box.lengths)
            energies = twin.energies()
            assert frame.observables["potential_energy"] == energies.potential
            assert frame.observables["kinetic_energy"] == energies.kinetic
            assert frame.observables["conserved"] == energies.total
            assert frame.observables["temperature"] == twin.temperature()
            assert frame.observables["pressure"] == pytest.approx(
                twin.pressure_tensor().trace() / 3, rel=1e-14
            )
            assert frame.observables["volume"] == twin.box.volume
    result = recorder.result()
    assert (result.path, result.frames, result.last_step) == (path, 5, 40)
    assert recorder.arrays() == {}


def test_a_recorded_run_keeps_its_bits(path):
    plain, watched = liquid(), liquid()
    recorded(watched, 40, path, every=3, observables=list(OBSERVABLES), **EXACT)
    plain.run(40)
    np.testing.assert_array_equal(plain.positions, watched.positions)
    np.testing.assert_array_equal(plain.velocities, watched.velocities)


def test_a_copy_of_several(path):
    simulation = copies()
    recorded(simulation, 12, path, every=4, copy=2, observables=["temperature"], **EXACT)
    with Trajectory(path) as trajectory:
        last = trajectory[-1]
        np.testing.assert_allclose(last.unwrapped, simulation.unwrapped_positions[2], rtol=0, atol=4e-15)
        assert last.observables["temperature"] == simulation.temperatures()[2]


def test_labels_and_units(path):
    argon = ReducedUnits(3.405e-10, 119.8, 6.634e-26)
    recorded(binary(), 0, path, names=["gas", "wall"], units=argon, author="R. Boyle")
    with Trajectory(path) as trajectory:
        assert trajectory.names == ("gas", "wall")
        assert trajectory.masses[:4].tolist() == [1, np.inf, 1, np.inf]
        assert trajectory.species[:4].tolist() == [0, 1, 0, 1]
        assert (trajectory.units, trajectory.author) == (argon, "R. Boyle")
        assert trajectory.periodic == (True, True, True)
        assert not trajectory.has_velocities


def test_axes_that_are_not_periodic(path):
    recorded(liquid(periodic=(True, True, False)), 0, path)
    with h5py.File(path) as file:
        assert list(file["particles/trajectory/box"].attrs["boundary"]) == ["periodic", "periodic", "none"]
    with Trajectory(path) as trajectory:
        assert trajectory.periodic == (True, True, False)
    TrajectoryWriter.resume(path, -1).close()  # which copies the file without its frame
    with Trajectory(path) as trajectory:
        assert trajectory.periodic == (True, True, False) and len(trajectory) == 0


def test_a_box_that_changes_is_kept_frame_by_frame(path):
    simulation = liquid()
    recorder = TrajectoryRecorder(path, every=10, **EXACT)
    simulation.add_measure(recorder)
    for _ in range(3):
        simulation.scale_box([[1.02, 1.0, 0.99]])
        simulation.compute_forces()
        simulation.run(10)
    recorder.close()
    edge = liquid().box.lengths[0]
    with Trajectory(path) as trajectory:
        for number, frame in enumerate(trajectory):
            np.testing.assert_allclose(frame.box, edge * np.array([1.02, 1.0, 0.99]) ** number, rtol=1e-14)
        np.testing.assert_allclose(trajectory[-1].unwrapped, simulation.unwrapped_positions, atol=4e-15)


RUN = """
import sys
from liquids import liquid
from knudsen.md.trajectories.recorder import TrajectoryRecorder
folder, resume = sys.argv[1], len(sys.argv) > 2
simulation = liquid()
recorder = TrajectoryRecorder(folder + "/run.h5md", every=2, precision="double", velocities=True, resume=True)
simulation.add_measure(recorder)
if resume:
    simulation.restore(folder + "/state")
while simulation.step < 60:
    simulation.run(1)
    if simulation.step % 7 == 0:
        simulation.checkpoint(folder + "/state")
    print(simulation.step, flush=True)
recorder.close()
"""


def with_tools():
    """The environment of a process that finds what these tests import."""
    tools = os.path.join(os.path.dirname(__file__), os.pardir, "tools")
    return os.environ | {"PYTHONPATH": os.pathsep.join([tools, os.environ.get("PYTHONPATH", "")])}


def spoken(folder, *more, until=None):
    """Steps that a process said were done; it is killed once it has said `until`."""
    arguments = [sys.executable, "-W", "error", "-c", RUN, str(folder), *more]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=with_tools()) as process:
        for line in process.stdout:
            if line.split() == [str(until)]:
                process.send_signal(signal.SIGKILL)
                break
        process.stdout.read()
    return process.returncode


def test_a_killed_run_goes_on_without_losing_or_doubling_a_frame(path):
    assert spoken(path.parent, until=25) == -signal.SIGKILL
    with Trajectory(path) as trajectory:
        # Beyond the checkpoint at step 21: what the run did before it died.
        assert trajectory.steps.tolist()[:13] == list(range(0, 26, 2))
    assert spoken(path.parent, "resume", until=40) == -signal.SIGKILL
    assert spoken(path.parent, "resume") == 0
    whole = path.with_name("whole.h5md")
    recorded(liquid(), 60, whole, every=2, **EXACT)
    with Trajectory(path) as found, Trajectory(whole) as expected:
        assert found.steps.tolist() == expected.steps.tolist() == list(range(0, 61, 2))
        for one, other in zip(found, expected, strict=True):
            np.testing.assert_array_equal(one.positions, other.positions)
            np.testing.assert_array_equal(one.images, other.images)
            np.testing.assert_array_equal(one.velocities, other.velocities)


def test_a_restore_in_the_same_process_takes_back_the_frames_after_it(path):
    simulation = liquid()
    recorder = TrajectoryRecorder(path, every=10, **EXACT)
    simulation.add_measure(recorder)
    simulation.run(20)
    simulation.checkpoint(path.with_name("state"))
    simulation.run(30)
    simulation.restore(path.with_name("state"))
    simulation.scale_velocities(simulation.device.put(np.array([0.5])))
    simulation.run(15)
    recorder.close()
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 10, 20, 30]
        assert np.abs(trajectory[-1].velocities).mean() < 0.8 * np.abs(trajectory[0].velocities).mean()


def test_a_closed_recorder_records_no_more(path):
    simulation = liquid()
    recorder = recorded(simulation, 20, path, every=10)
    simulation.run(10)
    assert recorder.result().frames == 3
    recorded(simulation, 10, path, every=10, resume=True)
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 10, 20, 30, 40]


def test_resuming_a_file_that_is_not_there_or_without_frames_starts_it(path):
    for steps in (0, 10):
        recorded(liquid(), steps, path, every=10, resume=True)
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 10]
    TrajectoryWriter.resume(path, -1).close()
    recorded(liquid(), 10, path, every=10, resume=True)
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 10]


def test_a_run_killed_before_its_first_checkpoint_begins_anew(path):
    recorded(liquid(seed=4), 30, path, every=10, **EXACT)
    recorded(liquid(seed=5), 20, path, every=10, resume=True, **EXACT)
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == [0, 10, 20]
        np.testing.assert_array_equal(trajectory[0].velocities, liquid(seed=5).velocities)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"velocities": True}, "other velocities:"),
        ({"observables": ["temperature"]}, "other observables:"),
        ({"names": ["Ar"]}, "other names:"),
        ({"precision": "double"}, "other precision:"),
        ({"units": ReducedUnits(3.4e-10, 120, 6e-26)}, "other units:"),
    ],
)
def test_resuming_another_runs_file_is_refused(path, options, message):
    recorded(liquid(), 10, path, every=10)
    with pytest.raises(ValueError, match=message):
        liquid().add_measure(TrajectoryRecorder(path, resume=True, **options))
    with Trajectory(path) as trajectory:
        assert len(trajectory) == 2


def test_bad_arguments(path):
    for every in (0, -5, 2.5):
        with pytest.raises(ValueError, match=f"whole number of steps, one at least, got {every}"):
            TrajectoryRecorder(path, every=every)
    with pytest.raises(ValueError, match="'entropy' is none of potential_energy"):
        TrajectoryRecorder(path, observables=["entropy"])
    for copy in (-1, 1):
        with pytest.raises(ValueError, match="copy must be from 0 to 0"):
            liquid().add_measure(TrajectoryRecorder(path, copy=copy))
    with pytest.raises(ValueError, match="single, double"):
        liquid().add_measure(TrajectoryRecorder(path, precision="half"))
    assert not path.exists()
    assert TrajectoryRecorder(path).every == EVERY


def test_other_atoms_stop_the_recording(path):
    simulation = binary(masses=(1.0, 2.0))
    simulation.add_measure(TrajectoryRecorder(path, every=1))
    simulation.atoms.position[3 : 4 * simulation.atoms.count : 4] = 0.0
    with pytest.raises(ValueError, match=r"step 1: the atoms are others"):
        simulation.run(1)


FILL_THE_DISK = """
import resource, sys
from liquids import liquid
from knudsen.md.trajectories.recorder import TrajectoryRecorder
simulation = liquid()
simulation.run(30)  # kernels are compiled, and their files written, before the disk is full
simulation.add_measure(TrajectoryRecorder(sys.argv[1], every=1))
resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))
try:
    simulation.run(1000)
except OSError as error:
    print(simulation.step, error.filename)
"""


def test_a_full_disk_stops_the_run_and_the_frames_before_stay(path):
    arguments = [sys.executable, "-W", "error", "-c", FILL_THE_DISK, str(path)]
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=True, timeout=100, env=with_tools()
    )
    step, name = done.stdout.split()
    assert name == str(path) and int(step) > 35 and not done.stderr
    with Trajectory(path) as trajectory:
        assert trajectory.steps.tolist() == list(range(30, int(step)))
