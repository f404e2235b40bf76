"""Copies with domains and fillings of their own: each is what it would be among its like."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.particles import COLUMNS
from knudsen.dsmc.boundaries import (
    CompositionReservoir,
    DiffuseWall,
    ExchangeReservoir,
    OpenReservoir,
    Periodic,
    Specular,
)
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.measures.fluctuations import CurrentFluctuations
from knudsen.dsmc.simulation import Simulation

WALLS = [
    (DiffuseWall(300.0), DiffuseWall(400.0)),
    (OpenReservoir(8e3, 350.0, (0.2, 0.8)), DiffuseWall(300.0, (80.0, 0.0))),
    (Specular(), DiffuseWall(200.0)),
]
SLABS = [Slab(1e-6, 3, *faces, subcells=2) for faces in WALLS]
FILLINGS = [
    Filling(8e3, 300.0, (0.7, 0.3)),
    Filling(4e3, 450.0, (0.5, 0.5), (0.1, 0.9)),
    Filling(2e4, 250.0, (0.2, 0.8)),
]
HELD = [Slab(1e-6, 3, CompositionReservoir(300.0, (x, 1 - x)), Specular()) for x in (0.2, 0.3, 0.4)]
OTHER_CELLS = [*SLABS[:2], Slab(1e-6, 4, *WALLS[2])]
TERNARY = Slab(1e-6, 3, ExchangeReservoir(300.0, (0.2, 0.3, 0.5)), Specular(), subcells=2)
SHORT = Filling(1e3, 300.0, (1.0,))


def make(domain=SLABS[0], filling=FILLINGS[0], copies=3, **changes):
    settings = {"particles_per_cell": 40.0, "timestep": 1e-10, "seed": 11, "device": "cpu"} | changes
    return Simulation(Mixture(["He", "Ar"]), domain, filling, copies=copies, **settings)


def run(domain, filling, steps=30):
    simulation = make(domain, filling)
    simulation.sample(1, 10)
    simulation.run(steps)
    return simulation


def of_copy(simulation, copy):
    """The molecules and samples of one copy."""
    particles, samples = simulation.particles, simulation.result()
    live = slice(copy * particles.capacity, copy * particles.capacity + particles.counts[copy])
    arrays = {name: getattr(particles, name)[live] for name in COLUMNS if name != "inner"}
    return arrays | {
        "sums": samples.sums[:, copy],
        "walls": samples.walls[:, copy],
        "W": samples.weight[copy],
    }


def test_every_copy_is_what_it_would_be_among_its_like():
    """Walls of other kind, temperature and motion, an open face, other densities and compositions."""
    unlike = run(SLABS, FILLINGS)
    for copy in range(3):
        like = run(SLABS[copy], FILLINGS[copy])
        for name, expected in of_copy(like, copy).items():
            np.testing.assert_array_equal(of_copy(unlike, copy)[name], expected, err_msg=f"{copy} {name}")


def test_one_domain_serves_copies_of_other_fillings(tmp_path):
    """Densities are those of the fillings; a restored run goes on, one of other fillings is refused."""
    whole, half = (run(SLABS[0], FILLINGS, 20) for _ in range(2))
    samples = whole.result()
    number = (samples.sums[0, :, :, :, 0].sum(axis=1) * samples.weight).sum(axis=1) / samples.samples[0]
    expected = [filling.number_density * 1e-6 for filling in FILLINGS]
    np.testing.assert_allclose(number, expected, rtol=0.02)
    half.checkpoint(tmp_path / "half.h5")
    rest = make(SLABS[0], FILLINGS)
    rest.restore(tmp_path / "half.h5")
    for simulation in (whole, rest):
        simulation.run(10)
    np.testing.assert_array_equal(whole.result().sums, rest.result().sums)
    with pytest.raises(ValueError, match="another problem"):
        make(SLABS[0], FILLINGS[::-1]).restore(tmp_path / "half.h5")


def test_a_sweep_starts_from_its_neighbours(tmp_path):
    """Each copy takes the molecules of its own source, at its own weight."""
    first = make(SLABS[0], FILLINGS)
    first.run(5)
    first.checkpoint(tmp_path / "first.h5")
    other = make(SLABS[2], FILLINGS, particles_per_cell=80.0)
    other.start_from(tmp_path / "first.h5")
    np.testing.assert_allclose(other.particles.counts, 2 * first.particles.counts, atol=3)


@pytest.mark.parametrize(
    ("domain", "filling", "message"),
    [
        (SLABS[:2], FILLINGS, "2 domains for 3 copies"),
        (SLABS, FILLINGS[:1], "1 fillings for 3 copies"),
        (OTHER_CELLS, FILLINGS[0], "copy 2: its domain has other extents, cells or faces"),
        (HELD, FILLINGS[0], "reservoirs that adapt"),
        ([SLABS[0], SLABS[0], OTHER_CELLS[2]], FILLINGS[0], "^copy 2: its domain has other extents"),
        (SLABS, [FILLINGS[0], FILLINGS[0], SHORT], "^copy 2: filling: 1 mole fractions for the 2 species"),
        (SLABS, SHORT, "^filling: 1 mole fractions"),
        ([SLABS[0], SLABS[0], TERNARY], FILLINGS[0], "^copy 2: left: 3 mole fractions"),
    ],
)
def test_what_no_ensemble_is_made_of_is_refused(domain, filling, message):
    with pytest.raises(ValueError, match=message):
        make(domain, filling)


def test_unlike_gases_have_no_correlations_in_common():
    simulation = make(Slab(1e-6, 3, Periodic(), Periodic()), FILLINGS)
    with pytest.raises(ValueError, match="unlike fillings"):
        simulation.add_measure(CurrentFluctuations(4))
