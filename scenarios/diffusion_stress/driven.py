"""A uniform gas from rest, its species pulled apart: how its stresses grow, and where they settle."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.groups import Totals, totals_over_time
from knudsen.analysis.groups import measure as with_errors
from knudsen.analysis.irreversible.diffusion_stress import GrowingStress, MomentRates
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import Samples
from knudsen.dsmc import Filling, Periodic, Simulation, Slab
from knudsen.scenarios.diffusion_stress.anisotropy import (
    estimates,
    moments_of,
    profiles,
    ratio,
    steady_theory,
)
from knudsen.scenarios.diffusion_stress.scale import Scale, sampling, scale_of, steps_of, transient_of
from knudsen.scenarios.scenario import Measurement

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

SAMPLE_EVERY = 2
EARLY = 3  # relaxation times that the transient's means are taken over


def build(config: "DiffusionStressConfig", device: str) -> Simulation:
    """The gas at rest, in one periodic cell: its composition cannot fluctuate, nor the whole be pulled."""
    scale = scale_of(config)
    pull = scale.force / (scale.density * scale.rates.masses)
    simulation = Simulation(
        scale.gas,
        Slab(scale.length, 1, Periodic(), Periodic()),
        Filling(config.pressure, config.temperature, scale.composition),
        particles_per_cell=scale.particles_per_cell,
        timestep=scale.timestep,
        copies=config.ensemble,
        seed=config.seed,
        device=device,
        acceleration=tuple((float(each), 0.0, 0.0) for each in pull),
    )
    simulation.sample(*sampling(steps_of(config), SAMPLE_EVERY))
    return simulation


@dataclass(frozen=True)
class Burst:
    """What an ensemble did from rest on.

    Arguments
    ---------
    fields : of `moments_of`, Measured [time, ...];  time : of each [s]
    steady, early : which of them are of the steady state and of the transient's means
    density : n_a of the simulated gas [species]
    """

    scale: Scale
    fields: dict[str, Measured]
    time: Array
    steady: Array
    early: Array

    @property
    def density(self) -> Array:
        """n_a of the simulated molecules [species] [1/m^3]."""
        return self.fields["density"].value[0]

    def rates(self, times: Array) -> MomentRates:
        """At the mean temperature of these times; of Maxwell molecules the same at any."""
        if self.scale.gas.model == "maxwell":
            return self.scale.rates
        mean = float(self.fields["temperature"].value[times].mean())
        return MomentRates.of(self.scale.theory.at(mean))

    def anisotropy(self, times: Array) -> Measured:
        """In units of n m_r w^2 of the same times [part]."""
        return derive(
            lambda stress, unit: ratio(stress[..., times, :], unit[..., times]),
            self.fields["anisotropy"], self.fields["unit"],
        )  # fmt: skip

    def growth(self, times: Array) -> GrowingStress:
        """By the moment equations, at all times, with the rates of those times."""
        return self.rates(times).started(self.density, self.scale.force, self.time)

    def growing_theory(self, times: Array, growth: GrowingStress) -> Array:
        """Of `anisotropy`, read in the same way."""
        drift = growth.velocity[times, 0] - growth.velocity[times, 1]
        unit = self.scale.reduced_mass * self.density.sum() * drift**2
        return ratio(parts_of(growth)[times], unit)


def parts_of(growth: GrowingStress) -> Array:
    """[time, part] [Pa]."""
    return np.concatenate([growth.own, growth.mixture[:, None]], axis=1)


def burst_of(config: "DiffusionStressConfig", samples: Samples) -> Burst:
    """Fields against time; a sample before and one after the collisions of step k stand for time k dt."""
    scale = scale_of(config)

    def of_cell(totals: Totals) -> dict[str, Array]:
        return {name: np.take(field, 0, 2) for name, field in moments_of(totals, scale.reduced_mass).items()}

    ends = np.cumsum(samples.steps)
    starts = ends - samples.steps
    every, block = sampling(steps_of(config), SAMPLE_EVERY)
    time = (ends - block + (every + block // every * every) / 2) * scale.timestep
    steady = starts >= min(transient_of(config), starts[-1])
    early = time <= EARLY * scale.relaxation_time
    return Burst(scale, with_errors(of_cell, totals_over_time(samples)), time, steady, early)


def measure(config: "DiffusionStressConfig", samples: Samples) -> Measurement:
    """Estimates beside theory, profiles against time, and resolution of a run."""
    burst = burst_of(config, samples)
    resolution = {
        **burst.scale.resolution(),
        "relaxation_time": burst.scale.relaxation_time,
        "steady_from": float(burst.time[burst.steady][0]),
        "temperature_at_the_end": float(burst.fields["temperature"].value[-1]),
    }
    return Measurement(
        list(_estimates(burst)), list(_profiles(burst)), resolution, samples.to_arrays()
    )  # fmt: skip


def _estimates(burst: Burst) -> Iterator[Estimate]:
    """The steady anisotropies, the drift, and the means of the transient."""
    scale, steady, early = burst.scale, burst.steady, burst.early
    rates = burst.rates(steady)
    known, theory = scale.known, steady_theory(scale, rates)
    yield from estimates("stress_anisotropy", burst.anisotropy(steady), theory, known)
    drift = derive(lambda w: w[..., steady].mean(axis=-1), burst.fields["drift"])
    resistance = rates.friction(burst.density, [1.0, 0.0])[0]
    yield Estimate(
        "drift_speed", drift.value, drift.stderr, "m s-1", -scale.force[0] / resistance, 0.0, *known
    )
    if early.any():
        theory = burst.growing_theory(early, burst.growth(early))
        yield from estimates("transient_anisotropy", burst.anisotropy(early), theory, known)


def _profiles(burst: Burst) -> Iterator[Profile]:
    """Anisotropies over the steady n m_r w^2, drift and temperature against time."""
    growth, time = burst.growth(burst.steady), burst.time
    w = growth.velocity[:, 0] - growth.velocity[:, 1]
    unit = burst.scale.reduced_mass * burst.density.sum() * w[-1] ** 2
    steady = derive(
        lambda stress, scale: stress / scale[..., burst.steady].mean(axis=-1)[..., None, None],
        burst.fields["anisotropy"], burst.fields["unit"],
    )  # fmt: skip
    yield from profiles("stress_anisotropy", time, steady, parts_of(growth) / unit, "s")
    for name, unit_of, theory in (("drift_speed", "m s-1", w), ("temperature", "K", None)):
        field = burst.fields["drift" if theory is not None else name]
        yield Profile(name, unit_of, time, field.value, field.stderr, "s")
        if theory is not None:
            yield Profile(f"{name}_theory", unit_of, time, theory, np.zeros_like(theory), "s")
