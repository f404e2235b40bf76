"""What a scenario is: a config, how to build and measure it, and how to draw it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from knudsen.analysis.figures import Line
    from knudsen.core.results import Estimate, Profile, Result
    from knudsen.scenarios.config import Config


class Simulation(Protocol):
    """What the runner asks of an engine.  Chunks of any size give the same numbers, bit for bit."""

    step: int

    @property
    def particle_count(self) -> int:
        """Simulated molecules now present."""

    @property
    def device_name(self) -> str:
        """The device in words."""

    def run(self, steps: int) -> None:
        """Advance by so many steps.  Raises SimulationFault."""

    def checkpoint(self, path: Path) -> None:
        """Write the whole state, whole or not at all.  Raises OSError."""

    def restore(self, path: Path) -> None:
        """Take up a state.  Raises ValueError for a torn or foreign file."""

    def result(self) -> Any:
        """What the run has summed so far, for `Scenario.measure`."""

    def resolution(self) -> Mapping[str, Any]:
        """What the engine counted that says how far the run can be trusted."""


class Measurement(NamedTuple):
    """What `Scenario.measure` makes of a run: the fields of the same names in `Result`."""

    estimates: Sequence["Estimate"]
    profiles: Sequence["Profile"]
    resolution: Mapping[str, Any]
    arrays: Mapping[str, "NDArray[Any]"]


class SweepPoint(NamedTuple):
    """One point of a sweep: the keys set there, and its result."""

    settings: Mapping[str, Any]
    result: "Result"


SI = {"temperature": "K", "pressure": "Pa", "length": "m", "timestep": "s"}


@dataclass(frozen=True)
class Scenario:
    """One physical experiment.

    Arguments
    ---------
    name, summary : as `knudsen list` shows them
    Config : the config's model
    build : (config, device) -> simulation, sampling set up
    measure : (config, simulation.result()) -> Measurement; may raise TooShortError or NotSteadyError
    figures : (result, folder) -> None; draws from the result alone
    sweep_estimates : (points) -> what follows from all points together, such as exponents
    sweep_figures : (points, folder) -> None; draws what the points say together, beside the shared figure
    curves : (config, key, values) -> estimate's name -> lines of theory along a key that is swept
    steps : (config) -> steps of its run
    warnings : (config) -> what can be run but should be said
    validation : settings of the runs in the ledger of `knudsen validate`; as it stands where left out
    dimensions : names of the axes of the raw arrays
    units : of the config's keys along which a sweep is drawn, and of `length` throughout
    title : of the report; from the name where left out
    """

    name: str
    summary: str
    Config: type["Config"]
    build: Callable[[Any, str], Simulation]
    measure: Callable[[Any, Any], Measurement]
    figures: Callable[["Result", Path], None] = lambda result, folder: None
    sweep_estimates: Callable[[Sequence[SweepPoint]], Sequence["Estimate"]] = lambda points: ()
    sweep_figures: Callable[[Sequence[SweepPoint], Path], None] = lambda points, folder: None
    curves: Callable[[Any, str, Sequence[float]], Mapping[str, Sequence["Line"]]] = lambda *of: {}
    steps: Callable[[Any], int] = lambda config: int(config.steps)
    warnings: Callable[[Any], Sequence[str]] = lambda config: ()
    validation: Sequence[Mapping[str, Any]] = ({},)
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=SI.copy)
    title: str = ""
