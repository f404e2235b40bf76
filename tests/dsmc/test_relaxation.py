"""One collision that lets a mode relax: what it keeps, what it draws, how often it happens."""

from functools import lru_cache
from math import gamma

import numpy as np
import pytest
from scipy import stats
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture, Species, species
from knudsen.core.interactions import UserCrossSection
from knudsen.core.internal import Internal, LandauTeller, Parker, Vibration, collision_number
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.collisions.chances import Mode, Relaxation, pair_rates
from knudsen.dsmc.collisions.exchanges import Exchanges
from knudsen.dsmc.collisions.laws import pair_tables, scatterer, switch
from knudsen.dsmc.collisions.relaxation import Exchange, finisher, kinetic_share
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import InternalEnergy, mode_table
from knudsen.dsmc.simulation import Simulation

TEMPERATURE, CUT = 300.0, 0.1
THERMAL = BOLTZMANN * TEMPERATURE
INSIDE = Internal(2, 5.0, (Vibration(250.0), Vibration(400.0, 3)), 20.0)
TOP = Internal(3, 6.0, (Vibration(500.0),), 20.0)
# A cross-section with a broad peak, which no power law resembles.
USERS = UserCrossSection(
    lambda g: 3e-19 * (1 + (g / 500.0) ** 2) / (1 + (g / 900.0) ** 4), lambda g, u: 2.0 * u**0.7 - 1.0
)
MODELS = {"vss": {}, "lj": {}, "users": {("rod", "top"): USERS}}


def molecule(name, like, inside):
    gas = species(like)
    return Species(name, gas.molar_mass, gas.hs, gas.vhs, gas.vss, gas.lj, inside)


def gas_of(model):
    pairs = MODELS[model]
    return Mixture(
        [molecule("rod", "N2", INSIDE), molecule("top", "CH4", TOP)], "lj" if model == "lj" else "vss", pairs
    )


@lru_cache
def parts(model):
    """Gas, rates, tables, the device function that ends a collision, and its arrays."""
    gas = gas_of(model)
    found = {
        (a, b): scatterer(gas.interaction(a, b), gas.reduced_mass(a, b), TEMPERATURE, CUT)
        for a, b in gas.pair_numbers()
    }
    tables = pair_tables(2, [((0, 1), found[0, 1])])
    modes = mode_table(InternalEnergy(), gas)
    exchanges = Exchanges.of(gas, modes, InternalEnergy(), found, TEMPERATURE)
    law = (0, *found[0, 1].numbers, tables.areas[0], tables.angles[0])
    laws = switch(tables.laws)
    return gas, exchanges.pairs[0, 1], law, laws.rate, finisher(laws, Exchange(3)), exchanges.arrays


class Pair:
    """A rod and a top that collide; one mode of theirs always relaxes, or none."""

    def __init__(self, model, side, column):
        gas, self.rates, self.law, rate, self.finish, arrays = parts(model)
        self.rate = lambda g2: rate(*self.law[:5], g2)
        self.modes, chances, self.proposals, self.highest = arrays
        self.chances, reduced_mass = np.zeros_like(chances), gas.reduced_mass(0, 1)
        if column is not None:
            self.chances[side, 1 - side, column] = 1.0
        self.masses, self.reduced_mass = np.array(gas.masses), reduced_mass
        self.side, self.column = side, column

    def collide(self, velocities, inner, number):
        """Velocities [2, 3] and internal numbers [2, 3] after a collision; the numbers drawn are number's."""
        columns = [np.array(column) for column in np.transpose(velocities)]
        inner = np.array(inner, float).ravel()
        g2 = float(np.sum((velocities[0] - velocities[1]) ** 2))
        sigma_g = self.rate(g2)
        u = (number + 0.5) % 97 / 97
        self.finish(
            np.uint64(0), np.uint64(1), 0, 1, *columns, inner, g2, sigma_g, 0.3 * sigma_g, u, 2 * u - 1, 0.2,
            *self.law, self.masses[0] / self.masses.sum(), self.modes, self.chances, self.proposals,
            self.highest, 5, 1, number, 0, 9,
        )  # fmt: skip
        return np.transpose(columns), inner.reshape(2, 3)

    def energies(self, velocities, inner):
        """Kinetic and internal energy of the pair."""
        kinetic = 0.5 * self.masses @ np.sum(np.square(velocities), axis=1)
        return kinetic, float(np.sum(inner * self.modes[:, :, 1]))


COLUMNS = [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("side", "column"), COLUMNS)
def test_energy_and_momentum_are_kept(model, side, column):
    pair, random = Pair(model, side, column), np.random.default_rng(3)
    moved = 0
    for number in range(50):
        before = random.normal(0, 400, (2, 3))
        inner = np.array([[random.exponential(THERMAL), *random.integers(0, 4, 2)] for _ in range(2)])
        inner[1, 2] = 0.0
        after, held = pair.collide(before, inner, number)
        np.testing.assert_allclose(pair.masses @ after, pair.masses @ before, atol=1e-12 * 400 * 5e-26)
        assert sum(pair.energies(after, held)) == pytest.approx(sum(pair.energies(before, inner)), rel=1e-13)
        others = np.ones((2, 3), bool)
        others[side, column] = False
        np.testing.assert_array_equal(held[others], inner[others])
        moved += held[side, column] != inner[side, column]
        assert held[side, column] >= 0.0 and (column == 0 or held[side, column] % 1 == 0)
    assert moved > 10


def test_molecules_at_rest_to_each_other_share_out_what_one_holds():
    pair = Pair("vss", 0, 0)
    still, inner = np.full((2, 3), 7.0), np.array([[THERMAL, 1.0, 0.0], [0.0, 0.0, 0.0]])
    after, held = pair.collide(still, inner, 1)
    assert held[0, 0] < THERMAL
    assert sum(pair.energies(after, held)) == pytest.approx(sum(pair.energies(still, inner)), rel=1e-12)


def test_quanta_of_molecules_at_rest_to_each_other_are_shared_out():
    """The highest level leaves no motion: what round-off makes of that must not be below zero."""
    still = np.full((2, 3), 7.0)
    for side, column in ((0, 1), (0, 2), (1, 1)):
        pair = Pair("vss", side, column)
        for held in range(1, 40):
            inner = np.zeros((2, 3))
            inner[side, column] = held
            found = [pair.collide(still, inner, number)[1][side, column] for number in range(12)]
            assert min(found) < held


def drawn(pair, total, samples):
    """Numbers of the mode that relaxes after collisions that share out an energy [J]."""
    speed = np.sqrt(2 * 0.4 * total / pair.reduced_mass)
    velocities = np.array([[speed, 0.0, 0.0], [0.0, 0.0, 0.0]])
    inner = np.zeros((2, 3))
    inner[pair.side, pair.column] = 0.6 * total / pair.modes[pair.side, pair.column, 1]
    return np.array(
        [pair.collide(velocities, inner, number)[1][pair.side, pair.column] for number in range(samples)]
    )


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("side", "half"), [(0, 1.0), (1, 1.5)])
def test_rotation_has_the_density_of_the_law(model, side, half):
    """rho(E) (E_c - E)^(1/2) (sigma_T g)(E_c - E), by quadrature."""
    pair, total = Pair(model, side, 0), 3.0 * THERMAL
    found = drawn(pair, total, 4000) / total
    grid = np.linspace(0, 1, 20_001)
    middle = 0.5 * (grid[1:] + grid[:-1])
    left = (1 - middle) * total
    density = middle ** (half - 1) * np.sqrt(left) * pair.rates.rate(left)
    cumulative = np.concatenate([[0.0], np.cumsum(density)]) / density.sum()
    assert stats.kstest(found, lambda x: np.interp(x, grid, cumulative)).pvalue > 1e-3
    wrong = middle ** (half - 1) * np.sqrt(left)
    wrong = np.concatenate([[0.0], np.cumsum(wrong)]) / wrong.sum()
    assert stats.kstest(found, lambda x: np.interp(x, grid, wrong)).pvalue < 1e-4


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("side", "column", "degeneracy"), [(0, 1, 1), (0, 2, 3)])
def test_quanta_have_the_weights_of_their_levels(model, side, column, degeneracy):
    """C(i + g - 1, g - 1) (E_t')^(1/2) (sigma_T g)(E_t')."""
    pair, total = Pair(model, side, column), 6.3 * THERMAL
    found = drawn(pair, total, 3000)
    quantum = pair.modes[side, column, 1]
    levels = np.arange(int(total / quantum) + 1)
    left = total - levels * quantum
    states = (levels + 1) * (levels + 2) / 2 if degeneracy == 3 else np.ones(len(levels))
    weights = states * np.sqrt(left) * np.array([pair.rate(2 * e / pair.reduced_mass) for e in left])
    counts = np.bincount(found.astype(int), minlength=len(levels))
    kept = weights > 0.005 * weights.sum()
    assert len(counts) == len(levels)
    expected = weights[kept] / weights[kept].sum() * counts[kept].sum()
    assert stats.chisquare(counts[kept], expected).pvalue > 1e-3


def test_a_proposal_for_scripted_numbers():
    assert kinetic_share(1.0, 0.26, 0.3, 0.9) == pytest.approx(0.3 ** (1 / 1.76))
    share = 0.3 ** (1 / 1.76)
    assert kinetic_share(1.5, 0.26, 0.3, 0.99 * np.sqrt(1 - share)) == pytest.approx(share)
    assert kinetic_share(1.5, 0.26, 0.3, 1.01 * np.sqrt(1 - share)) < 0


def test_each_mode_relaxes_as_often_as_its_chance():
    """Of the chances 0.1, 0.2, 0.25 of the rod and 0.15, 0.2 of the top one happens at a time."""
    pair = Pair("vss", 0, None)
    asked = np.array([[0.1, 0.2, 0.25], [0.15, 0.2, 0.0]])
    pair.chances[0, 1], pair.chances[1, 0] = asked[0][:, None], asked[1][:, None]
    random, n = np.random.default_rng(4), 4000
    changed = np.zeros((2, 3))
    for number in range(n):
        # Quanta change with certainty when what is held is no whole number, as no real molecule has it.
        inner = np.array([[THERMAL, 0.5, 0.5], [THERMAL, 0.5, 0.0]])
        _, held = pair.collide(random.normal(0, 400, (2, 3)), inner, number)
        assert np.sum(held != inner) <= 1
        changed += held != inner
    assert np.all(np.abs(changed / n - asked) <= 4 * np.sqrt(asked * (1 - asked) / n))


def like_pair(model, number, mode, name="N2", temperature=TEMPERATURE):
    gas = Mixture([name], model)
    mass, interaction = gas.reduced_mass(0, 0), gas.interaction(0, 0)
    rates = pair_rates(interaction, scatterer(interaction, mass, temperature, CUT), mass)
    return rates, Relaxation.of(mode, rates, number, temperature)


def test_the_collisions_counted_are_those_of_hard_spheres():
    """n K = 4 p / (pi mu), mu = (5/16) (m k T / pi)^(1/2) / d^2."""
    rates, _ = like_pair("hs", 5.0, Mode(True, 1.0, 1.0))
    mass, d = species("N2").mass, species("N2").hs.diameter_ref
    viscosity = 5 / 16 * np.sqrt(mass * THERMAL / np.pi) / d**2
    assert float(rates.viscous_rate(TEMPERATURE)) == pytest.approx(
        4 * THERMAL / (np.pi * viscosity), rel=1e-6
    )


@pytest.mark.parametrize("model", ["hs", "vhs", "vss", "maxwell"])
@pytest.mark.parametrize("rotations", [2, 3])
def test_a_soft_spheres_chance_is_constant(model, rotations):
    """P = (K / <sigma_T g>) (1 + zeta / (5 - 2 omega)) / Z at every energy."""
    rates, relaxation = like_pair(model, 8.0, Mode(True, rotations / 2, 1.0))
    omega = Mixture(["N2"], model).interaction(0, 0).omega
    mean = float(rates.rate(THERMAL)) * gamma(2.5 - omega) / gamma(1.5)
    expected = float(rates.viscous_rate(TEMPERATURE)) / mean * (1 + rotations / (5 - 2 * omega)) / 8.0
    np.testing.assert_allclose(relaxation.chance(1.0), expected, rtol=3e-4)


@pytest.mark.parametrize(
    ("model", "number", "mode", "within"),
    [
        ("vss", Parker(18.1, 91.5), Mode(True, 1.0, 1.0), 0.01),
        ("lj", Parker(18.1, 91.5), Mode(True, 1.0, 1.0), 0.01),
        ("vss", 50.0, Mode(False, 2.0, 960.0 * BOLTZMANN), 0.002),
        ("vss", LandauTeller(9.1, 220.0, 0.74), Mode(False, 1.0, 3352.0 * BOLTZMANN), 0.03),
    ],
)
def test_collision_numbers_are_met_at_all_temperatures(model, number, mode, within):
    _, relaxation = like_pair(model, number, mode)
    found = relaxation.rates_of(relaxation.chance(100.0))
    np.testing.assert_allclose(found, relaxation.rates, rtol=within)


def run_of(gases, number, internal=None):
    gas = Mixture(gases, "hs")
    filling = Filling(1.0, TEMPERATURE, (1.0,) + (0.0,) * (len(gas) - 1))
    return Simulation(
        gas, Slab(1e-6, 1, Periodic(), Periodic()), filling, particles_per_cell=4, timestep=1e-9,
        device="cpu", internal=internal or InternalEnergy(rotational_numbers={("N2", "N2"): number}),
    )  # fmt: skip


def test_numbers_are_those_of_the_pairs():
    internal = InternalEnergy(rotational_numbers={("N2", "He"): 12.0, ("CO2", "N2"): 7.0})
    numbers = run_of(["N2", "He", "CO2"], 5.0, internal).relaxation_numbers(TEMPERATURE)
    assert numbers["N2", "He", "rotation"] == pytest.approx(12.0, rel=1e-3)
    assert numbers["CO2", "N2", "rotation"] == pytest.approx(7.0, rel=1e-3)
    assert numbers["N2", "CO2", "rotation"] == pytest.approx(4.26, rel=0.01)
    assert numbers["CO2", "He", "vibration 1"] == pytest.approx(5e4, rel=0.01)
    assert not any(key[0] == "He" for key in numbers)


def test_a_mode_that_is_frozen_is_left_alone():
    gas = Mixture([molecule("cold", "N2", Internal(0, 5.0, (Vibration(1e9),), 20.0))])
    modes = mode_table(InternalEnergy(), gas)
    pairs = {(0, 0): scatterer(gas.interaction(0, 0), gas.reduced_mass(0, 0), 10.0, CUT)}
    exchanges = Exchanges.of(gas, modes, InternalEnergy(), pairs, 10.0)
    assert not exchanges.chances.any() and exchanges.numbers(10.0) == {}


def test_numbers_that_no_collision_meets_are_refused():
    with pytest.raises(ValueError, match=r"N2 met by N2: rotation cannot relax in 2 .* 3\.1. are the least"):
        run_of(["N2"], 2.0)


@pytest.mark.parametrize("gas", ["N2", "O2", "H2", "CO2", "CH4"])
@pytest.mark.parametrize("model", ["vss", "lj"])
def test_the_tables_numbers_are_met(gas, model):
    simulation = Simulation(
        Mixture([gas], model), Slab(1e-6, 1, Periodic(), Periodic()), Filling(1.0, TEMPERATURE, (1.0,)),
        particles_per_cell=4, timestep=1e-9, device="cpu", internal=InternalEnergy(),
    )  # fmt: skip
    inside = species(gas).internal
    numbers = dict.fromkeys(
        (f"vibration {column}" for column, _ in enumerate(inside.vibrations, 1)), inside.vibrational_number
    )
    numbers["rotation"] = inside.rotational_number
    expected = {(gas, gas, mode): float(collision_number(z, TEMPERATURE)) for mode, z in numbers.items()}
    assert simulation.relaxation_numbers(TEMPERATURE) == pytest.approx(expected, rel=0.01)
