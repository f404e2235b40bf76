"""Collide: the residual kernel particle by particle, the kernel of finite rank by what cells hold in account.

A cell keeps thirteen numbers: what its collisions have taken of number, momentum and energy and not yet given
back, and the five and three that k_2 makes of stress and heat flux.  They are paid out as signed particles of

    E(c) [a + u.c + e (c^2 - 3/2) + h.c (c^2 - 5/2) + c.T.c]

so that number, momentum and energy of particles and account together are kept to round-off, and what is of
opposite sign in a cell cancels there.  A second row of thirteen, each charge times its place xi in the cell
(of mean zero and variance one), makes the payment linear in xi: without, it would carry momentum and heat
across cells unseen, as a viscosity of some 0.2 (cell / mean free path)^2.
"""

from math import exp, inf, log, sqrt
from typing import Any

import numpy as np

from knudsen.core.kernels import device, kernel
from knudsen.core.rng import draw_words, normal_pair, uniform, unit_circle
from knudsen.dsmc.low_signal.splitting import collision_rate, rate_bound, residual_weight, split_at

ACCOUNTS, ROWS = 13, 2
NUMBER, MOMENTUM, ENERGY, HEAT, STRESS = 0, 1, 4, 5, 8
MEAN_SPEED = 2.0 / sqrt(np.pi)
# What is paid out is drawn from a Maxwellian so much warmer than E, with so many candidates for a particle.
WARMER, CANDIDATES = 1.4, 2.0
SPREAD = sqrt(12.0)  # of xi: places across a cell, of variance one
MOST_COLLISIONS = 10_000  # of a particle in one step
PLUS, MINUS = 0, 1


@device
def direction(word_cosine: int, word_angle: int) -> Any:
    """A direction, all alike."""
    cosine = 2.0 * uniform(word_cosine) - 1.0
    sine = sqrt(1.0 - cosine * cosine)
    along, aside = unit_circle(uniform(word_angle))
    return sine * along, sine * aside, cosine


@device
def after_collision(
    x: float, y: float, z: float, seed: int, stream: int, item: int, draw: int, step: int
) -> Any:
    """Velocity of one of the two that leave a collision with a molecule of the gas at rest; next free draw.

    The partner has the density |c - c_1| E(c_1): drawn with c + c_1 for the relative speed, and accepted.
    """
    speed = sqrt(x * x + y * y + z * z)
    for _ in range(MOST_COLLISIONS):
        word_kind, word_1, word_2, word_turn = draw_words(seed, stream, item, draw, step)
        word_cosine, word_angle, word_accept, _ = draw_words(seed, stream, item, draw + 1, step)
        draw += 2
        share = 1.0
        if uniform(word_kind) * (speed + MEAN_SPEED) < speed:
            share, _ = unit_circle(uniform(word_turn))
        partner = sqrt(-log(uniform(word_1)) - share * share * log(uniform(word_2)))
        ex, ey, ez = direction(word_cosine, word_angle)
        p, q, r = partner * ex, partner * ey, partner * ez
        a, b, c = x - p, y - q, z - r
        relative = sqrt(a * a + b * b + c * c)
        if uniform(word_accept) * (speed + partner) < relative:
            break
    word_cosine, word_angle, _, _ = draw_words(seed, stream, item, draw, step)
    ex, ey, ez = direction(word_cosine, word_angle)
    half = 0.5 * relative
    return 0.5 * (x + p) + half * ex, 0.5 * (y + q) + half * ey, 0.5 * (z + r) + half * ez, draw + 1


@device
def add(account: Any, k: int, charge: float, place: float) -> None:
    """Add a charge to both rows of an account."""
    account[0, k] += charge
    account[1, k] += charge * place


@device
def lend(x: float, y: float, z: float, charge: float, place: float, table: Any, account: Any) -> None:
    """Add what k_2 makes, beside the invariants, of a charge (signed number times time) at c."""
    speed = sqrt(x * x + y * y + z * z)
    _, _, _, heat, stress = split_at(speed, table)
    over = 1.0 / max(speed, 1e-10)
    x, y, z = x * over, y * over, z * over
    heat, stress = charge * heat, 1.5 * charge * stress
    add(account, HEAT, heat * x, place)
    add(account, HEAT + 1, heat * y, place)
    add(account, HEAT + 2, heat * z, place)
    add(account, STRESS, stress * (x * x - 1.0 / 3.0), place)
    add(account, STRESS + 1, stress * (y * y - 1.0 / 3.0), place)
    add(account, STRESS + 2, stress * x * y, place)
    add(account, STRESS + 3, stress * x * z, place)
    add(account, STRESS + 4, stress * y * z, place)


@device
def settle(x: float, y: float, z: float, charge: float, place: float, account: Any) -> None:
    """Add a charge at c to what the account owes of number, momentum and energy."""
    add(account, NUMBER, charge, place)
    add(account, MOMENTUM, charge * x, place)
    add(account, MOMENTUM + 1, charge * y, place)
    add(account, MOMENTUM + 2, charge * z, place)
    add(account, ENERGY, charge * (x * x + y * y + z * z), place)


@device
def live(
    x: float, y: float, z: float, charge: int, place: float, duration: float, table: Any, account: Any,
    seed: int, stream: int, item: int, draw: int, step: int,
) -> Any:  # fmt: skip
    """Velocity and charge of a group of like particles after a time of collisions, and the next free draw.

    charge : their signed number; zero when the last is gone;  place : xi
    duration : in mean times between collisions
    """
    for _ in range(MOST_COLLISIONS):
        word_life, word_number, word_real, _ = draw_words(seed, stream, item, draw, step)
        draw += 1
        speed2 = x * x + y * y + z * z
        bound, left = rate_bound(speed2), uniform(word_life)
        # Most do not collide, and are known not to by -log(u) > 1 - u, without a logarithm.
        life = duration if 1.0 - left > bound * duration else -log(left) / bound
        lend(x, y, z, charge * min(life, duration), place, table, account)
        duration -= life
        if duration <= 0.0:
            break
        if uniform(word_real) * bound > collision_rate(sqrt(speed2)):
            continue
        settle(x, y, z, charge, place, account)
        u, v, w, draw = after_collision(x, y, z, seed, stream, item, draw, step)
        expected = charge * residual_weight(x, y, z, u, v, w, table)
        number = np.int64(abs(expected) + uniform(word_number))
        charge = number if expected > 0.0 else -number
        x, y, z = u, v, w
        settle(x, y, z, -charge, place, account)
        if charge == 0:
            break
    return x, y, z, charge, draw


@device
def debt(account: Any, share: float) -> Any:
    """Of a share of a row of an account: a, u, e, h, T_xx, T_yy, T_xy, T_xz, T_yz, and the norm over E."""
    a = share * account[NUMBER]
    e = share * (account[ENERGY] - 1.5 * account[NUMBER]) / 1.5
    u, v, w = (
        2.0 * share * account[MOMENTUM],
        2.0 * share * account[MOMENTUM + 1],
        2.0 * share * account[MOMENTUM + 2],
    )
    h, i, j = share * account[HEAT], share * account[HEAT + 1], share * account[HEAT + 2]
    xx, yy = share * account[STRESS], share * account[STRESS + 1]
    xy, xz, yz = share * account[STRESS + 2], share * account[STRESS + 3], share * account[STRESS + 4]
    square = a * a + 0.5 * (u * u + v * v + w * w) + 1.5 * e * e + 1.25 * (h * h + i * i + j * j)
    square += xx * xx + yy * yy + xx * yy + xy * xy + xz * xz + yz * yz
    return a, u, v, w, e, h, i, j, xx, yy, xy, xz, yz, sqrt(square)


@device
def payment(x: float, y: float, z: float, owed: Any) -> float:
    """What is paid at c over E(c), owed as `debt` has it."""
    a, u, v, w, e, h, i, j, xx, yy, xy, xz, yz, _ = owed
    energy = x * x + y * y + z * z
    paid = a + u * x + v * y + w * z + e * (energy - 1.5) + (energy - 2.5) * (h * x + i * y + j * z)
    paid += xx * (x * x - z * z) + yy * (y * y - z * z) + 2.0 * (xy * x * y + xz * x * z + yz * y * z)
    return paid


@device
def norm(account: Any, share: float) -> float:
    """Over E and the cell, of a share of an account."""
    first, second = debt(account[0], share)[13], debt(account[1], share)[13]
    return sqrt(first * first + second * second)


@kernel
def plan(item: int, accounts: Any, share: float, planned: Any, seeds: Any, stream: int, step: int) -> None:
    """Number of candidates by which a cell pays out a share of its account.

    accounts : float64 [copies, cells, ROWS, ACCOUNTS];  planned : int64 [copies, cells], written
    """
    cells = planned.shape[1]
    copy, cell = item // cells, item % cells
    word, _, _, _ = draw_words(seeds[copy], stream, cell, 0, step)
    planned[copy, cell] = np.int64(CANDIDATES * norm(accounts[copy, cell], share) + uniform(word))


@device
def store(
    i: int, x: float, y: float, z: float, charge: int, cell: int, dead: int,
    speed: float, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, number: Any,
) -> None:  # fmt: skip
    """Write a group of like particles into its slot."""
    sign = PLUS if charge > 0 else MINUS
    vx[i], vy[i], vz[i] = speed * x, speed * y, speed * z
    species[i] = sign
    number[i] = abs(charge)
    bin[i] = 2 * cell + sign if charge != 0 else dead


@kernel
def collide(
    item: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, number: Any, starts: Any,
    planned: Any, first: Any, others: Any, accounts: Any, share: float, table: Any, low: float, width: float,
    speed: float, duration: float, seeds: Any, stream: int, step: int,
) -> None:  # fmt: skip
    """Collisions of one cell of one copy with the gas at rest, and what it pays out.

    number : int32 [slots], particles that a slot stands for, written
    first : int64 [copies, cells], slot of the cell's first candidate
    others : int64 [copies, cells], particles of groups beside the first of each, written
    speed : v0 [m/s];  duration : of the step, in mean times between collisions
    """
    cells = planned.shape[1]
    copy, cell = item // cells, item % cells
    seed, account, dead = seeds[copy], accounts[copy, cell], 2 * cells
    even, odd, size = debt(account[0], share), debt(account[1], share), norm(account, share)
    for k in range(HEAT, ACCOUNTS):
        account[0, k] *= 1.0 - share
        account[1, k] *= 1.0 - share
    over, draw, more = 1.0 / speed, 1, 0
    for k in range(starts[copy, 2 * cell], starts[copy, 2 * cell + 2]):
        charge = 1 if species[k] == PLUS else -1
        xi = SPREAD * ((place[k] - low) / width - cell - 0.5)
        p, q, r = over * vx[k], over * vy[k], over * vz[k]
        if abs(p) + abs(q) + abs(r) < inf:  # or it is left as it is, for check_velocities
            p, q, r, charge, draw = live(
                p, q, r, charge, xi, duration, table, account, seed, stream, cell, draw, step
            )
        store(k, p, q, r, charge, cell, dead, speed, vx, vy, vz, species, bin, number)
        more += max(abs(charge) - 1, 0)
    spread = sqrt(0.5 * WARMER)
    for k in range(first[copy, cell], first[copy, cell] + planned[copy, cell]):
        word_0, word_1, word_2, word_3 = draw_words(seed, stream, cell, draw, step)
        word_time, word_number, word_place, _ = draw_words(seed, stream, cell, draw + 1, step)
        draw += 2
        p, q = normal_pair(word_0, word_1)
        r, _ = normal_pair(word_2, word_3)
        p, q, r = spread * p, spread * q, spread * r
        energy = p * p + q * q + r * r
        share_of_cell = uniform(word_place)
        xi = SPREAD * (share_of_cell - 0.5)
        expected = payment(p, q, r, even) + xi * payment(p, q, r, odd)
        expected *= WARMER * sqrt(WARMER) * exp(-energy * (1.0 - 1.0 / WARMER)) / (CANDIDATES * size)
        count = np.int64(abs(expected) + uniform(word_number))
        charge = count if expected > 0.0 else -count
        if charge != 0:
            settle(p, q, r, -charge, xi, account)
            p, q, r, charge, draw = live(
                p, q, r, charge, xi, duration * uniform(word_time), table, account,
                seed, stream, cell, draw, step,
            )  # fmt: skip
        place[k] = low + width * (cell + share_of_cell)
        store(k, p, q, r, charge, cell, dead, speed, vx, vy, vz, species, bin, number)
        more += max(abs(charge) - 1, 0)
    others[copy, cell] = more


@device
def copy_group(
    i: int, slot: int, others: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, bin: Any
) -> int:
    """Write as many others like the particle of slot i from a slot on, and return the next free one."""
    for _ in range(others):
        place[slot], vx[slot], vy[slot], vz[slot] = place[i], vx[i], vy[i], vz[i]
        species[slot], bin[slot] = species[i], bin[i]
        slot += 1
    return slot


@kernel
def multiply(
    item: int, place: Any, vx: Any, vy: Any, vz: Any, species: Any, bin: Any, number: Any, starts: Any,
    planned: Any, first: Any, moved: Any, free: Any,
) -> None:  # fmt: skip
    """Give each particle of a cell's groups a slot of its own.

    number : int32 [slots], as `collide` wrote it, of slots before they moved
    moved : int64 [copies], slots by which a copy's have moved since
    free : int64 [copies, cells], slot of the first that a cell adds
    """
    cells = planned.shape[1]
    copy, cell = item // cells, item % cells
    slot = free[copy, cell]
    for k in range(starts[copy, 2 * cell], starts[copy, 2 * cell + 2]):
        others = number[k - moved[copy]] - 1
        if others > 0:
            slot = copy_group(k, slot, others, place, vx, vy, vz, species, bin)
    for k in range(first[copy, cell], first[copy, cell] + planned[copy, cell]):
        others = number[k - moved[copy]] - 1
        if others > 0:
            slot = copy_group(k, slot, others, place, vx, vy, vz, species, bin)
