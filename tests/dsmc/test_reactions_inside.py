"""Reactions of molecules that rotate and vibrate: rates of single energies, and how products share theirs."""

import numpy as np
import pytest
from reacting import BOLTZMANN, collide_in_place, fill, ledger, make, molecule
from scipy import stats

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.internal import Internal, Vibration
from knudsen.dsmc.internal.modes import InternalEnergy, mode_table, thermal_inner
from knudsen.dsmc.reactions import Arrhenius, Reaction, backward, equilibrium_constant, rate_constant
from knudsen.dsmc.reactions.network import network, rate_of
from knudsen.dsmc.reactions.sharing import gamma_variate, sharing

KELVIN = BOLTZMANN
INTERNAL = InternalEnergy()
DIATOMIC = Internal(2, vibrations=(Vibration(800.0),))
GAS = Mixture(
    [
        molecule("A2", 40.0, internal=DIATOMIC),
        molecule("A", 20.0, "", 3e-10, 0.8),
        molecule("B2", 50.0, internal=Internal(2, vibrations=(Vibration(500.0),))),
        molecule("AB", 45.0, internal=Internal(2, vibrations=(Vibration(1100.0, 2),))),
        molecule("B", 25.0, "", 3.2e-10, 0.75),
    ],
    "vss",
)
MODES = mode_table(INTERNAL, GAS)
SPLIT = Reaction(("A2", "B2"), ("A", "A", "B2"), Arrhenius(1e-14, -0.5, 1500 * KELVIN), -1500 * KELVIN)
SWAP = Reaction(("A2", "B"), ("AB", "A"), Arrhenius(3e-17, 0.2, 900 * KELVIN), 600 * KELVIN)
WEIGHTS = {SPLIT: 1e-4, SWAP: 2.0}
REACTIONS = [each for one in WEIGHTS for each in (one, backward(GAS, one, WEIGHTS[one], INTERNAL))]


def thermal_energies(names, temperature, count, random):
    """Energies about the centre of mass, without and with what is inside, of molecules at equilibrium."""
    thermal = BOLTZMANN * temperature
    kinetic = thermal * random.standard_gamma(1.5 * (len(names) - 1), count)
    inside = np.zeros(count)
    for name in names:
        kind = GAS.names.index(name)
        numbers = thermal_inner(MODES, np.full(count, kind), temperature, random)
        inside += numbers @ MODES[kind, :, 1]
    return kinetic, kinetic + inside


@pytest.mark.parametrize("temperature", [400.0, 1500.0])
@pytest.mark.parametrize("r", range(4))
def test_rates_of_single_energies_have_the_mean_of_the_law(r, temperature):
    """Over molecules at equilibrium, forth and back, vibrations in quanta."""
    reaction, random = REACTIONS[r], np.random.default_rng(r)
    tables = network(GAS, REACTIONS, MODES, 400.0, Device("cpu"))
    kinetic, energy = thermal_energies(reaction.reactants, temperature, 400_000, random)
    rates = np.array([rate_of(r, *each, tables) for each in zip(kinetic, energy, strict=True)])
    twice = 2 if reaction.reactants[0] == reaction.reactants[1] else 1
    expected = twice * rate_constant(GAS, reaction, temperature, INTERNAL)
    stderr = rates.std() / np.sqrt(len(rates))
    assert abs(rates.mean() - expected) < 4 * stderr and stderr < 0.01 * expected


def test_forth_over_back_is_the_equilibrium_constant():
    for forth, back in (REACTIONS[:2], REACTIONS[2:]):
        for temperature in (300.0, 2000.0):
            ratio = np.divide(*(rate_constant(GAS, each, temperature, INTERNAL) for each in (forth, back)))
            constant = equilibrium_constant(GAS, forth, temperature, WEIGHTS[forth], INTERNAL)
            assert ratio == pytest.approx(constant, rel=1e-12)


def test_what_is_not_a_number_has_no_rate():
    tables = network(GAS, REACTIONS, MODES, 400.0, Device("cpu"))
    assert tables.levels.shape[1] > 2
    for r in range(4):
        assert rate_of(r, np.nan, np.nan, tables) == 0.0


def test_products_without_oscillators_keep_no_quanta():
    """Their columns are there for others."""
    inner = np.full(6, 7.0)
    kinds = [GAS.names.index("A"), GAS.names.index("B")]
    for k, kind_k in ((0, -1), (2, kinds[0])):
        sharing(2)(1e-20, 2.0, 2.0, 0.0, 0, kinds[0], 1, kinds[1], k, kind_k, inner, inner, MODES,
                   (7, 30, 0, 0, 0), 0)  # fmt: skip
        np.testing.assert_array_equal(inner[: 4 + 2 * (k == 2)], 0.0)
    assert np.all(inner == 0.0)


def test_gamma_variates_are():
    for shape in (1.0, 1.5, 2.1, 3.0):
        found = [gamma_variate(shape, (5, 30, 0, draw, 0), 0)[0] for draw in range(20_000)]
        assert stats.kstest(found, stats.gamma(shape).cdf).pvalue > 1e-3


def test_shared_energy_is_that_of_the_states_at_that_energy():
    """Quanta of each oscillator and the rest against sums over the states, for one diatom and one heavier."""
    share, modes, energy, kinds = sharing(2), MODES, 4000 * KELVIN, (0, 3)
    quantum = modes[:, 1, 1]
    inner, found, motions = np.zeros(4), [], []
    for draw in range(20_000):
        motion = share(
            energy, 2.0, 4.0, 3.0, 0, kinds[0], 1, kinds[1], 0, -1, inner, inner, modes,
            (7, 30, 0, draw, 0), 0,
        )  # fmt: skip
        held = inner[0] + inner[1] * quantum[0] + inner[2] + inner[3] * quantum[3]
        assert motion + held == pytest.approx(energy, rel=1e-12)
        found.append((int(inner[1]), int(inner[3])))
        motions.append(motion / (energy - inner[1] * quantum[0] - inner[3] * quantum[3]))
    chances = {
        (v, w): (w + 1) * (1 - (v * quantum[0] + w * quantum[3]) / energy) ** 3
        for v in range(6)
        for w in range(4)
        if v * quantum[0] + w * quantum[3] < energy
    }
    whole = sum(chances.values())
    for state, chance in chances.items():
        expected = chance / whole * len(found)
        assert abs(found.count(state) - expected) < 4.5 * np.sqrt(expected) + 1
    assert stats.kstest(motions, stats.beta(2, 2).cdf).pvalue > 1e-3


def simulate(copies=40, precision="double"):
    return make(
        GAS, REACTIONS, 800.0, 3, copies, 4e-11, particles_per_cell=50, internal=INTERNAL, precision=precision
    )


def mixed_start(simulation, temperature=800.0):
    counts = np.tile([15, 10, 15, 10, 10], (simulation.copies, 3, 1))
    fill(simulation, counts, temperature)
    return simulation


@pytest.mark.parametrize(("precision", "tolerance"), [("double", 1e-13), ("mixed", 2e-6)])
def test_mass_momentum_and_energy_are_kept(precision, tolerance):
    """What is inside included, by every reaction."""
    simulation = mixed_start(simulate(copies=3, precision=precision))
    before = ledger(simulation)
    collide_in_place(simulation, 60)
    assert np.all(simulation.reacted.sum(axis=(0, 1)) > 0)
    mass, energy = before[:, [0]], before[:, [4]]
    scale = np.hstack([mass, *[np.sqrt(2 * mass * energy)] * 3, energy])
    off = np.abs(ledger(simulation) - before) / scale
    assert off.max() < tolerance * np.sqrt(simulation.reacted.sum())
