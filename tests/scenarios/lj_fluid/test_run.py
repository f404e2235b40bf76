"""A run of the Lennard-Jones fluid: estimates, g(r), figures, what is on the disk."""

import json

import numpy as np
import pytest
from fluid_cases import SHORT, SIGMAS, settings

from knudsen.core.results import Result


def test_every_estimate_stands_within_its_error_of_theory(ran):
    found = {estimate["name"]: estimate for estimate in ran[0]["estimates"]}
    assert list(found) == ["potential_energy", "pressure", "temperature", "conserved_drift"]
    assert {name: e["deviation"] for name, e in found.items() if abs(e["deviation"]) > SIGMAS} == {}
    assert found["potential_energy"]["stderr"] < 0.02 and found["pressure"]["stderr"] < 0.05
    assert found["potential_energy"]["theory_kind"] == "numerical"
    assert found["conserved_drift"]["theory_kind"] == "asymptotic"
    assert abs(found["conserved_drift"]["value"]) < 0.02


def test_without_the_corrections_the_same_run_would_be_refuted(ran):
    printed, _ = ran
    for estimate, name in zip(printed["estimates"], ("energy", "pressure"), strict=False):
        missing = printed["resolution"][f"correction_{name}"]
        assert abs(estimate["value"] - missing - estimate["theory"]) > SIGMAS * estimate["stderr"]


def test_the_json_says_how_far_to_trust_the_run(ran):
    resolution = ran[0]["resolution"]
    assert 600 <= resolution["steady_from_step"] <= 6300
    assert resolution["steady_start"] == "found from the data"
    assert resolution["independent_energies"] >= 50
    assert resolution["dangerous_builds"] == 0
    assert ran[0]["config"]["density"] == 0.5
    assert ran[0]["performance"]["particles"] == 108


def test_the_distribution_is_one_of_a_fluid(ran):
    found = ran[0]["profiles"]["radial_distribution"]
    r, g, error = (np.array(found[name]) for name in ("position", "value", "stderr"))
    assert found["position_unit"] == "sigma"
    assert np.all(g[r < 0.8] == 0)
    assert 1.05 < r[np.argmax(g)] < 1.15 and 1.6 < g.max() < 2.0
    far = r > 2.4
    assert np.mean(g[far]) == pytest.approx(1, abs=0.02)
    second = np.diff(g[far], 2)  # of noise alone: what varies smoothly drops out
    assert 0.5 < np.median(error[far]) / (np.std(second) / 6**0.5) < 2


def test_figures_and_report_are_drawn_from_the_disk(call, ran):
    _, folder = ran
    names = {"energies", "drift", "radial_distribution"}
    assert {path.stem for path in (folder / "figures").glob("*.png")} == names
    report = call("report", folder).stdout.strip()
    page = (folder / "report.html").read_text()
    assert "<h1>Lennard-Jones fluid</h1>" in page and "Lengths in sigma" in page
    assert report.endswith("report.html")


def test_the_result_holds_its_series(ran):
    result = Result.load(ran[1])
    assert result.arrays["pressure"].shape == (1, 2400)
    assert result.dimensions["pressure"] == ("copy", "sample")
    assert result.profile("radial_distribution").position_unit == "sigma"


def test_a_sweep_over_the_temperature_is_drawn_in_reduced_units(call, tmp_path):
    values = {**SHORT, "trajectory_every": 0, "equilibration_steps": 1000, "density": 0.4}
    del values["temperature"]
    printed = call("run", "lj_fluid", *settings(**values), "--sweep", "temperature=[2.0, 3.0]",
                   "--out", tmp_path / "sweep", "--json")  # fmt: skip
    points = json.loads(printed.stdout)["points"]
    assert [point["set"] for point in points] == [{"temperature": 2.0}, {"temperature": 3.0}]
    for point in points:
        temperature = point["estimates"][2]
        assert temperature["value"] == pytest.approx(point["set"]["temperature"], rel=0.05)
    assert (tmp_path / "sweep" / "figures" / "sweep.png").exists()
    assert not list((tmp_path / "sweep").rglob("*.h5md"))


def test_list_names_it(call):
    assert any(line.startswith("lj_fluid  ") for line in call("list").stdout.splitlines())
