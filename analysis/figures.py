"""Figures in one style: units on every axis, error bands, theory as lines; PNG and SVG.

Colours are Okabe and Ito's, told apart by colour-blind readers.  Nothing here touches pyplot or any
global state: figures are drawn by matplotlib's Agg and SVG back ends directly, imported when first used.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from knudsen.core.files import replacing
from knudsen.core.results import Profile

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY = "0.25"
DASHES: tuple[Any, ...] = ("--", ":", "-.", (0, (5, 1, 1, 1, 1, 1)))
STYLE: dict[Any, Any] = {
    "axes.prop_cycle": f"cycler('color', {list(COLOURS)})",
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.grid": True,
    "grid.alpha": 0.25,
    "grid.linewidth": 0.6,
    "axes.titlesize": 10,
    "axes.labelsize": 9.5,
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.4,
    "savefig.dpi": 160,
    "svg.hashsalt": "knudsen",
}
PREFIXES = ((1.0, "m"), (1e-3, "mm"), (1e-6, "µm"), (1e-9, "nm"))
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True)
class Line:
    """A line of theory beside measured profiles: position [point] in m, value [point]."""

    label: str
    position: ArrayLike
    value: ArrayLike


def style() -> AbstractContextManager[None]:
    """The shared style, for the drawing within; labels and legends take theirs when they are made."""
    from matplotlib import rc_context

    return rc_context(STYLE)


def new_figure(
    rows: int = 1, columns: int = 1, size: tuple[float, float] = (5.6, 3.6)
) -> tuple["Figure", Any]:
    """A figure in the shared style and its axes, an array where there are several."""
    from matplotlib.figure import Figure

    with style():
        figure = Figure(figsize=size, layout="constrained")
        return figure, figure.subplots(rows, columns)


def profile_figure(
    profiles: Sequence[Profile],
    theory: Sequence[Line] = (),
    *,
    labels: Sequence[str] = (),
    title: str = "",
    quantity: str = "",
) -> "Figure":
    """Profiles of one unit along the flow path, with bands of one standard error, and lines of theory.

    Arguments
    ---------
    profiles : of the same unit;  theory : lines drawn dashed
    labels : one for each profile, its name where left out;  quantity : label of the axis
    """
    with style():
        figure, axes = new_figure()
        draw_profiles(axes, profiles, theory, labels=labels, quantity=quantity)
        axes.set_title(title)
    return figure


def draw_profiles(
    axes: "Axes",
    profiles: Sequence[Profile],
    theory: Sequence[Line] = (),
    *,
    labels: Sequence[str] = (),
    quantity: str = "",
) -> None:
    """Draw what `profile_figure` shows into axes that are there; call it within `style`."""
    scale, unit = length_scale(max(float(np.max(np.abs(profile.position))) for profile in profiles))
    names = labels or [words(profile.name) for profile in profiles]
    for profile, name in zip(profiles, names, strict=True):
        x = profile.position / scale
        (line,) = axes.plot(x, profile.value, label=name)
        low, high = profile.value - profile.stderr, profile.value + profile.stderr
        axes.fill_between(x, low, high, color=line.get_color(), alpha=0.25, linewidth=0)
    for number, line_of_theory in enumerate(theory):
        x = np.asarray(line_of_theory.position) / scale
        dashes = DASHES[number % len(DASHES)]
        value = np.asarray(line_of_theory.value)
        axes.plot(x, value, label=line_of_theory.label, color=GREY, linestyle=dashes, linewidth=1.1)
    axes.set_xlabel(f"position [{unit}]")
    axes.set_ylabel(with_unit(quantity or words(profiles[0].name), profiles[0].unit))
    if len(names) + len(theory) > 1:
        axes.legend()


def lines(labels: Sequence[str], position: ArrayLike, rows: Sequence[Sequence[float]]) -> list[Line]:
    """Lines of theory from rows of their values [point][label]."""
    return [Line(label, position, value) for label, value in zip(labels, np.transpose(rows), strict=True)]


def between(values: Sequence[float], count: int = 40) -> list[float]:
    """Values at which the lines of a sweep are drawn, spaced as its axis is."""
    space = np.geomspace if spans_a_decade(sorted(values)) else np.linspace
    return [float(value) for value in space(min(values), max(values), count)]


def spans_a_decade(values: Sequence[float]) -> bool:
    """Whether values, in their order, want a logarithmic axis."""
    return 0 < 10 * values[0] <= values[-1]


def save(figure: "Figure", folder: Path, name: str) -> None:
    """Write NAME.png and NAME.svg into `folder`, each whole or not at all.  Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    with style():
        for kind, metadata in (("png", {}), ("svg", {"Date": None})):
            with replacing(folder / f"{name}.{kind}") as temporary:
                figure.savefig(temporary, format=kind, metadata=metadata)


def length_scale(size: float) -> tuple[float, str]:
    """The SI prefix in which a length [m] reads as 1 to 1000: (its size in m, its name)."""
    for scale, name in PREFIXES:
        if size >= scale:
            return scale, name
    return PREFIXES[-1]


def words(name: str) -> str:
    """mole_fraction_A -> mole fraction A."""
    return name.replace("_", " ")


def with_unit(quantity: str, unit: str) -> str:
    """'flux [mol m⁻² s⁻¹]'; a pure number has no brackets."""
    if unit in ("", "1"):
        return quantity
    return f"{quantity} [{' '.join(_raise(factor) for factor in unit.split())}]"


def _raise(factor: str) -> str:
    letters = factor.rstrip("-0123456789")
    return letters + factor[len(letters) :].translate(_RAISED)
