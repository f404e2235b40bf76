"""The profiles of a counterdiffusion run as they are saved: A and B stand for the names of the gases."""

from collections.abc import Iterator, Sequence

import numpy as np

from knudsen.analysis.statistics import Array, Measured
from knudsen.core.results import Profile
from knudsen.scenarios.equimolar_counterdiffusion.estimates import Run, dufour_profile
from knudsen.scenarios.equimolar_counterdiffusion.measures import anisotropies

AB = ("A", "B")
MIXTURE = {
    "molar_concentration": "mol m-3",
    "mass_density": "kg m-3",
    "molar_velocity": "m s-1",
    "mass_velocity": "m s-1",
    "total_molar_flux": "mol m-2 s-1",
    "mass_flux": "kg m-2 s-1",
    "temperature": "K",
    "pressure": "Pa",
    "heat_flux": "W m-2",
    "reduced_heat_flux": "W m-2",
}
SPECIES = {
    "mole_fraction": "1",
    "molar_flux": "mol m-2 s-1",
    "diffusive_molar_flux": "mol m-2 s-1",
    "species_velocity": "m s-1",
    "species_temperature": "K",
}


def profiles(run: Run) -> list[Profile]:
    """Everything along the slab; `_predicted` and `_line` are theory and fit, over the bulk."""
    return [*_measured(run), *_anisotropies(run), *_at_walls(run), *_theory(run)]


def _measured(run: Run) -> Iterator[Profile]:
    q = run.profiles
    for name, unit in MIXTURE.items():
        yield Profile(name, unit, q.positions, q[name].value, q[name].stderr)
    for name, unit in SPECIES.items():
        yield from _of_species(name, unit, q.positions, q[name])


def _anisotropies(run: Run) -> Iterator[Profile]:
    position, found = run.profiles.positions, anisotropies(run.profiles)
    mixture = found["mixture"]
    yield Profile("pressure_anisotropy", "1", position, mixture.value, mixture.stderr)
    yield from _of_species("pressure_anisotropy", "1", position, found["species"])
    yield from _of_species("pressure_anisotropy_own", "1", position, found["own"])


def _at_walls(run: Run) -> Iterator[Profile]:
    walls = np.array([0.0, run.scale.length])
    yield from _of_species("wall_molar_flux", "mol m-2 s-1", walls, run.profiles["wall_molar_flux"])


def _of_species(name: str, unit: str, position: Array, measured: Measured) -> Iterator[Profile]:
    for number, letter in enumerate(AB):
        value, stderr = measured.value[:, number], measured.stderr[:, number]
        yield Profile(f"{name}_{letter}", unit, position, value, stderr)


def _theory(run: Run) -> Sequence[Profile]:
    bulk, line = run.bulk, run.line
    ends = np.array([bulk.margin, bulk.length - bulk.margin])
    straight = line["middle"].value + line["slope"].value * (ends - bulk.length / 2)
    curves = {
        "mole_fraction_A_predicted": ("1", bulk.places, run.predicted.profile),
        "mole_fraction_A_line": ("1", ends, straight),
        "temperature_dufour": ("K", run.profiles.positions, dufour_profile(run)),
    }
    return [
        Profile(name, unit, position, value, np.zeros_like(value))
        for name, (unit, position, value) in curves.items()
    ]
