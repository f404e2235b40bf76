"""Faces that hold a flux or a pressure, of slabs, channels and tubes in which the gas flows: within 0.5 %."""

import numpy as np
import pytest

from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS
from knudsen.dsmc.boundaries import DiffuseWall, FluxReservoir, OpenReservoir, PressureReservoir
from knudsen.dsmc.domains.shapes import Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

TEMPERATURE, PRESSURE, COPIES, STEPS = 300.0, 1e5, 32, 1500
GAS = Mixture(["He", "Ar"])
MASSES = np.array(GAS.masses)
X = (0.36, 0.64)
FLOW = 1e27 * np.array(X)
WALL = DiffuseWall(TEMPERATURE)
ARRIVING, LEAVING = DIRECTIONS.index("arriving"), DIRECTIONS.index("leaving")
HELD = PressureReservoir(PRESSURE, TEMPERATURE, X)
IN = FluxReservoir(tuple(FLOW), TEMPERATURE, (40.0, 0.0, 0.0))
OUT = FluxReservoir(tuple(-FLOW), TEMPERATURE, (40.0, 0.0, 0.0))
EMITS = OpenReservoir(PRESSURE, TEMPERATURE, X)
LENGTH, WIDTH = 3e-7, 1.5e-7
SHAPES = {
    "slab": lambda left, right: Slab(LENGTH, 6, left, right),
    "channel": lambda left, right: Channel((LENGTH, WIDTH), (6, 3), left, right, WALL, WALL),
    "tube": lambda left, right: Tube(LENGTH, WIDTH, (6, 3), left, right, WALL),
}


def run(shape, left, right, molecules=60):
    """Samples of the run's last part."""
    domain = SHAPES[shape](left, right)
    simulation = Simulation(
        GAS, domain, Filling(PRESSURE, TEMPERATURE, X), timestep=4e-11, copies=COPIES, seed=31, device="cpu",
        particles_per_cell=molecules / (domain.grid.cell_count / 6),
    )  # fmt: skip
    simulation.run(1000)
    simulation.sample(3, STEPS)
    simulation.run(STEPS)
    return simulation.result()


def along(samples, column):
    """Pressure over the held one and velocity of the gas in a column of cells across x, of each copy."""
    cells = samples.sums.reshape(samples.blocks, COPIES, 6, -1, 2, samples.sums.shape[-1])[:, :, column]
    sums = cells.sum(axis=(0, 2)) / samples.samples.sum()
    mass = (sums[..., 0] * MASSES).sum(axis=-1)
    momentum = (sums[..., 1:4] * MASSES[:, None]).sum(axis=-2)
    square = (sums[..., 4:7].sum(axis=-1) * MASSES).sum(axis=-1)
    volume = samples.volumes.reshape(6, -1)[column].sum()
    pressure = (square - (momentum**2).sum(axis=-1) / mass) / 3 * samples.weight[0, 0] / volume
    return pressure / PRESSURE, momentum[:, 0] / mass


def net(samples, face):
    """Molecules of each species that a face has sent in, less those that came, over those asked for."""
    number = samples.walls_by_face[..., 0].sum(axis=0)[:, samples.faces.index(face)]
    area = samples.patch_area[samples.patch_face == samples.faces.index(face)].sum()
    asked = FLOW * area * samples.steps.sum() * samples.timestep / samples.weight[0, 0]
    return (number[..., LEAVING] - number[..., ARRIVING]) / asked


def error(values):
    return values.std(axis=0, ddof=1) / np.sqrt(len(values))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("inlet", [True, False], ids=["pressure at the inlet", "pressure at the outlet"])
def test_pressure_and_flux_are_held_where_the_gas_flows(shape, inlet):
    """p of the cells along the face, n u through either face, each species."""
    samples = run(shape, HELD, OUT) if inlet else run(shape, IN, HELD)
    pressure, velocity = along(samples, 0 if inlet else -1)
    assert error(pressure) < 0.00125
    assert abs(pressure.mean() - 1) < 4 * error(pressure)
    assert velocity.mean() > 25
    exact, met = net(samples, "right" if inlet else "left"), net(samples, "left" if inlet else "right")
    np.testing.assert_allclose(exact, -1.0 if inlet else 1.0, atol=0.005)
    assert np.all(error(met) < 0.02)
    assert np.all(abs(met.mean(axis=0) - (1.0 if inlet else -1.0)) < 4 * error(met))


@pytest.mark.parametrize("shape", ["channel", "tube"])
def test_a_reservoir_that_does_not_adapt_misses_the_pressure(shape):
    """Control: gas at rest at that pressure, behind the inlet."""
    pressure, _ = along(run(shape, EMITS, OUT), 0)
    assert pressure.mean() < 0.97
