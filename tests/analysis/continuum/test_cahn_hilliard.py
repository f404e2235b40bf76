"""Regular solution and Cahn-Hilliard solver: closed forms, growth, conservation, decay of F, interfaces."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from knudsen.analysis.continuum.cahn_hilliard import CahnHilliard
from knudsen.analysis.continuum.regular_solution import (
    binodal,
    curvature,
    diffusivity,
    exchange_potential,
    fastest_growth,
    fastest_wavelength,
    free_energy_density,
    growth_rate,
    interface_position,
    interface_tension,
    mobility,
    spinodal,
)

# --- phase diagram ----------------------------------------------------------------------------------


def test_derivatives_of_the_free_energy():
    x, h = 0.3, 1e-5
    slope = (free_energy_density(x + h, 2.7) - free_energy_density(x - h, 2.7)) / (2 * h)
    assert slope == pytest.approx(exchange_potential(x, 2.7), rel=1e-8)
    bend = (exchange_potential(x + h, 2.7) - exchange_potential(x - h, 2.7)) / (2 * h)
    assert bend == pytest.approx(curvature(x, 2.7), rel=1e-8)


@pytest.mark.parametrize("chi", [2.001, 2.5, 3.0, 6.0, 40.0])
def test_spinodal_and_binodal(chi):
    low, high = spinodal(chi)
    assert low + high == pytest.approx(1.0, rel=1e-14)
    assert low * (1 - low) == pytest.approx(1 / (2 * chi), rel=1e-12)
    poor, rich = binodal(chi)
    assert poor + rich == pytest.approx(1.0, rel=1e-13) and poor < low < high < rich
    residual = np.log(poor) - np.log1p(-poor) + chi * (1 - 2 * poor)
    assert abs(residual) < 1e-11 * chi


def test_known_binodal():
    """x = 1/4: ln 3 = chi / 2."""
    assert binodal(2 * np.log(3.0))[0] == pytest.approx(0.25, rel=1e-12)


def test_near_the_critical_point():
    """x_b - 1/2 -> sqrt(3 a / 8), sigma -> sqrt(8 kappa / 3) (4/3) (3 a / 8)^(3/2), a = chi - 2 (Landau)."""
    a = 1e-3
    half = np.sqrt(3 * a / 8)
    assert binodal(2 + a)[1] - 0.5 == pytest.approx(half, rel=2 * a)
    assert 0.5 - spinodal(2 + a)[0] == pytest.approx(half / np.sqrt(3), rel=2 * a)
    tension = np.sqrt(8 / 3) * (4 / 3) * half**3
    assert interface_tension(2 + a, 1.0) == pytest.approx(tension, rel=2 * a)
    # the profile is a hyperbolic tangent there, of width sqrt(kappa / a)
    at = 0.5 + half * np.tanh(0.7)
    assert interface_position(at, 2 + a, 1.0) == pytest.approx(0.7 / np.sqrt(a), rel=2 * a)


def test_growth_theory():
    x, chi, kappa = 0.4, 3.0, 0.7
    wavelength = fastest_wavelength(x, chi, kappa)
    k = 2 * np.pi / wavelength
    around = growth_rate(k * np.array([0.99, 1.0, 1.01]), x, chi, kappa)
    assert around[1] > around[0] and around[1] > around[2]
    assert around[1] == pytest.approx(fastest_growth(x, chi, kappa), rel=1e-13)
    assert growth_rate(np.sqrt(2) * k, x, chi, kappa) == pytest.approx(0.0, abs=1e-13)
    assert growth_rate(1.5 * k, x, chi, kappa) < 0


def test_uphill_diffusion():
    low, high = spinodal(3.0)
    assert diffusivity(0.5, 3.0) < 0 < diffusivity(low / 2, 3.0)
    assert diffusivity([low, high], 3.0) == pytest.approx(0.0, abs=1e-13)
    # an ideal solution of mobility x (1 - x): Fick with D0 at every composition
    assert diffusivity([0.1, 0.5, 0.9], 0.0, 2.0, "degenerate") == pytest.approx(2.0, rel=1e-14)


# --- solver -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["constant", "degenerate"])
@pytest.mark.parametrize("x, mode", [(0.5, 3), (0.42, 2), (0.42, 6)])
def test_linear_growth_is_the_theory(x, mode, kind):
    chi, kappa, length = 3.0, 1.0, 20.0
    solver = CahnHilliard(chi, kappa, (65,), (length,), 1.3, kind)
    wave = np.cos(2 * np.pi * mode * np.arange(65) / 65)
    run = solver.run(x + 1e-6 * wave, [0.3, 0.9])
    amplitude = np.abs(np.fft.rfft(run.composition)[:, mode])
    measured = np.log(amplitude[1] / amplitude[0]) / 0.6
    expected = float(growth_rate(2 * np.pi * mode / length, x, chi, kappa, 1.3, kind))
    assert measured == pytest.approx(expected, rel=1e-6)
    assert np.sign(expected) == (1 if mode < 4 else -1)


def test_linear_growth_in_two_dimensions():
    solver = CahnHilliard(3.0, 1.0, (33, 45), (20.0, 24.0))
    i, j = np.meshgrid(np.arange(33), np.arange(45), indexing="ij")
    wave = np.cos(2 * np.pi * (2 * i / 33 - 3 * j / 45))
    run = solver.run(0.5 + 1e-6 * wave, [1.5])
    amplitude = np.sum((run.composition[0] - 0.5) * wave) / np.sum(wave**2)
    k = 2 * np.pi * np.hypot(2 / 20.0, 3 / 24.0)
    assert np.log(amplitude / 1e-6) / 1.5 == pytest.approx(growth_rate(k, 0.5, 3.0, 1.0), rel=1e-6)


@pytest.mark.parametrize("kind", ["constant", "degenerate"])
def test_conservation_and_decay_of_the_free_energy(kind):
    solver = CahnHilliard(2.8, 1.0, (129,), (60.0,), 1.0, kind)
    start = solver.quench(0.45, 0.02, seed=3)
    run = solver.run(start, [5.0, 50.0, 400.0], tolerance=1e-4)
    assert run.composition.mean(axis=1) == pytest.approx(0.45, abs=1e-14)
    assert np.max(np.diff(run.free_energy)) <= 1e-13
    assert run.free_energy[-1] < run.free_energy[0] - 0.03
    low, high = binodal(2.8)
    assert run.composition[-1].min() == pytest.approx(low, abs=0.02)
    assert run.composition[-1].max() == pytest.approx(high, abs=0.02)
    assert solver.free_energy(run.composition[-1]) == pytest.approx(run.free_energy[-1], abs=1e-14)


def test_two_dimensional_quench():
    solver = CahnHilliard(3.0, 1.0, (45, 45), (40.0, 40.0))
    run = solver.run(solver.quench(0.4, 0.02, seed=1), [30.0], tolerance=1e-4)
    assert run.composition[0].mean() == pytest.approx(0.4, abs=1e-14)
    assert np.max(np.diff(run.free_energy)) <= 1e-13
    assert run.composition[0].max() > 0.85 and run.composition[0].min() < 0.15


def test_outside_the_spinodal_a_quench_decays():
    solver = CahnHilliard(3.0, 1.0, (65,), (30.0,))
    start = solver.quench(0.15, 0.005, seed=2)
    run = solver.run(start, [20.0])
    assert np.ptp(run.composition[0]) < 0.1 * np.ptp(start)


@pytest.mark.parametrize("kind", ["constant", "degenerate"])
def test_against_the_method_of_lines(kind):
    """The same rate of change through scipy's implicit integrator, well into the non-linear regime."""
    solver = CahnHilliard(3.0, 1.0, (25,), (10.0,), 1.0, kind)
    z = 2 * np.pi * np.arange(25) / 25
    start = 0.45 + 0.05 * np.cos(z) + 0.02 * np.sin(2 * z)
    run = solver.run(start, [1.0, 5.0], tolerance=1e-7)
    lines = solve_ivp(lambda t, x: solver.rate(x), (0, 5), start, "BDF", [1.0, 5.0], rtol=1e-8, atol=1e-10)
    assert run.composition == pytest.approx(lines.y.T, abs=1e-6)
    assert np.max(np.abs(run.composition[1] - start)) > 0.04


def test_rate_lowers_the_free_energy():
    """dF/dt = -mean(M |grad mu|^2) on the grid itself: no wave may be out of balance."""
    solver = CahnHilliard(3.0, 1.0, (15, 9), (14.0, 9.0), 1.0, "degenerate")
    x = solver.quench(0.4, 0.1, seed=5)
    rate, h = solver.rate(x), 1e-6
    slope = (solver.free_energy(x + h * rate) - solver.free_energy(x - h * rate)) / (2 * h)
    spectrum = np.fft.fft2(exchange_potential(x, 3.0))
    kx = 2 * np.pi * np.fft.fftfreq(15, 14.0 / 15)[:, None]
    ky = 2 * np.pi * np.fft.fftfreq(9, 1.0)
    spectrum = spectrum + (kx**2 + ky**2) * np.fft.fft2(x)
    squared = sum(np.fft.ifft2(1j * k * spectrum).real ** 2 for k in (kx, ky))
    assert slope == pytest.approx(-np.mean(mobility(x, 1.0, "degenerate") * squared), rel=1e-6)


def test_equilibrium_interface():
    """Two flat interfaces: their profile, and F over the common tangent = 2 sigma / L."""
    chi, kappa, length, n = 3.0, 1.0, 40.0, 257
    solver = CahnHilliard(chi, kappa, (n,), (length,))
    z = np.arange(n) * length / n
    low, high = binodal(chi)
    middle = (low + high) / 2
    start = middle + 0.4 * np.tanh(np.sin(2 * np.pi * z / length) * length / 8)
    run = solver.run(start, [200.0], tolerance=1e-6)
    x = run.composition[0]
    excess = solver.free_energy(x) - free_energy_density(low, chi)  # mu = 0: the tangent is level
    assert excess * length == pytest.approx(2 * interface_tension(chi, kappa), rel=1e-7)
    wall = (z > 0) & (z < 2.0)
    assert z[wall] == pytest.approx(interface_position(x[wall], chi, kappa), abs=1e-5)


def test_tension_scales_with_the_root_of_kappa():
    assert interface_tension(3.0, 4.0) == pytest.approx(2 * interface_tension(3.0, 1.0), rel=1e-13)
    assert interface_position(0.7, 3.0, 4.0) == pytest.approx(
        2 * interface_position(0.7, 3.0, 1.0), rel=1e-10
    )


@pytest.mark.parametrize(
    "call, match",
    [
        (lambda: free_energy_density(1.0, 3.0), r"inside \(0, 1\)"),
        (lambda: exchange_potential([0.5, -0.1], 3.0), r"inside \(0, 1\)"),
        (lambda: free_energy_density(0.5, float("nan")), "chi"),
        (lambda: CahnHilliard(3.0, 1.0, (5,), (9.0,)).run(np.full(5, 0.5), [1.0, np.nan]), "ascend"),
        (lambda: growth_rate(float("nan"), 0.5, 3.0, 1.0), "wavenumber"),
        (lambda: interface_position(float("nan"), 3.0, 1.0), "profile runs between"),
        (lambda: CahnHilliard(3.0, 1.0, (float("nan"),), (10.0,)), "odd"),
        (lambda: spinodal(2.0), "chi > 2"),
        (lambda: binodal(1.9), "chi > 2"),
        (lambda: interface_tension(3.0, 0.0), "kappa"),
        (lambda: interface_position(0.99, 3.0, 1.0), "profile runs between"),
        (lambda: fastest_wavelength(0.1, 3.0, 1.0), "outside the spinodal"),
        (lambda: fastest_growth(0.5, 1.5, 1.0), "outside the spinodal"),
        (lambda: mobility(0.5, 1.0, "cubic"), "unknown"),
        (lambda: CahnHilliard(3.0, 1.0, (64,), (10.0,)), "odd"),
        (lambda: CahnHilliard(3.0, 1.0, (65, 65), (10.0,)), "one or two"),
        (lambda: CahnHilliard(3.0, -1.0, (65,), (10.0,)), "kappa"),
        (lambda: CahnHilliard(3.0, 1.0, (65,), (10.0,)).run(np.full(65, 1.2), [1.0]), r"inside \(0, 1\)"),
        (lambda: CahnHilliard(3.0, 1.0, (65,), (10.0,)).run(np.full(64, 0.5), [1.0]), "shape"),
        (lambda: CahnHilliard(3.0, 1.0, (65,), (10.0,)).run(np.full(65, 0.5), [0.0]), "times"),
        (lambda: CahnHilliard(3.0, 1.0, (65,), (10.0,)).quench(0.05, 0.1, 1), r"inside \(0, 1\)"),
    ],
)
def test_bad_input(call, match):
    with pytest.raises(ValueError, match=match):
        call()
