"""A counterdiffusion run from its config to its measurement."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.groups import group_totals, independent_groups
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import cell_excess, timestep_excess
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess, repeats_are_known
from knudsen.analysis.profiles import slab_profiles
from knudsen.analysis.steady import FEW_COPIES, steady_block
from knudsen.core.samples import MOMENTS, Samples
from knudsen.dsmc import ExchangeReservoir, Filling, OpenReservoir, Simulation, Slab
from knudsen.scenarios.equimolar_counterdiffusion.estimates import Run, estimates
from knudsen.scenarios.equimolar_counterdiffusion.measures import Bulk
from knudsen.scenarios.equimolar_counterdiffusion.profiles import profiles
from knudsen.scenarios.equimolar_counterdiffusion.setup import ORDER, Setup, setup
from knudsen.scenarios.scenario import Measurement

if TYPE_CHECKING:
    from knudsen.scenarios.equimolar_counterdiffusion import CounterdiffusionConfig

SAMPLE_EVERY = 4  # sparser than the velocity of the lighter species forgets, so that little is lost
# From 16 copies on each is a group; fewer are cut into stretches, which takes their correlation time.
BLOCKS, BLOCKS_OF_FEW_COPIES = 100, 400


class CounterdiffusionSimulation(Simulation):
    """The slab's simulation, which knows the mean free path that its collisions are held against [m]."""

    mean_free_path: float

    def resolution(self) -> dict[str, float]:
        """As the engine's, and the separation of colliding molecules in mean free paths."""
        counted = super().resolution()
        ratio = counted["mean_collision_separation"] / self.mean_free_path
        return counted | {"mean_collision_separation_over_mean_free_path": ratio}


def build(config: "CounterdiffusionConfig", device: str) -> CounterdiffusionSimulation:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = setup(config)
    compositions = [(x_A, 1 - x_A) for x_A in (config.x_left, config.x_right)]
    faces = [_face(config, composition) for composition in compositions]
    simulation = CounterdiffusionSimulation(
        scale.gas,
        Slab(scale.length, scale.cells, *faces, subcells=scale.subcells),
        Filling(config.pressure, config.temperature, *compositions),
        particles_per_cell=config.particles_per_cell,
        timestep=scale.timestep,
        copies=config.ensemble,
        seed=config.seed,
        device=device,
        precision=config.precision,
    )
    simulation.mean_free_path = scale.mean_free_path
    simulation.sample(*sampling(config.steps, config.ensemble))
    return simulation


def _face(
    config: "CounterdiffusionConfig", composition: tuple[float, float]
) -> ExchangeReservoir | OpenReservoir:
    if config.boundary == "exchange":
        return ExchangeReservoir(config.temperature, composition)
    return OpenReservoir(config.pressure, config.temperature, composition)


def sampling(steps: int, copies: int) -> tuple[int, int]:
    """Steps between two samples and steps in a block: `Simulation.sample`."""
    blocks = BLOCKS if copies >= FEW_COPIES else BLOCKS_OF_FEW_COPIES
    every = max(1, min(SAMPLE_EVERY, steps // blocks))
    return every, max(steps // (blocks * every), 1) * every


def measure(config: "CounterdiffusionConfig", samples: Samples) -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.

    Raises TooShortError and NotSteadyError where the run cannot be judged.
    """
    scale = setup(config)
    start = _first_block(config, samples)
    steady = samples.select(start)
    labels = independent_groups(steady)
    run = Run(
        config=config,
        scale=scale,
        theory=ChapmanEnskog(scale.gas, config.temperature),
        profiles=slab_profiles(steady, group_totals(steady, labels)),
        bulk=Bulk.of(samples.positions, samples.length, scale.mean_free_path),
    )
    resolution = _resolution(scale, steady) | {
        "expected_excess": _excess(config, scale),
        "steady_from_step": int(samples.steps[:start].sum()),
        "steady_start": "found from the data" if config.transient_steps is None else "given",
        "independent_groups": int(labels.max()) + 1,
        "bulk": [run.bulk.margin, samples.length - run.bulk.margin],
        "wall_imbalance": _wall_imbalance(samples),
    }
    return Measurement(estimates(run), profiles(run), resolution, samples.to_arrays())


def _first_block(config: "CounterdiffusionConfig", samples: Samples) -> int:
    if config.transient_steps is None:
        return steady_block(samples)
    starts = np.cumsum(samples.steps) - samples.steps
    return min(int(np.searchsorted(starts, config.transient_steps)), samples.blocks - 1)


def _resolution(scale: Setup, samples: Samples) -> Mapping[str, Any]:
    """How finely the run resolves space, time and velocity; fewest molecules met in any cell, on average."""
    counts = samples.sums[..., MOMENTS.index("count")].sum(axis=(0, 1))
    counts = counts / (samples.samples.sum() * samples.copies)
    cell = scale.cell_width / scale.mean_free_path
    return {
        "mean_free_path": scale.mean_free_path,
        "cell_over_mean_free_path": cell,
        "collision_cell_over_mean_free_path": cell / scale.subcells,
        "timestep_over_collision_time": scale.timestep / scale.collision_time,
        "particles_per_cell": dict(zip(samples.names, counts.min(axis=0).tolist(), strict=True)),
    }


def _excess(config: "CounterdiffusionConfig", scale: Setup) -> Mapping[str, float]:
    """What cells, step and few molecules (of soft spheres) add to each coefficient, at the mean state."""
    x_A = (config.x_left + config.x_right) / 2
    theory, state = ChapmanEnskog(scale.gas, config.temperature, ORDER), ([x_A, 1 - x_A], config.pressure)
    by_cell = cell_excess(theory, *state, scale.cell_width / scale.subcells)
    by_step = timestep_excess(theory, *state, scale.timestep)
    again = dict.fromkeys(by_cell, 0.0)
    if repeats_are_known(scale.gas):
        again = repeat_excess(theory, *state, scale.timestep, config.particles_per_cell / scale.subcells)
    return {name: by_cell[name] + by_step[name] + again[name] for name in by_cell}


def _wall_imbalance(samples: Samples) -> int:
    """Molecules that arrived less those that left, over both walls and the whole run."""
    numbers = samples.walls[..., 0].sum(axis=(0, 1, 2, 3))
    return round(numbers[0] - numbers[1])
