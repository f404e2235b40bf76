"""Fick's law in each frame of reference: the gradients that drive it, and its matrix between frames.

In molar units, J^R = - D^R g^R with g^R = T^R grad c, T^R the projector that makes fluxes of the frame
(`Medium.projector`).  At constant T and p, where sum Vbar_i grad c_i = 0, these are the usual gradients::

    molar      J*_i = -c sum_j D_ij grad x_j            mass       j_i = -rho sum_j D_ij grad y_j   (kg)
    volume     J_i = -sum_j D_ij grad c_j               species k  J_i = -c_k sum_j D_ij grad(c_j / c_k)

over the n - 1 species that are not `dependent`.

Source: R. Taylor, R. Krishna, Multicomponent Mass Transfer (1993), sections 3.1, 3.2.
"""

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import finite, per_species
from knudsen.analysis.irreversible.frames import Frame, Medium

GRADIENT_TOLERANCE = 1e-6  # of the sum, to the largest gradient: differences on a grid are not exact


def fick_matrix_between(
    medium: Medium, matrix: ArrayLike, source: Frame, target: Frame, dependent: int = -1
) -> np.ndarray:
    """Fick's matrix in one frame from that in another, each in the convention above::

        D^target = B D^source B^-1

    B the transformation of the independent fluxes.  A binary has one coefficient in every frame; the
    eigenvalues are the same in all.

    Arguments
    ---------
    matrix : D [..., n-1, n-1], m^2/s
    source, target : frames;  dependent : number of the species left out; of a frame fixed to a species, it

    Returns
    -------
    D [..., n-1, n-1], m^2/s

    Raises ValueError for the laboratory or an unknown frame, a `dependent` that a frame does not weigh, or a
    matrix of another shape.

    >>> fick_matrix_between(Medium([1.0, 3.0], [0.004, 0.040]), [[7e-5]], "molar", "mass")
    array([[7.e-05]])
    """
    matrix, independent = finite(matrix, "Fick's matrix", "m^2/s"), len(medium.molar_masses) - 1
    if matrix.shape[-2:] != (independent, independent):
        raise ValueError(f"Fick's matrix has shape {matrix.shape}: give {independent} x {independent}")
    there = medium.transformation(source, target, dependent)
    back = medium.transformation(target, source, dependent)
    molar = matrix / _mass_ratio(medium, source, dependent)
    return there @ molar @ back * _mass_ratio(medium, target, dependent)


def fick_gradient(medium: Medium, frame: Frame, mole_fraction_gradient: ArrayLike) -> np.ndarray:
    """The gradient that drives Fick's law in a frame [..., species], mol/m^4, at constant T and p::

        molar c grad x_i;   mass rho grad y_i / M_i;   volume grad c_i;   species k  c_k grad(c_i / c_k)

    mole_fraction_gradient : grad x_i [..., species], 1/m

    Raises ValueError for the laboratory or an unknown frame, or gradients that do not sum to zero within 1e-6
    of the largest.

    >>> fick_gradient(Medium([1.0, 3.0], [0.004, 0.040]), "molar", [0.1, -0.1])
    array([ 0.4, -0.4])
    """
    gradient = closed_gradient(medium, mole_fraction_gradient)
    return _project(medium, frame, gradient * medium.molar_concentration[..., None])


def mass_fraction_gradient(medium: Medium, mole_fraction_gradient: ArrayLike) -> np.ndarray:
    """grad y [..., species], 1/m, from grad x; binary: grad y_1 = (M_1 M_2 / M^2) grad x_1.

    Raises ValueError for gradients that do not sum to zero within 1e-6 of the largest.

    >>> mass_fraction_gradient(Medium([1.0, 1.0], [0.004, 0.040]), [0.1, -0.1]).round(6)
    array([ 0.033058, -0.033058])
    """
    molar = fick_gradient(medium, "mass", mole_fraction_gradient)
    return molar * medium.molar_masses / medium.mass_density[..., None]


def mole_fraction_gradient(medium: Medium, mass_fraction_gradient: ArrayLike) -> np.ndarray:
    """grad x [..., species], 1/m, from grad y: the inverse of `mass_fraction_gradient`.

    Raises as that.

    >>> mole_fraction_gradient(Medium([1.0, 1.0], [0.004, 0.040]), [0.01, -0.01]).round(6)
    array([ 0.03025, -0.03025])
    """
    molar = (
        closed_gradient(medium, mass_fraction_gradient) / medium.molar_masses * medium.mass_density[..., None]
    )
    return _project(medium, "molar", molar) / medium.molar_concentration[..., None]


def closed_gradient(medium: Medium, gradient: ArrayLike) -> np.ndarray:
    """Gradients of the species' fractions [..., species], 1/m, as an array, checked to sum to zero.

    >>> closed_gradient(Medium([1.0, 3.0], [0.004, 0.040]), [0.1, 0.1])
    Traceback (most recent call last):
        ...
    ValueError: gradients of the fractions of all species must sum to zero, they do to 0.2 1/m
    """
    gradient = per_species(gradient, len(medium.molar_masses), "gradient", "1/m")
    off = np.abs(gradient.sum(axis=-1)).max(initial=0.0)
    if off > GRADIENT_TOLERANCE * np.abs(gradient).max(initial=0.0):
        raise ValueError(
            f"gradients of the fractions of all species must sum to zero, they do to {off:.3g} 1/m"
        )
    return gradient


def _project(medium: Medium, frame: Frame, vector: np.ndarray) -> np.ndarray:
    if frame == "laboratory":
        raise ValueError("Fick's law has no laboratory frame: name a frame that moves")
    return np.einsum("...ij,...j->...i", medium.projector(frame), vector)


def _mass_ratio(medium: Medium, frame: Frame, dependent: int) -> np.ndarray:
    """M_i / M_j, which turns molar coefficients into those of mass fluxes and mass fractions."""
    masses = np.delete(medium.molar_masses, dependent)
    return masses[:, None] / masses if frame == "mass" else np.ones((len(masses), len(masses)))
