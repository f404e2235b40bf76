"""Every public function's example runs and prints what it says."""

import doctest
import importlib
from pathlib import Path

import pytest

ANALYSIS = Path(__file__).parents[2] / "analysis"
MODULES = sorted(
    "knudsen.analysis." + ".".join(path.relative_to(ANALYSIS).with_suffix("").parts)
    for path in ANALYSIS.rglob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    results = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


def test_a_wrong_example_would_be_seen():
    wrong = doctest.DocTestParser().get_doctest(">>> 1 + 1\n3\n", {}, "wrong", None, 0)
    assert doctest.DocTestRunner(verbose=False).run(wrong, out=lambda _: None).failed == 1
