"""Equilibrium of gases and liquids in gravity and in a centrifuge, to the relativistic limit.

Fields enter as potentials per mass, phi [J/kg]: g z, or -omega^2 r^2 / 2 in the rotating frame.
How a solute gets there: `knudsen.analysis.continuum.lamm`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import c as LIGHT_SPEED
from scipy.constants import g as STANDARD_GRAVITY
from scipy.constants import k as BOLTZMANN
from scipy.optimize import brentq
from scipy.special import exprel, kve, logsumexp

from knudsen.analysis.checks import finite, mole_fractions, not_negative, pair, positive, within

COLD = 1e6  # z = m c^2 / kT from which three terms of the series are exact to rounding


def gravitational_potential(height: ArrayLike, gravity: float = STANDARD_GRAVITY) -> np.ndarray:
    """phi = g z [J/kg]; height z [...], m; gravity g [m/s^2].  Raises ValueError unless both are finite.

    >>> float(gravitational_potential(2.0, 10.0))
    20.0
    """
    return finite(gravity, "gravity", "m/s^2") * finite(height, "height", "m")


def centrifugal_potential(radius: ArrayLike, angular_speed: float) -> np.ndarray:
    """phi = -omega^2 r^2 / 2 [J/kg]; radius r [...], m; angular_speed omega [rad/s].

    Raises ValueError for a radius that is negative or an angular speed that is not finite.

    >>> float(centrifugal_potential(0.1, 1000.0))
    -5000.0
    """
    return -((finite(angular_speed, "angular speed", "rad/s") * not_negative(radius, "radius", "m")) ** 2) / 2


def ideal_gas_profile(
    potential: ArrayLike, reference: ArrayLike, molar_masses: ArrayLike, temperature: float
) -> np.ndarray:
    """Density or partial pressure of each ideal gas at rest in a field, isothermal::

        n_i = n_i(0) exp[-M_i phi / (R T)]

    Each species has a profile of its own; the mole fractions follow from their sum.

    Arguments
    ---------
    potential : phi [...], J/kg, from the reference point;  reference : n_i or p_i there [species]
    molar_masses : M_i [species], kg/mol;  temperature : T [K]

    Returns
    -------
    n_i or p_i [..., species]

    Raises ValueError for a mass or temperature that is not positive, a reference that is negative, or a
    potential that is not finite.

    >>> air = ideal_gas_profile(gravitational_potential(8000.0), [78e3, 21e3], [0.028, 0.032], 288.0)
    >>> air.round(-1)
    array([31170.,  7360.])
    """
    positive(molar_masses, "molar masses", "kg/mol")
    positive(temperature, "temperature", "K")
    work = np.multiply.outer(finite(potential, "potential", "J/kg"), np.asarray(molar_masses))
    return not_negative(reference, "reference", "m^-3 or Pa") * np.exp(-work / (GAS_CONSTANT * temperature))


def closed_vessel_profile(
    potential: ArrayLike,
    ends: tuple[float, float],
    mean: ArrayLike,
    molar_masses: ArrayLike,
    temperature: float,
) -> np.ndarray:
    """Profile in a closed column or rotor that was filled to a mean density::

        n_i = <n_i> b exp[-b (phi - phi_a) / w] / (1 - exp(-b)),    w = phi_b - phi_a,  b = M_i w / (R T)

    The volume between two equipotentials goes as their difference in a column of one cross-section and
    in a rotor of one height (r dr), so the content is conserved in both.

    Arguments
    ---------
    potential : phi [...], J/kg, between the ends;  ends : phi_a, phi_b of the vessel
    mean : <n_i> [species];  molar_masses : M_i [species], kg/mol;  temperature : T [K]

    Returns
    -------
    n_i [..., species], in the unit of the mean

    Raises ValueError as `ideal_gas_profile`, or for a potential outside the ends, which must differ.

    >>> closed_vessel_profile([0.0, 10.0], (0.0, 10.0), [1.0], [0.03], 300.0).round(6)
    array([[1.00006],
           [0.99994]])
    """
    start, end = pair(ends, "the vessel's ends")
    width = end - start
    if not (np.isfinite(width) and width != 0):
        raise ValueError(f"the vessel's ends must have two finite potentials, got {ends}: give them in J/kg")
    potential = within(potential, min(ends), max(ends), "potential", "J/kg, between the vessel's ends")
    relative = ideal_gas_profile(
        potential - start, np.ones(np.shape(molar_masses)), molar_masses, temperature
    )
    strength = np.asarray(molar_masses) * width / (GAS_CONSTANT * temperature)
    return not_negative(mean, "mean", "m^-3 or Pa") * relative / exprel(-strength)


def separation_factor(
    light_mass: float, heavy_mass: float, temperature: float, angular_speed: float, radii: tuple[float, float]
) -> float:
    """Separation of two gases in a rotor at equilibrium [-]::

        (x_light / x_heavy)(r_in) / (...)(r_out) = exp[(M_heavy - M_light) omega^2 (r_out^2 - r_in^2) / 2RT]

    Arguments
    ---------
    light_mass, heavy_mass : [kg/mol];  temperature : T [K];  angular_speed : omega [rad/s]
    radii : r_in, r_out [m]

    Raises ValueError for a mass or temperature that is not positive or radii that do not ascend.

    Source: K. Cohen, The Theory of Isotope Separation (1951), chapter 6.

    >>> round(separation_factor(0.349, 0.352, 300.0, 5000.0, (0.0, 0.1)), 4)
    1.1622
    """
    positive((light_mass, heavy_mass), "molar masses", "kg/mol")
    positive(temperature, "temperature", "K")
    inner, outer = pair(radii, "radii")
    if not 0 <= inner < outer:
        raise ValueError(f"radii must ascend from zero or more, got {radii}: give (inner, outer) in m")
    work = centrifugal_potential(inner, angular_speed) - centrifugal_potential(outer, angular_speed)
    return float(np.exp((heavy_mass - light_mass) * work / (GAS_CONSTANT * temperature)))


def liquid_equilibrium(
    potential: ArrayLike, x0: ArrayLike, molar_masses: ArrayLike, molar_volumes: ArrayLike, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """Sedimentation equilibrium of an ideal incompressible liquid mixture, buoyancy included, any strength::

        x_i = x_i0 exp{-[M_i phi + V_i (p - p_0)] / (R T)},    p from sum x_i = 1

    Its slope is d ln x_i / d phi = -(M_i - V_i rho) / (R T), rho = sum x_i M_i / sum x_i V_i: a species
    lighter than the liquid around it floats.

    Arguments
    ---------
    potential : phi [...], J/kg, from the reference point;  x0 : mole fractions there [species]
    molar_masses : M_i [species], kg/mol;  molar_volumes : V_i [species], m^3/mol;  temperature : T [K]

    Returns
    -------
    x_i [..., species];  p - p_0 [...], Pa

    Raises ValueError for values that are not positive or mole fractions that do not sum to one.

    Source: E. A. Guggenheim, Thermodynamics (1967), chapter 9, for constant V_i.

    >>> x, rise = liquid_equilibrium(-20.0, [0.5, 0.5], [0.018, 0.018], [1.8e-5, 1.8e-5], 300.0)
    >>> x.tolist(), round(float(rise), 6)
    ([0.5, 0.5], 20000.0)
    """
    masses, volumes = np.asarray(molar_masses, dtype=float), np.asarray(molar_volumes, dtype=float)
    positive(masses, "molar masses", "kg/mol")
    positive(volumes, "molar volumes", "m^3/mol")
    positive(temperature, "temperature", "K")
    x0 = mole_fractions(x0, [str(i) for i in range(len(masses))])
    RT, present = GAS_CONSTANT * temperature, x0 > 0

    def exponents(phi: float, rise: float) -> np.ndarray:
        return -(masses * phi + volumes * rise) / RT

    def pressure_rise(phi: float) -> float:
        bounds = -phi * (masses / volumes)[present]
        low, high = bounds.min(), bounds.max()
        if high - low <= 4e-16 * abs(high):
            return high
        return brentq(
            lambda rise: logsumexp(exponents(phi, rise)[present], b=x0[present]), low, high, xtol=1e-300
        )

    potential = finite(potential, "potential", "J/kg")
    rise = np.vectorize(pressure_rise, otypes=[float])(potential)
    work = np.multiply.outer(potential, masses) + np.multiply.outer(rise, volumes)
    return x0 * np.exp(-work / RT), rise


def redshift(radius: ArrayLike, angular_speed: float) -> np.ndarray:
    """sqrt(1 - omega^2 r^2 / c^2) [-] of a point that rotates; radius r [...], m; angular_speed [rad/s].

    At equilibrium T sqrt(1 - omega^2 r^2/c^2) and mu sqrt(1 - omega^2 r^2/c^2) are the same everywhere,
    mu the chemical potential with the rest energy m c^2 in it.

    Raises ValueError for a negative radius, or at and beyond the speed of light.

    Source: R. C. Tolman, P. Ehrenfest, Phys. Rev. 36 (1930) 1791; O. Klein, Rev. Mod. Phys. 21 (1949) 531.

    >>> round(float(redshift(0.6 * 299792458.0, 1.0)), 12)
    0.8
    """
    beta = np.asarray(angular_speed * not_negative(radius, "radius", "m")) / LIGHT_SPEED
    if np.any(~(np.abs(beta) < 1)):
        raise ValueError("the rim would move at the speed of light or faster: lower the speed or the radius")
    return np.sqrt((1 - beta) * (1 + beta))


def relativistic_rotor(
    radius: ArrayLike, angular_speed: float, axis_temperature: float, mass: float
) -> tuple[np.ndarray, np.ndarray]:
    """Temperature [K] and relative density n(r) / n(0) [-] of an ideal gas in a relativistic rotor::

        T = T_0 / g,  g = sqrt(1 - omega^2 r^2 / c^2),  n / n_0 = z_0 K_2(z) / [z K_2(z_0)],  z = m c^2 / kT

    mu / T is uniform, so n follows the Maxwell-Juettner density at the local T.  n is the proper density, of
    the co-moving frame; the laboratory sees n / g.  Slow and cold: exp[m omega^2 r^2 / (2 k T_0)].

    Arguments
    ---------
    radius : r [...], m;  angular_speed : omega [rad/s];  axis_temperature : T_0 [K];  mass : m [kg]

    Raises ValueError at and beyond the speed of light, or for values that are not positive.

    Source: J. L. Synge, The Relativistic Gas (1957); Tolman and Ehrenfest (1930), Klein (1949).

    >>> T, density = relativistic_rotor(0.6 * 299792458.0, 1.0, 300.0, 1.38e-43)
    >>> round(float(T), 6)
    375.0
    """
    positive((axis_temperature, mass), "temperature and mass", "K and kg")
    shift = redshift(radius, angular_speed)
    rest = mass * LIGHT_SPEED**2 / (BOLTZMANN * axis_temperature)
    beta_squared = (angular_speed * np.asarray(radius, dtype=float) / LIGHT_SPEED) ** 2
    gained = rest * beta_squared / (1 + shift)  # z_0 - z without its cancellation
    density = _scaled_bessel(rest * shift) / _scaled_bessel(rest) / shift * np.exp(gained)
    return axis_temperature / shift, density


def _scaled_bessel(z: ArrayLike) -> np.ndarray:
    """K_2(z) exp(z); its asymptotic series where scipy's loses its way (z of a cold gas is 1e10 and more)."""
    z = np.asarray(z, dtype=float)
    cold = z > COLD
    series = np.sqrt(np.pi / (2 * z)) * (1 + 15 / (8 * z) * (1 + 7 / (16 * z)))
    return np.where(cold, series, kve(2, np.where(cold, 1.0, z)))
