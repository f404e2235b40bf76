"""Where compiled kernels are kept, and what their reuse depends on.

Numba caches by file and sees no edit of a callee in another file.  The folder's name is the hash of
every package source, of Numba's version and settings and of the processor; a file's, of the user's own
physics.
"""

import functools
import hashlib
import inspect
import os
import platform
import sys
import tempfile
from enum import Enum
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

import llvmlite.binding
import numba
import numpy as np
from numba import config
from numba.core.caching import IndexDataCacheFile
from numba.core.serialize import dumps

# Numba's settings that change what it makes of one and the same source.
SETTINGS = ("BOUNDSCHECK", "OPT", "LOOP_VECTORIZE", "SLP_VECTORIZE", "DEBUGINFO_DEFAULT")

# Kinds whose values are written out in full, and in every process alike.
WRITTEN_OUT = (bool, int, float, complex, str, bytes, type(None), Enum, np.dtype, numba.types.Type)


@functools.cache
def cache_folder() -> Path:
    """Folder of the compiled kernels, named by the hash of every package source.

    $KNUDSEN_CACHE_DIR, else $XDG_CACHE_HOME/knudsen, else ~/.cache/knudsen; a temporary folder
    where none of these can be written.
    """
    base = os.environ.get("KNUDSEN_CACHE_DIR")
    home = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    folder = (Path(base) if base else Path(home) / "knudsen") / _package_hash()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="knudsen-kernels-"))
    if not os.access(folder, os.W_OK):
        return Path(tempfile.mkdtemp(prefix="knudsen-kernels-"))
    return folder


def _package_hash() -> str:
    # Homes are shared between unlike hosts, so the processor is part of the key.
    facts = (numba.__version__, platform.python_version(), llvmlite.binding.get_host_cpu_name())
    settings = [str(getattr(config, name, None)) for name in SETTINGS]
    digest = hashlib.sha256(repr((facts, settings)).encode())
    for source in sorted(_package_sources()):
        digest.update(source.name.encode())
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]


def _package_sources() -> list[Path]:
    core = Path(__file__).parent
    engines = [core.parent / name for name in ("dsmc", "md")]
    return [path for folder in (core, *engines) for path in folder.rglob("*.py")]


class KeyedFiles(IndexDataCacheFile):
    """Numba's index and data files of a kernel, a data file named by what it is of.

    Numba numbers them.  Two processes that save at once may then take one number, and the index of one come
    to name the code of the other, of other types.  Here the worst that can happen is that an entry is lost.
    """

    @classmethod
    def of(cls, cache: Any) -> "KeyedFiles":
        """Those of one of Numba's caches."""
        locator = cache._impl.locator
        return cls(locator.get_cache_path(), cache._impl.filename_base, locator.get_source_stamp())

    def save(self, key: Any, data: Any) -> None:
        """Save a new cache entry: what the index names is there before."""
        name = self._data_name_pattern.format(number=int(hashlib.sha256(dumps(key)).hexdigest()[:16], 16))
        self._save_data(name, data)  # type: ignore[no-untyped-call]
        self._save_index(self._load_index() | {key: name})  # type: ignore[no-untyped-call]


def fingerprint(function: Any, seen: frozenset[int] = frozenset()) -> str | None:
    """Hash of a function's module and source and of all it reads: closure, globals, what it calls, their own.

    None where some source, or some value, cannot be told from another: then nothing may be kept.
    """
    function = getattr(function, "py_func", getattr(function, "python", function))
    if id(function) in seen:
        return ""
    try:
        # Numba's files import the module of every function in them.
        facts = [str(function.__module__), inspect.getsource(function)]
    except (OSError, TypeError):
        return None
    if function.__code__.co_name == "<lambda>":  # of which a line may hold several
        facts.append(_code(function.__code__))
    defaults = (function.__defaults__ or (), function.__kwdefaults__ or {})
    for name, value in [("defaults", defaults), *sorted(_outer_values(function).items())]:
        fact = _fact(value, seen | {id(function)})
        if fact is None:
            return None
        facts.append(f"{name}={fact}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _code(code: CodeType) -> str:
    constants = [_code(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return repr((code.co_code, code.co_names, constants))


def _fact(value: Any, seen: frozenset[int]) -> str | None:
    """What a value is, in words that are the same in every process; None where there are none."""
    if hasattr(value, "py_func") or hasattr(value, "python") or inspect.isfunction(value):
        return fingerprint(value, seen)
    if isinstance(value, np.ndarray | np.generic):
        content = np.asarray(value)
        digest = hashlib.sha256(content.tobytes()).hexdigest()
        return None if content.dtype.hasobject else f"{content.dtype}{content.shape}{digest}"
    if isinstance(value, tuple | list | dict | set | frozenset):
        parts = [_fact(each, seen) for each in (value.items() if isinstance(value, dict) else value)]
        ordered = sorted(map(str, parts)) if isinstance(value, set | frozenset) else parts
        return None if None in parts else f"{type(value).__name__}{ordered}"
    if isinstance(value, WRITTEN_OUT):
        return repr(value)
    if isinstance(value, ModuleType):  # what is read of it stands beside it
        return value.__name__
    return _place(value)


def _place(value: Any) -> str | None:
    """Where a class, or a function that is not written in Python, is to be found."""
    module, name = getattr(value, "__module__", None), getattr(value, "__qualname__", None)
    found = isinstance(value, type) or getattr(sys.modules.get(str(module)), str(name), None) is value
    return f"{module}.{name}" if found else None


def _outer_values(function: Any) -> dict[str, Any]:
    """Names a function reads from outside, attributes of the modules it names among them."""
    names, known = _names(function.__code__), function.__globals__
    outer = {**inspect.getclosurevars(function).nonlocals, **{n: known[n] for n in names if n in known}}
    modules = {name: value for name, value in outer.items() if isinstance(value, ModuleType)}
    for name, module in modules.items():
        attributes = {a: getattr(module, a) for a in names if hasattr(module, a)}
        # Libraries are pinned by their versions; a user's own module of constants is not.
        if not _is_library(module):
            outer |= {f"{name}.{a}": value for a, value in attributes.items()}
    return outer


def _names(code: CodeType) -> set[str]:
    """Names of globals and attributes in a function, and in the functions and comprehensions within it."""
    within = (_names(each) for each in code.co_consts if isinstance(each, CodeType))
    return set(code.co_names).union(*within)


def _is_library(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is None or "site-packages" in file or Path(file).is_relative_to(Path(os.__file__).parent)
