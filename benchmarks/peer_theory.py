"""Cantera's and KineticGas's coefficients of a Lennard-Jones gas, run by their own interpreter.

Imports nothing of knudsen: KineticGas needs NumPy 1, so the peers have an environment of their own
(`make peers`).  Reads one JSON case from stdin and prints one JSON object of numbers and seconds.
"""

import json
import sys
import time
from collections.abc import Callable
from typing import Any

GAS_CONSTANT = 8.31446261815324
Numbers = dict[str, float]


def cantera(case: dict[str, Any], model: str) -> Callable[[float], Numbers]:
    """Cantera's transport model of that name."""
    import cantera as ct

    def species(gas: dict[str, Any]) -> "ct.Species":
        made = ct.Species(gas["name"], {gas["name"]: 1})
        made.thermo = ct.ConstantCp(200, 5000, case["pressure"], [298.15, 0, 0, 2.5 * ct.gas_constant])
        made.transport = ct.GasTransportData()
        made.transport.set_customary_units("atom", gas["sigma"] * 1e10, gas["epsilon_over_k"], 0, 0, 0, 0, 0)
        return made

    gas = ct.Solution(thermo="ideal-gas", species=list(map(species, case["gases"])), transport_model=model)
    gas.X = case["x"]

    def numbers(temperature: float) -> Numbers:
        gas.TP = temperature, case["pressure"]
        made = {"viscosity": gas.viscosity, "thermal_conductivity": gas.thermal_conductivity}
        if len(case["gases"]) == 2:
            made["diffusion_binary"] = gas.binary_diff_coeffs[0, 1]
        return made

    return numbers


def kinetic_gas(case: dict[str, Any], order: str) -> Callable[[float], Numbers]:
    """KineticGas's dilute limit of the Mie 12-6 potential at the given order."""
    from pykingas.MieKinGas import MieKinGas

    gases = case["gases"] if len(case["gases"]) > 1 else case["gases"] * 2  # it takes mixtures alone
    x = [1 / len(gases)] * len(gases)
    gas = MieKinGas(
        ",".join(gas["name"] for gas in gases).upper(),
        mole_weights=[1e3 * gas["molar_mass"] for gas in gases],
        sigma=[gas["sigma"] for gas in gases],
        eps_div_k=[gas["epsilon_over_k"] for gas in gases],
        la=[6.0] * len(gases),
        lr=[12.0] * len(gases),
        is_idealgas=True,
    )

    def numbers(temperature: float) -> Numbers:
        state, N = (temperature, GAS_CONSTANT * temperature / case["pressure"], x), int(order)
        made = {
            "viscosity": float(gas.viscosity(*state, N=N)),
            "thermal_conductivity": float(gas.thermal_conductivity(*state, N=N)),
        }
        if len(case["gases"]) == 2:
            made["diffusion_binary"] = float(gas.interdiffusion(*state, N=N))
        return made

    return numbers


def main() -> None:
    """Numbers of the code and option on the command line for the case on stdin."""
    code, option = sys.argv[1:]
    case = json.load(sys.stdin)
    numbers = {"Cantera": cantera, "KineticGas": kinetic_gas}[code](case, option)
    numbers(case["temperature"] * 1.01)  # tables and fits of the potential are not the state's time
    start = time.perf_counter()
    made = numbers(case["temperature"])
    print(json.dumps({**made, "seconds": time.perf_counter() - start}), flush=True)


if __name__ == "__main__":
    main()
