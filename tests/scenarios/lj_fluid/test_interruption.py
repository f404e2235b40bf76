"""The trajectory of a run; a run that is killed ends bit for bit as one that was not."""

import json
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest
from fluid_cases import SHORT, settings

from knudsen.core.results import Result
from knudsen.md.trajectories.trajectory import Trajectory

# Written as they come, so that a kill falls between two of them.
OFTEN = ["--checkpoint-interval", "0.2"]


def test_the_trajectory_is_beside_the_result(ran):
    assert_whole_trajectory(ran[1])
    with h5py.File(ran[1] / "run.h5md"):  # closed: no flags that keep other programs out
        pass


def assert_whole_trajectory(folder):
    with Trajectory(folder / "run.h5md") as trajectory:
        assert trajectory.steps.tolist() == list(range(0, 12_001, 400))
        assert trajectory[0].observables.keys() == {"potential_energy", "temperature", "pressure"}


def start(*arguments):
    """The command line in a process of its own."""
    command = [sys.executable, "-c", "from knudsen.scenarios.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def finish(process):
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def uninterrupted(ran, tmp_path_factory):
    """The same run in a process of its own, which finds its kernels compiled as a resumed run does."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    finish(start("run", "lj_fluid", *settings(**SHORT), "--device", "cpu", "--out", folder))
    return folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_ends_bit_for_bit_as_one_that_was_not(uninterrupted, tmp_path, number):
    folder = tmp_path / "run"
    process = start("run", "lj_fluid", *settings(**SHORT), *OFTEN, "--device", "cpu", "--out", folder)
    wait_for_steps(folder, process, 1000)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -number), said
    with Trajectory(folder / "run.h5md") as trajectory:
        assert len(trajectory) > 2
    assert "continuing from step" in finish(start("resume", folder))
    ours, theirs = Result.load(folder), Result.load(uninterrupted)
    assert {n: a.tobytes() for n, a in ours.arrays.items()} == {
        n: a.tobytes() for n, a in theirs.arrays.items()
    }
    assert [e.value for e in ours.estimates] == [e.value for e in theirs.estimates]
    assert_whole_trajectory(folder)
    with Trajectory(folder / "run.h5md") as mine, Trajectory(uninterrupted / "run.h5md") as other:
        assert all(np.array_equal(a.positions, b.positions) for a, b in zip(mine, other, strict=True))


def wait_for_steps(folder, process, steps):
    """Until the checkpoint is that of a step so far, of several."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with h5py.File(folder / "checkpoint.h5", "r") as file:
                if json.loads(file.attrs["meta"])["step"] >= steps:
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"the run wrote no checkpoint past step {steps}")
