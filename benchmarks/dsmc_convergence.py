"""Viscosity, conductivity and D_12 of DSMC against cell, time step and molecules a cell, beside the laws.

python -m knudsen.benchmarks.dsmc_convergence [--share 0.1] [--save JSON] [--read JSON] [--figure SVG]

Each point is a flow between walls (`dsmc_flows`): argon of hard spheres or VSS; He-Ar too where it diffuses.
A fit extrapolates to cells, steps and drives of nothing and infinitely many molecules:

    measured / Chapman-Enskog = r0 + a cell + b step + c strength^2 + d repeats

where cell, step and repeats are what the laws expect (`analysis/kinetic/discretization.py` and
`repeated_collisions.py`).  r0, a, b and d should be one.  Where all points have as many molecules, d is taken
as one.
"""

import argparse
import json
import time
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from knudsen.analysis.kinetic.discretization import cell_excess, timestep_excess
from knudsen.benchmarks.dsmc_flows import COEFFICIENTS, FLOWS, Outcome, Point, run
from knudsen.core.provenance import provenance

Array = np.ndarray[Any, Any]
# Of the usual point, the others differ from it in one number; molecules in a mean free path.
WIDTH, TIMESTEP, PER_PATH = 0.5, 0.5, 120
WIDTHS, TIMESTEPS = (0.25, 1.0, 4 / 3, 2.0), (0.25, 1.0, 1.5, 2.0)
# Width, step and molecules in a cell.
FEW = ((0.5, 0.5, 5), (0.5, 0.5, 10), (0.5, 0.5, 20), (0.25, 0.5, 2.5), (1.0, 0.5, 10), (0.5, 0.25, 5),
       (0.5, 1.0, 5))  # fmt: skip
WIDEST_FITTED = 1.0
STRONG = {"couette": 2.0, "fourier": 1.6}
COLOURS = {"couette": "tab:blue", "fourier": "tab:red", "diffusion": "tab:green"}
SYMBOLS = {"couette": r"$\mu$", "fourier": r"$\lambda$", "diffusion": r"$D$"}
MARKS = {"Ar hs": ("o", "full"), "Ar vss": ("s", "none"), "He-Ar vss": ("^", "none")}


class Found(NamedTuple):
    """A point and its outcome."""

    point: Point
    outcome: Outcome

    @property
    def gas(self) -> str:
        """In words."""
        names = dict.fromkeys(self.point.gases)
        return f"{'-'.join(names)} {self.point.model}"


def points() -> list[Point]:
    """All of the study."""
    found: list[Point] = []
    for flow in FLOWS:
        usual = Point(flow, "hs", WIDTH, TIMESTEP, WIDTH * PER_PATH)
        found.append(usual)
        found += [Point(flow, "hs", width, TIMESTEP, width * PER_PATH) for width in WIDTHS]
        found += [Point(flow, "hs", WIDTH, step, WIDTH * PER_PATH) for step in TIMESTEPS]
        found += [Point(flow, "hs", *each) for each in FEW]
        if flow in STRONG:
            found.append(Point(flow, "hs", WIDTH, TIMESTEP, WIDTH * PER_PATH, strength=STRONG[flow]))
        coarse = ((WIDTH, TIMESTEP), (1.0, TIMESTEP), (2.0, TIMESTEP), (WIDTH, 1.0), (WIDTH, 1.5))
        found += [Point(flow, "vss", width, step, width * PER_PATH) for width, step in coarse]
    pair = ("He", "Ar")
    found += [Point("diffusion", "vss", WIDTH, step, WIDTH * PER_PATH, pair) for step in (0.25, 0.5, 1.0)]
    return found


# --- the fit ---------------------------------------------------------------------------------------------


class Fit(NamedTuple):
    """Least squares of the points of one flow: values and errors by name.

    Errors are those of the points, larger by (chi^2 / freedom)^(1/2) where that is above one.
    """

    values: dict[str, float]
    errors: dict[str, float]
    chi_squared: float
    freedom: int


def fit(found: Iterable[Found]) -> Fit:
    """r0, a, b, c, d of the points of one flow and gas, those left out that the points do not tell.

    Cells wider than WIDEST_FITTED are beyond the law, and left out too.
    """
    kept = [each for each in found if each.point.width <= WIDEST_FITTED]
    points, outcomes = [each.point for each in kept], [each.outcome for each in kept]
    columns = {
        "r0": np.ones(len(points)),
        "a": np.array([each.cell_law for each in outcomes]),
        "b": np.array([each.timestep_law for each in outcomes]),
        "c": np.array([each.strength**2 for each in points]),
        "d": np.array([each.repeat_law for each in points]),
    }
    ratio = np.array([each.ratio for each in outcomes])
    if np.ptp([each.density for each in points]) < 1e-6:
        ratio = ratio - columns.pop("d")
    columns = {
        name: each for name, each in columns.items() if name == "r0" or np.ptp(each) > 1e-3 * each.max()
    }
    stderr = np.array([each.stderr for each in outcomes])
    matrix = np.stack(list(columns.values()), axis=1) / stderr[:, None]
    target = ratio / stderr
    covariance = np.linalg.inv(matrix.T @ matrix)
    best = covariance @ matrix.T @ target
    rest = target - matrix @ best
    chi_squared, freedom = float(rest @ rest), len(points) - len(best)
    errors = np.sqrt(np.diag(covariance) * max(1.0, chi_squared / max(freedom, 1)))
    return Fit(
        dict(zip(columns, best.tolist(), strict=True)),
        dict(zip(columns, errors.tolist(), strict=True)),
        chi_squared, freedom,
    )  # fmt: skip


def fits(found: list[Found]) -> dict[str, Fit]:
    """Of every flow and gas."""
    sets = dict.fromkeys((each.point.flow, each.gas) for each in found)
    return {
        f"{flow}, {gas}": fit(each for each in found if (each.point.flow, each.gas) == (flow, gas))
        for flow, gas in sets
    }


# --- table and figure ------------------------------------------------------------------------------------


def show(found: Found) -> None:
    """A line of the table."""
    point, (ratio, stderr, cell_law, timestep_law) = found
    expected = 1 + cell_law + timestep_law + point.repeat_law
    print(
        f"{point.flow:9s} {found.gas:9s} dx {point.width:5.3f} dt {point.timestep:5.3f} "
        f"N {point.density:5.1f} strength {point.strength:3.1f}: {ratio:.4f} +- {stderr:.4f}, "
        f"laws {expected:.4f} ({(ratio - expected) / stderr:+.1f} sigma)",
        flush=True,
    )


def show_fit(name: str, found: Fit) -> None:
    """A line of the table."""
    numbers = ", ".join(f"{key} {found.values[key]:.4f} +- {found.errors[key]:.4f}" for key in found.values)
    print(f"{name}: {numbers}; chi^2 {found.chi_squared:.1f} of {found.freedom}")


def draw(found: list[Found], path: Path) -> None:
    """The excess of each coefficient against cell, step and molecules, beside the laws."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    panels = {
        "width": r"cell $\Delta x/\lambda$", "timestep": r"step $c_0 \Delta t/\lambda$",
        "repeats": "law of repeated collisions [%]",
    }  # fmt: skip
    figure, axes = plt.subplots(1, 3, figsize=(11, 3.8), layout="constrained")
    for axis, (name, label) in zip(axes, panels.items(), strict=True):
        _panel(axis, found, name)
        axis.set_xlabel(label)
        axis.axhline(0.0, color="grey", lw=0.6)
    axes[0].set_ylabel("excess over Chapman-Enskog [%]")
    axes[0].legend(frameon=False, fontsize=8)
    figure.savefig(path)
    plt.close(figure)


def _panel(axis: Any, found: list[Found], name: str) -> None:
    """Points that differ from the usual one in one number, less the laws of what is not on the axis."""
    for flow, gas in dict.fromkeys((each.point.flow, each.gas) for each in found):
        alike = [each for each in found if (each.point.flow, each.gas) == (flow, gas)]
        chosen = [each for each in alike if _varies(each.point, name)]
        if len(chosen) < 2 or (name == "repeats" and gas != "Ar hs"):
            continue
        mark, style = MARKS[gas]
        x = [100 * p.repeat_law if name == "repeats" else getattr(p, name) for p, _ in chosen]
        y = [100 * (each.outcome.ratio - 1 - _others(each, name)) for each in chosen]
        axis.errorbar(
            x, y, [100 * each.outcome.stderr for each in chosen], fmt=mark, fillstyle=style, ms=5, lw=1,
            color=COLOURS[flow], label=f"{SYMBOLS[flow]}, {gas}",
        )  # fmt: skip
        if name == "repeats":
            axis.plot([0, max(x)], [0, max(x)], "-", color="black", lw=0.8)
        else:
            _law(axis, chosen[0].point, name, max(x), ":" if style == "none" else "-")


def _others(found: Found, name: str) -> float:
    laws = {
        "width": found.outcome.cell_law,
        "timestep": found.outcome.timestep_law,
        "repeats": found.point.repeat_law,
    }
    return sum(law for other, law in laws.items() if other != name)


def _varies(point: Point, name: str) -> bool:
    if point.strength != 1:
        return False
    if name == "repeats":
        return point.density < PER_PATH - 1 or (point.width, point.timestep) == (WIDTH, TIMESTEP)
    kept = point.timestep == TIMESTEP if name == "width" else point.width == WIDTH
    return kept and abs(point.density - PER_PATH) < 1e-6


def _law(axis: Any, point: Point, name: str, most: float, line: str) -> None:
    path, pressure = point.path, 1e5
    along = np.linspace(1e-3, 1.05 * most, 60)
    law, unit = (cell_excess, path) if name == "width" else (timestep_excess, path / point.speed)
    excess = [100 * law(point.theory, point.fractions, pressure, each * unit)[COEFFICIENTS[point.flow]]
              for each in along]  # fmt: skip
    axis.plot(along, excess, line, color=COLOURS[point.flow], lw=1)


# --- the program -----------------------------------------------------------------------------------------


def to_json(found: list[Found], seconds: float) -> str:
    """What `from_json` reads."""
    rows = [{"point": asdict(point), "outcome": outcome._asdict()} for point, outcome in found]
    return json.dumps({"rows": rows, "cpu_s": seconds, "provenance": provenance("cpu")}, indent=1)


def from_json(text: str) -> list[Found]:
    """Points and outcomes that were saved."""
    rows = json.loads(text)["rows"]
    return [
        Found(Point(**(row["point"] | {"gases": tuple(row["point"]["gases"])})), Outcome(**row["outcome"]))
        for row in rows
    ]


def main(arguments: list[str] | None = None) -> None:
    """Run the study, or read it, and print and draw it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument(
        "--share", type=float, default=1.0, help="of the usual time; 0.35 of it: 6 to 7 min of CPU"
    )
    parser.add_argument("--save", type=Path, help="write the points to this file")
    parser.add_argument("--read", type=Path, help="draw the points of this file instead of running")
    parser.add_argument("--figure", type=Path, help="draw to this file")
    options = parser.parse_args(arguments)
    found = from_json(options.read.read_text()) if options.read else []
    start = time.process_time()
    for number, point in enumerate(() if options.read else points()):
        found.append(Found(point, run(point, options.share, seed=number)))
        show(found[-1])
        if options.save:
            options.save.write_text(to_json(found, time.process_time() - start))
    for name, each in fits(found).items():
        show_fit(name, each)
    if options.figure:
        draw(found, options.figure)


if __name__ == "__main__":
    main()
