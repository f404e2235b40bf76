"""Correlations of velocities, currents, stress and heat flux: exact cases by hand."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.measures.correlations import Correlations
from knudsen.md.measures.correlator import (
    CurrentCorrelation,
    HeatFluxCorrelation,
    StressCorrelation,
    VelocityAutocorrelation,
)
from knudsen.md.measures.multiple_tau import LagGrid
from knudsen.md.measures.sums import barycentric_weights
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

SMOOTH = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.4, form="switched")


def mixture(masses=(1.0, 3.0), drift=0.0, **options):
    positions, velocities, length = lattice(4, 0.6)
    species = (np.arange(len(positions)) % 3 == 0).astype(int)
    velocities = np.where(np.isinf(masses)[species][:, None], 0.0, velocities + drift)
    return Simulation(
        positions, velocities, length, SMOOTH, timestep=0.004, species=species, masses=list(masses),
        device="cpu", **options,
    )  # fmt: skip


def history(sim, measure, steps, read):
    """Run with the measure, and what `read` says of each of its samples."""
    sim.add_measure(measure)
    seen = []
    for _ in range(steps // measure.every):
        sim.run(measure.every)
        seen.append(read(sim))
    return np.array(seen)


def test_velocities_of_species_against_brute_force():
    sim = mixture()
    measure = VelocityAutocorrelation(every=2, levels=2, points=4)
    seen = history(sim, measure, 40, lambda sim: sim.velocities)
    found = measure.result()
    assert found.times == pytest.approx(0.008 * np.array([0, 1, 2, 3, 4, 6]))
    means = seen.reshape(10, 2, -1, 3).mean(axis=1)
    for s in range(2):
        mine = sim.species == s
        for place, (held, delay) in enumerate(
            [(seen, 0), (seen, 1), (seen, 2), (seen, 3), (means, 2), (means, 3)]
        ):
            products = (held[: len(held) - delay, mine] * held[delay:, mine]).sum(axis=2)
            assert found.values[0, s, place] == pytest.approx(products.mean(), rel=1e-12)


def test_currents_of_species_against_brute_force():
    sim = mixture(drift=0.5)
    measure = CurrentCorrelation(every=1, levels=1, points=6)
    seen = history(
        sim, measure, 20, lambda sim: [sim.velocities[sim.species == s].sum(axis=0) for s in (0, 1)]
    )
    found = measure.result()
    for delay in range(6):
        expected = np.einsum("tak,tbk->ab", seen[: 20 - delay], seen[delay:]) / (20 - delay)
        assert found.values[0, :, :, delay] == pytest.approx(expected, rel=1e-11)
    assert found.means[0] == pytest.approx(seen.mean(axis=0), rel=1e-12)


def test_barycentric_currents_do_not_know_the_frame():
    """m_1 J'_1 + m_2 J'_2 = 0, and a drift of all atoms changes nothing."""
    found = []
    for drift in (0.0, 0.5):
        sim = mixture(drift=drift)
        measure = CurrentCorrelation(every=1, levels=1, points=2)
        history(sim, measure, 2, lambda sim: 0)
        found.append(measure.result().barycentric().values)
    assert found[0] == pytest.approx(found[1], rel=1e-9)
    assert np.einsum("a,rabl->rbl", sim.masses, found[0]) == pytest.approx(0.0, abs=1e-9 * found[0].max())


def test_frozen_species_have_no_weight():
    weights = barycentric_weights(mixture(masses=(1.0, np.inf)))[0]
    assert weights == pytest.approx(np.zeros((2, 2)))


def test_stress_is_the_pressure_tensor():
    sim = mixture()
    measure = StressCorrelation(every=2, levels=1, points=4)
    seen = history(sim, measure, 12, lambda sim: sim.pressure_tensor())
    found = measure.result()
    flat = seen[:, [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
    assert found.means[0, :, 0] == pytest.approx(flat.mean(axis=0), rel=1e-12)
    for delay in range(4):
        expected = flat[: 6 - delay].T @ flat[delay:] / (6 - delay)
        assert found.values[0, :, :, delay] == pytest.approx(expected, rel=1e-11)
    trace = seen - np.eye(3) * np.trace(seen, axis1=1, axis2=2)[:, None, None] / 3
    assert found.shear[0, 0] == pytest.approx((trace**2).sum(axis=(1, 2)).mean() / 10, rel=1e-10)
    # The six samples are blocks of their own: the mean squared is that of two of them.
    pressure = np.trace(seen, axis1=1, axis2=2) / 3
    different = np.outer(pressure, pressure)[~np.eye(6, dtype=bool)].mean()
    assert found.bulk[0, 0] == pytest.approx((pressure**2).mean() - different, rel=1e-8)


def two_atoms(drift=0.0):
    """Unlike atoms, 1.2 apart along a slanted line."""
    apart = 1.2 * np.array([0.6, 0.0, 0.8])
    positions = 3.0 + np.array([[0.0, 0.0, 0.0], apart])
    velocities = np.array([[0.3, -0.2, 0.5], [-0.7, 0.4, 0.1]]) + drift
    return Simulation(
        positions, velocities, 8.0, SMOOTH, timestep=0.001, species=np.array([0, 1]), masses=[1.0, 3.0],
        device="cpu",
    )  # fmt: skip


def heat_by_hand(sim):
    """Energy currents and mass currents of the two atoms, from the definition."""
    r, v, m = sim.positions, sim.velocities, sim.masses
    u = v - (m[:, None] * v).sum(axis=0) / m.sum()
    apart = r[0] - r[1]
    distance2 = apart @ apart
    sigma, epsilon = 0.9, np.sqrt(1.5)
    x = sigma**6 / distance2**3
    assert distance2 < (0.9 * 2.4) ** 2
    energy, force = 4 * epsilon * (x * x - x), 24 * epsilon * (2 * x * x - x) / distance2 * apart
    currents = []
    for i, pull in ((0, force), (1, -force)):
        towards = apart if i == 0 else -apart
        own = m[i] * u[i] @ u[i] / 2 + energy / 2
        currents.append(own * u[i] + 0.5 * towards * (pull @ u[i]))
    return np.array([*currents, *(m[:, None] * u)])


def test_heat_flux_of_two_atoms_by_hand():
    sim = two_atoms()
    measure = HeatFluxCorrelation(every=1, levels=1, points=2)
    measure.bind(sim)
    measure.take(sim)
    found = measure.result()
    expected = heat_by_hand(sim)
    assert found.names == ("energy 0", "energy 1", "mass 0", "mass 1")
    assert found.means[0] == pytest.approx(expected, rel=1e-12)
    assert found.values[0, :, :, 0] == pytest.approx(expected @ expected.T, rel=1e-12)
    assert found.means[0, 2] == pytest.approx(-found.means[0, 3], rel=1e-12)


def test_heat_flux_carries_the_energy_of_a_cluster():
    """d/dt sum r_i e_i of atoms that no image reaches, whatever their number and kinds."""
    positions, velocities, _ = lattice(2, 0.8)
    masses, species = np.array([1.0, 3.0]), np.arange(24) % 2
    velocities = 0.3 * velocities[:24]
    velocities -= np.average(velocities, axis=0, weights=masses[species])
    sim = Simulation(
        positions[:24] + 8.0, velocities, 20.0, SMOOTH, timestep=1e-4, species=species, masses=masses,
        device="cpu",
    )  # fmt: skip
    places, fluxes = [], []
    for _ in range(3):
        sim.run(1)
        energy = masses[species] * (sim.velocities**2).sum(axis=1) / 2
        energy += sim.atoms.by_id(sim.atom_measures(), 7)[:, 0]
        places.append(energy @ sim.unwrapped_positions)
        measure = HeatFluxCorrelation(every=1, levels=1, points=2)
        measure.bind(sim)
        measure.take(sim)
        fluxes.append(measure.result().means[0])
        carried = energy @ sim.velocities
    assert (places[2] - places[0]) / 2e-4 == pytest.approx(fluxes[1][:2].sum(axis=0), rel=1e-4)
    # Negative control: energy that is only carried along, without the work of the pairs.
    assert carried != pytest.approx(fluxes[2][:2].sum(axis=0), rel=0.1)


def test_heat_flux_does_not_know_the_frame():
    measures = [HeatFluxCorrelation(every=1, levels=1, points=2) for _ in range(2)]
    for measure, drift in zip(measures, (0.0, 2.0), strict=True):
        sim = two_atoms(drift)
        measure.bind(sim)
        measure.take(sim)
    assert measures[0].result().means == pytest.approx(measures[1].result().means, rel=1e-10)
    # Negative control: the flux about the laboratory would be another.
    assert np.abs(sim.masses @ sim.velocities).max() > 5


def test_a_reduced_heat_flux_does_not_know_the_zero_of_energy():
    """Energies e_i + c_a of a species a raise its enthalpy by c_a / m_a: J_q is the same."""
    sim = two_atoms()
    measure = HeatFluxCorrelation(every=1, levels=1, points=2)
    measure.bind(sim)
    measure.take(sim)
    plain = measure.result()
    shift = np.array([[1, 0, 5.0, 0], [0, 1, 0, -2 / 3.0], [0, 0, 1, 0], [0, 0, 0, 1]])
    shifted = plain.combine(shift, plain.names)
    enthalpies = np.array([0.7, -1.3])
    reduced = plain.combine([[1, 1, *-enthalpies]], ("heat",))
    again = shifted.combine([[1, 1, *-(enthalpies + np.array([5.0, -2 / 3.0]))]], ("heat",))
    assert again.values == pytest.approx(reduced.values, rel=1e-12)
    assert shifted.combine([[1, 1, 0, 0]], ("heat",)).values != pytest.approx(reduced.values, rel=0.1)


def test_combinations_by_hand():
    series = np.random.default_rng(3).normal(size=(2, 3, 2))
    # Two blocks of one and the same sample.
    sums = np.einsum("rak,rbk->rab", series, series)[:, None, ..., None].repeat(2, axis=1)
    totals = series[:, None].repeat(2, axis=1)
    plain = Correlations(
        np.zeros(1), LagGrid(1, 2, 2), ("a", "b", "c"), np.ones(2, int), np.ones((2, 1), int), sums, totals
    )
    assert plain.fluctuations == pytest.approx(0.0, abs=1e-14)
    weights = np.array([[1.0, -1.0, 0.0], [0.5, 0.5, 2.0]])
    made = np.einsum("na,rak->rnk", weights, series)
    found = plain.combine(weights, ("d", "e"))
    assert found.values[..., 0] == pytest.approx(np.einsum("rak,rbk->rab", made, made))
    assert found.means == pytest.approx(made)


def test_a_missing_species_gives_no_number():
    positions, velocities, length = lattice(3, 0.5)
    sim = Simulation(
        positions, velocities, length, SMOOTH, timestep=0.004, species=np.zeros(len(positions), int),
        masses=[1.0, 1.0], device="cpu",
    )  # fmt: skip
    measure = VelocityAutocorrelation(every=1)
    measure.bind(sim)
    measure.take(sim)
    values = measure.result().values
    assert np.isnan(values[0, 1]).all()
    assert values[0, 0, 0] == pytest.approx((velocities**2).sum() / len(velocities))


@pytest.mark.parametrize("changes", [{"every": 0}, {"every": 1.5}, {"levels": 0}, {"points": True}])
def test_bad_numbers_are_refused(changes):
    with pytest.raises(ValueError, match=next(iter(changes))):
        VelocityAutocorrelation(**changes)
