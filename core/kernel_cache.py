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
import tempfile
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

    None where some source cannot be read: then nothing may be kept.
    """
    function = getattr(function, "py_func", getattr(function, "python", function))
    if id(function) in seen:
        return ""
    try:
        # Numba's files import the module of every function in them.
        facts = [str(function.__module__), inspect.getsource(function)]
    except (OSError, TypeError):
        return None
    facts += _unwritten(function)
    for name, value in sorted(_outer_values(function).items()):
        fact = _fact(value, seen | {id(function)})
        if fact is None:
            return None
        facts.append(f"{name}={fact}")
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()


def _unwritten(function: Any) -> list[str]:
    """What its source does not tell: which lambda of a line it is, and the values of its defaults."""
    facts = [_code(function.__code__)] if function.__code__.co_name == "<lambda>" else []
    if function.__defaults__ or function.__kwdefaults__:
        facts.append(repr((function.__defaults__, function.__kwdefaults__)))
    return facts


def _code(code: CodeType) -> str:
    constants = [_code(each) if isinstance(each, CodeType) else repr(each) for each in code.co_consts]
    return repr((code.co_code, code.co_names, constants))


def _fact(value: Any, seen: frozenset[int]) -> str | None:
    if hasattr(value, "py_func") or hasattr(value, "python") or inspect.isfunction(value):
        return fingerprint(value, seen)
    if isinstance(value, np.ndarray | np.generic):
        content = np.asarray(value)
        return f"{content.dtype}{content.shape}{hashlib.sha256(content.tobytes()).hexdigest()}"
    if isinstance(value, tuple):
        parts = [_fact(each, seen) for each in value]
        return None if None in parts else repr(parts)
    if isinstance(value, bool | int | float | complex | str):
        return repr(value)
    if isinstance(value, type):
        return f"{value.__module__}.{value.__qualname__}"
    return ""


def _outer_values(function: Any) -> dict[str, Any]:
    """Names a function reads from outside, attributes of the modules it names among them."""
    variables = inspect.getclosurevars(function)
    outer = {**variables.nonlocals, **variables.globals}
    modules = {name: value for name, value in outer.items() if isinstance(value, ModuleType)}
    for name, module in modules.items():
        attributes = {a: getattr(module, a) for a in function.__code__.co_names if hasattr(module, a)}
        # Libraries are pinned by their versions; a user's own module of constants is not.
        if not _is_library(module):
            outer |= {f"{name}.{a}": value for a, value in attributes.items()}
    return outer


def _is_library(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None)
    return file is None or "site-packages" in file or Path(file).is_relative_to(Path(os.__file__).parent)
