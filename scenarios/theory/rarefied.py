"""Rarefied gases: slip at a wall, flows between plates, stresses of diffusion."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Annotated, Any, ClassVar

from pydantic import AfterValidator, Field

from knudsen.analysis.irreversible.diffusion_anisotropies import maxwell_anisotropies
from knudsen.analysis.transition.binary_flows import binary_channel, diffusion_slip
from knudsen.analysis.transition.channel import ChannelFlow, plane_channel
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel, hard_sphere_slip
from knudsen.analysis.transition.slip import SlipCoefficients, slip_coefficients
from knudsen.core.gases import THEORY_MODELS, Mixture
from knudsen.scenarios.quantities import Fraction, PositiveNumber, Temperature
from knudsen.scenarios.theory.question import Answer, Axis, Pair, Question, Row, one_of

GasModel = Annotated[str, Field(strict=True), AfterValidator(one_of("model", ("hs", "bgk", "shakhov")))]
BinaryModel = Annotated[str, Field(strict=True), AfterValidator(one_of("model", ("mccormack",)))]
Molecule = Annotated[str, Field(strict=True), AfterValidator(one_of("molecule", THEORY_MODELS))]
OpenFraction = Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]
Accommodation = Annotated[float, Field(gt=0, le=1, allow_inf_nan=False)]
MOLE_FRACTION = Axis("mole fraction $x_1$", 0.01, 0.99)
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


class _TwoGases(Question):
    """Two gases between or beside walls, by McCormack's model; x1 is the first-named's."""

    gases: Pair = ("He", "Ar")
    x1: OpenFraction = 0.5
    temperature: Temperature = 300.0
    model: BinaryModel = "mccormack"
    molecule: Molecule = "hs"
    accommodation: Accommodation | tuple[Accommodation, Accommodation] = 1.0

    def _mixture(self) -> Mixture:
        return Mixture(self.gases, self.molecule)


class BinaryChannel(_TwoGases):
    """Kinetic coefficients of two gases between parallel plates; X_C is the gradient of ln x1."""

    axes: ClassVar = {"delta": RAREFACTION, "x1": MOLE_FRACTION}
    delta: PositiveNumber = 1.0

    def answer(self) -> Answer:
        made = binary_channel(self._mixture(), self.x1, self.delta, self.temperature, self.accommodation)
        names = [f"Lambda_{pair}" for pair in ("PP", "PT", "PC", "TT", "TC", "CC")]
        note = "delta holds the model's own viscosity, the first Chapman-Enskog order"
        return Answer(_rows(made, (*names, "couette_ratio", "fourier_ratio", "error")), notes=[note])


class BinarySlip(_TwoGases):
    """Slip coefficients of two gases at a wall, diffusion slip among them."""

    axes: ClassVar = {"x1": MOLE_FRACTION}

    def answer(self) -> Answer:
        made = diffusion_slip(self._mixture(), self.x1, self.temperature, self.accommodation)
        return Answer(_rows(made, [field.name for field in fields(made)]))


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


def _rows(made: Any, names: Sequence[str]) -> list[Row]:
    return [Row(name, float(getattr(made, name)), "1") for name in names]
