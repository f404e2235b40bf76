"""All that a scenario of a gas between plates runs by: import it lazily."""

from knudsen.scenarios.gas_flow.ducts import flow_lost, heat_lost, rough_rate, viscous_rate
from knudsen.scenarios.gas_flow.run import SMALL, Prediction, Run, along, steady_run
from knudsen.scenarios.gas_flow.scale import Scale, scale_of
from knudsen.scenarios.gas_flow.simulation import Drive, simulate, steps_of
from knudsen.scenarios.gas_flow.theory import Reduced, Theory, kinetic_theory

__all__ = [
    "SMALL",
    "Drive",
    "Prediction",
    "Reduced",
    "Run",
    "Scale",
    "Theory",
    "along",
    "flow_lost",
    "heat_lost",
    "kinetic_theory",
    "rough_rate",
    "scale_of",
    "simulate",
    "steady_run",
    "steps_of",
    "viscous_rate",
]
