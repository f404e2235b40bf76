"""Thermal creep: along a wall whose temperature rises, a gas moves towards the hot end.

Reduced drives along a duct without end, L the distance of the plates or the radius of the tube::

    X_P = (L / p) dp/dz,  X_T = (L / T) dT/dz
    2 u / v0 = -G_P X_P + G_T X_T,  2 q / (p v0) = G_T X_P - ... X_T    (Onsager: the same G_T)

u and q are means over the duct; in mixtures u is the mole-average velocity v* and q the reduced heat flux q',
without the enthalpy that diffusion carries: these are the partners of X_P and X_T.  Hard spheres between
plates run by 'low_signal', the force along y and the temperature gradient along z, which do not see each
other.  All else runs by the force alone, and G_T is the heat flux that it drives.  With closed ends no gas
passes, and p ~ T^gamma, gamma = G_T / G_P, of a mixture while its composition is uniform.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.gas_flow.config import DuctConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.poiseuille import velocity_of
from knudsen.scenarios.quantities import PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario, SweepPoint

if TYPE_CHECKING:
    from knudsen.analysis import figures, statistics
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import drawing, flow, zero_drive
else:
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    drawing, flow = lazily("knudsen.scenarios.gas_flow.drawing"), lazily("knudsen.scenarios.gas_flow.flow")
    zero_drive = lazily("knudsen.scenarios.gas_flow.zero_drive")

SAMPLED = 60  # relaxation times of the default run
ESTIMATES = (
    "creep_rate",
    "thermal_slip_coefficient",
    "pressure_exponent",
    "flow_rate",
    "creep_rate_by_heat_flux",
)
FREE_EXPONENT = 0.5  # gamma of free molecules: p ~ T^(1/2)


class ThermalCreepConfig(DuctConfig):
    """The keys of flows along ducts, and the drives.

    pressure_gradient : X_P, of which 'low_signal' takes the first order
    temperature_gradient : X_T, of 'low_signal' alone
    """

    pressure_gradient: PositiveNumber = 0.1
    temperature_gradient: PositiveNumber = 0.1

    @property
    def drive(self) -> float:
        """X_P."""
        return self.pressure_gradient


def steps(config: ThermalCreepConfig) -> int:
    """Steps of the run."""
    return flow.steps_of(config, flow.scale_of(config), SAMPLED)


def build(config: ThermalCreepConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    scale = flow.scale_of(config)
    force = config.pressure_gradient * scale.thermal_energy / scale.length
    temperatures = (config.temperature, config.temperature)
    drive = flow.Drive(temperatures, force=force)
    if config.low_signal:
        gradient = config.temperature_gradient * config.temperature / scale.length
        drive = flow.Drive(temperatures, sideways=force, temperature_gradient=gradient)
    return flow.simulate(config, scale, drive, steps(config), device)


def measure(config: ThermalCreepConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    run = flow.steady_run(config, samples)
    profiles = list(run.fields.profiles())
    if run.theory is not None:
        profiles.append(run.fields.curve(velocity_of(config.gases), theory_velocity(run)))
    return Measurement(list(estimates(run)), profiles, run.resolution, samples.to_arrays())


def theory_velocity(run: "flow.Run") -> Any:
    """Velocity along the duct [cell] [m/s]: of the creep in 'low_signal', else of what the force drives."""
    config, found = run.config, run.theory.profiles(run.places)
    if config.low_signal:
        return found.creep_velocity * run.scale.speed * config.temperature_gradient / 2
    return found.poiseuille_velocity * run.scale.speed * config.pressure_gradient / 2


def reduced(run: "flow.Run") -> dict[str, Any]:
    """G_P, G_T by the heat flux that a force drives, and, of 'low_signal', G_T by the creep itself."""
    config, scale = run.config, run.scale
    driven = config.pressure_gradient * scale.speed / 2
    carried = driven * scale.pressure
    along = ("sideways_velocity", "sideways_heat_flux")
    if not config.low_signal:
        along = (velocity_of(config.gases), "parallel_heat_flux")
    velocity, heat = (run.fields.mean(name) for name in along)
    found = {
        "flow_rate": statistics.derive(lambda u: u / driven, velocity),
        "creep_rate_by_heat_flux": statistics.derive(lambda q: -q / carried, heat),
    }
    if config.low_signal:
        unit = config.temperature_gradient * scale.speed / 2
        found["creep_rate"] = statistics.derive(lambda u: u / unit, run.fields.mean("velocity"))
    else:
        found["creep_rate"] = found.pop("creep_rate_by_heat_flux")
    return found


def estimates(run: "flow.Run") -> Iterator[Estimate]:
    """G_T, sigma_T as delta G_T, gamma, and what they are made of."""
    found, delta = reduced(run), run.scale.delta
    found["thermal_slip_coefficient"] = statistics.derive(lambda G: delta * G, found["creep_rate"])
    found["pressure_exponent"] = statistics.derive(
        lambda creep, flow: creep / flow, found["creep_rate"], found["flow_rate"]
    )
    for name in ESTIMATES:
        if name in found:
            yield run.beside(name, "1", found[name], predicted(run, name))


def reading(name: str, delta: float) -> Callable[[Any], float]:
    """How an estimate is read from what has G_P and G_T."""
    of: dict[str, Callable[[Any], float]] = {
        "thermal_slip_coefficient": lambda flow: delta * flow.G_T,
        "pressure_exponent": lambda flow: flow.G_T / flow.G_P,
        "flow_rate": lambda flow: flow.G_P,
    }
    return of.get(name, lambda flow: flow.G_T)


def predicted(run: "flow.Run", name: str) -> "flow.Prediction | None":
    """What theory says of an estimate."""
    config, delta = run.config, run.scale.delta
    lost = flow.flow_lost if name == "flow_rate" else flow.heat_lost
    return run.predict(reading(name, delta), lost(delta, config.pressure_gradient, config.tube))


def curves(config: ThermalCreepConfig, key: str, values: Sequence[float]) -> Mapping[str, Sequence[Any]]:
    """Estimates by kinetic theory, of slip flow and of free molecules, along a key that is swept."""
    rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in ESTIMATES}
    for changed, scale in flow.along(config, key, values):
        theory = flow.kinetic_theory(changed, scale)
        if theory is None:
            return {}
        slip, viscous = theory.slip, flow.viscous_rate(scale.delta, changed.tube)
        slipping = flow.Reduced(viscous + slip.sigma_P, slip.sigma_T / scale.delta)
        for name, found in rows.items():
            read = reading(name, scale.delta)
            free = FREE_EXPONENT if name == "pressure_exponent" else read(theory.rarefied)
            found.append((read(theory.flow), read(slipping), free))
    return {name: figures.lines(theory.line_names, values, found) for name, found in rows.items()}


def warnings(config: ThermalCreepConfig) -> Sequence[str]:
    """Says where the force of plain DSMC is too strong for its heat flux to be G_T."""
    scale = flow.scale_of(config)
    lost = flow.heat_lost(scale.delta, config.pressure_gradient, config.tube)
    if config.low_signal or lost <= flow.SMALL:
        return ()
    given = f"pressure_gradient {config.pressure_gradient:g} at delta {scale.delta:.3g}"
    return (f"{given} may change the heat flux, and creep_rate with it, by {lost:.0%}: give less",)


def sweep_estimates(points: Sequence[SweepPoint]) -> Sequence[Estimate]:
    """What a sweep over the force tends to as it falls."""
    return zero_drive.at_zero_drive(ThermalCreepConfig, points)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw_field(result, folder, velocity_of(result.config["gases"]), "Velocity along the duct")


SCENARIO = Scenario(
    name="thermal_creep",
    summary=SCENARIOS["thermal_creep"].summary,
    Config=ThermalCreepConfig,
    build=build,
    measure=measure,
    figures=draw,
    sweep_estimates=sweep_estimates,
    warnings=warnings,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Thermal creep",
)
