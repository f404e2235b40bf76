"""Laws of pairs beside Lennard-Jones's, and two atoms at a distance that feel one."""

import math

import numpy as np

from knudsen.core.kernels import device
from knudsen.core.shapes import mie_shape, user_shape
from knudsen.md.simulation import Simulation

MINIMUM = 2 ** (1 / 6)
MIE = mie_shape(14.0, 7.0)


@device
def buckingham(r):
    return 300 * math.exp(-5 * r) - 2 / r**6


@device
def buckingham_force(r):
    return 1500 * math.exp(-5 * r) - 12 / r**7


BUCKINGHAM = user_shape(buckingham, buckingham_force)


def exp6(r):
    """Energy and force of the Buckingham shape, in NumPy."""
    return 300 * np.exp(-5 * r) - 2 * r**-6, 1500 * np.exp(-5 * r) - 12 * r**-7


def pair_of_atoms(r, pairs, species=(0, 0), **options):
    """Two atoms at rest, r apart along x."""
    positions = np.array([[1.0, 2.0, 3.0], [1.0 + r, 2.0, 3.0]])
    arguments = {"timestep": 1e-3, "species": np.array(species), "device": "cpu"} | options
    return Simulation(positions, 0 * positions, 8.0, pairs, **arguments)
