"""What measuring on the way, and thermostats, add to a step of molecular dynamics.

A measure's cost is the mean time of taking a sample, with whatever it makes the engine evaluate for it, by
the steps between samples and the time of a step.  Measures taken at one step share those evaluations: `all
measures` are taken together in one run, each at its own interval.

python -m knudsen.benchmarks.md_measures [--system binary] [--atoms 32000] [--json] [--device cpu|cuda]
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import numba

from knudsen.benchmarks.md_lj import SKIN, SYSTEMS, TIMESTEP, go_on, melt, time_steps
from knudsen.benchmarks.peer_lammps import Problem
from knudsen.core.device import Device
from knudsen.core.provenance import provenance
from knudsen.md.couplings.cell_rescaling import CellRescaling
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.measures.correlator import (
    CurrentCorrelation,
    HeatFluxCorrelation,
    StressCorrelation,
    VelocityAutocorrelation,
)
from knudsen.md.measures.displacement import Displacement
from knudsen.md.measures.profiles import Profile
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.measures.structure_factor import StructureFactor
from knudsen.md.measures.thermo import Thermo
from knudsen.md.parts import Coupling, Measure
from knudsen.md.simulation import Simulation

SECONDS = 1.0
FEWEST, MOST = 5, 50
STEPS_TOGETHER = 500
MEASURES: tuple[Callable[[], Measure], ...] = (
    Thermo,
    VelocityAutocorrelation,
    Displacement,
    CurrentCorrelation,
    StressCorrelation,
    HeatFluxCorrelation,
    RadialDistribution,
    StructureFactor,
    Profile,
)


def thermostats(temperature: float, pressure: float) -> tuple[tuple[Coupling, ...], ...]:
    """Thermostats, and a barostat with one, that hold the fluid where it is."""
    rescaling = VelocityRescaling(temperature, 0.5)
    return (
        (NoseHoover(temperature, 0.5),),
        (rescaling,),
        (Langevin(temperature, 1.0),),
        (rescaling, CellRescaling(pressure, temperature, 1.0, 0.05)),
    )


def seconds(simulation: Simulation, part: Callable[[Simulation], None]) -> float:
    """Time of a part on the simulation as it is."""
    start = time.perf_counter()
    part(simulation)
    simulation.device.synchronise()
    return time.perf_counter() - start


def mean_seconds(simulation: Simulation, part: Callable[[Simulation], None]) -> float:
    """Mean time of a part after each of some steps; those of a first round may compile."""
    for _ in range(2):
        total, rounds = 0.0, 0
        while rounds < FEWEST or (total < SECONDS and rounds < MOST):
            simulation.run(1)
            total += seconds(simulation, part)
            rounds += 1
    return total / rounds


def time_measures(problem: Problem, device: str) -> Iterator[dict[str, Any]]:
    """One case for each measure, and one for all together."""
    simulation = go_on(problem, SKIN, "double", device)
    simulation.run(10)
    step = time_steps(simulation, SECONDS)["seconds_per_step"]
    measures = [make() for make in MEASURES]
    for measure in measures:
        measure.bind(simulation)
        taken = mean_seconds(simulation, measure.take)
        yield case(type(measure).__name__, measure.every, taken, taken / measure.every, step)
    total = 0.0
    for _ in range(STEPS_TOGETHER):
        simulation.run(1)
        for measure in measures:
            if simulation.step % measure.every == 0:
                total += seconds(simulation, measure.take)
    yield case("all measures", None, None, total / STEPS_TOGETHER, step)


def time_couplings(problem: Problem, device: str) -> Iterator[dict[str, Any]]:
    """One case for each thermostat and barostat."""
    plain = go_on(problem, SKIN, "double", device)
    plain.run(10)
    step = time_steps(plain, SECONDS)["seconds_per_step"]
    pressure = float(plain.pressure_tensor().trace() / 3)
    for couplings in thermostats(plain.temperature(), pressure):
        simulation = Simulation(
            problem.positions, problem.velocities, problem.box, problem.pairs, timestep=TIMESTEP,
            species=problem.species, masses=problem.masses, skin=SKIN, couplings=couplings, device=device,
        )  # fmt: skip

        def act(sim: Simulation, couplings: tuple[Coupling, ...] = couplings) -> None:
            for coupling in couplings:
                coupling.before(sim)
            for coupling in reversed(couplings):
                coupling.after(sim)

        name = " + ".join(type(coupling).__name__ for coupling in couplings)
        yield case(name, 1, None, mean_seconds(simulation, act), step)


def case(name: str, every: int | None, taken: float | None, a_step: float, step: float) -> dict[str, Any]:
    """What a part costs: seconds of a sample, and a step's mean as a share of the step without."""
    return {
        "part": name,
        "every": every,
        "seconds_a_sample": taken,
        "seconds_a_step": a_step,
        "share": a_step / step,
    }


def show_case(case: dict[str, Any], threads: int) -> None:
    """One row of the human table."""
    sample = "" if case["seconds_a_sample"] is None else f"{1e3 * case['seconds_a_sample']:.2f}"
    every = "" if case["every"] is None else case["every"]
    print(f"| {case['part']} | {threads} | {every} | {sample} | {100 * case['share']:.1f} |", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Time every measure and thermostat on 1 and 2 threads; print a table, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--system", default="binary", choices=list(SYSTEMS))
    parser.add_argument("--atoms", type=int, default=32_000, help="4 n^3, to fill a lattice")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args(arguments)
    cases, device, most = [], Device(options.device), numba.config.NUMBA_NUM_THREADS
    if not options.json:
        print("| part | threads | every | ms a sample | % of a step |\n|---|---|---|---|---|", flush=True)
    problem = melt(SYSTEMS[options.system], options.atoms, options.device)
    for threads in (1,) if device.is_cuda else sorted({1, min(2, most)}):
        numba.set_num_threads(threads)
        for timing in (time_measures, time_couplings):
            for made in timing(problem, options.device):
                cases.append({"system": options.system, "atoms": problem.atoms, "threads": threads, **made})
                if not options.json:
                    show_case(made, threads)
    numba.set_num_threads(most)
    if options.json:
        print(json.dumps({"cases": cases, "provenance": provenance(device.describe())}))


if __name__ == "__main__":
    main()
