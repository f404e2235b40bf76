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


def spun(rotation, wall_speed, parts=1):
    """Moments of each copy, cell and species, after a start at rest and of equal density.

    parts : collision cells across a cell
    """
    wall = DiffuseWall(TEMPERATURE, (wall_speed, 0.0))
    simulation = Simulation(
        GAS, Tube(RADIUS, RADIUS, (1, CELLS), Periodic(), Periodic(), wall, subcells=(1, parts)),
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
    """With four collision cells in each.

    What momentum handed across a collision cell carries is not the angular momentum: cells of R/8 spin argon
    0.55(7) % and helium 0.8(1) % faster than the wall, of R/32 0.05(6) % and 0.2(1) %.
    """
    return spun(None, RATE * RADIUS, parts=4)


def shares(sums):
    """Of each species' molecules, the share in each cell [copy, cell, species]."""
    return sums[..., 0] / sums[..., 0].sum(axis=1, keepdims=True)


def rigid(exponents):
    """Share in each cell of n exp(b r^2) [cell, species]."""
    below = np.expm1(np.multiply.outer(EDGES**2, exponents))
    return np.diff(below, axis=0) / below[-1]


def stderr(values):
    """Of the means over copies."""
    return values.std(axis=0, ddof=1) / np.sqrt(COPIES)


def deviations(values, expected):
    """Of the means over copies, in standard errors."""
    return (values.mean(axis=0) - expected) / stderr(values)


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
    """<v> = 0 and T of the wall, in every cell and of all; controls: 1 % of the wall's speed, and of T."""
    for species, mass in enumerate(MASSES):
        sums = turning[..., species, :]
        thermal = np.sqrt(BOLTZMANN * TEMPERATURE / mass)
        velocity = sums[..., 1:4] / sums[..., :1] / thermal
        assert stderr(velocity).max() < 0.015
        assert np.abs(deviations(velocity, 0.0)).max() < 4
        azimuthal = sums[..., 3].sum(axis=1) / sums[..., 0].sum(axis=1) / thermal
        assert stderr(azimuthal) < 0.003
        assert abs(deviations(azimuthal, 0.0)) < 4
        assert abs(deviations(azimuthal, 0.01 * RATE * RADIUS / thermal)) > 4
        energy = mass * sums[..., 4:7].sum(axis=-1) / (3 * BOLTZMANN * TEMPERATURE)
        temperature = energy / sums[..., 0]
        assert stderr(temperature).max() < 0.012
        assert np.abs(deviations(temperature, 1.0)).max() < 4
        of_all = energy.sum(axis=1) / sums[..., 0].sum(axis=1)
        assert abs(deviations(of_all, 1.0)) < 4
        assert abs(deviations(of_all, 1.01)) > 4


def test_in_the_inertial_frame_it_turns_with_the_wall(inertial):
    """<v_azimuth> = W <r>, over each cell and of all; control: a gas 2 % faster than the wall."""
    for species, b in enumerate(BY_SPECIES):
        sums = inertial[..., species, :]
        moments = [
            [quad(lambda r, n=n: r**n * np.exp(b * (r**2 - RADIUS**2)), *ends)[0] for n in (1, 2)]  # noqa: B023
            for ends in pairwise(EDGES)
        ]
        number, arm = np.array(moments).T
        expected = RATE * arm / number
        speed = sums[..., 3] / sums[..., 0]
        assert stderr(speed).max() < 0.01 * np.sqrt(BOLTZMANN * TEMPERATURE / MASSES[species])
        assert np.abs(deviations(speed, expected)).max() < 4
        of_all = sums[..., 3].sum(axis=1) / (sums[..., 0] * expected).sum(axis=1)
        assert stderr(of_all) < 0.004
        assert abs(deviations(of_all, 1.0)) < 4
        assert abs(deviations(of_all, 1.02)) > 4
