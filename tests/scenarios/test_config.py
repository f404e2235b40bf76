import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from knudsen.core.gases import TABLE
from knudsen.scenarios.config import GasConfig
from knudsen.scenarios.faults import ConfigError, did_you_mean
from knudsen.scenarios.loading import (
    check,
    grid,
    parse_settings,
    parse_sweeps,
    parse_value,
    plain,
    read_toml,
    to_toml,
)


def faults(values):
    with pytest.raises(ConfigError) as caught:
        check(GasConfig, values)
    return {fault.path: str(fault) for fault in caught.value.faults}


def test_every_key_may_be_left_out():
    config = check(GasConfig, {})
    assert (config.gases, config.temperature, config.pressure) == (("He", "Ar"), 300.0, 101325.0)
    assert (config.knudsen, config.delta, config.length) == (0.05, None, None)


def test_a_given_size_replaces_the_default_one():
    config = check(GasConfig, {"length": "2 um"})
    assert config.length == pytest.approx(2e-6)
    assert config.knudsen is None


def test_every_fault_is_named_at_once():
    found = faults(
        {
            "gases": ["He", "Arr"],
            "x_left": 1.5,
            "x_right": -0.1,
            "temprature": 300,
            "temperature": "5 m",
            "pressure": -1,
            "model": "ljj",
            "knudsen": 0.1,
            "length": "5 K",
            "cells": 2.5,
            "steps": 0,
            "seed": -1,
            "timestep": math.nan,
        }
    )
    assert found.keys() == {
        "gases[1]", "x_left", "x_right", "temprature", "temperature", "pressure", "model",
        "knudsen and length", "length", "cells", "steps", "seed", "timestep",
    }  # fmt: skip
    assert "did you mean 'Ar'?" in found["gases[1]"]
    assert "did you mean 'temperature'?" in found["temprature"]
    assert "did you mean 'lj'?" in found["model"]
    assert "[temperature], where [length] is needed" in found["length"]
    assert "got 1.5" in found["x_left"]


@pytest.mark.parametrize(
    ("values", "path", "said"),
    [
        ({"model": "vsss"}, "model", "did you mean 'vss'?"),
        ({"model": "bgk"}, "model", "choose from hs, vhs, vss, maxwell"),
        ({"gases": "He"}, "gases", "must be a list"),
        ({"gases": []}, "gases", "no gas is named"),
        ({"gases": ["He", "He"]}, "gases", "named 2 times"),
        ({"gases": ["argh"]}, "gases[0]", "did you mean 'Ar'?"),
        ({"gases": [3]}, "gases[0]", "must be a valid string"),
        ({"knudsen": 1, "delta": 2, "length": 3}, "knudsen and delta and length", "keep one"),
        ({"steps": True}, "steps", "give a whole number"),
        ({"x_left": "half"}, "x_left", "give a number"),
        ({"accommodation": 1.01}, "accommodation", "less than or equal to 1"),
    ],
)
def test_each_fault_has_path_problem_and_remedy(values, path, said):
    found = faults(values)
    assert list(found) == [path]
    assert said in found[path]


def test_python_construction_is_checked_too():
    with pytest.raises(ValidationError, match="keep one of them"):
        GasConfig(knudsen=0.1, length=1e-6)
    with pytest.raises(ValidationError, match="unknown gas"):
        GasConfig(gases=("He", "Unobtainium"))


GOOD = {
    "gases": st.lists(st.sampled_from(list(TABLE)), min_size=1, max_size=3, unique=True),
    "x_left": st.floats(0, 1),
    "temperature": st.floats(1, 1e4),
    "cells": st.integers(1, 10**6),
    "seed": st.integers(0, 2**63 - 1),
    "model": st.sampled_from(["hs", "vhs", "vss", "maxwell"]),
    "delta": st.floats(1e-3, 1e3),
}
WORDS = st.text().filter(lambda text: not any(letter.isdigit() for letter in text))
NOT_POSITIVE = st.one_of(st.floats(max_value=0), st.sampled_from([math.nan, math.inf, True]), WORDS)
BAD = {
    "gases": st.one_of(
        st.text(),
        st.integers(),
        st.lists(st.text().filter(lambda name: name not in TABLE), min_size=1, max_size=3),
        st.just(["He", "He"]),
    ),
    "x_left": st.one_of(st.floats(min_value=1.0001), st.floats(max_value=-1e-4), st.text(), st.none()),
    "temperature": NOT_POSITIVE,
    "cells": st.one_of(st.integers(max_value=0), st.floats(), st.booleans(), st.text()),
    "seed": st.one_of(st.integers(max_value=-1), st.integers(min_value=2**63), st.text()),
    "model": st.one_of(st.text().filter(lambda m: m not in GOOD_MODELS), st.integers()),
    "delta": NOT_POSITIVE,
}
GOOD_MODELS = ("hs", "vhs", "vss", "maxwell")


@given(st.data(), st.sets(st.sampled_from(sorted(BAD)), min_size=1), st.sets(st.text(min_size=1)))
def test_every_made_fault_is_named(data, bad, extra):
    values = {key: data.draw((BAD if key in bad else GOOD)[key], key) for key in GOOD}
    unknown = {f"zz{key}" for key in extra}
    with pytest.raises(ConfigError) as caught:
        check(GasConfig, values | dict.fromkeys(unknown, 1))
    paths = {fault.path for fault in caught.value.faults}
    named = {path if path in unknown else path.split("[")[0] for path in paths}
    assert named == bad | unknown


@given(st.fixed_dictionaries({}, optional=GOOD))
def test_written_and_read_again_it_is_the_same(tmp_path_factory, values):
    config = check(GasConfig, values)
    path = tmp_path_factory.getbasetemp() / "written.toml"
    path.write_text(to_toml(config, scenario="toy"), encoding="utf-8")
    again = read_toml(path)
    assert again.pop("scenario") == "toy"
    assert check(GasConfig, again) == config
    assert again == plain(config)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"a = 1\nb = = 2\n", "line 2, column 5"),
        (b"a = [1,\n2", "line 2, the end of the file"),
        (b"a = 1\nb = '\xff'\n", "line 2 is not UTF-8"),
    ],
)
def test_unreadable_toml_names_file_and_place(tmp_path, content, said):
    path = tmp_path / "config.toml"
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=said) as caught:
        read_toml(path)
    assert str(path) in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"absent\.toml: cannot be read: No such file"):
        read_toml(tmp_path / "absent.toml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("350", 350),
        ("1e5", 1e5),
        ("300 K", "300 K"),
        ("open", "open"),
        ('"open"', "open"),
        ('["He", "Ar"]', ["He", "Ar"]),
        ("true", True),
        ("1\nseed = 2", "1\nseed = 2"),
        ("", ""),
    ],
)
def test_values_are_toml_or_bare_strings(text, value):
    assert parse_value(text) == value


def test_settings_and_sweeps():
    assert parse_settings(["steps=350", "pressure = 1 atm"]) == {"steps": 350, "pressure": "1 atm"}
    assert parse_sweeps(["temperature=[250, 300]"]) == {"temperature": [250, 300]}
    with pytest.raises(ConfigError) as caught:
        parse_settings(["temperature", "=3", "seed=1"])
    assert len(caught.value.faults) == 2
    with pytest.raises(ConfigError) as caught:
        parse_sweeps(["temperature=300", "seed=[]", "pressure=[1 atm]"])
    assert len(caught.value.faults) == 3


def test_grid_is_every_combination():
    assert grid({"a": [1, 2], "b": [3, 4]}) == [
        {"a": 1, "b": 3}, {"a": 1, "b": 4}, {"a": 2, "b": 3}, {"a": 2, "b": 4},
    ]  # fmt: skip


def test_the_nearest_word_is_offered():
    assert did_you_mean("AR", TABLE) == "did you mean 'Ar'?"
    assert "choose from" in did_you_mean("plutonium", TABLE)
