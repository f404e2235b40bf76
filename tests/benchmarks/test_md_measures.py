"""The cost of measures and thermostats is told for each of them."""

import json

import pytest

from knudsen.benchmarks import md_lj, md_measures


def test_every_measure_and_thermostat_is_timed(capsys, monkeypatch):
    monkeypatch.setattr(md_lj, "MELTING_STEPS", 2000)
    monkeypatch.setattr(md_lj, "LEAST_STEPS", 10)
    monkeypatch.setattr(md_measures, "SECONDS", 0.01)
    monkeypatch.setattr(md_measures, "MOST", 5)
    monkeypatch.setattr(md_measures, "STEPS_TOGETHER", 40)
    md_measures.main(["--atoms", "500", "--json", "--device", "cpu"])
    cases = [case for case in json.loads(capsys.readouterr().out)["cases"] if case["threads"] == 1]
    parts = [case["part"] for case in cases]
    assert parts[:10] == [*(made.__name__ for made in md_measures.MEASURES), "all measures"]
    assert parts[10:] == ["NoseHoover", "VelocityRescaling", "Langevin", "VelocityRescaling + CellRescaling"]
    assert all(case["share"] > 0 for case in cases)
    for case in cases[:9]:
        assert case["seconds_a_step"] * case["every"] == pytest.approx(case["seconds_a_sample"])


def test_a_mean_leaves_out_the_first_round(monkeypatch):
    monkeypatch.setattr(md_measures, "SECONDS", 0.0)
    times = iter([100.0] * md_measures.FEWEST + [1.0, 2.0, 3.0, 4.0, 5.0])
    monkeypatch.setattr(md_measures, "seconds", lambda simulation, part: next(times))

    class Still:
        def run(self, steps):
            assert steps == 1

    assert md_measures.mean_seconds(Still(), None) == 3.0
