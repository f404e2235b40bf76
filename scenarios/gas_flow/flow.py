"""All that a scenario of a gas between plates runs by: import it lazily."""

from knudsen.scenarios.gas_flow.run import HEATING, Prediction, Run, along, second_order_of_force, steady_run
from knudsen.scenarios.gas_flow.scale import Scale, scale_of
from knudsen.scenarios.gas_flow.simulation import Drive, simulate, steps_of
from knudsen.scenarios.gas_flow.theory import Reduced, Theory, kinetic_theory

__all__ = [
    "HEATING",
    "Drive",
    "Prediction",
    "Reduced",
    "Run",
    "Scale",
    "Theory",
    "along",
    "kinetic_theory",
    "scale_of",
    "second_order_of_force",
    "simulate",
    "steady_run",
    "steps_of",
]
