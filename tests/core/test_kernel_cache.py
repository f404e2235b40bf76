"""A second process loads what the first compiled, unless anything that the result depends on was edited."""

import itertools
import json
import os
import subprocess
import sys
import threading
from functools import partial

import numba
import numpy as np
import pytest

from knudsen.core import kernel_cache, kernels

PREAMBLE = """
import json
import types
import numpy as np
from knudsen.core import kernel_cache
from knudsen.core.kernels import device, kernel

# An edit of the package between two of these processes is another test's affair.
kernel_cache._package_hash = lambda: "unchanged"
answers = {}

def ask(name, made):
    result = np.zeros(2)
    made(2, result)
    answers[name] = [result[1], sum(made.threads.stats.cache_hits.values())]
"""
# Where the number that may be edited stands: {gain} in the kernel itself or in what it uses.
PLACES = {
    "body": """
@kernel
def fill_0(i, result):
    result[i] = {gain} * i
""",
    "called function": """
@device
def gain_1(i):
    return {gain} * i

@kernel
def fill_1(i, result):
    result[i] = gain_1(i)
""",
    "global": """
GAIN_2 = {gain}

@kernel
def fill_2(i, result):
    result[i] = GAIN_2 * i
""",
    "global of a called function": """
GAIN_3 = {gain}

@device
def gain_3(i):
    return GAIN_3 * i

@kernel
def fill_3(i, result):
    result[i] = gain_3(i)
""",
    "closure of a called function": """
def amplifier(factor):
    @device
    def amplify(i):
        return factor * i
    return amplify

gain_4 = amplifier({gain})

@kernel
def fill_4(i, result):
    result[i] = gain_4(i)
""",
    "function called by a called one": """
@device
def inner(i):
    return {gain} * i

@device
def gain_5(i):
    return inner(i)

@kernel
def fill_5(i, result):
    result[i] = gain_5(i)
""",
    "NumPy scalar": """
GAIN_6 = np.float32({gain})

@kernel
def fill_6(i, result):
    result[i] = GAIN_6 * i
""",
    "NumPy table": """
GAIN_7 = np.array([0.0, {gain}])

@kernel
def fill_7(i, result):
    result[i] = GAIN_7[i]
""",
    # Of more than a thousand elements NumPy writes the ends alone.
    "long table by default": """
GAIN_8 = np.zeros(2000)
GAIN_8[1000] = {gain}

@device
def gain_8(i, table=GAIN_8):
    return table[1000 * i]

@kernel
def fill_8(i, result):
    result[i] = gain_8(i)
""",
    "function by default": """
@device
def inner_9(i):
    return {gain} * i

@device
def gain_9(i, law=inner_9):
    return law(i)

@kernel
def fill_9(i, result):
    result[i] = gain_9(i)
""",
}


def run_program(folder, gain):
    """{place: (result, cache hits)} of one process that asks every kernel."""
    program = PREAMBLE
    for number, (place, source) in enumerate(PLACES.items()):
        program += source.replace("{gain}", str(gain)) + f"ask({place!r}, fill_{number})\n"
    path = folder / "program.py"
    path.write_text(program + "print(json.dumps(answers))\n")
    environment = os.environ | {"KNUDSEN_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, path], env=environment, capture_output=True, text=True, check=True, timeout=120
    )
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """The same program in three processes, the gain edited before the third."""
    folder = tmp_path_factory.mktemp("program")
    return [run_program(folder, gain) for gain in (3.0, 3.0, 5.0)]


@pytest.mark.parametrize("place", PLACES)
def test_a_second_process_loads_what_the_first_compiled(processes, place):
    assert processes[0][place] == [3.0, 0]
    assert processes[1][place] == [3.0, 1]


@pytest.mark.parametrize("place", PLACES)
def test_an_edit_is_seen_wherever_it_stands(processes, place):
    assert processes[2][place] == [5.0, 0]


LIBRARY = (
    PREAMBLE
    + """
def kernel_of(law):
    @kernel
    def fill(i, result):
        result[i] = law(1.0 + i)
    return fill
"""
)
LAW = """
from knudsen.core.kernels import device

@device
def law(r):
    return 3 / r**7
"""


def test_a_function_may_move_to_another_module(tmp_path):
    """What is kept names the module of every function in it, which may be gone."""
    environment = os.environ | {"KNUDSEN_CACHE_DIR": str(tmp_path / "cache")}
    for name in ("first", "second"):
        law = tmp_path / f"{name}.py"
        law.write_text(LAW)
        program = tmp_path / "program.py"
        program.write_text(f"{LIBRARY}\nfrom {name} import law\nask('law', kernel_of(law))\nprint(answers)")
        done = subprocess.run(
            [sys.executable, program], env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stderr
        law.unlink()


def test_an_edit_of_the_package_changes_the_cache_folder(tmp_path, monkeypatch):
    """The folder is named by the hash of every package source."""
    sources = kernel_cache._package_sources()
    before = kernel_cache._package_hash()
    assert kernel_cache._package_hash() == before
    assert {"rng.py", "flight.py", "collider.py"} <= {source.name for source in sources}
    edited = tmp_path / "edited.py"
    edited.write_text("x = 1\n")
    monkeypatch.setattr(kernel_cache, "_package_sources", lambda: [*sources, edited])
    first = kernel_cache._package_hash()
    edited.write_text("x = 2\n")
    assert len({before, first, kernel_cache._package_hash()}) == 3


def test_settings_that_change_the_code_change_the_cache_folder(monkeypatch):
    before = kernel_cache._package_hash()
    monkeypatch.setattr(numba.config, "BOUNDSCHECK", 1)
    assert kernel_cache._package_hash() != before


def amplified(gain):
    return kernels.device(lambda x, gain=gain: gain * x)


def test_functions_of_one_line_are_told_apart():
    """By what they compute, constants of functions within them too, and by the values of their defaults."""
    add, take, far = (lambda x: x + 1.0), (lambda x: x - 1.0), (lambda x: x + 2.0)
    near, sine, cosine = (lambda x: max(x, 1.0)), (lambda x: np.sin(x)), (lambda x: np.cos(x))
    deep, deeper = (lambda x: (lambda y: y + 1.0)(x)), (lambda x: (lambda y: y + 2.0)(x))
    laws = [add, take, far, near, sine, cosine, deep, deeper, amplified(2.0), amplified(3.0)]
    assert len(set(map(kernel_cache.fingerprint, laws))) == len(laws)
    assert kernel_cache.fingerprint(amplified(2.0)) == kernel_cache.fingerprint(amplified(2.0))


GAINS = (np.arange(2000.0), 3.0)
REAL = np.float64


def test_tables_in_tuples_and_types_are_told_apart(monkeypatch):
    """What a tuple holds is written out shortened where it is long."""

    def law(i):
        return REAL(GAINS[0][i])

    before = kernel_cache.fingerprint(law)
    edited = GAINS[0].copy()
    edited[1000] = 0.0
    monkeypatch.setitem(globals(), "GAINS", (edited, 3.0))
    middle = kernel_cache.fingerprint(law)
    monkeypatch.setitem(globals(), "REAL", np.float32)
    assert len({before, middle, kernel_cache.fingerprint(law)}) == 3


def with_default(value):
    def law(x, given=value):
        return x

    return law


def with_keyword(value):
    def law(x, *, given=value):
        return x

    return law


def with_outer(value):
    def law(x):
        return value

    return law


class Nameless:
    """Of which nothing tells what it is."""


@pytest.mark.parametrize("law_of", [with_default, with_keyword, with_outer])
def test_values_of_every_kind_are_told_apart_or_refused(law_of):
    far, farther = np.zeros(2000), np.zeros(2000)
    farther[1000] = 7.0
    kinds = (
        None, (), [], {}, 0, 0.0, False, "", "None", [None], (None,), {"a": 1}, {"a": 2}, {"b": 1}, [1, [2]],
        [1, [3]], {1, 2}, {1, 3}, far, farther, [far], [farther], np.sin, np.cos, max, min, np, os, float,
        amplified(2.0), amplified(3.0), amplified, numba.float32, numba.float64, np.dtype("f4"),
    )  # fmt: skip
    known = [kernel_cache.fingerprint(law_of(kind)) for kind in kinds]
    assert None not in known and len(set(known)) == len(kinds)
    for nameless in (Nameless(), [Nameless()], {"a": Nameless()}, np.array([Nameless()]), [].append):
        assert kernel_cache.fingerprint(law_of(nameless)) is None


OFFSET = 1.0


def test_a_global_of_a_function_within_is_read(monkeypatch):
    def law(x):
        return [x + OFFSET for _ in range(2)]

    before = kernel_cache.fingerprint(law)
    monkeypatch.setitem(globals(), "OFFSET", 2.0)
    assert kernel_cache.fingerprint(law) != before


@kernels.kernel
def kept_kernel(i, x):
    x[i] = 1.0


class Turns:
    """Lets two threads do by turns what they ask of the disk."""

    def __init__(self, order):
        self.order, self.changed = list(order), threading.Condition()

    def take(self, who, do, *given):
        with self.changed:
            self.changed.wait_for(lambda: self.order[0] == who, timeout=30)
            found = do(*given)
            self.order.pop(0)
            self.changed.notify_all()
        return found


def save_by_turns(folder, order):
    """Two processes that save one signature each, a step by turns; what a third finds of either."""
    kind, turns = type(kept_kernel.threads._cache._cache_file), Turns(order)

    def save(who):
        files = kind(str(folder), "loop", "stamp")
        for name in ("_load_index", "_save_index", "_save_data"):
            do = getattr(files, name)
            setattr(files, name, partial(turns.take, who, do))
        files.save(who, f"code of {who}")

    threads = [threading.Thread(target=save, args=(who,)) for who in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [kind(str(folder), "loop", "stamp").load(who) for who in "ab"]


def test_processes_that_save_at_once_find_their_own_code(tmp_path):
    """Whatever the order of their steps: or none, never that of other types."""
    orders = sorted(set(itertools.permutations("aaabbb")))
    for number, order in enumerate(orders):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = save_by_turns(folder, order)
        assert found[0] in (None, "code of a") and found[1] in (None, "code of b"), order
        assert found != [None, None]


def test_a_source_is_published_once(tmp_path):
    """That of another process stays, its time with it."""
    path = tmp_path / "loop.py"
    for text in ("first", "second"):
        kernels._publish(path, text)
    assert path.read_text() == "first" and list(tmp_path.iterdir()) == [path]


def test_a_function_without_source_compiles_uncached():
    """What has no source cannot be part of the cache's key, so it is never kept."""
    namespace = {}
    exec("def body(i, result):\n    result[i] = 2 * i\n", {"__name__": "sourceless"}, namespace)
    made = kernels.Kernel(namespace["body"])
    result = np.zeros(5)
    made(5, result)
    np.testing.assert_array_equal(result, [0, 2, 4, 6, 8])
    assert made.threads.stats.cache_path is None


def test_a_cache_that_cannot_be_written_costs_the_cache_and_not_the_run(tmp_path, monkeypatch):
    obstacle = tmp_path / "file"
    obstacle.write_text("")
    monkeypatch.setenv("KNUDSEN_CACHE_DIR", str(obstacle / "cache"))
    folder = kernels.cache_folder.__wrapped__()
    assert folder.is_dir() and os.access(folder, os.W_OK)
    folder.rmdir()
