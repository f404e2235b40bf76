"""The Lennard-Jones fluid: from a config to estimates, g(r), figures and a trajectory."""

import json
import signal
import subprocess
import sys
import time

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from knudsen.analysis.statistics import NotSteadyError, TooShortError
from knudsen.core.results import Result
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.measures.thermo import ThermoSeries
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities
from knudsen.md.trajectories.trajectory import Trajectory
from knudsen.scenarios.cli import app
from knudsen.scenarios.faults import ConfigError
from knudsen.scenarios.lj_fluid import SCENARIO
from knudsen.scenarios.lj_fluid.estimates import Run, estimates
from knudsen.scenarios.lj_fluid.radial import RadialBlocks, RadialSeries, bins, left_out
from knudsen.scenarios.lj_fluid.series import DRIFT_STEPS, Series, drift, first_sample
from knudsen.scenarios.lj_fluid.theory import Known, at_pressure, obstacle, state_theory
from knudsen.scenarios.loading import check

SIGMAS = 4
STATE = {"density": 0.5, "temperature": 2.0, "atoms": 108, "cutoff": 2.5, "timestep": 0.004}
SHORT = {**STATE, "steps": 12_000, "sample_every": 5, "trajectory_every": 400, "relaxation_time": 0.1}
# Written as they come, so that a kill falls between two of them.
OFTEN = ["--checkpoint-interval", "0.2"]


def config(**values):
    return check(SCENARIO.Config, values)


def faults(**values):
    with pytest.raises(ConfigError) as caught:
        config(**values)
    return {fault.path: f"{fault.problem}: {fault.remedy}" for fault in caught.value.faults}


def settings(**values):
    return [word for key, value in values.items() for word in ("--set", f"{key}={value}")]


def call(*arguments):
    """The command line in this process."""
    done = CliRunner().invoke(app, [str(word) for word in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def ran(tmp_path_factory):
    """A short run of a fluid through the command line: what it printed, and its folder."""
    folder = tmp_path_factory.mktemp("fluid") / "run"
    printed = call("run", "lj_fluid", *settings(**SHORT), "--device", "cpu", "--out", folder, "--json")
    return json.loads(printed.stdout), folder


# --- a run ----------------------------------------------------------------------------------------


def test_every_estimate_stands_within_its_error_of_theory(ran):
    found = {estimate["name"]: estimate for estimate in ran[0]["estimates"]}
    assert list(found) == ["potential_energy", "pressure", "temperature", "conserved_drift"]
    assert {name: e["deviation"] for name, e in found.items() if abs(e["deviation"]) > SIGMAS} == {}
    assert found["potential_energy"]["stderr"] < 0.02 and found["pressure"]["stderr"] < 0.05
    assert found["potential_energy"]["theory_kind"] == "numerical"
    assert found["conserved_drift"]["theory_kind"] == "asymptotic"
    assert abs(found["conserved_drift"]["value"]) < 0.02


def test_without_the_corrections_the_same_run_would_be_refuted(ran):
    printed, _ = ran
    for estimate, name in zip(printed["estimates"], ("energy", "pressure"), strict=False):
        missing = printed["resolution"][f"correction_{name}"]
        assert abs(estimate["value"] - missing - estimate["theory"]) > SIGMAS * estimate["stderr"]


def test_the_json_says_how_far_to_trust_the_run(ran):
    resolution = ran[0]["resolution"]
    assert 600 <= resolution["steady_from_step"] <= 6300
    assert resolution["steady_start"] == "found from the data"
    assert resolution["independent_energies"] >= 50
    assert resolution["dangerous_builds"] == 0
    assert ran[0]["config"]["density"] == 0.5
    assert ran[0]["performance"]["particles"] == 108


def test_the_distribution_is_one_of_a_fluid(ran):
    found = ran[0]["profiles"]["radial_distribution"]
    r, g, error = (np.array(found[name]) for name in ("position", "value", "stderr"))
    assert found["position_unit"] == "sigma"
    assert np.all(g[r < 0.8] == 0)
    assert 1.05 < r[np.argmax(g)] < 1.15 and 1.6 < g.max() < 2.0
    far = r > 2.4
    assert np.mean(g[far]) == pytest.approx(1, abs=0.02)
    second = np.diff(g[far], 2)  # of noise alone: what varies smoothly drops out
    assert 0.5 < np.median(error[far]) / (np.std(second) / 6**0.5) < 2


def test_figures_and_report_are_drawn_from_the_disk(ran):
    _, folder = ran
    names = {"energies", "drift", "radial_distribution"}
    assert {path.stem for path in (folder / "figures").glob("*.png")} == names
    report = call("report", folder).stdout.strip()
    page = (folder / "report.html").read_text()
    assert "<h1>Lennard-Jones fluid</h1>" in page and "Lengths in sigma" in page
    assert report.endswith("report.html")


def test_the_result_holds_its_series(ran):
    result = Result.load(ran[1])
    assert result.arrays["pressure"].shape == (1, 2400)
    assert result.dimensions["pressure"] == ("copy", "sample")
    assert result.profile("radial_distribution").position_unit == "sigma"


def test_the_trajectory_is_beside_the_result(ran):
    assert_whole_trajectory(ran[1])
    with h5py.File(ran[1] / "run.h5md"):  # closed: no flags that keep other programs out
        pass


def assert_whole_trajectory(folder):
    with Trajectory(folder / "run.h5md") as trajectory:
        assert trajectory.steps.tolist() == list(range(0, 12_001, 400))
        assert trajectory[0].observables.keys() == {"potential_energy", "temperature", "pressure"}


def start(*arguments):
    """The command line in a process of its own."""
    command = [sys.executable, "-c", "from knudsen.scenarios.cli import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)


def finish(process):
    _, said = process.communicate(timeout=300)
    assert process.returncode == 0, said
    return said


@pytest.fixture(scope="module")
def uninterrupted(ran, tmp_path_factory):
    """The same run in a process of its own, which finds its kernels compiled as a resumed run does."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    finish(start("run", "lj_fluid", *settings(**SHORT), "--device", "cpu", "--out", folder))
    return folder


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_ends_bit_for_bit_as_one_that_was_not(uninterrupted, tmp_path, number):
    folder = tmp_path / "run"
    process = start("run", "lj_fluid", *settings(**SHORT), *OFTEN, "--device", "cpu", "--out", folder)
    wait_for_steps(folder, process, 1000)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if number == signal.SIGINT else -number), said
    with Trajectory(folder / "run.h5md") as trajectory:
        assert len(trajectory) > 2
    assert "continuing from step" in finish(start("resume", folder))
    ours, theirs = Result.load(folder), Result.load(uninterrupted)
    assert {n: a.tobytes() for n, a in ours.arrays.items()} == {
        n: a.tobytes() for n, a in theirs.arrays.items()
    }
    assert [e.value for e in ours.estimates] == [e.value for e in theirs.estimates]
    assert_whole_trajectory(folder)
    with Trajectory(folder / "run.h5md") as mine, Trajectory(uninterrupted / "run.h5md") as other:
        assert all(np.array_equal(a.positions, b.positions) for a, b in zip(mine, other, strict=True))


def wait_for_steps(folder, process, steps):
    """Until the checkpoint is that of a step so far, of several."""
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with h5py.File(folder / "checkpoint.h5", "r") as file:
                if json.loads(file.attrs["meta"])["step"] >= steps:
                    return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"the run wrote no checkpoint past step {steps}")


def test_a_sweep_over_the_temperature_is_drawn_in_reduced_units(tmp_path):
    values = {**SHORT, "trajectory_every": 0, "equilibration_steps": 1000, "density": 0.4}
    del values["temperature"]
    printed = call("run", "lj_fluid", *settings(**values), "--sweep", "temperature=[2.0, 3.0]",
                   "--out", tmp_path / "sweep", "--json")  # fmt: skip
    points = json.loads(printed.stdout)["points"]
    assert [point["set"] for point in points] == [{"temperature": 2.0}, {"temperature": 3.0}]
    for point in points:
        temperature = point["estimates"][2]
        assert temperature["value"] == pytest.approx(point["set"]["temperature"], rel=0.05)
    assert (tmp_path / "sweep" / "figures" / "sweep.png").exists()
    assert not list((tmp_path / "sweep").rglob("*.h5md"))


def test_copies_are_measured_together_and_keep_the_energy(tmp_path):
    """Constant energy: theory is that of the measured temperature, and kinetic + potential energy is kept."""
    values = {**STATE, "density": 0.3, "ensemble": 3, "thermostat": "none", "steps": 10_000}
    checked = config(**values, sample_every=10, equilibration_steps=1000)
    simulation = SCENARIO.build(checked, "cpu")
    simulation.run(checked.steps)
    measured = SCENARIO.measure(checked, simulation.result())
    found = {estimate.name: estimate for estimate in measured.estimates}
    assert found["temperature"].theory is None
    for name in ("potential_energy", "pressure"):
        assert abs(found[name].deviation) < SIGMAS
    assert abs(found["conserved_drift"].deviation) < SIGMAS
    assert measured.arrays["potential_energy"].shape == (3, 1000)
    total = measured.arrays["potential_energy"] + measured.arrays["kinetic_energy"]
    late = measured.arrays["steps"] > 1000
    assert np.std(total[:, late], axis=1).max() < 1e-3 < np.std(total[:, ~late], axis=1).min()


def test_at_constant_pressure_the_density_is_that_of_the_equation_of_state():
    values = {**STATE, "density": 0.45, "pressure": 1.0752, "ensemble": 4, "steps": 8000}
    checked = config(**values, sample_every=10, relaxation_time=0.1, equilibration_steps=2000)
    simulation = SCENARIO.build(checked, "cpu")
    simulation.run(checked.steps)
    measured = SCENARIO.measure(checked, simulation.result())
    found = {estimate.name: estimate for estimate in measured.estimates}
    assert found["density"].theory == pytest.approx(0.5, abs=3e-3)
    assert {name: e.deviation for name, e in found.items() if e.gated and abs(e.deviation) > SIGMAS} == {}
    assert abs(found["density"].value - 0.45) > SIGMAS * found["density"].stderr
    assert found["potential_energy"].theory == pytest.approx(-3.1525, abs=0.02)
    assert len(measured.profiles[0].position) == 150


@pytest.mark.parametrize(("thermostat", "precision"), [("nose_hoover", "double"), ("langevin", "mixed")])
def test_other_thermostats_keep_the_temperature(thermostat, precision):
    values = {**STATE, "thermostat": thermostat, "precision": precision, "start": "fcc", "seed": 2}
    checked = config(**values, steps=2500, sample_every=10, equilibration_steps=1000)
    simulation = SCENARIO.build(checked, "cpu")
    simulation.run(checked.steps)
    thermo = simulation.result().thermo
    assert thermo.temperature[0, 50:].mean() == pytest.approx(2.0, rel=0.05)
    assert np.ptp(thermo.conserved[0] / 108) < 0.02 < np.ptp(thermo.potential[0] / 108)


# --- configs --------------------------------------------------------------------------------------


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


def test_list_names_it():
    assert any(line.startswith("lj_fluid  ") for line in call("list").stdout.splitlines())


# --- theory ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("temperature", "density", "pressure", "energy"),
    [(1.5, 0.3, 0.2248, -2.0812), (2.0, 0.5, 1.0752, -3.1525), (2.0, 0.8, 5.2906, -4.7521)],
)  # reference, printed to four places
def test_the_equation_of_state(temperature, density, pressure, energy):
    theory = state_theory(temperature, density)
    assert theory.pressure.value == pytest.approx(pressure, abs=5.01e-5)
    assert theory.energy.value == pytest.approx(energy, abs=5.01e-5)
    assert 0 < theory.energy.error < 3e-3 * abs(energy)
    assert 0 < theory.pressure.error < 1e-2 * pressure


def test_the_error_of_theory_knows_the_number_of_atoms():
    """Without interaction beyond the second virial u is -a rho, of which N atoms have (1 - 1/N)."""
    few, many = (state_theory(2.0, 0.001, atoms).energy for atoms in (50, 1e9))
    assert few.error == pytest.approx(abs(many.value) / 50, rel=0.01)
    assert state_theory(2.0, 0.5, 108).energy.error == pytest.approx(0.012, rel=0.2)  # 0.014(2) in 12 runs
    assert state_theory(2.0, 0.5, 2048).energy.error < 1.2 * state_theory(2.0, 0.5).energy.error


def test_slopes_of_theory_are_its_derivatives():
    below, above = (state_theory(2.0 + shift, 0.5) for shift in (-1e-3, 1e-3))
    here = state_theory(2.0, 0.5)
    assert (above.energy.value - below.energy.value) / 2e-3 == pytest.approx(here.energy_slope, rel=1e-4)
    assert (above.pressure.value - below.pressure.value) / 2e-3 == pytest.approx(
        here.pressure_slope, rel=1e-4
    )


@pytest.mark.parametrize(  # NIST, simulated with rc = 3 and long-range corrections
    ("temperature", "density", "energy", "pressure"),
    [(0.85, 0.776, -5.5121, 0.0067714), (0.90, 0.86, -5.9753, 1.5781), (0.85, 0.003, -0.031019, 0.0024965)],
)
def test_simulations_are_within_the_errors_of_theory(temperature, density, energy, pressure):
    theory = state_theory(temperature, density)
    assert theory.energy.value == pytest.approx(energy, abs=2e-4 + 3 * theory.energy.error)
    assert theory.pressure.value == pytest.approx(pressure, abs=1e-6 + 3 * theory.pressure.error)


def test_a_pressure_has_its_density_and_the_errors_go_along():
    density, state = at_pressure(2.0, Known(1.0751638, 0.0), 0.45)
    assert density.value == pytest.approx(0.5, abs=1e-6)
    assert state.energy.value == pytest.approx(-3.1525, abs=5.01e-5)
    rough, _ = at_pressure(2.0, Known(1.0751638, 0.01), 0.45)
    assert rough.error == pytest.approx(0.01 * 0.5 * 0.4049, rel=0.1)


def test_a_stable_fluid_has_no_obstacle():
    assert [obstacle(*state) for state in ((0.722, 0.8442), (2.0, 0.3), (0.9, 0.01))] == ["", "", ""]


# --- what the cut-off leaves out --------------------------------------------------------------------


@pytest.mark.parametrize("form", ["cut", "switched"])
def test_weights_sum_to_the_long_range_corrections(form):
    """With g = 2 everywhere what is added is once more the correction for g = 1."""
    energy, pressure = left_out(np.linspace(0, 120, 6001), 3.0, form)
    missing = PairTable(1.0, 1.0, 3.0, form).long_range([864], 1000.0)
    assert 0.864 * energy.sum() == pytest.approx(missing.energy, rel=2e-4)
    assert 0.864**2 * pressure.sum() == pytest.approx(missing.pressure, rel=2e-4)


def test_bins_meet_the_cutoff_and_stay_in_half_the_box():
    for cutoff, box in ((3.0, 13.4), (3.0, 6.0), (2.5, 7.3), (6.0, 12.5)):
        number, r_max = bins(cutoff, box)
        edges = np.linspace(0, r_max, number + 1)
        assert cutoff * (1 - 1e-9) <= r_max <= box / 2
        assert np.abs(edges - cutoff).min() < 1e-9


def liquid():
    start = lattice_start("fcc", 108, 0.6)
    velocities = maxwell_velocities(np.ones(108), 1.5)
    return Simulation(start.positions, velocities, start.box, PairTable(1.0, 1.0, 2.5), timestep=0.004)


def test_stretches_add_up_to_the_distribution(tmp_path):
    sim = liquid()
    blocks, plain = RadialBlocks(5, 50, 2.5, stretch=4), RadialDistribution(5, 50, 2.5)
    sim.add_measure(blocks)
    sim.add_measure(plain)
    sim.run(60)
    found, whole = blocks.result(), plain.result()
    assert found.steps.tolist() == [20, 40, 60]
    assert np.array_equal(found.pairs.sum(axis=1), whole.pairs[:, 0, 0])
    assert np.allclose(found.expected.sum(axis=1), whole.expected[:, 0, 0])
    sim.checkpoint(tmp_path / "at60.h5")
    sim.run(20)
    again = liquid()
    rest = RadialBlocks(5, 50, 2.5, stretch=4)
    again.add_measure(rest)
    again.add_measure(RadialDistribution(5, 50, 2.5))
    again.restore(tmp_path / "at60.h5")
    again.run(20)
    assert np.array_equal(rest.result().pairs, blocks.result().pairs)


# --- series ---------------------------------------------------------------------------------------


def noise(random, samples, tau):
    """Gaussian noise of variance one that forgets with exp(-t / tau)."""
    kept = np.exp(-1 / tau)
    series = random.standard_normal(samples)
    for index in range(1, samples):
        series[index] = kept * series[index - 1] + np.sqrt(1 - kept**2) * series[index]
    return series


@pytest.mark.parametrize(("degrees", "missing_share"), [(3 * 108 - 3, 1), (3 * 108, 0)])
def test_the_pressure_counts_the_centre_of_mass_once(degrees, missing_share):
    """An ideal gas of N atoms has N T / V, whether its centre of mass moves or rests."""
    volume, temperature = np.array([[200.0, 250.0]]), np.array([[2.0, 2.1]])
    kinetic = degrees * temperature / 2
    tensor = np.eye(3) * (2 * kinetic / (3 * volume))[..., None, None]
    zero = np.zeros((1, 2))
    thermo = ThermoSeries(np.arange(2), np.arange(2.0), temperature, kinetic, zero, zero, volume, tensor)
    missing = PairTable(1.0, 1.0, 2.5).long_range([108], 200.0)
    series = Series.of(thermo, missing, 200.0, 108)
    tails = missing.pressure * (200 / volume) ** 2
    assert np.allclose(series.pressure - tails, 108 * temperature / volume, rtol=1e-14)
    assert np.allclose(thermo.pressure, (108 - missing_share) * temperature / volume, rtol=1e-14)
    assert np.allclose(series.potential_energy, missing.energy * 200 / volume, rtol=1e-14)


def made_series(random, samples=4000, copies=2, coupling=-2 / 3, energy_slope=0.8):
    """Series as of a run at constant energy, u = u_0 - (3/2) (T - 2) + rest, about the theory's values."""
    theory = state_theory(2.0, 0.5)
    energy = np.stack([0.02 * noise(random, samples, 8) for _ in range(copies)])
    temperature = 2.0 + coupling * energy
    steps = 20 * np.arange(1, samples + 1)
    pressure = theory.pressure.value + theory.pressure_slope * (temperature - 2.0)
    return Series(
        steps, steps * 0.002, np.full_like(energy, 0.5), temperature, 1.5 * temperature,
        theory.energy.value + energy, pressure,
        np.zeros_like(energy), np.zeros((copies, samples, 3, 3)),
    )  # fmt: skip


def test_at_constant_energy_the_errors_of_theory_and_value_are_taken_together():
    """u - u(T) scatters more than u, for T falls where u rises: the combined error must know it."""
    slope, sizes, deviations = state_theory(2.0, 0.5).energy_slope, [], []
    empty = RadialSeries(np.linspace(0, 4, 201), np.zeros(0), np.zeros((2, 0, 200)), np.zeros((2, 0, 200)))
    for seed in range(60):
        series = made_series(np.random.default_rng(seed))
        run = Run(config(**STATE, thermostat="none", steps=80_000), series, empty)
        (energy, pressure, *_) = estimates(run)
        known = state_theory(run.temperature.value, 0.5, 108).energy.error
        combined = np.hypot(energy.stderr, np.sqrt(energy.theory_error**2 - known**2))
        sizes.append(combined / energy.stderr)
        deviations.append((energy.value - energy.theory) / combined)
        assert pressure.value == pytest.approx(pressure.theory, abs=5 * pressure.stderr)
    assert np.mean(sizes) == pytest.approx(1 + slope * 2 / 3, rel=0.02)
    assert 0.7 < np.std(deviations) < 1.35  # 60 deviations know their spread to 9 %


@pytest.mark.parametrize("kind", ["noise", "walk"])
def test_the_drift_and_its_error(kind):
    """About a line it is too large by up to 4, of a random walk right, where residuals would mislead."""
    random, deviations = np.random.default_rng(5), []
    steps = 20.0 * np.arange(1, 801)
    for _ in range(200):
        scatter = random.standard_normal((2, 800))
        series = 1e-4 * (scatter if kind == "noise" else np.cumsum(scatter, axis=1))
        slope, error = drift(steps, series + 0.03 * steps / DRIFT_STEPS)
        deviations.append((slope - 0.03) / error)
    assert abs(np.mean(deviations)) < 4 * np.std(deviations) / np.sqrt(200)
    low, high = (0.25, 1.0) if kind == "noise" else (0.8, 1.6)
    assert low < np.std(deviations) < high


def test_a_drift_is_seen():
    steps = 20.0 * np.arange(1, 801)
    slope, error = drift(steps, 1e-4 * np.random.default_rng(1).standard_normal((1, 800)) + 1e-6 * steps)
    assert slope == pytest.approx(0.1, rel=0.1) and slope > SIGMAS * error


def test_the_stationary_part_begins_when_energy_and_pressure_have_settled():
    series = made_series(np.random.default_rng(1))
    relaxing = np.exp(-np.arange(4000) / 100)
    fields = series.to_arrays()
    fields["potential_energy"] = fields["potential_energy"] + 0.5 * relaxing
    settled = first_sample(config(), Series(**fields))
    assert 200 < settled < 1500
    assert first_sample(config(), series) < 400
    assert first_sample(config(equilibration_steps=2000), Series(**fields)) == 100


def test_a_run_that_never_settles_is_refused():
    fields = made_series(np.random.default_rng(1)).to_arrays()
    fields["pressure"] = fields["pressure"] + np.arange(4000) / 4000
    with pytest.raises(NotSteadyError, match="still drifts"):
        first_sample(config(), Series(**fields))


def test_a_run_shorter_than_its_memory_is_refused():
    with pytest.raises(TooShortError, match="independent samples"):
        first_sample(config(), made_series(np.random.default_rng(1), samples=100))
