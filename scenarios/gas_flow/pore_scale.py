"""A pore between two reservoirs: its size, its times, and what theory says of it."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.continuum import pores
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Array
from knudsen.core.gases import Mixture
from knudsen.core.results import TheoryKind
from knudsen.scenarios.gas_flow.pore_theory import FreePore, endless_flow, free_pore
from knudsen.scenarios.resolution import PARTICLES_PER_COLLISION_CELL

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.pore_config import PoreConfig

FEWEST_PARTICLES = 40
LEAST_SAMPLED = 4  # relaxation times
PASSES = 1e5  # simulated molecules through the pore, of all copies: W to some 0.3 %
MOST_EFFORT = 20.0  # times as many, where all but a part of them is balanced by what passes against them
ENDS = 1.3  # of either end, in radii: what its resistance adds to a tube's length at most (4/3)
FEW_COLLISIONS = 1e-3  # a molecule on its way, over W: they change W by no more than so many
FREE = 100.0  # mean free path in radii, beyond which vessels of a plate need be no wider than to hold the gas
SMALL_VESSEL, VESSEL = 1.0, 8.0  # of a plate, in radii


@dataclass(frozen=True)
class Pore:
    """A pore's size and what its simulation needs.

    Arguments
    ---------
    gas : what is simulated;  theory : of the config's gases;  composition : mean one, of theory's gases
    pressure_ratio : of the right reservoir over the left
    size : radius, or height of a slit;  length;  wall : distance of the wall from the middle [m]
    cells, widths, subcells : sampling cells along and across the pore, none along a thin plate; their widths
        [m]; collision cells in each;  timestep, collision_time [s], where the gas is densest
    """

    config: "PoreConfig"
    gas: Mixture
    theory: ChapmanEnskog
    composition: tuple[float, ...]
    pressure_ratio: float
    size: float
    length: float
    wall: float
    cells: tuple[int, int]
    widths: tuple[float, float]
    subcells: tuple[int, int]
    timestep: float
    collision_time: float

    @property
    def vessel_size(self) -> float:
        """Length of the vessels, and how far they reach beyond the pore, in radii or heights."""
        if self.config.vessel is not None:
            return self.config.vessel
        if self.config.shape != "orifice":
            return 0.0
        return SMALL_VESSEL if self.mean_free_path > FREE * self.size else VESSEL

    @property
    def vessel_cells(self) -> tuple[int, int]:
        """Cells of a vessel's length, and across it beyond the wall: whole ones."""
        along, across = (math.ceil(self.vessel_size * self.size / width - 1e-9) for width in self.widths)
        return along, across

    @property
    def all_cells(self) -> tuple[int, int]:
        """Sampling cells along and across, vessels included."""
        along, across = self.vessel_cells
        return self.cells[0] + 2 * along, self.cells[1] + across

    @property
    def vessel(self) -> tuple[float, float]:
        """Length of a vessel and its reach beyond the wall [m]."""
        along, across = self.vessel_cells
        return along * self.widths[0], across * self.widths[1]

    @property
    def opening(self) -> float:
        """Section of the pore over that of the vessels."""
        ratio = self.wall / (self.wall + self.vessel[1])
        return ratio if self.config.shape == "slit" else ratio**2

    @property
    def speeds(self) -> Array:
        """Mean thermal speeds (8 k T / (pi m))^(1/2) of the simulated species [m/s]."""
        return np.sqrt(8 * BOLTZMANN * self.config.temperature / (np.pi * np.array(self.gas.masses)))

    @property
    def mean_free_path(self) -> float:
        """lambda at the reservoirs' pressure [m]."""
        return float(self.theory.mean_free_path(self.composition, self.config.pressure))

    @cached_property
    def free(self) -> "FreePore":
        """Clausing's theory of it."""
        config = self.config
        return free_pore(config.shape, config.slender, config.clausing_accommodation, self.cells[0])

    @property
    def has_bore(self) -> bool:
        """Whether it is long enough for a diffusivity of its own, as a plate is not."""
        return self.config.shape != "orifice"

    @property
    def diffusion_length(self) -> float:
        """Length of a duct as wide that resists diffusion as the pore does: pi R / 2 more of a plate [m]."""
        return self.length if self.has_bore else pores.hole_length(self.size, self.length)

    @property
    def permeability(self) -> float:
        """B_0 of viscous flow, per section and `diffusion_length` [m2]."""
        if not self.has_bore:
            return pores.hole_permeability(self.size, self.length)
        slit = self.config.shape == "slit"
        return pores.viscous_permeability(self.size if slit else 2 * self.size, "slit" if slit else "tube")

    def knudsen_diffusivity(self, species: int = 0) -> float:
        """v W / (4 |dv/dx|) of free molecules, read as from a run; of a plate that of conductance [m2/s]."""
        if not self.has_bore:
            return self.conductance_diffusivity(species)
        slope = self.free.slope / self.length
        return float(self.speeds[species] * self.free.transmission / (4 * slope))

    def conductance_diffusivity(self, species: int = 0) -> float:
        """v W / 4 times the diffusion length, of the whole pore, its ends included [m2/s]."""
        return float(self.speeds[species] * self.diffusion_length * self.free.transmission / 4)

    def endless_diffusivity(self) -> float:
        """(c sqrt(pi) / 4) R G_P of a tube or slit without end, at the mean pressure [m2/s]."""
        delta = math.sqrt(math.pi) / 2 * self.size / self.mean_free_path * (1 + self.pressure_ratio) / 2
        flow = endless_flow(self.config.shape, delta, self.config.accommodation)
        return float(math.sqrt(math.pi) / 4 * self.speeds[0] * self.size * flow)

    @property
    def self_diffusion(self) -> float:
        """D of molecules among their like [m2/s]."""
        return float(self.theory.self_diffusion(self.config.pressure))

    @property
    def mean_pressure(self) -> float:
        """Of the two reservoirs [Pa]."""
        return self.config.pressure * (1 + self.pressure_ratio) / 2

    @property
    def viscosity(self) -> float:
        """mu [Pa s]."""
        return float(self.theory.viscosity(self.composition))

    @property
    def reach(self) -> float:
        """Length of the pore and of what its ends resist as [m]."""
        # Where no vessel narrows to it, gas that collides within meets the reservoir in a mean free path.
        end = self.size if self.vessel_size > 0 else min(self.size, self.mean_free_path)
        return self.length + 2 * ENDS * end

    @property
    def spreading(self) -> float:
        """Diffusivity by which the pore's gas relaxes: of one gas by pressure, of two by mixing [m2/s]."""
        slow = float(self.speeds.min())
        # Of molecules in a tube; a long flight along a slit takes a flight's time.
        diffusion = 2 / 3 * self.size * slow
        if len(self.gas) == 1:
            return diffusion + self.permeability * self.mean_pressure / self.viscosity
        if self.mean_free_path < 10 * self.size:
            diffusion = float(pores.bosanquet(diffusion, self.mean_free_path * slow / 3))
        return diffusion

    @property
    def relaxation_time(self) -> float:
        """Of the slowest: diffusion along the pore and in its vessels, and a flight from end to end [s]."""
        slow, (vessel, _) = float(self.speeds.min()), self.vessel
        time = self.reach**2 / (math.pi**2 * self.spreading) + (self.reach + 2 * vessel) / slow
        if len(self.gas) > 1:
            time += 4 * vessel**2 / (math.pi**2 * self.mean_free_path * slow / 3)
        return time

    @property
    def sampled_time(self) -> float:
        """What is sampled, where the config leaves it out: until enough molecules went through [s].

        Of a ratio r of pressures the share 1 - r is the flow, and both ways scatter it.
        """
        molecules, length = (
            self.particles_per_cell * math.prod(self.all_cells),
            self.length + 2 * self.vessel[0],
        )
        line = molecules * self.opening / length
        passing = self.config.ensemble * line * self.spreading / self.reach
        ratio, effort = self.pressure_ratio, 1.0
        if len(self.gas) == 1:
            effort = min((1 + ratio) / (1 - ratio) ** 2, MOST_EFFORT)
        return max(effort * PASSES / passing, LEAST_SAMPLED * self.relaxation_time)

    @property
    def particles_per_cell(self) -> int:
        """Simulated molecules in a sampling cell."""
        parts = PARTICLES_PER_COLLISION_CELL * math.prod(self.subcells)
        return self.config.particles_per_cell or max(FEWEST_PARTICLES, parts)

    @property
    def collisions_on_the_way(self) -> float:
        """Of a molecule, at most: twice the way from end to end at mean speed, over the collision time."""
        return float(2 * (self.reach + 2 * self.vessel[0]) / self.speeds.min() / self.collision_time)

    @property
    def is_free(self) -> bool:
        """Whether collisions can change no more than FEW_COLLISIONS of what passes."""
        return self.collisions_on_the_way < FEW_COLLISIONS * self.free.transmission

    def kind(self, otherwise: TheoryKind = "asymptotic") -> TheoryKind:
        """Exact of free molecules along walls of which Clausing's equation holds, else what it is."""
        if not self.is_free:
            return otherwise
        return "exact" if self.config.of_clausing else "approximate"

    def error(self, value: float) -> float:
        """How much of the value the few collisions of nearly free molecules may change."""
        return abs(value) * self.collisions_on_the_way / self.free.transmission if self.is_free else 0.0

    def resolution(self) -> dict[str, float | str | bool]:
        """How finely the run resolves space and time, and how free its molecules are."""
        widths = [width / parts for width, parts in zip(self.widths, self.subcells, strict=True)]
        return {
            "mean_free_path": self.mean_free_path,
            "knudsen": self.mean_free_path / self.size,
            "collision_cell_over_mean_free_path": max(widths) / self.mean_free_path,
            "timestep": self.timestep,
            "timestep_over_collision_time": self.timestep / self.collision_time,
            "collisions_on_the_way": self.collisions_on_the_way,
            "opening_over_vessel": self.opening,
        }
