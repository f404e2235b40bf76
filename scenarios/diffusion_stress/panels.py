"""Panels of the figures, each drawn from results alone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.figures import COLOURS, GREY, length_scale
from knudsen.core.results import Result
from knudsen.scenarios.diffusion_stress.anisotropy import PARTS
from knudsen.scenarios.diffusion_stress.layers import ENDS
from knudsen.scenarios.diffusion_stress.scale import scale_of
from knudsen.scenarios.diffusion_stress.sweeping import curves
from knudsen.scenarios.loading import check

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

STRESS = r"$(P_{xx} - P_{yy})\,/\,n\,m_r w^2$"
DEPARTURE = r"departure from a bulk $/\,N_A\,(m_r kT)^{1/2}$"
LABELS = {"A": "A, about its own mean", "B": "B, about its own mean", "mixture": "mixture, about barycentre"}
MASS_RATIOS = (1.0, 32.0)
ROOM = 0.3  # beside the range of theory, that the panel across a slab shows
DEEPEST = 8.0  # mean free paths from an end that the panels of layers show


def config_of(result: Result) -> "DiffusionStressConfig":
    """The checked config of a result."""
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

    given = {key: value for key, value in result.config.items() if value is not None}
    return check(DiffusionStressConfig, given)


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
    axes.plot([], [], color=GREY, linestyle="--", label="moment equations")
    axes.set_ylabel(STRESS)
    return float(min(range_of)), float(max(range_of))


def against_time(axes: "Axes", result: Result) -> None:
    """Growth from rest, in units of the steady w; shaded from where the steady means are taken."""
    tau = result.resolution["relaxation_time"]
    _bands(axes, result, tau)
    end = result.profile("stress_anisotropy_A").position[-1] / tau
    axes.axvspan(result.resolution["steady_from"] / tau, end, color=GREY, alpha=0.08, linewidth=0)
    axes.set_xlabel("time / slowest relaxation time")


def across_slab(axes: "Axes", result: Result) -> None:
    """By the local n, x and w; shaded the bulk that is read.  Theory is of a bulk, layers depart from it."""
    length = result.profile("stress_anisotropy_A").position
    scale, name = length_scale(float(length.max()))
    low, high = _bands(axes, result, scale)
    axes.set_ylim(low - ROOM, high + ROOM)
    slabs = {profile.name: profile for profile in result.profiles if profile.name.endswith("_slab")}
    for profile, slab in slabs.items():
        label = "Boltzmann equation" if profile.endswith("A_slab") else None
        axes.plot(slab.position / scale, slab.value, color="black", linestyle=":", linewidth=1.2, label=label)
    axes.axvspan(
        result.resolution["bulk_from"] / scale, result.resolution["bulk_to"] / scale,
        color=GREY, alpha=0.08, linewidth=0,
    )  # fmt: skip
    axes.set_xlabel(f"position [{name}]")


def against_mass_ratio(axes: "Axes", result: Result) -> None:
    """The steady estimates; model gases by theory, at the mean composition; crosses, theory of the run."""
    config = config_of(result)
    masses = scale_of(config).gas.masses
    ratio = masses[0] / masses[1]
    places = np.geomspace(min(MASS_RATIOS[0], ratio), max(MASS_RATIOS[1], ratio), 40)
    model = config.model if config.model != "lj" else "hs"
    fresh = config.model_copy(update={"gases": None, "mass_ratio": ratio, "model": model})
    lines = curves(fresh, "mass_ratio", [float(place) for place in places])
    what, crosses = ("bulk" if config.mode == "counterdiffusion" else "steady gas"), ""
    for colour, part in zip(COLOURS, PARTS, strict=False):
        (line,), estimate = lines[f"stress_anisotropy_{part}"], result.estimate(f"stress_anisotropy_{part}")
        axes.plot(places, np.asarray(line.value), color=colour, linestyle="--", linewidth=1.4)
        axes.errorbar(ratio, estimate.value, yerr=estimate.stderr, fmt="o", color=colour, capsize=2)
        if not np.isclose(estimate.theory, np.interp(ratio, places, np.asarray(line.value)), atol=2e-3):
            axes.plot(ratio, estimate.theory, "x", color="black", markersize=6, zorder=3)
            crosses = "; crosses: theory of the run"
    axes.set_xscale("log")
    axes.set_xlabel(r"mass ratio $m_A / m_B$")
    axes.set_ylabel(STRESS)
    axes.set_title(f"lines: {what} at $x_A$ = {scale_of(config).composition[0]:g}{crosses}", fontsize=8.5)


def has_layers(result: Result) -> bool:
    """Whether a result has profiles of layers."""
    return any(profile.name == "layer_A" for profile in result.profiles)


def near_an_end(axes: "Axes", result: Result) -> None:
    """Departures against the distance from both ends: left filled, right open."""
    for colour, part in zip(COLOURS, PARTS, strict=False):
        for end in ENDS:
            depth, value, stderr, theory = _from_end(result, part, end)
            face = colour if end == "left" else "white"
            marks: dict[str, Any] = {
                "color": colour,
                "markerfacecolor": face,
                "markersize": 3,
                "linewidth": 0.7,
            }
            axes.errorbar(depth, value, yerr=stderr, fmt="o", **marks)
            axes.plot(depth, theory, color="black", linestyle=":", linewidth=1.2)
    axes.set_title("layers at the left (filled) and right end", fontsize=8.5)
    _of_depth(axes, [result])


def layers(axes: "Axes", results: Sequence[Result], end: str) -> None:
    """Departure of A against the distance from one end, a line a result."""
    for number, result in enumerate(results):
        colour = COLOURS[number % len(COLOURS)]
        depth, value, stderr, theory = _from_end(result, "A", end)
        axes.fill_between(depth, value - stderr, value + stderr, color=colour, alpha=0.3, linewidth=0)
        axes.plot(depth, value, color=colour, linewidth=0.9, label=f"Kn = {knudsen(result):.3g}")
        axes.plot(depth, theory, color=colour, linestyle=":", linewidth=1.4)
    richer = "A-rich" if (config_of(results[0]).ends[0] > 0.5) == (end == "left") else "B-rich"
    axes.set_title(f"layer of A at the {end}, {richer} end", fontsize=8.5)
    axes.legend(fontsize=7)
    _of_depth(axes, results)


def _of_depth(axes: "Axes", results: Sequence[Result]) -> None:
    axes.axhline(0, color=GREY, linewidth=0.6)
    axes.set_xlim(0, min(DEEPEST, 0.5 / min(map(knudsen, results))))
    axes.set_xlabel("distance from the end / mean free path")
    axes.set_ylabel(DEPARTURE)


def knudsen(result: Result) -> float:
    """Of a slab."""
    return float(result.resolution["knudsen"])


def _from_end(result: Result, part: str, end: str) -> tuple[Any, Any, Any, Any]:
    """Distance over the mean free path, departure over the flux of A into the gas there, error and theory."""
    found, theory = (result.profile(f"layer_{part}{kind}") for kind in ("", "_theory"))
    half = np.arange((len(found.position) + 1) // 2)
    cells, sign = (half, 1.0) if end == "left" else (-1 - half, -1.0)
    depth = found.position[half] / result.resolution["mean_free_path"]
    return depth, sign * found.value[cells], found.stderr[cells], sign * theory.value[cells]


def against_knudsen(axes: "Axes", results: Sequence[Result]) -> None:
    """Anisotropies of slabs, with theory of the whole slab, of a bulk, and without collisions."""
    numbers = np.array([knudsen(result) for result in results])
    config = config_of(results[0])
    lines = curves(config, "knudsen", np.geomspace(numbers.min(), numbers.max(), 20).tolist())
    for colour, part in zip(COLOURS, PARTS, strict=False):
        found = [result.estimate(f"stress_anisotropy_{part}") for result in results]
        value, stderr = [each.value for each in found], [each.stderr for each in found]
        axes.errorbar(numbers, value, yerr=stderr, fmt="o", color=colour, markersize=4, capsize=2)
        for line, dashes in zip(lines[f"stress_anisotropy_{part}"], (":", "--", "-"), strict=False):
            width = 0.7 if dashes == "-" else 1.3
            axes.plot(line.position, np.asarray(line.value), color=colour, linestyle=dashes, linewidth=width)
    for label, dashes in (("Boltzmann equation", ":"), ("bulk of that n, w", "--"), ("free molecules", "-")):
        axes.plot([], [], color=GREY, linestyle=dashes, label=label)
    axes.set_xscale("log")
    axes.set_xlabel("Knudsen number")
    axes.set_ylabel(STRESS)
    axes.set_title("where the slab is read", fontsize=8.5)
    axes.legend(fontsize=7)


def of_flux(axes: "Axes", results: Sequence[Result]) -> None:
    """Sizes of the stresses against the drift, both logarithmic, with a line of slope two through theory."""
    for colour, part in zip(COLOURS, PARTS, strict=False):
        x, y, error, theory = np.array([_stress_of(result, part) for result in results]).T
        axes.errorbar(x, np.abs(y), yerr=error, fmt="o", color=colour, markersize=4, capsize=2)
        axes.plot(x, np.abs(theory), "x", color="black", markersize=5)
        slope = np.geomspace(x.min(), x.max(), 2)
        axes.plot(slope, np.abs(theory[np.argmin(x)]) * (slope / x.min()) ** 2, color=colour, linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.tick_params(axis="x", which="minor", labelbottom=bool(np.ptp(np.log10(axes.get_xlim())) < 1))
    axes.set_xlabel(r"$w\,/\,(2kT/m_r)^{1/2}$")
    axes.set_ylabel(r"$|P_{xx} - P_{yy}|\,/\,2nkT$")
    axes.set_title("lines: quadratic in the flux; crosses: theory", fontsize=8.5)


def _stress_of(result: Result, part: str) -> tuple[float, float, float, float]:
    """Drift in thermal speeds, stress over 2 n k T, its error, and theory's at that drift."""
    scale = scale_of(config_of(result))
    thermal = np.sqrt(2 * BOLTZMANN * scale.theory.temperature / scale.reduced_mass)
    speed = abs(result.estimate("drift_speed").value) / thermal
    found = result.estimate(f"stress_anisotropy_{part}")
    square = speed**2
    theory = np.nan if found.theory is None else found.theory
    return speed, found.value * square, found.stderr * square, theory * square
