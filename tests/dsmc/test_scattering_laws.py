"""Laws of scattering side by side: potentials, user's functions, soft spheres."""

import math

import numpy as np
import pytest
from scipy.constants import k

from knudsen.analysis.kinetic.scattering import scattering_law
from knudsen.core.gases import Mixture, species
from knudsen.core.interactions import InversePower, LennardJones, Mie, UserCrossSection, UserPotential
from knudsen.dsmc import Collisions, Filling, Periodic, Simulation, Slab
from knudsen.dsmc.collisions.collider import Collider

DIAMETER = species("Ar").hs.diameter_ref
AREA = math.pi * DIAMETER**2


def sphere_area(g):
    return AREA


def sphere_cosine(g, u):
    return 2.0 * u - 1.0


SPHERE = UserCrossSection(sphere_area, sphere_cosine)
FORWARD = UserCrossSection(lambda g: 4e-17 / math.sqrt(g), lambda g, u: u)
POTENTIAL = UserPotential(3.4e-10, 120.0, lambda r: 4 * (r**-12 - r**-6))


def make(gas, precision="double", **options):
    share = (1 / len(gas),) * len(gas)
    return Simulation(
        gas, Slab(1e-6, 4, Periodic(), Periodic()), Filling(1e5, 300.0, share), particles_per_cell=50,
        timestep=1e-10, copies=2, seed=4, device="cpu", precision=precision, collisions=Collisions(**options),
    )  # fmt: skip


def live_velocities(simulation):
    particles = simulation.particles
    return np.array([particles.vx, particles.vy, particles.vz], float), particles.species


GASES = {
    "potential": Mixture(["He", "Ar"], "lj"),
    "user's cross-section": Mixture(["He", "Ar"], "vss", {("He", "Ar"): SPHERE, ("Ar", "Ar"): FORWARD}),
    "one of each": Mixture(
        ["He", "Ar", "Xe"], "vss",
        {
            ("He", "Ar"): LennardJones(3e-10, 30.0), ("Ar", "Ar"): Mie(3.4e-10, 120.0, 14.0, 7.0),
            ("He", "Xe"): SPHERE, ("Ar", "Xe"): InversePower(3e-10, 1.0, 4.0), ("Xe", "Xe"): FORWARD,
        },
    ),
}  # fmt: skip


@pytest.mark.parametrize("gas", GASES.values(), ids=GASES)
@pytest.mark.parametrize("partners", ["random", "nearest"])
def test_collisions_keep_momentum_and_energy(gas, partners):
    simulation = make(gas, partners=partners)
    masses = np.array(gas.masses)

    def totals():
        velocity, kind = live_velocities(simulation)
        energy = (masses[kind] * velocity**2).sum()
        return (masses[kind] * velocity).sum(axis=1) / math.sqrt(masses.sum() * energy), energy

    momentum, energy = totals()
    simulation.run(20)
    assert simulation.resolution()["collisions"] > 1000
    assert totals()[1] == pytest.approx(energy, rel=1e-12)
    np.testing.assert_allclose(totals()[0], momentum, rtol=0, atol=1e-12)


@pytest.mark.parametrize("pairs", [
    {("Ar", "Ar"): SPHERE}, {("He", "Ar"): SPHERE}, {("He", "He"): SPHERE},
    {("He", "He"): SPHERE, ("Ar", "Ar"): SPHERE}, {("Ar", "Ar"): SPHERE, ("He", "Ar"): SPHERE},
], ids=lambda pairs: " and ".join("-".join(pair) for pair in pairs))  # fmt: skip
def test_a_users_sphere_is_the_engines(pairs):
    """Kinds do not mix: whichever pairs are the user's, the run is that of the engine's own spheres."""
    same = species("Ar").hs
    everywhere = dict.fromkeys([("He", "He"), ("He", "Ar"), ("Ar", "Ar")], same)
    runs = [make(Mixture(["He", "Ar"], "hs", everywhere | given)) for given in ({}, pairs)]
    for simulation in runs:
        simulation.run(5)
    (expected, _), (found, _) = map(live_velocities, runs)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-7)
    assert runs[0].resolution()["collisions"] == runs[1].resolution()["collisions"] > 100


def test_a_users_potential_of_lennard_jones_form_is_lennard_jones():
    """The force by differences moves no angle by more than the table's float32: the same collisions."""
    runs = [make(Mixture(["Ar"], "lj", {("Ar", "Ar"): pair})) for pair in (
        LennardJones(3.4e-10, 120.0), Mie(3.4e-10, 120.0), POTENTIAL
    )]  # fmt: skip
    for simulation in runs:
        simulation.run(2)
    expected = live_velocities(runs[0])[0]
    for other in runs[1:]:
        assert np.mean(np.abs(live_velocities(other)[0] - expected) > 1e-2) < 0.01


def test_scales_of_an_inverse_power_are_one():
    """epsilon sigma^n alone matters: the table is the same, and so is the run."""
    pairs = [InversePower(3e-10, 100.0, 6.0), InversePower(3e-10 * 2.0, 100.0 * 2.0**-6, 6.0)]
    runs = [make(Mixture(["Ar"], "lj", {("Ar", "Ar"): pair})) for pair in pairs]
    for simulation in runs:
        simulation.run(2)
    expected, found = (live_velocities(simulation)[0] for simulation in runs)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_pairs_of_one_shape_share_a_table():
    simulation = make(Mixture(["He", "Ar", "Xe"], "lj"))
    kind, _, table, areas, *_ = simulation._collider.pairs
    assert areas.shape[0] == 1
    assert not kind.any() and not table.any()


LATE = UserCrossSection(lambda g: 4e-19 if g > 1500.0 else 0.0, sphere_cosine)
HARDLY_SOONER = UserCrossSection(lambda g: 4e-19 if g > 1500.0 else 1e-40, sphere_cosine)


def heated(pair):
    """A gas filled at 300 K, where g > 1500 m/s is rare, and heated to 4800 K."""
    simulation = Simulation(
        Mixture(["Ar"], "hs", {("Ar", "Ar"): pair}), Slab(1e-6, 1, Periodic(), Periodic()),
        Filling(1e5, 300.0, (1.0,)), particles_per_cell=2000, timestep=1e-10, copies=20, seed=1, device="cpu",
    )  # fmt: skip
    simulation.sort()
    for v in (simulation.particles.vx, simulation.particles.vy, simulation.particles.vz):
        v *= 4.0
    return simulation


def collisions_of(simulation, steps):
    before = simulation.resolution()["collisions"]
    for _ in range(steps):
        simulation.step += 1
        simulation.collide()
    return simulation.resolution()["collisions"] - before


def test_what_collides_late_is_met_when_the_gas_gets_there(monkeypatch):
    """<sigma_T g> = sigma (8 k T / pi m_r)^(1/2) (1 + x) e^(-x), x = m_r g_0^2 / 2 k T."""
    simulation = heated(LATE)
    collisions_of(simulation, 5)  # until the majorant has grown
    found = collisions_of(simulation, 15)
    half = 2 * k * 4800.0 / simulation.gas.reduced_mass(0, 0)
    x, mean_speed = 1500.0**2 / half, math.sqrt(4 * half / math.pi)
    rate = 4e-19 * mean_speed * (1 + x) * math.exp(-x)
    expected = 15 * 20 * 2000 * 1999 / 2 * simulation.weights[0, 0] / 1e-6 * rate * 1e-10
    assert found == pytest.approx(expected, rel=0.015)  # 40,000 molecules have their energy to 0.4 %
    # Control: a majorant that starts at zero stays there.
    monkeypatch.setattr(Collider, "FLOOR_SHARE", 0.0)
    assert collisions_of(heated(LATE), 5) == 0


def test_a_majorant_starts_where_candidates_can_let_it_grow():
    """With a twentieth of the largest up to ten times (2 k T / m_r)^(1/2)."""
    for pair in (LATE, HARDLY_SOONER):
        simulation = heated(pair)
        fastest = 10 * math.sqrt(2 * k * 300.0 / simulation.gas.reduced_mass(0, 0))
        np.testing.assert_allclose(simulation._collider.majorant, 4e-19 * fastest / 20, rtol=1e-6)


def test_bad_input_is_refused():
    with pytest.raises(ValueError, match=r"cross-section is zero from g = .* it takes m/s and gives m"):
        make(Mixture(["Ar"], "hs", {("Ar", "Ar"): UserCrossSection(lambda g: 0.0, sphere_cosine)}))
    with pytest.raises(ValueError, match=r"kT/epsilon = 1\.5e\+05 .*lies outside 0\.1 to 1000"):
        make(Mixture(["Ar"], "lj", {("Ar", "Ar"): LennardJones(3e-10, 2e-3)}))
    for wrong in (
        UserCrossSection(sphere_area, lambda g, u: 3 * u),
        UserCrossSection(lambda g: -g, sphere_cosine),
    ):
        with pytest.raises(ValueError, match=r"user's cross-section at g = .* m/s"):
            make(Mixture(["Ar"], "hs", {("Ar", "Ar"): wrong}))
    with pytest.raises(TypeError, match="deflection must be a function"):
        UserCrossSection(sphere_area, 0.5)
    for options in ({"partners": "next"}, {"among": 1}, {"cut_angle": 0.0}, {"cut_angle": 0.6}):
        with pytest.raises(ValueError, match=next(iter(options))):
            Collisions(**options)


def test_kinetic_theory_says_that_it_takes_no_users_functions():
    with pytest.raises(ValueError, match="not a UserCrossSection"):
        scattering_law(SPHERE, 300.0)
