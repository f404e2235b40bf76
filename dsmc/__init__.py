"""Direct-simulation Monte Carlo: gas, domain, faces and the simulation that joins them."""

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.building import Block
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

__all__ = [
    "Block",
    "Box",
    "Channel",
    "DiffuseWall",
    "ExchangeReservoir",
    "Filling",
    "Mixture",
    "OpenReservoir",
    "Periodic",
    "Simulation",
    "Slab",
    "Specular",
    "Tube",
]
