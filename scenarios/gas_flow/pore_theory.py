"""Free molecules in a pore, by Clausing's equation, read as a run is read; flow through one without end."""

from typing import NamedTuple

import numpy as np
from numpy.polynomial.legendre import leggauss

from knudsen.analysis.statistics import Array
from knudsen.analysis.transition import clausing
from knudsen.analysis.transition.channel import plane_channel
from knudsen.analysis.transition.tube import GREATEST_DELTA, LEAST_DELTA, round_tube

MIDDLE = 0.5  # share of the pore, about its middle, that the straight line is fitted to


class FreePore(NamedTuple):
    """Clausing's W, wall flux v [cell] and its slope -L dv/dx through the middle; NaN where none is known."""

    transmission: float
    wall_flux: Array
    slope: float


def free_pore(shape: str, slender: float, accommodation: float | None, cells: int) -> FreePore:
    """Of a tube, slit or plate with a hole, whose wall is read in so many cells."""
    if slender == 0:
        return FreePore(1.0, np.empty(0), np.nan)
    if accommodation is None:
        return FreePore(np.nan, np.full(cells, np.nan), np.nan)
    slit = shape == "slit"
    transmission = clausing.slit_transmission if slit else clausing.tube_transmission
    wall_flux = clausing.slit_wall_flux if slit else clausing.tube_wall_flux
    nodes, weights = leggauss(4)
    place = (np.arange(cells)[:, None] + (nodes + 1) / 2) / cells
    flux = wall_flux(place * slender, slender, accommodation) @ weights / 2
    return FreePore(transmission(slender, accommodation), flux, float(middle_slope(flux)))


def middle_slope(flux: Array) -> Array:
    """-L dv/dx of the straight line through the middle of the pore, fitted to [..., cell]."""
    cells = flux.shape[-1]
    place = (np.arange(cells) + 0.5) / cells - 0.5
    place = np.where(np.abs(place) < max(MIDDLE / 2, 1.01 / cells), place, 0.0)
    square = place @ place
    return -(flux @ place) / square if square > 0 else np.full(flux.shape[:-1], np.nan)


def endless_flow(shape: str, delta: float, accommodation: float) -> float:
    """G_P of a tube or slit without end by the Shakhov model; NaN beyond the delta that it is solved for."""
    if not LEAST_DELTA <= delta <= GREATEST_DELTA:
        return np.nan
    flow = plane_channel if shape == "slit" else round_tube
    return flow(delta, accommodation=accommodation).G_P
