"""From TOML and `--set` to a checked config, and back."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import tomli_w
from pydantic import ValidationError

from knudsen.scenarios.config import Checked, Config
from knudsen.scenarios.faults import ConfigError, Fault, faults_of


def read_toml(path: Path) -> dict[str, Any]:
    """The values of a TOML file.  Raises ConfigError naming the file, line and column."""
    try:
        text = path.read_text(encoding="utf-8")
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # Python names no line where the text ends too soon.
        end = f"at line {text.count(chr(10)) + 1}, the end of the file"
        raise ConfigError([Fault(str(path), str(error).replace("at end of document", end))]) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        problem = f"line {line} is not UTF-8 text (byte {error.start})"
        raise ConfigError([Fault(str(path), problem, "save the file as UTF-8")]) from None
    except OSError as error:
        raise ConfigError([Fault(str(path), f"cannot be read: {error.strerror}")]) from None


def parse_settings(settings: Iterable[str]) -> dict[str, Any]:
    """The values of `key=value` arguments.  Raises ConfigError naming every one that is none."""
    values: dict[str, Any] = {}
    faults = []
    for setting in settings:
        key, equals, text = (part.strip() for part in setting.partition("="))
        if not (key and equals):
            faults.append(
                Fault(f"--set {setting}", "is no setting", "write key=value, such as temperature=350")
            )
        values[key] = parse_value(text)
    if faults:
        raise ConfigError(faults)
    return values


def parse_sweeps(sweeps: Iterable[str]) -> dict[str, list[Any]]:
    """The axes of `key=[...]` arguments.  Raises ConfigError naming every one that is none."""
    axes: dict[str, list[Any]] = {}
    faults = []
    for sweep in sweeps:
        key, _, text = (part.strip() for part in sweep.partition("="))
        values = parse_value(text)
        if key and isinstance(values, list) and values:
            axes[key] = values
        else:
            remedy = 'write key=[...], strings in quotes, such as "temperature=[250, 300, 350]"'
            faults.append(Fault(f"--sweep {sweep}", "is no list of values", remedy))
    if faults:
        raise ConfigError(faults)
    return axes


def parse_value(text: str) -> Any:
    """`text` as a TOML value; what is none is taken as a bare string."""
    try:
        values = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text
    return values["value"] if values.keys() == {"value"} else text


C = TypeVar("C", bound=Checked)


def check(kind: type[C], values: Mapping[str, Any], source: str = "") -> C:
    """The checked config of these values.

    A faulty key is set aside and the rest checked again, so that checks across keys are heard as well.

    Raises ConfigError with every fault.
    """
    faults = kind.conflicts(values)
    remaining = dict(values)
    while True:
        try:
            config = kind.model_validate(remaining)
        except ValidationError as error:
            faults += faults_of(error, kind.keys())
            culprits = {str(line["loc"][0]) for line in error.errors() if line["loc"]} & remaining.keys()
            if culprits:
                remaining = {key: value for key, value in remaining.items() if key not in culprits}
                continue
        if faults:
            raise ConfigError(faults, source)
        return config


def to_toml(config: Config, **extra: str) -> str:
    """The config as TOML, every key filled in, after the `extra` keys; `check` reads it back the same."""
    return tomli_w.dumps({**extra, **plain(config)})


def plain(config: Config) -> dict[str, Any]:
    """The config in TOML's types; keys without a value are left out."""
    return config.model_dump(mode="json", exclude_none=True)


def describe(settings: Mapping[str, Any]) -> str:
    """Settings in one line: temperature = 300, pressure = 1e5."""
    return ", ".join(f"{key} = {value}" for key, value in settings.items())


def grid(axes: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Every combination of the axes' values, the last axis fastest."""
    points: list[dict[str, Any]] = [{}]
    for key, values in axes.items():
        points = [{**point, key: value} for point in points for value in values]
    return points
