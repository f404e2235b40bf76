"""Steady counterdiffusion through a slab: the stresses in its bulk, and in the Knudsen layers around it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.groups import group_totals, independent_groups
from knudsen.analysis.groups import measure as with_errors
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.analysis.steady import steady_block
from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import Samples
from knudsen.dsmc import ExchangeReservoir, Filling, Simulation, Slab
from knudsen.scenarios.diffusion_stress.anisotropy import (
    estimates,
    free_theory,
    moments_of,
    profiles,
    ratio,
)
from knudsen.scenarios.diffusion_stress.scale import Known, Scale, sampling, scale_of, steps_of, transient_of
from knudsen.scenarios.scenario import Measurement

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

SAMPLE_EVERY = 4
MARGIN = 12  # lengths `Scale.layer` that the bulk keeps from the ends
LEAST_BULK = 0.2  # of the slab's length: where layers leave less, they reach into what is read
FREE_MOLECULAR = 10  # Knudsen number from which the limit without collisions is the nearer one
ALIKE = "A and B alike: together one gas in equilibrium"


def build(config: "DiffusionStressConfig", device: str) -> Simulation:
    """The slab at its start, its composition linear between the reservoirs', sampling from the first step."""
    scale = scale_of(config)
    ends = [(x_A, 1 - x_A) for x_A in config.ends]
    simulation = Simulation(
        scale.gas,
        Slab(
            scale.length, scale.cells, *(ExchangeReservoir(config.temperature, x) for x in ends),
            subcells=scale.subcells,
        ),
        Filling(config.pressure, config.temperature, *ends),
        particles_per_cell=scale.particles_per_cell,
        timestep=scale.timestep,
        copies=config.ensemble,
        seed=config.seed,
        device=device,
    )  # fmt: skip
    simulation.sample(*sampling(steps_of(config), SAMPLE_EVERY))
    return simulation


@dataclass(frozen=True)
class Flow:
    """The steady part of a run.

    Arguments
    ---------
    fields : of `moments_of`, Measured [cell, ...];  position : of the cells [m]
    steady_from : its first step
    """

    scale: Scale
    fields: dict[str, Measured]
    position: Array
    steady_from: int

    @property
    def bulk_is_free_of_layers(self) -> bool:
        """Whether the bulk keeps its distance from the ends."""
        return self.scale.length / 2 - MARGIN * self.scale.layer >= LEAST_BULK / 2 * self.scale.length

    @property
    def bulk(self) -> Array:
        """Which cells are read [cell]."""
        L = self.scale.length
        half = max(L / 2 - MARGIN * self.scale.layer, LEAST_BULK / 2 * L)
        return np.abs(self.position - L / 2) < half

    @property
    def alike(self) -> bool:
        """Whether A and B are one molecule by two names."""
        gas = self.scale.gas
        pairs = [gas.interaction(a, b) for a, b in gas.pair_numbers()]
        return gas.masses[0] == gas.masses[1] and all(pair == pairs[0] for pair in pairs)

    def of_bulk(self, name: str) -> Measured:
        """A field [cell of the bulk, ...]."""
        field = self.fields[name]
        return Measured(field.value[self.bulk], field.replicates[:, self.bulk])

    def theory(self, density: Array, velocity: Array) -> Array:
        """Anisotropies [..., cell, part] [Pa] of the bulk at these densities and velocities."""
        found = self.scale.rates.flowing(density, velocity)
        return np.concatenate([found.own, found.mixture[..., None]], axis=-1)


def measure(config: "DiffusionStressConfig", samples: Samples) -> Measurement:
    """Estimates beside theory, profiles across the slab and resolution of a run.

    Raises TooShortError, NotSteadyError where it cannot be judged.
    """
    scale = scale_of(config)
    starts = np.cumsum(samples.steps) - samples.steps
    steady = samples.select(min(int(np.searchsorted(starts, transient_of(config))), samples.blocks - 1))
    steady_block(
        steady
    )  # judges alone: of so many relaxation times that are left out nothing is left to find
    totals = group_totals(steady, independent_groups(steady))
    fields = with_errors(lambda t: moments_of(t, scale.reduced_mass), totals)
    flow = Flow(scale, fields, samples.positions, int(samples.steps.sum() - steady.steps.sum()))
    resolution = {
        **scale.resolution(),
        "steady_from_step": flow.steady_from,
        "bulk_from": float(flow.position[flow.bulk][0]),
        "bulk_to": float(flow.position[flow.bulk][-1]),
    }
    return Measurement(
        list(_estimates(flow, config.ends)), list(_profiles(flow)), resolution, samples.to_arrays()
    )


def _estimates(flow: Flow, ends: tuple[float, float]) -> Iterator[Estimate]:
    """The anisotropies of the bulk beside those of its densities and velocities; the drift.

    ends : mole fractions of A of the reservoirs
    """
    for estimate in _anisotropies(flow, ends):
        if flow.alike and estimate.name.endswith("mixture"):
            yield replace(estimate, theory=0.0, theory_error=0.0, theory_kind="exact", theory_source=ALIKE)
        else:
            yield estimate
    density = flow.of_bulk("density")
    drift = derive(lambda w: w.mean(axis=-1), flow.of_bulk("drift"))
    law: tuple[Any, ...] = ()
    if flow.bulk_is_free_of_layers:
        fick = derive(lambda n: _fick(flow, n), density)
        law = (fick.value, fick.stderr, "approximate", "Fick's law by the slope of the bulk, Chapman-Enskog")
    yield Estimate("drift_speed", drift.value, drift.stderr, "m s-1", *law)


def _anisotropies(flow: Flow, ends: tuple[float, float]) -> Iterator[Estimate]:
    """Those of the bulk."""
    stress, unit, density, velocity = map(flow.of_bulk, ("anisotropy", "unit", "density", "velocity"))
    measured = derive(ratio, stress, unit)
    if flow.scale.knudsen >= FREE_MOLECULAR:
        free, known = free_theory(flow.scale, ends), Known("asymptotic", "free molecules")
        yield from estimates("stress_anisotropy", measured, free, known)
        return
    theory = derive(lambda n, u, scale: ratio(flow.theory(n, u), scale), density, velocity, unit)
    known = flow.scale.known
    if not flow.bulk_is_free_of_layers:
        known = Known("approximate", f"{known.source}: of a bulk, and Knudsen layers are all there is")
    yield from estimates("stress_anisotropy", measured, theory.value, known, theory.stderr)


def _fick(flow: Flow, density: Array) -> Array:
    """w = -D_AB dx_A/dz / (x_A x_B) in the mean over the bulk [...], the slope a straight line's."""
    x = density[..., 0] / density.sum(axis=-1)
    place = flow.position[flow.bulk] - flow.position[flow.bulk].mean()
    slope = x @ place / (place @ place)
    diffusion = float(flow.scale.theory.diffusion_binary(flow.scale.composition[0], flow.scale.pressure))
    scale = flow.scale.density.sum() / density.sum(axis=-1).mean(axis=-1)  # D_AB is as 1/n
    return -diffusion * scale * slope * (1 / (x * (1 - x))).mean(axis=-1)


def _profiles(flow: Flow) -> Iterator[Profile]:
    """Anisotropies over the local n m_r w^2, the composition and the drift across the slab."""
    fields, place = flow.fields, flow.position
    local = derive(lambda stress, unit: stress / unit[..., None], fields["anisotropy"], fields["unit"])
    theory = flow.theory(fields["density"].value, fields["velocity"].value) / fields["unit"].value[:, None]
    yield from profiles(place, local, theory)
    x_A = derive(lambda n: n[..., 0] / n.sum(axis=-1), fields["density"])
    yield Profile("mole_fraction_A", "1", place, x_A.value, x_A.stderr)
    yield Profile("drift_speed", "m s-1", place, fields["drift"].value, fields["drift"].stderr)
    kelvin = fields["temperature"]
    yield Profile("temperature", "K", place, kelvin.value, kelvin.stderr)
