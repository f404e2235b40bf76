"""Sweeps of gases: which points share a launch, and that each is then what it is alone."""

import io

import numpy as np
import pytest
from rich.console import Console

from knudsen.scenarios.batch import Job, launches
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.registry import find
from knudsen.scenarios.runner import execute
from knudsen.scenarios.sweep import execute_sweep, plan_sweep

GIVEN = {"cells": 20, "subcells": 1, "timestep": 1e-11, "steps": 100, "transient_steps": 20}


def plans(name, axes, **values):
    console = Console(file=io.StringIO())
    return plan_sweep(find(name), values, axes, device="cpu", console=console)


def rows(folder, name, axes, **values):
    """Numbers of the points of each launch."""
    few = {"particles_per_cell": 2, "ensemble": 16} | values
    jobs = [
        Job(plan, RunFolder(folder / str(number)))
        for number, (_, plan) in enumerate(plans(name, axes, **few))
    ]
    return launches(jobs)


ALPHAS = {"accommodation": [0.4, 0.7, 1.0]}
TOGETHER = [
    ("couette", ALPHAS, {}),
    ("couette", ALPHAS, {"method": "direct"}),
    ("couette", {"speed_ratio": [0.1, 0.2, 0.4]}, {"gases": ["He", "Ar"]}),
    ("couette", {"normal_accommodation": [0.2, 0.6, 1.0]}, {"tangential_accommodation": 1.2}),
    ("couette", {"ensemble": [16, 17, 18]}, {}),
    ("fourier", {"temperature_ratio": [0.8, 1.1, 1.5]}, {"method": "direct"}),
    ("kramers", ALPHAS, {"method": "direct"}),
    ("temperature_jump", ALPHAS, {"model": "vss"}),
    ("poiseuille", ALPHAS, {}),
    ("poiseuille", {"speed_ratio": [0.1, 0.2, 0.3]}, {"geometry": "tube"}),
    ("poiseuille", {"pressure": [1e4, 2e4, 4e4]}, {"length": 1e-6, "method": "direct", **GIVEN}),
    ("thermal_creep", ALPHAS, {"model": "vss"}),
    ("knudsen_diffusion", {"seed": [1, 2, 3]}, {}),
    ("equimolar_counterdiffusion", {"seed": [1, 2, 3]}, {"knudsen": 1.0}),
]


@pytest.mark.parametrize(("name", "axes", "values"), TOGETHER)
def test_points_that_differ_in_numbers_share_a_launch(tmp_path, name, axes, values):
    assert rows(tmp_path, name, axes, **values) == [[0, 1, 2]]


@pytest.mark.parametrize(
    ("name", "axes", "values"),
    [
        ("poiseuille", {"delta": [0.1, 1.0, 2.0]}, {}),
        ("poiseuille", {"delta": [0.1, 1.0, 2.0]}, {"method": "direct", **GIVEN}),
        ("couette", {"particles_per_cell": [2, 3, 4]}, {}),
        ("couette", {"pressure": [1e4, 2e4, 4e4]}, {"length": 1e-6, "method": "low_signal", **GIVEN}),
        ("couette", {"method": ["direct", "low_signal"]}, GIVEN),
    ],
)
def test_points_of_other_lengths_cells_or_steps_do_not(tmp_path, name, axes, values):
    points = len(next(iter(axes.values())))
    assert rows(tmp_path, name, axes, **values) == [[number] for number in range(points)]


def test_two_keys_make_launches_of_their_own(tmp_path):
    axes = {"accommodation": [0.5, 1.0], "delta": [0.5, 1.0]}
    assert rows(tmp_path, "couette", axes, method="direct") == [[0, 2], [1, 3]]


@pytest.mark.parametrize("method", ["direct", "low_signal"])
def test_launches_have_no_more_molecules_than_they_may(tmp_path, monkeypatch, method):
    """Of 16 copies of 20 cells of two molecules; low signals begin with none."""
    monkeypatch.setattr("knudsen.scenarios.batch.most_molecules", lambda device: 2 * 16 * 20 * 2)
    assert rows(tmp_path, "couette", ALPHAS, method=method, cells=20) == [[0, 1], [2]]


def test_low_signals_of_a_young_checkpoint_count_as_those_at_the_start(tmp_path, monkeypatch):
    monkeypatch.setattr("knudsen.scenarios.batch.most_molecules", lambda device: 2 * 16 * 20 * 2)
    planned = plans("couette", ALPHAS, method="low_signal", cells=20, particles_per_cell=2, ensemble=16)
    jobs = [Job(plan, RunFolder(tmp_path / str(number))) for number, (_, plan) in enumerate(planned)]
    for job in jobs:
        simulation = job.begun()
        simulation.run(1)
        assert 0 < simulation.particle_count < simulation.wanted_count / 3
        job.folder.path.mkdir()
        simulation.checkpoint(job.folder.checkpoint)
    assert launches(jobs) == [[0, 1], [2]]


@pytest.mark.parametrize("method", ["direct", "low_signal"])
def test_a_point_of_a_launch_is_what_it_is_alone(tmp_path, monkeypatch, method):
    """Bit for bit: samples, estimates, profiles and what is said of its resolution."""
    monkeypatch.setattr("knudsen.scenarios.runner.draw", lambda *of: None)
    monkeypatch.setattr("knudsen.scenarios.sweep.draw_sweep", lambda *of: None)
    planned = plans(
        "couette", {"accommodation": [0.5, 1.0]}, method=method, steps=400, transient_steps=100, cells=10,
        particles_per_cell=10,
    )  # fmt: skip
    swept = execute_sweep(planned, RunFolder(tmp_path / "sweep"))
    singles = [execute(plan, RunFolder(tmp_path / str(number))) for number, (_, plan) in enumerate(planned)]
    for point, single in zip(swept.points, singles, strict=True):
        found = point.result
        assert found.performance["runs_together"] == 2
        assert "runs_together" not in single.performance
        for name, array in single.arrays.items():
            np.testing.assert_array_equal(found.arrays[name], array, err_msg=name, strict=True)
        parts = [each.to_json() for each in (found, single)]
        for part in ("scenario", "config", "estimates", "profiles", "resolution"):
            assert parts[0][part] == parts[1][part]
    assert singles[0].estimates[0].value != singles[1].estimates[0].value
