"""The checks of arguments: what passes unchanged, and what is named with its remedy."""

import numpy as np
import pytest

from knudsen.analysis.checks import (
    accommodation,
    finite,
    mole_fractions,
    not_negative,
    pair,
    per_species,
    positive,
    positive_number,
    species_number,
    whole_number,
    within,
)


def test_good_values_come_back():
    assert finite([[1.0, -2.0]], "slope", "1/m").tolist() == [[1.0, -2.0]]
    assert per_species([[0.0, 1.0]], 2, "velocity", "m/s").shape == (1, 2)
    assert whole_number(np.int64(100), "order", 1, 100) == 100
    assert [species_number(i, 3) for i in (0, 2, -1, np.int64(-3))] == [0, 2, 2, 0]
    assert mole_fractions([[0.25, 0.75], [1, 0]], "ab").shape == (2, 2)
    positive([1e-300, 1e300], "mass", "kg")
    positive_number(3, "mass", "kg")


@pytest.mark.parametrize("value", [0.0, -1.0, np.nan, np.inf, [1.0, 0.0]])
def test_what_is_not_positive_is_refused(value):
    for check in (positive, positive_number):
        with pytest.raises(ValueError, match=r"mass must be positive and finite.*in kg"):
            check(value, "mass", "kg")


@pytest.mark.parametrize("value", [np.nan, np.inf, [0.0, -np.inf]])
def test_what_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match=r"slope must be finite.*in 1/m"):
        finite(value, "slope", "1/m")
    with pytest.raises(ValueError, match="slope must be finite"):
        per_species(value, 2, "slope", "1/m")


@pytest.mark.parametrize("values", [1.0, [1.0], [[1.0, 2.0, 3.0]]])
def test_one_value_a_species_is_asked_for(values):
    with pytest.raises(ValueError, match="one value for each of 2 species"):
        per_species(values, 2, "slope", "1/m")
    with pytest.raises(ValueError, match="one for each of"):
        mole_fractions(values, ["He", "Ar"])


@pytest.mark.parametrize("value", [0, 5, 2.0, np.nan, np.inf, "2", None, [2]])
def test_what_is_no_whole_number_within_the_limits_is_refused(value):
    with pytest.raises(ValueError, match="order must be a whole number from 1 to 4"):
        whole_number(value, "order", 1, 4)


@pytest.mark.parametrize("value", [2, -3, 0.0, "He", None, True, np.nan])
def test_numbers_that_no_species_has_are_refused(value):
    with pytest.raises(ValueError, match=r"no species number .*: there are 2"):
        species_number(value, 2)


@pytest.mark.parametrize("value", [-1e-300, np.nan, np.inf, [1.0, -1.0]])
def test_what_is_negative_is_refused(value):
    with pytest.raises(ValueError, match="concentration must be finite and not negative"):
        not_negative(value, "concentration", "mol/m^3")


@pytest.mark.parametrize("value", [-1e-9, 1.1, np.nan, [0.5, 2.0]])
def test_what_lies_outside_its_limits_is_refused(value):
    assert within([0.0, 1.0], 0, 1, "share", "parts of one").tolist() == [0.0, 1.0]
    with pytest.raises(ValueError, match=r"share must lie in \[0, 1\].*parts of one"):
        within(value, 0, 1, "share", "parts of one")


@pytest.mark.parametrize("value", [0.0, 1.1, -0.5, np.nan, [1.0, 0.0]])
def test_accommodations_that_no_wall_has_are_refused(value):
    assert accommodation([1.0, 0.2]).tolist() == [1.0, 0.2]
    with pytest.raises(ValueError, match=r"accommodation must lie in \(0, 1\]"):
        accommodation(value)


@pytest.mark.parametrize("values", [(), (1.0,), (1.0, 2.0, 3.0), None, 1.0])
def test_what_is_no_pair_is_refused(values):
    assert pair((0.8, None), "ends") == (0.8, None)
    with pytest.raises(ValueError, match="ends must be two values"):
        pair(values, "ends")


@pytest.mark.parametrize("value", ["hot", None, [[1.0, 2.0], 3.0]])
def test_what_is_no_number_is_refused_by_name(value):
    for check in (positive, finite, not_negative):
        with pytest.raises(ValueError, match="temperature must be"):
            check(value, "temperature", "K")
