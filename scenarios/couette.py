"""Couette flow: a gas between two plates that slide past each other.

Plates at x = 0 and x = L move along z at -U/2 and +U/2.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.faults import Fault
from knudsen.scenarios.gas_flow.config import FlowConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis import figures, statistics
    from knudsen.analysis.statistics import Array
    from knudsen.analysis.transition import channel, slip
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import drawing, flow
else:
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    channel, slip = lazily("knudsen.analysis.transition.channel"), lazily("knudsen.analysis.transition.slip")
    drawing, flow = lazily("knudsen.scenarios.gas_flow.drawing"), lazily("knudsen.scenarios.gas_flow.flow")

SAMPLED = 40  # relaxation times of the default run
BULK = 0.5  # share of the gap, in its middle, that the straight line is fitted to


class CouetteConfig(FlowConfig):
    """The keys of gas flows, and how fast the plates slide.

    speed_ratio : U / v0, v0 = (2 k T / m)^(1/2); without effect on what 'low_signal' estimates
    """

    speed_ratio: PositiveNumber = 0.3

    def low_signal_faults(self) -> list[Fault]:
        """Also walls that a low signal cannot move."""
        found = super().low_signal_faults()
        if self.lord:
            problem = "'low_signal' cannot move Cercignani, Lampis and Lord's walls"
            found.append(Fault("method", problem, "take 'direct', or Maxwell's accommodation"))
        return found


def steps(config: CouetteConfig) -> int:
    """Steps of the run."""
    return flow.steps_of(config, flow.scale_of(config), SAMPLED)


def build(config: CouetteConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    half = speed(config, scale) / 2
    drive = flow.Drive((config.temperature, config.temperature), (-half, half))
    return flow.simulate(config, scale, drive, steps(config), device)


def speed(config: CouetteConfig, scale: "flow.Scale") -> float:
    """U [m/s]."""
    return config.speed_ratio * scale.speed


def measure(config: CouetteConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    run = flow.steady_run(config, samples)
    profiles = list(run.fields.profiles())
    if run.theory is not None:
        profiles.append(run.fields.curve("velocity", theory_velocity(run)))
    return Measurement(list(estimates(run)), profiles, run.resolution, samples.to_arrays())


def theory_velocity(run: "flow.Run") -> "Array":
    """u of the kinetic theory [cell] [m/s]."""
    gas, place = run.theory.gas, run.fields.positions / run.scale.length - 0.5
    found = channel.channel_profiles(gas, run.scale.delta, place, run.config.accommodation)
    return found.couette_velocity * speed(run.config, run.scale)


def shear_rate(run: "flow.Run", velocity: "Array") -> "Array":
    """du/dx of the straight line through the middle of the gap, fitted to velocities [..., cell] [1/s]."""
    place = run.fields.positions - run.scale.length / 2
    place = np.where(np.abs(place) < BULK / 2 * run.scale.length, place, 0.0)
    return velocity @ place / (place @ place)


def estimates(run: "flow.Run") -> Iterator[Estimate]:
    """Stress over that of free molecules; slip length and viscosity, read alike from theory's profile."""
    U, L = speed(run.config, run.scale), run.scale.length
    free, velocity = run.scale.free_momentum * U, run.fields["velocity"]
    stress = run.fields.mean("shear_stress")

    def slip_length(velocity: "Array") -> "Array":
        return U / (2 * shear_rate(run, velocity)) - L / 2

    def viscosity(stress: "Array", velocity: "Array") -> "Array":
        return -stress / shear_rate(run, velocity)

    ratio = length = apparent = None
    if run.theory is not None:
        ratio = channel.channel_flow(run.theory.gas, run.scale.delta, run.config.accommodation).couette_ratio
        curve = theory_velocity(run)
        length, apparent = float(slip_length(curve)), float(viscosity(-ratio * free, curve))
    yield run.beside("shear_stress_ratio", "1", statistics.derive(lambda s: -s / free, stress), ratio)
    yield run.beside("slip_length", "m", statistics.derive(slip_length, velocity), length)
    yield run.beside("viscosity", "Pa s", statistics.derive(viscosity, stress, velocity), apparent)


def curves(
    config: CouetteConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """The stress ratio by kinetic theory, of slip flow and of free molecules, along a key that is swept."""
    ratios = []
    for changed, scale in flow.along(config, key, values):
        theory, alpha = flow.kinetic_theory(changed, scale), changed.accommodation
        if theory is None:
            return {}
        slipping = np.sqrt(np.pi) / (scale.delta + 2 * slip.slip_of(theory.gas, alpha).sigma_P)
        exact = channel.channel_flow(theory.gas, scale.delta, alpha).couette_ratio
        ratios.append((exact, slipping, alpha / (2 - alpha)))
    names = (theory.source, "slip flow", "free molecules")
    return {"shear_stress_ratio": figures.lines(names, values, ratios)}


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, "velocity", "Velocity between plates that slide")


SCENARIO = Scenario(
    name="couette",
    summary=SCENARIOS["couette"].summary,
    Config=CouetteConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Couette flow",
)
