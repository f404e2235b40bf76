"""Molecules that rotate and vibrate stay at equilibrium while they react, and react at the laws put in.

With no other exchange of internal energy but reactions: what they do to each mode shows alone.
"""

import numpy as np
from reacting import BOLTZMANN, CELL, collide_in_place, fill, make, molecule

from knudsen.core.gases import Mixture
from knudsen.core.internal import Internal, Vibration
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.reactions import Arrhenius, Reaction, backward, equilibrium_constant, rate_constant
from knudsen.dsmc.reactions.network import REST, SHAPE

TEMPERATURE, INTERNAL = 800.0, InternalEnergy()
NEVER = 1e12  # collisions that a mode takes to relax
GAS = Mixture(
    [
        molecule("A2", 40.0, internal=Internal(2, NEVER, (Vibration(800.0),), NEVER)),
        molecule("A", 20.0, "", 3e-10, 0.8),
        molecule("B2", 50.0, internal=Internal(2, NEVER, (Vibration(500.0),), NEVER)),
        molecule("AB", 45.0, internal=Internal(2, NEVER, (Vibration(1100.0, 2),), NEVER)),
        molecule("B", 25.0, "", 3.2e-10, 0.75),
    ],
    "vss",
)
COUNTS = np.array([120, 60, 100, 60, 80])
SPLIT = Reaction(("A2", "B2"), ("A", "A", "B2"), Arrhenius(1e-15, -0.5, 1000 * BOLTZMANN), -1000 * BOLTZMANN)
SWAP = Reaction(("A2", "B"), ("AB", "A"), Arrhenius(1e-17, 0.2, 700 * BOLTZMANN), 600 * BOLTZMANN)
COPIES, STEPS = 300, 300


def density():
    return make(GAS, (), TEMPERATURE, 1, 1, 1e-12).weights[0, 0] / CELL


def possible(names):
    """Ways to take molecules of these names from a cell of COUNTS."""
    kinds = [GAS.names.index(name) for name in names]
    return np.prod([COUNTS[kind] - kinds[:at].count(kind) for at, kind in enumerate(kinds)], dtype=float)


def balanced():
    """The reactions, their reverse ones such that COUNTS are at equilibrium."""
    found = []
    for forth in (SPLIT, SWAP):
        wanted = possible(forth.products) / possible(forth.reactants)
        wanted *= density() ** (len(forth.products) - 2)
        weights = wanted / equilibrium_constant(GAS, forth, TEMPERATURE, 1.0, INTERNAL)
        found += [forth, backward(GAS, forth, weights, INTERNAL)]
    return found


def energies(simulation, species):
    """Of translation, rotation and vibration of each molecule of a species, over kT."""
    particles, modes = simulation.particles, simulation.modes[species]
    live = np.arange(particles.capacity) < particles.counts[:, None]
    mine = live.ravel() & (particles.species == species)
    inner = particles.inner.reshape(-1, particles.width)[mine]
    square = sum(column[mine] ** 2 for column in (particles.vx, particles.vy, particles.vz))
    thermal = BOLTZMANN * TEMPERATURE
    motion = 0.5 * GAS.masses[species] * square / thermal
    return motion, inner[:, 0] / thermal, inner[:, 1:] @ modes[1:, 1] / thermal


def run(reactions, spoil=lambda simulation: None):
    simulation = make(
        GAS, reactions, TEMPERATURE, 1, COPIES, 1.5e-11, internal=INTERNAL, particles_per_cell=60
    )
    fill(simulation, np.tile(COUNTS, (COPIES, 1, 1)), TEMPERATURE)
    spoil(simulation)
    collide_in_place(simulation, STEPS)
    return simulation


def deviations(simulation):
    """Of the mean energies of every mode of every species, in standard errors; and the largest error."""
    found, errors = [], []
    for species, each in enumerate(GAS.species):
        groups = each.internal.vibrations if each.internal else ()
        vibration = sum(float(group.energy(TEMPERATURE)) / TEMPERATURE for group in groups)
        expected = (1.5, 1.0, vibration) if each.internal else (1.5,)
        for mode, mean in zip(energies(simulation, species), expected, strict=False):
            errors.append(mode.std() / np.sqrt(len(mode)))
            found.append((mode.mean() - mean) / errors[-1])
    return np.array(found), max(errors)


def test_reactions_leave_equilibrium_and_keep_their_laws():
    """A third of the molecules or more have reacted at the end."""
    reactions = balanced()
    simulation = run(reactions)
    for r, reaction in enumerate(reactions):
        rate = rate_constant(GAS, reaction, TEMPERATURE, INTERNAL) * STEPS * simulation.timestep
        rate *= possible(reaction.reactants) * density() ** (len(reaction.reactants) - 1)
        made = simulation.reacted[:, :, r].sum(axis=1)
        stderr = made.std(ddof=1) / np.sqrt(COPIES)
        assert abs(made.mean() - rate) < 4 * stderr and stderr < 0.01 * rate
    off, error = deviations(simulation)
    assert np.all(np.abs(off) < 4) and error < 0.01


def test_energy_shared_otherwise_would_be_seen():
    """Control: a motion of half a degree of freedom less than it has."""

    def spoil(simulation):
        simulation.chemistry.network.numbers[:, SHAPE : REST + 1] -= 0.25

    off, _ = deviations(run(balanced(), spoil))
    assert np.any(np.abs(off) > 5)
