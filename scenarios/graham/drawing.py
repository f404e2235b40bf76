"""Figures of two gases in a pore, drawn from a result alone."""

from pathlib import Path

from knudsen.analysis.figures import profile_figure, save
from knudsen.core.results import Result


def draw(result: Result, folder: Path) -> None:
    """Mole fractions and pressure along the pore.  Raises OSError."""
    gases, ends = result.config["gases"], result.config["ends"]
    measured = [result.profile(f"mole_fraction_{name}") for name in "AB"]
    title = f"Two gases that pass each other, ends {ends}"
    figure = profile_figure(measured, labels=gases, title=title, quantity="mole fraction")
    save(figure, folder, "mole_fraction")
    figure = profile_figure([result.profile("pressure")], title=f"Pressure along the pore, ends {ends}")
    save(figure, folder, "pressure")
