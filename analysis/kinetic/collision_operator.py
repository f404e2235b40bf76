"""The linear system of first-order Chapman-Enskog theory, for any number of species, and its solves.

The distribution is f_a (1 + phi_a), with C = c sqrt(m_a / 2kT) about the mass-average velocity and
b_q the polynomials `knudsen.analysis.kinetic.brackets.sonine`::

    phi_a = (1/n) C . A sum_q X_aq b_q(C^2)         A a vector: grad ln T or diffusion forces d_j
    phi_a = -(1/n) C C : S sum_q Y_aq b_q(C^2)      S the traceless rate of shear

Divided by the density of its own species, species a's equation is::

    sum_b x_b cross_ab X_b + K_a X_a = - drive_a,    K_a = sum_b x_b own_ab

No composition divides, so traces and x = 0 need no care.  K_a alone acts on a marked trace of a.

Source: S. Chapman, T. G. Cowling, The Mathematical Theory of Non-Uniform Gases (1970), chapters 8, 9;
J. H. Ferziger, H. G. Kaper, Mathematical Theory of Transport Processes in Gases (1972), chapter 6.
"""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import mole_fractions, positive, positive_number, whole_number
from knudsen.analysis.kinetic.brackets import MAXIMUM_ORDER, pair_brackets
from knudsen.analysis.kinetic.scattering import reference_rate, scattering_law
from knudsen.core.gases import Mixture


class DiffusionResponse(NamedTuple):
    """Sonine coefficients under forces d_j whose sum is zero::

        X_a = own_a d_a / x_a + sum_j coupling_aj d_j

    own [..., species a, order];  coupling [..., species a, order, species j].  Both are finite at every
    composition.
    """

    own: np.ndarray
    coupling: np.ndarray


@dataclass(frozen=True)
class CollisionOperator:
    """Brackets of a mixture at one temperature and order, and the responses to unit gradients.

    Arguments
    ---------
    mixture : species and pair interactions;  temperature : T [K]
    order : number of Sonine polynomials, 1 .. 100
    above : an operator of higher order to take the brackets from (`truncated`)

    Responses take mole fractions x [..., species] as checked (`fractions`).  Vector responses X are in
    m^-2 for a unit grad ln T or d [1/m], the tensor response Y in s/m^3.

    Raises ValueError for a temperature that is not one positive number, or an order outside 1 .. 100.

    >>> operator = CollisionOperator(Mixture(["He", "Ar"], "hs"), 300.0, order=3)
    >>> response = operator.shear_response(operator.fractions([0.5, 0.5]))
    >>> (response / response[0, 0]).round(4)
    array([[1.    , 0.157 , 0.05  ],
           [2.5718, 0.1957, 0.0337]])
    """

    mixture: Mixture
    temperature: float
    order: int
    above: "CollisionOperator | None" = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_state(self.temperature, self.order)

    def truncated(self, order: int) -> "CollisionOperator":
        """The operator at a lower order, whose brackets are blocks of these."""
        return replace(self, order=order, above=self)

    # --- responses -----------------------------------------------------------------------------------

    def shear_response(self, x: np.ndarray) -> np.ndarray:
        """Y [..., species, order]."""
        drive = np.zeros((*x.shape, self.order, 1))
        drive[..., 0, 0] = 1.0
        return solve(operator_matrix(self.tensor_brackets, x), drive)[..., 0]

    def thermal_response(self, x: np.ndarray) -> np.ndarray:
        """X [..., species, order] under a unit grad ln T at d = 0; needs order 2."""
        drive = np.broadcast_to(self.thermal_drive, (*x.shape, self.order))
        return self.vector_response(x, drive[..., None])[..., 0]

    def conduction_response(self, x: np.ndarray) -> np.ndarray:
        """X [..., species, order] under a unit grad ln T with diffusion held off; needs order 2.

        The amplitudes of b_0 then vanish, which leaves the system of b_1, b_2, ...
        """
        drive = np.broadcast_to(self.thermal_drive[:, 1:, None], (*x.shape, self.order - 1, 1))
        response = np.zeros((*x.shape, self.order))
        matrix = operator_matrix(self.vector_brackets[..., 1:, 1:], x)
        response[..., 1:] = solve(matrix, drive)[..., 0]
        return response

    def diffusion_response(self, x: np.ndarray) -> DiffusionResponse:
        """Response to diffusion forces at uniform temperature, in the mass frame.

        Column j of the coupling belongs to d_a = delta_aj - x_a, which sums to zero.
        """
        own = self.marked_response(x)
        drive = -np.einsum("ajpq,...jq->...apj", self.vector_brackets[1], own)
        drive[..., 0, :] += self.half_speeds[:, None]
        coupling = self.vector_response(x, drive)
        weight = self.mass_weights(x)
        drift = np.einsum("...a,a,...aj->...j", x * weight, self.half_speeds, coupling[..., 0, :])
        drift += weight * self.half_speeds * own[..., 0]
        coupling[..., 0, :] -= drift[..., None, :] / self.half_speeds[:, None]
        return DiffusionResponse(own, coupling)

    def marked_response(self, x: np.ndarray) -> np.ndarray:
        """X [..., species, order] of a marked trace of each species under d_a / x_a = 1."""
        drive = np.zeros((*x.shape, self.order, 1))
        drive[..., 0, 0] = -self.half_speeds
        return np.linalg.solve(np.einsum("...b,abpq->...apq", x, self.vector_brackets[0]), drive)[..., 0]

    def vector_response(
        self, x: np.ndarray, drive: np.ndarray, contact: np.ndarray | float = 1.0
    ) -> np.ndarray:
        """X [..., species, order, column] under minus the drive, which has the same shape.

        contact : as in `operator_matrix`

        Momentum conservation makes the system singular; adding a multiple of the total momentum, which
        the drives do not feed, fixes the mass-average velocity at zero.
        """
        matrix = operator_matrix(self.vector_brackets, x, contact)
        momentum = np.sqrt(np.array(self.mixture.masses) / max(self.mixture.masses))
        matrix[..., :, 0, :, 0] += self.rates.max() * momentum[:, None] * (x * momentum)[..., None, :]
        return solve(matrix, drive)

    # --- what the responses mean ---------------------------------------------------------------------

    def velocities(self, response: np.ndarray) -> np.ndarray:
        """n V_a [..., species] of a vector response X [..., species, order]."""
        return self.half_speeds * response[..., 0]

    def heat_fluxes(self, response: np.ndarray) -> np.ndarray:
        """n q'_a / (p x_a) [..., species], q' = q - (5/2) kT n V, of a vector response; needs order 2."""
        return -np.sqrt(2.5) * self.half_speeds * response[..., 1]

    @cached_property
    def half_speeds(self) -> np.ndarray:
        """sqrt(kT / 2m) [species], m/s: half the most probable speed."""
        return np.sqrt(BOLTZMANN * self.temperature / (2 * np.array(self.mixture.masses)))

    @cached_property
    def thermal_drive(self) -> np.ndarray:
        """Minus the drive [species, order] of a unit grad ln T: C^2 - 5/2 = -sqrt(5/2) b_1."""
        drive = np.zeros((len(self.mixture), self.order))
        drive[:, 1] = np.sqrt(2.5) * self.half_speeds
        return drive

    # --- checks and units ----------------------------------------------------------------------------

    def fractions(self, x: ArrayLike) -> np.ndarray:
        """Mole fractions x [..., species], checked."""
        return mole_fractions(x, self.mixture.names)

    def mass_weights(self, x: np.ndarray) -> np.ndarray:
        """y_a / x_a [..., species], y the mass fractions."""
        masses = np.array(self.mixture.masses)
        return masses / (x @ masses)[..., None]

    def per_density(self, pressure: ArrayLike, axes: int) -> np.ndarray:
        """1/n = kT / p [m^3], with that many axes to broadcast over species."""
        positive(pressure, "pressure", "Pa")
        pressure = np.asarray(pressure, dtype=float)
        return BOLTZMANN * self.temperature / pressure.reshape(pressure.shape + (1,) * axes)

    def need_order(self, least: int, what: str) -> None:
        """Raise ValueError if the order is below the least that a coefficient needs."""
        if self.order < least:
            raise ValueError(
                f"{what} needs order {least} or more, this theory has {self.order}: raise `order`"
            )

    # --- brackets ------------------------------------------------------------------------------------

    @cached_property
    def rates(self) -> np.ndarray:
        """The rate [species, species], m^3/s, that each pair's brackets are over."""
        rates = np.empty((len(self.mixture),) * 2)
        for a, b in self.mixture.pair_numbers():
            pair = self.mixture.interaction(a, b)
            rates[a, b] = rates[b, a] = reference_rate(
                pair, self.mixture.reduced_mass(a, b), self.temperature
            )
        return rates

    @cached_property
    def vector_brackets(self) -> np.ndarray:
        """Own and cross brackets [2, species, species, order, order] of b_p C, m^3/s."""
        if self.above:
            return self.above.vector_brackets[..., : self.order, : self.order]
        return self.brackets(1, self.order)

    @cached_property
    def tensor_brackets(self) -> np.ndarray:
        """Own and cross brackets [2, species, species, order, order] of b_p (C C - C^2 / 3), m^3/s."""
        if self.above:
            return self.above.tensor_brackets[..., : self.order, : self.order]
        return self.brackets(2, self.order)

    def brackets(self, rank: int, order: int) -> np.ndarray:
        """Own and cross brackets [2, species, species, order, order], m^3/s, of tensors of rank 0, 1 or 2."""
        species, masses = len(self.mixture), self.mixture.masses
        brackets = np.empty((2, species, species, order, order))
        for a, b in self.mixture.pair_numbers():
            law = scattering_law(self.mixture.interaction(a, b), self.temperature)
            pair = pair_brackets(law, masses[a] / (masses[a] + masses[b]), order, rank)
            brackets[:, b, a] = pair.own_b, pair.cross.T
            brackets[:, a, b] = pair.own_a, pair.cross
        return brackets * self.rates[:, :, None, None]


def check_state(temperature: float, order: int) -> None:
    """Raise ValueError unless a theory can have that temperature [K] and number of polynomials."""
    positive_number(temperature, "temperature", "K")
    whole_number(order, "order", 1, MAXIMUM_ORDER)


def operator_matrix(brackets: np.ndarray, x: np.ndarray, contact: np.ndarray | float = 1.0) -> np.ndarray:
    """Collision operator [..., species a, p, species b, q] at composition x [..., species].

    contact : chi_ab [..., species a, species b], by which collisions in a dense gas are more frequent
    """
    own, cross = brackets
    weight = np.broadcast_to(x[..., None, :] * contact, (*x.shape, x.shape[-1]))
    matrix = np.einsum("...ab,abpq->...apbq", weight, cross)
    alone = np.einsum("...ab,abpq->...apq", weight, own)
    for a in range(len(own)):
        matrix[..., a, :, a, :] += alone[..., a, :, :]
    return matrix


def solve(matrix: np.ndarray, drive: np.ndarray) -> np.ndarray:
    """Response [..., species, order, column] to a drive of the same shape, a fresh array."""
    size = drive.shape[-3] * drive.shape[-2]
    flat = drive.reshape(*drive.shape[:-3], size, drive.shape[-1])
    return np.linalg.solve(matrix.reshape(*drive.shape[:-3], size, size), flat).reshape(drive.shape)
