"""A collisionless slab between diffuse walls: the exact fluxes of the half-range Maxwellians.

Each species streams with J molecules one way and the other, per area and time; with mean density n,

    J = n (2 k/(pi m))^(1/2) (T1 T2)^(1/2) / (T1^(1/2) + T2^(1/2)),     T = (T1 T2)^(1/2),
    q = J [2 k (T1 - T2) + m (u1^2 - u2^2)/2],     P_xy = m J (u1 - u2)

from n = n1/2 + n2/2 and n1 T1^(1/2) = n2 T2^(1/2) (Bird 1994, chapter 7).
"""

import numpy as np
import pytest

from knudsen.analysis.groups import group_totals
from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
T1, T2 = 600.0, 300.0
U1, U2 = 400.0, -200.0
COPIES = 50


def make(timestep):
    """He-Ar so dilute that no two molecules collide."""
    return Simulation(
        Mixture(["He", "Ar"]),
        Slab(1e-6, 4, DiffuseWall(T1, (U1, 0.0)), DiffuseWall(T2, (U2, 0.0))),
        Filling(1e-6, np.sqrt(T1 * T2), (0.5, 0.5)),
        particles_per_cell=400, timestep=timestep, copies=COPIES, seed=6, device="cpu",
    )  # fmt: skip


# The transient is long because molecules that are slow along x first meet a wall after many crossing times.
RUNS = {"a fifth of a crossing": (2e-10, 600, 150), "several crossings": (5e-9, 25, 25)}


@pytest.fixture(scope="module", params=RUNS)
def run(request):
    """Masses, density of a species and the totals of each copy of a steady run of short or long steps."""
    timestep, transient, steps = RUNS[request.param]
    simulation = make(timestep)
    simulation.run(transient)
    simulation.sample(1, 25)
    simulation.run(steps)
    assert simulation.resolution()["collisions"] == 0
    samples = simulation.result()
    totals = group_totals(samples, np.tile(np.arange(COPIES), (samples.blocks, 1)))
    return samples.masses, 0.5 * simulation.filling.number_density, totals


def one_way_flux(density, mass):
    return density * np.sqrt(2 * BOLTZMANN / (np.pi * mass)) * np.sqrt(T1 * T2) / (np.sqrt(T1) + np.sqrt(T2))


def agree(values, expected, precision):
    """Whether the mean over copies is within 4 standard errors, these being small enough."""
    stderr = values.std(ddof=1) / np.sqrt(len(values))
    assert stderr < precision * abs(expected)
    return abs(values.mean() - expected) < 4 * stderr


def through(rates, total):
    """Net rate into the gas at the left face and out of it at the right, averaged [copy, species]."""
    net = rates[:, 0, :, 1, total] - rates[:, 0, :, 0, total]
    gone = rates[:, 1, :, 0, total] - rates[:, 1, :, 1, total]
    return (net + gone) / 2


def test_number_flux(run):
    masses, density, totals = run
    for species, mass in enumerate(masses):
        arriving = totals.wall_rates[:, :, species, 0, 0].mean(axis=1)
        assert agree(arriving, one_way_flux(density, mass), 0.003)


def test_heat_flux(run):
    masses, density, totals = run
    for species, mass in enumerate(masses):
        carried = 2 * BOLTZMANN * (T1 - T2) + mass * (U1**2 - U2**2) / 2
        expected = one_way_flux(density, mass) * carried
        assert agree(through(totals.wall_rates, 4)[:, species], expected, 0.01)


def test_shear_stress(run):
    masses, density, totals = run
    for species, mass in enumerate(masses):
        expected = mass * one_way_flux(density, mass) * (U1 - U2)
        assert agree(through(totals.wall_rates, 2)[:, species], expected, 0.01)


def test_density_and_temperature_are_the_same_in_every_cell(run):
    masses, density, totals = run
    moments = totals.densities
    for species, mass in enumerate(masses):
        for cell in range(4):
            count = moments[:, cell, species]
            assert agree(count[:, 0], density, 0.004)
            expected = density * BOLTZMANN / mass * np.sqrt(T1 * T2)
            assert agree(count[:, 4], expected, 0.01)
            assert agree(count[:, 6], expected, 0.01)


def test_no_molecule_is_lost_at_a_wall(run):
    _, _, totals = run
    number = totals.walls[..., 0]
    np.testing.assert_array_equal(number[..., 0], number[..., 1])


def test_a_wall_that_emits_a_plain_maxwellian_would_be_seen(run):
    """Control: a mean energy of 3/2 k T in place of 2 k T, and the flux at the mean temperature."""
    masses, density, totals = run
    for species, mass in enumerate(masses):
        flux = one_way_flux(density, mass)
        wrong = flux * (1.5 * BOLTZMANN * (T1 - T2) + mass * (U1**2 - U2**2) / 2)
        assert not agree(through(totals.wall_rates, 4)[:, species], wrong, 0.02)
        wrong = density * np.sqrt(BOLTZMANN * (T1 + T2) / 2 / (2 * np.pi * mass))
        assert not agree(totals.wall_rates[:, :, species, 0, 0].mean(axis=1), wrong, 0.003)
