"""How a command leaves: what went wrong in plain words, and its exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer

BAD_INPUT = 2
FAILED = 3
INTERRUPTED = 130


@contextmanager
def plainly() -> Iterator[None]:
    """Print what went wrong in plain words on stderr, and leave with its exit code."""
    from knudsen.core.device import DeviceError
    from knudsen.scenarios.faults import ConfigError, RunStopped

    try:
        yield
    except RunStopped as stop:
        _leave(str(stop), stop.exit_code)
    except (ConfigError, DeviceError) as error:
        _leave(str(error), BAD_INPUT)
    except OSError as error:
        _leave(f"{error.filename}: {error.strerror}" if error.filename else str(error), FAILED)
    except KeyboardInterrupt:
        _leave("interrupted", INTERRUPTED)


def _leave(message: str, code: int) -> NoReturn:
    print(f"knudsen: {message}", file=sys.stderr)
    raise typer.Exit(code)
