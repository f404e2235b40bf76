"""Dilute-gas coefficients of Lennard-Jones gases beside Cantera's and KineticGas's: accuracy and time.

`make peers` makes the peers' environment and runs this.  All get the same sigma and epsilon (Svehla 1962).
The converged value is knudsen's at order 12, where the last polynomial moves no number by 1e-5;
`tests/analysis/kinetic/test_lennard_jones.py` holds it against independent references.  Each peer runs in a
process of its own: one that is missing or dies is named as such and stops nobody.
"""

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import TABLE, Mixture

PRESSURE = 101325.0
QUANTITIES = {"viscosity": "Pa s", "thermal_conductivity": "W m^-1 K^-1", "diffusion_binary": "m^2 s^-1"}
CONVERGED = "knudsen, order 12"
TIME_LIMIT = 120.0


class Case(NamedTuple):
    """A gas or an equal mixture, at one temperature [K]."""

    gases: tuple[str, ...]
    temperature: float

    @property
    def composition(self) -> list[float]:
        """Equal mole fractions."""
        return [1 / len(self.gases)] * len(self.gases)

    def to_json(self) -> str:
        """The case as `peer_theory` reads it."""
        gases = [
            {"name": name, "molar_mass": TABLE[name].molar_mass, **asdict(TABLE[name].lj)}
            for name in self.gases
        ]
        state = {"temperature": self.temperature, "pressure": PRESSURE, "x": self.composition}
        return json.dumps({"gases": gases, **state})

    def __str__(self) -> str:
        return f"{'-'.join(self.gases)}, {self.temperature:g} K"


CASES = [
    Case(("He",), 300.0),
    Case(("He", "Ar"), 300.0),
    Case(("Kr", "Ar"), 300.0),
    Case(("He", "Ar"), 1000.0),
]
Numbers = dict[str, float]
CODES = {  # how each is run: its name and option
    CONVERGED: ("knudsen", "12"),
    "knudsen, order 5": ("knudsen", "5"),
    "Cantera, mixture-averaged": ("Cantera", "mixture-averaged"),
    "Cantera, multicomponent": ("Cantera", "multicomponent"),
    "KineticGas, order 2": ("KineticGas", "2"),
    "KineticGas, order 3": ("KineticGas", "3"),
}


def own_numbers(case: Case, order: int) -> Numbers:
    """This package's numbers, and its seconds for a state of another temperature."""
    gas, x = Mixture(case.gases, "lj"), case.composition

    def numbers(temperature: float) -> Numbers:
        theory = ChapmanEnskog(gas, temperature, order)
        made = {
            "viscosity": float(theory.viscosity(x)),
            "thermal_conductivity": float(theory.thermal_conductivity(x)),
        }
        if len(x) == 2:
            made["diffusion_binary"] = float(theory.diffusion_binary(x[0], PRESSURE))
        return made

    numbers(case.temperature * 1.01)  # compilation and tables of the potential are not the state's time
    start = time.perf_counter()
    made = numbers(case.temperature)
    return made | {"seconds": time.perf_counter() - start}


def peer_numbers(python: str, case: Case, code: str, option: str) -> Numbers | str:
    """A peer's numbers from a process of its own, or why there are none."""
    command = [python, str(Path(__file__).with_name("peer_theory.py")), code, option]
    try:
        done = subprocess.run(
            command, input=case.to_json(), capture_output=True, text=True, timeout=TIME_LIMIT
        )
    except subprocess.TimeoutExpired:
        return f"not done in {TIME_LIMIT:g} s"
    if done.stdout:  # KineticGas may die on its way out, its numbers said
        return json.loads(done.stdout.splitlines()[-1])
    if done.returncode < 0:
        return f"killed by signal {-done.returncode}"
    return next(line for line in reversed(done.stderr.splitlines()) if any(map(str.isalpha, line)))


def measure(case: Case, python: str) -> dict[str, Numbers | str]:
    """The case by every code."""
    return {
        label: own_numbers(case, int(option))
        if code == "knudsen"
        else peer_numbers(python, case, code, option)
        for label, (code, option) in CODES.items()
    }


def print_case(case: Case, made: dict[str, Numbers | str]) -> None:
    """One table: each code's numbers, their difference from the converged ones, its time."""
    truth = made[CONVERGED]
    names = [name for name in QUANTITIES if name in truth]
    print(f"\n{case}, {PRESSURE:g} Pa")
    headings = [f"{name} [{QUANTITIES[name]}]" for name in names]
    print("| code | " + " | ".join(headings) + " | s a state |")
    print("|---|" + "---|" * (len(names) + 1))
    for code, numbers in made.items():
        if isinstance(numbers, str):
            print(f"| {code} | {numbers} |" + " |" * len(names))
            continue
        cells = [f"{numbers[name]:.5e} ({100 * (numbers[name] / truth[name] - 1):+.3f} %)" for name in names]
        print(f"| {code} | " + " | ".join(cells) + f" | {numbers['seconds']:.2g} |")


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure every case by every code, and print tables or one JSON object."""
    parser = argparse.ArgumentParser(description="Lennard-Jones gases by knudsen, Cantera and KineticGas.")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument(
        "--peers", default=sys.executable, metavar="PYTHON", help="interpreter that has the peers"
    )
    chosen = parser.parse_args(arguments)
    made = {case: measure(case, chosen.peers) for case in CASES}
    if chosen.json:
        print(json.dumps({str(case): numbers for case, numbers in made.items()}))
        return
    for case, numbers in made.items():
        print_case(case, numbers)


if __name__ == "__main__":
    main()
