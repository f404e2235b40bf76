"""The cost of measures and thermostats is told for each of them."""

import json

import pytest

from knudsen.benchmarks import md_lj, md_measures


def test_every_measure_and_thermostat_is_timed(capsys, monkeypatch):
    monkeypatch.setattr(md_lj, "MELTING_STEPS", 2000)
    monkeypatch.setattr(md_measures, "SECONDS", 0.01)
    monkeypatch.setattr(md_measures, "STEPS_TOGETHER", 60)
    md_measures.main(["--system", "binary", "--atoms", "500", "--json", "--device", "cpu"])
    cases = [case for case in json.loads(capsys.readouterr().out)["cases"] if case["threads"] == 1]
    parts = [case["part"] for case in cases]
    assert parts[:10] == [*(made.__name__ for made in md_measures.MEASURES), "all measures"]
    assert parts[10:] == ["NoseHoover", "VelocityRescaling", "Langevin", "VelocityRescaling + CellRescaling"]
    for case in cases:
        step, sample = case["every"] * case["seconds_per_step"], case["seconds_per_sample"]
        assert 0 < case["share"] == pytest.approx(sample / (step + sample))


def test_parts_run_in_before_they_are_timed(monkeypatch):
    monkeypatch.setattr(md_measures, "SECONDS", 0.0)
    monkeypatch.setattr(md_measures, "FILLING", 2)
    times = iter([100.0, 50.0, 8.0, 1.0, 16.0, 2.0, 24.0, 3.0, 32.0, 4.0, 40.0, 5.0])
    monkeypatch.setattr(md_measures, "seconds", lambda simulation, part: next(times))
    step, sample = md_measures.in_turns(None, None)
    assert step * md_measures.STEPS_BETWEEN == 24.0 and sample == 3.0
