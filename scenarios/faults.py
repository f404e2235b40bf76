"""What stops a run: faults of a config, named all at once, and runs that do not come to their end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import ValidationError

REMEDIES = {
    "float_type": "give a number",
    "int_type": "give a whole number",
    "int_from_float": "give a whole number",
    "list_type": 'write a list in brackets, strings in quotes, such as ["He", "Ar"]',
    "tuple_type": 'write a list in brackets, strings in quotes, such as ["He", "Ar"]',
    "string_type": "give a string in quotes",
    "bool_type": "give true or false",
    "finite_number": "give a finite number",
    "greater_than": "give a positive number",
}


class RunStopped(RuntimeError):
    """A run that did not come to its end; `exit_code` is the process's."""

    exit_code = 3


class RunRefused(RunStopped):
    """A run that cannot start as asked."""

    exit_code = 2


class RunFailed(RunStopped):
    """A numerical failure or a refusing disk, with the last good checkpoint."""


class Interrupted(RunStopped):
    """A signal asked the run to stop; its checkpoint is written."""

    exit_code = 130


@dataclass(frozen=True)
class Fault:
    """One fault: its path in the config, what is wrong, and the remedy."""

    path: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        return ": ".join(part for part in (self.path, self.problem, self.remedy) if part)


class ConfigError(ValueError):
    """A config that cannot be run; `faults` holds every fault found in it."""

    def __init__(self, faults: Iterable[Fault], source: str = "") -> None:
        self.faults = tuple(dict.fromkeys(faults))
        self.source = source
        super().__init__(self.faults, source)

    def __str__(self) -> str:
        count = f"{len(self.faults)} fault{'s' if len(self.faults) > 1 else ''}"
        where = f" in {self.source}" if self.source else ""
        return "\n".join([f"{count}{where}:", *(f"  {fault}" for fault in self.faults)])

    def within(self, label: str) -> list[Fault]:
        """The faults, each marked as belonging to `label`."""
        return [replace(fault, path=f"[{label}] {fault.path}") for fault in self.faults]


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A remedy that names the nearest known word, if any is near, and else all of them."""
    by_folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), by_folded, n=1, cutoff=0.6)
    if close:
        return f"did you mean {by_folded[close[0]]!r}?"
    return f"choose from {', '.join(by_folded.values())}"


def faults_of(error: "ValidationError", keys: Sequence[str]) -> list[Fault]:
    """The faults behind pydantic's errors; `keys` are those that the config knows."""
    return [fault for line in error.errors(include_url=False) for fault in _faults_of_line(line, keys)]


def _faults_of_line(line: Any, keys: Sequence[str]) -> list[Fault]:
    cause = line.get("ctx", {}).get("error")
    if isinstance(cause, ConfigError):
        return list(cause.faults)
    path = _path(line["loc"])
    if line["type"] == "extra_forbidden":
        return [Fault(path, "unknown key", did_you_mean(str(line["loc"][-1]), keys))]
    if cause is not None:
        return [Fault(path, str(cause))]
    problem = line["msg"].replace("Input should be", "must be", 1).replace("valid tuple", "list")
    return [Fault(path, f"{problem}, got {line['input']!r}", REMEDIES.get(line["type"], ""))]


def _path(location: tuple[str | int, ...]) -> str:
    """gases[1], walls.left: as the user wrote it."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location]
    return "".join(parts).removeprefix(".")
