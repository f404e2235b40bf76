"""Osmotic pressure from van 't Hoff's law to hard spheres and polymers, and the flow through a membrane.

Pi is the excess pressure that keeps the solvent's chemical potential that of the pure solvent::

    mu_1(T, p + Pi, x) = mu_1(T, p, pure)   so that   Pi V_1 = -R T ln a_1   for an incompressible solvent
"""

from dataclasses import dataclass

import numpy as np
from numpy.polynomial.polynomial import polyval
from numpy.typing import ArrayLike
from scipy.constants import N_A as AVOGADRO
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import k as BOLTZMANN
from scipy.special import log1p

from knudsen.analysis.checks import finite, not_negative, positive

FREEZING = 0.494  # volume fraction where a hard-sphere fluid begins to freeze


def vant_hoff_pressure(concentration: ArrayLike, temperature: float) -> np.ndarray:
    """Osmotic pressure of a dilute solution [Pa]: Pi = c R T.

    concentration : c [...], mol/m^3, of all particles (ions counted one by one);  temperature : T [K]

    Raises ValueError for a concentration that is negative or a temperature that is not positive.

    Source: J. H. van 't Hoff, Z. phys. Chem. 1 (1887) 481.

    >>> round(float(vant_hoff_pressure(100.0, 298.15)))
    247896
    """
    return GAS_CONSTANT * _warm(temperature) * not_negative(concentration, "concentration", "mol/m^3")


def activity_pressure(solvent_activity: ArrayLike, solvent_volume: float, temperature: float) -> np.ndarray:
    """Osmotic pressure [Pa] from the solvent's activity: Pi = -(R T / V_1) ln a_1.

    solvent_activity : a_1 [...], in (0, 1];  solvent_volume : V_1 [m^3/mol];  temperature : T [K]

    Raises ValueError for a value outside its range.

    >>> round(float(activity_pressure(0.98, 1.8e-5, 298.15)))
    2782314
    """
    positive(solvent_volume, "solvent volume", "m^3/mol")
    a = np.asarray(solvent_activity, dtype=float)
    if not np.all((a > 0) & (a <= 1)):
        raise ValueError(f"solvent activity must lie in (0, 1], got {a.min()} to {a.max()}")
    return -GAS_CONSTANT * _warm(temperature) / solvent_volume * np.log(a)


def ideal_solution_pressure(x_solute: ArrayLike, solvent_volume: float, temperature: float) -> np.ndarray:
    """Osmotic pressure of an ideal solution at any composition [Pa]::

        Pi = -(R T / V_1) ln(1 - x_2) = (R T / V_1) (x_2 + x_2^2 / 2 + ...)

    x_solute : x_2 [...], in [0, 1);  solvent_volume : V_1 [m^3/mol];  temperature : T [K]

    Raises ValueError for a value outside its range.

    Source: E. A. Guggenheim, Thermodynamics (1967), section 4.

    >>> round(float(ideal_solution_pressure(0.02, 1.8e-5, 298.15)))
    2782314
    """
    positive(solvent_volume, "solvent volume", "m^3/mol")
    x = np.asarray(x_solute, dtype=float)
    if not np.all((x >= 0) & (x < 1)):
        raise ValueError(f"solute fraction must lie in [0, 1), got {x.min()} to {x.max()}")
    return -GAS_CONSTANT * _warm(temperature) / solvent_volume * log1p(-x)


def virial_pressure(
    concentration: ArrayLike, coefficients: tuple[float, ...], temperature: float
) -> np.ndarray:
    """Osmotic pressure by the virial series of McMillan and Mayer [Pa]::

        Pi = R T c (1 + B_2 c + B_3 c^2 + ...)

    concentration : c [...], mol/m^3;  coefficients : B_2 [m^3/mol], B_3 [m^6/mol^2], ...
    temperature : T [K].  With mass concentrations A_2 = B_2 / M^2.

    Raises ValueError as `vant_hoff_pressure`, or for coefficients that are not finite.

    Source: W. G. McMillan, J. E. Mayer, J. Chem. Phys. 13 (1945) 276.

    >>> virial = virial_pressure(100.0, (1e-3,), 300.0)
    >>> round(float(virial / vant_hoff_pressure(100.0, 300.0)), 12)
    1.1
    """
    ideal = vant_hoff_pressure(concentration, temperature)
    series = (1.0, *finite(coefficients, "virial coefficients", "powers of m^3/mol"))
    return ideal * polyval(np.asarray(concentration, dtype=float), series)


def hard_sphere_virial(diameter: float) -> float:
    """Second osmotic virial coefficient of hard spheres [m^3/mol]: B_2 = (2 pi / 3) N_A d^3; diameter d [m].

    Raises ValueError unless the diameter is positive.

    >>> round(hard_sphere_virial(1e-9) * 1e3, 6)
    1.261274
    """
    positive(diameter, "diameter", "m")
    return 2 * np.pi / 3 * AVOGADRO * diameter**3


def hard_sphere_pressure(number_density: ArrayLike, diameter: float, temperature: float) -> np.ndarray:
    """Osmotic pressure of colloidal hard spheres, Carnahan and Starling's [Pa]::

        Pi = n k T (1 + phi + phi^2 - phi^3) / (1 - phi)^3,    phi = pi n d^3 / 6

    number_density : n [...], m^-3;  diameter : d [m];  temperature : T [K].  Within 0.3 % of simulation.

    Raises ValueError for values that are not positive, or phi above 0.494, where the fluid freezes.

    Source: N. F. Carnahan, K. E. Starling, J. Chem. Phys. 51 (1969) 635.

    >>> n = 6 / 3.141592653589793 * 0.2 / 1e-18  # phi = 0.2 of micrometre spheres
    >>> round(float(hard_sphere_pressure(n, 1e-6, 300.0) / (n * 1.380649e-23 * 300.0)), 6)
    2.40625
    """
    phi = _packing(number_density, diameter)
    compressibility = (1 + phi + phi**2 - phi**3) / (1 - phi) ** 3
    return np.asarray(number_density) * BOLTZMANN * _warm(temperature) * compressibility


def hard_sphere_log_activity_coefficient(number_density: ArrayLike, diameter: float) -> np.ndarray:
    """ln gamma of colloidal hard spheres [-], so that mu = mu_0 + k T ln(n gamma) and n dmu = dPi::

        ln gamma = (8 phi - 9 phi^2 + 3 phi^3) / (1 - phi)^3

    Arguments, errors and source as `hard_sphere_pressure`.

    >>> round(float(hard_sphere_log_activity_coefficient(6 / 3.141592653589793 * 0.2, 1.0)), 6)
    2.46875
    """
    phi = _packing(number_density, diameter)
    return phi * (8 - 9 * phi + 3 * phi**2) / (1 - phi) ** 3


def flory_huggins_pressure(
    volume_fraction: ArrayLike, segments: float, chi: float, solvent_volume: float, temperature: float
) -> np.ndarray:
    """Osmotic pressure of a polymer solution [Pa]::

        Pi = -(R T / V_1) [ln(1 - phi) + (1 - 1/N) phi + chi phi^2]
           = (R T / V_1) [phi / N + (1/2 - chi) phi^2 + phi^3 / 3 + ...]

    Arguments
    ---------
    volume_fraction : phi [...] of polymer, in [0, 1);  segments : N, polymer volume over V_1
    chi : interaction parameter [-], negative pressures mean demixing;  solvent_volume : V_1 [m^3/mol]
    temperature : T [K]

    Raises ValueError for a value outside its range.

    Source: P. J. Flory, Principles of Polymer Chemistry (1953), chapter 12.

    >>> round(float(flory_huggins_pressure(0.1, 1.0, 0.0, 1.8e-5, 298.15)))  # N = 1: the ideal solution
    14510233
    """
    positive((segments, solvent_volume), "segments and solvent volume", "units of one and m^3/mol")
    finite(chi, "chi", "units of one")
    phi = np.asarray(volume_fraction, dtype=float)
    if not np.all((phi >= 0) & (phi < 1)):
        raise ValueError(f"volume fraction must lie in [0, 1), got {phi.min()} to {phi.max()}")
    mixed = log1p(-phi) + (1 - 1 / segments) * phi + chi * phi**2
    return -GAS_CONSTANT * _warm(temperature) / solvent_volume * mixed


def solvent_potential(osmotic_pressure: ArrayLike, solvent_volume: float) -> np.ndarray:
    """mu_1 - mu_1(pure) at the same pressure [J/mol]: -Pi V_1; osmotic_pressure [...], Pa; V_1 [m^3/mol].

    Raises ValueError for a pressure that is not finite or a volume that is not positive.

    >>> float(solvent_potential(1e6, 1.8e-5))
    -18.0
    """
    positive(solvent_volume, "solvent volume", "m^3/mol")
    return -finite(osmotic_pressure, "osmotic pressure", "Pa") * solvent_volume


def log_mean(first: float, second: float) -> float:
    """Logarithmic mean (c_1 - c_2) / ln(c_1 / c_2) of two concentrations; zero where one is zero.

    Raises ValueError for a negative concentration.

    >>> round(log_mean(2.0, 1.0), 6)
    1.442695
    """
    first, second = (float(not_negative(c, "concentration", "mol/m^3")) for c in (first, second))
    if first == second:
        return first
    if first == 0 or second == 0:
        return 0.0
    rise = (first - second) / second
    return (first - second) / float(log1p(rise))


@dataclass(frozen=True)
class Membrane:
    """A membrane between two dilute solutions, by Kedem and Katchalsky's relations::

        J_v = L_p (dp - sigma dPi),    J_s = c (1 - sigma) J_v + omega dPi

    Differences are side 1 minus side 2 and fluxes run from 1 to 2: at equal pressures the solvent flows
    to the side of the higher osmotic pressure.

    Arguments
    ---------
    hydraulic : L_p [m/(s Pa)];  reflection : sigma [-], 1 = semipermeable, 0 = it does not select
    permeability : omega [mol/(m^2 s Pa)], of the solute at no volume flow

    Raises ValueError for values that are negative, or a reflection above one.

    Source: O. Kedem, A. Katchalsky, Biochim. Biophys. Acta 27 (1958) 229.

    >>> Membrane(1e-12, 1.0).volume_flux(0.0, 1e5) < 0
    True
    """

    hydraulic: float
    reflection: float
    permeability: float = 0.0

    def __post_init__(self) -> None:
        for name in ("hydraulic", "permeability"):
            not_negative(getattr(self, name), name, "SI units")
        if not 0 <= self.reflection <= 1:
            raise ValueError(f"reflection must lie in [0, 1], got {self.reflection}")

    def volume_flux(self, pressure: float, osmotic: float) -> float:
        """J_v [m/s] under the differences dp and dPi [Pa]; raises ValueError unless they are finite."""
        finite((pressure, osmotic), "pressures", "Pa")
        return self.hydraulic * (pressure - self.reflection * osmotic)

    def solute_flux(self, pressure: float, osmotic: float, concentration: float) -> float:
        """J_s [mol/(m^2 s)]; concentration : c [mol/m^3], the `log_mean` of the two sides."""
        not_negative(concentration, "mean concentration", "mol/m^3")
        carried = concentration * (1 - self.reflection) * self.volume_flux(pressure, osmotic)
        return carried + self.permeability * osmotic

    def stopping_pressure(self, osmotic: float) -> float:
        """dp [Pa] at which no volume flows: sigma dPi; beyond it lies reverse osmosis."""
        return self.reflection * osmotic

    def dissipation(self, pressure: float, osmotic: float, concentration: float) -> float:
        """T times the entropy production per area [W/m^2], never negative::

        J_v (dp - dPi) + J_s dPi / c = L_p (dp - sigma dPi)^2 + omega dPi^2 / c
        """
        positive(concentration, "mean concentration", "mol/m^3")
        carried = self.volume_flux(pressure, osmotic) * (pressure - osmotic)
        return carried + self.solute_flux(pressure, osmotic, concentration) * osmotic / concentration


def _packing(number_density: ArrayLike, diameter: float) -> np.ndarray:
    positive(diameter, "diameter", "m")
    phi = np.pi / 6 * not_negative(number_density, "number density", "m^-3") * diameter**3
    if np.any(phi > FREEZING):
        raise ValueError(f"volume fraction {phi.max():.4g} is above {FREEZING}, where hard spheres freeze")
    return phi


def _warm(temperature: float) -> float:
    positive(temperature, "temperature", "K")
    return temperature
