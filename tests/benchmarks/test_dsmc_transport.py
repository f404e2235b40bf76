"""The benchmarks of DSMC's transport coefficients: their fits, boxes and files."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.constants import k

from knudsen.benchmarks import dsmc_convergence as convergence
from knudsen.benchmarks import dsmc_green_kubo as green_kubo
from knudsen.benchmarks.dsmc_flows import Outcome
from knudsen.dsmc import Filling, Periodic, Simulation, Slab


def outcomes(r0=0.998, a=0.97, b=1.04, c=-0.002, d=0.9, noise=0.0):
    """Every point, as the fit's own law gives it, with laws that are about right."""
    random = np.random.default_rng(2)
    found = []
    for point in convergence.points():
        cell, step = 0.1 * point.width**2, 0.07 * point.timestep**2
        drive = c * point.strength**2 if point.flow != "diffusion" else 0.0
        cell = cell if point.flow != "diffusion" else 0.0
        counted = d if (*point.gases, point.model) == ("Ar", "Ar", "hs") else 1.0
        ratio = r0 + a * cell + b * step + drive + counted * point.repeat_law
        found.append(convergence.Found(point, Outcome(ratio + noise * random.normal(), 0.004, cell, step)))
    return found


def test_the_fit_finds_what_the_points_were_made_of():
    fits = convergence.fits(outcomes())
    spheres = fits["couette, Ar hs"]
    expected = {"r0": 0.998, "a": 0.97, "b": 1.04, "c": -0.002, "d": 0.9}
    assert spheres.values == pytest.approx(expected, rel=1e-6)
    assert set(fits["diffusion, Ar hs"].values) == {"r0", "b", "d"}
    # The soft spheres have one strength and one number of molecules alone.
    soft = fits["couette, Ar vss"]
    assert soft.values == pytest.approx({"r0": 0.998 - 0.002, "a": 0.97, "b": 1.04}, rel=1e-6)
    assert spheres.chi_squared == pytest.approx(0.0, abs=1e-9)


def test_the_errors_of_a_fit_are_those_of_its_points():
    exact = convergence.fits(outcomes())["fourier, Ar hs"]
    fits = convergence.fits(outcomes(noise=0.004))
    spheres = fits["fourier, Ar hs"]
    for name, value in (("r0", 0.998), ("a", 0.97), ("b", 1.04)):
        assert abs(spheres.values[name] - value) < 4 * spheres.errors[name]
    assert spheres.chi_squared < 3 * spheres.freedom
    # Points three times as far off as they say make errors that much larger.
    wide = convergence.fits(outcomes(noise=0.012))["fourier, Ar hs"]
    scale = (wide.chi_squared / wide.freedom) ** 0.5
    assert scale > 2
    assert wide.errors == pytest.approx({name: scale * each for name, each in exact.errors.items()})
    # The control: a point that is ten errors off, where a and b cannot take it up.
    found = outcomes(noise=0.004)
    off = found[12]._replace(outcome=found[12].outcome._replace(ratio=found[12].outcome.ratio + 0.1))
    wrong = convergence.fits([*found[:12], off, *found[13:]])
    assert wrong["couette, Ar hs"].chi_squared > 4 * spheres.freedom


def test_points_are_saved_read_and_drawn(tmp_path):
    found = outcomes()
    assert convergence.from_json(convergence.to_json(found, 1.0)) == found
    convergence.draw(found, tmp_path / "figure.svg")
    assert (tmp_path / "figure.svg").stat().st_size > 10_000


def test_boxes_are_at_rest_and_of_one_energy():
    case = replace(green_kubo.CASES["he-ar"], molecules=10)
    simulation = Simulation(
        case.mixture, Slab(1e-6, 1, Periodic(), Periodic()), Filling(1e5, 300.0, (0.5, 0.5)),
        particles_per_cell=10, timestep=1e-12, copies=3, device="cpu",
    )  # fmt: skip
    green_kubo.settle(simulation)
    particles, masses = simulation.particles, np.array(simulation.gas.masses)
    mass = masses[particles.species].reshape(3, -1)
    v = np.stack([np.reshape(each, (3, -1)) for each in (particles.vx, particles.vy, particles.vz)])
    np.testing.assert_allclose((mass * v**2).sum(axis=(0, 2)) / (3 * 9 * k), 300.0, rtol=1e-12)
    assert np.abs((mass * v).sum(axis=-1)).max() < 1e-12 * np.abs(mass * v).max()


def test_relaxation_times_are_those_of_single_exponentials():
    """Integrals of variances times these are the coefficients."""
    theory = green_kubo.ChapmanEnskog(green_kubo.CASES["hs"].mixture, 300.0, 4)
    times, mass = green_kubo.relaxation_times(theory), theory.mixture.masses[0]
    assert times["diffusion_binary"] * k * 300 / mass == pytest.approx(theory.diffusion_binary(0.5, 1e5))
    heat = 2.5 * 1e5 * k / mass * times["thermal_conductivity"]
    assert heat == pytest.approx(float(theory.thermal_conductivity([0.5, 0.5])))
    assert times["viscosity"] * 1e5 == pytest.approx(float(theory.viscosity([0.5, 0.5])))
