"""Potentials of finite range: how a shape is cut, and what the cut leaves out.

A form is a pair of `@device` functions of r*^2 and two numbers a, b of the cut::

    energy(r2, a, b) = V / epsilon,    force(r2, a, b) = -(dV/dr) / r in units of epsilon / sigma^2

They hold inside the cut-off; the pair loop drops what lies beyond.
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

from scipy.integrate import quad

from knudsen.core.kernels import device
from knudsen.core.shapes import DeviceFunction, Shape

FORMS = ("cut", "shifted", "force-shifted", "switched")
FORMS_KEPT = 64
SWITCH_ON = 0.9
FAR = 1e3
TOLERANCE = 1e-12


class CutForm(NamedTuple):
    """Energy and force of a cut shape, functions of (r2, a, b)."""

    energy: DeviceFunction
    force: DeviceFunction


@lru_cache(maxsize=FORMS_KEPT)
def cut_form(shape: Shape, form: str) -> CutForm:
    """Energy and force of a shape in one of the forms, with F = -dV/dr and the cut-off rc::

        cut             V(r)
        shifted         V(r) - V(rc)
        force-shifted   V(r) - V(rc) + (r - rc) F(rc)
        switched        V(r) (1 - x)^2 (1 + 2 x),  x = (r^2 - ron^2)/(rc^2 - ron^2) from ron on

    Raises
    ------
    ValueError : a form that is none of these.

    Sources: S. Toxvaerd and J. C. Dyre, J. Chem. Phys. 134 (2011) 081102, eq. 3 (force-shifted);
    B. R. Brooks et al., J. Comput. Chem. 4 (1983) 187, eq. 13 (switched).
    """
    builders = {"cut": _cut, "shifted": _shifted, "force-shifted": _force_shifted, "switched": _switched}
    if form not in builders:
        raise ValueError(f"the form of a cut-off is one of {', '.join(FORMS)}, got {form!r}")
    return builders[form](shape)


def form_numbers(shape: Shape, form: str, cutoff: float, switch_on: float = SWITCH_ON) -> tuple[float, float]:
    """The numbers (a, b) of a cut at the reduced distance `cutoff`, rc / sigma.

    switch_on : ron / rc, within (0, 1)
    """
    if not 0 < switch_on < 1:
        raise ValueError(f"a switch begins at a part of the cut-off within (0, 1), got {switch_on}")
    energy = float(shape.energy(cutoff**2))
    force = cutoff * float(shape.force(cutoff**2))
    on2 = (switch_on * cutoff) ** 2
    return {
        "cut": (0.0, 0.0),
        "shifted": (energy, 0.0),
        "force-shifted": (energy + cutoff * force, force),
        "switched": (on2, 1 / (cutoff**2 - on2)),
    }[form]


def _cut(shape: Shape) -> CutForm:
    whole, slope = shape

    @device
    def cut_energy(r2: Any, a: Any, b: Any) -> Any:
        return whole(r2)

    @device
    def cut_force(r2: Any, a: Any, b: Any) -> Any:
        return slope(r2)

    return CutForm(cut_energy, cut_force)


def _shifted(shape: Shape) -> CutForm:
    whole, slope = shape

    @device
    def shifted_energy(r2: Any, a: Any, b: Any) -> Any:
        return whole(r2) - a

    @device
    def shifted_force(r2: Any, a: Any, b: Any) -> Any:
        return slope(r2)

    return CutForm(shifted_energy, shifted_force)


def _force_shifted(shape: Shape) -> CutForm:
    whole, slope = shape

    @device
    def force_shifted_energy(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        return whole(r2) - a + b * real(math.sqrt(r2))

    @device
    def force_shifted_force(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        return slope(r2) - b / real(math.sqrt(r2))

    return CutForm(force_shifted_energy, force_shifted_force)


def _switched(shape: Shape) -> CutForm:
    whole, slope = shape

    @device
    def switched_energy(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        x = max(real(0), (r2 - a) * b)
        left = real(1) - x
        return whole(r2) * left * left * (real(1) + real(2) * x)

    @device
    def switched_force(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        x = max(real(0), (r2 - a) * b)
        left = real(1) - x
        switch = left * left * (real(1) + real(2) * x)
        return slope(r2) * switch + whole(r2) * real(12) * x * left * b

    return CutForm(switched_energy, switched_force)


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
        falls off no faster than r^-3.

    Source: M. P. Allen and D. J. Tildesley, Computer Simulation of Liquids (2017), eqs 2.142-2.143.
    """
    if form not in ("cut", "switched"):
        raise ValueError(
            f"a {form} potential differs from the full one at contact too, where g(r) is not 1: "
            "long-range corrections need the form cut or switched"
        )
    near, far = (abs(float(shape.energy(r * r))) * r**3 for r in (cutoff, FAR * cutoff))
    if far > near / math.sqrt(FAR):
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


def _to_infinity(integrand: Any, cutoff: float) -> float:
    """Integral from the cut-off on, by u = 1 / r."""
    value, _ = quad(lambda u: integrand(1 / u) / u**2, 0.0, 1 / cutoff, epsrel=TOLERANCE, epsabs=0.0)
    return float(value)
