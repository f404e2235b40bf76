"""Exponents of a power law from the points of a sweep."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from knudsen.analysis.statistics import Array
from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.core.results import Estimate

if TYPE_CHECKING:
    from knudsen.scenarios.scenario import SweepPoint

KEYS = ("temperature", "pressure")


class PowerLaw(NamedTuple):
    """Exponents [key] and their standard errors."""

    exponents: Array
    stderrs: Array


def power_law(variables: Array, values: Array, stderrs: Array) -> PowerLaw:
    """Exponents e_k of value = C prod_k variable_k^(e_k), by least squares of the logarithms.

    Arguments
    ---------
    variables : [point, key];  values, stderrs : [point]; points weigh as (value / stderr)^2

    Raises ValueError for fewer points than exponents and C, keys that do not vary independently, or values
    or errors that are not positive.
    """
    if not (np.all(values > 0) and np.all(stderrs > 0) and np.all(variables > 0)):
        raise ValueError("a power law needs positive variables, values and standard errors")
    weight = values / stderrs
    logs = np.log(variables)
    design = np.column_stack([np.ones(len(values)), logs - logs.mean(axis=0)]) * weight[:, None]
    if np.linalg.matrix_rank(design) < design.shape[1]:
        raise ValueError("the points do not tell the exponents apart: vary every key independently")
    covariance = np.linalg.inv(design.T @ design)
    solution = covariance @ design.T @ (weight * np.log(values))
    return PowerLaw(solution[1:], np.sqrt(np.diag(covariance))[1:])


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
