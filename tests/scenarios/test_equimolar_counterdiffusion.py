"""Two gases trade places: from a config to estimates, profiles and figures."""

import numpy as np
import pytest
from scenario_runs import finished, timed

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import cell_excess, timestep_excess
from knudsen.core.gases import Mixture
from knudsen.scenarios.equimolar_counterdiffusion import SCENARIO
from knudsen.scenarios.equimolar_counterdiffusion.figures import composition, temperature
from knudsen.scenarios.equimolar_counterdiffusion.measures import Bulk
from knudsen.scenarios.equimolar_counterdiffusion.run import sampling
from knudsen.scenarios.equimolar_counterdiffusion.setup import setup
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.loading import check

SIGMAS = 4
GATED = ("exact", "numerical")


def config(**values):
    return check(SCENARIO.Config, values)


@pytest.fixture(scope="module")
def exchange(tmp_path_factory):
    """A short run of the default problem."""
    values = {"particles_per_cell": 50, "steps": 3200, "transient_steps": 1200}
    return timed(SCENARIO, tmp_path_factory.mktemp("exchange"), **values)


@pytest.fixture(scope="module")
def open_slab(tmp_path_factory):
    """A slab so rarefied that molecules hardly meet, between open reservoirs; A is the heavier gas."""
    values = {"gases": ["Ar", "He"], "knudsen": 10.0, "boundary": "open", "steps": 3000, "model": "hs"}
    return timed(SCENARIO, tmp_path_factory.mktemp("open"), **values, particles_per_cell=60)[0]


def test_estimates_stand_within_their_errors_of_theory(exchange):
    result, _ = exchange
    gated = [
        estimate for estimate in result.estimates if estimate.theory_kind in GATED and estimate.theory_source
    ]
    assert {estimate.name for estimate in gated} >= {
        "molar_flux_total", "flux_ratio", "mass_flux", "molar_velocity", "mass_velocity",
        "diffusion_binary", "profile_nonlinearity", "knudsen",
    }  # fmt: skip
    assert {e.name: e.deviation for e in gated if abs(e.deviation) > SIGMAS} == {}


def test_the_errors_are_small_enough_to_refute_another_theory(exchange):
    result, _ = exchange
    diffusion, mass = result.estimate("diffusion_binary"), result.estimate("mass_flux")
    assert abs(diffusion.value - 1.1 * diffusion.theory) > SIGMAS * diffusion.stderr
    assert diffusion.stderr < 0.02 * diffusion.value
    assert abs(mass.value + mass.theory) > SIGMAS * mass.stderr
    assert abs(result.estimate("molar_flux_A").value) > SIGMAS * result.estimate("molar_flux_A").stderr


def test_walls_exchange_one_for_one_to_the_last_molecule(exchange):
    result, _ = exchange
    assert result.resolution["wall_imbalance"] == 0
    A, B = (result.profile(f"wall_molar_flux_{letter}").value for letter in "AB")
    assert np.allclose(A, -B, rtol=1e-12)
    assert np.all(A > 0)


def test_composition_jumps_at_both_walls(exchange):
    result, _ = exchange
    left, right = (result.estimate(f"composition_jump_{side}") for side in ("left", "right"))
    assert left.value > SIGMAS * left.stderr
    assert right.value < -SIGMAS * right.stderr
    assert left.theory is None


def test_measuring_is_quick(exchange):
    assert exchange[1] < 5


def test_resolution_says_how_far_to_trust_the_run(exchange):
    resolution = exchange[0].resolution
    assert resolution["steady_from_step"] >= 1200 and resolution["steady_start"] == "given"
    assert resolution["independent_groups"] == 16
    assert resolution["cell_over_mean_free_path"] <= 1 / 3
    assert resolution["timestep_over_collision_time"] == pytest.approx(0.2)
    assert 0 < resolution["mean_collision_separation_over_mean_free_path"] < 0.1
    assert set(resolution["particles_per_cell"]) == {"He", "Ar"}
    # The drift forgets at 5.06e9 / s, of which the step, 20.8 ps, is 0.105: 0.105^2 / 12.  And a tenth of a
    # collision, 1.05 times as often where it matters, that repeats another of 25 molecules.
    assert resolution["expected_excess"]["diffusion_binary"] == pytest.approx(9.2e-4 + 4.2e-3, rel=0.05)
    assert resolution["majorant_overflow_share"] < 0.01


def test_profiles_carry_units_and_errors(exchange):
    result, _ = exchange
    fraction = result.profile("mole_fraction_A")
    assert (fraction.unit, len(fraction.value)) == ("1", 80)
    assert np.all(fraction.stderr > 0) and np.all(np.diff(fraction.value[::8]) < 0)
    assert result.profile("species_temperature_B").unit == "K"
    assert result.profile("pressure_anisotropy_own_A").unit == "1"
    predicted = result.profile("mole_fraction_A_predicted")
    low, high = result.resolution["bulk"]
    assert low < predicted.position[0] and predicted.position[-1] < high


def test_figures_are_drawn_from_the_saved_result(exchange, tmp_path):
    SCENARIO.figures(exchange[0], tmp_path)
    assert {path.stem for path in tmp_path.glob("*.png")} == {
        "composition", "velocities", "fluxes", "pressure_anisotropy", "temperature",
    }  # fmt: skip


def test_an_open_slab_keeps_grahams_ratio_and_its_free_molecular_flux(open_slab):
    ratio, flux = open_slab.estimate("flux_ratio"), open_slab.estimate("molar_flux_A")
    assert ratio.theory == pytest.approx(-((4.002602 / 39.948) ** 0.5), rel=1e-6)
    assert ratio.theory_kind == "asymptotic"
    assert ratio.value == pytest.approx(ratio.theory, abs=SIGMAS * ratio.stderr + 0.02 * abs(ratio.theory))
    assert abs(ratio.value + 1) > SIGMAS * ratio.stderr
    assert flux.value == pytest.approx(flux.theory, abs=SIGMAS * flux.stderr + 0.03 * flux.theory)


def test_lennard_jones_gases_trade_places_at_their_own_diffusion(tmp_path):
    """Sized by the viscosity-based mean free path, and beside the theory of the potential."""
    values = {"model": "lj", "particles_per_cell": 40, "steps": 2400, "transient_steps": 1000, "seed": 2}
    result = finished(SCENARIO, tmp_path, **values)
    gated = [each for each in result.estimates if each.theory_kind in GATED and each.theory_source]
    assert {e.name: e.deviation for e in gated if abs(e.deviation) > SIGMAS} == {}
    diffusion = result.estimate("diffusion_binary")
    potential, spheres = (
        float(ChapmanEnskog(Mixture(["He", "Ar"], model), 300.0).diffusion_binary(0.5, 101325.0))
        for model in ("lj", "vss")
    )
    # At the pressure and composition that were measured; VSS molecules diffuse a tenth more slowly.
    assert diffusion.theory == pytest.approx(potential, rel=0.03)
    assert abs(diffusion.value - spheres) > SIGMAS * diffusion.stderr
    assert diffusion.stderr < 0.02 * diffusion.value
    assert result.resolution["timestep_over_collision_time"] == pytest.approx(0.2)


@pytest.mark.parametrize("gases", [["He", "Ar"], ["Ar", "Xe"]])
def test_a_potential_is_given_steps_like_those_of_soft_spheres(gases):
    """Its collision time is like that of hard spheres and of VSS molecules of the same gases."""
    times = {model: setup(config(model=model, gases=gases)).collision_time for model in ("hs", "vss", "lj")}
    assert 2 / 3 < times["lj"] / times["hs"] < 1.5 and 2 / 3 < times["lj"] / times["vss"] < 1.5


def test_no_continuum_theory_is_drawn_where_knudsen_layers_overlap(exchange, open_slab):
    for result, expected in ((exchange[0], True), (open_slab, False)):
        assert ("Chapman-Enskog" in legend(composition(result).axes[0])) is expected
        assert ("Dufour effect alone" in legend(temperature(result).axes[0])) is expected


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_an_open_slab_has_no_knudsen_free_bulk(open_slab):
    assert open_slab.estimate("diffusion_binary").theory_kind == "approximate"
    assert open_slab.resolution["wall_imbalance"] != 0


# --- configs --------------------------------------------------------------------------------------


def faults(**values):
    with pytest.raises(ConfigError) as caught:
        config(**values)
    return {fault.path: f"{fault.problem}: {fault.remedy}" for fault in caught.value.faults}


def test_defaults_are_fine_enough():
    scale = setup(config())
    assert scale.knudsen == pytest.approx(0.05)
    assert scale.cell_width <= scale.mean_free_path / 3
    assert scale.timestep <= scale.collision_time / 3
    assert SCENARIO.warnings(config()) == []


def test_delta_and_length_say_the_same_as_the_knudsen_number():
    scale = setup(config())
    assert setup(config(delta=np.pi**0.5 / 0.1)).length == pytest.approx(scale.length)
    assert setup(config(length=scale.length)).knudsen == pytest.approx(0.05)
    assert setup(config(knudsen=10.0)).timestep < scale.timestep / 10


@pytest.mark.parametrize("gases", [["He"], ["He", "Ar", "Kr"]])
def test_other_than_two_gases_are_refused(gases):
    assert "two trade places" in faults(gases=gases)["gases"]


def test_every_fault_is_named_at_once():
    found = faults(x_left=0.5, x_right=0.5, accommodation=0.5, transient_steps=20_000, cells=10)
    assert set(found) == {"x_right", "accommodation", "transient_steps", "cells"}
    assert "nothing diffuses" in found["x_right"]
    assert "2 mean free paths" in found["cells"] and "give 80 or more" in found["cells"]


@pytest.mark.parametrize("knudsen", [0.04, 0.05, 0.06, 0.2, 10.0])
def test_from_the_fewest_cells_on_every_bulk_can_be_fitted(knudsen):
    length = 1 / knudsen
    fewest = Bulk.fewest_cells(length, 1.0)
    for cells in range(fewest, fewest + 30):
        Bulk.of((np.arange(cells) + 0.5) * length / cells, length, 1.0)


def test_cells_too_few_for_a_fit_in_the_bulk_are_refused_before_the_run():
    assert "20 or more" in faults(knudsen=10.0, cells=8)["cells"]
    assert config(knudsen=10.0, cells=16).cells == 16


def test_a_step_past_the_collision_time_is_refused_and_half_of_it_warned_of():
    time = setup(config()).collision_time
    assert "2e-11 s or less" in faults(timestep=1.1 * time)["timestep"]
    (warning,) = SCENARIO.warnings(config(timestep=0.5 * time))
    assert "0.5 mean collision times" in warning and "2e-11 s" in warning


def test_coarse_cells_and_short_runs_are_warned_of_with_a_better_value():
    assert any("80 or more" in text for text in SCENARIO.warnings(config(cells=35)))
    (short,) = SCENARIO.warnings(config(steps=1000))
    better = int(short.split(": ")[-1].split()[0])
    assert SCENARIO.warnings(config(steps=better)) == []


def test_few_molecules_in_a_collision_cell_are_warned_of():
    (warning,) = SCENARIO.warnings(config(particles_per_cell=40, subcells=4))
    assert "10 molecules" in warning and "100 a cell" in warning


@pytest.mark.parametrize(("steps", "copies"), [(12_000, 16), (12_000, 2), (150, 16), (30, 1)])
def test_blocks_fit_the_run_and_hold_whole_samples(steps, copies):
    every, block = sampling(steps, copies)
    assert block % every == 0
    assert steps // block >= min(steps, 100 if copies >= 16 else 400)


def test_a_stated_error_of_transport_chooses_collision_cells_and_step():
    usual, fine, coarse = (
        setup(config(**each)) for each in ({}, {"transport_error": 1e-3}, {"transport_error": 0.05})
    )
    assert fine.timestep < usual.timestep < coarse.timestep
    assert coarse.subcells < fine.subcells and fine.cells == usual.cells == coarse.cells
    theory = ChapmanEnskog(fine.gas, 300.0, 10)
    for x_A in (0.1, 0.5, 0.9):
        state = ([x_A, 1 - x_A], 101325.0)
        by_cell = cell_excess(theory, *state, fine.cell_width / fine.subcells)
        by_step = timestep_excess(theory, *state, fine.timestep)
        assert max(by_cell.values()) <= 0.5e-3 and max(by_step.values()) <= 0.5001e-3
    given = setup(config(transport_error=1e-3, timestep=1e-11, subcells=3))
    assert given.timestep == 1e-11 and given.subcells == 3
    with pytest.raises(ConfigError, match="transport_error"):
        config(transport_error=1.0)
