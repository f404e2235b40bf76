"""Every kernel compiles to PTX for sm_80 and sm_90 on a machine with no driver and no device."""

import types

import numba
import numpy as np
import pytest
from numba import cuda
from numba.cuda import dispatcher

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.core.kernels import KERNELS, Kernel, cuda_body
from knudsen.core.particles import Particles
from knudsen.core.sorting import BinSort
from knudsen.dsmc.boundaries import DiffuseWall, ExchangeReservoir, OpenReservoir, Periodic, Specular
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.slab import Filling, Slab

PRECISIONS = ("double", "mixed")
FACES = (
    (Periodic(), Periodic()),
    (Specular(), DiffuseWall(300.0)),
    (ExchangeReservoir(300.0, (0.5, 0.5)), OpenReservoir(1e4, 300.0, (0.5, 0.5))),
)


def run_everything(precision):
    """A few steps of a slab behind every face, and the CUDA form of the sort with NumPy for CuPy."""
    for faces in FACES:
        simulation = Simulation(
            Mixture(["He", "Ar"]), Slab(1e-6, 2, *faces, subcells=2), Filling(1e4, 300.0, (0.5, 0.5)),
            particles_per_cell=10, timestep=1e-10, device="cpu", precision=precision,
        )  # fmt: skip
        simulation.sample(1, 2)
        simulation.run(2)
    column = np.zeros(5)
    copy = dict.fromkeys(("x", "vx", "vy", "vz", "species"), column)
    particles = Particles.from_copies([copy], 1.0, precision, Device("cpu"))
    sort = BinSort(3, 1, 5, Device("cpu"))
    sort._offsets = None
    sort.sort(particles)


@pytest.fixture(scope="module")
def signatures():
    """{(kernel, precision): the signatures of its calls}, as CuPy's contiguous arrays would have them."""
    found = {}
    original = Kernel.__call__
    with pytest.MonkeyPatch.context() as patch:
        for precision in PRECISIONS:

            def record(self, n, *arguments, precision=precision):
                key = (self.name, precision)
                found.setdefault(key, set()).add(tuple(map(contiguous, self.signature(*arguments))))
                original(self, n, *arguments)

            patch.setattr(Kernel, "__call__", record)
            run_everything(precision)
    return found


def contiguous(kind):
    return kind.copy(layout="C") if isinstance(kind, numba.types.Array) else kind


def package_kernels():
    return sorted(name for name in KERNELS if name.startswith(("knudsen.core.", "knudsen.dsmc.")))


def ptx_of(made, signature, capability):
    with pytest.MonkeyPatch.context() as patch:
        # All that the compiler asks of a device.
        device = types.SimpleNamespace(compute_capability=capability)
        patch.setattr(dispatcher, "get_current_device", lambda: device)
        code, _ = cuda.compile(
            cuda_body(made), numba.void(*signature), device=False, cc=capability, abi="numba"
        )
    return code


def test_every_kernel_was_called(signatures):
    assert {name for name, _ in signatures} == set(package_kernels())


@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", package_kernels())
def test_kernel_compiles_to_ptx(signatures, name, precision, capability):
    for signature in signatures[name, precision]:
        code = ptx_of(KERNELS[name], signature, capability)
        assert f".target sm_{capability[0]}{capability[1]}" in code
        assert ".visible .entry" in code
