"""Simulations in one launch: each goes on as it would alone, and may leave it at any step."""

import numpy as np
import pytest

from knudsen.core.checkpoints import load_checkpoint
from knudsen.core.gases import Mixture
from knudsen.dsmc import DeviationalSimulation, RestingGas
from knudsen.dsmc.boundaries import CompositionReservoir, DiffuseWall, MaxwellWall, OpenReservoir, Specular
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.measures.velocities import VelocityDistributions
from knudsen.dsmc.simulation import Simulation

GAS = Mixture(["He", "Ar"])
WALLS = [
    (DiffuseWall(300.0), MaxwellWall(400.0, 0.5)),
    (OpenReservoir(8e3, 350.0, (0.2, 0.8)), DiffuseWall(300.0, (80.0, 0.0))),
    (Specular(), DiffuseWall(200.0)),
]
FILLINGS = [
    Filling(8e3, 300.0, (0.7, 0.3)),
    Filling(4e3, 450.0, (0.5, 0.5), (0.1, 0.9)),
    Filling(2e4, 250.0, (0.2, 0.8)),
]
COPIES = (2, 3, 1)
NOTHING = (0.0, 0.0, 0.0)


def make(number, cells=3, **changes):
    """One of three problems, of so many copies and a seed of its own."""
    given = {"particles_per_cell": 40.0, "timestep": 1e-10, "seed": number, "copies": COPIES[number]}
    given |= {
        "species_weights": (1.0, 0.5),
        "acceleration": ((0.0, 0.0, 1e11 * (number + 1)), NOTHING),
    } | changes
    slab = Slab(1e-6, cells, *WALLS[number], subcells=2)
    simulation = Simulation(GAS, slab, FILLINGS[number], device="cpu", **given)
    simulation.sample(2, 10)
    return simulation


def deviating(number, speed=0.1, **changes):
    """One of three low signals: plates of other accommodation, speed and warmth."""
    given = {
        "particles_per_cell": 40.0,
        "timestep": 2e-10,
        "seed": number,
        "copies": COPIES[number],
    } | changes
    walls = (MaxwellWall(300.5 + number, 0.4 + 0.3 * number, (0.0, -speed)), DiffuseWall(300.0))
    rest = RestingGas(1e4, 300.0, (0.0, 2e5, 0.0))
    simulation = DeviationalSimulation(
        Mixture(["Ar"], "hs"), Slab(1e-6, 3, *walls), rest, device="cpu", **given
    )  # fmt: skip
    simulation.sample(2, 10)
    return simulation


def all_of(simulation, folder):
    simulation.checkpoint(folder / "state.h5")
    return load_checkpoint(folder / "state.h5")


@pytest.fixture(scope="module", params=[make, deviating])
def made(request):
    """How to make each, and each by itself after 34 steps: in its fourth block."""
    simulations = [request.param(number) for number in range(3)]
    for simulation in simulations:
        simulation.run(34)
    return request.param, simulations


@pytest.mark.parametrize("joined_at", [0, 3, 21])
def test_each_is_what_it_would_be_alone(made, joined_at, tmp_path):
    """Bit for bit in all that a checkpoint holds, from wherever they are joined on."""
    new, alone = made
    parts = [new(number) for number in range(3)]
    for part in parts:
        part.run(joined_at)
    launch = parts[0].together(parts)
    launch.run(34 - joined_at)
    assert (launch.step, parts[0].step) == (34, joined_at)
    assert launch.particle_count == sum(each.particle_count for each in alone)
    launch.share_out()
    for part, single in zip(parts, alone, strict=True):
        found, expected = all_of(part, tmp_path), all_of(single, tmp_path)
        assert found[1] == expected[1]
        assert found[0].keys() == expected[0].keys()
        for name, array in expected[0].items():
            np.testing.assert_array_equal(found[0][name], array, err_msg=name, strict=True)
        assert part.resolution() == single.resolution()
        np.testing.assert_array_equal(part.result().sums, single.result().sums)


def test_a_part_goes_on_by_itself(made):
    new, alone = made
    parts = [new(number) for number in range(3)]
    launch = parts[0].together(parts)
    launch.run(15)
    launch.share_out()
    launch.run(5)
    parts[1].run(19)
    np.testing.assert_array_equal(parts[1].result().walls, alone[1].result().walls)


def test_another_seed_is_seen(made):
    """The control."""
    new, alone = made
    parts = [new(0), new(1, seed=7)]
    launch = parts[0].together(parts)
    launch.run(34)
    launch.share_out()
    assert np.array_equal(parts[0].result().sums, alone[0].result().sums)
    assert not np.array_equal(parts[1].result().sums, alone[1].result().sums)


@pytest.mark.parametrize(
    "changes",
    [
        {"cells": 4}, {"timestep": 2e-10}, {"particles_per_cell": 50.0}, {"precision": "mixed"},
        {"species_weights": None}, {"acceleration": None},
    ],
)  # fmt: skip
def test_those_that_are_not_alike_share_no_launch(changes):
    both = [make(0), make(1, **changes)]
    assert both[0].likeness != both[1].likeness
    with pytest.raises(ValueError, match="do not share a launch"):
        Simulation.together(both)


@pytest.mark.parametrize("changes", [{"speed": 0.0}, {"speed": -0.1}, {"timestep": 1e-10}])
def test_low_signals_of_other_sources_share_no_launch(changes):
    both = [deviating(0), deviating(1, **changes)]
    assert both[0].likeness != both[1].likeness
    with pytest.raises(ValueError, match="do not share a launch"):
        both[0].together(both)


def test_low_signals_of_copies_are_of_one_manner():
    slabs = [deviating(0).domain, deviating(1, speed=0.0).domain]
    given = {"particles_per_cell": 40.0, "timestep": 2e-10, "device": "cpu"}
    with pytest.raises(ValueError, match=r"^copy 1: its walls move, warm or rub"):
        DeviationalSimulation(Mixture(["Ar"], "hs"), slabs, RestingGas(1e4, 300.0), copies=2, **given)


def test_steps_and_samples_are_alike_too():
    first, ran, sampled = make(0), make(1), make(2)
    ran.run(1)
    sampled.sample(1, 10)
    assert len({each.likeness for each in (first, ran, sampled)}) == 3


def test_what_adapts_or_measures_runs_alone():
    measured, held = make(0), Slab(1e-6, 3, CompositionReservoir(300.0, (0.2, 0.8)), Specular())
    measured.add_measure(VelocityDistributions((0,)))
    adapting = Simulation(GAS, held, FILLINGS[0], particles_per_cell=40, timestep=1e-10, device="cpu")
    assert measured.likeness is None
    assert adapting.likeness is None
    with pytest.raises(ValueError, match="do not share a launch"):
        Simulation.together([measured])


@pytest.mark.parametrize(
    ("seeds", "message"), [((1, 2, 3), "3 seeds for 2 copies"), ((1, -2), "from 0 to 2"), ((), "seed must")]
)
def test_seeds_of_copies_are_one_each(seeds, message):
    with pytest.raises(ValueError, match=message):
        make(0, seed=seeds)


def test_copies_take_the_seeds_that_they_are_given():
    run = make(0)
    again = make(0, seed=run.seeds)
    assert again.seeds == run.seeds
    np.testing.assert_array_equal(again.particles.place, run.particles.place)
