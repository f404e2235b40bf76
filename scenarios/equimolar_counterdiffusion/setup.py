"""Size, cells and time step of a counterdiffusion run, and the limits that they must keep."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import Steps, choose_steps
from knudsen.core.gases import Mixture
from knudsen.scenarios.equimolar_counterdiffusion.measures import Bulk
from knudsen.scenarios.faults import Fault
from knudsen.scenarios.resolution import (
    CELLS_CROSSED,
    COLLISION_CELLS_PER_MEAN_FREE_PATH,
    ORDER,
    PARTICLES_PER_COLLISION_CELL,
    STEPS_PER_COLLISION_TIME,
    collision_frequency,
    default_cells,
    length_of,
    most_subcells,
)

if TYPE_CHECKING:
    from knudsen.scenarios.equimolar_counterdiffusion import CounterdiffusionConfig

MOST_SUBCELLS = 1000
RELAXATION_TIMES = 20  # that a run should last


@dataclass(frozen=True)
class Setup:
    """What a config means in numbers.

    Arguments
    ---------
    gas : A and B and their interactions
    mean_free_path, collision_time : at the reference temperature and pressure and the mean composition
        [m]; of the species that collides most often, at the composition where it does [s]: of potentials,
        of hard spheres of their friction, for how often paths turn by little is of no weight
    length [m];  cells, subcells : sampling cells, and collision cells in each;  timestep [s]
    relaxation_time : of the slowest mode of the composition, L^2 / (pi^2 D) and a flight across [s]
    """

    gas: Mixture
    mean_free_path: float
    collision_time: float
    length: float
    cells: int
    subcells: int
    timestep: float
    relaxation_time: float

    @property
    def knudsen(self) -> float:
        """Kn = mean free path / L."""
        return self.mean_free_path / self.length

    @property
    def cell_width(self) -> float:
        """Width of a sampling cell [m]."""
        return self.length / self.cells


def setup(config: "CounterdiffusionConfig") -> Setup:
    """Size, cells and time step of a config; what it leaves out is chosen here.

    Cells of a quarter of a mean free path hold collision cells of a sixteenth, as far as 25 molecules
    are in each; a step is a fifth of the collision time, and moves a light molecule two cells at most.
    `transport_error` sets collision cells and the step in place of these fractions.
    """
    gas = Mixture(config.gases, config.model)
    theory = ChapmanEnskog(gas, config.temperature, ORDER)
    x_A = np.array([(config.x_left + config.x_right) / 2, config.x_left, config.x_right])
    x = np.stack([x_A, 1 - x_A], axis=-1)
    path = float(theory.mean_free_path(x[0], config.pressure))
    time = 1 / collision_frequency(theory, x, config.pressure)
    length = length_of(config, path)
    cells = config.cells or default_cells(length, path)
    speed = math.sqrt(8 * GAS_CONSTANT * config.temperature / math.pi)
    fast, slow = (speed / math.sqrt(pick(s.molar_mass for s in gas.species)) for pick in (min, max))
    diffusion = float(theory.diffusion_binary(x_A[0], config.pressure))
    chosen = Steps(path / COLLISION_CELLS_PER_MEAN_FREE_PATH, time / STEPS_PER_COLLISION_TIME)
    most = most_subcells(config.particles_per_cell)
    if config.transport_error is not None:
        chosen = choose_steps(theory, x, config.pressure, config.transport_error)
        most = MOST_SUBCELLS
    subcells = max(1, min(math.ceil(length / cells / chosen.width), most))
    return Setup(
        gas=gas,
        mean_free_path=path,
        collision_time=time,
        length=length,
        cells=cells,
        subcells=config.subcells or subcells,
        timestep=config.timestep or min(chosen.timestep, CELLS_CROSSED * length / cells / fast),
        relaxation_time=length**2 / (math.pi**2 * diffusion) + length / slow,
    )


def faults(config: "CounterdiffusionConfig") -> list[Fault]:
    """Cells and a time step too coarse for any result."""
    scale, found = setup(config), []
    if scale.cell_width > scale.mean_free_path:
        found.append(Fault("cells", _cells_text(scale), f"give {_better_cells(scale)} or more"))
    elif scale.cells < Bulk.fewest_cells(scale.length, scale.mean_free_path):
        problem = f"{scale.cells} are too few to fit the composition between the Knudsen layers"
        found.append(Fault("cells", problem, f"give {_better_cells(scale)} or more"))
    if scale.timestep > scale.collision_time:
        found.append(Fault("timestep", _step_text(scale), f"give {_better_step(scale):.2g} s or less"))
    return found


def warnings(config: "CounterdiffusionConfig") -> list[str]:
    """What can be run, but coarsely or for too short a time."""
    scale, found = setup(config), []
    if scale.cell_width > scale.mean_free_path / 2:
        found.append(f"cells: {_cells_text(scale)}: {_better_cells(scale)} or more are better")
    if scale.timestep > scale.collision_time / 3:
        found.append(f"timestep: {_step_text(scale)}: {_better_step(scale):.2g} s or less is better")
    lasts = config.steps * scale.timestep / scale.relaxation_time
    if lasts < RELAXATION_TIMES:
        better = math.ceil(RELAXATION_TIMES / lasts * config.steps / 1000) * 1000
        found.append(
            f"steps: {config.steps} steps last {lasts:.3g} relaxation times of the composition: "
            f"{better} or more are better"
        )
    fewest = config.particles_per_cell / scale.subcells
    if fewest < PARTICLES_PER_COLLISION_CELL / 2:
        better = PARTICLES_PER_COLLISION_CELL * scale.subcells
        found.append(
            f"particles_per_cell: {fewest:.2g} molecules in a collision cell: {better} a cell are better"
        )
    return found


def _cells_text(scale: Setup) -> str:
    ratio = scale.cell_width / scale.mean_free_path
    return f"a cell of {scale.cell_width:.3g} m is {ratio:.2g} mean free paths wide ({scale.cells} cells)"


def _better_cells(scale: Setup) -> int:
    return default_cells(scale.length, scale.mean_free_path)


def _step_text(scale: Setup) -> str:
    ratio = scale.timestep / scale.collision_time
    return f"a step of {scale.timestep:.3g} s is {ratio:.2g} mean collision times"


def _better_step(scale: Setup) -> float:
    return scale.collision_time / STEPS_PER_COLLISION_TIME
