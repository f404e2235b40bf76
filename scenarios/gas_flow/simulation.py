"""A gas between two plates, as either method simulates it, and the part of its run that is steady."""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.steady import steady_block
from knudsen.core.samples import Samples
from knudsen.dsmc import (
    DeviationalSimulation,
    Filling,
    LordWall,
    MaxwellWall,
    Periodic,
    RestingGas,
    Simulation,
    Slab,
    Tube,
)
from knudsen.scenarios.gas_flow.scale import Scale

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig, WalledConfig

BLOCKS = 100
SAMPLE_EVERY = 4  # of 'direct': what is between two samples is nearly the same
TRANSIENT = 8  # relaxation times that are left out: exp(-8) is 3e-4
Wall = MaxwellWall | LordWall


@dataclass(frozen=True)
class Drive:
    """What moves a gas between plates at x = 0 and x = L, or along x in a tube of radius L.

    Arguments
    ---------
    speeds : of the left and the right plate along z [m/s];  temperatures : of the plates [K]
    force : on every molecule along z (in a tube x) [N], what a pressure gradient is: -(dp/dz) / n; or on
        those of each species, of 'direct' alone
    sideways : force along y [N], of 'low_signal' alone
    temperature_gradient : along z [K/m], of 'low_signal' alone
    """

    temperatures: tuple[float, float]
    speeds: tuple[float, float] = (0.0, 0.0)
    force: float | tuple[float, ...] = 0.0
    sideways: float = 0.0
    temperature_gradient: float = 0.0


def wall_of(config: "WalledConfig", temperature: float, speed: float = 0.0) -> Wall:
    """The config's wall, moving along z [K], [m/s]."""
    velocity = (0.0, speed)
    if config.lord:
        both = config.normal_accommodation, config.tangential_accommodation
        return LordWall(temperature, *both, velocity=velocity)
    return MaxwellWall(temperature, config.accommodation, velocity)


def simulate(
    config: "FlowConfig", scale: Scale, drive: Drive, steps: int, device: str
) -> DeviationalSimulation | Simulation:
    """The gas at its start, sampling from the first step on."""
    common = {
        "particles_per_cell": config.particles_per_cell,
        "timestep": scale.timestep,
        "copies": config.ensemble,
        "seed": config.seed,
        "device": device,
    }
    if config.low_signal:
        push = (0.0, drive.sideways / scale.mass, drive.force / scale.mass)
        rest = RestingGas(config.pressure, config.temperature, push, (0.0, drive.temperature_gradient))
        simulation = DeviationalSimulation(scale.gas, _plates(config, scale, drive), rest, **common)
        simulation.sample(1, max(steps // BLOCKS, 1))
        return simulation
    domain = _tube(config, scale) if config.tube else _plates(config, scale, drive)
    along = np.array([1.0, 0.0, 0.0] if config.tube else [0.0, 0.0, 1.0])
    forces = np.broadcast_to(drive.force, len(scale.gas))
    pushes = [tuple(each) for each in np.outer(forces / scale.gas.masses, along)] if forces.any() else None
    filling = Filling(config.pressure, config.temperature, scale.composition)
    plain = Simulation(
        scale.gas, domain, filling, **common, precision=config.precision, acceleration=pushes
    )  # fmt: skip
    every = max(1, min(SAMPLE_EVERY, steps // BLOCKS))
    plain.sample(every, max(steps // (BLOCKS * every), 1) * every)
    return plain


def _plates(config: "FlowConfig", scale: Scale, drive: Drive) -> Slab:
    ends = zip(drive.temperatures, drive.speeds, strict=True)
    walls = (wall_of(config, *end) for end in ends)
    return Slab(scale.length, scale.cells, *walls, subcells=scale.subcells)


def _tube(config: "FlowConfig", scale: Scale) -> Tube:
    """A slice of a tube without end, as long as it is wide."""
    ends, wall = (Periodic(), Periodic()), wall_of(config, config.temperature)
    cells, subcells = (1, scale.cells), (1, scale.subcells)
    return Tube(scale.length, scale.length, cells, *ends, wall, subcells=subcells)


def transient_of(config: "FlowConfig", scale: Scale) -> int:
    """Steps left out of every mean."""
    if config.transient_steps is not None:
        return config.transient_steps
    return math.ceil(TRANSIENT * scale.relaxation_time / scale.timestep)


def steps_of(config: "FlowConfig", scale: Scale, multiple: float) -> int:
    """Steps of a run: the config's, or its transient and so many relaxation times, in whole blocks."""
    if config.steps is not None:
        return config.steps
    steps = transient_of(config, scale) + multiple * scale.relaxation_time / scale.timestep
    return math.ceil(steps / BLOCKS) * BLOCKS


def steady_part(transient: int, samples: Samples) -> Samples:
    """The samples without their first steps, and without what of the rest is not yet steady.

    Raises TooShortError, NotSteadyError where what is left cannot be judged or drifts.
    """
    ends = np.cumsum(samples.steps)
    first = int(np.searchsorted(ends - samples.steps, transient))
    left = samples.select(min(first, samples.blocks - 1))
    return left.select(steady_block(left))
