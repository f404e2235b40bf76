"""Chapman-Enskog transport coefficients of dilute mixtures, to any Sonine order.

One class, `ChapmanEnskog`, holds the coefficients of a mixture.  The linear system and its unknowns stand
in `collision_operator`; the coefficients of two species in `binary`, of many in `diffusion`, the species'
shares in `partial_fluxes`, and the distribution function itself in `distribution`.

Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), chapters 8, 9;
J. H. Ferziger, H. G. Kaper, Mathematical Theory of Transport Processes in Gases (1972), chapter 6.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import positive, positive_number, species_number
from knudsen.analysis.kinetic.binary import BinaryCoefficients
from knudsen.analysis.kinetic.collision_operator import CollisionOperator, check_state
from knudsen.analysis.kinetic.convergence import COEFFICIENTS, Coefficient, relative_change
from knudsen.analysis.kinetic.diffusion import MulticomponentDiffusion
from knudsen.analysis.kinetic.partial_fluxes import PartialFluxes
from knudsen.analysis.kinetic.scattering import rate_coefficient
from knudsen.core.gases import Mixture

DEFAULT_ORDER = 24


@dataclass(frozen=True)
class ChapmanEnskog(BinaryCoefficients, MulticomponentDiffusion, PartialFluxes):
    """Transport coefficients of a mixture at one temperature.

    >>> theory = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=12)
    >>> (theory.viscosity([1.0]) * 1e6).round(4)
    np.float64(22.9115)

    Arguments
    ---------
    mixture : species and pair interactions; species 1 is the first named
    temperature : T [K]
    order : number of Sonine polynomials, 1 .. 100

    Mole fractions `x` have the species on the last axis, x [..., species], and sum to one; `x1` [...]
    is the fraction of species 1 of a binary.  Results have the shape that is left.  Composition is cheap:
    the brackets are computed once and each composition is one small linear solve, all in one batch.

    The series converges fast but for a light trace among heavy molecules.  At the default order the
    coefficients of He-Ar (VSS) are within 5e-6 of those of order 100 at every composition, of He-Xe (VSS)
    within 7e-5 and of He-Xe (HS) within 5e-4, the worst being alpha_T as x_He -> 0; viscosities within 2e-7.
    The difference from half the order bounds what the series leaves out.

    Raises
    ------
    ValueError : a temperature, pressure or density that is not positive and finite; mole fractions outside
        [0, 1] or not summing to one; an order outside 1 .. 100 or below what a coefficient needs; a species
        number that the mixture lacks; a binary coefficient of a mixture that is not binary
    """

    mixture: Mixture
    temperature: float = 300.0
    order: int = DEFAULT_ORDER

    def __post_init__(self) -> None:
        check_state(self.temperature, self.order)

    def at(self, temperature: float) -> "ChapmanEnskog":
        """The same mixture at another temperature [K]; brackets that do not depend on it are shared.

        >>> argon = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=4)
        >>> (argon.at(1200.0).viscosity([1.0]) / argon.viscosity([1.0])).round(9)
        np.float64(2.0)
        """
        return replace(self, temperature=temperature)

    def truncated(self, order: int) -> "ChapmanEnskog":
        """The same theory at a lower order, which costs no new brackets.

        Raises ValueError for an order above this theory's.

        >>> argon = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0, order=12)
        >>> [(argon.truncated(n).viscosity([1.0]) * 1e6).round(4) for n in (1, 2, 12)]
        [np.float64(22.5499), np.float64(22.8848), np.float64(22.9115)]
        """
        check_state(self.temperature, order)
        if order > self.order:
            raise ValueError(f"order {order} is above this theory's {self.order}: build ChapmanEnskog anew")
        lower = replace(self, order=order)
        object.__setattr__(lower, "operator", self.operator.truncated(order))
        return lower

    def with_change(self, name: str, *arguments: ArrayLike) -> Coefficient:
        """A coefficient by name, with its order and the change from the order below.

        name : one of `COEFFICIENTS`;  arguments : those of the method of that name

        >>> theory = ChapmanEnskog(Mixture(["Kr", "Ar"], "hs"), 300.0, order=5)
        >>> factor = theory.with_change("thermal_diffusion_factor", 0.5)
        >>> float(factor.value.round(6)), factor.unit, factor.order, float(factor.change.round(6))
        (0.338165, '1', 5, 0.002193)

        Raises KeyError for a name that is no coefficient (`COEFFICIENTS` lists them).
        """
        if name not in COEFFICIENTS:
            raise KeyError(f"unknown coefficient {name!r}: choose one of {', '.join(COEFFICIENTS)}")
        unit, least, scale = COEFFICIENTS[name]
        value = np.asarray(getattr(self, name)(*arguments))
        change = None
        if self.order > least:
            below = np.asarray(getattr(self.truncated(self.order - 1), name)(*arguments))
            change = relative_change(value, below, self._scale(scale, value, arguments))
        return Coefficient(name, value, unit, self.order, change)

    # --- coefficients of a mixture -------------------------------------------------------------------

    def viscosity(self, x: ArrayLike) -> np.ndarray:
        """Shear viscosity mu [Pa s]::

            mu = (kT / 2) sum_a x_a y_a0,    sum_b [x_b cross_ab y_b + x_b own_ab y_a] = b_0

        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=10)
        >>> (theory.viscosity([[0.0, 1.0], [0.5, 0.5]]) * 1e6).round(4)
        array([22.8915, 22.9865])
        """
        return self.partial_viscosities(x).sum(axis=-1)

    def thermal_conductivity(self, x: ArrayLike) -> np.ndarray:
        """Conductivity lambda [W/(m K)] of a mixture whose species do not diffuse::

            q' = q - (5/2) kT sum_a n_a V_a = -lambda grad T + p sum k_T V,    V = 0

        The amplitudes of b_0 then vanish, which leaves the system of b_1, b_2, ...; needs order 2.

        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=10)
        >>> theory.thermal_conductivity([[0.0, 1.0], [0.5, 0.5]]).round(6)
        array([0.01789 , 0.051752])
        """
        return self.partial_conductivities(x).sum(axis=-1)

    def thermal_conductivity_uniform(self, x: ArrayLike) -> np.ndarray:
        """Conductivity lambda' [W/(m K)] at uniform composition, with the thermal diffusion that it drives::

            lambda' = lambda + n k x1 x2 D12 alpha_T^2  (binary);  needs order 2

        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=10)
        >>> theory.thermal_conductivity_uniform([[0.0, 1.0], [0.5, 0.5]]).round(6)
        array([0.01789 , 0.052473])
        """
        return self.partial_conductivities_uniform(x).sum(axis=-1)

    def prandtl_number(self, x: ArrayLike) -> np.ndarray:
        """Pr = (5/2) k mu / (m lambda) [-], m the mean molecular mass.

        >>> theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 300.0, order=10)
        >>> theory.prandtl_number([1.0]).round(6)
        np.float64(0.665802)
        """
        mass = self._mean_mass(self.operator.fractions(x))
        return 2.5 * BOLTZMANN * self.viscosity(x) / (mass * self.thermal_conductivity(x))

    def mean_free_path(self, x: ArrayLike, pressure: float) -> np.ndarray:
        """Viscosity-based mean free path (mu / p) sqrt(pi kT / (2 m)) [m], m the mean molecular mass.

        >>> theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 300.0, order=10)
        >>> (theory.mean_free_path([1.0], 101325.0) * 1e9).round(3)
        np.float64(70.754)
        """
        positive(pressure, "pressure", "Pa")
        thermal = np.pi * BOLTZMANN * self.temperature / (2 * self._mean_mass(self.operator.fractions(x)))
        return self.viscosity(x) / pressure * np.sqrt(thermal)

    # --- one species, pure ---------------------------------------------------------------------------

    def self_diffusion(self, pressure: float, species: int = 0) -> float:
        """Self-diffusion coefficient [m^2/s] of one species, pure::

            n D = (kT / 2m) [own_aa^-1]_00

        Only a molecule's own part of the operator acts on two marked halves of one gas.

        >>> theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 300.0, order=10)
        >>> round(theory.self_diffusion(101325.0) * 1e6, 4)
        18.756
        """
        positive_number(pressure, "pressure", "Pa")
        species = species_number(species, len(self.mixture))
        pure = np.eye(len(self.mixture))[species]
        return float(self.tracer_diffusion(pure, pressure)[species])

    def schmidt_number(self, species: int = 0) -> float:
        """Sc = mu / (rho D) [-] of one species, pure, D its self-diffusion coefficient.

        >>> theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 300.0, order=10)
        >>> round(theory.schmidt_number(), 6)
        0.752105
        """
        species = species_number(species, len(self.mixture))
        pure = self.viscosity(np.eye(len(self.mixture))[species])
        density = self.mixture.masses[species] / (BOLTZMANN * self.temperature)  # at unit pressure
        return float(pure / (density * self.self_diffusion(1.0, species)))

    # --- marked molecules of a mixture ---------------------------------------------------------------

    def schmidt_numbers(self, x: ArrayLike) -> np.ndarray:
        """Sc_i = mu / (rho D_i) [..., species], D_i of marked molecules of i in the mixture.

        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=10)
        >>> theory.schmidt_numbers([0.5, 0.5]).round(4)
        array([0.2683, 0.8804])
        """
        x = self.operator.fractions(x)
        density = self._mean_mass(x) / (BOLTZMANN * self.temperature)  # at unit pressure
        return (self.viscosity(x) / density)[..., None] / self.tracer_diffusion(x, 1.0)

    def lewis_numbers(self, x: ArrayLike) -> np.ndarray:
        """Le_i = lambda / (rho c_p D_i) = Sc_i / Pr [..., species], rho c_p = (5/2) n k; needs order 2.

        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=10)
        >>> theory.lewis_numbers([0.5, 0.5]).round(4)
        array([0.6387, 2.0955])
        """
        return self.schmidt_numbers(x) / self.prandtl_number(x)[..., None]

    # --- collisions ----------------------------------------------------------------------------------

    def collision_rate(self, a: int, b: int) -> float:
        """<sigma_T g> [m^3/s] of species numbers a, b; times n_b, the rate for one molecule of a [1/s].

        >>> theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 300.0)
        >>> round(theory.collision_rate(0, 0) * 1e16, 4)
        2.9064

        Raises ValueError for a potential of infinite range, or numbers that no species has.
        """
        a, b = (species_number(number, len(self.mixture)) for number in (a, b))
        pair = self.mixture.interaction(a, b)
        return rate_coefficient(pair, self.mixture.reduced_mass(a, b), self.temperature)

    def collision_frequency(self, x: ArrayLike, pressure: float) -> np.ndarray:
        """Collision rate [..., species] of one molecule of each species [1/s]::

            nu_a = sum_b n_b <sigma_T g>_ab

        The mean collision time of the mixture is 1 / sum_a x_a nu_a.

        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0)
        >>> (theory.collision_frequency([0.5, 0.5], 101325.0) / 1e9).round(4)
        array([8.6684, 8.6562])

        Raises ValueError for a potential of infinite range.
        """
        numbers = range(len(self.mixture))
        rates = np.array([[self.collision_rate(a, b) for a in numbers] for b in numbers])
        return self.operator.fractions(x) @ rates / self.operator.per_density(pressure, 1)

    # --- the parts -----------------------------------------------------------------------------------

    @cached_property
    def operator(self) -> CollisionOperator:
        """The linear system whose solutions the coefficients are made of."""
        return CollisionOperator(self.mixture, self.temperature, self.order)

    def _scale(self, scale: str, value: np.ndarray, arguments: tuple[ArrayLike, ...]) -> float:
        if scale == "one":
            return 1.0
        against = value if scale == "own" else getattr(self, scale)(*arguments)
        return float(np.max(np.abs(against), initial=0.0, where=np.isfinite(against)))

    def _mean_mass(self, x: np.ndarray) -> np.ndarray:
        return x @ np.array(self.mixture.masses)
