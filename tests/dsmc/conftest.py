"""A slab too dilute for collisions, whose molecules are placed by hand."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

VACUUM = 1e-12


@pytest.fixture
def place():
    """Simulation of collisionless molecules in 0 < x < length, at the places and velocities given."""

    def place_molecules(left, right, x, vx, *, timestep=1.0, length=1.0, cells=10, membranes=(), **columns):
        n = len(np.atleast_1d(x))
        simulation = Simulation(
            Mixture(["He", "Ar"]),
            Slab(length, cells, left, right, membranes=membranes),
            Filling(VACUUM, 300.0, (0.0, 1.0)),
            particles_per_cell=n / cells,
            timestep=timestep,
            seed=columns.pop("seed", 0),
            device="cpu",
        )
        particles = simulation.particles
        given = {"place": x, "vx": vx, "vy": 0.0, "vz": 0.0, "species": 1} | columns
        for name, column in given.items():
            getattr(particles, name)[:n] = column
        assert particles.counts[0] == n
        return simulation

    return place_molecules


@pytest.fixture
def goes_on(tmp_path):
    """Asserts that a run that is made anew half-way goes on from its checkpoint bit for bit."""

    def assert_goes_on(make):
        whole, parts, rest = make(), make(), make()
        whole.run(20)
        parts.run(10)
        parts.checkpoint(tmp_path / "half.h5")
        rest.restore(tmp_path / "half.h5")
        rest.run(10)
        live = slice(0, whole.particle_count)
        np.testing.assert_array_equal(rest.particles.vx[live], whole.particles.vx[live])
        np.testing.assert_array_equal(rest.work, whole.work)

    return assert_goes_on
