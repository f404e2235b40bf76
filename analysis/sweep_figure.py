"""The figure of a sweep: every estimate against the key that was swept, beside lines of theory."""

import math
from collections.abc import Mapping, Sequence
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.figures import COLOURS, GREY, Line, new_figure, spans_a_decade, style, with_unit, words
from knudsen.core.results import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SHORT = 300  # last over first value of an axis with few powers of ten
DASHES = ("--", ":", "-.", (0, (6, 1.5, 1, 1.5, 1, 1.5)))
LOOKS = [{"color": colour, "linestyle": dash} for colour in (GREY, *COLOURS[1:3]) for dash in DASHES]


def sweep_figure(
    key: str,
    values: Sequence[float] | Sequence[str],
    points: Sequence[Sequence[Estimate]],
    unit: str = "",
    lines: Mapping[str, Sequence[Line]] = MappingProxyType({}),
) -> "Figure":
    """A panel for each estimate, with error bars and theory; what the lines are stands once, below all.

    values : [point], on a logarithmic axis where they span a decade, or words;  unit : theirs
    points : [point][estimate], of the same names at every point
    lines : name of an estimate -> lines of theory along the key, drawn in place of the points' theories
    """
    named = [value for value in values if isinstance(value, str)]
    places = list(map(float, range(len(named)) if named else values))
    order = sorted(range(len(places)), key=lambda number: places[number])
    places, points = [places[number] for number in order], [points[number] for number in order]
    estimates = list(zip(*points, strict=True))
    drawn = [lines.get(each[0].name) or _through(places, each) for each in estimates]
    looks = dict(zip(dict.fromkeys(line.label for panel in drawn for line in panel), cycle(LOOKS)))
    columns = min(3, len(estimates))
    rows = math.ceil(len(estimates) / columns)
    with style():
        figure, axes = new_figure(rows, columns, (max(3.1 * columns, 4.6), 2.4 * rows + 0.3))
        for number, panel in enumerate(np.atleast_1d(axes).ravel()):
            if number < len(estimates):
                _draw_points(panel, places, estimates[number], named)
                _draw_lines(panel, drawn[number], looks, bool(named))
                panel.set_xlabel(with_unit(words(key), unit))
            else:
                panel.set_axis_off()
        _name_once(figure)
    return figure


def _through(places: Sequence[float], estimates: Sequence[Estimate]) -> tuple[Line, ...]:
    """The theory of the points themselves, under its name where all have the same."""
    sources = sorted({estimate.theory_source for estimate in estimates if estimate.theory is not None})
    theory = [math.nan if estimate.theory is None else estimate.theory for estimate in estimates]
    name = sources[0] if len(sources) == 1 else "theory, each point's own"
    return (Line(name or "theory", places, theory),) if sources else ()


def _draw_points(
    axes: "Axes", places: Sequence[float], estimates: Sequence[Estimate], named: Sequence[str]
) -> None:
    measured = [estimate.value for estimate in estimates]
    errors = [estimate.stderr for estimate in estimates]
    axes.errorbar(places, measured, yerr=errors, fmt="o", markersize=4, capsize=2, label="measured")
    axes.margins(y=0.1)
    axes.set_title(with_unit(words(estimates[0].name), estimates[0].unit))
    if named:
        axes.set_xticks(places, named)
        axes.set_xlim(-0.5, len(named) - 0.5)
    elif spans_a_decade(places):
        axes.set_xscale("log")
        _label_decades(axes, short=places[-1] < SHORT * places[0])


def _label_decades(axes: "Axes", short: bool) -> None:
    """Numbers at powers of ten; along a short axis at 2 and 5 of them too."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

    axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5) if short else (1,)))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.xaxis.set_minor_formatter(NullFormatter())


def _draw_lines(axes: "Axes", lines: Sequence[Line], looks: Mapping[str, Any], named: bool) -> None:
    """Lines of theory, bars over words; asymptotes may leave the panel that points and first line set."""
    bars = {"marker": "_", "linestyle": "", "markersize": 22}
    for number, line in enumerate(lines):
        look = {**looks[line.label], **(bars if named else {})}
        axes.plot(line.position, line.value, linewidth=1.1, label=line.label, **look)
        if number == 0:
            axes.set_ylim(axes.get_ylim())


def _name_once(figure: "Figure") -> None:
    """One legend of all panels, below them."""
    handles: dict[str, Any] = {}
    for axes in figure.axes:
        for handle, label in zip(*axes.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    width = sum(map(len, handles)) / len(handles) + 6  # characters of an entry with its handle
    columns = max(1, min(len(handles), int(13 * figure.get_figwidth() / width)))
    figure.legend(handles.values(), handles, loc="outside lower center", ncols=columns, fontsize=7.5)
