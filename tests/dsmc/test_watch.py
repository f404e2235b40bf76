"""Molecules that escape, domains that leak, cells that empty: each is named, with where and how many."""

import numpy as np
import pytest

from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.building import Block
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

GAS = Mixture(["He", "Ar"])
MIRROR, ROUND = Specular(), Periodic()
BLOCK = Block((0.5, 0.5), (0.75, 0.75), MIRROR)
BLOCKED = Channel((1.0, 1.0), (4, 4), *(MIRROR,) * 4, blocks=(BLOCK,))


def make(domain, molecules=10, timestep=1e-3, pressure=1e-12):
    return Simulation(
        GAS, domain, Filling(pressure, 300.0, (0.0, 1.0)),
        particles_per_cell=molecules / np.count_nonzero(domain.grid.volumes), timestep=timestep, device="cpu",
    )  # fmt: skip


def put(simulation, place, velocity):
    """The first molecule's place and velocity."""
    particles = simulation.particles
    particles.place[: particles.dims] = place
    for name, speed in zip(("vx", "vy", "vz"), velocity, strict=True):
        getattr(particles, name)[0] = speed


def test_a_molecule_that_cannot_be_placed_is_named_by_all_coordinates():
    simulation = make(BLOCKED)
    put(simulation, (0.3, 0.9), (1.0, np.nan, 3.0))
    with pytest.raises(SimulationFault, match=r"step 1: a molecule at x = 0.3, y = 0.9 m \(cell 1, 3\) with "
                       r"vx = 1, vy = nan, vz = 3 m/s cannot be placed after its flight"):  # fmt: skip
        simulation.run(1)


def test_one_that_leaves_through_a_gap_is_named():
    """A wall that ends short of the corner: what flies through is not lost unseen."""
    simulation = make(BLOCKED, molecules=1)
    simulation.transit.places.lows[1, 1] = 0.5  # the right side begins half-way up
    put(simulation, (0.9, 0.3), (200.0, 0.0, 0.0))
    with pytest.raises(SimulationFault, match=r"step 1: .*x = 0.9, y = 0.3 m \(cell 3, 1\).*vx = 200"):
        simulation.run(1)


def test_one_that_gets_into_a_block_is_named():
    simulation = make(BLOCKED, molecules=1)
    put(simulation, (0.6, 0.7), (0.0, 1e-9, 0.0))
    with pytest.raises(SimulationFault, match=r"x = 0.6, y = 0.7 m .*is one of 1 within a solid block"):
        simulation.run(1)


def test_one_that_comes_in_and_cannot_be_placed_is_named():
    hot = OpenReservoir(1e-12, 300.0, (0.0, 1.0))
    simulation = make(Channel((1.0, 1.0), (2, 2), hot, MIRROR, MIRROR, MIRROR), 1000)
    simulation.faces.thermal_speed[0] = np.inf
    with pytest.raises(SimulationFault, match=r"step 1: a molecule at x = 0, .*vx = inf.* cannot be placed"):
        simulation.run(1)


@pytest.mark.parametrize(
    ("make_domain", "message"),
    [
        (lambda: Channel((1.0, 1.0), (4, 4), ROUND, ROUND, MIRROR, MIRROR,
                         blocks=(Block((0.0, 0.0), (0.25, 0.5), MIRROR),)),
         r"x: a block covers a part of one periodic face and not of the other, first at .* cell \(0, 0\)"),
        (lambda: Box((1.0,) * 3, (4, 4, 4), (MIRROR, MIRROR, ROUND, ROUND, MIRROR, MIRROR),
                     blocks=(Block((0.5, 0.75, 0.0), (1.0, 2.0, 0.5), MIRROR),)),
         r"y: a block covers .* first at collision cell \(2, 0, 0\)"),
        (lambda: Channel((1.0, 1.0), (4, 4), MIRROR, None, MIRROR, MIRROR), "right: None is no boundary"),
        (lambda: Slab(1.0, 4, MIRROR, 300.0), "right: 300.0 is no boundary, and the gas would leak"),
        (lambda: Tube(1.0, 1.0, (4, 4), ROUND, ROUND, None), "wall: None is no boundary"),
    ],
)  # fmt: skip
def test_a_domain_that_leaks_is_refused(make_domain, message):
    with pytest.raises(ValueError, match=message):
        make_domain()


def test_a_block_across_a_periodic_face_is_none():
    """Its two halves, one at either face, are one block."""
    halves = (Block((0.0, 0.25), (0.25, 0.5), MIRROR), Block((0.75, 0.25), (1.0, 0.5), MIRROR))
    simulation = make(Channel((1.0, 1.0), (4, 4), ROUND, ROUND, MIRROR, MIRROR, blocks=halves), 2000)
    for name in ("vx", "vy"):
        getattr(simulation.particles, name)[:] *= 10.0
    simulation.run(5)
    assert simulation.particle_count == 2000


def test_cells_that_rarefaction_empties_are_counted():
    """All molecules are driven into the right half of the slab."""
    simulation = make(Slab(1.0, 10, MIRROR, DiffuseWall(300.0)), 100)
    simulation.particles.place[:] = np.linspace(0.71, 0.99, len(simulation.particles.place))
    simulation.particles.vx[:] = 0.0
    simulation.sample(1, 2)
    simulation.run(2)
    with pytest.warns(RuntimeWarning, match=r"^7 of the 10 .*\(the first is cell 0 of copy 0\)"):
        simulation.result()
