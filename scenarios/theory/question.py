"""A question to the theory and its answer, whatever they are about."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple

from pydantic import AfterValidator

from knudsen.scenarios.config import Checked, Gases
from knudsen.scenarios.faults import did_you_mean


class Row(NamedTuple):
    """One coefficient: name, value (or a matrix, as lists), unit, relative change from the order below."""

    name: str
    value: Any
    unit: str
    change: float | None = None


@dataclass(frozen=True)
class Answer:
    """The coefficients asked for; `order` where a series was cut off, `notes` on how far they hold."""

    rows: Sequence[Row]
    order: int | None = None
    notes: Sequence[str] = ()

    @property
    def greatest_change(self) -> float | None:
        """The largest relative change of a coefficient from the order below."""
        changes = [abs(row.change) for row in self.rows if row.change is not None]
        return max(changes, default=None)

    def to_json(self) -> dict[str, Any]:
        """One JSON object: each coefficient under its name, their units and changes beside them."""
        made: dict[str, Any] = {row.name: row.value for row in self.rows}
        made["units"] = {row.name: row.unit for row in self.rows}
        if self.order is not None:
            made |= {"order": self.order, "change_from_previous_order": self.greatest_change}
            made["changes"] = {row.name: row.change for row in self.rows if row.change is not None}
        return made | {"notes": list(self.notes)}


class Question(Checked, ABC):
    """What is asked, checked; `axes` are the fields that a figure may run along, the first by default."""

    axes: ClassVar[dict[str, "Axis"]]

    @abstractmethod
    def answer(self) -> Answer:
        """The theory's answer.  Raises ValueError beyond the theory's limits."""

    def title(self, without: str = "") -> str:
        """What is asked, in one line, the field `without` left out: "He-Ar, 300 K, x1 = 0.5"."""
        asked = {name: value for name, value in self if name != without and value is not None}
        names = sorted(asked, key=lambda name: name not in SPEAKING)
        return ", ".join(_part(name, asked[name]) for name in names)


def one_of(what: str, known: Sequence[str]) -> Callable[[str], str]:
    """A check that a word is one of the known."""

    def check(word: str) -> str:
        if word not in known:
            raise ValueError(f"unknown {what} {word!r}: {did_you_mean(word, known)}")
        return word

    return check


def at_least_two(names: tuple[str, ...]) -> tuple[str, ...]:
    """A check that two gases or more are named."""
    if len(names) < 2:
        raise ValueError(f"only {', '.join(names)} is named: name two or more; `theory pure` takes one")
    return names


def exactly_two(names: tuple[str, ...]) -> tuple[str, ...]:
    """A check that two gases are named."""
    if len(names) != 2:
        raise ValueError(f"{len(names)} named: name two, such as He Ar; `theory mixture` takes more")
    return names


Several = Annotated[Gases, AfterValidator(at_least_two)]
Pair = Annotated[Gases, AfterValidator(exactly_two)]


class Axis(NamedTuple):
    """A field that a figure may run along: its label, and its range (None: a factor 2 to both sides)."""

    label: str
    start: float | None = None
    stop: float | None = None
    logarithmic: bool = False


UNITS = {"temperature": "K", "pressure": "Pa"}
SPEAKING = ("gas", "gases", "model", "molecule", "potential")  # values that need no name beside them


def _part(name: str, value: Any) -> str:
    if isinstance(value, tuple):
        value = ("-" if name == "gases" else ", ").join(map(str, value))
    if name in SPEAKING:
        return str(value)
    return f"{value:g} {UNITS[name]}" if name in UNITS else f"{name} {value}"
