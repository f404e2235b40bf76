"""A scenario of a gas between unlike plates, made of what sets it apart from the others."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from knudsen.core.results import Estimate
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis.figures import Line
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.config import Config
    from knudsen.scenarios.gas_flow import crossing, flow, layer, zero_drive
else:
    crossing, flow = lazily("knudsen.scenarios.gas_flow.crossing"), lazily("knudsen.scenarios.gas_flow.flow")
    layer = lazily("knudsen.scenarios.gas_flow.layer")
    zero_drive = lazily("knudsen.scenarios.gas_flow.zero_drive")


class Across(NamedTuple):
    """What crosses the gas, by the names that `crossing` gives its drive and its reading, and its field."""

    drive: str
    reading: str
    field: str


MOMENTUM = Across("sliding", "momentum", "velocity")
HEAT = Across("heated", "heat", "temperature")


@dataclass(frozen=True)
class UnlikePlates:
    """What crosses the gas, for how long it is sampled, and what is estimated.

    Arguments
    ---------
    low_signal, plain : relaxation times sampled, at delta = 1 and at 5
    estimates : Crossing -> estimates
    of_layer : field of KnudsenLayers beside which the Knudsen layer is saved; none is where left out
    """

    across: Across
    low_signal: float
    estimates: Callable[["crossing.Crossing"], Iterable[Estimate]]
    plain: float | None = None
    of_layer: str = ""

    def steps(self, config: Any) -> int:
        """Steps of the run."""
        scale = flow.scale_of(config)
        plain = crossing.SAMPLED if self.plain is None else self.plain
        return flow.steps_of(config, scale, crossing.sampled(config, scale, self.low_signal, plain))

    def build(self, config: Any, device: str) -> Any:
        """The simulation of a config at its start, sampling from the first step on."""
        scale = flow.scale_of(config)
        drive = getattr(crossing, self.across.drive)(config, scale)
        return flow.simulate(config, scale, drive, self.steps(config), device)

    def measure(self, config: Any, samples: "Samples") -> Measurement:
        """Estimates beside theory, profiles, resolution of a run.  Raises TooShortError, NotSteadyError."""
        run = flow.steady_run(config, samples)
        found = getattr(crossing, self.across.reading)(run)
        profiles = [*run.fields.profiles(), *found.curve(self.across.field)]
        if self.of_layer:
            profiles += layer.layer_profiles(found, f"{self.across.field}_defect", self.of_layer)
        return Measurement(list(self.estimates(found)), profiles, run.resolution, samples.to_arrays())

    def scenario(
        self,
        name: str,
        title: str,
        Config: type["Config"],
        curves: Callable[[Any, str, Sequence[float]], Mapping[str, Sequence["Line"]]],
        draw: Callable[["Result", Path], None],
    ) -> Scenario:
        """The scenario of that name in the registry; arguments as of `Scenario`."""
        return Scenario(
            name=name,
            summary=SCENARIOS[name].summary,
            Config=Config,
            build=self.build,
            measure=self.measure,
            figures=draw,
            sweep_estimates=lambda points: zero_drive.at_zero_drive(Config, points),
            curves=curves,
            steps=self.steps,
            dimensions=DIMENSIONS,
            title=title,
        )
