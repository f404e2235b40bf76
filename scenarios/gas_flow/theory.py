"""The kinetic theory that a flow between plates is held against: alike to its users, whatever the gas."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knudsen.analysis.statistics import Array
from knudsen.analysis.transition.binary_plates import (
    mixture_flow,
    mixture_layers,
    mixture_profiles,
    mixture_slip,
)
from knudsen.analysis.transition.channel import ChannelFlow, ChannelProfiles, channel_flow, channel_profiles
from knudsen.analysis.transition.free_molecular import slit_flow_coefficient_leading, tube_flow_coefficients
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, hard_sphere_gas
from knudsen.analysis.transition.mccormack import BinaryModel, binary_model
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.operators import KineticGas
from knudsen.analysis.transition.slip import KnudsenLayers, SlipCoefficients, knudsen_layers, slip_of
from knudsen.analysis.transition.surfaces import Lord, Surface, grazing_accommodation
from knudsen.analysis.transition.tube import (
    GREATEST_DELTA,
    LEAST_DELTA,
    TubeFlow,
    TubeProfiles,
    round_tube,
    tube_profiles,
)
from knudsen.core.results import TheoryKind
from knudsen.scenarios.gas_flow.scale import Scale

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig

HARD_SPHERES = "linearised Boltzmann equation, hard spheres"
SHAKHOV = "Shakhov's model equation, another molecule"
MCCORMACK = "McCormack's model"
SHAKHOV_TUBE = "Shakhov's model equation, round tube"
FREE_TUBE = "free molecules, round tube"
ORDINATES = Resolution(20, 8, 16, 6)  # made in half a second
ORDINATES_ERROR = 3e-5  # of creep; of the other flows 4e-6
RARE, RARE_ERROR = 0.01, 4e-3  # a slit's flow rate below this delta, where molecules fly far along the plates
TUBE_ERROR = 1e-4
RAREST = 1e-3  # delta in a tube below which molecules count as free
SMALL = 1e-3  # delta whence the flows of nearly free molecules are drawn


class Reduced(NamedTuple):
    """G_P and G_T of a duct."""

    G_P: float
    G_T: float


@dataclass(frozen=True)
class Theory(ABC):
    """Kinetic theory of a gas between walls, at the rarefaction by its converged viscosity.

    Arguments
    ---------
    surface : of the walls, Maxwell's alpha or, of one gas between plates, `Lord`
    kind, source : how well it stands for the simulated gas, its name;  error : relative
    """

    scale: Scale
    surface: Surface
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

    def profiles(self, position: Array) -> ChannelProfiles:
        """Fields at x/L [position] from the middle."""
        return self.profiles_at(self.scale.delta, position)

    @abstractmethod
    def profiles_at(self, delta: float, position: Array) -> ChannelProfiles:
        """Fields at another rarefaction."""

    @property
    @abstractmethod
    def slip(self) -> SlipCoefficients:
        """Slip, creep and jump over one wall."""

    @abstractmethod
    def layers(self, position: Array) -> KnudsenLayers:
        """Fields of the Knudsen layers over one wall at distances [position] in mu v0/p."""

    @property
    def rarefied(self) -> Reduced:
        """Leading terms of G_P and G_T as delta -> 0, their constants the theory's at 1e-3; NaN from 1 on.

        Of mixtures each gas flies alone, which makes sum_i x_i v0_i / v0 of them.
        """
        if self.scale.delta >= 1:
            return Reduced(np.nan, np.nan)
        grazing = grazing_accommodation(self.surface)
        leading, fine = (slit_flow_coefficient_leading(delta, grazing) for delta in (self.scale.delta, SMALL))
        rise, known = self.scale.mean_speed_ratio * (leading - fine), self.flow_at(SMALL)
        return Reduced(known.G_P + rise, known.G_T + rise / 2)

    @property
    def line_names(self) -> tuple[str, str, str]:
        """Labels of its own line, of slip flow and of `rarefied`."""
        return self.source, "slip flow", "nearly free molecules"

    def coefficient(self, name: str) -> float:
        """The `viscosity` [Pa s] or `thermal_conductivity` [W m-1 K-1] that it has in the continuum."""
        return float(getattr(self.scale, name))


@dataclass(frozen=True)
class OneGas(Theory):
    """Of any one gas between plates."""

    gas: KineticGas

    def flow_at(self, delta: float) -> ChannelFlow:
        return channel_flow(self.gas, delta, self.surface)

    def profiles_at(self, delta: float, position: Array) -> ChannelProfiles:
        return channel_profiles(self.gas, delta, position, self.surface)

    @property
    def slip(self) -> SlipCoefficients:
        return slip_of(self.gas, self.surface)

    def layers(self, position: Array) -> KnudsenLayers:
        return knudsen_layers(self.gas, position, self.surface)


@dataclass(frozen=True)
class TwoGases(Theory):
    """Of McCormack's model between plates, whose own viscosity gives way to the converged one."""

    model: BinaryModel

    def flow_at(self, delta: float) -> ChannelFlow:
        return mixture_flow(self.model, delta, self.surface)

    def profiles_at(self, delta: float, position: Array) -> ChannelProfiles:
        return mixture_profiles(self.model, delta, position, self.surface)

    @property
    def slip(self) -> SlipCoefficients:
        return mixture_slip(self.model, self.surface)

    def layers(self, position: Array) -> KnudsenLayers:
        return mixture_layers(self.model, position, self.surface)

    def coefficient(self, name: str) -> float:
        """The converged viscosity, and the conductivity that the model has beside it."""
        return self.scale.viscosity * float(getattr(self.model, name)) / self.model.viscosity


@dataclass(frozen=True)
class Tube(Theory):
    """Of the Shakhov model in a tube of radius L, and of free molecules below delta = 1e-3.

    prandtl : Pr of the gas
    """

    prandtl: float

    @property
    def model(self) -> dict[str, float]:
        """The gas and the wall as `round_tube` takes them."""
        return {"accommodation": self.surface, "prandtl": self.prandtl}

    def flow_at(self, delta: float) -> TubeFlow:
        """G_P and G_T at another rarefaction."""
        if delta < RAREST:
            return TubeFlow(*self.rarefied)
        return round_tube(delta, **self.model)

    def profiles_at(self, delta: float, position: Array) -> TubeProfiles:
        """Velocities and heat fluxes at r/L [position]."""
        return tube_profiles(max(delta, LEAST_DELTA), position, **self.model)

    @property
    def rarefied(self) -> Reduced:
        """G_P and G_T of free molecules."""
        return Reduced(*tube_flow_coefficients(self.surface))

    @property
    def line_names(self) -> tuple[str, str, str]:
        """Labels of its own line, of slip flow and of `rarefied`."""
        return self.source, "slip flow", "free molecules"

    @property
    def slip(self) -> SlipCoefficients:
        """Over a wall that is plane on the scale of a mean free path."""
        return slip_of(relaxing_gas(self.prandtl), self.surface)

    def layers(self, position: Array) -> KnudsenLayers:
        """Of a wall that is plane on the scale of a mean free path."""
        return knudsen_layers(relaxing_gas(self.prandtl), position, self.surface)


def surface_of(config: "FlowConfig") -> Surface:
    """The walls as theory takes them."""
    if config.lord:
        return Lord(config.normal_accommodation, config.tangential_accommodation)
    return config.accommodation


def kinetic_theory(config: "FlowConfig", scale: Scale) -> Theory | None:
    """Of one gas between plates or in Maxwell's tube, of two between his plates; None for all else."""
    mixed = np.count_nonzero(scale.composition) > 1
    if config.lord and (config.tube or mixed or not 0 < config.tangential_accommodation < 2):
        return None
    if config.tube:
        return _in_tube(config, scale)
    plates = scale, surface_of(config)
    if mixed:
        model = binary_model(scale.gas, scale.composition[0], scale.temperature)
        return TwoGases(*plates, "approximate", MCCORMACK, ORDINATES_ERROR, model)
    if config.model == "hs":
        error = RARE_ERROR if scale.delta < RARE else ORDINATES_ERROR
        return OneGas(*plates, "numerical", HARD_SPHERES, error, hard_sphere_gas(ORDINATES))
    prandtl = float(scale.theory.prandtl_number(scale.composition))
    return OneGas(*plates, "approximate", SHAKHOV, ORDINATES_ERROR, relaxing_gas(prandtl))


def _in_tube(config: "FlowConfig", scale: Scale) -> Tube | None:
    """Of one gas; None for mixtures and beyond delta = 100.

    Free molecules are exact but for what few collisions take: their error is what these take of the model.
    """
    if len(config.gases) > 1 or scale.delta > GREATEST_DELTA:
        return None
    prandtl = float(scale.theory.prandtl_number(scale.composition))
    wall = scale, config.accommodation
    if scale.delta >= RAREST:
        return Tube(*wall, "approximate", SHAKHOV_TUBE, TUBE_ERROR, prandtl)
    near = round_tube(max(scale.delta, LEAST_DELTA), accommodation=config.accommodation, prandtl=prandtl)
    free = tube_flow_coefficients(config.accommodation)
    taken = max(1 - near.G_P / free[0], 1 - near.G_T / free[1])
    return Tube(*wall, "exact", FREE_TUBE, taken, prandtl)
