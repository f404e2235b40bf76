from pathlib import Path

import pytest

from knudsen.scenarios.registry import SCENARIOS, Entry

HERE = Path(__file__).parent


@pytest.fixture
def toy(monkeypatch):
    """The toy scenario, registered for this test alone."""
    monkeypatch.syspath_prepend(HERE)
    monkeypatch.setitem(SCENARIOS, "toy", Entry("toy", "numbers without physics"))
    import toy

    return toy.SCENARIO
