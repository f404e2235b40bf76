import errno
import io
import os
import shutil
import signal
import time

import numpy as np
import pytest
from rich.console import Console
from toy_processes import SLOW, STEPS, ask, start, wait_for_progress

from knudsen.core.results import Result
from knudsen.scenarios import sweep as sweep_module
from knudsen.scenarios.batch import Job
from knudsen.scenarios.faults import ConfigError, Interrupted, RunFailed
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.runner import execute
from knudsen.scenarios.sweep import execute_sweep, plan_sweep, redraw_sweep, resume_sweep

SEEDS = "seed=[1, 2, 3]"


def sweep(toy, axes, said=None, **values):
    console = Console(file=said or io.StringIO(), width=200)
    return plan_sweep(toy, values, axes, device="cpu", console=console)


@pytest.fixture
def undrawn(monkeypatch):
    """Points without figures, which take longer than to run them."""
    monkeypatch.setattr("knudsen.scenarios.runner.draw", lambda *of: None)


def sums(folder, points=3):
    """The raw sums of every point."""
    return [Result.load(folder / f"point-{number:03d}").arrays["sums"] for number in range(points)]


def assert_the_same(folder, other):
    for found, expected in zip(sums(folder), sums(other), strict=True):
        np.testing.assert_array_equal(found, expected)


@pytest.fixture(scope="module")
def one_by_one(tmp_path_factory):
    """Three points that share no launch."""
    folder = tmp_path_factory.mktemp("alone") / "sweep"
    code, _, err = ask("run", "toy", "--set", STEPS, "--set", "alone=true", "--sweep", SEEDS, "--out", folder)
    assert code == 0, err
    assert "point 2 of 3: seed = 2" in err
    return folder


def test_a_sweep_runs_its_grid_and_concludes(toy, tmp_path):
    folder = RunFolder(tmp_path / "sweep")
    result = execute_sweep(sweep(toy, {"temperature": [250, 300], "seed": [1, 2]}), folder)
    made = result.to_json()
    assert [point["set"] for point in made["points"]] == [
        {"temperature": 250, "seed": 1}, {"temperature": 250, "seed": 2},
        {"temperature": 300, "seed": 1}, {"temperature": 300, "seed": 2},
    ]  # fmt: skip
    assert made["estimates"][0]["value"] == 4.0
    assert {path.name for path in folder.path.glob("point-*")} == {f"point-00{n}" for n in range(4)}
    assert folder.estimates.exists() and folder.report.exists()


def test_a_sweep_is_taken_up_where_it_stopped(toy, tmp_path):
    folder = RunFolder(tmp_path / "sweep")
    whole = execute_sweep(sweep(toy, {"seed": [1, 2, 3]}), folder)
    before = (folder.path / "point-000" / "result.nc").stat().st_mtime_ns
    for path in (folder.path / "point-001" / "result.nc", folder.estimates, folder.report):
        path.unlink()
    shutil.rmtree(folder.path / "point-002" / "figures")
    (folder.path / "point-002" / "result.nc").unlink()
    (folder.path / "point-002" / "checkpoint.h5").unlink()
    again = resume_sweep(folder.path, console=Console(file=io.StringIO()))
    assert (folder.path / "point-000" / "result.nc").stat().st_mtime_ns == before
    assert again.to_json() == whole.to_json()
    assert redraw_sweep(folder.path).exists()


def test_every_point_is_checked_before_any_runs(toy, tmp_path):
    with pytest.raises(ConfigError) as caught:
        sweep(toy, {"temperature": [300, -1, "5 m"]}, x_left=2, temprature=3)
    paths = [fault.path for fault in caught.value.faults]
    assert paths == [
        "x_left",
        "temprature",
        "[temperature = -1] temperature",
        "[temperature = 5 m] temperature",
    ]


def test_points_that_are_alike_share_a_launch(toy, tmp_path):
    """Two launches of four points; each has the numbers and the files of a run by itself."""
    said, axes = io.StringIO(), {"seed": [1, 2], "pause": [0.0, 1e-6]}
    folder = RunFolder(tmp_path / "sweep")
    result = execute_sweep(sweep(toy, axes, said, steps=50), folder)
    text = said.getvalue()
    assert "points 1, 3 of 4 together: seed = 1, pause = 0.0; seed = 2, pause = 0.0\n" in text
    assert "points 2, 4 of 4 together" in text
    performance = [point.result.performance for point in result.points]
    assert [(each["runs_together"], each["particles"]) for each in performance] == [(2, 2000)] * 4
    alone = RunFolder(tmp_path / "alone")
    single = execute_sweep(sweep(toy, axes, steps=50, alone=True), alone)
    for number, (found, expected) in enumerate(zip(result.points, single.points, strict=True)):
        assert found.result.arrays["sums"].tobytes() == expected.result.arrays["sums"].tobytes()
        files = [
            {path.name for path in (each.path / f"point-00{number}").iterdir()} for each in (folder, alone)
        ]
        assert files[0] == files[1]


def test_launches_have_no_more_molecules_than_they_may(toy, undrawn, tmp_path, monkeypatch):
    monkeypatch.setattr("knudsen.scenarios.batch.most_molecules", lambda device: 2500)
    said = io.StringIO()
    execute_sweep(sweep(toy, {"seed": [1, 2, 3, 4, 5]}, said), RunFolder(tmp_path / "sweep"))
    for words in ("points 1-2 of 5 together", "points 3-4 of 5 together", "point 5 of 5: seed"):
        assert words in said.getvalue()


def test_runs_of_other_lengths_share_no_launch(toy, undrawn, tmp_path):
    said = io.StringIO()
    execute_sweep(sweep(toy, {"steps": [20, 30]}, said), RunFolder(tmp_path / "sweep"))
    assert "together" not in said.getvalue()


def test_a_killed_launch_is_taken_up_and_ends_the_same(tmp_path, one_by_one):
    folder = tmp_path / "sweep"
    process = start("run", "toy", *SLOW, "--sweep", SEEDS, "--out", folder)
    wait_for_progress(folder / "point-002", process)
    process.kill()
    process.communicate(timeout=30)
    code, _, err = ask("resume", folder)
    assert code == 0, err
    assert err.count("continuing from step") == 3
    assert_the_same(folder, one_by_one)
    code, _, err = ask("resume", folder)
    assert (code, err.count("is finished")) == (0, 3)


def test_an_interrupted_launch_has_every_checkpoint(tmp_path, one_by_one):
    """One of its points is then run by itself, the others together."""
    folder = tmp_path / "sweep"
    process = start("run", "toy", *SLOW, "--sweep", SEEDS, "--out", folder)
    wait_for_progress(folder / "point-002", process)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert f"continue with `knudsen resume {folder}`" in err
    assert ask("resume", folder / "point-001")[0] == 0
    code, _, err = ask("resume", folder)
    assert code == 0, err
    assert "points 1, 3 of 3 together" in err
    assert_the_same(folder, one_by_one)


def test_points_that_a_kill_left_at_other_steps_go_on(toy, undrawn, tmp_path):
    """Killed between two checkpoints of a launch: the first point is ahead."""
    whole, folder = RunFolder(tmp_path / "whole"), RunFolder(tmp_path / "sweep")
    execute_sweep(sweep(toy, {"seed": [1, 2, 3]}), whole)
    execute_sweep(sweep(toy, {"seed": [1, 2, 3]}), folder)
    points = [folder.path / f"point-00{number}" for number in range(3)]
    for point in points:
        (point / "result.nc").unlink()
    for point in points[1:]:
        (point / "checkpoint.h5").unlink()
    said = io.StringIO()
    resume_sweep(folder.path, console=Console(file=said, width=200))
    assert "points 2-3 of 3 together" in said.getvalue()
    assert_the_same(folder.path, whole.path)


def test_a_fault_is_found_among_the_points_of_a_launch(toy, undrawn, tmp_path):
    """The others come to their end; taken up again, it is the faulty one alone that fails."""
    folder, said = RunFolder(tmp_path / "sweep"), io.StringIO()
    with pytest.raises(RunFailed, match=r"step 40: shorten timestep\n.*point-001/checkpoint\.h5") as caught:
        execute_sweep(sweep(toy, {"fault_step": [0, 40, 300]}, said), folder)
    assert caught.value.exit_code == 3
    assert "a fault in one of these points" in said.getvalue()
    done = [(folder.path / f"point-00{number}" / "result.nc").exists() for number in range(3)]
    assert done == [True, False, True]
    with pytest.raises(RunFailed, match="point-001"):
        resume_sweep(folder.path, console=Console(file=io.StringIO()))


def test_points_too_short_to_judge_name_their_own_config(toy, undrawn, tmp_path):
    folder = RunFolder(tmp_path / "sweep")
    with pytest.raises(RunFailed, match=r"raise steps in .*point-000/config\.toml"):
        execute_sweep(sweep(toy, {"seed": [1, 2]}, steps=5), folder)
    for number in range(2):
        config = folder.path / f"point-00{number}" / "config.toml"
        config.write_text(config.read_text().replace("steps = 5", "steps = 60"))
    resume_sweep(folder.path, console=Console(file=io.StringIO()))
    longer = RunFolder(tmp_path / "longer")
    execute_sweep(sweep(toy, {"seed": [1, 2]}, steps=60), longer)
    for found, expected in zip(sums(folder.path, 2), sums(longer.path, 2), strict=True):
        np.testing.assert_array_equal(found, expected)


def ended(job):
    """To the end, by another process."""
    execute(job.plan, RunFolder(job.folder.path))


def brought_on(job):
    """By twenty steps, by another process that was then killed."""
    simulation = job.plan.scenario.build(job.plan.config, job.plan.device)
    simulation.run(20)
    job.folder.path.mkdir(exist_ok=True)
    simulation.checkpoint(job.folder.checkpoint)


@pytest.mark.parametrize("moved", [ended, brought_on])
@pytest.mark.parametrize("which", [0, 1])
def test_a_point_may_move_on_before_its_launch(toy, undrawn, tmp_path, monkeypatch, moved, which):
    """While the launch before it runs; those that are left share the launch."""
    executed, calls = sweep_module.execute_together, []

    def hook(jobs, interruption):
        if calls:
            moved(jobs[which])
        calls.append(len(jobs))
        return executed(jobs, interruption)

    axes = {"pause": [0.0, 1e-9], "seed": [1, 2, 3]}
    monkeypatch.setattr(sweep_module, "execute_together", hook)
    found = execute_sweep(sweep(toy, axes), RunFolder(tmp_path / "sweep"))
    monkeypatch.undo()
    assert calls == [3, 3]
    together = [point.result.performance.get("runs_together", 1) for point in found.points]
    assert sorted(together) == [1, 2, 2, 3, 3, 3]
    assert together[3 + which] == 1
    monkeypatch.setattr("knudsen.scenarios.runner.draw", lambda *of: None)
    expected = execute_sweep(sweep(toy, axes, alone=True), RunFolder(tmp_path / "alone"))
    for one, other in zip(found.points, expected.points, strict=True):
        np.testing.assert_array_equal(one.result.arrays["sums"], other.result.arrays["sums"])


@pytest.mark.parametrize("where", ["__init__", "share_out"])
def test_points_that_memory_does_not_hold_together_go_one_by_one(toy, undrawn, tmp_path, monkeypatch, where):
    def refuse(*of):
        raise MemoryError

    monkeypatch.setattr(f"toy.ToysTogether.{where}", refuse)
    said = io.StringIO()
    result = execute_sweep(sweep(toy, {"seed": [1, 2]}, said), RunFolder(tmp_path / "sweep"))
    assert "no memory for all of these points: each goes on by itself" in said.getvalue()
    assert ["runs_together" in point.result.performance for point in result.points] == [False] * 2


def test_a_point_that_grows_out_of_memory_names_its_checkpoint(toy, undrawn, tmp_path, monkeypatch):
    def refuse(*of):
        raise MemoryError

    monkeypatch.setattr("toy.ToySimulation.run", refuse)
    with pytest.raises(RunFailed, match=r"not fit into memory.*\n.*point-000/checkpoint\.h5"):
        execute_sweep(sweep(toy, {"seed": [1]}), RunFolder(tmp_path / "sweep"))


def test_a_checkpoint_that_the_disk_refuses_is_that_of_its_point(toy, undrawn, tmp_path, monkeypatch):
    """The second of three."""
    write = toy.build.checkpoint

    def refuse(self, path):
        if self.step and self.config.seed == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        write(self, path)

    monkeypatch.setattr("toy.ToySimulation.checkpoint", refuse)
    with pytest.raises(RunFailed, match=r"No space left on device\n.*point-001/checkpoint\.h5"):
        execute_sweep(sweep(toy, {"seed": [1, 2, 3]}), RunFolder(tmp_path / "sweep"))


@pytest.mark.parametrize("builds", [1, 4])
def test_an_interruption_is_seen_between_builds(toy, undrawn, tmp_path, monkeypatch, builds):
    """Of three points that are planned, then begun."""
    begun, made = Job.begun, []

    def counted(job):
        made.append(job)
        if len(made) == builds:
            os.kill(os.getpid(), signal.SIGINT)
        return begun(job)

    monkeypatch.setattr(Job, "begun", counted)
    folder = tmp_path / "sweep"
    with pytest.raises(Interrupted, match=f"continue with `knudsen resume {folder}`"):
        execute_sweep(sweep(toy, {"seed": [1, 2, 3]}), RunFolder(folder))
    assert len(made) == builds


def test_a_launch_says_that_all_its_checkpoints_are_written(toy, undrawn, tmp_path, monkeypatch):
    run = toy.build.run

    def interrupted(self, steps):
        os.kill(os.getpid(), signal.SIGINT)
        monkeypatch.setattr("toy.ToySimulation.run", run)
        run(self, steps)

    monkeypatch.setattr("toy.ToySimulation.run", interrupted)
    with pytest.raises(Interrupted, match="the checkpoints of 3 points are written"):
        execute_sweep(sweep(toy, {"seed": [1, 2, 3]}), RunFolder(tmp_path / "sweep"))


def test_cpu_times_of_a_launch_add_up(toy, undrawn, tmp_path, monkeypatch):
    """To what the process has spent, at most; most of it in the launch."""
    run = toy.build.run

    def busy(self, steps):
        until = time.process_time() + 0.02
        while time.process_time() < until:
            pass
        run(self, steps)

    monkeypatch.setattr("toy.ToySimulation.run", busy)
    monkeypatch.setattr("knudsen.scenarios.sweep.draw_sweep", lambda *of: None)
    before = time.process_time()
    result = execute_sweep(sweep(toy, {"seed": [1, 2, 3, 4]}, steps=20), RunFolder(tmp_path / "sweep"))
    spent = time.process_time() - before
    assert 4 * 20 * 0.02 < sum(point.result.performance["cpu_time_s"] for point in result.points) <= spent
