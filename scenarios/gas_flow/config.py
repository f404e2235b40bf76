"""The config that the flows of a gas along or between walls share."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from knudsen.scenarios.config import GasConfig, Gases, ModelName
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.quantities import Count, Fraction

LEAST_COPIES = 16  # whose spread is an error bar
Method = Literal["auto", "low_signal", "direct"]
TangentialFraction = Annotated[float, Field(strict=True, ge=0, le=2, allow_inf_nan=False)]


class WalledConfig(GasConfig):
    """The keys of a steady gas along walls.

    accommodation : Maxwell's alpha;  normal_accommodation, tangential_accommodation : alpha_n and sigma_t of
        Cercignani, Lampis and Lord's walls, both in place of Maxwell's
    steps, transient_steps : of the run, and those of them left out of every mean; chosen where left out
    """

    model: ModelName = "hs"
    normal_accommodation: Fraction | None = None
    tangential_accommodation: TangentialFraction | None = None
    steps: Count | None = None
    transient_steps: Annotated[int, Field(strict=True, ge=0)] | None = None
    ensemble: Count = LEAST_COPIES

    @property
    def lord(self) -> bool:
        """Whether the walls are Cercignani, Lampis and Lord's."""
        return self.tangential_accommodation is not None

    def faults(self) -> list[Fault]:
        """What is amiss; scenarios add what they ask."""
        return [*_wall_faults(self), *_run_faults(self)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if found := self.faults():
            raise ConfigError(found)
        return self


class FlowConfig(WalledConfig):
    """The shared keys, of a gas whose composition is the same throughout.

    x_left : mole fraction of A throughout; x_right, if given, is the same number
    method : 'low_signal', what little the gas deviates from rest by, of hard spheres; 'direct', plain DSMC
        of a finite drive; 'auto', the first where it holds the problem
    subcells : collision cells in a sampling cell;  precision : of 'direct', 'double' or 'mixed'
    """

    default_size: ClassVar[tuple[str, float]] = ("delta", 1.0)
    step_refinement: ClassVar[int] = 1  # of 'direct', where errors of steps would be seen

    gases: Gases = ("Ar",)
    x_left: Fraction | None = None
    x_right: Fraction | None = None
    method: Method = "auto"
    subcells: Count | None = None
    precision: Literal["double", "mixed"] = "double"

    @property
    def composition(self) -> tuple[float, ...]:
        """Mole fractions, A first; half and half where left out."""
        if len(self.gases) == 1:
            return (1.0,)
        x_A = next((x for x in (self.x_left, self.x_right) if x is not None), 0.5)
        return (x_A, 1 - x_A)

    @property
    def tube(self) -> bool:
        """Whether the gas is in a round tube, of radius L, and not between plates L apart."""
        return False

    @property
    def low_signal(self) -> bool:
        """Whether deviations from rest are simulated."""
        return self.method == "low_signal" or (self.method == "auto" and not self.low_signal_faults())

    @property
    def drive(self) -> float:
        """How far walls or forces drive the gas from rest, in parts of v0 or T."""
        return 0.0

    def low_signal_faults(self) -> list[Fault]:
        """Why deviations from rest cannot be simulated; scenarios add their reasons."""
        found = []
        if self.tube:
            found.append(Fault("geometry", "'low_signal' is of a gas between plates", "take 'direct'"))
        if len(self.gases) > 1 or self.model != "hs":
            found.append(Fault("method", "'low_signal' is of one gas of hard spheres", "take 'direct'"))
        if self.precision != "double":
            found.append(Fault("precision", "'low_signal' is in double precision", "leave it out"))
        return found

    def faults(self) -> list[Fault]:
        """Also of more than one composition, or of a method that does not hold the problem."""
        found = [*_composition_faults(self), *super().faults()]
        if self.method == "low_signal":
            found += self.low_signal_faults()
        return found


class DuctConfig(FlowConfig):
    """The keys of gas flows, along a duct without end.

    geometry : 'channel', between plates L apart, or 'tube', of radius L; knudsen and delta are those of L
    particles_per_cell : many, since pairs that meet again add to viscosity and conductivity
    """

    step_refinement: ClassVar[int] = 2

    particles_per_cell: Count = 200
    geometry: Literal["channel", "tube"] = "channel"

    @property
    def tube(self) -> bool:
        """Whether the duct is a round tube."""
        return self.geometry == "tube"


def _run_faults(config: WalledConfig) -> list[Fault]:
    found = []
    steps, transient = config.steps, config.transient_steps
    if steps is not None and transient is not None and transient >= steps:
        problem = f"{transient} steps are all of the {steps} steps of the run"
        found.append(Fault("transient_steps", problem, "give fewer, or leave it out"))
    if config.ensemble < LEAST_COPIES:
        problem = f"{config.ensemble} copies are too few for error bars from their spread"
        found.append(Fault("ensemble", problem, f"give {LEAST_COPIES} or more"))
    return found


def _composition_faults(config: FlowConfig) -> list[Fault]:
    found = []
    if len(config.gases) > 2:
        problem = f"{len(config.gases)} gases are named"
        found.append(Fault("gases", problem, 'name one or two, such as ["He", "Ar"]'))
    given = [x for x in (config.x_left, config.x_right) if x is not None]
    if len(config.gases) == 1 and any(x != 1 for x in given):
        found.append(Fault("x_left", f"is {given[0]} of one gas", "leave it out, or name two gases"))
    if len(set(given)) == 2:
        problem = f"is not x_left, {config.x_left}, where the composition is the same throughout"
        found.append(Fault("x_right", problem, "leave it out"))
    return found


def _wall_faults(config: WalledConfig) -> list[Fault]:
    of_lord = ("normal_accommodation", "tangential_accommodation")
    given = [name for name in of_lord if getattr(config, name) is not None]
    found = []
    if config.accommodation == 0:
        found.append(Fault("accommodation", "0 of both walls leaves the gas alone", "give more"))
    if len(given) == 1:
        remedy = "give both, or Maxwell's accommodation alone"
        found.append(Fault(given[0], "is one of the two of Cercignani, Lampis and Lord's wall", remedy))
    if given and config.accommodation != 1:
        problem = f"is Maxwell's, where {' and '.join(given)} make another wall"
        found.append(Fault("accommodation", problem, "leave one kind out"))
    return found
