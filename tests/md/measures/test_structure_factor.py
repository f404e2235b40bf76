"""S(k): an ideal gas, reciprocal vectors of a lattice, brute force, the choice of wave vectors."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.measures.structure_factor import StructureFactor, wave, wave_vectors
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

IDEAL = PairTable.lorentz_berthelot([1e-3, 1e-3], [1e-2, 1e-2], 2.0)


def gas(counts, box, seed, copies=1):
    random = np.random.default_rng(seed)
    species = np.repeat(np.arange(len(counts)), counts)
    positions = random.uniform(0, 1, (copies, len(species), 3)) * np.array(box)
    positions = positions if copies > 1 else positions[0]
    return Simulation(positions, 0 * positions, box, IDEAL, timestep=0.001, species=species, device="cpu")


def taken(sim, **options):
    measure = StructureFactor(**options)
    measure.bind(sim)
    measure.take(sim)
    return measure.result()


def test_waves_are_sines_and_cosines():
    turns = np.linspace(-700.3, 700.3, 4001)
    found = np.array([wave(t) for t in turns])
    angle = 2 * np.pi * (turns - np.round(turns))
    assert found == pytest.approx(np.stack([np.cos(angle), np.sin(angle)], axis=1), abs=5e-15)


def test_sums_against_brute_force():
    box = np.array([7.0, 8.0, 11.0])
    sim = gas([30, 20], tuple(box), seed=4)
    found = taken(sim, k_max=3.0, shells=6, most=1000)
    assert found.vectors[0].shape == (len(found.wave_numbers[0]), 3)
    k = 2 * np.pi * found.vectors[0] / box
    assert found.wave_numbers[0] == pytest.approx(np.linalg.norm(k, axis=1))
    rho = [np.exp(-1j * sim.positions[sim.species == s] @ k.T).sum(axis=0) for s in (0, 1)]
    for a, b in np.ndindex(2, 2):
        expected = (rho[a] * rho[b].conj()).real / np.sqrt([30, 20][a] * [30, 20][b])
        assert found.per_vector[0][a, b] == pytest.approx(expected, rel=1e-10, abs=1e-12)
    whole = np.abs(rho[0] + rho[1]) ** 2 / 50
    shell = np.digitize(found.wave_numbers[0], found.shells[1:], right=True)
    for number in np.unique(shell):
        assert found.total[0, number] == pytest.approx(whole[shell == number].mean(), rel=1e-10)
        assert found.k[0, number] == pytest.approx(found.wave_numbers[0][shell == number].mean())


def test_a_lattice_scatters_at_its_reciprocal_vectors_alone():
    """Face-centred cubic: N where h, k, l are all even or all odd, else nothing."""
    cells = 3
    positions, velocities, length = lattice(cells, 0.9)
    sim = Simulation(positions, velocities, length, PairTable(1.0, 1.0, 2.2), timestep=0.001, device="cpu")
    found = taken(sim, k_max=4.1 * 2 * np.pi * cells / length, shells=20, most=10**6)
    miller, rest = np.divmod(found.vectors[0], cells)
    odd = miller % 2
    bright = (rest == 0).all(axis=1) & (odd == odd[:, :1]).all(axis=1)
    assert bright.sum() == (8 + 6 + 12 + 24 + 8 + 6) / 2
    assert found.per_vector[0][0, 0] == pytest.approx(np.where(bright, len(positions), 0.0), abs=1e-9)


def test_an_ideal_gas_has_one():
    """S_ab = delta_ab, from independent copies."""
    copies = 400
    found = taken(gas([25, 10], (6.0, 6.0, 6.0), seed=8, copies=copies), k_max=6.0, shells=6, most=8)
    filled = ~np.isnan(found.k[0])
    for (a, b), expected in (((0, 0), 1), ((1, 1), 1), ((0, 1), 0)):
        values = found.values[:, a, b][:, filled]
        error = values.std(axis=0, ddof=1) / np.sqrt(copies)
        assert np.abs((values.mean(axis=0) - expected) / error).max() < 4
        assert error.max() < 0.06
    total = found.total[:, filled]
    error = total.std(axis=0, ddof=1) / np.sqrt(copies)
    assert np.abs((total.mean(axis=0) - 1) / error).max() < 4
    # Negative control: the sums over N instead of sqrt(N_a N_b).
    wrong = found.values[:, 1, 1][:, filled] * 10 / 35
    assert np.abs((wrong.mean(axis=0) - 1) / (wrong.std(axis=0) / np.sqrt(copies))).min() > 10


def test_vectors_are_all_those_of_half_a_sphere():
    edges = np.linspace(0, 3.0, 5)
    vectors, lengths = wave_vectors((5.0, 6.0, 9.0), edges, 10**6)
    every = np.stack(np.meshgrid(*[np.arange(-6, 7)] * 3, indexing="ij"), -1).reshape(-1, 3)
    near = np.linalg.norm(2 * np.pi * every / [5, 6, 9], axis=1) <= 3.0
    assert 2 * len(vectors) + 1 == near.sum()
    rows = {tuple(row) for row in vectors}
    assert len(rows) == len(vectors) and not any(tuple(-np.array(row)) in rows for row in rows)
    assert (np.diff(np.digitize(lengths, edges[1:], right=True)) >= 0).all()
    fewer, _ = wave_vectors((5.0, 6.0, 9.0), edges, 4)
    assert len(fewer) == 4 * 3 + min(4, (lengths <= edges[1]).sum())
    assert {tuple(row) for row in fewer} <= rows


def test_copies_in_unlike_boxes():
    """Each copy has the wave vectors of its own box, as if it were alone."""
    random = np.random.default_rng(6)
    boxes = [[6.0, 6.0, 6.0], [9.0, 7.0, 8.0]]
    starts = [random.uniform(0, 6, (n, 3)) for n in (20, 33)]
    pairs = PairTable(1e-3, 1e-2, 2.0)
    both = taken(
        Simulation(starts, [0 * p for p in starts], boxes, pairs, timestep=0.001, device="cpu"), k_max=4.0
    )
    for copy, (positions, box) in enumerate(zip(starts, boxes, strict=True)):
        one = Simulation(positions, 0 * positions, box, pairs, timestep=0.001, device="cpu")
        alone = taken(one, k_max=4.0)
        assert np.array_equal(alone.per_vector[0], both.per_vector[copy])
        assert np.array_equal(alone.vectors[0], both.vectors[copy])


def test_no_wave_vector_is_said():
    with pytest.raises(ValueError, match="raise k_max"):
        taken(gas([5, 5], (6.0, 6.0, 6.0), seed=1), k_max=0.5)
    with pytest.raises(ValueError, match="lower k_max"):
        taken(gas([5, 5], (6.0, 6.0, 6.0), seed=1), k_max=500.0)
    with pytest.raises(ValueError, match="k_max"):
        StructureFactor(k_max=-1.0)
