"""McCormack's linearised model of a binary mixture: its rates and transport coefficients.

With c = v/v0a, s = sqrt(m_a/m_b), moments U = <c_z h>, Q = <c_z (c^2 - 5/2) h>, Pi = <c_x c_z h>::

    L h_a = -gamma_a h_a + 2 c_z [gamma_a U_a - nu1 (U_a - s U_b) - (nu2/2) (Q_a - s^3 Q_b)]
        + 4 c_x c_z [(gamma_a - Psi_a) Pi_a + nu4 Pi_b]
        + (4/5) c_z (c^2 - 5/2) [(gamma_a - Phi_a) Q_a + nu6 Q_b - (5/4) nu2 (U_a - s U_b)]

for h odd in c_z; along x the rates are the same, with c_x for c_z and c_x^2 - c^2/3 for c_x c_z, and energy
goes from one species to the other.  The rates nu are the Boltzmann operator's moments between these
functions: the model has the viscosity of Chapman and Enskog's first order and the diffusion coefficient,
thermal diffusion factor and conductivity of their second.  Any molecule enters through Omega^(1,1),
Omega^(1,2), Omega^(1,3) and Omega^(2,2) of its three pairs.

Source: F. J. McCormack, Phys. Fluids 16 (1973) 2095; F. Sharipov, D. Kalempa, J. Vac. Sci. Technol. A 20
(2002) 814.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import positive
from knudsen.analysis.kinetic.scattering import reference_rate, scattering_law
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

    @property
    def own_rates(self) -> np.ndarray:
        """gamma_a = p_a/mu_a over n [species], m^3/s."""
        return self.fractions * BOLTZMANN * self.temperature / self.partial_viscosities

    @cached_property
    def vector_losses(self) -> np.ndarray:
        """Losses [4, 4] of the parts c_i, c_i (c^2 - 5/2) of species 1, then of species 2, m^3/s."""
        nu1, nu2, nu6 = (_unlike(self.rates[i]) for i in (0, 1, 5))
        losses = np.zeros((4, 4))
        for a, b in ((0, 1), (1, 0)):
            s = np.sqrt(self.masses[a] / self.masses[b])
            u, q, u_b, q_b = 2 * a, 2 * a + 1, 2 * b, 2 * b + 1
            losses[u, [u, u_b, q, q_b]] = nu1[a], -s * nu1[a], 5 / 4 * nu2[a], -5 / 4 * s**3 * nu2[a]
            losses[q, [q, q_b, u, u_b]] = self.thermal_losses[a], -nu6[a], nu2[a] / 2, -s / 2 * nu2[a]
        return losses

    @cached_property
    def stress_losses(self) -> np.ndarray:
        """Losses [2, 2] of the traceless part c_i c_j of each species, m^3/s."""
        return np.diag(self.viscous_losses) - np.diag(_unlike(self.rates[3])) @ np.eye(2)[::-1]

    @cached_property
    def energy_losses(self) -> np.ndarray:
        """Losses [2, 2] of the part c^2 - 3/2 of each species, 2 m_a/(m_a + m_b) nu1 (T_a - T_b), m^3/s."""
        share = np.array(self.masses) / sum(self.masses)
        return np.diag(2 * share * _unlike(self.rates[0])) @ (np.eye(2) - np.eye(2)[::-1])

    @property
    def drive_amplitudes(self) -> np.ndarray:
        """Drives of pressure, temperature and composition in the parts of `vector_losses` [4, 3]."""
        first, second = self.speed_ratios
        unlike = -self.x1 / (1 - self.x1)
        return np.array([[first, 0, first], [0, first, 0], [second, 0, second * unlike], [0, second, 0]])

    @cached_property
    def _bulk(self) -> np.ndarray:
        """<S_j A^-1 S_k> [3, 3] of the uniform drives in a gas without walls, rates in p/mu."""
        norms = np.tile([1 / 2, 5 / 4], 2) * np.repeat(self.fractions, 2)
        unit = self.viscosity / (BOLTZMANN * self.temperature)
        response = np.linalg.lstsq(unit * self.vector_losses, self.drive_amplitudes, rcond=1e-13)[0]
        return self.drive_amplitudes.T @ (norms[:, None] * response)

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
