"""Equilibrium collision rates of every species pair, exact for VHS and for the cut Lennard-Jones potential.

    sigma_T g = C g^(2 - 2 omega):  <sigma_T g> = C (2 k T/m_r)^(1 - omega) (2/pi^(1/2)) Gamma(5/2 - omega)

the mean over the Maxwellian of g (Bird 1994, eq. 4.64); a cell makes N_a N_b, or N_a (N_a - 1)/2, times
W dt / V of it in a step.  A Maxwellian stays one under collisions, so the law holds for any number of
molecules and steps, in the mean over copies.
"""

import math

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.interactions import LennardJones
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.collisions import USUAL, Collisions
from knudsen.dsmc.collisions.tables import deflection_table
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

BOLTZMANN = 1.380649e-23
TEMPERATURE = 300.0
# Molecules of A and of B in each cell: none, one of one kind, pairs, odd and unequal counts.
COUNTS = np.array([(1, 0), (1, 1), (2, 3), (7, 30), (0, 0), (0, 1), (0, 2), (31, 4), (3, 0)])
PAIRS = [(0, 0), (0, 1), (1, 1)]


def mean_rate(gas, a, b):
    """<sigma_T g> [m^3/s]; of a potential, by quadrature of sigma_T = pi b_max^2 over the Maxwellian."""
    pair, m_r = gas.interaction(a, b), gas.reduced_mass(a, b)
    if isinstance(pair, LennardJones):
        s = (np.arange(4000) + 0.5) / 100
        reached = s * TEMPERATURE / pair.epsilon_over_k
        table = deflection_table(pair, USUAL.cut_angle)
        area = np.sum(s * np.exp(-s) * np.interp(reached, table.energies, table.areas)) / 100
        return math.pi * pair.sigma**2 * area * math.sqrt(8 * BOLTZMANN * TEMPERATURE / (math.pi * m_r))
    thermal = (2 * BOLTZMANN * TEMPERATURE / m_r) ** (1 - pair.omega)
    prefactor = pair.cross_section(1.0, m_r)
    return prefactor * thermal * 2 / math.sqrt(math.pi) * math.gamma(2.5 - pair.omega)


def test_the_closed_form_is_the_integral_over_the_maxwellian():
    gas = Mixture(["He", "Ar"], "vss")
    m_r = gas.reduced_mass(0, 1)
    c = math.sqrt(2 * BOLTZMANN * TEMPERATURE / m_r)
    g = (np.arange(100_000) + 0.5) * 8 * c / 100_000
    weight = 4 / math.sqrt(math.pi) * g**2 / c**3 * np.exp(-((g / c) ** 2))
    rates = np.array([gas.interaction(0, 1).cross_section(speed, m_r) * speed for speed in g])
    assert np.sum(weight * rates) * 8 * c / 100_000 == pytest.approx(mean_rate(gas, 0, 1), rel=1e-6)


def make(gas, copies, cells, timestep, particles_per_cell=40.0, subcells=1, collisions=USUAL):
    return Simulation(
        gas, Slab(1e-7 * cells, cells, Periodic(), Periodic(), subcells),
        Filling(1e5, TEMPERATURE, (0.5,) * 2), particles_per_cell=particles_per_cell,
        timestep=timestep, copies=copies, seed=2, device="cpu", collisions=collisions,
    )  # fmt: skip


def fill_cells(simulation, counts):
    """Put the given counts of each species into the cells of every copy, Maxwellian and at rest in place."""
    particles, cells = simulation.particles, len(counts)
    species = np.concatenate([np.repeat([0, 1], pair) for pair in counts])
    cell = np.repeat(np.arange(cells), np.sum(counts, axis=1))
    n, random = len(cell), np.random.default_rng(1)
    assert n <= particles.capacity
    spread = np.sqrt(BOLTZMANN * TEMPERATURE / np.array(simulation.gas.masses))[species]
    for copy in range(simulation.copies):
        live = slice(copy * particles.capacity, copy * particles.capacity + n)
        particles.along(0)[live] = (cell + 0.5) * simulation.domain.cell_width
        particles.species[live] = species
        particles.bin[live] = cell * 2 + species
        for column in (particles.vx, particles.vy, particles.vz):
            column[live] = random.standard_normal(n) * spread
    particles.counts[...] = n
    simulation.sort()


def collisions_of(simulation):
    """Collisions so far [a, b, copy, cell]."""
    events = simulation._collider.events[..., 1]
    return events.reshape(*events.shape[:2], simulation.copies, -1)


def run_in_place(gas, steps=10, copies=4000, before_step=lambda simulation: None, collisions=USUAL):
    """Collisions a copy [a, b, copy, cell] of molecules that stay where they are, and W dt steps / V."""
    simulation = make(gas, copies, len(COUNTS), timestep=1e-10, collisions=collisions)
    fill_cells(simulation, COUNTS)
    for _ in range(steps):
        simulation.step += 1
        before_step(simulation)
        simulation.collide()
    exposure = simulation.weights[0, 0] / simulation.domain.cell_width * simulation.timestep * steps
    return collisions_of(simulation), exposure


def deviations(made, expected):
    """(Mean over copies - expected) in standard errors [cell]; the relative standard errors of all cells."""
    stderr = made.std(axis=0, ddof=1) / np.sqrt(len(made))
    some = expected > 0
    assert not made[:, ~some].any()
    return (made.mean(axis=0) - expected)[some] / stderr[some], (stderr / np.maximum(expected, 1e-300))[some]


def partners(a, b):
    n_a, n_b = COUNTS[:, a], COUNTS[:, b]
    return n_a * (n_a - 1) / 2 if a == b else n_a * n_b


@pytest.mark.parametrize(
    ("model", "partners_are"),
    [*((model, "random") for model in ("hs", "vhs", "vss", "maxwell", "lj")), ("vss", "nearest")],
)
def test_every_pair_collides_at_its_rate_in_every_cell(model, partners_are):
    gas = Mixture(["He", "Ar"], model)
    made, exposure = run_in_place(gas, collisions=Collisions(partners_are))
    for a, b in PAIRS:
        expected = partners(a, b) * exposure * mean_rate(gas, a, b)
        deviation, precision = deviations(made[a, b], expected)
        assert np.all(np.abs(deviation) < 4), f"{model} {a}{b}: {deviation}"
        assert precision.min() < 0.005 and precision.max() < 0.06
    assert not made[1, 0].any()


def test_wrong_counts_of_pairs_would_be_seen():
    """Control: N^2/2 or N(N-1) in place of N(N-1)/2, N_a N_b / 2 in place of N_a N_b."""
    gas = Mixture(["He", "Ar"], "vhs")
    made, exposure = run_in_place(gas)
    for a, b, wrong in [
        (0, 0, COUNTS[:, 0] ** 2 / 2),
        (1, 1, 2 * partners(1, 1)),
        (0, 1, partners(0, 1) / 2),
    ]:
        expected = np.where(partners(a, b) > 0, wrong, 0) * exposure * mean_rate(gas, a, b)
        deviation, _ = deviations(made[a, b], expected)
        assert np.any(np.abs(deviation) > 4)


def test_a_majorant_that_is_held_too_low_would_be_seen():
    """Control: with (sigma_T g)_max at half of a typical value, fast pairs collide too seldom."""
    gas = Mixture(["He", "Ar"], "vhs")

    def hold_low(simulation):
        for a, b in PAIRS:
            simulation._collider.majorant[a, b] = 0.5 * mean_rate(gas, a, b)

    made, exposure = run_in_place(gas, copies=1000, before_step=hold_low)
    for a, b in PAIRS:
        deviation, _ = deviations(made[a, b], partners(a, b) * exposure * mean_rate(gas, a, b))
        assert np.all(deviation < 1) and np.any(deviation < -4)


def test_the_rate_does_not_depend_on_where_the_majorant_starts():
    """Started ten times too low it grows, counts its overflows, and the rate is soon right."""
    gas = Mixture(["He", "Ar"], "vhs")
    simulation = make(gas, 200, 4, timestep=2e-11)
    simulation._collider.majorant[...] /= 10
    simulation.run(150)
    assert simulation.resolution()["majorant_overflows"] > 200 * 4
    early = collisions_of(simulation).sum(axis=3).copy()
    simulation.run(150)
    late = collisions_of(simulation).sum(axis=3) - early
    exposure = simulation.weights[0, 0] / simulation.domain.cell_width * simulation.timestep * 150
    for a, b in PAIRS:
        expected = in_a_box(80, 80, 4)[a, b] * exposure * mean_rate(gas, a, b)
        stderr = late[a, b].std(ddof=1) / np.sqrt(200)
        # Overflows still to come, some 1e-4 of the candidates.
        assert abs(late[a, b].mean() - expected) < 4 * stderr + 5e-4 * expected
        assert stderr < 0.005 * expected


def test_a_majorant_that_grows_in_a_step_takes_no_collisions_away():
    """In the first step it grows to many molecules' largest; accepted against what it has grown to,
    2 % of the collisions of that step would be missing."""
    gas = Mixture(["He", "Ar"], "vhs")
    simulation = make(gas, 150, 4, timestep=1e-9, particles_per_cell=2000)
    simulation.run(1)
    assert simulation.resolution()["majorant_overflows"] > 150 * 4
    made = collisions_of(simulation).sum(axis=3)
    exposure = simulation.weights[0, 0] / simulation.domain.cell_width * simulation.timestep
    for a, b in PAIRS:
        expected = in_a_box(4000, 4000, 4)[a, b] * exposure * mean_rate(gas, a, b)
        stderr = made[a, b].std(ddof=1) / np.sqrt(150)
        assert abs(made[a, b].mean() - expected) < 4 * stderr, (a, b, made[a, b].mean() / expected)
        assert stderr < 0.002 * expected


def in_a_box(n_a, n_b, cells):
    """Mean number of pairs that share a cell, of molecules spread independently over the cells."""
    n = np.array([n_a, n_b])
    pairs = np.outer(n, n) / cells
    np.fill_diagonal(pairs, n * (n - 1) / (2 * cells))
    return pairs


@pytest.mark.parametrize(("particles_per_cell", "subcells"), [(1.0, 1), (3.0, 1), (20.0, 1), (20.0, 3)])
def test_molecules_that_move_collide_at_the_same_rate(particles_per_cell, subcells):
    """Two molecules share one of M cells with probability 1/M: N_a N_b/M and N (N - 1)/(2 M) pairs.

    Collision cells that are a third of it hold a third of the pairs, in a third of the volume.
    """
    gas, cells, steps = Mixture(["He", "Ar"], "vss"), 8, 40
    copies = int(6000 / particles_per_cell)
    simulation = make(gas, copies, cells, 2e-10, particles_per_cell, subcells)
    # In a box the first placement is stratified: one flight across it makes places independent.
    simulation.particles.along(0)[...] = (
        np.random.default_rng(3).random(len(simulation.particles.along(0))) * 8e-7
    )
    simulation.run(steps)
    exposure = simulation.weights[0, 0] / simulation.domain.cell_width * simulation.timestep * steps
    n = int(particles_per_cell * cells / 2)
    for a, b in PAIRS:
        made = collisions_of(simulation)[a, b].sum(axis=1)
        expected = in_a_box(n, n, cells)[a, b] * exposure * mean_rate(gas, a, b)
        stderr = made.std(ddof=1) / np.sqrt(copies)
        assert abs(made.mean() - expected) < 4 * stderr
        assert stderr < 0.01 * expected
