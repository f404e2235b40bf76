from dataclasses import replace
from math import ceil, pi, sqrt

import numpy as np
import pytest
from scipy.constants import k
from slabs import slab_axes

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import (
    cell_excess,
    choose_steps,
    pair_frictions,
    timestep_excess,
)
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess
from knudsen.analysis.resolution import resolution, resolve
from knudsen.core.gases import Mixture
from knudsen.core.samples import MOMENTS, Samples

TEMPERATURE, DENSITY = 300.0, 2e25
SPHERES = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, 3)
MIXED = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), TEMPERATURE, 3)
DIAMETER = 3.6e-10


def one_gas(density=(DENSITY, 2 * DENSITY), temperature=(300.0, 600.0), molecules=(40.0, 80.0), **other):
    steps = {"width": 2e-8, "timestep": 5e-11} | other
    columns = (np.array(each)[:, None] for each in (density, molecules))
    density, molecules = columns
    return resolve(SPHERES, density, np.array(temperature), molecules, **steps)


def test_hard_spheres():
    """lambda = 1 / (sqrt(2) pi d^2 n), tau = lambda / (8 kT / pi m)^(1/2)."""
    found = one_gas()
    path = 1 / (sqrt(2) * pi * DIAMETER**2 * DENSITY * np.array([1, 2]))
    speed = np.sqrt(8 * k * np.array([300.0, 600.0]) / (pi * SPHERES.mixture.masses[0]))
    np.testing.assert_allclose(found.mean_free_path[:, 0], path, rtol=1e-9)
    np.testing.assert_allclose(found.collision_time[:, 0], path / speed, rtol=1e-9)
    np.testing.assert_allclose(found.cell_ratio[:, 0], 2e-8 / path, rtol=1e-9)
    np.testing.assert_allclose(found.step_ratio[:, 0], 5e-11 * speed / path, rtol=1e-9)
    np.testing.assert_allclose(found.flight_ratio[:, 0], 5e-11 * speed / 2e-8, rtol=1e-9)
    np.testing.assert_allclose(found.molecules_in_path, np.array([40, 80]) * path / 2e-8, rtol=1e-9)


def test_each_species_meets_all_others():
    density = np.array([[1e25, 3e25], [1e25, 0.0]])
    found = resolve(MIXED, density, np.array([300.0, 300.0]), density / 1e24, 1e-8, 1e-11)
    for cell in range(2):
        total = density[cell].sum()
        frequency = MIXED.collision_frequency(density[cell] / total, total * k * TEMPERATURE)
        np.testing.assert_allclose(1 / found.collision_time[cell], frequency, rtol=1e-9)


def test_soft_spheres_meet_more_often_where_it_is_hotter():
    argon = ChapmanEnskog(Mixture(["Ar"], "vss"), TEMPERATURE, 3)
    density, kelvin = np.full((3, 1), DENSITY), np.array([200.0, 333.0, 900.0])
    found = resolve(argon, density, kelvin, density, 1e-8, 1e-11)
    expected = [argon.at(each).collision_frequency([1.0], DENSITY * k * each)[0] for each in kelvin]
    np.testing.assert_allclose(1 / found.collision_time[:, 0], expected, rtol=1e-9)


def test_potentials_are_taken_for_spheres_of_the_same_friction():
    argon = ChapmanEnskog(Mixture(["Ar"], "lj"), TEMPERATURE, 3)
    density = np.full((1, 1), DENSITY)
    found = resolve(argon, density, np.array([TEMPERATURE]), density, 1e-8, 1e-11)
    assert 1 / found.collision_time[0, 0] == pytest.approx(0.75 * DENSITY * pair_frictions(argon)[0, 0])
    # Of spheres themselves the two agree.
    assert 0.75 * pair_frictions(SPHERES)[0, 0] == pytest.approx(SPHERES.collision_rate(0, 0), rel=1e-9)


def test_the_excess_is_that_of_the_coarsest_cell():
    found = one_gas()
    state = (SPHERES.at(600.0), [1.0], 2 * DENSITY * k * 600.0)
    by_cell, by_step = cell_excess(*state, 2e-8), timestep_excess(*state, 5e-11)
    for name, (cell, step) in found.excess().items():
        assert cell == pytest.approx(by_cell[name], rel=1e-9)
        assert step == pytest.approx(by_step[name], rel=1e-9)
        total = by_cell[name] + by_step[name]
        assert found.summary()[f"{name}_excess"] == pytest.approx(total, rel=1e-9)
    assert found.summary()["fewest_molecules_in_a_collision_cell"] == 40


def test_repeated_collisions_are_those_of_the_cell_with_fewest_molecules_for_its_rate():
    found = one_gas(molecules=(10.0, 100.0))
    expected = repeat_excess(SPHERES, [1.0], DENSITY * k * 300.0, 5e-11, 10.0)
    assert found.repeats() == pytest.approx(expected)
    summary = found.summary()
    assert summary["viscosity_excess_of_repeated_collisions"] == pytest.approx(expected["viscosity"])
    argon = ChapmanEnskog(Mixture(["Ar"], "lj"), TEMPERATURE, 3)
    density = np.full((1, 1), DENSITY)
    assert resolve(argon, density, np.array([TEMPERATURE]), density, 1e-8, 1e-11).repeats() == {}


def test_advice_names_cell_number_and_remedy():
    found = one_gas(width=4e-8, timestep=1e-10)
    better = found.better(0.01)
    cells, step, molecules = found.advice(0.01)
    excess = found.excess()["viscosity"]
    assert cells.startswith("cells: 4e-08 m is 0.92 mean free paths of Ar in cell 1")
    assert f"viscosity {100 * excess[0]:.2g} % too high" in cells and f"{better.width:.2g} m" in cells
    assert step.startswith("timestep: 1e-10 s is") and f"{better.timestep:.2g} s keeps" in step
    repeats = found.repeats()["viscosity"]
    assert molecules.startswith("molecules: of 80 in a collision cell")
    assert f"viscosity {100 * repeats:.2g} % too high; {ceil(160 * repeats / 0.01)} molecules" in molecules
    assert one_gas(width=0.99 * better.width, timestep=0.99 * better.timestep).advice(0.01) == []


def test_cells_that_rarefaction_empties_are_warned_of_with_their_number():
    fine = {"width": 1e-9, "timestep": 1e-13}
    (few,) = one_gas(molecules=(40.0, 1.5), **fine).advice()
    assert "1 of 2 cells" in few and "cell 1 only 1.5" in few and "4 times as many" in few
    (empty,) = one_gas(density=(DENSITY, 0.0), molecules=(40.0, 0.0), **fine).advice()
    assert empty.startswith("1 of 2 cells have seen no molecule")
    assert one_gas(molecules=(40.0, 5.0), **fine).advice() == []


def test_cells_without_a_temperature_are_left_out_and_named():
    fine = {"width": 1e-9, "timestep": 1e-13}
    alone = one_gas(density=(DENSITY,), temperature=(300.0,), molecules=(40.0,), **fine).summary()
    for kelvin in (0.0, -1e-13, np.nan):
        found = one_gas(temperature=(300.0, kelvin), molecules=(40.0, 40.0), **fine)
        assert np.isnan(found.temperature[1]) and np.isnan(found.cell_ratio[1]).all()
        assert found.summary() == pytest.approx(alone)
        (warning,) = found.advice()
        assert warning.startswith("1 of 2 cells are not judged")
    with pytest.raises(ValueError, match="no cell has a temperature"):
        one_gas(temperature=(0.0, 0.0))


def test_cells_outside_a_potentials_table_are_left_out_and_named():
    argon = ChapmanEnskog(Mixture(["Ar"], "lj"), TEMPERATURE, 3)
    density = np.full((3, 1), DENSITY)
    found = resolve(argon, density, np.array([300.0, 5.0, 2e5]), density / 5e23, 1e-9, 1e-13)
    only = resolve(argon, density[:1], np.array([300.0]), density[:1] / 5e23, 1e-9, 1e-13)
    assert found.summary() == pytest.approx(only.summary())
    (warning,) = found.advice()
    assert warning.startswith("2 of 3 cells are not judged") and "table of a potential" in warning
    with pytest.raises(ValueError, match="no cell has a temperature"):
        resolve(argon, density, np.full(3, 5.0), density, 1e-9, 1e-13)


def test_a_theory_of_order_one_is_refused_by_name():
    first = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, 1)
    state = (first, [1.0], DENSITY * k * TEMPERATURE)
    for law in (lambda: repeat_excess(*state, 1e-11, 10.0), lambda: timestep_excess(*state, 1e-11),
                lambda: choose_steps(*state, 0.01)):  # fmt: skip
        with pytest.raises(ValueError, match="order"):
            law()


def samples(velocities, weight=1e15, copies=2):
    """A slab of cells with these molecules' velocities [cell, molecule, 3] in each of two samples."""
    x, y, z = np.moveaxis(np.asarray(velocities), -1, 0)
    rows = dict(zip(MOMENTS, (1 + 0 * x, x, y, z, x * x, y * y, z * z), strict=False))
    sums = np.zeros((1, copies, len(x), 1, len(MOMENTS)))
    for name, row in rows.items():
        sums[..., MOMENTS.index(name)] = 2 * row.sum(axis=1)[:, None]
    return Samples(
        names=("Ar",), masses=np.array(SPHERES.mixture.masses), timestep=1e-11,
        weight=np.full((copies, 1), weight), sums=sums, samples=np.array([2]), steps=np.array([1]),
        walls=np.zeros((1, copies, 2, 1, 2, 5)), **slab_axes(1e-7, len(x)),
    )  # fmt: skip


def test_a_run_is_resolved_by_its_own_density_and_temperature():
    v = np.random.default_rng(1).normal(20.0, 250.0, (4, 30, 3))
    found = resolution(SPHERES, samples(v), subcells=3)
    assert found.width == pytest.approx(1e-7 / 12)
    np.testing.assert_allclose(found.density[:, 0], 30 * 1e15 / 2.5e-8)
    np.testing.assert_allclose(found.molecules, 10.0)
    kelvin = SPHERES.mixture.masses[0] * v.var(axis=1).sum(axis=-1) / (3 * k)
    np.testing.assert_allclose(found.temperature, kelvin, rtol=1e-9)


def test_a_cell_that_saw_one_molecule_leaves_the_others_judged():
    """Its temperature is zero, or the rounding of zero."""
    v = np.random.default_rng(1).normal(20.0, 250.0, (4, 30, 3))
    whole = samples(v)
    for lonely in (v[3, 0], np.array([1e3, 1e-3, 3e2])):
        sums = whole.sums.copy()
        x, y, z = lonely
        row = dict(zip(MOMENTS, (1, x, y, z, x * x, y * y, z * z), strict=False))
        for times in (1, 2_000):
            sums[:, :, 3] = 0.0
            for name, value in row.items():
                sums[:, :, 3, 0, MOMENTS.index(name)] = times * value
            found = resolution(SPHERES, replace(whole, sums=sums))
            assert np.isnan(found.temperature[3]) and np.isfinite(found.temperature[:3]).all()
            assert any("1 of 4 cells are not judged" in line for line in found.advice())


def test_what_makes_no_state_is_refused():
    with pytest.raises(ValueError, match=r"\[cell, species\]"):
        resolve(MIXED, np.ones((2, 1)), np.ones(2), np.ones((2, 1)), 1e-8, 1e-11)
    with pytest.raises(ValueError, match="width and timestep must be positive"):
        one_gas(width=0.0)
    with pytest.raises(ValueError, match="no cell holds a molecule"):
        one_gas(density=(0.0, 0.0))
