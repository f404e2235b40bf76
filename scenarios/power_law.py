"""Exponents of power laws, fitted to the points of a sweep."""

from typing import NamedTuple

import numpy as np

from knudsen.analysis.statistics import Array


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
