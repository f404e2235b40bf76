"""What the flows between plates share: configs, scales, choice of the method."""

import math
import sys

import pytest

from knudsen.core.gases import Mixture
from knudsen.scenarios.couette import CouetteConfig
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.gas_flow.config import FlowConfig
from knudsen.scenarios.gas_flow.flow import scale_of, steps_of
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.loading import check


def test_every_fault_of_a_flow_is_named():
    values = {
        "gases": ["He", "Ar"], "x_left": 0.2, "x_right": 0.3, "tangential_accommodation": 1.0,
        "accommodation": 0.5, "method": "low_signal", "ensemble": 4, "steps": 100, "transient_steps": 100,
        "speed_ratoi": 1.0,
    }  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        check(CouetteConfig, values)
    paths = [fault.path for fault in caught.value.faults]
    expected = {
        "speed_ratoi", "x_right", "tangential_accommodation", "accommodation", "method", "ensemble",
        "transient_steps",
    }  # fmt: skip
    assert set(paths) == expected
    assert "did you mean 'speed_ratio'" in str(caught.value)


@pytest.mark.parametrize(
    "values, low_signal",
    [
        ({}, True),
        ({"model": "vss"}, False),
        ({"gases": ["He", "Ar"]}, False),
        ({"precision": "mixed"}, False),
        ({"method": "direct"}, False),
    ],
)
def test_low_signals_are_taken_where_they_hold(values, low_signal):
    assert check(FlowConfig, values).low_signal == low_signal


def test_the_scale_is_that_of_its_definitions():
    scale = scale_of(check(FlowConfig, {"delta": 2.0, "model": "vss", "gases": ["He", "Ar"], "x_left": 0.25}))
    masses = Mixture(["He", "Ar"], "vss").masses
    assert scale.mass == pytest.approx(0.25 * masses[0] + 0.75 * masses[1])
    assert scale.delta == pytest.approx(2.0)
    assert scale.mean_free_path / scale.length == pytest.approx(math.sqrt(math.pi) / 4)  # Kn
    assert scale.speed == pytest.approx(math.sqrt(2 * 1.380649e-23 * 300 / scale.mass))
    one = scale_of(check(FlowConfig, {"delta": 2.0}))
    # Stress p U / (sqrt(pi) v0) and heat flux p v0 dT / (sqrt(pi) T) of free molecules of one gas.
    assert one.free_momentum == pytest.approx(one.pressure / (math.sqrt(math.pi) * one.speed))
    assert one.free_heat == pytest.approx(one.pressure * one.speed / (math.sqrt(math.pi) * 300))


def test_a_run_lasts_its_relaxation_times():
    config = check(FlowConfig, {"transient_steps": 10})
    scale = scale_of(config)
    steps = steps_of(config, scale, 40)
    assert steps % 100 == 0
    assert 0 <= steps - 10 - 40 * scale.relaxation_time / scale.timestep < 101
    assert steps_of(check(FlowConfig, {"steps": 77}), scale, 40) == 77


def test_a_module_that_its_package_imports_is_no_other_one(tmp_path, monkeypatch):
    """Two copies of a module would have two classes of one name."""
    package = tmp_path / "parent_of_one"
    package.mkdir()
    (package / "__init__.py").write_text("from parent_of_one.child import Thing\n")
    (package / "child.py").write_text("class Thing: ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    child = lazily("parent_of_one.child")
    assert child.Thing is sys.modules["parent_of_one"].Thing


def test_a_module_is_imported_when_it_is_used():
    assert lazily("math") is math
    with pytest.raises(ImportError, match=r"no module knudsen\.nothing"):
        lazily("knudsen.nothing")
