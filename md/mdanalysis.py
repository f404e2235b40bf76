"""Trajectories and simulations in MDAnalysis: importing this module lets `MDAnalysis.Universe` take them.

One file, or a running simulation, serves as topology and trajectory::

    import MDAnalysis
    import knudsen.md.mdanalysis

    universe = MDAnalysis.Universe("run.h5md")
    universe = MDAnalysis.Universe(simulation)

Files of other programs go to MDAnalysis' own reader, as without this module.  Of a simulation there is one
frame, its state when the frame is read (`md/trajectories/live.py`).  Keywords:

- `units`: what MDAnalysis' angstrom, ps and g/mol stand for.  Without it, a file that knows the size of
  its units (sigma, epsilon, m) is read in real units and anything else in reduced ones; "reduced" reads the
  pure numbers (1 "angstrom" is sigma, 1 "ps" is sigma sqrt(m / epsilon), 1 "g/mol" is m); a
  `ReducedUnits` gives the size.  Observables stay reduced.
- `unwrapped=True`: positions with the boxes crossed added, as diffusion needs them.  Boxes are counted
  with the frame's own lengths: exact where the box does not change.
- `copy` and `names`, of a simulation: which of its copies, and the names of its species.

Atoms that never move, of infinite mass in the engine, have mass 0 here.  `snapshot` makes a universe of
arrays in memory.

MDAnalysis' analyses have traps (`docs/mdanalysis.md` shows each in use):

- `EinsteinMSD` follows jumps across the boundary: give it a universe with `unwrapped=True`, and `fft=False`
  where `tidynamics` is not installed.  Its times are the frames', not lags from zero.
- `InterRDF` counts up to 15 unless told: give `range=(0, r)` with r at most half the shortest box length.
  With the same atoms twice, `exclusion_block=(1, 1)` leaves out each atom's pair with itself.
- `LinearDensity` gives g/cm3: in reduced units multiply by `REDUCED_LINEAR_DENSITY` for a reduced mass
  density.  Its bins are floor(L / binsize): give a binsize a hair under a whole fraction of each edge.
- All axes count as periodic: `universe.trajectory.periodic` says which are.
- XTC keeps three decimals of a nm, which is 0.01 sigma in reduced units: `export` keeps six.
"""

from pathlib import Path
from typing import Any

import numpy as np
from MDAnalysis.coordinates.base import ReaderBase
from MDAnalysis.core.topology import Topology
from MDAnalysis.lib.util import store_init_arguments
from MDAnalysis.topology.base import TopologyReaderBase
from MDAnalysis.units import constants

from knudsen.md.trajectories.h5md import AtomLabels
from knudsen.md.trajectories.live import SimulationParser, SimulationReader
from knudsen.md.trajectories.trajectory import Trajectory, is_trajectory
from knudsen.md.trajectories.universes import Scale, Units, snapshot, topology

__all__ = [
    "REDUCED_LINEAR_DENSITY", "KnudsenParser", "KnudsenReader", "SimulationParser", "SimulationReader",
    "Units", "snapshot",
]  # fmt: skip

FORMAT = "KNUDSEN"
SUFFIXES = {".h5md", ".h5", ".hdf5"}
REDUCED_LINEAR_DENSITY = constants["N_Avogadro"] * 1e-24


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
            return topology(labels, Scale.of(units, trajectory.units))


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
        self._scale = Scale.of(units, self._trajectory.units)
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
        ts = self.ts
        ts.frame = frame
        self._scale.fill(ts, read, self._unwrapped)
        return ts

    @property
    def periodic(self) -> tuple[bool, ...]:
        """Whether the box is periodic along x, y, z, which MDAnalysis itself cannot say."""
        return self._trajectory.periodic

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


def _is_path_of_ours(thing: Any) -> bool:
    if not (isinstance(thing, str | Path) and Path(thing).suffix in SUFFIXES):
        return False
    try:
        return is_trajectory(thing)
    except (OSError, RuntimeError):
        return True  # torn, as the parser will say
