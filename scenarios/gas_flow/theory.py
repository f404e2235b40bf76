"""The kinetic theory that a flow between plates is held against: alike to its users, whatever the gas."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from knudsen.analysis.statistics import Array
from knudsen.analysis.transition.binary_plates import (
    mixture_flow,
    mixture_layers,
    mixture_profiles,
    mixture_slip,
)
from knudsen.analysis.transition.channel import ChannelFlow, ChannelProfiles, channel_flow, channel_profiles
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, hard_sphere_gas
from knudsen.analysis.transition.mccormack import BinaryModel, binary_model
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.operators import KineticGas
from knudsen.analysis.transition.slip import KnudsenLayers, SlipCoefficients, knudsen_layers, slip_of
from knudsen.core.results import TheoryKind
from knudsen.scenarios.gas_flow.scale import Scale

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig

HARD_SPHERES = "linearised Boltzmann equation, hard spheres"
SHAKHOV = "Shakhov's model equation, another molecule"
MCCORMACK = "McCormack's model"
ORDINATES = Resolution(20, 8, 16, 6)  # made in half a second
ORDINATES_ERROR = 3e-5  # of creep; of the other flows 4e-6
RARE, RARE_ERROR = 0.01, 4e-3  # a slit's flow rate below this delta, where molecules fly far along the plates


@dataclass(frozen=True)
class Theory(ABC):
    """Kinetic theory of a gas between Maxwell's walls, at the rarefaction by its converged viscosity.

    Arguments
    ---------
    kind, source : how well it stands for the simulated gas, its name;  error : relative
    """

    scale: Scale
    accommodation: float
    kind: TheoryKind
    source: str
    error: float

    @property
    def flow(self) -> ChannelFlow:
        """The reduced flows."""
        return self.flow_at(self.scale.delta)

    @abstractmethod
    def flow_at(self, delta: float) -> ChannelFlow:
        """The reduced flows at another rarefaction."""

    @abstractmethod
    def profiles(self, position: Array) -> ChannelProfiles:
        """Fields at x/L [position] from the middle."""

    @property
    @abstractmethod
    def slip(self) -> SlipCoefficients:
        """Slip, creep and jump over one wall."""

    @abstractmethod
    def layers(self, position: Array) -> KnudsenLayers:
        """Fields of the Knudsen layers over one wall at distances [position] in mu v0/p."""

    def coefficient(self, name: str) -> float:
        """The `viscosity` [Pa s] or `thermal_conductivity` [W m-1 K-1] that it has in the continuum."""
        return float(getattr(self.scale, name))


@dataclass(frozen=True)
class OneGas(Theory):
    """Of any one gas between plates."""

    gas: KineticGas

    def flow_at(self, delta: float) -> ChannelFlow:
        return channel_flow(self.gas, delta, self.accommodation)

    def profiles(self, position: Array) -> ChannelProfiles:
        return channel_profiles(self.gas, self.scale.delta, position, self.accommodation)

    @property
    def slip(self) -> SlipCoefficients:
        return slip_of(self.gas, self.accommodation)

    def layers(self, position: Array) -> KnudsenLayers:
        return knudsen_layers(self.gas, position, self.accommodation)


@dataclass(frozen=True)
class TwoGases(Theory):
    """Of McCormack's model between plates, whose own viscosity gives way to the converged one."""

    model: BinaryModel

    def flow_at(self, delta: float) -> ChannelFlow:
        return mixture_flow(self.model, delta, self.accommodation)

    def profiles(self, position: Array) -> ChannelProfiles:
        return mixture_profiles(self.model, self.scale.delta, position, self.accommodation)

    @property
    def slip(self) -> SlipCoefficients:
        return mixture_slip(self.model, self.accommodation)

    def layers(self, position: Array) -> KnudsenLayers:
        return mixture_layers(self.model, position, self.accommodation)

    def coefficient(self, name: str) -> float:
        """The converged viscosity, and the conductivity that the model has beside it."""
        return self.scale.viscosity * float(getattr(self.model, name)) / self.model.viscosity


def kinetic_theory(config: "FlowConfig", scale: Scale) -> Theory | None:
    """Of one or two gases between Maxwell's plates; None for tubes and other walls, which it cannot hold."""
    if config.tube or config.lord:
        return None
    plates = scale, config.accommodation
    if len(config.gases) == 2:
        model = binary_model(scale.gas, scale.composition[0], scale.temperature)
        return TwoGases(*plates, "approximate", MCCORMACK, ORDINATES_ERROR, model)
    if config.model == "hs":
        error = RARE_ERROR if scale.delta < RARE else ORDINATES_ERROR
        return OneGas(*plates, "numerical", HARD_SPHERES, error, hard_sphere_gas(ORDINATES))
    prandtl = float(scale.theory.prandtl_number(scale.composition))
    return OneGas(*plates, "approximate", SHAKHOV, ORDINATES_ERROR, relaxing_gas(prandtl))
