"""Checkpoints: a run goes on bit for bit."""

import numpy as np
import pytest
from lattices import lattice

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
