"""A gas in a rotating vessel turns with it as a rigid body, in the rotating frame and in the inertial one."""

from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import DiffuseWall, Periodic
from knudsen.dsmc.domains.shapes import Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.rotation import RotatingFrame
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
TEMPERATURE, RADIUS, CELLS, COPIES = 300.0, 3e-7, 8, 60
GAS = Mixture(["He", "Ar"])
MASSES = np.array(GAS.masses)
# The wall's kinetic energy per argon molecule is 1.5 k T.
RATE = np.sqrt(1.5 * 2 * BOLTZMANN * TEMPERATURE / MASSES[1]) / RADIUS
EDGES = np.linspace(0.0, RADIUS, CELLS + 1)
BY_SPECIES = MASSES * RATE**2 / (2 * BOLTZMANN * TEMPERATURE)


def spun(rotation, wall_speed):
    """Moments of each copy, cell and species, after a start at rest and of equal density."""
    wall = DiffuseWall(TEMPERATURE, (wall_speed, 0.0))
    simulation = Simulation(
        GAS, Tube(RADIUS, RADIUS, (1, CELLS), Periodic(), Periodic(), wall),
        Filling(1e5, TEMPERATURE, (0.5, 0.5)), particles_per_cell=40, timestep=2e-11, copies=COPIES, seed=21,
        device="cpu", rotation=rotation,
    )  # fmt: skip
    simulation.run(400)
    simulation.sample(6, 6)
    simulation.run(1800)
    return simulation.result().sums.sum(axis=0)


@pytest.fixture(scope="module")
def turning():
    return spun(RotatingFrame((RATE, 0.0, 0.0)), 0.0)


@pytest.fixture(scope="module")
def inertial():
    return spun(None, RATE * RADIUS)


def shares(sums):
    """Of each species' molecules, the share in each cell [copy, cell, species]."""
    return sums[..., 0] / sums[..., 0].sum(axis=1, keepdims=True)


def rigid(exponents):
    """Share in each cell of n exp(b r^2) [cell, species]."""
    below = np.expm1(np.multiply.outer(EDGES**2, exponents))
    return np.diff(below, axis=0) / below[-1]


def deviations(values, expected):
    """Of the means over copies, in standard errors."""
    return (values.mean(axis=0) - expected) / (values.std(axis=0, ddof=1) / np.sqrt(COPIES))


@pytest.mark.parametrize("frame", ["turning", "inertial"])
def test_each_species_has_its_own_centrifugal_profile(frame, request):
    """n ~ exp(m W^2 r^2 / (2 k T))."""
    found = shares(request.getfixturevalue(frame))
    expected = rigid(BY_SPECIES)
    assert np.abs(deviations(found, expected)).max() < 4
    assert np.all(found.std(axis=0, ddof=1) / np.sqrt(COPIES) < 0.015 * expected)


def test_one_profile_for_both_would_be_seen(turning):
    """Control: the mean mass; and a rate two per cent too high, by argon."""
    assert np.abs(deviations(shares(turning), rigid(np.full(2, BY_SPECIES.mean())))).max() > 20
    assert np.abs(deviations(shares(turning), rigid(BY_SPECIES * 1.02**2))).max() > 4


def test_the_gas_is_at_rest_in_the_turning_frame(turning):
    """<v> = 0 and T of the wall in every cell."""
    for species, mass in enumerate(MASSES):
        sums = turning[..., species, :]
        thermal = np.sqrt(BOLTZMANN * TEMPERATURE / mass)
        for axis in range(3):
            assert np.abs(deviations(sums[..., 1 + axis] / sums[..., 0] / thermal, 0.0)).max() < 4
        azimuthal = sums[:, :, 3].sum(axis=1) / sums[..., 0].sum(axis=1) / thermal
        assert azimuthal.std(ddof=1) / np.sqrt(COPIES) < 0.003
        temperature = mass * sums[..., 4:7].sum(axis=-1) / sums[..., 0] / (3 * BOLTZMANN * TEMPERATURE)
        assert np.abs(deviations(temperature, 1.0)).max() < 4


def test_in_the_inertial_frame_it_turns_with_the_wall(inertial):
    """<v_azimuth> = W <r>, over each cell."""
    for species, b in enumerate(BY_SPECIES):
        sums = inertial[..., species, :]
        moments = [
            [quad(lambda r, n=n: r**n * np.exp(b * (r**2 - RADIUS**2)), *ends)[0] for n in (1, 2)]  # noqa: B023
            for ends in pairwise(EDGES)
        ]
        number, arm = np.array(moments).T
        assert np.abs(deviations(sums[..., 3] / sums[..., 0], RATE * arm / number)).max() < 4
