"""Hard-sphere fluid mixtures at equilibrium: contact values, pressure, free energy and its derivatives.

Boublik, Mansoori, Carnahan, Starling and Leland's equation (BMCSL) for additive diameters; one species is
Carnahan and Starling's.  It is written in the scaled-particle sums

    xi_k = (pi / 6) sum_a n_a d_a^k,    xi_3 the packing fraction,

and the free-energy density of excess a = kT (6 / pi) F(xi), so that every derivative is a closed form.

Source: T. Boublik, J. Chem. Phys. 53, 471 (1970); G. A. Mansoori, N. F. Carnahan, K. E. Starling,
T. W. Leland, J. Chem. Phys. 54, 1523 (1971).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import mole_fractions, per_species

LEAST_PACKING = 1e-100  # less is an ideal gas, and its powers are no floats
PACKING_LIMIT = 0.545  # the hard-sphere crystal at melting: no fluid of one species is denser
_POWERS = np.arange(4)


@dataclass(frozen=True)
class HardSphereFluid:
    """Equilibrium of a hard-sphere fluid mixture, BMCSL equation of state.

    Arguments
    ---------
    diameters : d_a [species], m (or any unit of length; densities are per its cube)

    Number densities `n` have the species on the last axis, n [..., species], and may hold zeros; results
    have the shape that is left, `[a, b]` axes behind it.  Pressures and potentials are over kT.

    Raises
    ------
    ValueError : diameters that are not positive; densities that are negative, not finite, all zero or of
        another shape; mole fractions that do not sum to one; a packing fraction above 0.545, where there is
        no fluid

    >>> fluid = HardSphereFluid([1.0])
    >>> density = fluid.number_densities([1.0], packing_fraction=0.3)
    >>> f"{fluid.compressibility_factor(density):.4f}"  # Carnahan-Starling: 1.363 / 0.343
    '3.9738'
    """

    diameters: ArrayLike

    def __post_init__(self) -> None:
        d = np.asarray(self.diameters, dtype=float)
        if d.ndim != 1 or d.size == 0 or not np.all(np.isfinite(d) & (d > 0)):
            raise ValueError(f"diameters must be a list of positive lengths, got {self.diameters}")
        object.__setattr__(self, "diameters", tuple(d.tolist()))

    # --- composition ----------------------------------------------------------------------------------

    def packing_fraction(self, n: ArrayLike) -> np.ndarray:
        """xi_3 = (pi / 6) sum_a n_a d_a^3 [-] of number densities n [..., species].

        >>> f"{HardSphereFluid([1.0, 2.0]).packing_fraction([0.1, 0.05]):.6f}"
        '0.261799'
        """
        return self._sums(self.densities(n))[..., 3]

    def number_densities(self, x: ArrayLike, packing_fraction: ArrayLike) -> np.ndarray:
        """Number densities n [..., species] of mole fractions x [..., species] at a packing fraction [...].

        >>> HardSphereFluid([1.0, 2.0]).number_densities([0.5, 0.5], 0.3).round(6).tolist()
        [0.063662, 0.063662]
        """
        x = mole_fractions(x, [f"species {a}" for a in range(len(self._d))])
        packing = np.asarray(packing_fraction, dtype=float)
        if not np.all((packing > 0) & (packing <= PACKING_LIMIT)):
            raise ValueError(f"packing fraction must lie in (0, {PACKING_LIMIT}], got {packing_fraction}")
        volume = np.pi / 6 * np.sum(x * self._d**3, axis=-1)
        return self.densities(x * (packing / volume)[..., None])

    def densities(self, n: ArrayLike) -> np.ndarray:
        """Number densities n [..., species] as an array, checked.

        >>> HardSphereFluid([1.0]).densities([1.5])
        Traceback (most recent call last):
            ...
        ValueError: packing fraction 0.785 is above 0.545, where there is no fluid: lower the density
        """
        n = per_species(n, len(self._d), "number density", "1/m^3")
        if not np.all(n >= 0) or not np.all(n.sum(axis=-1) > 0):
            raise ValueError(f"number densities must be none negative and not all zero, got {n}")
        fractions = self._sums(n)[..., 3]
        if np.min(fractions) < LEAST_PACKING:
            raise ValueError(
                f"packing fraction {np.min(fractions):.3g} is that of an ideal gas: raise the density"
            )
        packing = float(np.max(fractions))
        if packing > PACKING_LIMIT * (1 + 1e-12):
            raise ValueError(
                f"packing fraction {packing:.3f} is above {PACKING_LIMIT}, where there is no fluid: "
                "lower the density"
            )
        return n

    # --- structure and pressure -----------------------------------------------------------------------

    def contact_values(self, n: ArrayLike) -> np.ndarray:
        """Pair distribution at contact chi_ab [..., a, b] [-]::

            chi_ab = 1/(1 - xi_3) + 3 s xi_2/(1 - xi_3)^2 + 2 (s xi_2)^2/(1 - xi_3)^3
            s = d_a d_b/(d_a + d_b)

        Source: Mansoori et al. (1971).

        >>> density = HardSphereFluid([1.0]).number_densities([1.0], 0.3)
        >>> round(float(HardSphereFluid([1.0]).contact_values(density)[0, 0]), 6)  # (1 - 0.15) / 0.7^3
        2.478134
        """
        sums = self._sums(self.densities(n))[..., None, None, :]
        free = 1 - sums[..., 3]
        reduced = self._d[:, None] * self._d / (self._d[:, None] + self._d)
        t = reduced * sums[..., 2] / free
        return (1 + 3 * t + 2 * t**2) / free

    def pressure(self, n: ArrayLike) -> np.ndarray:
        """Pressure p / kT [...], 1/length^3, of the virial theorem::

            p / kT = n + (2 pi / 3) sum_ab n_a n_b d_ab^3 chi_ab

        >>> round(float(HardSphereFluid([1.0, 2.0]).pressure([0.1, 0.05])), 6)
        0.426533
        """
        n = self.densities(n)
        return n.sum(axis=-1) + 2 * np.pi / 3 * np.einsum(
            "...a,...b,ab,...ab->...", n, n, self.contact_diameters**3, self.contact_values(n)
        )

    def compressibility_factor(self, n: ArrayLike) -> np.ndarray:
        """Z = p / (n kT) [...].

        >>> round(float(HardSphereFluid([1.0]).compressibility_factor([1e-6])), 9)  # 1 + (2 pi / 3) n d^3
        1.000002094
        """
        return self.pressure(n) / self.densities(n).sum(axis=-1)

    @property
    def contact_diameters(self) -> np.ndarray:
        """d_ab = (d_a + d_b) / 2 [species, species], in the unit of the diameters.

        >>> HardSphereFluid([1.0, 2.0]).contact_diameters
        array([[1. , 1.5],
               [1.5, 2. ]])
        """
        return (self._d[:, None] + self._d) / 2

    # --- free energy ----------------------------------------------------------------------------------

    def excess_free_energy(self, n: ArrayLike) -> np.ndarray:
        """Excess Helmholtz energy per volume over kT [...], 1/length^3::

            (6/pi) {[xi_2^3/xi_3^2 - xi_0] ln(1 - xi_3) + 3 xi_1 xi_2/(1 - xi_3) + xi_2^3/[xi_3 (1 - xi_3)^2]}

        Source: Mansoori et al. (1971), integrated; one species: eta (4 - 3 eta)/(1 - eta)^2 a particle.

        >>> density = HardSphereFluid([1.0]).number_densities([1.0], 0.3)
        >>> round(float(HardSphereFluid([1.0]).excess_free_energy(density) / density[0]), 6)  # .93 / .49
        1.897959
        """
        xi0, xi1, xi2, xi3 = np.moveaxis(self._sums(self.densities(n)), -1, 0)
        return 6 / np.pi * (-xi0 * np.log1p(-xi3) + 3 * xi1 * xi2 / (1 - xi3) + xi2**3 * _tail(xi3)[0])

    def excess_chemical_potentials(self, n: ArrayLike) -> np.ndarray:
        """Excess chemical potentials mu_a / kT [..., species], the derivatives of the free energy by n_a.

        >>> density = HardSphereFluid([1.0]).number_densities([1.0], 0.3)
        >>> round(float(HardSphereFluid([1.0]).excess_chemical_potentials(density)[0]), 6)  # a + Z - 1
        4.87172
        """
        return self._free_energy_slopes(self.densities(n))[0] @ self._powers.T

    def potential_derivatives(self, n: ArrayLike) -> np.ndarray:
        """n_a d(mu_a / kT)/dn_b at constant T [..., a, b] [-]; finite where n_a = 0::

            n_a d(mu_a/kT)/dn_b = delta_ab + n_a (pi/6) sum_kl F_kl d_a^k d_b^l

        A symmetric matrix once divided by n_a; sum_a gives d(p/kT)/dn_b (Gibbs-Duhem).

        >>> HardSphereFluid([1.0]).potential_derivatives([1e-9]).round(6).tolist()
        [[1.0]]
        """
        n = self.densities(n)
        second = self._free_energy_slopes(n)[1]
        pairs = np.pi / 6 * np.einsum("ak,...kl,bl->...ab", self._powers, second, self._powers)
        return np.eye(len(self._d)) + n[..., None] * pairs

    def partial_volumes(self, n: ArrayLike) -> np.ndarray:
        """Partial molecular volumes v_a = (d mu_a / dp)_T,x [..., species], length^3; sum n_a v_a = 1.

        >>> round(float(HardSphereFluid([1.0]).partial_volumes([0.5])[0]), 12)
        2.0
        """
        n = self.densities(n)
        second = self._free_energy_slopes(n)[1]
        sums = np.pi / 6 * np.einsum("...b,bl->...l", n, self._powers)
        rise = 1 + np.einsum("ak,...kl,...l->...a", self._powers, second, sums)  # n dmu_a/dn at constant x
        return rise / np.sum(n * rise, axis=-1)[..., None]

    # --- parts ----------------------------------------------------------------------------------------

    @property
    def _d(self) -> np.ndarray:
        return np.array(self.diameters)

    @property
    def _powers(self) -> np.ndarray:
        """d_a^k [species, 4]."""
        return self._d[:, None] ** _POWERS

    def _sums(self, n: np.ndarray) -> np.ndarray:
        """xi_k [..., 4]."""
        return np.pi / 6 * n @ self._powers

    def _free_energy_slopes(self, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Gradient [..., 4] and Hessian [..., 4, 4] of F(xi)."""
        xi0, xi1, xi2, xi3 = np.moveaxis(self._sums(n), -1, 0)
        free = 1 - xi3
        tail, slope, bend = _tail(xi3)
        gradient = [
            -np.log1p(-xi3),
            3 * xi2 / free,
            3 * xi1 / free + 3 * xi2**2 * tail,
            xi0 / free + 3 * xi1 * xi2 / free**2 + xi2**3 * slope,
        ]
        hessian = np.zeros((*xi3.shape, 4, 4))
        hessian[..., 0, 3] = 1 / free
        hessian[..., 1, 2] = 3 / free
        hessian[..., 1, 3] = 3 * xi2 / free**2
        hessian[..., 2, 3] = 3 * xi1 / free**2 + 3 * xi2**2 * slope
        hessian += np.swapaxes(hessian, -1, -2)
        hessian[..., 2, 2] = 6 * xi2 * tail
        hessian[..., 3, 3] = xi0 / free**2 + 6 * xi1 * xi2 / free**3 + xi2**3 * bend
        return np.stack(gradient, axis=-1), hessian


def _tail(y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """T(y) = [ln(1 - y) + y/(1 - y)^2]/y^2 and its two derivatives.

    Round-off grows as 1/y^(1+k), but T multiplies xi_2^3, which falls as y^3: no sum loses digits.
    """
    free = 1 - y
    top = np.log1p(-y) + y / free**2
    slope = 2 * y / free**3 + 1 / free**2 - 1 / free
    bend = 4 / free**3 + 6 * y / free**4 - 1 / free**2
    return (
        top / y**2,
        slope / y**2 - 2 * top / y**3,
        bend / y**2 - 4 * slope / y**3 + 6 * top / y**4,
    )
