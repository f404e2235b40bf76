"""The config that scenarios of a pore between two reservoirs share."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from knudsen.scenarios.faults import Fault
from knudsen.scenarios.gas_flow.config import WalledConfig
from knudsen.scenarios.quantities import Count, Pressure

USUAL_LENGTH = 10.0  # in radii or heights
LONGEST, LEAST_ACCOMMODATION = 200.0, 0.02  # that Clausing's equation is solved for
NotNegative = Annotated[float, Field(strict=True, ge=0, allow_inf_nan=False)]


class PoreConfig(WalledConfig):
    """The keys of gases along walls, of a pore; knudsen, delta and length are those of its radius or height.

    shape : 'tube', 'slit' between wide plates, or 'orifice', a round hole in a plate
    length_over_radius : of a tube, or of the plate of an orifice, which is infinitely thin if left out
    length_over_height : of a slit
    vessel : length of the gas before either end, and its width beyond the pore's radius or half its height,
        in radii or heights; if left out 0 of tubes and slits, whose ends themselves are then at the
        reservoirs' states, and of an orifice 1, or 8 where molecules collide within 100 radii.  A flow takes
        gas from a vessel as reservoirs refill it, where collisions lower W by up to half of what share of
        the vessel's section the hole is
    cells : sampling cells from the axis to the wall;  particles_per_cell : by collision cells if left out
    """

    default_size: ClassVar[tuple[str, float]] = ("knudsen", 1e6)

    pressure: Pressure = 0.1
    shape: Literal["tube", "slit", "orifice"] = "tube"
    length_over_radius: NotNegative | None = None
    length_over_height: NotNegative | None = None
    vessel: NotNegative | None = None
    particles_per_cell: Count | None = None

    @property
    def slender(self) -> float:
        """Length of the pore over its radius or height."""
        given = self.length_over_height if self.shape == "slit" else self.length_over_radius
        if given is not None:
            return given
        return 0.0 if self.shape == "orifice" else USUAL_LENGTH

    @property
    def of_clausing(self) -> bool:
        """Whether Clausing's equation holds: walls are Maxwell's, Lord's that are diffuse, or count not."""
        diffuse = self.normal_accommodation == self.tangential_accommodation == 1
        return not self.lord or diffuse or self.slender == 0

    @property
    def clausing_accommodation(self) -> float | None:
        """alpha in Clausing's equation: Maxwell's, or sigma_t of Lord's, if it is solved for that."""
        alpha = self.tangential_accommodation if self.lord else self.accommodation
        return alpha if alpha is not None and LEAST_ACCOMMODATION <= alpha <= 1 else None

    def faults(self) -> list[Fault]:
        """Also of sizes of another shape, and of pores that Clausing's equation is not solved for."""
        found = super().faults()
        ours, other = "length_over_radius", "length_over_height"
        if self.shape == "slit":
            ours, other = other, ours
        if getattr(self, other) is not None:
            found.append(Fault(other, f"is not of a pore of shape {self.shape!r}", f"give {ours}"))
        if self.slender > LONGEST:
            found.append(Fault(ours, f"{self.slender:g} is beyond {LONGEST:g}", "give a shorter pore"))
        if self.slender == 0 and self.shape != "orifice":
            found.append(Fault(ours, f"0 is of no {self.shape}", "give more, or the shape 'orifice'"))
        if self.slender == 0 and self.vessel == 0:
            found.append(Fault("vessel", "0 leaves nothing on either side of a thin plate", "give more"))
        if 0 < self.accommodation < LEAST_ACCOMMODATION:
            problem = f"{self.accommodation:g} is less than Clausing's equation is solved for"
            found.append(Fault("accommodation", problem, f"give {LEAST_ACCOMMODATION:g} or more"))
        return found
