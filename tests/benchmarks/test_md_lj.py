"""The molecular-dynamics benchmark times fluids, and says what it is asked to say."""

import json

import numpy as np
import pytest

from knudsen.benchmarks import md_lj
from knudsen.benchmarks.peer_lammps import AS_IN_ITS_BENCH, Lammps, Setup
from knudsen.md.starts.lattices import lattice_start

ASKED = {
    "system", "atoms", "threads", "precision", "device", "atom_steps_per_s", "lammps_atom_steps_per_s",
}  # fmt: skip


@pytest.fixture
def small(monkeypatch):
    """The benchmark with few atoms, briefly."""
    monkeypatch.setattr(md_lj, "ONE_SIZE", 500)
    monkeypatch.setattr(md_lj, "MELTING_STEPS", 2000)  # little crystals melt later
    monkeypatch.setattr(md_lj, "calibrate", lambda: {"loop": 1.0})


def test_the_order_of_a_lattice_is_one_and_of_a_fluid_none():
    start = lattice_start("fcc", 500, 0.8442)
    assert md_lj.order(start.positions, start.box) == pytest.approx(1.0)
    random = np.random.default_rng(3).random((500, 3)) * start.box
    assert md_lj.order(random, start.box) < 0.05


@pytest.mark.parametrize("name", md_lj.SYSTEMS)
def test_every_system_is_fluid_when_it_is_timed(name):
    system = md_lj.SYSTEMS[name]
    problem = md_lj.melt(system, 500, "cpu", steps=2000)
    assert problem.atoms / problem.box.prod() == pytest.approx(system.density)
    assert np.bincount(problem.species).tolist() == [500 // len(system.masses)] * len(system.masses)


def test_a_crystal_is_not_timed_as_a_liquid():
    with pytest.raises(RuntimeError, match="after 10 steps the lattice still scatters"):
        md_lj.melt(md_lj.SYSTEMS["liquid"], 500, "cpu", steps=10)


def test_the_binary_fills_as_much_of_the_volume_as_the_liquid():
    liquid, binary = md_lj.SYSTEMS["liquid"], md_lj.SYSTEMS["binary"]
    assert binary.density * np.mean(np.power(binary.sigma, 3)) == pytest.approx(liquid.density, rel=2e-3)
    depth = binary.pairs.epsilon.mean()
    assert binary.temperature / depth == pytest.approx(liquid.temperature, rel=2e-2)
    assert np.array_equal(binary.pairs.cutoff, 2.5 * binary.pairs.sigma)


def test_json_says_what_was_asked(small, capsys, tmp_path):
    absent = str(tmp_path / "lmp")
    options = ["--quick", "--json", "--device", "cpu", "--lammps", absent, "--precision", "double", "mixed"]
    md_lj.main(options)
    report = json.loads(capsys.readouterr().out)
    assert all(case.keys() >= ASKED for case in report["cases"])
    assert {case["system"] for case in report["cases"]} == {"liquid", "gas"}
    assert {case["precision"] for case in report["cases"]} == {"double", "mixed"}
    assert all(case["lammps_atom_steps_per_s"] is None for case in report["cases"])
    assert all(case["atom_steps_per_s"] > 0 and case["ns_per_build"] > 0 for case in report["cases"])
    assert all(case["list_builds"] > 0 for case in report["cases"] if case["system"] == "liquid")
    assert "not installed" in report["lammps"]


def test_the_fastest_checked_setup_is_the_speed_of_lammps(tmp_path):
    class Fake(Lammps):
        def time(self, problem, setup, steps, repeats):
            if setup.suffix == "omp":
                raise RuntimeError("no OpenMP")
            return {
                "atom_steps_per_s": {0.3: 2.0, 1.1: 5.0}[setup.skin] + 10 * (setup.renewal == AS_IN_ITS_BENCH)
            }

    lammps = Fake(tmp_path / "lmp", "")
    setups = md_lj.peer_setups(lammps, 1, 1.1, quick=False)
    made = md_lj.time_peer(lammps, None, setups, 100)
    assert made["lammps_atom_steps_per_s"] == 5.0
    assert made["lammps_setup"] == str(Setup("opt", 1, 1, 1.1))
    assert made["lammps_setups"][str(Setup("omp", 1, 1, 1.1))] == "no OpenMP"
    assert len(made["lammps_setups"]) == 5


def test_a_row_of_the_table_stands_with_and_without_lammps(capsys):
    case = {
        "system": "gas", "atoms": 5, "threads": 1, "precision": "double", "skin": 0.3,
        "atom_steps_per_s": 4e6, "steps_per_build": 8.0, "ns_per_force": 1.0, "ns_per_build": 2.0,
    }  # fmt: skip
    md_lj.show_case(case | md_lj.NO_PEER)
    md_lj.show_case(case | {"lammps_atom_steps_per_s": 2e6, "lammps_setup": "opt"})
    rows = capsys.readouterr().out.splitlines()
    assert {row.count("|") for row in rows} == {md_lj.HEADINGS.splitlines()[0].count("|")}
    assert "| 2.00 (opt) | 2.00 |" in rows[1]
