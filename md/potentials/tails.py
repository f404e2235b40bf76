"""Long-range corrections: what a cut leaves out of a homogeneous fluid.

Beyond the cut-off g(r) = 1 is taken.  Films, walls and interfaces, where the density varies over the range of
the potential, have no such correction: take a longer cut-off there.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.integrate import quad

from knudsen.core.shapes import DeviceFunction, Shape
from knudsen.md.potentials.cutoff import SWITCH_ON, cut_form, form_numbers

if TYPE_CHECKING:
    from knudsen.md.potentials.pairs import PairTable

FAR = 100.0
TOLERANCE = 1e-12


class LongRange(NamedTuple):
    """Long-range corrections: energy per atom, pressure, chemical potential and enthalpy [species].

    `enthalpy` is what an atom of each species carries in the heat flux (`long_range`).
    """

    energy: float
    pressure: float
    chemical_potential: np.ndarray[Any, Any]
    enthalpy: np.ndarray[Any, Any]


def long_range(table: "PairTable", counts: Any, volume: float) -> LongRange:
    """What the cuts of a table leave out, for so many atoms of each species [species] in a volume::

        E / N = 2 pi rho sum x_a x_b I_E,ab
        p     = (2 pi / 3) rho^2 sum x_a x_b I_W,ab
        mu_a  = 4 pi rho sum x_b I_E,ab
        h_a   = 2 pi rho sum x_b (I_E,ab + I_W,ab / 3)

    with the integrals of `tail_integrals`.  A pair that is WCA lacks nothing.

    h_a corrects the heat flux J V = sum_i (e_i + W_i) v_i.  What lies beyond the cut-off of an atom of
    species a is isotropic: it adds 2 pi rho sum x_b I_E,ab to e_i and (2 pi / 3) rho sum x_b I_W,ab times
    the unit tensor to W_i, and so::

        J V += sum_a h_a sum_(i in a) v_i,    J += sum_a (h_a / m_a) j_a

    with the diffusive mass fluxes j_a.  In one component, whose barycentric velocity is zero, it vanishes.
    In a mixture it goes with the diffusive fluxes only: the conductivity at no diffusive flux is left as it
    is, while the cross coefficient L_1q changes, as the partial enthalpies do that are subtracted from it;
    take both with the correction, or both without.  sum x_a h_a = E / N + p / rho, the enthalpy left out of
    an atom; h_a is not the partial molar enthalpy.

    Raises
    ------
    ValueError : counts that do not fit; what `tail_integrals` raises.

    Source: M. P. Allen and D. J. Tildesley, Computer Simulation of Liquids (2017), eqs 2.142-2.144.
    """
    counts = np.atleast_1d(np.array(counts, float))
    if counts.shape != (table.species,) or not (counts >= 0).all() or counts.sum() <= 0 or not volume > 0:
        raise ValueError(
            f"one number of atoms for each of {table.species} species and a positive volume are needed, "
            f"got {counts.tolist()} and {volume}"
        )
    energy, virial = np.zeros_like(table.sigma), np.zeros_like(table.sigma)
    for pair in zip(*np.nonzero(table.epsilon), strict=True):
        if table.whole(*pair):
            continue
        sigma = table.sigma[pair]
        tails = tail_integrals(
            table.shape_of(*pair), table.form_of(*pair), table.cutoff[pair] / sigma, table.switch_on
        )
        energy[pair], virial[pair] = (table.epsilon[pair] * sigma**3 * tail for tail in tails)
    rho, x = counts.sum() / volume, counts / counts.sum()
    return LongRange(
        energy=float(2 * math.pi * rho * (x @ energy @ x)),
        pressure=float(2 * math.pi / 3 * rho**2 * (x @ virial @ x)),
        chemical_potential=4 * math.pi * rho * (energy @ x),
        enthalpy=2 * math.pi * rho * ((energy + virial / 3) @ x),
    )


def tail_integrals(
    shape: Shape, form: str, cutoff: float, switch_on: float = SWITCH_ON
) -> tuple[float, float]:
    """What a cut leaves out of the full potential where g(r) = 1, in units of sigma and epsilon::

        I_E = int (V - V_cut) r^2 dr,    I_W = int r (F - F_cut) r^2 dr

    Arguments
    ---------
    cutoff : rc / sigma;  switch_on : ron / rc

    Returns
    -------
    I_E, I_W [epsilon sigma^3]

    Raises
    ------
    ValueError : a shifted form, whose difference reaches into the core where g(r) is not 1; a potential that
        falls off no faster than r^-3.5.

    Source: M. P. Allen and D. J. Tildesley, Computer Simulation of Liquids (2017), eqs 2.142-2.143.
    """
    if form not in ("cut", "switched"):
        raise ValueError(
            f"a {form} potential differs from the full one at contact too, where g(r) is not 1, so that no "
            "integral corrects it: measure the whole potential over the run (full_fluid), which "
            "PairTable.full() then corrects"
        )
    if not _falls_off(shape, cutoff):
        raise ValueError(
            "the potential falls off too slowly (near r^-3): its long-range part has no integral"
        )
    energy = _to_infinity(lambda r: float(shape.energy(r * r)) * r**2, cutoff)
    virial = _to_infinity(lambda r: float(shape.force(r * r)) * r**4, cutoff)
    if form == "switched":
        numbers = form_numbers(shape, form, cutoff, switch_on)
        switched = cut_form(shape, form)

        def lost(full: DeviceFunction, kept: DeviceFunction, power: int) -> float:
            def integrand(r: float) -> float:
                return float(full(r * r) - kept(r * r, *numbers)) * r**power

            return float(quad(integrand, switch_on * cutoff, cutoff, epsrel=TOLERANCE)[0])

        energy += lost(shape.energy, switched.energy, 2)
        virial += lost(shape.force, switched.force, 4)
    return energy, virial


def _falls_off(shape: Shape, cutoff: float) -> bool:
    """Whether V falls off faster than r^-3.5 far beyond the cut-off, which may be at a zero of V."""
    far, farther = (abs(float(shape.energy(r * r))) * r**3 for r in (FAR * cutoff, FAR**2 * cutoff))
    return farther <= far / math.sqrt(FAR)


def _to_infinity(integrand: Any, cutoff: float) -> float:
    """Integral from the cut-off on, by u = 1 / r."""
    # Repulsion and attraction may cancel in the integral, never at the same cut-off in the integrand.
    size = TOLERANCE * abs(integrand(cutoff)) * cutoff
    value, _ = quad(lambda u: integrand(1 / u) / u**2, 0.0, 1 / cutoff, epsrel=TOLERANCE, epsabs=size)
    return float(value)
