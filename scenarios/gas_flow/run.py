"""A run between plates in its steady state: what was measured, beside the theory that it is held against."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from knudsen.analysis.statistics import Array, Measured
from knudsen.core.results import Estimate
from knudsen.core.samples import Samples
from knudsen.scenarios.config import SIZES
from knudsen.scenarios.gas_flow.fields import FlowFields, flow_fields
from knudsen.scenarios.gas_flow.scale import Scale, scale_of
from knudsen.scenarios.gas_flow.simulation import steady_part, transient_of
from knudsen.scenarios.gas_flow.theory import Theory, kinetic_theory

if TYPE_CHECKING:
    from knudsen.analysis.transition.channel import ChannelFlow
    from knudsen.scenarios.gas_flow.config import FlowConfig

ORDER_OF_DRIVE = "to first order in the drive"
EXCESS_ERROR = 0.25  # share of what a resolution adds by which its laws may be off in a gap
STEP_ERROR = 0.02  # of low signals, at a step of the mean time between collisions, as its square
SMALL = 0.01  # part of a number that the drive's second order may be, of theory that tests a run


class Prediction(NamedTuple):
    """What theory says of a number.

    value : of the gas, to first order in the drive
    resolved : of a gas of the run's own rarefaction (`Run.rarefaction`)
    second_order : size of what a finite drive may add
    """

    value: float
    resolved: float
    second_order: float


@dataclass(frozen=True)
class Run:
    """The steady part of a run.

    theory : of the gas between Maxwell's walls, else None
    steady_from : step at which the steady part begins
    """

    config: Any
    scale: Scale
    fields: FlowFields
    theory: Theory | None
    steady_from: int

    @property
    def places(self) -> Array:
        """Middles of the cells [cell], as theory takes them: x/L from the middle, in a tube r/L."""
        return self.fields.positions / self.scale.length - (0.0 if self.config.tube else 0.5)

    @property
    def resolution(self) -> dict[str, Any]:
        """How far the run can be trusted."""
        method = "low_signal" if self.config.low_signal else "direct"
        found = {**self.scale.resolution(), "method": method, "steady_from_step": self.steady_from}
        if not self.config.low_signal:
            found["expected_excess"] = self.scale.expected_excess(self.config.particles_per_cell)
        return found

    def rarefaction(self, coefficient: str = "viscosity") -> float:
        """delta of a gas of the viscosity or thermal conductivity that the run's resolution makes."""
        if self.config.low_signal:
            return self.scale.delta
        excess = self.scale.expected_excess(self.config.particles_per_cell)
        return self.scale.delta / (1 + excess[coefficient])

    def predict(self, of: Callable[["ChannelFlow"], float], share: float) -> Prediction | None:
        """What theory says of a number, `of` its flows, that viscosity governs.

        share : of the number that a finite drive may add
        """
        if self.theory is None:
            return None
        value, resolved = of(self.theory.flow), of(self.theory.flow_at(self.rarefaction()))
        return Prediction(value, resolved, share * abs(value))

    def beside(self, name: str, unit: str, measured: Measured, predicted: Prediction | None) -> Estimate:
        """An estimate beside the kinetic theory's number, where there is one::

            value = measured - (resolved - value of theory)

        rid of what cells, steps and few molecules of plain DSMC add.  The theory's error holds a share of
        that, and what a finite drive may add: where this is much, theory does not test the run.
        """
        if self.theory is None or predicted is None:
            return Estimate(name, measured.value, measured.stderr, unit)
        theory, source, excess = predicted.value, self.theory.source, predicted.resolved - predicted.value
        error, kind, driven = abs(theory) * self.theory.error, self.theory.kind, predicted.second_order
        if self.config.low_signal:
            step = self.scale.timestep / self.scale.collision_time
            error, driven = math.hypot(error, STEP_ERROR * step**2 * theory), 0.0
        else:
            source = f"{source}, {ORDER_OF_DRIVE}"
        if kind != "approximate" and driven > SMALL * abs(theory):
            kind = "asymptotic"
        error = math.hypot(error, EXCESS_ERROR * excess, driven)
        return Estimate(name, measured.value - excess, measured.stderr, unit, theory, error, kind, source)


def steady_run(config: "FlowConfig", samples: Samples) -> Run:
    """What a run measured.  Raises TooShortError, NotSteadyError where it cannot be judged."""
    scale = scale_of(config)
    steady = steady_part(transient_of(config, scale), samples)
    fields, theory = flow_fields(config, scale, steady), kinetic_theory(config, scale)
    return Run(config, scale, fields, theory, int(samples.steps.sum() - steady.steps.sum()))


def changed(config: Any, key: str, values: Sequence[Any]) -> Iterator[Any]:
    """The config at other values of one key: where the curves of a sweep are drawn."""
    sizes = dict.fromkeys(SIZES) if key in SIZES else {}
    for value in values:
        yield config.model_copy(update={**sizes, key: value})


def along(config: "FlowConfig", key: str, values: Sequence[Any]) -> Iterator[tuple[Any, Scale]]:
    """The config and its scale at other values of one key."""
    for other in changed(config, key, values):
        yield other, scale_of(other)
