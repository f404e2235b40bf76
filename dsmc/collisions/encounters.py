"""Where the candidates of a gas that reacts ask more than those of one that does not."""

from typing import Any, NamedTuple

from knudsen.core.kernels import device

SCATTERED = -1


class Encounter(NamedTuple):
    """Device functions of a candidate pair (their arguments: `knudsen.dsmc.reactions.pairs`).

    absent(i, j, columns) : whether one is no more
    identify(i, j, a, b, columns) : slots and species of what they are by now, the lower species first
    law_now(kind_i, kind_j, a, b, law, pairs) : the law of these species, where that of the slots is `law`
    reach(i, j, sigma_g, g2, columns, chemistry) : what the candidate is accepted by [m^3/s]
    outcome(i, j, level, sigma_g, g2, columns, chemistry) : a reaction or SCATTERED, and a level in
        (0, sigma_g)
    react(reaction, i, j, beyond, g2, cos_chi, turn, first, dims, columns, born, chemistry, book, item, seed,
        cell, draw, step) : beyond sigma_T g or not; first is the first slot of the cell
    """

    absent: Any
    identify: Any
    law_now: Any
    reach: Any
    outcome: Any
    react: Any


@device
def none_is_absent(i: int, j: int, columns: Any) -> bool:
    """Nothing vanishes."""
    return False


@device
def as_slots_say(i: int, j: int, a: int, b: int, columns: Any) -> Any:
    """Molecules are what their slots say."""
    return i, j, a, b


@device
def law_of_slots(kind_i: int, kind_j: int, a: int, b: int, law: Any, pairs: Any) -> Any:
    """And scatter so."""
    return law


@device
def reach_of_collisions(i: int, j: int, sigma_g: float, g2: float, columns: Any, chemistry: Any) -> float:
    """sigma_T g."""
    return sigma_g


@device
def always_scattered(
    i: int, j: int, level: float, sigma_g: float, g2: float, columns: Any, chemistry: Any
) -> Any:
    """Every collision scatters."""
    return SCATTERED, level


@device
def no_reaction(
    reaction: int, i: int, j: int, beyond: bool, g2: float, cos_chi: float, turn: float, first: int,
    dims: int, columns: Any, born: Any, chemistry: Any, book: Any, item: int, seed: int, cell: int, draw: int,
    step: int,
) -> None:  # fmt: skip
    """There is none."""


UNREACTIVE = Encounter(
    none_is_absent, as_slots_say, law_of_slots, reach_of_collisions, always_scattered, no_reaction
)
