import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from knudsen.scenarios.quantities import (
    Length,
    MolarMass,
    NumberDensity,
    Pressure,
    Temperature,
    Time,
    Velocity,
)


def read(kind, value):
    return TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Length, "2 um", 2e-6),
        (Length, "2µm", 2e-6),
        (Length, "1e-1 nm", 1e-10),
        (Length, 3, 3.0),
        (Temperature, "300 K", 300.0),
        (Temperature, "27 degC", 300.15),
        (Pressure, "1 atm", 101325.0),
        (Pressure, "2 N/m^2", 2.0),
        (Pressure, "1 kg m^-1 s^-2", 1.0),
        (Time, "10 ps", 1e-11),
        (MolarMass, "40 g/mol", 0.04),
        (NumberDensity, "2.5e19 cm^-3", 2.5e25),
        (Velocity, "-3 km/s", -3000.0),
    ],
)
def test_numbers_and_strings_become_si(kind, text, value):
    assert read(kind, text) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        (Length, "5 K", r"\[temperature\], where \[length\] is needed: write it like '2 um'"),
        (Pressure, "5", "no number with a unit: write it like '1 atm'"),
        (Temperature, "warm", "no number with a unit"),
        (Length, "5 blorps", "'blorps' is not defined"),
        (Length, "-2 um", "greater than 0"),
        (Length, "1e999 m", "finite"),
        (Length, float("nan"), "finite|greater"),
        (Length, True, "valid number"),
        (Length, [1.0], "valid number"),
    ],
)
def test_what_is_no_such_quantity_is_named(kind, text, said):
    with pytest.raises(ValidationError, match=said):
        read(kind, text)


@given(st.text())
def test_any_text_is_either_positive_or_refused(text):
    with suppress(ValidationError):
        assert read(Length, text) > 0


def test_pint_is_imported_only_for_strings():
    code = (
        "import sys; from knudsen.scenarios.config import GasConfig; GasConfig(temperature=250); "
        "sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
