"""Universes of MDAnalysis from arrays: topology, units, and one instant in memory."""

from collections.abc import Sequence
from typing import Any

import MDAnalysis
import numpy as np
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
from numpy.typing import ArrayLike

from knudsen.core.units import AVOGADRO, ReducedUnits
from knudsen.md.trajectories.h5md import AtomLabels
from knudsen.md.trajectories.trajectory import Frame

Units = ReducedUnits | str | None


class Scale:
    """MDAnalysis units (angstrom, ps, angstrom/ps, g/mol) in one reduced unit."""

    def __init__(self, units: ReducedUnits | None) -> None:
        self.length = 1.0 if units is None else units.length * 1e10
        self.time = 1.0 if units is None else units.time * 1e12
        self.mass = 1.0 if units is None else units.mass * AVOGADRO * 1e3
        self.velocity = self.length / self.time

    @classmethod
    def of(cls, units: Units, stored: ReducedUnits | None = None) -> "Scale":
        """The scale that the keyword `units` names.  Raises ValueError for one that names none."""
        if units is None:
            return cls(stored)
        if isinstance(units, ReducedUnits):
            return cls(units)
        if units == "reduced":
            return cls(None)
        raise ValueError(f'units must be "reduced", a ReducedUnits or None (as in the file), got {units!r}')

    def fill(self, ts: Any, frame: Frame, unwrapped: bool) -> None:
        """Write a frame into MDAnalysis' Timestep."""
        ts.time = frame.time * self.time
        ts.dimensions = [*(np.asarray(frame.box) * self.length), 90, 90, 90]
        ts.positions = self.length * (frame.unwrapped if unwrapped else frame.positions)
        if frame.velocities is not None:
            ts.velocities = frame.velocities * self.velocity
        ts.data.update(step=frame.step, **frame.observables)


def topology(labels: AtomLabels, scale: Scale) -> Topology:
    """Names, types, numbers, masses and (zero) charges of the atoms; each atom is a residue.

    An atom that never moves has mass 0: means weighted by mass leave it out, where inf would give nan.
    """
    count = len(labels.species)
    names, numbers = np.array(labels.names, object)[labels.species], np.arange(1, count + 1)
    attributes = [
        Atomnames(names),
        Atomtypes(names.copy()),
        Atomids(labels.ids),
        Masses(np.where(np.isinf(labels.masses), 0.0, labels.masses * scale.mass)),
        Charges(np.zeros(count)),
        Resids(numbers),
        Resnums(numbers.copy()),
        Segids(np.array(["SYSTEM"], object)),
    ]
    return Topology(count, count, 1, attrs=attributes, atom_resindex=np.arange(count))


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
    labels, scale = AtomLabels.checked(species, masses, names, ids), Scale.of(units)
    places = np.asarray(frame.unwrapped if unwrapped else frame.positions)
    if places.shape != (len(labels.species), 3):
        raise ValueError(f"positions have shape {places.shape} for {len(labels.species)} atoms")
    motion = {}
    if frame.velocities is not None:
        motion["velocities"] = (np.asarray(frame.velocities)[None] * scale.velocity).astype(np.float32)
    return MDAnalysis.Universe(
        topology(labels, scale),
        (places[None] * scale.length).astype(np.float32),
        format=MemoryReader,
        dimensions=[*(np.asarray(frame.box) * scale.length), 90, 90, 90],
        time_offset=frame.time * scale.time,
        dt=0.0,
        **motion,
    )
