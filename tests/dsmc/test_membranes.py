"""Membranes: those that pass all or nothing, and the word by which others choose."""

import numpy as np
import pytest
from free_flight import make, words_of

from knudsen.dsmc.boundaries import DiffuseWall, Periodic, Specular
from knudsen.dsmc.crossing import MOST_CROSSINGS
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Channel, Tube

MIRROR, ROUND = Specular(), Periodic()
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


WHOLE, LOW, HIGH = (1.0, 0.5), -1.0, 9.0  # a box or tube; beyond it on either side
PLANES, BLOCKED = (0.5, 0.2), (  # of either axis, and where along the other a mirror lies in it
    (((0.2, HIGH),), ((LOW, 0.3),), ((0.1, 0.3),), ((LOW, 0.1), (0.4, HIGH))),
    (((0.5, HIGH),), ((LOW, 0.75),), ((0.25, 0.75),), ((LOW, 0.25), (0.75, HIGH))),
)  # fmt: skip
CASES = [(axis, spans) for axis in (0, 1) for spans in BLOCKED[axis]]


def sheets(axis, spans):
    """Mirrors in one plane, each from and to a place along the other axis."""
    for low, high in spans:
        corners = ((0.0, low), (1.0, high)) if axis == 0 else ((low, 0.0), (high, 0.5))
        yield Membrane(axis, PLANES[axis], 0.0, MIRROR, *corners)


def holed(shape, *membranes):
    """A box or tube of 1 m by 0.5 m."""
    if shape == "tube":
        return Tube(*WHOLE, (4, 5), MIRROR, MIRROR, MIRROR, membranes=membranes)
    return Channel(WHOLE, (4, 5), MIRROR, MIRROR, MIRROR, MIRROR, membranes=membranes)


def coordinate(shape, axis, at):
    """x, and y or r, of places [3, n]."""
    return np.hypot(at[1], at[2]) if (shape, axis) == ("tube", 1) else at[axis]


def meeting(shape, axis, start, velocity):
    """When straight flights first meet the plane or cylinder: beyond 1 s if not."""
    if (shape, axis) == ("tube", 1):
        a, b = (velocity[1:] ** 2).sum(axis=0), (start[1:] * velocity[1:]).sum(axis=0)
        root = np.sqrt(np.maximum(b**2 - a * ((start[1:] ** 2).sum(axis=0) - PLANES[1] ** 2), 0))
        missed, times = root == 0, np.stack([-b - root, -b + root]) / a
    else:
        missed, times = False, ((PLANES[axis] - start[axis]) / velocity[axis])[None]
    return np.where(missed, 9.0, np.where(times > 0, times, 9.0).min(axis=0))


def reflected(shape, axis, there, velocity):
    """Velocities [3, n] after a mirror that is met at these places."""
    normal = np.eye(3)[:, [axis]]
    if (shape, axis) == ("tube", 1):
        normal = np.array([0.0, 1.0, 1.0])[:, None] * there / PLANES[1]
    return velocity - 2 * (velocity * normal).sum(axis=0) * normal


def flights(shape, axis, spans, random):
    """Straight flights of 1 s that meet the plane or cylinder alone, once at most: places at the start
    and the end [3, n], velocities, which meet the mirrors and which the gaps.
    """
    n = 40000
    start = np.stack([random.uniform(0, 1, n), random.uniform(0, 0.5, n), np.zeros(n)])
    velocity = random.uniform(-0.4, 0.4, (3, n))
    if shape == "channel":
        velocity[2] = 0.0
    time = np.minimum(meeting(shape, axis, start, velocity), 1.0)
    there = start + velocity * time
    across = coordinate(shape, 1 - axis, there)
    meets, blocked = time < 1, np.any([(low < across) & (across < high) for low, high in spans], axis=0)
    after = np.where(meets & blocked, reflected(shape, axis, there, velocity), velocity)
    end = there + after * (1 - time)
    beyond = [coordinate(shape, axis, at) > PLANES[axis] for at in (start, end)]
    once = (beyond[0] != beyond[1]) == (meets & ~blocked)
    inside = (end[0] > 0) & (end[0] < 1) & (coordinate(shape, 1, end) < 0.5)
    if shape == "channel":
        inside &= end[1] > 0
    kept = np.nonzero(once & inside)[0]
    return start[:, kept], end[:, kept], velocity[:, kept], (meets & blocked)[kept], (meets & ~blocked)[kept]


@pytest.mark.parametrize("shape", ["channel", "tube"])
@pytest.mark.parametrize(("axis", "spans"), CASES)
def test_a_plate_with_a_hole_lets_through_what_meets_the_hole(shape, axis, spans):
    """Planes and cylinders open below, above, on both sides or between, from either side, as straight
    lines say; each side counts what it reflects.
    """
    mirrors = tuple(sheets(axis, spans))
    simulation = make(holed(shape, *mirrors), 1.0, 4000)
    n, particles = simulation.particle_count, simulation.particles
    found = flights(shape, axis, spans, np.random.default_rng(8))
    start, end, velocity, met, passed = (each[..., :n] for each in found)
    assert start.shape[1] == n
    particles.place[: 2 * n] = start[:2].T.ravel()
    particles.vx[:n], particles.vy[:n], particles.vz[:n] = velocity
    simulation.sample(1, 1)
    simulation.run(1)
    for along in (0, 1):
        found = np.sort(particles.along(along)[:n])
        np.testing.assert_allclose(found, np.sort(coordinate(shape, along, end)), atol=1e-12)
    result, beyond = simulation.result(), coordinate(shape, axis, start) > PLANES[axis]
    for side, here in (("-", ~beyond), ("+", beyond)):
        ours = [name.startswith("membrane") and name.endswith(side) for name in result.faces]
        arrived = result.walls[0, 0, np.array(ours)[result.patch_face], 1, 0, 0].sum()
        assert arrived == (met & here).sum() > 50
        assert (passed & here).sum() > 50


def test_faults_of_a_sheet_are_named():
    for corners, message in (
        ({"low": (0.0, 0.15)}, "y: 0.15 m is inside a collision cell: use 0.1 or 0.2 m"),
        ({"low": (0.0, 0.3), "high": (1.0, 0.2)}, "from less to more within the domain"),
        ({"low": (0.3,)}, "one number an axis"),
    ):
        with pytest.raises(ValueError, match=message):
            holed("channel", Membrane(0, 0.5, 0.0, MIRROR, **corners))


@pytest.mark.parametrize("shape", ["channel", "tube"])
def test_sheets_in_one_plane_may_touch_but_not_overlap(shape):
    touching = ((LOW, 0.1 * 3), (0.3, HIGH))  # 0.1 * 3 is more than 0.3, by its round-off
    assert len(holed(shape, *sheets(0, touching)).grid.faces) == len(holed(shape).grid.faces) + 4
    first, _ = sheets(0, touching)
    crossing = next(sheets(1, ((0.25, 0.75),)))
    elsewhere = Membrane(0, 0.25, 0.0, MIRROR)
    assert holed(shape, first, crossing, elsewhere).grid
    beside = Membrane(0, 0.5 + 1e-12, 0.0, MIRROR, (0.0, 0.2), (1.0, 0.4))
    for other in (beside, Membrane(0, 0.5, 0.5, MIRROR), first):
        with pytest.raises(ValueError, match="two membranes lie in one plane"):
            holed(shape, first, other)


def test_blocks_may_touch_to_round_off():
    blocks = Block((0.5, 0.0), (0.75, 0.1 * 3), MIRROR), Block((0.5, 0.3), (0.75, HIGH), MIRROR)
    grid = Channel(WHOLE, (4, 5), MIRROR, MIRROR, MIRROR, MIRROR, blocks=blocks).grid
    assert grid.volumes.sum() == pytest.approx(0.75 * 0.5)
