"""Lengths, speeds, cells and time step of a gas flow."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import cell_excess, timestep_excess
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess, repeats_are_known
from knudsen.core.gases import Mixture
from knudsen.scenarios.resolution import (
    CELLS_CROSSED,
    COLLISION_CELLS_PER_MEAN_FREE_PATH,
    FEWEST_CELLS,
    ORDER,
    STEPS_PER_COLLISION_TIME,
    collision_frequency,
    default_cells,
    length_of,
    most_subcells,
)

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig

ROOT_PI = math.sqrt(math.pi)
SLOW_CROSSINGS = 4


@dataclass(frozen=True)
class Scale:
    """What a config means in numbers, at its temperature, pressure and composition.

    Arguments
    ---------
    theory : converged Chapman-Enskog theory of the gas;  composition : mole fractions
    pressure [Pa];  collision_time : of the species that collides most often [s]
    length [m];  cells, subcells : sampling cells, and collision cells in each;  timestep [s]
    """

    theory: ChapmanEnskog
    composition: tuple[float, ...]
    pressure: float
    collision_time: float
    length: float
    cells: int
    subcells: int
    timestep: float

    @property
    def gas(self) -> Mixture:
        """The species and their interactions."""
        return self.theory.mixture

    @property
    def temperature(self) -> float:
        """T [K]."""
        return self.theory.temperature

    @property
    def thermal_energy(self) -> float:
        """k T [J]."""
        return BOLTZMANN * self.temperature

    @property
    def number_density(self) -> float:
        """n = p / (k T) [m-3]."""
        return self.pressure / (BOLTZMANN * self.temperature)

    @property
    def mass(self) -> float:
        """Mean mass of a molecule [kg]."""
        return float(np.dot(self.composition, self.gas.masses))

    @property
    def speed(self) -> float:
        """v0 = (2 k T / m)^(1/2), m the mean mass [m/s]."""
        return math.sqrt(2 * BOLTZMANN * self.temperature / self.mass)

    @property
    def mean_speed_ratio(self) -> float:
        """sum_i x_i v0_i / v0: the molecules' mean speed over that of the mean mass."""
        return float(np.dot(self.composition, np.sqrt(self.mass / np.array(self.gas.masses))))

    @cached_property
    def viscosity(self) -> float:
        """mu [Pa s]."""
        return float(self.theory.viscosity(self.composition))

    @cached_property
    def thermal_conductivity(self) -> float:
        """lambda, in a steady state without diffusion [W m-1 K-1]."""
        return float(self.theory.thermal_conductivity(self.composition))

    @property
    def equivalent_path(self) -> float:
        """mu v0 / p [m]."""
        return self.viscosity * self.speed / self.pressure

    @property
    def mean_free_path(self) -> float:
        """lambda = (sqrt(pi) / 2) mu v0 / p [m]."""
        return ROOT_PI / 2 * self.equivalent_path

    @property
    def delta(self) -> float:
        """Rarefaction p L / (mu v0)."""
        return self.length / self.equivalent_path

    @property
    def free_momentum(self) -> float:
        """sum_i n_i m_i v0_i / (2 sqrt(pi)): stress over U of free molecules, diffuse plates [Pa s m-1]."""
        masses = np.array(self.gas.masses)
        speeds = np.sqrt(2 * BOLTZMANN * self.temperature / masses)
        return float(self.number_density * np.dot(self.composition, masses * speeds) / (2 * ROOT_PI))

    @property
    def free_heat(self) -> float:
        """sum_i p_i v0_i / (sqrt(pi) T): heat flux over dT of free molecules, diffuse plates [W m-2 K-1]."""
        return self.pressure * self.mean_speed_ratio * self.speed / (ROOT_PI * self.temperature)

    @property
    def relaxation_time(self) -> float:
        """L^2 rho / (pi^2 mu) of the slowest shear mode, a flight across, and what slow molecules add [s].

        These cross by meeting others, or, where that takes long, one by one.
        """
        density, crossing = self.mass * self.number_density, self.length / self.speed
        slow = min(self.collision_time, SLOW_CROSSINGS * crossing)
        return self.length**2 * density / (math.pi**2 * self.viscosity) + crossing + slow

    def expected_excess(self, particles_per_cell: int) -> dict[str, float]:
        """What cells, steps and few molecules (of soft spheres) add to coefficients of DSMC, relative."""
        gas = self.theory, np.array(self.composition), self.pressure
        parts = [cell_excess(*gas, self.length / self.cells / self.subcells)]
        parts.append(timestep_excess(*gas, self.timestep))
        if repeats_are_known(self.gas):
            parts.append(repeat_excess(*gas, self.timestep, particles_per_cell / self.subcells))
        return {name: sum(part[name] for part in parts) for name in ("viscosity", "thermal_conductivity")}

    def resolution(self) -> dict[str, float]:
        """How finely the run resolves space and time."""
        cell = self.length / self.cells / self.mean_free_path
        return {
            "mean_free_path": self.mean_free_path,
            "delta": self.delta,
            "cell_over_mean_free_path": cell,
            "collision_cell_over_mean_free_path": cell / self.subcells,
            "timestep": self.timestep,
            "timestep_over_collision_time": self.timestep / self.collision_time,
        }


def scale_of(config: "FlowConfig") -> Scale:
    """Size, cells and time step of a config; what it leaves out is chosen here.

    Collision cells of a sixteenth of a mean free path, in low signals, where fine ones make noise, those of
    sampling; a step is a fifth of the collision time over the config's refinement, in low signals a tenth,
    and moves a light molecule two cells at most.
    """
    gas = Mixture(config.gases, config.model)
    theory = ChapmanEnskog(gas, config.temperature, ORDER)
    x = np.array(config.composition)
    path = float(theory.mean_free_path(x, config.pressure))
    time = 1 / collision_frequency(theory, x[None], config.pressure)
    length = length_of(config, path)
    cells = config.cells or default_cells(length, path)
    wanted = math.ceil(length / cells * COLLISION_CELLS_PER_MEAN_FREE_PATH / path)
    subcells = 1 if config.low_signal else min(wanted, most_subcells(config.particles_per_cell))
    fastest = math.sqrt(8 * BOLTZMANN * config.temperature / (math.pi * min(gas.masses)))
    finer = 2 if config.low_signal else config.step_refinement
    crossing = CELLS_CROSSED * length / max(cells, FEWEST_CELLS) / fastest
    return Scale(
        theory, config.composition, config.pressure, time, length, cells, config.subcells or max(1, subcells),
        config.timestep or min(time / STEPS_PER_COLLISION_TIME / finer, crossing),
    )  # fmt: skip
