"""Dilute gases: one gas, a binary, a mixture, and the collision integrals behind them."""

from typing import Annotated, Any, ClassVar, Self

import numpy as np
from pydantic import AfterValidator, Field, model_validator

from knudsen.analysis.checks import mole_fractions
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import THEORY_MODELS, Mixture
from knudsen.scenarios.config import Gas
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.quantities import Count, Fraction, Pressure, Temperature
from knudsen.scenarios.theory.question import Answer, Axis, Pair, Question, Row, Several, one_of

ModelName = Annotated[str, Field(strict=True), AfterValidator(one_of("model", THEORY_MODELS))]
TEMPERATURE = Axis("temperature T [K]")
MOLE_FRACTION = Axis("mole fraction $x_1$", 0.001, 0.999)


class _DiluteGas(Question):
    """State, model and order that every question about a dilute gas has."""

    temperature: Temperature = 300.0
    pressure: Pressure = 101325.0
    order: Count = 12
    model: ModelName = "vss"

    def _theory(self, gases: tuple[str, ...]) -> ChapmanEnskog:
        return ChapmanEnskog(Mixture(gases, self.model), self.temperature, self.order)


def _row(theory: ChapmanEnskog, name: str, method: str, *arguments: Any) -> Row:
    made = theory.with_change(method, *arguments)
    change = None if made.change is None else float(np.abs(made.change).max())
    return Row(name, np.asarray(made.value).tolist(), made.unit, change)


class Pure(_DiluteGas):
    """Coefficients of one gas."""

    axes: ClassVar = {"temperature": TEMPERATURE}
    gas: Gas = "Ar"

    def answer(self) -> Answer:
        theory, alone = self._theory((self.gas,)), [1.0]
        rows = [
            _row(theory, "viscosity", "viscosity", alone),
            _row(theory, "thermal_conductivity", "thermal_conductivity", alone),
            _row(theory, "self_diffusion", "self_diffusion", self.pressure),
            _row(theory, "schmidt_number", "schmidt_number"),
            _row(theory, "prandtl_number", "prandtl_number", alone),
            _row(theory, "mean_free_path", "mean_free_path", alone, self.pressure),
        ]
        return Answer(rows, self.order)


class Binary(_DiluteGas):
    """Coefficients of two gases; x1 and the sign of alpha_T belong to the first-named."""

    axes: ClassVar = {"x1": MOLE_FRACTION, "temperature": TEMPERATURE}
    gases: Pair = ("He", "Ar")
    x1: Fraction = 0.5

    def answer(self) -> Answer:
        theory, x, p = self._theory(self.gases), [self.x1, 1 - self.x1], self.pressure
        first = self.model_copy(update={"order": 1})._theory(self.gases)
        rows = [
            _row(theory, "D12", "diffusion_binary", self.x1, p),
            _row(theory, "alpha_T", "thermal_diffusion_factor", self.x1),
            _row(theory, "k_T", "thermal_diffusion_ratio", self.x1),
            _row(theory, "viscosity", "viscosity", x),
            _row(theory, "thermal_conductivity", "thermal_conductivity", x),
            _row(theory, "thermal_conductivity_uniform", "thermal_conductivity_uniform", x),
            Row("D12_first", float(first.diffusion_binary(self.x1, p)), "m2 s-1"),
            _row(theory, "mean_free_path", "mean_free_path", x, p),
        ]
        return Answer(rows, self.order)


class Mixed(_DiluteGas):
    """Coefficients of any number of gases; matrices have the gases in their order on both sides."""

    axes: ClassVar = {"temperature": TEMPERATURE}
    order: Count = 6
    gases: Several = ("He", "Ar", "Kr")
    x: tuple[Fraction, ...] | None = None

    @model_validator(mode="after")
    def _one_fraction_each(self) -> Self:
        try:
            mole_fractions(self.fractions, self.gases)
        except ValueError as error:
            raise ConfigError([Fault("x", str(error))]) from None
        return self

    @property
    def fractions(self) -> tuple[float, ...]:
        """Mole fractions, equal where none are given."""
        return self.x or (1 / len(self.gases),) * len(self.gases)

    def answer(self) -> Answer:
        theory, x, p = self._theory(self.gases), self.fractions, self.pressure
        rows = [
            _row(theory, "viscosity", "viscosity", x),
            _row(theory, "thermal_conductivity", "thermal_conductivity", x),
            _row(theory, "thermal_conductivity_uniform", "thermal_conductivity_uniform", x),
            _row(theory, "diffusion_matrix", "diffusion_matrix", x, p),
            _row(theory, "maxwell_stefan_diffusivities", "maxwell_stefan_diffusivities", x, p),
            _row(theory, "fick_matrix", "fick_matrix", x, p),
            _row(theory, "thermal_diffusion_coefficients", "thermal_diffusion_coefficients", x, p),
            _row(theory, "thermal_diffusion_ratios", "thermal_diffusion_ratios", x),
            _row(theory, "mean_free_path", "mean_free_path", x, p),
        ]
        return Answer(rows, self.order)
