"""Checkpoints of DSMC: the whole state of a run, and the start of one run from the molecules of another."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from knudsen.core.particles import COLUMNS
from knudsen.core.rng import Stream, host_generator
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.filling import in_solid
from knudsen.dsmc.problem import MOST_PARTICLES, OPEN_ROOM, TOO_MANY
from knudsen.dsmc.watch import warn_of_unfilled
from knudsen.dsmc.words import in_words

if TYPE_CHECKING:
    from knudsen.dsmc.simulation import Simulation

Arrays = dict[str, np.ndarray[Any, Any]]
# Of a file; 1 had none, 2 had of a fault x and v_x alone, 3 triples in float32, 4 the problem in one text,
# 5 other words for whole floats, and for defaults of functions, 6 one name for what collisions and reservoirs
# owe.
FORMAT = 7


def save(sim: "Simulation", path: Path | str) -> None:
    """Write the state of a simulation, whole or not at all."""
    save_checkpoint(path, *captured(sim))


def captured(sim: "Simulation") -> tuple[Arrays, dict[str, Any]]:
    """The state of a simulation, host arrays, and what it is known by."""
    fetch, particles = sim.device.fetch, sim.particles
    arrays = {name: fetch(array) for name, array in (sim.state() | sim.lane_totals()).items()}
    counts = fetch(particles.counts)
    live = np.arange(particles.capacity) < counts[:, None]
    for name in COLUMNS:
        arrays[name] = fetch(getattr(particles, name)).reshape(live.size, -1)[live.ravel()]
    meta = _headings(sim) | {"step": sim.step, "measures": [in_words(measure) for measure in sim.measures]}
    if sim.sampler is not None:
        arrays |= {f"sampler_{name}": array for name, array in sim.sampler.arrays().items()}
        meta |= {"every": sim.sampler.every, "block": sim.sampler.block}
    for number, measure in enumerate(sim.measures):
        arrays |= {f"measure{number}_{name}": array for name, array in measure.arrays().items()}
    return arrays | {"counts": counts}, meta


def _headings(sim: "Simulation") -> dict[str, Any]:
    """What a file is known by: its format, the problem, and what another problem must share with it."""
    return {
        "format": FORMAT,
        "problem": sim.problem,
        "gas": [list(sim.gas.names), list(sim.gas.masses)],
        "internal": sim.modes.tolist(),
        "extents": [sim.grid.space.cylindrical, list(sim.grid.low), list(sim.grid.high)],
        "weight": sim.weights.tolist(),
    }


def _load(path: Path | str) -> tuple[Arrays, dict[str, Any]]:
    arrays, meta = load_checkpoint(path)
    if (found := meta.get("format", 1)) != FORMAT:
        raise CheckpointError(
            f"{path} is of format {found}, where this program reads format {FORMAT}: "
            "resume it with the program that wrote it"
        )
    return arrays, meta


def restore(sim: "Simulation", path: Path | str) -> None:
    """Take up a state.  Raises ValueError for a file that is torn, foreign, or of another problem."""
    arrays, meta = _load(path)
    if faults := _other_parts(meta["problem"], sim.problem):
        raise ValueError(
            f"{path} holds another problem: {'; '.join(faults)}: give the simulation the file's arguments, "
            "or let it begin with the file's molecules by start_from"
        )
    measures = [in_words(measure) for measure in sim.measures]
    if meta["measures"] != measures:
        raise ValueError(f"{path} holds the measures {meta['measures']}, this run {measures}: add the same")
    take_up(sim, arrays, meta)


def take_up(sim: "Simulation", arrays: Arrays, meta: Mapping[str, Any]) -> None:
    """Put a state that `captured` gave, of the same problem and measures, in place of the simulation's."""
    sim.sampler = None
    if "every" in meta:
        sim.sample(meta["every"], meta["block"])
        sim.sampler.load(_under("sampler_", arrays))
    for name, array in sim.state().items():
        array[...] = sim.device.put(arrays[name])
    for name, array in sim.lane_totals().items():
        array[...] = sim.device.put(_shared_out(arrays[name], array.shape, sim.copies))
    sim.settle(_molecules(arrays))
    sim.step = meta["step"]
    for number, measure in enumerate(sim.measures):
        measure.load(_under(f"measure{number}_", arrays))


def _other_parts(found: dict[str, str], here: dict[str, str]) -> list[str]:
    """The parts in which two problems differ, both values of each."""
    return [
        f"{name} is {found.get(name, 'not')} in the file, {here.get(name, 'not')} here"
        for name in {**here, **found}
        if found.get(name) != here.get(name)
    ]


def _under(prefix: str, arrays: Arrays) -> Arrays:
    return {name.removeprefix(prefix): each for name, each in arrays.items() if name.startswith(prefix)}


def _molecules(arrays: Arrays) -> list[Arrays]:
    """Columns of each copy."""
    ends = np.cumsum(arrays["counts"])[:-1]
    columns = zip(*(np.split(arrays[name], ends) for name in COLUMNS), strict=True)
    return [dict(zip(COLUMNS, copy, strict=True)) for copy in columns]


def _shared_out(totals: np.ndarray[Any, Any], shape: tuple[int, ...], copies: int) -> Any:
    """Totals of the lanes of each copy; where another device had other lanes, all in each copy's first."""
    if totals.shape == shape:
        return totals
    out = np.zeros(shape)
    out.reshape(copies, -1, *shape[1:])[:, 0] = totals.reshape(copies, -1, *totals.shape[1:]).sum(axis=1)
    return out


def start_from(sim: "Simulation", path: Path | str) -> None:
    """Begin with the molecules of a checkpoint, cloned or thinned to this run's weights.

    Warns of cells that the filling gives molecules and the file does not, as where it has a block.
    Raises ValueError for a run that has begun, another gas, a domain of other extents, molecules of the file
    that lie within this domain's blocks, and more molecules than the sort counts.
    """
    arrays, meta = _load(path)
    here = _headings(sim)
    faults = [
        f"{name} {meta[name]} in the file, {here[name]} here"
        for name in ("gas", "internal", "extents")
        if meta[name] != here[name]
    ]
    if sim.step:
        faults.append(f"the run is at step {sim.step}: only a new one starts from a file")
    if not faults and in_solid(sim.grid, arrays["place"]).any():
        faults.append("a molecule of the file lies within a block of this domain")
    if faults:
        raise ValueError(f"{path}: {'; '.join(faults)}")
    molecules, weights = _molecules(arrays), np.array(meta["weight"])
    sources = [copy % len(molecules) for copy in range(sim.copies)]
    ratios = [weights[source] / own for source, own in zip(sources, sim.weights, strict=True)]
    most = max(
        float(ratio[molecules[source]["species"]].sum())
        for source, ratio in zip(sources, ratios, strict=True)
    )
    if (wanted := most * sim.copies * OPEN_ROOM) > MOST_PARTICLES:
        raise ValueError(f"{path}: {wanted:.3g} particles {TOO_MANY}")
    settled = [
        _resampled(molecules[source], ratio, seed)
        for source, ratio, seed in zip(sources, ratios, sim.seeds, strict=True)
    ]
    counts = [np.bincount(_cells(sim.grid, own["place"]), minlength=sim.grid.cell_count) for own in settled]
    # Clones are no more molecules than those of the file.
    expected = [sim.filled / max(1.0, ratio.max()) for ratio in ratios]
    warn_of_unfilled(np.array(counts), np.array(expected), sim.grid)
    sim.settle(settled)


def _cells(grid: Grid, places: np.ndarray[Any, Any]) -> Any:
    """Sampling cells of places [molecule, dims]."""
    index = np.floor((places - np.array(grid.low)) / grid.widths).astype(int)
    return np.ravel_multi_index(tuple(np.clip(index, 0, np.array(grid.cells) - 1).T), grid.cells)


def _resampled(molecules: Arrays, ratio: np.ndarray[Any, Any], seed: int) -> Arrays:
    """Each molecule `ratio` times in the mean; ratio of its species [species].

    A running count is rounded, of each species, along the order of cells in which the molecules lie: every
    part of the domain keeps its number to within one.
    """
    random = host_generator(seed, Stream.INITIAL_STATE)
    times = np.zeros(len(molecules["species"]), np.int64)
    for s in np.unique(molecules["species"]):
        of_species = np.flatnonzero(molecules["species"] == s)
        running = np.floor(random.random() + ratio[s] * np.arange(len(of_species) + 1))
        times[of_species] = np.diff(running)
    return {name: np.repeat(column, times, axis=0) for name, column in molecules.items()}
