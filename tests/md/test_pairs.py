"""Pair tables: WCA by hand, mixtures by brute force, users' potentials, real gases, faults."""

import doctest
import math

import numpy as np
import ptx
import pytest
from lattices import lattice

from knudsen.core.gases import Mixture
from knudsen.core.kernels import device
from knudsen.core.potentials import LennardJones, Mie, UserPotential
from knudsen.core.shapes import LENNARD_JONES, mie_shape, user_shape
from knudsen.md.potentials import gas_pairs as gas_pairs_module
from knudsen.md.potentials import pairs as pairs_module
from knudsen.md.potentials.gas_pairs import gas_pairs, pairs_of
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

MINIMUM = 2 ** (1 / 6)
MIE = mie_shape(14.0, 7.0)


@device
def buckingham(r):
    return 300 * math.exp(-5 * r) - 2 / r**6


@device
def buckingham_force(r):
    return 1500 * math.exp(-5 * r) - 12 / r**7


BUCKINGHAM = user_shape(buckingham, buckingham_force)


def pair_of_atoms(r, pairs, species=(0, 0), **options):
    positions = np.array([[1.0, 2.0, 3.0], [1.0 + r, 2.0, 3.0]])
    arguments = {"timestep": 1e-3, "species": np.array(species), "device": "cpu"} | options
    return Simulation(positions, 0 * positions, 8.0, pairs, **arguments)


# --- WCA -----------------------------------------------------------------------------------------


def test_wca_is_its_formula():
    """V(1) = epsilon, F(1) = 24 epsilon / sigma; V = F = 0 from 2^(1/6) sigma on."""
    pairs = PairTable.wca(0.5, 3.0)
    assert pairs.cutoff == pytest.approx(np.array([[0.5 * MINIMUM]]), rel=1e-15)
    sim = pair_of_atoms(0.5, pairs)
    assert sim.energies().potential == pytest.approx(3.0, rel=1e-14)
    assert sim.force_on_atoms[:, 0] == pytest.approx([-144.0, 144.0], rel=1e-14)
    for r, energy in ((0.45, 12 * (0.9**-12 - 0.9**-6 + 0.25)), (0.5 * MINIMUM + 1e-9, 0.0), (0.7, 0.0)):
        assert pair_of_atoms(r, pairs).energies().potential == pytest.approx(energy, rel=1e-13, abs=1e-13)
    assert abs(pair_of_atoms(0.5 * MINIMUM - 1e-9, pairs).force_on_atoms).max() < 1e-5


def test_wca_of_a_mie_shape_ends_at_its_own_minimum():
    assert PairTable.wca(1.0, 1.0, MIE).cutoff[0, 0] == pytest.approx(2 ** (1 / 7), rel=1e-15)


@pytest.mark.parametrize("form", ["cut", "shifted", "force-shifted", "switched"])
def test_wca_beside_lennard_jones_in_any_form(form):
    plain = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.5, form=form)
    mixed = plain.with_wca((1, 0))
    wca = PairTable.wca(0.9, 1.5**0.5)
    assert mixed.whole(0, 1) and not mixed.whole(0, 0) and not plain.whole(0, 1)
    for r in (0.85, 0.95, 1.0, 1.05, 2.3):
        for species in ((0, 0), (1, 1)):
            # A law of several forms is compiled for these; what it is compiled of is the plain one's.
            a, b = (pair_of_atoms(r, table, species) for table in (mixed, plain))
            assert a.energies().potential == pytest.approx(b.energies().potential, rel=1e-13)
            assert a.force_on_atoms == pytest.approx(b.force_on_atoms, rel=1e-13)
        a, b = pair_of_atoms(r, mixed, (0, 1)), pair_of_atoms(r, wca)
        assert a.energies().potential == pytest.approx(b.energies().potential, rel=1e-13, abs=1e-14)
        assert a.force_on_atoms == pytest.approx(b.force_on_atoms, rel=1e-13, abs=1e-13)
    assert [mixed.full().form_of(*pair) for pair in ((0, 0), (1, 1))] == ["cut", "cut"]
    assert mixed.full().whole(0, 1)
    with pytest.raises(ValueError, match="species run from 0 to 1"):
        plain.with_wca((0, 2))


# --- tables of several shapes and forms ------------------------------------------------------------

SIGMA = np.array([[1.0, 0.95, 0.9], [0.95, 0.9, 1.05], [0.9, 1.05, 1.1]])
EPSILON = np.array([[1.0, 0.0, 0.7], [0.0, 1.3, 0.9], [0.7, 0.9, 0.5]])
CUTOFF = np.array([[2.4, 2.0, 1.1 * MINIMUM], [2.0, 2.2, 1.8], [1.1 * MINIMUM, 1.8, 2.1]])
FORM = [["cut", "cut", "shifted"], ["cut", "switched", "force-shifted"], ["shifted", "force-shifted", "cut"]]
SHAPE = [
    [LENNARD_JONES, LENNARD_JONES, MIE],
    [LENNARD_JONES, MIE, BUCKINGHAM],
    [MIE, BUCKINGHAM, LENNARD_JONES],
]
SEVERAL = PairTable(SIGMA, EPSILON, CUTOFF, FORM, SHAPE)


def lj(r):
    return 4 * (r**-12 - r**-6), 4 * (12 * r**-13 - 6 * r**-7)


def mie(r):
    return 4 * (r**-14 - r**-7), 4 * (14 * r**-15 - 7 * r**-8)


def exp6(r):
    return 300 * np.exp(-5 * r) - 2 * r**-6, 1500 * np.exp(-5 * r) - 12 * r**-7


PLAIN = [[lj, lj, mie], [lj, mie, exp6], [mie, exp6, lj]]


def by_hand(r, a, b):
    """Energy and force of a pair of species at distances r, from the formulas of the forms."""
    sigma, epsilon, rc = SIGMA[a, b], EPSILON[a, b], CUTOFF[a, b] / SIGMA[a, b]
    x = r / sigma
    energy, force = PLAIN[a][b](x)
    end, slope = PLAIN[a][b](rc)
    if FORM[a][b] == "shifted":
        energy = energy - end
    if FORM[a][b] == "force-shifted":
        energy, force = energy - end + (x - rc) * slope, force - slope
    if FORM[a][b] == "switched":
        s = np.maximum(0, (x**2 - (0.9 * rc) ** 2) / (rc**2 * (1 - 0.81)))
        switch = 1 - 10 * s**3 + 15 * s**4 - 6 * s**5
        fall = -30 * s**2 * (1 - s) ** 2 * 2 * x / (rc**2 * (1 - 0.81))
        energy, force = energy * switch, force * switch - energy * fall
    inside = x < rc
    return np.where(inside, epsilon * energy, 0.0), np.where(inside, epsilon / sigma * force, 0.0)


def all_pairs(positions, species, length):
    """Forces, energy and trace of the virial, pair by pair."""
    apart = positions[:, None] - positions
    apart -= length * np.round(apart / length)
    r = np.sqrt((apart**2).sum(axis=2)) + np.eye(len(positions)) * 100
    energy, force = np.zeros_like(r), np.zeros_like(r)
    for a, b in np.ndindex(3, 3):
        these = np.ix_(species == a, species == b)
        energy[these], force[these] = by_hand(r[these], a, b)
    return (force / r)[:, :, None] * apart, energy.sum() / 2, (force * r).sum() / 2


@pytest.mark.parametrize(("precision", "digits"), [("double", 1e-11), ("mixed", 3e-6)])
def test_a_table_of_several_shapes_and_forms_is_that_of_all_pairs(precision, digits):
    positions, velocities, length = lattice(4, 0.9, jitter=0.1)
    species = np.random.default_rng(4).integers(0, 3, len(positions))
    sim = Simulation(
        positions,
        velocities,
        length,
        SEVERAL,
        timestep=0.001,
        species=species,
        precision=precision,
        device="cpu",
    )
    pulls, energy, virial = all_pairs(positions, species, length)
    forces = pulls.sum(axis=1)
    assert sim.force_on_atoms == pytest.approx(forces, abs=digits * np.abs(pulls).max())
    assert sim.energies().potential == pytest.approx(energy, rel=1e-11)
    kinetic = (sim.velocities**2).sum()
    assert np.trace(sim.pressure_tensor()) * length**3 == pytest.approx(kinetic + virial, rel=1e-6)
    swapped = all_pairs(positions, 2 - species, length)[1]
    assert abs(swapped - energy) > 10.0


def test_pairs_of_no_depth_fly_through_each_other():
    table = PairTable(np.ones((2, 2)), [[1.0, 0.0], [0.0, 1.0]], 2.5)
    assert not pair_of_atoms(0.01, table, (0, 1)).force_on_atoms.any()
    assert pair_of_atoms(0.9, table, (1, 1)).force_on_atoms.any()
    # Two fluids in one place, neither of which sees the other.
    assert table.long_range([5, 5], 100.0).energy == PairTable(1.0, 1.0, 2.5).long_range(5, 100.0).energy


# --- mixing --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rule", "sigma", "epsilon"),
    [
        ("lorentz-berthelot", 1.5, 2.0),
        ("geometric", 2**0.5, 2.0),
        ("waldman-hagler", 32.5 ** (1 / 6), 2 * 8 / 32.5),
    ],
)
def test_mixing_rules_by_hand(rule, sigma, epsilon):
    table = PairTable.mixed([1.0, 2.0], [1.0, 4.0], 5.0, rule)
    assert table.sigma == pytest.approx(np.array([[1.0, sigma], [sigma, 2.0]]), rel=1e-15)
    assert table.epsilon == pytest.approx(np.array([[1.0, epsilon], [epsilon, 4.0]]), rel=1e-15)


def test_each_unlike_pair_has_its_own_k_ij():
    k = [[0, 0.1, -0.2], [0.1, 0, 0.3], [-0.2, 0.3, 0]]
    table = PairTable.lorentz_berthelot([1.0, 1.0, 1.0], [1.0, 4.0, 9.0], 2.5, k_ij=k)
    expected = np.array([[1.0, 1.8, 3.6], [1.8, 4.0, 4.2], [3.6, 4.2, 9.0]])
    assert table.epsilon == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("k", [[[0, 0.1], [0.2, 0]], [[0.1, 0], [0, 0]], [0.1, 0.2], 1.5, np.nan])
def test_bad_k_ij_are_refused(k):
    with pytest.raises(ValueError, match="k_ij must be"):
        PairTable.lorentz_berthelot([1.0, 1.0], [1.0, 1.0], 2.5, k_ij=k)


# --- potentials of the user's own ------------------------------------------------------------------


def test_a_users_potential_moves_atoms_as_its_formula_says():
    pairs = PairTable(1.0, 2.0, 2.5, form="force-shifted", shape=BUCKINGHAM)
    end, slope = exp6(2.5)
    for r in (0.9, 1.2, 2.4):
        energy, force = exp6(r)
        sim = pair_of_atoms(r, pairs)
        assert sim.energies().potential == pytest.approx(2 * (energy - end + (r - 2.5) * slope), rel=1e-12)
        assert sim.force_on_atoms[1, 0] == pytest.approx(2 * (force - slope), rel=1e-12)


KINK = user_shape(lambda r: 1 - r if r < 1 else 0.0, lambda r: 1.0 if r < 1 else 0.0)
SOUND = {
    "a kink": KINK,
    "a kink, differenced": user_shape(lambda r: 1 - r if r < 1 else 0.0),
    "bounded": user_shape(lambda r: math.exp(-r * r)),
    "steep": mie_shape(1000.0, 6.0),
    "an attractive core": BUCKINGHAM,
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_potentials_are_taken(name):
    PairTable(1.0, 1.0, 2.5, shape=SOUND[name])


UNSOUND = {
    "sign": (lambda r: math.exp(-r) / r, lambda r: -math.exp(-r) * (1 + 1 / r) / r, "disagree: from r = 2.5"),
    "a part in a thousand": (lambda r: r**-9.0, lambda r: 9.01 * r**-10.0, "disagree"),
    "core only": (lambda r: r**-9.0, lambda r: 9 * r**-10.0 if r > 1 else 8 * r**-10.0, "from r = 1.0"),
    "a step": (lambda r: -1.0 if r < 1.5 else 0.0, lambda r: 0.0, r"rises by -1 epsilon .* work 0"),
    "nan": (lambda r: math.log(r - 1), None, "finite inside its cut-off: at r = 1"),
    "force of nan": (
        lambda r: r**-9.0,
        lambda r: 9 * r**-10.0 * math.sqrt(r - 1.1),
        "finite .* its force nan",
    ),
    "no number": (lambda r: None, None, "return one number"),
    "no such function": (lambda r: r.exp(), None, "Unknown attribute 'exp'"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound_potentials_are_refused_in_one_error(name):
    potential, force, words = UNSOUND[name]
    with pytest.raises(ValueError, match=words):
        PairTable(1.0, 1.0, 2.5, shape=user_shape(potential, force))


# --- real gases ------------------------------------------------------------------------------------


def test_argon_and_krypton_in_units_of_argon():
    gases = Mixture(["Ar", "Kr"], "lj", {("Ar", "Kr"): Mie(3.6e-10, 120.0, 14.0, 7.0)})
    pairs, masses, units = gas_pairs(gases, 3.0)
    assert pairs.sigma == pytest.approx(np.array([[1, 3.6 / 3.542], [3.6 / 3.542, 3.655 / 3.542]]), rel=1e-12)
    assert pairs.epsilon == pytest.approx(np.array([[1, 120 / 93.3], [120 / 93.3, 178.9 / 93.3]]), rel=1e-12)
    assert pairs.shape_of(0, 1) is MIE and pairs.shape_of(1, 1) is LENNARD_JONES
    assert masses == pytest.approx([1.0, 83.798 / 39.948], rel=1e-12)
    assert (units.length, units.temperature) == (3.542e-10, 93.3)
    # 1 nm of Ar-Kr in SI: the reduced energy times its unit.
    energy = pair_of_atoms(1e-9 / units.length, gas_pairs(gases, 3.0).pairs, (0, 1)).energies().potential
    x = 0.36
    assert energy * units.temperature == pytest.approx(120.0 * 4 * (x**14 - x**7), rel=1e-12)


def test_potentials_without_gases():
    one = pairs_of(LennardJones(3.4e-10, 120.0), 2.5, form="switched")
    assert one.sigma.tolist() == one.epsilon.tolist() == [[1.0]] and one.form == "switched"
    user = pairs_of(UserPotential(3e-10, 50.0, buckingham, buckingham_force), 2.5)
    assert user.shape == BUCKINGHAM
    with pytest.raises(ValueError, match=r"species 0 and 0 .* model 'lj'"):
        gas_pairs(Mixture(["Ar"], "vss"), 3.0)


@pytest.mark.parametrize("module", [pairs_module, gas_pairs_module])
def test_examples_of_the_docstrings_hold(module):
    found = doctest.testmod(module)
    assert found.failed == 0 < found.attempted


# --- faults ----------------------------------------------------------------------------------------


def test_every_fault_of_a_table_is_told_at_once():
    with pytest.raises(ValueError) as told:
        PairTable([[1, 1], [2, np.nan]], [[1, -1], [-1, 1]], [1, 2, 3], form="crop", shape=lj, switch_on=2)
    words = str(told.value)
    for part in (
        "7 faults", "sigma[0][1] = 1 but sigma[1][0] = 2", "sigma[1][1] must be positive and finite, got nan",
        "epsilon[0][1] must be positive (or 0", "cutoff must be a symmetric", "'crop'",
        "shape must be a Shape", "a switch begins",
    ):  # fmt: skip
        assert part in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sigma": []}, "one species at least"),
        ({"sigma": "wide"}, "numbers"),
        ({"cutoff": "far"}, "cutoff must be numbers"),
        ({"form": [["cut", "cut"]]}, "form must be a string, or a table of 1 x 1"),
        ({"shape": [[lj]]}, "every shape must be a Shape"),
        (
            {"sigma": np.ones((2, 2)), "form": [["cut", "shifted"], ["cut", "cut"]]},
            "form must be a symmetric",
        ),
        ({"cutoff": np.inf}, "finite"),
    ],
)
def test_bad_tables_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        PairTable(**({"sigma": 1.0, "epsilon": 1.0, "cutoff": 2.5} | changes))


def test_numbers_in_si_units_are_recognised():
    with pytest.raises(ValueError, match="3 faults") as told:
        PairTable(3.4e-10, 1.65e-21, 1e-9)
    for word in ("metres", "joules", "ReducedUnits(...).length"):
        assert word in str(told.value)
    positions, velocities, length = lattice(3, 0.5)
    table = PairTable(1.0, 1.0, 2.4)
    with pytest.raises(ValueError, match="3 faults") as told:
        Simulation(
            3.4e-10 * positions, 158 * velocities, 3.4e-10 * length, table, timestep=2e-15, masses=[6.6e-26]
        )
    for word in ("box = ", "timestep = 2e-15 looks like seconds", "kilograms", "metres"):
        assert word in str(told.value)
    with pytest.raises(ValueError, match=r"temperature of 2\.\d+e\+04 .* v\[m/s\]"):
        Simulation(positions, 158 * velocities, length, table, timestep=0.002)


# --- the device ------------------------------------------------------------------------------------


def run_everything():
    positions = np.array([[0.5, 0.5, 0.5], [1.7, 0.5, 0.5], [0.5, 1.9, 0.5]])
    user = PairTable(1.0, 1.0, 2.2, form="force-shifted", shape=BUCKINGHAM)
    for pairs in (SEVERAL, user):
        for precision in ("double", "mixed"):
            sim = Simulation(
                positions, 0 * positions, 5.0, pairs, timestep=1e-3, species=np.arange(3) % pairs.species,
                precision=precision, device="cpu",
            )  # fmt: skip
            sim.run(1)
            sim.pressure_tensor()


@pytest.fixture(scope="module")
def calls():
    return {
        call for call in ptx.recorded_calls(run_everything) if call[0].name.startswith("knudsen.md.forces.")
    }


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
def test_laws_of_several_shapes_compile_to_ptx(calls, capability):
    assert {"pair_forces", "measures_of_atom"} <= {kernel.name.split(".")[-1] for kernel, _ in calls}
    ptx.compile_to_ptx(calls, capability)
