"""Checkpoints of DSMC: the whole state of a run, and the start of one run from the molecules of another."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.checkpoints import CheckpointError, load_checkpoint, save_checkpoint
from knudsen.core.particles import COLUMNS
from knudsen.core.rng import Stream, host_generator
from knudsen.dsmc.filling import in_solid

if TYPE_CHECKING:
    from knudsen.dsmc.simulation import Simulation

Arrays = dict[str, np.ndarray[Any, Any]]
# Of what a file holds; 1 was written without, 2 noted of a fault but x and v_x, 3 had triples in float32.
FORMAT = 4


def save(sim: "Simulation", path: Path | str) -> None:
    """Write the state of a simulation, whole or not at all."""
    fetch, particles = sim.device.fetch, sim.particles
    arrays = {name: fetch(array) for name, array in (sim.state() | sim.lane_totals()).items()}
    counts = fetch(particles.counts)
    live = np.arange(particles.capacity) < counts[:, None]
    for name in COLUMNS:
        arrays[name] = fetch(getattr(particles, name)).reshape(live.size, -1)[live.ravel()]
    meta = _headings(sim) | {"step": sim.step, "measures": [repr(measure) for measure in sim.measures]}
    if sim.sampler is not None:
        arrays |= {f"sampler_{name}": array for name, array in sim.sampler.arrays().items()}
        meta |= {"every": sim.sampler.every, "block": sim.sampler.block}
    for number, measure in enumerate(sim.measures):
        arrays |= {f"measure{number}_{name}": array for name, array in measure.arrays().items()}
    save_checkpoint(path, arrays | {"counts": counts}, meta)


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
    if meta["problem"] != sim.problem:
        raise ValueError(f"{path} holds another problem, {meta['problem']}, where this one is {sim.problem}")
    measures = [repr(measure) for measure in sim.measures]
    if meta["measures"] != measures:
        raise ValueError(f"{path} holds the measures {meta['measures']}, this run {measures}: add the same")
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

    Raises ValueError for a run that has begun, another gas, or a domain of other extents or blocks.
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
    sim.settle(
        [
            _resampled(molecules[source], weights[source] / own, seed)
            for source, own, seed in zip(sources, sim.weights, sim.seeds, strict=True)
        ]
    )


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
