"""Channel flows of the model gases against reference tables, an integral equation and their limits."""

from math import log, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.analysis.transition import channel
from knudsen.analysis.transition.channel import channel_flow, channel_profiles, plane_channel
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.slab import solve_slab
from knudsen.analysis.transition.slip import slip_coefficients

TABLE = [  # reference channel_bgk_shakhov: integral equations, extrapolated
    (0.1, 2.03271429, 0.69492716, 2.03954856, 0.73267782, 0.92579682, 0.93515945, 0.94850446),
    (1, 1.53867845, 0.29489992, 1.55364605, 0.36545561, 0.60072919, 0.64085254, 0.70923454),
    (10, 2.76864493, 0.06607625, 2.77989945, 0.09814738, 0.14731246, 0.17578801, 0.23899634),
]


@pytest.mark.parametrize("delta, P, T, P_S, T_S, couette, fourier, fourier_S", TABLE)
def test_reference_channel(delta, P, T, P_S, T_S, couette, fourier, fourier_S):
    bgk, shakhov = plane_channel(delta, "bgk"), plane_channel(delta, "shakhov")
    assert pytest.approx([P, T], abs=1e-8) == [bgk.G_P, bgk.G_T]
    assert [bgk.couette_ratio, bgk.fourier_ratio] == pytest.approx([couette, fourier], abs=1e-8)
    assert [shakhov.G_P, shakhov.G_T, shakhov.fourier_ratio] == pytest.approx([P_S, T_S, fourier_S], abs=1e-8)
    assert max(bgk.error, shakhov.error) < 2e-7
    assert (
        abs(plane_channel(delta, "shakhov", prandtl=0.7).G_T - T_S) > 1e-3
    )  # the table would see another Pr


def test_integral_equation():
    """BGK, diffuse walls: 2U + 1 = psi, psi = 1 + (1/sqrt pi) int T_-1(|x - s|) psi ds, by Galerkin cells.

    T_1, the second antiderivative of Abramowitz's T_-1, gives the cells' integrals; two grids extrapolate.
    """
    delta = 1.0

    def flow(cells):
        width = delta / cells
        t1 = [
            quad(lambda t, x=x: t * np.exp(-t * t - x / t), 0, np.inf)[0]
            for x in width * np.arange(cells + 1)
        ]
        second = np.concatenate([[2 * (t1[1] - t1[0] + width * sqrt(pi) / 2)], np.diff(t1, 2)])
        index = np.arange(cells)
        kernel = second[np.abs(index[:, None] - index)] / sqrt(pi)
        psi = np.linalg.solve(width * np.eye(cells) - kernel, np.full(cells, width))
        return (psi.mean() - 1) / delta

    coarse, fine = flow(60), flow(120)
    assert pytest.approx(fine + (fine - coarse) / 3, rel=2e-6) == plane_channel(delta, "bgk").G_P


@pytest.mark.parametrize("walls", [1.0, 0.5, (0.9, 0.2)])
@pytest.mark.parametrize("delta", [1e-3, 0.3, 7.0, 100.0])
def test_onsager_symmetry_and_mirrored_walls(delta, walls):
    """Heat flux of the Poiseuille flow = mass flow of the creep, from the two profiles' means."""
    gas = relaxing_gas()
    edges = np.concatenate([[0], np.geomspace(1e-7, 0.5, 15)])
    node, weight = np.polynomial.legendre.leggauss(12)
    half = (edges[:-1, None] + np.diff(edges)[:, None] * (node + 1) / 2).ravel()
    weight = (np.diff(edges)[:, None] * weight / 2).ravel()
    profiles = channel_profiles(gas, delta, np.concatenate([half - 0.5, 0.5 - half]), walls)
    mean = np.tile(weight, 2)
    flow = channel_flow(gas, delta, walls)
    assert mean @ profiles.poiseuille_velocity == pytest.approx(flow.G_P, rel=1e-9)
    assert mean @ profiles.creep_velocity == pytest.approx(flow.G_T, rel=1e-9)
    assert -(mean @ profiles.poiseuille_heat_flux) == pytest.approx(flow.G_T, rel=1e-9)
    mirrored = channel_flow(gas, delta, np.broadcast_to(walls, 2)[::-1])
    assert pytest.approx(flow.G_P, rel=1e-11) == mirrored.G_P
    assert mirrored.fourier_ratio == pytest.approx(flow.fourier_ratio, rel=1e-11)


@pytest.mark.parametrize("model, prandtl", [("bgk", 1.0), ("shakhov", 2 / 3)])
@pytest.mark.parametrize("alpha", [1.0, 0.6])
def test_continuum_limit(model, prandtl, alpha):
    """G_P -> delta/6 + sigma_P, ratios as slip flow; the next order is O(1/delta) of the slip."""
    delta = 1000.0
    flow, slip = plane_channel(delta, model, alpha), slip_coefficients(model, alpha)
    assert flow.G_P - delta / 6 == pytest.approx(slip.sigma_P, rel=3e-3)
    assert flow.G_T * delta == pytest.approx(slip.sigma_T, rel=3e-3)
    assert flow.couette_ratio == pytest.approx(sqrt(pi) / (delta + 2 * slip.sigma_P), rel=1e-9)
    conductance = 5 * sqrt(pi) / 4 / prandtl
    assert flow.fourier_ratio == pytest.approx(conductance / (delta + 2 * slip.zeta_T), rel=1e-9)


@pytest.mark.parametrize("model", ["bgk", "shakhov"])
def test_free_molecular_limit(model):
    """Ratios -> alpha/(2 - alpha); G_P falls by ln(10)/sqrt(pi) a decade of delta, G_T by half of that.

    The next orders, delta ln^2(delta) and delta ln(delta), leave 1 % between 1e-3 and 1e-4.
    """
    for alpha in (1.0, 0.4):
        flow = plane_channel(1e-4, model, alpha)
        assert flow.couette_ratio == pytest.approx(alpha / (2 - alpha), rel=1e-3)
        assert flow.fourier_ratio == pytest.approx(alpha / (2 - alpha), rel=1e-3)
    flows = [plane_channel(delta, model) for delta in (1e-2, 1e-3, 1e-4)]
    for values, slope in (([f.G_P for f in flows], 1.0), ([f.G_T for f in flows], 0.5)):
        lack = slope * log(10) / sqrt(pi) - np.diff(values)
        assert 0 < lack[1] < 0.022  # a decade's step of delta ln^2(delta)/sqrt(pi)
        assert 4 < lack[0] / lack[1] < 6.6  # delta ln^2 delta alone: 4.2; delta ln delta alone: 6.5


def test_walls_of_two_accommodations_in_free_flow():
    """Free molecules between alpha_1 and alpha_2: resistances (2 - alpha)/alpha add, 1 off in their sum."""
    left, right = 0.3, 0.8
    flow = plane_channel(1e-4, "bgk", (left, right))
    assert flow.couette_ratio == pytest.approx(1 / (1 / left + 1 / right - 1), rel=1e-3)


def test_profiles_of_the_walls():
    """Couette's and Fourier's flows are odd about the middle, density against temperature."""
    profiles = channel_profiles(relaxing_gas(), 2.0, np.linspace(-0.5, 0.5, 9))
    for name in ("couette_velocity", "fourier_temperature", "fourier_density"):
        values = getattr(profiles, name)
        assert values == pytest.approx(-values[::-1], abs=1e-12)
    assert 0 < profiles.couette_velocity[-1] < 0.5
    assert profiles.fourier_temperature[-1] * profiles.fourier_density[-1] < 0


def test_a_problem_is_solved_once(monkeypatch):
    """Flow, profiles and another call share the solution, and what a caller does to a profile stays his."""
    gas, solved = relaxing_gas(0.7), []

    def counted(*arguments):
        solved.append(arguments)
        return solve_slab(*arguments)

    monkeypatch.setattr(channel, "solve_slab", counted)
    first = channel_profiles(gas, 2.0, [0.0, 0.5], [0.5, 0.8])
    whole = first.creep_velocity.copy()
    first.creep_velocity[:] = 0
    assert len(solved) == 3  # along, Couette, Fourier
    channel_flow(gas, 2.0, np.array([0.5, 0.8]))
    np.testing.assert_array_equal(channel_profiles(gas, 2.0, [0.0, 0.5], (0.5, 0.8)).creep_velocity, whole)
    assert len(solved) == 3
    channel_flow(gas, 2.0, (0.8, 0.5))
    channel_flow(gas, 2.1, (0.5, 0.8))
    assert len(solved) == 9


def test_bad_input():
    for delta in (0.0, -1.0, np.inf):
        with pytest.raises(ValueError, match="delta must be positive"):
            plane_channel(delta)
    for delta in (1e-5, 1e5):
        with pytest.raises(ValueError, match="delta must lie in"):
            plane_channel(delta)
    with pytest.raises(ValueError, match="unknown model 'esbgk'"):
        plane_channel(1.0, "esbgk")
    with pytest.raises(ValueError, match="accommodation must lie in"):
        plane_channel(1.0, "bgk", 0.0)
    with pytest.raises(ValueError, match="positions"):
        channel_profiles(relaxing_gas(), 1.0, [0.0, 0.6])
