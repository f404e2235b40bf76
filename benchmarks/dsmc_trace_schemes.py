"""Three ways to collide molecules of unequal weight, in one cell of Maxwell molecules: why the engine books.

chance   the heavier takes its change with the probability W_b / W_a
merging  it takes W_b / W_a of its change; the energy that this loses is given to the next collision among
         the heavier (I. D. Boyd, J. Thermophys. Heat Transfer 10 (1996) 579)
booking  as chance; at the end of a step the heavier are moved and stretched by what they are owed

m_a = k T = 1; every pair of a gas molecule and any other meets at the rate 1 / N_a.

python -m knudsen.benchmarks.dsmc_trace_schemes [--copies N]    the stress takes 100 N
"""
# ruff: noqa: NPY002 - within compiled code

import argparse
from typing import Any

import numba
import numpy as np

CHANCE, MERGING, BOOKING = range(3)
NAMES = ("chance", "merging", "booking")
TIMESTEP = 0.1
Array = np.ndarray[Any, Any]


@numba.njit
def change(g: Array) -> Array:
    """Of an isotropically scattered relative velocity."""
    cosine, turn = 2 * np.random.random() - 1, 2 * np.pi * np.random.random()
    sine, speed = np.sqrt(1 - cosine**2), np.sqrt((g * g).sum())
    return speed * np.array([sine * np.cos(turn), sine * np.sin(turn), cosine]) - g


@numba.njit
def collide_alike(a: Array, owed: Array) -> None:
    """Collisions among the gas; what energy is owed goes to the first."""
    n = len(a)
    for _ in range(np.random.poisson((n - 1) / 2 * TIMESTEP)):
        i, j = np.random.randint(n), np.random.randint(n - 1)
        j += j >= i
        half = 0.5 * change(a[i] - a[j])
        a[i] += half
        a[j] -= half
        if owed[3] > 0:
            g, middle = a[i] - a[j], 0.5 * (a[i] + a[j])
            g *= np.sqrt(1 + 2 * owed[3] / (g * g).sum())
            a[i], a[j] = middle + 0.5 * g, middle - 0.5 * g
            owed[3] = 0.0


@numba.njit
def collide_unlike(a: Array, b: Array, mass: float, share: float, scheme: int, account: Array) -> None:
    """Collisions of the gas with the trace of this mass, whose weight is this share of the gas's."""
    for _ in range(np.random.poisson(len(b) * TIMESTEP)):
        i, j = np.random.randint(len(a)), np.random.randint(len(b))
        d = change(a[i] - b[j])
        b[j] -= d / (1 + mass)
        d *= mass / (1 + mass)
        if scheme == MERGING:
            account[3] += share * (1 - share) * (d * d).sum()
            a[i] += share * d
            continue
        short = share
        energy = (d * (2 * a[i] + d)).sum()
        if np.random.random() < share:
            a[i] += d
            short -= 1
        account[:3] += short * d
        account[3] += short * energy


@numba.njit
def settle(a: Array, account: Array) -> None:
    """Move and stretch the gas by what it is owed."""
    n = len(a)
    u = a.sum(axis=0) / n
    p = account[:3] / n
    stretch = np.sqrt(1 + (account[3] - n * ((2 * u + p) * p).sum()) / ((a - u) ** 2).sum())
    a[:] = u + p + stretch * (a - u)
    account[:] = 0.0


@numba.njit
def run(
    seed: int, steps: int, gas: int, trace: int, mass: float, share: float, scheme: int, hot: float
) -> Array:
    """Momentum (3), temperatures of gas and trace, stress and <v^4> / <v^2>^2 of the gas [step, 7].

    hot : factor on the gas's v_x at the start
    """
    np.random.seed(seed)
    a = np.random.normal(0.0, 1.0, (gas, 3))
    b = np.random.normal(0.0, 1.0, (trace, 3)) / np.sqrt(mass)
    total = gas + share * mass * trace
    u = (a.sum(axis=0) + share * mass * b.sum(axis=0)) / total
    a -= u
    b -= u
    a[:, 0] *= hot
    account, out = np.zeros(4), np.zeros((steps, 7))
    for step in range(steps):
        square = (a * a).sum(axis=1)
        out[step, :3] = a.sum(axis=0) + share * mass * b.sum(axis=0)
        out[step, 3], out[step, 4] = square.mean() / 3, mass * (b * b).sum() / (3 * trace)
        out[step, 5] = (1.5 * a[:, 0] ** 2 - 0.5 * square).mean()
        out[step, 6] = (square**2).mean() / square.mean() ** 2
        collide_alike(a, account)
        collide_unlike(a, b, mass, share, scheme, account)
        if scheme == BOOKING:
            settle(a, account)
        elif scheme == CHANCE:
            account[:] = 0.0
    return out


def estimate(values: Array) -> str:
    """Mean and standard error over copies."""
    return f"{values.mean():.4f} +- {values.std(ddof=1) / np.sqrt(len(values)):.4f}"


def equilibrium(scheme: int, copies: int) -> None:
    """x = 1e-2 of ten times heavier molecules, 50 and 50, over 1000 collision times."""
    found = np.array([run(r, 10_000, 50, 50, 10.0, 1e-2, scheme, 1.0)[400:] for r in range(copies)])
    momentum = (found[:, -1, :3] ** 2).sum(axis=1) / (3 * 50)
    ratio = found[..., 4].mean(axis=1) / found[..., 3].mean(axis=1)
    fourth = found[..., 6].mean(axis=1) / (5 / 3 * (1 - 2 / 152))
    print(
        f"{NAMES[scheme]}: momentum^2 over that of 50 free molecules {estimate(momentum)}; "
        f"T of the trace over T of the gas {estimate(ratio)}; "
        f"<v^4>/<v^2>^2 over that at fixed energy {estimate(fourth)}"
    )


def stress(scheme: int, copies: int, trace: int, share: float) -> Array:
    """Time that the gas's stress lives, with a tenth as many ten times heavier molecules."""
    found = np.array([run(r, 80, 100, trace, 10.0, share, scheme, 1.6)[:, 5] for r in range(copies)])
    return np.asarray(found.sum(axis=1) * TIMESTEP / found[:, 0].mean())


def main(arguments: list[str] | None = None) -> None:
    """Print what each scheme does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=30)
    copies = parser.parse_args(arguments).copies
    for scheme in range(3):
        equilibrium(scheme, copies)
    print(f"stress lives, one weight: {estimate(stress(CHANCE, 100 * copies, 10, 1.0))} collision times")
    for scheme in (MERGING, BOOKING):
        print(f"stress lives, {NAMES[scheme]}: {estimate(stress(scheme, 100 * copies, 100, 0.1))}")


if __name__ == "__main__":
    main()
