"""The benchmarks of DSMC run at a tiny size, and say what physics leaves no choice about."""

import json

import numpy as np
import pytest

from knudsen.benchmarks import dsmc_flows, dsmc_green_kubo, dsmc_low_signal, dsmc_trace, dsmc_trace_schemes


@pytest.mark.parametrize("flow", dsmc_flows.FLOWS)
def test_flows_find_the_coefficient_within_their_error(flow, monkeypatch):
    monkeypatch.setattr(dsmc_flows, "MOLECULES", 6400)
    monkeypatch.setattr(dsmc_flows, "START", 40.0)
    found = dsmc_flows.run(dsmc_flows.Point(flow, "hs", 1.0, 1.0, 20), share=0.02)
    assert 0 < found.stderr < 0.2
    assert abs(found.ratio - 1) < 4 * found.stderr + found.cell_law + 2 * found.timestep_law


def test_green_kubo_prints_rows_near_theory(monkeypatch, capsys):
    monkeypatch.setattr(dsmc_green_kubo, "COPIES", 12)
    dsmc_green_kubo.main(["hs", "he-ar", "--share", "0.002", "--json"])
    report = json.loads(capsys.readouterr().out)
    assert [len(report[name]["rows"]) for name in ("hs", "he-ar")] == [3, 4]
    for row in report["hs"]["rows"]:
        assert abs(row["value"] / (1 + row["excess"]) - row["theory"]) < 5 * row["stderr"]
    with pytest.raises(SystemExit):
        dsmc_green_kubo.main(["unknown"])


def test_a_trace_of_its_own_weight_is_as_many_molecules_as_the_gas(monkeypatch, capsys):
    monkeypatch.setattr(dsmc_trace, "COPIES", 4)
    monkeypatch.setattr(dsmc_trace, "FRACTIONS", (1e-2,))
    plain, weighed = (dsmc_trace.measure(1e-2, weight, 8) for weight in (1.0, 1e-2))
    assert weighed["molecules"] / plain["molecules"] == pytest.approx(1.5, rel=0.03)
    assert weighed["density"] == pytest.approx(plain["density"], rel=0.5)
    dsmc_trace.main(["--steps", "8"])
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_booking_keeps_momentum_and_energy_where_chance_does_not(capsys):
    schemes = dsmc_trace_schemes
    booked, by_chance = (
        schemes.run(1, 60, 20, 20, 10.0, 0.1, scheme, 1.0) for scheme in (schemes.BOOKING, schemes.CHANCE)
    )
    energy = booked[:, 3] + 0.1 * booked[:, 4]
    np.testing.assert_allclose(energy, energy[0], rtol=1e-12)
    assert np.abs(booked[:, :3]).max() < 1e-10 < np.abs(by_chance[-1, :3]).max()
    schemes.main(["--copies", "2"])
    assert len(capsys.readouterr().out.splitlines()) == 6


@pytest.mark.parametrize("method", dsmc_low_signal.METHODS)
def test_low_signals_find_the_stress_within_their_error(method):
    found = dsmc_low_signal.METHODS[method](1.0, 0.1, 0.1)
    assert 0 < found.stderr < 0.2 * found.theory
    assert abs(found.ratio - found.theory) < 5 * found.stderr
