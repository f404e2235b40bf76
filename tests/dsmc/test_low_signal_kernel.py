"""Deviational particles: the split kernel, the samplers of sources, and what is paid out of accounts."""

from math import exp, pi, sqrt

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.analysis.transition.hard_sphere_kernel import collision_frequency
from knudsen.dsmc.boundaries import LordWall
from knudsen.dsmc.low_signal import sources, splitting
from knudsen.dsmc.low_signal.collisions import (
    ACCOUNTS,
    ENERGY,
    MOMENTUM,
    NUMBER,
    ROWS,
    after_collision,
    debt,
    lend,
    payment,
)
from knudsen.dsmc.low_signal.problem import responses
from knudsen.dsmc.low_signal.splitting import collision_rate, rate_bound, residual_weight, split_at

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
    np.testing.assert_allclose([collision_rate(c) for c in speeds], collision_frequency(speeds), rtol=1e-12)


def test_the_bound_of_rates_lies_above_them_and_near():
    speeds = np.concatenate([np.linspace(1e-3, 12, 2000), [1e-9, 1e3]])
    over = np.array([rate_bound(c * c) / collision_rate(c) for c in speeds])
    assert over.min() > 1 - 1e-12 and over.max() < 1.03


def test_a_speed_that_is_no_number_takes_the_tables_last_row():
    table = splitting.splitting_table()
    for speed in (splitting.FASTEST, 1e9, float("inf"), float("nan")):
        np.testing.assert_allclose(split_at(speed, table), table[-1], rtol=1e-5)


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


def test_energies_of_lords_walls():
    """|x - 1| exp(-x): 1/e on either side of 1, of means 3 and 3 - e."""
    words = np.random.default_rng(1).integers(0, 2**32, (20_000, 2), dtype=np.uint64)
    above = np.array([sources.energy_from_one(True, *row, 3, 1, 0, 0) for row in words])
    below = np.array([sources.energy_from_one(False, *words[0], 3, 1, item, 0) for item in range(20_000)])
    assert above.min() > 1 > below.max() and below.min() > 0
    for found, mean in ((above, 3.0), (below, 3 - exp(1))):
        error = found.std() / sqrt(len(found))
        assert abs(found.mean() - mean) < 4 * error < 0.05


@pytest.mark.parametrize(("normal", "tangential"), [(0.3, 0.7), (1.0, 1.0), (0.8, 1.6)])
def test_sources_of_lords_wall_are_what_its_kernel_leaves(normal, tangential):
    """c_n E psi - R[c_n E psi] by quadrature of the Cercignani-Lampis kernel, against the module's rates.

    Detailed balance gives R[c_n E g](c) = c_n E <g> over what leaves of what arrives with c.
    """
    x, weight = np.polynomial.hermite.hermgauss(40)
    share = weight / sqrt(pi)
    first, second = np.meshgrid(x, x, indexing="ij")
    spread = tangential * (2 - tangential)
    found = responses(LordWall(300.0, normal, tangential))
    for c_n, c_t in ((0.4, 0.9), (1.7, -0.5)):
        v_n2 = (sqrt(1 - normal) * c_n + sqrt(normal) * first) ** 2 + normal * second**2
        v_t = (1 - tangential) * c_t + sqrt(spread) * x
        assert c_t - share @ v_t == pytest.approx(found[sources.SHEAR] * c_t)
        warm = (c_n**2 + c_t**2) - (np.outer(share, share) * v_n2).sum() - share @ v_t**2
        expected = found[sources.NORMAL_WARMTH] * (c_n**2 - 1)
        expected += found[sources.TANGENTIAL_WARMTH] * (c_t**2 - 0.5)  # one direction of the two
        assert warm == pytest.approx(expected, abs=1e-12)


def test_pairs_of_sources_are_balanced():
    """Each pair has both signs; what it holds of the odd moments of its source has the source's sign."""
    along = np.array([0.0, 0.6, -0.8])
    warm = (sources.WARMTH, sources.NORMAL_WARMTH, sources.TANGENTIAL_WARMTH)
    for kind in (sources.SHEAR, sources.FORCE, sources.GRADIENT, *warm):
        given = np.array([1.0, 0.0, 0.0]) if kind in warm else along
        flow = []
        for item in range(200):
            pair = [sources.sent(kind, given, 1, twin, 5, 1, item, 0) for twin in (0, 1)]
            assert sum(sign for *_, sign in pair) == 0.0
            flow.append(sum(sign * np.array(velocity) for *velocity, sign in pair))
        total = np.sum(flow, axis=0)
        error = np.std(np.array(flow) @ given) * sqrt(200)
        if kind not in (sources.GRADIENT, sources.TANGENTIAL_WARMTH):
            assert total @ given > 4 * error
        else:
            assert abs(total @ given) <= 4 * error


def test_pairs_of_lords_walls_carry_energy_of_their_own_direction_alone():
    """sign c_n^2 and sign c_t^2 of a pair: e = 3 - (3 - e) in its own, nothing in the other."""
    kinds = sources.NORMAL_WARMTH, sources.TANGENTIAL_WARMTH
    for kind, expected in zip(kinds, np.eye(2) * exp(1), strict=True):
        sent = np.array(
            [
                sources.sent(kind, (1.0, 0.0, 0.0), -1, twin, 5, 1, item, 0)
                for item in range(4000)
                for twin in (0, 1)
            ]
        )
        assert np.all(sent[:, 0] < 0)
        signed = sent[:, 3:] * np.stack([sent[:, 0] ** 2, (sent[:, 1:3] ** 2).sum(axis=1)], axis=1)
        pairs = signed.reshape(-1, 2, 2).sum(axis=1)
        error = pairs.std(axis=0) / sqrt(len(pairs))
        assert np.all(np.abs(pairs.mean(axis=0) - expected) < 4 * error + 1e-12) and error.max() < 0.05


# --- accounts ---------------------------------------------------------------------------------------------


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


def test_what_is_lent_is_paid_out_as_the_finite_part():
    """payment(debt(lend(c') and the invariants of k_2)) = k_2(c, c'), and xi of it in the second row."""
    random, table = np.random.default_rng(0), splitting.splitting_table()
    for _ in range(3):
        before, after = random.normal(size=(2, 3))
        speed = np.linalg.norm(before)
        along, b = before / speed, split_at(speed, table)
        account = np.zeros((ROWS, ACCOUNTS))
        lend(*before, 1.0, 0.3, table, account)
        np.testing.assert_allclose(account[1], 0.3 * account[0], rtol=1e-12)
        account[0, NUMBER] = b[0] + 1.5 * b[1]
        account[0, MOMENTUM : MOMENTUM + 3] = (0.5 * b[2] + 1.25 * b[3]) * along
        account[0, ENERGY] = 1.5 * b[0] + 3.75 * b[1]
        square, part = after @ after, after @ along
        finite = b[0] + b[1] * square + (b[2] + b[3] * square) * part + b[4] * (1.5 * part**2 - 0.5 * square)
        assert payment(*after, debt(account[0], 1.0)) == pytest.approx(finite, rel=1e-13, abs=1e-14)
