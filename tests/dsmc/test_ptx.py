"""Every kernel compiles to PTX for sm_80 and sm_90 on a machine with no driver and no device."""

import numpy as np
import ptx
import pytest

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
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
def calls():
    """{(kernel, precision): its recorded calls}."""
    found = {}
    for precision in PRECISIONS:
        for kernel, signature in ptx.recorded_calls(lambda: run_everything(precision)):  # noqa: B023
            found.setdefault((kernel.name, precision), set()).add((kernel, signature))
    return found


def package_kernels():
    return sorted(ptx.kernels_of("knudsen.core", "knudsen.dsmc"))


def test_every_kernel_was_called(calls):
    assert {name for name, _ in calls} == set(package_kernels())


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
@pytest.mark.parametrize("precision", PRECISIONS)
@pytest.mark.parametrize("name", package_kernels())
def test_kernel_compiles_to_ptx(calls, name, precision, capability):
    ptx.compile_to_ptx(calls[name, precision], capability)
