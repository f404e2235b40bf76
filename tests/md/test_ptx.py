"""Every kernel of molecular dynamics compiles to PTX for sm_80 and sm_90 with no driver and no device."""

import types

import numba
import numpy as np
import pytest
from numba import cuda
from numba.cuda import dispatcher

from knudsen.core.kernels import KERNELS, Kernel, cuda_body
from knudsen.core.shapes import LENNARD_JONES, mie_shape
from knudsen.md import simulation as engine
from knudsen.md.cutoff import FORMS
from knudsen.md.pairs import PairTable


def run_everything():
    """A few steps of a pure fluid and of a mixture, measured, in every form of the cut."""
    positions = np.array([[0.5, 0.5, 0.5], [1.7, 0.5, 0.5], [0.5, 1.9, 0.5]])
    for shape, form in (*((LENNARD_JONES, form) for form in FORMS), (mie_shape(14.0, 7.0), "cut")):
        for sigma in ([1.0], [1.0, 0.9]):
            pairs = PairTable.lorentz_berthelot(sigma, sigma, 2.0, form=form, shape=shape)
            species = np.arange(3) % len(sigma)
            simulation = engine.Simulation(
                positions, 0 * positions, 5.0, pairs, timestep=1e-3, species=species, device="cpu"
            )
            simulation.run(1)
            simulation.pressure_tensor()


def contiguous(kind):
    return kind.copy(layout="C") if isinstance(kind, numba.types.Array) else kind


@pytest.fixture(scope="module")
def calls():
    """{(kernel, signature)} of all that a run calls, as CuPy's contiguous arrays would have them."""
    found = set()
    original = Kernel.__call__

    def record(self, n, *arguments):
        found.add((self, tuple(map(contiguous, self.signature(*arguments)))))
        original(self, n, *arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Kernel, "__call__", record)
        run_everything()
    return found


OWN = ("neighbours", "cells", "forces", "integrate", "atoms", "simulation", "cutoff", "box")


def test_every_kernel_was_called(calls):
    own = {name for name in KERNELS if name.startswith(tuple(f"knudsen.md.{module}." for module in OWN))}
    assert own and {kernel.name for kernel, _ in calls} == own


@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
def test_kernels_compile_to_ptx(calls, capability, monkeypatch):
    device = types.SimpleNamespace(compute_capability=capability)
    monkeypatch.setattr(dispatcher, "get_current_device", lambda: device)
    for kernel, signature in calls:
        code, _ = cuda.compile(
            cuda_body(kernel), numba.void(*signature), device=False, cc=capability, abi="numba"
        )
        assert f".target sm_{capability[0]}{capability[1]}" in code
        assert ".visible .entry" in code
