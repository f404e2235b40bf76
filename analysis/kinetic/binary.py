"""Diffusion and thermal diffusion of a binary mixture, finite at every composition."""

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.kinetic.collision_operator import CollisionOperator


class BinaryCoefficients:
    """The coefficients of `ChapmanEnskog` for two species; x1 [...] is the mole fraction of the first.

    Raises ValueError for a mixture that is not binary.
    """

    operator: CollisionOperator

    def diffusion_binary(self, x1: ArrayLike, pressure: float) -> np.ndarray:
        """Binary diffusion coefficient D_12 [m^2/s] at mole fraction x1 [...] and pressure [Pa]::

            V_1 - V_2 = -(D_12 / (x1 x2)) (grad x1 + k_T grad ln T)

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order=12)
        >>> (theory.diffusion_binary([0.0, 0.5, 1.0], 101325.0) * 1e6).round(3)
        array([12.602, 12.895, 13.091])
        """
        return self._separation(self._binary_fractions(x1))[..., 0] * self.operator.per_density(pressure, 0)

    def thermal_diffusion_factor(self, x1: ArrayLike) -> np.ndarray:
        """Thermal diffusion factor alpha_T [-]; positive: species 1 goes to the cold side::

            V_1 - V_2 = -D_12 alpha_T grad ln T  at uniform composition and pressure;  needs order 2

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order=12)
        >>> theory.thermal_diffusion_factor([0.0, 0.5, 1.0]).round(4)
        array([0.4143, 0.3385, 0.2924])
        """
        self.operator.need_order(2, "thermal diffusion factor")
        separation = self._separation(self._binary_fractions(x1), thermal=True)
        return separation[..., 1] / separation[..., 0]

    def thermal_diffusion_ratio(self, x1: ArrayLike) -> np.ndarray:
        """Thermal diffusion ratio k_T = alpha_T x1 x2 [-]; needs order 2.

        >>> from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order=12)
        >>> theory.thermal_diffusion_ratio([0.0, 0.5, 1.0]).round(4)
        array([0.    , 0.0846, 0.    ])
        """
        x = self._binary_fractions(x1)
        return self.thermal_diffusion_factor(x1) * x[..., 0] * x[..., 1]

    def _separation(self, x: np.ndarray, thermal: bool = False) -> np.ndarray:
        """n D_12 and, if thermal, n D_12 alpha_T [..., 1 or 2], 1/(m s), from V_2 - V_1 under unit drives.

        The diffusion force grad x1 = x1 x2 keeps the drive of each species finite at every composition.
        """
        drive = np.zeros((*x.shape, self.operator.order, 1 + thermal))
        drive[..., 0, 0] = -self.operator.half_speeds * x[..., ::-1] * [1, -1]
        if thermal:
            drive[..., 1] = self.operator.thermal_drive
        velocity = self.operator.half_speeds[:, None] * self.operator.vector_response(x, drive)[..., 0, :]
        return velocity[..., 1, :] - velocity[..., 0, :]

    def _binary_fractions(self, x1: ArrayLike) -> np.ndarray:
        if len(self.operator.mixture) != 2:
            raise ValueError(
                f"a binary coefficient needs two species, this mixture has {len(self.operator.mixture)}: "
                "build a Mixture of the pair"
            )
        x1 = np.asarray(x1, dtype=float)
        return self.operator.fractions(np.stack([x1, 1 - x1], axis=-1))
