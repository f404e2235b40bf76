"""What of a Lennard-Jones run should be said before it begins."""

import math
from typing import TYPE_CHECKING

from knudsen.scenarios.lj_fluid import RARE
from knudsen.scenarios.lj_fluid.theory import obstacle
from knudsen.scenarios.md_config import default_timestep

if TYPE_CHECKING:
    from knudsen.scenarios.lj_fluid import FluidConfig

FEW_ATOMS = 500  # below, numbers depend on the size of the system by more than 1 / N of them
SHORT = 30.0  # time of a liquid, of which the first part is cut off
CLOSE = 1.02  # half the box over the cut-off


def warnings(config: "FluidConfig") -> list[str]:
    """What can be run, but has no theory, no one phase, too few atoms, a coarse step or a short time."""
    found = []
    reason = obstacle(config.temperature, config.density)
    if reason and config.pressure is None:
        found.append(f"density: {reason}")
    step, usual = config.step_length, default_timestep(config.density, config.temperature)
    if step > 2.5 * usual:
        found.append(f"timestep: {step:g} shifts energy and pressure: {usual:g} is better")
    half = config.box_length / 2
    if config.atoms < FEW_ATOMS:
        found.append(f"atoms: {config.atoms} feel their own images: {FEW_ATOMS} or more are better")
    elif half < CLOSE * config.cutoff:
        found.append(
            f"cutoff: {config.cutoff:g} is hardly within half the box, {half:.4g}: more atoms are better"
        )
    lasts, short = config.steps * step, SHORT * max(1.0, RARE / config.density)
    if lasts < short:
        better = math.ceil(round(2 * short / step / 1000, 6)) * 1000
        found.append(f"steps: {config.steps} steps last {lasts:.3g} in time: {better} or more are better")
    return found
