"""Runs what docs/validation.md and docs/gallery.md show, and writes both pages and their figures.

    python docs/make_gallery.py runs/gallery

It runs every scenario as it stands (`knudsen validate`) and the SWEEPS below; what is finished in the folder
is taken from there.  A section of the gallery is what the scenario's module says of itself, the first figure
of its report, its numbers, and its sweep.
"""

import ast
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from types import MappingProxyType
from typing import Any, NamedTuple

from knudsen.core.files import write_text
from knudsen.core.results import Estimate
from knudsen.scenarios import ledger, table
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.registry import SCENARIOS, find
from knudsen.scenarios.sweep import SweepResult, execute_sweep, plan_sweep

HERE = Path(__file__).parent
HEAD = """# Gallery

The scenarios as `knudsen run NAME` runs them, one figure of each, and one of a sweep. Made by
`python docs/make_gallery.py` from real runs; [the ledger](validation.md) holds every number of the single
ones with its error and its theory. Bands and bars are one standard error.
"""
RAREFACTIONS = [0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0]
ACCOMMODATIONS = [0.2, 0.4, 0.6, 0.8, 1.0]


class Sweep(NamedTuple):
    """What is swept, beside what else is set."""

    axis: Mapping[str, Sequence[Any]]
    settings: Mapping[str, Any] = MappingProxyType({})

    def command(self, name: str) -> str:
        """The command that runs it."""
        given = "".join(f" --set {key}={value}" for key, value in self.settings.items())
        swept = "".join(f' --sweep "{key}={json.dumps(list(values))}"' for key, values in self.axis.items())
        return f"knudsen run {name}{given}{swept}"


SWEEPS = {
    "couette": Sweep({"delta": [*RAREFACTIONS, 20.0]}),
    "diffusion_slip": Sweep({"delta": [0.5, 1, 2, 5, 8]}),
    "diffusion_stress": Sweep(
        {"knudsen": [1, 0.3, 0.1, 0.03, 0.01]}, {"mode": "counterdiffusion", "seed": 5}
    ),
    "fourier": Sweep({"delta": RAREFACTIONS}),
    "graham": Sweep(
        {"knudsen": [100.0, 10.0, 1.0, 0.3, 0.1]},
        {"shape": "slit", "length_over_height": 2.0, "particles_per_cell": 120},
    ),
    "kramers": Sweep({"accommodation": ACCOMMODATIONS}),
    "knudsen_diffusion": Sweep({"knudsen": [100.0, 10.0, 3.0, 1.0, 0.3, 0.1]}, {"length_over_radius": 4.0}),
    "nonlocal_diffusion": Sweep({"wave_number": [0.1, 0.2, 0.5, 1.0, 2.0, 5.0]}),
    "poiseuille": Sweep({"delta": [0.1, 0.2, 0.5, 0.8, 1, 1.3, 2, 5, 10]}, {"particles_per_cell": 100}),
    "temperature_jump": Sweep({"accommodation": ACCOMMODATIONS}),
    "thermal_creep": Sweep({"delta": [0.1, 0.2, 0.5, 0.8, 1, 1.3, 2, 5]}, {"particles_per_cell": 100}),
}


def first_paragraph(module: str) -> str:
    """What a module says of itself, its first paragraph on one line."""
    found = find_spec(module)
    assert found is not None and found.origin is not None
    text = ast.get_docstring(ast.parse(Path(found.origin).read_text())) or ""
    return " ".join(text.split("\n\n")[0].split())


def sections(runs: Path, swept: Mapping[str, SweepResult]) -> Iterator[str]:
    """A section for each scenario, in the order of the list."""
    for name, entry in SCENARIOS.items():
        # Of several runs of one scenario in the ledger the first.
        single, points = RunFolder(runs / ledger.plans([name])[0].folder), RunFolder(runs / "sweeps" / name)
        title = find(name).title or name
        lines = [f"## {title}", "", f"`knudsen run {name}`: {first_paragraph(entry.module)}", ""]
        lines += [*picture(single, f"gallery_{name}", title), *numbers(single.load().estimates[:4])]
        if name in swept:
            lines += ["", f"`{SWEEPS[name].command(name)}`:", ""]
            lines += picture(points, f"gallery_{name}_sweep", f"{title}, swept")
            lines += numbers(swept[name].estimates)
        yield "\n".join(lines).rstrip() + "\n"


def picture(folder: RunFolder, name: str, title: str) -> Iterator[str]:
    """Copies the first figure of a report, if it has one, and links to it."""
    for drawn in sorted(folder.figures.glob("*.png"))[:1]:
        copyfile(drawn, HERE / "figures" / f"{name}.png")
        yield from (f"![{title}](figures/{name}.png)", "")


def numbers(estimates: Sequence[Estimate]) -> Iterator[str]:
    """Estimates beside their theory, a line each."""
    for each in estimates:
        beside = f"; theory {table.theory(each)} ({each.theory_source})" if each.theory is not None else ""
        yield f"- {each.name}: {table.measured(each.value, each.stderr)}{unit_of(each)}{beside}"


def unit_of(estimate: Estimate) -> str:
    """Its unit after a space; a pure number has none."""
    return "" if estimate.unit == "1" else f" {estimate.unit}"


def sweep(name: str, runs: Path) -> SweepResult:
    """The sweep of a scenario, run as far as it is not finished yet.  Raises as `execute`."""
    axis, settings = SWEEPS[name]
    return execute_sweep(plan_sweep(find(name), settings, axis), RunFolder(runs / "sweeps" / name))


def main(runs: Path) -> None:
    """Run all, and write both pages.  Raises as `execute`."""
    ledger.validate(ledger.plans([]), runs)
    swept = {name: sweep(name, runs) for name in SWEEPS}
    write_text(HERE / "validation.md", (runs / ledger.LEDGER_FILE).read_text())
    write_text(HERE / "gallery.md", "\n".join([HEAD, *sections(runs, swept)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
