"""Long runs take all threads."""

import pytest


@pytest.fixture(autouse=True, scope="module")
def one_thread():
    """In place of the quick tests' fixture of this name: nothing is set."""
