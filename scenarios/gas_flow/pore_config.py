"""The config that scenarios of a pore between two reservoirs share."""

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from knudsen.scenarios.config import GasConfig, ModelName
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.gas_flow.config import run_faults
from knudsen.scenarios.quantities import Count, Fraction, PositiveNumber, Pressure

USUAL_LENGTH, PLATE, USUAL_VESSEL = 10.0, 0.05, 1.0  # in radii or heights
LONGEST, LEAST_ACCOMMODATION = 200.0, 0.02  # that Clausing's equation is solved for
NotNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class PoreConfig(GasConfig):
    """The keys of gas scenarios, of a pore; knudsen, delta and length are those of its radius or height.

    shape : 'tube', 'slit' between wide plates, or 'orifice', a round hole in a plate
    length_over_radius : of a tube, or of the plate of an orifice;  length_over_height : of a slit
    vessel : length of the gas before either end, and its width beyond the pore's radius or half its height,
        in radii or heights; at 0 the ends themselves are at the reservoirs' states
    cells : sampling cells from the axis to the wall;  particles_per_cell : by collision cells if left out
    steps, transient_steps : of the run, and those of them left out of every mean; chosen where left out
    """

    default_size: ClassVar[tuple[str, float]] = ("knudsen", 1e6)

    model: ModelName = "hs"
    pressure: Pressure = 0.1
    shape: Literal["tube", "slit", "orifice"] = "tube"
    length_over_radius: PositiveNumber | None = None
    length_over_height: PositiveNumber | None = None
    vessel: NotNegative | None = None
    accommodation: Fraction = 1.0
    particles_per_cell: Count | None = None
    steps: Count | None = None
    transient_steps: Annotated[int, Field(strict=True, ge=0)] | None = None
    ensemble: Count = 16

    @property
    def slender(self) -> float:
        """Length of the pore over its radius or height."""
        given = self.length_over_height if self.shape == "slit" else self.length_over_radius
        if given is not None:
            return given
        return PLATE if self.shape == "orifice" else USUAL_LENGTH

    @property
    def vessel_size(self) -> float:
        """Length of the vessels, and how far they reach beyond the pore, in radii or heights."""
        if self.vessel is not None:
            return self.vessel
        return USUAL_VESSEL if self.shape == "orifice" else 0.0

    @model_validator(mode="after")
    def _of_a_pore(self) -> Self:
        found = run_faults(self)
        ours, other = "length_over_radius", "length_over_height"
        if self.shape == "slit":
            ours, other = other, ours
        if getattr(self, other) is not None:
            found.append(Fault(other, f"is not of a pore of shape {self.shape!r}", f"give {ours}"))
        if self.slender > LONGEST:
            found.append(Fault(ours, f"{self.slender:g} is beyond {LONGEST:g}", "give a shorter pore"))
        if self.accommodation < LEAST_ACCOMMODATION:
            problem = f"{self.accommodation:g} is less than Clausing's equation is solved for"
            found.append(Fault("accommodation", problem, f"give {LEAST_ACCOMMODATION:g} or more"))
        if found:
            raise ConfigError(found)
        return self
