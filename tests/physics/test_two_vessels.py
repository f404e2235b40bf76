"""A closed cell of two vessels joined by a tube: free molecules relax at the rate of its conductance."""

import numpy as np
import pytest

from knudsen.analysis.transition.clausing import tube_transmission
from knudsen.core.gases import TABLE, Mixture, Species
from knudsen.dsmc.boundaries import DiffuseWall
from knudsen.dsmc.domains.building import Block
from knudsen.dsmc.domains.shapes import Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
ARGON = TABLE["Ar"]
GAS = Mixture([Species(name, ARGON.molar_mass, ARGON.hs, ARGON.vhs, ARGON.vss) for name in ("left", "right")])
TEMPERATURE, RADIUS, BORE, COPIES = 300.0, 1e-6, 1.25e-7, 20
VESSEL = 2 * RADIUS
WALL = DiffuseWall(TEMPERATURE)
SPEED = np.sqrt(8 * BOLTZMANN * TEMPERATURE / (np.pi * GAS.masses[0]))


def relaxation_time(transmission):
    """V / (2 C) of vessels of V each, joined by a conductance C = A W <v> / 4."""
    return 2 * VESSEL * RADIUS**2 / (BORE**2 * transmission * SPEED)


@pytest.fixture(scope="module")
def stayed():
    """Share of the molecules of each copy that are where they began after one relaxation time."""
    ring = Block((VESSEL, BORE), (VESSEL + BORE, 2 * RADIUS), WALL)
    tube = Tube(2 * VESSEL + BORE, RADIUS, (33, 8), WALL, WALL, WALL, blocks=(ring,))
    steps = 320
    simulation = Simulation(
        GAS, tube, Filling(1e-6, TEMPERATURE, (0.5, 0.5)), particles_per_cell=16,
        timestep=relaxation_time(tube_transmission(1.0)) / steps, copies=COPIES, seed=12, device="cpu",
    )  # fmt: skip
    particles = simulation.particles
    particles.species[:] = particles.along(0) > VESSEL + 0.5 * BORE
    simulation.run(steps)
    assert simulation.resolution()["collisions"] == 0
    left = particles.along(0) < VESSEL + 0.5 * BORE
    return (left == (particles.species == 0)).reshape(COPIES, -1).mean(axis=1)


def deviation(stayed, transmission):
    """From (1 + exp(-t / tau)) / 2 of another transmission, in standard errors."""
    expected = 0.5 * (1 + np.exp(-transmission / tube_transmission(1.0)))
    return (stayed.mean() - expected) / (stayed.std(ddof=1) / np.sqrt(COPIES))


def test_two_vessels_mix_at_the_rate_of_the_tubes_conductance(stayed):
    """Clausing's transmission of a tube as long as its radius; the hole is 1/384 of a vessel's wall."""
    error = stayed.std(ddof=1) / np.sqrt(COPIES) / (0.5 * np.exp(-1))  # of the rate
    assert error < 0.012
    assert abs(deviation(stayed, tube_transmission(1.0))) < 4


def test_another_conductance_would_be_seen(stayed):
    """Control: a mere hole, and a tube a quarter longer, which passes 0.93 as much."""
    assert abs(deviation(stayed, 1.0)) > 15
    assert abs(deviation(stayed, tube_transmission(1.25))) > 4
