"""An answer as a table for people."""

from collections.abc import Iterator
from typing import Any

from rich.console import Console

from knudsen.scenarios.table import print_grid
from knudsen.scenarios.theory.question import Answer, Row


def print_answer(answer: Answer, console: Console) -> None:
    """Print quantity, value and unit, and how much the last order changed it where a series was cut off."""
    changed = () if answer.order is None else (f"change from order {answer.order - 1}",)
    cells = [line[: 3 + len(changed)] for row in answer.rows for line in _lines(row)]
    print_grid(cells, console, ("quantity", "value", "unit", *changed), right=(1, 3))
    for note in answer.notes:
        console.print(note, markup=False, highlight=False, soft_wrap=True)


def _lines(row: Row) -> Iterator[tuple[str, str, str, str]]:
    """One line a coefficient; a matrix takes one for each of its rows."""
    matrix = isinstance(row.value, list) and isinstance(row.value[0], list)
    first, *others = row.value if matrix else [row.value]
    yield row.name, _text(first), row.unit, "" if row.change is None else f"{row.change:.1e}"
    yield from (("", _text(other), "", "") for other in others)


def _text(value: Any) -> str:
    """A number, or a list of them, each in a column of its own."""
    if isinstance(value, list):
        return " ".join(f"{number:12.5g}" for number in value)
    return f"{value:.6g}" if isinstance(value, float) else str(value)
