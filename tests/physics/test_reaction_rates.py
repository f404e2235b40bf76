"""Rates of reactions in a gas at equilibrium, forth and back: the law of Arrhenius that was put in.

Cells hold compositions of chemical equilibrium, drawn from P ~ prod z^N / N!, and Maxwellian molecules.  If
every reaction and its reverse balance, nothing changes, and each happens k(T) prod N_r (W / V)^(r - 1) dt
times a step in the mean, with N (N - 1) for two alike: exactly, for any number of molecules in a cell.
"""

import numpy as np
import pytest
from reacting import BOLTZMANN, CELL, collide_in_place, drawn_extents, fill, make, mean_over_extents, molecule

from knudsen.core.gases import Mixture
from knudsen.dsmc.reactions import Arrhenius, Reaction, backward, equilibrium_constant

TEMPERATURES = (300.0, 600.0, 1500.0)
HEAT = 350 * BOLTZMANN
# Masses far apart, so that no factor of them can hide.
EXCHANGE = Mixture(
    [
        molecule("A", 4.0, "A", 3e-10, 0.6),
        molecule("BC", 50.0, "BC", 4e-10, 0.8),
        molecule("AB", 24.0, "AB", 4.5e-10, 0.75),
        molecule("C", 30.0, "C", 3.5e-10, 0.65),
    ],
    "vss",
)
SWAP = Reaction(("A", "BC"), ("AB", "C"), Arrhenius(3e-18, 0.7, 450 * BOLTZMANN), HEAT)
PAIRED = Mixture([molecule("A2", 40.0), molecule("A", 20.0, "", 3e-10, 0.8), molecule("M", 5.0)], "vss")
SPLIT = Reaction(("A2", "M"), ("A", "A", "M"), Arrhenius(1e-16, 0.0, 400 * BOLTZMANN), -300 * BOLTZMANN)
# Numbers at the least extent of the reaction in each cell: many; or none, one of a kind, odd, unequal.
MANY = {"exchange": [(301, 250, 0, 5)], "dissociation": [(171, 0, 205)]}
FEW = {
    "exchange": [(1, 0, 0, 0), (1, 1, 0, 0), (2, 3, 0, 0), (7, 30, 2, 0), (0, 0, 0, 0), (1, 6, 4, 0)],
    "dissociation": [(1, 0, 3), (0, 1, 7), (2, 0, 1), (3, 1, 4), (0, 0, 5), (2, 1, 9), (11, 0, 3)],
}
CHANGES = {"exchange": (-1, -1, 1, 1), "dissociation": (-1, 2, 0)}


def balance_of(case, temperature, constant=None):
    """Gas, reactions and the constant in simulated molecules of a cell, of order one or ten."""
    gas, forth = (EXCHANGE, SWAP) if case == "exchange" else (PAIRED, SPLIT)
    simulation_density = make(gas, (), temperature, 1, 1, 1e-12).weights[0, 0] / CELL
    wanted = constant or (1.0 if case == "exchange" else 100.0)
    gained = len(forth.products) - len(forth.reactants)
    weights = wanted * simulation_density**gained / equilibrium_constant(gas, forth, temperature)
    return gas, (forth, backward(gas, forth, weights)), wanted


def expected_events(case, cell, constant, reaction, gas, exposure, temperature):
    """Mean events of a reaction in a cell; exposure is W / V, times dt and steps."""
    numbers = [gas.names.index(name) for name in reaction.reactants]

    def possible(counts):
        taken = np.ones(counts.shape[1])
        for position, kind in enumerate(numbers):
            taken = taken * (counts[kind] - numbers[:position].count(kind))
        return taken

    density, duration = exposure
    rate = reaction.rate.at(temperature) * density ** (len(numbers) - 1) * duration
    return rate * mean_over_extents(cell, CHANGES[case], constant, possible)


def measure(case, temperature, cells, copies, steps=20, constant=None):
    """Events [reaction, copy, cell] and what is expected of them [reaction, cell]."""
    gas, reactions, constant = balance_of(case, temperature, constant)
    random = np.random.default_rng(8)
    counts = np.stack(
        [drawn_extents(cell, CHANGES[case], constant, copies, random) for cell in cells], axis=1
    )
    density = make(gas, (), temperature, 1, 1, 1e-12).weights[0, 0] / CELL
    # Some thousandths of the molecules react in a step, which is a small part of the time between collisions.
    partners, chance = {"exchange": (1, 1.2e-2), "dissociation": (2, 6e-3)}[case]
    timestep = chance / (reactions[0].rate.at(temperature) * density * np.max(np.array(cells)[:, partners]))
    simulation = make(gas, reactions, temperature, len(cells), copies, timestep)
    fill(simulation, counts, temperature)
    collide_in_place(simulation, steps)
    exposure = (density, steps * timestep)
    expected = [
        [expected_events(case, cell, constant, each, gas, exposure, temperature) for cell in cells]
        for each in reactions
    ]
    return np.moveaxis(simulation.reacted, -1, 0), np.array(expected)


def deviation(made, expected):
    """Of the total over cells, in standard errors; and the relative standard error."""
    total = made.sum(axis=-1)
    stderr = total.std(ddof=1) / np.sqrt(len(total))
    return (total.mean() - expected.sum()) / stderr, stderr / expected.sum()


@pytest.mark.parametrize("temperature", TEMPERATURES)
@pytest.mark.parametrize("case", ["exchange", "dissociation"])
def test_rates_are_the_law_forth_and_back(case, temperature):
    made, expected = measure(case, temperature, MANY[case], copies=2400)
    for events, mean in zip(made, expected, strict=True):
        off, precision = deviation(events, mean)
        assert abs(off) < 4 and precision < 0.006


@pytest.mark.parametrize("case", ["exchange", "dissociation"])
def test_rates_are_the_law_in_cells_of_few(case):
    """Nothing where a reactant is missing; elsewhere the mean of each cell."""
    made, expected = measure(case, 600.0, FEW[case], copies=5000, constant=3.0)
    for events, mean in zip(made, expected, strict=True):
        off, precision = deviation(events, mean)
        assert abs(off) < 4 and precision < 0.04
        assert not events[:, mean == 0].any()
        stderr = events.std(axis=0, ddof=1)[mean > 0] / np.sqrt(len(events))
        assert np.all(np.abs(events.mean(axis=0) - mean)[mean > 0] < 4 * stderr)


def test_a_law_that_is_a_little_off_would_be_seen():
    """Control: an activation energy lower by 3 %, and pairs of one species counted twice."""
    _, reactions, _ = balance_of("exchange", 300.0)
    made, expected = measure("exchange", 300.0, MANY["exchange"], copies=1200)
    wrong = np.exp(0.03 * reactions[0].rate.activation / (BOLTZMANN * 300.0))
    off, _ = deviation(made[0], expected[0] * wrong)
    assert abs(off) > 4
    made, expected = measure("dissociation", 300.0, MANY["dissociation"], copies=200)
    assert abs(deviation(made[1], expected[1] * 2)[0]) > 4
