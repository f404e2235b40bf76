"""Files written whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part"


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """A temporary name beside `path`, which takes its place when the block ends without a fault.

    Both the file and its folder are flushed to the disk, so that after a power cut `path` holds either
    the old content or the new.  After a fault, `path` is untouched and the temporary file is gone.

    Raises OSError, with `filename` set to `path`, where the disk refuses.
    """
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(path)
        _flush(path.parent)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)


def write_bytes(path: Path | str, content: bytes | memoryview) -> None:
    """Write `content` to `path`, whole or not at all.  Raises OSError naming `path`."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        file.write(content)


def write_text(path: Path | str, text: str) -> None:
    """Write `text` to `path` in UTF-8, whole or not at all.  Raises OSError naming `path`."""
    write_bytes(path, text.encode())


def remove_parts(folder: Path) -> None:
    """Remove what killed processes left half written in `folder`."""
    for part in folder.glob(f".*{PART}"):
        part.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
