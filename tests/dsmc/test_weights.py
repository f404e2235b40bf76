"""Species of unequal weight: numbers, what a collision shares out, and sums that are kept to round-off."""

import numba
import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.gas_fields import gas_fields
from knudsen.analysis.groups import group_totals
from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import (
    CompositionReservoir,
    EvaporatingSurface,
    ExchangeReservoir,
    FluxReservoir,
    OpenReservoir,
    Periodic,
    PressureReservoir,
    Specular,
)
from knudsen.dsmc.collisions.scattering import scatter_pair
from knudsen.dsmc.collisions.weights import ACCOUNTS, scatter_weighted, settle_account
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.measures.fluctuations import CurrentFluctuations
from knudsen.dsmc.simulation import Simulation

GAS, WEIGHTS, TRACE = Mixture(["He", "Ar"], "hs"), (1.0, 1e-3), 2e-3
MASSES = np.array(GAS.masses)
ARRIVING, LEAVING = DIRECTIONS.index("arriving"), DIRECTIONS.index("leaving")
NUMBER = WALL_TOTALS.index("number")
RNG = np.random.default_rng(5)


def make(left=None, right=None, *, x=TRACE, weights=WEIGHTS, cells=6, **settings):
    left, right = left or Periodic(), right or Periodic()
    return Simulation(
        GAS, Slab(3e-7, cells, left, right), Filling(1e5, 300.0, (1 - x, x)), species_weights=weights,
        **{"particles_per_cell": 6, "timestep": 2e-11, "device": "cpu", "copies": 2} | settings,
    )  # fmt: skip


def live(simulation):
    slots = np.arange(simulation.particles.capacity) < simulation.particles.counts[:, None]
    return {
        name: getattr(simulation.particles, name)[slots.ravel()]
        for name in ("place", "vx", "vy", "vz", "species")
    }


def conserved(simulation):
    """Momentum and twice the energy of the gas and of what its cells still owe, in units of W."""
    particles, heavy = live(simulation), simulation.species_weights * MASSES
    v = np.stack([particles[name].astype(float) for name in ("vx", "vy", "vz")])
    mass = heavy[particles["species"]]
    owed = (heavy[:, None] * simulation._collider.owed).sum(axis=(0, 1))
    return (mass * v).sum(axis=1) + owed[:3], (mass * v**2).sum() + owed[3]


@pytest.mark.parametrize("heavier", [0, 1])
@pytest.mark.parametrize("u", [0.2, 0.3])
def test_a_collision_changes_the_lighter_and_by_chance_the_heavier(heavier, u):
    """What the heavier takes and what its species is still owed are together the share W_b / W_a of it."""
    weights = np.array([1.0, 0.25]) if heavier == 0 else np.array([0.25, 1.0])
    v, owed = 500 * RNG.standard_normal((3, 2)), np.zeros((2, ACCOUNTS))
    after, both = v.copy(), v.copy()
    deflection = (MASSES[0] / MASSES.sum(), 0.3, 0.7)
    scatter_weighted(0, 1, 0, 1, *after, *deflection, u, weights, owed)
    scatter_pair(0, 1, *both, *deflection)
    lighter = 1 - heavier
    assert_allclose(after[:, lighter], both[:, lighter], rtol=1e-13)
    taken = both[:, heavier] if u < 0.25 else v[:, heavier]
    assert_allclose(after[:, heavier], taken, rtol=1e-13)
    squares = [(each[:, heavier] ** 2).sum() for each in (v, after, both)]
    total = np.append(after[:, heavier] - v[:, heavier], squares[1] - squares[0]) + owed[heavier]
    change = np.append(both[:, heavier] - v[:, heavier], squares[2] - squares[0])
    assert_allclose(total, 0.25 * change, rtol=1e-12, atol=1e-9)
    assert not owed[lighter].any()


@pytest.mark.parametrize("precision", [np.float64, np.float32])
def test_what_is_owed_is_given_to_all_alike(precision):
    """They move by p / N and are stretched about their mean; the account holds what rounding keeps."""
    v = (300 * RNG.standard_normal((3, 9))).astype(precision)
    before, owed = v.astype(float), np.array([30.0, -12.0, 4.0, 2e5])
    account = owed.copy()
    settle_account(2, 9, *v, account)
    after = v.astype(float)
    np.testing.assert_array_equal(after[:, :2], before[:, :2])
    given = (after - before).sum(axis=1)
    assert_allclose(given + account[:3], owed[:3], rtol=1e-12)
    assert_allclose((after**2 - before**2).sum() + account[3], owed[3], rtol=1e-9)
    assert np.abs(account / owed).max() < (1e-9 if precision is np.float64 else 1e-2)
    stretch = np.ptp(after[:, 2:], axis=1) / np.ptp(before[:, 2:], axis=1)
    assert_allclose(stretch, stretch.mean(), rtol=1e-6)


@pytest.mark.parametrize(("molecules", "energy"), [(1, 5e4), (3, -1e9)])
def test_energy_that_few_molecules_cannot_take_waits(molecules, energy):
    """A single molecule moves; whatever else is owed stays on the account."""
    v = 300 * RNG.standard_normal((3, molecules))
    before, account = v.copy(), np.array([6.0, 0.0, -3.0, energy])
    settle_account(0, molecules, *v, account)
    assert_allclose(v - before, np.array([[6.0], [0.0], [-3.0]]) / molecules + 0 * v, atol=1e-9)
    assert account[3] == pytest.approx(energy - (v**2 - before**2).sum(), rel=1e-12)


def test_momentum_and_energy_are_kept_to_round_off():
    """Cells of every number of molecules, none and one too; both species near each other in number."""
    for x, weights in ((TRACE, WEIGHTS), (0.2, (1.0, 0.1)), (0.9, (1e-2, 1.0))):
        simulation = make(x=x, weights=weights, seed=3, cells=18, particles_per_cell=2)
        momentum, energy = conserved(simulation)
        few = set()
        for _ in range(30):
            simulation.run(5)
            counts = np.diff(simulation.starts, axis=1).ravel()
            few |= set(counts[counts < 4].tolist())
        assert few >= {0, 1, 2, 3} and simulation.resolution()["collisions"] > 300
        after = conserved(simulation)
        assert_allclose(after[0], momentum, atol=1e-12 * np.sqrt(energy * MASSES.max()))
        assert after[1] == pytest.approx(energy, rel=1e-12)
        # The control: without what the cells still owe it would be missed.
        gone = (simulation.species_weights * MASSES) @ simulation._collider.owed[..., 3].sum(axis=0)
        assert abs(gone) > 1e-9 * energy


def test_equal_weights_are_no_weights():
    """All of one weight: fewer molecules of the same gas, by the kernel of the plain gas where it is one."""
    assert make(weights=(1, 1)).problem == make(weights=None).problem
    assert not make(weights=None)._collider.weighted
    assert make(weights=(0.5, 0.5)).particle_count == pytest.approx(
        2 * make(weights=None).particle_count, abs=2
    )


def test_a_filling_has_the_density_of_each_species():
    simulation = make(x=0.01, particles_per_cell=500)
    found = np.bincount(live(simulation)["species"]) / 2
    assert_allclose(found, 500 * 6 * np.array([0.99, 0.01 / 1e-3]), atol=0.5)
    simulation.sample(1, 2)
    simulation.run(2)
    samples = simulation.result()
    fields = gas_fields(samples, group_totals(samples, np.array([[0, 1]])))
    n = 1e5 / (BOLTZMANN * 300)
    density = (fields["number_density"].value * samples.volumes[:, None]).sum(axis=0) / 3e-7
    assert_allclose(density, n * np.array([0.99, 0.01]), rtol=1e-4)
    assert fields["mole_fraction"].value[:, 1].mean() == pytest.approx(0.01, rel=0.03)


@pytest.mark.parametrize(
    "face", [OpenReservoir(1e5, 300.0, (0.9, 0.1)), EvaporatingSurface(300.0, (2e24, 1e24), 0.7)]
)
def test_open_faces_send_in_real_molecules_over_their_weight(face):
    plain, weighed = (make(face, Specular(), weights=each) for each in (None, WEIGHTS))
    assert_allclose(weighed.faces.arrivals[0, 0] * WEIGHTS, plain.faces.arrivals[0, 0], rtol=1e-14)
    assert plain.weights[0, 0] == weighed.weights[0, 0]


def test_held_fluxes_are_met_to_a_molecule_of_each_weight():
    flux = np.array([[4e26, -2e24], [-2e26, 4e24]])
    simulation = make(
        *(FluxReservoir(tuple(each), 300.0) for each in flux), x=0.01, weights=(1.0, 1e-2),
        particles_per_cell=40, copies=1,
    )  # fmt: skip
    simulation.sample(1, 150)
    simulation.run(150)
    number = simulation.result().walls[0, 0, ..., NUMBER]
    net = (number[..., LEAVING] - number[..., ARRIVING]) * simulation.species_weights
    asked = flux * 150 * 2e-11 / simulation.weights[0, 0]
    assert_allclose(net, asked - simulation.held.owed[0], atol=1e-6)
    assert np.all(np.abs(simulation.held.owed[0] / simulation.species_weights) < 4)
    assert np.abs(asked / simulation.species_weights).min() > 5


def test_held_pressures_and_compositions_count_real_molecules():
    """They answer to the same gas alike, whatever the weights."""
    answers = []
    for weights in (None, (1.0, 1e-2)):
        simulation = make(
            CompositionReservoir(300.0, (0.99, 0.01), 0.0), PressureReservoir(1e5, 300.0, (0.99, 0.01)),
            x=0.01, weights=weights, particles_per_cell=4e4, copies=1,
        )  # fmt: skip
        simulation.run(1)
        assert_allclose(simulation.held.fractions[0, 0], [0.99, 0.01], rtol=1e-3)
        real, volume = simulation.weights[0], simulation.grid.volumes[0]
        pressure = simulation.held.smooth[0, 1, 4] * real[0] / (3 * volume)
        sent = simulation.faces.arrivals[0, 1] * real
        answers.append([pressure, simulation.held.factor[0, 1], *sent])
    assert_allclose(answers[1], answers[0], rtol=0.02)
    assert 0.6e5 < answers[0][0] < 1e5


def test_threads_pauses_and_batch_mates_change_nothing(tmp_path):
    before = numba.get_num_threads()
    whole = make(copies=3, seed=9)
    whole.run(12)
    numba.set_num_threads(min(2, numba.config.NUMBA_NUM_THREADS))
    twin = make(copies=3, seed=9)
    twin.run(5)
    twin.checkpoint(tmp_path / "half.h5")
    other = make(copies=3, seed=9)
    other.restore(tmp_path / "half.h5")
    other.run(7)
    numba.set_num_threads(before)
    single = make(copies=1, seed=9)
    single.run(12)
    first = int(single.particles.counts[0])
    for name, column in live(whole).items():
        np.testing.assert_array_equal(column, live(other)[name], err_msg=name)
        np.testing.assert_array_equal(column[:first], live(single)[name], err_msg=name)
    np.testing.assert_array_equal(whole._collider.owed, other._collider.owed)
    assert whole._collider.owed.any()


def test_a_checkpoint_keeps_what_collisions_and_what_reservoirs_owe(tmp_path):
    """Both books of a run that has both, each its own: the run goes on bit for bit."""
    flux = 2e24 * np.array([1 - TRACE, TRACE])
    into, out = (FluxReservoir(tuple(sign * flux), 300.0) for sign in (1, -1))
    whole, twin, other = (make(into, out, seed=9) for _ in range(3))
    whole.run(12)
    twin.run(5)
    collided, credited = twin._collider.owed.copy(), twin.held.owed.copy()
    assert collided.any() and credited.any()
    twin.checkpoint(tmp_path / "half.h5")
    other.restore(tmp_path / "half.h5")
    np.testing.assert_array_equal(other._collider.owed, collided)
    np.testing.assert_array_equal(other.held.owed, credited)
    other.run(7)
    for name, column in live(whole).items():
        np.testing.assert_array_equal(column, live(other)[name], err_msg=name)
    np.testing.assert_array_equal(whole._collider.owed, other._collider.owed)


def test_another_weighting_takes_up_the_molecules_of_a_run(tmp_path):
    plain = make(x=0.05, weights=None, particles_per_cell=400)
    plain.checkpoint(tmp_path / "plain.h5")
    weighed = make(x=0.05, weights=(1.0, 0.05), particles_per_cell=200)
    weighed.start_from(tmp_path / "plain.h5")
    found = np.bincount(live(weighed)["species"]) * weighed.weights
    assert_allclose(found, np.bincount(live(plain)["species"]) * plain.weights, rtol=0.01)
    with pytest.raises(ValueError, match="another problem"):
        make(x=0.05, weights=(1.0, 0.1), particles_per_cell=200).restore(tmp_path / "plain.h5")


def test_what_cannot_be_weighed_is_refused():
    with pytest.raises(ValueError, match=r"species_weights: 3 weights for the 2 species"):
        make(weights=(1.0, 1.0, 1.0))
    for wrong in ((1.0, 0.0), (1.0, -1.0), (1.0, np.nan), (np.inf, 1.0)):
        with pytest.raises(ValueError, match="positive and finite"):
            make(weights=wrong)
    with pytest.raises(ValueError, match=r"left: an ExchangeReservoir .* use an OpenReservoir"):
        make(ExchangeReservoir(300.0, (0.5, 0.5)), Specular())
    with pytest.raises(ValueError, match=r"particles pass the 2\^31"):
        make(weights=(1.0, 1e-9), particles_per_cell=1000)
    with pytest.raises(ValueError, match=r"species_weights: molecules that .* internal energy"):
        make(internal=InternalEnergy())
    with pytest.raises(ValueError, match="do not fluctuate"):
        make().add_measure(CurrentFluctuations(10))
