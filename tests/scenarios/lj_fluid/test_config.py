"""Configs of the Lennard-Jones fluid: defaults, faults, warnings."""

import subprocess
import sys

import pytest
from fluid_cases import config, faults

from knudsen.scenarios.lj_fluid import SCENARIO


def test_defaults_are_the_triple_point_without_a_warning():
    checked = config()
    assert (checked.density, checked.temperature, checked.step_length) == (0.8442, 0.722, 0.002)
    assert SCENARIO.warnings(checked) == []


def test_every_fault_is_named_at_once():
    found = faults(density=1000, temperature="300 K", cutoff=3e-10, timestep=1e-15, colour="red",
                   equilibration_steps=60_000, thermostat="none")  # fmt: skip
    assert set(found) >= {"density", "temperature", "cutoff", "timestep", "colour", "equilibration_steps"}
    assert "reduced number" in found["density"] and "0.833" in found["density"]
    assert "T* = k T / epsilon" in found["temperature"] and "2.50" in found["temperature"]
    assert "sigma" in found["cutoff"] and "2.156 ps" in found["timestep"]


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"atoms": 5, "density": 0.01}, "atoms", "give 20 or more"),
        ({"atoms": 182}, "cutoff", "beyond half the box, 2.998"),
        ({"atoms": 182}, "cutoff", "give atoms = 183 or more"),
        ({"timestep": 0.03}, "timestep", "give 0.002, or leave it out"),
        ({"density": 1.5, "atoms": 4000}, "start", "start from 'fcc'"),
        ({"steps": 500}, "steps", "25 samples, one every 20"),
        ({"steps": 500, "equilibration_steps": 500}, "equilibration_steps", "all of the 500 steps"),
        ({"steps": 15_000, "thermostat": "none"}, "steps", "give 20000 or more"),
        ({"temperature": 300}, "temperature", "k T / epsilon"),
        ({"pressure": 101325}, "pressure", "41.9 MPa"),
        ({"pressure": 1.0, "thermostat": "none"}, "thermostat", "choose 'bussi'"),
        ({"form": "force-shifted"}, "form", "'switched' or 'cut'"),
    ],
)
def test_faults_name_their_remedy(values, path, words):
    assert words in faults(**values)[path]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"temperature": 0.9, "density": 0.3}, "is unstable and parts into gas of 0.01446"),
        ({"temperature": 0.9, "density": 0.74}, "metastable between gas of 0.01446 and liquid of 0.7528"),
        ({"temperature": 1.0, "density": 1.1}, "is a solid"),
        ({"temperature": 0.4, "density": 0.9}, "outside the equation of state's"),
        ({"timestep": 0.006}, "0.002 is better"),
        ({"atoms": 300}, "500 or more are better"),
        ({"steps": 2000}, "30000 or more are better"),
        ({"density": 0.003, "temperature": 0.85}, "last 240 in time: 500000 or more are better"),
        ({"cutoff": 6.7}, "hardly within half the box"),
    ],
)
def test_warnings_say_what_is_doubtful(values, words):
    (warning,) = SCENARIO.warnings(config(**values))
    assert words in warning


def test_a_rejected_config_loads_nothing_heavy():
    program = (
        "import sys; from knudsen.scenarios.cli import main\n"
        "sys.argv[1:] = ['run', 'lj_fluid', '--set', 'density=1000']\n"
        "try: main()\n"
        "except SystemExit as end: code = end.code\n"
        "heavy = 'numba', 'scipy.optimize', 'h5py', 'matplotlib', 'teqp'\n"
        "print(code, [module for module in heavy if module in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "2 []"
