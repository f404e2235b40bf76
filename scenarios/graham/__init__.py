"""Graham's law: two gases go through a pore against each other, between open ends or closed bulbs.

Open ends are at one pressure.  At uniform pressure the walls take up no momentum along the pore; if a species
leaves there as much as its flux times M^(1/2), as in the dusty gas, N_A / N_B = -(M_B / M_A)^(1/2).  Of free
molecules that is exact; at other Kn how much each leaves is measured.

Closed bulbs hold what they hold: every molecule that arrives at an end is sent back as one of the bulb's
composition, so that no net molecules pass and the bulbs take what pressures they will.  It is the state of
two large bulbs once their pressures, but not their compositions, have come to rest.  N_A / N_B = -1 then is
of the make of the ends, and tells of steadiness alone; measured is the difference of pressure, as what the
ends send: open ends at the pressures found let no net molecules pass (`test_graham.py`).  Small bulbs that
run down were no quasi-steady state: free molecules even out composition and pressure at one rate.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import Gases
from knudsen.scenarios.faults import Fault
from knudsen.scenarios.gas_flow.pore_config import PoreConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import Fraction
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis import figures
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.graham import drawing, measures, setup, theory
else:
    drawing = lazily("knudsen.scenarios.graham.drawing")
    measures = lazily("knudsen.scenarios.graham.measures")
    setup, theory = lazily("knudsen.scenarios.graham.setup"), lazily("knudsen.scenarios.graham.theory")


class GrahamConfig(PoreConfig):
    """The keys of pores, for two gases, of which more of A is on the left.

    ends : 'open', both at `pressure`, or 'closed', of which `pressure` is the mean in the pore
    """

    gases: Gases = ("He", "Ar")
    x_left: Fraction = 1.0
    x_right: Fraction = 0.0
    ends: Literal["open", "closed"] = "open"

    @property
    def closed(self) -> bool:
        """Whether the bulbs are closed."""
        return self.ends == "closed"

    def faults(self) -> list[Fault]:
        """Also of one gas or three, or of compositions that drive nothing."""
        found = super().faults()
        if len(self.gases) != 2:
            problem = f"{len(self.gases)} gases are named"
            found.append(Fault("gases", problem, 'name two, such as ["He", "Ar"]'))
        if self.x_left <= self.x_right:
            problem = f"{self.x_left:g} is no more than x_right, {self.x_right:g}"
            found.append(Fault("x_left", problem, "give more of A on the left"))
        return found


def steps(config: GrahamConfig) -> int:
    """Steps of the run."""
    return setup.steps(config)


def warnings(config: GrahamConfig) -> Sequence[str]:
    """What a costly run costs."""
    return setup.warnings(config)


def build(config: GrahamConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    return setup.build(config, device)


def measure(config: GrahamConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    return measures.measure(config, samples)


def curves(config: GrahamConfig, key: str, values: Sequence[float]) -> Mapping[str, Sequence["figures.Line"]]:
    """Theory along a key that is swept: ratio, pressure difference, fluxes."""
    return theory.curves(config, key, values)


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    drawing.draw(result, folder)


SCENARIO = Scenario(
    name="graham",
    summary=SCENARIOS["graham"].summary,
    Config=GrahamConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    warnings=warnings,
    validation=({}, {"ends": "closed"}),
    dimensions=DIMENSIONS,
    title="Graham's law",
)
