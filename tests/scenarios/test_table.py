import io

import pytest
from rich.console import Console

from knudsen.core.results import Estimate
from knudsen.scenarios.table import LEGEND, deviation, measured, print_table, theory

NAN = float("nan")


@pytest.mark.parametrize(
    ("value", "stderr", "text"),
    [
        (31.2345, 0.21, "31.23 ± 0.21"),
        (7.4123e-5, 2.1e-7, "(7.412 ± 0.021)e-5"),
        (0.01234, 0.000996, "0.0123 ± 0.0010"),
        (-12345.6, 120.0, "-12350 ± 120"),
        (-1234567.0, 1200.0, "(-1.2346 ± 0.0012)e6"),
        (0.0, 0.0, "0 ± 0"),
        (-0.0001, 0.2, "0.00 ± 0.20"),
        (1e-9, 1e-6, "(0.0 ± 1.0)e-6"),
        (0.05, 0.0, "0.05 ± 0"),
        (1.0, NAN, "1 ± ?"),
        (NAN, 1.0, "not measured"),
        (9.996, 0.0996, "10.00 ± 0.10"),
    ],
)
def test_errors_have_two_figures_and_values_end_where_they_do(value, stderr, text):
    assert measured(value, stderr) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate("a", 7.4123e-5, 2.1e-7, "1", 7.401e-5), "7.401e-5"),
        (Estimate("a", 1.0, 0.1, "1", 2.0, theory_kind="approximate"), "≈2.00"),
        (Estimate("a", 1.0, 0.1, "1", -0.0), "0"),
        (Estimate("a", 1.0, 0.0, "1", 1.25), "1.25"),
        (Estimate("a", 1.0, 0.1, "1"), ""),
    ],
)
def test_theory_is_written_in_the_digits_of_the_measurement(estimate, text):
    assert theory(estimate) == text


@pytest.mark.parametrize(
    ("value", "theory", "kind", "text"),
    [
        (1.0, 1.23, "exact", "-2.3 σ"),
        (1.0, 1.001, "numerical", "0.0 σ"),
        (1.0, None, "exact", ""),
        (1.0, 1.25, "approximate", "(-20.0 %)"),
        (-1.0, -1.25, "asymptotic", "(-20.0 %)"),
        (1.0, 1.0001, "approximate", "(0.0 %)"),
        (1.0, 0.0, "approximate", ""),
        (NAN, 1.0, "approximate", ""),
    ],
)
def test_deviation_is_in_sigmas_and_from_rough_theory_in_percent(value, theory, kind, text):
    assert deviation(Estimate("a", value, 0.1, "1", theory, theory_kind=kind)) == text


def printed(width):
    estimates = [
        Estimate(
            "composition_jump_right",
            7.4e-5,
            2e-7,
            "mol m-2 s-1",
            7.4e-5,
            theory_source="[a] long source " * 3,
        ),
        Estimate("knudsen", 0.05, 0.0, "1"),
    ]
    return lines_of(estimates, width)


def lines_of(estimates, width):
    file = io.StringIO()
    print_table(estimates, Console(file=file, width=width), "a title")
    return file.getvalue().splitlines()


def test_sources_stand_in_the_row_where_they_fit():
    lines = printed(200)
    assert any("composition_jump_right" in line and "[a] long source" in line for line in lines)


def test_sources_are_notes_at_80_columns():
    lines = printed(80)
    (row,) = [line for line in lines if "composition_jump_right" in line]
    assert row.rstrip().endswith("[1]")
    assert "(7.400 ± 0.020)e-5 mol m-2 s-1 7.400e-5" in row
    assert lines[-1].startswith("[1] [a] long source")
    assert all(len(line) <= 80 for line in lines[:-1])


@pytest.mark.parametrize("width", [40, 79, 80, 81, 200])
def test_no_heading_and_no_number_is_cut_at_any_width(width):
    source = "a source too long for the row"
    lines = lines_of(
        [Estimate("temperature_deviation_max", -1263.4, 7.0, "mol m-2 s-1", -1309.2, theory_source=source)],
        width,
    )
    assert not any("…" in line for line in lines)
    assert "measured ± stderr" in lines[1]
    assert "deviation" in lines[1]
    (row,) = [line for line in lines if "temperature_deviation_max" in line]
    assert "-1263.4 ± 7.0 mol m-2 s-1" in " ".join(row.split())


def test_a_note_says_what_approximate_theory_is_where_there_is_any():
    rough = Estimate("a", 1.0, 0.1, "1", 1.25, theory_kind="approximate")
    assert lines_of([rough], 200)[-1] == LEGEND
    assert LEGEND not in lines_of([Estimate("a", 1.0, 0.1, "1", 1.25)], 200)
