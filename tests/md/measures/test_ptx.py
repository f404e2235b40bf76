"""Every kernel of the measures compiles to PTX for sm_80 and sm_90."""

import numpy as np
import pytest
from ptx import CAPABILITIES, compile_to_ptx, kernels_of, recorded_calls

from knudsen.md.measures.correlator import (
    CurrentCorrelation,
    HeatFluxCorrelation,
    StressCorrelation,
    VelocityAutocorrelation,
)
from knudsen.md.measures.displacement import Displacement
from knudsen.md.measures.profiles import Profile
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.measures.structure_factor import StructureFactor
from knudsen.md.measures.thermo import Thermo
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

PACKAGE = "knudsen.md.measures"


def take_everything():
    """Samples of every measure in both precisions of the velocities."""
    positions = np.array([[0.5, 0.5, 0.5], [1.7, 0.5, 0.5], [0.5, 1.9, 0.5]])
    grid = {"every": 1, "levels": 2, "points": 2}
    for precision in ("double", "single"):
        sim = Simulation(
            positions, 0 * positions, 5.0, PairTable(1.0, 1.0, 2.0), timestep=1e-3, precision=precision,
            device="cpu",
        )  # fmt: skip
        for kind in (
            VelocityAutocorrelation, CurrentCorrelation, StressCorrelation, HeatFluxCorrelation, Displacement
        ):  # fmt: skip
            sim.add_measure(kind(**grid))
        for measure in (
            RadialDistribution(every=1), RadialDistribution(every=1, r_max=2.4), StructureFactor(every=1),
            Profile(every=1), Thermo(every=1),
        ):  # fmt: skip
            sim.add_measure(measure)
        sim.run(4)


@pytest.fixture(scope="module")
def calls():
    return {call for call in recorded_calls(take_everything) if call[0].name.startswith(PACKAGE)}


def test_every_kernel_was_called(calls):
    assert {kernel.name for kernel, _ in calls} == kernels_of(PACKAGE)


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_kernels_compile_to_ptx(calls, capability):
    compile_to_ptx(calls, capability)
