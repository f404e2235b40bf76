"""Trajectories in other programs' formats: DCD, XTC, GSD and extended XYZ, through MDAnalysis and gsd."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import MDAnalysis
import numpy as np
from numpy.typing import NDArray

from knudsen.core.files import replacing
from knudsen.md.trajectory import Frame
from knudsen.md.universes import Units

XTC_DECIMALS = 6


def export(
    path_in: Path | str, path_out: Path | str, *, units: Units = None, unwrapped: bool = False
) -> None:
    """Write a trajectory in the format that the ending of `path_out` names, whole or not at all.

    .dcd and .xtc go through MDAnalysis' writers, .gsd through the `gsd` library (the box is centred on the
    origin there and images are kept), .xyz and .extxyz are extended XYZ.  Times are kept in all but .gsd,
    which knows steps alone: they are logged there under `time`.  DCD and XTC hold no velocities.

    Arguments
    ---------
    path_in : H5MD file that TrajectoryWriter wrote
    path_out : file to write or replace
    units, unwrapped : as the universe's keywords of these names

    Raises
    ------
    ValueError : an ending that is none of these; no frame; DCD of unevenly spaced frames
    ImportError : .gsd without the `gsd` library
    OSError : the disk refused; `path_out` keeps what it held
    """
    suffix = Path(path_out).suffix.lower()
    if suffix not in EXPORTS:
        raise ValueError(f"{path_out}: the ending must be one of {', '.join(EXPORTS)}")
    if Path(path_out).absolute() == Path(path_in).absolute():
        raise ValueError(f"{path_out} would replace the trajectory itself")
    universe = MDAnalysis.Universe(str(path_in), units=units, unwrapped=unwrapped)
    try:
        with replacing(path_out) as part:
            EXPORTS[suffix](universe, str(part))
    finally:
        universe.trajectory.close()


def _export_dcd(universe: Any, path: str) -> None:
    steps = universe.trajectory._trajectory.steps
    # CHARMM's header counts the first step and the steps between frames.
    spacing = {after - before for before, after in pairwise(steps.tolist())} or {1}
    even = len(spacing) == 1
    header = {"nsavc": spacing.pop(), "istart": int(steps[0])} if even else {"nsavc": 1, "istart": 0}
    _write_frames(universe, path, format="DCD", dt=universe.trajectory.dt, **header)


def _export_xtc(universe: Any, path: str) -> None:
    _write_frames(universe, path, format="XTC", precision=XTC_DECIMALS)


def _write_frames(universe: Any, path: str, **options: Any) -> None:
    with MDAnalysis.Writer(path, n_atoms=len(universe.atoms), **options) as writer:
        for _ in universe.trajectory:
            writer.write(universe.atoms)


def _export_gsd(universe: Any, path: str) -> None:
    import gsd.hoomd

    reader = universe.trajectory
    with gsd.hoomd.open(path, "w") as file:
        for ts, frame in zip(reader, reader._trajectory, strict=True):
            file.append(_gsd_frame(gsd.hoomd.Frame(), universe, ts, frame, reader._unwrapped))


def _gsd_frame(out: Any, universe: Any, ts: Any, frame: Frame, unwrapped: bool) -> Any:
    names, numbers = np.unique(universe.atoms.types.astype(str), return_inverse=True)
    out.configuration.step = frame.step
    out.configuration.box = [*ts.dimensions[:3], 0, 0, 0]
    out.particles.N = len(numbers)
    out.particles.types, out.particles.typeid = list(names), numbers.astype(np.uint32)
    out.particles.mass = universe.atoms.masses
    out.particles.position = ts.positions - ts.dimensions[:3] / 2
    if not unwrapped:
        out.particles.image = frame.images
    if ts.has_velocities:
        out.particles.velocity = ts.velocities
    out.log["time"] = [ts.time]
    return out


def _export_xyz(universe: Any, path: str) -> None:
    names = universe.atoms.names
    with open(path, "w", encoding="utf-8") as file:
        for ts in universe.trajectory:
            columns = [ts.positions, ts.velocities] if ts.has_velocities else [ts.positions]
            file.write(f"{len(names)}\n{_xyz_comment(ts)}\n")
            rows: NDArray[Any] = np.concatenate(columns, axis=1)
            for name, row in zip(names, rows.tolist(), strict=True):
                file.write(f"{name} {' '.join(f'{value:.9g}' for value in row)}\n")


def _xyz_comment(ts: Any) -> str:
    x, y, z = ts.dimensions[:3].tolist()
    properties = "species:S:1:pos:R:3" + (":velo:R:3" if ts.has_velocities else "")
    return (
        f'Lattice="{x:.9g} 0 0 0 {y:.9g} 0 0 0 {z:.9g}" Properties={properties} '
        f'Time={ts.time:.17g} Step={ts.data["step"]} pbc="T T T"'
    )


EXPORTS: dict[str, Callable[[Any, str], None]] = {
    ".dcd": _export_dcd,
    ".xtc": _export_xtc,
    ".gsd": _export_gsd,
    ".xyz": _export_xyz,
    ".extxyz": _export_xyz,
}
