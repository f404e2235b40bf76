"""Speed of molecular dynamics: the LAMMPS melt, a dilute gas and a binary liquid, beside LAMMPS itself.

All begin on an fcc lattice with Maxwell velocities and run 1000 steps of 0.005 before anything is timed: the
lattice must be gone by then.  LAMMPS goes on from the very same positions and velocities; its energy of them
must be ours.  It renews its lists when an atom has moved half the skin, as this package does (`every 1
delay 0 check yes`); its own bench/in.lj renews every 20 steps unchecked, which misses pairs, and is timed
beside (`lammps_setups`).  The fastest checked way of those that LAMMPS offers for so many threads is its
speed.

knudsen bench --engine md [--quick] [--json] [--device cpu|cuda]
python -m knudsen.benchmarks.md_lj ... [--precision double mixed] [--lammps PROGRAM]
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from knudsen.benchmarks import peer_lammps
from knudsen.benchmarks.machine import calibrate
from knudsen.benchmarks.peer_lammps import AS_IN_ITS_BENCH, Lammps, Problem, Setup
from knudsen.core.device import Device
from knudsen.core.provenance import provenance
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities
from knudsen.md.state.atoms import PRECISIONS

TIMESTEP, SKIN, CUTOFF = 0.005, 0.3, 2.5
MELTING_STEPS = 1000
# S(k) / N of the lattice's own wave vectors: near 1 in a crystal, of order 1/N in a fluid.
MOST_ORDER = 0.05
REPEATS = 3
LEAST_STEPS = 50
# LAMMPS is given about as long as this package takes, knowing it for the slower one.
PEER_SHARE = 0.6


@dataclass(frozen=True)
class System:
    """A fluid to be timed: rho*, T* of the lattice's start, sigma and epsilon and mass of each species."""

    density: float
    temperature: float
    sigma: tuple[float, ...] = (1.0,)
    epsilon: tuple[float, ...] = (1.0,)
    masses: tuple[float, ...] = (1.0,)

    @property
    def pairs(self) -> PairTable:
        """Lorentz-Berthelot pairs, each cut at 2.5 of its own sigma."""
        table = PairTable.lorentz_berthelot(self.sigma, self.epsilon, CUTOFF)
        return PairTable(table.sigma, table.epsilon, CUTOFF * table.sigma)


SYSTEMS = {
    "liquid": System(0.8442, 1.44),
    "gas": System(0.01, 1.44),
    # Krypton in argon, in argon's units (sigma 3.405 and 3.633 A, epsilon/k 119.8 and 167 K), with as much
    # of the volume filled, and as hot for its depth, as the liquid.
    "binary": System(0.762, 1.72, (1.0, 1.067), (1.0, 1.394), (1.0, 2.098)),
}
# Melts of 1 M atoms are for GPUs.
SIZES = {"cpu": (4_000, 32_000, 256_000), "cuda": (4_000, 32_000, 62_500, 256_000, 1_000_188)}
ONE_SIZE = 32_000


def problems(quick: bool, kind: str) -> list[tuple[str, int]]:
    """Names and sizes of what is timed on a kind of device."""
    if quick:
        return [("liquid", ONE_SIZE), ("gas", ONE_SIZE)]
    return [*(("liquid", size) for size in SIZES[kind]), ("gas", ONE_SIZE), ("binary", ONE_SIZE)]


def melt(system: System, atoms: int, device: str, steps: int | None = None) -> Problem:
    """The fluid's atoms once its lattice has molten.  Raises RuntimeError where it has not."""
    kinds, steps = len(system.sigma), MELTING_STEPS if steps is None else steps
    start = lattice_start("fcc", atoms, system.density, fractions=[1 / kinds] * kinds)
    masses = np.array(system.masses)[start.species]
    velocities = maxwell_velocities(masses, system.temperature)
    simulation = Simulation(
        start.positions, velocities, start.box, system.pairs, timestep=TIMESTEP, species=start.species,
        masses=system.masses, device=device,
    )  # fmt: skip
    simulation.run(steps)
    left = order(simulation.positions, start.box)
    if left > MOST_ORDER:
        raise RuntimeError(f"after {steps} steps the lattice still scatters {left:.2g} of what it did")
    return Problem(
        simulation.positions, simulation.velocities, simulation.species, start.box, system.masses,
        system.pairs, TIMESTEP, simulation.energies().potential / atoms,
    )  # fmt: skip


def order(positions: np.ndarray[Any, Any], box: np.ndarray[Any, Any]) -> float:
    """Largest S(k) / N of the {111} reflections of the fcc lattice that filled the box."""
    cells = round((len(positions) / 4) ** (1 / 3))
    signs = np.array([[1, 1, 1], [1, 1, -1], [1, -1, 1], [-1, 1, 1]])
    phases = positions @ (2 * np.pi * cells * signs / box).T
    return float((np.abs(np.exp(1j * phases).mean(axis=0)) ** 2).max())


def go_on(problem: Problem, skin: float | None, precision: str, device: str) -> Simulation:
    """The problem from its start, the fluid's default skin if none is given."""
    return Simulation(
        problem.positions, problem.velocities, problem.box, problem.pairs, timestep=problem.timestep,
        species=problem.species, masses=problem.masses, skin=skin, precision=precision, device=device,
    )  # fmt: skip


def time_steps(simulation: Simulation, seconds: float) -> dict[str, Any]:
    """Shortest mean time of a step over REPEATS stretches, and the list builds in all of them."""

    def stretch(steps: int) -> float:
        start = time.perf_counter()
        simulation.run(steps)
        simulation.device.synchronise()
        return (time.perf_counter() - start) / steps

    steps = max(LEAST_STEPS, int(seconds / stretch(10)))
    before = simulation.resolution()
    step = min(stretch(steps) for _ in range(REPEATS))
    after = simulation.resolution()
    builds = after["list_builds"] - before["list_builds"]
    return {
        "atom_steps_per_s": simulation.particle_count / step,
        "seconds_per_step": step,
        "steps": REPEATS * steps,
        "list_builds": builds,
        "steps_per_build": REPEATS * steps / max(1, builds),
        "dangerous_builds": after["dangerous_builds"] - before["dangerous_builds"],
        "neighbours_per_atom": after["neighbours_per_atom"],
    }


def time_parts(simulation: Simulation, rounds: int = 5) -> dict[str, float]:
    """ns an atom of a list build and of the forces that follow it, each the shortest of a few."""

    def seconds(part: Callable[[], None]) -> float:
        start = time.perf_counter()
        part()
        simulation.device.synchronise()
        return time.perf_counter() - start

    builds, forces = [], []
    for _ in range(rounds):
        simulation.run(5)
        builds.append(seconds(simulation.neighbours.build))
        forces.append(seconds(lambda: simulation.forces.compute(simulation.inverse_mass)))
    scale = 1e9 / simulation.particle_count
    return {"ns_per_build": scale * min(builds), "ns_per_force": scale * min(forces)}


def peer_setups(lammps: Lammps, threads: int, skin: float, quick: bool) -> Iterator[Setup]:
    """The ways LAMMPS is timed: at our skin; if not quick, also at 0.3, and as in its own benchmark."""
    yield from lammps.setups(threads, skin)
    if quick:
        return
    if skin != SKIN:
        yield from lammps.setups(threads, SKIN)
    yield next(lammps.setups(threads, SKIN, AS_IN_ITS_BENCH))


def time_peer(lammps: Lammps, problem: Problem, setups: Iterator[Setup], steps: int) -> dict[str, Any]:
    """Speed of the fastest checked setup, and what each did or why it did not."""
    made: dict[str, Any] = {}
    checked: dict[str, float] = {}
    for setup in setups:
        try:
            made[str(setup)] = lammps.time(problem, setup, steps, REPEATS)
        except RuntimeError as error:
            made[str(setup)] = str(error)
            continue
        if setup.renewal != AS_IN_ITS_BENCH:
            checked[str(setup)] = made[str(setup)]["atom_steps_per_s"]
    fastest = max(checked, key=checked.__getitem__, default=None)
    speed = None if fastest is None else checked[fastest]
    return {"lammps_atom_steps_per_s": speed, "lammps_setup": fastest, "lammps_setups": made}


NO_PEER = {"lammps_atom_steps_per_s": None, "lammps_setup": None, "lammps_setups": {}}


def time_problem(
    name: str, problem: Problem, precisions: Sequence[str], threads: Sequence[int], device: str,
    lammps: Lammps | None, quick: bool,
) -> Iterator[dict[str, Any]]:  # fmt: skip
    """One case for each precision and number of threads."""
    seconds = 0.3 if quick else 1.0
    skin = None if name == "gas" else SKIN
    simulations = {precision: go_on(problem, skin, precision, device) for precision in precisions}
    for number in threads:
        peer = None
        for precision, simulation in simulations.items():
            numba.set_num_threads(number)
            simulation.run(10)
            case = {
                "system": name,
                "atoms": problem.atoms,
                "threads": number,
                "precision": precision,
                "device": simulation.device.name,
                "skin": simulation.skin,
                **time_steps(simulation, seconds),
                **time_parts(simulation),
            }
            if peer is None and lammps is not None:
                steps = max(LEAST_STEPS, int(PEER_SHARE * seconds / case["seconds_per_step"]))
                setups = peer_setups(lammps, number, simulation.skin, quick)
                peer = time_peer(lammps, problem, setups, steps)
            yield case | (peer or NO_PEER)


def run(
    quick: bool, device: str, precisions: Sequence[str], program: str | None, show: Callable[[dict], None]
) -> dict[str, Any]:
    """All cases, each shown as it is done."""
    found, most = peer_lammps.find(program), numba.config.NUMBA_NUM_THREADS
    cases, machine, where = [], {}, Device(device)
    lammps = found if isinstance(found, Lammps) and not where.is_cuda else None
    threads = (1,) if where.is_cuda else sorted({1, min(2, most)})
    for number in () if where.is_cuda else threads:
        numba.set_num_threads(number)
        machine[f"{number} threads"] = calibrate()
    for name, atoms in problems(quick, "cuda" if where.is_cuda else "cpu"):
        numba.set_num_threads(max(threads))
        problem = melt(SYSTEMS[name], atoms, device)
        for case in time_problem(name, problem, precisions, threads, device, lammps, quick):
            cases.append(case)
            show(case)
    numba.set_num_threads(most)
    return {
        "cases": cases,
        "lammps": found.version if isinstance(found, Lammps) else found,
        "machine": machine,
        "provenance": provenance(where.describe()),
    }


HEADINGS = (
    "| system | atoms | precision | threads | M atom-steps/s | LAMMPS (fastest setup) | ratio | skin "
    "| steps a build | ns an atom: force, build |\n|---|---|---|---|---|---|---|---|---|---|"
)


def show_case(case: dict[str, Any]) -> None:
    """One row of the human table."""
    speed, other = case["atom_steps_per_s"], case["lammps_atom_steps_per_s"]
    beside = f"{other / 1e6:.2f} ({case['lammps_setup']}) | {speed / other:.2f}" if other else " | "
    print(
        f"| {case['system']} | {case['atoms']} | {case['precision']} | {case['threads']} | {speed / 1e6:.2f} "
        f"| {beside} | {case['skin']:.2f} | {case['steps_per_build']:.1f} "
        f"| {case['ns_per_force']:.1f}, {case['ns_per_build']:.1f} |",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print a table, or with --json one object."""
    parser = argparse.ArgumentParser(prog="knudsen bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="liquid and gas of 32,000 atoms, under 50 s")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--device", default="auto")
    help_precision = "double and mixed if left out; with --quick, double"
    parser.add_argument("--precision", nargs="+", choices=PRECISIONS, help=help_precision)
    parser.add_argument("--lammps", metavar="PROGRAM", help="the lmp to time beside; found if left out")
    options = parser.parse_args(arguments)
    precisions = options.precision or (["double"] if options.quick else ["double", "mixed"])
    if not options.json:
        print(HEADINGS, flush=True)
    show = (lambda case: None) if options.json else show_case
    report = run(options.quick, options.device, precisions, options.lammps, show)
    if options.json:
        print(json.dumps(report))
        return
    print(f"LAMMPS: {report['lammps']}")
    for threads, figures in report["machine"].items():
        print(f"{threads}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
