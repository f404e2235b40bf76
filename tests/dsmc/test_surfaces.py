"""Walls that scatter, absorb and let through: each by the words of its molecule, and every fault named."""

import math

import numpy as np
import pytest

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.rng import Stream, draw_words, uniform
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    DiffuseWall,
    EvaporatingSurface,
    LordWall,
    MaxwellWall,
    OpenReservoir,
    Periodic,
    Specular,
)
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Channel, Slab, Tube
from knudsen.dsmc.face_table import IMPENETRABLE, FaceTable
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.flight import MOST_CROSSINGS, temperature_ratio
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.surfaces import ADIABATIC, LORD, MAXWELL, velocity_off

BOLTZMANN = 1.380649e-23
GAS = Mixture(["He", "Ar"])
MASSES = np.array(GAS.masses)
THERMAL = 400.0
ARRIVING = (-310.0, 120.0, -50.0)
MIRROR, ROUND = Specular(), Periodic()


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


@pytest.mark.parametrize("side", ["left", "right", "bottom", "top"])
def test_a_molecule_leaves_at_the_temperature_of_where_it_hits(side):
    """T is linear from 300 K to 600 K along the wall; of a molecule that hits at a third, 400 K."""
    warm = DiffuseWall((300.0, 600.0))
    walls = {name: warm if name == side else MIRROR for name in ("left", "right", "bottom", "top")}
    channel = Channel((1.2, 0.6), (2, 2), walls["left"], walls["right"], walls["bottom"], walls["top"])
    simulation = make(channel, timestep=0.2501)
    across, sign = side in ("left", "right"), 1 if side in ("left", "bottom") else -1
    extent = channel.lengths[0 if across else 1]
    place = [0.25 if sign > 0 else extent - 0.25, channel.lengths[1 if across else 0] / 3]
    simulation.particles.place[:2] = place if across else place[::-1]
    simulation.particles.vx[0], simulation.particles.vy[0] = (-sign, 0.0) if across else (0.0, -sign)
    simulation.run(1)
    _, u, _, _ = words_of(simulation)
    normal = simulation.particles.vx[0] if across else simulation.particles.vy[0]
    speed = math.sqrt(2 * BOLTZMANN * 400.0 / MASSES[1] * -math.log(u))
    assert normal == pytest.approx(sign * speed, rel=1e-10)


KNOTS = ((0.2, 300.0), (0.5, 600.0), (0.8, 450.0))


@pytest.mark.parametrize("place", [0.1, 0.2, 0.3, 0.5, 0.6, 0.8, 1.1])
@pytest.mark.parametrize("knots", [KNOTS, ((0.0, 400.0), (1.2, 500.0)), ((0.4, 700.0),)])
def test_knots_give_the_temperature_along_a_wall(place, knots):
    """Linear between the knots, constant beyond them, by the speed of a molecule that hits there."""
    channel = Channel((1.2, 0.6), (2, 2), MIRROR, MIRROR, DiffuseWall(knots), MIRROR)
    simulation = make(channel, timestep=0.2501)
    simulation.particles.place[:2] = place, 0.25
    simulation.particles.vx[0], simulation.particles.vy[0] = 0.0, -1.0
    simulation.run(1)
    _, u, _, _ = words_of(simulation)
    temperature = np.interp(place, *np.transpose(knots))
    speed = math.sqrt(2 * BOLTZMANN * temperature / MASSES[1] * -math.log(u))
    assert simulation.particles.vy[0] == pytest.approx(speed, rel=1e-10)


def test_walls_in_one_domain_may_have_knots_and_not():
    """The rows of the shorter ones end in pieces that nothing reaches."""
    walls = (DiffuseWall(300.0), DiffuseWall((300.0, 600.0)), DiffuseWall(KNOTS), MIRROR)
    warming = table(Channel((1.2, 0.6), (1, 1), *walls)).warming[0]
    expected = ((300.0, 300.0), (300.0, 600.0), (300.0, 450.0), (1.0, 1.0))
    for face, (start, end) in enumerate(expected):
        extent = 0.6 if face < 2 else 1.2
        found = [temperature_ratio(warming, face, q) for q in (0.0, extent)]
        np.testing.assert_allclose(found, (1.0, end / start), rtol=1e-14)


def test_walls_of_one_copy_may_have_knots_and_of_another_not():
    grids = [Channel((1.2, 0.6), (1, 1), MIRROR, MIRROR, DiffuseWall(t), MIRROR).grid for t in (300.0, KNOTS)]
    warming = FaceTable(grids, GAS, [1.0, 1.0], Device("cpu")).warming
    alone = FaceTable(grids[1:], GAS, [1.0], Device("cpu")).warming[0]
    for q in (0.0, 0.3, 0.7, 1.2):
        assert temperature_ratio(warming[0], 2, q) == 1.0
        assert temperature_ratio(warming[1], 2, q) == temperature_ratio(alone, 2, q)


@pytest.mark.parametrize(
    ("knots", "message"),
    [
        (((0.0, 300.0), (0.0, 400.0)), "finite and rise"),
        (((0.0, 300.0), (1.0, -4.0)), "must be positive"),
        (((0.0, 300.0), 400.0), "each knot is"),
        ([(0.0, 300.0), (1.0, 400.0)], "a number, a pair or a tuple of knots"),
    ],
)
def test_knots_that_make_no_sense_are_refused(knots, message):
    with pytest.raises(ValueError, match=message):
        DiffuseWall(knots)


def test_knots_beside_the_wall_are_refused():
    wall = DiffuseWall(((300.0, 300.0), (500.0, 400.0)))
    with pytest.raises(ValueError, match=r"wall: knots of its temperature lie from 300.0 to 500.0 m, none"):
        make(Tube(1e-6, 1e-6, (4, 4), ROUND, ROUND, wall))


def test_a_wall_of_one_temperature_given_twice_is_that_wall():
    ends = []
    for temperature in (350.0, (350.0, 350.0), ((0.0, 350.0), (3e-7, 350.0))):
        tube = Tube(1e-6, 1e-6, (4, 4), ROUND, ROUND, LordWall(temperature, 0.5, 0.5))
        simulation = make(tube, timestep=1e-9, molecules=500)
        simulation.run(10)
        ends.append(simulation.particles.vx.copy())
    for end in ends[1:]:
        np.testing.assert_array_equal(end, ends[0])


def words_of(simulation, item=0, draw=0, step=1):
    seed = int(simulation._seeds[0])
    return [uniform(word) for word in draw_words(seed, int(Stream.WALL), item, draw, step)]


def make(domain, timestep=1.0, molecules=1, seed=5):
    """Argon without collisions, at 300 K."""
    return Simulation(
        GAS, domain, Filling(1e-12, 300.0, (0.0, 1.0)), particles_per_cell=molecules / domain.grid.cell_count,
        timestep=timestep, seed=seed, device="cpu",
    )  # fmt: skip


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


START, VELOCITY = np.random.default_rng(4).random(200), np.random.default_rng(5).uniform(-5, 5, 200)
PLANE = Membrane(0, 0.3, 1.0, MIRROR)


@pytest.mark.parametrize("face", [ROUND, MIRROR])
def test_a_membrane_that_lets_all_through_is_not_felt(place, face):
    """Paths through two of them, up to ten crossings a step, end where they do without."""
    ends = []
    for membranes in ((), (PLANE, Membrane(0, 0.5, 1.0, DiffuseWall(300.0)))):
        simulation = place(face, face, START, VELOCITY, vy=np.arange(200.0), membranes=membranes)
        simulation.run(3)
        order = np.argsort(simulation.particles.vy)
        ends.append((simulation.particles.along(0)[order], simulation.particles.vx[order]))
    np.testing.assert_allclose(ends[0][0], ends[1][0], atol=1e-12)
    np.testing.assert_array_equal(ends[0][1], ends[1][1])


def test_a_membrane_that_stops_all_is_a_wall(place):
    """Two boxes, each with its own; what is counted on its faces leaves where it came."""
    closed = Membrane(0, 0.3, 0.0, DiffuseWall(1e-20))
    simulation = place(MIRROR, MIRROR, START, VELOCITY, membranes=(closed,))
    simulation.sample(1, 3)
    simulation.run(3)
    x = simulation.particles.along(0)
    assert np.count_nonzero(x < 0.3) == np.count_nonzero(START < 0.3)
    result = simulation.result()
    assert result.faces[2:] == ("membrane 0 x-", "membrane 0 x+")
    number = result.walls[0, 0, 2:, 1, :, 0]
    assert number.min() > 0
    np.testing.assert_array_equal(number[:, 0], number[:, 1])


def test_a_membrane_lets_through_by_a_word_of_its_own(place):
    n = 300
    half = Membrane(0, 0.5, (0.0, 0.35), MIRROR)
    simulation = place(MIRROR, MIRROR, np.full(n, 0.45), np.full(n, 0.1), membranes=(half,))
    simulation.run(1)
    through = sum(words_of(simulation, item, MOST_CROSSINGS)[0] < 0.35 for item in range(n))
    x = simulation.particles.along(0)
    assert np.count_nonzero(np.isclose(x, 0.55)) == through > 0
    assert np.count_nonzero(np.isclose(x, 0.45)) == n - through


def counted(result, transmission):
    """Patch by patch, all that arrives on one side leaves the other, or none does."""
    near, far = (
        result.walls[0, 0, result.patch_face == result.faces.index(name), 1]
        for name in result.faces
        if name.startswith("membrane")
    )
    assert len(near) == len(far) > 1 and near[..., 0].min() > 0
    if transmission == 1:
        np.testing.assert_array_equal(near[:, 0], far[:, 1])
        np.testing.assert_array_equal(far[:, 0], near[:, 1])
    else:
        np.testing.assert_array_equal(near[:, 0, 0], near[:, 1, 0])
        np.testing.assert_array_equal(far[:, 0, 0], far[:, 1, 0])


@pytest.mark.parametrize(("axis", "at"), [(0, 0.25), (1, 0.3)])
def test_membranes_of_a_tube(axis, at):
    """One that lets all through is not felt; one that stops all keeps the numbers of both sides."""
    ends = []
    for membranes in ((), (Membrane(axis, at, 1.0, MIRROR),), (Membrane(axis, at, 0.0, MIRROR),)):
        simulation = make(Tube(1.0, 0.5, (4, 5), MIRROR, MIRROR, MIRROR, membranes=membranes), 2e-3, 2000)
        before = np.count_nonzero(simulation.particles.along(axis) < at)
        simulation.sample(1, 3)
        simulation.run(3)
        if membranes:
            counted(simulation.result(), membranes[0].transmission)
        x, r = simulation.particles.along(0), simulation.particles.along(1)
        order = np.argsort(abs(simulation.particles.vx))
        ends.append((x[order], r[order]))
    assert np.count_nonzero((x, r)[axis] < at) == before
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-9)
    assert not np.allclose(ends[0], ends[2], atol=1e-3)


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
    ],
)  # fmt: skip
def test_every_fault_of_a_surface_is_named(build, messages):
    with pytest.raises(ValueError) as refused:
        build()
    for message in messages:
        assert message in str(refused.value)
