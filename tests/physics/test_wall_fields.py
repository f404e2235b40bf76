"""A gas at rest in a closed tube with a ring: p = n k T on every patch of every wall, and in every cell."""

import numpy as np
import pytest

from knudsen.analysis.gas_fields import gas_fields
from knudsen.analysis.walls import wall_fields
from knudsen.dsmc import Block, DiffuseWall, Filling, Mixture, Simulation, Tube

WALL, COPIES, PRESSURE = DiffuseWall(300.0), 20, 5000.0
MASSES = np.array(Mixture(["He", "Ar"]).masses)


@pytest.fixture(scope="module")
def samples():
    """The ring reaches from the end x = 0 to a place within the second cell."""
    ring = Block((-1.0, 4e-7), (5e-7, 8e-7), WALL)
    tube = Tube(2e-6, 8e-7, (5, 4), WALL, WALL, WALL, subcells=(4, 1), blocks=(ring,))
    simulation = Simulation(
        Mixture(["He", "Ar"]), tube, Filling(PRESSURE, 300.0, (0.5, 0.5)), particles_per_cell=60,
        timestep=4e-11, copies=COPIES, seed=5, device="cpu",
    )  # fmt: skip
    simulation.run(50)
    simulation.sample(4, 2400)
    simulation.run(2400)
    return simulation.result()


def deviation(measured, expected, kept):
    """(value - expected) / stderr; a Student t of 19 degrees of freedom."""
    return (measured.value[kept] - expected) / measured.stderr[kept]


def test_every_patch_bears_the_pressure_and_takes_no_shear_nor_heat(samples):
    found = wall_fields(samples)
    kept = found.area > 0
    assert kept.sum() == len(found.area) - 3  # two on the end and one on the wall behind the ring
    pressure = found.along["pressure"]
    assert np.max(pressure.stderr[kept]) < 0.03 * PRESSURE
    assert not found.along["number_flux"].value[kept].any()
    for name, expected in (("pressure", PRESSURE), ("energy_flux", 0.0)):
        assert np.all(np.abs(deviation(found.along[name], expected, kept)) < 5), name
    tangential = found.along["shear"].stderr > 0
    assert np.all(np.abs(deviation(found.along["shear"], 0.0, tangential)) < 5)
    whole = found.whole["pressure"]
    assert np.all(np.abs(deviation(whole, PRESSURE, found.face_area > 0)) < 4.5)
    assert np.max(whole.stderr[found.face_area > 0]) < 0.02 * PRESSURE
    arriving = found.whole["arrival_flux"].value[-1]
    density = PRESSURE / (2 * 1.380649e-23 * 300)
    expected = density * np.sqrt(1.380649e-23 * 300 / (2 * np.pi * MASSES))
    np.testing.assert_allclose(arriving, expected, rtol=0.02)
    # The control: areas that forget the ring would miss the pressure on the end by its share.
    ends = found.face_area[found.faces.index("left")] / (np.pi * 64e-14)
    assert ends == pytest.approx(0.25) and abs(1 - ends) * PRESSURE > 4 * whole.stderr[0]


def test_every_cell_has_the_pressure_on_all_its_sides(samples):
    fields = gas_fields(samples)
    kept = samples.volumes > 0
    pressure = fields["pressure_tensor"]
    expected = PRESSURE * np.array([1, 1, 1, 0, 0, 0])
    deviate = ((pressure.value - expected) / pressure.stderr)[kept]
    assert np.all(np.abs(deviate) < 5.5)
    assert np.median(pressure.stderr[kept]) < 0.02 * PRESSURE
    assert np.isnan(fields["temperature"].value[~kept]).all()
