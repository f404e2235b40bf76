from math import gamma

import numpy as np
import pytest

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess
from knudsen.core.gases import Mixture

PRESSURE, TEMPERATURE, STEP = 1e5, 300.0, 3e-11


def collisions_in_a_step(theory):
    return STEP * float(theory.collision_frequency([1.0], PRESSURE)[0])


def test_maxwell_molecules_meet_again_half_as_often_as_they_collide():
    """Even scattering at one rate: nu dt / 2 N, the same of every coefficient and at every order."""
    theory = ChapmanEnskog(Mixture(["Ar"], "maxwell"), TEMPERATURE, 5)
    found = repeat_excess(theory, [1.0], PRESSURE, STEP, 20.0)
    for name in ("viscosity", "thermal_conductivity"):
        assert found[name] == pytest.approx(collisions_in_a_step(theory) / 40, rel=1e-9)


def test_hard_spheres_that_matter_meet_again_more_often():
    """First Sonine: nu dt / 2 N times <g^6> / (<g^5> <g>) of Maxwellian pairs."""
    theory = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, 3)
    weight = gamma(9 / 2) / gamma(4) / (gamma(2) / gamma(3 / 2))
    found = repeat_excess(theory.truncated(2), [1.0], PRESSURE, STEP, 20.0)["thermal_conductivity"]
    assert found == pytest.approx(weight * collisions_in_a_step(theory) / 40, rel=1e-9)


def test_a_closed_cell_of_maxwell_molecules_keeps_what_the_law_says():
    """dt^2 nu_0 nu / 2 N of the stress of N molecules that have met nobody outlives that of infinitely many.

    Means over all pairs, each colliding at the rate nu_0 / N, by the matrix of the products v_x,i v_y,j.
    """
    number, rate = 6, 1.0
    generator = np.zeros((number**2, number**2))
    for i in range(number):
        for j in range(i):
            # After an even turn g_x g_y has no mean.
            pair = np.zeros(number**2)
            pair[[i * number + i, j * number + j]], pair[[i * number + j, j * number + i]] = 1.0, -1.0
            generator -= rate / number * np.outer(pair, pair) / 4
    stress = np.eye(number).ravel()
    first = -stress @ generator @ stress / number
    second = stress @ generator @ generator @ stress / number
    # Of N - 1 partners, where infinitely many are N: they are N - 1 of a Poisson number, and that squared.
    assert first == pytest.approx(0.5 * rate * (number - 1) / number, rel=1e-12)
    infinite = 0.25 * rate**2 * (number - 1) * (number - 2) / number**2
    assert second - infinite == pytest.approx(first * rate / number, rel=1e-12)


def test_what_cannot_be_known_is_refused():
    theory = ChapmanEnskog(Mixture(["Ar"], "lj"), TEMPERATURE, 3)
    with pytest.raises(ValueError, match="known of soft spheres, not of LennardJones"):
        repeat_excess(theory, [1.0], PRESSURE, STEP, 20.0)
    spheres = ChapmanEnskog(Mixture(["Ar"], "hs"), TEMPERATURE, 3)
    with pytest.raises(ValueError, match="molecules"):
        repeat_excess(spheres, [1.0], PRESSURE, STEP, 0.0)
