"""A kernel gives the same bits in the process that compiles it and in those that load it."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from knudsen.core import kernel_library, kernels
from knudsen.core.kernels import kernel

KERNELS = """
import json
import sys
from math import exp
import numpy as np
from knudsen.core.kernels import device, kernel

# Short loops within a loop over literals are unrolled by one optimisation and re-associated by the next.
@device
def accelerate(i, k, target, part, rate):
    drag = exp(-part / 8 * rate[i, k + 1]) if k + 1 < rate.shape[1] else 1.0
    push = (rate[i, k - 1] ** 2 * target - 1.0) / target if k > 0 else drag - target
    rate[i, k] = (rate[i, k] * drag + part / 4 * push) * drag

@kernel
def chain(i, rate, target, timestep, result):
    result[i] = 1.0
    for weight in (1.35, -1.7, 1.35):
        for k in range(rate.shape[1]):
            accelerate(i, k, target * target, weight * timestep, rate)
        result[i] *= exp(-weight * timestep / 2 * rate[i, 0] / target)

@kernel
def shorter_chain(i, rate, target, timestep, result):
    for k in range(rate.shape[1]):
        accelerate(i, k, target, timestep, rate)
    result[i] = rate[i, 0]

@kernel
def third_moment(i, rate, target, timestep, result):
    total, square, cube = 0.0, 0.0, 0.0
    for k in range(rate.shape[1]):
        x = rate[i, k] - target
        total += x
        square += x * x
        cube += x * x * x
    result[i] = cube - 3 * total * square * timestep + 2 * total * total * total

@kernel
def pair_sum(i, rate, target, timestep, result):
    force = 0.0
    for k in range(rate.shape[0]):
        d = rate[i, 0] - rate[k, 0]
        r2 = d * d + target
        force += d / (r2 * r2) * (timestep - 1 / r2)
    result[i] = force
"""
RUN = """
answers, loaded = {}, 0
for made in (chain, shorter_chain, third_moment, pair_sum)[:: int(sys.argv[1])]:
    rate, result = np.random.default_rng(1).normal(size=(300, 3)), np.zeros(300)
    made(300, rate, 0.37, 0.4, result)
    answers[made.name.split(".")[-1]] = (rate.tobytes() + result.tobytes()).hex()
    loaded += sum(made.threads.stats.cache_hits.values())
print(json.dumps([loaded, answers]))
"""


@pytest.fixture(scope="module")
def processes(tmp_path_factory):
    """[kernels loaded, {kernel: bits}] of three processes; the last asks the kernels in reverse order."""
    folder = tmp_path_factory.mktemp("bits")
    program = folder / "program.py"
    program.write_text(KERNELS + RUN)
    environment = os.environ | {"KNUDSEN_CACHE_DIR": str(folder / "cache")}
    commands = [[sys.executable, program, order] for order in ("1", "1", "-1")]
    outputs = [subprocess.check_output(command, env=environment, timeout=120) for command in commands]
    return [json.loads(output) for output in outputs]


@pytest.mark.parametrize("name", ["chain", "shorter_chain", "third_moment", "pair_sum"])
def test_bits_are_those_of_the_process_that_compiled(processes, name):
    assert [loaded for loaded, _ in processes] == [0, 4, 4]
    compiled, *later = [bits[name] for _, bits in processes]
    assert later == [compiled, compiled]


@kernel
def twice(i, numbers):
    numbers[i] *= 2.0


def machine_code(linkage, monkeypatch):
    """Of a loop compiled anew, neither loaded nor kept."""
    monkeypatch.setattr(kernel_library, "UNNAMED", linkage)
    monkeypatch.setattr(kernels, "fingerprint", lambda function: None)
    loop = kernels.Kernel(twice.python).threads
    loop(2, np.ones(2))
    (compiled,) = loop.overloads.values()
    return compiled.library._get_compiled_object()


def test_a_loop_leaves_no_name_of_what_it_copied(monkeypatch):
    """A copy may have lost what its loop does not ask of it, and be linked by its name from elsewhere."""
    taken = b"\0NRT_decref\0"  # one of those that every library has a copy of
    assert taken not in machine_code("private", monkeypatch)
    assert taken in machine_code("internal", monkeypatch)  # the control
