"""Stresses that diffusion makes: the second moments of species that move through each other.

Let c_a = u_a + C_a.  A collision changes c_a by mu_b (g' - g), mu_b = m_b / (m_a + m_b), so with the means
over the deflection <g' - g> = -(1 - cos chi) g and <g'g' - g'g - gg' + gg>^o = [2 (1 - cos chi)
- (3/2)(1 - cos^2 chi)] (gg)^o, o the traceless part, species a gains second moment at the rate::

    n_a n_b m_a < -mu_b K1 (C_a g + g C_a) + mu_b^2 beta g g >^o,    beta = 2 K1 - (3/2) K2
    K1 = int g sigma (1 - cos chi) dOmega,    K2 = int g sigma (1 - cos^2 chi) dOmega

Put g = w + C_a - C_b, w = u_a - u_b.  Maxwell molecules have constant K1 and K2, and the averages close::

    dP_a/dt + 2 p_a (grad u_a)^o = - sum_b R_ab P_b + sum_b n_a n_b m_r mu_b beta (w w)^o

with P_a about the species' own mean (`MomentRates.relaxation` holds R).  For other molecules the same
equations with K1 -> (16/3) Omega11, K2 -> (32/15) Omega22 are those of Grad's 13 moments without heat flux.

Along x, and about the x axis, one number is left of each tensor: the anisotropy P_xx - P_yy.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.integrate import solve_ivp

from knudsen.analysis.checks import per_species, positive
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.scattering import scattering_law

SYMMETRY_TOLERANCE = 1e-12
TIME_TOLERANCE = 1e-12  # relative, of velocities and stresses that grow


class DiffusionStress(NamedTuple):
    """Anisotropies P_xx - P_yy [Pa]: `own` [..., species] about each species' own mean velocity,
    `mixture` [...] about the barycentric velocity."""

    own: np.ndarray
    mixture: np.ndarray


class GrowingStress(NamedTuple):
    """Mean velocities [time, species] [m/s] and the anisotropies of `DiffusionStress` [time, ...] [Pa]."""

    velocity: np.ndarray
    own: np.ndarray
    mixture: np.ndarray


@dataclass(frozen=True)
class MomentRates:
    """How fast collisions take momentum and stress from the species of a gas.

    masses : m_a [species], kg;  momentum : K1 [species, species], m^3/s;  shear : K2 likewise

    They relate to first-order Chapman-Enskog by D_ab = kT / (n m_r K1) and mu_aa = kT / ((3/4) K2_aa).

    Raises ValueError for values that are not positive, other shapes, or rates that are not symmetric.

    >>> gas = MomentRates.maxwell([4.0, 1.0], collisions=np.ones((2, 2)))
    >>> (gas.driven(density=[0.5, 0.5], velocity=[0.5, -0.5]).own / 0.8).round(6)  # m_r = 0.8
    array([0.170732, 0.292683])
    """

    masses: np.ndarray
    momentum: np.ndarray
    shear: np.ndarray

    def __post_init__(self) -> None:
        units = {"masses": "kg", "momentum": "m^3/s", "shear": "m^3/s"}
        for name, unit in units.items():
            values = np.asarray(getattr(self, name), dtype=float)
            positive(values, name, unit)
            object.__setattr__(self, name, values)
        if self.masses.ndim != 1:
            raise ValueError(f"masses have shape {self.masses.shape}: give one for each species")
        species = len(self.masses)
        for name in ("momentum", "shear"):
            rates = getattr(self, name)
            if rates.shape != (species, species):
                raise ValueError(f"{name} has shape {rates.shape}: give {species} x {species}, one a pair")
            if np.any(np.abs(rates - rates.T) > SYMMETRY_TOLERANCE * rates):
                raise ValueError(f"{name} is not symmetric: a pair has one rate")

    @classmethod
    def maxwell(cls, masses: ArrayLike, collisions: ArrayLike, alpha: ArrayLike = 1.0) -> "MomentRates":
        """Maxwell molecules of the soft-sphere kind, cos chi = 2 u^(1/alpha) - 1, u uniform: exact::

            K1 = 2 K0 / (alpha + 1),    K2 = 4 alpha K0 / [(alpha + 1)(alpha + 2)]

        masses [species], kg;  collisions : K0 = g sigma_T [species, species], m^3/s;  alpha likewise, or one

        Source: G. A. Bird, Molecular Gas Dynamics (1994), chapter 2 (deflection), integrated.

        >>> MomentRates.maxwell([1.0], collisions=[[1.0]], alpha=1.0).shear.round(6)
        array([[0.666667]])
        """
        positive(alpha, "alpha", "pure numbers")
        rates, alpha = np.asarray(collisions, dtype=float), np.asarray(alpha, dtype=float)
        if alpha.shape not in ((), rates.shape):
            raise ValueError(f"alpha has shape {alpha.shape}: give one number, or one a pair {rates.shape}")
        return cls(masses, 2 * rates / (alpha + 1), 4 * alpha * rates / ((alpha + 1) * (alpha + 2)))

    @classmethod
    def of(cls, theory: ChapmanEnskog) -> "MomentRates":
        """Those of a theory's mixture at its temperature: exact for Maxwell molecules, else Grad-13 level::

            K1 -> (16/3) Omega11 = (2/3) <s K1(g)>,  K2 -> (32/15) Omega22 = (4/15) <s^2 K2(g)>

        averages over pairs at equilibrium, s = m_r g^2 / 2kT.  Exact in the linear terms of 13 moments and
        in the source (w w)^o of two drifting Maxwellians; the heat fluxes that thermal diffusion makes enter
        the stress at the same order and are left out.  So it is an estimate but for Maxwell molecules.

        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["Ar"], "vss"), 300.0, order=1)
        >>> rates = MomentRates.of(theory)
        >>> bool(np.isclose(1.380649e-23 * 300.0 / (0.75 * rates.shear[0, 0]), theory.viscosity([1.0])))
        True
        """
        mixture, temperature = theory.mixture, theory.temperature
        numbers = range(len(mixture))
        momentum, shear = np.empty((2, len(mixture), len(mixture)))
        for a in numbers:
            for b in numbers:
                energy, loss = scattering_law(mixture.interaction(a, b), temperature).quadrature(2, 4)
                rate = theory.operator.rates[a, b]
                momentum[a, b] = rate * (2 / 3) * loss[1] @ energy
                shear[a, b] = rate * (4 / 15) * (2 / 3) * loss[2] @ energy**2  # 1 - cos^2 = (2/3)(1 - P2)
        return cls(np.array(mixture.masses), momentum, shear)

    # --- the moment equations ------------------------------------------------------------------------

    def relaxation(self, density: ArrayLike) -> np.ndarray:
        """Relaxation matrix R [..., species, species], 1/s, of the species stresses::

            R_aa = (3/4) n_a K2_aa + sum_(b /= a) n_b (2 mu_a mu_b K1_ab + (3/2) mu_b^2 K2_ab)
            R_ab = - n_a mu_a mu_b beta_ab

        density : n_a [..., species], 1/m^3

        >>> MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))).relaxation([0.5, 0.5])
        array([[ 0.625, -0.125],
               [-0.125,  0.625]])
        """
        density = self._density(density)
        other, own = self._mass_fractions, self._mass_fractions.T
        rates = -density[..., :, None] * own * other * self._excess
        lost = density[..., None, :] * (2 * own * other * self.momentum + 1.5 * other**2 * self.shear)
        diagonal = np.arange(len(self.masses))
        # A like pair's own and cross terms act on one stress: n (K1/2 + (3/8) K2 - beta/4) = (3/4) n K2.
        rates[..., diagonal, diagonal] += lost.sum(axis=-1)
        return rates

    def drift_source(self, density: ArrayLike, velocity: ArrayLike) -> np.ndarray:
        """What the drift adds to P_xx - P_yy, sum_b n_a n_b m_r mu_b beta (u_a - u_b)^2 [..., species], Pa/s.

        >>> MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))).drift_source([0.5, 0.5], [0.5, -0.5])
        array([0.0625, 0.0625])
        """
        density, velocity = np.broadcast_arrays(self._density(density), self._velocity(velocity))
        drift = velocity[..., :, None] - velocity[..., None, :]
        return self._pair_sum(density, self._mass_fractions * self._excess * drift**2)

    def friction(self, density: ArrayLike, velocity: ArrayLike) -> np.ndarray:
        """Force of the other species on each, - sum_b n_a n_b m_r K1 (u_a - u_b) [..., species], N/m^3.

        >>> MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))).friction([0.5, 0.5], [0.5, -0.5])
        array([-0.125,  0.125])
        """
        density, velocity = np.broadcast_arrays(self._density(density), self._velocity(velocity))
        drift = velocity[..., :, None] - velocity[..., None, :]
        return -self._pair_sum(density, self.momentum * drift)

    def heating(self, density: ArrayLike, velocity: ArrayLike) -> np.ndarray:
        """Heat that friction makes, sum over pairs of n_a n_b m_r K1 (u_a - u_b)^2 [...], W/m^3.

        A thermostat of damping 2 zeta = heating / [(3/2) sum_a p_a], p_a about own means, keeps it off.

        >>> round(float(MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))).heating([0.5, 0.5], [0.5, -0.5])), 6)
        0.125
        """
        return -np.sum(self._velocity(velocity) * self.friction(density, velocity), axis=-1)

    # --- its steady states ---------------------------------------------------------------------------

    def driven(self, density: ArrayLike, velocity: ArrayLike, damping: float = 0.0) -> DiffusionStress:
        """Stresses of a uniform gas whose species are driven through each other along x by forces::

            sum_b (R_ab + damping delta_ab) D_b = sum_b n_a n_b m_r mu_b beta (u_a - u_b)^2

        Steady although the drift heats the gas, for R does not depend on T; exact for Maxwell molecules
        at any speed.

        Arguments
        ---------
        density : n_a [..., species], 1/m^3
        velocity : u_a [..., species], m/s, in any frame
        damping : 2 zeta [1/s] of a thermostat dC/dt = -zeta C about each species' own mean

        Returns
        -------
        DiffusionStress, Pa

        >>> MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))).driven([0.5, 0.5], [0.5, -0.5]).own
        array([0.125, 0.125])
        """
        if np.ndim(damping) or not 0 <= damping < np.inf:
            raise ValueError(
                f"damping must be zero or one positive number, got {damping}: give 2 zeta in 1/s"
            )
        return self._steady(density, velocity, self.drift_source(density, velocity), damping)

    def started(self, density: ArrayLike, force: ArrayLike, time: ArrayLike) -> GrowingStress:
        """A uniform gas at rest in equilibrium whose species are pulled along x from t = 0 on::

            n_a m_a du_a/dt = f_a + friction_a,    dD_a/dt = - sum_b R_ab D_b + drift_source_a

        Exact for Maxwell molecules at any speed, however the drift heats them.

        Arguments
        ---------
        density : n_a [species], 1/m^3
        force : f_a on each species [species], N/m^3
        time : when, ascending from 0 [time], s

        >>> gas = MomentRates.maxwell([1.0, 1.0], np.ones((2, 2)))
        >>> late = gas.started([0.5, 0.5], [0.125, -0.125], [0.0, 50.0])  # w = 1, see `driven`
        >>> late.own[-1].round(6)
        array([0.125, 0.125])
        """
        density, force = self._density(density), self._velocity(force)
        time = np.asarray(time, dtype=float)
        if time.ndim != 1 or not (np.all(time >= 0) and np.all(np.diff(time) > 0) and time[-1] > 0):
            raise ValueError("time must be ascending numbers of seconds, from 0 on: give them in order")
        mass_density, species = density * self.masses, len(self.masses)
        matrix = self.relaxation(density)
        speed = np.abs(force / mass_density).max() * time[-1]
        sizes = np.repeat([speed, mass_density.max() * speed**2], species)

        def change(_: float, state: np.ndarray) -> np.ndarray:
            velocity, own = state[:species], state[species:]
            push = (force + self.friction(density, velocity)) / mass_density
            return np.concatenate([push, self.drift_source(density, velocity) - matrix @ own])

        found = solve_ivp(
            change, (0.0, time[-1]), np.zeros(2 * species), method="DOP853", t_eval=time,
            rtol=TIME_TOLERANCE, atol=np.maximum(TIME_TOLERANCE * sizes, np.finfo(float).tiny),
        ).y.T  # fmt: skip
        velocity, own = found[:, :species], found[:, species:]
        return GrowingStress(velocity, own, self._mixture(density, velocity, own))

    def flowing(self, density: ArrayLike, velocity: ArrayLike) -> DiffusionStress:
        """Stresses of steady isothermal 1-D diffusion, density gradients making the drift::

            sum_b R_ab D_b = sum_b n_a n_b m_r [mu_b beta (u_a - u_b)^2 - 2 K1 u_a (u_a - u_b)]

        The second term is -2 p_a du_a/dx: n_a u_a is constant, kT dn_a/dx the friction.  For Maxwell
        molecules the heat fluxes about u_a vanish to first order: this is complete to second order.

        Arguments
        ---------
        density : n_a [..., species], 1/m^3
        velocity : u_a [..., species], m/s, in the frame in which the flow is steady; equimolar
            counterdiffusion has sum_a n_a u_a = 0

        Returns
        -------
        DiffusionStress, Pa

        >>> MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))).flowing([0.5, 0.5], [0.5, -0.5]).own
        array([-0.125, -0.125])
        """
        density, velocity = np.broadcast_arrays(self._density(density), self._velocity(velocity))
        source = self.drift_source(density, velocity) + 2 * velocity * self.friction(density, velocity)
        return self._steady(density, velocity, source, 0.0)

    def _steady(
        self, density: ArrayLike, velocity: ArrayLike, source: np.ndarray, damping: float
    ) -> DiffusionStress:
        density, velocity = np.broadcast_arrays(self._density(density), self._velocity(velocity))
        matrix = self.relaxation(density) + damping * np.eye(len(self.masses))
        own = np.linalg.solve(matrix, source[..., None])[..., 0]
        return DiffusionStress(own, self._mixture(density, velocity, own))

    def _mixture(self, density: np.ndarray, velocity: np.ndarray, own: np.ndarray) -> np.ndarray:
        """Anisotropy about the barycentric velocity [...]."""
        mass_density = density * self.masses
        barycentric = np.sum(mass_density * velocity, axis=-1) / mass_density.sum(axis=-1)
        drift = velocity - barycentric[..., None]
        return np.asarray(np.sum(own + mass_density * drift**2, axis=-1))

    # --- parts ---------------------------------------------------------------------------------------

    @property
    def _mass_fractions(self) -> np.ndarray:
        """mu_b = m_b / (m_a + m_b) [species a, species b]."""
        return self.masses / (self.masses[:, None] + self.masses)

    @property
    def _excess(self) -> np.ndarray:
        return 2 * self.momentum - 1.5 * self.shear

    def _pair_sum(self, density: np.ndarray, value: np.ndarray) -> np.ndarray:
        """sum_b n_a n_b m_r value_ab [..., species]."""
        reduced = self.masses[:, None] * self._mass_fractions
        return density * np.einsum("...b,ab,...ab->...a", density, reduced, value)

    def _density(self, density: ArrayLike) -> np.ndarray:
        density = per_species(density, len(self.masses), "density", "1/m^3")
        if not np.all(density >= 0) or not np.all(density.sum(axis=-1) > 0):
            raise ValueError("number densities must be zero or positive, not all zero: give them in 1/m^3")
        return density

    def _velocity(self, velocity: ArrayLike) -> np.ndarray:
        return per_species(velocity, len(self.masses), "velocity", "m/s")
