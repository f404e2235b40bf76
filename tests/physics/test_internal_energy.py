"""Internal energy of a gas at rest: one temperature for all of a mixture; relaxation at the stated rate.

Equilibrium: translation, rotation and vibrations of every species have the temperature T of the total energy

    sum_s N_s [ (3 + zeta_s) k T / 2 + sum_k g_k k theta_k / (exp(theta_k / T) - 1) ]

Jeans: of one gas of soft spheres dE_rot/dt = (zeta k T_tr / 2 - E_rot) / (Z tau_c), tau_c = pi mu / (4 p), at
any distance from equilibrium; tau_c does not change with it for Maxwell molecules.  In a box of N molecules
that is at rest each meets (N - 1) / N of its density, and the pairs share 1 / (1 - 1 / N) times the energy of
the motion about the centre of mass: T_tr is that of the motion, and of E_rot the part (N - 1) / N leaves.
"""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN
from scipy.optimize import brentq

from knudsen.analysis.gas_fields import gas_fields
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Species, species
from knudsen.core.internal import Internal, Parker, Vibration, collision_number
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.collisions.relaxation import POWER
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import InternalEnergy, thermal_inner
from knudsen.dsmc.simulation import Simulation

GASES = ("N2", "He", "CO2", "H2", "CH4", "Ar")
# Quick enough to see: rotation by temperature or not, vibrations in a few tens of collisions.
NUMBERS = InternalEnergy(
    rotational_numbers={(a, b): 8.0 for a in ("H2", "CH4", "CO2") for b in GASES},
    vibrational_numbers={(a, b): 30.0 for a in ("N2", "CO2", "H2", "CH4") for b in GASES},
)
COPIES, MOLECULES = 75, 1000


def box(gas, x, temperature, internal, **changes):
    """Copies of one periodic cell."""
    settings = {"particles_per_cell": MOLECULES, "copies": COPIES, "seed": 6} | changes
    return Simulation(
        gas, Slab(1e-6, 1, Periodic(), Periodic()), Filling(1e5, temperature, x), internal=internal,
        device="cpu", **settings,
    )  # fmt: skip


def energy_of(gas, counts, temperature):
    """Energy of so many molecules of each species at a temperature [J]."""
    total = 0.0
    for each, count in zip(gas.species, counts, strict=True):
        inner = each.internal or Internal()
        vibrations = sum(float(mode.energy(temperature)) for mode in inner.vibrations)
        total += count * BOLTZMANN * ((3 + inner.rotations) / 2 * temperature + vibrations)
    return total


def total_energy(simulation):
    """Of all molecules of all copies [J]."""
    p = simulation.particles
    square = p.vx**2 + p.vy**2 + p.vz**2
    inner = p.inner.reshape(-1, p.width) * simulation.modes[p.species, :, 1]
    return 0.5 * np.array(simulation.gas.masses)[p.species] @ square + inner.sum()


def out_of_equilibrium(simulation, temperature):
    """Rotation at half the temperature of the translation, vibrations at twice."""
    p = simulation.particles
    rows = p.inner.reshape(-1, p.width)
    random = np.random.default_rng(2)
    rows[:, 0] *= 0.5
    rows[:, 1:] = thermal_inner(simulation.modes, p.species, 2 * temperature, random)[:, 1:]


@pytest.fixture(scope="module")
def mixture():
    """A mixture of six gases that began out of equilibrium, sampled when it is there."""
    return relaxed(lambda simulation: None)


def relaxed(spoil, sampled=40):
    start = 1200.0
    gas = Mixture(GASES)
    simulation = box(gas, (0.2, 0.1, 0.2, 0.1, 0.25, 0.15), start, NUMBERS, timestep=1.2e-9)
    spoil(simulation)
    out_of_equilibrium(simulation, start)
    before = total_energy(simulation)
    simulation.run(60)
    simulation.sample(2, 20)
    simulation.run(sampled)
    assert total_energy(simulation) == pytest.approx(before, rel=1e-11)
    counts = np.bincount(simulation.particles.species)
    expected = brentq(lambda t: energy_of(gas, counts, t) - before, 300, 5000)
    return simulation, gas_fields(simulation.result()), expected


def deviations(fields, expected):
    """(T - expected) / stderr and stderr / expected of every species' temperatures."""
    names = ("species_temperature", "rotational_temperature", "vibrational_temperature")
    found = {name: fields[name] for name in names}
    sigmas = {name: (each.value[0] - expected) / each.stderr[0] for name, each in found.items()}
    return sigmas, {name: each.stderr[0] / expected for name, each in found.items()}


def test_all_temperatures_of_a_mixture_become_one(mixture):
    _, fields, expected = mixture
    sigmas, errors = deviations(fields, expected)
    for name, values in sigmas.items():
        there = np.isfinite(values)
        assert np.count_nonzero(there) == (6 if name == "species_temperature" else 4)
        assert np.all(np.abs(values[there]) < 4), name
        assert np.all(errors[name][there] < 0.01), name


def test_exchanges_that_forget_the_cross_section_would_be_seen():
    """Control: the energy of the motion drawn as if sigma_T g were constant, as hypersonic codes once did."""

    def spoil(simulation):
        simulation._collider.inner[2][..., POWER] = 0.0

    _, fields, expected = relaxed(spoil, sampled=20)
    sigmas, _ = deviations(fields, expected)
    assert np.nanmin(sigmas["rotational_temperature"]) > 10


FROZEN = tuple(Vibration(1e6) for _ in range(4))  # the width of methane: its kernels serve here too


def molecule(inside):
    gas = species("N2")
    return Species("molecule", gas.molar_mass, gas.hs, gas.vhs, gas.vss, gas.lj, inside)


@pytest.mark.parametrize(("rotations", "number"), [(2, 5.0), (3, 12.0)])
def test_rotation_relaxes_in_the_stated_collisions(rotations, number):
    """From no rotation at all, over one relaxation time: to 0.5 %."""
    gas = Mixture([molecule(Internal(rotations, number, FROZEN))], "maxwell")
    molecules, temperature, steps = 1000, 300.0, 30
    viscosity = first_viscosity(gas.interaction(0, 0), gas.masses[0], temperature)
    rate = 4 * 1e5 / (np.pi * viscosity) / number
    both = rate * (1 + rotations / 3)
    simulation = box(
        gas, (1.0,), temperature, InternalEnergy(), copies=600, particles_per_cell=molecules,
        timestep=1.0 / both / steps,
    )  # fmt: skip
    simulation.particles.inner[...] = 0.0
    p, mass = simulation.particles, gas.masses[0]
    moving = 0.0
    for v in (p.vx, p.vy, p.vz):
        rows = v.reshape(600, molecules)
        rows -= rows.mean(axis=1, keepdims=True)
        moving += 0.5 * mass * np.mean(rows**2)
    simulation.run(steps)
    rotation = p.inner.reshape(600, molecules, -1)[..., 0].mean(axis=1)
    left = (molecules - 1) / molecules
    # dE/dt = rate [(zeta / 3) (E_0 - E) - left E]
    total = rate * (rotations / 3 + left)
    expected = rate * rotations / 3 * moving / total * -np.expm1(-total * steps * simulation.timestep)
    stderr = rotation.std(ddof=1) / np.sqrt(600)
    missing = rate * rotations / 3 * moving / total - expected  # what the energy gains if the rate grows by e
    assert abs(rotation.mean() - expected) < 4 * stderr
    assert stderr < 0.004 * missing
    assert abs(rotation.mean() - expected - 0.03 * missing) > 4 * stderr, "three per cent would be seen"


def first_viscosity(pair, mass, temperature):
    """Viscosity of soft spheres to first order (Bird 1994, eq. 3.73 and 4.61 for VSS)."""
    omega, alpha = pair.omega, pair.alpha
    reference = (
        5 * (alpha + 1) * (alpha + 2) * np.sqrt(np.pi * mass * BOLTZMANN * pair.temperature_ref)
        / (4 * alpha * (5 - 2 * omega) * (7 - 2 * omega) * np.pi * pair.diameter_ref**2)
    )  # fmt: skip
    return reference * (temperature / pair.temperature_ref) ** omega


SLOW = Internal(0, 5.0, (Vibration(800.0, 2), *FROZEN[1:]), 20.0)
PARKERS = Internal(2, Parker(18.1, 91.5))


@pytest.mark.parametrize(
    ("model", "inside", "column", "temperature"),
    [("vss", SLOW, 1, 1000.0), ("lj", PARKERS, 0, 300.0)],
    ids=["quanta", "rotation by Parker in a potential"],
)
def test_molecules_forget_what_they_held_in_the_stated_collisions(model, inside, column, temperature):
    """At equilibrium <(E(t) - E(0))^2> / 2 var(E) -> t / tau for t << tau = Z pi mu / (4 p): within 2 %."""
    gas, copies, molecules, steps, step = Mixture([molecule(inside)], model), 300, 2000, 20, 0.02
    asked = inside.rotational_number if column == 0 else inside.vibrational_number
    viscosity = float(ChapmanEnskog(gas, temperature, order=1).viscosity([1.0]))
    tau = float(collision_number(asked, temperature)) * np.pi * viscosity / (4 * 1e5)
    simulation = box(
        gas, (1.0,), temperature, InternalEnergy(), copies=copies, particles_per_cell=molecules,
        timestep=step * tau,
    )  # fmt: skip
    simulation.sort()
    rows = simulation.particles.inner.reshape(copies, molecules, -1)[..., column]
    change = np.zeros(copies)
    for _ in range(steps):  # of collisions alone: nothing depends on places
        before = rows.copy()
        simulation.step += 1
        simulation.collide()
        change += np.mean((rows - before) ** 2, axis=1)
    change /= 2 * rows.var() * steps
    rate = -np.log1p(-change.mean()) / step
    stderr = change.std(ddof=1) / np.sqrt(copies) / step
    assert abs(rate - (molecules - 1) / molecules) < 4 * stderr
    assert stderr < 0.01
    assert abs(rate - 1.04) > 4 * stderr, "four per cent would be seen"
