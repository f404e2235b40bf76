"""What a finite number of atoms shifts means by, to the first order in 1 / N.

The source is the fluid without end; a periodic box whose N fluctuates has its means (Lebowitz and Percus).
A run fixes N, and perhaps the energy, or lets the volume go: the mean of a curve over a fluctuation x of
variance v is the curve at the mean + v/2 of its second derivative, from which all below follows.  What images
see of each other is left out: it falls off exponentially with the box.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

Law = Callable[[float, float], float]
STEP = 1e-3  # of the differences, in parts of temperature and density


class Tail(NamedTuple):
    """A correction with g(r) = 1: of the energy of an atom over rho, of the pressure over rho^2."""

    energy: float = 0.0
    pressure: float = 0.0


NONE = Tail()


class Shift(NamedTuple):
    """What is to be added to the energy of an atom, the pressure and the density of the fluid without end."""

    energy: float
    pressure: float
    density: float = 0.0


@dataclass(frozen=True)
class FewAtoms:
    """A system of few atoms.

    atoms : N
    unfelt : what the cut takes from the forces: density fluctuates as in the fluid without it
    uncounted : what is added with g(r) = 1 to the energy and the pressure, and so has no shift
    at_energy : copies at constant energy, whose mean is compared; 0 under a thermostat
    """

    atoms: float
    unfelt: Tail = NONE
    uncounted: Tail = NONE
    at_energy: int = 0


def fixed_volume(energy: Law, pressure: Law, temperature: float, density: float, system: FewAtoms) -> Shift:
    """Shift of N atoms in a fixed volume, at a temperature or at a fixed energy::

        u_N - u = -(rho S / 2N) d2(rho u)/drho2,    p_N - p = -(rho^2 S / 2N) d2p/drho2,    S = T / (dp/drho)

    since a free N fluctuates with the variance N S, and <A> = A_N + (N S / 2) d2A_N/dN2 has no shift.  u and
    p are without what is `uncounted`, p in S without what is `unfelt`, for a mean field of N atoms in a
    volume does not fluctuate.  p counts N T / V, the share of a resting centre of mass among it.

    A fixed energy, whose canonical variance is N T^2 c_v, adds at T = 2 K / (3N - 3), c_v = 3/2 + du/dT::

        -(T^2 / 2 N c_v) d2u/dT2,    -(T^2 / 2 N c_v) d2p/dT2

    R copies whose energies a thermostat left canonical have the variance among them again, but for 1/R of
    it: so much of it remains.

    Arguments
    ---------
    energy, pressure : u(T, rho) of an atom, without the kinetic energy, and p(T, rho)
    temperature, density : T, rho

    Source: J. L. Lebowitz and J. K. Percus, Phys. Rev. 124 (1961) 1673; J. L. Lebowitz, J. K. Percus and
    L. Verlet, Phys. Rev. 153 (1967) 250.
    """
    T, rho, (unfelt, uncounted) = temperature, density, (system.unfelt, system.uncounted)
    scale = rho**2 / stiffness(pressure, T, rho, unfelt) * T / (2 * system.atoms)
    bent = _second(lambda x: x * (energy(T, x) - uncounted.energy * x), rho)
    found = [
        -scale / rho * bent,
        -scale * _second(lambda x: pressure(T, x) - uncounted.pressure * x**2, rho),
    ]
    if system.at_energy:
        capacity = 1.5 + _first(lambda x: energy(x, rho), T)
        part = T**2 / (2 * system.atoms * capacity * system.at_energy)
        found = [
            value - part * _second(lambda x, law=law: law(x, rho), T)  # type: ignore[misc]
            for value, law in zip(found, (energy, pressure), strict=True)
        ]
    return Shift(*found)


def fixed_pressure(energy: Law, pressure: Law, temperature: float, density: float, system: FewAtoms) -> Shift:
    """Shift of N atoms at a pressure, which fluctuate in V by N S / rho^2 with weight dV exp(-P V / T)::

        <rho> - rho = -(p_N - p + (rho^2 S / 2N) d2p/drho2) / (dp/drho)
        <u>   - u   = u_N - u + (<rho> - rho) du/drho + (rho^2 S / 2N) d2u/drho2

    where rho has the pressure P in the fluid without end; p_N, u_N are those of `fixed_volume`.  For the
    mean pressure is P exactly.  Without a mean field <N / V> is rho, and u shifts by -(rho S / N) du/drho.

    Arguments, source: as `fixed_volume`; the mean field moves the box, so that S is the whole fluid's.
    """
    T, rho, fixed = temperature, density, fixed_volume(energy, pressure, temperature, density, system)
    stiff = stiffness(pressure, T, rho)
    half = rho**2 * T / stiff / (2 * system.atoms)
    denser = -(fixed.pressure + half * _second(lambda x: pressure(T, x), rho)) / stiff
    slope = _first(lambda x: energy(T, x), rho)
    bent = _second(lambda x: energy(T, x), rho)
    return Shift(fixed.energy + denser * slope + half * bent, 0.0, denser)


def stiffness(pressure: Law, temperature: float, density: float, unfelt: Tail = NONE) -> float:
    """dp/drho at constant temperature, of the fluid without a mean field."""
    return _first(lambda x: pressure(temperature, x) - unfelt.pressure * x**2, density)


def _first(curve: Callable[[float], float], at: float) -> float:
    h = STEP * at
    return (curve(at + h) - curve(at - h)) / (2 * h)


def _second(curve: Callable[[float], float], at: float) -> float:
    h = STEP * at
    return (curve(at + h) - 2 * curve(at) + curve(at - h)) / h**2
