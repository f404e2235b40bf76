"""The Lennard-Jones fluid against NIST's state points and the equation of state of Thol et al.

Values are those of the full potential unless said otherwise: cut at 3 sigma, corrected beyond.
NIST: Standard Reference Simulation Website, SRD 173; pressures are known to some 0.002.
Thol: M. Thol et al., J. Phys. Chem. Ref. Data 45 (2016) 023101.
"""

import numpy as np
import pytest

from knudsen.analysis.statistics import mean_and_error
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.starts.lattices import lattice_start
from knudsen.md.starts.velocities import maxwell_velocities
from knudsen.scenarios.lj_fluid.size import FewAtoms, Tail
from knudsen.scenarios.lj_fluid.theory import state_theory

pytestmark = pytest.mark.slow

SAMPLED = 10  # steps between samples


def fluid(density, temperature, pairs, coupling, atoms=500, copies=4, timestep=0.004):
    """Copies of a crystal about to melt."""
    start = lattice_start("fcc", atoms, density)
    velocities = [maxwell_velocities(np.ones(atoms), temperature, seed=seed) for seed in range(copies)]
    return Simulation(
        np.stack([start.positions] * copies), np.stack(velocities), start.box, pairs,
        timestep=timestep, couplings=[coupling] if coupling else [], seed=11, device="cpu",
    )  # fmt: skip


def configurational(sim, temperature, tensors):
    """Pressures rho T + W / 3V [copies]: the momentum at rest does not count."""
    traces = np.trace(tensors, axis1=1, axis2=2)
    kinetic = 2 * sim.device.fetch(sim.kinetic_energies()) / sim.volumes
    density = sim.species_counts.sum(axis=1) / sim.volumes
    return density * temperature + (traces - kinetic) / 3


def series(sim, temperature, samples, every=SAMPLED):
    """Potential energy per atom and pressure, as cut [copy, sample]."""
    found = []
    for _ in range(samples):
        sim.run(every)
        energies = sim.potential_energies() / sim.species_counts.sum(axis=1)
        found.append((energies, configurational(sim, temperature, sim.pressure_tensors())))
    return np.moveaxis(np.array(found), 0, -1)


def bounds(energy, pressure, errors):
    """How far a mean may lie off."""
    return max(1e-3 * abs(energy), 3 * errors[0]), max(5e-3 * abs(pressure), 0.005, 3 * errors[1])


def report(name, means, errors, expected):
    for what, mean, error, known in zip(("energy", "pressure"), means, errors, expected, strict=True):
        print(f"{name}: {what} {mean:.5f} +- {error:.5f}, expected {known:.6f}")


def canonical(temperature, density, pairs, atoms=500):
    """Energy and pressure by the equation of state, of so many atoms whose correction takes g = 1."""
    tail = pairs.long_range([1], 1.0)
    left_out = Tail(tail.energy, tail.pressure)
    found = state_theory(temperature, density, FewAtoms(atoms, left_out, left_out))
    return found.energy.value, found.pressure.value


# NIST's are canonical runs of 500 atoms as well; the equation of state is that of the fluid without end.
LIQUIDS = {
    "NIST rho 0.776 T 0.85": (0.776, 0.85, -5.5121, 0.0067714),
    "NIST rho 0.86 T 0.90": (0.86, 0.90, -5.9753, 1.5781),
    "Thol rho 0.3 T 1.5": (0.3, 1.5),
    "Thol rho 0.5 T 2": (0.5, 2.0),
    "Thol rho 0.8 T 2": (0.8, 2.0),
}


@pytest.mark.parametrize("name", LIQUIDS)
def test_cut_fluid_with_corrections_is_the_full_fluid(name):
    """Energy and pressure of liquids, corrected beyond the cut, against table or equation of state."""
    density, temperature, *expected = LIQUIDS[name]
    if name.startswith("Thol"):
        expected = canonical(temperature, density, PairTable(1.0, 1.0, 3.0))
    # Positions are hotter than T by (w dt)^2 / 4, with w^2 of some 300 to 600.
    timestep = 0.002 if temperature == 2.0 else 0.004
    coupling = VelocityRescaling(temperature, 0.5)
    sim = fluid(density, temperature, PairTable(1.0, 1.0, 3.0), coupling, timestep=timestep)
    sim.run(5000)
    tail = sim.long_range()
    cut = [mean_and_error(each) for each in series(sim, temperature, 5000, every=round(0.04 / timestep))]
    means = [cut[0][0] + tail.energy, cut[1][0] + tail.pressure]
    errors = [cut[0][1], cut[1][1]]
    report(name, means, errors, expected)
    allowed = bounds(*expected, errors)
    misses = np.abs(np.subtract(means, expected))
    assert (misses < allowed).all()
    # What the cut leaves out is many times that.
    assert abs(tail.energy) > 5 * allowed[0] and abs(tail.pressure) > 5 * allowed[1]


def test_few_atoms_shift_the_energy_as_the_cut_fluid_fluctuates():
    """Of 64 and 864 atoms of one cut, where S of the full fluid is more than twice that of the cut one."""
    temperature, density, pairs = 1.5, 0.3, PairTable(1.0, 1.0, 2.5)
    found = []
    for atoms, copies in ((64, 64), (864, 8)):
        coupling = VelocityRescaling(temperature, 0.2)
        sim = fluid(density, temperature, pairs, coupling, atoms=atoms, copies=copies)
        sim.run(3000)
        found.append(mean_and_error(series(sim, temperature, 1000)[0]))
    (few, one), (many, other) = found
    error = np.hypot(one, other)
    by_theory = np.subtract(*(canonical(temperature, density, pairs, atoms)[0] for atoms in (64, 864)))
    whole = np.subtract(*(state_theory(temperature, density, FewAtoms(n)).energy.value for n in (64, 864)))
    print(f"64 less 864 atoms: {few - many:.5f} +- {error:.5f}, expected {by_theory:.5f}")
    assert abs(few - many - by_theory) < 4 * error < 0.5 * by_theory
    # Neither no shift nor that of atoms that feel the whole potential.
    assert few - many > 4 * error and abs(few - many - whole) > 4 * error


GASES = {
    "NIST rho 0.003 T 0.85": (0.003, 0.85, PairTable(1.0, 1.0, 3.0), -0.031019, 0.0024965),
    "NIST force shift rho 0.005 T 1": (
        0.005, 1.0, PairTable(1.0, 1.0, 2.5, form="force-shifted"), -0.03362, 0.004919,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GASES)
def test_gas_is_that_of_its_table(name):
    """Friction stands in for the third body without which no two atoms of a rare gas are bound."""
    density, temperature, pairs, *expected = GASES[name]
    sim = fluid(density, temperature, pairs, Langevin(temperature, 0.5), atoms=1000, timestep=0.005)
    sim.run(12_000)
    tail = sim.long_range() if pairs.form == "cut" else PairTable.wca(1.0, 1.0).long_range(1, 1.0)
    cut = [mean_and_error(each) for each in series(sim, temperature, 400, every=100)]
    means = [cut[0][0] + tail.energy, cut[1][0] + tail.pressure]
    errors = [cut[0][1], cut[1][1]]
    report(name, means, errors, expected)
    off = np.abs(np.subtract(means, expected))
    assert off[0] < max(1e-3 * abs(expected[0]), 3 * errors[0])
    assert off[1] < max(5e-3 * expected[1], 3 * errors[1])
    # Attraction is seen beside the ideal gas.
    assert abs(expected[0]) > 10 * errors[0]
    assert abs(density * temperature - expected[1]) > max(5e-3 * expected[1], 5 * errors[1])


@pytest.mark.parametrize("form", ["force-shifted", "switched"])
def test_energy_drifts_by_less_than_a_millionth_an_atom_in_1e5_steps(form):
    """The slope of a straight line through the conserved energy of 1e5 steps against none."""
    temperature = 0.722
    pairs = PairTable(1.0, 1.0, 2.5, form=form)
    warm = fluid(0.8442, temperature, pairs, VelocityRescaling(temperature, 0.5), copies=2, timestep=0.002)
    warm.run(10_000)
    sim = Simulation(
        warm.positions, warm.velocities, warm.box_lengths[0], pairs, timestep=0.002, device="cpu"
    )
    energies = []
    for _ in range(10_000):
        sim.run(10)
        energies.append(sim.conserved().mean() / 500)
    time = np.linspace(0, 1, len(energies))
    slope, start = np.polyfit(time, energies, 1)
    scatter = energies - slope * time - start
    error = mean_and_error(scatter)[1] * 12**0.5
    print(f"{form}: drift {slope:.2e} +- {error:.1e} an atom in 1e5 steps, scatter {scatter.std():.1e}")
    assert abs(slope) < 1e-6
    assert 3 * error < 1.2e-6
