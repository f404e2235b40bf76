"""Transport coefficients of the DSMC engine to 0.1 %, by Green-Kubo, beside converged Chapman-Enskog theory.

Hundreds of periodic boxes of 50 molecules: no gradient, no wall and no cell error.  Argon is two halves of
one gas, so that a run also gives its self-diffusion.  All boxes get the same energy: left to chance, it would
vary by sqrt(2 / 3N), and its mean over the boxes would stay the greatest error however long they are watched.
That it is fixed raises each coefficient by a known share of some 1/N (`fixed_energy_excess`), which is part
of what is expected.

python -m knudsen.benchmarks.dsmc_green_kubo [CASE ...] [--share 0.01] [--json]
"""

import argparse
import json
import math
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.green_kubo import TransportIntegrals, fixed_energy_excess, transport_integrals
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Model, species
from knudsen.core.provenance import provenance
from knudsen.dsmc import Filling, Periodic, Simulation, Slab
from knudsen.dsmc.measures.fluctuations import CurrentFluctuations

TEMPERATURE, PRESSURE = 300.0, 1e5
ORDER = 12
COPIES = 200
START_STEPS = 40


@dataclass(frozen=True)
class Case:
    """A gas in equal parts, and how long it is watched.

    Arguments
    ---------
    gases : two; one named twice is marked by a star
    model : of the pairs
    molecules : in a box
    steps_a_time : time steps, and samples, in a stress relaxation time mu / p
    reach : upper limit of an integral in relaxation times of its own current
    times : that each box is watched, in stress relaxation times
    seed : of the run
    """

    gases: tuple[str, str]
    model: Model
    times: float
    molecules: int = 50
    steps_a_time: int = 4
    reach: float = 7.0
    seed: int = 1

    @property
    def mixture(self) -> Mixture:
        """The two species."""
        first, second = (species(name) for name in self.gases)
        return Mixture([first, replace(second, name=second.name + "*" * (first is second))], self.model)


CASES = {
    "hs": Case(("Ar", "Ar"), "hs", 80_000),
    "vss": Case(("Ar", "Ar"), "vss", 80_000),
    "lj": Case(("Ar", "Ar"), "lj", 80_000),
    "he-ar": Case(("He", "Ar"), "vss", 40_000, steps_a_time=8, reach=12.0),
}


@dataclass(frozen=True)
class Row:
    """A coefficient measured and expected.

    name, value, stderr, theory : of an infinite box
    excess : of this one, relative, within the value;  tail : exp(-reach), beyond the upper limit
    """

    name: str
    value: float
    stderr: float
    theory: float
    excess: float
    tail: float

    @property
    def difference(self) -> float:
        """Of the value, without the excess and with the tail, from theory: relative."""
        return self.value / (1 + self.excess) / (1 - self.tail) / self.theory - 1

    @property
    def error(self) -> float:
        """Of the difference."""
        return abs(self.stderr / self.theory)


def integrals(case: Case, share: float = 1.0) -> tuple[ChapmanEnskog, TransportIntegrals]:
    """Theory of a case, and its running integrals after a share of its time."""
    theory = ChapmanEnskog(case.mixture, TEMPERATURE, ORDER)
    times = relaxation_times(theory)
    relaxation = times["viscosity"]
    simulation = Simulation(
        case.mixture, Slab(1e-6, 1, Periodic(), Periodic()), Filling(PRESSURE, TEMPERATURE, (0.5, 0.5)),
        particles_per_cell=case.molecules, timestep=relaxation / case.steps_a_time, copies=COPIES,
        seed=case.seed,
    )  # fmt: skip
    settle(simulation)
    simulation.run(START_STEPS)
    longest = case.reach * max(times.values()) / relaxation
    measure = CurrentFluctuations(lags=math.ceil(longest * case.steps_a_time) + 1)
    simulation.add_measure(measure)
    simulation.run(round(share * case.times * case.steps_a_time))
    return theory, transport_integrals(measure.result())


def settle(simulation: Simulation) -> None:
    """Bring every box to rest and to the temperature, 2 E / (3 (N - 1) k), exactly."""
    particles, masses = simulation.particles, np.array(simulation.gas.masses)
    columns = (particles.vx, particles.vy, particles.vz)
    shape = (simulation.copies, -1)
    mass = masses[particles.species].reshape(shape)
    velocity = np.stack([column.reshape(shape) for column in columns])
    velocity = velocity - (mass * velocity).sum(axis=-1, keepdims=True) / mass.sum(axis=-1)[:, None]
    energy = (mass * velocity**2).sum(axis=(0, 2))
    wanted = 3 * (mass.shape[1] - 1) * BOLTZMANN * TEMPERATURE
    velocity *= np.sqrt(wanted / energy)[:, None]
    for column, each in zip(columns, velocity, strict=True):
        column[:] = each.ravel()


def expected(theory: ChapmanEnskog) -> dict[str, float]:
    """Coefficients of theory of an equal mixture."""
    half = [0.5, 0.5]
    return {
        "viscosity": float(theory.viscosity(half)),
        "thermal_conductivity": float(theory.thermal_conductivity(half)),
        "diffusion_binary": float(theory.diffusion_binary(0.5, PRESSURE)),
        "thermal_diffusion_factor": float(theory.thermal_diffusion_factor(0.5)),
    }


def relaxation_times(theory: ChapmanEnskog) -> dict[str, float]:
    """Of the current behind each coefficient, as if it had one [s]; of alpha_T the longer of two::

    mu / p,    lambda / (n k (5/2) kT sum x/m),    D m_1 m_2 / (kT (x_1 m_1 + x_2 m_2))
    """
    found, masses = expected(theory), np.array(theory.mixture.masses)
    thermal = BOLTZMANN * TEMPERATURE
    density = PRESSURE / thermal
    speeds = 2.5 * thermal * 0.5 * (1 / masses).sum()
    heat = found["thermal_conductivity"] / (density * BOLTZMANN * speeds)
    drift = found["diffusion_binary"] * masses.prod() / (thermal * masses.mean())
    return {
        "viscosity": found["viscosity"] / PRESSURE,
        "thermal_conductivity": heat,
        "diffusion_binary": drift,
        "thermal_diffusion_factor": max(heat, drift),
    }


def rows(case: Case, theory: ChapmanEnskog, found: TransportIntegrals) -> Iterator[Row]:
    """Every coefficient of a case beside theory; alpha_T of two unlike gases alone."""
    excess = fixed_energy_excess(theory, [0.5, 0.5], case.molecules)
    times = relaxation_times(theory)
    for name, value in expected(theory).items():
        if name != "thermal_diffusion_factor" or case.gases[0] != case.gases[1]:
            measured = found.at(case.reach * times[name])[name]
            tail = 0.0 if name == "thermal_diffusion_factor" else math.exp(-case.reach)
            number, error = float(measured.value), float(measured.stderr)
            yield Row(name, number, error, value, excess.get(name, 0.0), tail)


def run(names: list[str], share: float, show: Any) -> dict[str, Any]:
    """The cases named, each shown as it is done."""
    report: dict[str, Any] = {}
    for name in names:
        case, start = CASES[name], time.process_time()
        found = list(rows(case, *integrals(case, share)))
        seconds = time.process_time() - start
        report[name] = {"case": asdict(case), "rows": [asdict(row) for row in found], "cpu_s": seconds}
        show(name, case, found, seconds)
    return report | {"share": share, "provenance": provenance("cpu")}


def show_case(name: str, case: Case, found: list[Row], seconds: float) -> None:
    """The lines of the human table."""
    print(f"{name}: {'-'.join(case.gases)} {case.model}, {COPIES} x {case.molecules}, {seconds:.0f} s of CPU")
    for row in found:
        print(
            f"  {row.name:26s} {row.value:.6g} +- {row.stderr:.2g}  theory {row.theory:.6g}  "
            f"excess of the box {100 * row.excess:.3f} %  rest {100 * row.difference:+.3f}"
            f" +- {100 * row.error:.3f} %  ({row.difference / row.error:+.1f} sigma)",
            flush=True,
        )


def main(arguments: list[str] | None = None) -> None:
    """Run the benchmark and print a table, or with --json one object."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"of {', '.join(CASES)}; all by default")
    parser.add_argument("--share", type=float, default=1.0, help="of each case's time that is run")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    if unknown := set(options.cases) - set(CASES):
        parser.error(f"unknown cases {', '.join(sorted(unknown))}: choose of {', '.join(CASES)}")
    report = run(
        options.cases or list(CASES), options.share, (lambda *_: None) if options.json else show_case
    )
    if options.json:
        print(json.dumps(report))


if __name__ == "__main__":
    main()
