"""Profiles across a slab and fluxes at its walls, each with its standard error.

Every mean is a ratio of sums over the whole run, never a mean of per-step quotients. Central moments
subtract a mean velocity taken from the same sums, which lowers a temperature by one part in the number
of independent samples in the cell: negligible for cumulative sums, where that number is 10^5 and more,
and the reason why no per-block temperature is formed. A quotient whose denominator has seen no molecule
is NaN, as is its error.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.constants import N_A as AVOGADRO

from knudsen.analysis.gas_fields import COMPONENTS, FIELD_QUANTITIES, gas_fields_of
from knudsen.analysis.groups import Totals, measure, over_groups
from knudsen.analysis.statistics import Array, Measured
from knudsen.analysis.walls import wall_fields_of
from knudsen.core.samples import Samples

TANGENTS = ("y", "z")

_FIELDS = {name: row for name, row in FIELD_QUANTITIES.items() if name != "species_temperature_own"}
# Unit and axes after the leading ones; of a vector field its x component.
QUANTITIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    **{
        name: (unit, tuple(axis for axis in axes if axis != "vector"))
        for name, (unit, axes) in _FIELDS.items()
    },
    "tangential_velocity": ("m s-1", ("cell", "tangent")),
    "total_molar_flux": ("mol m-2 s-1", ("cell",)),
    "tangential_heat_flux": ("W m-2", ("cell", "tangent")),
}
WALL_QUANTITIES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "wall_molar_flux": ("mol m-2 s-1", ("face", "species")),
    "wall_arrival_flux": ("mol m-2 s-1", ("face", "species")),
    "wall_pressure": ("Pa", ("face",)),
    "wall_shear": ("Pa", ("face", "tangent")),
    "wall_energy_flux": ("W m-2", ("face",)),
}


def profiles_of(densities: Array, masses: Array) -> dict[str, Array]:
    """Every profile of QUANTITIES from the mean moments of the number density.

    v = sum rho_i v_i / rho, v* = sum c_i v_i / c;  N_i = c_i v_i, J*_i = c_i (v_i - v*),
    j_i = rho_i (v_i - v);  P_i = m_i n_i <c c>, c = molecular velocity - v, P = sum P_i,
    p = tr P / 3 = n k T, T_i = tr P_i / (3 n_i k);  `pressure_tensor_own` has c about v_i;
    q_i = m_i n_i <c^2 c> / 2, q = sum q_i,  q' = q - sum (5/2) k T j_i / m_i;  in `heat_flux_own` about v_i

    Arguments
    ---------
    densities : [..., cell, species, MOMENTS], n, n<v_x>, ..., n<v^2 v_z>: `Totals.densities`
    masses : [species], mass of a molecule [kg]

    Returns
    -------
    name -> array [..., then the axes in QUANTITIES]; velocities and fluxes are x components, positive
    along +x, in the laboratory frame unless diffusive; `tangential_` holds (y, z); tensors are in the
    order of COMPONENTS. The temperature, about the barycentric velocity, holds the diffusion term
    (rho_a rho_b / rho) (v_a - v_b)^2 / (3 n k).

    Source: S. Chapman & T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), 2.5;
    S. R. de Groot & P. Mazur, Non-Equilibrium Thermodynamics (1962), ch. III.3 (reduced heat flux).
    """
    fields = gas_fields_of(densities, masses)
    return {
        name: fields[name][..., 0] if "vector" in axes else fields[name]
        for name, (_, axes) in _FIELDS.items()
    } | {
        "tangential_velocity": fields["mass_velocity"][..., 1:],
        "total_molar_flux": fields["molar_flux"][..., 0].sum(axis=-1),
        "tangential_heat_flux": fields["heat_flux"][..., 1:],
    }


def wall_fluxes_of(wall_rates: Array) -> dict[str, Array]:
    """Every quantity of WALL_QUANTITIES from the mean rates at the faces.

    flux of a along +x = sign (sum a arriving - sum a leaving) / (area time), sign = -1 left, +1 right

    Arguments
    ---------
    wall_rates : [..., face, species, DIRECTIONS, WALL_TOTALS], per unit area: `Totals.wall_rates`

    Returns
    -------
    name -> array [..., then the axes in WALL_QUANTITIES], positive along +x: `wall_pressure` is the flux
    P_xx, positive on either wall, `wall_shear` is (P_xy, P_xz); `wall_energy_flux` is that of the whole
    translational energy in the laboratory frame; `wall_arrival_flux`, of the molecules that arrive, has
    no sign
    """
    sign = np.array([-1.0, 1.0])
    fields = wall_fields_of(np.asarray(wall_rates, np.float64), np.array([0, 0]), -sign)
    return {
        "wall_molar_flux": sign[:, None] * fields["number_flux"] / AVOGADRO,
        "wall_arrival_flux": fields["arrival_flux"] / AVOGADRO,
        "wall_pressure": fields["pressure"],
        "wall_shear": sign[:, None] * fields["traction"][..., 1:],
        "wall_energy_flux": sign * fields["energy_flux"],
    }


@dataclass(frozen=True)
class Series:
    """One curve or one number of a result: unit, value and stderr, [cell] or scalars."""

    unit: str
    value: Array
    stderr: Array


@dataclass(frozen=True)
class SlabProfiles:
    """What was measured in a slab: `profiles["temperature"].value` and `.stderr`.

    Arguments
    ---------
    names : species, in order;  faces : names of the faces, in order
    positions : centres of the cells [cell] [m]
    quantities : name -> Measured, with the axes of QUANTITIES or WALL_QUANTITIES; all of one set of
        groups, so that `derive` combines them with their correlations
    """

    names: tuple[str, ...]
    faces: tuple[str, ...]
    positions: Array
    quantities: Mapping[str, Measured]

    def __getitem__(self, name: str) -> Measured:
        return self.quantities[name]

    def series(self) -> dict[str, Series]:
        """Every quantity split into curves over the cells, or numbers at a wall, named as
        `mole_fraction_He`, `pressure_tensor_own_He_xx`, `tangential_velocity_y`, `wall_molar_flux_left_He`.
        """
        return {label: curve for name in self.quantities for label, curve in self._curves(name)}

    def _curves(self, name: str) -> Iterator[tuple[str, Series]]:
        unit, axes = (QUANTITIES | WALL_QUANTITIES)[name]
        measured = self.quantities[name]
        labels = {"species": self.names, "component": COMPONENTS, "tangent": TANGENTS, "face": self.faces}
        split = [axis for axis in axes if axis != "cell"]
        for index in np.ndindex(*(len(labels[axis]) for axis in split)):
            words = [labels[axis][i] for axis, i in zip(split, index, strict=True)]
            where = (slice(None), *index) if "cell" in axes else index
            yield "_".join([name, *words]), Series(unit, measured.value[where], measured.stderr[where])


def _everything(totals: Totals) -> dict[str, Array]:
    return profiles_of(totals.densities, totals.masses) | wall_fluxes_of(totals.wall_rates)


def slab_profiles(samples: Samples, totals: Totals | None = None) -> SlabProfiles:
    """Every profile and wall flux of a run in its steady state, with jackknife errors.

    Arguments
    ---------
    samples : the run without its transient
    totals : its groups; by default those of `independent_groups`

    Raises
    ------
    TooShortError : too short for independent groups; `estimate` is the SlabProfiles over the groups that
        there are, whose errors are then too small, or None when there are not two groups
    """

    def over(totals: Totals) -> SlabProfiles:
        return SlabProfiles(samples.names, samples.faces, samples.positions, measure(_everything, totals))

    return over_groups(samples, totals, over)
