"""Knudsen's minimum of the flow rate, from the points of a sweep over delta."""

from collections.abc import Sequence

import numpy as np

from knudsen.core.results import Estimate, TheoryKind
from knudsen.scenarios.scenario import SweepPoint

FEWEST = 5  # points of a cubic in ln delta, one more than it has coefficients
REACH = 5.0  # factor either side of the lowest point: a cubic's minimum is theory's own to 1e-3 or better
DRAWN = 2000
NAMES = ("minimum_delta", "minimum_flow_rate")


def knudsen_minimum(points: Sequence[SweepPoint]) -> list[Estimate]:
    """delta and G_P of the minimum of a cubic in ln delta through the points near the lowest.

    Errors are those of so many redrawn points; none where the points have no minimum within them, or are
    fewer than FEWEST.  The theory's is read alike, from its values at the same delta.
    """
    if not points or set(points[0].settings) != {"delta"}:
        return []
    order = sorted(points, key=lambda point: point.settings["delta"])
    delta = np.array([point.settings["delta"] for point in order])
    found = [point.result.estimate("flow_rate") for point in order]
    lowest = int(np.argmin([one.value for one in found]))
    near = (delta > delta[lowest] / REACH) & (delta < delta[lowest] * REACH)
    if lowest in (0, len(delta) - 1) or near.sum() < FEWEST:
        return []
    x, beside = np.log(delta[near]), [one for one, is_near in zip(found, near, strict=True) if is_near]
    error = np.array([one.stderr for one in beside])
    measured, stderr = _vertex_of(x, np.array([one.value for one in beside]), error, error)
    if any(one.theory is None for one in beside):
        return [Estimate(*each, "1") for each in zip(NAMES, measured, stderr, strict=True)]
    errors = np.array([one.theory_error for one in beside])
    theory, uncertain = _vertex_of(x, np.array([one.theory for one in beside]), errors, error)
    source = f"{beside[0].theory_source}, read alike"
    return [
        Estimate(name, value, spread, "1", predicted, theory_spread, kind_of(beside), source)
        for name, value, spread, predicted, theory_spread in zip(
            NAMES, measured, stderr, theory, uncertain, strict=True
        )
    ]


def kind_of(estimates: Sequence[Estimate]) -> TheoryKind:
    """The kind of theory beside all of them, approximate where they differ."""
    kinds = {one.theory_kind for one in estimates}
    return kinds.pop() if len(kinds) == 1 else "approximate"


def _vertex_of(
    x: np.ndarray, y: np.ndarray, spread: np.ndarray, error: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """`vertex` of a curve and, over redrawn points, its standard deviation."""
    drawn = y + spread * np.random.default_rng(1).normal(size=(DRAWN, len(y)))
    return np.array(vertex(x, y, error)), np.nanstd([vertex(x, each, error) for each in drawn], axis=0)


def vertex(x: np.ndarray, y: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    """delta and value of the minimum of the cubic y(ln delta), weighted by the errors; NaN if it has none."""
    a, b, c, d = np.polyfit(x, y, 3, w=1 / error)
    square = b * b - 3 * a * c
    at = -c / (b + np.sqrt(square)) if square > 0 else np.nan
    return float(np.exp(at)), float(((a * at + b) * at + c) * at + d)
