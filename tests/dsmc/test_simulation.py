"""The slab simulation: what it refuses, what it conserves, what its samples are."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.samples import MOMENTS
from knudsen.dsmc import Arrhenius, Collisions, InternalEnergy, Probability, Reaction, RotatingFrame
from knudsen.dsmc.boundaries import ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23


def make(gases=("He", "Ar"), cells=4, length=1e-6, face=Periodic(), pressure=1e5, **changes):  # noqa: B008
    filling = Filling(pressure, 300.0, changes.pop("left", (0.5, 0.5)), changes.pop("right", None))
    settings = {"particles_per_cell": 50.0, "timestep": 1e-11, "device": "cpu"} | changes
    slab = Slab(length, cells, face, face, settings.pop("subcells", 1))
    return Simulation(Mixture(gases), slab, filling, **settings)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"timestep": 0.0}, "timestep"),
        ({"timestep": float("nan")}, "timestep"),
        ({"timestep": float("inf")}, "timestep"),
        ({"particles_per_cell": -5.0}, "particles_per_cell"),
        ({"particles_per_cell": float("nan")}, "particles_per_cell"),
        ({"copies": 0}, "copies"),
        ({"precision": "half"}, "precision 'half'"),
        ({"device": "gpu"}, "device 'gpu'"),
        ({"left": (1.0,)}, "1 mole fractions for the 2 species"),
        ({"left": (0.5, 0.5), "right": (1.0,)}, "mole fractions"),
        ({"left": (0.5, 0.6)}, "sum to one"),
        ({"pressure": 0.0}, "pressure must be positive"),
        ({"length": 0.0}, "the extent must be positive"),
        ({"length": float("nan")}, "the extent must be positive"),
        ({"cells": 0}, "at least 1"),
        ({"subcells": 0}, "at least 1"),
        ({"particles_per_cell": 1e9}, "particles pass the 2"),
        ({"face": ExchangeReservoir(300.0, (1.0,))}, "left: 1 mole fractions"),
        ({"face": OpenReservoir(1.0, 300.0, (0.2, 0.3, 0.5))}, "left: 3 mole fractions"),
    ],
)
def test_arguments_that_do_not_fit_together_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        make(**changes)


def test_every_fault_is_named_at_once():
    with pytest.raises(ValueError) as refused:
        make(timestep=-1.0, precision="half", left=(1.0,), face=ExchangeReservoir(300.0, (1.0,)))
    for words in ("left: 1 mole fractions", "filling: 1 mole", "timestep", "precision 'half'"):
        assert words in str(refused.value)


def test_a_shape_is_looked_at_beside_a_number():
    with pytest.raises(ValueError) as refused:
        make(
            timestep=-1.0, particles_per_cell=0.0, acceleration=((1.0, 2.0),),
            rotation=RotatingFrame((0.0, 0.0, 5.0)), species_weights=(1.0, 0.5), internal=InternalEnergy(),
        )  # fmt: skip
    for words in (
        "timestep must be positive and finite, got -1.0;", "particles_per_cell must be positive",
        "acceleration: ((1.0, 2.0),) is not three", "rotation: a slab", "no molecule of",
        "leave out species_weights, or internal",
    ):  # fmt: skip
        assert words in str(refused.value)


REACTION = Reaction(("He",), ("Ar",), Arrhenius(1.0))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"copies": 2.5}, "copies must be a whole number of at least 1, got 2.5"),
        ({"copies": True}, "copies must be a whole number"),
        ({"seed": -1}, "seed must be a whole number from 0, .*got -1"),
        ({"seed": 1.5}, "seed must be a whole number"),
        ({"timestep": "1e-11"}, r"timestep must be a number \[s\], got '1e-11'"),
        ({"particles_per_cell": None}, "particles_per_cell must be a number"),
        ({"domain": "slab"}, "domain must be a Slab, Channel, Box or Tube"),
        ({"domain": None}, "domain must be a Slab"),
        ({"filling": (1e4, 300.0, (0.5, 0.5))}, "filling must be a Filling"),
        ({"gas": ["He", "Ar"]}, "gas must be a Mixture"),
        ({"collisions": "nearest"}, "collisions must be Collisions, such as"),
        ({"internal": True}, r"internal must be InternalEnergy\(\)"),
        ({"reactions": REACTION}, r"reactions must be a tuple of Reactions, \(reaction,\)"),
        ({"rotation": (0.0, 0.0, 1.0)}, "rotation must be a RotatingFrame"),
        ({"species_weights": ("a", "b")}, "species_weights must be a tuple of one positive number"),
        ({"species_weights": 1.0}, "species_weights must be"),
        ({"acceleration": "down"}, "acceleration must be three finite numbers"),
        ({"acceleration": ((0.0, 0.0, 1.0), (0.0,))}, "acceleration must be three finite numbers"),
        ({"copies": 0, "seed": "a", "gas": "He"}, "gas must be.*copies must be.*seed must be"),
    ],
)
def test_arguments_of_another_kind_are_refused_by_name(changes, message):
    given = {
        "gas": Mixture(["He", "Ar"]), "domain": Slab(1e-6, 4, Periodic(), Periodic()),
        "filling": Filling(1e4, 300.0, (0.5, 0.5)), "particles_per_cell": 5.0, "timestep": 1e-11,
    }  # fmt: skip
    with pytest.raises(ValueError, match=message):
        Simulation(**given | changes, device="cpu")


@pytest.mark.parametrize("steps", [-1, 1.5, True])
def test_what_is_no_number_of_steps_is_refused(steps):
    with pytest.raises(ValueError, match="steps must be a whole number from 0"):
        make().run(steps)


@pytest.mark.parametrize(
    ("make_it", "words"),
    [
        (lambda: Arrhenius(-1.0, float("nan"), -3.0), ("prefactor", "exponent", "activation")),
        (lambda: Probability(2.0, -1.0), ("value", "activation")),
        (lambda: Collisions("near", 0, -1.0), ("partners", "among", "cut_angle")),
        (
            lambda: InternalEnergy(False, False, {("N2", "N2"): -1.0}, {("N2", "N2"): 0.0}),
            ("neither rotation", "rotational_numbers", "vibrational_numbers"),
        ),
        (lambda: Mixture(["He", "He"], "foo"), ("named twice", "unknown model")),
    ],
)
def test_parts_name_every_fault_at_once(make_it, words):
    with pytest.raises(ValueError) as refused:
        make_it()
    for word in words:
        assert word in str(refused.value)


def test_a_mixture_names_every_gas_that_it_does_not_know():
    with pytest.raises(KeyError, match=r"'Xq'.*'Zz'.*unknown model 'foo'"):
        Mixture(["He", "Xq", "Zz"], "foo")


def test_one_periodic_face_is_refused():
    with pytest.raises(ValueError, match="periodic face opposite"):
        Slab(1e-6, 4, Periodic(), Specular())


@pytest.mark.parametrize(("every", "block"), [(0, 10), (3, 10), (1, 0), (-1, 10)])
def test_sampling_intervals_that_do_not_fit_are_refused(every, block):
    with pytest.raises(ValueError, match="multiple of every"):
        make().sample(every, block)


def test_a_result_before_the_first_block_is_refused():
    simulation = make()
    with pytest.raises(RuntimeError, match="no block"):
        simulation.result()
    simulation.sample(1, 10)
    simulation.run(9)
    with pytest.raises(RuntimeError, match="no block"):
        simulation.result()


@pytest.mark.parametrize("precision", ["double", "mixed"])
@pytest.mark.parametrize("face", [Periodic(), Specular()])
def test_number_momentum_and_energy_are_conserved(precision, face):
    """Round-off alone changes them: 1e-13 in double precision, 1e-6 with float32 velocities."""
    simulation = make(face=face, precision=precision, copies=2)
    masses = np.array(simulation.gas.masses)

    def totals():
        p = simulation.particles
        velocity = np.array([p.vx, p.vy, p.vz], float)
        mass = masses[p.species]
        energy = (mass * (velocity**2).sum(axis=0)).sum()
        return (mass * velocity).sum(axis=1) / np.sqrt(mass.sum() * energy), energy

    momentum, energy = totals()
    simulation.run(200)
    later_momentum, later_energy = totals()
    tolerance = 1e-13 if precision == "double" else 1e-6
    assert simulation.resolution()["collisions"] > 1000
    assert simulation.particle_count == 400
    assert later_energy == pytest.approx(energy, rel=tolerance)
    kept = slice(None) if isinstance(face, Periodic) else slice(1, None)
    np.testing.assert_allclose(later_momentum[kept], momentum[kept], atol=tolerance)


def test_samples_are_the_moments_of_the_molecules():
    """One step without collisions, so two equal samples: each sum against NumPy, energy flux included."""
    simulation = make(pressure=1e-3, copies=2, subcells=3, particles_per_cell=60.0)
    simulation.sample(1, 1)
    simulation.run(1)
    p, samples = simulation.particles, simulation.result()
    v = np.array([p.vx, p.vy, p.vz])
    x, y, z = v
    square = (v**2).sum(axis=0)
    columns = [np.ones_like(x), x, y, z, x * x, y * y, z * z, x * y, x * z, y * z, *(square * v)]
    assert len(columns) == len(MOMENTS)
    cell = (p.along(0) / simulation.domain.cell_width).astype(int)
    copy = np.arange(len(x)) // p.capacity
    expected = np.zeros(samples.sums.shape[1:])
    for moment, column in enumerate(columns):
        np.add.at(expected[..., moment], (copy, cell, p.species), column)
    scale = np.abs(expected).max(axis=(0, 1, 2))
    np.testing.assert_allclose(samples.sums[0] / scale, 2 * expected / scale, atol=1e-13)


def test_blocks_hold_what_was_asked_for():
    simulation = make()
    simulation.run(3)
    simulation.sample(5, 20)
    simulation.run(47)
    samples = simulation.result()
    assert samples.names == ("He", "Ar")
    np.testing.assert_array_equal(samples.steps, [20, 20])
    np.testing.assert_array_equal(samples.samples, [8, 8])
    np.testing.assert_array_equal(samples.sums[..., 0].sum(axis=(1, 2, 3)), [8 * 200, 8 * 200])
    density = samples.weight[0, 0] * samples.sums[0, :, :, :, 0].sum() / samples.samples[0] / samples.length
    assert density == pytest.approx(1e5 / (BOLTZMANN * 300.0), rel=1e-12)


def test_the_filling_is_what_was_asked_for():
    """Stratified counts, composition linear in x, Maxwellian of each species at rest."""
    simulation = make(left=(0.9, 0.1), right=(0.2, 0.8), cells=10, particles_per_cell=4000.0)
    p = simulation.particles
    cell = (p.along(0) / simulation.domain.cell_width).astype(int)
    helium = np.bincount(cell[p.species == 0], minlength=10)
    np.testing.assert_allclose(helium, 4000 * (0.9 - 0.07 * (np.arange(10) + 0.5) * 1.0), atol=1)
    assert np.all(np.abs(np.bincount(cell) - 4000) <= 1)
    for species, mass in enumerate(simulation.gas.masses):
        kept = p.species == species
        n, spread = kept.sum(), np.sqrt(BOLTZMANN * 300 / mass)
        for v in (p.vx[kept], p.vy[kept], p.vz[kept]):
            assert abs(v.mean()) < 4 * spread / np.sqrt(n)
            assert abs(v.var() / spread**2 - 1) < 4 * np.sqrt(2 / n)
