"""How waves of marked molecules decay, by kinetic theory."""

import numpy as np
import pytest

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, marked_hard_spheres
from knudsen.analysis.transition.nonlocal_diffusion import (
    diffusivity_at,
    free_diffusivity,
    hydrodynamic_coefficient,
    relaxing_diffusivity,
    relaxing_marks,
    scattering_function,
)
from knudsen.core.gases import Mixture

D0 = 0.6


@pytest.fixture(scope="module")
def spheres():
    return marked_hard_spheres(Resolution(20, 8, 16, 6))


def test_marked_spheres_diffuse_as_the_sonine_series_has_it(spheres):
    """D(0) by another method: D rho / mu of Chapman and Enskog's 20 polynomials."""
    schmidt = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, 20).schmidt_number()
    assert diffusivity_at(spheres, 0.0) == pytest.approx(1 / (2 * schmidt), rel=3e-7)


def test_marks_are_conserved_and_momentum_is_not(spheres):
    one, speed = np.ones_like(spheres.speed), spheres.speed
    assert np.abs(spheres.even @ one).max() < 1e-10
    assert spheres.mean(speed, spheres.odd @ speed) > 0.5 * spheres.mean(speed, speed)


@pytest.mark.parametrize("k", [1e-3, 0.1, 1.0, 10.0])
def test_ordinates_give_the_closed_form_of_one_rate(k):
    assert diffusivity_at(relaxing_marks(D0), k) == pytest.approx(relaxing_diffusivity(D0, k), rel=1e-6)


def test_one_rate_has_its_first_correction():
    """b = 4 D(0)^2, from <(c^2 - 1/2)^2> = 1/2."""
    assert hydrodynamic_coefficient(relaxing_marks(D0)) == pytest.approx(4 * D0**2, rel=1e-8)


@pytest.mark.parametrize("name", ["spheres", "one rate"])
def test_theory_joins_its_limits(name, spheres):
    marks = spheres if name == "spheres" else relaxing_marks(D0)
    start, b, k = diffusivity_at(marks, 0.0), hydrodynamic_coefficient(marks), 0.03
    assert diffusivity_at(marks, k) / start - 1 == pytest.approx(-b * k**2, rel=5e-3)
    assert diffusivity_at(marks, 100.0) == pytest.approx(free_diffusivity(100.0), rel=0.02)


def test_spheres_are_not_molecules_of_one_rate(spheres):
    """The control: of the same D(0) the model is 6 % lower at k lambda = 1/2."""
    model = relaxing_marks(diffusivity_at(spheres, 0.0))
    k = 1 / np.sqrt(np.pi)
    assert diffusivity_at(model, k) / diffusivity_at(spheres, k) == pytest.approx(0.94, abs=0.01)


def test_the_area_under_the_decay_is_the_diffusivity(spheres):
    k, interval = 1.0, 0.02
    left = scattering_function(spheres, k, interval, 1500)
    assert left[0] == pytest.approx(1.0, abs=1e-12)
    assert 1 / (k**2 * np.trapezoid(left, dx=interval)) == pytest.approx(diffusivity_at(spheres, k), rel=1e-4)


def test_free_molecules_decay_as_a_gaussian(spheres):
    """F = exp(-k^2 t^2 / 4) with c over v0; collisions take t^3 k^2 and more."""
    k, interval = 30.0, 0.01
    left = scattering_function(spheres, k, interval, 10)
    np.testing.assert_allclose(left, np.exp(-((k * interval * np.arange(11)) ** 2) / 4), atol=0.02)


def test_what_is_no_wave_number_is_refused():
    for k in (-1.0, np.inf, np.nan):
        with pytest.raises(ValueError, match="wave_number"):
            diffusivity_at(relaxing_marks(D0), k)
    with pytest.raises(ValueError, match="diffusivity"):
        relaxing_marks(0.0)
