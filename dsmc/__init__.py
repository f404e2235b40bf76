"""Direct-simulation Monte Carlo: gas, domain, faces and the simulation that joins them."""

from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import UserCrossSection, VariableSoftSphere
from knudsen.core.internal import Internal
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    CompositionReservoir,
    DiffuseWall,
    EvaporatingSurface,
    ExchangeReservoir,
    FluxReservoir,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Periodic,
    PressureReservoir,
    Specular,
)
from knudsen.dsmc.collisions import Collisions
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.low_signal import DeviationalSimulation, RestingGas
from knudsen.dsmc.reactions import Arrhenius, Probability, Reaction, backward, equilibrium_constant
from knudsen.dsmc.rotation import RotatingFrame
from knudsen.dsmc.simulation import Simulation

__all__ = [
    "AdiabaticWall",
    "Arrhenius",
    "Block",
    "Box",
    "Channel",
    "Collisions",
    "CompositionReservoir",
    "DeviationalSimulation",
    "DiffuseWall",
    "EvaporatingSurface",
    "ExchangeReservoir",
    "Filling",
    "FluxReservoir",
    "Internal",
    "InternalEnergy",
    "LordWall",
    "MaxwellWall",
    "Membrane",
    "Mixture",
    "OpenReservoir",
    "Periodic",
    "PressureReservoir",
    "Probability",
    "Reaction",
    "RestingGas",
    "RotatingFrame",
    "Simulation",
    "Slab",
    "Species",
    "Specular",
    "Tube",
    "UserCrossSection",
    "VariableSoftSphere",
    "backward",
    "equilibrium_constant",
]
