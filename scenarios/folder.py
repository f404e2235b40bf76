"""The folder of a run: its files and its lock."""

import fcntl
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import tomli_w

from knudsen.core.files import remove_parts, write_text
from knudsen.core.results import ESTIMATES_FILE, RESULT_FILE, Result
from knudsen.scenarios.faults import RunRefused
from knudsen.scenarios.loading import read_toml


@dataclass(frozen=True)
class RunFolder:
    """The files of one run or sweep.

    path : the folder;  whole : the folder to resume, where this run is a point of a sweep
    """

    path: Path
    whole: Path | None = None

    @property
    def config(self) -> Path:
        """Scenario, device and every key of the config."""
        return self.path / "config.toml"

    @property
    def sweep(self) -> Path:
        """Scenario, device and the points of a sweep; only in the folder of a sweep."""
        return self.path / "sweep.toml"

    @property
    def checkpoint(self) -> Path:
        """The last checkpoint."""
        return self.path / "checkpoint.h5"

    @property
    def result(self) -> Path:
        """The result; where it is, the run is finished."""
        return self.path / RESULT_FILE

    @property
    def estimates(self) -> Path:
        """What `--json` printed."""
        return self.path / ESTIMATES_FILE

    @property
    def figures(self) -> Path:
        """Folder of the figures."""
        return self.path / "figures"

    @property
    def report(self) -> Path:
        """The report."""
        return self.path / "report.html"

    @property
    def resume_command(self) -> str:
        """The command that takes the run up again."""
        return f"knudsen resume {self.whole or self.path}"

    def claim(self, file: Path, content: Mapping[str, Any]) -> None:
        """Write what is to be run to `file`, or find the very same there.

        Raises RunRefused where the folder holds another run.
        """
        other = self.sweep if file == self.config else self.config
        if other.exists() or (file.exists() and read_toml(file) != _as_read(content)):
            raise RunRefused(
                f"{self.path} already holds a different run: choose another folder with --out, "
                f"or take that run up with `{self.resume_command}`"
            )
        if not file.exists():
            write_text(file, tomli_w.dumps(content))

    def load(self) -> Result:
        """The finished run's result.  Raises RunRefused where it is missing or torn."""
        try:
            return Result.load(self.path)
        except FileNotFoundError:
            if not self.config.exists():
                raise RunRefused(f"{self.path} holds no run: {self.config} is missing") from None
            raise RunRefused(f"{self.path} is not finished: continue with `{self.resume_command}`") from None
        except ValueError as error:
            raise RunRefused(f"{error}: remove it and continue with `{self.resume_command}`") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder and keep other processes out of it.

        Raises RunRefused where one is in, or where a file stands in the way.
        """
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, NotADirectoryError):
            raise RunRefused(
                f"{self.path} is a file, or lies in one: choose another folder with --out"
            ) from None
        with (self.path / ".lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise RunRefused(f"another process is running {self.path}: wait for it, or stop it") from None
            remove_parts(self.path)
            yield


def _as_read(content: Mapping[str, Any]) -> dict[str, Any]:
    return tomllib.loads(tomli_w.dumps(content))


def new_folder(scenario: str, parent: Path = Path("runs")) -> RunFolder:
    """Make runs/SCENARIO-NNN, with the next number that is free."""
    parent.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        path = parent / f"{scenario}-{number:03d}"
        try:
            path.mkdir()
        except FileExistsError:
            number += 1
        else:
            return RunFolder(path)
