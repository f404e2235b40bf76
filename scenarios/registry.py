"""The scenarios by name; a module is imported only when its scenario is asked for."""

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from knudsen.scenarios.scenario import Scenario


class Entry(NamedTuple):
    """The module that holds SCENARIO, and the line that `knudsen list` prints."""

    module: str
    summary: str


SCENARIOS: dict[str, Entry] = {
    "equimolar_counterdiffusion": Entry(
        "knudsen.scenarios.equimolar_counterdiffusion",
        "two gases trade places through a slab: fluxes, D_AB, composition jumps",
    ),
    "couette": Entry(
        "knudsen.scenarios.couette",
        "gas between plates that slide: shear stress, slip length, viscosity at any rarefaction",
    ),
    "diffusion_slip": Entry(
        "knudsen.scenarios.diffusion_slip",
        "two gases diffuse along a wall at uniform pressure, and the mixture slips over it",
    ),
    "diffusion_stress": Entry(
        "knudsen.scenarios.diffusion_stress",
        "two gases move through each other: the stresses that makes, driven by forces or by a slab's ends",
    ),
    "fourier": Entry(
        "knudsen.scenarios.fourier",
        "gas between plates of unlike temperatures: heat flux, temperature jump, conductivity",
    ),
    "graham": Entry(
        "knudsen.scenarios.graham",
        "two gases through a pore, open or between closed bulbs: ratio of fluxes, difference of pressure",
    ),
    "kramers": Entry(
        "knudsen.scenarios.kramers",
        "gas sheared over a wall: viscous slip coefficient and the Knudsen layer's shape",
    ),
    "knudsen_diffusion": Entry(
        "knudsen.scenarios.knudsen_diffusion",
        "gas through a tube, slit or orifice: Clausing's transmission, Knudsen diffusivity, Bosanquet's law",
    ),
    "lj_fluid": Entry(
        "knudsen.scenarios.lj_fluid",
        "the Lennard-Jones fluid in equilibrium: energy and pressure beside its equation of state, g(r)",
    ),
    "nonlocal_diffusion": Entry(
        "knudsen.scenarios.nonlocal_diffusion",
        "a wave of marked molecules decays: D(k) from Fick's law to free flight, k lambda = 0.05 .. 5",
    ),
    "poiseuille": Entry(
        "knudsen.scenarios.poiseuille",
        "gas driven along a channel or tube: flow rate, slip, Knudsen's minimum",
    ),
    "temperature_jump": Entry(
        "knudsen.scenarios.temperature_jump",
        "heat that passes from gas to wall: temperature jump coefficient and the Knudsen layer's shape",
    ),
    "thermal_creep": Entry(
        "knudsen.scenarios.thermal_creep",
        "gas that creeps along a wall to its hot end: creep rate, thermal slip, thermomolecular pressure",
    ),
}


def find(name: str) -> "Scenario":
    """The scenario of that name.  Raises ConfigError with the nearest name."""
    if name not in SCENARIOS:
        from knudsen.scenarios.faults import ConfigError, Fault, did_you_mean

        raise ConfigError([Fault("scenario", f"{name!r} is not known", did_you_mean(name, SCENARIOS))])
    scenario: Scenario = import_module(SCENARIOS[name].module).SCENARIO
    return scenario
