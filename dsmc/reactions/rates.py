"""Rates of single pairs and triples whose mean over the gas at equilibrium is the Arrhenius law put in.

Two molecules, of kinetic energy E_t about their centre of mass and total energy E, what is internal added,
react at (total collision energy model, Bird 1994, section 6.6)::

    sigma_R g = B E_t^(1 - omega) (E - E_a)^a / E^b,    b = 3/2 - omega + zeta/2,  a = b + n - (1 - omega)

with zeta the rotational degrees of freedom of both.  Bird's steric probability is this over sigma_T g;
written as a rate it needs no power law of sigma_T, and where it passes the rate of collisions it can be
served all the same.  Three react at B (E - E_a)^a / E^b, b = 2 + zeta/2, a = b + n, E their energy about the
centre of mass.

Vibrations come in quanta, and no zeta is theirs.  With them both powers are sums over the vibrational levels
e_l of all that react, of w_l states each::

    (E - E_a)^a / E^b  ->  sum_l w_l (E - E_a - e_l)^a / sum_l w_l (E - e_l)^b

the levels below the energy alone.  At equilibrium the density of states then cancels the denominator,
energies are sums of gamma variables, and B follows from gamma functions: the law holds exactly.  A rate and
the reverse one from the equilibrium constant (its numerator has the levels of the reactants of the former)
balance at every E, not in the mean alone: the gas in chemical equilibrium is Maxwellian, however fast it
reacts.
"""

from math import exp, lgamma, log, pi
from typing import Any, NamedTuple

import numpy as np
from scipy.constants import h as PLANCK
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.dsmc.internal.modes import FREEDOM, ROTATION, InternalEnergy, mode_table
from knudsen.dsmc.reactions.model import Arrhenius, Reaction

Array = np.ndarray[Any, Any]


class EnergyLaw(NamedTuple):
    """B E_t^kinetic (E - threshold)^above / E^total, energies in J; zero up to the threshold."""

    factor: float
    kinetic: float
    threshold: float
    above: float
    total: float


def rotations(gas: Mixture, names: tuple[str, ...], modes: Array) -> float:
    """Half the rotational degrees of freedom of so many molecules."""
    if modes.shape[1] == 0:
        return 0.0
    return float(sum(modes[gas.names.index(name), ROTATION, FREEDOM] for name in names))


def vibrations(gas: Mixture, names: tuple[str, ...], modes: Array) -> list[tuple[float, float]]:
    """Degeneracy and quantum [J] of every group of vibrations of so many molecules."""
    rows = [modes[gas.names.index(name), 1:] for name in names]
    return [(float(g), float(quantum)) for row in rows for g, quantum in row if g > 0]


def softness(gas: Mixture, reactants: tuple[str, ...]) -> float:
    """omega of a reacting pair; that of hard spheres, 1/2, where its cross-section is no power of g."""
    a, b = (gas.names.index(name) for name in reactants)
    pair = gas.interaction(a, b)
    return pair.omega if isinstance(pair, VariableSoftSphere) else 0.5


def energy_law(gas: Mixture, reaction: Reaction, modes: Array) -> EnergyLaw:
    """sigma_R g [m^3/s] of a pair, or the rate of a triple [m^6/s], of an Arrhenius law.

    Pairs of one species are counted once each, N (N - 1)/2, where the law of mass action has n^2: factor two.
    """
    assert isinstance(reaction.rate, Arrhenius)
    rate, reactants = reaction.rate, reaction.reactants
    half_zeta = rotations(gas, reactants, modes)
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


def least_exponent(gas: Mixture, reaction: Reaction, modes: Array) -> float:
    """The n of Arrhenius above which the law of single energies is finite where it is asked for.

    With a threshold the law must not be infinite there; without one it need but have a mean.
    """
    assert isinstance(reaction.rate, Arrhenius)
    centre = 0.5 if len(reaction.reactants) == 2 else 2.0
    half_zeta = rotations(gas, reaction.reactants, modes)
    return -(centre + half_zeta + (0 if reaction.rate.activation > 0 else 1))


def partition_of_vibrations(gas: Mixture, names: tuple[str, ...], modes: Array, temperature: float) -> float:
    """prod (1 - exp(-quantum / kT))^-g of so many molecules."""
    thermal = BOLTZMANN * temperature
    found = [(1 - exp(-quantum / thermal)) ** -g for g, quantum in vibrations(gas, names, modes)]
    return float(np.prod(found))


def rate_constant(
    gas: Mixture, reaction: Reaction, temperature: float, internal: InternalEnergy | None = None
) -> float:
    """k(T) of a reaction of Arrhenius [m^3/s, m^6/s], the vibrations of a reverse one included.

    Raises ValueError for a probability.
    """
    if not isinstance(reaction.rate, Arrhenius):
        raise ValueError(f"{reaction}: a probability is no law of the temperature")
    rate = reaction.rate.at(temperature)
    if reaction.rate.through:
        modes = mode_table(internal, gas)
        rate *= partition_of_vibrations(gas, reaction.rate.through, modes, temperature)
        rate /= partition_of_vibrations(gas, reaction.reactants, modes, temperature)
    return rate


def equilibrium_constant(
    gas: Mixture, reaction: Reaction, temperature: float, weights: float = 1.0,
    internal: InternalEnergy | None = None,
) -> float:  # fmt: skip
    """K(T) in number densities, products over reactants, of the species as the engine represents them::

        K(T) = weights (prod m_p / prod m_r)^(3/2) (2 pi k T / h^2)^(3/2 gained) T^(zeta gained / 2)
               (prod Q_v,p / prod Q_v,r) exp(heat / kT),      Q_v = prod (1 - exp(-theta / T))^-g

    Arguments
    ---------
    temperature : T [K]
    weights : statistical weights of the products over those of the reactants; a rotation that is treated
        brings 1 / (sigma theta) of its molecule, or pi^(1/2) / (sigma theta^(3/2)) [K^-(zeta gained / 2)]
    internal : the internal energies that the run treats

    Returns
    -------
    K [m^-3 to the molecules gained]
    """
    modes = mode_table(internal, gas)
    prefactor, exponent = _equilibrium_law(gas, reaction, weights, modes)
    rigid = prefactor * temperature**exponent * exp(reaction.heat / (BOLTZMANN * temperature))
    above = partition_of_vibrations(gas, reaction.products, modes, temperature)
    return float(rigid * above / partition_of_vibrations(gas, reaction.reactants, modes, temperature))


def _equilibrium_law(
    gas: Mixture, reaction: Reaction, weights: float, modes: Array
) -> tuple[float, float]:  # fmt: skip
    """Prefactor and power of T of K(T) exp(-heat / kT), vibrations apart."""
    mass = dict(zip(gas.names, gas.masses, strict=True))
    gained = len(reaction.products) - len(reaction.reactants)
    logarithm = gained * log(2 * pi * BOLTZMANN / PLANCK**2)
    logarithm += sum(log(mass[name]) for name in reaction.products)
    logarithm -= sum(log(mass[name]) for name in reaction.reactants)
    spins = rotations(gas, reaction.products, modes) - rotations(gas, reaction.reactants, modes)
    return weights * exp(1.5 * logarithm), 1.5 * gained + spins


def backward(
    gas: Mixture, reaction: Reaction, weights: float = 1.0, internal: InternalEnergy | None = None
) -> Reaction:
    """The reverse of a reaction at the rate of detailed balance, k(T) / K(T).

    A law of Arrhenius too, but for vibrations, whose partition functions it is `through`.

    Arguments
    ---------
    weights, internal : as those of `equilibrium_constant` of `reaction`

    Raises
    ------
    ValueError : a probability, which has no law of the temperature, or weights that are not positive
    """
    if not isinstance(reaction.rate, Arrhenius):
        raise ValueError(f"{reaction}: a probability has no reverse by the temperature, give its own")
    if not 0 < weights < np.inf:
        raise ValueError(f"weights must be positive, got {weights}")
    modes = mode_table(internal, gas)
    prefactor, exponent = _equilibrium_law(gas, reaction, weights, modes)
    through = reaction.rate.through or reaction.reactants
    vibrate = vibrations(gas, reaction.reactants + reaction.products, modes)
    rate = Arrhenius(
        reaction.rate.prefactor / prefactor,
        reaction.rate.exponent - exponent,
        reaction.rate.activation + reaction.heat,
        through if vibrate and through != reaction.products else (),
    )
    return Reaction(reaction.products, reaction.reactants, rate, -reaction.heat)
