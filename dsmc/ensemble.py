"""Copies with parameters of their own: domains alike but for what their faces do, and fillings."""

from collections.abc import Sequence
from numbers import Integral
from typing import Any, TypeVar

from knudsen.core.rng import copy_seed
from knudsen.dsmc.domains.grid import Grid
from knudsen.dsmc.domains.shapes import Domain
from knudsen.dsmc.reservoirs import held_faces
from knudsen.dsmc.words import in_words

Part = TypeVar("Part")
Seed = int | tuple[int, ...]  # of a run, or of its copies


def of_each_copy(given: Part | Sequence[Part], copies: int) -> tuple[Part, ...]:
    """One for each copy, of what was given for all or one a copy."""
    return tuple(given) if isinstance(given, Sequence) else (given,) * copies


def one_of_each(given: Sequence[Part]) -> list[Part]:
    """Those that differ, in their order."""
    return list({id(part): part for part in given}.values())


def named(given: Sequence[Part]) -> list[tuple[str, Part]]:
    """Those that differ, each behind the words that name its first copy; none where there is but one."""
    first: dict[int, int] = {}
    for copy, part in enumerate(given):
        first.setdefault(id(part), copy)
    if len(first) == 1:
        return [("", given[0])]
    return [(f"copy {copy}: ", given[copy]) for copy in first.values()]


def ensemble_faults(domains: Sequence[Domain], fillings: Sequence[Any], copies: int) -> list[str]:
    """What keeps these from being copies of one run."""
    faults = [
        f"{len(parts)} {name} for {copies} copies: give one for all, or one a copy"
        for name, parts in (("domains", domains), ("fillings", fillings))
        if len(parts) != copies
    ]
    grids = [domain.grid for domain in one_of_each(domains)]
    faults += [
        f"{copy}its domain has other extents, cells or faces than that of copy 0: copies differ only in what "
        "their faces do"
        for copy, domain in named(domains)
        if shape_of(domain.grid) != shape_of(grids[0])
    ]
    held = [[grid.faces[number].boundary for number in held_faces(grid)] for grid in grids]
    if any(each != held[0] for each in held) or (held[0] and len({f.number_density for f in fillings}) > 1):
        faults.append(
            "reservoirs that adapt what they send in, and the density of the fillings beside them, must be "
            "those of every copy: make a run for each"
        )
    return faults


def shape_of(grid: Grid) -> tuple[Any, ...]:
    """All of a grid but what its faces do."""
    faces = tuple((face.name, face.axis, face.at, face.inward, face.low, face.high) for face in grid.faces)
    return grid.space, grid.low, grid.high, grid.cells, grid.subcells, grid.solid, faces


def words_of_copies(parts: Sequence[Any]) -> str:
    """Those that differ, and where they do each copy's number among them."""
    words = [in_words(part) for part in parts]
    kinds = list(dict.fromkeys(words))
    return kinds[0] if len(kinds) == 1 else f"{kinds} of copies {[kinds.index(each) for each in words]}"


def seed_of(given: int | Sequence[int]) -> Seed:
    """The seed of a run, or those of its copies, as they are kept."""
    return int(given) if isinstance(given, Integral) else tuple(map(int, given))


def seed_faults(seed: Seed, copies: int) -> list[str]:
    """What is wrong with the copies' own seeds, where they are given."""
    if not isinstance(seed, tuple):
        return []
    if len(seed) != copies:
        return [f"{len(seed)} seeds for {copies} copies: give one for the run, or one a copy"]
    if not all(0 <= each < 2**32 for each in seed):
        return [f"seeds of copies are whole numbers from 0 to 2^32 - 1, got {seed}"]
    return []


def seeds_of(seed: Seed, copies: int) -> list[int]:
    """Of each copy."""
    return list(seed) if isinstance(seed, tuple) else [copy_seed(seed, copy) for copy in range(copies)]
