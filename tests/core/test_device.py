"""Devices: what is asked for by name is given or refused in one line, never replaced."""

import subprocess
import sys

import numpy as np
import pytest

from knudsen.core import device
from knudsen.core.device import Device, DeviceError

WITHOUT_CUDA = """
import sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("cupy", "numba_cuda") or name == "numba.cuda":
            raise ImportError(f"{name} is not installed")

sys.meta_path.insert(0, Blocker())
import knudsen.dsmc.simulation
import knudsen.analysis.profiles
from knudsen.core.device import Device, DeviceError

assert Device("auto").name == "cpu"
assert not {"cupy", "numba.cuda"} & set(sys.modules)
try:
    Device("cuda")
except DeviceError as error:
    print(error)
"""


def test_the_engine_imports_with_no_cuda_library_and_says_what_is_missing():
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_CUDA], capture_output=True, text=True, check=True, timeout=120
    )
    (line,) = done.stdout.splitlines()
    assert "device 'cuda' needs CuPy, which is not installed" in line
    assert "pip install 'knudsen[cuda13]'" in line and "knudsen[cuda12]" in line


@pytest.mark.skipif(device.cuda_obstacle() is None, reason="there is a CUDA device here")
def test_cuda_by_name_never_falls_back():
    with pytest.raises(DeviceError, match=r"^device 'cuda'[^\n]+$"):
        Device("cuda")
    with pytest.raises(DeviceError, match=r"^device 'cuda[^\n]+$"):
        Device("cuda:1")
    assert Device("auto").name == "cpu"


@pytest.mark.parametrize("name", ["gpu", "cuda:", "cuda:x", "cuda:-1", "cpu:0", "auto:1", "", "CUDA"])
def test_a_name_that_is_no_device_is_refused(name):
    with pytest.raises(ValueError, match="is none of auto, cpu, cuda, cuda:N"):
        Device(name)


def test_the_cpu_holds_numpy_arrays_and_copies_both_ways():
    cpu = Device("cpu")
    host = np.arange(4.0)
    put = cpu.put(host)
    fetched = cpu.fetch(put)
    put[0] = -1.0
    assert cpu.xp is np and not cpu.is_cuda
    assert host[0] == 0.0 and fetched[0] == 0.0
    assert cpu.describe().startswith("CPU, ")
    cpu.synchronise()
