"""What a run between plates or in a tube measured, by either method, with jackknife errors."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.deviations import deviation_fields
from knudsen.analysis.gas_fields import COMPONENTS, gas_fields
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.analysis.walls import WallFields, wall_fields
from knudsen.core.results import Profile
from knudsen.core.samples import Samples
from knudsen.scenarios.gas_flow.scale import Scale

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig

X, Y, Z = range(3)
XY, XZ = COMPONENTS.index("xy"), COMPONENTS.index("xz")
UNITS = {
    "velocity": "m s-1",
    "molar_velocity": "m s-1",
    "temperature": "K",
    "pressure": "Pa",
    "shear_stress": "Pa",
    "heat_flux": "W m-2",
    "parallel_heat_flux": "W m-2",
}


@dataclass(frozen=True)
class FlowFields:
    """Fields between plates: `fields["velocity"]` [cell], and their means over the gap.

    Arguments
    ---------
    positions : centres of the cells [m];  length : of the gap, or the radius of the tube [m]
    shares : of each cell in the whole [cell]
    along : name of UNITS -> Measured [cell]: mass-average velocity v_z and, of mixtures, the mole-average
        v*_z, shear stress P_xz, heat flux q_x and, without the enthalpy of diffusion, q'_z; in a tube x for
        z and r for x.  Between plates also sideways_velocity v_y and sideways_heat_flux q_y
    walls : what the walls take up
    """

    positions: Array
    length: float
    shares: Array
    along: Mapping[str, Measured]
    walls: WallFields

    def __getitem__(self, name: str) -> Measured:
        return self.along[name]

    def mean(self, name: str) -> Measured:
        """Mean of a field over the gap."""
        return derive(lambda field: field @ self.shares, self.along[name])

    def profiles(self) -> Iterator[Profile]:
        """The fields as they are saved."""
        for name, unit in UNITS.items():
            if name in self.along:
                yield Profile(name, unit, self.positions, self.along[name].value, self.along[name].stderr)

    def curve(self, name: str, value: Array) -> Profile:
        """A field of theory [cell], as it is saved."""
        return Profile(f"{name}_theory", UNITS[name], self.positions, value, np.zeros_like(value))


def flow_fields(config: "FlowConfig", scale: Scale, samples: Samples) -> FlowFields:
    """Fields of the steady part of a run.  Raises TooShortError for too few independent groups.

    Deviations from rest, of one gas, have the gas at rest added, so that temperature and pressure are whole.
    """
    shares = samples.volumes / samples.volumes.sum()
    if config.low_signal:
        found = deviation_fields(samples, config.pressure, config.temperature).along
        rest = {"temperature": config.temperature, "pressure": config.pressure}
        found = {name: _plus(rest.get(name, 0.0), field) for name, field in found.items()}
        found["reduced_heat_flux"] = found["heat_flux"]
    else:
        found = dict(gas_fields(samples).quantities)
        found["velocity"] = found["mass_velocity"]
    across, along, shear = (Y, X, XY) if config.tube else (X, Z, XZ)
    fields = {
        "velocity": _part(found["velocity"], along),
        "temperature": found["temperature"],
        "pressure": found["pressure"],
        "shear_stress": _part(found["pressure_tensor"], shear),
        "heat_flux": _part(found["heat_flux"], across),
        "parallel_heat_flux": _part(found["reduced_heat_flux"], along),
    }
    if len(config.gases) > 1:
        fields["molar_velocity"] = _part(found["molar_velocity"], along)
    if not config.tube:
        fields["sideways_velocity"] = _part(found["velocity"], Y)
        fields["sideways_heat_flux"] = _part(found["heat_flux"], Y)
    places = samples.along(1).positions if config.tube else samples.positions
    return FlowFields(places, scale.length, shares, fields, wall_fields(samples))


def _plus(number: float, field: Measured) -> Measured:
    return Measured(field.value + number, field.replicates + number)


def _part(field: Measured, index: int) -> Measured:
    return Measured(field.value[..., index], field.replicates[..., index])
