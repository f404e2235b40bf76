"""The figure of a run, drawn from its result alone: three anisotropies, as measured and by mass ratio."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.figures import COLOURS, GREY, length_scale, new_figure, save, style
from knudsen.core.results import Result
from knudsen.scenarios.diffusion_stress.anisotropy import PARTS
from knudsen.scenarios.diffusion_stress.scale import scale_of
from knudsen.scenarios.diffusion_stress.sweeping import curves
from knudsen.scenarios.loading import check

if TYPE_CHECKING:
    from matplotlib.axes import Axes

STRESS = r"$(P_{xx} - P_{yy})\,/\,n\,m_r w^2$"
LABELS = {"A": "A, about its own mean", "B": "B, about its own mean", "mixture": "mixture, about barycentre"}
MASS_RATIOS = (1.0, 32.0)
ROOM = 0.3  # beside the range of theory, that the panel across a slab shows


def draw(result: Result, folder: Path) -> None:
    """Anisotropies in time or across the slab; beside them, among those of other masses.  Raises OSError."""
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

    given = {key: value for key, value in result.config.items() if value is not None}
    config = check(DiffusionStressConfig, given)
    with style():
        figure, (left, right) = new_figure(1, 2, (8.4, 3.9))
        (_against_time if config.mode == "driven" else _across_slab)(left, result)
        _against_mass_ratio(right, result, config)
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=5)
        figure.suptitle(_title(config), fontsize=10)
        save(figure, folder, "stress_anisotropy")


def _title(config: Any) -> str:
    gas = " and ".join(config.gases) if config.gases else f"mass ratio {config.mass_ratio:g}"
    how = "driven through each other" if config.mode == "driven" else "in steady counterdiffusion"
    return f"Stresses of two gases {how}: {gas}, {config.model}"


def _bands(axes: "Axes", result: Result, unit: float) -> tuple[float, float]:
    """The three profiles with bands and theory; returns the range of theory."""
    range_of = []
    for colour, part in zip(COLOURS, PARTS, strict=False):
        measured = result.profile(f"stress_anisotropy_{part}")
        theory = result.profile(f"stress_anisotropy_{part}_theory")
        x = measured.position / unit
        low, high = measured.value - measured.stderr, measured.value + measured.stderr
        axes.fill_between(x, low, high, color=colour, alpha=0.3, linewidth=0)
        axes.plot(x, measured.value, color=colour, linewidth=0.9, label=LABELS[part])
        axes.plot(x, theory.value, color=colour, linestyle="--", linewidth=1.4)
        range_of += [theory.value.min(), theory.value.max()]
    axes.plot([], [], color=GREY, linestyle="--", label="theory")
    axes.set_ylabel(STRESS)
    return float(min(range_of)), float(max(range_of))


def _against_time(axes: "Axes", result: Result) -> None:
    """Growth from rest, in units of the steady w; shaded from where the steady means are taken."""
    tau = result.resolution["relaxation_time"]
    _bands(axes, result, tau)
    end = result.profile("stress_anisotropy_A").position[-1] / tau
    axes.axvspan(result.resolution["steady_from"] / tau, end, color=GREY, alpha=0.08, linewidth=0)
    axes.set_xlabel("time / slowest relaxation time")


def _across_slab(axes: "Axes", result: Result) -> None:
    """By the local n, x and w; shaded the bulk that is read.  Theory is of a bulk, layers depart from it."""
    length = result.profile("stress_anisotropy_A").position
    scale, name = length_scale(float(length.max()))
    low, high = _bands(axes, result, scale)
    axes.set_ylim(low - ROOM, high + ROOM)
    axes.axvspan(
        result.resolution["bulk_from"] / scale, result.resolution["bulk_to"] / scale,
        color=GREY, alpha=0.08, linewidth=0,
    )  # fmt: skip
    axes.set_xlabel(f"position [{name}]")


def _against_mass_ratio(axes: "Axes", result: Result, config: Any) -> None:
    """The steady estimates; model gases by theory, at the mean composition; crosses, theory of the run."""
    masses = scale_of(config).gas.masses
    ratio = masses[0] / masses[1]
    places = np.geomspace(min(MASS_RATIOS[0], ratio), max(MASS_RATIOS[1], ratio), 40)
    model = config.model if config.model != "lj" else "hs"
    fresh = config.model_copy(update={"gases": None, "mass_ratio": ratio, "model": model})
    lines = curves(fresh, "mass_ratio", [float(place) for place in places])
    for colour, part in zip(COLOURS, PARTS, strict=False):
        (line,), estimate = lines[f"stress_anisotropy_{part}"], result.estimate(f"stress_anisotropy_{part}")
        axes.plot(places, np.asarray(line.value), color=colour, linestyle="--", linewidth=1.4)
        axes.errorbar(ratio, estimate.value, yerr=estimate.stderr, fmt="o", color=colour, capsize=2)
        if not np.isclose(estimate.theory, np.interp(ratio, places, np.asarray(line.value)), atol=2e-3):
            axes.plot(ratio, estimate.theory, "x", color=colour, markersize=8, markeredgewidth=2)
    axes.set_xscale("log")
    axes.set_xlabel(r"mass ratio $m_A / m_B$")
    axes.set_title(
        f"theory: {result.estimate('stress_anisotropy_A').theory_source.split(':')[0]}", fontsize=8.5
    )
