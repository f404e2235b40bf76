"""Checkpoints: a run goes on bit for bit."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md import checkpoint
from knudsen.md.measures.profiles import Profile
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.measures.thermo import Thermo
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")
COLUMNS = ("position", "velocity", "force", "image", "id")


def start(seed=1, timestep=0.004, **options):
    liquid = lattice(4, 0.8442, temperature=1.44, seed=seed)
    gas = lattice(4, 0.1, temperature=2.0, seed=seed + 1)
    positions, velocities, lengths = ([a, b] for a, b in zip(liquid, gas, strict=True))
    boxes = [[length] * 3 for length in lengths]
    options = {"device": "cpu"} | options
    return Simulation(positions, velocities, boxes, SMOOTH, timestep=timestep, **options)


def same_bits(one, other):
    count = one.atoms.count
    for name in COLUMNS:
        a, b = (getattr(simulation.atoms, name) for simulation in (one, other))
        width = 4 * count if name == "position" else len(a)
        assert np.array_equal(a[:width], b[:width]), name
    assert one.step == other.step
    assert np.array_equal(one.neighbours.builds, other.neighbours.builds)


@pytest.mark.parametrize("precision", ["double", "mixed", "single"])
def test_a_restored_run_goes_on_bit_for_bit(precision, tmp_path):
    through, again = start(precision=precision), start(seed=5, precision=precision)
    through.run(47)
    through.checkpoint(tmp_path / "state.h5")
    through.run(60)
    again.restore(tmp_path / "state.h5")
    again.run(60)
    same_bits(through, again)


def test_writing_a_checkpoint_changes_nothing(tmp_path):
    plain, written = start(), start()
    plain.run(40)
    for _ in range(4):
        written.run(10)
        written.checkpoint(tmp_path / "state.h5")
    same_bits(plain, written)


def test_a_changed_box_and_skin_are_restored(tmp_path):
    through, again = start(skin=0.35), start()
    for simulation in (through,):
        simulation.run(20)
        simulation.scale_box([[1.02, 1.02, 1.02], [0.99, 1.0, 1.01]])
        simulation.compute_forces()
        simulation.run(7)
    through.checkpoint(tmp_path / "state.h5")
    again.restore(tmp_path / "state.h5")
    assert again.skin == 0.35
    assert np.array_equal(again.box_lengths, through.box_lengths)
    through.run(40)
    again.run(40)
    same_bits(through, again)


def test_a_list_built_from_the_present_positions_would_be_seen(tmp_path):
    """The control: without the positions of the last build the order of sums is another."""
    through, again = start(), start()
    through.run(47)
    through.checkpoint(tmp_path / "state.h5")
    again.restore(tmp_path / "state.h5")
    again.neighbours.build()
    through.run(60)
    again.run(60)
    with pytest.raises(AssertionError):
        same_bits(through, again)


def test_counters_and_bounds_are_restored(tmp_path):
    through, again = start(skin=0.1), start(seed=5)
    through.run(10)
    built = through.resolution()["list_builds"]
    through.use_skin(0.3)
    through.run(5)
    through.checkpoint(tmp_path / "state.h5")
    again.run(3)
    again.restore(tmp_path / "state.h5")
    assert again.resolution() == through.resolution()
    assert again.resolution()["list_builds"] >= built + 2 > 4
    assert np.array_equal(again.temperature_bound, through.temperature_bound)
    assert np.array_equal(again.reserve, through.reserve)


def measured(*measures):
    simulation = start()
    for measure in measures:
        simulation.add_measure(measure)
    return simulation


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (Thermo(10), r"measure 0 is Thermo\(every=10\) here and Thermo\(every=5\) in the file"),
        (RadialDistribution(5, bins=40), r"measure 0 is RadialDistribution\(every=5, bins=40"),
        (Profile(every=5), "measure 0 is Profile"),
    ],
)
def test_another_measure_is_refused_by_name(other, words, tmp_path):
    run = measured(Thermo(5), RadialDistribution(5, bins=30))
    run.run(10)
    run.checkpoint(tmp_path / "state.h5")
    with pytest.raises(ValueError, match=words):
        measured(other).restore(tmp_path / "state.h5")


def test_other_bins_that_would_fit_are_refused(tmp_path):
    run = measured(RadialDistribution(5, bins=30))
    run.run(10)
    run.checkpoint(tmp_path / "state.h5")
    for changed in (RadialDistribution(10, bins=30), RadialDistribution(5, bins=30, r_max=2.0)):
        with pytest.raises(ValueError, match="add the measures that the run had"):
            measured(changed).restore(tmp_path / "state.h5")
    with pytest.raises(ValueError, match=r"measure 1 is Thermo.* and none in the file"):
        measured(RadialDistribution(5, bins=30), Thermo(5)).restore(tmp_path / "state.h5")


def test_the_last_measures_may_be_left_out(tmp_path):
    run = measured(Thermo(5), RadialDistribution(5, bins=30))
    run.run(10)
    run.checkpoint(tmp_path / "state.h5")
    for again in (measured(), measured(Thermo(5))):
        again.restore(tmp_path / "state.h5")
        same_bits(run, again)
    assert np.array_equal(again.result()[0].kinetic, run.result()[0].kinetic)


def test_a_file_of_another_format_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(checkpoint, "FORMAT", 1)
    start().checkpoint(tmp_path / "state.h5")
    monkeypatch.undo()
    with pytest.raises(ValueError, match="of format 1, where this program reads format 2"):
        start().restore(tmp_path / "state.h5")


@pytest.mark.parametrize(
    "changes", [{"timestep": 0.005}, {"precision": "mixed"}, {"seed": 3, "masses": [2.0]}]
)
def test_another_problem_is_refused(changes, tmp_path):
    start().checkpoint(tmp_path / "state.h5")
    with pytest.raises(ValueError, match="another problem"):
        start(**changes).restore(tmp_path / "state.h5")


def test_a_torn_file_is_refused(tmp_path):
    path = tmp_path / "state.h5"
    start().checkpoint(path)
    path.write_bytes(path.read_bytes()[:1000])
    with pytest.raises(ValueError, match="torn"):
        start().restore(path)
