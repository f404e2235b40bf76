"""Diffusion slip: two gases that diffuse along a wall at uniform pressure carry the mixture along it.

The gas is between plates, uniform.  Forces on the species, whose sum is zero, stand for the gradient of
composition along z::

    F_A = -(k T / x_A) dx_A/dz,    F_B = +(k T / x_B) dx_A/dz

Velocities are over D_AB dx_A/dz, of the bulk.  What is measured is the mean over the middle of the gap, and
the cells beside the walls; theory is read at the same places.  The friction of the species heats the gas, as
the square of their drift.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from pydantic import model_validator

from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import Gases
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.gas_flow.config import FlowConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis import figures, gas_fields, statistics
    from knudsen.analysis.statistics import Array, Measured
    from knudsen.analysis.transition import binary_flows
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import flow, simulation
else:
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    gas_fields = lazily("knudsen.analysis.gas_fields")
    binary_flows = lazily("knudsen.analysis.transition.binary_flows")
    flow = lazily("knudsen.scenarios.gas_flow.flow")
    simulation = lazily("knudsen.scenarios.gas_flow.simulation")

SAMPLED = 100  # relaxation times of the default run
MIDDLE = 0.5  # share of the gap that is the bulk
Z = 2
MCCORMACK, KRAMERS = "McCormack's model", "Kramers and Kistemaker"
VELOCITIES = ("molar_velocity", "mass_velocity", "relative_velocity")


class DiffusionSlipConfig(FlowConfig):
    """The keys of gas flows, of two gases.

    speed_ratio : w / v0, w the drift of the species through each other in the bulk
    """

    default_size: ClassVar[tuple[str, float]] = ("delta", 8.0)

    gases: Gases = ("He", "Ar")
    speed_ratio: PositiveNumber = 0.1

    @model_validator(mode="after")
    def _of_two_gases(self) -> Self:
        if len(self.gases) != 2:
            fault = Fault("gases", "one gas does not diffuse", 'name two, such as ["He", "Ar"]')
            raise ConfigError([fault])
        if not 0 < self.composition[0] < 1:
            fault = Fault("x_left", f"{self.composition[0]} leaves one gas alone", "give between 0 and 1")
            raise ConfigError([fault])
        return self


def steps(config: DiffusionSlipConfig) -> int:
    """Steps of the run."""
    return flow.steps_of(config, flow.scale_of(config), SAMPLED)


def diffusivity(config: DiffusionSlipConfig, scale: "flow.Scale") -> float:
    """D_AB [m2/s]."""
    return float(scale.theory.diffusion_binary(config.composition[0], config.pressure))


def gradient(config: DiffusionSlipConfig, scale: "flow.Scale") -> float:
    """dx_A/dz [1/m] that the forces stand for: w = -(D_AB / (x_A x_B)) dx_A/dz in the bulk."""
    x_A, x_B = config.composition
    return -config.speed_ratio * scale.speed * x_A * x_B / diffusivity(config, scale)


def build(config: DiffusionSlipConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    x_A, x_B = config.composition
    pull = scale.thermal_energy * gradient(config, scale)
    drive = flow.Drive((config.temperature,) * 2, force=(-pull / x_A, pull / x_B))
    return flow.simulate(config, scale, drive, steps(config), device)


@dataclass(frozen=True)
class Slip:
    """Velocities across the gap, over D_AB dx_A/dz, measured and by McCormack's model.

    positions : of the cells, x / L from the middle
    measured : name of VELOCITIES -> Measured [cell]
    """

    config: DiffusionSlipConfig
    scale: "flow.Scale"
    positions: "Array"
    measured: Mapping[str, "Measured"]

    @cached_property
    def theory(self) -> "binary_flows.DiffusionProfiles | None":
        """At the cells; None for walls that the model does not hold."""
        return None if self.config.lord else mccormack(self.config, self.scale, self.positions)

    @property
    def middle(self) -> "Array":
        """Weights of the cells of the bulk [cell]."""
        return _mean_of(np.abs(self.positions) < MIDDLE / 2)

    @property
    def walls(self) -> "Array":
        """Weights of the two cells beside the walls [cell]."""
        return _mean_of(np.abs(self.positions) == np.abs(self.positions).max())

    def estimate(self, name: str, velocity: str, weights: "Array") -> Estimate:
        """A mean over cells beside the model's."""
        found = statistics.derive(lambda value: value @ weights, self.measured[velocity])
        if self.theory is None:
            return Estimate(name, found.value, found.stderr, "1")
        predicted = float(getattr(self.theory, velocity) @ weights)
        return Estimate(name, found.value, found.stderr, "1", predicted, 0.0, "approximate", MCCORMACK)


def _mean_of(chosen: "Array") -> "Array":
    return np.asarray(chosen / np.count_nonzero(chosen))


def mccormack(
    config: DiffusionSlipConfig, scale: "flow.Scale", positions: "Array"
) -> "binary_flows.DiffusionProfiles":
    """Velocities by McCormack's model at places x / L from the middle."""
    x_A, _ = config.composition
    return binary_flows.diffusion_profiles(
        scale.gas, x_A, scale.delta, positions, config.temperature, config.accommodation
    )


def kramers_kistemaker(config: DiffusionSlipConfig, scale: "flow.Scale") -> float:
    """Their molar velocity over D_AB dx_A/dz, at any rarefaction the same."""
    found = binary_flows.diffusion_slip(scale.gas, config.composition[0], config.temperature)
    return found.kramers_kistemaker_molar * found.schmidt_number / config.composition[0]


def measure(config: DiffusionSlipConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    scale = flow.scale_of(config)
    steady = simulation.steady_part(simulation.transient_of(config, scale), samples)
    fields = gas_fields.gas_fields(steady)
    slip = Slip(config, scale, steady.positions / scale.length - 0.5, velocities(config, scale, fields))
    resolution = {
        **scale.resolution(),
        "steady_from_step": int(samples.steps.sum() - steady.steps.sum()),
        "temperature_in_the_middle": float(fields["temperature"].value @ slip.middle),
    }
    found = list(profiles(slip, steady.positions))
    return Measurement(list(estimates(slip)), found, resolution, samples.to_arrays())


def velocities(
    config: DiffusionSlipConfig, scale: "flow.Scale", fields: "gas_fields.GasFields"
) -> dict[str, "Measured"]:
    """VELOCITIES along z, over D_AB dx_A/dz [cell]."""
    unit = diffusivity(config, scale) * gradient(config, scale)
    found = {name: statistics.derive(lambda u: u[..., Z] / unit, fields[name]) for name in VELOCITIES[:2]}
    found["relative_velocity"] = statistics.derive(
        lambda u: (u[..., 0, Z] - u[..., 1, Z]) / unit, fields["species_velocity"]
    )
    return found


def estimates(slip: Slip) -> Iterator[Estimate]:
    """Slip of the mixture in the bulk and at the wall, and how fast the species drift apart."""
    molar = slip.estimate("diffusion_slip_velocity", "molar_velocity", slip.middle)
    yield molar
    expected = kramers_kistemaker(slip.config, slip.scale)
    again = replace(molar, name="diffusion_slip_velocity_kramers_kistemaker")
    yield replace(again, theory=expected, theory_kind="approximate", theory_source=KRAMERS)
    yield slip.estimate("mass_slip_velocity", "mass_velocity", slip.middle)
    yield slip.estimate("molar_velocity_at_wall", "molar_velocity", slip.walls)
    yield slip.estimate("mass_velocity_at_wall", "mass_velocity", slip.walls)
    yield slip.estimate("relative_velocity", "relative_velocity", slip.middle)


def profiles(slip: Slip, positions: "Array") -> Iterator[Profile]:
    """The velocities across the gap, and those of theory."""
    for name in VELOCITIES:
        yield Profile(name, "1", positions, slip.measured[name].value, slip.measured[name].stderr)
        if slip.theory is not None:
            curve = getattr(slip.theory, name)
            yield Profile(f"{name}_theory", "1", positions, curve, np.zeros_like(curve))


def curves(
    config: DiffusionSlipConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """The slip in the middle by McCormack's model, its limit of wide gaps, and Kramers and Kistemaker's."""
    if config.lord:
        return {}
    rows = []
    for changed, scale in flow.along(config, key, values):
        places = np.linspace(-MIDDLE / 2, MIDDLE / 2, 41)
        inside = mccormack(changed, scale, places).molar_velocity.mean()
        wide = binary_flows.diffusion_slip(
            scale.gas, changed.composition[0], changed.temperature, changed.accommodation
        )
        limit = wide.sigma_C_molar * wide.schmidt_number / changed.composition[0]
        rows.append((inside, limit, kramers_kistemaker(changed, scale)))
    names = (MCCORMACK, "of one wall", "Kramers and Kistemaker")
    return {"diffusion_slip_velocity": figures.lines(names, values, rows)}


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    held = {profile.name: profile for profile in result.profiles}
    measured = [held["molar_velocity"], held["mass_velocity"]]
    theory = [
        figures.Line(f"{label}, {MCCORMACK}", held[name].position, held[name].value)
        for name, label in (("molar_velocity_theory", "molar"), ("mass_velocity_theory", "mass"))
        if name in held
    ]
    figure = figures.profile_figure(
        measured, theory, labels=["molar velocity, DSMC", "mass velocity, DSMC"],
        title="Diffusion slip between plates", quantity="velocity along the wall / (D dx/dz)",
    )  # fmt: skip
    figures.save(figure, folder, "velocity")


SCENARIO = Scenario(
    name="diffusion_slip",
    summary=SCENARIOS["diffusion_slip"].summary,
    Config=DiffusionSlipConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Diffusion slip",
)
