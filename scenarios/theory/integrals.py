"""Collision integrals of pair potentials, reduced by hard spheres."""

from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from knudsen.analysis.kinetic.collision_integrals import LENNARD_JONES, collision_integral
from knudsen.core.potentials import Mie, Potential
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.quantities import Count, PositiveNumber
from knudsen.scenarios.theory.question import Answer, Axis, Question, Row, one_of

PotentialName = Annotated[str, Field(strict=True), AfterValidator(one_of("potential", ("lj", "mie")))]


class Omega(Question):
    """One reduced collision integral of Lennard-Jones or Mie molecules."""

    axes: ClassVar = {"tstar": Axis("reduced temperature $T^*$", 0.3, 100.0, logarithmic=True)}
    l: Count = 2
    s: Count = 2
    tstar: PositiveNumber = 1.0
    potential: PotentialName = "lj"
    exponents: tuple[PositiveNumber, PositiveNumber] | None = None

    @model_validator(mode="after")
    def _exponents_of_mie(self) -> Self:
        if self.potential == "mie" and self.exponents is None:
            raise ConfigError([Fault("exponents", "mie needs two", "give them, such as 14,7")])
        if self.potential == "lj" and self.exponents is not None:
            raise ConfigError([Fault("exponents", "lj has its own, 12 and 6", "choose --potential mie")])
        return self

    def answer(self) -> Answer:
        return Answer(
            [Row("omega", float(collision_integral(self._pair(), self.l, self.s, self.tstar)), "1")]
        )

    def _pair(self) -> Potential:
        if self.exponents is None:
            return LENNARD_JONES
        n, m = self.exponents
        return Mie(LENNARD_JONES.sigma, LENNARD_JONES.epsilon_over_k, n, m)
