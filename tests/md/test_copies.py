"""Copies: each is what it would be alone, bit for bit, in a box of its own that may change."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.core.faults import SimulationFault
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.atoms import Start
from knudsen.md.state.box import Box

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")
OPTIONS = {"timestep": 0.004, "device": "cpu"}


def systems():
    """Positions, velocities and box of three unlike fluids: other sizes, densities and temperatures."""
    liquid = lattice(4, 0.8442, temperature=1.44)
    gas = lattice(3, 0.05, temperature=3.0, seed=2)
    slab = lattice(4, 0.5, seed=3)
    return [(p, v, Box(length)) for p, v, length in (liquid, gas, slab)]


@pytest.fixture(scope="module", params=["double", "mixed", "single"])
def together_and_alone(request):
    made = systems()
    options = OPTIONS | {"precision": request.param, "skin": 0.3}
    together = Simulation(*map(list, zip(*made, strict=True)), SMOOTH, **options)
    together.run(150)
    alone = []
    for p, v, box in made:
        alone.append(Simulation(p, v, box, SMOOTH, **options))
        alone[-1].run(150)
    return together, alone


def test_a_copy_is_what_it_would_be_alone(together_and_alone):
    together, alone = together_and_alone
    for copy, single in enumerate(alone):
        assert np.array_equal(together.positions[copy], single.positions)
        assert np.array_equal(together.velocities[copy], single.velocities)
        assert np.array_equal(together.images[copy], single.images)
        assert together.potential_energies()[copy] == single.potential_energies()[0]
        assert np.array_equal(together.pressure_tensors()[copy], single.pressure_tensor())
        assert together.temperatures()[copy] == single.temperature()
        assert together.neighbours.builds[copy] == single.neighbours.builds[0]
    assert len(set(together.neighbours.builds)) == 3


def test_lists_follow_when_another_copys_images_need_more_room():
    """Every image entry of a copy whose list stays is moved to the new slots."""
    positions, velocities, length = lattice(4, 0.8442, temperature=1.44)
    p, v, boxes = [positions] * 2, [velocities, 0.5 * velocities], [[length] * 3] * 2
    plain, crowded = (Simulation(p, v, boxes, SMOOTH, **OPTIONS) for _ in range(2))
    listed = crowded.neighbours
    for simulation in (plain, crowded):
        simulation.run(30)
    rooms = np.diff(listed._image_first)
    listed._make_room(np.array([rooms[0] * 2, 1]))
    assert listed._image_first[1] > crowded.atoms.count + rooms[0]
    listed.build(np.array([True, False]))
    plain.neighbours.build(np.array([True, False]))
    plain.forces.compute(plain.inverse_mass)
    crowded.forces.compute(crowded.inverse_mass)
    assert np.array_equal(plain.force_on_atoms, crowded.force_on_atoms)


def test_copies_of_unlike_sizes_come_as_a_list():
    made = systems()
    together = Simulation(*map(list, zip(*made, strict=True)), SMOOTH, **OPTIONS)
    assert [len(rows) for rows in together.velocities] == [256, 108, 256]
    equal = Simulation(*map(list, zip(made[0], made[2], strict=True)), SMOOTH, **OPTIONS)
    assert equal.positions.shape == (2, 256, 3)
    assert equal.temperature().shape == (2,)
    with pytest.raises(ValueError, match="box_lengths"):
        _ = equal.box


def test_a_fault_names_the_copy():
    made = systems()
    made[1][0][7] = made[1][0][90] + 1e-3
    together = Simulation(*map(list, zip(*made, strict=True)), SMOOTH, **OPTIONS)
    with pytest.raises(SimulationFault, match=r"atom (7|90) of copy 1 is lost"):
        together.run(10)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"velocities": np.zeros((1, 108, 3))}, "2, 1 and 2 copies"),
        ({"box": [[9.0] * 3] * 3}, "3 boxes are given for 2 copies"),
        ({"box": [Box(9.0), Box(9.0, (True, True, False))]}, "same axes"),
        ({"positions": []}, "at least one atom"),
        ({"precision": "half"}, "single, mixed, double"),
    ],
)
def test_bad_copies_are_refused(change, words):
    positions, velocities, length = lattice(3, 0.5)
    given = {"positions": [positions] * 2, "velocities": [velocities] * 2, "box": length} | change
    with pytest.raises(ValueError, match=words):
        Simulation(pairs=SMOOTH, **OPTIONS, **given)


def test_stretching_a_box_stretches_what_is_in_it():
    positions, velocities, length = lattice(4, 0.7, jitter=0.1)
    stretch = np.array([[1.02, 0.99, 1.0]])
    stretched = Simulation(positions, velocities, length, SMOOTH, **OPTIONS)
    stretched.run(20)
    before, forces_before = stretched.unwrapped_positions, stretched.force_on_atoms
    stretched.scale_box(stretch)
    stretched.compute_forces()
    assert stretched.box_lengths == pytest.approx(length * stretch)
    assert stretched.unwrapped_positions == pytest.approx(before * stretch, abs=1e-12)
    fresh = Simulation(before * stretch, velocities, length * stretch[0], SMOOTH, **OPTIONS)
    assert stretched.force_on_atoms == pytest.approx(fresh.force_on_atoms, abs=1e-10)
    assert np.abs(forces_before - fresh.force_on_atoms).max() > 0.1


def test_no_pair_is_missed_while_a_box_breathes():
    """Against lists that are built at every step; the box shrinks and grows by a sixth."""
    positions, velocities, length = lattice(4, 0.5, temperature=1.0)
    runs = [Simulation(positions, velocities, length, SMOOTH, skin=skin, **OPTIONS) for skin in (0.0, 0.4)]
    for step in range(120):
        factor = 0.998 if step < 80 else 1.004
        for simulation in runs:
            simulation.run(1)
            simulation.scale_box(np.full((1, 3), factor))
            simulation.compute_forces()
    assert runs[0].neighbours.builds[0] > 200 > 100 > runs[1].neighbours.builds[0]
    assert runs[1].unwrapped_positions == pytest.approx(runs[0].unwrapped_positions, abs=1e-8)


def test_a_stretch_that_the_list_does_not_know_would_be_seen():
    positions, velocities, length = lattice(4, 0.5, temperature=0.01)
    runs = [Simulation(positions, velocities, length, SMOOTH, skin=skin, **OPTIONS) for skin in (0.0, 0.4)]
    runs[1].domain.least_stretch = lambda: np.ones(1)
    for _ in range(60):
        for simulation in runs:
            simulation.run(1)
            simulation.scale_box(np.full((1, 3), 0.996))
            simulation.compute_forces()
    assert np.abs(runs[1].unwrapped_positions - runs[0].unwrapped_positions).max() > 1e-6


def test_a_box_may_not_shrink_below_twice_the_cutoff_and_stays_as_it_was():
    positions, velocities, length = lattice(3, 0.9)
    simulation = Simulation(positions, velocities, length, SMOOTH, **OPTIONS)
    with pytest.raises(ValueError, match="half the box"):
        simulation.scale_box(np.full((1, 3), 0.9))
    with pytest.raises(ValueError, match="factors are"):
        simulation.scale_box(np.full(3, 1.01))
    assert simulation.box.lengths == pytest.approx((length,) * 3, rel=1e-15)
    assert simulation.domain.least_stretch() == 1.0


def test_frozen_atoms_of_one_copy_leave_anothers_degrees_of_freedom_alone():
    positions, velocities, length = lattice(3, 0.8)
    mixed, mobile = np.arange(108) % 2, np.zeros(108, int)
    velocities[1::2] = 0
    pairs = PairTable(np.ones((2, 2)), np.ones((2, 2)), 2.4, form="force-shifted")
    simulation = Simulation(
        [positions] * 2, [velocities] * 2, length, pairs, species=[mixed, mobile], masses=[1.0, np.inf],
        **OPTIONS,
    )  # fmt: skip
    assert simulation.degrees_of_freedom.tolist() == [3 * 54, 3 * 108 - 3]
    assert simulation.conserved_axes.tolist() == [[False] * 3, [True] * 3]


def test_an_atom_beyond_an_open_face_is_named_at_the_start():
    positions = np.array([[-5.0, 3.0, 3.0], [3.0, 3.0, 3.0]])
    with pytest.raises(SimulationFault, match="step 0: atom 0 left the box along x"):
        Simulation(positions, 0 * positions, Box(6.0, (False, True, True)), SMOOTH, **OPTIONS)


def test_atoms_do_not_meet_across_a_face_that_is_not_periodic():
    positions = np.array([[0.2, 3.0, 3.0], [5.8, 3.0, 3.0], [0.2, 0.1, 3.0], [0.2, 5.9, 3.0]])
    pairs = PairTable(1.0, 1.0, 2.4)
    simulation = Simulation(positions, 0 * positions, Box(6.0, (False, True, True)), pairs, **OPTIONS)
    forces = simulation.force_on_atoms
    assert (forces[:2] == 0).all()
    assert forces[2, 1] == pytest.approx(-forces[3, 1], rel=1e-10) and forces[2, 1] > 1e9


def test_an_atom_that_leaves_through_such_a_face_is_named():
    positions = np.array([[0.5, 3.0, 3.0], [3.0, 3.0, 3.0]])
    velocities = np.array([[-1.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    pairs = PairTable(1.0, 1.0, 2.4)
    simulation = Simulation(positions, velocities, Box(6.0, (False, True, True)), pairs, **OPTIONS)
    with pytest.raises(SimulationFault, match="atom 0 left the box along x"):
        simulation.run(600)


def test_a_frozen_species_pulls_and_does_not_move():
    positions, velocities, length = lattice(3, 0.8)
    species = np.arange(len(positions)) % 2
    velocities[species == 1] = 0
    pairs = PairTable(np.ones((2, 2)), np.ones((2, 2)), 2.4, form="force-shifted")
    simulation = Simulation(
        positions, velocities, length, pairs, species=species, masses=[1.0, np.inf], **OPTIONS
    )
    assert simulation.degrees_of_freedom == 3 * 54
    kinetic = (velocities**2).sum() / 2
    assert simulation.energies().kinetic == pytest.approx(kinetic, rel=1e-13)
    before = simulation.energies().total
    simulation.run(200)
    assert np.array_equal(simulation.unwrapped_positions[species == 1], positions[species == 1])
    assert np.abs(simulation.unwrapped_positions - positions)[species == 0].max() > 0.1
    assert simulation.energies().total == pytest.approx(before, abs=0.02)


def test_frozen_atoms_that_move_are_refused_by_name():
    positions, velocities, length = lattice(3, 0.8)
    species = np.arange(len(positions)) % 2
    velocities[species == 1] = 0
    pairs = PairTable(np.ones((2, 2)), np.ones((2, 2)), 2.4, form="force-shifted")
    options = {"species": species, "masses": [1.0, np.inf], **OPTIONS}
    moving = velocities.copy()
    moving[7] = 0, 0, 1e-9
    with pytest.raises(ValueError, match="atom 7 of copy 1 is of species 1, which never moves"):
        Simulation([positions] * 2, [velocities, moving], length, pairs, **options)
    simulation = Simulation(positions, velocities, length, pairs, **options)
    simulation.run(5)
    before, atoms = simulation.positions, simulation.atoms
    with pytest.raises(ValueError, match=r"atom 7 of copy 0 .* make it zero, or the mass finite"):
        simulation.replace_atoms([Start(positions, moving, species)])
    assert simulation.atoms is atoms and np.array_equal(simulation.positions, before)


def test_momentum_is_removed_on_request():
    positions, velocities, length = lattice(3, 0.8)
    species = np.arange(len(positions)) % 2
    pairs = PairTable(np.ones((2, 2)), np.ones((2, 2)), 2.4)
    masses = np.array([1.0, 5.0])
    simulation = Simulation(
        positions,
        velocities + np.array([1.0, 2.0, 3.0]),
        length,
        pairs,
        species=species,
        masses=masses,
        **OPTIONS,
    )
    relative = simulation.velocities[0] - simulation.velocities[1]
    simulation.remove_momentum()
    assert (masses[species][:, None] * simulation.velocities).sum(axis=0) == pytest.approx(0, abs=1e-11)
    assert simulation.velocities[0] - simulation.velocities[1] == pytest.approx(relative, abs=1e-13)


def test_a_runaway_temperature_is_named():
    positions, velocities, length = lattice(3, 0.5)
    simulation = Simulation(positions, velocities, length, SMOOTH, **OPTIONS)
    simulation.temperature_bound = 0.5
    with pytest.raises(SimulationFault, match=r"step 5: the temperature has run away to 0\.\d+; the fastest"):
        simulation.run(5)


def test_atoms_can_be_replaced():
    positions, velocities, length = lattice(3, 0.5)
    simulation = Simulation(positions, velocities, length, SMOOTH, **OPTIONS)
    simulation.run(10)
    fewer = [Start(simulation.positions[:-1], simulation.velocities[:-1], np.zeros(107, int))]
    simulation.replace_atoms(fewer)
    alone = Simulation(*fewer[0][:2], length, SMOOTH, **OPTIONS)
    assert simulation.force_on_atoms == pytest.approx(alone.force_on_atoms, abs=1e-12)
    simulation.run(5)
    assert simulation.step == 15 and simulation.atoms.count == 107
