"""Gravity, the centrifugal force, a colour field: forces, energies, momentum."""

import field_checks as checks
import numpy as np
import pytest

from knudsen.md.fields.body import Centrifugal, ColourField, Gravity
from knudsen.md.fields.walls import Wall

G = np.array([0.3, -0.7, 1.9])


def walls(axes):
    return [Wall.wca(axis, place, side) for axis in axes for place, side in ((0.0, 1), (checks.LENGTH, -1))]


def spinning(**options):
    field = Centrifugal(0.8, "z", [3.0, 3.6, 1.0])
    return checks.system(field, *walls("xy"), periodic=(False, False, True), **options)


def falling(**options):
    return checks.system(Gravity(G), **options)


def coloured(**options):
    return checks.system(ColourField([1.0, -0.4], [0.0, 2.0, 0.5]), **options)


MAKERS = [falling, coloured, spinning]


@pytest.mark.parametrize("make", MAKERS)
def test_forces_are_the_gradient_of_the_energy(make):
    sim = make()
    # The energy is some 1e3, its differences good to 1e-16 of that over a step of 1e-4.
    assert checks.gradient_error(sim, sim.fields[0]) < 3e-8


@pytest.mark.parametrize("make", MAKERS)
def test_energy_is_conserved_to_second_order_of_the_step(make):
    coarse, fine = checks.spread(make(timestep=0.004)), checks.spread(make(timestep=0.002))
    assert coarse / fine == pytest.approx(4, rel=0.25)
    assert fine / 64 < 1e-3


@pytest.mark.parametrize("make", MAKERS)
def test_without_the_fields_energy_the_rest_would_drift(make):
    sim = make()
    before = sim.conserved() - sim.fields[0].energy(sim)
    sim.run(500)
    assert abs(sim.conserved() - sim.fields[0].energy(sim) - before)[0] > 1.0


@pytest.mark.parametrize("make", MAKERS)
def test_one_and_two_threads_give_the_same_bits(make):
    one, two = checks.bits_of_threads(make)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


@pytest.mark.parametrize("make", MAKERS)
def test_a_copy_does_not_know_the_others(make):
    together, alone = make(copies=3), make(copies=3, only=[1])
    for sim in (together, alone):
        sim.run(40)
    for a, b in zip(checks.state(together), checks.state(alone), strict=True):
        assert np.array_equal(a[1], b[0])


def test_all_fall_alike():
    """In a periodic box gravity only adds g t to every velocity: the relative motion is that without it."""
    fallen, floating = falling(), checks.system()
    for sim in (fallen, floating):
        sim.run(200)
    assert fallen.velocities == pytest.approx(floating.velocities + G * fallen.time, abs=1e-9)
    moved = fallen.unwrapped_positions - floating.unwrapped_positions
    assert moved == pytest.approx(np.broadcast_to(G * fallen.time**2 / 2, moved.shape), abs=1e-9)


def test_copies_may_fall_each_its_own_way():
    sim = checks.system(Gravity([[0, 0, 0], G]), copies=2)
    forces = checks.own_forces(sim, sim.fields[0]).reshape(2, 64, 3)
    masses = sim.masses[sim.atoms.position[: 4 * 128].reshape(2, 64, 4)[:, :, 3].astype(int)]
    assert not forces[0].any()
    assert forces[1] == pytest.approx(masses[1][:, None] * G, rel=1e-15)


def test_a_balanced_colour_field_keeps_the_momentum_and_the_relative_motion():
    balanced, plain = coloured(), checks.system(ColourField([1.0, -0.4], [0.0, 2.0, 0.5], balanced=False))
    masses = balanced.masses[balanced.species][:, None]
    before = (masses * balanced.velocities).sum(axis=0)
    for sim in (balanced, plain):
        sim.run(200)
    assert (masses * balanced.velocities).sum(axis=0) == pytest.approx(before, abs=1e-10)
    assert np.abs((masses * plain.velocities).sum(axis=0) - before).max() > 1
    relative = [sim.velocities - sim.velocities[0] for sim in (balanced, plain)]
    assert relative[0] == pytest.approx(relative[1], abs=1e-9)
    assert balanced.degrees_of_freedom == plain.degrees_of_freedom - 3


def test_centrifugal_force_is_that_of_the_cross_product():
    axis, centre = np.array([1.0, 2.0, -0.5]), np.array([3.0, 4.0, 2.0])
    sim = checks.system(Centrifugal(0.7, axis, centre), *walls("xyz"), periodic=(False,) * 3)
    spin = 0.7 * axis / np.linalg.norm(axis)
    rows = sim.atoms.position[: 4 * 64].reshape(-1, 4)
    arm = rows[:, :3] - centre
    masses = sim.masses[rows[:, 3].astype(int)][:, None]
    expected = -masses * np.cross(spin, np.cross(spin, arm))
    assert checks.own_forces(sim, sim.fields[0]) == pytest.approx(expected, abs=1e-12)
    energy = -0.5 * (masses * np.cross(spin, arm) ** 2).sum()
    assert sim.fields[0].energy(sim) == pytest.approx(energy, rel=1e-13)


def test_a_field_belongs_to_one_simulation():
    sim = falling()
    with pytest.raises(ValueError, match="this Gravity belongs to another"):
        checks.system(sim.fields[0])
    sim.fields[0].bind(sim)


def test_frozen_atoms_feel_no_field():
    sim = checks.system(Gravity(G), ColourField([1.0, 1.0], G), masses=[1.0, np.inf])
    frozen = sim.atoms.position[: 4 * 64].reshape(-1, 4)[:, 3] == 1
    for field in sim.fields:
        assert not checks.own_forces(sim, field)[frozen].any()
    # All mobile atoms are alike, so a balanced field of theirs is none.
    assert np.abs(checks.own_forces(sim, sim.fields[1])).max() < 1e-15


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: checks.system(Gravity([0, 1])), "acceleration"),
        (lambda: checks.system(Gravity([0, 1, np.nan])), "acceleration"),
        (lambda: checks.system(Gravity(np.zeros((3, 3))), copies=2), "acceleration"),
        (lambda: checks.system(ColourField([1.0], G)), "charge"),
        (lambda: checks.system(Centrifugal(1.0, "z", [0, 0, 0])), "periodic along x, y"),
        (lambda: Centrifugal(1.0, [0, 0, 0], [0, 0, 0]), "direction"),
        (lambda: Centrifugal(1.0, "w", [0, 0, 0]), "axis"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
