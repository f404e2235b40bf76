import importlib.util
import json
import subprocess
import sys
import types

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from knudsen.scenarios.cli import app
from knudsen.scenarios.config import GasConfig

# What a config is checked with: arrays, constants of nature, units.
LIGHT = ("numpy", "scipy", "pint")
HEAVY = (
    "numba", "scipy.special", "scipy.integrate", "scipy.optimize", "scipy.stats", "matplotlib", "MDAnalysis",
    "gsd", "h5py", "xarray", "teqp", "jinja2",
)  # fmt: skip


@pytest.fixture
def knudsen(toy, tmp_path, monkeypatch):
    """The command line in a folder of its own, with the toy scenario."""
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()

    def call(*arguments):
        return runner.invoke(app, [str(argument) for argument in arguments], catch_exceptions=False)

    return call


def test_list_names_every_scenario_on_one_line(knudsen):
    lines = knudsen("list").stdout.splitlines()
    assert any(line.startswith("equimolar_counterdiffusion  ") for line in lines)
    assert any(line.startswith("toy ") for line in lines)


def test_run_prints_the_table_and_makes_a_folder(knudsen, tmp_path):
    done = knudsen("run", "toy", "--device", "cpu")
    assert done.exit_code == 0
    assert "measured ± stderr" in done.stdout
    assert all(len(line) <= 80 for line in done.stdout.splitlines())
    assert "toy on CPU" in done.stderr
    assert (tmp_path / "runs" / "toy-001" / "report.html").exists()


def test_json_is_one_object_and_nothing_else(knudsen):
    done = knudsen("run", "toy", "--seed", 7, "--set", "temperature=27 degC", "--device", "cpu", "--json")
    made = json.loads(done.stdout)
    assert made["scenario"] == "toy"
    assert made["config"]["seed"] == 7
    assert made["config"]["temperature"] == pytest.approx(300.15)
    assert {"estimates", "profiles", "resolution", "performance", "provenance"} < made.keys()


def test_later_sources_win(knudsen, tmp_path):
    (tmp_path / "a.toml").write_text('scenario = "toy"\ndevice = "cpu"\nseed = 1\nsteps = 20\nx_left = 0.7\n')
    made = json.loads(
        knudsen("run", "toy", "a.toml", "--set", "seed=2", "--set", "steps=30", "--seed", 3, "--json").stdout
    )
    config = made["config"]
    assert (config["seed"], config["steps"], config["x_left"]) == (3, 30, 0.7)


def test_a_written_config_runs_again_to_the_same_numbers(knudsen):
    first = json.loads(knudsen("run", "toy", "--seed", 5, "--out", "a", "--json").stdout)
    again = json.loads(knudsen("run", "toy", "a/config.toml", "--out", "b", "--json").stdout)
    assert again["estimates"] == first["estimates"]


def test_sweep_json(knudsen):
    done = knudsen("run", "toy", "--sweep", "temperature=[250, 300, 350]", "--out", "s", "--json")
    made = json.loads(done.stdout)
    assert [point["set"] for point in made["points"]] == [{"temperature": t} for t in (250, 300, 350)]
    assert made["estimates"][0]["name"] == "exponent_temperature"
    again = knudsen("resume", "s", "--json")
    assert json.loads(again.stdout) == made
    assert "temperature = 250" in knudsen("resume", "s").stdout


def test_report_is_drawn_anew_without_a_run(knudsen, tmp_path):
    knudsen("run", "toy", "--out", "a")
    report = tmp_path / "a" / "report.html"
    before = report.read_text()
    report.unlink()
    assert knudsen("report", "a").stdout.strip() == "a/report.html"
    assert report.read_text() == before


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["run", "toyy"], "did you mean 'toy'?"),
        (["run", "toy", "absent.toml"], "absent.toml: cannot be read"),
        (["run", "toy", "--set", "temprature=3"], "did you mean 'temperature'?"),
        (["run", "toy", "--set", "temperature"], "write key=value"),
        (["run", "toy", "--sweep", "temperature=3"], "is no list of values"),
        (["run", "toy", "--device", "gpu"], "none of auto, cpu, cuda"),
        (["run", "toy", "--seed", "-1"], "seed: must be greater than or equal to 0"),
        (["resume", "absent"], "config.toml is missing"),
        (["report", "absent"], "holds no run"),
        (["run"], "Missing argument"),
        (["run", "toy", "--seed", "x"], "Invalid value"),
    ],
)
def test_bad_input_is_named_with_exit_code_2(knudsen, arguments, said):
    done = knudsen(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_nothing_is_made_for_bad_input(knudsen, tmp_path, monkeypatch):
    knudsen("run", "toy", "--set", "x_left=2")
    monkeypatch.setattr("knudsen.core.device.cuda_obstacle", lambda index=0: "no CUDA here")
    done = knudsen("run", "toy", "--device", "cuda")
    assert (done.exit_code, "no CUDA here" in done.stderr) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_another_scenarios_config_is_refused(knudsen, tmp_path):
    (tmp_path / "a.toml").write_text('scenario = "equimolar_counterdiffusion"\n')
    assert "run that, or drop the key" in knudsen("run", "toy", "a.toml").stderr


def test_a_numerical_failure_has_exit_code_3(knudsen):
    done = knudsen("run", "toy", "--set", "fault_step=30")
    assert done.exit_code == 3
    assert "cell 3 at step 30" in done.stderr
    assert "checkpoint.h5" in done.stderr


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from([name for name in GasConfig.model_fields if name not in ("length", "delta")]),
        st.sampled_from(["-1", "nan", "[[]]", "{a = 1}", "5 blorp", "1979-05-27", "-0.5 m", "''"]),
        min_size=1,
    )
)
def test_every_made_fault_is_named_by_the_command_line(knudsen, bad):
    done = knudsen("run", "toy", *(part for key, text in bad.items() for part in ("--set", f"{key}={text}")))
    assert done.exit_code == 2
    assert all(f"  {key}" in done.stderr for key in bad)
    assert "Traceback" not in done.stderr


def modules_after(*arguments):
    """Exit code of one call of the command line, and which of the modules above it imported."""
    code = (
        "import json, sys\n"
        "from knudsen.scenarios.cli import main\n"
        "sys.argv = ['knudsen', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit as end: status = end.code or 0\n"
        "print(json.dumps([status, list(sys.modules)]), file=sys.__stdout__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
    )
    status, loaded = json.loads(done.stdout.splitlines()[-1])
    return status, {name for name in LIGHT + HEAVY if name in loaded}


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["theory", "binary", "--help"], ["list"]]
)
def test_help_imports_nothing_that_computes(arguments):
    assert modules_after(*arguments) == (0, set())


def test_help_names_the_commands(knudsen):
    assert all(f" {name} " in knudsen("--help").stdout for name in ("run", "resume", "theory", "bench"))


@pytest.mark.parametrize(
    ("scenario", "setting"),
    [("equimolar_counterdiffusion", "temperature=5 m"), ("lj_fluid", "density=-1"), ("lj_flud", "density=1")],
)
def test_a_config_is_rejected_before_anything_that_computes_is_imported(scenario, setting):
    status, loaded = modules_after("run", scenario, "--set", setting)
    assert (status, loaded - set(LIGHT)) == (2, set())


def test_what_computes_is_seen_where_it_is_imported():
    """The control; and none of the names is misspelt."""
    status, loaded = modules_after("theory", "binary", "He", "Ar", "--json")
    assert status == 0 and {"numpy", "numba", "scipy.special"} <= loaded
    assert all(importlib.util.find_spec(name) for name in LIGHT + HEAVY)


@pytest.mark.parametrize(
    ("flags", "name"),
    [([], "dsmc_slab"), (["--engine", "dsmc"], "dsmc_slab"), (["--engine", "md"], "md_lj")],
)
def test_bench_passes_its_options_on(knudsen, monkeypatch, flags, name):
    passed = []
    module = types.ModuleType(f"knudsen.benchmarks.{name}")
    module.main = passed.append
    monkeypatch.setitem(sys.modules, module.__name__, module)
    assert knudsen("bench", "--json", "--quick", *flags).exit_code == 0
    assert passed == [["--device", "auto", "--quick", "--json"]]


def test_bench_of_an_unknown_engine_is_bad_input(knudsen):
    assert knudsen("bench", "--engine", "lattice").exit_code == 2
