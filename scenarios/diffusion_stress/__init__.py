"""Stresses that two gases make by moving through each other, quadratic in the flux.

What the run needs is imported when it runs, so that a config is read and rejected at once.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import Field, model_validator

from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import GasConfig, Gases, ModelName
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import Count, Fraction, PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario, SweepPoint

if TYPE_CHECKING:
    from knudsen.analysis.figures import Line
    from knudsen.core.results import Estimate, Result
    from knudsen.core.samples import Samples
    from knudsen.dsmc import Simulation
    from knudsen.scenarios.diffusion_stress import counterdiffusion, driven, layers, scale, story, sweeping
else:
    counterdiffusion = lazily("knudsen.scenarios.diffusion_stress.counterdiffusion")
    driven = lazily("knudsen.scenarios.diffusion_stress.driven")
    layers = lazily("knudsen.scenarios.diffusion_stress.layers")
    scale = lazily("knudsen.scenarios.diffusion_stress.scale")
    story = lazily("knudsen.scenarios.diffusion_stress.story")
    sweeping = lazily("knudsen.scenarios.diffusion_stress.sweeping")

LEAST_COPIES = 16  # whose spread is an error bar
VALIDATION: tuple[dict[str, Any], ...] = (
    *({"mass_ratio": float(ratio), "seed": ratio} for ratio in (1, 2, 4, 10)),  # runs that share no chance
    {"mode": "counterdiffusion", "mass_ratio": 1.0, "knudsen": 0.2},
    {"mode": "counterdiffusion"},
    {"mode": "counterdiffusion", "knudsen": 0.3},
    {"model": "hs"},
    {"gases": ["Ar", "He"], "model": "vss"},
)
NOT_OF = {"driven": ("cells", "subcells"), "counterdiffusion": ("drift",)}  # keys of the other mode
PURE = (1.0, 0.0)  # mole fractions of A at the ends of a slab, where left out


class DiffusionStressConfig(GasConfig):
    """The shared keys, of two gases, and how they are made to move.

    mode : 'driven', a uniform gas at rest, from t = 0 on A and B pulled apart by forces that balance;
        'counterdiffusion', a slab between reservoirs that exchange one molecule for one
    mass_ratio : m_A / m_B of two model gases in place of `gases`, 10 where neither is given; their Maxwell
        molecules collide at one rate, their other molecules are of one size
    x_left, x_right : mole fraction of A at the ends; 'driven' has one throughout, one half where left out
    drift : of 'driven', w / (2 k T / m_r)^(1/2) that the forces would keep up at the initial temperature;
        where left out 1 of Maxwell molecules, of any speed the same, and 0.2 of others
    knudsen, delta, length, cells, subcells : of 'counterdiffusion'
    particles_per_cell : 'driven' is one cell
    steps, transient_steps : of the run, and those left out of every steady mean; chosen where left out

    Layers of a slab of Maxwell molecules: how far P_xx - P_yy of A is from the closed form of a bulk of
    the same n and u, over N_A (m_r k T)^(1/2), N_A the flux of A into the gas at that end. Its means
    within half a mean free path of an end, or a quarter of the slab, are `layer_amplitude_A_left` and
    `_right`; its integrals, to where the bulk begins, over amplitude and mean free path are
    `layer_reach_A_left` and `_right`.
    """

    default_size: ClassVar[tuple[str, float]] = ("knudsen", 0.03)

    mode: Literal["driven", "counterdiffusion"] = "driven"
    gases: Gases | None = None
    mass_ratio: PositiveNumber | None = None
    model: ModelName = "maxwell"
    x_left: Fraction | None = None
    x_right: Fraction | None = None
    drift: PositiveNumber | None = None
    steps: Count | None = None
    transient_steps: Annotated[int, Field(strict=True, ge=0)] | None = None
    subcells: Count | None = None
    particles_per_cell: Count | None = None
    ensemble: Count = 32

    @classmethod
    def conflicts(cls, keys: Collection[str]) -> list[Fault]:
        """Also gases that have a mass ratio already."""
        found = super().conflicts(keys)
        if {"gases", "mass_ratio"} <= set(keys):
            problem = "both name the two gases"
            found.append(Fault("gases and mass_ratio", problem, "keep one: gases of the table, or models"))
        return found

    @model_validator(mode="before")
    @classmethod
    def _give_gases(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and all(values.get(name) is None for name in ("gases", "mass_ratio")):
            return {**values, "mass_ratio": 10.0}
        return values

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = [*_gas_faults(self), *_composition_faults(self), *_mode_faults(self)]
        if self.accommodation != 1:
            problem = f"must be 1, got {self.accommodation}"
            found.append(Fault("accommodation", problem, "there are no walls: leave it out"))
        if self.ensemble < LEAST_COPIES:
            problem = f"{self.ensemble} copies are too few for error bars from their spread"
            found.append(Fault("ensemble", problem, f"give {LEAST_COPIES} or more"))
        if not found:
            found += _cell_faults(self)
        if not found and self.steps is not None and (left_out := scale.transient_of(self)) >= self.steps:
            problem = f"the first {left_out} of {self.steps} steps are left out of every steady mean"
            found.append(Fault("steps", problem, f"give more, {2 * left_out} say, or transient_steps"))
        if found:
            raise ConfigError(found)
        return self

    @property
    def ends(self) -> tuple[float, float]:
        """Mole fractions of A at the left and the right end."""
        if self.mode == "driven":
            x_A = next((x for x in (self.x_left, self.x_right) if x is not None), 0.5)
            return x_A, x_A
        given = (self.x_left, self.x_right)
        left, right = (default if x is None else x for x, default in zip(given, PURE, strict=True))
        return left, right


def _gas_faults(config: DiffusionStressConfig) -> list[Fault]:
    found = []
    if config.gases is not None and len(config.gases) != 2:
        problem = f"{len(config.gases)} gases are named, and two move through each other"
        found.append(Fault("gases", problem, 'name two, such as ["Ar", "He"]'))
    if config.mass_ratio is not None and config.model == "lj":
        found.append(Fault("model", "model gases have no 'lj' parameters", "name two gases of the table"))
    return found


def _composition_faults(config: DiffusionStressConfig) -> list[Fault]:
    (left, right), found = config.ends, []
    if config.mode == "driven":
        if len({x for x in (config.x_left, config.x_right) if x is not None}) == 2:
            problem = f"is not x_left, {config.x_left}, and a driven gas is uniform"
            found.append(Fault("x_right", problem, "leave it out"))
        if left in (0.0, 1.0):
            found.append(Fault("x_left", f"{left} leaves one gas alone", "give less than 1, more than 0"))
    elif left == right:
        found.append(Fault("x_right", f"equals x_left, {left}, so nothing diffuses", "make them differ"))
    return found


def _mode_faults(config: DiffusionStressConfig) -> list[Fault]:
    """Of keys that would do nothing."""
    return [
        Fault(name, f"does nothing in mode {config.mode!r}", "leave it out")
        for name in NOT_OF[config.mode]
        if getattr(config, name) is not None
    ]


def _cell_faults(config: DiffusionStressConfig) -> list[Fault]:
    """Of cells so wide that none are in the layers, or too few between them."""
    if config.cells is None or layers.are_resolved(scale.scale_of(config)):
        return []
    chosen = scale.scale_of(config.model_copy(update={"cells": None})).cells
    problem = f"{config.cells} are too few to tell the layers from what is between them"
    return [Fault("cells", problem, f"leave it out, for {chosen}, or give more")]


def build(config: DiffusionStressConfig, device: str) -> "Simulation":
    """The simulation of a config at its start, sampling from the first step on."""
    return (driven if config.mode == "driven" else counterdiffusion).build(config, device)


def measure(config: DiffusionStressConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    return (driven if config.mode == "driven" else counterdiffusion).measure(config, samples)


def steps(config: DiffusionStressConfig) -> int:
    """Steps of the run."""
    return scale.steps_of(config)


def curves(
    config: DiffusionStressConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["Line"]]:
    """The steady anisotropies by theory along a key that is swept."""
    return sweeping.curves(config, key, values)


def sweep_estimates(points: Sequence[SweepPoint]) -> Sequence["Estimate"]:
    """The exponent of stress against flux, where the flux alone was swept."""
    return sweeping.scaling_exponent(points)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    story.draw(result, folder)


def draw_sweep(points: Sequence[SweepPoint], folder: Path) -> None:
    """Write what the points of a sweep say together.  Raises OSError."""
    story.draw_sweep([point.result for point in points], folder)


SCENARIO = Scenario(
    name="diffusion_stress",
    summary=SCENARIOS["diffusion_stress"].summary,
    Config=DiffusionStressConfig,
    build=build,
    measure=measure,
    figures=draw,
    sweep_estimates=sweep_estimates,
    sweep_figures=draw_sweep,
    curves=curves,
    steps=steps,
    validation=VALIDATION,
    dimensions=DIMENSIONS,
    title="Diffusion stress",
)
