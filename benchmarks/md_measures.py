"""What share of a run measuring on the way takes, each measure at its default interval; and thermostats.

A measure's share is that of its samples, with whatever they make the engine evaluate, beside the steps
between them: steps and samples are timed in turns.  Measures taken at one step share those evaluations: `all
measures` are taken together in one run.

python -m knudsen.benchmarks.md_measures [--system liquid] [--atoms 32000] [--json] [--device cpu|cuda]
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numba

from knudsen.benchmarks.md_lj import SKIN, SYSTEMS, TIMESTEP, go_on, melt
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

# For each part: before it is timed, and then of steps and samples together.
SECONDS = 0.3
FEWEST = 5
# A correlator's samples cost what they do in a long run once it holds so many.
FILLING = 64
STEPS_BETWEEN = 8
STEPS_TOGETHER = 300
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


def in_turns(simulation: Simulation, part: Callable[[Simulation], None]) -> tuple[float, float]:
    """Mean times of a step and of a part, some steps and one part in turns, after the part has run in."""
    filling = 0.0
    for _ in range(FILLING):
        # Samples that compile do not count as long ones.
        filling += min(seconds(simulation, part), SECONDS / FEWEST)
        if filling > SECONDS:
            break
    steps = parts = rounds = 0
    while rounds < FEWEST or steps + parts < SECONDS:
        steps += seconds(simulation, lambda sim: sim.run(STEPS_BETWEEN))
        parts += seconds(simulation, part)
        rounds += 1
    return steps / (rounds * STEPS_BETWEEN), parts / rounds


def time_measures(problem: Problem, device: str) -> Iterator[dict[str, Any]]:
    """One case for each measure, and one for all together."""
    simulation = go_on(problem, SKIN, "double", device)
    measures = [make() for make in MEASURES]
    for measure in measures:
        measure.bind(simulation)
        step, sample = in_turns(simulation, measure.take)
        yield case(type(measure).__name__, measure.every, step, sample)
    steps = samples = 0.0
    for _ in range(STEPS_TOGETHER):
        steps += seconds(simulation, lambda sim: sim.run(1))
        for measure in measures:
            if simulation.step % measure.every == 0:
                samples += seconds(simulation, measure.take)
    yield case("all measures", 1, steps / STEPS_TOGETHER, samples / STEPS_TOGETHER)


def time_couplings(problem: Problem, device: str) -> Iterator[dict[str, Any]]:
    """One case for each thermostat and barostat."""
    plain = go_on(problem, SKIN, "double", device)
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

        step, acting = in_turns(simulation, act)
        yield case(" + ".join(type(coupling).__name__ for coupling in couplings), 1, step - acting, acting)


def case(name: str, every: int, step: float, sample: float) -> dict[str, Any]:
    """What a part costs: seconds of a step and of a sample, and the samples' share of the run time."""
    return {
        "part": name,
        "every": every,
        "seconds_per_step": step,
        "seconds_per_sample": sample,
        "share": sample / (every * step + sample),
    }


HEADINGS = (
    "| system | atoms | threads | measure | interval [steps] | sample [ms] | share of run time [%] |\n"
    "|---|---|---|---|---|---|---|"
)


def show_case(case: dict[str, Any]) -> None:
    """One row of the human table."""
    print(
        f"| {case['system']} | {case['atoms']} | {case['threads']} | {case['part']} | {case['every']} "
        f"| {1e3 * case['seconds_per_sample']:.3g} | {100 * case['share']:.1f} |",
        flush=True,
    )


def main(arguments: list[str] | None = None) -> None:
    """Time every measure and thermostat on 1 and 2 threads; print a table, or with --json one object."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--system", nargs="+", default=["liquid", "binary"], choices=["liquid", "binary"])
    sizes = "4 n^3 each, to fill a lattice"
    parser.add_argument("--atoms", nargs="+", type=int, default=[4_000, 32_000], help=sizes)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--device", default="auto")
    options = parser.parse_args(arguments)
    cases, device, most = [], Device(options.device), numba.config.NUMBA_NUM_THREADS
    if not options.json:
        print(HEADINGS, flush=True)
    for system, atoms in product(options.system, options.atoms):
        numba.set_num_threads(min(2, most))
        problem = melt(SYSTEMS[system], atoms, options.device)
        for threads in (1,) if device.is_cuda else sorted({1, min(2, most)}):
            numba.set_num_threads(threads)
            for timing in (time_measures, time_couplings):
                for made in timing(problem, options.device):
                    cases.append({"system": system, "atoms": atoms, "threads": threads, **made})
                    if not options.json:
                        show_case(cases[-1])
    numba.set_num_threads(most)
    if options.json:
        print(json.dumps({"cases": cases, "provenance": provenance(device.describe())}))


if __name__ == "__main__":
    main()
