from math import pi, sqrt

import numpy as np
import pytest
from scipy.constants import k

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import (
    cell_excess,
    choose_steps,
    pair_diffusivities,
    timestep_excess,
)
from knudsen.core.gases import Mixture, Species, species

PRESSURE, TEMPERATURE = 1e5, 300.0
SPHERES = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, 6)
MIXED = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), TEMPERATURE, 6)
PATH = 1 / (sqrt(2) * pi * 3.6e-10**2 * PRESSURE / (k * TEMPERATURE))
SPEED = sqrt(2 * k * TEMPERATURE / SPHERES.mixture.masses[0])


def halves(model="hs", order=6):
    """Argon in two marked halves."""
    argon = species("Ar")
    other = Species("Ar*", argon.molar_mass, argon.hs, argon.vhs, argon.vss, argon.lj)
    return ChapmanEnskog(Mixture([argon, other], model), TEMPERATURE, order)


def first_orders(theory):
    """First Sonine approximations, for which the published laws are."""
    return {
        "viscosity": float(theory.truncated(1).viscosity([1.0])),
        "thermal_conductivity": float(theory.truncated(2).thermal_conductivity([1.0])),
    }


def test_cells_of_hard_spheres_follow_the_published_law():
    """Alexander, Garcia and Alder (1998): 16 / 45 pi and 32 / 225 pi of (dx / lambda)^2."""
    found = cell_excess(SPHERES, [1.0], PRESSURE, 0.7 * PATH)
    for name, factor in (("viscosity", 16 / (45 * pi)), ("thermal_conductivity", 32 / (225 * pi))):
        converged = float(getattr(SPHERES, name)([1.0]))
        expected = factor * 0.49 * first_orders(SPHERES)[name] / converged
        assert found[name] == pytest.approx(expected, rel=1e-9)


def test_steps_of_hard_spheres_follow_the_published_law():
    """Hadjiconstantinou (2000): 16 / 75 pi, 64 / 675 pi and 4 / 27 pi of (c0 dt / lambda)^2."""
    step = 1e-3 * PATH / SPEED
    single, both = (
        timestep_excess(each, x, PRESSURE, step) for each, x in ((SPHERES, [1.0]), (halves(), [0.5, 0.5]))
    )
    diffusion = float(both["diffusion_binary"])
    orders = halves().truncated(1).diffusion_binary(0.5, 1.0) / halves().diffusion_binary(0.5, 1.0)
    assert diffusion == pytest.approx(4 / (27 * pi) * 1e-6 * orders, rel=1e-5)
    for name, factor in (("viscosity", 16 / (75 * pi)), ("thermal_conductivity", 64 / (675 * pi))):
        ratio = first_orders(SPHERES)[name] / float(getattr(SPHERES, name)([1.0]))
        assert single[name] == pytest.approx(factor * 1e-6 * ratio, rel=1e-5)
        assert both[name] == pytest.approx(single[name], rel=1e-9)


def test_long_steps_forget_the_currents_between_two_flights():
    """dt/2 <A, A> alone is left."""
    theory = SPHERES.truncated(2)
    rate = PRESSURE / float(theory.truncated(1).viscosity([1.0]))
    ratio = float(theory.truncated(1).viscosity([1.0]) / theory.viscosity([1.0]))
    found = timestep_excess(theory, [1.0], PRESSURE, 60 / rate)["viscosity"]
    assert found + 1 == pytest.approx(30 * ratio, rel=1e-6)


def test_small_steps_of_a_mixture_take_the_first_decay_of_its_drift():
    """dt^2 nu_1 nu / 12, nu = kT (x1 m1 + x2 m2) / (m1 m2 D12)."""
    masses, x, step = np.array(MIXED.mixture.masses), np.array([0.3, 0.7]), 1e-13
    rates = [
        k * TEMPERATURE * (x @ masses) / (masses.prod() * float(each.diffusion_binary(0.3, PRESSURE)))
        for each in (MIXED.truncated(1), MIXED)
    ]
    found = timestep_excess(MIXED, x, PRESSURE, step)["diffusion_binary"]
    assert found == pytest.approx(step**2 * np.prod(rates) / 12, rel=1e-4)


def test_pairs_are_those_of_the_first_approximation():
    found = pair_diffusivities(MIXED, PRESSURE)
    assert found[0, 1] == pytest.approx(float(MIXED.truncated(1).diffusion_binary(0.5, PRESSURE)), rel=1e-12)
    for one in (0, 1):
        assert found[one, one] == pytest.approx(MIXED.truncated(1).self_diffusion(PRESSURE, one), rel=1e-12)


def handed_across(theory, x, width, pairs=400_000):
    """Momentum and energy flux by collisions across cells, per unit gradient, from random pairs of spheres.

    The distribution's first change by du_y/dx = 1, or by dT/dx = 1, weighs each pair.
    """
    random, masses = np.random.default_rng(3), np.array(theory.mixture.masses)
    density = PRESSURE / (k * TEMPERATURE)
    viscosity = conductivity = 0.0
    for a in range(2):
        for b in range(2):
            m_a, m_b = masses[a], masses[b]
            v_a, v_b = (
                random.standard_normal((pairs, 3)) * sqrt(k * TEMPERATURE / mass) for mass in (m_a, m_b)
            )
            place_a, place_b = width * random.random((2, pairs))
            relative = v_a - v_b
            speed = np.sqrt((relative**2).sum(axis=1))
            turned = random.standard_normal((pairs, 3))
            turned *= (speed / np.sqrt((turned**2).sum(axis=1)))[:, None]
            kick = (turned - relative) * m_b / (m_a + m_b)
            area = pi * theory.mixture.interaction(a, b).diameter_ref ** 2
            rate = 0.5 * density**2 * x[a] * x[b] * area * speed * (place_b - place_a)
            shear = (m_a * v_a[:, 1] * place_a + m_b * v_b[:, 1] * place_b) / (k * TEMPERATURE)
            heat = m_a * (v_a**2).sum(axis=1) * place_a + m_b * (v_b**2).sum(axis=1) * place_b
            energy = 0.5 * m_a * ((v_a + kick) ** 2 - v_a**2).sum(axis=1)
            # What a loses to b at place_b goes the way from a to b.
            viscosity += np.mean(rate * m_a * kick[:, 1] * shear)
            conductivity += np.mean(rate * energy * heat / (2 * k * TEMPERATURE**2))
    return {"viscosity": viscosity, "thermal_conductivity": conductivity}


def test_cells_of_a_mixture_hand_across_what_random_pairs_do():
    theory = ChapmanEnskog(Mixture(["He", "Ar"], "hs"), TEMPERATURE, 4)
    x, width = [0.6, 0.4], 2e-8
    found, pairs = cell_excess(theory, x, PRESSURE, width), handed_across(theory, x, width)
    for name in pairs:
        assert found[name] * float(getattr(theory, name)(x)) == pytest.approx(pairs[name], rel=0.02), name
    # The control: cells wider by a tenth.
    wider = cell_excess(theory, x, PRESSURE, 1.1 * width)
    assert wider["viscosity"] * float(theory.viscosity(x)) != pytest.approx(pairs["viscosity"], rel=0.02)


@pytest.mark.parametrize("theory", [SPHERES, MIXED, halves("lj")], ids=["spheres", "mixture", "potential"])
def test_chosen_steps_take_half_of_the_error_each(theory):
    x = [1 / len(theory.mixture)] * len(theory.mixture)
    width, step = choose_steps(theory, x, PRESSURE, 0.02)
    assert max(cell_excess(theory, x, PRESSURE, width).values()) == pytest.approx(0.01, rel=1e-9)
    assert max(timestep_excess(theory, x, PRESSURE, step).values()) == pytest.approx(0.01, rel=1e-4)


def test_the_strictest_of_several_states_decides():
    states = [[0.1, 0.9], [0.9, 0.1]]
    each = [choose_steps(MIXED, state, PRESSURE, 0.01) for state in states]
    found = choose_steps(MIXED, states, PRESSURE, 0.01)
    assert found == (min(one.width for one in each), min(one.timestep for one in each))


def test_what_cannot_be_chosen_is_refused():
    for error in (0.0, 1.0, float("nan")):
        with pytest.raises(ValueError, match="error must lie in"):
            choose_steps(SPHERES, [1.0], PRESSURE, error)
    with pytest.raises(ValueError, match="width"):
        cell_excess(SPHERES, [1.0], PRESSURE, 0.0)
    with pytest.raises(ValueError, match="timestep"):
        timestep_excess(SPHERES, [1.0], PRESSURE, -1e-12)
