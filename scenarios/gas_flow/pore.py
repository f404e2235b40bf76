"""A pore between two reservoirs: its size, cells and time step, its simulation, and Clausing's theory."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.continuum.pores import bosanquet, knudsen_diffusivity_duct
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Array
from knudsen.analysis.transition import clausing
from knudsen.core.gases import Mixture
from knudsen.core.results import TheoryKind
from knudsen.dsmc import (
    Block,
    Channel,
    EvaporatingSurface,
    Filling,
    MaxwellWall,
    OpenReservoir,
    Simulation,
    Specular,
    Tube,
)
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
COLLISION_CELLS_PER_PATH = 3
FEWEST_PARTICLES = 40
TRANSIENT, SAMPLED = 5, 20  # relaxation times
BLOCKS, SAMPLE_EVERY = 50, 4
ENDS = 1.3  # of either end, in radii: what its resistance adds to a tube's length at most (4/3)
FEW_COLLISIONS = 1e-3  # a molecule on its way, over W: they change W by no more than so many
MIDDLE = 0.5  # share of the pore, about its middle, that the straight line is fitted to
Side = OpenReservoir | EvaporatingSurface


@dataclass(frozen=True)
class Pore:
    """A pore's size and what its simulation needs.

    Arguments
    ---------
    gas : what is simulated;  theory : of the config's gases;  composition : mean one, of theory's gases
    size : radius, or height of a slit;  length;  wall : distance of the wall from the middle [m]
    vessel : length of a vessel and its reach beyond the wall [m]
    cells, subcells : along and across the pore;  timestep [s]
    """

    config: "PoreConfig"
    gas: Mixture
    theory: ChapmanEnskog
    composition: tuple[float, ...]
    size: float
    length: float
    wall: float
    cells: tuple[int, int]
    subcells: tuple[int, int]
    timestep: float
    collision_time: float

    @property
    def vessel_cells(self) -> tuple[int, int]:
        """Cells of a vessel's length, and across it beyond the wall: whole ones."""
        reach = self.config.vessel_size * self.size
        widths = self.length / self.cells[0], self.wall / self.cells[1]
        return math.ceil(reach / widths[0] - 1e-9), math.ceil(reach / widths[1] - 1e-9)

    @property
    def vessel(self) -> tuple[float, float]:
        """Length of a vessel and its reach beyond the wall [m]."""
        (along, across), cells = self.vessel_cells, self.cells
        return along * self.length / cells[0], across * self.wall / cells[1]

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
        return free_pore(self.config.shape, self.config.slender, self.config.accommodation, self.cells[0])

    def knudsen_diffusivity(self, species: int = 0) -> float:
        """v W / (4 |dv/dx|) of free molecules, read as from a run; of an orifice v L W / 4 [m2/s]."""
        slope = self.free.slope / self.length
        return float(self.speeds[species] * self.free.transmission / (4 * slope))

    def conductance_diffusivity(self, species: int = 0) -> float:
        """v L W / 4 of the whole pore, its ends included [m2/s]."""
        mass = self.theory.mixture.species[min(species, len(self.theory.mixture) - 1)].molar_mass
        return knudsen_diffusivity_duct(
            self.free.transmission, self.length, self.config.temperature, mass
        )  # fmt: skip

    @property
    def self_diffusion(self) -> float:
        """D of molecules among their like [m2/s]."""
        return float(self.theory.self_diffusion(self.config.pressure))

    @property
    def relaxation_time(self) -> float:
        """Of the slowest: diffusion along the pore and through its ends, and a flight along it [s]."""
        slow, reach = self.speeds.min(), self.length + 2 * (ENDS * self.size + self.vessel[0])
        # Of molecules in a tube; a long flight along a slit is in the second term.
        diffusion = 2 / 3 * self.size * slow
        if self.mean_free_path < 10 * self.size:
            diffusion = float(bosanquet(diffusion, self.mean_free_path * slow / 3))
        return float(reach**2 / (math.pi**2 * diffusion) + reach / slow)

    @property
    def collisions_on_the_way(self) -> float:
        """Of a molecule, at most: mean residence 2 L / v over the collision time."""
        return float(2 * self.length / self.speeds.min() / self.collision_time)

    @property
    def is_free(self) -> bool:
        """Whether collisions can change no more than FEW_COLLISIONS of what passes."""
        return self.collisions_on_the_way < FEW_COLLISIONS * self.free.transmission

    def kind(self, otherwise: TheoryKind = "asymptotic") -> TheoryKind:
        """Exact of free molecules, else what it is."""
        return "exact" if self.is_free else otherwise

    def error(self, value: float) -> float:
        """How much of the value the few collisions of nearly free molecules may change."""
        return abs(value) * self.collisions_on_the_way / self.free.transmission if self.is_free else 0.0

    def resolution(self) -> dict[str, float | str | bool]:
        """How finely the run resolves space and time, and how free its molecules are."""
        widths = self.length / self.cells[0] / self.subcells[0], self.wall / self.cells[1] / self.subcells[1]
        return {
            "mean_free_path": self.mean_free_path,
            "knudsen": self.mean_free_path / self.size,
            "collision_cell_over_mean_free_path": max(widths) / self.mean_free_path,
            "timestep": self.timestep,
            "timestep_over_collision_time": self.timestep / self.collision_time,
            "collisions_on_the_way": self.collisions_on_the_way,
            "opening_over_vessel": self.opening,
        }


class FreePore(NamedTuple):
    """Clausing's W, wall flux v [cell] and its slope -L dv/dx through the middle of the pore."""

    transmission: float
    wall_flux: Array
    slope: float


def free_pore(shape: str, slender: float, accommodation: float, cells: int) -> FreePore:
    """Of a tube, slit or plate with a hole, whose wall is read in so many cells."""
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


def pore_of(config: "PoreConfig", gas: Mixture, composition: tuple[float, ...]) -> Pore:
    """The pore of a config; what it leaves out is chosen here.

    gas : what is simulated;  composition : mean one of the config's gases
    """
    theory = ChapmanEnskog(Mixture(config.gases, config.model), config.temperature, ORDER)
    x = np.array(composition)
    path = float(theory.mean_free_path(x, config.pressure))
    time = 1 / collision_frequency(theory, x[None], config.pressure)
    size = length_of(config, path)
    length, wall = size * config.slender, size / 2 if config.shape == "slit" else size
    # Sampling cells of a plate are as long as it is thick.
    cells = 1 if config.shape == "orifice" else CELLS_ALONG, config.cells or CELLS_ACROSS
    widths = length / cells[0], wall / cells[1]
    subcells = tuple(max(1, math.ceil(width * COLLISION_CELLS_PER_PATH / path)) for width in widths)
    fastest = math.sqrt(8 * BOLTZMANN * config.temperature / (math.pi * min(gas.masses)))
    step = min(time / STEPS_PER_COLLISION_TIME, CELLS_CROSSED * widths[1] / subcells[1] / fastest)
    return Pore(
        config, gas, theory, composition, size, length, wall, cells, (subcells[0], subcells[1]),
        config.timestep or step, time,
    )  # fmt: skip


def simulate(pore: Pore, ends: tuple[Side, Side], filling: Filling, steps: int, device: str) -> Simulation:
    """The gas at its start, sampling from the first step on."""
    config, parts = pore.config, math.prod(pore.subcells)
    simulation = Simulation(
        pore.gas,
        domain_of(pore, ends),
        filling,
        particles_per_cell=config.particles_per_cell
        or max(FEWEST_PARTICLES, PARTICLES_PER_COLLISION_CELL * parts),
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
    wall = MaxwellWall(config.temperature, config.accommodation)
    extents = pore.length + 2 * along, pore.wall + across
    more = pore.vessel_cells
    cells = pore.cells[0] + 2 * more[0], pore.cells[1] + more[1]
    outer, blocks = wall, ()
    if across > 0:  # the vessel's side is as a mirror: the next pore's vessel
        outer = Specular()
        blocks = (Block((along, pore.wall), (along + pore.length, extents[1]), wall),)
    if config.shape == "slit":
        return Channel(extents, cells, *ends, Specular(), outer, pore.subcells, blocks)
    return Tube(*extents, cells, *ends, outer, subcells=pore.subcells, blocks=blocks)


def transient_of(pore: Pore) -> int:
    """Steps left out of every mean."""
    if pore.config.transient_steps is not None:
        return pore.config.transient_steps
    return math.ceil(TRANSIENT * pore.relaxation_time / pore.timestep)


def steps_of(pore: Pore) -> int:
    """Steps of a run: the config's, or its transient and SAMPLED relaxation times, in whole blocks."""
    if pore.config.steps is not None:
        return pore.config.steps
    steps = transient_of(pore) + SAMPLED * pore.relaxation_time / pore.timestep
    return math.ceil(steps / (BLOCKS * SAMPLE_EVERY)) * BLOCKS * SAMPLE_EVERY
