"""What molecules hold inside: placed at equilibrium, given by walls and reservoirs, counted, kept."""

import numba
import numpy as np
import pytest
from scipy import stats
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.gas_fields import gas_fields
from knudsen.core.gases import Mixture, Species, species
from knudsen.core.internal import Internal, Vibration
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    DiffuseWall,
    ExchangeReservoir,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Periodic,
    Specular,
)
from knudsen.dsmc.crossing import leaving
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import (
    InternalEnergy,
    accommodated_rotation,
    inner_state,
    mode_table,
    thermal_inner,
    thermal_quanta,
    thermal_rotation,
)
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.surfaces import ABSORBING, ADIABATIC, EVAPORATING

WORDS = 2**32
TEMPERATURE, VACUUM = 300.0, 1e-9
# Vibrations that hold energy at room temperature; four groups, as methane has, share its kernels.
SOFT = Internal(
    3, 10.0, (Vibration(200.0, 3), Vibration(400.0), Vibration(300.0, 2), Vibration(600.0)), 100.0
)


def soft_molecule():
    methane = species("CH4")
    return Species("soft", 0.016, methane.hs, methane.vhs, methane.vss, methane.lj, SOFT)


def make(left, right, gas=None, internal=InternalEnergy(), **changes):  # noqa: B008
    """A slab in which the soft molecule and argon do not collide, unless a filling is given."""
    settings = {"particles_per_cell": 500, "timestep": 2e-9, "seed": 3, "device": "cpu"} | changes
    filling = settings.pop("filling", Filling(VACUUM, TEMPERATURE, (0.5, 0.5)))
    mixture, slab = gas or Mixture([soft_molecule(), "Ar"]), Slab(1e-6, 2, left, right)
    return Simulation(mixture, slab, filling, internal=internal, **settings)


def inner_of(simulation, which):
    """Internal numbers of a species' molecules [molecule, width]."""
    particles = simulation.particles
    live = int(particles.counts[0])
    rows = particles.inner.reshape(-1, particles.width)[:live]
    return rows[particles.species[:live] == which]


def test_rotation_for_scripted_words():
    """-ln u of two degrees of freedom; half the square of a normal number more of three."""
    words = [int(u * WORDS) for u in (0.3, 0.2, 0.125)]
    assert thermal_rotation(1.0, 2.0, *words) == pytest.approx(-2.0 * np.log(0.3), rel=1e-8)
    normal = np.sqrt(-2 * np.log(0.2)) * np.cos(2 * np.pi * 0.125)
    expected = 2.0 * (-np.log(0.3) + normal**2 / 2)
    assert thermal_rotation(1.5, 2.0, *words) == pytest.approx(expected, rel=1e-8)


@pytest.mark.parametrize(("degeneracy", "ratio"), [(1.0, 0.7), (3.0, 0.7), (2.0, 0.01), (9.0, 12.0)])
def test_quanta_are_the_quantiles_of_the_negative_binomial(degeneracy, ratio):
    law = stats.nbinom(degeneracy, -np.expm1(-ratio))
    for u in (1e-9, 0.1, 0.5, 0.9, 0.999, 1 - 1e-9):
        assert thermal_quanta(degeneracy, ratio, u) == law.ppf(u)


def test_lords_rotation_for_scripted_words():
    """No accommodation keeps it, full accommodation forgets it, and the mean lies between."""
    words = [int(u * WORDS) for u in (0.3, 0.8, 0.2, 0.125)]
    assert accommodated_rotation(1.0, 2.0, 5.0, 0.0, *words) == pytest.approx(5.0, rel=1e-14)
    assert accommodated_rotation(1.0, 2.0, 5.0, 1.0, *words) == pytest.approx(-2.0 * np.log(0.3), rel=1e-8)
    share, angle = 0.4, 2 * np.pi * 0.8
    radius = np.sqrt(2 * 0.5 * share * 2.0 * -np.log(0.3))
    expected = (np.sqrt(0.6 * 5.0) + radius * np.cos(angle)) ** 2 + (radius * np.sin(angle)) ** 2
    assert accommodated_rotation(1.0, 2.0, 5.0, share, *words) == pytest.approx(expected, rel=1e-7)
    normal = np.sqrt(-2 * np.log(0.2)) * np.cos(2 * np.pi * 0.125)
    expected += 0.5 * share * 2.0 * normal**2
    assert accommodated_rotation(1.5, 2.0, 5.0, share, *words) == pytest.approx(expected, rel=1e-7)


def test_the_table_of_a_mixture():
    table = mode_table(InternalEnergy(), Mixture(["N2", "He", "CO2"]))
    assert table.shape == (3, 4, 2)
    np.testing.assert_array_equal(table[:, 0, 0], [1.0, 0.0, 1.0])
    assert not table[1, :, 0].any()
    np.testing.assert_allclose(table[2, 1:, 1] / BOLTZMANN, [959.7, 1917.9, 3379.7], atol=0.1)
    np.testing.assert_array_equal(table[2, 1:, 0], [2.0, 1.0, 1.0])
    assert mode_table(InternalEnergy(vibration=False), Mixture(["N2", "CO2"])).shape == (2, 1, 2)
    assert mode_table(None, Mixture(["N2", "CO2"])).shape == (2, 0, 2)


def test_molecules_are_placed_at_equilibrium():
    modes = mode_table(InternalEnergy(), Mixture([soft_molecule(), "Ar"]))
    kind = np.repeat([0, 1], 20_000).astype(np.uint8)
    inner = thermal_inner(modes, kind, TEMPERATURE, np.random.default_rng(1))
    assert not inner[kind == 1].any()
    check_equilibrium(inner[kind == 0], TEMPERATURE)


def check_equilibrium(inner, temperature):
    """Distributions of rotation and of each group of vibrations, and that they are independent."""
    rotation, *quanta = inner.T
    assert stats.kstest(rotation / (BOLTZMANN * temperature), stats.gamma(1.5).cdf).pvalue > 1e-4
    for found, mode in zip(quanta, SOFT.vibrations, strict=True):
        law = stats.nbinom(mode.degeneracy, -np.expm1(-mode.temperature / temperature))
        assert abs(found.mean() - law.mean()) < 4 * law.std() / np.sqrt(len(found))
        share = np.mean(found == 0)
        assert abs(share - law.pmf(0)) < 4 * np.sqrt(law.pmf(0) / len(found))
    correlation = np.corrcoef(inner.T)[np.triu_indices(5, 1)]
    assert np.all(np.abs(correlation) < 4 / np.sqrt(len(rotation)))


OPEN = OpenReservoir(VACUUM, TEMPERATURE, (0.5, 0.5))
STRANGER = InternalEnergy(vibrational_numbers={("N2", "Ar"): 5.0})
GIVERS = {
    "diffuse": (DiffuseWall(TEMPERATURE), DiffuseWall(TEMPERATURE)),
    "lord": (
        LordWall(TEMPERATURE, 0.5, 0.5, rotational_accommodation=0.6, vibrational_accommodation=0.5),
        MaxwellWall(TEMPERATURE, 0.6),
    ),
    "exchange": (ExchangeReservoir(TEMPERATURE, (0.5, 0.5)), Specular()),
    "open": (OPEN, OPEN),
}


@pytest.mark.parametrize("faces", GIVERS)
def test_walls_give_the_equilibrium_of_their_temperature(faces):
    """A gas whose insides are empty takes up the walls' temperature and stays there."""
    simulation = make(*GIVERS[faces], particles_per_cell=4000, timestep=1e-7)
    simulation.particles.inner[...] = 0.0
    simulation.run(30)
    check_equilibrium(inner_of(simulation, 0), TEMPERATURE)
    assert not inner_of(simulation, 1).any()


@pytest.mark.parametrize("faces", [(Specular(), AdiabaticWall()), (Periodic(), Periodic())])
def test_mirrors_and_adiabatic_walls_keep_it(faces):
    simulation = make(*faces)
    before = np.sort(inner_of(simulation, 0), axis=0)
    simulation.run(20)
    np.testing.assert_array_equal(np.sort(inner_of(simulation, 0), axis=0), before)


def test_a_lord_wall_without_accommodation_keeps_it():
    wall = LordWall(500.0, 1.0, 1.0, rotational_accommodation=0.0, vibrational_accommodation=0.0)
    simulation = make(wall, wall)
    before = np.sort(inner_of(simulation, 0), axis=0)
    simulation.run(20)
    np.testing.assert_allclose(np.sort(inner_of(simulation, 0), axis=0), before, rtol=1e-12)


def test_lords_wall_accommodates_by_its_coefficient():
    """Of cold insides one hit leaves a of k T 3/2 in rotation, and the given share of the vibrations."""
    state = inner_state(5)
    modes = mode_table(InternalEnergy(), Mixture([soft_molecule()]))
    inner, n = np.zeros(5 * 20_000), 20_000
    thermal = BOLTZMANN * TEMPERATURE
    for slot in range(n):
        state.accommodate(np.uint64(slot), 0, thermal, 0.3, 0.25, inner, modes, 1, 2, slot, 0, 5)
    rotation, threefold, *_ = inner.reshape(n, 5).T
    assert abs(rotation.mean() / thermal - 0.45) < 4 * rotation.std() / thermal / np.sqrt(n)
    expected = 0.25 * float(SOFT.vibrations[0].energy(TEMPERATURE)) / 200.0
    assert abs(threefold.mean() - expected) < 4 * threefold.std() / np.sqrt(n)


def total_energy(simulation):
    """Kinetic and internal energy of all molecules [J]."""
    particles = simulation.particles
    live = int(particles.counts[0])
    kind = particles.species[:live]
    square = sum(v[:live] ** 2 for v in (particles.vx, particles.vy, particles.vz))
    kinetic = 0.5 * np.array(simulation.gas.masses)[kind] * square
    inner = particles.inner.reshape(-1, particles.width)[:live] * simulation.modes[kind, :, 1]
    return kinetic.sum() + inner.sum()


@pytest.mark.parametrize("faces", GIVERS)
def test_what_the_walls_count_is_the_change_of_the_energy(faces):
    hot, cold = (DiffuseWall(900.0), OpenReservoir(2 * VACUUM, 100.0, (0.3, 0.7)))
    simulation = make(*GIVERS[faces]) if faces != "open" else make(hot, cold)
    before = total_energy(simulation)
    simulation.sample(1, 20)
    simulation.run(20)
    energy = simulation.result().walls[0, 0].sum(axis=(0, 1))[:, 4]
    change = total_energy(simulation) - before
    assert abs(change) > 1e-3 * before or faces != "open"
    assert change == pytest.approx(energy[1] - energy[0], abs=1e-11 * before)


DENSE = {"filling": Filling(1e5, TEMPERATURE, (0.5, 0.5)), "timestep": 1e-10}


def test_samples_are_the_sums_over_the_molecules():
    simulation = make(Specular(), Specular())
    simulation.sample(1, 2)
    simulation.move()
    simulation.sort()
    simulation.add_sample()
    p, live = simulation.particles, int(simulation.particles.counts[0])
    held = p.inner.reshape(-1, p.width)[:live] * simulation.modes[p.species[:live], :, 1]
    half = p.place[:live] > 0.5e-6
    for s in range(2):
        for cell in range(2):
            these = (p.species[:live] == s) & (half == bool(cell))
            rotation, vibration = held[these, 0], held[these, 1:].sum(axis=1)
            flux = [np.sum((rotation + vibration) * v[:live][these]) for v in (p.vx, p.vy, p.vz)]
            expected = [rotation.sum(), vibration.sum(), *flux]
            found = simulation.sampler.sums[0, cell, s, 13:]
            np.testing.assert_allclose(found, expected, rtol=1e-11, atol=1e-30)


def test_a_run_of_inner_energy_gives_its_temperatures():
    """A hot wall before each: rotation and vibrations of the gas between have the wall's temperature."""
    simulation = make(DiffuseWall(600.0), DiffuseWall(600.0), copies=16, timestep=1e-7)
    simulation.run(30)
    simulation.sample(1, 10)
    simulation.run(10)
    fields = gas_fields(simulation.result())
    for name in ("rotational_temperature", "vibrational_temperature"):
        found = fields[name]
        assert np.all(np.abs(found.value[:, 0] - 600.0) < 4 * found.stderr[:, 0])
        assert np.all(found.stderr[:, 0] < 12.0)
        assert np.all(np.isnan(found.value[:, 1]))
    flux = fields["internal_heat_flux"]
    assert np.all(np.abs(flux.value) < 4 * flux.stderr)


@pytest.mark.skipif(numba.config.NUMBA_NUM_THREADS < 2, reason="Numba was started with one thread")
def test_one_and_two_threads_give_the_same_bits():
    before, states = numba.get_num_threads(), []
    for count in (1, 2):
        numba.set_num_threads(count)
        simulation = make(*GIVERS["lord"], copies=3, **DENSE)
        simulation.run(20)
        states.append([column.copy() for column in simulation.particles.columns])
    numba.set_num_threads(before)
    for one, other in zip(*states, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_restored_run_holds_the_same_inside(tmp_path):
    whole, second = (make(*GIVERS["lord"], **DENSE) for _ in range(2))
    whole.run(5)
    whole.checkpoint(tmp_path / "c.h5")
    whole.run(5)
    second.restore(tmp_path / "c.h5")
    second.run(5)
    np.testing.assert_array_equal(inner_of(whole, 0), inner_of(second, 0))
    with pytest.raises(ValueError, match="internal"):
        make(Periodic(), Periodic(), internal=None).start_from(tmp_path / "c.h5")


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: InternalEnergy(rotation=False, vibration=False), "leave it out"),
        (lambda: InternalEnergy(rotational_numbers={("N2", "He"): -1.0}), "positive number"),
        (lambda: make(OPEN, OPEN, Mixture(["He", "Ar"])), "no molecule of"),
        (
            lambda: make(OPEN, OPEN, internal=STRANGER),
            "outside",
        ),
        (
            lambda: make(OPEN, OPEN, internal=InternalEnergy(rotational_numbers={("Ar", "soft"): 8.0})),
            r"number of rotation of \('Ar', 'soft'\), but Ar has no rotation .* who relaxes comes first",
        ),
        (
            lambda: make(OPEN, OPEN, internal=InternalEnergy(True, False, {}, {("soft", "soft"): 8.0})),
            "soft has no vibration that is treated",
        ),
        (lambda: LordWall(300.0, 1.0, 1.0, rotational_accommodation=1.5), "rotational_accommodation must"),
        (lambda: LordWall(300.0, 1.0, 1.0, vibrational_accommodation=-0.5), "vibrational_accommodation must"),
    ],
)
def test_what_does_not_fit_is_refused(build, message):
    with pytest.raises(ValueError, match=message):
        build()


@pytest.mark.parametrize("kind", [ADIABATIC, ABSORBING, EVAPORATING])
def test_a_face_that_mirrors_leaves_what_a_molecule_holds(kind):
    """Of what arrives at an absorbing face the rest is mirrored; a liquid gives the rest its own."""
    modes, inner = np.array([[[1.0, 1.0]]]), np.array([3e-21])
    leaving(1)(kind, False, np.ones(5), 4e-21, np.uint64(0), 0, inner, modes, 1, 2, 3, 4, 5)
    assert (inner[0] == 3e-21) == (kind != EVAPORATING)
