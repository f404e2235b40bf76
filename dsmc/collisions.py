"""Collide: no-time-counter selection per cell and species pair, VSS scattering.

Candidates of a pair of species in a cell and a time dt (Bird 1994, section 11.1)::

    N_a N_b (or N_a (N_a - 1) / 2) W (sigma_T g)_max dt / V

is the mean of a Poisson number.  A mean rounded at random has the same expectation but no scatter, and
then every linear relaxation runs too fast, by about half of what one candidate does to it: 0.5 % of D_AB
with 100 molecules a cell (docs/engine.md).
"""

from math import inf, sqrt
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import device, kernel
from knudsen.core.particles import Particles
from knudsen.core.rng import Stream, below, draw_words, poisson, rest_below, uniform, unit_circle
from knudsen.dsmc.domains.grid import Grid

CANDIDATES, COLLISIONS, OVERFLOWS = 0, 1, 2
EVENTS = 3
# A float32 majorant rounded down would be passed again by the very sigma_T g that set it.
FLOAT32_UP = 1 + 2.0**-22


@device
def cross_section_times_speed(prefactor: float, exponent: float, speed_squared: float) -> float:
    """sigma_T g = C (g^2)^(1 - omega) [m^3/s]; exponent is 1 - omega.

    The power is taken in float32, as the majorants are: its 1e-7 moves no rate that can be measured,
    and it costs half of a float64 one.
    """
    if exponent == 0.5:
        return prefactor * sqrt(speed_squared)
    return prefactor * np.float32(speed_squared) ** np.float32(exponent)


@device
def deflection_cosine(inverse_alpha: float, u: float) -> float:
    """cos(chi) = 2 u^(1/alpha) - 1 for uniform u = (b/d)^2 (Bird 1994, eq. 2.36)."""
    if inverse_alpha == 1.0:
        return 2.0 * u - 1.0
    return 2.0 * u**inverse_alpha - 1.0


@device
def velocity_change(gx: float, gy: float, gz: float, cos_chi: float, turn: float) -> Any:
    """Change of the relative velocity g deflected by chi, at the azimuth 2 pi turn (Bird 1994, eq. 2.22)."""
    sin_chi = sqrt(max(0.0, 1.0 - cos_chi * cos_chi))
    cos_azimuth, sin_azimuth = unit_circle(turn)
    across, aside = sin_chi * cos_azimuth, sin_chi * sin_azimuth
    perpendicular = sqrt(gy * gy + gz * gz)
    less = cos_chi - 1.0
    if perpendicular == 0.0:
        return less * gx, across * gx, aside * gx
    speed = sqrt(gx * gx + perpendicular * perpendicular)
    return (
        less * gx + aside * perpendicular,
        less * gy + (across * speed * gz - aside * gx * gy) / perpendicular,
        less * gz - (across * speed * gy + aside * gx * gz) / perpendicular,
    )


@device
def scatter_pair(
    i: int, j: int, vx: Any, vy: Any, vz: Any, share: float, cos_chi: float, turn: float
) -> None:
    """Turn the relative velocity of particles i and j; `share` is m_i / (m_i + m_j).

    Each gets its share of one change, so momentum is kept to round-off.
    """
    dx, dy, dz = velocity_change(vx[i] - vx[j], vy[i] - vy[j], vz[i] - vz[j], cos_chi, turn)
    rest = 1.0 - share
    vx[i] += rest * dx
    vy[i] += rest * dy
    vz[i] += rest * dz
    vx[j] -= share * dx
    vy[j] -= share * dy
    vz[j] -= share * dz


@device
def relative_speed_squared(i: int, j: int, vx: Any, vy: Any, vz: Any) -> float:
    """g^2 of particles i and j [m^2/s^2]."""
    gx, gy, gz = vx[i] - vx[j], vy[i] - vy[j], vz[i] - vz[j]
    return gx * gx + gy * gy + gz * gz


@device
def partners(word_i: int, word_j: int, first_a: int, n_a: int, first_b: int, n_b: int) -> Any:
    """Slots of two unlike molecules of a cell, or of two different ones of a species (first_a = first_b)."""
    i = first_a + below(word_i, n_a)
    if first_a != first_b:
        return np.uint64(i), np.uint64(first_b + below(word_j, n_b))
    j = first_b + below(word_j, n_b - 1)
    return np.uint64(i), np.uint64(j + (j >= i))


@device
def collide_pair(
    first_a: int, n_a: int, first_b: int, n_b: int, place: Any, dims: int, vx: Any, vy: Any, vz: Any,
    majorant: Any, events: Any, separation: Any,
    prefactor: float, exponent: float, inverse_alpha: float, mass_share: float,
    rate: float, seed: int, stream: int, cell: int, draw: int, step: int,
) -> int:  # fmt: skip
    """Collide the molecules of two species of one cell; returns the next unused draw.

    majorant, events, separation : views of this pair and cell, updated
    """
    possible = n_a * (n_a - 1) * 0.5 if first_a == first_b else float(n_a) * n_b
    largest = float(majorant[0])
    if possible <= 0.0 or largest == inf:
        return draw  # speeds past 1e19 m/s overflow the majorant: the flight that follows stops the run
    word, _, _, _ = draw_words(seed, stream, cell, draw, step)
    candidates = poisson(possible * rate * largest, uniform(word))
    collisions, overflows, apart = 0, 0, 0.0
    draw += 1
    next_i, next_j, next_accept, next_chi = draw_words(seed, stream, cell, draw, step)
    for _ in range(candidates):
        word_i, word_j, word_accept, word_chi = next_i, next_j, next_accept, next_chi
        # Drawn ahead: the next words are ready whichever way the acceptance below is guessed.
        draw += 1
        next_i, next_j, next_accept, next_chi = draw_words(seed, stream, cell, draw, step)
        i, j = partners(word_i, word_j, first_a, n_a, first_b, n_b)
        sigma_g = cross_section_times_speed(prefactor, exponent, relative_speed_squared(i, j, vx, vy, vz))
        if sigma_g > largest:
            overflows += 1
            largest = sigma_g
        if uniform(word_accept) * largest < sigma_g:
            cos_chi = deflection_cosine(inverse_alpha, uniform(word_chi))
            scatter_pair(i, j, vx, vy, vz, mass_share, cos_chi, uniform(rest_below(word_i, n_a)))
            collisions += 1
            apart += distance(i, j, place, dims)
    if overflows > 0:
        majorant[0] = largest * FLOAT32_UP
    events[CANDIDATES] += candidates
    events[COLLISIONS] += collisions
    events[OVERFLOWS] += overflows
    separation[0] += apart
    return draw


@device
def distance(i: int, j: int, place: Any, dims: int) -> float:
    """Distance of particles i and j along the coordinates that are resolved [m]."""
    squared = 0.0
    for axis in range(dims):
        apart = place[np.uint64(dims) * i + np.uint64(axis)] - place[np.uint64(dims) * j + np.uint64(axis)]
        squared += apart * apart
    return sqrt(squared)


@device
def has_nan(first: int, end: int, place: Any, dims: int, vx: Any, vy: Any, vz: Any) -> bool:
    """Whether a coordinate or velocity among every eighth is not a number.

    Reading one number a cache line also brings the cell in as a stream, before partners are met at random.
    """
    total = 0.0
    for i in range(first, end, 8):
        total += place[dims * i] + vx[i] + vy[i] + vz[i]
    return total != total


@kernel
def collide(
    item: int, place: Any, dims: int, vx: Any, vy: Any, vz: Any, starts: Any,
    majorant: Any, events: Any, separation: Any,
    prefactor: Any, exponent: Any, inverse_alpha: Any, mass_share: Any,
    rate: Any, backwards: bool, seeds: Any, stream: int, step: int,
) -> None:  # fmt: skip
    """Collide the particles of one cell of one copy for a time dt.

    rate : float64 [cells], W dt / V: real molecules per simulated one over the cell's volume, times the step
        [s/m^3]
    backwards takes the pairs of species in reverse, so that two steps make a symmetric whole.
    """
    species = mass_share.shape[0]
    cells = (starts.shape[1] - 1) // species
    copy, cell = item // cells, item % cells
    bounds = starts[copy, cell * species : (cell + 1) * species + 1]
    if has_nan(bounds[0], bounds[species], place, dims, vx, vy, vz):
        # What is not a number must not spread: one that was read ends the cell's step here, one that was not
        # is accepted by no pair but of Maxwell molecules.  The simulation's check of faults names it.
        return
    draw = 0
    for forth in range(species * species):
        a, b = divmod(species * species - 1 - forth if backwards else forth, species)
        if a <= b:
            draw = collide_pair(
                bounds[a], bounds[a + 1] - bounds[a], bounds[b], bounds[b + 1] - bounds[b],
                place, dims, vx, vy, vz,
                majorant[a, b, item : item + 1], events[a, b, item], separation[item : item + 1],
                prefactor[a, b], exponent[a, b], inverse_alpha[a, b], mass_share[a, b],
                rate[cell], seeds[copy], stream, cell, draw, step,
            )  # fmt: skip


class Collider:
    """Pair parameters, majorants and counts of the collisions of every copy and cell.

    majorant : float32 [species, species, copies * cells], largest sigma_T g met so far [m^3/s]
    events : int64 [species, species, copies * cells, EVENTS], candidates, collisions, overflows
    separation : [copies * cells], sum of the partners' distance over the collisions [m]
    """

    # sigma_T g at this multiple of (2 kT / m_r)^(1/2) starts the majorant: exceeded once in 2,000
    # candidates of an equilibrium gas, until it has grown.
    FIRST_MAJORANT_SPEED = 3.0

    def __init__(self, gas: Mixture, grid: Grid, temperature: float, copies: int, machine: Device) -> None:
        shape = (len(gas), len(gas))
        prefactor, exponent, inverse_alpha, first = (np.zeros(shape) for _ in range(4))
        for a, b in gas.pair_numbers():
            pair, reduced_mass = gas.interaction(a, b), gas.reduced_mass(a, b)
            prefactor[a, b] = pair.cross_section_prefactor(reduced_mass)
            exponent[a, b] = 1 - pair.omega
            inverse_alpha[a, b] = 1 / pair.alpha
            fast = self.FIRST_MAJORANT_SPEED * np.sqrt(2 * BOLTZMANN * temperature / reduced_mass)
            first[a, b] = pair.cross_section(fast, reduced_mass) * fast * FLOAT32_UP
        masses = np.array(gas.masses)
        share = masses[:, None] / (masses[:, None] + masses)
        self.pairs = tuple(machine.put(table) for table in (prefactor, exponent, inverse_alpha, share))
        items = copies * grid.cell_count * grid.parts
        self.device, self.items = machine, items
        self.majorant = machine.put(np.repeat(first[..., None], items, axis=2).astype(np.float32))
        self.events = machine.put(np.zeros((*shape, items, EVENTS), np.int64))
        self.separation = machine.put(np.zeros(items))

    def collide(
        self, particles: Particles, starts: Any, rate: Any, backwards: bool, seeds: Any, step: int
    ) -> None:
        """Collide the particles of every cell; rate is W dt / V of each cell [cells] [s/m^3]."""
        positions = (particles.place, particles.dims, particles.vx, particles.vy, particles.vz)
        book = (self.majorant, self.events, self.separation)
        order = (backwards, seeds, int(Stream.COLLISION), step)
        collide(self.items, *positions, starts, *book, *self.pairs, rate, *order)

    def summary(self) -> dict[str, float]:
        """Collisions, share of candidates accepted and over the majorant, mean separation [m]."""
        candidates, collisions, overflows = self.device.fetch(self.events).sum(axis=(0, 1, 2))
        return {
            "collisions": int(collisions),
            "acceptance": float(collisions / max(candidates, 1)),
            "majorant_overflows": int(overflows),
            "majorant_overflow_share": float(overflows / max(candidates, 1)),
            "mean_collision_separation": float(self.device.fetch(self.separation).sum() / max(collisions, 1)),
        }
