"""Forms of the cut-off: values, slopes, continuity."""

import math

import numba
import numpy as np
import pytest

from knudsen.core.shapes import LENNARD_JONES, inverse_power_shape, mie_shape, user_shape
from knudsen.md.potentials.cutoff import FORMS, Cut, cut_form, form_numbers, minimum, picked_form

RC = 2.5
PLACES = [0.85, 0.9, 1.0, 1.12, 1.3, 1.8, 2.2, 2.24, 2.26, 2.3, 2.4, 2.45]


def lj(r):
    return 4 * (r**-12 - r**-6)


def lj_slope(r):
    return 4 * (-12 * r**-13 + 6 * r**-7)


def smooth(r, on=0.9 * RC):
    x = max(0.0, (r**2 - on**2) / (RC**2 - on**2))
    return 1 - 10 * x**3 + 15 * x**4 - 6 * x**5


EXPECTED = {
    "cut": lj,
    "shifted": lambda r: lj(r) - lj(RC),
    "force-shifted": lambda r: lj(r) - lj(RC) - (r - RC) * lj_slope(RC),
    "switched": lambda r: lj(r) * smooth(r),
}
YUKAWA = user_shape(lambda r: math.exp(-r) / r, lambda r: math.exp(-r) * (1 + 1 / r) / r)
SHAPES = {
    "lj": LENNARD_JONES,
    "mie 14-7": mie_shape(14.0, 7.0),
    "mie 10.5-5.3": mie_shape(10.5, 5.3),
    "r^-9": inverse_power_shape(9.0),
    "yukawa": YUKAWA,
    "differenced": user_shape(lambda r: math.exp(-r) / r),
}


def at(form, r, shape=LENNARD_JONES):
    made, numbers = cut_form(shape, form), form_numbers(shape, form, RC)
    return made.energy(r * r, *numbers), r * made.force(r * r, *numbers)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("r", PLACES)
def test_energy_is_its_formula(form, r):
    assert at(form, r)[0] == pytest.approx(EXPECTED[form](r), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", SHAPES)
def test_force_is_minus_the_slope_of_the_energy(form, name):
    """Six-point differences, whose truncation is below 1e-9 and whose rounding is near 1e-11."""
    for r in PLACES:
        h = 1e-3 * r
        if form == "switched" and abs(r - 0.9 * RC) < 3 * h:
            continue  # the third derivative jumps where the switch begins
        energy = {k: at(form, r + k * h, SHAPES[name])[0] for k in (-3, -2, -1, 1, 2, 3)}
        slope = 45 * (energy[1] - energy[-1]) - 9 * (energy[2] - energy[-2]) + energy[3] - energy[-3]
        force = at(form, r, SHAPES[name])[1]
        assert force == pytest.approx(-slope / (60 * h), rel=1e-9, abs=1e-10)


@pytest.mark.parametrize(
    ("form", "order"), [("cut", 0), ("shifted", 1), ("force-shifted", 2), ("switched", 3)]
)
def test_energy_and_force_end_with_the_order_of_the_form(form, order):
    """V ~ (rc - r)^order at the cut-off, F one order less: what jumps there is the derivative `order`."""
    ends = np.array([at(form, RC - h) for h in (1e-3, 5e-4)])
    energy, force = np.log2(np.abs(ends[0] / ends[1]))
    assert energy == pytest.approx(order, abs=0.01)
    assert force == pytest.approx(max(order - 1, 0), abs=0.01)


def test_a_switch_begins_without_a_jump_of_energy_or_force():
    before, behind = (np.array(at("switched", 0.9 * RC + h)) for h in (-1e-9, 1e-9))
    assert np.abs(before - behind).max() < 1e-8
    assert before == pytest.approx(at("cut", 0.9 * RC), abs=1e-8)


def test_forms_keep_single_precision():
    r2, a, b = np.float32(1.5), np.float32(0.2), np.float32(0.1)
    laws = [cut_form(LENNARD_JONES, form) for form in FORMS]
    laws.append(picked_form(tuple(Cut(LENNARD_JONES, form, 0.3, 0.2) for form in FORMS)))
    for made in laws:
        for function in made:
            function(r2, a, b)
            assert function.nopython_signatures[-1].return_type == numba.float32


def test_a_picked_law_is_that_of_each_cut():
    cuts = tuple(
        Cut(SHAPES[name], form, *form_numbers(SHAPES[name], form, RC))
        for name, form in zip(("lj", "mie 14-7", "yukawa", "lj"), FORMS[::-1], strict=True)
    )
    law = picked_form(cuts)
    for number, cut in enumerate(cuts):
        own = cut_form(cut.shape, cut.form)
        for r in PLACES:
            picked = [function(r * r, float(number), 0.0) for function in law]
            expected = [function(r * r, cut.a, cut.b) for function in own]
            assert picked == pytest.approx(expected, rel=1e-13, abs=1e-15)


def test_the_minimum_is_where_the_force_turns():
    assert minimum(LENNARD_JONES) == pytest.approx(2 ** (1 / 6), rel=1e-15)
    assert minimum(SHAPES["mie 14-7"]) == pytest.approx(2 ** (1 / 7), rel=1e-15)
    assert minimum(SHAPES["mie 10.5-5.3"]) == pytest.approx((10.5 / 5.3) ** (1 / 5.2), rel=1e-14)
    with pytest.raises(ValueError, match="no minimum"):
        minimum(YUKAWA)


def test_unknown_forms_are_refused_by_name():
    with pytest.raises(ValueError, match="truncated"):
        cut_form(LENNARD_JONES, "truncated")
    with pytest.raises(ValueError, match="switch"):
        form_numbers(LENNARD_JONES, "switched", RC, 1.0)
