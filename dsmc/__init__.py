"""Direct-simulation Monte Carlo: gas, domain, faces and the simulation that joins them."""

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    DiffuseWall,
    EvaporatingSurface,
    ExchangeReservoir,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Periodic,
    Specular,
)
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

__all__ = [
    "AdiabaticWall",
    "Block",
    "Box",
    "Channel",
    "DiffuseWall",
    "EvaporatingSurface",
    "ExchangeReservoir",
    "Filling",
    "LordWall",
    "MaxwellWall",
    "Membrane",
    "Mixture",
    "OpenReservoir",
    "Periodic",
    "Simulation",
    "Slab",
    "Specular",
    "Tube",
]
