import io
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from rich.console import Console

from knudsen.analysis.figures import length_scale, new_figure, profile_figure, save, with_unit
from knudsen.analysis.sweep_figure import sweep_figure
from knudsen.core.results import Estimate, Profile
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.report import plain, redraw
from knudsen.scenarios.runner import Plan, execute
from knudsen.scenarios.sweep import execute_sweep, plan_sweep


class Balance(HTMLParser):
    """Checks that every element is closed, and keeps what a page would fetch."""

    def __init__(self):
        super().__init__()
        self.open, self.fetched, self.tags = [], [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.fetched += [value for name, value in attributes if name in ("src", "href")]
        if tag not in ("meta", "img", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def options():
    return {"device": "cpu", "console": Console(file=io.StringIO())}


def read(path):
    page = path.read_text()
    parser = Balance()
    parser.feed(page)
    assert parser.open == []
    assert all(source.startswith("data:image/svg+xml;base64,") for source in parser.fetched)
    assert not re.search(r"https?://|@import|<script", page)
    return page, parser


def test_a_report_holds_everything_and_fetches_nothing(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    config = toy.Config(gases=("He", "Ar"), cells=4)
    execute(Plan(toy, config, **options()), folder)
    page, parser = read(folder.report)
    assert parser.tags.count("img") == 1
    for said in (
        "<h1>Toy</h1>", "measured ± stderr", "symmetry", "4 cells are few", "majorant overflows",
        "He: 50, Ar: 50", "particle steps per s", "temperature = 300.0", "commit",
    ):  # fmt: skip
        assert said in page


def test_redrawing_reads_the_disk_alone(toy, tmp_path, monkeypatch):
    folder = RunFolder(tmp_path / "run")
    execute(Plan(toy, toy.Config(), **options()), folder)
    before = folder.report.read_text()
    for path in folder.figures.iterdir():
        path.unlink()
    folder.checkpoint.unlink()
    monkeypatch.setattr("toy.ToySimulation.run", None)
    assert redraw(folder.path).read_text() == before
    assert {path.name for path in folder.figures.iterdir()} == {"mean_velocity.png", "mean_velocity.svg"}


def test_markup_in_a_config_stays_text(toy, tmp_path):
    folder = RunFolder(tmp_path / "run")
    execute(Plan(toy, toy.Config(), **options()), folder)
    from knudsen.scenarios.report import _write

    _write(folder, toy, [], ["<b>bold</b>"], {}, "a = '<script>'")
    page, _ = read(folder.report)
    assert "&lt;b&gt;bold" in page


def test_a_sweep_has_a_report_of_all_points(toy, tmp_path):
    folder = RunFolder(tmp_path / "sweep")
    execute_sweep(plan_sweep(toy, {"cells": 4}, {"temperature": [250, 300]}, **options()), folder)
    page, parser = read(folder.report)
    assert parser.tags.count("img") == 1
    for said in ("From all points", "exponent_temperature", "temperature = 250: 4 cells are few"):
        assert said in page


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.123456, "0.1235"), (None, "–"), ({"He": 1.0, "Ar": [1, 2]}, "He: 1, Ar: 1, 2"), (3, "3"), ("a", "a")],
)
def test_values_read_plainly(value, text):
    assert plain(value) == text


def test_figures_have_units_bands_and_theory():
    position = np.linspace(0, 2e-6, 5)
    profile = Profile("molar_flux_A", "mol m-2 s-1", position, np.arange(5.0), np.full(5, np.nan))
    figure = profile_figure([profile, profile], labels=["left", "right"], quantity="flux")
    (axes,) = figure.axes
    assert axes.get_xlabel() == "position [µm]"
    assert axes.get_ylabel() == "flux [mol m⁻² s⁻¹]"
    np.testing.assert_allclose(axes.lines[0].get_xdata(), [0, 0.5, 1, 1.5, 2])
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["left", "right"]


def test_saved_figures_are_png_and_repeatable_svg(tmp_path):
    for folder in (tmp_path / "a", tmp_path / "b"):
        figure, axes = new_figure()
        axes.plot([1, 2], [3, 4])
        save(figure, folder, "line")
    assert (tmp_path / "a" / "line.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "a" / "line.svg").read_bytes() == (tmp_path / "b" / "line.svg").read_bytes()
    ElementTree.parse(tmp_path / "a" / "line.svg")


def test_sweep_figures_have_a_panel_for_each_estimate():
    points = [[Estimate(f"e{n}", p, 0.1, "K", p if n else None) for n in range(4)] for p in (1.0, 2.0)]
    figure = sweep_figure("temperature", [300, 250], points, "K")
    assert [axes.get_title() for axes in figure.axes[:4]] == [f"e{n} [K]" for n in range(4)]
    assert {axes.get_xlabel() for axes in figure.axes[:4]} == {"temperature [K]"}
    assert figure.axes[1].lines[-1].get_xdata().tolist() == [250, 300]
    assert figure.axes[1].lines[-1].get_ydata().tolist() == [2.0, 1.0]


@pytest.mark.parametrize(
    ("values", "scale"), [([0.1, 1.0], "log"), ([0.2, 1.0], "linear"), ([0, 9], "linear")]
)
def test_a_sweep_over_a_decade_has_a_logarithmic_axis(values, scale):
    points = [[Estimate("a", 1.0, 0.1, "K")] for _ in values]
    assert sweep_figure("knudsen", values, points).axes[0].get_xscale() == scale


def test_a_sweep_over_words_has_them_on_its_axis():
    points = [[Estimate("a", p, 0.1, "K", p + 1)] for p in (2.0, 1.0)]
    axes = sweep_figure("model", ["vss", "hs"], points).axes[0]
    assert [label.get_text() for label in axes.get_xticklabels()] == ["vss", "hs"]
    assert axes.lines[-1].get_ydata().tolist() == [3.0, 2.0]
    assert axes.lines[-1].get_linestyle() == "None"  # what lies between two words is nothing


@pytest.mark.parametrize(
    "sources, name",
    [(("Boltzmann", "Shakhov"), "theory, each point's own"), (("Boltzmann",) * 2, "Boltzmann")],
)
def test_theory_has_its_name_where_all_points_share_it(sources, name):
    points = [[Estimate("a", 1.0, 0.1, "K", 1.0, theory_source=source)] for source in sources]
    assert sweep_figure("model", ["hs", "vss"], points).axes[0].lines[-1].get_label() == name


def test_a_sweep_over_quantities_with_units_has_its_figure(toy, tmp_path):
    folder = RunFolder(tmp_path / "sweep")
    execute_sweep(plan_sweep(toy, {}, {"temperature": ["250 K", "300 K"]}, **options()), folder)
    assert (folder.figures / "sweep.svg").exists()


def test_importing_figures_leaves_matplotlib_alone():
    import subprocess
    import sys

    code = "import sys, knudsen.analysis.figures; sys.exit('matplotlib' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_lengths_and_units_read_well():
    assert length_scale(2e-6) == (1e-6, "µm")
    assert length_scale(1e-10) == (1e-9, "nm")
    assert length_scale(3.0) == (1.0, "m")
    assert with_unit("D", "m2 s-1") == "D [m² s⁻¹]"
    assert with_unit("x", "1") == "x"
