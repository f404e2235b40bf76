import errno
import io
import os
import resource
import signal
import subprocess
import sys
import threading
import time

import numpy as np
import pytest
from rich.console import Console
from toy_processes import SLOW, STEPS, TOY, ask, start, wait_for_progress

from knudsen.core.device import DeviceError
from knudsen.core.results import Result
from knudsen.scenarios.faults import RunFailed, RunRefused
from knudsen.scenarios.folder import RunFolder, new_folder
from knudsen.scenarios.progress import Interruption, Pace
from knudsen.scenarios.runner import Plan, execute, resume
from knudsen.scenarios.sweep import execute_sweep, plan_sweep


def plan(toy, said=None, **values):
    console = Console(file=said or io.StringIO(), width=200)
    return Plan(toy, toy.Config(**values), device="cpu", console=console)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole") / "run"
    code, _, err = ask("run", "toy", "--set", STEPS, "--out", folder)
    assert code == 0, err
    return Result.load(folder)


def test_a_run_leaves_all_its_files(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    result = execute(plan(toy, steps=50), folder)
    assert {path.name for path in folder.path.iterdir()} == {
        ".lock", "config.toml", "checkpoint.h5", "result.nc", "estimates.json", "figures", "report.html",
    }  # fmt: skip
    assert Result.load(folder.path).to_json() == result.to_json()
    assert result.resolution["majorant_overflows"] == 0
    assert result.performance["particle_steps_per_s"] > 0
    assert result.performance["particles"] == 1000
    assert result.provenance["device"].startswith("CPU")


def test_chunks_do_not_change_the_numbers(toy, tmp_path, monkeypatch):
    one = execute(plan(toy, steps=50), RunFolder(tmp_path / "one"))
    monkeypatch.setattr(Pace, "record", lambda self, steps, seconds, particles: None)
    two = execute(plan(toy, steps=50), RunFolder(tmp_path / "two"))
    assert one.arrays["sums"].tobytes() == two.arrays["sums"].tobytes()


def test_chunks_grow_to_their_time_and_the_first_is_not_timed():
    pace = Pace()
    pace.record(1, 3.0, 100)
    assert (pace.chunk, pace.first_step, pace.speed) == (2, 3.0, 0.0)
    for _ in range(10):
        pace.record(pace.chunk, pace.chunk * 1e-3, 100)
    assert 300 <= pace.chunk <= 500
    assert pace.speed == pytest.approx(1e5)
    pace.record(pace.chunk, 400.0, 100)
    assert pace.chunk == 1


def test_warnings_are_said_and_kept(toy, tmp_path):
    said = io.StringIO()
    result = execute(plan(toy, said, cells=4), RunFolder(tmp_path / "run"))
    assert "warning: 4 cells are few: use 8" in said.getvalue()
    assert result.resolution["warnings"] == ["4 cells are few: use 8"]


def test_a_finished_run_is_read_not_repeated(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    first = execute(plan(toy), folder)
    said = io.StringIO()
    again = execute(plan(toy, said), folder)
    assert "is finished" in said.getvalue()
    assert again.to_json() == first.to_json()


def test_a_different_run_in_the_folder_is_refused(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    execute(plan(toy), folder)
    with pytest.raises(RunRefused, match=r"holds a different run.*--out"):
        execute(plan(toy, temperature=301.0), folder)
    with pytest.raises(RunRefused, match="holds a different run"):
        execute_sweep(plan_sweep(toy, {}, {"seed": [1, 2]}, device="cpu"), folder)


def test_two_processes_never_run_one_folder(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    with folder.locked(), pytest.raises(RunRefused, match="another process"):
        execute(plan(toy), folder)
    execute(plan(toy), folder)


def test_a_fault_names_the_last_checkpoint(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(RunFailed, match=r"cell 3 at step 40: shorten timestep\n.*checkpoint\.h5") as caught:
        execute(plan(toy, fault_step=40), folder)
    assert caught.value.exit_code == 3
    assert folder.checkpoint.exists()


def test_a_run_too_short_to_judge_says_how_to_go_on(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    with pytest.raises(RunFailed, match=r"raise steps in .*config\.toml"):
        execute(plan(toy, steps=5), folder)
    folder.config.write_text(folder.config.read_text().replace("steps = 5", "steps = 60"))
    longer = resume(folder.path)
    whole = execute(plan(toy, steps=60), RunFolder(tmp_path / "whole"))
    assert longer.arrays["sums"].tobytes() == whole.arrays["sums"].tobytes()


def test_a_full_disk_is_one_line_with_the_last_checkpoint(toy, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    written = []

    def refuse(self, path):
        if written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
        written.append(path)
        path.write_bytes(b"the first checkpoint")

    monkeypatch.setattr("toy.ToySimulation.checkpoint", refuse)
    with pytest.raises(RunFailed, match=r"checkpoint\.h5: No space left on device\nthe last good") as caught:
        execute(plan(toy), folder)
    assert caught.value.exit_code == 3


def test_a_disk_that_fills_up_under_the_process(tmp_path):
    """The kernel refuses files past 1 kB, as a full disk would, from the start on."""

    def fill_disk():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))

    command = [sys.executable, str(TOY), "run", "toy", "--out", str(tmp_path / "run")]
    done = subprocess.run(command, capture_output=True, text=True, preexec_fn=fill_disk, check=False)
    assert done.returncode == 3
    assert "checkpoint.h5: File too large\nno checkpoint was written yet" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "run").glob(".*.part"))


def test_a_device_that_is_not_there_is_not_replaced(toy, tmp_path, monkeypatch):
    monkeypatch.setattr("knudsen.core.device.cuda_obstacle", lambda index=0: "no CUDA here")
    cuda = Plan(toy, toy.Config(), device="cuda", console=Console(file=io.StringIO()))
    with pytest.raises(DeviceError, match="no CUDA here"):
        execute(cuda, RunFolder(tmp_path / "run"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_writes_a_checkpoint_and_resume_ends_the_same(toy, tmp_path, uninterrupted, number):
    folder = tmp_path / "run"
    process = start("run", "toy", *SLOW, "--out", folder)
    wait_for_progress(folder, process)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"continue with `knudsen resume {folder}`" in err
    assert (out, "Traceback" in err) == ("", False)
    said = io.StringIO()
    result = resume(folder, console=Console(file=said))
    assert "continuing from step" in said.getvalue()
    assert result.arrays["sums"].tobytes() == uninterrupted.arrays["sums"].tobytes()


def test_a_killed_run_resumes_to_the_same_end(tmp_path, uninterrupted):
    folder = tmp_path / "run"
    process = start("run", "toy", *SLOW, "--out", folder)
    wait_for_progress(folder, process)
    process.kill()
    process.communicate(timeout=30)
    assert not (folder / "result.nc").exists()
    code, out, err = ask("resume", folder)
    assert code == 0, err
    assert ("continuing from step" in err, "mean" in out) == (True, True)
    assert Result.load(folder).arrays["sums"].tobytes() == uninterrupted.arrays["sums"].tobytes()


def test_the_second_signal_ends_the_process_at_once(tmp_path):
    folder = tmp_path / "run"
    process = start("run", "toy", "--set", "pause=30", "--out", folder)
    deadline = time.monotonic() + 30
    while not (folder / "checkpoint.h5").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    time.sleep(2.0)  # and is well within its long step, on a busy machine too
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    assert process.returncode == -signal.SIGINT


def test_no_handlers_are_left_and_none_are_set_in_threads():
    before = signal.getsignal(signal.SIGINT)
    with Interruption() as interruption:
        assert not interruption
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption
    assert signal.getsignal(signal.SIGINT) is before
    entered = []
    thread = threading.Thread(target=lambda: entered.append(Interruption().__enter__()))
    thread.start()
    thread.join()
    assert entered
    assert signal.getsignal(signal.SIGINT) is before


def test_resume_says_what_is_missing(toy, tmp_path):
    with pytest.raises(RunRefused, match=r"config\.toml is missing"):
        resume(tmp_path)
    folder = RunFolder(tmp_path)
    folder.claim(folder.config, plan(toy).to_toml())
    with pytest.raises(RunRefused, match=r"checkpoint\.h5 is missing.*knudsen run toy"):
        resume(tmp_path)
    folder.checkpoint.write_bytes(b"\x89HDF torn")
    with pytest.raises(RunRefused, match="torn"):
        resume(tmp_path)


def test_a_folder_that_is_none_is_refused(toy, tmp_path):
    with pytest.raises(RunRefused, match=r"holds no run: .*config\.toml is missing"):
        RunFolder(tmp_path).load()
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(RunRefused, match="is a file, or lies in one: choose another folder"):
            execute(plan(toy), RunFolder(path))


def test_new_folders_are_numbered(tmp_path):
    names = [new_folder("toy", tmp_path / "runs").path.name for _ in range(3)]
    assert names == ["toy-001", "toy-002", "toy-003"]


def test_half_written_files_of_killed_runs_are_removed(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    folder.path.mkdir()
    (folder.path / ".checkpoint.h5.1.part").write_bytes(b"half")
    execute(plan(toy), folder)
    assert not list(folder.path.glob(".*.part"))


def test_an_interrupted_sweep_names_the_sweeps_folder(tmp_path):
    folder = tmp_path / "sweep"
    process = start("run", "toy", *SLOW, "--sweep", "seed=[1, 2]", "--out", folder)
    wait_for_progress(folder / "point-000", process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"continue with `knudsen resume {folder}`" in err


def test_sums_are_the_same_array_after_loading(toy, tmp_path):
    result = execute(plan(toy), RunFolder(tmp_path / "run"))
    np.testing.assert_array_equal(
        Result.load(tmp_path / "run").arrays["sums"], result.arrays["sums"], strict=True
    )
