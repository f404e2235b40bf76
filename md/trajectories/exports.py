"""Trajectories in other programs' formats: DCD, XTC, GSD and extended XYZ, through MDAnalysis and gsd."""

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import MDAnalysis
import numpy as np
from numpy.typing import NDArray

from knudsen.core.files import replacing
from knudsen.md.mdanalysis import FORMAT
from knudsen.md.trajectories.trajectory import Frame, Trajectory
from knudsen.md.trajectories.universes import Units

ANGSTROM_PER_NM = 10
INT32 = 2**31
# Decimals of a nm.  XTC garbles numbers that range over 2^24 last digits: farther out, there are fewer.
XTC_DECIMALS = 6
XTC_RANGE = 4e6


def export(
    path_in: Path | str, path_out: Path | str, *, units: Units = None, unwrapped: bool = False
) -> None:
    """Write a trajectory in the format that the ending of `path_out` names, whole or not at all.

    .dcd and .xtc go through MDAnalysis' writers, .gsd through the `gsd` library (the box is centred on the
    origin there and images are kept), .xyz and .extxyz are extended XYZ.  Times are kept in all but .gsd,
    which knows steps alone: they are logged there under `time`.  DCD and XTC hold no velocities.  XTC keeps
    six decimals of a nm up to 4 nm (40 sigma in reduced units), and one less for each tenfold of that.

    Arguments
    ---------
    path_in : H5MD file that TrajectoryWriter wrote
    path_out : file to write or replace
    units, unwrapped : as the universe's keywords of these names

    Raises
    ------
    FileNotFoundError, TrajectoryError : as Trajectory
    ValueError : an ending that is none of these; no frame; DCD of unevenly spaced frames,
        or of times or steps that its header cannot tell; XTC of steps beyond its integers
    ImportError : .gsd without the `gsd` library
    OSError : the disk refused; `path_out` keeps what it held
    """
    suffix = Path(path_out).suffix.lower()
    if suffix not in EXPORTS:
        raise ValueError(f"{path_out}: the ending must be one of {', '.join(EXPORTS)}")
    if Path(path_out).absolute() == Path(path_in).absolute():
        raise ValueError(f"{path_out} would replace the trajectory itself")
    Trajectory(path_in).close()
    universe = MDAnalysis.Universe(
        str(path_in), format=FORMAT, topology_format=FORMAT, units=units, unwrapped=unwrapped
    )
    try:
        with replacing(path_out) as part:
            EXPORTS[suffix](universe, str(part))
    finally:
        universe.trajectory.close()


def _export_dcd(universe: Any, path: str) -> None:
    reader = universe.trajectory
    steps, start = reader._trajectory.steps.tolist(), reader[0].time
    # CHARMM's header counts steps, to the first frame and between frames; readers take the times from them.
    spacing = {after - before for before, after in pairwise(steps)} or {steps[0] or 1}
    every = spacing.pop() if len(spacing) == 1 else 1
    dt = reader.dt if len(steps) > 1 else start
    first = round(start / dt * every) if dt else 0
    if abs(first * dt / every - start) > 1e-3 * dt or max(first, every) >= INT32:
        raise ValueError(
            f"DCD needs the first frame's time, {start:g}, to be a whole number of steps of {dt / every:g}, "
            f"below {INT32}: export to .xtc or .extxyz"
        )
    _write_frames(universe, path, format="DCD", dt=dt, nsavc=every, istart=first)


def _export_xtc(universe: Any, path: str) -> None:
    if universe.trajectory._trajectory.steps[-1] >= INT32:
        raise ValueError(f"XTC holds steps below {INT32}: export to .gsd or .extxyz")
    farthest = max(float(np.abs(ts.positions).max()) for ts in universe.trajectory) / ANGSTROM_PER_NM
    decimals = math.floor(math.log10(XTC_RANGE / farthest)) if farthest else XTC_DECIMALS
    _write_frames(universe, path, format="XTC", precision=min(decimals, XTC_DECIMALS))


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
    out.log["time"] = np.array([ts.time])
    return out


def _export_xyz(universe: Any, path: str) -> None:
    names = universe.atoms.names
    periodic = " ".join("T" if along else "F" for along in universe.trajectory.periodic)
    with open(path, "w", encoding="utf-8") as file:
        for ts in universe.trajectory:
            columns = [ts.positions, ts.velocities] if ts.has_velocities else [ts.positions]
            file.write(f"{len(names)}\n{_xyz_comment(ts, periodic)}\n")
            rows: NDArray[Any] = np.concatenate(columns, axis=1)
            for name, row in zip(names, rows.tolist(), strict=True):
                file.write(f"{name} {' '.join(f'{value:.9g}' for value in row)}\n")


def _xyz_comment(ts: Any, periodic: str) -> str:
    x, y, z = ts.dimensions[:3].tolist()
    properties = "species:S:1:pos:R:3" + (":velo:R:3" if ts.has_velocities else "")
    return (
        f'Lattice="{x:.9g} 0 0 0 {y:.9g} 0 0 0 {z:.9g}" Properties={properties} '
        f'Time={float(ts.time)!r} Step={ts.data["step"]} pbc="{periodic}"'
    )


EXPORTS: dict[str, Callable[[Any, str], None]] = {
    ".dcd": _export_dcd,
    ".xtc": _export_xtc,
    ".gsd": _export_gsd,
    ".xyz": _export_xyz,
    ".extxyz": _export_xyz,
}
