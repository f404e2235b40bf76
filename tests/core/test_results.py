import json
import math

import numpy as np
import pytest
import xarray

from knudsen.core.provenance import commit, provenance
from knudsen.core.results import Estimate, Profile, Result

POSITION = np.linspace(0.5, 3.5, 4)


def make_result():
    return Result(
        scenario="toy",
        config={"gases": ["He", "Ar"], "knudsen": 0.05, "length": None},
        estimates=(
            Estimate("diffusion_binary", 7.4e-5, 2e-7, "m2 s-1", 7.41e-5, 1e-8, "numerical", "order 5"),
            Estimate("molar_velocity", np.float64(0.1), 0.2, "m s-1"),
        ),
        profiles=(
            Profile("molar_velocity", "m s-1", POSITION, [1, 2, np.nan, 4], [0.1, 0.2, np.nan, 0.4]),
            Profile("temperature", "K", POSITION, np.full(4, 300.0), np.ones(4)),
            Profile("flux", "mol m-2 s-1", [0.0, 4.0], [1.0, 1.0], [0.0, 0.0]),
        ),
        resolution={"cell_over_mean_free_path": 0.3, "warnings": ["coarse"]},
        performance={"wall_time_s": 1.5},
        provenance={"knudsen": "0.1", "commit": None},
        arrays={
            "sums": np.random.default_rng(1).random((2, 3, 4)),
            "samples": np.array([5, 6]),
            "names": np.array(["He", "Ar"]),
            "length": np.array(4.0),
        },
        dimensions={"sums": ("block", "cell", "moment"), "samples": ("block",)},
    )


def test_deviation_is_in_combined_errors():
    estimate = Estimate("a", 11.0, 3.0, "1", theory=1.0, theory_error=4.0)
    assert estimate.deviation == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("value", "stderr", "theory", "deviation"),
    [(1.0, 0.0, 1.0, 0.0), (1.0, 0.0, 2.0, -math.inf), (1.0, 0.5, None, None), (1.0, math.nan, 1.0, None)],
)
def test_deviation_at_the_edges(value, stderr, theory, deviation):
    assert Estimate("a", value, stderr, "1", theory).deviation == deviation


def test_bad_estimates_are_refused():
    with pytest.raises(ValueError, match="negative"):
        Estimate("a", 1.0, -1.0, "1")
    with pytest.raises(ValueError, match="guess"):
        Estimate("a", 1.0, 1.0, "1", theory_kind="guess")
    with pytest.raises(ValueError, match="shapes"):
        Profile("a", "1", POSITION, [1.0], [1.0])


def test_json_has_the_keys_of_the_contract():
    made = json.loads(json.dumps(make_result().to_json(), allow_nan=False))
    assert list(made) == [
        "scenario", "config", "estimates", "profiles", "resolution", "performance", "provenance",
    ]  # fmt: skip
    assert {"name", "value", "stderr", "unit", "theory", "theory_source"} <= made["estimates"][0].keys()
    assert made["profiles"]["molar_velocity"]["value"] == [1, 2, None, 4]
    assert made["profiles"]["temperature"].keys() == {"unit", "position", "value", "stderr"}


def test_saved_and_loaded_is_the_same(tmp_path):
    made = make_result()
    made.save(tmp_path)
    loaded = Result.load(tmp_path)
    assert loaded.to_json() == made.to_json()
    assert json.loads((tmp_path / "estimates.json").read_text()) == made.to_json()
    assert loaded.estimates == made.estimates
    assert loaded.arrays.keys() == made.arrays.keys()
    for name, array in made.arrays.items():
        np.testing.assert_array_equal(loaded.arrays[name], array, strict=True)
    assert loaded.dimensions["sums"] == ("block", "cell", "moment")


def test_xarray_opens_the_file(tmp_path):
    make_result().save(tmp_path)
    with xarray.open_dataset(tmp_path / "result.nc") as data:
        assert data.diffusion_binary.attrs["units"] == "m2 s-1"
        assert data.diffusion_binary.attrs["stderr"] == 2e-7
        assert data.temperature_profile.dims == ("position",)
        np.testing.assert_array_equal(data.position, POSITION)
        assert json.loads(data.attrs["provenance"])["knudsen"] == "0.1"
    with xarray.open_dataset(tmp_path / "result.nc", group="sums") as sums:
        assert sums["sums"].dims == ("block", "cell", "moment")
        assert list(sums["names"].values) == ["He", "Ar"]


def test_torn_foreign_and_missing_files_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="no result"):
        Result.load(tmp_path)
    make_result().save(tmp_path)
    path = tmp_path / "result.nc"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(ValueError, match="torn"):
        Result.load(tmp_path)
    xarray.Dataset({"x": 1.0}).to_netcdf(path, engine="h5netcdf")
    with pytest.raises(ValueError, match="no knudsen result"):
        Result.load(tmp_path)


def test_named_access():
    assert make_result().estimate("molar_velocity").stderr == 0.2
    assert make_result().profile("temperature").unit == "K"
    with pytest.raises(KeyError, match="molar_velocity"):
        make_result().estimate("speed")


def test_provenance_says_by_what_and_when():
    made = provenance("CPU, 2 threads")
    assert made["device"] == "CPU, 2 threads"
    assert made["date"].endswith("+00:00")
    assert all("/" not in text for name, text in made.items() if text and name != "cpu")
    assert commit() is None or len(commit().split(",")[0]) == 40
