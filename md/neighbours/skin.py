"""The skin of the neighbour list, chosen by counts and never by a clock: so a run stays the same everywhere.

A longer skin lists and sums more pairs, a shorter one is renewed more often.  The cost of a step of one atom,
in units of a neighbour in the sum of the forces on an atom that has many::

    C = n + FIRST min(n, FEW) + (BUILD + LISTED n + CANDIDATE c) / interval

with n neighbours within cut-off + skin, c candidates that a search looks at, and the interval between builds
in steps, which follows from how far the fastest atom gets.
"""

from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.md.neighbours.cells import cells_along, pads_along

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# Measured once on an AMD EPYC of 2023, one thread, where a neighbour took 1.4 ns: the liquid of rho = 0.8442
# (75 neighbours, 516 candidates, 250 ns) and the gas of rho = 0.01 (1.9, 108, 115 ns).  The first neighbours
# cost more: a short row is summed one by one.
FIRST, FEW = 1.5, 8.0
BUILD = 62.0
LISTED = 0.35
CANDIDATE = 0.17
# The list is watched with a skin so much longer, and the skins tried are so many parts of that.
PROBE = 2.0
LONGEST = 2.5
TRIED = 20


def step_cost(neighbours: Any, candidates: Any, interval: Any) -> Any:
    """Cost of a step of one atom, in neighbours."""
    force = neighbours + FIRST * np.minimum(neighbours, FEW)
    return force + (BUILD + LISTED * neighbours + CANDIDATE * candidates) / interval


def searched_volume(lengths: Any, reach: float, count: int) -> float:
    """Volume that a search looks through for one atom [sigma^3]: the cells in reach of its own."""
    cells = cells_along(lengths, reach, count)
    pads = pads_along(lengths, cells, reach, False)
    return float(np.prod((2 * np.array(pads) + 1) * np.array(lengths) / np.array(cells)))


def build_interval(windows: list[list[float]], skin: float) -> float:
    """Mean number of steps until a list must be renewed, the first with 2 d > skin.

    Arguments
    ---------
    windows : largest displacement d of any atom [sigma], step by step from one build to the next; beyond the
        end of a window that no build has closed the atoms go on as they did
    """
    lasted = []
    for window in windows:
        beyond = np.flatnonzero(2 * np.array(window) > skin)
        if beyond.size:
            lasted.append(beyond[0] + 1.0)
        elif window is windows[0]:
            lasted.append(len(window) * skin / (2 * window[-1]) if window[-1] > 0 else np.inf)
    return float(np.mean(lasted))


def choose_skin(sim: "Simulation", steps: int) -> float:
    """The skin [sigma] at which a step costs least, from so many steps with a long one.

    The simulation is left with the long skin: `use_skin` must follow, as in `Simulation.choose_skin`.

    Raises
    ------
    ValueError : no step to watch.
    """
    skins, costs = skin_costs(sim, steps)
    return float(skins[np.argmin(costs.sum(axis=0))])


def skin_costs(sim: "Simulation", steps: int) -> tuple[Any, Any]:
    """Skins [skins], and what a step of all atoms of each copy costs with them [copies, skins]."""
    if steps < 1:
        raise ValueError(f"a skin is chosen from at least one step, got {steps}")
    probe = min(PROBE * max(sim.skin, 0.1), LONGEST)
    sim.use_skin(probe)
    windows = _watch(sim, steps)
    sizes, lengths = np.diff(sim.atoms.first), sim.box_lengths
    listed = np.add.reduceat(sim.device.fetch(sim.neighbours.counts), sim.atoms.first[:-1]) / sizes
    cutoff = sim.neighbours.cutoff
    skins = probe * np.arange(1, TRIED + 1) / TRIED
    costs = np.empty((sim.copies, TRIED))
    for (copy, tried), _ in np.ndenumerate(costs):
        size, reach = int(sizes[copy]), cutoff + skins[tried]
        neighbours = listed[copy] * (reach / (cutoff + probe)) ** 3
        candidates = searched_volume(lengths[copy], reach, size) * size / np.prod(lengths[copy])
        interval = build_interval(windows[copy], skins[tried])
        costs[copy, tried] = size * step_cost(neighbours, candidates, interval)
    return skins, costs


def _watch(sim: "Simulation", steps: int) -> list[list[list[float]]]:
    """Run, and note how far the fastest atom of each copy has come since each build of its list."""
    windows: list[list[list[float]]] = [[[]] for _ in range(sim.copies)]
    for _ in range(steps):
        built = sim.built_at.copy()
        sim.run(1)
        for copy, own in enumerate(windows):
            if sim.built_at[copy] != built[copy]:
                own[-1].append(np.inf)
                own.append([])
            else:
                own[-1].append(float(np.sqrt(sim.moved2[copy])))
    return [[window for window in own if window] for own in windows]
