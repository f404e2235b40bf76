"""What a run leaves: estimates beside their theory, profiles, and the raw sums they came from."""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args

import numpy as np
from numpy.typing import NDArray

from knudsen.core.files import write_text

TheoryKind = Literal["exact", "numerical", "approximate", "asymptotic"]
RESULT_FILE = "result.nc"
ESTIMATES_FILE = "estimates.json"


@dataclass(frozen=True)
class Estimate:
    """One measured number, its standard error, and the theory it is held against.

    Arguments
    ---------
    name : as in the table and the JSON
    value, stderr : measured value and its standard error [unit]
    unit : in SI symbols, such as 'm2 s-1'; '1' for a pure number
    theory, theory_error : the theory's value and its own error [unit]
    theory_kind : 'exact', 'numerical', 'approximate' or 'asymptotic'; gates hold for the first two
    theory_source : where the theory's value comes from

    Raises
    ------
    ValueError : a negative error, or an unknown kind of theory
    """

    name: str
    value: float
    stderr: float
    unit: str
    theory: float | None = None
    theory_error: float = 0.0
    theory_kind: TheoryKind = "exact"
    theory_source: str = ""

    def __post_init__(self) -> None:
        # NumPy scalars would neither print nor serialise as the floats they stand for.
        for name in ("value", "stderr", "theory", "theory_error"):
            number = getattr(self, name)
            object.__setattr__(self, name, None if number is None else float(number))
        if self.stderr < 0 or self.theory_error < 0:
            raise ValueError(f"{self.name}: a standard error cannot be negative")
        if self.theory_kind not in get_args(TheoryKind):
            raise ValueError(
                f"{self.name}: theory_kind {self.theory_kind!r} is none of {get_args(TheoryKind)}"
            )

    @property
    def gated(self) -> bool:
        """Whether there is theory, known well enough for the deviation from it to test the run."""
        return self.theory is not None and self.theory_kind in ("exact", "numerical")

    @property
    def deviation(self) -> float | None:
        """(value - theory) / sqrt(stderr^2 + theory_error^2); None where one of them is not known.

        A difference with no error at all is infinitely many; no difference is none.
        """
        if self.theory is None:
            return None
        difference, error = self.value - self.theory, math.hypot(self.stderr, self.theory_error)
        if math.isnan(difference) or math.isnan(error):
            return None
        if error == 0:
            return math.copysign(math.inf, difference) if difference else 0.0
        return difference / error

    def to_json(self) -> dict[str, Any]:
        """The estimate as JSON holds it, with its deviation; what is not finite becomes null."""
        return _finite_items({**asdict(self), "deviation": self.deviation})


@dataclass(frozen=True)
class Profile:
    """A quantity along the flow path, or along a distance.

    position : [point], position_unit;  value, stderr : [point], unit.  Raises ValueError for unequal lengths.
    """

    name: str
    unit: str
    position: NDArray[np.float64]
    value: NDArray[np.float64]
    stderr: NDArray[np.float64]
    position_unit: str = "m"

    def __post_init__(self) -> None:
        for name in ("position", "value", "stderr"):
            object.__setattr__(self, name, np.asarray(getattr(self, name), np.float64))
        shapes = [array.shape for array in (self.position, self.value, self.stderr)]
        if self.position.ndim != 1 or len(set(shapes)) != 1:
            raise ValueError(f"profile {self.name}: position, value and stderr have shapes {shapes}")

    def to_json(self) -> dict[str, Any]:
        """The profile as JSON holds it; points never visited are null.  Positions in metres need no unit."""
        left_out = ("name", "position_unit") if self.position_unit == "m" else ("name",)
        return _finite_items({name: value for name, value in asdict(self).items() if name not in left_out})


@dataclass(frozen=True)
class Result:
    """A finished run, complete: tables, figures and reports are drawn from it alone.

    Arguments
    ---------
    scenario : name of the scenario;  config : its checked configuration, in JSON's types
    estimates, profiles : what was measured
    resolution : how far the run can be trusted
    performance, provenance : how fast it ran; by what, on what, when
    arrays : name -> raw block sums, from which everything else can be measured again
    dimensions : array name -> names of its axes, for the file; may be left out
    """

    scenario: str
    config: dict[str, Any]
    estimates: tuple[Estimate, ...]
    profiles: tuple[Profile, ...] = ()
    resolution: dict[str, Any] = field(default_factory=dict)
    performance: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    arrays: dict[str, NDArray[Any]] = field(default_factory=dict)
    dimensions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def estimate(self, name: str) -> Estimate:
        """The estimate of that name.  Raises KeyError."""
        return _named(self.estimates, name)

    def profile(self, name: str) -> Profile:
        """The profile of that name.  Raises KeyError."""
        return _named(self.profiles, name)

    def to_json(self) -> dict[str, Any]:
        """The object that `--json` prints; what is not finite becomes null."""
        return {
            "scenario": self.scenario,
            "config": _finite_items(self.config),
            "estimates": [estimate.to_json() for estimate in self.estimates],
            "profiles": {profile.name: profile.to_json() for profile in self.profiles},
            "resolution": _finite_items(self.resolution),
            "performance": _finite_items(self.performance),
            "provenance": _finite_items(self.provenance),
        }

    def save(self, folder: Path | str) -> None:
        """Write result.nc and estimates.json into `folder`, each whole or not at all.  Raises OSError."""
        from knudsen.core.netcdf import write_result  # HDF5 takes 0.2 s that a rejected config need not wait

        write_text(
            Path(folder) / ESTIMATES_FILE, json.dumps(self.to_json(), indent=1, allow_nan=False) + "\n"
        )
        fields = {name: getattr(self, name) for name in self.__dataclass_fields__}
        fields |= {name: [asdict(item) for item in fields[name]] for name in ("estimates", "profiles")}
        write_result(Path(folder) / RESULT_FILE, fields)

    @classmethod
    def load(cls, folder: Path | str) -> "Result":
        """The result that `save` left in `folder`.

        Raises FileNotFoundError where there is none, ValueError for a torn or foreign file.
        """
        from knudsen.core.netcdf import read_result

        fields = read_result(Path(folder) / RESULT_FILE)
        fields["estimates"] = tuple(Estimate(**estimate) for estimate in fields["estimates"])
        fields["profiles"] = tuple(Profile(**profile) for profile in fields["profiles"])
        return cls(**fields)


Item = TypeVar("Item", Estimate, Profile)


def _named(items: tuple[Item, ...], name: str) -> Item:
    for item in items:
        if item.name == name:
            return item
    raise KeyError(f"{name!r} is none of {', '.join(item.name for item in items)}")


def finite(value: Any) -> Any:
    """`value` in JSON's own types: arrays become lists, and numbers that are not finite null."""
    if isinstance(value, np.ndarray | np.generic):
        value = value.tolist()
    if isinstance(value, Mapping):
        return _finite_items(value)
    if isinstance(value, list | tuple):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _finite_items(mapping: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): finite(item) for key, item in mapping.items()}
