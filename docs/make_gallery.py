"""Writes docs/validation.md, docs/gallery.md and its figures from real runs.

    knudsen validate --out runs/validation
    python docs/make_gallery.py runs/validation

One figure and one paragraph a scenario: the first figure of its report, what its module says it is, and what
the run found.
"""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile

from knudsen.core.files import write_text
from knudsen.core.results import Estimate
from knudsen.scenarios import table
from knudsen.scenarios.folder import RunFolder
from knudsen.scenarios.ledger import LEDGER_FILE
from knudsen.scenarios.registry import SCENARIOS, find

HERE = Path(__file__).parent
HEAD = """# Gallery

The scenarios as `knudsen run NAME` runs them, one figure of each. Made by `python docs/make_gallery.py` from
the runs of [the ledger](validation.md), which holds every number with its error and its theory.
"""


def first_paragraph(module: str) -> str:
    """What a module says of itself, its first paragraph on one line."""
    found = find_spec(module)
    assert found is not None and found.origin is not None
    text = ast.get_docstring(ast.parse(Path(found.origin).read_text())) or ""
    return " ".join(text.split("\n\n")[0].split())


def entries(runs: Path) -> Iterator[str]:
    """A section for each scenario that was run as it stands, in the order of the list."""
    paths = sorted(runs.glob("*-*"), reverse=True)  # of several runs of one scenario the first
    folders = {path.name.partition("-")[2]: RunFolder(path) for path in paths}
    for name, entry in SCENARIOS.items():
        if name in folders:
            yield section(name, entry.module, folders[name])


def section(name: str, module: str, folder: RunFolder) -> str:
    """Title, paragraph, figure and numbers of one scenario."""
    result, scenario = folder.load(), find(name)
    drawn = sorted(folder.figures.glob("*.png"))
    lines = [f"## {scenario.title or name}", "", f"`knudsen run {name}`: {first_paragraph(module)}", ""]
    if drawn:
        picture = HERE / "figures" / f"gallery_{name}.png"
        copyfile(drawn[0], picture)
        lines += [f"![{scenario.title or name}](figures/{picture.name})", ""]
    lines += [
        f"- {each.name}: {table.measured(each.value, each.stderr)}{unit_of(each)}"
        + (f"; theory {table.theory(each)} ({each.theory_source})" if each.theory is not None else "")
        for each in result.estimates[:4]
    ]
    return "\n".join(lines) + "\n"


def unit_of(estimate: Estimate) -> str:
    """Its unit after a space; a pure number has none."""
    return "" if estimate.unit == "1" else f" {estimate.unit}"


def main(runs: Path) -> None:
    """Write both pages."""
    write_text(HERE / "validation.md", (runs / LEDGER_FILE).read_text())
    write_text(HERE / "gallery.md", "\n".join([HEAD, *entries(runs)]))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
