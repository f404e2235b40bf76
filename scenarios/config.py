"""The config that the gas scenarios share."""

from collections.abc import Collection, Mapping
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from knudsen.core.gases import TABLE, THEORY_MODELS
from knudsen.scenarios.faults import ConfigError, Fault, did_you_mean
from knudsen.scenarios.quantities import (
    Count,
    Fraction,
    Length,
    PositiveNumber,
    Pressure,
    Seed,
    Temperature,
    Time,
)

SIZES = ("knudsen", "delta", "length")


class Checked(BaseModel):
    """Fields that `loading.check` checks.

    A check across fields goes into `@model_validator(mode="after")` and raises `ConfigError` with every
    fault that it finds; it runs once the fields themselves are sound.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    @classmethod
    def conflicts(cls, keys: Collection[str]) -> list[Fault]:
        """Faults that show in which keys are given, whatever their values."""
        return []

    @classmethod
    def keys(cls) -> list[str]:
        """The keys that are known."""
        return list(cls.model_fields)


class Config(Checked):
    """What every scenario's config has: the keys that any run needs.  Subclasses add fields."""

    steps: Count = 20_000
    ensemble: Count = 1
    seed: Seed = 1


def _known_gas(name: str) -> str:
    if name not in TABLE:
        raise ValueError(f"unknown gas {name!r}: {did_you_mean(name, TABLE)}")
    return name


def _each_once(names: tuple[str, ...]) -> tuple[str, ...]:
    if not names:
        raise ValueError('no gas is named: name one or more, such as ["He", "Ar"]')
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"{name!r} is named {names.count(name)} times: name each gas once")
    return names


def _known_model(name: str) -> str:
    if name not in THEORY_MODELS:
        raise ValueError(f"unknown model {name!r}: {did_you_mean(name, THEORY_MODELS)}")
    return name


Gas = Annotated[str, Field(strict=True), AfterValidator(_known_gas)]
Gases = Annotated[tuple[Gas, ...], AfterValidator(_each_once)]
ModelName = Annotated[str, Field(strict=True), AfterValidator(_known_model)]


class GasConfig(Config):
    """Keys that the gas scenarios share; every key may be left out.

    gases : names, A first;  x_left, x_right : mole fraction of A at the ends
    temperature [K], pressure [Pa];  knudsen | delta | length [m] : the size of the flow, one of them
    model : 'hs', 'vhs', 'vss', 'maxwell' or 'lj';  accommodation : diffuse fraction at walls
    cells, timestep [s] : chosen by the scenario where left out
    particles_per_cell, steps, ensemble, seed : how the run is made
    """

    default_size: ClassVar[tuple[str, float]] = ("knudsen", 0.05)

    gases: Gases = ("He", "Ar")
    x_left: Fraction = 0.9
    x_right: Fraction = 0.1
    temperature: Temperature = 300.0
    pressure: Pressure = 101325.0
    knudsen: PositiveNumber | None = None
    delta: PositiveNumber | None = None
    length: Length | None = None
    model: ModelName = "vss"
    accommodation: Fraction = 1.0
    cells: Count | None = None
    particles_per_cell: Count = 100
    timestep: Time | None = None

    @classmethod
    def conflicts(cls, keys: Collection[str]) -> list[Fault]:
        """More than one of knudsen, delta and length."""
        given = [name for name in SIZES if name in keys]
        if len(given) < 2:
            return []
        problem = f"{len(given)} of {', '.join(SIZES)} are given"
        return [Fault(" and ".join(given), problem, "each sets the size of the flow: keep one of them")]

    @model_validator(mode="before")
    @classmethod
    def _give_size(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and not any(values.get(name) is not None for name in SIZES):
            name, value = cls.default_size
            return {**values, name: value}
        return values

    @model_validator(mode="after")
    def _one_size(self) -> Self:
        faults = self.conflicts([name for name in SIZES if getattr(self, name) is not None])
        if faults:
            raise ConfigError(faults)
        return self
