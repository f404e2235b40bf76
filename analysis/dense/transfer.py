"""What collisions of hard spheres carry over a diameter, on top of what molecules carry as they move.

A collision hands momentum 2 m_ab (s.g) s and energy 2 m_ab (s.g)(s.G) over the distance d_ab along the line
of centres s, m_ab the reduced mass, g the relative and G the centre-of-mass velocity.  Averaged over
Maxwellian partners, with <over s> of (s.g)^2 s s = (2 pi / 15)(2 g g + g^2), the collisional flux is a
multiple of the kinetic one for each moment; the drives of the linear system gain the same factors.

Source: M. Lopez de Haro, E. G. D. Cohen, J. M. Kincaid, J. Chem. Phys. 78, 2746 (1983).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import positive, positive_number
from knudsen.analysis.dense.contact import HardSphereFluid


@dataclass(frozen=True)
class CollisionalTransfer:
    """Factors that collisional transfer puts on drives and fluxes of a dense hard-sphere mixture::

        s_a(w) = sum_b n_b d_ab^3 chi_ab w_ab,    M_ab = m_a / (m_a + m_b)

    Arguments
    ---------
    fluid : the equilibrium fluid;  masses : m_a [species], kg (or any unit of mass)

    Methods take number densities n [..., species] and return [..., species].

    Raises ValueError for masses that are not positive, or not one a species.

    >>> transfer = CollisionalTransfer(HardSphereFluid([1.0]), [1.0])
    >>> n = transfer.fluid.number_densities([1.0], 0.3)
    >>> (transfer.shear(n) - 1) / (0.4 * (transfer.fluid.compressibility_factor(n) - 1))  # 2/5 b rho chi
    array([1.])
    """

    fluid: HardSphereFluid
    masses: ArrayLike

    def __post_init__(self) -> None:
        positive(self.masses, "masses", "kg")
        if np.shape(self.masses) != np.shape(self.fluid.diameters):
            raise ValueError(
                f"masses {self.masses} and diameters {self.fluid.diameters}: give one each a species"
            )
        object.__setattr__(self, "masses", tuple(float(m) for m in self.masses))

    def heat(self, n: ArrayLike) -> np.ndarray:
        """K_a = 1 + (8 pi / 5) s_a(M_ab M_ba), of (C^2 - 5/2) C.

        >>> transfer = CollisionalTransfer(HardSphereFluid([1.0, 2.0]), [1.0, 3.0])
        >>> transfer.heat([0.1, 0.05]).round(4).tolist()
        [1.5442, 2.8089]
        """
        return 1 + 8 * np.pi / 5 * self._sum(n, self._share * self._share.T)

    def shear(self, n: ArrayLike) -> np.ndarray:
        """K'_a = 1 + (8 pi / 15) s_a(M_ba), of C C without trace.

        >>> transfer = CollisionalTransfer(HardSphereFluid([1.0, 2.0]), [1.0, 3.0])
        >>> transfer.shear([0.1, 0.05]).round(4).tolist()
        [1.5734, 2.0656]
        """
        return 1 + 8 * np.pi / 15 * self._sum(n, self._share.T)

    def expansion(self, n: ArrayLike) -> np.ndarray:
        """K''_a = 1 + (4 pi / 3) s_a(M_ba) - p/nkT, of C^2 - 3/2; sum_a n_a K''_a = 0.

        >>> transfer = CollisionalTransfer(HardSphereFluid([1.0, 2.0]), [1.0, 3.0])
        >>> transfer.expansion([0.1, 0.05]).round(4).tolist()
        [-0.4102, 0.8203]
        """
        factor = self.fluid.compressibility_factor(n)[..., None]
        return 1 + 4 * np.pi / 3 * self._sum(n, self._share.T) - factor

    def diffusion(self, n: ArrayLike) -> np.ndarray:
        """Z_a = 1 + (4 pi / 3) s_a(M_ab), of C under a gradient of T; sum_a n_a Z_a = p/kT.

        A diffusion flux n_a V_a carries the heat (3/2 + Z_a) kT.

        >>> transfer = CollisionalTransfer(HardSphereFluid([1.0, 2.0]), [1.0, 3.0])
        >>> transfer.diffusion([0.1, 0.05]).round(4).tolist()
        [1.7316, 5.0675]
        """
        return 1 + 4 * np.pi / 3 * self._sum(n, self._share)

    def touching(self, n: ArrayLike, thermal_energy: float, weight: ArrayLike = 1.0) -> np.ndarray:
        """What unperturbed spheres transfer across a gradient of velocity [...], Pa s at weight 1::

            (4/9) sum_ab n_a n_b d_ab^4 chi_ab sqrt(2 pi m_ab kT) w_ab

        At w = 1 it is the collisional bulk viscosity, 3/5 of it a shear viscosity; at w = 3k/(m_a + m_b) a
        thermal conductivity.

        Arguments
        ---------
        n : number densities [..., species];  thermal_energy : kT [J];  weight : w_ab [species, species]

        Raises ValueError for a kT that is not one positive number, or densities that `fluid` refuses.

        >>> transfer = CollisionalTransfer(HardSphereFluid([1.0]), [1.0])
        >>> round(float(transfer.touching([0.5], 1.0)), 6)
        0.42548
        """
        positive_number(thermal_energy, "thermal energy kT", "J")
        n = self.fluid.densities(n)
        reduced = np.array(self.masses) * self._share.T
        pair = self.fluid.contact_diameters**4 * np.sqrt(2 * np.pi * reduced * thermal_energy) * weight
        return 4 / 9 * np.einsum("...a,...b,ab,...ab->...", n, n, pair, self.fluid.contact_values(n))

    @property
    def _share(self) -> np.ndarray:
        """M_ab [a, b]."""
        masses = np.array(self.masses)
        return masses[:, None] / (masses[:, None] + masses)

    def _sum(self, n: ArrayLike, weight: np.ndarray) -> np.ndarray:
        """s_a(w) [..., species]."""
        n = self.fluid.densities(n)
        volume = self.fluid.contact_diameters**3 * weight
        return np.einsum("...b,ab,...ab->...a", n, volume, self.fluid.contact_values(n))
