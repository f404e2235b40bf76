"""What a DSMC run hands to the analysis: block sums of moments and wall totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

MOMENTS = ("count", "vx", "vy", "vz", "xx", "yy", "zz", "xy", "xz", "yz", "ex", "ey", "ez")
# Of gases with internal energy as well: sums of rotational and of vibrational energy and of their flux.
INNER_MOMENTS = ("rotation", "vibration", "ix", "iy", "iz")
DIRECTIONS = ("arriving", "leaving")
WALL_TOTALS = ("number", "px", "py", "pz", "energy")
CARTESIAN, CYLINDRICAL = ("x", "y", "z"), ("x", "r", "azimuth")

DIMENSIONS: Mapping[str, tuple[str, ...]] = {
    "names": ("species",),
    "masses": ("species",),
    "vectors": ("vector",),
    "faces": ("face",),
    "face_axis": ("face",),
    "face_inward": ("face",),
    "patch_face": ("patch",),
    "patch_area": ("patch",),
    "patch_centre": ("patch", "vector"),
    "axes": ("axis",),
    "low": ("axis",),
    "high": ("axis",),
    "cells": ("axis",),
    "volumes": ("cell",),
    "timestep": (),
    "weight": ("copy", "species"),
    "sums": ("block", "copy", "cell", "species", "moment"),
    "samples": ("block",),
    "steps": ("block",),
    "walls": ("block", "copy", "patch", "species", "direction", "wall_total"),
}
# Of gases with internal energy alone.
INNER_DIMENSIONS: Mapping[str, tuple[str, ...]] = {"modes": ("species", "mode", "mode_number")}


@dataclass(frozen=True)
class Samples:
    """Sums over the particles and sampled steps of a domain, block by block, in SI units.

    n_s(cell) = weight_s sums["count"] / (samples volume)

    A cell's number counts along the last axis first.

    Arguments
    ---------
    names : species, in order
    vectors : names of a vector's components: x, y, z; in a tube x, r, azimuth, which v_y and v_z then are
    faces : names of the faces, in order
    face_axis, face_inward : int64 [face], the axis of its normal, and 1 where the gas lies beyond, -1 before
    patch_face : int64 [patch], the face of each patch: the piece beside one cell; a slab's face is one patch
    patch_area : [patch], open to the gas, per unit of what is not resolved [1 in a slab, m in a channel, m2]
    patch_centre : [patch, vector] [m]
    masses : [species], mass of a molecule [kg]
    axes : int64 [axis], number in `vectors` of each axis that is resolved
    low, high : [axis], where the domain begins and ends [m];  cells : int64 [axis], cells along each axis
    volumes : [cell], per unit of the lengths that are not resolved [m in a slab, m2 in a channel, m3]
    timestep : [s]
    weight : [copy, species], real molecules per simulated one, per unit of the same [m-2 in a slab, m-1, 1]
    sums : float64 [block, copy, cell, species, MOMENTS], laboratory frame: xx is v_x v_x [m2 s-2] and
        ex is v^2 v_x [m3 s-3], with neither mass nor one half; a sample adds each particle once; where there
        is internal energy e INNER_MOMENTS follow: rotational and vibrational energy [J], and e v [J m s-1]
    samples : int64 [block], samples taken;  steps : int64 [block], time steps, sampled or not
    walls : float64 [block, copy, patch, species, DIRECTIONS, WALL_TOTALS], over every step of the block:
        number, momentum [kg m s-1] and energy, internal too [J] of the simulated molecules that cross the
        patch, weight not applied, momentum signed in the laboratory frame; zero on a periodic face
    modes : [species, mode, 2] of a gas with internal energy: half the degrees of freedom of rotation and 1,
        then the degeneracy of each group of vibrations and its k theta [J]; None where molecules hold nothing

    Raises
    ------
    ValueError : an array whose shape disagrees with the others
    """

    names: tuple[str, ...]
    masses: NDArray[np.float64]
    vectors: tuple[str, ...]
    faces: tuple[str, ...]
    face_axis: NDArray[np.int64]
    face_inward: NDArray[np.int64]
    patch_face: NDArray[np.int64]
    patch_area: NDArray[np.float64]
    patch_centre: NDArray[np.float64]
    axes: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    cells: NDArray[np.int64]
    volumes: NDArray[np.float64]
    timestep: float
    weight: NDArray[np.float64]
    sums: NDArray[np.float64]
    samples: NDArray[np.int64]
    steps: NDArray[np.int64]
    walls: NDArray[np.float64]
    modes: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        sizes = {
            "species": len(self.names),
            "copy": len(self.weight),
            "axis": len(self.low),
            "cell": int(np.prod(self.cells)),
            "block": len(self.samples),
            "moment": len(MOMENTS) + (len(INNER_MOMENTS) if self.modes is not None else 0),
            "vector": 3,
            "face": len(self.faces),
            "patch": len(self.patch_face),
            "direction": len(DIRECTIONS),
            "wall_total": len(WALL_TOTALS),
        }
        if self.modes is not None and self.modes.shape[0::2] != (len(self.names), 2):
            raise ValueError(
                f"modes has shape {self.modes.shape}; {INNER_DIMENSIONS['modes']} needs one a species"
            )
        for name, dimensions in DIMENSIONS.items():
            expected = tuple(sizes[dimension] for dimension in dimensions)
            found = np.shape(getattr(self, name))
            if found != expected:
                raise ValueError(f"{name} has shape {found}; {dimensions} needs {expected}")

    @property
    def face_area(self) -> NDArray[np.float64]:
        """Area of each face open to the gas [face], per unit of what is not resolved."""
        return np.asarray(np.bincount(self.patch_face, self.patch_area, len(self.faces)), np.float64)

    @property
    def walls_by_face(self) -> NDArray[np.float64]:
        """Totals of whole faces [block, copy, face, species, DIRECTIONS, WALL_TOTALS]."""
        first = np.searchsorted(self.patch_face, np.arange(len(self.faces)))
        return np.asarray(np.add.reduceat(self.walls, first, axis=2))

    @property
    def length(self) -> float:
        """Extent along the first axis [m]."""
        return float(self.high[0] - self.low[0])

    @property
    def positions(self) -> NDArray[np.float64]:
        """Centres of the cells along the first axis [m]."""
        cells = self.cells[0]
        return np.asarray(self.low[0] + (np.arange(cells, dtype=np.float64) + 0.5) * (self.length / cells))

    def along(self, axis: int) -> "Samples":
        """The samples resolved along one axis alone: cells side by side along the others are taken as one."""
        shape = tuple(self.cells)
        others = tuple(other for other in range(len(shape)) if other != axis)
        sums = self.sums.reshape(*self.sums.shape[:2], *shape, *self.sums.shape[3:])
        return replace(
            self,
            axes=self.axes[[axis]],
            low=self.low[[axis]],
            high=self.high[[axis]],
            cells=self.cells[[axis]],
            volumes=self.volumes.reshape(shape).sum(axis=others),
            sums=sums.sum(axis=tuple(2 + other for other in others)),
        )

    @property
    def blocks(self) -> int:
        """Number of blocks."""
        return len(self.samples)

    @property
    def copies(self) -> int:
        """Number of independent copies."""
        return len(self.weight)

    def select(self, first_block: int) -> "Samples":
        """The blocks from `first_block` on: the run without its transient.

        Raises ValueError when no block is left.
        """
        if not 0 <= first_block < self.blocks:
            raise ValueError(f"first_block {first_block} is outside the {self.blocks} blocks of the run")
        kept = slice(first_block, None)
        return replace(
            self,
            sums=self.sums[kept],
            samples=self.samples[kept],
            steps=self.steps[kept],
            walls=self.walls[kept],
        )

    def of_copies(self, copies: Sequence[int]) -> "Samples":
        """These copies alone: those that share their parameters, where a run holds several sets of them.

        Raises IndexError for a copy that is not there.
        """
        kept = list(copies)
        return replace(self, weight=self.weight[kept], sums=self.sums[:, kept], walls=self.walls[:, kept])

    def coarsen(self, blocks: int) -> "Samples":
        """Each run of `blocks` consecutive blocks summed into one.

        A remainder is dropped from the front, where a leftover of the transient would sit.
        Raises ValueError when the run holds fewer than `blocks`.
        """
        if not 1 <= blocks <= self.blocks:
            raise ValueError(f"cannot merge {blocks} blocks at a time in a run of {self.blocks}")
        kept = self.select(self.blocks % blocks)
        starts = np.arange(0, kept.blocks, blocks)
        return replace(
            kept,
            sums=np.add.reduceat(kept.sums, starts, axis=0),
            samples=np.add.reduceat(kept.samples, starts),
            steps=np.add.reduceat(kept.steps, starts),
            walls=np.add.reduceat(kept.walls, starts, axis=0),
        )

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Every field as an array under its own name; DIMENSIONS and INNER_DIMENSIONS name their axes."""
        held = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: np.asarray(value) for name, value in held.items() if value is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[np.generic]]) -> "Samples":
        """The samples that `to_arrays` took apart; HDF5's bytes serve for the names as well.

        Raises KeyError for a missing array, ValueError for shapes that disagree.
        """
        return cls(
            names=_texts(arrays["names"]),
            masses=np.asarray(arrays["masses"], np.float64),
            vectors=_texts(arrays["vectors"]),
            faces=_texts(arrays["faces"]),
            face_axis=np.asarray(arrays["face_axis"], np.int64),
            face_inward=np.asarray(arrays["face_inward"], np.int64),
            patch_face=np.asarray(arrays["patch_face"], np.int64),
            patch_area=np.asarray(arrays["patch_area"], np.float64),
            patch_centre=np.asarray(arrays["patch_centre"], np.float64),
            axes=np.asarray(arrays["axes"], np.int64),
            low=np.asarray(arrays["low"], np.float64),
            high=np.asarray(arrays["high"], np.float64),
            cells=np.asarray(arrays["cells"], np.int64),
            volumes=np.asarray(arrays["volumes"], np.float64),
            timestep=float(np.asarray(arrays["timestep"])),
            weight=np.asarray(arrays["weight"], np.float64),
            sums=np.asarray(arrays["sums"], np.float64),
            samples=np.asarray(arrays["samples"], np.int64),
            steps=np.asarray(arrays["steps"], np.int64),
            walls=np.asarray(arrays["walls"], np.float64),
            modes=np.asarray(arrays["modes"], np.float64) if "modes" in arrays else None,
        )


def _texts(values: NDArray[np.generic]) -> tuple[str, ...]:
    return tuple(
        value.decode() if isinstance(value, bytes) else str(value) for value in np.asarray(values).tolist()
    )
