"""Figures of a gas between plates, drawn from a result alone."""

from pathlib import Path

from knudsen.analysis.figures import Line, profile_figure, save, words
from knudsen.core.results import Result


def draw_field(result: Result, folder: Path, name: str, title: str) -> None:
    """A field across the gap with its error band, beside its theory where there is one.  Raises OSError."""
    measured = result.profile(name)
    theory = [profile for profile in result.profiles if profile.name == f"{name}_theory"]
    lines = [Line(_kind(result), profile.position, profile.value) for profile in theory]
    figure = profile_figure([measured], lines, labels=["DSMC"], title=title)
    save(figure, folder, name)


def draw_layer(result: Result, folder: Path, name: str, title: str) -> None:
    """What a field lacks of its straight line against the distance from the wall.  Raises OSError."""
    measured = {profile.name: profile for profile in result.profiles}
    known = {f"{name}_theory": f"{_kind(result)}, same gap", f"{name}_half_space": "half space"}
    lines = [
        Line(label, measured[key].position, measured[key].value)
        for key, label in known.items()
        if key in measured
    ]
    quantity = f"{words(name)} / (gradient × µv₀/p)"
    figure = profile_figure([measured[name]], lines, labels=["DSMC"], title=title, quantity=quantity)
    figure.axes[0].set_xlabel(figure.axes[0].get_xlabel().replace("position", "distance from the wall"))
    save(figure, folder, "knudsen_layer")


def _kind(result: Result) -> str:
    """The theory without what is said of the drive and of a half space."""
    return _source(result).split(", to first order")[0].split(";")[0]


def _source(result: Result) -> str:
    """What the lines of theory stand for."""
    sources = [estimate.theory_source for estimate in result.estimates if estimate.theory is not None]
    return sources[0] if sources else "theory"
