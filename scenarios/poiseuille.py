"""Poiseuille flow: a gas driven along a duct without end by a uniform force, which stands for dp/dz.

The reduced pressure gradient is X = F L / (k T), F = -(dp/dz) / n the force on a molecule, L the distance of
the plates or the radius of the tube; the reduced flow rate G_P = 2 u / (v0 X), u the mean velocity, of
mixtures the mole-average one v*: a force on every molecule does the work n F v*.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.gas_flow.config import DuctConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario, SweepPoint

if TYPE_CHECKING:
    from knudsen.analysis import figures, statistics
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import drawing, flow, minimum, zero_drive
else:
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    drawing, flow = lazily("knudsen.scenarios.gas_flow.drawing"), lazily("knudsen.scenarios.gas_flow.flow")
    minimum = lazily("knudsen.scenarios.gas_flow.minimum")
    zero_drive = lazily("knudsen.scenarios.gas_flow.zero_drive")

SAMPLED = 40  # relaxation times of the default run


class PoiseuilleConfig(DuctConfig):
    """The keys of flows along ducts, and the force.

    speed_ratio : u / v0 that the force is chosen for; without effect on what 'low_signal' estimates
    """

    speed_ratio: PositiveNumber = 0.1

    @property
    def drive(self) -> float:
        """u / v0."""
        return self.speed_ratio


def steps(config: PoiseuilleConfig) -> int:
    """Steps of the run."""
    return flow.steps_of(config, flow.scale_of(config), SAMPLED)


def gradient(config: PoiseuilleConfig, scale: "flow.Scale") -> float:
    """X [-] that drives the gas at about the speed asked for."""
    return 2 * config.speed_ratio / flow.rough_rate(scale.delta, config.tube)


def build(config: PoiseuilleConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    force = gradient(config, scale) * scale.thermal_energy / scale.length
    drive = flow.Drive((config.temperature, config.temperature), force=force)
    return flow.simulate(config, scale, drive, steps(config), device)


def velocity_of(gases: Sequence[str]) -> str:
    """Name of the velocity that G_P is made of."""
    return "velocity" if len(gases) == 1 else "molar_velocity"


def measure(config: PoiseuilleConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    run = flow.steady_run(config, samples)
    profiles = list(run.fields.profiles())
    if run.theory is not None:
        unit = run.scale.speed * gradient(config, run.scale) / 2
        velocity = run.theory.profiles(run.places).poiseuille_velocity * unit
        profiles.append(run.fields.curve(velocity_of(config.gases), velocity))
    return Measurement(list(estimates(run)), profiles, run.resolution, samples.to_arrays())


def estimates(run: "flow.Run") -> Iterator[Estimate]:
    """G_P, and what of it is not the viscous flow of a gas that sticks to the wall."""
    config, delta = run.config, run.scale.delta
    unit, viscous = run.scale.speed * gradient(config, run.scale) / 2, flow.viscous_rate(delta, config.tube)
    rate = statistics.derive(lambda u: u / unit, run.fields.mean(velocity_of(config.gases)))
    share = flow.flow_lost(delta, gradient(config, run.scale), config.tube)
    predicted = run.predict(lambda flow: flow.G_P, share)
    yield run.beside("flow_rate", "1", rate, predicted)
    slipping = statistics.derive(lambda G: G - viscous, rate)
    if predicted is not None:
        predicted = predicted._replace(value=predicted.value - viscous, resolved=predicted.resolved - viscous)
    yield run.beside("slip_coefficient", "1", slipping, predicted)


def curves(config: PoiseuilleConfig, key: str, values: Sequence[float]) -> Mapping[str, Sequence[Any]]:
    """G_P by kinetic theory, of slip flow and of free molecules, along a key that is swept."""
    rows, slips = [], []
    for changed, scale in flow.along(config, key, values):
        theory = flow.kinetic_theory(changed, scale)
        if theory is None:
            return {}
        viscous = flow.viscous_rate(scale.delta, changed.tube)
        rows.append((theory.flow.G_P, viscous + theory.slip.sigma_P, theory.rarefied.G_P))
        slips.append(tuple(G_P - viscous for G_P in rows[-1]))
    return {
        "flow_rate": figures.lines(theory.line_names, values, rows),
        "slip_coefficient": figures.lines(theory.line_names, values, slips),
    }


def sweep_estimates(points: Sequence[SweepPoint]) -> Sequence[Estimate]:
    """Of a sweep over delta that goes through it, the minimum of G_P; of one over the force, its limit."""
    return [*minimum.knudsen_minimum(points), *zero_drive.at_zero_drive(PoiseuilleConfig, points)]


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, velocity_of(result.config["gases"]), "Velocity along the duct")


SCENARIO = Scenario(
    name="poiseuille",
    summary=SCENARIOS["poiseuille"].summary,
    Config=PoiseuilleConfig,
    build=build,
    measure=measure,
    figures=draw,
    sweep_estimates=sweep_estimates,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Poiseuille flow",
)
