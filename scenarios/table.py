"""Numbers with errors as text, and the table of estimates."""

import math
from collections.abc import Collection, Sequence
from typing import NamedTuple

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from knudsen.core.results import Estimate

HEADINGS = ("quantity", "measured ± stderr", "unit", "theory", "deviation", "source")
NUMBERS = (1, 3, 4)  # columns of numbers among them
LEGEND = "≈ approximate theory: the value's difference from it in percent of it, which is no test of the run"


class Digits(NamedTuple):
    """How to write a number: the power of ten taken out, and the decimals kept."""

    exponent: int
    decimals: int

    def write(self, number: float) -> str:
        """`number` over its power of ten, to these decimals."""
        rounded = round(number / 10.0**self.exponent, self.decimals) + 0.0  # no minus zero
        return f"{rounded:.{max(self.decimals, 0)}f}"

    @property
    def power(self) -> str:
        """The power of ten as a suffix."""
        return f"e{self.exponent}" if self.exponent else ""


def digits(value: float, stderr: float) -> Digits:
    """Digits that show the error to two significant figures and the value to the same decimal."""
    size = max(abs(value), stderr)
    exponent = math.floor(math.log10(size)) if size else 0
    last = _decade(stderr) - 1 if stderr else exponent - 5
    if -4 < exponent < 5 and last > -7:
        return Digits(0, -last)
    return Digits(exponent, exponent - last)


def _decade(stderr: float) -> int:
    """Power of ten of the first of two significant figures: 0.0996 rounds up to 0.10."""
    return math.floor(math.log10(float(f"{stderr:.1e}")))


def measured(value: float, stderr: float) -> str:
    """'7.412 ± 0.021', '(7.412 ± 0.021)e-5'; an error that is not known is a question mark."""
    if not math.isfinite(value):
        return "not measured"
    if not math.isfinite(stderr) or stderr == 0:
        return f"{value:.6g} ± {'0' if stderr == 0 else '?'}"
    style = digits(value, stderr)
    text = f"{style.write(value)} ± {style.write(stderr)}"
    return f"({text}){style.power}" if style.exponent else text


def theory(estimate: Estimate) -> str:
    """The theory's value in the digits of the measured one; '≈' marks theory that no gate rests on."""
    if estimate.theory is None:
        return ""
    mark = "" if estimate.gated else "≈"
    known = math.isfinite(estimate.value) and math.isfinite(estimate.stderr) and estimate.stderr > 0
    if estimate.theory == 0 or not known:
        return f"{mark}{estimate.theory + 0.0:.6g}"  # no minus zero
    style = digits(estimate.value, estimate.stderr)
    return f"{mark}{style.write(estimate.theory)}{style.power}"


def deviation(estimate: Estimate) -> str:
    """'+1.2 σ'; beside theory that is known to be rough only '(-2.8 %)' of it, which tests nothing."""
    sigmas, expected = estimate.deviation, estimate.theory
    if sigmas is None or expected is None:
        return ""
    if estimate.gated:
        return f"{_signed(sigmas, 1)} σ"
    return f"({_signed(100 * (estimate.value / expected - 1), 1)} %)" if expected else ""


def _signed(number: float, decimals: int) -> str:
    """`number` with its sign; zero has none."""
    return f"{number:+.{decimals}f}" if abs(number) * 10**decimals >= 0.5 else f"{0:.{decimals}f}"


def rows(estimates: Sequence[Estimate]) -> list[tuple[str, ...]]:
    """The cells of the table, headings left out."""
    return [
        (e.name, measured(e.value, e.stderr), e.unit, theory(e), deviation(e), e.theory_source)
        for e in estimates
    ]


def print_table(estimates: Sequence[Estimate], console: Console, title: str = "") -> None:
    """Print the table; where the sources do not fit beside the numbers they stand below as notes."""
    cells = rows(estimates)
    if _width(cells, 2) <= console.width:
        print_grid(cells, console, title=title)
    else:
        _print_with_notes(cells, console, title)
    if any(e.theory is not None and not e.gated for e in estimates):
        console.print(LEGEND, markup=False, highlight=False, soft_wrap=True)


def _print_with_notes(cells: Sequence[tuple[str, ...]], console: Console, title: str) -> None:
    sources = list(dict.fromkeys(row[-1] for row in cells if row[-1]))
    mark = {"": ""} | {source: f"[{number}]" for number, source in enumerate(sources, 1)}
    marked = [(*row[:-1], mark[row[-1]]) for row in cells]
    headings = (*HEADINGS[:-1], "")  # a word over the marks would cost the room of a number
    gap = 2 if _width(marked, 2, headings) <= console.width else 1
    print_grid(marked, console, headings, title=title, gap=gap)
    for source in sources:
        console.print(f"{mark[source]} {source}", markup=False, highlight=False, soft_wrap=True)


def _width(cells: Sequence[tuple[str, ...]], gap: int, headings: Sequence[str] = HEADINGS) -> int:
    columns = zip(headings, *cells, strict=True)
    return sum(max(map(len, column)) + gap for column in columns) - gap


class _Whole(NamedTuple):
    """A table that is never narrower than its cells."""

    table: Table
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from console.render(self.table, options.update(width=max(options.max_width, self.width)))


def print_grid(
    cells: Sequence[tuple[str, ...]],
    console: Console,
    headings: Sequence[str] = HEADINGS,
    *,
    title: str = "",
    gap: int = 2,
    right: Collection[int] = NUMBERS,
) -> None:
    """Print the rows; a console too narrow for them gets longer lines, for a number must not be cut.

    right : columns set flush right, by number
    """
    table = Table(
        title=Text(title) if title else None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        padding=(0, gap - 1, 0, 0),
    )
    for number, heading in enumerate(headings):
        table.add_column(heading, justify="right" if number in right else "left", no_wrap=True)
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(_Whole(table, _width(cells, gap, headings)), highlight=False, crop=False)
