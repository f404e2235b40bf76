"""Thermodynamics of the Lennard-Jones fluid, the full 12-6 potential, in reduced units of sigma, epsilon, k.

The equation of state is that of Thol et al. (2016), as the library teqp holds it; freezing and coexistence
have correlations of their own.  A run with a cutoff needs its long-range corrections before it is compared.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn

import numpy as np

from knudsen.analysis.checks import positive_number

TEMPERATURES = (0.661, 9.24)  # 0.5 .. 7 T_c, the lower end at the triple point of the equation
LARGEST_PRESSURE = 65.0  # 500 p_c
CRITICAL_TEMPERATURE, CRITICAL_DENSITY = 1.32, 0.31
SATURATION_TEMPERATURES = (TEMPERATURES[0], 1.315)  # closer to T_c an analytic equation is not to be trusted
_CORRELATED = (0.69, 1.321)
TRIPLE_TEMPERATURE = 0.694
_FREEZING = np.array(
    [
        [0.90735, -0.27120, 0.91784, -1.16270, 0.68012, -0.15284],
        [
            0.794326405787077, 0.287446151493139, -0.405667818555559,
            0.417645193659883, -0.211440758862587, 0.040324958732013,
        ],
    ]
)  # fmt: skip
_PURE = np.array([1.0])


class Saturation(NamedTuple):
    """Vapour and liquid density and the pressure at which they coexist, reduced."""

    vapour: float
    liquid: float
    pressure: float


@dataclass(frozen=True)
class LennardJonesFluid:
    """A homogeneous state of the Lennard-Jones fluid, equation of state of Thol et al.

    Arguments
    ---------
    temperature : T* = kT/epsilon, 0.661 .. 9.24
    density : rho* = n sigma^3, below freezing and outside the spinodal (the metastable gas or liquid
        beside it is let in); pressure up to 65

    Energies are per particle in epsilon, heat capacities per particle in k; all are derivatives of the
    residual Helmholtz energy A_ij = tau^i delta^j d^(i+j)(a_r / kT) (tau ~ 1/T, delta ~ rho).

    Raises
    ------
    ValueError : a state outside these limits, which the message names

    Source: M. Thol, G. Rutkai, A. Koster, R. Lustig, R. Span, J. Vrabec, J. Phys. Chem. Ref. Data 45,
    023101 (2016); I. H. Bell, U. K. Deiters, A. M. M. Leal, Ind. Eng. Chem. Res. 61, 6010 (2022) (teqp).

    >>> state = LennardJonesFluid(temperature=1.5, density=0.3)
    >>> print(f"{state.pressure:.4f} {state.residual_energy:.4f} {state.residual_chemical_potential:.4f}")
    0.2248 -2.0812 -1.6997
    """

    temperature: float
    density: float

    def __post_init__(self) -> None:
        low, high = TEMPERATURES
        positive_number(self.temperature, "temperature", "reduced units, kT/epsilon")
        positive_number(self.density, "density", "reduced units, n sigma^3")
        if not low <= self.temperature <= high:
            raise ValueError(f"T* = {self.temperature} is outside the equation of state's {low} .. {high}")
        limit = _densest_fluid(self.temperature)
        if self.density > limit:
            raise ValueError(
                f"rho* = {self.density} at T* = {self.temperature} is a solid: the fluid ends at {limit:.3f}"
            )
        self._check_stable()
        if self.pressure > LARGEST_PRESSURE:
            raise ValueError(f"p* = {self.pressure:.1f} is above the equation of state's {LARGEST_PRESSURE}")

    def _check_stable(self) -> None:
        """Refuse what has a spinodal between it and both phases: wiggles within the loop are no states."""
        if self.temperature > SATURATION_TEMPERATURES[1]:
            if self.thermodynamic_factor <= 0:
                self._refuse_unstable("gas and liquid near the critical point")
            return
        at = saturation(self.temperature)
        if not at.vapour < self.density < at.liquid:
            return
        for phase in (at.vapour, at.liquid):
            path = np.linspace(self.density, phase, 33)
            if all(_stiffness(self.temperature, rho) > 0 for rho in path):
                return
        self._refuse_unstable(f"gas of {at.vapour:.5f} and liquid of {at.liquid:.5f}")

    def _refuse_unstable(self, phases: str) -> NoReturn:
        raise ValueError(
            f"rho* = {self.density} at T* = {self.temperature} is unstable and parts into {phases}: "
            "choose a homogeneous state"
        )

    @property
    def compressibility_factor(self) -> float:
        """Z = p / (rho T) = 1 + A_01.

        >>> round(LennardJonesFluid(2.0, 0.5).compressibility_factor, 4)
        1.0752
        """
        return 1 + self._residual(0, 1)

    @property
    def pressure(self) -> float:
        """p* = rho T (1 + A_01), epsilon/sigma^3.

        >>> round(LennardJonesFluid(2.0, 0.8).pressure, 4)
        5.2906
        """
        return self.density * self.temperature * self.compressibility_factor

    @property
    def residual_energy(self) -> float:
        """u_r = T A_10, the mean potential energy of a particle, epsilon.

        >>> round(LennardJonesFluid(2.0, 0.8).residual_energy, 4)
        -4.7521
        """
        return self.temperature * self._residual(1, 0)

    @property
    def residual_chemical_potential(self) -> float:
        """mu_r = T (A_00 + A_01) = -T ln <exp(-psi/T)>, Widom's insertion energy psi; epsilon.

        >>> round(LennardJonesFluid(2.0, 0.8).residual_chemical_potential, 4)
        4.6845
        """
        return self.temperature * (self._residual(0, 0) + self._residual(0, 1))

    @property
    def residual_entropy(self) -> float:
        """s_r = A_10 - A_00 (at the same T and rho), k.

        >>> round(LennardJonesFluid(2.0, 0.8).residual_entropy, 4)
        -2.4117
        """
        return self._residual(1, 0) - self._residual(0, 0)

    @property
    def heat_capacity_volume(self) -> float:
        """c_v = 3/2 - A_20, k.

        >>> round(LennardJonesFluid(2.0, 0.5).heat_capacity_volume, 4)
        1.8107
        """
        return 1.5 - self._residual(2, 0)

    @property
    def heat_capacity_pressure(self) -> float:
        """c_p = c_v + (1 + A_01 - A_11)^2 / (d(p/T)/d rho)_T, k.

        >>> round(LennardJonesFluid(2.0, 1e-7).heat_capacity_pressure, 4)
        2.5
        """
        expansion = self.thermal_pressure_coefficient / self.density
        return self.heat_capacity_volume + expansion**2 / self.thermodynamic_factor

    @property
    def thermodynamic_factor(self) -> float:
        """Gamma = (d ln f / d ln rho)_T = (1/T)(dp/d rho)_T = 1 + 2 A_01 + A_02, f the fugacity.

        >>> round(LennardJonesFluid(2.0, 0.5).thermodynamic_factor, 4)
        2.4695
        """
        return _stiffness(self.temperature, self.density)

    @property
    def isothermal_compressibility(self) -> float:
        """kappa_T = 1 / (rho T Gamma), sigma^3/epsilon.

        >>> round(LennardJonesFluid(2.0, 0.5).isothermal_compressibility, 4)
        0.4049
        """
        return 1 / (self.density * self.temperature * self.thermodynamic_factor)

    @property
    def thermal_pressure_coefficient(self) -> float:
        """(dp/dT)_rho = rho (1 + A_01 - A_11), k/sigma^3.

        >>> round(LennardJonesFluid(2.0, 0.5).thermal_pressure_coefficient, 4)
        1.2978
        """
        return self.density * (1 + self.residual_thermal_pressure)

    @property
    def residual_thermal_pressure(self) -> float:
        """(dp/dT)_rho / (rho k) - 1 = A_01 - A_11, the part that collisions make; exact as rho -> 0.

        >>> round(LennardJonesFluid(2.0, 0.5).residual_thermal_pressure, 4)
        1.5956
        """
        return self._residual(0, 1) - self._residual(1, 1)

    def _residual(self, i: int, j: int) -> float:
        return _residual(self.temperature, self.density, i, j)


@lru_cache(maxsize=256)
def saturation(temperature: float) -> Saturation:
    """Coexisting vapour and liquid of the equation of state, by equal pressure and chemical potential.

    Argument: T*, 0.661 .. 1.315.  Raises ValueError outside.  Source: as `LennardJonesFluid`.

    >>> at = saturation(0.9)
    >>> print(f"{at.vapour:.5f} {at.liquid:.4f} {at.pressure:.5f}")
    0.01446 0.7528 0.01181
    """
    _within(temperature, SATURATION_TEMPERATURES, "saturation of the equation of state")
    start = _correlated_densities(temperature)
    liquid, vapour = map(float, _model().pure_VLE_T(temperature, start[1], start[0], 50))
    pressure = vapour * temperature * (1 + _residual(temperature, vapour, 0, 1))
    return Saturation(vapour, liquid, pressure)


def saturation_correlated(temperature: float) -> Saturation:
    """Coexisting vapour and liquid by the correlations of simulation data, densities and pressure apart::

        rho_l / rho_c = 1 + sum n_i t^k_i,  ln(rho_v / rho_c) = sum n_i t^k_i,  t = 1 - T/T_c

    with T_c = 1.321, rho_c = 0.316.  Argument: T*, 0.69 .. 1.321.  Raises ValueError outside.

    Source: S. Stephan, M. Thol, J. Vrabec, H. Hasse, J. Chem. Inf. Model. 59, 4248 (2019).

    >>> at = saturation_correlated(0.9)
    >>> print(f"{at.vapour:.5f} {at.liquid:.4f} {at.pressure:.5f}")
    0.01434 0.7527 0.01178
    """
    _within(temperature, _CORRELATED, "coexistence correlation")
    vapour, liquid = _correlated_densities(temperature)
    T = temperature
    return Saturation(vapour, liquid, float(np.exp(1.156551 * T - 4.431519 / T - 0.423028 / T**2.638743)))


def freezing_density(temperature: float) -> float:
    """Density at which the fluid freezes, good to 1 %: the lower of two correlations of simulations::

        rho_f = T^(1/4) sum_(i=0..5) l_i T^-i

    Mastny and de Pablo's is low towards the triple point, Koster's above T* = 1.2; each runs high where
    the other holds.  Argument: T*, 0.694 .. 10.  Raises ValueError outside.

    Source: E. A. Mastny, J. J. de Pablo, J. Chem. Phys. 127, 104504 (2007); A. Koster,
    P. Mausbach, J. Vrabec, J. Chem. Phys. 147, 144502 (2017).

    >>> [round(freezing_density(T), 3) for T in (0.75, 1.0, 2.74)]  # Hansen, Verlet (1969): .875, -, 1.113
    [0.863, 0.919, 1.109]
    """
    _within(temperature, (TRIPLE_TEMPERATURE, 10.0), "freezing line")
    powers = temperature ** -np.arange(6.0)
    return float(temperature**0.25 * np.min(_FREEZING @ powers))


def _correlated_densities(temperature: float) -> tuple[float, float]:
    """Vapour and liquid density of `saturation_correlated`, starting values of `saturation` too."""
    t = 1 - temperature / 1.321
    liquid = 1 + np.dot(
        [1.341700, 2.075332, -2.123475, 0.328998, 1.386131],
        t ** np.array([0.327140, 0.958759, 1.645654, 17.000001, 2.400858]),
    )
    vapour = np.dot(
        [-8.135822, -102.919110, -3.037979, -44.381841, -34.55892948],
        t ** np.array([1.651685, 43.469214, 0.462877, 11.500462, 5.394370]),
    )
    return 0.316 * float(np.exp(vapour)), 0.316 * float(liquid)


def _within(temperature: float, limits: tuple[float, float], what: str) -> None:
    positive_number(temperature, "temperature", "reduced units, kT/epsilon")
    if not limits[0] <= temperature <= limits[1]:
        raise ValueError(f"T* = {temperature} is outside the {what}'s {limits[0]} .. {limits[1]}")


def _densest_fluid(temperature: float) -> float:
    """Freezing density; below the triple point, where only gas is stable, that of the saturated liquid."""
    if temperature < TRIPLE_TEMPERATURE:
        return saturation(temperature).liquid * (1 + 1e-9)
    return freezing_density(temperature)


def _stiffness(temperature: float, density: float) -> float:
    """(1/T)(dp/d rho)_T, negative where the fluid is unstable."""
    return 1 + 2 * _residual(temperature, density, 0, 1) + _residual(temperature, density, 0, 2)


def _residual(temperature: float, density: float, i: int, j: int) -> float:
    return float(getattr(_model(), f"get_Ar{i}{j}")(temperature, density, _PURE))


@lru_cache(maxsize=1)
def _model() -> Any:
    import teqp

    return teqp.make_model({"kind": "LJ126_TholJPCRD2016", "model": {}})
