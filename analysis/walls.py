"""Pressure, shear, heat and number fluxes on the walls of any domain, by face and along it, with errors."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from knudsen.analysis.groups import Totals, measure, over_groups
from knudsen.analysis.statistics import Array, Measured
from knudsen.core.samples import Samples

# Unit and axes after that of the patches or faces.
WALL_FIELDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "number_flux": ("m-2 s-1", ("species",)),
    "arrival_flux": ("m-2 s-1", ("species",)),
    "pressure": ("Pa", ()),
    "traction": ("Pa", ("vector",)),
    "shear": ("Pa", ("vector",)),
    "energy_flux": ("W m-2", ()),
}


def wall_fields_of(rates: Array, axis: Array, inward: Array) -> dict[str, Array]:
    """Every field of WALL_FIELDS from the mean rates per unit area.

    flux of a into the wall = (sum a arriving - sum a leaving) / (area time);  traction t = that of momentum,
    p = -n . t with the normal n into the gas, shear = t + p n

    Arguments
    ---------
    rates : [..., patch, species, DIRECTIONS, WALL_TOTALS], per unit area: `Totals.wall_rates`
    axis, inward : [patch], axis of the normal, and its sign towards the gas

    Returns
    -------
    name -> array [..., patch, then the axes in WALL_FIELDS]: what the wall takes up.  `energy_flux` is that
    of all energy, internal too, in the laboratory frame: the heat flux into a wall at rest; into one that
    moves at u the heat flux is energy_flux - shear . u
    """
    arriving, leaving = rates[..., 0, :], rates[..., 1, :]
    net = arriving - leaving
    traction = net[..., 1:4].sum(axis=-2)
    normal = np.eye(3)[axis] * np.asarray(inward)[:, None]
    pressure = -(traction * normal).sum(axis=-1)
    return {
        "number_flux": net[..., 0],
        "arrival_flux": arriving[..., 0],
        "pressure": pressure,
        "traction": traction,
        "shear": traction + pressure[..., None] * normal,
        "energy_flux": net[..., 4].sum(axis=-1),
    }


@dataclass(frozen=True)
class WallFields:
    """What was measured on the walls: `along["pressure"]` [patch], `whole["pressure"]` [face].

    Arguments
    ---------
    faces, names, vectors : names of the faces, the species and the components of a vector
    patch_face : [patch];  centre : [patch, vector] [m];  area, face_area : [patch], [face], open to the gas
    along, whole : name -> Measured with the axes of WALL_FIELDS, of one set of groups; NaN where the area is
        zero, and zero on periodic faces
    """

    faces: tuple[str, ...]
    names: tuple[str, ...]
    vectors: tuple[str, ...]
    patch_face: Array
    centre: Array
    area: Array
    face_area: Array
    along: Mapping[str, Measured]
    whole: Mapping[str, Measured]

    def on(self, face: str) -> Array:
        """Numbers of the patches of a face [patch of the face].  Raises ValueError for another name."""
        if face not in self.faces:
            raise ValueError(f"face {face!r} is none of {', '.join(self.faces)}")
        return np.nonzero(self.patch_face == self.faces.index(face))[0]


def by_face(rates: Array, patch_face: Array, area: Array) -> Array:
    """Mean rates [..., face, species, ...] of patches [..., patch, species, ...], each by its area."""
    share = (patch_face == np.arange(patch_face.max() + 1)[:, None]) * area
    total = share.sum(axis=1, keepdims=True)
    share = share / np.where(total > 0, total, np.nan)
    return np.einsum("fp,...psdt->...fsdt", share, np.where(area[:, None, None, None] > 0, rates, 0.0))


def wall_fields(samples: Samples, totals: Totals | None = None) -> WallFields:
    """Fluxes to every wall of a run in its steady state, with jackknife errors.

    Arguments
    ---------
    samples : the run without its transient
    totals : its groups; by default those of `independent_groups`

    Raises
    ------
    TooShortError : too short for independent groups; `estimate` as in `gas_fields`
    """
    faces = samples.patch_face

    def along(totals: Totals) -> dict[str, Array]:
        return wall_fields_of(totals.wall_rates, samples.face_axis[faces], samples.face_inward[faces])

    def whole(totals: Totals) -> dict[str, Array]:
        rates = by_face(totals.wall_rates, faces, samples.patch_area)
        return wall_fields_of(rates, samples.face_axis, samples.face_inward)

    def over(totals: Totals) -> WallFields:
        return WallFields(
            samples.faces, samples.names, samples.vectors, faces, samples.patch_centre, samples.patch_area,
            samples.face_area, measure(along, totals), measure(whole, totals),
        )  # fmt: skip

    return over_groups(samples, totals, over)
