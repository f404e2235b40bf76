"""From the words of the command line to a checked question, and its answer on the screen."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from knudsen.scenarios.faults import ConfigError, Fault, did_you_mean
from knudsen.scenarios.loading import check, parse_value
from knudsen.scenarios.theory.question import Answer, Question

Q = TypeVar("Q", bound=Question)
WORDS = ("gas", "gases")  # given in place, not as options


def respond(
    kind: type[Question], words: Mapping[str, Any], plot: str | None, against: str | None, as_json: bool
) -> None:
    """Answer the question of these words on the screen and, where asked, as a figure.

    Raises ConfigError with every fault.
    """
    path, question = figure_path(plot), ask(kind, words)
    field = along(question, against)
    answer = answered(question)
    if path is not None:
        from knudsen.scenarios.theory.plot import draw

        with _within_limits():
            draw(question, field, path)
    show(question, answer, as_json)


def ask(kind: type[Q], words: Mapping[str, Any]) -> Q:
    """The checked question of these options, those left out at their defaults.

    Raises ConfigError with every fault, each under its option's name.
    """
    values = {name: _value(word) for name, word in words.items() if word is not None}
    try:
        return check(kind, values)
    except ConfigError as error:
        raise ConfigError([replace(fault, path=_option(fault.path)) for fault in error.faults]) from None


def answered(question: Question) -> Answer:
    """The answer.  Raises ConfigError where the theory's limits are passed, with its words for them."""
    with _within_limits():
        return question.answer()


@contextmanager
def _within_limits() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise ConfigError([Fault("theory", str(error))]) from None


def along(question: Question, field: str | None) -> str:
    """The field that a figure runs along.  Raises ConfigError where there is no such axis."""
    if field is None:
        return next(iter(question.axes))
    name = field.replace("-", "_")
    if name not in question.axes:
        raise ConfigError([Fault("--against", f"unknown axis {field!r}", did_you_mean(field, question.axes))])
    return name


def show(question: Question, answer: Answer, as_json: bool) -> None:
    """Print the answer: one JSON object, or a table."""
    if as_json:
        asked = question.model_dump(mode="json", exclude_none=True)
        print(json.dumps({"question": asked, **answer.to_json()}, allow_nan=False))
        return
    from rich.console import Console

    from knudsen.scenarios.theory.sheet import print_answer

    print_answer(answer, Console())


def figure_path(text: str | None) -> Path | None:
    """Where to draw.  Raises ConfigError for a form that cannot be drawn or a folder that is not there."""
    if text is None:
        return None
    path = Path(text)
    faults = []
    if path.suffix not in (".png", ".svg", ".pdf"):
        faults.append(Fault("--plot", f"cannot draw {path.name!r}", "end the name in .png, .svg or .pdf"))
    if not path.parent.is_dir():
        faults.append(Fault("--plot", f"there is no folder {str(path.parent)!r}", "make it first"))
    if faults:
        raise ConfigError(faults)
    return path


def _value(word: Any) -> Any:
    """An option's text as a number, a list or a string; '0.2, 0.8' is a list too."""
    if not isinstance(word, str):
        return word
    return parse_value(f"[{word}]" if "," in word and not word.lstrip().startswith("[") else word)


def _option(path: str) -> str:
    head = path.split("[")[0].split(".")[0]
    return path if not head or head in WORDS else "--" + path.replace("_", "-")
