"""What all measures must do: leave the run alone, know no threads and no other copies, outlive a restore."""

from dataclasses import fields, is_dataclass

import numba
import numpy as np
import pytest
from lattices import lattice

from knudsen.md.measures.correlator import (
    CurrentCorrelation,
    HeatFluxCorrelation,
    StressCorrelation,
    VelocityAutocorrelation,
)
from knudsen.md.measures.displacement import Displacement
from knudsen.md.measures.profiles import Profile
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.measures.structure_factor import StructureFactor
from knudsen.md.measures.thermo import Thermo
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.shear import Sllod
from knudsen.md.simulation import Simulation
from knudsen.md.state.atoms import Start

PAIRS = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.0, form="switched")
GRID = {"levels": 3, "points": 4}
MAKE = {
    "velocities": lambda: VelocityAutocorrelation(every=2, **GRID),
    "currents": lambda: CurrentCorrelation(every=1, **GRID),
    "stress": lambda: StressCorrelation(every=3, **GRID),
    "heat": lambda: HeatFluxCorrelation(every=2, **GRID),
    "displacement": lambda: Displacement(every=2, **GRID),
    "near pairs": lambda: RadialDistribution(every=5, bins=30),
    "far pairs": lambda: RadialDistribution(every=10, bins=30, r_max=2.6),
    "waves": lambda: StructureFactor(every=10, k_max=6.0, shells=8),
    "profile": lambda: Profile(every=3, bins=5, blocks=8),
    "thermo": lambda: Thermo(every=4),
}


def system(cells, density, seed):
    positions, velocities, length = lattice(cells, density, temperature=1.44, seed=seed)
    return positions, velocities, [length] * 3, (np.arange(len(positions)) % 3 == 0).astype(int)


SYSTEMS = [system(4, 0.8442, 1), system(3, 0.4, 2), system(4, 0.1, 3)]


def together(systems=SYSTEMS, **options):
    positions, velocities, boxes, species = (list(column) for column in zip(*systems, strict=True))
    options = {"masses": [1.0, 3.0], "timestep": 0.004, "device": "cpu", "skin": 0.3} | options
    return Simulation(positions, velocities, boxes, PAIRS, species=species, **options)


def with_measures(sim):
    measures = {name: make() for name, make in MAKE.items()}
    for measure in measures.values():
        sim.add_measure(measure)
    return measures


def numbers(result):
    """All arrays of a result, by name."""
    assert is_dataclass(result) and result.__dataclass_params__.frozen
    found = {}
    for field in fields(result):
        value = getattr(result, field.name)
        values = value if isinstance(value, tuple) else (value,)
        found |= {f"{field.name}{k}": np.asarray(each) for k, each in enumerate(values)}
    return found


def same(one, other):
    one, other = numbers(one), numbers(other)
    return all(np.array_equal(one[name], other[name], equal_nan=one[name].dtype.kind == "f") for name in one)


@pytest.fixture(scope="module")
def measured():
    sim = together()
    measures = with_measures(sim)
    sim.run(60)
    return sim, measures


@pytest.mark.parametrize("precision", ["double", "single"])
def test_measuring_leaves_a_run_as_it_is(measured, precision):
    quiet = together(precision=precision)
    quiet.run(60)
    loud = measured[0]
    if precision == "single":
        loud = together(precision=precision)
        with_measures(loud)
        loud.run(60)
    count = quiet.atoms.count
    assert np.array_equal(quiet.atoms.position[: 4 * count], loud.atoms.position[: 4 * count])
    assert np.array_equal(quiet.atoms.velocity, loud.atoms.velocity)
    assert np.array_equal(quiet.atoms.force, loud.atoms.force)


def test_two_threads_give_the_same_bits(measured):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one thread only here")
    numba.set_num_threads(2)
    sim = together()
    measures = with_measures(sim)
    sim.run(60)
    numba.set_num_threads(1)
    for name in MAKE:
        assert same(measures[name].result(), measured[1][name].result()), name


def test_a_restored_run_measures_on_bit_for_bit(measured, tmp_path):
    first, again = together(), together([system(4, 0.8442, 5), *SYSTEMS[1:]])
    with_measures(first)
    first.run(27)
    first.checkpoint(tmp_path / "state.h5")
    measures = with_measures(again)
    again.run(8)
    again.restore(tmp_path / "state.h5")
    again.run(33)
    for name in MAKE:
        assert same(measures[name].result(), measured[1][name].result()), name


COPY_FIRST = {
    "velocities": ("values",),
    "currents": ("values", "means"),
    "stress": ("values", "means"),
    "heat": ("values", "means"),
    "displacement": ("squared", "collective"),
    "near pairs": ("pairs", "expected"),
    "far pairs": ("pairs", "expected"),
    "waves": ("per_vector", "wave_numbers"),
    "profile": ("sums", "lengths"),
    "thermo": ("temperature", "pressure_tensor", "conserved"),
}


def test_a_copy_does_not_know_the_others(measured):
    for copy, one in enumerate(SYSTEMS):
        sim = together([one])
        measures = with_measures(sim)
        sim.run(60)
        for name, columns in COPY_FIRST.items():
            alone, batch = measures[name].result(), measured[1][name].result()
            for column in columns:
                a, b = getattr(alone, column)[0], getattr(batch, column)[copy]
                assert np.array_equal(a, b, equal_nan=True), (name, column)


@pytest.mark.parametrize("name", ["displacement", "far pairs", "waves"])
def test_what_a_sheared_box_does_not_have_is_refused(name):
    sim = together(mover=Sllod(0.1))
    with pytest.raises(ValueError, match="sheared box"):
        sim.add_measure(MAKE[name]())
    sim.add_measure(MAKE["near pairs"]())
    sim.run(5)


def test_atoms_that_come_and_go():
    """What follows atoms says so; the rest goes on."""
    sim = together()
    starts = [Start(p, v, s) for p, v, _, s in (SYSTEMS[0], SYSTEMS[1], SYSTEMS[2])]
    measures = {name: make() for name, make in MAKE.items()}
    for measure in measures.values():
        measure.bind(sim)
    sim.replace_atoms([Start(*(column[1:] for column in starts[0])), *starts[1:]])
    for name, measure in measures.items():
        if name in ("velocities", "currents", "displacement", "near pairs", "far pairs"):
            with pytest.raises(ValueError, match="came or went"):
                measure.take(sim)
        else:
            measure.take(sim)
    profile = measures["profile"].result()
    assert np.array_equal(profile.sums[..., 0].sum(axis=(1, 2)), sim.species_counts)


def test_other_runs_measure_other_numbers(measured):
    """Negative control of the comparisons above."""
    sim = together([system(4, 0.8442, 9), *SYSTEMS[1:]])
    measures = with_measures(sim)
    sim.run(60)
    for name in MAKE:
        assert not same(measures[name].result(), measured[1][name].result()), name
