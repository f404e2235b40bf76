"""Two gases trade places through a slab between two reservoirs of unlike composition.

What the run needs is imported when it runs, so that a config is read and rejected at once.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import GasConfig
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.quantities import Count
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario, SweepPoint

if TYPE_CHECKING:
    from knudsen.core.results import Estimate, Result
    from knudsen.core.samples import Samples
    from knudsen.dsmc import Simulation

NAME = "equimolar_counterdiffusion"


class CounterdiffusionConfig(GasConfig):
    """The shared keys, and how the slab meets its reservoirs.

    boundary : 'exchange', one molecule for one, or 'open', each reservoir at the pressure
    subcells : collision cells in a sampling cell
    transport_error : what cells and step may add to any transport coefficient, relative: chooses subcells and
        timestep where they are left out
    transient_steps : left out of every mean; found from the data where left out
    precision : 'double', or 'mixed'
    """

    steps: Count = 16_000
    ensemble: Count = 16
    boundary: Literal["exchange", "open"] = "exchange"
    subcells: Count | None = None
    transport_error: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = None
    transient_steps: Annotated[int, Field(strict=True, ge=0)] | None = None
    precision: Literal["double", "mixed"] = "double"

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = _composition_faults(self)
        if self.accommodation != 1:
            remedy = "the reservoirs thermalise every molecule: leave it out"
            found.append(Fault("accommodation", f"must be 1, got {self.accommodation}", remedy))
        if self.transient_steps is not None and self.transient_steps >= self.steps:
            problem = f"{self.transient_steps} steps are all of the {self.steps} steps of the run"
            found.append(Fault("transient_steps", problem, "give fewer, or leave it out"))
        if len(self.gases) == 2 and (self.cells is not None or self.timestep is not None):
            from knudsen.scenarios.equimolar_counterdiffusion import setup

            found += setup.faults(self)
        if found:
            raise ConfigError(found)
        return self


def _composition_faults(config: CounterdiffusionConfig) -> list[Fault]:
    found = []
    if len(config.gases) != 2:
        problem = f"{len(config.gases)} gases are named, and two trade places"
        found.append(Fault("gases", problem, 'name two, such as ["He", "Ar"]'))
    if config.x_left == config.x_right:
        problem = f"equal x_left, {config.x_left}, so nothing diffuses"
        found.append(Fault("x_right", problem, "make them differ"))
    return found


def build(config: CounterdiffusionConfig, device: str) -> "Simulation":
    """The simulation of a config at its start, sampling from the first step on."""
    from knudsen.scenarios.equimolar_counterdiffusion import run

    return run.build(config, device)


def measure(config: CounterdiffusionConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    from knudsen.scenarios.equimolar_counterdiffusion import run

    return run.measure(config, samples)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    from knudsen.scenarios.equimolar_counterdiffusion import figures

    figures.draw(result, folder)


def sweep_estimates(points: Sequence[SweepPoint]) -> Sequence["Estimate"]:
    """Exponents of D_AB in the temperature and the pressure, where those were swept."""
    from knudsen.scenarios.equimolar_counterdiffusion.exponents import diffusion_exponents

    return diffusion_exponents(points)


def warnings(config: Any) -> Sequence[str]:
    """What can be run, but coarsely or for too short a time."""
    from knudsen.scenarios.equimolar_counterdiffusion import setup

    return setup.warnings(config)


SCENARIO = Scenario(
    name=NAME,
    summary=SCENARIOS[NAME].summary,
    Config=CounterdiffusionConfig,
    build=build,
    measure=measure,
    figures=draw,
    sweep_estimates=sweep_estimates,
    warnings=warnings,
    dimensions=DIMENSIONS,
)
