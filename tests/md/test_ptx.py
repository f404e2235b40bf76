"""Every kernel of molecular dynamics compiles to PTX for sm_80 and sm_90 with no driver and no device."""

import numpy as np
import ptx
import pytest

from knudsen.core.shapes import LENNARD_JONES, mie_shape
from knudsen.md.potentials.cutoff import FORMS
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

CORE = ("forces", "integrate", "neighbours", "state")
# Called by tests/md/test_shear.py.
SHEARED = {"knudsen.md.neighbours.cells.slide_sources"}


def run_everything():
    """A few steps of a pure fluid and of a mixture, measured, in every form of the cut and precision."""
    positions = np.array([[0.5, 0.5, 0.5], [1.7, 0.5, 0.5], [0.5, 1.9, 0.5]])
    cases = [(LENNARD_JONES, form, "double") for form in FORMS]
    cases += [(mie_shape(14.0, 7.0), "cut", "double")]
    # In float32 the forms with a root and with a polynomial stand for the others.
    cases += [(LENNARD_JONES, form, "mixed") for form in ("force-shifted", "switched")]
    cases += [(LENNARD_JONES, "switched", "single")]
    for shape, form, precision in cases:
        for sigma in ([1.0], [1.0, 0.9]):
            pairs = PairTable.lorentz_berthelot(sigma, sigma, 2.0, form=form, shape=shape)
            simulation = Simulation(
                [positions] * 2, [0 * positions] * 2, [Box(4.5), Box(5.0)], pairs, timestep=1e-3, skin=0.3,
                species=np.arange(3) % len(sigma), precision=precision, device="cpu",
            )  # fmt: skip
            simulation.run(1)
            simulation.mover.second(simulation)  # a pass of its own only beside fields
            simulation.pressure_tensor()
            simulation.remove_momentum()
            simulation.scale_velocities(np.ones(2))
            simulation.scale_box(np.ones((2, 3)))
    # The images of the first copy outgrow their room while the second's list stays.
    simulation.neighbours._image_first[1:] -= np.diff(simulation.neighbours._image_first)[0]
    simulation.neighbours.build(np.array([True, False]))
    simulation.neighbours.search.by_atoms = True
    simulation.neighbours.build()


@pytest.fixture(scope="module")
def calls():
    return ptx.recorded_calls(run_everything)


def test_every_kernel_was_called(calls):
    own = ptx.kernels_of(*(f"knudsen.md.{module}" for module in CORE)) - SHEARED
    assert own and {kernel.name for kernel, _ in calls} == own


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
def test_kernels_compile_to_ptx(calls, capability):
    ptx.compile_to_ptx(calls, capability)
