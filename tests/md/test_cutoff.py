"""Forms of the cut-off: values, continuity, and what the cut leaves out."""

import math

import numba
import numpy as np
import pytest

from knudsen.core.shapes import LENNARD_JONES, inverse_power_shape, mie_shape, user_shape
from knudsen.md.cutoff import FORMS, cut_form, form_numbers
from knudsen.md.pairs import PairTable
from knudsen.md.tails import tail_integrals

RC = 2.5


def lj(r):
    return 4 * (r**-12 - r**-6)


def lj_slope(r):
    return 4 * (-12 * r**-13 + 6 * r**-7)


def smooth(r, on=0.9 * RC):
    x = max(0.0, (r**2 - on**2) / (RC**2 - on**2))
    return (1 - x) ** 2 * (1 + 2 * x)


EXPECTED = {
    "cut": lj,
    "shifted": lambda r: lj(r) - lj(RC),
    "force-shifted": lambda r: lj(r) - lj(RC) - (r - RC) * lj_slope(RC),
    "switched": lambda r: lj(r) * smooth(r),
}


def at(form, r, shape=LENNARD_JONES):
    made, numbers = cut_form(shape, form), form_numbers(shape, form, RC)
    return made.energy(r * r, *numbers), r * made.force(r * r, *numbers)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("r", [0.9, 1.3, 2.2, 2.3, 2.45])
def test_energy_is_its_formula(form, r):
    assert at(form, r)[0] == pytest.approx(EXPECTED[form](r), rel=1e-12)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("shape", [LENNARD_JONES, mie_shape(14.0, 7.0)])
@pytest.mark.parametrize("r", [0.9, 1.3, 2.2, 2.3, 2.45])
def test_force_is_minus_the_slope_of_the_energy(form, shape, r):
    h = 1e-5
    slope = (at(form, r + h, shape)[0] - at(form, r - h, shape)[0]) / (2 * h)
    assert at(form, r, shape)[1] == pytest.approx(-slope, rel=1e-6, abs=1e-8)


def test_energy_and_force_end_as_the_form_says():
    ends = {form: at(form, RC) for form in FORMS}
    assert abs(ends["shifted"][0]) < 1e-15 < abs(ends["cut"][0])
    for form in ("force-shifted", "switched"):
        assert abs(ends[form][0]) < 1e-15 and abs(ends[form][1]) < 1e-15
    assert abs(ends["shifted"][1]) > 1e-2


def test_forms_keep_single_precision():
    r2, a, b = np.float32(1.5), np.float32(0.2), np.float32(0.1)
    for form in FORMS:
        made = cut_form(LENNARD_JONES, form)
        for function in made:
            function(r2, a, b)
            assert function.nopython_signatures[-1].return_type == numba.float32


def test_tail_of_lennard_jones_is_the_closed_form():
    energy, virial = tail_integrals(LENNARD_JONES, "cut", RC)
    assert energy == pytest.approx(4 * (RC**-9 / 9 - RC**-3 / 3), rel=1e-12)
    assert virial == pytest.approx(4 * (12 * RC**-9 / 9 - 6 * RC**-3 / 3), rel=1e-12)


def test_tail_of_a_mie_fluid_is_the_closed_form():
    n, m = 14.0, 7.0
    depth = n / (n - m) * (n / m) ** (m / (n - m))
    energy, _ = tail_integrals(mie_shape(n, m), "cut", RC)
    assert energy == pytest.approx(depth * (RC ** (3 - n) / (n - 3) - RC ** (3 - m) / (m - 3)), rel=1e-12)


def test_switched_tail_adds_what_the_switch_takes():
    r = np.linspace(0.9 * RC, RC, 200001)
    lost = np.trapezoid([(lj(x) - lj(x) * smooth(x)) * x**2 for x in r], r)
    cut, switched = (tail_integrals(LENNARD_JONES, form, RC)[0] for form in ("cut", "switched"))
    assert switched == pytest.approx(cut + lost, rel=1e-9)
    assert abs(lost) > 0.02 * abs(cut)


def test_pressure_tail_is_the_volume_derivative_of_the_energy_tail():
    """p = -dE/dV at constant N, where E = 2 pi N^2 I_E / V plus the cut's own pairs."""
    table = PairTable(1.0, 1.0, RC)
    number, volume = 100.0, 200.0
    tail = table.long_range(number, volume)
    # E_tail / N + cut part: moving the cut-off with the box adds the jump at rc.
    jump = 2 * math.pi / 3 * (number / volume) ** 2 * RC**3 * lj(RC)
    assert tail.pressure == pytest.approx(tail.energy * number / volume + jump, rel=1e-12)


def test_chemical_potential_tail_is_the_derivative_of_the_energy_tail_by_atoms():
    table = PairTable.lorentz_berthelot([1.0, 1.3], [1.0, 0.6], 3.5, k_ij=0.1)
    volume, counts = 500.0, np.array([60.0, 40.0])

    def total(counts):
        return counts.sum() * table.long_range(counts, volume).energy

    for species in range(2):
        one = np.eye(2)[species]
        slope = (total(counts + one) - total(counts - one)) / 2
        assert table.long_range(counts, volume).chemical_potential[species] == pytest.approx(slope, rel=1e-10)


def test_corrections_that_do_not_exist_are_refused():
    for form in ("shifted", "force-shifted"):
        with pytest.raises(ValueError, match="contact"):
            tail_integrals(LENNARD_JONES, form, RC)
    with pytest.raises(ValueError, match="slowly"):
        tail_integrals(inverse_power_shape(3.0), "cut", RC)


def test_unknown_forms_are_refused_by_name():
    with pytest.raises(ValueError, match="truncated"):
        cut_form(LENNARD_JONES, "truncated")
    with pytest.raises(ValueError, match="truncated"):
        PairTable(1.0, 1.0, RC, form="truncated")
    with pytest.raises(ValueError, match="switch"):
        form_numbers(LENNARD_JONES, "switched", RC, 1.0)


def test_a_users_potential_is_cut_as_any_other():
    shape = user_shape(lambda r: math.exp(-r) / r)
    energy, force = at("force-shifted", RC - 1e-9, shape)
    assert abs(energy) < 1e-9 and abs(force) < 1e-9
