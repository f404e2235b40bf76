"""What a molecule meets at a face: small frozen descriptions."""

from knudsen.dsmc.boundaries.checks import PerSpecies, WallTemperature, as_tuples, has_knots, within
from knudsen.dsmc.boundaries.open_faces import (
    CompositionReservoir,
    EvaporatingSurface,
    ExchangeReservoir,
    FluxReservoir,
    OpenReservoir,
    PressureReservoir,
    Reservoir,
    half_range_flux,
)
from knudsen.dsmc.boundaries.walls import (
    AdiabaticWall,
    DiffuseWall,
    LordWall,
    MaxwellWall,
    Periodic,
    Specular,
    Wall,
)

Boundary = Periodic | Wall | EvaporatingSurface | ExchangeReservoir | Reservoir

__all__ = [
    "AdiabaticWall",
    "Boundary",
    "CompositionReservoir",
    "DiffuseWall",
    "EvaporatingSurface",
    "ExchangeReservoir",
    "FluxReservoir",
    "LordWall",
    "MaxwellWall",
    "OpenReservoir",
    "PerSpecies",
    "Periodic",
    "PressureReservoir",
    "Reservoir",
    "Specular",
    "Wall",
    "WallTemperature",
    "as_tuples",
    "half_range_flux",
    "has_knots",
    "within",
]
