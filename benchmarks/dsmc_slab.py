"""Speed of the DSMC slab: Ar-Kr VSS, 50/50, walls at 250 and 350 K, L = 20 um, n = 1.3e24 m^-3, dt = 0.4 ns.

The third size is the first a hundred times as long: 10 M molecules in 2 mm, in cells of the same width.
Beside the first size, in the same run, as many molecules of the same gas over the same length: scattered by
Lennard-Jones potentials, and in a channel 2 um high and a tube of 2 um radius, 20 x 10 cells, walls at 300 K.

knudsen bench [--quick] [--json] [--device cpu|cuda]
python -m knudsen.benchmarks.dsmc_slab ...
"""

import argparse
import json
import time
from typing import Any

import numba
from scipy.constants import k as BOLTZMANN

from knudsen.benchmarks.machine import calibrate
from knudsen.core.gases import Mixture
from knudsen.core.provenance import provenance
from knudsen.dsmc import Channel, DiffuseWall, Filling, Simulation, Slab, Tube
from knudsen.dsmc.sampling import SAMPLES_A_STEP

# Cells, molecules a cell, length [m].
SIZES = ((200, 500, 20e-6), (400, 1000, 20e-6), (20_000, 500, 2e-3))
NUMBER_DENSITY, TEMPERATURE = 1.3e24, 300.0
COLD, HOT, WALL = DiffuseWall(250.0), DiffuseWall(350.0), DiffuseWall(300.0)
SECONDS_A_CASE = 1.0
REPEATS = 3


def slab(cells: int, length: float) -> Slab:
    """The benchmark's slab."""
    return Slab(length, cells, COLD, HOT)


def simulation_of(
    domain: Any, particles_per_cell: int, model: str, device: str, precision: str
) -> Simulation:
    """The benchmark's gas in a domain."""
    return Simulation(
        Mixture(["Ar", "Kr"], model),
        domain,
        Filling(NUMBER_DENSITY * BOLTZMANN * TEMPERATURE, TEMPERATURE, (0.5, 0.5)),
        particles_per_cell=particles_per_cell,
        timestep=0.4e-9,
        device=device,
        precision=precision,
    )


def seconds_per_step(simulation: Simulation) -> float:
    """Shortest mean time of a step over REPEATS stretches of SECONDS_A_CASE each."""

    def stretch(steps: int) -> float:
        start = time.perf_counter()
        simulation.run(steps)
        simulation.device.synchronise()
        return (time.perf_counter() - start) / steps

    steps = max(2, int(SECONDS_A_CASE / stretch(3)))
    return min(stretch(steps) for _ in range(REPEATS))


def nanoseconds_per_part(simulation: Simulation, sampling: bool) -> dict[str, float]:
    """ns per particle of each part of a step, run one after another."""
    parts = {
        "move": simulation.move,
        "sort": simulation.sort,
        "collide": simulation.collide,
    } | ({"sample": lambda: [simulation.add_sample() for _ in range(SAMPLES_A_STEP)]} if sampling else {})
    totals = dict.fromkeys(parts, 0.0)
    steps = max(5, int(4e7 / simulation.particle_count))
    for _ in range(steps):
        simulation.step += 1
        for name, part in parts.items():
            start = time.perf_counter()
            part()
            simulation.device.synchronise()
            totals[name] += time.perf_counter() - start
    return {name: total / steps / simulation.particle_count * 1e9 for name, total in totals.items()}


def others(device: str, precision: str) -> dict[str, Simulation]:
    """The first size by another model, and in other domains of as many cells."""
    cells, molecules, length = SIZES[0]
    grid, width = (cells // 10, 10), length / 10
    channel = Channel((length, width), grid, COLD, HOT, WALL, WALL)
    tube = Tube(length, width, grid, COLD, HOT, WALL)
    cases = {"slab, lj": (slab(cells, length), "lj"), "channel": (channel, "vss"), "tube": (tube, "vss")}
    return {
        name: simulation_of(domain, molecules, model, device, precision)
        for name, (domain, model) in cases.items()
    }


def measure(simulation: Simulation, name: str, sampling: bool, threads: int) -> dict[str, Any]:
    """One case of the table."""
    simulation.sampler = None
    if sampling:
        simulation.sample(every=1, block=1_000_000)
    step = seconds_per_step(simulation)
    cells = simulation.grid.cell_count
    return {
        "domain": name,
        "cells": cells,
        "particles_per_cell": round(simulation.particle_count / cells),
        "sampling": sampling,
        "threads": threads,
        "device": simulation.device.name,
        "particle_steps_per_s": simulation.particle_count / step,
        "parts_ns": nanoseconds_per_part(simulation, sampling),
        "bytes_per_particle": simulation.bytes_per_particle,
    }


def run(quick: bool, device: str, precision: str, show: Any) -> dict[str, Any]:
    """All cases, each shown as it is done, with its speed over that of the first on as many threads."""
    cases: list[dict[str, Any]] = []
    machine: dict[str, Any] = {}
    first: dict[tuple[int, bool], float] = {}
    most = numba.config.NUMBA_NUM_THREADS

    def add(name: str, simulation: Simulation, sampled: tuple[bool, ...]) -> None:
        on_cpu = not simulation.device.is_cuda
        for threads in sorted({1, min(2, most)}) if on_cpu else (1,):
            numba.set_num_threads(threads)
            machine.setdefault(f"{threads} threads", calibrate())
            simulation.run(5)
            for sampling in sampled:
                case = measure(simulation, name, sampling, threads)
                speed = case["particle_steps_per_s"]
                case["over_slab"] = speed / first.setdefault((threads, sampling), speed)
                cases.append(case)
                show(case)
        numba.set_num_threads(most)

    for number, (cells, molecules, length) in enumerate(SIZES[:1] if quick else SIZES):
        simulation = simulation_of(slab(cells, length), molecules, "vss", device, precision)
        add("slab", simulation, (False, True))
        if number == 0:
            for name, other in others(device, precision).items():
                add(name, other, (False,))
    return {
        "cases": cases,
        "machine": machine,
        "precision": precision,
        "provenance": provenance(simulation.device_name),
    }


def show_case(case: dict[str, Any]) -> None:
    """One line of the human table."""
    parts = "  ".join(f"{name} {value:5.2f}" for name, value in case["parts_ns"].items())
    size = f"{case['cells']:5d} x {case['particles_per_cell']:<6d} {case['threads']} threads"
    speed = f"{case['particle_steps_per_s'] / 1e6:7.1f} M/s   {case['over_slab']:.2f} of the first"
    sampled = "sampled" if case["sampling"] else ""
    memory = f"{case['bytes_per_particle']:.0f} B/particle"
    print(f"{case['domain']:8s} {size}  {sampled:7s}  {speed}   {memory}   ns: {parts}", flush=True)


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print a table, or with --json one object."""
    parser = argparse.ArgumentParser(prog="knudsen bench", description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the 200 x 500 cases alone, in about a minute")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--precision", default="double", choices=("double", "mixed"))
    options = parser.parse_args(arguments)
    show = (lambda case: None) if options.json else show_case
    report = run(options.quick, options.device, options.precision, show)
    if options.json:
        print(json.dumps(report))
        return
    for threads, figures in report["machine"].items():
        print(f"{threads}: " + ", ".join(f"{name} {value:.1f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
