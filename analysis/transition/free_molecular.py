"""Exact results without collisions between molecules: slabs, exchange, effusion, long ducts.

Walls are Maxwell's: a share alpha of the molecules leaves with the wall's own Maxwellian, the rest is
reflected specularly.  Transmission of ducts of finite length: `knudsen.analysis.transition.clausing`.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import accommodation as check_accommodation
from knudsen.analysis.checks import finite, not_negative, pair, positive, within


def combined_accommodation(first: float, second: float) -> float:
    """Share of the fully diffuse stress or heat flux that passes between two plates [-]::

        a = alpha_1 alpha_2 / (alpha_1 + alpha_2 - alpha_1 alpha_2);   equal plates: alpha / (2 - alpha)

    Raises ValueError unless both accommodations lie in (0, 1].

    Source: G. A. Bird, Molecular Gas Dynamics (1994), section 7.5; here from the two streams' balance.

    >>> combined_accommodation(0.5, 0.5)
    0.3333333333333333
    """
    check_accommodation((first, second))
    return first * second / (first + second - first * second)


@dataclass(frozen=True)
class Plate:
    """A plate at rest in x that moves along y.

    temperature : T [K];  velocity : U_y [m/s];  accommodation : alpha [-], in (0, 1]

    Raises ValueError for a value outside its range.

    >>> Plate(300.0).accommodation
    1.0
    """

    temperature: float
    velocity: float = 0.0
    accommodation: float = 1.0

    def __post_init__(self) -> None:
        positive(self.temperature, "temperature", "K")
        check_accommodation(self.accommodation)
        finite(self.velocity, "velocity", "m/s")


@dataclass(frozen=True)
class FreeMolecularSlab:
    """A monatomic gas without collisions between two plates, at any ratio of their temperatures.

    The molecules that move to +x hold a share a_+ emitted by the left plate, those that move to -x a_-::

        a_+ = alpha_1 / [1 - (1 - alpha_1)(1 - alpha_2)],    a_- = (1 - alpha_2) a_+

    each a half Maxwellian of its plate.  The state is uniform between the plates.

    Arguments
    ---------
    mass : m [kg];  number_density : n [m^-3], between the plates;  left, right : the plates

    Raises ValueError for a mass or a density that is not positive and finite.

    >>> slab = FreeMolecularSlab(6.63e-26, 1e20, Plate(300.0, velocity=10.0), Plate(300.0))
    >>> round(slab.velocity, 9)
    5.0
    """

    mass: float
    number_density: float
    left: Plate
    right: Plate

    def __post_init__(self) -> None:
        positive(self.mass, "mass", "kg")
        positive(self.number_density, "number density", "m^-3")

    @cached_property
    def molecular_flux(self) -> float:
        """J [m^-2 s^-1], the molecules that cross a plane towards either side::

        n = J sqrt(pi m / 2k) sum_s A_s / sqrt(T_s),    A_1 = a_+ + a_-,  A_2 = 2 - A_1
        """
        return self.number_density / sum(self._densities_over_flux)

    @property
    def stress(self) -> float:
        """P_xy [Pa], y momentum that flows towards +x; for small U and equal T p U / (sqrt(pi) v0)::

        P_xy = a m J (U_1 - U_2),    a of `combined_accommodation`
        """
        return self._passed * self.mass * (self.left.velocity - self.right.velocity)

    @property
    def energy_flux(self) -> float:
        """Energy that flows towards +x in the laboratory frame [W/m^2]::

        Q = a J [2 k (T_1 - T_2) + m (U_1^2 - U_2^2) / 2]
        """
        thermal = 2 * BOLTZMANN * (self.left.temperature - self.right.temperature)
        drift = self.mass * (self.left.velocity**2 - self.right.velocity**2) / 2
        return self._passed * (thermal + drift)

    @property
    def heat_flux(self) -> float:
        """q_x [W/m^2], about the mean velocity: Q - u P_xy."""
        return self.energy_flux - self.velocity * self.stress

    @cached_property
    def velocity(self) -> float:
        """Mean velocity u along y [m/s]."""
        left, right = self._densities_over_flux
        return (left * self.left.velocity + right * self.right.velocity) / (left + right)

    @property
    def pressures(self) -> tuple[float, float, float]:
        """P_xx, P_yy, P_zz [Pa]; about the mean velocity, so that P_yy holds the spread of the two drifts."""
        normal = along = 0.0
        for density, plate in zip(self._densities_over_flux, (self.left, self.right), strict=True):
            density = density * self.molecular_flux
            normal += density * BOLTZMANN * plate.temperature
            along += density * self.mass * (plate.velocity - self.velocity) ** 2
        return normal, normal + along, normal

    @property
    def temperature(self) -> float:
        """T [K] = (P_xx + P_yy + P_zz) / (3 n k); at rest and diffuse, sqrt(T_1 T_2)."""
        return sum(self.pressures) / (3 * self.number_density * BOLTZMANN)

    @property
    def _passed(self) -> float:
        return self.molecular_flux * combined_accommodation(self.left.accommodation, self.right.accommodation)

    @cached_property
    def _densities_over_flux(self) -> tuple[float, float]:
        specular_left, specular_right = (1 - plate.accommodation for plate in (self.left, self.right))
        from_left = self.left.accommodation * (1 + specular_right) / (1 - specular_left * specular_right)
        unit = np.sqrt(np.pi * self.mass / (2 * BOLTZMANN))
        return (
            float(unit * from_left / np.sqrt(self.left.temperature)),
            float(unit * (2 - from_left) / np.sqrt(self.right.temperature)),
        )


def effusion_flux(
    mass: float, pressures: tuple[float, float], temperatures: tuple[float, float], transmission: float = 1.0
) -> float:
    """Net flux of one species from reservoir 1 to 2 through an orifice, slab or duct [m^-2 s^-1]::

        J = W [p_1 / sqrt(2 pi m k T_1) - p_2 / sqrt(2 pi m k T_2)]

    Each species flows as if alone: with partial pressures this is the exchange of a mixture, and at equal
    total pressure and temperature J_1 / J_2 = -sqrt(m_2 / m_1) (Graham).

    Arguments
    ---------
    mass : m [kg];  pressures : p_1, p_2 [Pa], of this species, zero allowed;  temperatures : T_1, T_2 [K]
    transmission : W [-], 1 for an orifice or an open slab

    Raises ValueError for a value outside its range.

    Source: M. Knudsen, Ann. Phys. 28 (1909) 999.

    >>> round(effusion_flux(6.63e-26, (1.0, 0.0), (300.0, 300.0)) / 1e22, 4)
    2.4074
    """
    positive(mass, "mass", "kg")
    positive(pair(temperatures, "temperatures"), "temperatures", "K")
    within(transmission, 0, 1, "transmission, a probability,", "parts of one")
    rates = not_negative(pair(pressures, "pressures"), "pressures", "Pa") / np.sqrt(
        2 * np.pi * mass * BOLTZMANN * np.asarray(temperatures)
    )
    return float(transmission * (rates[0] - rates[1]))


def effusion_enrichment(mass_1: float, mass_2: float) -> float:
    """(x_1 / x_2) of the gas that leaves into vacuum over (x_1 / x_2) of the gas inside [-]: sqrt(m_2 / m_1).

    Masses in any one unit; raises ValueError unless they are positive.

    >>> round(effusion_enrichment(349.0, 352.0), 5)  # the hexafluorides of uranium 235 and 238
    1.00429
    """
    positive((mass_1, mass_2), "masses", "one unit")
    return float(np.sqrt(mass_2 / mass_1))


def transpiration_pressure(pressure: float, temperature: float, other_temperature: float) -> float:
    """Pressure [Pa] of a second bulb at zero net flow through an orifice or duct: p_2 = p_1 sqrt(T_2 / T_1).

    Raises ValueError unless pressure [Pa] and temperatures [K] are positive.

    Source: O. Reynolds, Phil. Trans. R. Soc. 170 (1879) 727.

    >>> transpiration_pressure(1.0, 100.0, 400.0)
    2.0
    """
    positive(pressure, "pressure", "Pa")
    positive((temperature, other_temperature), "temperatures", "K")
    return float(pressure * np.sqrt(other_temperature / temperature))


def tube_flow_coefficients(accommodation: float = 1.0) -> tuple[float, float]:
    """G_P and G_T [-] of a long round tube without collisions::

        G_P = 8 / (3 sqrt(pi)) (2 - alpha) / alpha,    G_T = G_P / 2
        mass flow = (pi R^2 p / v0) (-G_P (R / p) dp/dz + G_T (R / T) dT/dz)

    Raises ValueError unless 0 < alpha <= 1.

    Source: M. Knudsen, Ann. Phys. 28 (1909) 75; G_P is W (L / R) / sqrt(pi) of a long tube.

    >>> [round(G, 6) for G in tube_flow_coefficients()]
    [1.504506, 0.752253]
    """
    check_accommodation(accommodation)
    poiseuille = 8 / (3 * np.sqrt(np.pi)) * (2 - accommodation) / accommodation
    return float(poiseuille), float(poiseuille / 2)


def slit_flow_coefficient_leading(delta: float, accommodation: float = 1.0) -> float:
    """Leading term of G_P [-] of an infinitely long slit channel as the rarefaction delta -> 0::

        G_P -> -(ln delta / sqrt(pi)) (2 - alpha) / alpha + O(1)

    There is no finite free-molecular limit: flights along the plates are cut by collisions alone.  The
    constant depends on the molecules; only differences of G_P at two small delta compare with this.
    Between ends L apart W (L / H) / sqrt(pi) takes its place, W of `clausing.slit_transmission`.

    Raises ValueError unless 0 < delta < 1 and 0 < alpha <= 1.

    Source: C. Cercignani, A. Daneri, J. Appl. Phys. 34 (1963) 3509.

    >>> round(slit_flow_coefficient_leading(1e-4) - slit_flow_coefficient_leading(1e-3), 6)
    1.299095
    """
    check_accommodation(accommodation)
    if not 0 < delta < 1:
        raise ValueError(f"delta = {delta} is not small: the leading term needs 0 < delta < 1")
    return float(-np.log(delta) / np.sqrt(np.pi) * (2 - accommodation) / accommodation)
