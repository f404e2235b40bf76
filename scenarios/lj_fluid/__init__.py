"""The Lennard-Jones fluid in equilibrium, beside its equation of state.

What the run needs is imported when it runs, so that a config is read and rejected at once.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from knudsen.scenarios.faults import Fault
from knudsen.scenarios.md_config import MDConfig, Pressure, Time
from knudsen.scenarios.quantities import Count
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.core.results import Result
    from knudsen.scenarios.lj_fluid.run import FluidSamples, FluidSimulation

NAME = "lj_fluid"
EQUILIBRATION_TIME = 20.0  # under a thermostat, before constant energy
RARE = 0.1  # density below which atoms meet seldom, and all takes longer


UNITS = {
    "temperature": "epsilon kB-1",
    "density": "sigma-3",
    "pressure": "epsilon sigma-3",
    "cutoff": "sigma",
    "timestep": "sigma (m/epsilon)^(1/2)",
    "length": "sigma",
}
# Axes of the arrays that a result holds.
DIMENSIONS = {
    "steps": ("sample",),
    "times": ("sample",),
    **dict.fromkeys(
        ("density", "temperature", "kinetic_energy", "potential_energy", "pressure", "conserved"),
        ("copy", "sample"),
    ),
    "pressure_tensor": ("copy", "sample", "row", "column"),
}


class FluidConfig(MDConfig):
    """The shared keys, and what keeps the temperature and the pressure.

    thermostat : 'bussi', 'nose_hoover', 'langevin'; 'none' holds the energy once the equilibration is over
    relaxation_time : of the thermostat [sigma sqrt(m/epsilon)]; 1 / friction for Langevin
    pressure : kept by a barostat [epsilon/sigma^3], where given; the density is then that of the start
    """

    steps: Count = 60_000
    thermostat: Literal["bussi", "nose_hoover", "langevin", "none"] = "bussi"
    relaxation_time: Time = 0.2
    pressure: Pressure | None = None

    @property
    def thermostatted_steps(self) -> int:
        """Steps under a thermostat, at the start of a run at constant energy."""
        if self.equilibration_steps is not None:
            return self.equilibration_steps
        return round(EQUILIBRATION_TIME * max(1.0, RARE / self.density) / self.step_length)

    def faults(self) -> Iterator[Fault]:
        """Those of every molecular-dynamics run; a run at constant energy that does not come to it."""
        yield from super().faults()
        if self.thermostat == "none" and 2 * self.thermostatted_steps > self.steps:
            problem = (
                f"{self.steps} steps, of which {self.thermostatted_steps} equilibrate under a thermostat, "
                "leave too few at constant energy"
            )
            yield Fault("steps", problem, f"give {2 * self.thermostatted_steps} or more")
        if self.thermostat == "none" and self.pressure is not None:
            problem = "'none' leaves the temperature to itself while a barostat works on the fluid"
            yield Fault("thermostat", problem, "choose 'bussi', or leave pressure out")


def build(config: FluidConfig, device: str) -> "FluidSimulation":
    """The simulation of a config at its start, sampling from the first step on."""
    from knudsen.scenarios.lj_fluid import run

    return run.build(config, device)


def measure(config: FluidConfig, samples: "FluidSamples") -> Measurement:
    """Estimates beside theory, g(r) and resolution of a run.  Raises TooShortError, NotSteadyError."""
    from knudsen.scenarios.lj_fluid import run

    return run.measure(config, samples)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    from knudsen.scenarios.lj_fluid import figures

    figures.draw(result, folder)


def warnings(config: Any) -> Sequence[str]:
    """What can be run, but has no theory, no one phase, or too few atoms or steps."""
    from knudsen.scenarios.lj_fluid import setup

    return setup.warnings(config)


SCENARIO = Scenario(
    name=NAME,
    summary=SCENARIOS[NAME].summary,
    Config=FluidConfig,
    build=build,
    measure=measure,
    figures=draw,
    warnings=warnings,
    dimensions=DIMENSIONS,
    units=UNITS,
    title="Lennard-Jones fluid",
)
