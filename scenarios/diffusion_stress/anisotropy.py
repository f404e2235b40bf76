"""Anisotropies of the stress, from sampled moments and beside theory."""

from collections.abc import Iterator

import numpy as np

from knudsen.analysis.gas_fields import COMPONENTS, gas_fields_of
from knudsen.analysis.groups import Totals
from knudsen.analysis.irreversible.diffusion_anisotropies import free_molecular_anisotropies
from knudsen.analysis.irreversible.diffusion_stress import MomentRates
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.core.results import Estimate, Profile
from knudsen.scenarios.diffusion_stress.scale import Known, Scale

PARTS = ("A", "B", "mixture")
XX, YY, ZZ = (COMPONENTS.index(name) for name in ("xx", "yy", "zz"))


def moments_of(totals: Totals, reduced_mass: float) -> dict[str, Array]:
    """What the moments of the cells say [..., cell].

    Returns
    -------
    anisotropy : P_xx - (P_yy + P_zz) / 2, P_yy and P_zz being equal, of A and B about their own means and of
        both about the barycentric velocity [..., cell, part] [Pa]
    unit : n m_r w^2 [Pa];  drift : w = u_A - u_B [m/s]
    density [..., cell, species] [1/m^3], velocity [..., cell, species] [m/s], temperature [..., cell] [K]
    """
    fields = gas_fields_of(totals.densities, totals.masses)
    velocity, density = fields["species_velocity"][..., 0], fields["number_density"]
    drift = velocity[..., 0] - velocity[..., 1]
    own, mixture = _axial(fields["pressure_tensor_own"]), _axial(fields["pressure_tensor"])
    return {
        "anisotropy": np.concatenate([own, mixture[..., None]], axis=-1),
        "unit": reduced_mass * density.sum(axis=-1) * drift**2,
        "drift": drift,
        "density": density,
        "velocity": velocity,
        "temperature": (fields["species_temperature_own"] * fields["mole_fraction"]).sum(axis=-1),
    }


def _axial(tensor: Array) -> Array:
    return tensor[..., XX] - (tensor[..., YY] + tensor[..., ZZ]) / 2


def ratio(anisotropy: Array, unit: Array) -> Array:
    """Anisotropy over n m_r w^2 [..., part], of means over cells or times [..., mean, part], [..., mean]."""
    return anisotropy.mean(axis=-2) / unit.mean(axis=-1)[..., None]


def steady_theory(scale: Scale, rates: MomentRates) -> Array:
    """The anisotropies [part] in units of n m_r w^2 at the mean composition, by the moment equations."""
    x = np.array(scale.composition)
    found = rates.driven(x, [1.0, 0.0]) if scale.mode == "driven" else rates.flowing(x, [x[1], -x[0]])
    return np.array([*found.own, found.mixture]) / scale.reduced_mass


def closed_form(scale: Scale, density: Array, velocity: Array) -> Array:
    """Anisotropies [..., part] [Pa] of the bulk of a steady flow at these densities and velocities."""
    found = scale.rates.flowing(density, velocity)
    return np.concatenate([found.own, found.mixture[..., None]], axis=-1)


def free_theory(scale: Scale, ends: tuple[float, float]) -> Array:
    """The anisotropies [part] of a slab without collisions, mole fractions of A at its ends."""
    masses = scale.gas.masses
    return np.array(list(free_molecular_anisotropies(masses[0] / masses[1], *ends).values()))


def estimates(
    name: str, measured: Measured, theory: Array, known: Known, error: Array | float = 0.0
) -> Iterator[Estimate]:
    """The three anisotropies `measured` [part] in units of n m_r w^2, beside `theory` [part]."""
    errors = np.broadcast_to(error, len(PARTS))
    for number, part in enumerate(PARTS):
        value, stderr = measured.value[number], measured.stderr[number]
        yield Estimate(f"{name}_{part}", value, stderr, "1", theory[number], errors[number], *known)


def profiles(
    name: str, place: Array, measured: Measured, theory: Array, position_unit: str = "m"
) -> Iterator[Profile]:
    """Profiles `name`_A, _B and _mixture [place, part], pure numbers, and what theory says of them."""
    for number, part in enumerate(PARTS):
        values = derive(lambda value, number=number: value[..., number], measured)
        line = theory[..., number]
        yield Profile(f"{name}_{part}", "1", place, values.value, values.stderr, position_unit)
        yield Profile(f"{name}_{part}_theory", "1", place, line, np.zeros_like(line), position_unit)
