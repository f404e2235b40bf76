"""What few atoms shift, against partition functions that are summed, and the equation of state."""

import math

import numpy as np
import pytest
from fluid_cases import STATE, config, made_series

from knudsen.analysis.dense.lennard_jones import LennardJonesFluid
from knudsen.md.potentials.pairs import PairTable
from knudsen.scenarios.lj_fluid.estimates import Run
from knudsen.scenarios.lj_fluid.radial import RadialSeries, left_out
from knudsen.scenarios.lj_fluid.size import FewAtoms, Tail, fixed_pressure, fixed_volume, stiffness
from knudsen.scenarios.lj_fluid.theory import Known, at_pressure, state_theory

T = 1.3
PULL = 0.7  # of the mean field between rods
FIELD = Tail(-PULL, -PULL)


def rods_energy(temperature, density):
    return -PULL * density


def rods_pressure(temperature, density):
    """Hard rods of length 1 on a line, Tonks: p (1 - rho) = rho T; and a mean field."""
    return temperature * density / (1 - density) - PULL * density**2


@pytest.mark.parametrize("atoms", [5, 50])
def test_rods_on_a_ring_have_the_pressure_of_their_partition_function(atoms):
    """Z = L (L - N)^(N - 1) / N! exp(a N^2 / L T): p - p_N is T rho^2 / N (1 - rho), whatever the field."""
    density = 0.4
    length = atoms / density
    exact = T * ((atoms - 1) / (length - atoms) + 1 / length) - PULL * density**2
    found = fixed_volume(rods_energy, rods_pressure, T, density, FewAtoms(atoms, FIELD, FIELD))
    assert rods_pressure(T, density) + found.pressure == pytest.approx(exact, abs=1e-7)
    assert found.energy == pytest.approx(0, abs=1e-10)
    # A field that the rods are thought to feel makes them softer, and the shift 5 % larger.
    felt = fixed_volume(rods_energy, rods_pressure, T, density, FewAtoms(atoms))
    assert abs(felt.pressure / found.pressure - 1) > 0.03 and abs(felt.energy) > 0.1 / atoms


def rods_at_pressure(atoms, pressure):
    """Means of density and energy over Z(L) exp(-P L / T) dL."""
    length = np.linspace(1.0001 * atoms, 12 * atoms, 400_001)
    weight = (atoms - 1) * np.log(length - atoms) + np.log(length)
    weight += PULL * atoms**2 / (length * T) - pressure * length / T
    weight = np.exp(weight - weight.max())
    density = atoms / length
    return np.array([weight @ density, weight @ (-PULL * density)]) / weight.sum()


def test_rods_at_a_pressure_have_the_means_of_theirs():
    density = 0.45
    pressure = rods_pressure(T, density)
    for atoms in (100, 400):
        found = fixed_pressure(rods_energy, rods_pressure, T, density, FewAtoms(atoms, FIELD, FIELD))
        means = rods_at_pressure(atoms, pressure) - [density, rods_energy(T, density)]
        assert [found.density, found.energy] == pytest.approx(means, rel=2 / atoms)
    assert abs(found.density) > 1e-6  # the sums are good to 1e-9


def test_without_a_mean_field_the_density_at_a_pressure_stays_and_the_energy_is_that_of_enthalpy():
    """d(beta G)/dbeta with G = N mu + T ln rho: N (u_N - u) = T^2 alpha - p T kappa_T; ideal atoms: 0."""
    fluid = LennardJonesFluid(2.0, 0.5)
    kappa = fluid.isothermal_compressibility
    expected = 2.0**2 * fluid.thermal_pressure_coefficient * kappa - 2.0 * fluid.pressure * kappa
    density, state = at_pressure(2.0, Known(fluid.pressure, 0.0), 0.5, FewAtoms(100))
    assert density.value == pytest.approx(0.5, abs=1e-8)
    assert state.energy.value == pytest.approx(fluid.residual_energy + expected / 100, rel=1e-5)
    assert abs(expected) > 1


WIDTH, BOTTOM = 0.8, -2.0


def gaussian_energy(temperature, density):
    """Of a density of states exp(-N (u - u_0)^2 / 2 s): u = u_0 - s / T."""
    return BOTTOM - WIDTH / temperature


def microcanonical(atoms, total):
    """Kinetic temperature and energy of an atom: states of U weighed with (E - U)^((3N - 3) / 2 - 1)."""
    degrees = 3 * atoms - 3
    energy = np.linspace(atoms * (BOTTOM - 4 * WIDTH**0.5), total, 1_000_001)[:-1]
    weight = (degrees / 2 - 1) * np.log(total - energy)
    weight -= atoms * (energy / atoms - BOTTOM) ** 2 / (2 * WIDTH)
    weight = np.exp(weight - weight.max())
    mean = weight @ energy / weight.sum()
    return 2 * (total - mean) / degrees, mean / atoms


def test_a_fixed_energy_has_the_means_of_its_density_of_states():
    def ideal(temperature, density):
        return temperature * density

    for atoms in (50, 500):
        temperature, energy = microcanonical(atoms, atoms * (1.5 * T + gaussian_energy(T, 1.0)))
        one, two, none = (
            fixed_volume(gaussian_energy, ideal, temperature, 1.0, FewAtoms(atoms, at_energy=copies)).energy
            for copies in (1, 2, 0)
        )
        assert energy - gaussian_energy(temperature, 1.0) == pytest.approx(one, rel=2 / atoms)
        assert two == pytest.approx(one / 2, rel=1e-9) and abs(none) < 1e-10


def test_copies_of_canonical_energies_have_canonical_means_but_for_one_part_in_their_number():
    """u(T) of R copies at energies drawn from the canonical ensemble, at the mean of their temperatures."""
    atoms, copies, random = 50, 3, np.random.default_rng(2)
    capacity = 1.5 + WIDTH / T**2
    spread = T * math.sqrt(atoms * capacity)
    grid = np.linspace(-5, 5, 41) * spread + atoms * (1.5 * T + gaussian_energy(T, 1.0))
    known = np.array([microcanonical(atoms, total) for total in grid])
    drawn = random.normal(grid.mean(), spread, size=(400_000, copies))
    temperature, energy = (np.interp(drawn, grid, column).mean(axis=1) for column in known.T)
    off = energy - gaussian_energy(temperature, 1.0)
    shift = fixed_volume(
        gaussian_energy, lambda t, r: t * r, T, 1.0, FewAtoms(atoms, at_energy=copies)
    ).energy
    error = off.std() / math.sqrt(len(off))
    # The next order is some 1 / N of it.
    assert abs(off.mean() - shift) < 4 * error + 6 * abs(shift) / atoms < 0.3 * shift


def test_the_shift_is_the_derivative_of_the_free_energy():
    """A_N = A + (T / 2) ln(2 pi N S): u_N - u = -(T^2 / 2N) dln S/dT, p_N - p = (T rho^2 / 2N) dln S/drho."""

    def pressure(temperature, density):
        return LennardJonesFluid(temperature, density).pressure

    def energy(temperature, density):
        return LennardJonesFluid(temperature, density).residual_energy

    temperature, density, h = 1.5, 0.3, 1e-3
    tail = PairTable(1.0, 1.0, 3.0, "switched").long_range([1], 1.0)
    for unfelt in (Tail(), Tail(tail.energy, tail.pressure)):

        def log_s(temperature, density, unfelt=unfelt):
            return math.log(temperature / stiffness(pressure, temperature, density, unfelt))

        found = fixed_volume(energy, pressure, temperature, density, FewAtoms(500, unfelt, unfelt))
        slope = (log_s(temperature + h, density) - log_s(temperature - h, density)) / (2 * h)
        assert found.energy == pytest.approx(-(temperature**2) / 1000 * slope, rel=1e-4)
        slope = (log_s(temperature, density + h) - log_s(temperature, density - h)) / (2 * h)
        assert found.pressure == pytest.approx(temperature * density**2 / 1000 * slope, rel=1e-3)


def test_pairs_of_a_rare_gas_are_one_less_an_atom():
    """Of the second virial coefficient alone u is -a rho, of which N atoms have (1 - 1 / N)."""
    few, many = (state_theory(2.0, 1e-3, FewAtoms(atoms)) for atoms in (50, 1e9))
    assert few.energy.value == pytest.approx(0.98 * many.energy.value, rel=1e-4)
    assert few.pressure.value - 2e-3 == pytest.approx(0.98 * (many.pressure.value - 2e-3), rel=0.01)
    assert few.energy.error == many.energy.error and few.pressure.error == many.pressure.error


def test_the_system_of_a_run_is_what_its_pairs_were_counted_for():
    """108 atoms of g = 1: what the structure adds is what 1 - 1 / N of the pairs within the last bin lack."""
    edges = np.linspace(0, 3.0, 181)
    pairs = np.full((2, 8, 180), 10.0)
    radial = RadialSeries(edges, 20 * np.arange(1, 9) * 10, pairs, pairs)
    series = made_series(np.random.default_rng(1), samples=400)
    run = Run(config(**STATE, thermostat="none", steps=80_000), series, radial)
    weights = left_out(edges, 2.5, "switched")
    assert run.structure[0].value == pytest.approx(-0.5 / 108 * weights[0].sum())
    assert run.structure[1].value == pytest.approx(-0.25 / 108 * weights[1].sum())
    cut, switched = (PairTable(1.0, 1.0, *form).long_range([1], 1.0) for form in ((3.0,), (2.5, "switched")))
    assert run.system == FewAtoms(
        108, Tail(switched.energy, switched.pressure), Tail(cut.energy, cut.pressure), 2
    )
