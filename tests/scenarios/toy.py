"""A scenario without physics, for the tests of the runner; as a script it is `knudsen` with it added."""

import copy
import os
import time
from typing import Annotated

import numpy as np
from pydantic import Field

from knudsen.analysis.figures import Line, profile_figure, save
from knudsen.core.checkpoints import load_checkpoint, save_checkpoint
from knudsen.core.device import Device
from knudsen.core.faults import SimulationFault
from knudsen.core.results import Estimate, Profile
from knudsen.scenarios.config import GasConfig
from knudsen.scenarios.registry import SCENARIOS, Entry
from knudsen.scenarios.scenario import Measurement, Scenario

CELLS = 8


class ToyConfig(GasConfig):
    """The shared keys, a pause in each step [s], and a step at which to fail; toys run together, or alone."""

    steps: int = Field(200, ge=1)
    pause: Annotated[float, Field(ge=0)] = 0.0
    fault_step: int = 0
    alone: bool = False


class ToySimulation:
    """Sums numbers that depend on the seed and the step alone."""

    particle_count = 1000

    def __init__(self, config, device):
        self.config, self.device, self.step = config, Device(device), 0
        self.sums = np.zeros((2, CELLS))

    @property
    def device_name(self):
        return self.device.describe()

    def run(self, steps):
        for _ in range(steps):
            self.step += 1
            if self.step == self.config.fault_step:
                raise SimulationFault(f"a molecule was lost in cell 3 at step {self.step}: shorten timestep")
            drawn = np.random.default_rng([self.config.seed, self.step]).normal(size=CELLS)
            self.sums += [drawn, drawn**2]
            time.sleep(self.config.pause)

    def checkpoint(self, path):
        save_checkpoint(path, {"sums": self.sums}, {"step": self.step})

    def restore(self, path):
        arrays, meta = load_checkpoint(path)
        self.sums, self.step = arrays["sums"], meta["step"]

    def result(self):
        return self.sums, self.step

    def resolution(self):
        return {"majorant_overflows": 0}

    @property
    def likeness(self):
        return None if self.config.alone else (self.step, self.config.pause)

    @staticmethod
    def together(simulations):
        return ToysTogether(simulations)


class ToysTogether:
    """Toys that advance as one; what they hold themselves stands still until it is shared out."""

    def __init__(self, parts):
        self.parts, self.moving = parts, [copy.copy(part) for part in parts]
        for each in self.moving:
            each.sums = each.sums.copy()

    @property
    def step(self):
        return self.moving[0].step

    @property
    def particle_count(self):
        return sum(each.particle_count for each in self.moving)

    @property
    def device_name(self):
        return self.parts[0].device_name

    def run(self, steps):
        for _ in range(steps):
            for each in self.moving:
                each.run(1)

    def share_out(self):
        for part, moving in zip(self.parts, self.moving, strict=True):
            part.step, part.sums = moving.step, moving.sums.copy()


def measure(config, summed):
    sums, steps = summed
    from knudsen.analysis.statistics import TooShortError  # half a second of scipy.stats

    if steps < 10:
        raise TooShortError(f"{steps} steps are too few to judge")
    mean = sums[0] / steps
    stderr = np.sqrt((sums[1] / steps - mean**2) / steps)
    estimates = [
        Estimate("mean", mean.mean(), stderr.mean() / CELLS**0.5, "m2 s-1", 0.0, theory_source="symmetry"),
        Estimate("temperature", config.temperature, 0.1, "K", config.temperature, theory_source="as set"),
    ]
    profile = Profile("mean_velocity", "m s-1", (np.arange(CELLS) + 0.5) * 1e-7, mean, stderr)
    return Measurement(estimates, [profile], {"particles_per_cell": {"He": 50.0, "Ar": 50.0}}, {"sums": sums})


def draw(result, folder):
    profile = result.profile("mean_velocity")
    line = Line("zero", profile.position, 0 * profile.position)
    save(profile_figure([profile], [line], title="The mean"), folder, "mean_velocity")


def warn(config):
    return [f"{config.cells} cells are few: use {CELLS}"] if (config.cells or CELLS) < CELLS else []


def combine(points):
    return [Estimate("exponent_temperature", 1.0 * len(points), 0.1, "1", theory_source="count of points")]


SCENARIO = Scenario(
    name="toy",
    summary="numbers without physics",
    Config=ToyConfig,
    build=ToySimulation,
    measure=measure,
    figures=draw,
    sweep_estimates=combine,
    warnings=warn,
    dimensions={"sums": ("moment", "cell")},
)

if __name__ == "__main__":
    from knudsen.scenarios.cli import main

    os.environ["COLUMNS"] = "100"
    SCENARIOS["toy"] = Entry("toy", SCENARIO.summary)
    main()
