"""The two heat fluxes and the energy flux: what diffusing species carry with them.

The reduced heat flux q' leaves out the enthalpy that diffusion carries and is the same in every frame.  The
total heat flux about a frame R adds it; with total fluxes N_i it is the energy flux in the laboratory (less
the flow's kinetic energy and the work of its stress)::

    q^R = q' + sum_i H_i J^R_i,    e = q' + sum_i H_i N_i

H_i in J/mol goes with molar fluxes, in J/kg with mass fluxes.  The q of kinetic theory is about the
mass-average velocity.  In a monatomic gas H_i is (5/2) RT per mole, in a polyatomic one its whole enthalpy.

Source: S. R. de Groot, P. Mazur, Non-Equilibrium Thermodynamics (1962), chapters III and XI;
J. O. Hirschfelder, C. F. Curtiss, R. B. Bird, Molecular Theory of Gases and Liquids (1954), section 7.4.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.checks import finite, per_species, positive


def heat_flux(reduced: ArrayLike, fluxes: ArrayLike, enthalpies: ArrayLike) -> np.ndarray:
    """Total heat flux [...], W/m^2, about the frame of the fluxes, from the reduced one::

        q^R = q' + sum_i H_i J^R_i

    reduced : q' [...], W/m^2;  fluxes : J^R_i [..., species], mol/(m^2 s) or kg/(m^2 s);
    enthalpies : H_i [..., species], J/mol or J/kg to match

    With total fluxes N_i, it is the laboratory's energy flux.

    Raises ValueError for values that are not finite, or not one flux and one enthalpy a species.

    >>> float(heat_flux(10.0, [0.1, -0.1], [6235.0, 8700.0]))
    -236.5
    """
    return finite(reduced, "reduced heat flux", "W/m^2") + _carried(fluxes, enthalpies)


def reduced_heat_flux(total: ArrayLike, fluxes: ArrayLike, enthalpies: ArrayLike) -> np.ndarray:
    """Reduced heat flux q' [...], W/m^2, from the total one about the frame of the fluxes::

        q' = q^R - sum_i H_i J^R_i

    Arguments and raises as `heat_flux`.  It is the Onsager partner of the Soret effect.

    >>> float(reduced_heat_flux(-236.5, [0.1, -0.1], [6235.0, 8700.0]))
    10.0
    """
    return finite(total, "total heat flux", "W/m^2") - _carried(fluxes, enthalpies)


def monatomic_enthalpies(temperature: ArrayLike, molar_masses: ArrayLike | None = None) -> np.ndarray:
    """Enthalpy of monatomic ideal gases, (5/2) RT [...] in J/mol, or (5/2) RT / M [..., species] in J/kg.

    temperature : T [...], K;  molar_masses : M_i [species], kg/mol, for enthalpies per mass

    Raises ValueError for a temperature or masses that are not positive.

    >>> float(monatomic_enthalpies(300.0).round(3))
    6235.847
    >>> monatomic_enthalpies(300.0, [0.004002602, 0.039948]).round(0)
    array([1557948.,  156099.])
    """
    positive(temperature, "temperature", "K")
    molar = 2.5 * GAS_CONSTANT * np.asarray(temperature, dtype=float)
    if molar_masses is None:
        return molar
    positive(molar_masses, "molar_masses", "kg/mol")
    return molar[..., None] / np.asarray(molar_masses, dtype=float)


def _carried(fluxes: ArrayLike, enthalpies: ArrayLike) -> np.ndarray:
    species = np.atleast_1d(fluxes).shape[-1]
    fluxes = per_species(fluxes, species, "flux", "mol/(m^2 s) or kg/(m^2 s)")
    return np.sum(fluxes * per_species(enthalpies, species, "enthalpy", "J/mol or J/kg"), axis=-1)
