"""Reactions: what one event does, what is refused, what a step keeps, and who depends on what."""

import math
from dataclasses import replace

import numba
import numpy as np
import pytest
from reacting import BOLTZMANN, collide_in_place, counts_of, ledger, make, molecule

from knudsen.core.gases import Mixture
from knudsen.core.particles import COLUMNS
from knudsen.dsmc.boundaries import DiffuseWall, OpenReservoir
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.measures.reactions import ReactionRates
from knudsen.dsmc.reactions import Arrhenius, Probability, Reaction, backward
from knudsen.dsmc.reactions.events import semicircle
from knudsen.dsmc.simulation import Simulation

KELVIN = BOLTZMANN
A2, A, M = molecule("A2", 40.0), molecule("A", 20.0, "", 3e-10, 0.8), molecule("M", 30.0)
B, B2 = replace(A, name="B", formula="A"), replace(A2, name="B2", formula="A2")
GAS = Mixture([A2, A, M, B], "vss")
FRESH = Reaction(("A", "M"), ("B", "M"), Arrhenius(4e-18, 0.5, 200 * KELVIN), 100 * KELVIN)
SPLITS = [
    Reaction(("A2", third), ("A", "A", third), Arrhenius(4e-18, 0.7, 1000 * KELVIN), -1000 * KELVIN)
    for third in ("A2", "A", "M")
]
# Every kind of reaction, all going on at once at 500 K and 1 bar.
NETWORK = [
    FRESH,
    backward(GAS, FRESH),
    *SPLITS,
    *(backward(GAS, each, 2e-8) for each in SPLITS),
    Reaction(("B", "A"), ("A", "A"), Probability(0.3, 50 * KELVIN), -50 * KELVIN),
    Reaction(("A",), ("B",), Arrhenius(1e8)),
]

NAMES_ALONE = [NETWORK[0], NETWORK[1], *NETWORK[-2:]]


def simulate(reactions=NETWORK, faces=None, copies=3):
    faces = faces or (DiffuseWall(500.0), DiffuseWall(600.0))
    return Simulation(
        GAS, Slab(4e-7, 4, *faces, subcells=2), Filling(1e5, 500.0, (0.4, 0.2, 0.3, 0.1)),
        particles_per_cell=40, timestep=5e-11, copies=copies, seed=7, device="cpu",
        reactions=reactions,
    )  # fmt: skip


def state(simulation, copies):
    """Molecules and counts of some copies."""
    particles = simulation.particles
    found = {"reacted": simulation.reacted[copies], "counts": particles.counts[copies]}
    for name in COLUMNS:
        rows = getattr(particles, name).reshape(simulation.copies, particles.capacity, -1)
        live = [rows[r][: int(particles.counts[r])] for r in range(simulation.copies)[copies]]
        found[name] = np.concatenate(live)
    return found


def assert_same(one, other):
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def test_mass_momentum_and_energy_are_kept():
    """With what reactions set free, to round-off, while every kind of reaction goes on in every copy."""
    simulation = simulate()
    before, steps = ledger(simulation), 60
    scale = before[:, [4]] * np.array([[0, 1e-3, 1e-3, 1e-3, 1]]) + before[:, [0]] * np.array(
        [[1, 0, 0, 0, 0]]
    )
    collide_once_sorted(simulation, steps)
    assert np.all(simulation.reacted.sum(axis=(0, 1)) > 0)
    off = np.abs(ledger(simulation) - before) / scale
    assert off.max() < 1e-13 * math.sqrt(simulation.reacted.sum())


def collide_once_sorted(simulation, steps):
    cells = simulation.grid.cell_count * simulation.grid.parts
    at = np.floor(simulation.particles.along(0) / (4e-7 / cells)).astype(int)
    simulation.particles.bin[...] = at * len(GAS) + simulation.particles.species
    simulation.sort()
    collide_in_place(simulation, steps)


@pytest.mark.parametrize("reactions", [NETWORK, NAMES_ALONE], ids=["births", "names"])
def test_molecules_stay_in_order_of_cell_and_species(reactions):
    """After every step, births and deaths included, slots are what `starts` says; atoms are conserved."""
    simulation = simulate(reactions)
    atoms = [2, 1, 0, 1]
    before = counts_of(simulation).sum(axis=1) @ atoms if simulation.starts.any() else None
    for _ in range(20):
        simulation.run(1)
        particles = simulation.particles
        cells = simulation.grid.cell_count * simulation.grid.parts
        for copy, starts in enumerate(simulation.starts):
            base = copy * particles.capacity
            assert starts[0] == base and starts[-1] == base + particles.counts[copy]
            kind = np.repeat(np.tile(np.arange(4), cells), np.diff(starts))
            live = slice(base, starts[-1])
            np.testing.assert_array_equal(particles.species[live], kind)
            where = np.floor(particles.along(0)[live] / (4e-7 / cells)).astype(int)
            np.testing.assert_array_equal(where, np.repeat(np.arange(cells), np.diff(starts[::4])))
        found = counts_of(simulation).sum(axis=1) @ atoms
        before = found if before is None else before
        np.testing.assert_array_equal(found, before)


def test_cells_are_put_in_order_as_the_sort_puts_them():
    """Where no molecule is born or lost, cell by cell: the same numbers as by the whole sort."""
    tidied, sorted_whole = simulate(NAMES_ALONE), simulate(NAMES_ALONE)
    sorted_whole.chemistry._equal = False
    for simulation in (tidied, sorted_whole):
        simulation.run(20)
    assert tidied.reacted.sum() > 30
    np.testing.assert_array_equal(tidied.starts, sorted_whole.starts)
    assert_same(state(tidied, slice(None)), state(sorted_whole, slice(None)))


def test_capacity_grows_with_the_molecules():
    """A gas that falls apart altogether: more than twice the molecules it began with, and none is lost."""
    gas = Mixture([A2, A, M], "vss")
    split = [Reaction(("A2", third), ("A", "A", third), Arrhenius(3e-15), 0.0) for third in ("A2", "A", "M")]
    simulation = make(gas, split, 500.0, 3, 2, 1e-11, particles_per_cell=20)
    assert simulation.particles.capacity < 90
    simulation.run(60)
    assert simulation.particles.capacity >= 120
    np.testing.assert_array_equal(counts_of(simulation).sum(axis=1), [[0, 120, 0]] * 2)
    assert np.all(simulation.reacted.sum(axis=(1, 2)) == 60)


def test_molecules_that_split_again_and_again_stay_in_their_cell():
    """More births in a step than a cell has slots: what finds none is held back, and said."""
    chain = [molecule(f"X{n}", 10.0 * n, f"A{n}") for n in (4, 3, 2, 1)]
    gas = Mixture(chain, "vss")
    splits = [
        Reaction((f"X{n}", third), (f"X{n - 1}", "X1", third), Arrhenius(3e-13))
        for n in (4, 3, 2)
        for third in gas.names
    ]
    simulation = make(gas, splits, 500.0, 8, 50, 1e-11, particles_per_cell=3)
    atoms = 4 * simulation.particles.counts
    with pytest.warns(RuntimeWarning, match="held back.*shorten the timestep") as warned:
        for _ in range(6):
            simulation.run(1)
            np.testing.assert_array_equal(counts_of(simulation).sum(axis=1) @ [4, 3, 2, 1], atoms)
    assert len(warned) == 1
    found = simulation.resolution()
    assert found["reactions_held_back"] > 10
    assert found["reactions"] == simulation.particle_count - atoms.sum() // 4


def test_triples_know_no_smallest_rate():
    """k a millionth at a thousandfold density, cross-sections a thousandth: the same events and molecules."""

    def run(power):
        """Densities 2^power as large: powers of two, so that all products are the same bits."""
        atom, pair = (
            molecule("A", 20.0, "", 3e-10 * 2.0 ** (-power / 2)),
            molecule("A2", 40.0, "", 4e-10 * 2.0 ** (-power / 2)),
        )
        joins = [Reaction(("A", "A", "A"), ("A2", "A"), Arrhenius(1e-41 * 4.0**-power), 50 * KELVIN)]
        simulation = make(Mixture([atom, pair], "vss"), joins, 300.0, 3, 4, 1e-11, pressure=1e5 * 2.0**power)
        simulation.run(20)
        return simulation

    usual, dense = run(0), run(10)
    assert usual.reacted.sum() > 50 and dense.resolution()["triple_overflows"] == 0
    assert_same(state(usual, slice(None)), state(dense, slice(None)))


def test_triples_without_bound_do_not_meet():
    """A majorant that speeds have made infinite has no number of candidates."""
    simulation = simulate()
    simulation.chemistry.majorant[...] = np.inf
    simulation.run(2)
    assert simulation.resolution()["triple_candidates"] == 0 and simulation.reacted.sum() > 0


def test_a_relabelling_leaves_the_motion_as_it_was():
    """A -> B in every collision, alike in all but name: velocities are those without it, to round-off."""
    gas = Mixture([A, B], "vss")
    turn = [Reaction(("A", "A"), ("B", "B"), Probability(1.0))]  # two in a cell: the only pair there is
    velocities = []
    for reactions in ((), turn):
        simulation = make(gas, reactions, 500.0, 1, 300, 4e-10, particles_per_cell=2)
        simulation.run(1)
        velocities.append(np.sort(simulation.particles.vx))
    assert simulation.reacted.sum() > 50
    np.testing.assert_allclose(velocities[0], velocities[1], rtol=1e-12, atol=1e-9)


def test_a_share_of_the_collisions_is_that_share():
    """p of those whose energy passes the threshold: all of them at threshold zero."""
    gas = Mixture([A, B, M], "vss")
    both = [Reaction((a, "M"), (b, "M"), Probability(0.25)) for a, b in (("A", "B"), ("B", "A"))]
    simulation = make(gas, both, 500.0, 2, 200, 1e-10, particles_per_cell=50)
    particles = simulation.particles
    particles.species[...] = np.where(np.arange(len(particles.species)) % 2, 2, 0)
    simulation.run(40)
    events = simulation._collider.events[..., 1].sum(axis=2)
    met, made = events[0, 2] + events[1, 2], simulation.reacted.sum()
    assert met > 20_000
    assert abs(made - 0.25 * met) < 4 * math.sqrt(met * 0.25 * 0.75)


def test_single_molecules_change_as_in_continuous_time():
    """A -> B -> C -> A in few long steps: exp(k t) of the rates, by their matrix exponential."""
    gas = Mixture([A, B, replace(A, name="C", formula="A")], "vss")
    rates = np.array([[0, 3e9, 0], [0, 0, 1e9], [0.5e9, 0.2e9, 0]])
    reactions = [
        Reaction((gas.names[a],), (gas.names[b],), Arrhenius(rates[a, b]))
        for a, b in zip(*np.nonzero(rates), strict=True)
    ]
    simulation = make(gas, reactions, 500.0, 2, 100, 1e-9, pressure=1.0, particles_per_cell=200)
    simulation.run(2)
    generator = (rates - np.diag(rates.sum(axis=1))) * 1e-9
    values, vectors = np.linalg.eig(generator)
    chance = np.real(vectors @ np.diag(np.exp(2 * values)) @ np.linalg.inv(vectors))[0]
    found = counts_of(simulation).sum(axis=(0, 1))
    n = found.sum()
    assert np.all(np.abs(found - n * chance) < 4 * np.sqrt(n * chance * (1 - chance)))


def test_three_motions_share_energy_by_a_semicircle():
    """<f> = 1/2 and <f^2> = 5/16 of density ~ (f (1 - f))^(1/2), over a grid of words."""
    words = (np.arange(200) + 0.5) / 200 * 2**32
    f = np.array([semicircle(int(a), int(b)) for a in words for b in words])
    assert f.mean() == pytest.approx(1 / 2, abs=1e-6)
    assert (f**2).mean() == pytest.approx(5 / 16, abs=1e-5)


def test_a_restored_run_is_the_uninterrupted_one(tmp_path):
    """Through open faces too, where births and emission share the buffers."""
    open_faces = (OpenReservoir(1e5, 500.0, (0.4, 0.2, 0.3, 0.1)), DiffuseWall(500.0))
    whole, first, second = (simulate(faces=open_faces) for _ in range(3))
    whole.run(40)
    first.run(17)
    first.checkpoint(tmp_path / "state.h5")
    second.restore(tmp_path / "state.h5")
    second.run(23)
    assert_same(state(whole, slice(None)), state(second, slice(None)))
    assert whole.resolution() == second.resolution()


def test_other_reactions_are_another_problem(tmp_path):
    simulate().checkpoint(tmp_path / "state.h5")
    with pytest.raises(ValueError, match="another problem"):
        simulate(NETWORK[:3]).restore(tmp_path / "state.h5")


def test_a_copy_does_not_depend_on_its_batch_mates():
    many, few = simulate(copies=4), simulate(copies=2)
    for simulation in (many, few):
        simulation.run(30)
    assert_same(state(few, slice(0, 2)), state(many, slice(0, 2)))


def test_rates_are_measured_block_by_block(tmp_path):
    """Every reaction once, over collision cells and copies; a checkpoint keeps them."""
    whole, first, second = (simulate() for _ in range(3))
    measures = [ReactionRates(every=5) for _ in range(3)]
    for simulation, measure in zip((whole, first, second), measures, strict=True):
        simulation.add_measure(measure)
    with pytest.raises(RuntimeError, match="run longer"):
        measures[0].result()
    whole.run(4)
    before = whole.reacted.sum(axis=1)
    whole.run(16)
    first.run(12)
    first.checkpoint(tmp_path / "state.h5")
    second.restore(tmp_path / "state.h5")
    second.run(8)
    np.testing.assert_array_equal(measures[0].events, measures[2].events)
    assert measures[0].events.shape == (3, 3, 4, len(NETWORK))
    whole_steps = whole.reacted.sum(axis=1) - before
    assert np.all(measures[0].events.sum(axis=(0, 2)) <= whole_steps) and measures[0].events.sum() > 0
    per_event = whole.weights[0, 0] / (1e-7 * 5 * whole.timestep)
    np.testing.assert_allclose(measures[0].result(), measures[0].events * per_event, rtol=1e-12)
    with pytest.raises(ValueError, match="no reactions"):
        simulate(()).add_measure(ReactionRates())


def test_copies_of_unlike_fillings_have_the_rates_that_each_has_among_its_like():
    """Events of a hundred times the real molecules count for so many more."""

    def rates(pressures):
        simulation = Simulation(
            Mixture([A, B], "vss"), Slab(1e-7, 1, DiffuseWall(300.0), DiffuseWall(300.0)),
            [Filling(pressure, 300.0, (1.0, 0.0)) for pressure in pressures],
            particles_per_cell=500, timestep=1e-12, copies=2, seed=3, device="cpu",
            reactions=[Reaction(("A",), ("B",), Arrhenius(1e11))],
        )  # fmt: skip
        measure = ReactionRates(every=2)
        simulation.add_measure(measure)
        simulation.run(5)
        return measure.result()

    thin, dense = rates((1e4, 1e4)), rates((1e6, 1e6))
    both = rates((1e4, 1e6))
    np.testing.assert_array_equal(both, np.stack([thin[:, 0], dense[:, 1]], axis=1))
    per_volume = np.array([1e4, 1e6]) / (BOLTZMANN * 300.0)
    np.testing.assert_allclose(both.mean(axis=(0, 2, 3)) / per_volume, 1e11, rtol=0.4)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="Numba was started with one thread")
def test_threads_change_nothing():
    states = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        simulation = simulate()
        simulation.run(30)
        states.append(state(simulation, slice(None)))
    numba.set_num_threads(1)
    assert_same(*states)
