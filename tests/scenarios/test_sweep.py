import io
import shutil

import pytest
from rich.console import Console

from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.sweep import execute_sweep, plan_sweep, redraw_sweep, resume_sweep


def sweep(toy, axes, **values):
    console = Console(file=io.StringIO())
    return plan_sweep(toy, values, axes, device="cpu", console=console)


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
