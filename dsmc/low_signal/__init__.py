"""Low signals: deviational particles of the linearised Boltzmann equation, for hard spheres."""

from knudsen.dsmc.low_signal.problem import RestingGas
from knudsen.dsmc.low_signal.simulation import DeviationalSimulation

__all__ = ["DeviationalSimulation", "RestingGas"]
