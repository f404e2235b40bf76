"""Low signals: cpu time to resolve a slow flow to 1 %, deviational particles beside plain DSMC.

    python -m knudsen.benchmarks.dsmc_low_signal [--machs 0.001 ...] [--deltas 1 ...] [--seconds 60] [--json]
    python -m knudsen.benchmarks.dsmc_low_signal --bias [--deltas 1] [--seconds 60]

Couette flow of argon hard spheres between diffuse plates that move apart at Ma times the speed of sound; what
is resolved is the shear stress, held against the linearised Boltzmann equation.  Both methods have the same
cells and step; what relaxation takes is told apart.  The error of plain DSMC is that of the same quantity,
the mean of -P_xz over the slab, in a run of the same cpu time at each Ma; it falls as 1/sqrt(time).
Deviational particles run at the first Ma alone: at another they are the same ones of another weight.

--bias holds their stress, in the cells and on the walls, against theory for several widths of collision
cells, over the mean free path, and steps, over the mean time between collisions.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import pi, sqrt
from typing import Any

from scipy.constants import k as BOLTZMANN

from knudsen.analysis.deviations import deviation_fields
from knudsen.analysis.gas_fields import gas_fields
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Measured
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.analysis.walls import wall_fields
from knudsen.dsmc import DeviationalSimulation, DiffuseWall, Filling, Mixture, RestingGas, Simulation, Slab

GAS = Mixture(["Ar"], "hs")
MASS, DIAMETER = GAS.masses[0], GAS.interaction(0, 0).diameter_ref
PRESSURE, TEMPERATURE, COPIES = 1e4, 300.0, 16
THERMAL = sqrt(2 * BOLTZMANN * TEMPERATURE / MASS)
SOUND = sqrt(5 / 6) * THERMAL
VISCOSITY = float(ChapmanEnskog(GAS, TEMPERATURE, 12).viscosity([1.0]))
REST = RestingGas(PRESSURE, TEMPERATURE)
CELL, STEP = 0.25, 0.1  # over the mean free path, and the mean time between collisions
WANTED = 0.01
# Widths of cells and steps whose bias is told.
BIASED = ((1.2, 0.1), (0.6, 0.1), (0.3, 0.1), (0.15, 0.1), (0.15, 0.2), (0.15, 0.4), (0.15, 0.8))
XZ = 4


@dataclass(frozen=True)
class Outcome:
    """One flow by one method: shear stress over that of free molecules, its error, its theory.

    relaxation, seconds : cpu time of the relaxation and of the samples [s]
    """

    method: str
    delta: float
    mach: float
    ratio: float
    stderr: float
    theory: float
    relaxation: float
    seconds: float

    @property
    def seconds_to_one_percent(self) -> float:
        """Cpu time for a standard error of 1 % of the theory's stress."""
        return self.seconds * (self.stderr / (WANTED * self.theory)) ** 2


def slab(delta: float, speed: float, cell: float = CELL, step: float = STEP) -> tuple[Slab, float]:
    """The slab between plates at -+ speed/2, and the time step."""
    length = delta * VISCOSITY * THERMAL / PRESSURE
    rate = REST.collision_rate(MASS, DIAMETER)
    cells = max(1, round(length * rate / (2 / sqrt(pi) * THERMAL) / cell))
    walls = (DiffuseWall(TEMPERATURE, (0.0, side * speed / 2)) for side in (-1, 1))
    return Slab(length, cells, *walls), step / rate


def relaxation(domain: Slab, timestep: float) -> int:
    """Steps to a steady state: four times what viscosity and crossing take, the accounts' lag twice that."""
    density = MASS * REST.number_density
    slowest = domain.length**2 * density / (pi**2 * VISCOSITY) + domain.length / THERMAL
    return int(4 * slowest / timestep)


def sampled(simulation: Any, steps: int, seconds: float) -> tuple[float, float]:
    """Relax, then sample for so much cpu time; what either took."""
    simulation.run(1)
    begin = time.process_time()
    simulation.run(steps)
    simulation.sample(1, 20)
    relaxed = time.process_time()
    while (now := time.process_time()) - relaxed < seconds:
        simulation.run(20)
    return relaxed - begin, now - relaxed


def deviational(delta: float, mach: float, seconds: float) -> Outcome:
    """The stress by deviational particles."""
    speed = mach * SOUND
    domain, timestep = slab(delta, speed)
    simulation = DeviationalSimulation(
        GAS, domain, REST, particles_per_cell=30, timestep=timestep, copies=COPIES, seed=1
    )
    spent = sampled(simulation, 2 * relaxation(domain, timestep), seconds)
    found = deviation_fields(simulation.result(), PRESSURE, TEMPERATURE).mean["pressure_tensor"]
    return _outcome("deviational", delta, mach, found.value[XZ], found.stderr[XZ], spent)


@dataclass(frozen=True)
class Bias:
    """Stress in the cells and on the walls over theory, less one, with errors, all in %.

    cell, step : as they came out, over the mean free path and the mean time between collisions
    """

    delta: float
    cell: float
    step: float
    cells: float
    cells_stderr: float
    walls: float
    walls_stderr: float
    seconds: float


def bias(delta: float, cell: float, step: float, seconds: float) -> Bias:
    """Of Couette's stress by deviational particles."""
    speed = 0.001 * SOUND
    domain, timestep = slab(delta, speed, cell, step)
    simulation = DeviationalSimulation(
        GAS, domain, REST, particles_per_cell=800 / domain.cells, timestep=timestep, copies=COPIES, seed=1
    )
    _, spent = sampled(simulation, 2 * relaxation(domain, timestep), seconds)
    samples, taken = simulation.result(), simulation.resolution()
    inside = deviation_fields(samples, PRESSURE, TEMPERATURE).mean["pressure_tensor"]
    shear = wall_fields(samples).whole["shear"]
    sides = Measured(
        (shear.value[0, 2] - shear.value[1, 2]) / 2,
        (shear.replicates[:, 0, 2] - shear.replicates[:, 1, 2]) / 2,
    )
    theory = PRESSURE * speed / (sqrt(pi) * THERMAL) * hard_sphere_channel(delta).couette_ratio
    return Bias(
        delta, taken["cell_over_path"], taken["step_over_collision_time"],
        100 * (-float(inside.value[XZ]) / theory - 1), 100 * float(inside.stderr[XZ]) / theory,
        100 * (float(sides.value) / theory - 1), 100 * float(sides.stderr) / theory, spent,
    )  # fmt: skip


def plain(delta: float, mach: float, seconds: float) -> Outcome:
    """The same by plain DSMC of 50 molecules a cell."""
    domain, timestep = slab(delta, mach * SOUND)
    simulation = Simulation(
        GAS, domain, Filling(PRESSURE, TEMPERATURE, (1.0,)), particles_per_cell=50, timestep=timestep,
        copies=COPIES, seed=1,
    )  # fmt: skip
    spent = sampled(simulation, relaxation(domain, timestep), seconds)
    whole = gas_fields(simulation.result())["pressure_tensor"]
    mean = Measured(whole.value[:, XZ].mean(), whole.replicates[..., XZ].mean(axis=1))
    return _outcome("plain", delta, mach, mean.value, mean.stderr, spent)


def _outcome(
    method: str, delta: float, mach: float, stress: float, error: float, times: tuple[float, float]
) -> Outcome:
    free = PRESSURE * mach * SOUND / (sqrt(pi) * THERMAL)
    theory = hard_sphere_channel(delta).couette_ratio
    return Outcome(method, delta, mach, -stress / free, error / free, theory, *times)


METHODS: dict[str, Callable[[float, float, float], Outcome]] = {"deviational": deviational, "plain": plain}


def print_biases(deltas: list[float], seconds: float) -> None:
    """Run those of BIASED and print a table."""
    print("delta   cell   step   cells [%]  stderr   walls [%]  stderr   cpu [s]")
    for delta in deltas:
        for one in (bias(delta, cell, step, seconds) for cell, step in BIASED):
            print(
                f"{one.delta:5g} {one.cell:6.3f} {one.step:6.2f} {one.cells:11.2f} {one.cells_stderr:7.2f} "
                f"{one.walls:11.2f} {one.walls_stderr:7.2f} {one.seconds:9.1f}",
                flush=True,
            )


def main() -> None:
    """Run all and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--machs", type=float, nargs="+", default=[0.001, 0.01, 0.1])
    parser.add_argument("--deltas", type=float, nargs="+", default=[1.0, 10.0])
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="of cpu time, each run, without relaxation"
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--bias", action="store_true", help="of cells and steps, instead")
    chosen = parser.parse_args()
    if chosen.bias:
        print_biases(chosen.deltas, chosen.seconds)
        return
    outcomes = [
        method(delta, mach, chosen.seconds)
        for delta in chosen.deltas
        for name, method in METHODS.items()
        for mach in (chosen.machs if name == "plain" else chosen.machs[:1])
    ]
    if chosen.json:
        rows = [asdict(one) | {"seconds_to_one_percent": one.seconds_to_one_percent} for one in outcomes]
        print(json.dumps(rows))
        return
    print(
        "method        delta     Ma   stress/free   stderr   theory  relaxation [s]  cpu [s]   cpu to 1 % [s]"
    )
    for one in outcomes:
        print(
            f"{one.method:12s} {one.delta:6g} {one.mach:6g} {one.ratio:12.5f} {one.stderr:9.5f} "
            f"{one.theory:8.5f} {one.relaxation:15.1f} {one.seconds:8.1f} {one.seconds_to_one_percent:14.3g}"
        )


if __name__ == "__main__":
    main()
