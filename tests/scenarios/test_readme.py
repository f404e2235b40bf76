"""What the README shows runs as it stands and prints what it says."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def example() -> str:
    """The Python block of the README."""
    (block,) = re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)
    return block


def test_the_example_is_short(example: str) -> None:
    assert len([line for line in example.splitlines() if line.strip()]) < 25


def test_the_example_measures_what_theory_says(example: str, capsys: pytest.CaptureFixture[str]) -> None:
    """D_AB within four standard errors of theory, and these below 1.5 %."""
    names: dict = {}
    exec(compile(example, "README.md", "exec"), names)
    measured = names["D"]
    theory = float(capsys.readouterr().out.split()[-1])
    assert measured.stderr < 0.015 * theory
    assert abs(measured.value - theory) < 4 * measured.stderr
