"""What a config means in numbers: gas, rates, cells, time step, and how long the run lasts."""

import math
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.irreversible.diffusion_stress import MomentRates
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Array
from knudsen.core.gases import Mixture
from knudsen.core.results import TheoryKind
from knudsen.scenarios.diffusion_stress.gas import gas_of
from knudsen.scenarios.resolution import (
    CELLS_CROSSED,
    COLLISION_CELLS_PER_MEAN_FREE_PATH,
    ORDER,
    STEPS_PER_COLLISION_TIME,
    collision_frequency,
    default_cells,
    length_of,
    most_subcells,
)

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

DRIVEN_STEPS = 20  # in a collision time
TRANSIENT = {"driven": 7, "counterdiffusion": 4}  # relaxation times that are left out
SAMPLED = 7  # relaxation times of a driven gas's default run after those
MOLECULES = {"driven": 10_000, "counterdiffusion": 100}  # in a cell
FEWEST_MOLECULES = 25
WORK = {True: 5e9, False: 1e9}  # particle-steps of a slab's default run, with a bulk and without
TRANSIENT_WORK = 0.7  # of those at most, or a cell has fewer molecules
MARGIN = 12  # lengths `Scale.layer` that a slab's bulk keeps from its ends
LEAST_BULK = 0.2  # of the slab's length: where layers leave less, they reach into what is read
DRIFT = {"maxwell": 1.0}  # any speed is the same to Maxwell molecules; heating makes slow ones noisy
SLOW_DRIFT = 0.2  # heats others little
BLOCKS = 140


class Known(NamedTuple):
    """How well a theory holds, and its name."""

    kind: TheoryKind
    source: str


@dataclass(frozen=True)
class Scale:
    """Arguments
    ---------
    mode : of the config;  theory : of its gas at the temperature of the start
    composition : mole fractions, in the mean;  pressure : p [Pa]
    collision_time : of the species that collides most often [s];  length [m]
    cells, subcells, particles_per_cell;  timestep [s]
    drift : w / (2 k T / m_r)^(1/2) that forces shall keep up
    """

    mode: str
    theory: ChapmanEnskog
    composition: tuple[float, float]
    pressure: float
    collision_time: float
    length: float
    cells: int
    subcells: int
    particles_per_cell: int
    timestep: float
    drift: float

    @property
    def gas(self) -> Mixture:
        """The two species and their interactions."""
        return self.theory.mixture

    @property
    def reduced_mass(self) -> float:
        """m_r [kg]."""
        return self.gas.reduced_mass(0, 1)

    @cached_property
    def rates(self) -> MomentRates:
        """Of momentum and stress, at the temperature of the start."""
        return MomentRates.of(self.theory)

    @property
    def known(self) -> Known:
        """The moment equations."""
        if self.gas.model == "maxwell":
            return Known("exact", "moment equations of Maxwell molecules")
        return Known("approximate", "Grad's 13 moments without heat flux")

    @property
    def density(self) -> Array:
        """n_a [species] [1/m^3]."""
        return self.pressure / (BOLTZMANN * self.theory.temperature) * np.array(self.composition)

    @property
    def drift_speed(self) -> float:
        """w = u_A - u_B that the forces would keep up [m/s]."""
        return self.drift * math.sqrt(2 * BOLTZMANN * self.theory.temperature / self.reduced_mass)

    @cached_property
    def force(self) -> Array:
        """Forces that balance the friction at that drift [species] [N/m^3]; their sum is zero."""
        return -self.rates.friction(self.density, [self.drift_speed, 0.0])

    @property
    def layer(self) -> float:
        """(k T / m)^(1/2) / (n K1) of the lighter species [m]: layers decay over 2 of them, then over 4."""
        thermal = math.sqrt(BOLTZMANN * self.theory.temperature / min(self.gas.masses))
        return thermal / float(self.density.sum() * self.rates.momentum[0, 1])

    @property
    def has_bulk(self) -> bool:
        """Whether layers leave enough of a slab."""
        return self.length / 2 - MARGIN * self.layer >= LEAST_BULK / 2 * self.length

    def bulk(self, position: Array) -> Array:
        """Which cells are read [cell]: beyond the layers, or the middle where these are all there is."""
        half = max(self.length / 2 - MARGIN * self.layer, LEAST_BULK / 2 * self.length)
        return np.abs(position - self.length / 2) < half

    @cached_property
    def relaxation_time(self) -> float:
        """Of what relaxes last [s]: stress or drift of a uniform gas; in a slab an eighth of what
        composition takes, which starts near its steady line."""
        if self.mode == "driven":
            slowest = min(np.linalg.eigvals(self.rates.relaxation(self.density)).real)
            change = self.rates.friction(self.density, [1.0, 0.0]) / (self.density * self.rates.masses)
            return 1 / float(min(slowest, change[1] - change[0]))
        diffusion = float(self.theory.diffusion_binary(self.composition[0], self.pressure))
        slow = math.sqrt(8 * BOLTZMANN * self.theory.temperature / (math.pi * max(self.gas.masses)))
        return self.length**2 / (8 * math.pi**2 * diffusion) + self.length / slow

    def resolution(self) -> dict[str, float]:
        """How finely the run resolves space and time."""
        path = self.mean_free_path
        found = {
            "mean_free_path": path,
            "timestep": self.timestep,
            "timestep_over_collision_time": self.timestep / self.collision_time,
        }
        if self.mode == "driven":
            return found
        cell = self.length / self.cells / path
        return found | {
            "knudsen": self.knudsen,
            "cell_over_mean_free_path": cell,
            "collision_cell_over_mean_free_path": cell / self.subcells,
        }

    @property
    def knudsen(self) -> float:
        """Kn = lambda / L."""
        return self.mean_free_path / self.length

    @property
    def mean_free_path(self) -> float:
        """lambda of the mean composition [m]."""
        return float(self.theory.mean_free_path(self.composition, self.pressure))


@lru_cache(maxsize=4)
def scale_of(config: "DiffusionStressConfig") -> Scale:
    """Size, cells and time step of a config; what it leaves out is chosen here.

    A driven gas takes a twentieth of the collision time as its step; a slab a fifth, in which a light
    molecule crosses two cells at most, and collision cells of a sixteenth of a mean free path as far as
    enough molecules are in each.  Long slabs have fewer of those, that their transients cost no more.
    """
    mode, theory = config.mode, ChapmanEnskog(gas_of(config), config.temperature, ORDER)
    ends = np.array([sum(config.ends) / 2, *config.ends])
    x = np.stack([ends, 1 - ends], axis=-1)
    path = float(theory.mean_free_path(x[0], config.pressure))
    time = 1 / collision_frequency(theory, x, config.pressure)
    length, cells, step = path, 1, time / DRIVEN_STEPS
    if mode == "counterdiffusion":
        length = length_of(config, path)
        cells = config.cells or default_cells(length, path)
        fastest = math.sqrt(8 * BOLTZMANN * config.temperature / (math.pi * min(theory.mixture.masses)))
        step = min(time / STEPS_PER_COLLISION_TIME, CELLS_CROSSED * length / cells / fastest)
    scale = Scale(
        mode, theory, (float(x[0, 0]), float(x[0, 1])), config.pressure, time, length, cells, 1,
        config.particles_per_cell or MOLECULES[mode], config.timestep or step,
        config.drift or DRIFT.get(config.model, SLOW_DRIFT),
    )  # fmt: skip
    return scale if mode == "driven" else _filled(scale, config)


def _filled(scale: Scale, config: "DiffusionStressConfig") -> Scale:
    """A slab with the molecules that its transient allows, and the collision cells that these allow."""
    molecules = scale.particles_per_cell
    if config.particles_per_cell is None:
        transient = TRANSIENT[scale.mode] * scale.relaxation_time / scale.timestep
        most = TRANSIENT_WORK * WORK[scale.has_bulk] / (transient * config.ensemble * scale.cells)
        molecules = max(FEWEST_MOLECULES, min(molecules, int(most)))
    cell = scale.length / scale.cells / scale.mean_free_path
    wanted = math.ceil(cell * COLLISION_CELLS_PER_MEAN_FREE_PATH)
    subcells = config.subcells or max(1, min(wanted, most_subcells(molecules)))
    return replace(scale, particles_per_cell=molecules, subcells=subcells)


def transient_of(config: "DiffusionStressConfig") -> int:
    """Steps left out of every steady mean."""
    if config.transient_steps is not None:
        return config.transient_steps
    scale = scale_of(config)
    return math.ceil(TRANSIENT[config.mode] * scale.relaxation_time / scale.timestep)


def steps_of(config: "DiffusionStressConfig") -> int:
    """Steps of a run, in whole blocks: the config's; or the transient and some relaxation times, of a slab
    some work, half as long as the transient at least."""
    if config.steps is not None:
        return config.steps
    scale, transient = scale_of(config), transient_of(config)
    if config.mode == "driven":
        steps = transient + SAMPLED * scale.relaxation_time / scale.timestep
    else:
        molecules = config.ensemble * scale.cells * scale.particles_per_cell
        steps = max(WORK[scale.has_bulk] / molecules, 1.5 * transient)
    return math.ceil(steps / BLOCKS) * BLOCKS


def sampling(steps: int, most: int) -> tuple[int, int]:
    """Steps between two samples, `most` of them, and steps in a block: `Simulation.sample`."""
    every = max(1, min(most, steps // BLOCKS))
    return every, max(steps // (BLOCKS * every), 1) * every
