"""Tables of deflections against the classical angles and the collision integrals they stand for."""

import numpy as np
import pytest

from knudsen.analysis.kinetic.collision_integrals import collision_integral
from knudsen.core.deflection import deflection_angle
from knudsen.core.potentials import InversePower, LennardJones, Mie, UserPotential
from knudsen.dsmc.collisions import tables
from knudsen.dsmc.collisions.laws import potential_cosine, potential_rate
from knudsen.dsmc.collisions.tables import DeflectionTable, deflection_table, quantile, row_of

BOLTZMANN = 1.380649e-23
CUT = 0.1
LJ = LennardJones(1.0, 1.0)
POTENTIALS = {"12-6": LJ, "14-7": Mie(1.0, 1.0, 14.0, 7.0), "r^-6": InversePower(1.0, 1.0, 6.0)}
REDUCED_TEMPERATURES = (0.1, 0.3, 1.0, 3.2, 10.0, 100.0, 1000.0)
INTEGRALS = ((1, 1), (1, 2), (1, 3), (2, 2), (2, 3))


def angles(potential, b, energy):
    """chi at reduced b and E."""
    return deflection_angle(potential, b, np.sqrt(energy), 2 * BOLTZMANN)


def errors(table, potential):
    """Relative errors of the collision integrals of diffusion and viscosity at every T*."""
    return np.array([
        [table.collision_integral(l, s, t) / collision_integral(potential, l, s, t) - 1 for l, s in INTEGRALS]
        for t in REDUCED_TEMPERATURES
    ])  # fmt: skip


@pytest.mark.parametrize("name", POTENTIALS)
def test_collision_integrals_are_the_potentials(name):
    """Omega(1,1) .. Omega(1,3), Omega(2,2), Omega(2,3) to 2e-4, T* = 0.1 .. 1000."""
    potential = POTENTIALS[name]
    assert np.abs(errors(deflection_table(potential, CUT), potential)).max() < 2e-4


def test_small_angles_left_out_would_be_seen(monkeypatch):
    """Control: cut at 0.1 rad and not made up for, those of viscosity lack 1e-3 or more at every T*."""
    monkeypatch.setattr(tables, "_beyond", lambda potential, farthest, energy: np.zeros(len(energy)))
    bare = tables._tabulate.__wrapped__(LJ, CUT)
    assert errors(bare, LJ)[:, 3:].max() < -1e-3


@pytest.mark.parametrize("name", POTENTIALS)
def test_paths_within_the_area_turn_by_more_than_the_cut_angle(name):
    potential = POTENTIALS[name]
    table = deflection_table(potential, CUT)
    b, energy = np.sqrt(table.areas.astype(float)), table.energies
    assert np.all(np.abs(angles(potential, b * (1 - 1e-4), energy)) > CUT)
    assert np.all(np.abs(angles(potential, b * (1 + 1e-4), energy)) < CUT)


def test_quantiles_of_a_repulsion_are_its_deflections():
    """cos(chi) rises with b alone: at random rows and u = (b / b_max)^2, to what a line in each part can do.

    That is 1/12 of the second difference over the width of a part, at its ends.
    """
    potential = POTENTIALS["r^-6"]
    table, random = deflection_table(potential, CUT), np.random.default_rng(1)
    rows, u = random.integers(0, tables.ROWS, 300), random.uniform(0, 0.75, 300)
    exact = np.cos(angles(potential, np.sqrt(table.areas[rows] * u), table.energies[rows]))
    found = [quantile(np.uint64(row), each, table.angles) for row, each in zip(rows, u, strict=True)]
    edges = np.sqrt(np.arange(tables.PARTS + 1) / tables.PARTS * table.areas[0])
    bent = np.abs(np.diff(np.cos(angles(potential, edges, table.energies[0])), 2)).max()
    np.testing.assert_allclose(found, exact, rtol=0, atol=bent / 10)
    assert bent < 0.005


@pytest.mark.parametrize("energy", [0.25, 0.75, 2.0, 8.0, 20.0, 512.0])
def test_quantiles_are_those_of_the_classical_angles(energy):
    """With rainbows and (E < 0.8) orbits; the outer quarter takes the tail.

    Beside an orbit cos(chi) goes to and fro without end: as if two of a row's 1024 angles were others.
    """
    table = deflection_table(LJ, CUT)
    row, part = row_of(energy)
    assert part == 0.0
    u = (np.arange(20_011) + 0.5) / 20_011
    exact = np.sort(np.cos(angles(LJ, np.sqrt(table.areas[row] * u), energy)))
    found = np.array([quantile(row, each, table.angles) for each in u])
    unfolded = u < 0.75
    assert np.abs(found - exact)[unfolded].mean() < 2 / 1024
    assert np.all((found - exact)[~unfolded] < 1e-3)


def test_between_rows_the_cross_sections_are_the_potentials():
    """sigma_T <1 - cos> and sigma_T <1 - cos^2> of the kernel's own functions, to 2e-3."""
    table, random = deflection_table(LJ, CUT), np.random.default_rng(2)
    u = (np.arange(512) + 0.5) / 512
    b2 = (np.arange(40_000) + 0.5) / 40_000 * 20.0
    for energy in np.exp(random.uniform(0, np.log(1000), 6)):
        rate = potential_rate(1.0, 1.0, 0.0, table.areas, energy)
        levels = (np.arange(64) + 0.5) / 64 * rate
        cosine = np.array([[
            potential_cosine(1.0, 1.0, 0.0, table.areas, table.angles, energy, level, each) for each in u
        ] for level in levels])  # fmt: skip
        exact = np.cos(angles(LJ, np.sqrt(b2), energy))
        for l in (1, 2):
            expected = np.sqrt(energy) * np.mean(1 - exact**l) * 20.0
            assert rate * np.mean(1 - cosine**l) == pytest.approx(expected, rel=2e-3)


def test_rows_are_sixteen_to_the_octave():
    energies = tables.row_energies()
    for row in (0, 1, 17, 200, tables.ROWS - 2):
        assert row_of(energies[row]) == (row, 0.0)
        found, part = row_of(0.25 * energies[row] + 0.75 * energies[row + 1])
        assert (found, part) == (row, 0.75)
    assert row_of(0.0) == row_of(energies[0] / 7) == (0, 0.0)
    assert row_of(energies[-1]) == row_of(1e300) == (tables.ROWS - 2, 1.0)


@pytest.mark.parametrize("name", POTENTIALS)
def test_no_cosine_passes_one(name):
    """Exactly, in double precision: a speed must not grow by round-off."""
    mean, half = np.moveaxis(deflection_table(POTENTIALS[name], CUT).angles.astype(float), 2, 0)
    assert np.all(np.abs(mean) + half <= 1.0)
    assert np.all(half >= 0.0)


def test_mean_area_of_a_flat_table_is_its_area():
    """<sigma_T g> = sigma_T <g>, and Omega* = sigma_T <1 - cos^l> over that of a sphere: 4 in every one."""
    cosine = np.linspace(-1, 1, 2 * tables.PARTS + 1)[1::2]
    parts = np.stack([cosine, np.full_like(cosine, 1 / tables.PARTS)], axis=-1)
    shape = (tables.ROWS, *parts.shape)
    flat = DeflectionTable(np.full(tables.ROWS, 4, np.float32), np.broadcast_to(parts, shape))
    assert flat.mean_area(1.0) == pytest.approx(4, rel=1e-9)
    for l, s in (*INTEGRALS, (3, 3), (4, 4)):
        assert flat.collision_integral(l, s, 1.0) == pytest.approx(4, rel=1e-6)


def test_potentials_that_no_table_holds_are_refused():
    with pytest.raises(ValueError, match=r"(range is too long|shorter range)"):
        deflection_table(InversePower(1.0, 1.0, 1.0), CUT)
    soft = UserPotential(1.0, 1.0, lambda r: np.exp(-r * r))
    with pytest.raises(ValueError, match="needs a core"):
        deflection_table(soft, CUT)
