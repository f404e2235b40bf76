"""Simulations in MDAnalysis: `MDAnalysis.Universe(simulation)`, a universe of the state as it is now."""

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from MDAnalysis.coordinates.base import ProtoReader
from MDAnalysis.core.topology import Topology
from MDAnalysis.lib.util import store_init_arguments
from MDAnalysis.topology.base import TopologyReaderBase

from knudsen.md.trajectories.recorder import instant, labels_of
from knudsen.md.trajectories.universes import Scale, Units, topology

FORMAT = "KNUDSEN SIMULATION"


class SimulationParser(TopologyReaderBase):
    """The atoms of one copy of a simulation."""

    format = FORMAT

    @staticmethod
    def _format_hint(thing: Any) -> bool:
        return _is_simulation(thing)

    def parse(
        self, units: Units = None, copy: int | None = None, names: Sequence[str] | None = None, **kwargs: Any
    ) -> Topology:
        """The topology of the atoms that the simulation has now."""
        sim = self.filename
        return topology(labels_of(sim, _which(sim, copy), names), Scale.of(units))


class SimulationReader(ProtoReader):
    """One frame, the state of a simulation at the moment when the frame is read."""

    format = FORMAT
    units = {"time": "ps", "length": "Angstrom", "velocity": "Angstrom/ps"}  # noqa: RUF012
    n_frames = 1

    @staticmethod
    def _format_hint(thing: Any) -> bool:
        return _is_simulation(thing)

    @store_init_arguments
    def __init__(
        self, filename: Any, units: Units = None, copy: int | None = None, unwrapped: bool = False,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        self.filename, self._unwrapped, self._scale = filename, unwrapped, Scale.of(units)
        self._copy = _which(filename, copy)
        self._species = labels_of(filename, self._copy).species
        self.n_atoms = len(self._species)
        self.ts = self._Timestep(self.n_atoms, positions=True, velocities=True, dt=0.0, reader=self)
        self._read_frame(0)

    @property
    def periodic(self) -> tuple[bool, ...]:
        """Whether the box is periodic along x, y, z, which MDAnalysis itself cannot say."""
        return tuple(self.filename.domain.periodic)

    def copy(self) -> "SimulationReader":
        """Another reader of the same simulation, at the same instant."""
        new = self.__class__(**self._kwargs)
        if self.transformations:
            new.add_transformations(*self.transformations)
        new.ts = self.ts.copy()
        return new

    def _read_frame(self, frame: int) -> Any:
        if not np.array_equal(labels_of(self.filename, self._copy).species, self._species):
            raise ValueError(
                f"step {self.filename.step}: the simulation has other atoms than when the universe was made: "
                "make a new one"
            )
        self._scale.fill(self.ts, instant(self.filename, self._copy), self._unwrapped)
        self.ts.frame = 0
        return self.ts

    def _read_next_timestep(self, ts: Any = None) -> Any:
        if self.ts.frame >= 0:
            raise EOFError("a simulation has one frame, its present state")
        return self._read_frame(0)

    def _reopen(self) -> None:
        self.ts.frame = -1

    def close(self) -> None:
        """Nothing to let go of: the simulation is its owner's."""

    def __getstate__(self) -> dict[str, Any]:
        raise TypeError(
            "a universe of a running simulation cannot be pickled, as several processes would need it: "
            "take knudsen.md.mdanalysis.snapshot, or record a trajectory"
        )


def _which(sim: Any, copy: int | None) -> int:
    if copy is None and sim.copies > 1:
        raise ValueError(
            f"the simulation holds {sim.copies} copies: name one, MDAnalysis.Universe(simulation, copy=0)"
        )
    return copy or 0


def _is_simulation(thing: Any) -> bool:
    # An object can only be one where the engine has been imported already.
    engine = sys.modules.get("knudsen.md.simulation")
    return engine is not None and isinstance(thing, engine.Simulation)
