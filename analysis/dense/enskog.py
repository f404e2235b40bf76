"""Revised Enskog theory: transport coefficients of dense hard-sphere mixtures, to any Sonine order.

The linear systems are those of the dilute mixture (`knudsen.analysis.kinetic.chapman_enskog`) with every
pair's brackets times its contact value chi_ab; the drives, and the fluxes drawn from the solution, gain
what collisions carry over a diameter: the factors K_a (heat), K'_a (shear), K''_a (expansion), Z_a
(diffusion) of `knudsen.analysis.dense.transfer`, and a part that needs no distribution, from spheres
touching across a gradient.

Source: H. van Beijeren, M. H. Ernst, Physica 68, 437 (1973); M. Lopez de Haro, E. G. D. Cohen,
J. M. Kincaid, J. Chem. Phys. 78, 2746 (1983); J. M. Kincaid, M. Lopez de Haro, E. G. D. Cohen,
J. Chem. Phys. 79, 4509 (1983).
"""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.dense.contact import HardSphereFluid
from knudsen.analysis.dense.diffusion import DenseDiffusion
from knudsen.analysis.dense.enskog_operator import EnskogOperator, fractions
from knudsen.analysis.dense.transfer import CollisionalTransfer
from knudsen.analysis.kinetic.collision_operator import CollisionOperator, check_state
from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere

DEFAULT_ORDER = 24


class Parts(NamedTuple):
    """A coefficient's share that molecules carry as they move, and the share that collisions transfer."""

    kinetic: np.ndarray
    collisional: np.ndarray


@dataclass(frozen=True)
class RevisedEnskog(DenseDiffusion):
    """Transport coefficients of a dense hard-sphere mixture at one temperature.

    Arguments
    ---------
    mixture : species of the model 'hs'; the diameters of unlike pairs are the means of the like ones
    temperature : T [K]
    order : number of Sonine polynomials, 1 .. 100

    Number densities `n` [..., species] in m^-3 (`fluid.number_densities` makes them of mole fractions and a
    packing fraction, up to 0.545); results have the shape that is left.  As n -> 0 they are those of
    `ChapmanEnskog`.  Enskog's theory leaves out correlated collisions: molecular dynamics of one species has
    self-diffusion up to a fifth above it at moderate packing and far below it near freezing (0.49), where
    the viscosity is tens of percent above (B. J. Alder, D. M. Gass, T. E. Wainwright, J. Chem. Phys. 53,
    3813 (1970)).

    Raises
    ------
    ValueError : a temperature that is not positive; an order outside 1 .. 100 or below what a coefficient
        needs; interactions that are not hard spheres of additive diameters; densities that `fluid` refuses;
        a species number that the mixture lacks; a binary coefficient of a mixture that is not binary

    >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"), temperature=300.0)
    >>> n = argon.fluid.number_densities([1.0], packing_fraction=0.3)
    >>> f"{argon.viscosity(n):.4e} Pa s"
    '9.3501e-05 Pa s'
    """

    mixture: Mixture
    temperature: float = 300.0
    order: int = DEFAULT_ORDER

    def __post_init__(self) -> None:
        check_state(self.temperature, self.order)
        for a, b in self.mixture.pair_numbers():
            self._check_pair(a, b)

    def _check_pair(self, a: int, b: int) -> None:
        like = [self.mixture.interaction(c, c) for c in (a, b)]
        pairs = [*like, self.mixture.interaction(a, b)]
        spheres = [isinstance(p, VariableSoftSphere) and (p.omega, p.alpha) == (0.5, 1.0) for p in pairs]
        if not all(spheres) or abs(2 * pairs[2].diameter_ref / sum(p.diameter_ref for p in like) - 1) > 1e-9:
            raise ValueError(
                f"{self.mixture.names[a]}-{self.mixture.names[b]} is no pair of hard spheres of the mean "
                "diameter: build the Mixture with the model 'hs' and no explicit pairs"
            )

    @cached_property
    def fluid(self) -> HardSphereFluid:
        """The equilibrium fluid: contact values, pressure, chemical potentials, densities of a packing."""
        numbers = range(len(self.mixture))
        return HardSphereFluid([self.mixture.interaction(a, a).diameter_ref for a in numbers])

    @cached_property
    def operator(self) -> EnskogOperator:
        """The linear system, dilute brackets times contact values."""
        dilute = CollisionOperator(self.mixture, self.temperature, self.order)
        return EnskogOperator(dilute, self.fluid)

    @cached_property
    def transfer(self) -> CollisionalTransfer:
        """The factors of collisional transfer."""
        return CollisionalTransfer(self.fluid, self.mixture.masses)

    def pressure(self, n: ArrayLike) -> np.ndarray:
        """Pressure [Pa] of the BMCSL equation of state.

        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> f"{argon.pressure([2.4463e25]):.0f} Pa"  # 1.0024 times the ideal gas
        '101567 Pa'
        """
        return BOLTZMANN * self.temperature * self.fluid.pressure(n)

    # --- viscosity and conductivity -------------------------------------------------------------------

    def viscosity(self, n: ArrayLike) -> np.ndarray:
        """Shear viscosity mu [Pa s], the sum of `viscosity_parts`.

        >>> helium = RevisedEnskog(Mixture(["He"], "hs"))
        >>> f"{helium.viscosity(helium.fluid.number_densities([1.0], 1e-9)):.5e} Pa s"  # dilute
        '1.94194e-05 Pa s'
        """
        return sum(self.viscosity_parts(n))

    def viscosity_parts(self, n: ArrayLike) -> Parts:
        """Kinetic and collisional shear viscosity [Pa s]::

            mu_k = (kT/2) sum_a x_a y_a0,  sum_b x_b chi_ab [cross_ab y_b + own_ab y_a] = K'_a b_0
            mu_c = (kT/2) sum_a x_a (K'_a - 1) y_a0 + (3/5) kappa_c

        kappa_c is the collisional bulk viscosity (`bulk_viscosity_parts`).

        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> parts = argon.viscosity_parts(argon.fluid.number_densities([1.0], 0.3))
        >>> round(float(parts.kinetic / parts.collisional), 4)
        0.2763
        """
        n = self.fluid.densities(n)
        weight = self.transfer.shear(n)
        response = self.operator.shear_response(n, weight)
        share = BOLTZMANN * self.temperature / 2 * fractions(n) * response
        kinetic = np.sum(share, axis=-1)
        return Parts(kinetic, np.sum(weight * share, axis=-1) - kinetic + 0.6 * self._touching(n))

    def bulk_viscosity(self, n: ArrayLike) -> np.ndarray:
        """Bulk viscosity kappa [Pa s], the sum of `bulk_viscosity_parts`; zero for a dilute gas.

        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> f"{argon.bulk_viscosity(argon.fluid.number_densities([1.0], 0.3)):.4e} Pa s"
        '8.1966e-05 Pa s'
        """
        return sum(self.bulk_viscosity_parts(n))

    def bulk_viscosity_parts(self, n: ArrayLike) -> Parts:
        """Bulk viscosity [Pa s] from unequal heating of the species, and from touching spheres::

            kappa_k = (2/3) kT sum_a n_a K''_a Y_a1,  sum_b n_b chi_ab [cross_ab Y_b + own_ab Y_a] = K''_a b_1
            kappa_c = (4/9) sum_ab n_a n_b d_ab^4 chi_ab sqrt(2 pi m_ab kT),  m_ab the reduced mass

        with sum n_a Y_a1 = 0.  kappa_k vanishes for one species.

        >>> mixture = RevisedEnskog(Mixture(["He", "Xe"], "hs"))
        >>> parts = mixture.bulk_viscosity_parts(mixture.fluid.number_densities([0.5, 0.5], 0.2))
        >>> round(float(parts.kinetic / parts.collisional), 4)
        0.0446
        """
        n = self.fluid.densities(n)
        weight = self.transfer.expansion(n)
        share = fractions(n) * weight * self.operator.expansion_response(n, weight)
        kinetic = 2 / 3 * BOLTZMANN * self.temperature * np.sum(share, axis=-1)
        return Parts(kinetic, self._touching(n))

    def thermal_conductivity(self, n: ArrayLike) -> np.ndarray:
        """Thermal conductivity lambda [W/(m K)] with no diffusion flux, the sum of its parts; needs order 2.

        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> f"{argon.thermal_conductivity(argon.fluid.number_densities([1.0], 0.3)):.4f} W/(m K)"
        '0.0820 W/(m K)'
        """
        return sum(self.thermal_conductivity_parts(n))

    def thermal_conductivity_parts(self, n: ArrayLike) -> Parts:
        """Kinetic and collisional conductivity [W/(m K)]::

            lambda_k from the drives K_a (C^2 - 5/2) C with no diffusion (amplitudes of b_0 zero)
            lambda_c = sum_a (K_a - 1) lambda_k,a
                       + (4/3) k sum_ab n_a n_b d_ab^4 chi_ab sqrt(2 pi m_ab kT)/(m_a + m_b)

        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> parts = argon.thermal_conductivity_parts(argon.fluid.number_densities([1.0], 0.3))
        >>> round(float(parts.kinetic / parts.collisional), 4)
        0.3282
        """
        self.operator.dilute.need_order(2, "thermal conductivity")
        n = self.fluid.densities(n)
        weight, masses = self.transfer.heat(n), np.array(self.mixture.masses)
        response = self.operator.conduction_response(n, weight)
        share = BOLTZMANN * np.sqrt(2.5) * fractions(n) * self.operator.dilute.half_speeds * response
        kinetic = np.sum(share, axis=-1)
        touching = 3 * BOLTZMANN * self._touching(n, 1 / (masses[:, None] + masses))
        return Parts(kinetic, np.sum(weight * share, axis=-1) - kinetic + touching)

    # --- collisions -----------------------------------------------------------------------------------

    def collision_frequency(self, n: ArrayLike) -> np.ndarray:
        """Collision rate of one molecule of each species [..., species], 1/s::

            nu_a = sum_b n_b chi_ab pi d_ab^2 sqrt(8 kT / (pi m_ab))

        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> f"{argon.collision_frequency(argon.fluid.number_densities([1.0], 0.3))[0]:.4e} 1/s"
        '6.9873e+12 1/s'
        """
        n = self.fluid.densities(n)
        return np.einsum("...b,...ab,ab->...a", n, self.fluid.contact_values(n), self.operator.dilute.rates)

    # --- parts ----------------------------------------------------------------------------------------

    def _touching(self, n: np.ndarray, weight: np.ndarray | float = 1.0) -> np.ndarray:
        return self.transfer.touching(n, BOLTZMANN * self.temperature, weight)
