"""What weights gain a trace: argon in helium, flowing from a reservoir that holds x of it to one without.

The variance of the trace's flux and of its mean density, times the processor time, with one weight for all
and with the weight x for the trace, which then has as many simulated molecules as helium.  One slab of ten
free paths in 40 cells of 50 molecules, 64 copies; the gain is the quotient of the two products, which so many
copies know to a factor of 1.28 (sqrt(2 / 63) of either variance).

python -m knudsen.benchmarks.dsmc_trace [--steps N]
"""

import argparse
import time

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture
from knudsen.core.provenance import commit, cpu_model
from knudsen.core.samples import MOMENTS
from knudsen.dsmc import Filling, OpenReservoir, Simulation, Slab

PRESSURE, TEMPERATURE, PATHS, CELLS, MOLECULES, COPIES = 1e5, 300.0, 10, 40, 50, 64
FRACTIONS = (1e-2, 1e-3, 1e-4)


def flow(x: float, weight: float) -> Simulation:
    """The slab, its mole fraction of argon linear at the start."""
    gas = Mixture(["He", "Ar"], "hs")
    relaxation = float(ChapmanEnskog(gas, TEMPERATURE, 6).viscosity((1.0, 0.0))) / PRESSURE
    path = relaxation * np.sqrt(np.pi * BOLTZMANN * TEMPERATURE / (2 * gas.masses[0]))
    left, right = (1 - x, x), (1.0, 0.0)
    faces = [OpenReservoir(PRESSURE, TEMPERATURE, fractions) for fractions in (left, right)]
    return Simulation(
        gas, Slab(PATHS * path, CELLS, *faces), Filling(PRESSURE, TEMPERATURE, left, right),
        particles_per_cell=MOLECULES, timestep=0.2 * relaxation, copies=COPIES, seed=2, device="cpu",
        species_weights=(1.0, weight),
    )  # fmt: skip


def measure(x: float, weight: float, steps: int) -> dict[str, float]:
    """Means over the slab, their standard errors over the copies, and seconds of the processor."""
    simulation = flow(x, weight)
    simulation.run(steps // 4)
    simulation.sample(1, steps)
    start = time.process_time()
    simulation.run(steps)
    seconds = time.process_time() - start
    samples = simulation.result()
    trace = samples.sums[0, :, :, 1].sum(axis=1) * samples.weight[:, 1:] / samples.samples[0]
    trace /= samples.volumes.sum()
    found = {"seconds": seconds, "molecules": simulation.particle_count / COPIES}
    for name, moment in (("density", "count"), ("flux", "vx")):
        each = trace[:, MOMENTS.index(moment)]
        found[name], found[f"{name}_stderr"] = each.mean(), each.std(ddof=1) / np.sqrt(COPIES)
    return found


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print a table; errors are relative to the mean of the weighed run, the better known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=2000)
    steps = parser.parse_args(arguments).steps
    print(commit(), cpu_model())
    for x in FRACTIONS:
        plain, weighed = measure(x, 1.0, steps), measure(x, x, steps)
        for label, one in (("one weight", plain), (f"weight {x:g}", weighed)):
            print(
                f"x = {x:g}, {label}: {one['molecules']:.0f} molecules, {one['seconds']:.1f} s, "
                f"flux {one['flux']:.4g} +- {one['flux_stderr'] / weighed['flux']:.2%}, "
                f"density {one['density']:.4g} +- {one['density_stderr'] / weighed['density']:.2%}"
            )
        cost = plain["seconds"] / weighed["seconds"]
        gains = [
            (plain[f"{name}_stderr"] / weighed[f"{name}_stderr"]) ** 2 * cost for name in ("flux", "density")
        ]
        print(f"x = {x:g}: gain {gains[0]:.0f} in the flux, {gains[1]:.0f} in the density")


if __name__ == "__main__":
    main()
