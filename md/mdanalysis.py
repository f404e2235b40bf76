"""Trajectories in MDAnalysis: importing this module lets `MDAnalysis.Universe("run.h5md")` read them.

One file serves as topology and trajectory::

    import MDAnalysis
    import knudsen.md.mdanalysis

    universe = MDAnalysis.Universe("run.h5md")

Files of other programs go to MDAnalysis' own reader, as without this module.  Two keywords:

- `units`: what MDAnalysis' angstrom, ps and g/mol stand for.  Without it, a file that knows the size of
  its units (sigma, epsilon, m) is read in real units and any other in reduced ones; "reduced" reads the
  pure numbers (1 "angstrom" is sigma, 1 "ps" is sigma sqrt(m / epsilon), 1 "g/mol" is m); a
  `ReducedUnits` gives the size.  Observables stay reduced.
- `unwrapped=True`: positions with the boxes crossed added, as diffusion needs them.  Boxes are counted
  with the frame's own lengths: exact where the box does not change.

`snapshot` makes a universe of arrays in memory.

Reduced numbers meet four traps in MDAnalysis' analyses:

- `EinsteinMSD` follows jumps across the boundary: give it a universe with `unwrapped=True`, and `fft=False`
  where `tidynamics` is not installed.
- `InterRDF` counts up to 15 unless told: give `range=(0, r)` with r at most half the shortest box length.
  With the same atoms twice, `exclusion_block=(1, 1)` leaves out each atom's pair with itself.
- `LinearDensity` gives g/cm3: in reduced units multiply by `REDUCED_LINEAR_DENSITY` for a reduced mass
  density.  Its default bin of 0.25 is wide for a box of a few sigma.
- XTC keeps three decimals of a nm, which is 0.01 sigma in reduced units: `export` keeps six.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import MDAnalysis
import numpy as np
from MDAnalysis.coordinates.base import ReaderBase
from MDAnalysis.coordinates.memory import MemoryReader
from MDAnalysis.core.topology import Topology
from MDAnalysis.core.topologyattrs import (
    Atomids,
    Atomnames,
    Atomtypes,
    Charges,
    Masses,
    Resids,
    Resnums,
    Segids,
)
from MDAnalysis.lib.util import store_init_arguments
from MDAnalysis.topology.base import TopologyReaderBase
from MDAnalysis.units import constants
from numpy.typing import ArrayLike, NDArray

from knudsen.core.files import replacing
from knudsen.core.units import AVOGADRO, ReducedUnits
from knudsen.md.h5md import AtomLabels
from knudsen.md.trajectory import Frame, Trajectory, is_trajectory

FORMAT = "KNUDSEN"
SUFFIXES = {".h5md", ".h5", ".hdf5"}
REDUCED_LINEAR_DENSITY = constants["N_Avogadro"] * 1e-24
XTC_DECIMALS = 6

Units = ReducedUnits | str | None


class KnudsenParser(TopologyReaderBase):
    """Names, types, numbers, masses and (zero) charges of the atoms; each atom is a residue."""

    format = FORMAT

    @staticmethod
    def _format_hint(thing: Any) -> bool:
        return _is_path_of_ours(thing)

    def parse(self, units: Units = None, **kwargs: Any) -> Topology:
        """The topology that the file holds."""
        with Trajectory(self.filename) as trajectory:
            labels = AtomLabels(trajectory.species, trajectory.masses, trajectory.ids, trajectory.names)
            return _topology(labels, _Scale.of(units, trajectory.units))


class KnudsenReader(ReaderBase):
    """Frames of a trajectory; those that are complete when the file is opened."""

    format = FORMAT
    units = {"time": "ps", "length": "Angstrom", "velocity": "Angstrom/ps"}  # noqa: RUF012

    @staticmethod
    def _format_hint(thing: Any) -> bool:
        return _is_path_of_ours(thing)

    @store_init_arguments
    def __init__(self, filename: Any, units: Units = None, unwrapped: bool = False, **kwargs: Any) -> None:
        super().__init__(filename, **kwargs)
        self._unwrapped = unwrapped
        self._trajectory: Any = Trajectory(self.filename)
        self._scale = _Scale.of(units, self._trajectory.units)
        self.n_atoms = len(self._trajectory.species)
        self.n_frames = len(self._trajectory)
        if not self.n_frames:
            raise ValueError(f"{self.filename} holds no frame yet")
        self.ts = self._Timestep(
            self.n_atoms,
            positions=True,
            velocities=self._trajectory.has_velocities,
            reader=self,
            **self._ts_kwargs,
        )
        self._read_frame(0)

    @staticmethod
    def parse_n_atoms(filename: Any, **kwargs: Any) -> int:
        """Number of atoms in a file."""
        with Trajectory(filename) as trajectory:
            return len(trajectory.species)

    def _read_frame(self, frame: int) -> Any:
        read = self._trajectory[frame]
        ts, scale = self.ts, self._scale
        ts.frame = frame
        ts.time = read.time * scale.time
        ts.dimensions = [*(read.box * scale.length), 90, 90, 90]
        ts.positions = scale.length * (read.unwrapped if self._unwrapped else read.positions)
        if read.velocities is not None:
            ts.velocities = read.velocities * scale.velocity
        ts.data.update(step=read.step, **read.observables)
        return ts

    def _read_next_timestep(self, ts: Any = None) -> Any:
        if self.ts.frame + 1 >= self.n_frames:
            raise EOFError("end of the trajectory")
        return self._read_frame(self.ts.frame + 1)

    def _reopen(self) -> None:
        self.ts.frame = -1

    def _get_dt(self) -> float:
        """Time between frames; 0 for a single one.  Raises ValueError where frames are unevenly spaced."""
        times = self._trajectory.times[: self.n_frames] * self._scale.time
        if len(times) == 1:
            return 0.0
        steps = np.diff(times)
        if not np.allclose(steps, steps[0]):
            raise ValueError(
                f"frames of {self.filename} are {steps.min():g} to {steps.max():g} apart: "
                "there is no one dt; read ts.time"
            )
        return float((times[-1] - times[0]) / len(steps))

    def close(self) -> None:
        """Let go of the file."""
        if hasattr(self, "_trajectory"):
            self._trajectory.close()

    def __getstate__(self) -> dict[str, Any]:
        # Each process opens the file itself.
        return {name: value for name, value in self.__dict__.items() if name != "_trajectory"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._trajectory = Trajectory(self.filename)


class _Scale:
    """MDAnalysis units (angstrom, ps, angstrom/ps, g/mol) in one reduced unit."""

    def __init__(self, units: ReducedUnits | None) -> None:
        self.length = 1.0 if units is None else units.length * 1e10
        self.time = 1.0 if units is None else units.time * 1e12
        self.mass = 1.0 if units is None else units.mass * AVOGADRO * 1e3
        self.velocity = self.length / self.time

    @classmethod
    def of(cls, units: Units, stored: ReducedUnits | None) -> "_Scale":
        if units is None:
            return cls(stored)
        if isinstance(units, ReducedUnits):
            return cls(units)
        if units == "reduced":
            return cls(None)
        raise ValueError(f'units must be "reduced", a ReducedUnits or None (as in the file), got {units!r}')


def snapshot(
    frame: Frame,
    species: ArrayLike,
    masses: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    ids: ArrayLike | None = None,
    units: ReducedUnits | None = None,
    unwrapped: bool = False,
) -> Any:
    """A universe of one instant, held in memory.

    Arguments
    ---------
    frame : positions, velocities, box and time, in reduced units
    species, masses, names, ids : as TrajectoryWriter.create takes them
    units : size of the reduced units for a universe in real ones; reduced without
    unwrapped : positions with the boxes crossed added

    Returns
    -------
    MDAnalysis.Universe, whose arrays are copies

    Raises
    ------
    ValueError : arrays that do not fit together

    Example
    -------
    >>> import numpy as np
    >>> frame = Frame(0, 0.0, np.full(3, 5.0), np.ones((2, 3)), np.zeros((2, 3)))
    >>> snapshot(frame, species=[0, 1], masses=[1, 2]).select_atoms("name B").masses
    array([2.])
    """
    labels, scale = AtomLabels.checked(species, masses, names, ids), _Scale.of(units, None)
    places = np.asarray(frame.unwrapped if unwrapped else frame.positions)
    if places.shape != (len(labels.species), 3):
        raise ValueError(f"positions have shape {places.shape} for {len(labels.species)} atoms")
    motion = {}
    if frame.velocities is not None:
        motion["velocities"] = (np.asarray(frame.velocities)[None] * scale.velocity).astype(np.float32)
    return MDAnalysis.Universe(
        _topology(labels, scale),
        (places[None] * scale.length).astype(np.float32),
        format=MemoryReader,
        dimensions=[*(np.asarray(frame.box) * scale.length), 90, 90, 90],
        time_offset=frame.time * scale.time,
        dt=0.0,
        **motion,
    )


def _topology(labels: AtomLabels, scale: _Scale) -> Topology:
    count = len(labels.species)
    names, numbers = np.array(labels.names, object)[labels.species], np.arange(1, count + 1)
    attributes = [
        Atomnames(names),
        Atomtypes(names.copy()),
        Atomids(labels.ids),
        Masses(labels.masses * scale.mass),
        Charges(np.zeros(count)),
        Resids(numbers),
        Resnums(numbers.copy()),
        Segids(np.array(["SYSTEM"], object)),
    ]
    return Topology(count, count, 1, attrs=attributes, atom_resindex=np.arange(count))


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


def _is_path_of_ours(thing: Any) -> bool:
    return isinstance(thing, str | Path) and Path(thing).suffix in SUFFIXES and is_trajectory(thing)
