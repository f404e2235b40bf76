"""The thermodynamic series: what the simulation says at each sample, however many there are."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.measures import thermo
from knudsen.md.measures.thermo import Thermo
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")


def copies():
    starts = [lattice(3, 0.5, seed=seed, temperature=seed) for seed in (1, 2)]
    positions, velocities, lengths = zip(*starts, strict=True)
    boxes = [[length] * 3 for length in lengths]
    return Simulation(list(positions), list(velocities), boxes, SMOOTH, timestep=0.004, device="cpu")


def test_series_is_what_the_simulation_says(monkeypatch):
    monkeypatch.setattr(thermo, "FIRST_ROWS", 4)
    sim, measure = copies(), Thermo(every=3)
    sim.add_measure(measure)
    seen = []
    for _ in range(11):
        sim.run(3)
        seen.append(
            (
                sim.temperatures(),
                sim.potential_energies(),
                sim.conserved(),
                sim.kinetic_energies(),
                sim.volumes,
            )
        )
        tensor = sim.pressure_tensors()
    found = measure.result()
    assert list(found.steps) == list(range(3, 34, 3))
    assert found.times == pytest.approx(0.012 * np.arange(1, 12))
    series = (found.temperature, found.potential, found.conserved, found.kinetic, found.volume)
    for name, column in zip(zip(*seen, strict=True), series, strict=True):
        assert np.array_equal(np.array(name).T, column)
    assert np.array_equal(found.pressure_tensor[:, -1], tensor)
    assert np.array_equal(found.pressure[:, -1], np.trace(tensor, axis1=1, axis2=2) / 3)


def test_a_longer_series_comes_back_from_a_checkpoint(monkeypatch, tmp_path):
    monkeypatch.setattr(thermo, "FIRST_ROWS", 2)
    through, again = copies(), copies()
    measures = Thermo(every=2), Thermo(every=2)
    for sim, measure in zip((through, again), measures, strict=True):
        sim.add_measure(measure)
    through.run(10)
    through.checkpoint(tmp_path / "state.h5")
    through.run(10)
    again.restore(tmp_path / "state.h5")
    again.run(10)
    one, other = (measure.result() for measure in measures)
    assert len(one.steps) == 10
    for name in vars(one):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name


def test_bad_interval_is_refused():
    with pytest.raises(ValueError, match="every"):
        Thermo(every=0)
