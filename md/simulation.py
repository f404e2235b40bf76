"""Molecular dynamics of one fluid, or of R copies of it at once."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.core.rng import copy_seed
from knudsen.md import checkpoint, intake, watch
from knudsen.md.forces import PairForces
from knudsen.md.integrate import (
    VelocityVerlet,
    momenta,
    scale_velocities,
    stretch_positions,
    subtract_drift,
)
from knudsen.md.neighbours.cells import grid_of
from knudsen.md.neighbours.lists import NeighbourList
from knudsen.md.neighbours.skin import choose_skin
from knudsen.md.observables import Observables
from knudsen.md.parts import Coupling, Field, Measure, Mover
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.reduced_units import check_units
from knudsen.md.state.atoms import PRECISIONS, Atoms, Start
from knudsen.md.state.box import Box
from knudsen.md.state.domain import Domain
from knudsen.md.state.lanes import Lanes

Array = np.ndarray[Any, Any]
FAULT_CHECK_STEPS = 100


class Simulation(Observables):
    """Atoms in boxes, moved step by step, in reduced units.

    A step is: couplings, half a kick, drift, neighbours, forces, half a kick, couplings, measures.

    Arguments
    ---------
    positions, velocities : [N, 3]; or [R, N, 3], or a list of [N_r, 3], for R copies
    box : Box, or its lengths (three, or one of a cube), for all copies; or a list of R, each a Box or three
        lengths
    pairs : the pair potential of every two species
    timestep : dt [sigma sqrt(m/epsilon)]
    species : [N], numbers of the species, 0 from the first, for all copies; or a list of one a copy; left
        out, all are 0
    masses : [species]; left out, all are 1; inf for a species that never moves, whose velocities are zero
    skin : what the list holds beyond the cut-off [sigma], of all copies; left out, `default_skin` at the mean
        density of all.  It sets the speed and, by the order of the sums, the last bits: a copy has the bits
        that it has alone if it is given the same skin
    precision : 'double'; 'mixed', where a pair's force is float32; 'single', where velocities and forces are
        float32 too.  Positions are float64 always: in a long box float32 would lose the drift of a step
    seed : of the random numbers; copy r draws its own from (seed, r)
    couplings, fields, mover : thermostats and the like; external fields; velocity Verlet, unless another
    device : 'auto', 'cpu', 'cuda', 'cuda:N'

    Raises
    ------
    ValueError : arguments that do not fit together, a cut-off beyond half the box
    SimulationFault : atoms that overlap; from `run`, an atom that cannot be followed, a runaway temperature
    """

    def __init__(
        self, positions: Any, velocities: Any, box: Any, pairs: PairTable, *, timestep: float,
        species: Any = None, masses: Any = None, skin: float | None = None, precision: str = "double",
        seed: int = 0, couplings: Sequence[Coupling] = (), fields: Sequence[Field] = (),
        mover: Mover | None = None, device: str = "auto",
    ) -> None:  # fmt: skip
        if not 0 < timestep < np.inf:
            raise ValueError(f"the time step must be positive and finite, got {timestep}")
        if precision not in PRECISIONS:
            raise ValueError(f"precision {precision!r} is none of {', '.join(PRECISIONS)}")
        self.single, starts = intake.starts(positions, velocities, species, pairs.species)
        boxes = intake.boxes(box, len(starts))
        self.masses = intake.masses(masses, pairs.species)
        check_units(starts, boxes, timestep, self.masses, float(pairs.epsilon.max()))
        for each in boxes:
            each.check_cutoff(pairs.longest)
        self.pairs, self.timestep, self.precision, self.step = pairs, timestep, precision, 0
        self.device = Device(device)
        frozen = np.isinf(self.masses)
        self.inverse_mass = self.device.put(np.where(frozen, 0.0, 1 / self.masses))
        self.mobile_mass = self.device.put(np.where(frozen, 0.0, self.masses))
        self.mover: Mover = mover or VelocityVerlet()
        self.domain = Domain(boxes, self.device, self.mover.shears)
        atoms, volume = sum(len(start.positions) for start in starts), self.domain.volumes.sum()
        self.skin = default_skin(atoms / volume) if skin is None else skin
        # Of all lists of the run: builds, and builds right after another [copies].
        self.builds, self.dangerous_builds = np.zeros((2, len(starts)), np.int64)
        self.seeds = self.device.put(np.array([copy_seed(seed, r) for r in range(len(starts))], np.int64))
        self.couplings, self.fields = tuple(couplings), tuple(fields)
        self.measures: list[Measure] = []
        self._house(starts)
        for part in self.parts:
            part.bind(self)
        self.compute_forces()
        watch.check_forces(self)
        self.temperature_bound, self.reserve = watch.temperature_bound(self), watch.reserve(self)
        self.problem = checkpoint.describe(self, seed)

    def _house(self, starts: Sequence[Start]) -> None:
        """Arrays, lanes and lists of the atoms of all copies."""
        atoms = Atoms.of(starts, self.device, self.precision)
        intake.check_frozen(starts, self.masses)
        self.atoms = atoms
        self.species_counts = np.stack(
            [np.bincount(start.species, minlength=self.pairs.species) for start in starts]
        )
        self.lanes = Lanes(self.atoms.first, self.device)
        self.moved = self.device.xp.zeros(self.lanes.count)
        self.list_atoms(self.skin)

    def list_atoms(self, skin: float, grids: Sequence[tuple[int, ...]] = ()) -> None:
        """List the atoms anew, in cells of these numbers where they are given; forces must follow."""
        copies, self.skin = self.atoms.copies, skin
        domain = self.domain
        laid_out = [grid_of(row[:3], row[3:], domain.periodic, domain.sheared) for row in grids]
        self.neighbours = NeighbourList(self.atoms, self.domain, self.pairs.longest, skin, laid_out)
        self.neighbours.builds = self.builds
        self.forces = PairForces(self.pairs, self.neighbours, self.precision)
        # Squared displacement since the list was built [copies], and the step of that build.
        self.moved2, self.built_at = np.zeros(copies), np.full(copies, self.step)
        self._measured = False
        self.neighbours.build()
        watch.check_faces(self)

    def add_measure(self, measure: Measure) -> None:
        """Take samples of a measure from the next step on."""
        measure.bind(self)
        self.measures.append(measure)

    def run(self, steps: int) -> None:
        """Advance by so many time steps.

        Raises SimulationFault for an atom that is not at a finite place or crosses half the box in a step,
        and for a temperature that runs away.
        """
        for number in range(1, steps + 1):
            self._advance()
            if number % FAULT_CHECK_STEPS == 0 or number == steps:
                watch.check_forces(self)
                watch.check_temperatures(self)

    def _advance(self) -> None:
        self.step += 1
        for coupling in self.couplings:
            coupling.before(self)
        self.mover.first(self)
        self.moved2 = self.device.fetch(self.lanes.max(self.moved))[:, 0]
        if self.mover.plain_kicks and not self.fields:
            self.compute_forces(kick_duration=0.5 * self.timestep)
        else:
            self.compute_forces()
            self.mover.second(self)
        for coupling in reversed(self.couplings):
            coupling.after(self)
        for measure in self.measures:
            if self.step % measure.every == 0:
                measure.take(self)

    def compute_forces(self, kick_duration: float = 0.0) -> None:
        """Renew the lists where they could miss a pair, and write the forces of pairs and fields.

        kick_duration : for how long the pairs' forces kick the atoms at once [sigma sqrt(m/epsilon)]
        """
        self._renew()
        self._measured = False
        self.forces.compute(self.inverse_mass, kick_duration)
        for field in self.fields:
            field.add_forces(self)

    def _renew(self) -> None:
        """Follow the atoms with their images, or list anew the copies where a pair could have been missed.

        A pair beyond the reach when the list was built is now at least s reach - 2 d apart, with the least
        stretch s of the box and the largest displacement d since then.
        """
        room = self.domain.least_stretch() * self.neighbours.reach - self.neighbours.cutoff
        # An atom at no place, NaN, is near enough to none.
        near = (4 * self.moved2 <= room * room) & (room >= 0)
        if not near.all():
            watch.check_lost(self)
            stale = ~near
            self.neighbours.build(stale)
            self.dangerous_builds += stale & (self.step - self.built_at <= 1)
            self.built_at[stale] = self.step
            self.moved2[stale] = 0.0
            watch.check_faces(self)
        else:
            self.neighbours.follow()

    def use_skin(self, skin: float) -> None:
        """Go on with lists of another skin [sigma]."""
        self.list_atoms(skin)
        self.compute_forces()

    def choose_skin(self, steps: int) -> float:
        """Run so many steps of warm-up and go on with the skin at which a step costs least [sigma].

        It is chosen by counts, never by a clock, and kept in checkpoints: a run stays the same everywhere.
        Raises ValueError for less than one step.
        """
        self.use_skin(choose_skin(self, steps))
        return self.skin

    def scale_velocities(self, factors: Any) -> None:
        """Multiply all velocities by a factor of each copy, on the device [copies]."""
        scale_velocities(self.atoms.count, self.atoms.copy, self.atoms.velocity, factors)

    def scale_box(self, factors: Any) -> None:
        """Stretch boxes and positions by factors [copies, 3]; `compute_forces` must follow.

        Raises ValueError, with nothing changed, for factors of another shape and for a box that is sheared or
        gets too small for the cut-off.
        """
        if self.domain.sheared:
            raise ValueError("a sheared box cannot be stretched: leave the barostat or the shear out")
        factors = np.array(factors, np.float64)
        if factors.shape != (self.copies, 3):
            raise ValueError(f"factors are [copies, 3], {(self.copies, 3)}, got {factors.shape}")
        lengths = self.box_lengths * factors
        for edges in lengths:
            Box(tuple(edges), self.domain.periodic).check_cutoff(self.pairs.longest)
        self.domain.set(lengths)
        atoms = self.atoms
        stretch_positions(atoms.count, atoms.copy, atoms.position, self.device.put(factors.ravel()))
        self.moved2 = self.moved2 * np.maximum(factors.max(axis=1), 1.0) ** 2
        self._measured = False

    def remove_momentum(self) -> None:
        """Take the velocity of the centre of mass of its mobile atoms from each copy."""
        atoms, lanes = self.atoms, self.lanes
        sums = self.device.xp.zeros((lanes.count, 4))
        momenta(lanes.count, lanes.edges, atoms.position, atoms.velocity, self.mobile_mass, sums)
        subtract_drift(
            atoms.count, atoms.copy, atoms.position, atoms.velocity, self.mobile_mass, lanes.sum(sums)
        )

    def replace_atoms(self, starts: Sequence[Start]) -> None:
        """Go on with other atoms, one Start a copy: what insertion and deletion do.

        Parts are bound anew and keep what they know where its size is the same.  Raises ValueError as
        for atoms at a start.
        """
        kept = [{name: array.copy() for name, array in part.arrays().items()} for part in self.parts]
        self._house(starts)
        for part, arrays in zip(self.parts, kept, strict=True):
            part.bind(self)
            for name, array in part.arrays().items():
                if array.shape == arrays[name].shape:
                    array[...] = arrays[name]
        self.compute_forces()
        watch.check_forces(self)

    def result(self) -> tuple[Any, ...]:
        """What each measure has found so far."""
        return tuple(measure.result() for measure in self.measures)

    def resolution(self) -> dict[str, Any]:
        """What the lists of the whole run counted: builds, those right after another; neighbours now."""
        return {
            "skin": self.skin,
            "list_builds": int(self.builds.sum()),
            "dangerous_builds": int(self.dangerous_builds.sum()),
            "neighbours_per_atom": float(self.neighbours.counts.mean()),
        }

    def checkpoint(self, path: Path | str) -> None:
        """Write the whole state to one file, whole or not at all; `restore` is bit for bit."""
        checkpoint.save(self, path)

    def restore(self, path: Path | str) -> None:
        """Take up the state of a checkpoint of the same problem.

        Measures must be those of the run, added in the same order; the last ones may be left out.  Raises
        ValueError for a file that is torn, foreign, of another problem, or of other measures.
        """
        checkpoint.restore(self, path)


def default_skin(density: float) -> float:
    """Skin [sigma] by number density [sigma^-3]: longer in a gas, where a longer list costs nearly nothing.

    In a liquid 0.3; below, such that the list holds some two neighbours more, at most 1.5.
    """
    return float(np.clip(0.3 * (0.5 / density) ** (1 / 3), 0.3, 1.5))
