"""Deviational particles: the split kernel, its samplers, what a step keeps, and what is refused."""

from dataclasses import replace
from math import exp, sqrt

import numba
import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.integrate import quad

from knudsen.core import sorting
from knudsen.core.gases import Mixture
from knudsen.core.particles import COLUMNS
from knudsen.dsmc import DeviationalSimulation, RestingGas
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    DiffuseWall,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Periodic,
    Specular,
)
from knudsen.dsmc.domains.building import Membrane
from knudsen.dsmc.domains.shapes import Box, Slab
from knudsen.dsmc.low_signal import sources, splitting
from knudsen.dsmc.low_signal.collisions import MOMENTUM, after_collision, debt, payment
from knudsen.dsmc.low_signal.splitting import collision_rate, collision_rates, residual_weight, split_at

PRESSURE, TEMPERATURE, LENGTH = 1e4, 300.0, 1e-6
ARGON = Mixture(["Ar"], "hs")
REST = RestingGas(PRESSURE, TEMPERATURE)
DRIVEN = RestingGas(PRESSURE, TEMPERATURE, (0.0, 2e5, 1e5), (1e3, 0.0))
OPEN = OpenReservoir(PRESSURE, TEMPERATURE, (1.0,))
MOVING = MaxwellWall(TEMPERATURE + 0.5, 0.8, (0.1, 0.05)), DiffuseWall(TEMPERATURE, (0.0, -0.1))


def make(rest=DRIVEN, faces=MOVING, copies=2, seed=3, **options):
    """A slab of some two mean free paths, in three cells."""
    given = {"particles_per_cell": 40, "timestep": 2e-10, "device": "cpu"} | options
    return DeviationalSimulation(ARGON, Slab(LENGTH, 3, *faces), rest, copies=copies, seed=seed, **given)


def books(simulation):
    """Of each copy: number, momentum and energy of the particles and of what is owed to them [copy, 5]."""
    p, rows = simulation.particles, []
    for copy in range(simulation.copies):
        live = slice(copy * p.capacity, copy * p.capacity + p.counts[copy])
        sign = 1.0 - 2.0 * p.species[live]
        v = np.array([p.vx[live], p.vy[live], p.vz[live]]) / simulation.speed
        particles = [sign.sum(), *(sign * v).sum(axis=1), (sign * v**2).sum()]
        rows.append(particles + simulation._accounts[copy, :, 0, :5].sum(axis=0))
    return np.array(rows)


# --- the split -------------------------------------------------------------------------------------------


def fine_mesh():
    mesh = splitting._Mesh(200, 100)
    return mesh.speed, mesh.cosine, mesh.weight


@pytest.mark.parametrize("other", [0.3, 1.0, 2.2])
def test_the_kernel_keeps_number_momentum_and_energy(other):
    speed, cosine, weight = fine_mesh()
    found = splitting.kernel(speed, other, cosine) * weight
    rate = collision_rate(other)
    for invariant, expected in ((1.0, 1.0), (speed * cosine, other), (speed**2, other**2)):
        assert (found * invariant).sum() == pytest.approx(rate * expected, rel=3e-3)


def test_rates_are_those_of_a_mean_of_one():
    mean, _ = quad(lambda c: 4 / sqrt(np.pi) * c * c * exp(-c * c) * collision_rate(c), 0, 9)
    assert mean == pytest.approx(1.0, abs=1e-9)
    assert collision_rate(0.0) == pytest.approx(sqrt(0.5))
    speeds = np.array([1e-4, 0.7, 3.0])
    np.testing.assert_allclose(collision_rates(speeds), [collision_rate(c) for c in speeds], rtol=1e-12)


def growth(table):
    """Greatest eigenvalue of |k - k_2| / nu on speeds: new particles for one, generation by generation."""
    speed, cosine, weight = fine_mesh()
    shells, basis = speed[:, 0], splitting._Mesh(200, 100).basis
    made = []
    for other in shells:
        b = np.array(split_at(other, table))
        rest = splitting.kernel(speed, other, cosine) - np.tensordot(b, basis, axes=1)
        made.append((np.abs(rest) * weight).sum(axis=1) / collision_rate(other))
    return np.abs(np.linalg.eigvals(np.array(made))).max(), np.max(np.sum(made, axis=1))


def test_residual_particles_die_out():
    largest, most = growth(splitting.splitting_table())
    assert largest < 0.78 and most < 1.85
    whole, _ = growth(np.zeros((splitting.NODES, 5)))  # the control: unsplit they grow
    assert whole > 1.4


@pytest.fixture(scope="module")
def collided():
    """Velocities after collisions of one particle, and their weights with the table and with none."""
    before, table = np.array([0.3, -0.5, 1.1]), splitting.splitting_table()
    none = np.zeros_like(table)
    after, draw = [], 0
    for _ in range(30_000):
        *velocity, draw = after_collision(*before, 7, 1, 0, draw, 0)
        after.append(velocity)
    weights = [[residual_weight(*before, *c, t) for c in after] for t in (table, none)]
    return before, np.array(after), np.array(weights), np.array(split_at(np.linalg.norm(before), table))


def test_a_collision_leaves_half_of_the_pairs_momentum_and_energy(collided):
    """<c> and <c^2> of either molecule, the partner's distribution being (|c - c_1| / nu) E(c_1)."""
    before, after, _, _ = collided
    x, w = np.polynomial.hermite.hermgauss(40)
    grid = np.stack(np.meshgrid(x, x, x, indexing="ij"), axis=-1)
    weight = np.einsum("i,j,k->ijk", w, w, w) * np.linalg.norm(grid - before, axis=-1)
    weight /= weight.sum()
    pairs = 0.5 * (before + grid), 0.5 * (before @ before + (grid**2).sum(axis=-1))
    for found, expected in zip((after, (after**2).sum(axis=1)), pairs, strict=True):
        error = found.std(axis=0) / sqrt(len(found))
        assert np.all(error < 0.01)
        assert np.all(np.abs(found.mean(axis=0) - np.tensordot(weight, expected, axes=3)) < 4 * error)


def test_weights_make_what_the_split_leaves(collided):
    """nu <w psi> = nu psi(c') - int E k_2 psi for number, momentum along c' and energy."""
    before, after, (weights, unsplit), b = collided
    speed = np.linalg.norm(before)
    rate = collision_rate(speed)
    along = after @ before / speed
    cases = (
        (np.ones(len(after)), 1.0, b[0] + 1.5 * b[1]),
        (along, speed, 0.5 * b[2] + 1.25 * b[3]),
        ((after**2).sum(axis=1), speed**2, 1.5 * b[0] + 3.75 * b[1]),
    )
    for psi, invariant, finite in cases:
        for weight, part in ((weights, finite), (unsplit, 0.0)):
            found, error = (weight * psi).mean(), (weight * psi).std() / sqrt(len(psi))
            assert abs(found - (invariant - part / rate)) < 4 * error < 0.1
        assert abs(finite) / rate > 8 * error  # the control: the split is seen


# --- sources ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("q", [2.0, 2.5])
def test_energies_of_sources(q):
    def moment(power, low, high):
        return quad(lambda x: abs(x - q) * x ** (1 + power) * exp(-x), low, high)[0]

    assert moment(0, q, 60) == pytest.approx(sources.ABOVE[q], rel=1e-9)
    assert moment(0, 0, q) == pytest.approx(sources.BELOW[q], rel=1e-9)
    words = np.random.default_rng(1).integers(0, 2**32, (20_000, 4), dtype=np.uint64)
    above = np.array([sources.energy_above(q, *row) for row in words])
    below = np.array([sources.energy_below(q, 3, 1, item, 0) for item in range(20_000)])
    assert above.min() > q > below.max() and below.min() > 0
    for found, ends in ((above, (q, 60)), (below, (0, q))):
        error = found.std() / sqrt(len(found))
        assert abs(found.mean() - moment(1, *ends) / moment(0, *ends)) < 4 * error < 0.05


def test_pairs_of_sources_are_balanced():
    """Each pair has both signs; what it holds of the odd moments of its source has the source's sign."""
    along = np.array([0.0, 0.6, -0.8])
    for kind in (sources.SHEAR, sources.FORCE, sources.GRADIENT, sources.WARMTH):
        given = np.array([1.0, 0.0, 0.0]) if kind == sources.WARMTH else along
        flow = []
        for item in range(200):
            pair = [sources.sent(kind, given, 1, twin, 5, 1, item, 0) for twin in (0, 1)]
            assert sum(sign for *_, sign in pair) == 0.0
            flow.append(sum(sign * np.array(velocity) for *velocity, sign in pair))
        total = np.sum(flow, axis=0)
        expected = {sources.SHEAR: 1.0, sources.FORCE: 1.0, sources.GRADIENT: 0.0, sources.WARMTH: 1.0}[kind]
        error = np.std(np.array(flow) @ given) * sqrt(200)
        if expected:
            assert total @ given > 4 * error
        else:
            assert abs(total @ given) < 4 * error


# --- what a step keeps ------------------------------------------------------------------------------------


def test_collisions_keep_number_momentum_and_energy_to_round_off():
    simulation = make()
    simulation.run(30)
    for _ in range(5):
        simulation.move()
        simulation._sort.sort(simulation.particles)
        before, particles = books(simulation), simulation.particle_count
        owed = simulation._accounts[..., 0, MOMENTUM].copy()
        simulation.step += 1
        simulation.collide()
        np.testing.assert_allclose(books(simulation), before, atol=1e-9)
        assert simulation.particle_count != particles
        assert np.all(simulation._accounts[..., 0, MOMENTUM] != owed)
    assert particles > 100


@pytest.mark.parametrize("faces", [MOVING, (LordWall(TEMPERATURE, 0.9, 0.7), AdiabaticWall())])
def test_walls_and_sources_keep_number_to_the_particle(faces):
    simulation = make(faces=faces)
    simulation.run(50)
    kept = books(simulation)[:, 0] + simulation._returned.sum(axis=1)
    np.testing.assert_allclose(kept, 0.0, atol=1e-9)
    assert np.abs(books(simulation)[:, 0]).max() < 1000


def test_what_is_paid_out_has_the_norm_of_its_own_coefficients():
    """The norm over E of the payment, by Gauss-Hermite quadrature."""
    account = np.random.default_rng(2).standard_normal(13)
    owed = debt(account, 0.7)
    x, weight = np.polynomial.hermite.hermgauss(8)
    p, q, r = np.meshgrid(x, x, x, indexing="ij")
    energy = p * p + q * q + r * r
    paid = np.vectorize(lambda *c: payment(*c, owed))(p, q, r)
    mean = np.einsum("i,j,k->ijk", weight, weight, weight) / np.pi**1.5
    assert owed[13] == pytest.approx(sqrt((mean * paid**2).sum()), rel=1e-12)
    # Number, momentum and energy of the payment are those of the share.
    for psi, owed in ((1.0, account[0]), (p, account[1]), (r, account[3]), (energy, account[4])):
        assert (mean * paid * psi).sum() == pytest.approx(0.7 * owed, rel=1e-12)


def test_a_gas_at_rest_stays_at_rest():
    simulation = make(rest=REST, faces=(DiffuseWall(TEMPERATURE), Specular()))
    simulation.sample(1, 5)
    simulation.run(5)
    assert simulation.particle_count == 0 and not simulation.result().sums.any()


def test_results_are_proportional_to_the_drive():
    """Ten thousand times the speed is the same run of heavier particles: bit for bit but for the weight."""
    runs = []
    for speed in (1e-3, 10.0):
        simulation = make(rest=REST, faces=(DiffuseWall(TEMPERATURE, (0.0, speed)), Periodic())[:1] * 2)
        simulation.sample(1, 20)
        simulation.run(20)
        runs.append(simulation.result())
    np.testing.assert_array_equal(runs[0].sums, runs[1].sums)
    assert runs[1].weight[0, 0] == pytest.approx(1e4 * runs[0].weight[0, 0], rel=1e-12)
    assert runs[0].sums.any()


# --- the same numbers whatever the machine does -----------------------------------------------------------


def state(simulation, copy):
    p, samples = simulation.particles, simulation.result()
    live = slice(copy * p.capacity, copy * p.capacity + p.counts[copy])
    columns = {name: getattr(p, name)[live] for name in COLUMNS}
    return columns | {"sums": samples.sums[:, copy], "walls": samples.walls[:, copy]}


def assert_same(one, other):
    for name, array in one.items():
        np.testing.assert_array_equal(array, other[name], err_msg=name)


def sampled(steps=40, **options):
    simulation = make(**options)
    simulation.sample(2, 10)
    simulation.run(steps)
    return simulation


def test_a_copy_does_not_depend_on_its_batch_mates():
    many, few = sampled(copies=4), sampled(copies=2)
    for copy in range(2):
        assert_same(state(many, copy), state(few, copy))
    assert state(few, 0)["vx"].tobytes() != state(few, 1)["vx"].tobytes()


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="Numba was started with one thread")
def test_one_and_two_threads_give_the_same_bits(monkeypatch):
    monkeypatch.setattr(sorting, "LANE_PARTICLES", 20)
    runs = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        runs.append(sampled())
    numba.set_num_threads(1)
    assert runs[0]._sort.lanes > 2
    for copy in range(2):
        assert_same(*(state(run, copy) for run in runs))


def test_a_restored_run_is_the_uninterrupted_one(tmp_path):
    whole, first, second = sampled(47), sampled(27), make()
    first.checkpoint(tmp_path / "checkpoint.h5")
    second.run(3)
    second.restore(tmp_path / "checkpoint.h5")
    second.run(20)
    for copy in range(2):
        assert_same(state(whole, copy), state(second, copy))
    with pytest.raises(ValueError, match="another problem"):
        make(timestep=1e-10).restore(tmp_path / "checkpoint.h5")


# --- what is refused --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gas", "domain", "options", "fault"),
    [
        (Mixture(["He", "Ar"], "hs"), None, {}, "one gas"),
        (Mixture(["Ar"], "vss"), None, {}, "hard spheres"),
        (Mixture(["Ar"], "lj"), None, {}, "hard spheres"),
        (None, Box((LENGTH,) * 3, (1, 1, 1), (Specular(),) * 6), {}, "for a Slab"),
        (
            None,
            Slab(1.0, 2, Specular(), Specular(), membranes=(Membrane(0, 0.5, 0.5, Specular()),)),
            {},
            "membranes",
        ),
        (None, Slab(1.0, 2, OPEN, Specular()), {}, "left: OpenReservoir is none of"),
        (None, Slab(1.0, 2, AdiabaticWall((0.0, 1.0)), Specular()), {}, "left: .*at rest"),
        (None, Slab(1.0, 2, Specular(), LordWall(310.0, 0.5, 0.5)), {}, "right: .*at rest"),
        (None, None, {"timestep": 0.0}, "timestep"),
        (None, None, {"particles_per_cell": 0}, "particles_per_cell"),
        (None, None, {"copies": 0}, "copies"),
    ],
)
def test_what_the_method_does_not_hold_is_refused(gas, domain, options, fault):
    given = {"particles_per_cell": 10, "timestep": 1e-10, "device": "cpu"} | options
    with pytest.raises(ValueError, match=fault):
        DeviationalSimulation(gas or ARGON, domain or Slab(LENGTH, 3, Specular(), Specular()), REST, **given)


@pytest.mark.parametrize(
    "changed",
    [
        {"pressure": 0.0},
        {"temperature": float("nan")},
        {"acceleration": (1.0, 2.0)},
        {"temperature_gradient": (0.0, float("inf"))},
    ],
)
def test_a_gas_at_rest_with_no_meaning_is_refused(changed):
    with pytest.raises(ValueError, match=next(iter(changed))):
        replace(REST, **changed)


def test_every_fault_is_named_at_once():
    with pytest.raises(ValueError, match=r"one gas.*OpenReservoir.*copies"):
        DeviationalSimulation(
            Mixture(["He", "Ar"], "hs"), Slab(1.0, 2, OPEN, Specular()), REST,
            particles_per_cell=10, timestep=1e-10, copies=0, device="cpu",
        )  # fmt: skip


def test_the_collision_rate_is_that_of_hard_spheres():
    """n pi d^2 2^(1/2) <v>."""
    mass, diameter = ARGON.masses[0], 3.6e-10
    mean_speed = sqrt(8 * BOLTZMANN * TEMPERATURE / (np.pi * mass))
    expected = sqrt(2) * np.pi * diameter**2 * REST.number_density * mean_speed
    assert REST.collision_rate(mass, diameter) == pytest.approx(expected, rel=1e-12)
    found = make().resolution()
    assert found["step_over_collision_time"] == pytest.approx(2e-10 * expected)
    assert found["cell_over_path"] == pytest.approx(LENGTH / 3 * expected / mean_speed)
