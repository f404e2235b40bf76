"""Diffusion and permeability of gas in pores: Knudsen's limit, Bosanquet's interpolation, porous media.

N species with viscous flow: `knudsen.analysis.continuum.dusty_gas`.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.checks import accommodation as check_accommodation
from knudsen.analysis.checks import not_negative, positive


def mean_speed(temperature: ArrayLike, molar_mass: ArrayLike) -> np.ndarray:
    """Mean thermal speed sqrt(8 R T / (pi M)) [m/s]; T [K], M [kg/mol].

    Raises ValueError unless both are positive.

    >>> round(float(mean_speed(300.0, 0.028)), 2)
    476.29
    """
    positive(temperature, "temperature", "K")
    positive(molar_mass, "molar mass", "kg/mol")
    return np.sqrt(8 * GAS_CONSTANT * np.asarray(temperature) / (np.pi * np.asarray(molar_mass)))


def knudsen_diffusivity(
    diameter: ArrayLike, temperature: ArrayLike, molar_mass: ArrayLike, accommodation: float = 1.0
) -> np.ndarray:
    """Knudsen diffusivity of a long round pore [m^2/s]::

        D_K = (d / 3) sqrt(8 R T / (pi M)) (2 - alpha) / alpha

    Arguments
    ---------
    diameter : d [m];  temperature : T [K];  molar_mass : M [kg/mol];  they broadcast
    accommodation : share alpha of diffuse reflections [-]

    Exact for a mean free path, and a pore, much longer than d.

    Raises ValueError for values that are not positive, or alpha outside (0, 1].

    Source: M. Knudsen, Ann. Phys. 28 (1909) 75; M. v. Smoluchowski, Ann. Phys. 33 (1910) 1559.

    >>> round(float(knudsen_diffusivity(1e-8, 300.0, 0.028)) * 1e6, 4)
    1.5876
    """
    positive(diameter, "diameter", "m")
    check_accommodation(accommodation)
    slide = (2 - accommodation) / accommodation
    return np.asarray(diameter) / 3 * mean_speed(temperature, molar_mass) * slide


def knudsen_diffusivity_rectangle(
    width: float, height: float, temperature: float, molar_mass: float
) -> float:
    """Knudsen diffusivity of a long rectangular pore with diffuse walls [m^2/s]::

        D_K = (v / 4) { a asinh(b/a) + b asinh(a/b) - [(a^2 + b^2)^(3/2) - a^3 - b^3] / (3 a b) }

    v the mean speed, a and b the sides.  It grows as ln(a / b): a slit between infinite plates has no
    D_K of its own, see `knudsen_diffusivity_duct`.  The hydraulic diameter in the round pore's formula
    is 10.3 % low for a square.

    Arguments
    ---------
    width, height : a, b [m];  temperature : T [K];  molar_mass : M [kg/mol]

    Raises ValueError for values that are not positive.

    Source: Smoluchowski (1910), his integral over the chords of the section.

    >>> D = knudsen_diffusivity_rectangle(1e-8, 1e-8, 300.0, 0.028)
    >>> round(D / float(knudsen_diffusivity(1e-8, 300.0, 0.028)), 4)
    1.115
    """
    positive((width, height), "sides", "m")
    a, b = width, height
    chords = a * np.arcsinh(b / a) + b * np.arcsinh(a / b)
    corners = (np.hypot(a, b) ** 3 - a**3 - b**3) / (3 * a * b)
    return float(mean_speed(temperature, molar_mass) / 4 * (chords - corners))


def knudsen_diffusivity_duct(
    transmission: float, length: float, temperature: float, molar_mass: float
) -> float:
    """Diffusivity [m^2/s] that carries the free-molecular flow of a duct of finite length::

        D = v L W / 4,    flux = D (c_1 - c_2) / L,    v = sqrt(8 R T / (pi M))

    W is the transmission of `knudsen.analysis.transition.clausing`; the resistance of the ends is in it.
    For a slit W L / H grows as ln(L / H), so this D belongs to that length alone.

    Arguments
    ---------
    transmission : W [-], in (0, 1];  length : L [m];  temperature : T [K];  molar_mass : M [kg/mol]

    Raises ValueError for a value outside its range.

    >>> round(knudsen_diffusivity_duct(0.2405572, 1e-7, 300.0, 0.028) * 1e6, 4)
    2.8644
    """
    positive(length, "length", "m")
    if not 0 < transmission <= 1:
        raise ValueError(f"transmission is a probability in (0, 1], got {transmission}")
    return float(mean_speed(temperature, molar_mass) * length * transmission / 4)


def bosanquet(*diffusivities: ArrayLike) -> np.ndarray:
    """Diffusivity of resistances in series [m^2/s]: 1 / D = 1 / D_12 + 1 / D_K.

    Exact for equimolar counterdiffusion in the dusty gas, an interpolation (to percents) in a pore.
    Raises ValueError unless every diffusivity is positive.

    Source: C. H. Bosanquet (1944), in W. G. Pollard, R. D. Present, Phys. Rev. 73 (1948) 762.

    >>> float(bosanquet(2e-5, 2e-5))
    1e-05
    """
    positive(np.hstack([np.ravel(D) for D in diffusivities]), "diffusivities", "m^2/s")
    return 1 / sum(1 / np.asarray(D, dtype=float) for D in diffusivities)


def effective_diffusivity(diffusivity: ArrayLike, porosity: float, tortuosity_factor: float) -> np.ndarray:
    """Diffusivity of a porous body per its whole cross-section [m^2/s]: D_e = (porosity / tau) D.

    tau is the tortuosity *factor*: the square of path length over thickness for equal winding pores.

    Arguments
    ---------
    diffusivity : D in the pores [...], m^2/s;  porosity : [-], in (0, 1];  tortuosity_factor : tau >= 1

    Raises ValueError for a value outside its range.

    Source: N. Epstein, Chem. Eng. Sci. 44 (1989) 777.

    >>> float(effective_diffusivity(1e-5, 0.5, 2.0))
    2.5e-06
    """
    positive(diffusivity, "diffusivity", "m^2/s")
    if not 0 < porosity <= 1:
        raise ValueError(f"porosity must lie in (0, 1], got {porosity}")
    if not 1 <= tortuosity_factor < np.inf:
        raise ValueError(f"tortuosity factor must be one or more, got {tortuosity_factor}")
    return porosity / tortuosity_factor * np.asarray(diffusivity, dtype=float)


def viscous_permeability(size: float, shape: str = "tube") -> float:
    """Permeability B_0 of one pore per its own cross-section [m^2]: tube d^2 / 32, slit H^2 / 12.

    size : d or H [m];  raises ValueError unless it is positive and the shape is "tube" or "slit".

    >>> viscous_permeability(1.0, "tube")
    0.03125
    """
    positive(size, "size", "m")
    divisors = {"tube": 32, "slit": 12}
    if shape not in divisors:
        raise ValueError(f"shape {shape!r} is unknown: one of {', '.join(divisors)}")
    return size**2 / divisors[shape]


def hole_length(radius: float, thickness: float = 0.0) -> float:
    """Length [m] of a duct as wide as a round hole in a plate that resists diffusion as much::

        L_h = L + pi R / 2,    flux through the hole = D (c_1 - c_2) / L_h,    c far from the plate

    Arguments
    ---------
    radius : R [m];  thickness : L of the plate [m]

    Exact for L = 0 (the hole passes 2 R D (c_1 - c_2)) and, to 4 % of R at either end, for long holes.

    Raises ValueError for a radius that is not positive or a negative thickness.

    Source: Lord Rayleigh, The Theory of Sound II (1896) section 306: the conductivity of an aperture is 2 R.

    >>> round(hole_length(1.0), 6)
    1.570796
    """
    positive(radius, "radius", "m")
    not_negative(thickness, "thickness", "m")
    return thickness + np.pi * radius / 2


def hole_permeability(radius: float, thickness: float = 0.0) -> float:
    """Permeability B_0 [m^2] of a round hole in a plate, per its section and `hole_length`::

        B_0 = L_h / (3 pi / R + 8 L / R^2),    volume flow = pi R^2 (B_0 / mu) (p_1 - p_2) / L_h

    Arguments
    ---------
    radius : R [m];  thickness : L of the plate [m]

    Exact for L = 0, where R^3 (p_1 - p_2) / (3 mu) flows, and for long holes; 1 % off at most between.

    Raises ValueError for a radius that is not positive or a negative thickness.

    Source: R. A. Sampson, Phil. Trans. R. Soc. A 182 (1891) 449; the sum with Poiseuille's resistance
    Z. Dagan, S. Weinbaum, R. Pfeffer, J. Fluid Mech. 115 (1982) 505.

    >>> round(hole_permeability(1.0) / hole_length(1.0) * 3 * np.pi, 12)
    1.0
    """
    return hole_length(radius, thickness) / (3 * np.pi / radius + 8 * thickness / radius**2)


def packed_bed_permeability(particle_diameter: float, porosity: float) -> float:
    """Permeability of a bed of equal spheres [m^2], Carman and Kozeny: d^2 e^3 / (180 (1 - e)^2).

    particle_diameter : d [m];  porosity : e in (0, 1); an empirical law for random packings, e = 0.3 .. 0.6

    Raises ValueError for a diameter that is not positive or a porosity outside (0, 1).

    Source: P. C. Carman, Trans. Inst. Chem. Eng. 15 (1937) 150.

    >>> round(packed_bed_permeability(1e-3, 0.4) * 1e9, 4)
    0.9877
    """
    positive(particle_diameter, "particle diameter", "m")
    if not 0 < porosity < 1:
        raise ValueError(f"porosity must lie in (0, 1), got {porosity}")
    return particle_diameter**2 * porosity**3 / (180 * (1 - porosity) ** 2)


def knudsen_permeability(
    permeability: float, knudsen_diffusion: float, viscosity: float, pressure: ArrayLike
) -> np.ndarray:
    """Apparent permeability of a rarefied gas [m^2], Klinkenberg's::

        B = B_0 (1 + b / p),    b = D_K mu / B_0;    N = -(p / R T) (B / mu) dp/dz

    Arguments
    ---------
    permeability : B_0 [m^2];  knudsen_diffusion : D_K [m^2/s];  viscosity : mu [Pa s]
    pressure : p [...], Pa

    In a tube b = (32 / (3 sqrt(pi))) mu v0 / R: the free-molecular flow and Poiseuille's added, with no
    Knudsen minimum.

    Raises ValueError for values that are not positive (B_0 may be zero).

    Source: L. J. Klinkenberg, Drilling and Production Practice (1941) 200.

    >>> float(knudsen_permeability(1e-15, 1e-6, 2e-5, 2e4))
    2e-15
    """
    positive((knudsen_diffusion, viscosity), "Knudsen diffusivity and viscosity", "m^2/s and Pa s")
    positive(pressure, "pressure", "Pa")
    not_negative(permeability, "permeability", "m^2")
    return permeability + knudsen_diffusion * viscosity / np.asarray(pressure, dtype=float)
