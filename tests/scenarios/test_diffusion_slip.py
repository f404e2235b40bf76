"""Diffusion slip from a config to estimates, small; the defaults run in `knudsen validate`."""

import numpy as np
import pytest
from scenario_runs import finished

from knudsen.analysis.transition.binary_flows import diffusion_profiles, diffusion_slip
from knudsen.core.gases import Mixture
from knudsen.scenarios.diffusion_slip import (
    SCENARIO,
    DiffusionSlipConfig,
    curves,
    diffusivity,
    flow,
    gradient,
    kramers_kistemaker,
)
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.loading import check

SIGMAS = 4
MODEL = 0.05  # McCormack's model against Boltzmann's equation, and the heating at this drift
DRIVE = {"delta": 1.0, "speed_ratio": 0.3}


@pytest.fixture(scope="module")
def slipping(tmp_path_factory):
    folder = tmp_path_factory.mktemp("diffusion_slip")
    values = {"steps": 700, "transient_steps": 150, "particles_per_cell": 60}
    return finished(SCENARIO, folder, **DRIVE, **values), folder


def test_slip_stands_near_mccormacks_model(slipping):
    for name, most in (
        ("diffusion_slip_velocity", 0.08),
        ("mass_slip_velocity", 0.15),
        ("relative_velocity", 0.04),
    ):
        estimate = slipping[0].estimate(name)
        assert not estimate.gated
        difference = abs(estimate.value - estimate.theory)
        assert difference < SIGMAS * estimate.stderr + MODEL * abs(estimate.theory), estimate
        assert estimate.stderr < most * abs(estimate.theory), estimate


def test_neither_no_slip_nor_kramers_and_kistemaker_would_do(slipping):
    """The control: between plates so near each other the mixture moves half as fast as along one wall."""
    slip = slipping[0].estimate("diffusion_slip_velocity")
    scale = flow.scale_of(check(DiffusionSlipConfig, DRIVE))
    for other in (0.0, kramers_kistemaker(check(DiffusionSlipConfig, DRIVE), scale)):
        assert abs(slip.value - other) > SIGMAS * slip.stderr


def test_light_molecules_lead_and_the_wall_holds_back(slipping):
    """Helium goes down its gradient, the moles with it, the mass with argon the other way."""
    result, folder = slipping
    at_wall = result.estimate("molar_velocity_at_wall")
    assert result.estimate("diffusion_slip_velocity").value < at_wall.value < 0
    assert result.estimate("mass_slip_velocity").value > 0
    SCENARIO.figures(result, folder)
    assert (folder / "velocity.svg").exists()


def test_the_forces_have_no_sum_and_make_the_drift():
    config = check(DiffusionSlipConfig, {"x_left": 0.2, "particles_per_cell": 10})
    simulation = SCENARIO.build(config, "cpu")
    pull = np.array(simulation.force.acceleration)[0, :, 2] * simulation.gas.masses
    assert abs(pull @ config.composition) < 1e-12 * np.abs(pull).max()
    scale = flow.scale_of(config)
    drift = -diffusivity(config, scale) * gradient(config, scale) / (0.2 * 0.8)
    assert drift / scale.speed == pytest.approx(config.speed_ratio)


def test_a_wide_channel_slips_as_one_wall():
    gas, x1 = Mixture(["He", "Ar"], "hs"), 0.3
    found, one = diffusion_profiles(gas, x1, 200.0, [0.0]), diffusion_slip(gas, x1)
    unit = one.schmidt_number / x1
    assert found.molar_velocity[0] == pytest.approx(one.sigma_C_molar * unit, rel=1e-6)
    assert found.mass_velocity[0] == pytest.approx(one.sigma_C * unit, rel=1e-6)
    assert found.relative_velocity[0] == pytest.approx(-1 / (x1 * (1 - x1)), rel=1e-6)


def test_curves_join_the_limit():
    exact, wall, estimated = curves(DiffusionSlipConfig(), "delta", [0.01, 1.0, 100.0])[
        "diffusion_slip_velocity"
    ]
    assert exact.value[2] == pytest.approx(wall.value[2], rel=1e-4)
    assert abs(exact.value[0]) < 0.1
    assert abs(estimated.value[0] / wall.value[0] - 1) < 0.1


def test_one_gas_is_refused():
    for values in ({"gases": ["Ar"]}, {"x_left": 1.0}):
        with pytest.raises(ConfigError):
            check(DiffusionSlipConfig, values)
