"""Exponents of a power law from the points of a sweep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.core.results import Estimate
from knudsen.scenarios.power_law import power_law

if TYPE_CHECKING:
    from knudsen.scenarios.scenario import SweepPoint

KEYS = ("temperature", "pressure")


def diffusion_exponents(points: Sequence["SweepPoint"]) -> list[Estimate]:
    """`exponent_temperature` and `exponent_pressure` of D_AB ~ T^(omega + 1) p^(-1), of the keys swept.

    omega is that of the pair A-B; the error of the theory is how far the converged theory of the very
    points departs from it.  A potential has no omega, and the converged theory is fitted alike.  The theory
    is approximate where the bulk of a point was within its Knudsen layers.
    Empty where neither was swept, or where gases or model change as well.
    """
    keys = [key for key in KEYS if len({point.result.config[key] for point in points}) > 1]
    kinds = {(tuple(point.result.config["gases"]), point.result.config["model"]) for point in points}
    if not keys or len(kinds) > 1:
        return []
    variables = np.array([[point.result.config[key] for key in keys] for point in points])
    found = [point.result.estimate("diffusion_binary") for point in points]
    values, stderrs, theories = (
        np.array([getattr(estimate, name) for estimate in found]) for name in ("value", "stderr", "theory")
    )
    ((gases, model),) = kinds
    try:
        measured, converged = (power_law(variables, each, stderrs) for each in (values, theories))
    except ValueError:  # two keys swept together do not tell their exponents apart
        return []
    expected, law = {"pressure": -1.0}, "converged theory of these points, fitted alike"
    if isinstance(pair := Mixture(gases, model).interaction(0, 1), VariableSoftSphere):
        expected["temperature"], law = pair.omega + 1, "D_AB ~ T^(omega + 1) / p, omega of the pair A-B"
    elif "temperature" in keys:
        expected["temperature"] = float(converged.exponents[keys.index("temperature")])
    return [
        Estimate(
            name=f"exponent_{key}",
            value=measured.exponents[number],
            stderr=measured.stderrs[number],
            unit="1",
            theory=expected[key],
            theory_error=abs(converged.exponents[number] - expected[key]),
            theory_kind="numerical" if all(estimate.gated for estimate in found) else "approximate",
            theory_source=law,
        )
        for number, key in enumerate(keys)
    ]
