"""The figures of a counterdiffusion run, drawn from its result alone."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.figures import COLOURS, GREY, Line, draw_profiles, length_scale, new_figure, save, style
from knudsen.core.results import Profile, Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(result: Result, folder: Path) -> None:
    """Write every figure as PNG and SVG.  Raises OSError."""
    for drawn in (composition, velocities, fluxes, pressure_anisotropy, temperature):
        with style():
            figure = drawn(result)
        save(figure, folder, drawn.__name__)


def composition(result: Result) -> "Figure":
    """x_A with its error band, the bulk's straight line and the prediction; below, all less the line."""
    figure, (upper, lower) = new_figure(2, 1, (5.6, 5.4))
    A, _ = result.config["gases"]
    measured, line, predicted = (
        result.profile(f"mole_fraction_A{suffix}") for suffix in ("", "_line", "_predicted")
    )
    straight = Line("straight line through the bulk", measured.position, _along(line, measured.position))
    # Between Knudsen layers that overlap the continuum predicts nothing.
    lines = [straight]
    if result.estimate("diffusion_binary").gated:
        lines.append(Line("Chapman-Enskog", predicted.position, predicted.value))
    draw_profiles(upper, [measured], lines, labels=["DSMC"], quantity=f"mole fraction of {A}")
    _mark_reservoirs(upper, result)
    upper.legend()
    apart = Profile("", "1", measured.position, measured.value - straight.value, measured.stderr)
    less = [Line("", each.position, each.value - _along(line, each.position)) for each in lines]
    draw_profiles(lower, [apart], less, labels=["DSMC"])
    lower.set_ylabel("departure from the line")
    lower.get_legend().remove()
    _focus(lower, result, apart)
    for axes in (upper, lower):
        _shade_bulk(axes, result)
    upper.set_xlabel("")
    lower.set_xlim(upper.get_xlim())
    return figure


def velocities(result: Result) -> "Figure":
    """Molar and mass velocity, beside what the measured flux makes of them."""
    A, B = result.config["gases"]
    molar, mass, density = (result.profile(n) for n in ("molar_velocity", "mass_velocity", "mass_density"))
    figure, axes = new_figure()
    flux = result.estimate("mass_flux").theory
    lines = [Line(f"{_mass_flux_words(result)} / ρ", mass.position, flux / density.value)]
    if result.config["boundary"] == "exchange":
        lines.append(Line("0", molar.position, 0 * molar.position))
    draw_profiles(axes, [molar, mass], lines, labels=["molar average", "mass average"], quantity="velocity")
    axes.set_title(f"Velocities of {A}-{B} in the laboratory frame")
    _legend_below(axes)
    return figure


def _mass_flux_words(result: Result) -> str:
    if result.config["boundary"] == "open":
        return "Graham's mass flux"
    A, B = result.config["gases"]
    return f"($M_{{{A}}}$ - $M_{{{B}}}$) $N_{{{A}}}$"


def fluxes(result: Result) -> "Figure":
    """Molar fluxes across the slab and, as points, those that the walls counted."""
    A, B = result.config["gases"]
    names = ("molar_flux_A", "molar_flux_B", "total_molar_flux")
    curves = [result.profile(name) for name in names]
    figure, axes = new_figure()
    draw_profiles(axes, curves, labels=[A, B, "total"], quantity="molar flux")
    scale = length_scale(float(np.max(curves[0].position)))[0]
    walls = [result.profile(f"wall_molar_flux_{letter}") for letter in "AB"]
    total = walls[0].value + walls[1].value
    for colour, value in zip(COLOURS, (walls[0].value, walls[1].value, total), strict=False):
        axes.plot(walls[0].position / scale, value, "o", color=colour, markersize=5, clip_on=False)
    axes.plot([], [], "o", color=GREY, markersize=5, label="counted at the walls")
    axes.set_title("Molar fluxes in the laboratory frame")
    _legend_below(axes)
    return figure


def pressure_anisotropy(result: Result) -> "Figure":
    """(p_xx - (p_yy + p_zz) / 2) / p of the mixture and of each species about its own mean velocity."""
    A, B = result.config["gases"]
    names = ("pressure_anisotropy", "pressure_anisotropy_own_A", "pressure_anisotropy_own_B")
    figure, axes = new_figure()
    curves = [result.profile(name) for name in names]
    draw_profiles(axes, curves, labels=["mixture", f"{A}, own frame", f"{B}, own frame"])
    axes.axhline(0, color=GREY, linewidth=0.8)
    axes.set_ylabel("$(p_{xx} - (p_{yy} + p_{zz})/2)\\,/\\,p$")
    axes.set_title("Anisotropy of the pressure tensor")
    _shade_bulk(axes, result)
    _legend_below(axes)
    return figure


def temperature(result: Result) -> "Figure":
    """Temperatures of the mixture and of each species, and the size of the Dufour effect."""
    A, B = result.config["gases"]
    names = ("temperature", "species_temperature_A", "species_temperature_B")
    curves = [result.profile(name) for name in names]
    dufour = result.profile("temperature_dufour")
    figure, axes = new_figure()
    lines = []
    if result.estimate("temperature_deviation_max").theory is not None:
        lines.append(Line("Dufour effect alone", dufour.position, dufour.value))
    draw_profiles(axes, curves, lines, labels=["mixture", A, B], quantity="temperature")
    axes.axhline(result.config["temperature"], color=GREY, linewidth=0.8)
    axes.set_title("Temperatures; the grey line is that of the reservoirs")
    _legend_below(axes)
    return figure


def _along(line: Profile, position: Sequence[float] | np.ndarray) -> np.ndarray:
    """The straight line through a profile's two points, at other positions."""
    slope, start = np.polyfit(line.position - line.position[0], line.value, 1)
    return start + slope * (np.asarray(position) - line.position[0])


def _mark_reservoirs(axes: "Axes", result: Result) -> None:
    """Points at the ends: x_A of the reservoirs."""
    edge = _length(result)
    scale, _ = length_scale(edge)
    ends = [result.config["x_left"], result.config["x_right"]]
    axes.plot([0, edge / scale], ends, "D", color=COLOURS[1], markersize=5, label="reservoirs", clip_on=False)


def _shade_bulk(axes: "Axes", result: Result) -> None:
    scale, _ = length_scale(_length(result))
    low, high = (end / scale for end in result.resolution["bulk"])
    axes.axvspan(low, high, color=GREY, alpha=0.07, linewidth=0)
    axes.annotate(
        "bulk", ((low + high) / 2, 0.02), xycoords=("data", "axes fraction"), ha="center", color=GREY
    )


def _focus(axes: "Axes", result: Result, departure: Profile) -> None:
    """Limits that show the bulk; the jumps at the walls are the upper panel's."""
    low, high = result.resolution["bulk"]
    inside = (departure.position > low) & (departure.position < high)
    reach = 4 * float(np.max(np.abs(departure.value[inside]) + departure.stderr[inside]))
    axes.set_ylim(-reach, reach)


def _legend_below(axes: "Axes") -> None:
    """Out of the way of the curves, whatever they do."""
    axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.17), ncols=4)


def _length(result: Result) -> float:
    return float(result.profile("wall_molar_flux_A").position[-1])
