"""Membranes: those that pass all or nothing, and the word by which others choose."""

import numpy as np
import pytest
from free_flight import make, words_of

from knudsen.dsmc.boundaries import DiffuseWall, Periodic, Specular
from knudsen.dsmc.crossing import MOST_CROSSINGS
from knudsen.dsmc.domains.building import Membrane
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


def holed(shape, **corners):
    """A box or tube of 1 m by 0.5 m, across whose middle a mirror reaches from 0.2 m outwards."""
    plate = Membrane(0, 0.5, 0.0, MIRROR, **corners)
    if shape == "tube":
        return Tube(1.0, 0.5, (4, 5), MIRROR, MIRROR, MIRROR, membranes=(plate,))
    return Channel((1.0, 0.5), (4, 5), MIRROR, MIRROR, MIRROR, MIRROR, membranes=(plate,))


@pytest.mark.parametrize("shape", ["channel", "tube"])
def test_a_plate_with_a_hole_lets_through_what_meets_the_hole(shape):
    """From x < 0.5 m, flights that end beyond 0.5 m do so through the hole, as straight lines say."""
    n, random = 4000, np.random.default_rng(8)
    simulation = make(holed(shape, low=(0.0, 0.2), high=(1.0, 9.0)), 1.0, n)
    particles = simulation.particles
    n = simulation.particle_count
    start = np.column_stack([random.uniform(0.2, 0.5, n), random.uniform(0.05, 0.3, n)])
    u, v, w = random.uniform(0, 0.45, n), random.uniform(-0.04, 0.15, n), random.uniform(-0.2, 0.2, n)
    particles.place[: 2 * n] = start.ravel()
    particles.vx[:n], particles.vy[:n], particles.vz[:n] = u, v, w
    time = (0.5 - start[:, 0]) / u
    aside = w * time if shape == "tube" else 0.0
    through = np.hypot(start[:, 1] + v * time, aside) < 0.2
    expected = np.where((time < 1) & ~through, 1.0 - start[:, 0] - u, start[:, 0] + u)
    simulation._advance()
    np.testing.assert_allclose(np.sort(particles.along(0)[:n]), np.sort(expected), atol=1e-12)
    reached = time < 1
    assert (reached & through).sum() > 300 and (reached & ~through).sum() > 300


def test_faults_of_a_sheet_are_named():
    for corners, message in (
        ({"low": (0.0, 0.15)}, "y: 0.15 m is inside a collision cell: use 0.1 or 0.2 m"),
        ({"low": (0.0, 0.3), "high": (1.0, 0.2)}, "from less to more within the domain"),
        ({"low": (0.3,)}, "one number an axis"),
    ):
        with pytest.raises(ValueError, match=message):
            holed("channel", **corners)
