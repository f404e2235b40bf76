"""The figures of a Lennard-Jones run, drawn from its result alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.figures import COLOURS, GREY, new_figure, save, style
from knudsen.core.results import Estimate, Result
from knudsen.scenarios.lj_fluid import RARE
from knudsen.scenarios.lj_fluid.series import DRIFT_STEPS

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = np.ndarray[Any, Any]
TIME = r"time $t\,\sqrt{\epsilon/m}\,/\,\sigma$"
LABELS = {
    "potential_energy": r"potential energy / $N\epsilon$",
    "pressure": r"pressure $p\,\sigma^3/\epsilon$",
    "temperature": r"temperature $k\,T/\epsilon$",
}
WINDOWS = 60  # means of so many parts of the run are drawn over the series


def draw(result: Result, folder: Path) -> None:
    """Write every figure as PNG and SVG.  Raises OSError."""
    drawn = [energies, drift]
    if any(profile.name == "radial_distribution" for profile in result.profiles):
        drawn.append(radial_distribution)
    for each in drawn:
        with style():
            figure = each(result)
        save(figure, folder, each.__name__)


def energies(result: Result) -> "Figure":
    """Potential energy, pressure and temperature in time: each sample, means of stretches, and theory."""
    figure, panels = new_figure(3, 1, (5.6, 6.6))
    times, steady = result.arrays["times"], _steady_time(result)
    for axes, name in zip(panels, LABELS, strict=True):
        series = result.arrays[name] + _structure(result, name)
        estimate = result.estimate(name)
        axes.plot(times, series[0], color=COLOURS[0], alpha=0.3, linewidth=0.5, label=_samples(series))
        axes.plot(*_means(times, series), color=COLOURS[0], label="mean of a stretch")
        if estimate.theory is not None:
            axes.axhline(estimate.theory, color=GREY, linestyle="--", linewidth=1.1, label=_words(estimate))
            ends = estimate.theory - estimate.theory_error, estimate.theory + estimate.theory_error
            axes.axhspan(*ends, color=GREY, alpha=0.25, linewidth=0)
        _shade(axes, times, steady)
        axes.set_ylim(_limits(series[:, times >= steady], estimate))
        axes.set_xlim(times[0], times[-1])
        axes.set_ylabel(LABELS[name])
        if name != "temperature":
            axes.tick_params(labelbottom=False)
    panels[0].legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    panels[-1].set_xlabel(TIME)
    figure.align_ylabels()
    return figure


def drift(result: Result) -> "Figure":
    """The conserved quantity of an atom less its mean, and the line through it."""
    figure, axes = new_figure(size=(5.6, 3.4))
    times, steady = result.arrays["times"], _steady_time(result)
    kept = times >= steady
    conserved = result.arrays["conserved"]
    departure = conserved - conserved[:, kept].mean(axis=1, keepdims=True)
    axes.plot(times, departure[0], color=COLOURS[0], alpha=0.3, linewidth=0.5, label=_samples(departure))
    axes.plot(*_means(times, departure), color=COLOURS[0], label="mean of a stretch")
    estimate = result.estimate("conserved_drift")
    steps = result.arrays["steps"][kept] / DRIFT_STEPS
    axes.plot(times[kept], estimate.value * (steps - steps.mean()), color=COLOURS[1],
              label=_slope(estimate))  # fmt: skip
    _shade(axes, times, steady)
    reach = 1.6 * float(np.abs(departure[:, kept]).max()) or 1.0
    axes.set_ylim(-reach, reach)
    axes.set_xlim(times[0], times[-1])
    axes.ticklabel_format(axis="y", style="sci", scilimits=(-2, 2), useMathText=True)
    axes.set_xlabel(TIME)
    axes.set_ylabel(r"conserved quantity less its mean / $N\epsilon$")
    axes.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    return figure


def radial_distribution(result: Result) -> "Figure":
    """g(r) with its error band; the cut-off, and in a rare gas exp(-V/T), that of a pair alone."""
    figure, axes = new_figure()
    found, temperature = result.profile("radial_distribution"), result.config["temperature"]
    r = found.position
    axes.plot(r, found.value, label="measured")
    low, high = found.value - found.stderr, found.value + found.stderr
    axes.fill_between(r, low, high, color=COLOURS[0], alpha=0.3, linewidth=0)
    axes.axhline(1, color=GREY, linewidth=0.8)
    if result.config["density"] < RARE:
        alone = np.exp(-4 * (r**-12 - r**-6) / temperature)
        axes.plot(r, alone, color=GREY, linestyle=":", linewidth=1.1, label="exp(-V/kT), a pair alone")
    axes.axvline(result.config["cutoff"], color=COLOURS[1], linestyle="-.", linewidth=1, label="cut-off")
    axes.set_xlim(0, r[-1])
    axes.set_ylim(bottom=0)
    axes.set_xlabel(r"distance $r/\sigma$")
    axes.set_ylabel("$g(r)$")
    axes.legend()
    return figure


def _words(estimate: Estimate) -> str:
    return "theory and its error" if estimate.gated else "theory, extrapolated"


def _samples(series: Array) -> str:
    return "samples" if len(series) == 1 else "samples of one copy"


def _slope(estimate: Estimate) -> str:
    from knudsen.scenarios.table import measured

    return rf"slope {measured(estimate.value, estimate.stderr)} $\epsilon$ in 10$^5$ steps"


def _steady_time(result: Result) -> float:
    return float(result.resolution["steady_from_step"] * result.resolution["timestep"])


def _structure(result: Result, name: str) -> float:
    """What the measured g(r) adds to a series."""
    found = {"potential_energy": "energy", "pressure": "pressure"}.get(name)
    return float(result.resolution[f"correction_{found}_of_structure"]) if found else 0.0


def _means(times: Array, series: Array) -> tuple[Array, Array]:
    """Middles and means over all copies of `WINDOWS` parts of a series [copy, sample]."""
    length = max(1, len(times) // WINDOWS)
    count = len(times) // length
    return tuple(  # type: ignore[return-value]
        values[: count * length].reshape(count, length).mean(axis=1)
        for values in (times, series.mean(axis=0))
    )


def _limits(steady: Array, estimate: Estimate) -> tuple[float, float]:
    """The scatter of the stationary part, and room for theory; the transient may leave the panel."""
    middle, spread = float(steady.mean()), float(steady.std())
    ends = [middle - 4.5 * spread, middle + 4.5 * spread]
    if estimate.theory is not None:
        ends += [estimate.theory - spread, estimate.theory + spread]
    return min(ends), max(ends)


def _shade(axes: "Axes", times: Array, steady: float) -> None:
    if steady > times[0]:
        axes.axvspan(times[0], steady, color=GREY, alpha=0.1, linewidth=0, label="not yet stationary")
