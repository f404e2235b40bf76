"""What the points of a sweep over a drive tend to as it falls: what linear theory is of."""

from collections.abc import Iterator, Sequence

import numpy as np

from knudsen.analysis.statistics import Array
from knudsen.core.results import Estimate, TheoryKind
from knudsen.scenarios.gas_flow.config import FlowConfig
from knudsen.scenarios.gas_flow.run import ORDER_OF_DRIVE, SMALL
from knudsen.scenarios.loading import check
from knudsen.scenarios.scenario import SweepPoint

CURVED = 4  # points from which on the drive's fourth power is fitted too


def at_zero_drive(Config: type[FlowConfig], points: Sequence[SweepPoint]) -> list[Estimate]:
    """Each estimate at no drive, and its relative change with the square of the drive::

        value = a (1 + b drive^2 [+ c drive^4])

    of a sweep of plain DSMC over its drive alone; none of others.  The fourth power is fitted to four points
    or more.  The theory's error holds what a further power would change: where this is much, theory does not
    test the limit.
    """
    if any(point.result.resolution["method"] != "direct" or len(point.settings) != 1 for point in points):
        return []
    drives = np.array([_config(Config, point).drive for point in points])
    if len(set(np.abs(drives))) < max(2, len(points)):
        return []
    names = [estimate.name for estimate in points[0].result.estimates]
    kept = [name for name in names if all(_has(point, name) for point in points)]
    found = [_fitted([point.result.estimate(name) for point in points], drives**2) for name in kept]
    return [estimate for pair in found for estimate in pair]


def _config(Config: type[FlowConfig], point: SweepPoint) -> FlowConfig:
    given = {key: value for key, value in point.result.config.items() if value is not None}
    return check(Config, given)


def _has(point: SweepPoint, name: str) -> bool:
    return any(estimate.name == name for estimate in point.result.estimates)


def _fitted(points: Sequence[Estimate], squares: Array) -> Iterator[Estimate]:
    """a and b of one estimate."""
    first = points[0]
    value, stderr = (np.array([getattr(point, name) for point in points]) for name in ("value", "stderr"))
    order = 2 if len(points) < CURVED else 3
    coefficients, covariance = even_fit(squares, value, stderr, order)
    a, slope = coefficients[:2]
    at_rest = _at_rest(np.array([point.theory_error for point in points]) ** 2, squares**2)
    error = np.hypot(np.sqrt(at_rest), truncation(squares, value, stderr, order))
    source = first.theory_source.replace(f", {ORDER_OF_DRIVE}", "")
    found = f"{first.name}_at_zero_drive", a, np.sqrt(covariance[0, 0]), first.unit
    yield Estimate(*found, first.theory, error, _kind(first, error), source)
    gradient = np.array([-slope / a**2, 1 / a])
    spread = np.sqrt(gradient @ covariance[:2, :2] @ gradient)
    yield Estimate(f"{first.name}_second_order", slope / a, spread, "1")


def _kind(estimate: Estimate, error: float) -> TheoryKind:
    """Of theory beside the limit, which tests it where its error is small."""
    if estimate.theory is None or estimate.theory_kind == "approximate":
        return estimate.theory_kind
    if error > SMALL * abs(estimate.theory):
        return "asymptotic"
    return estimate.theory_kind if estimate.gated else "numerical"


def truncation(squares: Array, value: Array, stderr: Array, order: int) -> float:
    """How far powers left out may take the limit at no drive.

    What one coefficient more changes, or, where no point is left for it, one less; and the error of that
    change, which a fit and a fuller one of the same points have as the difference of their variances.
    """
    other = order + 1 if len(value) > order else order - 1
    fits = [even_fit(squares, value, stderr, count) for count in (order, other)]
    change = fits[1][0][0] - fits[0][0][0]
    return float(np.sqrt(change**2 + abs(fits[1][1][0, 0] - fits[0][1][0, 0])))


def even_fit(squares: Array, value: Array, stderr: Array, order: int) -> tuple[Array, Array]:
    """`order` coefficients of a polynomial in the square of the drive, lowest first, and their covariance."""
    design = np.vander(squares, order, increasing=True) / stderr[:, None]
    covariance = np.linalg.inv(design.T @ design)
    coefficients = covariance @ design.T @ (value / stderr)
    return coefficients, covariance


def _at_rest(variances: Array, fourths: Array) -> float:
    """What of the theory's variances is not of the drive, whose part goes as its fourth power."""
    low, high = np.argsort(fourths)[:2]  # where it has not saturated
    rise = (variances[high] - variances[low]) / (fourths[high] - fourths[low])
    return max(0.0, float(variances[low] - rise * fourths[low]))
