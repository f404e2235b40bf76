"""Molecules that meet no others, and the words by which walls answer them."""

from knudsen.core.gases import Mixture
from knudsen.core.rng import Stream, draw_words, uniform
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

GAS = Mixture(["He", "Ar"])


def words_of(simulation, item=0, draw=0, step=1):
    """The numbers that a wall draws for a molecule of the first copy."""
    seed = int(simulation._seeds[0])
    return [uniform(word) for word in draw_words(seed, int(Stream.WALL), item, draw, step)]


def make(domain, timestep=1.0, molecules=1, seed=5):
    """Argon without collisions, at 300 K."""
    return Simulation(
        GAS, domain, Filling(1e-12, 300.0, (0.0, 1.0)), particles_per_cell=molecules / domain.grid.cell_count,
        timestep=timestep, seed=seed, device="cpu",
    )  # fmt: skip
