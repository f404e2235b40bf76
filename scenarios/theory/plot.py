"""Coefficients along one axis of a question: temperature, composition, rarefaction."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.figures import new_figure, style, with_unit, words
from knudsen.core.files import replacing
from knudsen.scenarios.theory.question import Answer, Axis, Question

if TYPE_CHECKING:
    from matplotlib.axes import Axes

POINTS = 41
COLUMNS = 3


def draw(question: Question, field: str, path: Path) -> None:
    """Draw every scalar coefficient against `field`, one panel each; the question's own value is marked.

    Raises ValueError where the axis passes the theory's limits.
    """
    axis, here = question.axes[field], getattr(question, field)
    values = _values(axis, here)
    answers = [question.model_copy(update={field: float(value)}).answer() for value in values]
    names = [row.name for row in answers[0].rows if row.name != "error" and not isinstance(row.value, list)]
    rows, columns = -(-len(names) // COLUMNS), min(len(names), COLUMNS)
    size = (3.1 * columns, 2.5 * rows) if len(names) > 1 else (4.8, 3.4)
    figure, panels = new_figure(rows, columns, size=size)
    panels = np.atleast_1d(panels).ravel()
    with style():
        for panel, name in zip(panels, names, strict=False):
            _draw_panel(panel, axis, values, answers, name)
        for panel in panels[len(names) :]:
            panel.set_visible(False)
        figure.suptitle(question.title(without=field), fontsize=11)
    with replacing(path) as partial:
        figure.savefig(partial, format=path.suffix[1:])


def _values(axis: Axis, here: float) -> np.ndarray:
    start = here / 2 if axis.start is None else axis.start
    stop = here * 2 if axis.stop is None else axis.stop
    return (np.geomspace if axis.logarithmic else np.linspace)(start, stop, POINTS)


def _draw_panel(panel: "Axes", axis: Axis, values: np.ndarray, answers: Sequence[Answer], name: str) -> None:
    rows = [next(row for row in answer.rows if row.name == name) for answer in answers]
    panel.plot(values, [row.value for row in rows])
    panel.set_title(words(name))
    panel.set_xlabel(axis.label)
    panel.set_ylabel(with_unit("", rows[0].unit).strip())
    if axis.logarithmic:
        panel.set_xscale("log")
