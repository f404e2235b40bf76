"""`MDAnalysis.Universe(simulation)`: the state as it is when a frame is read."""

import pickle
import subprocess
import sys

import numpy as np
import pytest
from liquids import binary, copies, liquid

MDAnalysis = pytest.importorskip("MDAnalysis")

import knudsen.md.mdanalysis  # noqa: E402, F401
from knudsen.core.units import ReducedUnits  # noqa: E402

ARGON = ReducedUnits(sigma=3.405e-10, epsilon_over_k=119.8, mass=6.6335e-26)
LENGTH, TIME, MASS = 3.405, 2.1564, 39.948


@pytest.fixture(scope="module")
def run():
    simulation = liquid()
    simulation.run(400)
    return simulation


def folded(simulation):
    return (
        simulation.positions
        - np.floor(simulation.positions / simulation.box_lengths) * simulation.box_lengths
    )


def test_a_universe_of_a_simulation(run):
    universe = MDAnalysis.Universe(run)
    assert (len(universe.trajectory), len(universe.atoms), universe.trajectory.dt) == (1, 256, 0.0)
    np.testing.assert_array_equal(universe.atoms.positions, folded(run).astype(np.float32))
    np.testing.assert_array_equal(universe.atoms.velocities, run.velocities.astype(np.float32))
    np.testing.assert_allclose(universe.dimensions, [*run.box.lengths, 90, 90, 90], rtol=1e-6)
    assert set(universe.atoms.names) == {"A"} and set(universe.atoms.masses) == {1.0}
    assert universe.trajectory.time == pytest.approx(run.time)
    assert universe.trajectory.ts.data["step"] == 400


def test_atoms_lie_in_the_box_however_far_they_drifted_since_the_last_list(run):
    universe = MDAnalysis.Universe(run)
    assert (universe.atoms.positions >= 0).all() and (universe.atoms.positions <= run.box.lengths[0]).all()
    assert (run.positions < 0).any() or (run.positions > run.box.lengths[0]).any()


def test_real_units_and_names(run):
    universe = MDAnalysis.Universe(run, units=ARGON, names=["Ar"])
    np.testing.assert_allclose(universe.atoms.positions, folded(run) * LENGTH, rtol=1e-5)
    np.testing.assert_allclose(universe.atoms.velocities, run.velocities * LENGTH / TIME, rtol=1e-4)
    np.testing.assert_allclose(universe.dimensions[:3], np.array(run.box.lengths) * LENGTH, rtol=1e-6)
    np.testing.assert_allclose(universe.atoms.masses, MASS, rtol=1e-4)
    assert universe.trajectory.time == pytest.approx(run.time * TIME, rel=1e-4)
    assert len(universe.select_atoms("name Ar")) == 256
    with pytest.raises(ValueError, match="units must be"):
        MDAnalysis.Universe(run, units="real")


def test_unwrapped(run):
    universe = MDAnalysis.Universe(run, unwrapped=True)
    np.testing.assert_allclose(universe.atoms.positions, run.unwrapped_positions, atol=1e-5)
    assert (universe.atoms.positions < 0).any()


@pytest.mark.parametrize(
    "read",
    [
        lambda universe: universe.trajectory[0],
        lambda universe: universe.trajectory[-1],
        lambda universe: universe.trajectory.rewind(),
        lambda universe: [None for _ in universe.trajectory],
        lambda universe: [None for _ in universe.trajectory[:]],
    ],
    ids=["first", "last", "rewind", "loop", "slice"],
)
def test_reading_the_frame_again_gives_the_state_of_then(read):
    simulation = liquid()
    universe = MDAnalysis.Universe(simulation)
    before = universe.atoms.positions.copy()
    simulation.run(5)
    np.testing.assert_array_equal(universe.atoms.positions, before)
    read(universe)
    np.testing.assert_array_equal(universe.atoms.positions, folded(simulation).astype(np.float32))
    assert universe.trajectory.time == pytest.approx(0.02)
    assert (universe.atoms.positions != before).any()


def test_transformations_act_on_each_reading():
    simulation = liquid()

    def lift(ts):
        ts.positions += 100
        return ts

    universe = MDAnalysis.Universe(simulation, transformations=lift)
    for _ in range(2):
        universe.trajectory[0]
        np.testing.assert_allclose(universe.atoms.positions, folded(simulation) + 100, atol=1e-4)
        simulation.run(5)


def test_writing_to_the_universe_leaves_the_run_alone():
    simulation, twin = liquid(), liquid()
    universe = MDAnalysis.Universe(simulation)
    universe.atoms.positions += 1
    universe.atoms.velocities *= 0
    universe.trajectory[0]
    simulation.run(5)
    twin.run(5)
    np.testing.assert_array_equal(simulation.positions, twin.positions)


def test_a_copied_universe_stands_alone(run):
    universe = MDAnalysis.Universe(run)
    other = universe.copy()
    other.atoms.positions += 1
    np.testing.assert_array_equal(universe.atoms.positions, folded(run).astype(np.float32))
    other.trajectory[0]
    np.testing.assert_array_equal(other.atoms.positions, universe.atoms.positions)


def test_pickling_is_refused_with_the_remedy(run):
    with pytest.raises(TypeError, match="record a trajectory"):
        pickle.dumps(MDAnalysis.Universe(run))


def test_one_of_several_copies():
    simulation = copies()
    simulation.run(5)
    for copy in range(3):
        universe = MDAnalysis.Universe(simulation, copy=copy, unwrapped=True)
        np.testing.assert_allclose(universe.atoms.positions, simulation.unwrapped_positions[copy], atol=1e-5)
        assert len(universe.atoms) == 256
    with pytest.raises(ValueError, match=r"3 copies: name one.*copy=0"):
        MDAnalysis.Universe(simulation)
    with pytest.raises(ValueError, match="copy must be from 0 to 2, got 3"):
        MDAnalysis.Universe(simulation, copy=3)


def test_axes_that_are_not_periodic():
    simulation = liquid(periodic=(True, True, False))
    universe = MDAnalysis.Universe(simulation)
    assert universe.trajectory.periodic == (True, True, False)
    simulation.atoms.position[2] = -0.1  # beyond the face at z = 0: not folded to the other side
    universe.trajectory[0]
    assert universe.atoms.positions[:, 2].min() == np.float32(-0.1)


def test_frozen_atoms_have_no_mass():
    """So that means weighted by mass are those of the atoms that move."""
    simulation = binary()
    universe = MDAnalysis.Universe(simulation)
    assert universe.atoms.masses[:4].tolist() == [1, 0, 1, 0]
    mobile = folded(simulation)[::2]
    np.testing.assert_allclose(universe.atoms.center_of_mass(), mobile.mean(axis=0), rtol=1e-5)


def test_other_atoms_need_another_universe():
    simulation = binary(masses=(1.0, 2.0))
    universe = MDAnalysis.Universe(simulation)
    universe.trajectory[0]
    simulation.atoms.position[3 : 4 * simulation.atoms.count : 4] = 0.0
    with pytest.raises(ValueError, match="make a new one"):
        universe.trajectory[0]


def test_analyses_take_the_one_frame(run):
    from MDAnalysis.analysis.rdf import InterRDF

    atoms = MDAnalysis.Universe(run).atoms
    found = InterRDF(atoms, atoms, nbins=20, range=(0, 3), exclusion_block=(1, 1)).run().results.count
    difference = run.positions[:, None] - run.positions
    distance = np.linalg.norm(run.box.separation(difference), axis=-1)[~np.eye(256, dtype=bool)]
    expected = np.histogram(distance, bins=20, range=(0, 3))[0]
    assert np.abs(found - expected).sum() <= 4  # float32 may put a pair into the next bin


WITHOUT_THE_ENGINE = """
import sys
import knudsen.md.mdanalysis
assert "knudsen.md.simulation" not in sys.modules and "numba" not in sys.modules
from MDAnalysis.core._get_readers import get_reader_for
assert get_reader_for("run.xyz").format == "XYZ"
"""


def test_importing_the_adapter_does_not_import_the_engine():
    subprocess.run([sys.executable, "-c", WITHOUT_THE_ENGINE], check=True, timeout=100)
