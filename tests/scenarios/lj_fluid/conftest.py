"""One short run of a fluid through the command line, for all tests that look at it."""

import json

import pytest
from fluid_cases import SHORT, settings
from typer.testing import CliRunner

from knudsen.scenarios.cli import app


@pytest.fixture(scope="session")
def call():
    """The command line in this process."""

    def called(*arguments):
        done = CliRunner().invoke(app, [str(word) for word in arguments], catch_exceptions=False)
        assert done.exit_code == 0, done.stderr
        return done

    return called


@pytest.fixture(scope="session")
def ran(call, tmp_path_factory):
    """What the run printed, and its folder."""
    folder = tmp_path_factory.mktemp("fluid") / "run"
    printed = call("run", "lj_fluid", *settings(**SHORT), "--device", "cpu", "--out", folder, "--json")
    return json.loads(printed.stdout), folder
