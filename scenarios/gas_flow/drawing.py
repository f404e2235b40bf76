"""Figures of a gas between plates, drawn from a result alone."""

from pathlib import Path

from knudsen.analysis.figures import Line, profile_figure, save
from knudsen.core.results import Result


def draw_field(result: Result, folder: Path, name: str, title: str) -> None:
    """A field across the gap with its error band, beside its theory where there is one.  Raises OSError."""
    measured = result.profile(name)
    theory = [profile for profile in result.profiles if profile.name == f"{name}_theory"]
    lines = [Line(_source(result), profile.position, profile.value) for profile in theory]
    figure = profile_figure([measured], lines, labels=["DSMC"], title=title)
    save(figure, folder, name)


def _source(result: Result) -> str:
    """What the lines of theory stand for."""
    sources = [estimate.theory_source for estimate in result.estimates if estimate.theory is not None]
    return sources[0] if sources else "theory"
