"""Record the kernels that a run calls, and compile them to PTX with no driver and no device."""

import types

import numba
import pytest
from numba import cuda
from numba.cuda import dispatcher

from knudsen.core.kernels import KERNELS, Kernel, cuda_body

CAPABILITIES = ((8, 0), (9, 0))
VELOCITIES = ("vx", "vy", "vz", "inner")


def recorded_calls(run):
    """{(kernel, signature)} of all that `run` calls, as CuPy's contiguous arrays would have them."""
    found = set()
    original = Kernel.__call__

    def record(self, n, *arguments):
        found.add((self, tuple(map(contiguous, self.signature(*arguments)))))
        original(self, n, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kernel, "__call__", record)
        run()
    return found


def contiguous(kind):
    return kind.copy(layout="C") if isinstance(kind, numba.types.Array) else kind


def in_mixed_precision(calls):
    """The calls as float32 velocities make them: what is named so in double precision, without compiling."""
    return {
        (kernel, (signature[0], *map(_mixed, kernel.arguments, signature[1:]))) for kernel, signature in calls
    }


def _mixed(name, kind):
    if isinstance(kind, numba.types.BaseNamedTuple):
        fields = tuple(map(_mixed, kind.fields, kind.types))
        return numba.types.BaseTuple.from_types(fields, kind.instance_class)
    if name.removeprefix("new_") in VELOCITIES and isinstance(kind, numba.types.Array):
        return kind.copy(dtype=numba.float32)
    return kind


def kernels_of(*modules):
    """Names of all kernels that these modules define."""
    return {name for name in KERNELS if name.startswith(tuple(f"{module}." for module in modules))}


def compile_to_ptx(calls, capability):
    """Compile recorded calls for a device that is not there."""
    device = types.SimpleNamespace(compute_capability=capability)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dispatcher, "get_current_device", lambda: device)
        for kernel, signature in calls:
            code, _ = cuda.compile(
                cuda_body(kernel), numba.void(*signature), device=False, cc=capability, abi="numba"
            )
            assert f".target sm_{capability[0]}{capability[1]}" in code
            assert ".visible .entry" in code
