"""What each species carries of the mixture's stress and heat flux."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.collision_operator import CollisionOperator
from knudsen.analysis.kinetic.diffusion import diffusivities


class PartialFluxes:
    """The species' shares in the fluxes of `ChapmanEnskog`, for any number of species.

    All fluxes are about the mass-average velocity; q'_i = q_i - (5/2) kT n_i V_i is the reduced heat flux
    of species i.  Sums over species give the coefficients of the mixture.
    """

    operator: CollisionOperator

    def partial_viscosities(self, x: ArrayLike) -> np.ndarray:
        """Partial viscosities mu_i [..., species], Pa s::

            P_i - p_i I = - 2 mu_i S,    sum_i mu_i = mu

        S is the traceless rate of shear.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
        >>> (theory.partial_viscosities([0.5, 0.5]) * 1e6).round(3)
        array([ 6.213, 16.774])
        """
        x = self.operator.fractions(x)
        response = self.operator.shear_response(x)
        return BOLTZMANN * self.operator.temperature / 2 * x * response[..., 0]

    def partial_conductivities(self, x: ArrayLike) -> np.ndarray:
        """Partial conductivities lambda_i [..., species], W/(m K), where no species diffuses::

            q'_i = - lambda_i grad T,    sum_i lambda_i = lambda;    needs order 2

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
        >>> (theory.partial_conductivities([0.5, 0.5]) * 1e3).round(3)
        array([40.646, 11.049])
        """
        self.operator.need_order(2, "thermal conductivity")
        x = self.operator.fractions(x)
        return self._conducted(x, self.operator.conduction_response(x))

    def partial_conductivities_uniform(self, x: ArrayLike) -> np.ndarray:
        """Partial conductivities lambda'_i [..., species], W/(m K), at uniform composition and pressure::

            q'_i = - lambda'_i grad T - p sum_j D_T,ij d_j,    sum_i lambda'_i = lambda';    needs order 2

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
        >>> (theory.partial_conductivities_uniform([0.5, 0.5]) * 1e3).round(3)
        array([41.354, 11.053])
        """
        self.operator.need_order(2, "thermal conductivity")
        x = self.operator.fractions(x)
        return self._conducted(x, self.operator.thermal_response(x))

    def partial_thermal_diffusion(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Coefficients D_T,ij [..., species i, species j], m^2/s, of the heat that diffusion carries::

            q'_i = - lambda'_i grad T - p sum_j D_T,ij d_j,    sum_j D_T,ij y_j = 0

        Onsager's relation is sum_i D_T,ij = D_Tj (`thermal_diffusion_coefficients`), which comes of another
        solve.  Needs order 2.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
        >>> carried = theory.partial_thermal_diffusion([0.5, 0.5], 101325.0)
        >>> (carried.sum(axis=0) / theory.thermal_diffusion_coefficients([0.5, 0.5], 101325.0)).round(12)
        array([1., 1.])
        """
        x = self.operator.fractions(x)
        carried = self._carried(x)
        y = x * self.operator.mass_weights(x)
        mean = np.einsum("...ij,...j->...i", carried, y)
        return (carried - mean[..., None]) * self.operator.per_density(pressure, 2)

    def partial_thermal_diffusion_ratios(self, x: ArrayLike) -> np.ndarray:
        """Ratios k_T,ij [..., species i, species j] of the heat that diffusion carries; needs order 2::

            q'_i = - lambda_i grad T + p sum_j k_T,ij V_j,    sum_j k_T,ij = 0,    sum_i k_T,ij = k_Tj

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
        >>> theory.partial_thermal_diffusion_ratios([0.5, 0.5]).round(4)
        array([[-0.0877,  0.0877],
               [-0.0006,  0.0006]])
        """
        x = self.operator.fractions(x)
        carried = self._carried(x)
        friction = x[..., :, None] * x[..., None, :] * diffusivities(self.operator, x).resistances(x)
        sums = friction.sum(axis=-1)
        return carried * sums[..., None, :] - carried @ friction

    def _carried(self, x: np.ndarray) -> np.ndarray:
        """n D_T,ij [..., i, j], 1/(m s), up to a term the same for all j, which forces of sum zero ignore."""
        self.operator.need_order(2, "thermal diffusion")
        own, coupling = self.operator.diffusion_response(x)
        carried = -x[..., None] * np.moveaxis(self.operator.heat_fluxes(np.moveaxis(coupling, -1, 0)), 0, -1)
        species = np.arange(x.shape[-1])
        carried[..., species, species] -= self.operator.heat_fluxes(own)
        return carried

    def _conducted(self, x: np.ndarray, response: np.ndarray) -> np.ndarray:
        """Partial conductivities [..., species] from the response to a unit grad ln T."""
        return -BOLTZMANN * x * self.operator.heat_fluxes(response)
