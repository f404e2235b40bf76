import resource
import signal

import pytest

from knudsen.core.files import remove_parts, replacing, write_bytes, write_text

SMALL = 2**23


@pytest.fixture
def small_disk():
    """Files of this process may not grow past 8 MiB: the kernel refuses as a full disk would.

    Well above what a log that pytest itself writes to can hold.
    """
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, handler)


def test_writes_and_replaces(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "één")
    write_text(path, "two")
    assert path.read_text() == "two"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_fault_leaves_the_old_content(tmp_path):
    path = tmp_path / "a.txt"
    write_text(path, "old")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("new")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.txt"]


def test_a_full_disk_is_named_and_leaves_the_old_content(tmp_path, small_disk):
    path = tmp_path / "a.bin"
    write_bytes(path, b"old")
    with pytest.raises(OSError, match=r"a\.bin") as caught:
        write_bytes(path, bytes(2 * SMALL))
    assert caught.value.errno
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(OSError, match="absent"):
        write_text(tmp_path / "absent" / "a.txt", "")


def test_parts_of_killed_writers_are_removed(tmp_path):
    (tmp_path / ".a.bin.1234.part").write_bytes(b"half")
    write_text(tmp_path / "a.bin", "whole")
    remove_parts(tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["a.bin"]
