"""Potentials of finite range: how a shape is cut.

A form is a pair of `@device` functions of r*^2 and two numbers a, b of the cut::

    energy(r2, a, b) = V / epsilon,    force(r2, a, b) = -(dV/dr) / r in units of epsilon / sigma^2

They hold inside the cut-off; the pair loop drops what lies beyond.  Where pairs of species differ in shape or
form, one law serves them all: its number a says which cut is meant (`picked_form`).
"""

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq

from knudsen.core.kernels import device
from knudsen.core.shapes import DeviceFunction, Shape

FORMS = ("cut", "shifted", "force-shifted", "switched")
FORMS_KEPT = 64
SWITCH_ON = 0.9
# Where the minimum of a potential is looked for [sigma].
NEAREST, FARTHEST = 0.1, 10.0


class CutForm(NamedTuple):
    """Energy and force of a cut shape, functions of (r2, a, b)."""

    energy: DeviceFunction
    force: DeviceFunction


class Cut(NamedTuple):
    """A shape, the form it is cut in, and the numbers of the cut."""

    shape: Shape
    form: str
    a: float
    b: float


@lru_cache(maxsize=FORMS_KEPT)
def cut_form(shape: Shape, form: str) -> CutForm:
    """Energy and force of a shape in one of the forms, with F = -dV/dr and the cut-off rc::

        cut             V(r)
        shifted         V(r) - V(rc)
        force-shifted   V(r) - V(rc) + (r - rc) F(rc)
        switched        V(r) (1 - x^3 (10 - 15 x + 6 x^2)),  x = (r^2 - ron^2)/(rc^2 - ron^2) from ron on

    The switch leaves no jump in the slope of the force.  With the cubic one of Brooks et al.,
    (1 - x)^2 (1 + 2 x), the energy of a liquid (rho 0.8442, T 0.722, rc 2.5) drifts by 6e-6 an atom in 1e5
    steps of 0.002.

    Raises
    ------
    ValueError : a form that is none of these.

    Sources: S. Toxvaerd and J. C. Dyre, J. Chem. Phys. 134 (2011) 081102, eq. 3 (force-shifted);
    B. R. Brooks et al., J. Comput. Chem. 4 (1983) 187, eq. 13 (cubic switch).
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


@lru_cache(maxsize=FORMS_KEPT)
def picked_form(cuts: tuple[Cut, ...]) -> CutForm:
    """One law for several cuts: a is the number of the cut meant, whose own (a, b) are compiled in."""
    law = _fixed_form(cuts[-1])
    for number in reversed(range(len(cuts) - 1)):
        law = CutForm(*(_either(number, *both) for both in zip(_fixed_form(cuts[number]), law, strict=True)))
    return law


def minimum(shape: Shape) -> float:
    """Distance [sigma] of a potential's first minimum, from where on it attracts; LJ's is 2^(1/6).

    Raises
    ------
    ValueError : a potential with no minimum between 0.1 and 10 sigma.
    """

    def pull(r: float) -> float:
        return float(shape.force(r * r))

    places = np.geomspace(NEAREST, FARTHEST, 500)
    repels = np.array([pull(r) > 0 for r in places])
    turns = np.flatnonzero(repels[:-1] & ~repels[1:])
    if not len(turns):
        raise ValueError(
            f"the potential has no minimum between {NEAREST:g} and {FARTHEST:g} sigma to be cut at: "
            "cut a repulsive potential as 'shifted' where it has become small"
        )
    return float(brentq(pull, places[turns[0]], places[turns[0] + 1], xtol=1e-15))


def _fixed_form(cut: Cut) -> CutForm:
    law = cut_form(cut.shape, cut.form)
    return CutForm(*(_with_numbers(function, cut.a, cut.b) for function in law))


def _with_numbers(function: DeviceFunction, own_a: float, own_b: float) -> DeviceFunction:
    @device
    def fixed(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        return function(r2, real(own_a), real(own_b))

    return fixed


def _either(number: int, this: DeviceFunction, others: DeviceFunction) -> DeviceFunction:
    @device
    def either(r2: Any, a: Any, b: Any) -> Any:
        return this(r2, a, b) if a <= number else others(r2, a, b)

    return either


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
        # A reciprocal that the shape needs as well costs no second division.
        return slope(r2) - b * (real(math.sqrt(r2)) * (real(1) / r2))

    return CutForm(force_shifted_energy, force_shifted_force)


def _switched(shape: Shape) -> CutForm:
    whole, slope = shape

    @device
    def switched_energy(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        x = max(real(0), (r2 - a) * b)
        return whole(r2) * (real(1) - x * x * x * (real(10) - x * (real(15) - real(6) * x)))

    @device
    def switched_force(r2: Any, a: Any, b: Any) -> Any:
        real = type(r2)
        x = max(real(0), (r2 - a) * b)
        left = real(1) - x
        switch = real(1) - x * x * x * (real(10) - x * (real(15) - real(6) * x))
        return slope(r2) * switch + whole(r2) * real(60) * x * x * left * left * b

    return CutForm(switched_energy, switched_force)
