"""Diffusion in a mixture of any number of species: matrices, thermal diffusion, marked molecules."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.kinetic.collision_operator import CollisionOperator


class Diffusivities(NamedTuple):
    """n D_ij = delta_ij marked_i / x_i + coupling_ij, 1/(m s), finite at every composition.

    marked [..., species] is n times the diffusivity of a marked trace of each species.
    """

    marked: np.ndarray
    coupling: np.ndarray

    def shifted(self, weight: np.ndarray, x: np.ndarray) -> "Diffusivities":
        """The same in the frame sum_i w_i V_i = 0, w_i = x_i weight_i: D -> P D P^T, P = 1 - 1 w^T."""
        mean = self.marked * weight + np.einsum("...ij,...j->...i", self.coupling, x * weight)
        total = np.sum(x * weight * mean, axis=-1)[..., None, None]
        return self._replace(coupling=self.coupling - mean[..., None, :] - mean[..., :, None] + total)

    def per_force(self, x: np.ndarray) -> np.ndarray:
        """n D_ij x_j [..., species i, species j]."""
        return _diagonal(self.marked) + self.coupling * x[..., None, :]

    def resistances(self, x: np.ndarray) -> np.ndarray:
        """1 / (n D_ij), D_ij Maxwell and Stefan's, of diffusivities in the molar frame.

        The friction matrix is the inverse of D_ij + s, s any scale, less 1/s; with x_j taken out of its
        column j it is finite where x_j = 0.
        """
        scale = self.marked.mean(axis=-1)[..., None, None]
        raised = self.coupling + scale
        matrix = _diagonal(self.marked) + raised * x[..., None, :]
        return np.linalg.solve(matrix, raised) / self.marked[..., None, :] + 1 / scale


class MulticomponentDiffusion:
    """Diffusion coefficients of `ChapmanEnskog` for any number of species.

    V_i is the velocity of species i about the mass-average velocity, y_i its mass fraction, and
    d_i = grad x_i + (x_i - y_i) grad ln p - (forced diffusion), with sum_i d_i = 0.  Pressure [Pa] is a
    number or broadcasts against the batch of x.
    """

    operator: CollisionOperator

    def diffusion_matrix(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Multicomponent diffusion coefficients D_ij [..., species, species], m^2/s::

            V_i = - sum_j D_ij d_j - D_Ti grad ln T,    D_ij = D_ji,    sum_i y_i D_ij = 0

        D_ii grows as 1/x_i (a marked trace moves by D_i grad ln x_i) and is infinite at x_i = 0; every
        other element is finite.  `diffusion_response` is finite at every composition.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=3)
        >>> (theory.diffusion_matrix([0.2, 0.3, 0.5], 101325.0) * 1e6).round(2)
        array([[400.96,  -2.77,  -6.29],
               [ -2.77,  51.24, -19.52],
               [ -6.29, -19.52,   7.57]])

        Source: J. H. Ferziger, H. G. Kaper (1972), chapter 6, whose D_ij these are (Waldmann's).
        """
        x = self.operator.fractions(x)
        massic = diffusivities(self.operator, x).shifted(self.operator.mass_weights(x), x)
        with np.errstate(divide="ignore"):
            diagonal = _diagonal(massic.marked / x)
        return (diagonal + massic.coupling) * self.operator.per_density(pressure, 2)

    def diffusion_response(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Velocities per force on a molecule, D_ij x_j [..., species i, species j], m^2/s::

            V_i = - sum_j (D_ij x_j) (d_j / x_j)

        d_j / x_j is grad ln x_j, or minus a force on each molecule of j over kT.  Finite at x_j = 0.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=3)
        >>> (theory.diffusion_response([0.0, 0.3, 0.7], 101325.0) * 1e6).round(2)
        array([[64.64, -0.46, -2.67],
               [ 0.  , 13.66, -8.69],
               [ 0.  , -3.73,  2.37]])
        """
        x = self.operator.fractions(x)
        massic = diffusivities(self.operator, x).shifted(self.operator.mass_weights(x), x)
        return massic.per_force(x) * self.operator.per_density(pressure, 2)

    def thermal_diffusion_coefficients(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Thermal diffusion coefficients D_Ti [..., species], m^2/s; needs order 2::

            V_i = - D_Ti grad ln T  at d = 0,    sum_i y_i D_Ti = 0

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=3)
        >>> (theory.thermal_diffusion_coefficients([0.2, 0.3, 0.5], 101325.0) * 1e6).round(3)
        array([-15.828,  -0.37 ,   0.431])
        """
        self.operator.need_order(2, "thermal diffusion")
        return self._thermal_velocities(self.operator.fractions(x)) * self.operator.per_density(pressure, 1)

    def thermal_diffusion_ratios(self, x: ArrayLike) -> np.ndarray:
        """Thermal diffusion ratios k_Ti [..., species]; needs order 2::

            d_i = - k_Ti grad ln T  without diffusion,    sum_j D_ij k_Tj = D_Ti,    sum_i k_Ti = 0

        Of a binary, k_T1 = -k_T2 = alpha_T x1 x2.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ne", "Ar"], "vss"), 300.0, order=4)
        >>> theory.thermal_diffusion_ratios([0.2, 0.3, 0.5]).round(4)
        array([-0.0454, -0.0132,  0.0587])
        """
        x = self.operator.fractions(x)
        return x * self._thermal_affinities(x)

    def thermal_diffusion_factors(self, x: ArrayLike) -> np.ndarray:
        """Generalised factors alpha_ij [..., species i, species j], finite as x -> 0; needs order 2::

            k_Ti = x_i sum_j x_j alpha_ij,    alpha_ij = k_Ti / x_i - k_Tj / x_j

        Without diffusion at uniform pressure, grad ln(x_i / x_j) = -alpha_ij grad ln T.

        Of a binary, alpha_12 is the thermal diffusion factor.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=3)
        >>> theory.thermal_diffusion_factors([0.0, 0.3, 0.7]).round(4)
        array([[ 0.    , -0.1605, -0.2278],
               [ 0.1605,  0.    , -0.0673],
               [ 0.2278,  0.0673,  0.    ]])
        """
        affinity = self._thermal_affinities(self.operator.fractions(x))
        return affinity[..., :, None] - affinity[..., None, :]

    def maxwell_stefan_diffusivities(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Maxwell-Stefan diffusivities [..., species, species], m^2/s, symmetric::

            sum_j x_i x_j (V_j - V_i) / D_ij = d_i + k_Ti grad ln T

        This relation, the inverse of that with the diffusion matrix, defines them.  At order 1 each is the
        binary coefficient of its pair; at higher orders they vary by a few per cent with composition.
        The diagonal is the coefficient for two marked parts of one species; it enters no equation, but
        with it the diffusivity of a marked trace of i is 1 / sum_j (x_j / D_ij).

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=3)
        >>> (theory.maxwell_stefan_diffusivities([0.2, 0.3, 0.5], 101325.0) * 1e6).round(2)
        array([[154.17,  78.95,  59.88],
               [ 78.95,  21.04,  15.47],
               [ 59.88,  15.47,  11.6 ]])
        """
        x = self.operator.fractions(x)
        return self.operator.per_density(pressure, 2) / diffusivities(self.operator, x).resistances(x)

    def fick_matrix(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Fick's matrix D_ij [..., species - 1, species - 1], m^2/s, in the molar frame::

            J*_i = - c sum_j D_ij grad x_j,    i, j = 1 .. N - 1,    at uniform temperature and pressure

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["H2", "N2", "CO2"], "vss"), 300.0, order=3)
        >>> (theory.fick_matrix([0.2, 0.3, 0.5], 101325.0) * 1e6).round(2)
        array([[ 65.54,  -0.97],
               [-18.84,  18.71]])
        """
        x = self.operator.fractions(x)
        marked, coupling = diffusivities(self.operator, x)
        matrix = _diagonal(marked) + x[..., :, None] * (coupling - coupling[..., -1:])
        return matrix[..., :-1, :-1] * self.operator.per_density(pressure, 2)

    # --- marked molecules ----------------------------------------------------------------------------

    def tracer_diffusion(self, x: ArrayLike, pressure: ArrayLike) -> np.ndarray:
        """Diffusivity [..., species], m^2/s, of marked molecules of each species in the mixture::

            n D_i = (kT / 2 m_i) [(sum_j x_j own_ij)^-1]_00

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
        >>> (theory.tracer_diffusion([0.5, 0.5], 101325.0) * 1e6).round(2)
        array([95.94, 29.25])
        """
        x = self.operator.fractions(x)
        return -self.operator.velocities(self.operator.marked_response(x)) * self.operator.per_density(
            pressure, 1
        )

    # --- the parts -----------------------------------------------------------------------------------

    def _thermal_velocities(self, x: np.ndarray) -> np.ndarray:
        """n D_Ti [..., species], 1/(m s)."""
        return -self.operator.velocities(self.operator.thermal_response(x))

    def _thermal_affinities(self, x: np.ndarray) -> np.ndarray:
        """k_Ti / x_i = sum_j x_j (D_Ti - D_Tj) / D_ij [..., species], D_ij Maxwell and Stefan's."""
        self.operator.need_order(2, "thermal diffusion")
        velocity = self._thermal_velocities(x)
        resistance = diffusivities(self.operator, x).resistances(x)
        difference = velocity[..., :, None] - velocity[..., None, :]
        return np.sum(x[..., None, :] * resistance * difference, axis=-1)


def diffusivities(operator: CollisionOperator, x: np.ndarray) -> Diffusivities:
    """n D_ij in the molar frame, whose forces d_i = delta_ij - x_i keep heavy traces exact."""
    own, coupling = operator.diffusion_response(x)
    marked = -operator.velocities(own)
    coupling = -operator.half_speeds[:, None] * coupling[..., 0, :]
    drift = np.einsum("...i,...ij->...j", x, coupling) + marked
    return Diffusivities(marked, coupling - drift[..., None, :])


def _diagonal(values: np.ndarray) -> np.ndarray:
    """Matrices [..., i, i] with values [..., i] on the diagonal and zeros elsewhere."""
    matrix = np.zeros((*values.shape, values.shape[-1]))
    index = np.arange(values.shape[-1])
    matrix[..., index, index] = values
    return matrix
