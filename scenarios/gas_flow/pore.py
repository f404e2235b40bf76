"""A pore between two reservoirs as it is simulated: cells, time step, domain, and how long it runs."""

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture
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
from knudsen.scenarios.gas_flow.pore_scale import Pore
from knudsen.scenarios.gas_flow.simulation import Wall, wall_of
from knudsen.scenarios.resolution import (
    CELLS_CROSSED,
    ORDER,
    STEPS_PER_COLLISION_TIME,
    collision_frequency,
    length_of,
)

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.pore_config import PoreConfig

CELLS_ACROSS, CELLS_ALONG = 4, 20
COLLISION_CELLS_PER_PATH = 3  # across, and about a plate
COLLISION_CELLS_ALONG_PER_PATH = 1  # of tubes and slits, along which the gas changes little
TRANSIENT = 5  # relaxation times
BLOCKS, SAMPLE_EVERY = 50, 4
MOVES, MINUTES = 1e7, 10.0  # of molecules by a core in a second, about;  a run that is no surprise
Side = OpenReservoir | EvaporatingSurface


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
    cells = pore.all_cells
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


def cost_warnings(pore: Pore) -> list[str]:
    """What a run costs that takes long."""
    moves = steps_of(pore) * pore.particles_per_cell * math.prod(pore.all_cells) * pore.config.ensemble
    minutes = moves / MOVES / 60
    if minutes < MINUTES:
        return []
    remedy = "a shorter pore, fewer particles_per_cell or a larger knudsen take less"
    return [
        f"steps: {moves:.2g} flights of molecules take about {minutes / 60:.2g} hours of a core: {remedy}"
    ]
