"""What pairs that meet again within a time step add to the transport coefficients of DSMC.

A cell of N molecules is a closed gas for the time of a step.  Who has collided there remains beside the one
it has collided with, and at the rate n sigma_T g / N meets it again: what the first collision took from a
molecule's velocity, and gave to its partner, comes back in part.  In a gas of infinitely many molecules no
pair meets twice.  This is of partners taken at random, the same one again too.

D. J. Rader, M. A. Gallis, J. R. Torczynski, W. Wagner, Phys. Fluids 18, 077102 (2006), found what few
molecules add to the conductivity of hard spheres, and fitted it with terms of N, cell and step.  The law here
is derived, of any coefficient and mixture, and of first order in dt / N alone: it has no term of cell and N
together, and has not been held against their numbers.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN
from scipy.special import roots_genlaguerre

from knudsen.analysis.checks import positive_number
from knudsen.analysis.kinetic.brackets import pair_brackets
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import (
    RATE_OF_BRACKET,
    currents,
    function_of,
    inverse,
    symmetric,
)
from knudsen.analysis.kinetic.scattering import SoftSphereScattering
from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere


def repeats_are_known(mixture: Mixture) -> bool:
    """Whether every pair is a soft sphere, of which `repeat_excess` is known."""
    return all(isinstance(mixture.interaction(*pair), VariableSoftSphere) for pair in mixture.pair_numbers())


def repeat_excess(
    theory: ChapmanEnskog, x: ArrayLike, pressure: float, timestep: float, molecules: float
) -> dict[str, float]:
    """What pairs that meet again within a step add to each coefficient, relative, with N molecules a cell::

        (dt / 2N) <A, R^-1 B R^-1 A> / <A, R^-1 A>

    A pair meets again at the rate n sigma_T g / N.  B is the operator of pairs that collide twice: the
    collision operator R with (sigma_T g)^2 in place of sigma_T g, and (1 - P_l)^2 in place of 1 - P_l.
    Of Maxwell molecules that scatter evenly it is half the collisions of a molecule in a step over N, for
    each coefficient; of hard spheres, to first Sonine order, 0.97 c0 dt / (lambda N) of mu and lambda and
    0.83 of D.  First order in dt / N, and for molecules that have parted before the next step.

    Arguments
    ---------
    theory, x, pressure, timestep : as of `timestep_excess`; soft spheres alone
    molecules : N of a collision cell, all species together

    >>> from knudsen.core.gases import Mixture
    >>> spheres = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, 2)
    >>> speed = math.sqrt(2 * BOLTZMANN * 300.0 / spheres.mixture.masses[0])
    >>> path = 1.0 / (math.sqrt(2) * math.pi * 3.6e-10**2 * 1e5 / (BOLTZMANN * 300.0))
    >>> {name: round(each, 3) for name, each in repeat_excess(spheres, [1.0], 1e5, path / speed, 1).items()}
    {'viscosity': 0.942, 'thermal_conductivity': 0.969}

    Raises
    ------
    ValueError : potentials and user functions, whose repeated collisions are not tabulated;  order 1
    """
    x = theory.operator.fractions(x)
    positive_number(timestep, "timestep", "s")
    positive_number(molecules, "molecules", "")
    density = pressure / (BOLTZMANN * theory.temperature)
    rate, twice = RATE_OF_BRACKET * density, RATE_OF_BRACKET * density**2
    stress, still, drifts, heat = currents(theory, x)
    shear = function_of(symmetric(theory.operator.tensor_brackets, x) * rate, inverse, still[:, :0])
    vectors = function_of(symmetric(theory.operator.vector_brackets, x) * rate, inverse, still)
    flow = drifts @ vectors @ drifts.T
    heat = heat - drifts.T @ np.linalg.solve(flow, drifts @ vectors @ heat) if len(drifts) else heat
    parts = {"viscosity": (2, shear, stress), "thermal_conductivity": (1, vectors, heat)}
    if len(x) == 2:
        parts["diffusion_binary"] = (1, vectors, drifts[0])
    found = {}
    for name, (rank, integral, current) in parts.items():
        again = symmetric(_repeated_brackets(theory, rank), x) * twice
        response = integral @ current
        found[name] = float(timestep / (2 * molecules) * (response @ again @ response) / (current @ response))
    return found


@dataclass(frozen=True)  # no tuple: equal to no other law in the cache of brackets
class RepeatedScattering:
    """Two collisions of one pair of soft spheres: (sigma_T g)^2, and twice the loss of each moment."""

    omega: float
    alpha: float

    def quadrature(self, degree: int, points: int) -> tuple[np.ndarray, np.ndarray]:
        """As of `ScatteringLaw`, over the mean of (sigma_T g)^2 ~ s^(2 - 2 omega)."""
        energy, weight = roots_genlaguerre(points, 2.5 - 2 * self.omega)
        losses = SoftSphereScattering(self.omega, self.alpha).quadrature(degree, points)[1].sum(axis=1)
        return energy, np.outer(losses**2, weight / weight.sum())


def _repeated_brackets(theory: ChapmanEnskog, rank: int) -> np.ndarray:
    """Own and cross brackets of twice colliding pairs [2, species, species, order, order] [m^6/s^2]."""
    mixture, order = theory.mixture, theory.operator.order
    brackets = np.empty((2, len(mixture), len(mixture), order, order))
    for a, b in mixture.pair_numbers():
        law, masses, reduced = mixture.interaction(a, b), mixture.masses, mixture.reduced_mass(a, b)
        if not isinstance(law, VariableSoftSphere):
            raise ValueError(f"pairs that meet again are known of soft spheres, not of {type(law).__name__}")
        pair = pair_brackets(
            RepeatedScattering(law.omega, law.alpha), masses[a] / (masses[a] + masses[b]), order, rank
        )
        power = 2 - 2 * law.omega
        square = (
            law.cross_section_prefactor(reduced) ** 2
            * (2 * BOLTZMANN * theory.temperature / reduced) ** power
        )
        square *= math.gamma(1.5 + power) / math.gamma(1.5)
        brackets[:, b, a] = pair.own_b * square, pair.cross.T * square
        brackets[:, a, b] = pair.own_a * square, pair.cross * square
    return brackets
