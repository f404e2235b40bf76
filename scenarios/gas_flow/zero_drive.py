"""What the points of a sweep over a drive tend to as it falls: what linear theory is of."""

from collections.abc import Iterator, Sequence

import numpy as np

from knudsen.analysis.statistics import Array
from knudsen.core.results import Estimate
from knudsen.scenarios.gas_flow.config import FlowConfig
from knudsen.scenarios.gas_flow.run import ORDER_OF_DRIVE
from knudsen.scenarios.loading import check
from knudsen.scenarios.scenario import SweepPoint

CURVED = 4  # points from which on the drive's fourth power is fitted too


def at_zero_drive(Config: type[FlowConfig], points: Sequence[SweepPoint]) -> list[Estimate]:
    """Each estimate at no drive, and its relative change with the square of the drive::

        value = a (1 + b drive^2 [+ c drive^4])

    of a sweep of plain DSMC over its drive alone; none of others.  The fourth power is fitted to four points
    or more.
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
    coefficients, covariance = even_fit(squares, value, stderr)
    a, slope = coefficients[:2]
    kind = "numerical" if first.theory_kind == "asymptotic" else first.theory_kind
    error = np.sqrt(_at_rest(np.array([point.theory_error for point in points]) ** 2, squares**2))
    source = first.theory_source.replace(f", {ORDER_OF_DRIVE}", "")
    found = f"{first.name}_at_zero_drive", a, np.sqrt(covariance[0, 0]), first.unit
    yield Estimate(*found, first.theory, error, kind, source)
    gradient = np.array([-slope / a**2, 1 / a])
    spread = np.sqrt(gradient @ covariance[:2, :2] @ gradient)
    yield Estimate(f"{first.name}_second_order", slope / a, spread, "1")


def even_fit(squares: Array, value: Array, stderr: Array) -> tuple[Array, Array]:
    """Coefficients of a polynomial in the square of the drive, lowest first, and their covariance."""
    order = 2 if len(value) < CURVED else 3
    design = np.vander(squares, order, increasing=True) / stderr[:, None]
    covariance = np.linalg.inv(design.T @ design)
    coefficients = covariance @ design.T @ (value / stderr)
    return coefficients, covariance


def _at_rest(variances: Array, fourths: Array) -> float:
    """What of the theory's variances is not of the drive, whose part goes as its fourth power."""
    low, high = np.argsort(fourths)[[0, -1]]
    rise = (variances[high] - variances[low]) / (fourths[high] - fourths[low])
    return max(0.0, float(variances[low] - rise * fourths[low]))
