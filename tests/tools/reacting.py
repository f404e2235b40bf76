"""Gases that react, in cells where molecules stay in place: compositions drawn from statistical mechanics."""

import math

import numpy as np

from knudsen.core.gases import Species
from knudsen.core.interactions import VariableSoftSphere
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import thermal_inner
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
CELL = 1e-7


def molecule(name, grams, formula="", diameter=4e-10, omega=0.7, alpha=1.3, internal=None):
    """A pseudo-species of so many grams a mole."""
    shape = VariableSoftSphere(diameter, omega, alpha)
    hard = VariableSoftSphere(diameter)
    return Species(name, grams * 1e-3, hard, shape, shape, formula=formula, internal=internal)


def make(
    gas, reactions, temperature, cells, copies, timestep, pressure=1e5, particles_per_cell=60, **options
):
    share = (1.0,) + (0.0,) * (len(gas) - 1)
    return Simulation(
        gas, Slab(CELL * cells, cells, Periodic(), Periodic()), Filling(pressure, temperature, share),
        particles_per_cell=particles_per_cell, timestep=timestep, copies=copies, device="cpu",
        reactions=reactions, **{"seed": 3} | options,
    )  # fmt: skip


def fill(simulation, counts, temperature, seed=1):
    """Put counts [copy, cell, species] of Maxwellian molecules into the cells, in place."""
    particles, random = simulation.particles, np.random.default_rng(seed)
    copies, cells, kinds = counts.shape
    needed = int(counts.sum(axis=(1, 2)).max())
    if needed > particles.capacity:
        particles.grow(needed, simulation.device)
    for copy in range(copies):
        species = np.repeat(np.tile(np.arange(kinds), cells), counts[copy].ravel())
        cell = np.repeat(np.arange(cells), counts[copy].sum(axis=1))
        live = slice(copy * particles.capacity, copy * particles.capacity + len(cell))
        spread = np.sqrt(BOLTZMANN * temperature / np.array(simulation.gas.masses))[species]
        particles.along(0)[live] = (cell + random.random(len(cell))) * CELL
        particles.species[live] = species
        particles.bin[live] = cell * kinds + species
        for column in (particles.vx, particles.vy, particles.vz):
            column[live] = random.standard_normal(len(cell)) * spread
        inner = thermal_inner(simulation.modes, species, temperature, random)
        particles.inner.reshape(copies, -1)[copy, : inner.size] = inner.ravel()
        particles.counts[copy] = len(cell)
    simulation.sort()


def collide_in_place(simulation, steps):
    for _ in range(steps):
        simulation.step += 1
        simulation.collide()


def counts_of(simulation):
    """Molecules [copy, cell, species]."""
    ends = np.diff(simulation.starts, axis=1)
    return ends.reshape(simulation.copies, -1, len(simulation.gas))


def ledger(simulation):
    """Mass, momentum and kinetic, internal and chemical energy of each copy [copy, 5]."""
    particles, masses = simulation.particles, np.array(simulation.gas.masses)
    heats = [reaction.heat for reaction in simulation.chemistry.reactions]
    rows = []
    for copy in range(simulation.copies):
        first = copy * particles.capacity
        live = slice(first, first + int(particles.counts[copy]))
        mass = masses[particles.species[live]]
        velocity = [np.asarray(column[live], float) for column in (particles.vx, particles.vy, particles.vz)]
        kinetic = 0.5 * sum((mass * v * v).sum() for v in velocity)
        chemical = simulation.reacted[copy].sum(axis=0) @ heats
        width, quanta = particles.width, simulation.modes[particles.species[live], :, 1]
        numbers = np.asarray(particles.inner[width * live.start : width * live.stop], float)
        inside = (numbers.reshape(-1, width) * quanta).sum() if width else 0.0
        rows.append([mass.sum(), *((mass * v).sum() for v in velocity), kinetic + inside - chemical])
    return np.array(rows)


def drawn_extents(start, change, constant, size, random):
    """Counts [size, species] of a cell that reacts by `change` from `start`, at equilibrium.

    P ~ prod z_s^N_s / N_s! of ideal gases; K = prod z_s^change_s, in simulated molecules of the cell.
    """
    start, change = np.array(start), np.array(change)
    consumed = change < 0
    furthest = int(np.min(start[consumed] // -change[consumed]))
    extents = np.arange(furthest + 1)
    counts = start + extents[:, None] * change
    logarithm = extents * math.log(constant) - sum(
        np.array([math.lgamma(n + 1) for n in column]) for column in counts.T
    )
    chance = np.exp(logarithm - logarithm.max())
    return counts[random.choice(len(extents), size=size, p=chance / chance.sum())]


def mean_over_extents(start, change, constant, function):
    """The mean of function(counts) over the same."""
    start, change = np.array(start), np.array(change)
    consumed = change < 0
    extents = np.arange(int(np.min(start[consumed] // -change[consumed])) + 1)
    counts = start + extents[:, None] * change
    logarithm = extents * math.log(constant) - sum(
        np.array([math.lgamma(n + 1) for n in column]) for column in counts.T
    )
    chance = np.exp(logarithm - logarithm.max())
    return float(function(counts.T) @ chance / chance.sum())
