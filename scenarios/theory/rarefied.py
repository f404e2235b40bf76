"""Rarefied gases: slip at a wall, flows between plates, stresses of diffusion."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from knudsen.analysis.irreversible.diffusion_stress import maxwell_anisotropies
from knudsen.analysis.transition.binary_flows import binary_channel
from knudsen.analysis.transition.channel import ChannelFlow, plane_channel
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel, hard_sphere_slip
from knudsen.analysis.transition.slip import SlipCoefficients, slip_coefficients
from knudsen.core.gases import Mixture
from knudsen.scenarios.quantities import Fraction, PositiveNumber, Temperature
from knudsen.scenarios.theory.question import Answer, Axis, Pair, Question, Row, one_of

GasModel = Annotated[str, Field(strict=True), AfterValidator(one_of("model", ("hs", "bgk", "shakhov")))]
BinaryModel = Annotated[str, Field(strict=True), AfterValidator(one_of("model", ("mccormack",)))]
Molecule = Annotated[str, Field(strict=True), AfterValidator(one_of("molecule", ("hs", "vhs", "vss", "lj")))]
OpenFraction = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Accommodation = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
RAREFACTION = Axis("rarefaction $\\delta$", 0.05, 30.0, logarithmic=True)


class Slip(Question):
    """Slip and jump coefficients of one gas at a wall."""

    axes: ClassVar = {"accommodation": Axis("accommodation $\\alpha$", 0.2, 1.0)}
    model: GasModel = "hs"
    accommodation: Accommodation = 1.0

    def answer(self) -> Answer:
        made = self._coefficients()
        return Answer(_rows(made, ("sigma_P", "sigma_T", "zeta_T", "error")))

    def _coefficients(self) -> SlipCoefficients:
        if self.model == "hs":
            return hard_sphere_slip(self.accommodation)
        return slip_coefficients(self.model, self.accommodation)


class Channel(Question):
    """Poiseuille, creep, Couette and Fourier flows of one gas between parallel plates."""

    axes: ClassVar = {"delta": RAREFACTION, "accommodation": Axis("accommodation $\\alpha$", 0.2, 1.0)}
    delta: PositiveNumber = 1.0
    model: GasModel = "hs"
    accommodation: Accommodation = 1.0

    def answer(self) -> Answer:
        return Answer(_rows(self._flow(), ("G_P", "G_T", "couette_ratio", "fourier_ratio", "error")))

    def _flow(self) -> ChannelFlow:
        if self.model == "hs":
            return hard_sphere_channel(self.delta, self.accommodation)
        return plane_channel(self.delta, self.model, self.accommodation)


class BinaryChannel(Question):
    """Kinetic coefficients of two gases between parallel plates; x1 and X_C are the first-named's."""

    axes: ClassVar = {"delta": RAREFACTION, "x1": Axis("mole fraction $x_1$", 0.01, 0.99)}
    gases: Pair = ("He", "Ar")
    x1: OpenFraction = 0.5
    delta: PositiveNumber = 1.0
    temperature: Temperature = 300.0
    model: BinaryModel = "mccormack"
    molecule: Molecule = "hs"
    accommodation: Accommodation | tuple[Accommodation, Accommodation] = 1.0

    def answer(self) -> Answer:
        gas = Mixture(self.gases, self.molecule)
        made = binary_channel(gas, self.x1, self.delta, self.temperature, self.accommodation)
        names = [f"Lambda_{pair}" for pair in ("PP", "PT", "PC", "TT", "TC", "CC")]
        return Answer(_rows(made, (*names, "error")))


class Stress(Question):
    """Anisotropies of diffusing Maxwell molecules, over n m_r w^2."""

    axes: ClassVar = {
        "x1": Axis("mole fraction $x_1$", 0.001, 0.999),
        "mass_ratio": Axis("mass ratio $m_A/m_B$", 0.01, 100.0, logarithmic=True),
    }
    mass_ratio: PositiveNumber = 10.0
    x1: Fraction = 0.5
    alpha: PositiveNumber = 1.0

    def answer(self) -> Answer:
        made: Mapping[str, float] = maxwell_anisotropies(self.mass_ratio, self.x1, self.alpha)
        return Answer([Row(name, value, "n m_red w2") for name, value in made.items()])


def _rows(made: Any, names: tuple[str, ...]) -> list[Row]:
    return [Row(name, float(getattr(made, name)), "1") for name in names]
