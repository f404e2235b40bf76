"""Test atoms: their energies against an atom that is there, and Widom's estimate."""

import field_checks as checks
import numpy as np
import ptx
import pytest

from knudsen.core.kernels import Kernel
from knudsen.md.exchange.insertion import insertion_energies
from knudsen.md.exchange.widom import Widom
from knudsen.md.fields.body import ColourField, Gravity
from knudsen.md.fields.tethers import Tethers
from knudsen.md.fields.walls import Wall
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

CUT = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 0.7], 2.2)


def by_brute_force(sim, copy, places, species):
    """Energies of test atoms by all pairs at minimum image."""
    box, pairs = sim.domain.box(copy), sim.pairs
    positions = (sim.positions if sim.single else sim.positions[copy])[None]
    kinds = sim.species if sim.single else sim.species[copy]
    r = np.linalg.norm(box.separation(places[:, None, :] - positions), axis=-1)
    sigma, epsilon, cutoff = (table[species][kinds] for table in (pairs.sigma, pairs.epsilon, pairs.cutoff))
    energy = 4 * epsilon * ((sigma / r) ** 12 - (sigma / r) ** 6)
    return np.where(r < cutoff, energy, 0.0).sum(axis=1)


def gas(length=(9.0, 7.0, 5.0), periodic=(True, True, True), copies=2, **options):
    cells = np.stack(np.meshgrid(np.arange(5), np.arange(4), np.arange(3), indexing="ij"), -1).reshape(-1, 3)
    lattice = (cells + 0.5) / (5, 4, 3) * length
    draws = [np.random.default_rng([1, copy]).normal(size=(2, 60, 3)) for copy in range(copies)]
    positions, velocities = (np.array([draw[k] for draw in draws]) for k in range(2))
    return Simulation(
        lattice + 0.1 * positions, velocities, Box(length, periodic), CUT, timestep=0.002,
        species=np.arange(60) % 2, masses=[1.0, 2.0], device="cpu", **options,
    )  # fmt: skip


@pytest.mark.parametrize("periodic", [(True, True, True), (False, True, True), (True, False, False)])
@pytest.mark.parametrize("species", [0, 1])
def test_energies_are_those_of_all_pairs(periodic, species):
    edges = {"x": 9.0, "y": 7.0, "z": 5.0}
    walls = [
        Wall.wca(axis, place, side)
        for axis, turns in zip("xyz", periodic, strict=True)
        for place, side in ((-0.5, 1), (edges[axis] + 0.5, -1))
        if not turns
    ]
    sim = gas(periodic=periodic, fields=walls)
    random = np.random.default_rng(2)
    for _ in range(3):
        sim.run(7)
        places = random.random((2, 200, 3)) * sim.box_lengths[:, None]
        found = insertion_energies(sim, places, species)
        rows = np.concatenate([places, np.full((2, 200, 1), species)], axis=-1).ravel()
        copies = np.repeat(np.arange(2, dtype=np.int32), 200)
        walled = sum(
            (wall.energies_at(sim, rows, np.zeros(1200, np.int32), copies) for wall in walls), np.zeros(400)
        ).reshape(2, 200)
        for copy in range(2):
            exact = by_brute_force(sim, copy, places[copy], species) + walled[copy]
            # Overlaps reach 1e20, of which round-off is relative.
            assert np.allclose(found[copy], exact, rtol=1e-11, atol=1e-11)


def test_energies_hold_when_the_list_is_old_and_the_box_has_changed():
    sim = gas(skin=1.0)
    sim.run(40)
    assert sim.moved2.max() > 0.01
    sim.scale_box(np.array([[1.02, 0.99, 1.01], [0.99, 1.0, 1.01]]))
    sim.compute_forces()
    places = np.random.default_rng(3).random((2, 300, 3)) * sim.box_lengths[:, None]
    found = insertion_energies(sim, places)
    for copy in range(2):
        assert np.allclose(found[copy], by_brute_force(sim, copy, places[copy], 0), rtol=1e-11, atol=1e-11)


def test_energy_of_insertion_is_what_the_energy_grows_by():
    sim = gas(copies=1)
    place = np.array([[0.3, 6.8, 2.0]])
    grown = Simulation(
        np.vstack([sim.positions[0], place]), np.zeros((61, 3)), Box((9.0, 7.0, 5.0)), CUT, timestep=0.002,
        species=np.append(np.arange(60) % 2, 1), masses=[1.0, 2.0], device="cpu",
    )  # fmt: skip
    more = grown.energies().potential - sim.energies().potential[0]
    assert insertion_energies(sim, place[None], 1)[0] == pytest.approx([more], rel=1e-10)


def test_places_are_taken_by_their_images():
    sim = gas()
    places = np.random.default_rng(4).random((2, 20, 3)) * sim.box_lengths[:, None]
    shifted = insertion_energies(sim, places + 3 * sim.box_lengths[:, None])
    assert np.allclose(shifted, insertion_energies(sim, places), rtol=1e-9)


def widom(**options):
    sim = gas(copies=options.pop("copies", 2), **options)
    sim.add_measure(Widom(1.5, trials=200, every=5))
    return sim


def test_widom_averages_boltzmann_factors_of_test_atoms():
    sim = widom(copies=1)
    sim.run(100)
    found = sim.measures[0].result()
    assert found.samples.shape == (1, 20, 2)
    assert found.samples[0, :, 1] == pytest.approx(315.0, rel=1e-14)
    sums = found.samples[0].sum(axis=0)
    assert found.excess[0] == pytest.approx(-1.5 * np.log(sums[0] / sums[1]), rel=1e-14)
    tail = sim.pairs.long_range(sim.species_counts[0], 315.0).chemical_potential[0]
    places = sim.measures[0]._position.reshape(1, 200, 4)[:, :, :3]
    last = np.exp(-(insertion_energies(sim, places) + tail) / 1.5).mean()
    assert found.samples[0, -1, 0] == pytest.approx(315 * last, rel=1e-12)


def test_measuring_leaves_the_run_as_it_is():
    quiet, measured = gas(), widom()
    for sim in (quiet, measured):
        sim.run(30)
    assert np.array_equal(quiet.positions, measured.positions)


def test_a_copy_does_not_know_the_others_nor_the_threads():
    import numba

    before, found = numba.get_num_threads(), []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
        numba.set_num_threads(threads)
        sim = widom()
        sim.run(20)
        found.append(sim.measures[0]._series.samples())
    numba.set_num_threads(before)
    assert np.array_equal(*found)
    alone = widom(copies=1)
    alone.run(20)
    assert np.array_equal(alone.measures[0]._series.samples()[0], found[0][0])


def test_a_series_goes_on_after_a_restore(tmp_path):
    runs = [widom() for _ in range(2)]
    runs[0].run(30)
    runs[0].checkpoint(tmp_path / "state.npz")
    runs[1].restore(tmp_path / "state.npz")
    for sim in runs:
        sim.run(20)
    assert np.array_equal(*(sim.measures[0]._series.samples() for sim in runs))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: insertion_energies(gas(), np.zeros((4, 3))), "copies"),
        (lambda: insertion_energies(gas(), np.full((2, 4, 3), np.nan)), "finite"),
        (lambda: insertion_energies(checks.system(Tethers([0], 1.0)), np.zeros((1, 3))), "Tethers"),
        (lambda: insertion_energies(checks.system(Gravity([0, 0, 1])), np.zeros((1, 3))), "periodic"),
        (
            lambda: insertion_energies(checks.system(ColourField([1, 2], [0, 1, 0])), np.zeros((1, 3))),
            "along y",
        ),
        (lambda: Widom(0.0), "temperature"),
        (lambda: Widom(1.0, trials=0), "trials"),
        (lambda: gas().add_measure(Widom(1.0, species=2)), "species"),
        (lambda: checks.system().add_measure(Widom(1.0)), "force-shifted"),
        (lambda: widom().measures[0].result(), "too few"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
def test_kernels_compile_to_ptx(capability):
    found = set()

    def record(self, n, *arguments):
        found.add((self, tuple(map(ptx.contiguous, self.signature(*arguments)))))

    sim = widom()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kernel, "__call__", record)
        sim.measures[0].take(sim)
    wanted = ptx.kernels_of("knudsen.md.exchange.insertion", "knudsen.md.exchange.widom")
    own = {call for call in found if call[0].name.startswith("knudsen.md.exchange.")}
    assert {kernel.name for kernel, _ in own} == wanted
    ptx.compile_to_ptx(own, capability)


def test_a_test_atom_behind_a_wall_has_no_weight():
    """Half of the box lies behind the wall: where the wall gives no number, the atom cannot be."""
    positions = np.array([[1.0, 1.0, 5.5], [4.0, 4.0, 6.5]])
    sim = Simulation(
        positions, 0 * positions, Box((6.0, 6.0, 8.0), (True, True, False)), CUT, timestep=0.002,
        fields=[Wall.wca("z", 4.0, 1)], device="cpu",
    )  # fmt: skip
    behind, before = insertion_energies(sim, np.array([[3.0, 3.0, 2.0], [3.0, 1.0, 7.5]]), 0)
    assert behind == np.inf and np.isfinite(before)
    widom = Widom(1.0, species=0, trials=200, every=1)
    sim.add_measure(widom)
    sim.run(20)
    assert 0.2 < np.exp(-widom.result().excess[0]) < 0.7
