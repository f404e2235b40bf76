"""All that a scenario of a gas between plates runs by: import it lazily."""

from knudsen.scenarios.gas_flow.fields import FlowFields, flow_fields
from knudsen.scenarios.gas_flow.run import CONTINUUM, Run, along, steady_run
from knudsen.scenarios.gas_flow.scale import Scale, scale_of
from knudsen.scenarios.gas_flow.simulation import Drive, simulate, steady_part, steps_of
from knudsen.scenarios.gas_flow.theory import Theory, kinetic_theory

__all__ = [
    "CONTINUUM",
    "Drive",
    "FlowFields",
    "Run",
    "Scale",
    "Theory",
    "along",
    "flow_fields",
    "kinetic_theory",
    "scale_of",
    "simulate",
    "steady_part",
    "steady_run",
    "steps_of",
]
