"""Knudsen's minimum of the flow rate, from the points of a sweep over delta."""

from collections.abc import Sequence

import numpy as np

from knudsen.core.results import Estimate
from knudsen.scenarios.scenario import SweepPoint

FEWEST = 4  # points of a parabola in ln delta, one more than it has coefficients
REACH = 5.0  # factor either side of the lowest point within which G_P is a parabola to a percent
DRAWN = 2000


def knudsen_minimum(points: Sequence[SweepPoint]) -> list[Estimate]:
    """delta and G_P of the minimum of a parabola in ln delta through the points near the lowest.

    Errors are those of so many redrawn points; none where the points have no minimum within them, or are
    fewer than FEWEST.  The theory's is read alike, from its values at the same delta.
    """
    if not points or set(points[0].settings) != {"delta"}:
        return []
    order = sorted(points, key=lambda point: point.settings["delta"])
    delta = np.array([point.settings["delta"] for point in order])
    found = [point.result.estimate("flow_rate") for point in order]
    rate, error = (np.array([getattr(one, name) for one in found]) for name in ("value", "stderr"))
    lowest = int(np.argmin(rate))
    near = (delta > delta[lowest] / REACH) & (delta < delta[lowest] * REACH)
    if lowest in (0, len(delta) - 1) or near.sum() < FEWEST:
        return []
    x, y, s = np.log(delta[near]), rate[near], error[near]
    drawn = y + s * np.random.default_rng(1).normal(size=(DRAWN, len(y)))
    spread = np.std([vertex(x, each, s) for each in drawn], axis=0)
    at, least = vertex(x, y, s)
    theory = np.array([one.theory if one.gated else np.nan for one in found])[near]
    expected = vertex(x, theory, s) if np.all(np.isfinite(theory)) else (None, None)
    source = f"{found[0].theory_source}, read alike" if expected[0] else ""
    return [
        Estimate(name, value, stderr, "1", predicted, 0.0, "numerical", source)
        for name, value, stderr, predicted in (
            ("minimum_delta", at, spread[0], expected[0]),
            ("minimum_flow_rate", least, spread[1], expected[1]),
        )
    ]


def vertex(x: np.ndarray, y: np.ndarray, error: np.ndarray) -> tuple[float, float]:
    """delta and value of the least point of the parabola y(ln delta), weighted by the errors."""
    a, b, c = np.polyfit(x, y, 2, w=1 / error)
    return float(np.exp(-b / (2 * a))), float(c - b * b / (4 * a))
