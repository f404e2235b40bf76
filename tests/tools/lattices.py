"""A lattice to start molecular dynamics from."""

import numpy as np


def lattice(cells, density, temperature=1.0, seed=1, jitter=0.0):
    """Positions, velocities and box length of a face-centred cubic lattice of 4 cells^3 atoms."""
    length = (4 * cells**3 / density) ** (1 / 3)
    corners = np.stack(np.meshgrid(*[np.arange(cells)] * 3, indexing="ij"), -1).reshape(-1, 1, 3)
    basis = np.array([[0, 0, 0], [0.5, 0.5, 0], [0.5, 0, 0.5], [0, 0.5, 0.5]])
    positions = (corners + basis).reshape(-1, 3) * length / cells
    random = np.random.default_rng(seed)
    velocities = random.normal(size=positions.shape) * temperature**0.5
    velocities -= velocities.mean(axis=0)
    return positions + jitter * random.uniform(-1, 1, positions.shape), velocities, length
