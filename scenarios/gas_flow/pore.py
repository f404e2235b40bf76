"""A pore between two reservoirs: its size, cells and time step, its simulation, and Clausing's theory."""

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
from knudsen.dsmc import (
    Block,
    Channel,
    EvaporatingSurface,
    Filling,
    Membrane,
    OpenReservoir,
    Simulation,
    Specular,
    Tube,
)
from knudsen.scenarios.gas_flow.pore_theory import FreePore, free_pore
from knudsen.scenarios.gas_flow.simulation import Wall, wall_of
from knudsen.scenarios.resolution import (
    CELLS_CROSSED,
    ORDER,
    PARTICLES_PER_COLLISION_CELL,
    STEPS_PER_COLLISION_TIME,
    collision_frequency,
    length_of,
)

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.pore_config import PoreConfig

CELLS_ACROSS, CELLS_ALONG = 4, 20
COLLISION_CELLS_PER_PATH = 3  # across, and about a plate
COLLISION_CELLS_ALONG_PER_PATH = 1  # of tubes and slits, along which the gas changes little
FEWEST_PARTICLES = 40
TRANSIENT, LEAST_SAMPLED = 5, 4  # relaxation times
PASSES = 1e5  # simulated molecules through the pore, of all copies: W to some 0.3 %
MOST_EFFORT = 20.0  # times as many, where all but a part of them is balanced by what passes against them
BLOCKS, SAMPLE_EVERY = 50, 4
ENDS = 1.3  # of either end, in radii: what its resistance adds to a tube's length at most (4/3)
FEW_COLLISIONS = 1e-3  # a molecule on its way, over W: they change W by no more than so many
FREE = 100.0  # mean free path in radii, beyond which vessels of a plate need be no wider than to hold the gas
SMALL_VESSEL, VESSEL = 1.0, 6.0  # of a plate, in radii
Side = OpenReservoir | EvaporatingSurface


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
        (along, across), (length, _) = self.vessel_cells, self.vessel
        cells = (self.cells[0] + 2 * along) * (self.cells[1] + across)
        line = self.particles_per_cell * cells * self.opening / (self.length + 2 * length)
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


def pore_of(
    config: "PoreConfig", gas: Mixture, composition: tuple[float, ...], pressure_ratio: float = 1.0
) -> Pore:
    """The pore of a config; what it leaves out is chosen here.

    gas : what is simulated;  composition : mean one of the config's gases
    pressure_ratio : of the right reservoir over the left
    """
    theory = ChapmanEnskog(Mixture(config.gases, config.model), config.temperature, ORDER)
    x = np.array(composition)
    path = float(theory.mean_free_path(x, config.pressure))
    densest = max(1.0, pressure_ratio)
    time = 1 / collision_frequency(theory, x[None], config.pressure * densest)
    size = length_of(config, path)
    length, wall = size * config.slender, size / 2 if config.shape == "slit" else size
    cells, widths = _cells(config, length, wall)
    per_path = COLLISION_CELLS_PER_PATH, COLLISION_CELLS_PER_PATH
    if config.shape != "orifice":
        per_path = COLLISION_CELLS_ALONG_PER_PATH, COLLISION_CELLS_PER_PATH
    finest = [width * n * densest / path for width, n in zip(widths, per_path, strict=True)]
    # Marks diffuse through a gas that rests in equilibrium: alike in cells of any size.
    marked = len(gas) > len(config.gases)
    subcells = [1 if marked else max(1, math.ceil(n)) for n in finest]
    fastest = math.sqrt(8 * BOLTZMANN * config.temperature / (math.pi * min(gas.masses)))
    step = min(time / STEPS_PER_COLLISION_TIME, CELLS_CROSSED * widths[1] / subcells[1] / fastest)
    return Pore(
        config, gas, theory, composition, pressure_ratio, size, length, wall, cells, widths,
        (subcells[0], subcells[1]), config.timestep or step, time,
    )  # fmt: skip


def _cells(config: "PoreConfig", length: float, wall: float) -> tuple[tuple[int, int], tuple[float, float]]:
    """Sampling cells along and across a pore and their widths [m]; those along a plate are near square."""
    across = config.cells or CELLS_ACROSS
    width = wall / across
    along = math.ceil(length / width - 1e-9) if config.shape == "orifice" else CELLS_ALONG
    return (along, across), (length / along if along else width, width)


def simulate(pore: Pore, ends: tuple[Side, Side], filling: Filling, steps: int, device: str) -> Simulation:
    """The gas at its start, sampling from the first step on."""
    config = pore.config
    simulation = Simulation(
        pore.gas,
        domain_of(pore, ends),
        filling,
        particles_per_cell=pore.particles_per_cell,
        timestep=pore.timestep,
        copies=config.ensemble,
        seed=config.seed,
        device=device,
    )
    every = max(1, min(SAMPLE_EVERY, steps // BLOCKS))
    simulation.sample(every, max(steps // (BLOCKS * every), 1) * every)
    return simulation


def domain_of(pore: Pore, ends: tuple[Side, Side]) -> Channel | Tube:
    """The pore, alone or with its vessels; a slit from its middle plane to its wall."""
    config, (along, across) = pore.config, pore.vessel
    wall = wall_of(config, config.temperature)
    extents = pore.length + 2 * along, pore.wall + across
    more = pore.vessel_cells
    cells = pore.cells[0] + 2 * more[0], pore.cells[1] + more[1]
    outer: Wall | Specular = wall
    solids: dict[str, tuple[Block | Membrane, ...]] = {}
    if across > 0:  # the vessel's side is as a mirror: the next pore's vessel
        outer = Specular()
        low, high = (along, pore.wall), (along + pore.length, extents[1])
        if pore.length > 0:
            solids["blocks"] = (Block(low, high, wall),)
        else:
            solids["membranes"] = (Membrane(0, along, 0.0, wall, low, high),)
    if config.shape == "slit":
        return Channel(extents, cells, *ends, Specular(), outer, pore.subcells, **solids)
    return Tube(*extents, cells, *ends, outer, subcells=pore.subcells, **solids)


def transient_of(pore: Pore) -> int:
    """Steps left out of every mean."""
    if pore.config.transient_steps is not None:
        return pore.config.transient_steps
    return math.ceil(TRANSIENT * pore.relaxation_time / pore.timestep)


def steps_of(pore: Pore) -> int:
    """Steps of a run: the config's, or its transient and what is sampled, in whole blocks."""
    if pore.config.steps is not None:
        return pore.config.steps
    steps = transient_of(pore) + pore.sampled_time / pore.timestep
    return math.ceil(steps / (BLOCKS * SAMPLE_EVERY)) * BLOCKS * SAMPLE_EVERY
