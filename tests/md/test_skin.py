"""The skin is chosen by counts, near the best, and the same every time."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.neighbours.skin import (
    BUILD,
    CANDIDATE,
    FEW,
    FIRST,
    LISTED,
    build_interval,
    choose_skin,
    searched_volume,
    skin_costs,
    step_cost,
)
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation, default_skin

LIQUID, GAS = 0.8442, 0.01


def simulation(density, cells=5, temperature=1.44, copies=None, timestep=0.005):
    positions, velocities, length = lattice(cells, density, temperature)
    if copies:
        positions, velocities = [positions] * copies, [velocities] * copies
    made = Simulation(
        positions, velocities, length, PairTable(1.0, 1.0, 2.5), timestep=timestep, device="cpu"
    )
    made.run(20)
    return made


def test_cost_of_a_step_by_hand():
    build = BUILD + 70 * LISTED + 400 * CANDIDATE
    assert step_cost(70.0, 400.0, 8.0) == pytest.approx(70 + FIRST * FEW + build / 8)
    assert step_cost(2.0, 400.0, np.inf) == 2.0 + FIRST * 2.0


def test_interval_is_the_first_step_beyond_half_the_skin():
    ballistic = [0.01 * k for k in range(1, 31)]
    assert build_interval([ballistic], 0.305) == 16
    assert build_interval([ballistic, [0.1, 0.2, np.inf]], 0.305) == (16 + 2) / 2
    # A window that is closed ends every skin; one that is open goes on as it did, if there is no other.
    assert build_interval([[0.1, np.inf], [0.1]], 5.0) == 2
    assert build_interval([[0.1, 0.2]], 1.0) == pytest.approx(5)
    assert build_interval([[0.0, 0.0]], 1.0) == np.inf


def test_searched_volume_is_that_of_the_cells_in_reach():
    # In this liquid cells of (3, 3, 1.5): 3 x 3 x 5 of them.
    assert searched_volume((30.0, 30.0, 30.0), 3.0, int(0.8 * 27000)) == pytest.approx(9 * 9 * 7.5)


@pytest.mark.parametrize("density, shortest, longest", [(LIQUID, 0.15, 0.6), (GAS, 0.4, 2.5)])
def test_skin_is_chosen_within_what_is_sensible_and_again(density, shortest, longest):
    chosen = [choose_skin(simulation(density), 40) for _ in range(2)]
    assert chosen[0] == chosen[1]
    assert shortest <= chosen[0] <= longest


def test_slow_atoms_take_a_shorter_skin():
    fast, slow = (choose_skin(simulation(LIQUID, timestep=timestep), 60) for timestep in (0.008, 0.001))
    assert slow < fast


def test_a_batch_of_equal_copies_takes_the_skin_of_one():
    assert choose_skin(simulation(LIQUID, cells=3, copies=2), 30) == choose_skin(
        simulation(LIQUID, cells=3), 30
    )


def unlike(temperatures):
    """Copies of a liquid and a gas, with skins given; or one of them alone."""
    starts = [lattice(4, LIQUID, temperatures[0]), lattice(3, 0.1, temperatures[1])]
    return starts, {"timestep": 0.005, "skin": 0.3, "device": "cpu"}


def test_what_a_skin_costs_a_copy_does_not_depend_on_the_others():
    starts, options = unlike((1.44, 2.0))
    pairs = PairTable(1.0, 1.0, 2.0)
    together = Simulation(
        *([s[k] for s in starts] for k in (0, 1)), [[s[2]] * 3 for s in starts], pairs, **options
    )
    skins, costs = skin_costs(together, 30)
    alone = [skin_costs(Simulation(*start, pairs, **options), 30) for start in starts]
    for copy, (own, cost) in enumerate(alone):
        assert np.array_equal(own, skins) and np.array_equal(cost[0], costs[copy])
    # The mean number of neighbours, which is neither's, would be seen: the liquid is eight times as dense.
    assert costs[0, -1] / 256 > 2 * costs[1, -1] / 108


def test_the_skin_left_out_is_that_of_the_mean_density():
    starts, options = unlike((1.44, 2.0))
    pairs, options = PairTable(1.0, 1.0, 2.0), options | {"skin": None}
    skins = [
        Simulation(
            *([s[k] for s in order] for k in (0, 1)), [[s[2]] * 3 for s in order], pairs, **options
        ).skin
        for order in (starts, starts[::-1])
    ]
    volume = sum(start[2] ** 3 for start in starts)
    assert skins == pytest.approx([default_skin((256 + 108) / volume)] * 2, rel=1e-14)


def test_a_run_goes_on_after_the_choice():
    made = simulation(LIQUID)
    made.use_skin(choose_skin(made, 30))
    made.compute_forces()
    before = made.energies().total
    made.run(50)
    assert made.energies().total == pytest.approx(before, rel=2e-3)


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="at least one step"):
        choose_skin(simulation(LIQUID, cells=3), 0)
