"""What the README shows runs as it stands and prints what it says."""

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from knudsen.scenarios.cli import app

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


def test_the_theory_shown_is_what_the_command_prints() -> None:
    """Names and values; the changes from the order below are round-off in part."""
    shown = r"```sh\n(knudsen theory binary.*?)\n```\n\n```\n(.*?)```"
    command, table = re.findall(shown, README.read_text(), re.DOTALL)[0]
    printed = CliRunner().invoke(app, command.split()[1:]).stdout
    assert columns(printed) == columns(table)
    assert ["D12", "1.40571e-05"] in columns(printed)


def columns(table: str) -> list[list[str]]:
    """The first two columns of a table's rows."""
    return [line.split()[:2] for line in table.splitlines()]


@pytest.mark.parametrize(
    "command", re.findall(r"^knudsen (theory .*?)  +#", README.read_text(), re.MULTILINE)
)
def test_every_theory_command_shown_answers(command: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(app, command.split()).exit_code == 0
