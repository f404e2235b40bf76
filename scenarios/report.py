"""The report: one HTML file that needs nothing else, drawn from saved results alone."""

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jinja2
import tomli_w

from knudsen.analysis.figures import between, save, words
from knudsen.analysis.sweep_figure import sweep_figure
from knudsen.core.files import write_text
from knudsen.core.results import Result
from knudsen.scenarios import registry, table
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.loading import check, describe

if TYPE_CHECKING:
    from knudsen.scenarios.scenario import Scenario
    from knudsen.scenarios.sweep import SweepResult


def draw(scenario: "Scenario", result: Result, folder: RunFolder) -> None:
    """Write the figures and report.html of a result.  Raises OSError."""
    folder.figures.mkdir(exist_ok=True)
    scenario.figures(result, folder.figures)
    resolution = dict(result.resolution)
    _write(
        folder,
        scenario,
        tables=[("", table.rows(result.estimates))],
        warnings=resolution.pop("warnings", []),
        blocks={"Resolution": resolution, "Performance": result.performance, "Provenance": result.provenance},
        config=tomli_w.dumps(_given(result.config)),
    )


def draw_sweep(scenario: "Scenario", result: "SweepResult", folder: RunFolder) -> None:
    """Write the figures and report.html of a sweep.  Raises OSError."""
    _draw_against_key(scenario, result, folder)
    scenario.sweep_figures(result.points, folder.figures)
    tables = [("From all points", table.rows(result.estimates))] if result.estimates else []
    tables += [(describe(point.settings), table.rows(point.result.estimates)) for point in result.points]
    warnings = [
        f"{describe(point.settings)}: {warning}"
        for point in result.points
        for warning in point.result.resolution.get("warnings", [])
    ]
    last = result.points[-1].result
    _write(folder, scenario, tables, warnings, {"Provenance": last.provenance}, folder.sweep.read_text())


def _draw_against_key(scenario: "Scenario", result: "SweepResult", folder: RunFolder) -> None:
    """A figure where one key was swept over quantities; more keys have no one axis to draw along."""
    keys = list(result.points[0].settings)
    values = [point.result.config.get(keys[0]) for point in result.points]
    drawn = any(all(isinstance(value, kind) for value in values) for kind in (int | float, str))
    if len(keys) == 1 and drawn:
        key, estimates = keys[0], [point.result.estimates for point in result.points]
        config = check(scenario.Config, _given(result.points[0].result.config))
        numbers = not isinstance(values[0], str)
        lines = scenario.curves(config, key, between(values)) if numbers else {}
        save(
            sweep_figure(key, values, estimates, scenario.units.get(key, ""), lines), folder.figures, "sweep"
        )


def _given(config: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in config.items() if value is not None}


def redraw(path: Path) -> Path:
    """Draw the figures and report of a finished run anew; returns the report.  Raises RunRefused."""
    folder = RunFolder(path)
    result = folder.load()
    draw(registry.find(result.scenario), result, folder)
    return folder.report


def _write(
    folder: RunFolder,
    scenario: "Scenario",
    tables: Sequence[tuple[str, list[tuple[str, ...]]]],
    warnings: Sequence[str],
    blocks: Mapping[str, Mapping[str, Any]],
    config: str,
) -> None:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("knudsen.scenarios"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(words=words, plain=plain)
    page = environment.get_template("report.html.j2").render(
        title=scenario.title or words(scenario.name).capitalize(),
        length_unit=scenario.units["length"],
        summary=scenario.summary,
        headings=table.HEADINGS,
        tables=tables,
        figures=[(words(path.stem), _data_uri(path)) for path in sorted(folder.figures.glob("*.svg"))],
        warnings=warnings,
        blocks=blocks,
        config=config,
    )
    write_text(folder.report, page)


def _data_uri(path: Path) -> str:
    return f"data:image/svg+xml;base64,{base64.b64encode(path.read_bytes()).decode()}"


def plain(value: Any) -> str:
    """A value of a block as a reader wants it: four figures, lists and mappings on one line."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {plain(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(item) for item in value)
    if isinstance(value, float):
        return f"{value:.4g}"
    return "–" if value is None else str(value)
