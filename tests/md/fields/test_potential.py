"""A user's potential of the place, and tethers."""

import math

import field_checks as checks
import numpy as np
import pytest

from knudsen.core.faults import SimulationFault
from knudsen.core.kernels import device
from knudsen.md.fields.potential import PotentialField, position_law
from knudsen.md.fields.tethers import Tethers
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

TURN = 2 * np.pi / checks.LENGTH


@device
def wave(z, species, p):
    return p[species] * math.cos(p[2] * z)


@device
def wave_force(z, species, p):
    return p[species] * p[2] * math.sin(p[2] * z)


@device
def well(x, y, z, species, p):
    return p[species] * math.cos(p[2] * x) * math.sin(p[2] * y) * math.cos(2.0 * p[2] * z)


def plain_wave(z, species, p):
    return p[species] * math.cos(p[2] * z)


def along(axis="z", force=None, potential=wave, **options):
    return checks.system(PotentialField(potential, force, axis, [1.5, -0.8, TURN]), **options)


def in_space(**options):
    return checks.system(PotentialField(well, parameters=[1.5, -0.8, TURN]), **options)


def tethered(**options):
    return checks.system(Tethers(np.arange(5, 40), 30.0), **options)


MAKERS = [along, in_space, tethered]


@pytest.mark.parametrize("axis", ["x", "y", "z"])
@pytest.mark.parametrize("force", [None, wave_force])
def test_force_along_an_axis_is_the_gradient(axis, force):
    sim = along(axis, force)
    assert checks.gradient_error(sim, sim.fields[0], step=1e-3, atoms=range(0, 64, 5)) < 2e-9
    exact = along(axis, wave_force)
    others = checks.own_forces(exact, exact.fields[0])
    assert checks.own_forces(sim, sim.fields[0]) == pytest.approx(others, abs=1e-11)
    assert not others[:, "xyz".index(axis) != np.arange(3)].any()


def test_force_in_space_is_the_gradient():
    sim = in_space()
    assert checks.gradient_error(sim, sim.fields[0], step=1e-3, atoms=range(0, 64, 5)) < 2e-9


def test_a_plain_function_is_compiled():
    assert along(potential=plain_wave).conserved() == along().conserved()


def test_a_wrong_force_would_be_seen():
    sim = along()
    sim.fields[0].law = position_law(wave, wave, 2)
    assert checks.gradient_error(sim, sim.fields[0], step=1e-3, atoms=range(4)) > 0.1


@pytest.mark.parametrize("make", MAKERS)
def test_energy_is_conserved_to_second_order_of_the_step(make):
    coarse, fine = checks.spread(make(timestep=0.004)), checks.spread(make(timestep=0.002))
    assert coarse / fine == pytest.approx(4, rel=0.25)
    assert fine / 64 < 1e-3


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


def test_each_copy_may_have_its_own_parameters():
    rows = np.array([[0.0, 0.0, TURN], [1.5, -0.8, TURN]])
    sim = checks.system(PotentialField(wave, axis="z", parameters=rows), copies=2)
    energy = sim.fields[0].energy(sim)
    assert energy[0] == 0
    weights = rows[1][sim.species[1]]
    assert energy[1] == pytest.approx((weights * np.cos(TURN * sim.positions[1][:, 2])).sum(), rel=1e-12)


def test_places_are_given_within_a_periodic_box():
    """A potential that is zero in the box and not beyond it is never felt."""

    @device
    def outside(z, species, p):
        return 0.0 if 0.0 <= z < p[0] else np.nan

    @device
    def no_force(z, species, p):
        return 0.0 if 0.0 <= z < p[0] else np.nan

    sim = checks.system(PotentialField(outside, no_force, "z", [checks.LENGTH]), timestep=0.004)
    sim.run(400)
    assert np.abs(sim.images[:, 2]).max() > 0
    assert sim.fields[0].energy(sim) == 0


def test_a_force_that_is_no_number_is_named():
    @device
    def torn(z, species, p):
        return np.nan if z > 6.0 else 0.0

    sim = checks.system(PotentialField(torn, torn, "z"))
    with pytest.raises(SimulationFault, match=r"step \d+: atom \d+ is at .*torn#.* has no force"):
        sim.run(2000)


def test_the_same_problem_is_described_alike_and_another_is_not():
    one, two = PotentialField(wave, axis="z"), PotentialField(plain_wave, axis="z")
    assert one.describe() == PotentialField(wave, axis="z").describe() != two.describe()
    assert "0x" not in one.describe()
    assert Tethers([0, 1], 2.0).describe() != Tethers([0, 2], 2.0).describe()


def test_a_tethered_atom_swings_as_a_harmonic_oscillator():
    """Alone and across a periodic face: r = a cos(omega t), omega^2 = k / m, to O(dt^2)."""
    site = np.array([[[0.2, 0.1, 4.0]]])
    sim = Simulation(
        site[0] + [[0.3, -0.2, 0.1]], np.zeros((1, 3)), Box(checks.LENGTH), checks.MIXTURE, timestep=1e-3,
        masses=[2.0, 1.0], species=[0], fields=[Tethers([0], 8.0, site)], device="cpu",
    )  # fmt: skip
    for _ in range(4):
        sim.run(700)
        swing = np.array([0.3, -0.2, 0.1]) * np.cos(2.0 * sim.time)
        assert sim.unwrapped_positions[0] - site[0, 0] == pytest.approx(swing, abs=1e-6)


def test_tethers_hold_by_the_atoms_numbers_however_they_are_sorted():
    sim = tethered()
    start = sim.unwrapped_positions
    sim.run(1500)
    assert not np.array_equal(sim.atoms.id, np.arange(64))
    moved = np.linalg.norm(sim.unwrapped_positions - start, axis=1)
    held = np.isin(np.arange(64), np.arange(5, 40))
    assert moved[held].max() < 1.5 < moved[~held].max()
    assert not np.isclose(sim.fields[0].energy(sim), 0)
    assert sim.fields[0].energy(sim) == pytest.approx(15 * (moved[held] ** 2).sum(), rel=1e-12)


@pytest.mark.parametrize("make", [along, tethered])
def test_in_single_precision_forces_are_those_of_double(make):
    double, single = make(), make(precision="single")
    forces = checks.own_forces(double, double.fields[0])
    assert checks.own_forces(single, single.fields[0]) == pytest.approx(forces, abs=1e-5)


def test_a_restored_run_goes_on_bit_for_bit_with_the_sites_of_its_start(tmp_path):
    wall, start = Tethers(np.arange(5, 40), 30.0), tethered()
    start.run(30)
    start.checkpoint(tmp_path / "state.npz")
    moved = start.positions
    later = Simulation(
        moved, np.zeros_like(moved), Box(checks.LENGTH), checks.MIXTURE, timestep=0.002, fields=[wall],
        species=np.arange(64) % 2, masses=[1.0, 2.5], device="cpu",
    )  # fmt: skip
    later.restore(tmp_path / "state.npz")
    for sim in (start, later):
        sim.run(30)
    assert all(np.array_equal(a, b) for a, b in zip(checks.state(start), checks.state(later), strict=True))


def test_tethers_pull_towards_their_sites():
    sim = tethered()
    sim.run(50)
    assert checks.gradient_error(sim, sim.fields[0], step=1e-3) < 1e-9


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: PotentialField(wave, axis="w"), "axis"),
        (lambda: PotentialField(wave, axis="z", parameters=[np.nan]), "parameters"),
        (
            lambda: checks.system(PotentialField(wave, axis="z", parameters=np.ones((3, 3))), copies=2),
            "3 rows",
        ),
        (lambda: along(force=wave), "not the slope"),
        (lambda: checks.system(PotentialField(well, axis="z")), "Numba compiles"),
        (lambda: Tethers([], 1.0), "atoms"),
        (lambda: Tethers([0.5], 1.0), "whole"),
        (lambda: Tethers([1, 1], 1.0), "twice"),
        (lambda: Tethers([1, 2], 0.0), "positive"),
        (lambda: Tethers([1, 2], [1.0]), "stiffness"),
        (lambda: checks.system(Tethers([64], 1.0)), "64 atoms"),
        (lambda: checks.system(Tethers([1], 1.0, np.zeros((2, 3)))), "sites"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()
