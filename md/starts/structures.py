"""Starts read from structure files, through MDAnalysis, which is imported on use only."""

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knudsen.md.starts.start import Array, Start, check_overlaps, check_positive, wrap

LABELS = {"type": "types", "name": "names", "element": "elements"}


@dataclass(frozen=True)
class Structure:
    """What a structure file gives a run, in reduced units.

    Attributes
    ---------
    start : positions, species and box
    names : label of each species, in the order of `Start.species`
    masses : [species]
    """

    start: Start
    names: tuple[str, ...]
    masses: Array


def read_structure(
    path: Path | str, coordinates: Path | str | None = None, *, sigma: float, frame: int = -1,
    species_by: str = "type", species: tuple[str, ...] | None = None,
    masses: Mapping[str, float] | None = None, mass_unit: float | None = None, box: ArrayLike | None = None,
    min_distance: ArrayLike = 0.0, **options: Any,
) -> Structure:  # fmt: skip
    """Positions, box, species and masses from any file that MDAnalysis reads, or a trajectory of ours.

    Arguments
    ---------
    path : structure file;  coordinates : trajectory that goes with it, if it holds none
    sigma : unit of length [angstrom]; 1 for a file in reduced units (10 if it is of a format in nm, such as
        GRO, whose numbers MDAnalysis multiplies by ten)
    frame : of the trajectory, the last by default
    species_by : 'type', 'name' or 'element'
    species : order of the species' labels; sorted by default
    masses : reduced mass of each label, inf where it never moves; by default those of the file, over
        `mass_unit`
    mass_unit : unit of mass [g/mol]; 1 for a file in reduced units
    box : lengths [angstrom] of a periodic box, for files that hold none
    min_distance : reduced; one number or [species, species]: pairs nearer than this are refused
    options : of MDAnalysis.Universe, such as atom_style or format, or units="reduced" for a trajectory of
        ours that knows its units

    Returns
    -------
    Structure; positions folded into the box, of the float32 resolution that MDAnalysis keeps

    Raises
    ------
    FileNotFoundError : no such file
    ImportError : MDAnalysis is not installed
    IndexError : no such frame
    KeyError : an atom's label with no place in `species` or no mass in `masses`
    ValueError : a file that MDAnalysis cannot read, no box, a box that is not orthorhombic, no labels or
        masses in the file, masses that differ within a species, positions that are not finite, arguments
        out of range
    """
    sigma = check_positive(sigma, "sigma [angstrom]")
    if species_by not in LABELS:
        raise ValueError(f"species_by must be one of {', '.join(LABELS)}; got {species_by!r}")
    files = [_existing(each) for each in (path, coordinates) if each is not None]
    with warnings.catch_warnings():
        # They tell of boxes, masses and elements that a file lacks, which are errors below where they matter.
        warnings.simplefilter("ignore", UserWarning)
        universe = _universe(files, options)
        try:
            _seek(universe, frame, files[-1])
            lengths = _box(universe.dimensions, box, files[-1])
            labels = np.asarray(_attribute(universe, LABELS[species_by], species_by)).astype(str)
            positions = universe.atoms.positions.astype(np.float64)
            own = universe.atoms.masses.copy() if hasattr(universe.atoms, "masses") else None
        finally:
            universe.trajectory.close()
    if not np.all(np.isfinite(positions)):
        atom = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0])
        raise ValueError(f"{files[-1]}: the position of atom {atom} is not finite")
    names, numbers = _species(labels, species)
    start = Start(wrap(positions / sigma, lengths / sigma), numbers, lengths / sigma)
    check_overlaps(start, min_distance, "check sigma and the file's unit of length")
    return Structure(start, names, _masses(names, numbers, masses, own, mass_unit))


def _existing(path: Path | str) -> str:
    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no structure file {path}")
    return str(path)


def _universe(files: list[str], options: dict[str, Any]) -> Any:
    try:
        import MDAnalysis
    except ImportError as error:
        raise ImportError("reading structure files needs MDAnalysis: pip install MDAnalysis") from error
    # So that it reads trajectories of ours.
    import knudsen.md.mdanalysis  # noqa: F401

    try:
        return MDAnalysis.Universe(*files, to_guess=(), **options)
    # What its parsers and readers raise for foreign, torn and empty files.
    except (ValueError, TypeError, IndexError, KeyError, EOFError, OSError) as error:
        raise ValueError(f"MDAnalysis cannot read {' with '.join(files)}: {error}") from error


def _seek(universe: Any, frame: int, path: str) -> None:
    if not hasattr(universe, "trajectory"):
        raise ValueError(f"{path} holds no positions: name the trajectory as `coordinates`")
    frames = len(universe.trajectory)
    if not -frames <= frame < frames:
        universe.trajectory.close()
        raise IndexError(f"{path} has no frame {frame}: it holds {frames}, counted from 0")
    universe.trajectory[frame]


def _box(dimensions: Any, given: ArrayLike | None, path: str) -> Array:
    if dimensions is not None and not np.allclose(dimensions[3:], 90, rtol=0, atol=1e-4):
        raise ValueError(f"{path} has a triclinic box, angles {dimensions[3:]}: the box must be orthorhombic")
    lengths = np.asarray(dimensions[:3] if given is None and dimensions is not None else given, np.float64)
    if given is None and (dimensions is None or not np.all(lengths > 0)):
        raise ValueError(f"{path} has no periodic box: give box=(Lx, Ly, Lz) in angstrom")
    if lengths.shape != (3,) or not np.all(np.isfinite(lengths) & (lengths > 0)):
        raise ValueError(f"box must be three positive lengths in angstrom, got {given}")
    return lengths


def _attribute(universe: Any, plural: str, name: str) -> Any:
    if not hasattr(universe.atoms, plural):
        others = [key for key, held in LABELS.items() if hasattr(universe.atoms, held)]
        raise ValueError(
            f"the file holds no {name} of its atoms: use species_by={' or '.join(map(repr, others))}"
        )
    return getattr(universe.atoms, plural)


def _species(labels: Any, order: tuple[str, ...] | None) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    found = [str(label) for label in np.unique(labels)]
    names = tuple(found) if order is None else tuple(order)
    for label in found:
        if label not in names:
            raise KeyError(f"no place for the label {label!r} in species {names}; the file has {found}")
    if len(set(names)) != len(names):
        raise ValueError(f"species names one label twice: {names}")
    place = np.array([names.index(label) for label in found], np.int32)
    return names, place[np.searchsorted(found, labels)]


def _masses(
    names: tuple[str, ...], numbers: NDArray[np.int32], given: Mapping[str, float] | None, own: Any,
    unit: float | None,
) -> Array:  # fmt: skip
    if given is not None:
        for name in names:
            if name not in given:
                raise KeyError(f"masses has none for {name!r}: give each of {names}")
        return np.array([_given_mass(given[name], f"mass of {name}") for name in names])
    if own is None:
        raise ValueError(f"the file holds no masses: give masses, a reduced mass for each of {names}")
    if unit is None:
        raise ValueError("masses of a file need mass_unit in g/mol (1 for reduced units), or give masses")
    return np.array([_mass(name, own[numbers == i]) for i, name in enumerate(names)]) / check_positive(
        unit, "mass_unit [g/mol]"
    )


def _given_mass(value: float, name: str) -> float:
    return np.inf if value == np.inf else check_positive(value, name)


def _mass(name: str, own: Array) -> float:
    if not len(own):
        raise ValueError(f"the file has no atom of {name!r}, so no mass for it: give masses")
    if np.ptp(own) > 1e-6 * own.max():
        raise ValueError(
            f"atoms of {name!r} have masses from {own.min():g} to {own.max():g}: choose another species_by"
        )
    if own[0] == 0:
        raise ValueError(
            f"atoms of {name!r} have no mass in the file: give masses, inf where they never move"
        )
    return check_positive(own[0], f"mass of {name}")
