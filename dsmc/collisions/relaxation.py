"""Exchange of energy between the motion of a pair and what one of its molecules holds inside.

Of the modes of the two molecules (the rotation and each group of vibrations) a collision lets one relax, or
none: of one uniform number every mode has an interval of its own, as long as its chance, which depends on the
energy that this exchange shares out, E_c = E_t + E_mode, alone.  E_t', the new energy of the relative motion,
has the density

    (E_t')^(1/2) (sigma_T g)(E_t') rho(E_c - E_t')

rho being the mode's density of states: what the collisions of a gas at equilibrium have, whatever the law.
Every mode's step is then reversible by itself, and equilibrium stays (docs/engine.md).
"""

from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.kernels import device
from knudsen.core.rng import draw_words, uniform
from knudsen.dsmc.collisions.laws import Law
from knudsen.dsmc.collisions.scattering import scatter_inelastically, scatter_pair
from knudsen.dsmc.collisions.tables import row_of
from knudsen.dsmc.internal.modes import FREEDOM, QUANTUM, ROTATION

Array = np.ndarray[Any, Any]
# Rows of chances are those of the tables of deflections, in units of this energy [J]: 1 K to 8e6 K.
ENERGY_UNIT = 256.0 * BOLTZMANN
REDUCED_MASS, POWER, TESTED = 0, 1, 2
MOST_TRIALS, MOST_LEVELS = 10_000, 1_000_000.0


class Exchange(NamedTuple):
    """What a collision kernel is compiled for.

    width : numbers that describe a molecule's internal energy
    """

    width: int


ELASTIC = Exchange(0)


def nothing(modes: Array) -> tuple[Array, ...]:
    """The arrays of a gas that exchanges nothing: modes, chances, proposals, highest."""
    shape = (len(modes), len(modes))
    return modes, np.zeros((*shape, 1, 2)), np.zeros((*shape, 3)), np.zeros((*shape, 2))


@device
def at_energy(energy: float, rows: Any) -> float:
    """A table of energies at an energy [J], linear between its rows."""
    row, part = row_of(energy * (1.0 / ENERGY_UNIT))
    return (1.0 - part) * rows[row] + part * rows[row + np.uint64(1)]


@device
def kinetic_share(half: float, power: float, u: float, v: float) -> float:
    """A proposal for E_t'/E_c of density x^(1/2 + power) (1 - x)^(half - 1); negative where it is refused."""
    share = u ** (1.0 / (1.5 + power))
    return share if half == 1.0 or v * v < 1.0 - share else -1.0


def finisher(law: Law, exchange: Exchange) -> Any:
    """The device function that ends an accepted collision; it returns the next draw that is not used.

    i, j : slots, of species a and b;  g2, sigma_g : g^2 and sigma_T g;  level : uniform in (0, sigma_T g)
    u, cos_chi : the deflection and the uniform number that gave it;  turn : the azimuth over 2 pi
    kind, p, q, r, areas, angles : of the pair's law;  draw : of the next candidate, taken already
    modes : [species, width, 2], see `knudsen.dsmc.internal.modes`
    chances : of the modes of one species met by another, [species, species, width, rows of E_c]
    proposals : [species, species, 3], the reduced mass [kg]; the power of E in sigma_T g, and whether the
        law is to be asked as well (1): it is then no power, and the power here is zero
    highest : [species, species, rows], the largest sigma_T g up to the row
    """
    sigma_g_of, cosine_of = law
    width = exchange.width

    @device
    def choose_mode(
        i: int, j: int, a: int, b: int, energy: float, inner: Any, modes: Any, chances: Any, u: float
    ) -> Any:
        """Slot, species, column of the mode that relaxes, and a uniform number; column -1: none does."""
        rest = u
        for side in range(2):
            slot, s, other = (i, a, b) if side == 0 else (j, b, a)
            for column in range(width):
                if modes[s, column, FREEDOM] > 0.0:
                    held = float(inner[np.uint64(width) * slot + np.uint64(column)])
                    total = energy + held * modes[s, column, QUANTUM]
                    chance = at_energy(total, chances[s, other, column])
                    if rest < chance:
                        return slot, s, column, rest / chance
                    rest -= chance
        return i, a, -1, 0.0

    @device
    def rotation_energy(
        total: float, half: float, kind: int, p: float, q: float, r: float, areas: Any,
        proposal: Any, highest: Any, before: float, seed: int, stream: int, cell: int, draw: int, step: int,
    ) -> Any:  # fmt: skip
        """E_t' of an exchange with a rotation, and the last draw used."""
        row, _ = row_of(total * (1.0 / ENERGY_UNIT))
        bound = highest[row + np.uint64(1)]
        for _ in range(MOST_TRIALS):
            draw += 1
            word_0, word_1, word_2, _ = draw_words(seed, stream, cell, draw, step)
            share = kinetic_share(half, proposal[POWER], uniform(word_0), uniform(word_1))
            if share >= 0.0:
                energy = share * total
                if proposal[TESTED] == 0.0:
                    return energy, draw
                g2 = 2.0 * energy / proposal[REDUCED_MASS]
                if uniform(word_2) * bound < sigma_g_of(kind, p, q, r, areas, g2):
                    return energy, draw
        return before, draw

    @device
    def quanta(
        total: float, degeneracy: float, quantum: float, kind: int, p: float, q: float, r: float, areas: Any,
        reduced_mass: float, u: float,
    ) -> float:  # fmt: skip
        """Quanta after an exchange with a group of vibrations, by inversion of the sum over its levels."""

        def of_level(level: float) -> float:  # (E_t')^(1/2) (sigma_T g)(E_t')
            energy = max(0.0, total - level * quantum)
            return sqrt(energy) * sigma_g_of(kind, p, q, r, areas, 2.0 * energy / reduced_mass)

        most = min(total / quantum, MOST_LEVELS)
        whole, level, states = 0.0, 0.0, 1.0
        while level <= most:
            whole += states * of_level(level)
            states *= (level + degeneracy) / (level + 1.0)
            level += 1.0
        rest, level, states = u * whole, 0.0, 1.0
        while level + 1.0 <= most:
            rest -= states * of_level(level)
            if rest < 0.0:
                return level
            states *= (level + degeneracy) / (level + 1.0)
            level += 1.0
        return level

    @device
    def relax(
        i: int, j: int, a: int, b: int, vx: Any, vy: Any, vz: Any, inner: Any,
        g2: float, sigma_g: float, level: float, u: float, cos_chi: float, turn: float,
        kind: int, p: float, q: float, r: float, areas: Any, angles: Any, share: float,
        modes: Any, chances: Any, proposals: Any, highest: Any,
        seed: int, stream: int, cell: int, draw: int, step: int,
    ) -> int:  # fmt: skip
        """Scatter, and let a mode relax or none."""
        if width == 0:  # a branch that Numba prunes: what follows is not compiled
            scatter_pair(i, j, vx, vy, vz, share, cos_chi, turn)
            return draw
        proposal = proposals[a, b]
        reduced_mass = proposal[REDUCED_MASS]
        before = 0.5 * reduced_mass * g2
        draw += 1
        word_mode, word_level, _, _ = draw_words(seed, stream, cell, draw, step)
        slot, s, column, half = choose_mode(i, j, a, b, before, inner, modes, chances, uniform(word_mode))
        if column < 0:
            scatter_pair(i, j, vx, vy, vz, share, cos_chi, turn)
            return draw + 1
        at = np.uint64(width) * slot + np.uint64(column)
        freedom, quantum = modes[s, column, FREEDOM], modes[s, column, QUANTUM]
        total = before + float(inner[at]) * quantum
        if column == ROTATION:
            after, draw = rotation_energy(
                total, freedom, kind, p, q, r, areas, proposal, highest[a, b], before,
                seed, stream, cell, draw, step,
            )  # fmt: skip
            inner[at] = total - after
        else:
            found = quanta(total, freedom, quantum, kind, p, q, r, areas, reduced_mass, uniform(word_level))
            inner[at] = found
            after = max(0.0, total - found * quantum)
        new_g2 = 2.0 * after / reduced_mass
        # The deflection is that of the speed before or after, at even odds: so it is in the reverse.
        if half < 0.5:
            ratio = sigma_g_of(kind, p, q, r, areas, new_g2) / sigma_g
            cos_chi = cosine_of(kind, p, q, r, areas, angles, new_g2, level * ratio, u)
        scatter_inelastically(i, j, vx, vy, vz, share, cos_chi, turn, sqrt(new_g2))
        return draw + 1

    return relax
