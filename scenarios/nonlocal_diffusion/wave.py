"""The wave of marked molecules: its length and step, how it begins, and its simulation."""

import math
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture
from knudsen.dsmc import Filling, Periodic, Simulation, Slab
from knudsen.dsmc.domains.grid import Grid
from knudsen.scenarios.resolution import ORDER, collision_frequency, length_of

if TYPE_CHECKING:
    from knudsen.analysis.statistics import Array
    from knudsen.scenarios.nonlocal_diffusion import NonlocalDiffusionConfig

STEPS_PER_COLLISION_TIME = 10
POINTS = 100  # of the decay, at the most
FEWEST_STEPS = 60
CELLS = 32
MOLECULE_STEPS = 3e9  # of a default run
MOST_MOLECULES = 4e6
FEWEST_IN_A_CELL = 100
LONGEST, SHORTEST = 5.0, 1.5  # decay times that a wave is followed for, short waves and long ones
SHORTER, SHORT = 1.3, 0.5  # fewer of them per e-fold of k lambda, below it


@dataclass(frozen=True)
class Scale:
    """What a config means in numbers.

    Arguments
    ---------
    theory : converged Chapman-Enskog theory of the gas, unmarked;  composition : mole fractions
    pressure [Pa];  collision_time : of the species that collides most often [s]
    length : of the wave and the box [m];  cells : sampling cells;  particles_per_cell
    timestep [s];  steps : of the run;  every : steps between two samples
    """

    theory: ChapmanEnskog
    composition: tuple[float, ...]
    pressure: float
    collision_time: float
    length: float
    cells: int
    particles_per_cell: int
    timestep: float
    steps: int
    every: int

    @property
    def wave_number(self) -> float:
        """k = 2 pi / L [1/m]."""
        return 2 * math.pi / self.length

    @cached_property
    def mean_free_path(self) -> float:
        """lambda of the gas [m]."""
        return float(self.theory.mean_free_path(self.composition, self.pressure))

    @cached_property
    def diffusivity(self) -> float:
        """D(0) of marked molecules of A in the gas [m2/s]."""
        return float(self.theory.tracer_diffusion(self.composition, self.pressure)[0])

    @property
    def speed(self) -> float:
        """v0 = (2 k T / m_A)^(1/2) [m/s]."""
        return 2 * float(self.theory.operator.half_speeds[0])

    @property
    def interval(self) -> float:
        """Time between two samples [s]."""
        return self.every * self.timestep

    @property
    def samples(self) -> int:
        """Samples of the run."""
        return self.steps // self.every

    @property
    def marked(self) -> Mixture:
        """Marked A, A, and the other gas where there is one."""
        first, *others = self.theory.mixture.species
        return Mixture([replace(first, name=f"{first.name}*"), first, *others], self.theory.mixture.model)

    @property
    def filling(self) -> "MarkedWave":
        """The gas at the start."""
        x_A, *others = self.composition
        middle = (x_A / 2, x_A / 2, *others)
        return MarkedWave(self.pressure, self.theory.temperature, middle, whole=self.particles_per_cell)

    def resolution(self) -> dict[str, float]:
        """How finely the run resolves space and time."""
        path = self.mean_free_path
        return {
            "mean_free_path": path,
            "wave_number_times_mean_free_path": self.wave_number * path,
            "particles_per_mean_free_path": self.particles_per_cell * self.cells * path / self.length,
            "cell_over_mean_free_path": self.length / self.cells / path,
            "timestep": self.timestep,
            "timestep_over_collision_time": self.timestep / self.collision_time,
            "decay_times": self.steps * self.timestep * self.diffusivity * self.wave_number**2,
        }


@dataclass(frozen=True)
class MarkedWave(Filling):
    """A uniform gas, the share cos^2(pi x / L) of whose molecules of A is marked, the first species.

    whole : molecules in a cell, of which each cell holds whole numbers of every species
    """

    whole: int = 1

    def composition_at(self, fraction: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Mole fractions [..., species] at x / L = fraction."""
        mean = np.array(self.left)
        share = np.broadcast_to(mean, (*np.shape(fraction), len(mean))).copy()
        of_A = np.rint(2 * mean[0] * self.whole)
        share[..., 0] = np.rint(of_A * np.cos(np.pi * np.asarray(fraction)) ** 2) / self.whole
        share[..., 1] = of_A / self.whole - share[..., 0]
        if len(mean) > 2:
            share[..., 2] = 1 - of_A / self.whole
        return share

    def place(self, grid: Grid, gas: Mixture, *rest: Any) -> dict[str, Any]:
        """Columns of one copy's molecules, of no momentum: the whole gas would carry its wave along."""
        molecules = super().place(grid, gas, *rest)
        mass = np.array(gas.masses)[molecules["species"]]
        for name in ("vx", "vy", "vz"):
            molecules[name] -= mass @ molecules[name] / mass.sum()
        return molecules


def project(number: "Array", positions: "Array", length: float) -> "Array":
    """sum over the cells of number cos(2 pi x / L) [...], of numbers [..., cell]."""
    return np.asarray(number @ np.cos(2 * np.pi * positions / length))


def amplitude(scale: Scale) -> float:
    """`project` of marked less unmarked molecules that the smooth part of the first wave gives.

    The wave begins as steps from cell to cell.  Of these the share s = sin(w)/w, w = pi / cells, is a smooth
    wave; the rest, as short as a cell, is gone at once.  Counts in cells then show s of that wave.
    """
    places = (np.arange(scale.cells) + 0.5) / scale.cells
    share = scale.filling.composition_at(places)
    begun = project((share[:, 0] - share[:, 1]) * scale.particles_per_cell, places, 1.0)
    return float(begun * np.sinc(1 / scale.cells) ** 2)


def scale_of(config: "NonlocalDiffusionConfig") -> Scale:
    """Size, cells, molecules and steps of a config; what it leaves out is chosen here.

    A wave is followed for five decay times; a long one, whose decay is nearly exponential from early on, for
    fewer.  A step is a tenth of the collision time, or a sixtieth of the decay followed.
    """
    theory = ChapmanEnskog(Mixture(config.gases, config.model), config.temperature, ORDER)
    x = np.array(config.composition)
    path = float(theory.mean_free_path(x, config.pressure))
    time = 1 / collision_frequency(theory, x[None], config.pressure)
    length = length_of(config, path) if config.wave_number is None else 2 * np.pi * path / config.wave_number
    k = 2 * np.pi / length
    diffusivity = float(theory.tracer_diffusion(x, config.pressure)[0])
    # Interpolation good to some ten per cent: decay by diffusion, and by free flight where that is slower.
    decay = 1 / (diffusivity * k**2) + math.sqrt(math.pi) / (2 * float(theory.operator.half_speeds[0]) * k)
    followed = min(max(LONGEST + SHORTER * math.log(k * path / SHORT), SHORTEST), LONGEST)
    step = config.timestep or min(time / STEPS_PER_COLLISION_TIME, followed * decay / FEWEST_STEPS)
    steps = config.steps or math.ceil(followed * decay / step)
    every = max(1, steps // POINTS)
    steps = steps // every * every
    cells = config.cells or CELLS
    molecules = min(MOLECULE_STEPS / steps, MOST_MOLECULES) / (cells * config.ensemble)
    return Scale(
        theory, config.composition, config.pressure, time, length, cells,
        config.particles_per_cell or max(int(molecules), FEWEST_IN_A_CELL), step, steps, every,
    )  # fmt: skip


def simulate(config: "NonlocalDiffusionConfig", device: str) -> Simulation:
    """The wave at its start, sampling from the first step on."""
    scale = scale_of(config)
    simulation = Simulation(
        scale.marked,
        Slab(scale.length, scale.cells, Periodic(), Periodic()),
        scale.filling,
        particles_per_cell=scale.particles_per_cell,
        timestep=scale.timestep,
        copies=config.ensemble,
        seed=config.seed,
        device=device,
    )
    simulation.sample(scale.every, scale.every)
    return simulation
