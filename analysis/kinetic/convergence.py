"""A coefficient with its order and what the last polynomial changed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

ROUND_OFF = 1e-11


class Listed(NamedTuple):
    """A coefficient of `ChapmanEnskog`: its unit, its least order and what it is small against.

    scale : "own" for its own largest value, "one" for 1, else the coefficient of that name and arguments
    """

    unit: str
    least_order: int = 1
    scale: str = "own"


COEFFICIENTS: Mapping[str, Listed] = {
    "viscosity": Listed("Pa s"),
    "partial_viscosities": Listed("Pa s"),
    "thermal_conductivity": Listed("W m-1 K-1", 2),
    "thermal_conductivity_uniform": Listed("W m-1 K-1", 2),
    "partial_conductivities": Listed("W m-1 K-1", 2),
    "partial_conductivities_uniform": Listed("W m-1 K-1", 2),
    "prandtl_number": Listed("1", 2),
    "mean_free_path": Listed("m"),
    "diffusion_binary": Listed("m2 s-1"),
    "thermal_diffusion_factor": Listed("1", 2, "one"),
    "thermal_diffusion_ratio": Listed("1", 2, "one"),
    "diffusion_matrix": Listed("m2 s-1"),
    "diffusion_response": Listed("m2 s-1"),
    "maxwell_stefan_diffusivities": Listed("m2 s-1"),
    "fick_matrix": Listed("m2 s-1"),
    "tracer_diffusion": Listed("m2 s-1"),
    "thermal_diffusion_coefficients": Listed("m2 s-1", 2, "tracer_diffusion"),
    "partial_thermal_diffusion": Listed("m2 s-1", 2, "tracer_diffusion"),
    "thermal_diffusion_ratios": Listed("1", 2, "one"),
    "thermal_diffusion_factors": Listed("1", 2, "one"),
    "partial_thermal_diffusion_ratios": Listed("1", 2, "one"),
    "self_diffusion": Listed("m2 s-1"),
    "schmidt_number": Listed("1"),
    "schmidt_numbers": Listed("1"),
    "lewis_numbers": Listed("1", 2),
}


@dataclass(frozen=True)
class Coefficient:
    """A coefficient, its unit, its order and the relative change from the order below.

    change : (value - value below) / value, of the value's shape; zero where the value is zero to
        round-off or infinite; None at the lowest order that has the coefficient
    """

    name: str
    value: np.ndarray
    unit: str
    order: int
    change: np.ndarray | None


def relative_change(value: np.ndarray, below: np.ndarray, scale: float) -> np.ndarray:
    """(value - below) / value, and zero where the value is round-off beside the scale, or infinite.

    >>> relative_change(np.array([2.0, 0.0]), np.array([1.9, 1e-17]), 1.0).round(3)
    array([0.05, 0.  ])
    """
    known = np.isfinite(value) & np.isfinite(below)
    smallest = ROUND_OFF * scale
    known &= np.abs(value) > smallest
    change = np.zeros(np.shape(value))
    np.subtract(value, below, out=change, where=known)
    np.divide(change, value, out=change, where=known)
    return change
