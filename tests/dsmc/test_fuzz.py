"""Random geometries, corners and speeds, a million molecules: none lost, none in a solid, energy kept."""

import numpy as np
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import AdiabaticWall, Periodic, Specular
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Box, Channel, Tube
from knudsen.dsmc.filling import Filling, in_solid
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.watch import check_flights

MOLECULES, EXAMPLES, STEPS = 21_000, 48, 2
GAS = Mixture(["Ar"])
KEEPERS = (Specular(), AdiabaticWall())  # a molecule keeps its speed at these
INNER = 0.3  # radius of an annulus


@st.composite
def domains(draw):
    """A channel, box, tube or annulus with blocks in random cells and a membrane; which cells are solid."""
    shape = draw(st.sampled_from(("channel", "box", "tube", "annulus")))
    dims = 3 if shape == "box" else 2
    cells = tuple(draw(st.integers(1, 4 if dims == 3 else 6)) + 1 for _ in range(dims))
    walls = st.sampled_from(KEEPERS)
    low = np.array([0.0, INNER if shape == "annulus" else 0.0, 0.0][:dims])
    high = low + [draw(st.sampled_from((1.0, 0.37, 3.1))) for _ in range(dims)]
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    solid = random.random(cells) < draw(st.sampled_from((0.0, 0.2, 0.5)))
    solid.flat[random.integers(solid.size)] = False
    solid.flat[random.integers(solid.size)] = True
    if solid.all():
        solid.flat[0] = False
    edges = [np.linspace(*ends, n + 1) for *ends, n in zip(low, high, cells, strict=True)]
    blocks = tuple(
        Block(
            tuple(float(edge[i]) for edge, i in zip(edges, index, strict=True)),
            tuple(float(edge[i + 1]) for edge, i in zip(edges, index, strict=True)),
            draw(walls),
        )
        for index in np.argwhere(solid)
    )
    faces = []
    for axis in range(dims):
        matched = np.array_equal(solid.take(0, axis), solid.take(-1, axis))
        round_ = matched and not (dims == 2 and shape != "channel" and axis == 1) and draw(st.booleans())
        faces += [Periodic()] * 2 if round_ else [draw(walls), draw(walls)]
    across = draw(st.integers(0, dims - 1))
    corners = {}
    if draw(st.booleans()):  # a sheet that ends within
        spans = [np.sort(random.choice(edge, 2, replace=False)).tolist() for edge in edges]
        corners = dict(zip(("low", "high"), zip(*spans, strict=True), strict=True))
    through = draw(st.sampled_from((0.0, 0.5, 1.0)))
    sheets = (Membrane(across, float(edges[across][1]), through, draw(walls), **corners),)
    extents = tuple((high - low).tolist())
    if shape in ("tube", "annulus"):
        inner = {"inner_radius": INNER, "inner_wall": faces[2]} if shape == "annulus" else {}
        domain = Tube(
            float(high[0]), float(high[1]), cells, faces[0], faces[1], faces[3], blocks=blocks,
            membranes=sheets, **inner,
        )  # fmt: skip
    elif shape == "box":
        domain = Box(extents, cells, tuple(faces), blocks=blocks, membranes=sheets)
    else:
        domain = Channel(extents, cells, *faces, blocks=blocks, membranes=sheets)
    return domain, solid, random


def molecules(domain, solid, random):
    """Places and flights: at random, aimed at nodes of the grid, and from planes of the grid into the gas."""
    grid, dims = domain.grid, solid.ndim
    gas = np.argwhere(~solid)[random.integers((~solid).sum(), size=MOLECULES)]
    share = random.random((MOLECULES, dims))
    flights = random.normal(size=(MOLECULES, 3)) * 10.0 ** random.uniform(-6, 1.5, (MOLECULES, 1))
    third = MOLECULES // 3
    rows, axis, end = np.arange(third), random.integers(0, dims, third), random.integers(0, 2, third)
    share[rows, axis] = end
    flights[rows, axis] = abs(flights[rows, axis]) * np.where(end, -1, 1)
    places = np.array(grid.low) + (gas + share) * grid.widths
    aimed = slice(third, 2 * third)
    nodes = np.array(grid.low) + random.integers(0, np.array(grid.cells) + 1, (third, dims)) * grid.widths
    flights[aimed, :dims] = (nodes - places[aimed]) * 10.0 ** random.uniform(-1, 1.5, (third, 1))
    flights[aimed, dims:] = 0.0
    return places, flights


@settings(derandomize=True, deadline=None, max_examples=EXAMPLES, database=None, phases=[Phase.generate])
@given(domains())
def test_nothing_is_lost_in_random_geometries(drawn):
    domain, solid, random = drawn
    places, flights = molecules(domain, solid, random)
    simulation = Simulation(
        GAS, domain, Filling(1e-12, 300.0, (1.0,)), particles_per_cell=2 * MOLECULES / (~solid).sum(),
        timestep=1.0, seed=int(random.integers(2**31)), device="cpu",
    )  # fmt: skip
    particles = simulation.particles
    particles.counts[...] = MOLECULES
    particles.place[: places.size] = places.ravel()
    columns = (particles.vx, particles.vy, particles.vz)
    for column, speeds in zip(columns, flights.T, strict=True):
        column[:MOLECULES] = speeds
    speed = np.sqrt(sum(column[:MOLECULES] ** 2 for column in columns))
    for _ in range(STEPS):
        simulation.step += 1
        simulation.move()
        check_flights(simulation.transit.faults, domain.grid, simulation.device)
        there = particles.place[: places.size].reshape(places.shape)
        assert np.all(particles.bin[:MOLECULES] < domain.grid.cell_count)
        slack = 1e-10 * np.subtract(domain.grid.high, domain.grid.low)
        assert np.all((there >= domain.grid.low - slack) & (there <= domain.grid.high + slack))
        assert not in_solid(domain.grid, there, 1e-9).any()
        new = np.sqrt(sum(column[:MOLECULES] ** 2 for column in columns))
        np.testing.assert_allclose(new, speed, rtol=1e-9)
