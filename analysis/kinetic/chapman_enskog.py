"""Chapman-Enskog transport coefficients of dilute mixtures, to any Sonine order.

The first-order distribution is f_a (1 + phi_a), phi_a = C . sum_q X_aq b_q(C^2) for diffusion and heat,
C C : S sum_q Y_aq b_q(C^2) for shear.  Divided by the density of its own species, species a's equation is::

    sum_b [x_b cross_ab X_b + x_b own_ab X_a] = - drive_a / n

with the brackets of `knudsen.analysis.kinetic.brackets`; no composition divides, so traces and x = 0 need
no care.

Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), chapters 8, 9;
J. H. Ferziger, H. G. Kaper, Mathematical Theory of Transport Processes in Gases (1972), chapter 6.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import mole_fractions, positive
from knudsen.analysis.kinetic.brackets import MAXIMUM_ORDER, pair_brackets
from knudsen.analysis.kinetic.scattering import rate_coefficient, scattering_law
from knudsen.core.gases import Mixture

DEFAULT_ORDER = 24


@dataclass(frozen=True)
class ChapmanEnskog:
    """Transport coefficients of a mixture at one temperature.

    Arguments
    ---------
    mixture : species and pair interactions; species 1 is the first named
    temperature : T [K]
    order : number of Sonine polynomials, 1 .. 60

    Mole fractions `x` have the species on the last axis, x [..., species], and sum to one; `x1` [...]
    is the fraction of species 1 of a binary.  Results have the shape that is left.  Composition is cheap:
    the brackets are computed once and each composition is one small linear solve, all in one batch.

    The series converges fast but for a light trace among heavy molecules.  At the default order the
    coefficients of He-Ar (VSS) are within 5e-6 of their limit at every composition, of He-Xe (VSS) within
    6e-5 and of He-Xe (HS) within 4e-4, the worst being alpha_T as x_He -> 0; viscosities within 2e-7.
    The difference from half the order bounds what the series leaves out.

    Raises
    ------
    ValueError : a temperature, pressure or density that is not positive and finite; mole fractions outside
        [0, 1] or not summing to one; an order outside 1 .. 60 or below what a coefficient needs; a binary
        coefficient of a mixture that is not binary
    """

    mixture: Mixture
    temperature: float = 300.0
    order: int = DEFAULT_ORDER

    def __post_init__(self) -> None:
        positive(self.temperature, "temperature", "K")
        if int(self.order) != self.order or not 1 <= self.order <= MAXIMUM_ORDER:
            raise ValueError(f"order must be a whole number from 1 to {MAXIMUM_ORDER}, got {self.order}")

    def at(self, temperature: float) -> "ChapmanEnskog":
        """The same mixture at another temperature [K]; the brackets are shared."""
        return replace(self, temperature=float(temperature))

    # --- coefficients of a mixture -------------------------------------------------------------------

    def viscosity(self, x: ArrayLike) -> np.ndarray:
        """Shear viscosity mu [Pa s]::

        mu = (kT / 2) sum_a x_a y_a0,    sum_b [x_b cross_ab y_b + x_b own_ab y_a] = b_0
        """
        x = self._fractions(x)
        species, order = len(self.mixture), self.order
        drive = np.zeros((species, order))
        drive[:, 0] = 1.0
        matrix = _operator(self._viscous_brackets, x).reshape(*x.shape[:-1], species * order, -1)
        response = np.linalg.solve(matrix, drive.reshape(-1, 1)).reshape(*x.shape, order)
        return BOLTZMANN * self.temperature / 2 * np.sum(x * response[..., 0], axis=-1)

    def thermal_conductivity(self, x: ArrayLike) -> np.ndarray:
        """Conductivity lambda [W/(m K)] of a mixture whose species do not diffuse::

        q' = q - (5/2) kT sum_a n_a V_a = -lambda grad T + p sum k_T V,    V = 0

        The amplitudes of b_0 then vanish, which leaves the system of b_1, b_2, ...; needs order 2.
        """
        self._need_order(2, "thermal conductivity")
        x = self._fractions(x)
        species, order = len(self.mixture), self.order - 1
        matrix = _operator(self._vector_brackets[..., 1:, 1:], x)
        drive = self._thermal_drive[:, 1:].reshape(-1, 1)
        response = np.linalg.solve(matrix.reshape(*x.shape[:-1], species * order, -1), drive)
        return self._conducted(x, response.reshape(*x.shape, order)[..., 0])

    def thermal_conductivity_uniform(self, x: ArrayLike) -> np.ndarray:
        """Conductivity lambda' [W/(m K)] at uniform composition, with the thermal diffusion that it drives::

        lambda' = lambda + n k x1 x2 D12 alpha_T^2  (binary);  needs order 2
        """
        self._need_order(2, "thermal conductivity")
        x = self._fractions(x)
        drive = np.broadcast_to(self._thermal_drive, (*x.shape, self.order))
        return self._conducted(x, self._vector_response(x, drive[..., None])[..., 1, 0])

    def prandtl_number(self, x: ArrayLike) -> np.ndarray:
        """Pr = (5/2) k mu / (m lambda) [-], m the mean molecular mass."""
        mass = self._mean_mass(self._fractions(x))
        return 2.5 * BOLTZMANN * self.viscosity(x) / (mass * self.thermal_conductivity(x))

    def mean_free_path(self, x: ArrayLike, pressure: float) -> np.ndarray:
        """Viscosity-based mean free path (mu / p) sqrt(pi kT / (2 m)) [m], m the mean molecular mass."""
        positive(pressure, "pressure", "Pa")
        thermal = np.pi * BOLTZMANN * self.temperature / (2 * self._mean_mass(self._fractions(x)))
        return self.viscosity(x) / pressure * np.sqrt(thermal)

    # --- coefficients of a binary --------------------------------------------------------------------

    def diffusion_binary(self, x1: ArrayLike, pressure: float) -> np.ndarray:
        """Binary diffusion coefficient D_12 [m^2/s] at mole fraction x1 [...] and pressure [Pa]::

        V_1 - V_2 = -(D_12 / (x1 x2)) (grad x1 + k_T grad ln T)
        """
        positive(pressure, "pressure", "Pa")
        x = self._binary_fractions(x1)
        return self._separation(x)[..., 0] * BOLTZMANN * self.temperature / pressure

    def thermal_diffusion_factor(self, x1: ArrayLike) -> np.ndarray:
        """Thermal diffusion factor alpha_T [-]; positive: species 1 goes to the cold side::

        V_1 - V_2 = -D_12 alpha_T grad ln T  at uniform composition and pressure;  needs order 2
        """
        self._need_order(2, "thermal diffusion factor")
        separation = self._separation(self._binary_fractions(x1), thermal=True)
        return separation[..., 1] / separation[..., 0]

    def thermal_diffusion_ratio(self, x1: ArrayLike) -> np.ndarray:
        """Thermal diffusion ratio k_T = alpha_T x1 x2 [-]; needs order 2."""
        x = self._binary_fractions(x1)
        return self.thermal_diffusion_factor(x1) * x[..., 0] * x[..., 1]

    # --- one species, pure ---------------------------------------------------------------------------

    def self_diffusion(self, pressure: float, species: int = 0) -> float:
        """Self-diffusion coefficient [m^2/s] of one species, pure::

            n D = (kT / 2m) [own_aa^-1]_00

        Only a molecule's own part of the operator acts on two marked halves of one gas.
        """
        positive(pressure, "pressure", "Pa")
        own = self._vector_brackets[0, species, species]
        inverse = np.linalg.solve(own, np.eye(self.order)[0])[0]
        thermal = BOLTZMANN * self.temperature
        return float(thermal**2 / (2 * self.mixture.masses[species] * pressure) * inverse)

    def schmidt_number(self, species: int = 0) -> float:
        """Sc = mu / (rho D) [-] of one species, pure, D its self-diffusion coefficient."""
        pure = self.viscosity(np.eye(len(self.mixture))[species])
        density = self.mixture.masses[species] / (BOLTZMANN * self.temperature)  # at unit pressure
        return float(pure / (density * self.self_diffusion(1.0, species)))

    # --- collisions ----------------------------------------------------------------------------------

    def collision_rate(self, a: int, b: int) -> float:
        """<sigma_T g> [m^3/s] of species numbers a, b; times n_b, the rate for one molecule of a [1/s]."""
        pair = self.mixture.interaction(a, b)
        return rate_coefficient(pair, self.mixture.reduced_mass(a, b), self.temperature)

    def collision_frequency(self, x: ArrayLike, pressure: float) -> np.ndarray:
        """Collision rate [..., species] of one molecule of each species [1/s]::

        nu_a = sum_b n_b <sigma_T g>_ab

        The mean collision time of the mixture is 1 / sum_a x_a nu_a.
        """
        positive(pressure, "pressure", "Pa")
        return self._fractions(x) @ self._rates.T * pressure / (BOLTZMANN * self.temperature)

    # --- the linear system ---------------------------------------------------------------------------

    @cached_property
    def _rates(self) -> np.ndarray:
        """<sigma_T g>_ab [species, species], m^3/s."""
        numbers = range(len(self.mixture))
        return np.array([[self.collision_rate(a, b) for b in numbers] for a in numbers])

    @cached_property
    def _vector_brackets(self) -> np.ndarray:
        return self._brackets(rank=1)

    @cached_property
    def _viscous_brackets(self) -> np.ndarray:
        return self._brackets(rank=2)

    def _brackets(self, rank: int) -> np.ndarray:
        """Own and cross brackets [2, species, species, order, order], m^3/s."""
        species, masses = len(self.mixture), self.mixture.masses
        brackets = np.empty((2, species, species, self.order, self.order))
        for a, b in self.mixture.pair_numbers():
            law = scattering_law(self.mixture.interaction(a, b), self.temperature)
            pair = pair_brackets(law, masses[a] / (masses[a] + masses[b]), self.order, rank)
            brackets[:, b, a] = pair.own_b, pair.cross.T
            brackets[:, a, b] = pair.own_a, pair.cross
        return brackets * self._rates[:, :, None, None]

    @cached_property
    def _thermal_speeds(self) -> np.ndarray:
        return np.sqrt(2 * BOLTZMANN * self.temperature / np.array(self.mixture.masses))

    @cached_property
    def _thermal_drive(self) -> np.ndarray:
        """Drive [species, order] of a unit grad ln T: C^2 - 5/2 = -sqrt(5/2) b_1."""
        drive = np.zeros((len(self.mixture), self.order))
        drive[:, 1] = np.sqrt(2.5) / 2 * self._thermal_speeds
        return drive

    def _vector_response(self, x: np.ndarray, drive: np.ndarray) -> np.ndarray:
        """Solve for n X [..., species, order, column] under drive [..., species, order, column].

        Momentum conservation makes the system singular; adding a multiple of the total momentum, which
        the drives do not feed, fixes the mass-average velocity at zero.
        """
        size = len(self.mixture) * self.order
        matrix = _operator(self._vector_brackets, x)
        momentum = np.sqrt(np.array(self.mixture.masses) / max(self.mixture.masses))
        matrix[..., :, 0, :, 0] += self._rates.max() * momentum[:, None] * (x * momentum)[..., None, :]
        flat = drive.reshape(*x.shape[:-1], size, -1)
        return np.linalg.solve(matrix.reshape(*x.shape[:-1], size, size), flat).reshape(drive.shape)

    def _separation(self, x: np.ndarray, thermal: bool = False) -> np.ndarray:
        """n D_12 and, if thermal, n D_12 alpha_T [..., 1 or 2], 1/(m s), from V_2 - V_1 under unit drives.

        The diffusion force grad x1 = x1 x2 keeps the drive of each species finite at every composition.
        """
        drive = np.zeros((*x.shape, self.order, 1 + thermal))
        speeds = self._thermal_speeds
        drive[..., 0, 0] = -speeds / 2 * x[..., ::-1] * [1, -1]
        if thermal:
            drive[..., 1] = self._thermal_drive
        velocity = speeds[:, None] / 2 * self._vector_response(x, drive)[..., 0, :]
        return velocity[..., 1, :] - velocity[..., 0, :]

    def _conducted(self, x: np.ndarray, amplitude: np.ndarray) -> np.ndarray:
        """Conductivity [...] from the amplitudes n X_a1 [..., species] under a unit grad ln T."""
        return BOLTZMANN * np.sqrt(2.5) / 2 * np.sum(x * self._thermal_speeds * amplitude, axis=-1)

    # --- checks --------------------------------------------------------------------------------------

    def _fractions(self, x: ArrayLike) -> np.ndarray:
        return mole_fractions(x, self.mixture.names)

    def _binary_fractions(self, x1: ArrayLike) -> np.ndarray:
        if len(self.mixture) != 2:
            raise ValueError(
                f"a binary coefficient needs two species, this mixture has {len(self.mixture)}: "
                "build a Mixture of the pair"
            )
        x1 = np.asarray(x1, dtype=float)
        return self._fractions(np.stack([x1, 1 - x1], axis=-1))

    def _mean_mass(self, x: np.ndarray) -> np.ndarray:
        return x @ np.array(self.mixture.masses)

    def _need_order(self, least: int, what: str) -> None:
        if self.order < least:
            raise ValueError(
                f"{what} needs order {least} or more, this theory has {self.order}: raise `order`"
            )


def _operator(brackets: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Collision operator [..., species a, p, species b, q] at composition x [..., species]."""
    own, cross = brackets
    matrix = np.einsum("...b,abpq->...apbq", x, cross)
    for a in range(len(own)):
        matrix[..., a, :, a, :] += np.einsum("...b,bpq->...pq", x, own[a])
    return matrix
