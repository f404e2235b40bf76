"""The linear system of revised Enskog theory: the dilute one, each bracket times its contact value."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from knudsen.analysis.dense.contact import HardSphereFluid
from knudsen.analysis.kinetic.collision_operator import CollisionOperator, operator_matrix, solve


@dataclass(frozen=True)
class EnskogOperator:
    """Responses of a dense hard-sphere mixture to unit gradients; densities n [..., species] are checked.

    Species a's equation, over its own density, is that of `CollisionOperator` with chi_ab::

        sum_b x_b chi_ab [cross_ab X_b + own_ab X_a] = - drive_a

    Arguments
    ---------
    dilute : the operator of the dilute mixture;  fluid : its equilibrium, of the contact values

    A marked molecule of a dense gas responds less, by chi:

    >>> from knudsen.core.gases import Mixture
    >>> dilute, fluid = CollisionOperator(Mixture(["Ar"], "hs"), 300.0, 4), HardSphereFluid([3.6e-10])
    >>> n = fluid.number_densities([1.0], 0.3)
    >>> response = EnskogOperator(dilute, fluid).marked_response(n, 0) * n[0]
    >>> thin = EnskogOperator(dilute, fluid).marked_response(1e-9 * n, 0) * 1e-9 * n[0]
    >>> print(f"{thin / response:.6f} {fluid.contact_values(n)[0, 0]:.6f}")
    2.478134 2.478134
    """

    dilute: CollisionOperator
    fluid: HardSphereFluid

    def expansion_response(self, n: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Amplitudes of b_1 of rank 0 [..., species], s/m^3, under the drives weight_a b_1.

        Energy is conserved, so the drives leave sum x_a Y_a1 free: zero keeps the temperature.
        """
        matrix = self._matrix(self._scalar_brackets, n)
        matrix[..., :, 0, :, 0] += self.dilute.rates.max() * fractions(n)[..., None, :]
        return solve(matrix, self._drive(weight, self.dilute.order)[..., None])[..., 0, 0]

    def shear_response(self, n: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Amplitudes of b_0 of rank 2 [..., species], s/m^3, under the drives weight_a b_0."""
        matrix = self._matrix(self.dilute.tensor_brackets, n)
        return solve(matrix, self._drive(weight, self.dilute.order)[..., None])[..., 0, 0]

    def conduction_response(self, n: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Amplitudes of b_1 of rank 1 [..., species], m^-2, under weight_a grad ln T, diffusion held off."""
        matrix = self._matrix(self.dilute.vector_brackets[..., 1:, 1:], n)
        drive = self._drive(np.sqrt(2.5) * self.dilute.half_speeds * weight, self.dilute.order - 1)
        return solve(matrix, drive[..., None])[..., 0, 0]

    def velocities(self, n: np.ndarray, drive: np.ndarray) -> np.ndarray:
        """n V_a [..., species, column] under drives [..., species, order, column]; sum rho_a V_a = 0."""
        response = self.dilute.vector_response(fractions(n), drive, self.fluid.contact_values(n))
        return self.dilute.half_speeds[:, None] * response[..., 0, :]

    def marked_response(self, n: np.ndarray, species: int) -> np.ndarray:
        """[(sum_b n_b chi_ab own_ab)^-1]_00 [...], s: how a marked molecule of one species responds."""
        pull = n * self.fluid.contact_values(n)[..., species, :]
        own = np.einsum("...b,bpq->...pq", pull, self.dilute.vector_brackets[0, species])
        return np.linalg.solve(own, np.eye(self.dilute.order)[:, :1])[..., 0, 0]

    @cached_property
    def _scalar_brackets(self) -> np.ndarray:
        """Own and cross brackets [2, species, species, order, order] of b_1, b_2, ... of rank 0, m^3/s.

        b_0 is the number of molecules, which nothing drives.
        """
        return self.dilute.brackets(0, self.dilute.order + 1)[..., 1:, 1:]

    def _matrix(self, brackets: np.ndarray, n: np.ndarray) -> np.ndarray:
        """Collision operator [..., species a, p, species b, q]."""
        return operator_matrix(brackets, fractions(n), self.fluid.contact_values(n))

    @staticmethod
    def _drive(weight: np.ndarray, order: int) -> np.ndarray:
        """Drive [..., species, order] of the first polynomial alone."""
        drive = np.zeros((*weight.shape, order))
        drive[..., 0] = weight
        return drive


def fractions(n: np.ndarray) -> np.ndarray:
    """Mole fractions [..., species] of densities."""
    return n / n.sum(axis=-1, keepdims=True)
