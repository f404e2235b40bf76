"""Crystal starts: simple cubic, body-centred and face-centred cubic."""

from collections.abc import Sequence
from difflib import get_close_matches
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knudsen.md.starts.start import (
    Array,
    Start,
    Use,
    box_lengths,
    check_overlaps,
    check_whole,
    shuffled_species,
    start_generator,
)

Cells = NDArray[np.int64]

# Sites of the unit cell, in its edges; a quarter keeps every site clear of the box's faces.
BASES = {
    "sc": np.array([[0, 0, 0]]) / 2 + 0.25,
    "bcc": np.array([[0, 0, 0], [1, 1, 1]]) / 2 + 0.25,
    "fcc": np.array([[0, 0, 0], [1, 1, 0], [1, 0, 1], [0, 1, 1]]) / 2 + 0.25,
}


def lattice_start(
    kind: str, atoms: int, density: float, *, fractions: Sequence[float] = (1.0,),
    aspect: ArrayLike = (1.0, 1.0, 1.0), exact: bool = True, min_distance: ArrayLike = 0.0, seed: int = 0,
) -> Start:  # fmt: skip
    """Atoms on a lattice that fills the box at a density, species dealt at random.

    The box has the density and the aspect asked; where whole cells do not fit its edges, the lattice is
    strained.  `exact` keeps the number of atoms: of all lattices with enough sites the one whose nearest
    sites are farthest apart is taken, and sites drawn at random stay empty.  Otherwise the number of atoms is
    changed to the nearest that fills a lattice.

    Arguments
    ---------
    kind : 'sc', 'bcc' or 'fcc'
    atoms : number;  density : rho*
    fractions : mole fraction of each species;  aspect : ratio of the box's edges
    exact : keep the number of atoms
    min_distance : one number or [species, species]: pairs nearer than this are refused
    seed : of the run

    Raises
    ------
    ValueError : a kind that is none of the three, arguments out of range, a lattice too dense for
        `min_distance`
    """
    if kind not in BASES:
        near = get_close_matches(str(kind), BASES)
        hint = f"did you mean {near[0]!r}?" if near else "use 'sc', 'bcc' or 'fcc'"
        raise ValueError(f"no lattice {kind!r}: {hint}")
    atoms = check_whole(atoms, "atoms", 1, 2**31 - 1)
    ratio = box_lengths(1, 1.0, aspect)
    basis = BASES[kind]
    cells = _fewest_strained(kind, atoms, ratio) if exact else _nearest_filled(len(basis), atoms, ratio)
    if not exact:
        atoms = int(len(basis) * cells.prod())
    box = box_lengths(atoms, density, aspect)
    positions = _occupied(_sites(basis, cells) * (box / cells), atoms, seed)
    start = Start(positions, shuffled_species(atoms, fractions, seed), box)
    check_overlaps(start, min_distance, "the lattice is too dense: lower the density or choose fcc")
    return start


def _sites(basis: Array, cells: Cells) -> Array:
    """Sites [site, 3] in units of the cell's edges."""
    corners = np.stack(np.meshgrid(*(np.arange(n) for n in cells), indexing="ij"), axis=-1)
    return (corners.reshape(-1, 1, 3) + basis).reshape(-1, 3)


def _occupied(sites: Array, atoms: int, seed: int) -> Array:
    if len(sites) == atoms:
        return sites
    drawn = start_generator(seed, Use.VACANCIES).permutation(len(sites))[:atoms]
    return sites[np.sort(drawn)]


def _nearest_sites(kind: str, edges: Array) -> Array:
    """Distance [...] between nearest sites of a lattice with cell edges [..., 3]."""
    squares = edges**2
    distances = [squares.min(axis=-1)]
    if kind == "bcc":
        distances.append(squares.sum(axis=-1) / 4)
    if kind == "fcc":
        distances += [(squares[..., i] + squares[..., j]) / 4 for i, j in combinations(range(3), 2)]
    return np.sqrt(np.min(distances, axis=0))


def _fewest_strained(kind: str, atoms: int, ratio: Array) -> Cells:
    """Cells [3] of the lattice with sites for all atoms whose nearest sites are farthest apart."""
    per_cell = len(BASES[kind])
    order = np.argsort(ratio)
    ideal = (ratio * (atoms / per_cell) ** (1 / 3))[order]
    # The two shorter edges' cells are searched about the unstrained numbers; the longest takes the rest.
    first, second = (np.arange(max(1, int(0.6 * n)), int(1.6 * n) + 3) for n in ideal[:2])
    a, b = (grid.ravel() for grid in np.meshgrid(first, second, indexing="ij"))
    c = -(-atoms // (per_cell * a * b))
    cells = np.empty((len(a), 3), np.int64)
    cells[:, order] = np.stack([a, b, c], axis=1)
    distance = _nearest_sites(kind, ratio / cells)
    best = distance >= distance.max() * (1 - 1e-12)
    return cells[best][np.argmin(cells[best].prod(axis=1))]


def _nearest_filled(per_cell: int, atoms: int, ratio: Array) -> Cells:
    """Cells [3] in the ratio of the edges, to the nearest whole ones, with sites nearest to `atoms`."""
    size = (atoms / per_cell) ** (1 / 3)
    # Every scale at which one of the three rounded numbers changes, and one between each two.
    longest = int(2 * ratio.max() * size) + 3
    steps = np.concatenate([(np.arange(longest) + 0.5) / edge for edge in ratio])
    steps = np.unique(np.append(steps[(steps > 0.5 * size) & (steps < 2 * size + 2 / ratio.min())], size))
    scales = np.append((steps[1:] + steps[:-1]) / 2, steps)
    cells = np.maximum(np.floor(scales[:, None] * ratio + 0.5), 1).astype(np.int64)
    misfit = np.abs(per_cell * cells.prod(axis=1) - atoms)
    strain = np.ptp(np.log(cells / ratio), axis=1)
    return cells[np.lexsort((strain, misfit))[0]]
