"""A Lennard-Jones run from its config to its measurement."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knudsen.core.rng import copy_seed
from knudsen.md.couplings.cell_rescaling import CellRescaling
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.measures.thermo import Thermo, ThermoSeries
from knudsen.md.potentials.pairs import LongRange, PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.random_places import random_start
from knudsen.md.starts.start import Start
from knudsen.md.starts.velocities import maxwell_velocities
from knudsen.md.trajectories.recorder import TrajectoryRecorder
from knudsen.scenarios.lj_fluid.estimates import Run, estimates, profiles
from knudsen.scenarios.lj_fluid.radial import RadialBlocks, RadialSeries, bins
from knudsen.scenarios.lj_fluid.series import Series, first_sample
from knudsen.scenarios.lj_fluid.theory import compressibility
from knudsen.scenarios.md_config import CONTACT
from knudsen.scenarios.scenario import Measurement

if TYPE_CHECKING:
    from knudsen.scenarios.lj_fluid import FluidConfig

TRAJECTORY = "run.h5md"
OBSERVABLES = ("potential_energy", "temperature", "pressure")
BAROSTAT_TIME = 0.5  # relaxation time of the volume
WARM_UP_STEPS = 100
SAMPLES_PER_RADIAL = 5  # samples of the energies between two of g(r)


class FluidSamples(NamedTuple):
    """What a run has measured: series, g(r), and what the cut-off leaves out in a volume."""

    thermo: ThermoSeries
    radial: RadialSeries
    long_range: LongRange
    volume: float


class FluidSimulation(Simulation):
    """A simulation that records its trajectory beside its checkpoint."""

    trajectory_every: int = 0
    recorder: TrajectoryRecorder | None = None

    def checkpoint(self, path: Path | str) -> None:
        """As the engine's; the first one begins the trajectory."""
        self._record(path, resume=False)
        super().checkpoint(path)

    def restore(self, path: Path | str) -> None:
        """As the engine's; the trajectory goes on from there."""
        self._record(path, resume=True)
        super().restore(path)

    def result(self) -> FluidSamples:  # type: ignore[override]
        """What was measured so far; the trajectory is closed, so that every program opens it."""
        if self.recorder is not None:
            self.recorder.close()
        thermo, radial = (measure.result() for measure in self.measures[:2])
        return FluidSamples(thermo, radial, self.long_range(), float(self.volumes[0]))

    def _record(self, path: Path | str, resume: bool) -> None:
        if self.trajectory_every and self.recorder is None:
            self.recorder = TrajectoryRecorder(
                Path(path).parent / TRAJECTORY, every=self.trajectory_every, observables=OBSERVABLES,
                author="knudsen", resume=resume,
            )  # fmt: skip
            self.add_measure(self.recorder)


@dataclass(frozen=True)
class EquilibrationOnly(VelocityRescaling):
    """Velocity rescaling up to a step; from there on the energy is constant."""

    last_step: int = 0

    def after(self, sim: Simulation) -> None:
        """Draw the factor of each copy and rescale, until the last step."""
        if sim.step <= self.last_step:
            super().after(sim)


def build(config: "FluidConfig", device: str) -> FluidSimulation:
    """The simulation of a config at its start, sampling from the first step on.

    A skin that is left out is chosen in the warm-up of a twin, which goes no further.
    """
    simulation = _at_start(config, device)
    if config.skin is None:
        skin = simulation.choose_skin(WARM_UP_STEPS)
        simulation = _at_start(config.model_copy(update={"skin": skin}), device)
    simulation.trajectory_every = config.trajectory_every
    simulation.add_measure(Thermo(config.sample_every))
    number, r_max = bins(config.cutoff, config.box_length, fixed=config.pressure is None)
    simulation.add_measure(RadialBlocks(SAMPLES_PER_RADIAL * config.sample_every, number, r_max))
    return simulation


def _at_start(config: "FluidConfig", device: str) -> FluidSimulation:
    seeds = [copy_seed(config.seed, copy) for copy in range(config.ensemble)]
    starts = [_start(config, seed) for seed in seeds]
    masses = np.ones(config.atoms)
    return FluidSimulation(
        np.stack([start.positions for start in starts]),
        np.stack([maxwell_velocities(masses, config.temperature, seed=seed) for seed in seeds]),
        starts[0].box,
        PairTable(1.0, 1.0, config.cutoff, config.form),
        timestep=config.step_length,
        skin=config.skin,
        precision=config.precision,
        seed=config.seed,
        couplings=[thermostat(config), *barostats(config)],
        device=device,
    )


def _start(config: "FluidConfig", seed: int) -> Start:
    if config.start == "fcc":
        return lattice_start("fcc", config.atoms, config.density, seed=seed)
    return random_start(config.atoms, config.density, min_distance=CONTACT, seed=seed)


def thermostat(config: "FluidConfig") -> VelocityRescaling | NoseHoover | Langevin:
    """The coupling that a config names."""
    temperature, time = config.temperature, config.relaxation_time
    if config.thermostat == "nose_hoover":
        return NoseHoover(temperature, time)
    if config.thermostat == "langevin":
        return Langevin(temperature, 1 / time)
    if config.thermostat == "none":
        return EquilibrationOnly(temperature, time, last_step=config.thermostatted_steps)
    return VelocityRescaling(temperature, time)


def barostats(config: "FluidConfig") -> list[CellRescaling]:
    """The barostat, where a pressure is asked for."""
    if config.pressure is None:
        return []
    guess = compressibility(config.temperature, config.pressure, config.density)
    return [CellRescaling(config.pressure, config.temperature, BAROSTAT_TIME, guess)]


def measure(config: "FluidConfig", samples: FluidSamples) -> Measurement:
    """Estimates beside theory, g(r) and resolution of a run.

    Raises TooShortError and NotSteadyError where the run cannot be judged.
    """
    whole = Series.of(samples.thermo, samples.long_range, samples.volume, config.atoms)
    start = first_sample(config, whole)
    run = Run(config, whole.since(start), samples.radial)
    steady_from = int(whole.steps[start - 1]) if start else 0
    resolution = {
        "box_length": float((config.atoms / run.series.density.mean()) ** (1 / 3)),
        "timestep": config.step_length,
        "steady_from_step": steady_from,
        "steady_start": "given" if config.equilibration_steps is not None else "found from the data",
        **run.resolution(),
        "correction_energy": samples.long_range.energy,
        "correction_pressure": samples.long_range.pressure,
    }
    return Measurement(estimates(run), profiles(run), resolution, whole.to_arrays())
