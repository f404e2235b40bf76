"""What drives diffusion: gradients of composition and of pressure, and forces; mobilities; Gibbs-Duhem.

The force per volume that diffusion of species i must balance is::

    cRT d_i = c_i (grad mu_i)_(T,p) + (phi_i - y_i) grad p - (c_i F_i - y_i sum_j c_j F_j)

with phi_i the volume fraction, y_i the mass fraction, F_i the force per mole.  sum_i d_i = 0 by the
Gibbs-Duhem relation; a common acceleration, F_i = M_i a, drops out.  The second term is barodiffusion, the
third forced diffusion.

Source: R. B. Bird, W. E. Stewart, E. N. Lightfoot, Transport Phenomena (2002), section 24.1;
J. O. Hirschfelder, C. F. Curtiss, R. B. Bird (1954), section 7.3 (dilute gases).
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import finite, mole_fractions, per_species, positive
from knudsen.analysis.irreversible.fick import closed_gradient
from knudsen.analysis.irreversible.frames import Medium


def diffusion_forces(
    medium: Medium,
    temperature: float,
    mole_fraction_gradient: ArrayLike,
    pressure_gradient: ArrayLike = 0.0,
    molar_forces: ArrayLike = 0.0,
    thermodynamic_factors: ArrayLike | None = None,
) -> np.ndarray:
    """Diffusion forces d_i [..., species], 1/m, that sum to zero::

        d_i = sum_j Gamma_ij grad x_j + (phi_i - y_i) grad p / cRT - (x_i F_i - y_i sum_j x_j F_j) / RT

    Arguments
    ---------
    medium : composition, with partial volumes unless it is an ideal gas;  temperature : T, K
    mole_fraction_gradient : grad x_i [..., species], 1/m
    pressure_gradient : grad p [...], Pa/m
    molar_forces : F_i [..., species], N/mol, or one number for all
    thermodynamic_factors : Gamma_ij [..., species, species] (`thermodynamic_factors`); None if ideal

    Along one direction; components of vectors go on a leading axis.

    Raises ValueError for a temperature that is not positive, mole-fraction gradients that do not sum to zero
    within 1e-6 of the largest, values that are not finite, or other shapes.

    A still atmosphere, d ln x_i / dz = (M - M_i) g / RT, drives no diffusion:

    >>> M, x, g, RT = np.array([0.004, 0.040]), np.array([0.5, 0.5]), 9.81, GAS_CONSTANT * 300.0
    >>> gas = Medium.ideal_gas(x, 40.0, M)
    >>> forces = diffusion_forces(gas, 300.0, x * (x @ M - M) * g / RT, -gas.mass_density * g)
    >>> bool(abs(forces).max() < 1e-18)
    True
    """
    positive(temperature, "temperature", "K")
    slope = closed_gradient(medium, mole_fraction_gradient)
    if thermodynamic_factors is not None:
        slope = np.einsum("...ij,...j->...i", _pairs(thermodynamic_factors, slope.shape[-1], "Gamma"), slope)
    thermal = GAS_CONSTANT * temperature
    pressed = finite(pressure_gradient, "pressure gradient", "Pa/m") / (medium.molar_concentration * thermal)
    pull = finite(molar_forces, "molar force", "N/mol")
    if pull.ndim > 0:
        per_species(pull, slope.shape[-1], "molar force", "N/mol")
    forced = medium.mole_fractions * pull / thermal
    total = np.sum(forced, axis=-1, keepdims=True)
    return (
        slope
        + pressure_diffusion_ratios(medium) * pressed[..., None]
        - forced
        + medium.mass_fractions * total
    )


def pressure_diffusion_ratios(medium: Medium) -> np.ndarray:
    """Barodiffusion ratios k_pi = phi_i - y_i [..., species], d_i = k_pi grad p / (cRT), summing to zero::

        k_p1 = x_1 x_2 (M_2 - M_1) / M   (binary ideal gas, where cRT = p)

    The light species goes to low pressure.

    >>> pressure_diffusion_ratios(Medium([1.0, 1.0], [0.004, 0.040])).round(4)
    array([ 0.4091, -0.4091])
    """
    return medium.volume_fractions - medium.mass_fractions


def thermodynamic_factors(x: ArrayLike, activity_slopes: ArrayLike) -> np.ndarray:
    """Gamma_ij [..., species, species] of a non-ideal mixture::

        x_i grad mu_i / RT = sum_j Gamma_ij grad x_j,    Gamma_ij = delta_ij + x_i d ln gamma_i / d x_j

    Arguments
    ---------
    x : mole fractions [..., species]
    activity_slopes : d ln gamma_i / d x_j [..., species i, species j] at constant T and p, each x_j varied
        as if it were free (what is common to all j drops out, for sum_j grad x_j = 0)

    Raises ValueError where the slopes violate the Gibbs-Duhem relation, sum_i x_i d ln gamma_i = 0 along
    every change of composition, by more than 1e-6 of the slopes; for bad mole fractions, or other shapes.

    A regular solution, ln gamma_1 = a x_2^2, ln gamma_2 = a x_1^2, has Gamma = 1 - 2 a x_1 x_2:

    >>> gamma = thermodynamic_factors([0.3, 0.7], [[0.0, 2 * 0.5 * 0.7], [2 * 0.5 * 0.3, 0.0]])
    >>> (gamma @ [1.0, -1.0]).round(6)
    array([ 0.79, -0.79])
    """
    x = mole_fractions(x, _names(np.atleast_1d(activity_slopes).shape[-1]))
    slopes = _pairs(activity_slopes, x.shape[-1], "activity slope")
    closed = np.einsum("...i,...ij->...j", x, slopes)
    defect = np.abs(closed - closed[..., :1]).max(initial=0.0)
    if not defect <= 1e-6 * np.abs(slopes).max(initial=0.0):
        raise ValueError(
            f"activity coefficients break the Gibbs-Duhem relation by {defect:.3g}: "
            "take all of them from one excess free energy"
        )
    return np.eye(x.shape[-1]) + x[..., :, None] * slopes


def gibbs_duhem_residual(
    concentrations: ArrayLike,
    potential_gradients: ArrayLike,
    pressure_gradient: ArrayLike = 0.0,
    entropy_density: ArrayLike = 0.0,
    temperature_gradient: ArrayLike = 0.0,
) -> np.ndarray:
    """By how much chemical potentials break the Gibbs-Duhem relation [...], J/m^4; zero if they agree::

        sum_i c_i grad mu_i - grad p + s grad T

    Arguments
    ---------
    concentrations : c_i [..., species], mol/m^3;  potential_gradients : grad mu_i [..., species], J/(mol m)
    pressure_gradient : Pa/m;  entropy_density : s, J/(K m^3);  temperature_gradient : K/m

    Raises ValueError for values that are not finite, or c and grad mu of other shapes.

    >>> float(gibbs_duhem_residual([10.0, 30.0], [300.0, -100.0]))
    0.0
    """
    species = np.atleast_1d(concentrations).shape[-1]
    c = per_species(concentrations, species, "concentration", "mol/m^3")
    given = c * per_species(potential_gradients, species, "potential gradient", "J/(mol m)")
    pressed = finite(pressure_gradient, "pressure gradient", "Pa/m")
    entropy = finite(entropy_density, "entropy density", "J/(K m^3)")
    return (
        given.sum(axis=-1) - pressed + entropy * finite(temperature_gradient, "temperature gradient", "K/m")
    )


def gibbs_duhem_along(x: ArrayLike, potentials: ArrayLike) -> np.ndarray:
    """The same along tabulated states at one T and p: sum_i x_i d mu_i [point - 1], J/mol, by trapezoids.

    x : mole fractions [point, species];  potentials : mu_i [point, species], J/mol (any constant added)

    Of consistent data it falls as the cube of the spacing; summed, it is the area test.

    Raises ValueError for bad mole fractions, potentials that are not finite, or other shapes.

    >>> import numpy as np
    >>> x = np.linspace(0.2, 0.6, 201)[:, None] * [1, -1] + [0, 1]
    >>> bool(abs(gibbs_duhem_along(x, np.log(x)).sum()) < 1e-5)
    True
    >>> float(gibbs_duhem_along(x, 2 * x).sum().round(6))
    -0.16
    """
    x, mu = np.asarray(x, dtype=float), finite(potentials, "potentials", "J/mol")
    if x.ndim != 2 or x.shape != mu.shape or len(x) < 2:
        raise ValueError(
            f"x {x.shape} and potentials {mu.shape} need one shape, [point, species], two points up"
        )
    x = mole_fractions(x, _names(x.shape[-1]))
    return np.sum((x[1:] + x[:-1]) / 2 * np.diff(mu, axis=0), axis=-1)


def diffusion_from_mobility(mobility: ArrayLike, temperature: float, factor: ArrayLike = 1.0) -> np.ndarray:
    """Einstein's relation, D = M kT Gamma [...], m^2/s.

    mobility : M = u / F [...], s/kg, drift speed per force on a molecule;  temperature : T, K
    factor : thermodynamic factor Gamma, 1 for an ideal gas or marked molecules, negative where it is unstable

    Raises ValueError for a mobility or temperature that is not positive, or a factor that is not finite.

    Of a binary gas the mobility is that of species 1 through species 2 in the molar frame.

    >>> float(diffusion_from_mobility(1e16, 300.0).round(8))
    4.142e-05
    """
    positive(mobility, "mobility", "s/kg")
    positive(temperature, "temperature", "K")
    return (
        np.asarray(mobility, dtype=float)
        * BOLTZMANN
        * temperature
        * finite(factor, "thermodynamic factor", "pure numbers")
    )


def mobility(diffusion: ArrayLike, temperature: float, factor: ArrayLike = 1.0) -> np.ndarray:
    """Drift speed per force on a molecule, M = D / (kT Gamma) [...], s/kg: Einstein's relation inverted.

    diffusion : D of Fick, m^2/s;  temperature : T, K;  factor : thermodynamic factor Gamma, positive

    Raises ValueError for values that are not positive.

    >>> float(mobility(4.142e-5, 300.0)) / 1e16 > 0.99
    True
    """
    positive(diffusion, "diffusion", "m^2/s")
    positive(temperature, "temperature", "K")
    positive(factor, "thermodynamic factor", "pure numbers")
    return np.asarray(diffusion, dtype=float) / (BOLTZMANN * temperature * np.asarray(factor, dtype=float))


def _pairs(values: ArrayLike, species: int, name: str) -> np.ndarray:
    pairs = finite(values, name, "pure numbers")
    if pairs.shape[-2:] != (species, species):
        raise ValueError(f"{name} has shape {pairs.shape}: give {species} x {species}, on the last axes")
    return pairs


def _names(species: int) -> list[str]:
    return [f"species {i}" for i in range(species)]
