"""Checkpoints of molecular dynamics: the state, and what the neighbour lists were made of.

A list is a function of the positions when it was built, which are kept beside the present ones: so a restore
builds the very same rows, sums in the same order, and goes on bit for bit.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.checkpoints import load_checkpoint, save_checkpoint
from knudsen.md.state.atoms import PACK, Start

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# Of what a file holds; 1 was written without.
FORMAT = 2
COLUMNS = ("velocity", "force", "image", "id")


def describe(sim: "Simulation", seed: int) -> str:
    """The problem in words: what a checkpoint is held against."""
    parts = "; ".join(part.describe() for part in sim.parts)
    return (
        f"atoms {sim.species_counts.tolist()} of masses {sim.masses.tolist()} with pairs "
        f"{sim.pairs.describe()}; "
        f"periodic {sim.domain.periodic}, dt {sim.timestep}, {sim.precision}, seed {seed}; {parts}"
    )


def save(sim: "Simulation", path: Path | str) -> None:
    """Write the state of a simulation, whole or not at all."""
    atoms, fetch = sim.atoms, sim.device.fetch
    arrays = {name: fetch(getattr(atoms, name)) for name in COLUMNS}
    arrays["position"] = fetch(atoms.position)[: PACK * atoms.count]
    arrays["first"] = atoms.first
    arrays["reference"] = fetch(sim.neighbours.reference)
    arrays |= {"lengths": sim.box_lengths, "built_lengths": sim.domain.built, "moved2": sim.moved2}
    arrays["offsets"] = sim.domain.offsets
    arrays |= {"built_at": sim.built_at, "builds": sim.builds, "dangerous": sim.dangerous_builds}
    arrays |= {"temperature_bound": np.array(sim.temperature_bound), "reserve": sim.reserve}
    arrays |= {"cells": np.array(sim.neighbours.grids.cells), "pads": np.array(sim.neighbours.grids.pads)}
    arrays |= {name: fetch(array) for name, array in _arrays_of_parts(sim)}
    meta = {"format": FORMAT, "problem": sim.problem, "step": sim.step, "skin": sim.skin}
    save_checkpoint(path, arrays, meta | {"measures": _measures(sim)})


def restore(sim: "Simulation", path: Path | str) -> None:
    """Take up a state.  Raises ValueError for a file that is torn, foreign, or of another problem."""
    arrays, meta = load_checkpoint(path)
    _check(sim, path, meta)
    sim.step = meta["step"]
    _restore_numbers(sim, arrays)
    _restore_lists(sim, arrays, meta["skin"])
    atoms, put = sim.atoms, sim.device.put
    atoms.position[: PACK * atoms.count] = put(arrays["position"])
    for name in COLUMNS:
        getattr(atoms, name)[...] = put(arrays[name])
    sim.domain.set(arrays["lengths"], arrays["built_lengths"])
    sim.domain.slide(*arrays["offsets"])
    sim.neighbours.follow()
    sim.builds[...] = arrays["builds"]
    sim.moved2, sim.built_at, sim.dangerous_builds = arrays["moved2"], arrays["built_at"], arrays["dangerous"]
    sim.temperature_bound, sim.reserve = arrays["temperature_bound"], arrays["reserve"]
    _restore_parts(sim, arrays)


def _check(sim: "Simulation", path: Path | str, meta: dict[str, Any]) -> None:
    """Raise ValueError for a file of another problem, another format, or other measures."""
    if meta.get("problem") != sim.problem:
        raise ValueError(
            f"{path} holds another problem, {meta.get('problem', 'without a description')}, "
            f"where this one is {sim.problem}"
        )
    if meta.get("format", 1) != FORMAT:
        raise ValueError(
            f"{path} is of format {meta.get('format', 1)}, where this program reads format {FORMAT}: "
            "resume it with the program that wrote it"
        )
    others = [
        f"measure {number} is {mine} here and {meta['measures'].get(number, 'none')} in the file"
        for number, mine in _measures(sim).items()
        if meta["measures"].get(number) != mine
    ]
    if others:
        raise ValueError(f"{path}: {'; '.join(others)}: add the measures that the run had, in its order")


def _measures(sim: "Simulation") -> dict[str, str]:
    """The parameters of each measure whose samples a checkpoint holds, by its number."""
    return {str(number): repr(each) for number, each in enumerate(sim.measures) if each.arrays()}


def _restore_parts(sim: "Simulation", arrays: dict[str, Any]) -> None:
    put = sim.device.put
    for number, part in enumerate((*sim.parts, *sim.measures)):
        if hasattr(part, "load"):
            prefix = f"part{number}_"
            part.load({name.removeprefix(prefix): arrays[name] for name in arrays if name.startswith(prefix)})
        else:
            for name, array in part.arrays().items():
                array[...] = put(arrays[f"part{number}_{name}"])


def _restore_numbers(sim: "Simulation", arrays: dict[str, Any]) -> None:
    """As many atoms of each species in each copy as the file holds, where some came or went."""
    rows = np.split(arrays["position"].reshape(-1, PACK), arrays["first"][1:-1])
    starts = [Start(each[:, :3], 0 * each[:, :3], each[:, 3].astype(np.int64)) for each in rows]
    counts = [np.bincount(start.species, minlength=sim.species_count) for start in starts]
    if not np.array_equal(counts, sim.species_counts):
        sim.replace_atoms(starts)


def _restore_lists(sim: "Simulation", arrays: dict[str, Any], skin: float) -> None:
    """The lists as they were built, from the positions and boxes of then."""
    sim.domain.set(arrays["built_lengths"], arrays["built_lengths"])
    sim.domain.slide(arrays["offsets"][1], arrays["offsets"][1])
    sim.atoms.position[: PACK * sim.atoms.count] = sim.device.put(arrays["reference"])
    sim.list_atoms(skin, [tuple(map(int, row)) for row in np.hstack([arrays["cells"], arrays["pads"]])])


def _arrays_of_parts(sim: "Simulation") -> Iterator[tuple[str, Any]]:
    for number, part in enumerate((*sim.parts, *sim.measures)):
        for name, array in part.arrays().items():
            yield f"part{number}_{name}", array
