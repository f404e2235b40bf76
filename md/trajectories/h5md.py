"""How a trajectory lies in its H5MD file: names, shapes, and which frames are complete."""

import ctypes
import io
import os
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import h5py
import numpy as np
from numpy.typing import ArrayLike, NDArray

from knudsen.core.units import ReducedUnits

CREATOR = "knudsen"
SYSTEM = "reduced Lennard-Jones: length sigma, energy epsilon, mass m, time sigma sqrt(m / epsilon)"
# MDAnalysis' own reader without a topology looks for this name.
GROUP = "particles/trajectory"
# The oldest format with a single-writer mode, so that older programs read the file.
LIBVER = ("v110", "v110")
PRECISIONS = {"single": np.float32, "double": np.float64}
SIGNATURE = b"\x89HDF\r\n\x1a\n"
# A reader beside a writer reads anew what is half written, after pauses that double from 1 ns: these take
# 17 ms, where HDF5's own 100 attempts do not end on a torn file.
ATTEMPTS = 24


@dataclass(frozen=True)
class AtomLabels:
    """What stays the same from frame to frame.

    Attributes
    ----------
    species, masses, ids : [atom]; a mass of inf is an atom that never moves
    names : name of each species
    """

    species: NDArray[Any]
    masses: NDArray[Any]
    ids: NDArray[Any]
    names: tuple[str, ...]

    @classmethod
    def checked(
        cls, species: ArrayLike, masses: ArrayLike, names: Sequence[str] | None, ids: ArrayLike | None
    ) -> "AtomLabels":
        """Atoms named A, B, C, ... and numbered from 1 where nothing else is given.

        Raises ValueError where the arrays do not fit together.
        """
        species, masses = np.asarray(species), np.asarray(masses, np.float64)
        ids = np.arange(1, species.size + 1) if ids is None else np.asarray(ids, np.int64)
        if not (species.ndim == 1 and species.size and species.shape == masses.shape == ids.shape):
            raise ValueError(
                f"species, masses and ids must hold one number an atom, got shapes {species.shape}, "
                f"{masses.shape} and {ids.shape}"
            )
        kinds = int(species.max()) + 1
        names = [chr(ord("A") + kind) for kind in range(kinds)] if names is None else names
        if species.dtype.kind not in "iu" or species.min() < 0 or len(names) < kinds:
            raise ValueError(f"species must be whole numbers from 0 to {len(names) - 1}, one a name")
        if len(set(names)) < len(names) or not all(len(name.split()) == 1 for name in names):
            raise ValueError(f"names of species must be single words that differ, got {', '.join(names)!r}")
        if not (masses > 0).all():
            raise ValueError(f"masses must be positive, got {masses.min()} to {masses.max()}")
        return cls(species.astype(np.int32), masses, ids, tuple(names))


@dataclass(frozen=True)
class Content:
    """What each frame holds beside box, positions and images, and along which axes the box is periodic.

    Raises ValueError for an unknown precision or a name that HDF5 would take for a folder.
    """

    velocities: bool
    observables: tuple[str, ...]
    precision: str
    periodic: tuple[bool, ...]

    def __post_init__(self) -> None:
        if self.precision not in PRECISIONS:
            raise ValueError(f"precision must be one of {', '.join(PRECISIONS)}, got {self.precision!r}")
        if len(self.periodic) != 3:
            raise ValueError(f"periodic is true or false for each of three axes, got {self.periodic}")
        for name in self.observables:
            if not name or "/" in name:
                raise ValueError(f"an observable's name must be without a slash, got {name!r}")


def empty_file(atoms: AtomLabels, content: Content, author: str, units: ReducedUnits | None) -> memoryview:
    """The bytes of a trajectory without frames."""
    image = io.BytesIO()
    with h5py.File(image, "w", libver=LIBVER) as file:
        _describe(file, author, units)
        group = file.create_group(GROUP)
        group.create_dataset("species", data=atoms.species).attrs["names"] = atoms.names
        group.create_dataset("mass", data=atoms.masses)
        group.create_dataset("id", data=atoms.ids)
        _add_frame_arrays(file, len(atoms.species), content)
    return image.getbuffer()


def is_ours(file: h5py.File) -> bool:
    """Whether this program wrote the file."""
    return "h5md/creator" in file and file["h5md/creator"].attrs.get("name") == CREATOR


def open_to_read(path: Path) -> h5py.File:
    """Open a file that may be written by another process.  Raises OSError for one that is torn or foreign."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    # h5py offers no name for this; where its library hides the call, HDF5's own attempts stay.
    limit = getattr(ctypes.PyDLL(h5py.h5p.__file__), "H5Pset_metadata_read_attempts", None)
    if limit is not None:
        limit(ctypes.c_int64(access.id), ctypes.c_uint(ATTEMPTS))
    flags = h5py.h5f.ACC_RDONLY | h5py.h5f.ACC_SWMR_READ
    file = h5py.File(h5py.h5f.open(os.fsencode(path), flags, fapl=access))
    left_open, end = _superblock(path)
    if not left_open and path.stat().st_size < end:
        file.close()
        raise OSError(f"it ends after {path.stat().st_size} of {end} bytes")
    return file


def was_left_open(path: Path) -> bool:
    """Whether the file says that a writer holds it, or was killed."""
    return _superblock(path)[0]


def _superblock(path: Path) -> tuple[bool, int]:
    """Whether a file of version 3 is held by a writer, and, where it is not, the byte at which it ends."""
    with path.open("rb") as file:
        head = file.read(36)
    if len(head) < 36 or head[:8] != SIGNATURE or head[8] < 3:
        return False, 0
    return head[11] != 0, struct.unpack("<Q", head[28:36])[0]


def frame_arrays(file: h5py.File) -> dict[str, h5py.Dataset]:
    """The datasets that grow by one row a frame, but for step and time."""
    group = file[GROUP]
    names = [name for name in ("box/edges", "position", "image", "velocity") if name in group]
    scalars = {f"observables/{name}": file[f"observables/{name}/value"] for name in file["observables"]}
    return {name: group[f"{name}/value"] for name in names} | scalars


def complete_frames(file: h5py.File, values: Mapping[str, h5py.Dataset]) -> int:
    """How many frames, from the first, are written in full."""
    clock = file[GROUP]["position"]
    arrays = [clock["step"], clock["time"], *values.values()]
    size = Path(file.filename).stat().st_size
    count = min(_rows_within(dataset, size) for dataset in arrays)
    # An array may have been lengthened before its number was written: it holds the fill value then.  What a
    # power cut took away reads as zeros.
    steps, edges = clock["step"][:count], values["box/edges"][:count]
    written = (np.diff(steps, prepend=-1) > 0) & np.isfinite(clock["time"][:count]) & (edges > 0).all(axis=1)
    return count if written.all() else int(np.argmin(written))


def _rows_within(dataset: h5py.Dataset, size: int) -> int:
    """Rows of a dataset before the first that lies beyond the end of the file."""
    beyond = [len(dataset)]

    def visit(chunk: Any) -> None:
        if chunk.byte_offset + chunk.size > size:
            beyond.append(chunk.chunk_offset[0])

    dataset.id.chunk_iter(visit)
    return min(beyond)


def periodic_axes(file: h5py.File) -> tuple[bool, ...]:
    """Whether the box is periodic along x, y, z."""
    return tuple(str(kind) == "periodic" for kind in file[GROUP]["box"].attrs["boundary"])


def stored_units(about: Mapping[str, Any]) -> ReducedUnits | None:
    """Size of the reduced units from the attributes of parameters/units; None where not stated."""
    if "sigma" not in about:
        return None
    return ReducedUnits(float(about["sigma"]), float(about["epsilon_over_k"]), float(about["mass"]))


def _describe(file: h5py.File, author: str, units: ReducedUnits | None) -> None:
    file.create_group("h5md").attrs["version"] = np.array([1, 1], np.int32)
    file.create_group("h5md/author").attrs["name"] = author
    file.create_group("h5md/creator").attrs.update(name=CREATOR, version=version("knudsen"))
    about = file.create_group("parameters/units").attrs
    about["system"] = SYSTEM
    if units is not None:
        about.update({"sigma": units.sigma, "epsilon_over_k": units.epsilon_over_k, "mass": units.mass})
        about["si"] = "sigma [m], epsilon_over_k [K], mass [kg]"


def _add_frame_arrays(file: h5py.File, atoms: int, content: Content) -> None:
    group, real = file[GROUP], PRECISIONS[content.precision]
    boundary = ["periodic" if along else "none" for along in content.periodic]
    group.create_group("box").attrs.update(dimension=3, boundary=boundary)
    position = _growing(group, "position", (atoms, 3), real)
    clock = {
        name: position.create_dataset(name, (0,), dtype, maxshape=(None,), chunks=(1024,), fillvalue=empty)
        for name, dtype, empty in (("step", np.int64, -1), ("time", np.float64, np.nan))
    }
    followers = [
        _growing(group, "image", (atoms, 3), np.int32),
        _growing(group, "box/edges", (3,), np.float64),
    ]
    if content.velocities:
        followers.append(_growing(group, "velocity", (atoms, 3), real))
    scalars = file.create_group("observables")
    followers += [_growing(scalars, name, (), np.float64) for name in content.observables]
    for follower in followers:
        for name, dataset in clock.items():
            follower[name] = dataset  # a hard link, as H5MD asks for the box


def _growing(group: h5py.Group, name: str, shape: tuple[int, ...], real: Any) -> h5py.Group:
    """An H5MD element whose value grows by one row of `shape` a frame."""
    element = group.create_group(name)
    rows = 1 if np.prod(shape) > 3 else 256
    element.create_dataset("value", (0, *shape), real, maxshape=(None, *shape), chunks=(rows, *shape))
    return element
