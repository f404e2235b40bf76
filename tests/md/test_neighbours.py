"""The list holds every pair within reach, each once, in any box."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.core.device import Device
from knudsen.md.neighbours.lists import ROW_SLOTS, NeighbourList
from knudsen.md.neighbours.search_kernels import CHUNK, FILL
from knudsen.md.state.atoms import PACK, Atoms, Start
from knudsen.md.state.box import Box
from knudsen.md.state.domain import Domain

CUTOFF, SKIN = 2.0, 0.4
BOXES = {
    "cube": (11.0, 11.0, 11.0),
    "tiny": (4.1, 4.3, 4.0),
    "rod": (60.0, 4.0, 4.5),
    "plate": (30.0, 4.2, 25.0),
    "two cells": (5.0, 6.0, 7.0),
}


def listed(positions, lengths, cutoff=CUTOFF, skin=SKIN, periodic=(True,) * 3):
    count = len(positions)
    device = Device("cpu")
    atoms = Atoms.of([Start(positions, np.zeros((count, 3)), np.zeros(count))], device)
    made = NeighbourList(atoms, Domain([Box(lengths, periodic)], device), cutoff, skin)
    made.build()
    return made


def found_pairs(made):
    """Sorted (id, id, rounded separation) of all entries."""
    atoms = made.atoms
    place = atoms.position.reshape(-1, PACK)[:, :3]
    rows = made.neighbours.reshape(atoms.count, made.stride)
    owner = {}
    box = np.array(made.domain.box(0).lengths)
    wrapped = place[: atoms.count]
    pairs = []
    for i in range(atoms.count):
        for j in rows[i, : made.counts[i]]:
            key = int(j)
            if key not in owner:
                apart = place[key] - wrapped
                owner[key] = int(np.argmin(np.abs(apart - box * np.round(apart / box)).sum(axis=1)))
            pairs.append((atoms.id[i], atoms.id[owner[key]], *np.round(place[key] - wrapped[i], 9) + 0.0))
    return sorted(tuple(map(float, pair)) for pair in pairs)


def true_pairs(positions, lengths, reach, periodic=(True,) * 3):
    lengths = np.array(lengths) * periodic
    inside = np.where(periodic, np.floor(positions / np.where(lengths > 0, lengths, 1.0)), 0.0)
    positions = positions - lengths * inside
    turns = np.array([(a, b, c) for a in (-1, 0, 1) for b in (-1, 0, 1) for c in (-1, 0, 1)])
    turns = turns[(turns == 0)[:, ~np.array(periodic)].all(axis=1)] * lengths
    pairs = []
    for i in range(len(positions)):
        for turn in turns:
            apart = positions + turn - positions[i]
            near = (apart**2).sum(axis=1) < reach**2
            if not turn.any():
                near[i] = False
            pairs += [(i, j, *np.round(apart[j], 9) + 0.0) for j in np.flatnonzero(near)]
    return sorted(tuple(map(float, pair)) for pair in pairs)


@pytest.mark.parametrize("count", [1, 2, 3, 57, 140])
@pytest.mark.parametrize("box", BOXES)
def test_the_list_is_all_pairs_within_reach(box, count):
    lengths = BOXES[box]
    # Some start outside the box.
    positions = np.random.default_rng(count).uniform(-0.7, 1.6, (count, 3)) * lengths
    assert found_pairs(listed(positions, lengths)) == true_pairs(positions, lengths, CUTOFF + SKIN)


@pytest.mark.parametrize("periodic", [(False, True, True), (True, False, False), (False, False, False)])
@pytest.mark.parametrize("box", BOXES)
def test_across_an_open_face_nothing_is_listed(box, periodic):
    lengths = BOXES[box]
    positions = np.random.default_rng(7).uniform(0, 1, (140, 3)) * lengths
    made = found_pairs(listed(positions, lengths, periodic=periodic))
    assert made == true_pairs(positions, lengths, CUTOFF + SKIN, periodic)
    assert len(made) < len(true_pairs(positions, lengths, CUTOFF + SKIN))


@pytest.mark.parametrize("box", BOXES)
def test_a_search_by_atoms_lists_the_same(box):
    positions = np.random.default_rng(5).uniform(-0.2, 1.1, (140, 3)) * BOXES[box]
    made = listed(positions, BOXES[box])
    rows = found_pairs(made)
    made.search.by_atoms = True
    made.neighbours[...] = 0
    made.build()
    assert found_pairs(made) == rows


def test_many_candidates_go_in_chunks_and_find_room():
    crowd = np.random.default_rng(6).uniform(0, 3.6, (1000, 3))
    made = listed(crowd, (3.6, 3.6, 3.6))
    assert made.search.grown >= 1 and made.counts.max() > CHUNK
    near = np.zeros(1000, np.int64)
    for turn in np.ndindex(5, 5, 5):
        apart = crowd[:, None] - crowd - 3.6 * (np.array(turn) - 2)
        near += ((apart**2).sum(axis=2) < (CUTOFF + SKIN) ** 2).sum(axis=1)
    # Itself aside; and float32 takes in what lies a hair beyond.
    beyond = made.counts[np.argsort(made.atoms.id)] - (near - 1)
    assert beyond.min() >= 0 and beyond.sum() < 1e-4 * near.sum()


def test_far_from_the_origin_no_pair_is_missed():
    """Where float32 is coarse: 0.008 at 1e5."""
    positions = 1e5 + np.random.default_rng(8).uniform(0, 6.0, (60, 3))
    lengths = (2e5, 2e5, 2e5)
    missed = set(true_pairs(positions, lengths, CUTOFF + SKIN)) - set(found_pairs(listed(positions, lengths)))
    assert not missed


def test_rows_are_filled_with_a_slot_out_of_reach():
    positions = np.random.default_rng(9).uniform(0, 1, (57, 3)) * BOXES["cube"]
    made = listed(positions, BOXES["cube"])
    rows = made.neighbours.reshape(57, made.stride)
    ends = -(-made.counts // FILL) * FILL
    assert all((rows[i, made.counts[i] : ends[i]] == 57).all() for i in range(57))
    assert (made.atoms.position[4 * 57 : 4 * 57 + 3] > 1e9).all()


def test_a_shorter_reach_would_be_seen():
    positions = np.random.default_rng(1).uniform(0, 1, (140, 3)) * BOXES["cube"]
    assert found_pairs(listed(positions, BOXES["cube"], skin=0.3)) != true_pairs(
        positions, BOXES["cube"], CUTOFF + SKIN
    )


def test_dilute_gas_has_few_cells_and_all_pairs():
    lengths = (300.0, 250.0, 400.0)
    positions = np.random.default_rng(2).uniform(0, 1, (200, 3)) * lengths
    positions[100:] = positions[:100] + 1.0
    made = listed(positions, lengths)
    assert len(made.grids.own) <= 4 * len(positions)
    assert found_pairs(made) == true_pairs(positions, lengths, CUTOFF + SKIN)


def test_atoms_on_faces_and_a_hair_outside_are_wrapped():
    positions = np.array([[0.0, 0.0, 0.0], [11.0, 5.0, 5.0], [-1e-18, 8.0, 8.0], [-1e-9, 2.0, 30.0]])
    made = listed(positions, BOXES["cube"])
    place = made.atoms.by_id(made.atoms.position, PACK)[:, :3]
    image = made.atoms.by_id(made.atoms.image, 3)
    assert ((place >= 0) & (place < 11.0)).all()
    assert place + image * 11.0 == pytest.approx(positions, abs=1e-12)


def test_a_row_that_overflows_grows_and_the_search_repeats():
    positions, _, length = lattice(3, 1.0)
    crowded = np.concatenate([positions, positions + 0.1])
    made = listed(crowded, (length,) * 3)
    grown = made.grown
    assert grown >= 1 and ROW_SLOTS < made.counts.max() <= made.stride
    made.build()
    assert made.grown == grown
    assert found_pairs(made) == true_pairs(crowded, (length,) * 3, CUTOFF + SKIN)


def test_atoms_lie_in_spatial_order_and_keep_their_labels():
    positions = np.random.default_rng(4).uniform(0, 11, (400, 3))
    made = listed(positions, BOXES["cube"])
    assert sorted(made.atoms.id) == list(range(400))
    assert made.atoms.by_id(made.atoms.position, PACK)[:, :3] == pytest.approx(positions, abs=1e-14)

    def mean_step(places):
        return np.abs(np.diff(places, axis=0)).sum(axis=1).mean()

    assert mean_step(made.atoms.position.reshape(-1, PACK)[:400, :3]) < 0.7 * mean_step(positions)


def test_bad_boxes_and_skins_are_refused():
    for lengths in (0.0, (1.0, 2.0), (1.0, 2.0, np.inf), (1.0, 2.0, -1.0)):
        with pytest.raises(ValueError, match="lengths"):
            Box(lengths)
    with pytest.raises(ValueError, match="skin"):
        listed(np.zeros((1, 3)), BOXES["cube"], skin=-0.1)
