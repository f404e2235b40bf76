"""The ledger of validation: runs, verdict, page, and the exit code where theory is refuted."""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from knudsen.core.results import Estimate, Result
from knudsen.scenarios import ledger
from knudsen.scenarios.cli import app
from knudsen.scenarios.faults import ConfigError


def entry(**estimates):
    """A run whose estimates, of error one, deviate by so much from theory of their kind."""
    made = tuple(
        Estimate(name, deviation, 1.0, "1", 0.0, 0.0, kind, "theory")
        for name, (deviation, kind) in estimates.items()
    )
    return ledger.Entry("toy", {}, Result("toy", {}, made, provenance={"date": "2026-11-21"}))


def test_only_theory_that_tests_is_held_against_a_run():
    entries = [entry(a=(3.5, "exact"), b=(-4.5, "numerical"), c=(9.0, "approximate"), d=(1.0, "exact"))]
    assert [estimate.name for _, estimate in ledger.beyond(entries, ledger.SUSPECT)] == ["a", "b"]
    assert [estimate.name for _, estimate in ledger.beyond(entries, ledger.REFUTED)] == ["b"]
    said = ledger.verdict(entries)
    assert said.startswith("3 estimates") and "2 farther than 3" in said and "toy a, toy b" in said


def test_the_page_holds_every_estimate_and_what_was_set():
    made = replace(entry(a=(0.5, "exact")), settings={"delta": 2.0})
    page = ledger.markdown([made])
    assert "| toy (delta = 2.0) | a | 0.5 ± 1.0 | 1 | 0 | +0.5 σ | theory |" in page


def test_a_run_has_its_folder_whatever_else_is_asked_for():
    alone, among = ledger.plans(["poiseuille"]), ledger.plans(["couette", "poiseuille"])
    assert alone[0].folder == among[1].folder == "poiseuille"
    names = [run.folder for run in ledger.plans([])]
    assert len(set(names)) == len(names)
    assert "diffusion_stress-mass_ratio-10.0-seed-10" in names


def test_a_later_call_leaves_earlier_runs_in_the_ledger(toy, tmp_path):
    """And takes out those of a config that is no longer what is validated."""
    ledger.validate(ledger.plans(["toy"], "cpu"), tmp_path)
    ledger.validate([], tmp_path)
    assert "\n| toy | " in (tmp_path / "ledger.md").read_text()
    config = toy.Config.model_validate({"seed": 5})
    result = replace(ledger.finished(tmp_path)[0].result, config=config.model_dump(mode="json"))
    result.save(tmp_path / "toy")
    assert ledger.finished(tmp_path) == []


def test_an_unknown_scenario_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(ConfigError, match="did you mean 'couette'"):
        ledger.plans(["couete"], "cpu")
    done = CliRunner().invoke(app, ["validate", "couete", "--out", str(tmp_path / "out")])
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_the_command_runs_writes_and_takes_up_what_is_finished(toy, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    first, second = (
        CliRunner().invoke(app, ["validate", "toy", "--device", "cpu", "--out", "out"]) for _ in range(2)
    )
    assert first.exit_code == second.exit_code == 0
    assert "is finished" in second.stderr and "is finished" not in first.stderr
    assert first.stdout == second.stdout
    assert (tmp_path / "out" / "ledger.md").read_text().startswith("# Validation")


def test_a_refuted_theory_fails_the_command(toy, tmp_path, monkeypatch):
    """The control."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(ledger, "REFUTED", 0.0)
    done = CliRunner().invoke(app, ["validate", "toy", "--device", "cpu"])
    assert done.exit_code == 3
    assert "beyond 0 standard errors" in done.stderr
