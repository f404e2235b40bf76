"""What a problem is made of, in words that are the same in every process that has the same."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from knudsen.core.kernel_cache import fingerprint


def in_words(value: Any) -> str:
    """A value in full: numbers to the last digit, functions by the hash of their source and what they read.

    Raises ValueError for a function whose source, or what it reads, cannot be put in words.
    """
    if is_dataclass(value) and not isinstance(value, type):
        parts = (f"{each.name}={in_words(getattr(value, each.name))}" for each in fields(value) if each.repr)
        return f"{type(value).__name__}({', '.join(parts)})"
    if isinstance(value, np.ndarray | np.generic):
        return in_words(value.tolist())
    if isinstance(value, Mapping):
        return f"{{{', '.join(sorted(f'{in_words(k)}: {in_words(v)}' for k, v in value.items()))}}}"
    if isinstance(value, tuple | list):
        return f"({', '.join(map(in_words, value))})"
    if callable(value):
        return _function(value)
    # 10.0 is the same as 10.
    return repr(value).removesuffix(".0") if isinstance(value, float) else repr(value)


def _function(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    known = fingerprint(function)
    if known is None:
        raise ValueError(
            f"the source of the function {name}, or a value that it reads, cannot be put in words, so that "
            "no checkpoint could tell it from another: define it by def or lambda in a file, of numbers, "
            "arrays and functions"
        )
    return f"{name} of hash {known[:16]}"
