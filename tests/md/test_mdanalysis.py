"""Trajectories in MDAnalysis: units, unwrapping, exports, and analyses with known answers."""

import doctest
import pickle
import subprocess
import sys

import numpy as np
import pytest

MDAnalysis = pytest.importorskip("MDAnalysis")

from MDAnalysis.analysis.lineardensity import LinearDensity  # noqa: E402
from MDAnalysis.analysis.msd import EinsteinMSD  # noqa: E402
from MDAnalysis.analysis.rdf import InterRDF  # noqa: E402

from knudsen.core.units import ReducedUnits  # noqa: E402
from knudsen.md.mdanalysis import REDUCED_LINEAR_DENSITY, KnudsenReader, snapshot  # noqa: E402
from knudsen.md.trajectories import universes as module  # noqa: E402
from knudsen.md.trajectories.trajectory import Frame  # noqa: E402
from knudsen.md.trajectories.writer import TrajectoryWriter  # noqa: E402

ARGON = ReducedUnits(sigma=3.405e-10, epsilon_over_k=119.8, mass=6.6335e-26)
# By hand: sigma in angstrom; 3.405e-10 sqrt(6.6335e-26 / (119.8 x 1.380649e-23)) s = 2.1564 ps;
# 6.6335e-26 x 6.02214e23 x 1000 = 39.948 g/mol.
LENGTH, TIME, MASS = 3.405, 2.1564, 39.948
BOX = np.array([8.0, 9.0, 10.0])


def write(path, frames, atoms, units=None, kinds=1, **options):
    """A trajectory of species 0 .. kinds - 1 in turn, of masses 1, 2, ..."""
    species = np.arange(atoms) % kinds
    with TrajectoryWriter.create(path, species, 1.0 + species, units=units, **options) as writer:
        for frame in frames:
            writer.append(frame)
    return str(path)


def walk(steps=200, atoms=300, seed=5, deviation=0.2, box=BOX, dt=0.5):
    """Frames of independent Gaussian walks: D = deviation^2 / (2 dt)."""
    random = np.random.default_rng(seed)
    place = random.random((atoms, 3)) * box
    for step in range(steps):
        images = np.floor(place / box)
        velocities = random.normal(size=(atoms, 3))
        yield Frame(10 * step, dt * step, box, place - images * box, images, velocities, {"energy": -step})
        place = place + deviation * random.normal(size=(atoms, 3))


@pytest.fixture(scope="module")
def walkers(tmp_path_factory):
    folder = tmp_path_factory.mktemp("walkers")
    return write(folder / "run.h5md", walk(), 300, kinds=2, observables=["energy"], names=["Ar", "Kr"])


@pytest.fixture(scope="module")
def argon(tmp_path_factory):
    folder = tmp_path_factory.mktemp("argon")
    return write(folder / "run.h5md", walk(4), 300, ARGON, kinds=2, observables=["energy"])


def test_one_file_is_topology_and_trajectory(walkers):
    universe = MDAnalysis.Universe(walkers)
    atoms, frames = universe.atoms, list(walk())
    assert isinstance(universe.trajectory, KnudsenReader)
    assert (len(universe.trajectory), len(atoms)) == (200, 300)
    assert list(atoms.names[:3]) == list(atoms.types[:3]) == ["Ar", "Kr", "Ar"]
    assert atoms.masses[:2].tolist() == [1.0, 2.0]
    assert atoms.ids[:2].tolist() == [1, 2]
    assert atoms.total_charge() == 0
    assert len(universe.select_atoms("name Kr")) == 150
    assert universe.trajectory.dt == pytest.approx(0.5)
    assert universe.trajectory.totaltime == pytest.approx(99.5)
    for ts in universe.trajectory[::50]:
        frame = frames[ts.frame]
        assert (ts.time, ts.data["step"], ts.data["energy"]) == (
            pytest.approx(frame.time),
            frame.step,
            frame.observables["energy"],
        )
        np.testing.assert_allclose(ts.dimensions, [*BOX, 90, 90, 90])
        np.testing.assert_array_equal(ts.positions, frame.positions.astype(np.float32))
        np.testing.assert_array_equal(ts.velocities, frame.velocities.astype(np.float32))
    universe.trajectory[-1]
    assert universe.trajectory.frame == 199
    assert sum(1 for _ in universe.trajectory) == 200


def test_a_file_that_knows_its_units_is_read_in_real_ones(argon):
    universe = MDAnalysis.Universe(argon)
    frame = list(walk(4))[2]
    ts = universe.trajectory[2]
    assert universe.trajectory.dt == pytest.approx(0.5 * TIME, rel=1e-4)
    assert ts.time == pytest.approx(TIME, rel=1e-4)
    np.testing.assert_allclose(ts.dimensions[:3], BOX * LENGTH, rtol=1e-6)
    np.testing.assert_allclose(ts.positions, frame.positions * LENGTH, rtol=1e-6)
    np.testing.assert_allclose(ts.velocities, frame.velocities * LENGTH / TIME, rtol=1e-4)
    np.testing.assert_allclose(universe.atoms.masses[:2], [MASS, 2 * MASS], rtol=1e-4)


def test_the_units_can_be_chosen(argon, walkers):
    reduced = MDAnalysis.Universe(argon, units="reduced")
    assert reduced.trajectory.dt == pytest.approx(0.5)
    assert reduced.atoms.masses[1] == 2
    real = MDAnalysis.Universe(walkers, units=ARGON)
    np.testing.assert_allclose(real.dimensions[:3], BOX * LENGTH, rtol=1e-6)
    np.testing.assert_allclose(real.atoms.masses[0], MASS, rtol=1e-4)
    with pytest.raises(ValueError, match="units must be"):
        MDAnalysis.Universe(argon, units="real")


def test_unwrapped_positions(walkers):
    universe = MDAnalysis.Universe(walkers, unwrapped=True)
    frame = list(walk())[-1]
    expected = frame.positions + frame.images * BOX
    np.testing.assert_allclose(universe.trajectory[-1].positions, expected, atol=1e-5)
    assert (np.abs(frame.images) > 0).any()


def test_mdanalysis_own_reader_reads_the_pure_numbers(walkers):
    universe = MDAnalysis.Universe.empty(300)
    universe.load_new(walkers, format="H5MD", convert_units=False)
    assert type(universe.trajectory).__name__ == "H5MDReader"
    ts = universe.trajectory[3]
    np.testing.assert_array_equal(ts.positions, list(walk(4))[3].positions.astype(np.float32))
    assert ts.time == pytest.approx(1.5)
    np.testing.assert_allclose(ts.dimensions[:3], BOX)


def test_files_of_others_go_to_mdanalysis_own_reader(walkers, tmp_path):
    theirs = str(tmp_path / "theirs.h5md")
    universe = MDAnalysis.Universe(walkers)
    options = {"lengthunit": "Angstrom", "timeunit": "ps", "velocityunit": "Angstrom/ps"}
    with MDAnalysis.Writer(theirs, n_atoms=300, **options) as writer:
        writer.write(universe.atoms)
    read = MDAnalysis.Universe.empty(300)
    read.load_new(theirs)
    assert type(read.trajectory).__name__ == "H5MDReader"


def test_a_torn_file_is_named(walkers, tmp_path):
    with open(walkers, "rb") as file:
        (tmp_path / "torn.h5md").write_bytes(file.read(20_000))
    with pytest.raises(ValueError, match=r"torn\.h5md is torn"):
        MDAnalysis.Universe(str(tmp_path / "torn.h5md"))


def test_uneven_frames_have_no_dt(tmp_path):
    frames = [frame for frame in walk(6) if frame.step != 20]
    universe = MDAnalysis.Universe(write(tmp_path / "a.h5md", frames, 300, observables=["energy"]))
    assert [ts.time for ts in universe.trajectory] == pytest.approx([0, 0.5, 1.5, 2, 2.5])
    with pytest.raises(ValueError, match=r"0\.5 to 1 apart"):
        _ = universe.trajectory.dt


def test_a_single_frame_and_none(tmp_path):
    single = MDAnalysis.Universe(write(tmp_path / "a.h5md", walk(1), 300, observables=["energy"]))
    assert single.trajectory.dt == 0
    with pytest.raises(ValueError, match="no frame yet"):
        MDAnalysis.Universe(write(tmp_path / "b.h5md", [], 300))


def test_universes_are_copied_and_pickled(walkers):
    universe = MDAnalysis.Universe(walkers, unwrapped=True, units=ARGON)
    universe.trajectory[7]
    for other in (universe.copy(), pickle.loads(pickle.dumps(universe))):
        assert other.trajectory.frame == 7
        np.testing.assert_array_equal(other.atoms.positions, universe.atoms.positions)
        other.trajectory[9]
        assert universe.trajectory.frame == 7
        np.testing.assert_array_equal(other.atoms.positions, universe.trajectory[9].positions)
        universe.trajectory[7]


@pytest.mark.parametrize(("units", "length", "time", "mass"), [(None, 1, 1, 1), (ARGON, LENGTH, TIME, MASS)])
@pytest.mark.parametrize("unwrapped", [False, True])
def test_a_snapshot_is_a_universe_in_memory(units, length, time, mass, unwrapped):
    frame = list(walk(30))[29]
    species = np.arange(300) % 2
    universe = snapshot(frame, species, 1.0 + species, units=units, unwrapped=unwrapped)
    places = frame.unwrapped if unwrapped else frame.positions
    np.testing.assert_allclose(universe.atoms.positions, places * length, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(universe.atoms.velocities, frame.velocities * length / time, rtol=1e-4)
    np.testing.assert_allclose(universe.dimensions, [*(BOX * length), 90, 90, 90], rtol=1e-6)
    np.testing.assert_allclose(universe.atoms.masses[:2], [mass, 2 * mass], rtol=1e-4)
    assert universe.trajectory.time == pytest.approx(14.5 * time, rel=1e-4)
    before = frame.positions.copy()
    universe.atoms.positions += 1
    np.testing.assert_array_equal(frame.positions, before)
    with pytest.raises(ValueError, match="for 299 atoms"):
        snapshot(frame, species[1:], 1.0 + species[1:])


TWO_PROCESSES = """
import sys
import MDAnalysis, numpy
from MDAnalysis.analysis.rdf import InterRDF
import knudsen.md.mdanalysis
if __name__ == "__main__":
    atoms = MDAnalysis.Universe(sys.argv[1]).atoms
    options = dict(range=(0, 4), exclusion_block=(1, 1))
    alone = InterRDF(atoms, atoms, **options).run(stop=20)
    shared = InterRDF(atoms, atoms, **options).run(stop=20, backend="multiprocessing", n_workers=2)
    assert alone.results.count.sum() > 0
    assert numpy.array_equal(alone.results.count, shared.results.count)
"""


def test_analyses_run_in_several_processes(walkers):
    subprocess.run([sys.executable, "-c", TWO_PROCESSES, walkers], check=True, timeout=100)


def test_the_mean_squared_displacement_of_walkers_is_six_d_t(walkers):
    # D = 0.2^2 / (2 x 0.5) = 0.04; 300 walkers over lags to 5: a few per cent.
    msd = EinsteinMSD(MDAnalysis.Universe(walkers, unwrapped=True), fft=False).run()
    lags = np.arange(1, 11)
    slope = np.polyfit(0.5 * lags, msd.results.timeseries[lags], 1)[0]
    assert slope == pytest.approx(6 * 0.04, rel=0.03)
    # Wrapped positions jump by a box: the check would see them.
    wrapped = EinsteinMSD(MDAnalysis.Universe(walkers), fft=False).run()
    assert np.polyfit(0.5 * lags, wrapped.results.timeseries[lags], 1)[0] > 2 * slope


def test_diffusion_in_real_units(walkers):
    msd = EinsteinMSD(MDAnalysis.Universe(walkers, unwrapped=True, units=ARGON), fft=False).run()
    lags = np.arange(1, 11)
    slope = np.polyfit(msd.times[lags], msd.results.timeseries[lags], 1)[0]
    assert slope == pytest.approx(6 * 0.04 * LENGTH**2 / TIME, rel=0.03)


def gas(frames, atoms, box=BOX, density=None, seed=11):
    """Frames of independent uniform positions, or of x drawn as x = box u^(1/2): rho ~ x."""
    random = np.random.default_rng(seed)
    for step in range(frames):
        place = random.random((atoms, 3))
        if density == "linear":
            place[:, 0] = np.sqrt(place[:, 0])
        yield Frame(step, 0.1 * step, box, place * box, np.zeros((atoms, 3)))


def test_the_pair_distribution_of_an_ideal_gas_is_one(tmp_path):
    path = write(tmp_path / "gas.h5md", gas(40, 400), 400, velocities=False)
    atoms = MDAnalysis.Universe(path).atoms
    rdf = InterRDF(atoms, atoms, nbins=8, range=(0, 4), exclusion_block=(1, 1)).run()
    # Each bin counts ordered pairs, each pair twice: the error is sqrt(2 / count).
    deviation = (rdf.results.rdf - 1) / np.sqrt(2 / rdf.results.count)
    assert np.abs(deviation).max() < 4
    assert rdf.results.rdf[1:] == pytest.approx(1, abs=0.03)
    other = InterRDF(atoms[::2], atoms[1::2], nbins=8, range=(1, 4)).run()
    assert other.results.rdf == pytest.approx(1, abs=0.05)


def test_the_default_range_is_beyond_half_a_reduced_box(tmp_path):
    """The trap that the documentation names: the tail of the default range is no g(r)."""
    path = write(tmp_path / "gas.h5md", gas(5, 100), 100, velocities=False)
    atoms = MDAnalysis.Universe(path).atoms
    rdf = InterRDF(atoms, atoms, exclusion_block=(1, 1)).run()
    assert rdf.results.rdf[rdf.results.bins > 8].max() == 0


@pytest.mark.parametrize("units", [None, ARGON])
def test_the_density_profile_of_a_gas_that_thickens_along_x(tmp_path, units):
    path = write(tmp_path / "gas.h5md", gas(60, 1000, np.full(3, 8.0), "linear"), 1000, velocities=False)
    universe = MDAnalysis.Universe(path, units=units)
    length = 1 if units is None else LENGTH
    profile = LinearDensity(universe.atoms, binsize=length).run().results.x
    centres = (profile.hist_bin_edges[:-1] + profile.hist_bin_edges[1:]) / 2 / length
    assert len(centres) == 8
    if units is None:
        density = profile.mass_density * REDUCED_LINEAR_DENSITY
    else:
        # g/cm3 to reduced: m / sigma^3 = 6.6335e-23 g / (3.405e-8 cm)^3.
        density = profile.mass_density / (6.6335e-23 / 3.405e-8**3)
    # rho(x) = rho 2 x / L with rho = 1000 / 512; 60 000 samples, 940 in the first bin.
    np.testing.assert_allclose(density, 1000 / 512 * 2 * centres / 8, rtol=0.12)
    np.testing.assert_allclose(density.mean(), 1000 / 512, rtol=1e-4)


def test_the_examples_run():
    assert doctest.testmod(module).failed == 0
    assert doctest.testmod(module).attempted > 0
