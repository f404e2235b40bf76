"""Diffusion in dense hard-sphere mixtures by revised Enskog theory."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import species_number
from knudsen.analysis.dense.contact import HardSphereFluid
from knudsen.analysis.dense.enskog_operator import EnskogOperator, fractions
from knudsen.analysis.dense.transfer import CollisionalTransfer
from knudsen.core.gases import Mixture


class DenseDiffusion:
    """Diffusion coefficients of `RevisedEnskog`; number densities n [..., species], m^-3.

    V_a is the velocity of species a about the mass-average velocity, d_a its diffusion force over nkT.
    """

    mixture: Mixture
    temperature: float
    order: int
    fluid: HardSphereFluid
    operator: EnskogOperator
    transfer: CollisionalTransfer

    def self_diffusion(self, n: ArrayLike, species: int = 0) -> np.ndarray:
        """Diffusion coefficient [m^2/s] of marked molecules of a species in the mixture::

            D_a = (kT / 2 m_a) [(sum_b n_b chi_ab own_ab)^-1]_00

        In one species D = D_dilute / chi.

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> argon = RevisedEnskog(Mixture(["Ar"], "hs"))
        >>> f"{argon.self_diffusion(argon.fluid.number_densities([1.0], 0.3)):.4e} m^2/s"
        '1.3658e-08 m^2/s'
        """
        n, species = self.fluid.densities(n), species_number(species, len(self.mixture))
        thermal = BOLTZMANN * self.temperature / (2 * self.mixture.masses[species])
        return thermal * self.operator.marked_response(n, species)

    def diffusion_matrix(self, n: ArrayLike) -> np.ndarray:
        """Generalised diffusion coefficients D_ab [..., a, b], m^2/s, symmetric::

            V_a = -sum_b D_ab d_b,   sum_b rho_b D_ab = 0
            d_a = (1/n) sum_b n_a d(mu_a/kT)/dn_b grad n_b   at uniform temperature and pressure

        (`fluid.potential_derivatives`).  Every species must be present.

        As n -> 0, `ChapmanEnskog.diffusion_matrix`.

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> mixture = RevisedEnskog(Mixture(["Ar", "Kr"], "hs"))
        >>> D = mixture.diffusion_matrix(mixture.fluid.number_densities([0.5, 0.5], 0.2))
        >>> bool(abs(D[0, 1] / D[1, 0] - 1) < 1e-12)
        True
        """
        n = self.fluid.densities(n)
        if not np.all(n > 0):
            raise ValueError("the diffusion matrix needs every species present: leave out those of density 0")
        x = fractions(n)
        mass = x * np.array(self.mixture.masses)
        force = np.eye(len(self.mixture)) - (mass / mass.sum(axis=-1, keepdims=True))[..., None]
        drive = np.zeros((*x.shape, self.order, len(self.mixture)))
        drive[..., 0, :] = self.operator.dilute.half_speeds[:, None] * force / x[..., None]
        velocity = self.operator.velocities(n, drive)
        return velocity / n.sum(axis=-1)[..., None, None]

    def diffusion_binary(self, n: ArrayLike) -> np.ndarray:
        """Maxwell-Stefan coefficient D_12 [m^2/s] of a binary, of the force d_1 (`diffusion_matrix`)::

            V_1 - V_2 = -(D_12 / (x1 x2)) d_1

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> mixture = RevisedEnskog(Mixture(["Ar", "Kr"], "hs"))
        >>> f"{mixture.diffusion_binary(mixture.fluid.number_densities([0.5, 0.5], 0.2)):.4e} m^2/s"
        '2.7261e-08 m^2/s'
        """
        return self._separation(self._binary(n))[..., 0]

    def thermodynamic_factor(self, n: ArrayLike) -> np.ndarray:
        """Thermodynamic factor Gamma [-] of a binary, d_1 = Gamma grad x1 at uniform T and p::

            Gamma = x1 d(mu_1/kT)/dx1,  1 for the ideal gas

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> mixture = RevisedEnskog(Mixture(["Ar", "Kr"], "hs"))
        >>> round(float(mixture.thermodynamic_factor(mixture.fluid.number_densities([0.5, 0.5], 0.3))), 4)
        1.0076
        """
        matrix = self.thermodynamic_matrix(self._binary(n))
        return matrix[..., 0, 0] - matrix[..., 0, 1]

    def thermodynamic_matrix(self, n: ArrayLike) -> np.ndarray:
        """Gamma_ab [..., a, b], d_a = sum_b Gamma_ab grad x_b at uniform T and p, sum_b grad x_b = 0::

            Gamma_ab = n_a d(mu_a/kT)/dn_b - n v_b sum_c x_c n_a d(mu_a/kT)/dn_c

        The second term is what uniform pressure asks of the total density, grad n = -n^2 sum_b v_b grad x_b.

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> mixture = RevisedEnskog(Mixture(["Ne", "Ar", "Kr"], "hs"))
        >>> gamma = mixture.thermodynamic_matrix(mixture.fluid.number_densities([0.2, 0.3, 0.5], 0.3))
        >>> bool(abs(gamma.sum(axis=0) - gamma.sum(axis=0)[0]).max() < 1e-12)  # the forces sum to zero
        True
        """
        n = self.fluid.densities(n)
        slope = self.fluid.potential_derivatives(n)
        along = np.einsum("...ac,...c->...a", slope, fractions(n))
        volumes = n.sum(axis=-1, keepdims=True) * self.fluid.partial_volumes(n)
        return slope - along[..., :, None] * volumes[..., None, :]

    def diffusion_fick(self, n: ArrayLike) -> np.ndarray:
        """Fick's coefficient D = D_12 Gamma [m^2/s] of a binary: J*_1 = -n D grad x1 at uniform T and p.

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> mixture = RevisedEnskog(Mixture(["Ar", "Kr"], "hs"))
        >>> f"{mixture.diffusion_fick(mixture.fluid.number_densities([0.5, 0.5], 0.2)):.4e} m^2/s"
        '2.7429e-08 m^2/s'
        """
        return self.diffusion_binary(n) * self.thermodynamic_factor(n)

    def thermal_diffusion_factor(self, n: ArrayLike) -> np.ndarray:
        """Thermal diffusion factor alpha_T [-] of a binary at uniform pressure; needs order 2::

            J*_1 = -n D (grad x1 + alpha_T x1 x2 grad ln T),  D Fick's
            alpha_T Gamma = alpha_k + Z_1 - Z_2 - p (v_1 - v_2)/kT

        alpha_k is the separation under K_a (C^2 - 5/2) C alone; positive alpha_T: species 1 goes to the cold.

        Source: Kincaid, Cohen, Lopez de Haro, J. Chem. Phys. 86, 963 (1987), here for grad x1.

        >>> from knudsen.analysis.dense.enskog import RevisedEnskog
        >>> mixture = RevisedEnskog(Mixture(["Kr", "Ar"], "hs"))
        >>> f"{mixture.thermal_diffusion_factor(mixture.fluid.number_densities([0.5, 0.5], 0.3)):.4f}"
        '1.5796'
        """
        self.operator.dilute.need_order(2, "thermal diffusion factor")
        n = self._binary(n)
        separation = self._separation(n, thermal=True)
        pull = self.transfer.diffusion(n)
        push = self.fluid.pressure(n)[..., None] * self.fluid.partial_volumes(n)
        force = (pull - push) @ np.array([1.0, -1.0])
        return (separation[..., 1] / separation[..., 0] + force) / self.thermodynamic_factor(n)

    # --- parts ----------------------------------------------------------------------------------------

    def _separation(self, n: np.ndarray, thermal: bool = False) -> np.ndarray:
        """D_12 and, if thermal, D_12 alpha_k [..., 1 or 2]: V_2 - V_1 under d_1 = x1 x2, or grad ln T = 1."""
        drive = np.zeros((*n.shape, self.order, 1 + thermal))
        drive[..., 0, 0] = -self.operator.dilute.half_speeds * fractions(n)[..., ::-1] * [1, -1]
        if thermal:
            drive[..., 1, 1] = np.sqrt(2.5) * self.operator.dilute.half_speeds * self.transfer.heat(n)
        velocity = self.operator.velocities(n, drive)
        return (velocity[..., 1, :] - velocity[..., 0, :]) / n.sum(axis=-1)[..., None]

    def _binary(self, n: ArrayLike) -> np.ndarray:
        if len(self.mixture) != 2:
            raise ValueError(
                f"a binary coefficient needs two species, this mixture has {len(self.mixture)}: "
                "use `diffusion_matrix`, or build a Mixture of the pair"
            )
        return self.fluid.densities(n)
