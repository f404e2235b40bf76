"""Direct-simulation Monte Carlo: gas, slab, faces and the simulation that joins them."""

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.slab import Filling, Slab

__all__ = [
    "DiffuseWall",
    "ExchangeReservoir",
    "Filling",
    "Mixture",
    "OpenReservoir",
    "Periodic",
    "Simulation",
    "Slab",
    "Specular",
]
