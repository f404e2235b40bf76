"""The slab solver on gases of few ordinates with hand solutions, and its own conservation laws."""

import numpy as np
import pytest

from knudsen.analysis.transition.slab import HalfRangeOperator, Wall, solve_slab

EXACT = {"rel": 1e-11, "abs": 1e-12}


def one_speed(loss=0.0, speed=0.5):
    return HalfRangeOperator(np.array([speed]), np.array([0.5]), np.array([[loss]]), np.eye(1))


def random_gas(nodes=7, seed=3):
    """A gas of random losses that conserves 1, as shear flow does."""
    rng = np.random.default_rng(seed)
    weight = rng.uniform(0.1, 1, nodes)
    loss = rng.normal(size=(2, nodes, nodes))
    even, odd = loss @ np.swapaxes(loss, 1, 2) + 0.1 * np.eye(nodes)
    keep = np.eye(nodes) - np.outer(np.ones(nodes), weight) / weight.sum()
    return HalfRangeOperator(
        np.sort(rng.uniform(0.01, 2, nodes)),
        weight,
        keep @ (even / weight[:, None]) @ keep,
        odd / weight[:, None],
    )


def test_force_on_one_speed():
    """c u' = -w, c w' = 1: u = u_w + (L^2/4 - x^2)/(2 c^2), w = x/c, u_w = w (2 - alpha)/alpha."""
    c, L, alpha = 0.5, 3.0, 0.4
    flow = solve_slab(one_speed(), L, np.ones(1), Wall(alpha), Wall(alpha))
    x = np.linspace(-L / 2, L / 2, 5)
    slip = L / (2 * c) * (2 - alpha) / alpha
    assert flow.even(x)[0, 0] == pytest.approx(slip + (L**2 / 4 - x**2) / (2 * c**2), **EXACT)
    assert flow.odd(x)[0, 0] == pytest.approx(x / c, **EXACT)
    assert flow.mean_even[0, 0] == pytest.approx(slip + L**2 / (12 * c**2), **EXACT)


def test_moving_walls_and_one_decaying_speed():
    """c u' = -w, c w' = -k^2 c^2 u walls -1, 1: u = u_w sinh(kx)/sinh(kL/2), u_w + k c coth u_w = 1."""
    c, L, k = 0.5, 1.4, 0.9
    flow = solve_slab(one_speed((k * c) ** 2, c), L, 0.0, Wall(drive=-1.0), Wall(drive=1.0))
    at_wall = 1 / (1 + k * c / np.tanh(k * L / 2))
    x = np.linspace(-L / 2, L / 2, 7)
    assert flow.even(x)[0, 0] == pytest.approx(at_wall * np.sinh(k * x) / np.sinh(k * L / 2), **EXACT)
    assert flow.odd(x)[0, 0] == pytest.approx(-c * k * at_wall * np.cosh(k * x) / np.sinh(k * L / 2), **EXACT)


def test_equation_and_walls_hold():
    """Central differences of the profiles satisfy both equations; the walls reflect as they say."""
    gas, source = random_gas(), np.random.default_rng(5).normal(size=(7, 2))
    left, right = Wall(np.linspace(0.3, 1, 7), 0.7), Wall(0.5, -0.2)
    flow = solve_slab(gas, 2.0, source, left, right)
    x, step = np.array([-0.83, 0.0, 0.41]), 1e-4
    for before, after, loss, other, push in (
        (flow.odd(x - step), flow.odd(x + step), gas.even, flow.even(x), source[:, :, None]),
        (flow.even(x - step), flow.even(x + step), gas.odd, flow.odd(x), 0.0),
    ):
        slope = gas.speed[:, None, None] * (after - before) / (2 * step)
        assert slope == pytest.approx(push - np.tensordot(loss, other, axes=(1, 0)), rel=1e-5, abs=1e-5)
    for wall, position, sign in ((left, -1.0, 1), (right, 1.0, -1)):
        u, w = flow.even(position), flow.odd(position)
        alpha = np.broadcast_to(wall.accommodation, 7)[:, None]
        assert u + sign * w == pytest.approx((1 - alpha) * (u - sign * w) + alpha * wall.drive, **EXACT)


def test_reciprocity_and_conservation():
    """<S_1 u_2> = <S_2 u_1> for any walls; the flux of what collisions keep is uniform without a source."""
    gas, source = random_gas(), np.random.default_rng(5).normal(size=(7, 2))
    flow = solve_slab(gas, 0.7, source, Wall(0.9), Wall(np.linspace(0.3, 1, 7)))
    response = gas.mean(source, flow.mean_even)
    assert response[0, 1] == pytest.approx(response[1, 0], rel=1e-12)
    drag = solve_slab(gas, 0.7, 0.0, Wall(drive=1.0), Wall(0.6))
    stress = gas.mean(gas.speed, drag.odd([-0.35, 0.1, 0.35])[:, 0])
    assert stress == pytest.approx(stress[0], rel=1e-11)
    assert stress[0] > 0.1


def test_impermeable_walls_pass_no_molecules():
    """Unequal walls, gas that conserves 1 (even) and c_x (odd): no flow, but one without the re-emission."""
    rng = np.random.default_rng(2)
    speed, weight = np.sort(rng.uniform(0.1, 2, 6)), rng.uniform(0.1, 1, 6)

    def conserving(kept):
        keep = np.eye(6) - np.outer(kept, kept * weight) / np.sum(weight * kept**2)
        loss = rng.normal(size=(6, 6))
        return keep @ (loss @ loss.T / weight[:, None]) @ keep

    gas = HalfRangeOperator(speed, weight, conserving(np.ones(6)), conserving(speed))
    heated = speed**2
    left, right = Wall(0.8, heated, (np.ones(6),)), Wall(0.4, -heated, (np.ones(6),))
    flow = solve_slab(gas, 1.0, 0.0, left, right)
    assert gas.mean(speed, flow.odd([-0.5, 0.2])[:, 0]) == pytest.approx(0, abs=1e-12)
    assert abs(gas.mean(speed**3, flow.odd(0.2)[:, 0])) > 1e-3
    open_walls = solve_slab(gas, 1.0, 0.0, Wall(0.8, heated), Wall(0.4, -heated))
    assert abs(gas.mean(speed, open_walls.odd(0.2)[:, 0])) > 1e-3


def test_bad_input():
    gas = one_speed()
    with pytest.raises(ValueError, match="slab thickness must be positive"):
        solve_slab(gas, 0.0)
    for alpha in (0.0, 1.1, np.nan):
        with pytest.raises(ValueError, match="accommodation must lie in"):
            Wall(alpha)
    for asked in (solve_slab(gas, 1.0).even, solve_slab(gas, 1.0).odd):
        with pytest.raises(ValueError, match=r"position must lie in \[-0.5, 0.5\]"):
            asked(0.51)
    with pytest.raises(ValueError, match="source must be finite"):
        solve_slab(gas, 1.0, np.nan)
    with pytest.raises(ValueError, match="drive must be finite"):
        Wall(1.0, np.nan)
    one, eye = np.ones(2), np.eye(2)
    with pytest.raises(ValueError, match="not self-adjoint"):
        HalfRangeOperator(one, one, np.full((2, 2), np.nan), eye)
    with pytest.raises(ValueError, match="not self-adjoint"):
        HalfRangeOperator(one, one, np.array([[1.0, 0.3], [0.0, 1.0]]), eye)
    with pytest.raises(ValueError, match="square matrices"):
        HalfRangeOperator(one, one, np.eye(3), eye)
    with pytest.raises(ValueError, match="negative eigenvalue"):
        HalfRangeOperator(one, one, -eye, eye).modes  # noqa: B018
