"""Flat walls: their laws, forces, faults and pressures."""

import math

import field_checks as checks
import numpy as np
import pytest

from knudsen.core.faults import SimulationFault
from knudsen.core.kernels import device
from knudsen.core.shapes import LENNARD_JONES, user_shape
from knudsen.md.fields.walls import WALL_9_3, WALL_10_4, Wall, steele_shape
from knudsen.md.potentials.cutoff import FORMS
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box


@device
def tenth(z):
    return 0.1 / z**3


SLIT = (True, True, False)
SHAPES = {"9-3": WALL_9_3, "10-4": WALL_10_4, "10-4-3": steele_shape(), "12-6": LENNARD_JONES}


def slit(shape=WALL_9_3, form="force-shifted", cutoff=2.5, **options):
    walls = [
        Wall("z", place, side, cutoff, [1.0, 0.7], [1.0, 2.0], shape, form)
        for place, side in ((0.0, 1), (checks.LENGTH, -1))
    ]
    return checks.system(*walls, periodic=SLIT, **options)


def purely_repulsive(**options):
    walls = [Wall.wca("z", 0.0, 1), Wall.wca("z", checks.LENGTH, -1)]
    return checks.system(*walls, periodic=SLIT, **options)


@pytest.mark.parametrize(
    ("shape", "form"), [*((shape, "cut") for shape in SHAPES), *(("9-3", form) for form in FORMS[1:])]
)
def test_force_is_the_gradient_of_the_energy(shape, form):
    sim = slit(SHAPES[shape], form, cutoff=4.0)
    for wall in sim.fields:
        assert np.abs(checks.own_forces(sim, wall)).max() > 1e-3
        # Truncated at h^4 V''''' / 30, at most 2e-9 for 12-6 at a distance of 1.
        assert checks.gradient_error(sim, wall, step=4e-4, atoms=range(0, 64, 5)) < 4e-9


@pytest.mark.parametrize(
    ("shape", "value"),
    [
        ("9-3", lambda z: 2 / 15 / z**9 - 1 / z**3),
        ("10-4", lambda z: 2 * np.pi * (0.4 / z**10 - 1 / z**4)),
        (
            "10-4-3",
            lambda z: 2 * np.pi
            * (0.4 / z**10 - 1 / z**4 - np.sqrt(2) / 3 / (z + 0.61 / np.sqrt(2)) ** 3),
        ),
        ("12-6", lambda z: 4 * (z**-12 - z**-6)),
    ],
)  # fmt: skip
def test_energy_is_the_law_summed_over_the_atoms(shape, value):
    sim = slit(SHAPES[shape], "cut", cutoff=checks.LENGTH)
    z, kinds = sim.positions[:, 2], sim.species
    sigma, epsilon = np.array([1.0, 0.7])[kinds], np.array([1.0, 2.0])[kinds]
    for wall, distance in zip(sim.fields, (z, checks.LENGTH - z), strict=True):
        expected = (epsilon * value(distance / sigma)).sum()
        assert wall.energy(sim) == pytest.approx(expected, rel=1e-12)


def test_half_space_and_plane_are_the_sum_of_their_atoms():
    """The integrals of 12-6 atoms over a half-space and over a plane, by quadrature."""
    from scipy.integrate import quad

    def pair(r):
        return 4 * (r**-12 - r**-6)

    def plane(z):
        return quad(lambda s: 2 * np.pi * s * pair(np.hypot(s, z)), 0, np.inf, epsabs=1e-13)[0]

    for z in (0.9, 1.3, 2.2):
        assert float(WALL_10_4.energy(z * z)) == pytest.approx(plane(z), rel=1e-9)
        half_space = quad(plane, z, np.inf, epsabs=1e-12)[0]
        assert 2 * np.pi / 3 * float(WALL_9_3.energy(z * z)) == pytest.approx(half_space, rel=1e-8)


def test_steeles_wall_sums_planes_behind_planes():
    """The last term is the sum over the further planes, which Steele's 0.61 gives to 6 %."""
    spacing = np.sqrt(0.5)
    for z in (1.2, 1.5, 2.5):
        behind = sum(float(WALL_10_4.energy((z + n * spacing) ** 2)) for n in range(1, 4000))
        last = float(steele_shape().energy(z * z)) - float(WALL_10_4.energy(z * z))
        assert last == pytest.approx(behind, rel=0.06)


def test_wca_ends_smoothly_at_its_minimum():
    sim = purely_repulsive()
    distance = np.array([0.9, 1.0, 2 ** (1 / 6) - 1e-9, 2 ** (1 / 6) + 1e-9])
    places = np.zeros((4, 4))
    places[:, 2] = distance
    energies = sim.fields[0].energies_at(sim, places.ravel(), np.zeros(12, np.int32), np.zeros(4, np.int32))
    expected = [4 * (0.9**-12 - 0.9**-6) + 1, 1.0, 0.0, 0.0]
    assert energies == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("make", [slit, purely_repulsive])
def test_energy_is_conserved_to_second_order_of_the_step(make):
    coarse, fine = checks.spread(make(timestep=0.004)), checks.spread(make(timestep=0.002))
    assert coarse / fine == pytest.approx(4, rel=0.25)
    assert fine / 64 < 1e-3


def test_energy_does_not_drift():
    sim = slit(timestep=0.002)
    before = sim.conserved()
    sim.run(5000)
    assert abs(sim.conserved() - before)[0] / 64 < 1e-4


def test_one_and_two_threads_give_the_same_bits():
    one, two = checks.bits_of_threads(slit)
    assert all(np.array_equal(a, b) for a, b in zip(one, two, strict=True))


def test_a_copy_does_not_know_the_others():
    together, alone = slit(copies=3), slit(copies=3, only=[1])
    for sim in (together, alone):
        sim.run(40)
    for a, b in zip(checks.state(together), checks.state(alone), strict=True):
        assert np.array_equal(a[1], b[0])
    for a, b in zip(together.fields, alone.fields, strict=True):
        assert a.pressures(together)[1] == b.pressures(alone)[0]


def test_walls_stand_where_each_copy_has_them():
    low, high = [0.0, -0.4], [checks.LENGTH, checks.LENGTH + 0.1]
    sim = checks.system(Wall.wca("z", low, 1), Wall.wca("z", high, -1), periodic=SLIT, copies=2)
    for number in range(2):
        walls = [Wall.wca("z", low[number], 1), Wall.wca("z", high[number], -1)]
        other = checks.system(*walls, periodic=SLIT, copies=2, only=[number])
        for wall, alone in zip(sim.fields, other.fields, strict=True):
            assert wall.energy(sim)[number] == alone.energy(other)[0]


def test_a_species_of_no_depth_passes_a_wall():
    walls = [Wall("z", 4.0, 1, 2.5, epsilon=[0.0, 1.0])]
    with pytest.raises(SimulationFault, match=r"step 0: atom \d*[13579] is at"):
        checks.system(*walls, periodic=SLIT)


def one_atom(z, speed, timestep=0.002, place=0.0):
    walls = [Wall.wca("z", place, 1), Wall.wca("z", checks.LENGTH, -1)]
    return Simulation(
        [[3.0, 3.0, z]], [[0.1, 0.2, speed]], Box(checks.LENGTH, SLIT), PairTable(1.0, 1.0, 2.5),
        timestep=timestep, fields=walls, device="cpu",
    )  # fmt: skip


def test_a_wall_turns_an_atom_and_takes_twice_its_momentum():
    sim = one_atom(3.0, -2.0)
    impulse, area = 0.0, checks.LENGTH**2
    for _ in range(1500):
        sim.run(1)
        impulse += float(sim.fields[0].pressures(sim)[0]) * area * sim.timestep
    assert sim.velocities[0] == pytest.approx([0.1, 0.2, 2.0], abs=1e-4)
    assert impulse == pytest.approx(4.0, abs=1e-3)


def test_an_atom_that_shoots_through_a_wall_is_named():
    # In one step of 0.02 it goes 2 sigma, from beyond the wall's reach to behind it.
    sim = one_atom(3.5, 0.0, timestep=0.02, place=2.0)
    sim.atoms.velocity[2] = -100.0
    with pytest.raises(SimulationFault, match=r"step 1: atom 0 is at .* Wall\(axis=z, place=2.0.*time step"):
        sim.run(5)


def test_an_atom_that_starts_behind_a_wall_is_named():
    with pytest.raises(SimulationFault, match=r"step 0: atom \d+ of copy 1 is at"):
        checks.system(Wall.wca("z", [0.0, 3.0], 1), periodic=SLIT, copies=2)


def test_a_users_law_is_a_wall():
    @device
    def yukawa(z):
        return math.exp(-z) / z

    sim = checks.system(
        Wall("x", 0.0, 1, 5.0, shape=user_shape(yukawa), form="cut"), periodic=(False, True, True)
    )
    x = sim.positions[:, 0]
    assert sim.fields[0].energy(sim) == pytest.approx((np.exp(-x) / x)[x < 5].sum(), rel=1e-12)
    assert checks.gradient_error(sim, sim.fields[0], step=1e-3, atoms=range(0, 64, 7)) < 1e-8


def test_the_same_wall_is_described_alike_and_another_is_not():
    assert slit().fields[0].describe() == slit().fields[0].describe() != slit().fields[1].describe()
    assert Wall("z", 0, 1, 2.0).describe() != Wall("z", 0, 1, 2.0, shape=WALL_10_4).describe()


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: checks.system(Wall.wca("z", 0.0, 1)), "periodic"),
        (lambda: Wall.wca("z", 0.0, 0), "side"),
        (
            lambda: checks.system(Wall("z", 0.0, 1, 2.5, shape=user_shape(tenth, tenth)), periodic=SLIT),
            "slope|force",
        ),
        (lambda: Wall.wca("w", 0.0, 1), "axis"),
        (lambda: Wall("z", 0.0, 1, 2.5, form="smooth"), "form"),
        (lambda: checks.system(Wall("z", 0.0, 1, -2.5), periodic=SLIT), "positive"),
        (lambda: checks.system(Wall("z", 0.0, 1, 2.5, [1.0, 1.0, 1.0]), periodic=SLIT), "sigma of a wall"),
        (lambda: checks.system(Wall("z", np.inf, 1, 2.5), periodic=SLIT), "place"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


def test_walls_leave_two_components_of_the_momentum():
    sim = slit()
    assert sim.conserved_axes.tolist() == [[True, True, False]] * sim.copies
    assert (sim.degrees_of_freedom == 3 * np.diff(sim.atoms.first) - 2).all()
