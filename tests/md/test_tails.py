"""What a cut leaves out: closed forms, derivatives, mean fields, estimates for the full fluid."""

import math

import numpy as np
import pytest
from lattices import lattice

from knudsen.core.shapes import LENNARD_JONES, inverse_power_shape, mie_shape, user_shape
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.potentials.full_fluid import full_fluid, full_measures
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.potentials.tails import tail_integrals
from knudsen.md.simulation import Simulation
from knudsen.md.starts.velocities import maxwell_velocities

RC = 2.5
BINARY = PairTable.lorentz_berthelot([1.0, 1.3], [1.0, 0.6], 3.5, k_ij=0.1)


def lj(r):
    return 4 * (r**-12 - r**-6)


def smooth(r, on=0.9 * RC):
    x = max(0.0, (r**2 - on**2) / (RC**2 - on**2))
    return 1 - 10 * x**3 + 15 * x**4 - 6 * x**5


def test_tails_of_lennard_jones_are_those_of_the_textbook():
    """Allen and Tildesley's eqs 2.144: (8/9) pi N rho rc^-9 - ..., (32/9) pi rho^2 rc^-9 - ..."""
    rho, rc = 0.7, 3.0
    tail = PairTable(1.0, 1.0, rc).long_range(70, 100.0)
    assert tail.energy == pytest.approx(8 * math.pi * rho * (rc**-9 / 9 - rc**-3 / 3), rel=1e-12)
    assert tail.pressure == pytest.approx(
        32 * math.pi * rho**2 * rc**-9 / 9 - 16 * math.pi * rho**2 * rc**-3 / 3, rel=1e-12
    )
    assert tail.chemical_potential == pytest.approx([2 * tail.energy], rel=1e-14)


def test_nists_correction_to_all_printed_digits():
    assert round(30 * PairTable(1.0, 1.0, 3.0).long_range(30, 8.0**3).energy, 5) == -0.54517
    assert round(30 * PairTable(1.0, 1.0, 2.99).long_range(30, 8.0**3).energy, 5) != -0.54517


@pytest.mark.parametrize("cutoff", [1.0, 3 ** (-1 / 6)])
def test_a_cut_may_be_at_a_zero_of_the_potential_or_of_its_integral(cutoff):
    energy, virial = tail_integrals(LENNARD_JONES, "cut", cutoff)
    assert energy == pytest.approx(4 * (cutoff**-9 / 9 - cutoff**-3 / 3), rel=1e-12, abs=1e-12)
    assert virial == pytest.approx(4 * (12 * cutoff**-9 / 9 - 6 * cutoff**-3 / 3), rel=1e-12)
    with pytest.raises(ValueError, match="slowly"):  # near the cut-off it falls off fast
        tail_integrals(user_shape(lambda r: r**-12 + 1e-6 * r**-3), "cut", cutoff)


@pytest.mark.parametrize(("n", "m"), [(14.0, 7.0), (12.0, 6.0), (10.5, 5.3)])
def test_tails_of_a_mie_fluid_are_the_closed_forms(n, m):
    depth = n / (n - m) * (n / m) ** (m / (n - m))
    energy, virial = tail_integrals(mie_shape(n, m), "cut", RC)
    assert energy == pytest.approx(depth * (RC ** (3 - n) / (n - 3) - RC ** (3 - m) / (m - 3)), rel=1e-12)
    assert virial == pytest.approx(
        depth * (n * RC ** (3 - n) / (n - 3) - m * RC ** (3 - m) / (m - 3)), rel=1e-12
    )


def test_switched_tail_adds_what_the_switch_takes():
    r = np.linspace(0.9 * RC, RC, 200001)
    lost = np.trapezoid([(lj(x) - lj(x) * smooth(x)) * x**2 for x in r], r)
    cut, switched = (tail_integrals(LENNARD_JONES, form, RC)[0] for form in ("cut", "switched"))
    assert switched == pytest.approx(cut + lost, rel=1e-9)
    assert abs(lost) > 0.02 * abs(cut)


def test_pressure_tail_is_the_volume_derivative_of_the_energy_tail():
    """p = -dE/dV at constant N, where E = 2 pi N^2 I_E / V plus the cut's own pairs."""
    table = PairTable(1.0, 1.0, RC)
    number, volume = 100.0, 200.0
    tail = table.long_range(number, volume)
    # E_tail / N + cut part: moving the cut-off with the box adds the jump at rc.
    jump = 2 * math.pi / 3 * (number / volume) ** 2 * RC**3 * lj(RC)
    assert tail.pressure == pytest.approx(tail.energy * number / volume + jump, rel=1e-12)


def test_chemical_potential_tail_is_the_derivative_of_the_energy_tail_by_atoms():
    volume, counts = 500.0, np.array([60.0, 40.0])

    def total(counts):
        return counts.sum() * BINARY.long_range(counts, volume).energy

    for species in range(2):
        one = np.eye(2)[species]
        slope = (total(counts + one) - total(counts - one)) / 2
        tail = BINARY.long_range(counts, volume)
        assert tail.chemical_potential[species] == pytest.approx(slope, rel=1e-10)


def test_enthalpy_tail_of_the_mixture_is_that_of_the_fluid():
    counts = np.array([60.0, 40.0])
    tail = BINARY.long_range(counts, 500.0)
    assert counts / 100 @ tail.enthalpy == pytest.approx(tail.energy + tail.pressure / 0.2, rel=1e-14)
    assert abs(tail.enthalpy[0] - tail.enthalpy[1]) > 0.05 * abs(tail.enthalpy[0])


SOFT = user_shape(lambda r: 1 / (1 + r**6))


def carried(cutoff, positions, species, length):
    """Mean of e_i + W_i,xx of the atoms of each species, and what lies beyond the cut-off."""
    table = PairTable.lorentz_berthelot([1.0, 1.4], [1.0, 2.0], cutoff, shape=SOFT)
    sim = Simulation(positions, 0 * positions, length, table, timestep=1e-3, species=species, device="cpu")
    rows = sim.atom_measures().reshape(-1, 7)[np.argsort(sim.atoms.id)]
    inside = np.array([rows[species == a, 0].mean() + rows[species == a, 1:4].mean() for a in range(2)])
    return inside, sim.long_range().enthalpy


def test_atoms_carry_the_enthalpy_that_lies_beyond_the_cutoff():
    """Atoms at random are a fluid of g = 1: what a longer cut-off adds to e_i + W_i, the tail foresaw."""
    count, length = 1500, 11.0
    positions = np.random.default_rng(3).random((count, 3)) * length
    species = (np.arange(count) % 3 == 0).astype(int)
    near, far = (carried(cutoff, positions, species, length) for cutoff in (2.5, 5.0))
    foreseen = near[1] - far[1]
    # Some N n (4/3) pi (rc'^3 - rc^3) / 2 pairs in the shell, of like size each: 0.3 % of the sum.
    assert far[0] - near[0] == pytest.approx(foreseen, rel=0.01)
    assert np.abs(foreseen / (far[0] - near[0]).mean() - 1).min() > 0.03  # the species differ


def test_wca_pairs_lack_nothing():
    assert PairTable.wca(1.0, 1.0).long_range(10, 100.0).energy == 0.0
    table = PairTable.lorentz_berthelot([1.0, 1.0], [1.0, 1.0], 2.5).with_wca((0, 1), (1, 1))
    one = PairTable(1.0, 1.0, 2.5).long_range(10, 100.0)
    both = table.long_range([10, 10], 100.0)
    assert 20 * both.energy == pytest.approx(10 * one.energy, rel=1e-14)
    assert both.chemical_potential == pytest.approx([one.chemical_potential[0], 0.0])


def test_corrections_that_do_not_exist_are_refused():
    for form in ("shifted", "force-shifted"):
        with pytest.raises(ValueError, match="contact"):
            tail_integrals(LENNARD_JONES, form, RC)
    with pytest.raises(ValueError, match="slowly"):
        tail_integrals(inverse_power_shape(3.0), "cut", RC)
    for counts, volume in (([1, 2], 10.0), ([0], 10.0), ([-1], 10.0), ([5], 0.0)):
        with pytest.raises(ValueError, match="one number of atoms"):
            PairTable(1.0, 1.0, RC).long_range(counts, volume)


@pytest.fixture(scope="module")
def forms():
    positions, velocities, length = lattice(4, 0.8, temperature=1.0, jitter=0.1)

    def made(form):
        pairs = PairTable(1.0, 1.0, RC, form=form)
        return Simulation(positions, velocities, length, pairs, timestep=0.002, device="cpu")

    return {form: made(form) for form in ("cut", "shifted", "force-shifted", "switched")}


@pytest.mark.parametrize("form", ["cut", "shifted", "force-shifted", "switched"])
def test_the_full_fluid_of_an_instant_is_the_same_by_every_form(forms, form):
    cut, tail = forms["cut"], forms["cut"].long_range()
    full = full_fluid(forms[form])
    energy = cut.energies().potential + cut.particle_count * tail.energy
    assert full.potential_energies == pytest.approx([energy], rel=1e-13)
    resting = cut.temperature() / cut.box.volume
    pressure = cut.pressure_tensor() + (tail.pressure + resting) * np.eye(3)
    assert full.pressure_tensors[0] == pytest.approx(pressure, abs=1e-11)


def ideal(**options):
    """64 atoms of two masses that pass through each other, at rest as a whole."""
    masses, species = [1.0, 5.0], np.arange(64) % 2
    random = np.random.default_rng(4)
    velocities = maxwell_velocities(np.array(masses)[species], 1.5, seed=4)
    pairs = PairTable.lorentz_berthelot([1.0, 1.0], [0.0, 0.0], 2.0)
    return Simulation(
        random.random((64, 3)) * 8, velocities, 8.0, pairs, timestep=1e-3, species=species, masses=masses,
        device="cpu", **options,
    )  # fmt: skip


def test_ideal_atoms_at_rest_as_a_whole_have_the_ideal_pressure():
    """Without the share of the centre of mass N atoms would have (N - 1) T / V; friction leaves no rest."""
    for options, lacks in (({}, 1), ({"couplings": [Langevin(1.5, 1.0)]}, 0)):
        sim = ideal(**options)
        unit = sim.temperature() / sim.box.volume
        full = np.trace(full_fluid(sim).pressure_tensors[0]) / 3
        assert full == pytest.approx(64 * unit, rel=1e-13)
        assert np.trace(sim.pressure_tensor()) / 3 == pytest.approx((64 - lacks) * unit, rel=1e-13)
        assert sim.resting_pressures()[0] == pytest.approx(lacks * unit * np.eye(3), rel=1e-13)


def test_what_shifting_takes_from_the_energy_is_pairs_times_the_shift(forms):
    place = forms["cut"].positions
    apart = place[:, None] - place
    apart -= forms["cut"].box.lengths[0] * np.round(apart / forms["cut"].box.lengths[0])
    pairs = ((np.sqrt((apart**2).sum(axis=2)) < RC).sum() - len(place)) / 2
    sim = forms["shifted"]
    tail = forms["cut"].long_range().energy * len(place)
    taken = full_fluid(sim).potential_energies[0] - tail - sim.energies().potential
    assert taken == pytest.approx(pairs * lj(RC), rel=1e-11)
    # Shifting moves no atom: forces and pressure are those of the cut.
    assert np.array_equal(forms["shifted"].force_on_atoms, forms["cut"].force_on_atoms)


def test_measuring_the_full_fluid_leaves_the_forces_as_they_are(forms):
    sim = forms["force-shifted"]
    before, own = sim.force_on_atoms, sim.atom_measures().copy()
    assert np.abs(full_measures(sim) - own).max() > 1e-3
    assert np.array_equal(sim.force_on_atoms, before) and np.array_equal(sim.atom_measures(), own)
