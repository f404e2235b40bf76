"""Where arrays live: Device('auto' | 'cpu' | 'cuda' | 'cuda:1')."""

from typing import Any

import numpy as np


class DeviceError(RuntimeError):
    """The device asked for cannot be used here; the message says what is missing."""


class Device:
    """An array module and the transfers to and from it.

    Arguments
    ---------
    name : 'cpu', 'cuda', 'cuda:N', or 'auto' (CUDA where it can be used, else the CPU)

    Raises
    ------
    ValueError : a name that is none of these
    DeviceError : CUDA asked for by name where it cannot be used; there is no silent fallback
    """

    def __init__(self, name: str = "auto") -> None:
        kind, colon, number = name.partition(":")
        if kind not in ("auto", "cpu", "cuda") or (colon and (kind != "cuda" or not number.isdigit())):
            raise ValueError(f"device {name!r} is none of auto, cpu, cuda, cuda:N")
        if kind == "auto":
            kind = "cpu" if cuda_obstacle() else "cuda"
        self.is_cuda = kind == "cuda"
        self.index = int(number or 0)
        self.xp: Any = self._cuda_module() if self.is_cuda else np

    def _cuda_module(self) -> Any:
        obstacle = cuda_obstacle(self.index)
        if obstacle:
            raise DeviceError(obstacle)
        import cupy
        from numba import cuda

        cupy.cuda.Device(self.index).use()
        cuda.select_device(self.index)
        return cupy

    @property
    def name(self) -> str:
        """'cpu' or 'cuda:N'."""
        return f"cuda:{self.index}" if self.is_cuda else "cpu"

    def describe(self) -> str:
        """The device in words, for provenance."""
        if not self.is_cuda:
            import numba

            return f"CPU, {numba.get_num_threads()} threads"
        properties = self.xp.cuda.runtime.getDeviceProperties(self.index)
        return f"{properties['name'].decode()} (CUDA device {self.index})"

    def put(self, array: Any) -> Any:
        """Copy of a host array on this device."""
        return self.xp.array(array)

    def fetch(self, array: Any) -> np.ndarray[Any, Any]:
        """Copy of a device array on the host."""
        return np.array(array.get() if self.is_cuda else array)

    def synchronise(self) -> None:
        """Wait until all launched work is done."""
        if self.is_cuda:
            self.xp.cuda.Device(self.index).synchronize()


def cuda_obstacle(index: int = 0) -> str | None:
    """What keeps CUDA from being used here, in one line with the remedy; None when nothing does."""
    install = "pip install 'knudsen[cuda13]' (or 'knudsen[cuda12]' for a CUDA 12 driver)"
    try:
        import cupy
    except ImportError:
        return f"device 'cuda' needs CuPy, which is not installed: {install}"
    try:
        from numba import cuda
    except ImportError:
        return f"device 'cuda' needs numba-cuda, which is not installed: {install}"
    try:
        count = cupy.cuda.runtime.getDeviceCount()
    except cupy.cuda.runtime.CUDARuntimeError as error:
        return f"device 'cuda' needs an NVIDIA GPU and its driver: {error}"
    if index >= count:
        return f"device 'cuda:{index}' is not there: {count} CUDA device(s) found"
    if not cuda.is_available():
        return f"device 'cuda' needs numba-cuda to match the driver: {install}"
    return None
