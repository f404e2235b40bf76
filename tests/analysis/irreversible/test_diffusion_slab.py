"""Maxwell molecules in a slab by polynomials: collisions against the moment equations, limits, symmetries."""

from functools import lru_cache

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.irreversible.diffusion_anisotropies import free_molecular_anisotropies
from knudsen.analysis.irreversible.diffusion_moments import VelocityBasis, scattered
from knudsen.analysis.irreversible.diffusion_slab import diffusing_slab
from knudsen.analysis.irreversible.diffusion_stress import MomentRates

MASS, RATE, DENSITY, KELVIN = 6e-27, 6e-16, 2.4e25, 300.0
SPEED = np.sqrt(BOLTZMANN * KELVIN / MASS)
PATH = SPEED / (DENSITY * RATE)  # (kT / m_B)^(1/2) / (n K0)


@lru_cache
def slab(mass_ratio=10.0, paths=40.0, degree=5, ends=(1.0, 0.0), cells=100):
    masses = MASS * np.array([mass_ratio, 1.0])
    return diffusing_slab(
        masses, np.full((2, 2), RATE), paths * PATH, ends, DENSITY, KELVIN, degree, cells
    )  # fmt: skip


def rates(mass_ratio=10.0):
    return MomentRates.maxwell(MASS * np.array([mass_ratio, 1.0]), np.full((2, 2), RATE))


def parts(found, mass_ratio=10.0):
    """Anisotropies A, B, mixture and n m_r w^2 [node]."""
    reduced = MASS * mass_ratio / (1 + mass_ratio)
    drift = found.velocity[:, 0] - found.velocity[:, 1]
    return np.column_stack([found.own, found.mixture]), reduced * found.density.sum(axis=1) * drift**2


def closed(found, mass_ratio=10.0):
    stress = rates(mass_ratio).flowing(found.density, found.velocity)
    return np.column_stack([stress.own, stress.mixture])


# --- collisions ------------------------------------------------------------------------------------------


def test_the_mean_velocity_after_a_collision_is_that_of_the_pair():
    after = scattered(1, 0, 4.0)
    assert after[1, 0, 0, 0] == pytest.approx(0.8)
    assert after[0, 1, 0, 0] == pytest.approx(0.2 * 2)  # b in its own thermal speed, twice that of a


@pytest.mark.parametrize("mass_ratio", [1.0, 4.0, 0.1])
def test_collisions_are_those_of_the_moment_equations(mass_ratio):
    """Any distributions, far from equilibrium: the change of momentum, of energy and of the anisotropy."""
    basis = VelocityBasis(5)
    moments = basis.moments
    number = {power: place for place, power in enumerate(basis.powers)}
    state = np.random.default_rng(3).normal(0, 0.3, (2, len(basis.powers)))
    state[:, 0] = 0.7, 0.4
    masses = np.array([mass_ratio, 1.0])
    gas = MomentRates.maxwell(masses, np.ones((2, 2)))
    change = np.array(
        [
            sum(
                np.einsum("kmn,m,n", basis.collisions(masses[a] / masses[b]), state[a], state[b])
                for b in (0, 1)
            )
            for a in (0, 1)
        ]
    )
    at = {power: state @ moments[place] for power, place in number.items()}
    rate = {power: change @ moments[place] for power, place in number.items()}
    speed, n = 1 / np.sqrt(masses), at[0, 0]
    u, push = speed * at[1, 0] / n, speed * rate[1, 0] / n
    own = at[2, 0] - at[0, 1] / 2 - masses * n * u**2
    changed = rate[2, 0] - rate[0, 1] / 2 - 2 * masses * n * u * push
    assert rate[0, 0] == pytest.approx([0, 0], abs=1e-13)
    assert masses * n * push == pytest.approx(gas.friction(n, u), rel=1e-10)
    assert (rate[2, 0] + rate[0, 1]).sum() == pytest.approx(0, abs=1e-12)
    assert changed == pytest.approx(gas.drift_source(n, u) - gas.relaxation(n) @ own, rel=1e-9)


# --- slabs -----------------------------------------------------------------------------------------------


def test_flux_and_momentum_are_the_same_everywhere_and_the_mean_density_is_that_asked_for():
    found = slab()
    flux = found.density * found.velocity
    assert flux[:, 0] == pytest.approx(np.full(len(flux), flux[0, 0]), rel=1e-9)
    assert flux[:, 1] == pytest.approx(-flux[:, 0], rel=1e-9)
    mean = np.trapezoid(found.density.sum(axis=1), found.position) / found.position[-1]
    assert mean == pytest.approx(DENSITY, rel=1e-9)
    masses = MASS * np.array([10.0, 1.0])
    along = BOLTZMANN * found.density * found.temperature + 2 / 3 * found.own  # p_a + (2/3)(P_xx - P_yy)
    total = (along + masses * found.density * found.velocity**2).sum(axis=1)
    assert total == pytest.approx(np.full(len(total), total[0]), rel=1e-8)


@pytest.mark.parametrize("mass_ratio", [10.0, 0.25])
def test_the_bulk_is_the_closed_form_and_around_it_are_layers(mass_ratio):
    found = slab(mass_ratio)
    stress, unit = parts(found, mass_ratio)
    depth = np.minimum(found.position, found.position[-1] - found.position)
    middle = depth > 15 * PATH
    apart = np.abs(stress - closed(found, mass_ratio)) / unit[:, None]
    assert apart[middle].max() < (0.01 if mass_ratio > 1 else 0.05)
    assert apart[depth < PATH / 10].max() > 0.03
    driven = rates(mass_ratio).driven(found.density, found.velocity).own  # the control
    assert np.abs(found.own - driven)[middle].max() > 0.1 * unit[middle].max()


def test_equal_masses_leave_the_mixture_isotropic_at_any_length():
    for paths in (0.5, 5.0, 40.0):
        found = slab(1.0, paths)
        stress, unit = parts(found, 1.0)
        assert np.abs(stress[:, 2] / unit).max() < 1e-7
        assert np.abs(stress[:, 0] / unit).max() > 0.1


def test_gases_and_ends_swapped_give_the_same_slab_turned_round():
    one = slab(4.0, 6.0, ends=(0.9, 0.2))
    swapped = MASS * np.array([1.0, 4.0])
    other = diffusing_slab(
        swapped, np.full((2, 2), RATE), 6 * PATH, (0.8, 0.1), DENSITY, KELVIN, 5, 100
    )  # fmt: skip
    largest = np.abs(one.own).max()
    assert other.own[::-1, ::-1] == pytest.approx(one.own, rel=1e-6, abs=1e-7 * largest)
    assert np.abs(other.own - one.own).max() > 0.1 * largest  # the control


def test_without_collisions_the_stresses_are_those_of_free_molecules():
    free = np.array(list(free_molecular_anisotropies(10.0, 1.0, 0.0).values()))

    def apart(paths):
        stress, unit = parts(slab(paths=paths, degree=7, cells=20))
        return np.abs(stress[10] / unit[10] - free).max()

    assert apart(0.01) < 0.01
    assert apart(1.0) > 0.05  # the control


def test_the_layer_is_linear_in_the_flux_and_the_bulk_quadratic():
    """Twice the length is half the flux: departures at the end go with it, bulk stresses with its square."""
    departure, bulk, flux = [], [], []
    for paths in (40.0, 80.0):
        found = slab(paths=paths, ends=(0.7, 0.3), cells=160)
        stress, _ = parts(found)
        departure.append((stress - closed(found))[-1, 0])
        bulk.append(stress[80, 0])
        flux.append(found.density[0, 0] * found.velocity[0, 0])
    of_flux = np.log(flux[0] / flux[1])
    assert np.log(departure[0] / departure[1]) / of_flux == pytest.approx(1, abs=0.1)
    assert np.log(bulk[0] / bulk[1]) / of_flux == pytest.approx(2, abs=0.05)


@pytest.mark.parametrize(
    "change, named",
    [
        ({"masses": [1e-26]}, "masses"),
        ({"masses": [1e-26, -1e-26]}, "masses"),
        ({"collisions": [[1.0, 2.0], [3.0, 1.0]]}, "collisions"),
        ({"ends": (0.5, 0.5)}, "ends"),
        ({"ends": (1.5, 0.5)}, "mole fractions"),
        ({"length": 0.0}, "length"),
        ({"degree": 4}, "degree"),
        ({"cells": 2}, "cells"),
    ],
)
def test_faults_are_named(change, named):
    values = {
        "masses": [4e-26, 4e-27], "collisions": np.full((2, 2), RATE), "length": 1e-6, "ends": (1.0, 0.0),
        "density": DENSITY, "temperature": KELVIN, "degree": 3,
    }  # fmt: skip
    with pytest.raises(ValueError, match=named):
        diffusing_slab(**{**values, **change})
