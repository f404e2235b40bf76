"""Rates of single pairs and triples whose mean over the gas at equilibrium is the Arrhenius law put in.

Two molecules, of kinetic energy E_t about their centre of mass and total energy E, what is internal added,
react at (total collision energy model, Bird 1994, section 6.6)::

    sigma_R g = B E_t^(1 - omega) (E - E_a)^a / E^b,    b = 3/2 - omega + zeta/2,  a = b + n - (1 - omega)

with zeta the internal degrees of freedom of both.  Bird's steric probability is this over sigma_T g; written
as a rate it needs no power law of sigma_T, and where it passes the collision rate it can be served all the
same.
Three react at B (E - E_a)^a / E^b, b = 2 + zeta/2, a = b + n, E their energy about the centre of mass.

At equilibrium E_t^(1/2) E_t^(1 - omega) and the internal densities make E a gamma variable, so that B follows
from gamma functions.  A rate and the reverse one from the equilibrium constant then balance at every E, not
in the mean alone: the gas in chemical equilibrium is Maxwellian, however fast it reacts.
"""

from math import exp, lgamma, log, pi
from typing import NamedTuple

import numpy as np
from scipy.constants import h as PLANCK
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.dsmc.reactions.model import Arrhenius, Reaction


class EnergyLaw(NamedTuple):
    """B E_t^kinetic (E - threshold)^above / E^total, energies in J; zero below the threshold."""

    factor: float
    kinetic: float
    threshold: float
    above: float
    total: float


def internal_freedom(gas: Mixture, names: tuple[str, ...]) -> float:
    """Internal degrees of freedom of so many molecules, zeta."""
    return 0.0


def softness(gas: Mixture, reactants: tuple[str, ...]) -> float:
    """omega of a reacting pair; that of hard spheres, 1/2, where its cross-section is no power of g."""
    a, b = (gas.names.index(name) for name in reactants)
    pair = gas.interaction(a, b)
    return pair.omega if isinstance(pair, VariableSoftSphere) else 0.5


def energy_law(gas: Mixture, reaction: Reaction) -> EnergyLaw:
    """sigma_R g [m^3/s] of a pair, or the rate of a triple [m^6/s], of an Arrhenius law.

    Pairs of one species are counted once each, N (N - 1)/2, where the law of mass action has n^2: factor two.
    """
    assert isinstance(reaction.rate, Arrhenius)
    rate, reactants = reaction.rate, reaction.reactants
    half_zeta = internal_freedom(gas, reactants) / 2
    twice = 2.0 if reactants[0] == reactants[1] else 1.0
    if len(reactants) == 2:
        kinetic = 1 - softness(gas, reactants)
        shape = 1.5 + kinetic + half_zeta
        drawn = lgamma(1.5) - lgamma(1.5 + kinetic)
    else:
        kinetic, shape, drawn = 0.0, 3 + half_zeta, 0.0
    total = shape - 1
    above = total + rate.exponent - kinetic
    logarithm = drawn + lgamma(shape) - lgamma(above + 1) - rate.exponent * log(BOLTZMANN)
    return EnergyLaw(twice * rate.prefactor * exp(logarithm), kinetic, rate.activation, above, total)


def least_exponent(gas: Mixture, reaction: Reaction) -> float:
    """The n of Arrhenius above which the law of single energies is finite where it is asked for.

    With a threshold the law must not be infinite there; without one it need but have a mean.
    """
    assert isinstance(reaction.rate, Arrhenius)
    zeta = internal_freedom(gas, reaction.reactants)
    centre = 0.5 if len(reaction.reactants) == 2 else 2.0
    return -(centre + zeta / 2 + (0 if reaction.rate.activation > 0 else 1))


def equilibrium_constant(gas: Mixture, reaction: Reaction, temperature: float, weights: float = 1.0) -> float:
    """K(T) in number densities, products over reactants, of the species as the engine represents them::

        K(T) = weights (prod m_p / prod m_r)^(3/2) (2 pi k T / h^2)^(3/2 gained) exp(heat / kT)

    Arguments
    ---------
    temperature : T [K]
    weights : statistical weights of the products over those of the reactants [-]

    Returns
    -------
    K [m^-3 to the molecules gained]
    """
    prefactor, exponent = _equilibrium_law(gas, reaction, weights)
    return float(prefactor * temperature**exponent * exp(reaction.heat / (BOLTZMANN * temperature)))


def _equilibrium_law(gas: Mixture, reaction: Reaction, weights: float) -> tuple[float, float]:
    """Prefactor and power of T of K(T) exp(-heat / kT)."""
    mass = dict(zip(gas.names, gas.masses, strict=True))
    gained = len(reaction.products) - len(reaction.reactants)
    logarithm = gained * log(2 * pi * BOLTZMANN / PLANCK**2)
    logarithm += sum(log(mass[name]) for name in reaction.products)
    logarithm -= sum(log(mass[name]) for name in reaction.reactants)
    freedom = internal_freedom(gas, reaction.products) - internal_freedom(gas, reaction.reactants)
    return weights * exp(1.5 * logarithm), 1.5 * gained + freedom / 2


def backward(gas: Mixture, reaction: Reaction, weights: float = 1.0) -> Reaction:
    """The reverse of a reaction at the rate of detailed balance, k(T) / K(T), a law of Arrhenius too.

    Arguments
    ---------
    weights : statistical weights of the products of `reaction` over those of its reactants [-]

    Raises
    ------
    ValueError : a probability, which has no law of the temperature, or weights that are not positive
    """
    if not isinstance(reaction.rate, Arrhenius):
        raise ValueError(f"{reaction}: a probability has no reverse by the temperature, give its own")
    if not 0 < weights < np.inf:
        raise ValueError(f"weights must be positive, got {weights}")
    prefactor, exponent = _equilibrium_law(gas, reaction, weights)
    rate = Arrhenius(
        reaction.rate.prefactor / prefactor,
        reaction.rate.exponent - exponent,
        reaction.rate.activation + reaction.heat,
    )
    return Reaction(reaction.products, reaction.reactants, rate, -reaction.heat)
