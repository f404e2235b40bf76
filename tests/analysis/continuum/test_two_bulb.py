"""Two bulbs: Duncan and Toor's hydrogen, nitrogen and carbon dioxide, and the binary that must not do it."""

import numpy as np
import pytest

from knudsen.analysis.continuum.diffusivities import fick_matrix, pair_matrix
from knudsen.analysis.continuum.two_bulb import (
    DUNCAN_TOOR,
    TwoBulbCell,
    two_bulb,
    two_bulb_capillary,
    two_bulb_linearised,
)

# J. B. Duncan, H. L. Toor, AIChE J. 8 (1962) 38: 35.2 C; D_ij as in Taylor and Krishna (1993), section 5.4
D = pair_matrix({(0, 1): 83.3e-6, (0, 2): 68.0e-6, (1, 2): 16.8e-6}, 3)
FIRST, SECOND = np.array([0.0, 0.50086, 0.49914]), np.array([0.50121, 0.49879, 0.0])
HOUR = 3600.0
NITROGEN = 1


@pytest.fixture(scope="module")
def run():
    return two_bulb(DUNCAN_TOOR, FIRST, SECOND, D, 60 * HOUR)


def test_cell_constant():
    area = np.pi / 4 * 2.08e-3**2
    assert DUNCAN_TOOR.cell_constant == pytest.approx(
        area / 85.9e-3 * (1 / 77.99e-6 + 1 / 78.63e-6), rel=1e-14
    )


def test_moles_are_conserved(run):
    times = np.linspace(0, run.end, 31)
    total = sum(
        V * x for V, x in zip(DUNCAN_TOOR.volumes, (run.first(times), run.second(times)), strict=True)
    )
    assert np.max(np.abs(total / total[0] - 1)) < 1e-14
    for x in (run.first(times), run.second(times)):
        assert np.max(np.abs(x.sum(axis=-1) - 1)) < 1e-14
        assert x.min() > -1e-15


def test_fluxes_are_what_the_bulbs_lose(run):
    """N A = -c V_1 dx_1/dt, by central differences; no net molar flux."""
    t, h = 4 * HOUR, 60.0
    loss = -(run.first(t + h) - run.first(t - h)) / (2 * h) * DUNCAN_TOOR.volumes[0] / DUNCAN_TOOR.area
    flux = run.fluxes(t, 1.0)
    assert loss == pytest.approx(flux, rel=1e-4, abs=1e-5 * np.max(np.abs(flux)))
    assert abs(flux.sum()) < 1e-14 * np.max(np.abs(flux))


def test_nitrogen_shows_all_three(run):
    """Equal at first, it flows with CO2's drag (osmotic), climbs (reverse), stops (barrier), then turns."""
    regimes = run.regimes(NITROGEN)
    assert len(regimes.osmotic) == len(regimes.barrier) == len(regimes.reverse) == 1
    assert 0 < regimes.osmotic[0] < 0.1 * HOUR < 5 * HOUR < regimes.barrier[0] < 9 * HOUR
    assert regimes.reverse[0] == pytest.approx((regimes.osmotic[0], regimes.barrier[0]))
    osmotic, barrier = regimes.osmotic[0], regimes.barrier[0]
    assert (run.first(osmotic) - run.second(osmotic))[NITROGEN] == pytest.approx(0, abs=1e-9)
    assert run.fluxes(osmotic, 40.0)[NITROGEN] > 0
    assert run.fluxes(barrier, 40.0)[NITROGEN] == pytest.approx(
        0, abs=1e-9 * np.max(run.fluxes(barrier, 40.0))
    )
    assert (run.first(barrier) - run.second(barrier))[NITROGEN] < -0.1


def test_hydrogen_and_carbon_dioxide_do_not(run):
    for species in (0, 2):
        regimes = run.regimes(species)
        assert regimes.osmotic == regimes.barrier == regimes.reverse == ()


def test_a_binary_cannot():
    pair = two_bulb(DUNCAN_TOOR, [0.9, 0.1], [0.2, 0.8], np.full((2, 2), 5e-5), 20 * HOUR)
    assert pair.regimes(0).reverse == pair.regimes(1).reverse == ()


def test_equal_diffusivities_remove_the_effect():
    equal = two_bulb(DUNCAN_TOOR, FIRST, SECOND, np.full((3, 3), 5e-5), 20 * HOUR)
    assert equal.regimes(NITROGEN).reverse == ()


def test_binary_decays_by_the_cell_constant():
    times = np.array([0.0, HOUR, 10 * HOUR])
    pair = two_bulb(DUNCAN_TOOR, [0.9, 0.1], [0.2, 0.8], np.full((2, 2), 5e-5), 10 * HOUR)
    difference = (pair.first(times) - pair.second(times))[:, 0]
    assert difference == pytest.approx(0.7 * np.exp(-DUNCAN_TOOR.cell_constant * 5e-5 * times), rel=1e-9)
    linearised = two_bulb_linearised(DUNCAN_TOOR, [0.9, 0.1], [0.2, 0.8], np.full((2, 2), 5e-5), times)
    assert pair.first(times) == pytest.approx(linearised, abs=1e-10)


def test_linearised_theory_is_near_and_has_the_slowest_eigenvalue(run):
    times = np.linspace(0, 60 * HOUR, 61)
    linearised = two_bulb_linearised(DUNCAN_TOOR, FIRST, SECOND, D, times)
    assert (
        np.max(np.abs(linearised - run.first(times))) < 0.01
    )  # Taylor and Krishna: indistinguishable by eye
    final = DUNCAN_TOOR.equilibrium(FIRST, SECOND)
    slowest = DUNCAN_TOOR.cell_constant * np.min(np.linalg.eigvals(fick_matrix(final, D)))
    late = np.abs(run.first([40 * HOUR, 60 * HOUR]) - final)[:, NITROGEN]
    assert np.log(late[0] / late[1]) / (20 * HOUR) == pytest.approx(slowest, rel=0.01)


def test_small_differences_are_linear():
    near = 1e-5 * np.array([1.0, -3.0, 2.0])
    base = np.array([0.25, 0.5, 0.25])
    run = two_bulb(DUNCAN_TOOR, base + near, base - near, D, 20 * HOUR)
    exact, linear = (
        run.first(8 * HOUR),
        two_bulb_linearised(DUNCAN_TOOR, base + near, base - near, D, 8 * HOUR),
    )
    assert np.max(np.abs(exact - linear)) < 2e-5 * np.max(np.abs(near))


def test_equilibrium_is_reached():
    run = two_bulb(DUNCAN_TOOR, FIRST, SECOND, D, 400 * HOUR)
    final = DUNCAN_TOOR.equilibrium(FIRST, SECOND)
    assert run.first(run.end) == pytest.approx(final, abs=1e-11)
    assert run.second(run.end) == pytest.approx(final, abs=1e-11)


def test_capillary_transient_conserves_and_comes_near(run):
    """The capillary holds 0.2 % of the gas: the bulbs differ from the quasi-steady ones by about that."""
    times = np.array([0.0, 2 * HOUR, 8 * HOUR, 24 * HOUR])
    x = two_bulb_capillary(DUNCAN_TOOR, FIRST, SECOND, D, times, cells=20)
    held = DUNCAN_TOOR.area * DUNCAN_TOOR.length
    volumes = np.array([DUNCAN_TOOR.volumes[0], *[held / 20] * 20, DUNCAN_TOOR.volumes[1]])
    total = np.einsum("k,tki->ti", volumes, x)
    assert np.max(np.abs(total / total[0] - 1)) < 1e-12
    assert 1e-5 < np.max(np.abs(x[1:, 0] - run.first(times[1:]))) < 2e-3


def test_capillary_of_large_bulbs_is_quasi_steady():
    """With bulbs ten thousand times larger than it, the capillary's own content no longer shows."""
    cell = TwoBulbCell((1.0, 2.0), 0.1, 3e-4)
    times = np.array([0.0, 1e6, 5e6])
    x = two_bulb_capillary(cell, FIRST, SECOND, D, times, cells=40)
    quasi = two_bulb(cell, FIRST, SECOND, D, 5e6)
    assert x[1:, 0] == pytest.approx(quasi.first(times[1:]), abs=3e-5)


def test_bad_input_is_named(run):
    with pytest.raises(ValueError, match="volumes must be positive"):
        TwoBulbCell((0.0, 1.0), 1.0, 1.0)
    with pytest.raises(ValueError, match="two bulbs"):
        TwoBulbCell((1.0,), 1.0, 1.0)
    with pytest.raises(ValueError, match="sum to one"):
        two_bulb(DUNCAN_TOOR, [0.5, 0.6, 0], SECOND, D, HOUR)
    with pytest.raises(ValueError, match="end must be positive"):
        two_bulb(DUNCAN_TOOR, FIRST, SECOND, D, 0.0)
    with pytest.raises(ValueError, match="times must lie in the run"):
        run.first(61 * HOUR)
    with pytest.raises(ValueError, match="even number"):
        two_bulb_capillary(DUNCAN_TOOR, FIRST, SECOND, D, [0, HOUR], cells=5)
    with pytest.raises(ValueError, match="ascending from 0"):
        two_bulb_capillary(DUNCAN_TOOR, FIRST, SECOND, D, [HOUR, 2 * HOUR])
    with pytest.raises(ValueError, match="ascending from 0"):
        two_bulb_capillary(DUNCAN_TOOR, FIRST, SECOND, D, [0, np.inf])
    with pytest.raises(ValueError, match="time must be finite and not negative"):
        two_bulb_linearised(DUNCAN_TOOR, FIRST, SECOND, D, -HOUR)
    with pytest.raises(ValueError, match="sum to one"):
        DUNCAN_TOOR.equilibrium([0.5, 0.6, 0], SECOND)
