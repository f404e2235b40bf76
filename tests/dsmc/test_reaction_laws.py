"""Laws of reactions: rates of single energies, reverse rates, equilibrium, formulas, and what is refused."""

import math
from dataclasses import replace

import numpy as np
import pytest
from reacting import BOLTZMANN, molecule

from knudsen.core.device import Device
from knudsen.core.gases import Mixture, species
from knudsen.dsmc.boundaries import DiffuseWall
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.reactions import Arrhenius, Probability, Reaction, backward, equilibrium_constant
from knudsen.dsmc.reactions.network import network, rate_of
from knudsen.dsmc.simulation import Simulation

KELVIN = BOLTZMANN
A2, A, M = molecule("A2", 40.0), molecule("A", 20.0, "", 3e-10, 0.8), molecule("M", 30.0)
B = replace(A, name="B", formula="A")
GAS = Mixture([A2, A, M, B], "vss")
FRESH = Reaction(("A", "M"), ("B", "M"), Arrhenius(4e-18, 0.5, 200 * KELVIN), 100 * KELVIN)
SPLIT = Reaction(("A2", "M"), ("A", "A", "M"), Arrhenius(4e-18, 0.7, 1000 * KELVIN), -1000 * KELVIN)
BY_CHANCE = Reaction(("B", "A"), ("A", "A"), Probability(0.3, 50 * KELVIN), -50 * KELVIN)


@pytest.mark.parametrize("model", ["vss", "hs", "lj"])
def test_rates_of_single_energies_have_the_mean_of_the_law(model):
    """Over the Maxwellian, at temperatures far apart, whatever the pair scatters by."""
    gas = Mixture(["He", "Ar"], model)
    law = Arrhenius(1e-17, -0.3, 2000 * KELVIN)
    reaction = Reaction(("Ar", "Ar"), ("He", "He"), law)
    triple = Reaction(("Ar", "Ar", "He"), ("He", "He"), replace(law, prefactor=1e-40))
    tables = network(gas, [reaction, triple], np.zeros((2, 0, 2)), 300.0, Device("cpu"))
    for temperature in (300.0, 2000.0, 10_000.0):
        thermal = BOLTZMANN * temperature
        x = (np.arange(200_000) + 0.5) / 200_000 * 60
        for r, power, each in zip((0, 1), (0.5, 2.0), (reaction, triple), strict=True):
            weight = x**power * np.exp(-x)
            above = x > law.activation / thermal
            rates = [rate_of(r, e, e, tables) for e in x[above][::20] * thermal]
            mean = np.sum(weight[above][::20] * rates) / np.sum(weight[::20])
            # Pairs of one species are counted once each.
            assert mean == pytest.approx(2 * each.rate.at(temperature), rel=2e-4)


def test_the_reverse_of_the_reverse_is_the_reaction():
    for reaction in (SPLIT, FRESH):
        reverse = backward(GAS, reaction, 3.0)
        again = backward(GAS, reverse, 1 / 3.0)
        assert again.reactants == reaction.reactants and again.heat == reaction.heat
        for temperature in (300.0, 3000.0):
            constant = reaction.rate.at(temperature) / reverse.rate.at(temperature)
            assert constant == pytest.approx(equilibrium_constant(GAS, reaction, temperature, 3.0), rel=1e-12)
            assert again.rate.at(temperature) == pytest.approx(reaction.rate.at(temperature), rel=1e-12)


def test_saha_of_atoms():
    """K = (pi m_A k T / h^2)^(3/2) exp(-D / kT) of two atoms from one molecule of twice the mass."""
    expected = (math.pi * A.mass * BOLTZMANN * 500.0 / 6.62607015e-34**2) ** 1.5 * math.exp(-2)
    assert equilibrium_constant(GAS, SPLIT, 500.0) == pytest.approx(expected, rel=1e-12)


def test_what_is_wrong_is_named_at_once():
    rate = Arrhenius(1e-17, 0.0, 1e-20)
    gas = Mixture(["N2", "O2", "Ar", A, B, replace(A, name="??")], "vss")
    wrong = {
        "N2 + Ar -> O2 + Ar: mass is not conserved": Reaction(("N2", "Ar"), ("O2", "Ar"), rate),
        "atoms are not conserved, Ar1 N2 become Ar1 O2": Reaction(("N2", "Ar"), ("O2", "Ar"), rate),
        "X is not among the species": Reaction(("N2", "X"), ("O2", "X"), rate),
        "names no atoms": Reaction(("A", "Ar"), ("??", "Ar"), rate),
        "it takes 2e-20 J": Reaction(("A", "Ar"), ("B", "Ar"), rate, heat=-2e-20),
        "reactants and products are the same": Reaction(("A", "Ar"), ("Ar", "A"), rate),
        "exponent -0.6 must be above -0.5": Reaction(("A", "O2"), ("B", "O2"), Arrhenius(1.0, -0.6, 1e-20)),
        "one molecule alone cannot take or give heat": Reaction(("A",), ("B",), Arrhenius(1.0), 1e-20),
        "one molecule alone does not collide": Reaction(("B",), ("A",), Probability(0.5)),
        "one molecule alone has no temperature": Reaction(("A",), ("B",), rate),
        "A + N2: probabilities of its reactions add up to 1.2": Reaction(
            ("A", "N2"), ("B", "N2"), Probability(0.6)
        ),
        "stands 2 times": Reaction(("N2", "A"), ("N2", "B"), Probability(0.6)),
    }  # fmt: skip
    with pytest.raises(ValueError) as caught:
        Simulation(
            gas, Slab(1e-6, 1, DiffuseWall(300.0), DiffuseWall(300.0)),
            Filling(1e5, 300.0, (1.0,) + (0.0,) * 5),
            particles_per_cell=10, timestep=1e-12, device="cpu", reactions=list(wrong.values()),
        )  # fmt: skip
    for message in wrong:
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Arrhenius(0.0), "prefactor"),
        (lambda: Arrhenius(1.0, 0.0, -1.0), "activation"),
        (lambda: Probability(1.5), "probability"),
        (lambda: Reaction(("A",), ("B", "C"), Arrhenius(1.0)), "one to one"),
        (lambda: Reaction("AB", ("A", "B"), Arrhenius(1.0)), "tuples"),
        (lambda: backward(GAS, BY_CHANCE), "probability"),
        (lambda: backward(GAS, FRESH, 0.0), "weights"),
        (lambda: replace(species("Ar"), formula="2Ar").atoms, "names no atoms"),
    ],
)
def test_bad_input_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


def test_formulas():
    assert replace(A, formula="CH3OH").atoms == {"C": 1, "H": 4, "O": 1}
    assert species("CO2").atoms == {"C": 1, "O": 2}
