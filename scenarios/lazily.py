"""Modules that are imported when they are first used, so that a config is read and rejected at once."""

import importlib.util
import sys
from types import ModuleType


def lazily(name: str) -> ModuleType:
    """The module of that name, imported when an attribute of it is first asked for.

    Raises ImportError where there is no such module.
    """
    # Finding it imports its parents, and they may import it.
    spec = None if name in sys.modules else importlib.util.find_spec(name)
    if name in sys.modules:
        return sys.modules[name]
    if spec is None or spec.loader is None:
        raise ImportError(f"there is no module {name}")
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
