"""McCormack's linearised model of a binary mixture, for flows along a wall.

With c = v/v0a, s = sqrt(m_a/m_b), moments U = <c_z h>, Q = <c_z (c^2 - 5/2) h>, Pi = <c_x c_z h>::

    L h_a = -gamma_a h_a + 2 c_z [gamma_a U_a - nu1 (U_a - s U_b) - (nu2/2) (Q_a - s^3 Q_b)]
        + 4 c_x c_z [(gamma_a - Psi_a) Pi_a + nu4 Pi_b]
        + (4/5) c_z (c^2 - 5/2) [(gamma_a - Phi_a) Q_a + nu6 Q_b - (5/4) nu2 (U_a - s U_b)]

The rates nu are the Boltzmann operator's moments between these functions: the model has the first-order
viscosity and the second-order diffusion coefficient, thermal diffusion factor and conductivity of Chapman and
Enskog.  Any molecule enters through Omega^(1,1), Omega^(1,2), Omega^(1,3), Omega^(2,2) of its three pairs.

Source: F. J. McCormack, Phys. Fluids 16 (1973) 2095; F. Sharipov, D. Kalempa, J. Vac. Sci. Technol. A 20
(2002) 814.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import positive
from knudsen.analysis.kinetic.scattering import reference_rate, scattering_law
from knudsen.analysis.transition.model_equations import NODES, orthogonal
from knudsen.analysis.transition.operators import HalfRangeOperator
from knudsen.analysis.transition.ordinates import half_range
from knudsen.core.gases import Mixture

POINTS = 8  # of a scattering law's quadrature; exact for s^3


@dataclass(frozen=True)
class BinaryModel:
    """McCormack's model of one mixture at one composition and temperature, at unit number density.

    Arguments
    ---------
    masses : m_1, m_2 [kg];  x1 : mole fraction of species 1, 0 < x1 < 1;  temperature : T [K]
    omega : Omega^(1,1), (1,2), (1,3), (2,2) [m^3/s] of the pairs 11, 12, 22

    Raises
    ------
    ValueError : a composition that leaves out a species; use `channel` and `slip` for one gas

    >>> from knudsen.core.gases import Mixture
    >>> model = binary_model(Mixture(["Ne", "Ar"], "hs"), 0.5, 300.0)
    >>> round(model.schmidt_number, 6), round(model.thermal_diffusion_factor, 6)
    (0.744794, -0.32888)
    """

    masses: tuple[float, float]
    x1: float
    temperature: float
    omega: tuple[tuple[float, ...], ...]

    def __post_init__(self) -> None:
        if not 0 < self.x1 < 1:
            raise ValueError(f"x1 must lie between 0 and 1, got {self.x1}: a pure gas is no mixture")

    @property
    def fractions(self) -> np.ndarray:
        """Mole fractions [species]."""
        return np.array([self.x1, 1 - self.x1])

    @property
    def mean_mass(self) -> float:
        """x1 m_1 + x2 m_2 [kg]."""
        return float(self.fractions @ self.masses)

    @property
    def speed_ratios(self) -> np.ndarray:
        """v0a/v0 = sqrt(m/m_a) [species]."""
        return np.sqrt(self.mean_mass / np.array(self.masses))

    @cached_property
    def rates(self) -> np.ndarray:
        """nu1 .. nu6 of a molecule of a by those of b, over the number density [6, a, b], m^3/s."""
        pair_omega = {
            (0, 0): self.omega[0],
            (0, 1): self.omega[1],
            (1, 0): self.omega[1],
            (1, 1): self.omega[2],
        }
        nu = np.empty((6, 2, 2))
        for (a, b), omega in pair_omega.items():
            nu[:, a, b] = _rates(self.masses[a], self.masses[b], *omega)
        return nu * self.fractions

    @cached_property
    def viscous_losses(self) -> np.ndarray:
        """Psi [species]: loss of a species' stress, over n, m^3/s."""
        like = np.diagonal(self.rates[2] - self.rates[3])
        return like + _unlike(self.rates[2])

    @cached_property
    def thermal_losses(self) -> np.ndarray:
        """Phi [species]: loss of a species' heat flux, over n, m^3/s."""
        like = np.diagonal(self.rates[4] - self.rates[5])
        return like + _unlike(self.rates[4])

    @cached_property
    def partial_viscosities(self) -> np.ndarray:
        """mu_a = p_a (Psi_b + nu4_ab)/(Psi_1 Psi_2 - nu4_12 nu4_21) [species], Pa s."""
        psi, cross = self.viscous_losses, _unlike(self.rates[3])
        pressures = self.fractions * BOLTZMANN * self.temperature
        return pressures * (psi[::-1] + cross) / (psi.prod() - cross.prod())

    @property
    def viscosity(self) -> float:
        """mu = mu_1 + mu_2 [Pa s]; the first Chapman-Enskog order."""
        return float(self.partial_viscosities.sum())

    @cached_property
    def _bulk(self) -> np.ndarray:
        """<S_j A^-1 S_k> [3, 3] of the uniform drives pressure, temperature, composition."""
        gas = binary_gas(self)
        response = np.linalg.lstsq(gas.operator.even, gas.drives, rcond=1e-12)[0]
        return gas.operator.mean(gas.drives, response)

    @property
    def _diffusive_unit(self) -> float:
        """v0 mu v0/p = 2 mu/rho, times the number density [1/(m s)]."""
        return 2 * self.viscosity / self.mean_mass

    @property
    def diffusion_binary(self) -> float:
        """n D_12 [1/(m s)]; the second Chapman-Enskog order."""
        x2 = 1 - self.x1
        return float(self._diffusive_unit * self._bulk[2, 2] * x2 / self.x1)

    @property
    def thermal_diffusion_factor(self) -> float:
        """alpha_T [-] of species 1, the second Chapman-Enskog order; positive: 1 goes to the cold side."""
        return float(self._bulk[1, 2] / (self._bulk[2, 2] * (1 - self.x1)))

    @property
    def thermal_conductivity(self) -> float:
        """lambda [W/(m K)] with no diffusion flux, the second Chapman-Enskog order."""
        uniform = self._bulk[1, 1] - self._bulk[1, 2] ** 2 / self._bulk[2, 2]
        return float(BOLTZMANN * self._diffusive_unit * uniform)

    @property
    def schmidt_number(self) -> float:
        """mu/(rho D_12) [-] of the model."""
        return self.viscosity / (self.mean_mass * self.diffusion_binary)


@dataclass(frozen=True)
class BinaryGas:
    """A binary mixture on half-range ordinates, species 1's nodes first.

    operator : of flows along z;  species : 0 or 1 [node]
    drives : source of a pressure, a temperature and a composition gradient [node, 3]::

        (v0a/v0) c_z [1, c^2 - 5/2, eta_a],    eta_1 = 1, eta_2 = -x1/x2

    velocity : what a mixture moving at v0 adds to h, 2 c_z v0/v0a [node]
    momentum : <momentum u> is the mass-average velocity over v0 [node]
    """

    operator: HalfRangeOperator
    species: np.ndarray
    drives: np.ndarray
    velocity: np.ndarray
    momentum: np.ndarray


def binary_model(mixture: Mixture, x1: float, temperature: float) -> BinaryModel:
    """McCormack's model of a mixture.

    Arguments
    ---------
    mixture : two species, of any molecular model
    x1 : mole fraction of the first named, 0 < x1 < 1;  temperature : T [K]

    Raises
    ------
    ValueError : a mixture that is not binary; a composition or a temperature out of range

    >>> from knudsen.core.gases import Mixture
    >>> round(binary_model(Mixture(["Ar", "Kr"], "lj"), 0.5, 300.0).viscosity * 1e6, 3)  # uPa s
    24.547
    """
    if len(mixture) != 2:
        raise ValueError(f"a binary mixture has two species, got {mixture.names}")
    positive(temperature, "temperature", "K")
    omega = tuple(_omega(mixture, a, b, temperature) for a, b in mixture.pair_numbers())
    first, second = mixture.masses
    return BinaryModel((first, second), float(x1), float(temperature), omega)


@lru_cache(maxsize=64)
def binary_gas(model: BinaryModel, nodes: int = NODES) -> BinaryGas:
    """A model on ordinates, positions in mu v0/p, v0 = sqrt(2kT/m) of the mean mass m.

    >>> from knudsen.core.gases import Mixture
    >>> gas = binary_gas(binary_model(Mixture(["He", "Xe"], "hs"), 0.5, 300.0), 24)
    >>> int((gas.operator.modes.decay == 0).sum())  # total momentum
    1
    """
    c, weight = half_range(nodes)
    one, zero, weights = np.ones_like(c), np.zeros_like(c), np.tile(weight, 2)
    # c_z and c_z (c^2 - 5/2) of one species over the polynomials sqrt(2) c_z, c_z (c_y^2 + c_z^2 - 2)
    drift = _scaled(np.concatenate([one, zero]), weights, 1 / 2)
    heat = orthogonal(np.concatenate([(c**2 - 0.5) / np.sqrt(2), one]), drift, weights)
    heat = _scaled(heat, weights, 5 / 4)
    stress = _scaled(np.tile(c, 2) * drift, weights, 1 / 4)
    empty = np.zeros_like(drift)
    ratio = np.repeat(model.speed_ratios, 2 * nodes)
    speed = ratio * np.tile(c, 4)
    share = np.repeat(model.fractions, 2 * nodes)
    functions = [np.concatenate(f) for f in ((drift, empty), (heat, empty), (empty, drift), (empty, heat))]
    stresses = [np.concatenate(f) for f in ((stress, empty), (empty, stress))]
    # gamma_a = p_a/mu_a; rates are in p/mu of the mixture
    unit = model.viscosity / (BOLTZMANN * model.temperature)
    gamma = model.fractions * BOLTZMANN * model.temperature / model.partial_viscosities
    even = _losses(np.tile(weight, 4), gamma, functions, _vector_gains(model, gamma))
    odd = _losses(np.tile(weight, 4), gamma, stresses, _stress_gains(model, gamma))
    drift_of = np.concatenate([drift, drift])
    eta = np.repeat([1, -model.x1 / (1 - model.x1)], 2 * nodes)
    drives = np.stack([drift_of, np.concatenate([heat, heat]), eta * drift_of], axis=1) * ratio[:, None]
    mass = np.repeat(np.array(model.masses) / model.mean_mass, 2 * nodes)
    return BinaryGas(
        operator=HalfRangeOperator(speed, share * np.tile(weight, 4), unit * even, unit * odd),
        species=np.repeat([0, 1], 2 * nodes),
        drives=drives,
        velocity=2 * drift_of / ratio,
        momentum=mass * ratio * drift_of,
    )


def _omega(mixture: Mixture, a: int, b: int, temperature: float) -> tuple[float, ...]:
    """Omega^(1,1), (1,2), (1,3), (2,2) [m^3/s] of a pair, in Chapman and Cowling's form::

    Omega^(l,r) = <s^r sigma_T g (1 - cos^l chi)>/8,    s = m_r g^2/(2kT);  1 - cos^2 = (2/3) (1 - P_2)
    """
    pair, reduced_mass = mixture.interaction(a, b), mixture.reduced_mass(a, b)
    energy, loss = scattering_law(pair, temperature).quadrature(2, POINTS)
    rate = reference_rate(pair, reduced_mass, temperature) / 8
    return (
        *(float(rate * loss[1] @ energy**r) for r in (1, 2, 3)),
        float(rate * 2 / 3 * loss[2] @ energy**2),
    )


def _rates(m_a: float, m_b: float, o11: float, o12: float, o13: float, o22: float) -> tuple[float, ...]:
    """nu1 .. nu6 over n_b [m^3/s] (Sharipov and Kalempa 2002, appendix)."""
    r = m_a * m_b / (m_a + m_b)
    share, both = r / m_a, r**2 / (m_a * m_b)
    return (
        16 / 3 * share * o11,
        64 / 15 * share**2 * (o12 - 5 / 2 * o11),
        16 / 5 * both * (10 / 3 * o11 + m_b / m_a * o22),
        16 / 5 * both * (10 / 3 * o11 - o22),
        64
        / 15
        * share**3
        * (m_a / m_b)
        * (o22 + (15 * m_a / (4 * m_b) + 25 * m_b / (8 * m_a)) * o11 - m_b / (2 * m_a) * (5 * o12 - o13)),
        64 / 15 * share**3 * (m_a / m_b) ** 1.5 * (-o22 + 55 / 8 * o11 - 5 / 2 * o12 + o13 / 2),
    )


def _unlike(rates: np.ndarray) -> np.ndarray:
    """Rates [a] of a by the other species."""
    return np.array([rates[0, 1], rates[1, 0]])


def _vector_gains(model: BinaryModel, gamma: np.ndarray) -> np.ndarray:
    """Gains [4, 4] of U_1, Q_1, U_2, Q_2 by the moments U_1, Q_1, U_2, Q_2, norms divided out.

    The moment U of a species stands over <c_z c_z> = 1/2, Q over <...> = 5/4: hence the factors of nu2.
    """
    nu1, nu2, nu6 = (_unlike(model.rates[i]) for i in (0, 1, 5))
    gains = np.zeros((4, 4))
    for a, b in ((0, 1), (1, 0)):
        s = np.sqrt(model.masses[a] / model.masses[b])
        u, q, u_b, q_b = 2 * a, 2 * a + 1, 2 * b, 2 * b + 1
        gains[u, [u, u_b]] = gamma[a] - nu1[a], s * nu1[a]
        gains[u, [q, q_b]] = -nu2[a] / 2, s**3 * nu2[a] / 2
        gains[q, [q, q_b]] = gamma[a] - model.thermal_losses[a], nu6[a]
        gains[q, [u, u_b]] = -5 / 4 * nu2[a], 5 / 4 * s * nu2[a]
    return gains


def _stress_gains(model: BinaryModel, gamma: np.ndarray) -> np.ndarray:
    cross = _unlike(model.rates[3])
    kept = gamma - model.viscous_losses
    return np.array([[kept[0], cross[0]], [cross[1], kept[1]]])


def _scaled(function: np.ndarray, weight: np.ndarray, norm: float) -> np.ndarray:
    """function with <f f> exactly as in the continuum, which makes the losses exactly self-adjoint."""
    return function * np.sqrt(norm / (2 * np.sum(weight * function**2)))


def _losses(
    weight: np.ndarray, gamma: np.ndarray, functions: list[np.ndarray], gains: np.ndarray
) -> np.ndarray:
    """gamma h_a less the gains: sum_ij f_i gains_ij <f_j h>/<f_i f_i>, <...> of one species."""
    basis = np.stack(functions, axis=1)
    norm = np.sum(weight[:, None] * basis**2, axis=0)
    loss = np.diag(np.repeat(gamma, len(weight) // 2))
    return loss - (basis / norm) @ gains @ (weight[:, None] * basis).T
