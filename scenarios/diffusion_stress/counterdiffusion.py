"""Steady counterdiffusion through a slab: the stresses in its bulk, and in the Knudsen layers around it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.groups import group_totals, independent_groups
from knudsen.analysis.groups import measure as with_errors
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.analysis.steady import steady_block
from knudsen.core.results import Estimate, Profile, TheoryKind
from knudsen.core.samples import Samples
from knudsen.dsmc import ExchangeReservoir, Filling, Simulation, Slab
from knudsen.scenarios.diffusion_stress.anisotropy import (
    PARTS,
    estimates,
    free_theory,
    moments_of,
    profiles,
)
from knudsen.scenarios.diffusion_stress.kinetic import Fields, Kinetic, kinetic_of, steady_line
from knudsen.scenarios.diffusion_stress.layers import departure, readings
from knudsen.scenarios.diffusion_stress.scale import (
    Known,
    Scale,
    sampling,
    scale_of,
    steps_of,
    transient_of,
)
from knudsen.scenarios.scenario import Measurement

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

SAMPLE_EVERY = 4
FREE_MOLECULAR = 10  # Knudsen number from which the limit without collisions is the nearer one
ALIKE = "A and B alike: together one gas in equilibrium"
BOLTZMANN_EQUATION = "Boltzmann equation of Maxwell molecules"
STEPPED = "time steps raise D, those chosen here by some 0.2 %"  # (c_mp dt / lambda)^2 4 / (27 pi)
SLOWLY = "at the ends polynomials converge slowly"


def build(config: "DiffusionStressConfig", device: str) -> Simulation:
    """The slab at its start, its composition a line with slips at the ends; sampling from the first step."""
    scale = scale_of(config)
    ends = [(x_A, 1 - x_A) for x_A in config.ends]
    inside = [(x_A, 1 - x_A) for x_A in steady_line(scale, config.ends)]
    simulation = Simulation(
        scale.gas,
        Slab(
            scale.length, scale.cells, *(ExchangeReservoir(config.temperature, x) for x in ends),
            subcells=scale.subcells,
        ),
        Filling(config.pressure, config.temperature, *inside),
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
    ends : mole fractions of A of the reservoirs
    fields : of `moments_of`, Measured [cell, ...];  position : of the cells [m]
    steady_from : its first step
    """

    scale: Scale
    ends: tuple[float, float]
    fields: dict[str, Measured]
    position: Array
    steady_from: int

    @property
    def bulk(self) -> Array:
        """Which cells are read [cell]."""
        return self.scale.bulk(self.position)

    @property
    def alike(self) -> bool:
        """Whether A and B are one molecule by two names."""
        gas = self.scale.gas
        pairs = [gas.interaction(a, b) for a, b in gas.pair_numbers()]
        return gas.masses[0] == gas.masses[1] and all(pair == pairs[0] for pair in pairs)

    @cached_property
    def kinetic(self) -> Kinetic | None:
        """Theory of the whole slab, where there is one."""
        return kinetic_of(self.scale, self.ends)

    def read(self, function: Callable[[Fields], Array]) -> Measured:
        """A function of the fields."""
        return derive(
            lambda *fields: function(Fields(*fields)), *(self.fields[key] for key in Fields._fields)
        )

    def in_bulk(self, fields: Fields) -> Array:
        """Anisotropies of what is read [..., part]."""
        return fields.mean_anisotropy(self.bulk)

    def as_bulk(self, fields: Fields) -> Array:
        """Those that a bulk of the same densities and velocities would have [..., part]."""
        return fields.as_bulk(self.scale).mean_anisotropy(self.bulk)


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
    steady_from = int(samples.steps.sum() - steady.steps.sum())
    flow = Flow(scale, config.ends, fields, samples.positions, steady_from)
    resolution = {
        **scale.resolution(),
        "steady_from_step": flow.steady_from,
        "bulk_from": float(flow.position[flow.bulk][0]),
        "bulk_to": float(flow.position[flow.bulk][-1]),
    }
    return Measurement(
        [*anisotropies(flow), _drift(flow), *_layers(flow)], list(_profiles(flow)), resolution,
        samples.to_arrays(),
    )  # fmt: skip


def anisotropies(flow: Flow) -> Iterator[Estimate]:
    """Those of what is read beside theory: its own where it is a bulk, else that of the whole slab."""
    theory, known, error = _theory_in_bulk(flow)
    for estimate in estimates("stress_anisotropy", flow.read(flow.in_bulk), theory, known, error):
        if flow.alike and estimate.name.endswith("mixture"):
            yield replace(estimate, theory=0.0, theory_error=0.0, theory_kind="exact", theory_source=ALIKE)
        else:
            yield estimate


def _theory_in_bulk(flow: Flow) -> tuple[Array, Known, Array | float]:
    """Anisotropies [part], how they are known, and their error."""
    if flow.scale.knudsen >= FREE_MOLECULAR:
        return free_theory(flow.scale, flow.ends), Known("asymptotic", "free molecules"), 0.0
    closed, known = flow.read(flow.as_bulk), flow.scale.known
    if flow.scale.has_bulk:
        return closed.value, known, np.hypot(closed.stderr, _beyond_closed_form(flow))
    if flow.kinetic is not None:
        value, error, kind, source = _by_kinetic(flow, flow.in_bulk)
        return value, Known(kind, source), error
    layers = f"{known.source}: of a bulk, and Knudsen layers are all there is"
    return closed.value, Known("approximate", layers), closed.stderr


def _beyond_closed_form(flow: Flow) -> float:
    """What layers and higher orders of the flux add in a bulk: the most of any part, for signs change."""
    if flow.kinetic is None:
        return 0.0
    slab = flow.kinetic.finer
    return float(np.abs(flow.in_bulk(slab) - flow.as_bulk(slab)).max())


def _drift(flow: Flow) -> Estimate:
    """w in the mean over what is read."""

    def mean(fields: Fields) -> Array:
        return fields.mean_drift(flow.bulk)

    measured = flow.read(mean)
    law: tuple[Any, ...] = ()
    if flow.kinetic is not None:
        theory, error, _, source = _by_kinetic(flow, mean)
        law = (theory, error, "approximate", f"{source}: {STEPPED}")
    elif flow.scale.has_bulk:
        fick = flow.read(lambda fields: _fick(flow, fields.density[..., flow.bulk, :]))
        law = (fick.value, fick.stderr, "approximate", "Fick's law by the slope of the bulk, Chapman-Enskog")
    return Estimate("drift_speed", measured.value, measured.stderr, "m s-1", *law)


def _layers(flow: Flow) -> Iterator[Estimate]:
    """Amplitude and reach of the layers of A, of Maxwell molecules, whose bulk is known."""
    if flow.kinetic is None:
        return
    for name, reading in readings(flow.scale):
        measured = flow.read(reading)
        theory, error, _, source = _by_kinetic(flow, reading)
        yield Estimate(
            name, measured.value, measured.stderr, "1", theory, error, "approximate", f"{source}: {SLOWLY}"
        )


def _by_kinetic(flow: Flow, function: Callable[[Fields], Array]) -> tuple[Array, Array, TheoryKind, str]:
    """A function of the fields by the Boltzmann equation: value, error, kind and source."""
    assert flow.kinetic is not None
    kind: TheoryKind = "numerical" if flow.scale.knudsen < FREE_MOLECULAR else "approximate"
    return *flow.kinetic.read(function), kind, BOLTZMANN_EQUATION


def _fick(flow: Flow, density: Array) -> Array:
    """w = -D_AB dx_A/dz / (x_A x_B) in the mean over the bulk [...], the slope a straight line's."""
    x = density[..., 0] / density.sum(axis=-1)
    place = flow.position[flow.bulk] - flow.position[flow.bulk].mean()
    slope = x @ place / (place @ place)
    diffusion = float(flow.scale.theory.diffusion_binary(flow.scale.composition[0], flow.scale.pressure))
    scale = flow.scale.density.sum() / density.sum(axis=-1).mean(axis=-1)  # D_AB is as 1/n
    return -diffusion * scale * slope * (1 / (x * (1 - x))).mean(axis=-1)


def _profiles(flow: Flow) -> Iterator[Profile]:
    """Anisotropies over the local n m_r w^2, the layers, the composition and the drift across the slab."""
    place = flow.position
    measured, closed = flow.read(lambda f: f.local), flow.read(lambda f: f.as_bulk(flow.scale).local)
    yield from profiles("stress_anisotropy", place, measured, closed.value)
    if flow.kinetic is not None:
        slab = flow.kinetic.finer
        for number, part in enumerate(PARTS):
            line = slab.local[:, number]
            yield Profile(f"stress_anisotropy_{part}_slab", "1", place, line, np.zeros_like(line))
        layers = flow.read(lambda fields: departure(flow.scale, fields))
        yield from profiles("layer", place, layers, departure(flow.scale, slab))
    x_A = flow.read(lambda fields: fields.density[..., 0] / fields.density.sum(axis=-1))
    yield Profile("mole_fraction_A", "1", place, x_A.value, x_A.stderr)
    for name, key, unit in (("drift_speed", "drift", "m s-1"), ("temperature", "temperature", "K")):
        field = flow.fields[key]
        yield Profile(name, unit, place, field.value, field.stderr)
