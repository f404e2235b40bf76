"""The Knudsen layer at plates far apart: how a field leaves its straight line near a wall."""

from collections.abc import Iterator

import numpy as np

from knudsen.analysis.statistics import Array
from knudsen.analysis.transition.slip import KnudsenLayers
from knudsen.core.results import Estimate, Profile
from knudsen.scenarios.gas_flow.crossing import SHARES, Crossing, Readable, cell_points

REACH, FEWEST = 1.0, 6  # mu v0/p from the wall, and cells, that the wall's value is drawn from


def distances(flow: Crossing) -> Array:
    """Centres of the cells of half of the gap, from the wall [m]."""
    return flow.run.fields.positions[: len(flow.run.fields.positions) // 2]


def defect(flow: Crossing, of: Readable) -> Array:
    """Field less what the bulk would have, over the gradient times mu v0/p [..., cell of half of the gap]::

        d(x) = [u(x) - (tau/mu) (x - L/2)] / [(tau/mu) (mu v0/p)]

    the mean of both walls: what `knudsen_layers` is of a half space.
    """
    path, half = flow.run.scale.equivalent_path, len(distances(flow))
    found = of.field / flow.layer_unit(of)[..., None]
    found = (found[..., :half] - found[..., : -half - 1 : -1]) / 2
    return found - (distances(flow) - flow.run.scale.length / 2) / path


def at_wall(flow: Crossing, of: Readable) -> Array:
    """The defect at the wall, by least squares of a + b x ln x + c x + d x^2 in the nearest cells.

    A distribution that is not smooth at the wall makes the logarithm; what is left out lowers hard spheres'
    value by some percent, theory's alike.
    """
    x = cell_points(flow.run)[: len(distances(flow))] / flow.run.scale.equivalent_path
    x = x[: max(FEWEST, int(np.sum(x.mean(axis=1) < REACH)))]
    shapes = np.stack([np.ones_like(x), x * np.log(x), x, x * x], axis=1) @ SHARES / 2
    return defect(flow, of)[..., : len(x)] @ np.linalg.pinv(shapes)[0]


def half_space(flow: Crossing, distance: Array) -> KnudsenLayers:
    """Layers of the kinetic theory over one wall at distances [point] in m."""
    return flow.run.theory.layers(np.ravel(distance) / flow.run.scale.equivalent_path)


def jump_estimate(flow: Crossing, name: str) -> Estimate:
    """The coefficient of slip or jump from the flux; theory's source names that of a half space."""
    note = ""
    if flow.run.theory is not None:
        alone = getattr(flow.run.theory.slip, flow.kind.jump)
        note = f"; half space {alone:.6g}"
    return flow.estimate(name, "1", flow.jump_of_flux, note)


def defect_estimates(flow: Crossing, of_layer: str) -> Iterator[Estimate]:
    """The defect at the wall, where there are cells enough; theory's source names that of a half space."""
    if len(distances(flow)) < FEWEST:
        return
    note = ""
    if flow.run.theory is not None:
        note = f"; half space {float(getattr(half_space(flow, np.zeros(1)), of_layer)[0]):.4g}"
    yield flow.estimate("knudsen_layer_defect", "1", lambda of: at_wall(flow, of), note)


def layer_profiles(flow: Crossing, name: str, of_layer: str) -> Iterator[Profile]:
    """The defect against the distance, of theory between plates, and of theory over one wall.

    What cells, steps and few molecules add is taken off, as of estimates.

    name : of the profiles;  of_layer : of the field in KnudsenLayers
    """
    place = distances(flow)
    found, known = flow.derived(lambda of: defect(flow, of)), flow.theory is not None
    added = defect(flow, flow.resolved) - defect(flow, flow.theory) if known else 0.0
    yield Profile(name, "1", place, found.value - added, found.stderr)
    if known:
        nothing = np.zeros_like(place)
        yield Profile(f"{name}_theory", "1", place, defect(flow, flow.theory), nothing)
        points = cell_points(flow.run)[: len(place)]
        alone = getattr(half_space(flow, points), of_layer).reshape(points.shape) @ SHARES / 2
        yield Profile(f"{name}_half_space", "1", place, alone, nothing)
