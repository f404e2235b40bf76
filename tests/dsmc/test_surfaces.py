"""Walls that scatter and absorb: each by the words of its molecule, and every fault named."""

import math

import numpy as np
import pytest
from free_flight import GAS, make, words_of

from knudsen.core.device import Device
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    CompositionReservoir,
    DiffuseWall,
    EvaporatingSurface,
    FluxReservoir,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Specular,
)
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Channel, Slab
from knudsen.dsmc.face_table import IMPENETRABLE, FaceTable
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.surfaces import ADIABATIC, LORD, MAXWELL, velocity_off

BOLTZMANN = 1.380649e-23
MASSES = np.array(GAS.masses)
THERMAL = 400.0
ARRIVING = (-310.0, 120.0, -50.0)
MIRROR = Specular()


def off(kind, first, second, words, arriving=ARRIVING, wall=(0.0, 0.0)):
    """Velocity off a wall of thermal speed 400 m/s, by four words given as numbers in (0, 1)."""
    return np.array(
        velocity_off(kind, first, second, THERMAL, *wall, *arriving, *(int(u * 2**32) for u in words))
    )


def mean_of(function, kind, first, second):
    """Over the words: a midpoint rule, periodic in both angles, in the square root of -ln u."""
    angles = (np.arange(8) + 0.5) / 8
    nodes, weights = np.polynomial.laguerre.laggauss(12)
    total = 0.0
    for turn in angles:
        for s, weight in zip(nodes, weights, strict=True):
            total += weight * function(off(kind, first, second, (turn, math.exp(-s), math.exp(-s), turn)))
    return total / len(angles)


@pytest.mark.parametrize(("alpha_n", "sigma_t"), [(0.3, 0.6), (0.9, 1.0), (1.0, 1.7)])
def test_moments_off_a_lord_wall(alpha_n, sigma_t):
    """<v_t> and its variance; <v_n^2>, and in units of 2kT/m

    <v_n'^4> - <v_n'^2>^2 = alpha_n^2 + 2 alpha_n (1 - alpha_n) v_n^2.
    """
    c2, vn2 = THERMAL**2, ARRIVING[0] ** 2
    mean = mean_of(lambda v: v, LORD, alpha_n, sigma_t)
    square = mean_of(lambda v: v**2, LORD, alpha_n, sigma_t)
    fourth = mean_of(lambda v: v[0] ** 4, LORD, alpha_n, sigma_t)
    kept = (1 - sigma_t) * np.array(ARRIVING[1:])
    np.testing.assert_allclose(mean[1:], kept, atol=1e-5)
    np.testing.assert_allclose(square[1:] - kept**2, sigma_t * (2 - sigma_t) * c2 / 2, rtol=1e-6)
    expected = (1 - alpha_n) * vn2 + alpha_n * c2
    assert square[0] == pytest.approx(expected, rel=1e-6)
    scatter = c2 * (alpha_n**2 * c2 + 2 * alpha_n * (1 - alpha_n) * vn2)
    assert fourth - expected**2 == pytest.approx(scatter, rel=1e-5)


WORDS = (0.37, 0.21, 0.64, 0.83)


def test_lord_walls_at_their_ends():
    """Full accommodation is the diffuse wall, none the mirror, sigma_t = 2 sends v_t back."""
    np.testing.assert_allclose(off(LORD, 1.0, 1.0, WORDS), off(MAXWELL, 1.0, 1.0, WORDS), rtol=1e-12)
    np.testing.assert_allclose(off(LORD, 0.0, 0.0, WORDS), (310, 120, -50), rtol=1e-12)
    np.testing.assert_allclose(off(LORD, 0.0, 2.0, WORDS), (310, -120, 50), rtol=1e-12)


def test_maxwell_walls_scatter_below_alpha_and_mirror_above():
    diffuse = off(MAXWELL, 1.0, 1.0, WORDS)
    assert diffuse[0] == pytest.approx(THERMAL * math.sqrt(-math.log(0.21)), rel=1e-8)
    np.testing.assert_array_equal(off(MAXWELL, 0.371, 1.0, WORDS), diffuse)
    np.testing.assert_array_equal(off(MAXWELL, 0.369, 1.0, WORDS), (310, 120, -50))
    np.testing.assert_array_equal(off(MAXWELL, 0.0, 1.0, (2.0**-32, *WORDS[1:])), (310, 120, -50))


def test_adiabatic_walls_keep_the_speed_and_follow_the_cosine_law():
    """cos^2 of the angle to the normal is the uniform number."""
    speed = math.hypot(*ARRIVING)
    found = off(ADIABATIC, 1.0, 1.0, WORDS)
    assert math.hypot(*found) == pytest.approx(speed, rel=1e-12)
    assert found[0] == pytest.approx(speed * math.sqrt(0.21), rel=1e-8)
    assert math.atan2(found[2], found[1]) % (2 * math.pi) == pytest.approx(2 * math.pi * 0.83, rel=1e-8)


@pytest.mark.parametrize(("kind", "first", "second"), [(LORD, 0.3, 0.6), (ADIABATIC, 1, 1), (MAXWELL, 1, 1)])
def test_a_moving_wall_is_one_at_rest_seen_from_a_moving_frame(kind, first, second):
    wall = (70.0, -30.0)
    there = (ARRIVING[0], ARRIVING[1] + wall[0], ARRIVING[2] + wall[1])
    expected = off(kind, first, second, WORDS) + np.array([0.0, *wall])
    np.testing.assert_allclose(off(kind, first, second, WORDS, there, wall), expected, rtol=1e-12)


def test_a_mirror_does_not_feel_its_motion(place):
    """What Maxwell's wall mirrors keeps v_t, however fast the wall."""
    simulation = place(MaxwellWall(300.0, 0.0, (50.0, 60.0)), MIRROR, [0.5], [-0.7], vy=3.0, vz=4.0)
    simulation.run(1)
    particles = simulation.particles
    assert (particles.vx[0], particles.vy[0], particles.vz[0]) == (0.7, 3.0, 4.0)


def table(domain):
    return FaceTable([domain.grid], GAS, [1.0], Device("cpu"))


def test_species_have_their_own_coefficients():
    maxwell, lord = MaxwellWall(300.0, (0.2, 0.7)), LordWall(400.0, (0.3, 0.4), 1.2)
    wet = EvaporatingSurface(300.0, (1e20, 0.0), (0.8, 0.0))
    found = table(Channel((1.0, 1.0), (1, 1), maxwell, lord, DiffuseWall(300.0), wet)).coefficients[0]
    np.testing.assert_array_equal(found[0, :, 0], (0.2, 0.7))
    np.testing.assert_array_equal(found[1, :, :2], [(0.3, 1.2), (0.4, 1.2)])
    np.testing.assert_array_equal(found[2, :, 0], 1.0)
    np.testing.assert_array_equal(found[3, :, 0], (0.8, 0.0))
    assert np.all(found[..., 2] == IMPENETRABLE)


def test_a_liquid_emits_the_flux_of_its_vapour_times_the_sticking():
    wet = EvaporatingSurface(300.0, (2e20, 5e20), (0.25, 1.0))
    flux = np.array([2e20, 5e20]) * np.sqrt(BOLTZMANN * 300.0 / (2 * np.pi * MASSES)) * (0.25, 1.0)
    faces = table(Slab(1.0, 1, wet, MIRROR))
    np.testing.assert_allclose(faces.arrivals[0, 0], flux, rtol=1e-12)
    assert faces.has_open and not faces.arrivals[0, 1].any()


def test_a_liquid_absorbs_by_the_first_word(place):
    n = 300
    wet = EvaporatingSurface(300.0, (0.0, 0.0), (1.0, 0.4))
    simulation = place(wet, MIRROR, np.full(n, 0.25), np.full(n, -1.0), timestep=0.2501)
    simulation.run(1)
    left = sum(words_of(simulation, item)[0] >= 0.4 for item in range(n))
    assert simulation.particle_count == left
    assert 0.5 * n < left < 0.7 * n


def test_a_liquid_to_which_all_sticks_is_a_reservoir():
    pressure = 1e5
    density = pressure / (BOLTZMANN * 300.0)
    counts = []
    for face in (
        OpenReservoir(pressure, 300.0, (0.3, 0.7)),
        EvaporatingSurface(300.0, (0.3 * density, 0.7 * density)),
    ):
        simulation = Simulation(
            GAS, Slab(1e-6, 4, face, MIRROR), Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=100,
            timestep=1e-10, seed=1, device="cpu",
        )  # fmt: skip
        simulation.run(20)
        counts.append([simulation.particle_count, np.count_nonzero(simulation.particles.species)])
    assert counts[0] == counts[1]


def test_lists_and_arrays_are_the_tuples_that_they_hold():
    """By value, so that a checkpoint of the one is of the other."""
    for given, same in (
        (MaxwellWall([300, 400], [0.2, 0.7]), MaxwellWall((300, 400), (0.2, 0.7))),
        (LordWall(np.float64(300.0), np.array([0.3, 0.4]), 1.2), LordWall(300.0, (0.3, 0.4), 1.2)),
        (DiffuseWall([[0.0, 300.0], [1.0, 400.0]]), DiffuseWall(((0.0, 300.0), (1.0, 400.0)))),
        (OpenReservoir(1.0, 300.0, [0.5, 0.5], np.zeros(3)), OpenReservoir(1.0, 300.0, (0.5, 0.5))),
        (Membrane(0, 0.5, [0.1, 0.2], MIRROR), Membrane(0, 0.5, (0.1, 0.2), MIRROR)),
    ):
        assert str(given) == str(same) and hash(given) == hash(same)
    found = table(Slab(1.0, 1, MaxwellWall(300.0, [0.2, 0.7]), OpenReservoir(1e5, 300.0, [0.3, 0.7])))
    np.testing.assert_array_equal(found.coefficients[0, 0, :, 0], (0.2, 0.7))
    expected = OpenReservoir(1e5, 300.0, (0.3, 0.7)).flux(MASSES)
    np.testing.assert_array_equal(found.arrivals[0, 1], expected)


@pytest.mark.parametrize(
    ("build", "messages"),
    [
        (lambda: DiffuseWall((300.0, -1.0), (math.nan, 0.0)), ["temperature must be positive", "velocity"]),
        (lambda: DiffuseWall((1.0, 2.0, 3.0)), ["one number or a pair"]),
        (lambda: MaxwellWall(0.0, 1.5, (0.0,)), ["temperature", "accommodation must lie in [0, 1]",
                                                  "velocity"]),
        (lambda: MaxwellWall(300.0, (0.5, math.nan)), ["accommodation must lie in [0, 1]"]),
        (lambda: LordWall(-1.0, -0.1, 2.1), ["temperature", "normal_accommodation must lie in [0, 1]",
                                             "tangential_accommodation must lie in [0, 2]"]),
        (lambda: AdiabaticWall((math.inf, 0.0)), ["velocity must be two finite"]),
        (lambda: EvaporatingSurface(0.0, (-1.0,), 2.0), ["temperature", "saturation_density", "sticking"]),
        (lambda: EvaporatingSurface(300.0, (math.inf,)), ["saturation_density must be finite"]),
        (lambda: OpenReservoir(0.0, 0.0, (0.5,)), ["pressure", "temperature", "sum to one"]),
        (lambda: Slab(1.0, 4, DiffuseWall((300.0, 400.0)), MIRROR), ["left: a slab has no axis along"]),
        (lambda: Slab(1.0, 4, MIRROR, MIRROR, membranes=(
            Membrane(0, 0.3, 1.5, EvaporatingSurface(300.0, (1.0,))), Membrane(1, 0.5, 0.5, MIRROR),
            Membrane(0, 1.0, 0.5, MIRROR))),
         ["membrane 0: transmission must lie", "EvaporatingSurface is no wall of a membrane",
          "membrane 0, x: 0.3 m is inside a collision cell: use 0.25 or 0.5 m",
          "membrane 1: axis 1 is none of 0 to 0", "membrane 2: 1.0 m is not within"]),
        (lambda: Slab(1.0, 4, MIRROR, MIRROR, membranes=(Membrane(0, 0.5, 0.5, MIRROR),) * 2),
         ["two membranes lie in one plane"]),
        (lambda: Channel((1.0, 1.0), (4, 4), *(MIRROR,) * 4, blocks=(
            Block((0.0, 0.0), (0.5, 0.5), EvaporatingSurface(300.0, (1.0,))),)),
         ["a EvaporatingSurface is no side"]),
        (lambda: make(Slab(1.0, 4, MaxwellWall(300.0, (0.1, 0.2, 0.3)), LordWall(300.0, (0.1,), (0.1,)),
                           membranes=(Membrane(0, 0.5, (0.5,), MIRROR),))),
         ["left: 3 accommodations for the 2 species", "right: 1 normal accommodations",
          "right: 1 tangential accommodations", "membrane 0 x-: 1 transmissions"]),
        (lambda: make(Slab(1.0, 4, MIRROR, EvaporatingSurface(300.0, (1.0,), (0.5,)))),
         ["right: 1 saturation densities", "right: 1 sticking coefficients"]),
        (lambda: make(Slab(1.0, 4, MaxwellWall(300.0, [0.1]), OpenReservoir(1.0, 300.0, np.ones(1)),
                           membranes=(Membrane(0, 0.5, [0.5, 0.5, 0.5], MIRROR),))),
         ["left: 1 accommodations for the 2 species", "right: 1 mole fractions",
          "membrane 0 x-: 3 transmissions"]),
        (lambda: MaxwellWall(300.0, "all", 5.0), ["accommodation must lie in [0, 1], got 'all'",
                                                  "velocity must be two finite speeds, got 5.0"]),
        (lambda: OpenReservoir((1.0, 2.0), "warm", 1.0, ("fast", 0.0, 0.0)),
         ["pressure must be one number, got (1.0, 2.0)", "temperature must be one number, got 'warm'",
          "composition must be one mole fraction a species, got 1.0", "velocity must be three"]),
        (lambda: EvaporatingSurface((300.0, 400.0), 1.0, None),
         ["temperature must be one number", "saturation_density must be one number a species, got 1.0",
          "sticking must lie"]),
        (lambda: FluxReservoir(1.0, 300.0), ["flux must be one number a species, got 1.0"]),
        (lambda: CompositionReservoir(300.0, (1.0,), (1.0,)), ["flux must be one number, got (1.0,)"]),
    ],
)  # fmt: skip
def test_every_fault_of_a_surface_is_named(build, messages):
    with pytest.raises(ValueError) as refused:
        build()
    for message in messages:
        assert message in str(refused.value)
