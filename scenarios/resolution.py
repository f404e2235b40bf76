"""How fine cells and time steps of a gas flow are, where the user leaves it to us."""

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.resolution import collision_rates

if TYPE_CHECKING:
    from knudsen.scenarios.config import GasConfig

ORDER = 10  # viscosities are converged to 1e-6 and computed in milliseconds
CELLS_PER_MEAN_FREE_PATH = 4
COLLISION_CELLS_PER_MEAN_FREE_PATH = 16
FEWEST_CELLS = 20
PARTICLES_PER_COLLISION_CELL = 25
STEPS_PER_COLLISION_TIME = 5
CELLS_CROSSED = 2  # by the lighter species at its mean speed in a step


def length_of(config: "GasConfig", mean_free_path: float) -> float:
    """L = lambda / Kn,  Kn = sqrt(pi) / (2 delta)."""
    if config.length is not None:
        return config.length
    if config.knudsen is not None:
        return mean_free_path / config.knudsen
    assert config.delta is not None
    return mean_free_path * 2 * config.delta / math.sqrt(math.pi)


def default_cells(length: float, mean_free_path: float) -> int:
    """Sampling cells across a gas where the config leaves them out."""
    return max(math.ceil(length / mean_free_path * CELLS_PER_MEAN_FREE_PATH), FEWEST_CELLS)


def most_subcells(particles_per_cell: float) -> int:
    """Collision cells in a sampling cell that leave each its molecules."""
    return int(particles_per_cell // PARTICLES_PER_COLLISION_CELL)


def collision_frequency(theory: ChapmanEnskog, x: np.ndarray, pressure: float) -> float:
    """Of the species that collides most often at any of the compositions [..., species] [1/s]."""
    return float((x @ collision_rates(theory)).max() * pressure / (BOLTZMANN * theory.temperature))
