"""A wave of marked molecules from a config to D(k), small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.loading import check
from knudsen.scenarios.nonlocal_diffusion import SCENARIO, NonlocalDiffusionConfig, curves
from knudsen.scenarios.nonlocal_diffusion.decay import kinetic_theory, ratio_of
from knudsen.scenarios.nonlocal_diffusion.wave import amplitude, project, scale_of

SIGMAS = 4


@pytest.fixture(scope="module")
def short_wave(tmp_path_factory):
    folder = tmp_path_factory.mktemp("nonlocal_diffusion")
    return finished(SCENARIO, folder, wave_number=1.0, particles_per_cell=150), folder


def test_a_short_wave_decays_as_theory_has_it(short_wave):
    ratio = short_wave[0].estimate("diffusion_ratio")
    assert ratio.gated
    assert abs(ratio.deviation) < SIGMAS, ratio
    assert ratio.stderr < 0.025 * ratio.theory


def test_neither_fick_nor_free_molecules_would_do(short_wave):
    """The control: D(0) is 1.7 times as large, that of free molecules 1.4 times."""
    ratio = short_wave[0].estimate("diffusion_ratio")
    scale = scale_of(check(NonlocalDiffusionConfig, {"wave_number": 1.0}))
    for other in (1.0, kinetic_theory(scale).limits()[1]):
        assert abs(ratio.value - other) > SIGMAS * ratio.stderr


def test_the_wave_lies_on_theory_all_along(short_wave):
    result, folder = short_wave
    wave, theory = result.profile("wave"), result.profile("wave_theory")
    assert wave.value[0] == 1
    late = slice(1, None)
    assert np.abs(wave.value - theory.value)[late].max() < 6 * wave.stderr[late].max()
    SCENARIO.figures(result, folder)
    assert (folder / "wave.svg").exists()


def test_a_mixture_is_shown_beside_one_relaxation_rate(tmp_path):
    values = {"gases": ["He", "Ar"], "model": "vss", "x_left": 0.3, "wave_number": 3.0}
    ratio = finished(SCENARIO, tmp_path, **values, particles_per_cell=100).estimate("diffusion_ratio")
    assert ratio.theory_kind == "approximate"
    assert abs(ratio.value / ratio.theory - 1) < 0.2


@pytest.mark.parametrize("wave_number", [0.05, 0.2, 0.5, 1.0, 5.0])
def test_what_a_run_leaves_of_the_decay_is_small(wave_number):
    scale = scale_of(check(NonlocalDiffusionConfig, {"wave_number": wave_number}))
    theory = kinetic_theory(scale)
    assert ratio_of(scale, theory.decay()) == pytest.approx(theory.ratio(), rel=1e-3)


def test_the_first_wave_is_that_of_whole_molecules():
    scale = scale_of(check(NonlocalDiffusionConfig, {"particles_per_cell": 37}))
    places = (np.arange(scale.cells) + 0.5) / scale.cells
    counts = scale.filling.composition_at(places) * 37
    np.testing.assert_allclose(counts, np.rint(counts), atol=1e-9)
    np.testing.assert_allclose(counts.sum(axis=1), 37)
    assert amplitude(scale) == pytest.approx(37 * scale.cells / 2, rel=0.02)
    begun = project(counts[:, 0] - counts[:, 1], places, 1.0)
    assert amplitude(scale) == pytest.approx(begun * np.sinc(1 / 32) ** 2)


def test_curves_join_the_limits():
    exact, near, free = curves(NonlocalDiffusionConfig(), "wave_number", [0.02, 0.5, 50.0])["diffusion_ratio"]
    assert exact.value[0] == pytest.approx(near.value[0], abs=1e-5)
    assert exact.value[2] == pytest.approx(free.value[2], rel=0.02)
    assert near.value[1] < exact.value[1] < free.value[1]
    assert curves(NonlocalDiffusionConfig(), "temperature", [300.0]) == {}


def test_wavelengths_are_told_in_any_way():
    """L = lambda / Kn is one wavelength, so that k lambda = 2 pi Kn."""
    scale = scale_of(check(NonlocalDiffusionConfig, {"knudsen": 0.25}))
    assert scale.wave_number * scale.mean_free_path == pytest.approx(np.pi / 2)
    same = scale_of(check(NonlocalDiffusionConfig, {"wave_number": np.pi / 2}))
    assert same.length == pytest.approx(scale.length)


def test_every_fault_is_named():
    values = {"wave_number": 1.0, "knudsen": 0.1}
    with pytest.raises(ConfigError, match="wavelength"):
        check(NonlocalDiffusionConfig, values)
    values = {"x_left": 0.5, "x_right": 0.4, "accommodation": 0.5, "ensemble": 2}
    with pytest.raises(ConfigError) as caught:
        check(NonlocalDiffusionConfig, values)
    assert {fault.path for fault in caught.value.faults} == {"x_left", "x_right", "accommodation", "ensemble"}


def test_no_copy_carries_its_wave_along():
    """Momentum of N molecules, of the order of N^(1/2), would drift long waves by a part of themselves."""
    config = check(NonlocalDiffusionConfig, {"gases": ["He", "Ar"], "particles_per_cell": 10})
    simulation = SCENARIO.build(config, "cpu")
    particles, copies = simulation.particles, simulation.copies
    mass = np.array(simulation.gas.masses)[particles.species].reshape(copies, -1)
    for velocity in (particles.vx, particles.vy, particles.vz):
        of_copies = velocity.reshape(copies, -1)
        thermal = np.sqrt(np.sum((mass * of_copies) ** 2, axis=1))
        assert np.abs((mass * of_copies).sum(axis=1) / thermal).max() < 1e-10
