"""Fields of a gas from its sampled moments, in any geometry: densities, velocities, stresses, heat fluxes.

Central moments are made of moments about zero, about the barycentric velocity and about each species' own
mean.  A quotient whose denominator has seen no molecule is NaN.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.constants import N_A as AVOGADRO
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.groups import Totals, measure, over_groups
from knudsen.analysis.internal_energy import INNER_QUANTITIES, inner_fields
from knudsen.analysis.statistics import Array, Measured
from knudsen.core.samples import MOMENTS, Samples

COMPONENTS = MOMENTS[4:10]
PAIRS = tuple(("xyz".index(name[0]), "xyz".index(name[1])) for name in COMPONENTS)
_SIX = tuple(zip(*PAIRS, strict=True))
_TENSOR = np.array([[MOMENTS.index("".join(sorted(a + b))) for b in "xyz"] for a in "xyz"])

# Unit and axes after the leading ones.
FIELD_QUANTITIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number_density": ("m-3", ("cell", "species")),
    "mole_fraction": ("1", ("cell", "species")),
    "molar_concentration": ("mol m-3", ("cell",)),
    "mass_density": ("kg m-3", ("cell",)),
    "molar_velocity": ("m s-1", ("cell", "vector")),
    "mass_velocity": ("m s-1", ("cell", "vector")),
    "species_velocity": ("m s-1", ("cell", "species", "vector")),
    "molar_flux": ("mol m-2 s-1", ("cell", "species", "vector")),
    "diffusive_molar_flux": ("mol m-2 s-1", ("cell", "species", "vector")),
    "mass_flux": ("kg m-2 s-1", ("cell", "vector")),
    "diffusive_mass_flux": ("kg m-2 s-1", ("cell", "species", "vector")),
    "temperature": ("K", ("cell",)),
    "species_temperature": ("K", ("cell", "species")),
    "species_temperature_own": ("K", ("cell", "species")),
    "pressure": ("Pa", ("cell",)),
    "partial_pressure": ("Pa", ("cell", "species")),
    "pressure_tensor": ("Pa", ("cell", "component")),
    "stress_deviator": ("Pa", ("cell", "component")),
    "species_pressure_tensor": ("Pa", ("cell", "species", "component")),
    "pressure_tensor_own": ("Pa", ("cell", "species", "component")),
    "heat_flux": ("W m-2", ("cell", "vector")),
    "reduced_heat_flux": ("W m-2", ("cell", "vector")),
    "species_heat_flux": ("W m-2", ("cell", "species", "vector")),
    "heat_flux_own": ("W m-2", ("cell", "species", "vector")),
}


def tensor_components(vectors: tuple[str, ...]) -> tuple[str, ...]:
    """Names of a tensor's six elements: xx, yy, zz, xy, xz, yz; in a tube x_x, r_r, ..., r_azimuth."""
    joint = "" if all(len(name) == 1 for name in vectors) and "r" not in vectors else "_"
    return tuple(joint.join((vectors[i], vectors[j])) for i, j in PAIRS)


def second_moment(second: Array, first: Array, density: Array, velocity: Array) -> Array:
    """n<c_i c_j> with c = v - u: n<v_i v_j> - u_i n<v_j> - n<v_i> u_j + n u_i u_j."""
    u_f = velocity[..., :, None] * first[..., None, :]
    u_u = velocity[..., :, None] * velocity[..., None, :]
    return second - u_f - np.swapaxes(u_f, -1, -2) + density[..., None, None] * u_u


def third_moment(third: Array, second: Array, first: Array, density: Array, velocity: Array) -> Array:
    """n<c^2 c> with c = v - u, from n<v^2 v>, n<v v>, n<v> and n."""
    u = velocity
    u_f = np.sum(u * first, axis=-1, keepdims=True)
    u_u = np.sum(u * u, axis=-1, keepdims=True)
    trace = np.trace(second, axis1=-2, axis2=-1)[..., None]
    u_second = np.einsum("...j,...ij->...i", u, second)
    return third - trace * u - 2 * u_second + 2 * u_f * u + u_u * (first - density[..., None] * u)


@dataclass(frozen=True)
class VelocityMoments:
    """Moments of the velocity about zero [..., cell, species] and the barycentric velocity."""

    masses: Array
    density: Array
    first: Array
    second: Array
    third: Array
    velocity: Array

    @classmethod
    def of(cls, densities: Array, masses: Array) -> "VelocityMoments":
        """Of what MOMENTS names [..., cell, species, MOMENTS]."""
        density, first, third = densities[..., 0], densities[..., 1:4], densities[..., 10:13]
        mass_density = (masses * density).sum(axis=-1)
        velocity = (masses[:, None] * first).sum(axis=-2) / mass_density[..., None]
        return cls(masses, density, first, densities[..., _TENSOR], third, velocity)

    def second_about(self, velocity: Array) -> Array:
        """n<c c> of each species about a velocity."""
        return second_moment(self.second, self.first, self.density, velocity)

    def third_about(self, velocity: Array) -> Array:
        """n<c^2 c> of each species about a velocity."""
        return third_moment(self.third, self.second, self.first, self.density, velocity)


def _flows(m: VelocityMoments) -> dict[str, Array]:
    """Composition, velocities and fluxes."""
    density, total = m.density[..., None], m.density.sum(axis=-1)
    molar_velocity = m.first.sum(axis=-2) / total[..., None]
    masses = m.masses[:, None]
    return {
        "number_density": m.density,
        "mole_fraction": m.density / total[..., None],
        "molar_concentration": total / AVOGADRO,
        "mass_density": (m.masses * m.density).sum(axis=-1),
        "molar_velocity": molar_velocity,
        "mass_velocity": m.velocity,
        "species_velocity": m.first / density,
        "molar_flux": m.first / AVOGADRO,
        "diffusive_molar_flux": (m.first - density * molar_velocity[..., None, :]) / AVOGADRO,
        "mass_flux": (masses * m.first).sum(axis=-2),
        "diffusive_mass_flux": masses * (m.first - density * m.velocity[..., None, :]),
    }


def _stresses(m: VelocityMoments) -> dict[str, Array]:
    """Pressure tensors and temperatures."""
    mass = m.masses[:, None, None]
    common = mass * m.second_about(m.velocity[..., None, :])
    own = mass * m.second_about(m.first / m.density[..., None])
    mixture = common.sum(axis=-3)
    partial = np.trace(common, axis1=-2, axis2=-1) / 3
    pressure = partial.sum(axis=-1)
    deviator = mixture - pressure[..., None, None] * np.eye(3)
    return {
        "temperature": pressure / (m.density.sum(axis=-1) * BOLTZMANN),
        "species_temperature": partial / (m.density * BOLTZMANN),
        "species_temperature_own": np.trace(own, axis1=-2, axis2=-1) / (3 * m.density * BOLTZMANN),
        "pressure": pressure,
        "partial_pressure": partial,
        "pressure_tensor": mixture[..., *_SIX],
        "stress_deviator": deviator[..., *_SIX],
        "species_pressure_tensor": common[..., *_SIX],
        "pressure_tensor_own": own[..., *_SIX],
    }


def _heat(m: VelocityMoments, temperature: Array) -> dict[str, Array]:
    """Heat fluxes; j_i / m_i = n_i (v_i - v) carries the enthalpy (5/2) k T a molecule."""
    half = 0.5 * m.masses[:, None]
    species = half * m.third_about(m.velocity[..., None, :])
    carried = (m.first - m.density[..., None] * m.velocity[..., None, :]).sum(axis=-2)
    heat = species.sum(axis=-2)
    return {
        "heat_flux": heat,
        "reduced_heat_flux": heat - 2.5 * BOLTZMANN * temperature[..., None] * carried,
        "species_heat_flux": species,
        "heat_flux_own": half * m.third_about(m.first / m.density[..., None]),
    }


def gas_fields_of(densities: Array, masses: Array, modes: Array | None = None) -> dict[str, Array]:
    """Every field of FIELD_QUANTITIES from the mean moments of the number density.

    v = sum rho_i v_i / rho, v* = sum c_i v_i / c;  N_i = c_i v_i, J*_i = c_i (v_i - v*),
    j_i = rho_i (v_i - v);  P_i = m_i n_i <c c>, c = molecular velocity - v, P = sum P_i,
    p = tr P / 3 = n k T, T_i = tr P_i / (3 n_i k);  q_i = m_i n_i <c^2 c> / 2, q = sum q_i,
    q' = q - sum (5/2) k T j_i / m_i;  `_own`: the same of one species with c about v_i

    Arguments
    ---------
    densities : [..., cell, species, MOMENTS], n, n<v_x>, ..., n<v^2 v_z>: `Totals.densities`
    masses : [species], mass of a molecule [kg]
    modes : of a gas with internal energy, `Samples.modes`; then the fields of INNER_QUANTITIES follow, and
        temperature, pressure and `heat_flux` are those of the translation

    Returns
    -------
    name -> array [..., then the axes in FIELD_QUANTITIES], in the laboratory frame unless diffusive; tensors
    in the order of COMPONENTS. The temperature, about the barycentric velocity, holds the diffusion term
    (rho_a rho_b / rho) (v_a - v_b)^2 / (3 n k).

    Source: S. Chapman & T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), 2.5;
    S. R. de Groot & P. Mazur, Non-Equilibrium Thermodynamics (1962), ch. III.3 (reduced heat flux).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        moments = VelocityMoments.of(np.asarray(densities, np.float64), np.asarray(masses, np.float64))
        stresses = _stresses(moments)
        fields = _flows(moments) | stresses | _heat(moments, stresses["temperature"])
    return fields if modes is None else fields | inner_fields(densities, moments.velocity, modes)


@dataclass(frozen=True)
class GasFields:
    """What was measured in the cells of any domain.

    Arguments
    ---------
    names : species;  vectors, components : names of the elements of a vector and of a tensor
    cells : along each axis;  edges : of the cells along each axis [m]
    quantities : name -> Measured [cell, ...], with the axes of FIELD_QUANTITIES, of one set of groups
    """

    names: tuple[str, ...]
    vectors: tuple[str, ...]
    cells: tuple[int, ...]
    edges: tuple[Array, ...]
    quantities: Mapping[str, Measured]

    @property
    def components(self) -> tuple[str, ...]:
        """Names of a tensor's elements."""
        return tensor_components(self.vectors)

    def __getitem__(self, name: str) -> Measured:
        return self.quantities[name]

    def field(self, name: str) -> tuple[Array, Array]:
        """Value and standard error on the grid [cells along each axis ..., then the others' axes]."""
        measured = self.quantities[name]
        shape = (*self.cells, *measured.value.shape[1:])
        return measured.value.reshape(shape), measured.stderr.reshape(shape)

    def series(self) -> dict[str, tuple[Array, Array]]:
        """Fields split into numbers: `heat_flux_x`, `pressure_tensor_own_Ar_x_r` -> value, stderr."""
        return {label: pair for name in self.quantities for label, pair in self._split(name)}

    def _split(self, name: str) -> Iterator[tuple[str, tuple[Array, Array]]]:
        value, stderr = self.field(name)
        labels = {"species": self.names, "component": self.components, "vector": self.vectors}
        axes = (FIELD_QUANTITIES | INNER_QUANTITIES)[name][1][1:]
        for index in np.ndindex(*(len(labels[axis]) for axis in axes)):
            words = [labels[axis][i] for axis, i in zip(axes, index, strict=True)]
            yield "_".join([name, *words]), (value[..., *index], stderr[..., *index])


def gas_fields(samples: Samples, totals: Totals | None = None) -> GasFields:
    """Every field of a run in its steady state, in any domain, with jackknife errors.

    Arguments
    ---------
    samples : the run without its transient, whole or `along` one axis
    totals : its groups; by default those of `independent_groups`

    Raises
    ------
    TooShortError : too short for independent groups; `estimate` is the GasFields over the groups that there
        are, whose errors are then too small, or None when there are not two groups
    """

    def over(totals: Totals) -> GasFields:
        found = measure(lambda t: gas_fields_of(t.densities, t.masses, samples.modes), totals)
        cells = tuple(int(n) for n in samples.cells)
        edges = tuple(
            np.linspace(a, b, n + 1) for a, b, n in zip(samples.low, samples.high, cells, strict=True)
        )
        return GasFields(samples.names, samples.vectors, cells, edges, found)

    return over_groups(samples, totals, over)
