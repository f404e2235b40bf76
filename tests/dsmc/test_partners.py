"""Nearest partners: who is chosen, what is never repeated, how far apart they are."""

import math

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.dsmc import Box, Collisions, Filling, Periodic, Simulation, Slab
from knudsen.dsmc.collisions.partners import NEVER, choice, forget, remember

PLACES = np.array([0.0, 0.9, 0.2, 0.5, 0.45, 0.95])


def word_of(k, n):
    """The word that `below` takes to k of n."""
    return -((-k * 2**32) // n)


def chosen(i, among, last=None, places=PLACES, start=0, dims=1):
    """Partner of molecule i of one species; `start` words on the looking begins."""
    n = len(places) // dims
    last = np.full(n, NEVER, np.int32) if last is None else last
    found = choice(dims, among).choose(word_of(i, n), word_of(start, n - 1), 0, n, 0, n, places, last)
    assert found[0] == i
    return int(found[1])


@pytest.mark.parametrize("start", range(5))
def test_the_nearest_of_all_is_taken(start):
    assert [chosen(i, 6, start=start) for i in range(6)] == [2, 5, 0, 4, 3, 1]


def test_distance_counts_every_coordinate():
    places = np.array([0.0, 0.0, 0.1, 0.9, 0.5, 0.1])
    assert chosen(0, 3, places=places, dims=2) == 2


def test_of_unlike_partners_only_the_other_species_is_looked_at():
    places, last = np.array([0.5, 0.1, 0.49, 0.2, 0.6]), np.full(5, NEVER, np.int32)
    for start in range(3):
        words = (word_of(0, 2), word_of(start, 3))
        assert choice(1, 8).choose(*words, 0, 2, 2, 3, places, last) == (0, 2)


def test_so_many_are_looked_at_and_no_more():
    """Two from a random one on, round the end of the cell, the molecule itself counted."""
    assert [chosen(0, 2, start=start) for start in range(5)] == [2, 2, 4, 4, 5]


def test_a_pair_is_not_repeated_at_once():
    last = np.full(6, NEVER, np.int32)
    remember(0, 2, last)
    assert chosen(0, 6, last) == 4
    assert chosen(2, 6, last) == 4
    remember(2, 3, last)  # 2 has met another since: 0 and 2 may meet again
    assert chosen(0, 6, last) == 2
    forget(0, 6, last)
    assert np.all(last == NEVER)


def test_two_alone_meet_again():
    last = np.array([1, 0], np.int32)
    assert chosen(0, 6, last, places=np.array([0.1, 0.2])) == 1


def test_clones_are_no_partners():
    """Two of one place, as `start_from` makes them, unless there is no other."""
    places = np.array([0.2, 0.2, 0.9, 0.2, 0.5])
    assert {chosen(i, 5, places=places, start=start) for i in (0, 1, 3) for start in range(4)} == {4}
    assert chosen(0, 2, places=np.array([0.2, 0.2])) == 1


def make(partners, domain=None, copies=400, timestep=5e-11, molecules=12, among=16, gas=("Ar",)):
    domain = domain or Slab(1e-6, 1, Periodic(), Periodic())
    return Simulation(
        Mixture(list(gas), "vhs"), domain, Filling(1e4, 300.0, (1 / len(gas),) * len(gas)),
        particles_per_cell=molecules, timestep=timestep, copies=copies, seed=1, device="cpu",
        collisions=Collisions(partners, among),
    )  # fmt: skip


def run_in_random_places(simulation, steps):
    random, size = np.random.default_rng(5), simulation.domain.grid.high[0]
    simulation.sort()
    for _ in range(steps):
        simulation.particles.place[...] = random.random(len(simulation.particles.place)) * size
        simulation.step += 1
        simulation.collide()
    return simulation.resolution()


def nearest_distance(n, dims):
    """Mean distance of a molecule in the unit line or box to the nearest of n others, and its error."""
    random = np.random.default_rng(6)
    draws = [
        np.sqrt(((random.random((n, dims)) - random.random(dims)) ** 2).sum(axis=1).min())
        for _ in range(20_000)
    ]
    return np.mean(draws), np.std(draws) / math.sqrt(len(draws))


def test_the_nearest_partner_is_as_far_as_chance_has_it():
    """12 molecules of one cell in one dimension, places drawn anew each step, against the exact mean."""
    found = run_in_random_places(make("nearest", timestep=2e-11, copies=2000), 60)
    expected, stderr = 1e-6 * np.array(nearest_distance(11, 1))
    stderr = math.hypot(stderr, expected / math.sqrt(found["collisions"]))  # they spread by about their mean
    assert stderr < 0.015 * expected
    assert abs(found["mean_collision_separation"] - expected) < 4 * stderr
    assert (
        run_in_random_places(make("random", timestep=2e-11), 20)["mean_collision_separation"] > 6 * expected
    )


def test_in_a_box_partners_are_far_closer_than_at_random():
    """The nearest of 63 others; two at random are 0.6617 of a cube apart."""
    box = Box((1e-6,) * 3, (1, 1, 1), (Periodic(),) * 6)
    near, far = (
        run_in_random_places(make(partners, box, copies=50, timestep=2e-11, molecules=64, among=64), 100)
        for partners in ("nearest", "random")
    )
    expected, stderr = 1e-6 * np.array(nearest_distance(63, 3))
    stderr = math.hypot(stderr, 0.4 * expected / math.sqrt(near["collisions"]))
    assert stderr < 0.01 * expected
    assert abs(near["mean_collision_separation"] - expected) < 4 * stderr
    assert far["mean_collision_separation"] == pytest.approx(0.6617e-6, rel=0.02)


def test_clones_collide_as_often_as_others(tmp_path):
    """A run of eight clones of each molecule against a fresh one: the nearest is a clone at first."""
    first, fresh, cloned = (make("nearest", molecules=n) for n in (12, 96, 96))
    first.run(5)
    first.checkpoint(tmp_path / "first.h5")
    cloned.start_from(tmp_path / "first.h5")
    counts = []
    for simulation in (fresh, cloned):
        simulation.run(10)
        counts.append(simulation.resolution()["collisions"])
    # 12 of each cell are independent, whose <sigma_T g> is spread by a fifth
    stderr = math.hypot(1 / math.sqrt(min(counts)), 0.2 / math.sqrt(12 * 400))
    assert stderr < 0.02
    assert abs(counts[1] / counts[0] - 1) < 4 * stderr


def test_the_copies_of_a_batch_do_not_know_each_other():
    alone, batch = (
        make("nearest", copies=copies, gas=("He", "Ar"), molecules=30, timestep=5e-10) for copies in (1, 3)
    )
    for simulation in (alone, batch):
        simulation.run(20)
    n = int(alone.particles.counts[0])
    assert alone.resolution()["collisions"] > 50
    np.testing.assert_array_equal(alone.particles.vx[:n], batch.particles.vx[:n])
