"""A run between plates in its steady state: what was measured, beside the theory that it is held against."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from knudsen.analysis.statistics import Array, Measured
from knudsen.core.results import Estimate
from knudsen.core.samples import Samples
from knudsen.scenarios.config import SIZES
from knudsen.scenarios.gas_flow.fields import FlowFields, flow_fields
from knudsen.scenarios.gas_flow.scale import Scale, scale_of
from knudsen.scenarios.gas_flow.simulation import steady_part, transient_of
from knudsen.scenarios.gas_flow.theory import Theory, kinetic_theory

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig


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
        return {**self.scale.resolution(), "method": method, "steady_from_step": self.steady_from}

    def beside(self, name: str, unit: str, measured: Measured, predicted: float | None) -> Estimate:
        """An estimate beside the kinetic theory's number, where there is one."""
        if self.theory is None or predicted is None:
            return Estimate(name, measured.value, measured.stderr, unit)
        return Estimate(
            name, measured.value, measured.stderr, unit, predicted, abs(predicted) * self.theory.error,
            self.theory.kind, self.theory.source,
        )  # fmt: skip


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
