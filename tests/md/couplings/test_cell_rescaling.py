"""Moves of the box against plain NumPy, what they count, axes, corrections, faults."""

import numpy as np
import pytest
from liquids import copies, liquid

from knudsen.core.faults import SimulationFault
from knudsen.core.rng import Stream, draw_words, normal_pair
from knudsen.md.couplings.cell_rescaling import CellRescaling
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation

PRESSURE, TEMPERATURE, TIME, SOFTNESS = 2.0, 1.5, 0.7, 0.15


def barostat(**options):
    return CellRescaling(PRESSURE, TEMPERATURE, TIME, SOFTNESS, **options)


def drift_of_root(simulation, copy, axes, correction=0.0, centre=1):
    """b y / (2 tau) (P - P_0 + T / 2V + centre T / V), y = sqrt(V), in plain NumPy."""
    volume = simulation.volumes[copy]
    pressure = np.diag(simulation.pressure_tensors()[copy])[axes].mean() + correction
    excess = pressure - PRESSURE + TEMPERATURE * (0.5 + centre) / volume
    return SOFTNESS * np.sqrt(volume) / (2 * TIME) * excess


def noise_of_root(simulation, copy, draw, time):
    """(b T / 2 tau)^(1/2) W, the normal number taken from the copy's stream under the axes' own draw."""
    words = draw_words(int(simulation.seeds[copy]), int(Stream.BAROSTAT), 0, draw, simulation.step)
    return np.sqrt(TEMPERATURE * SOFTNESS * time / (2 * TIME)) * normal_pair(words[0], words[1])[0]


@pytest.mark.parametrize(
    ("axes", "numbers", "draw"), [("xyz", [0, 1, 2], 7), ("xy", [0, 1], 3), ("z", [2], 4)]
)
@pytest.mark.parametrize("thermostat", [[], [Langevin(TEMPERATURE, 1.0)]])
def test_a_move_is_that_of_its_equation(axes, numbers, draw, thermostat):
    coupling = barostat(axes=axes, every=4)
    simulation = copies(2, 256, couplings=[*thermostat, coupling])
    simulation.step = 4
    edges, places, speeds = simulation.box_lengths, simulation.positions, simulation.velocities
    volumes, centre = simulation.volumes, 0 if thermostat else 1
    drifts = [drift_of_root(simulation, copy, numbers, centre=centre) for copy in range(2)]
    coupling.after(simulation)
    for copy in range(2):
        time, old, drift = 4 * simulation.timestep, np.sqrt(volumes[copy]), drifts[copy]
        new = old + drift * time + noise_of_root(simulation, copy, draw, time)
        factors = np.ones(3)
        factors[numbers] = (new / old) ** (2 / len(numbers))
        assert simulation.box_lengths[copy] == pytest.approx(edges[copy] * factors, rel=1e-12)
        assert simulation.positions[copy] == pytest.approx(places[copy] * factors, rel=1e-12)
        assert simulation.velocities[copy] == pytest.approx(speeds[copy] / factors, rel=1e-12)
        back = drift_of_root(simulation, copy, numbers, centre=centre)
        counted = PRESSURE * (new**2 - old**2) - TEMPERATURE * (1 + 2 * centre) * np.log(new / old)
        # T / (2 s^2) [(y' - y + f' dt)^2 - (y' - y - f dt)^2], s^2 the variance of the noise.
        forth_and_back = (new - old + back * time) ** 2 - (new - old - drift * time) ** 2
        counted += TIME / (SOFTNESS * time) * forth_and_back
        assert coupling.energy(simulation)[copy] == pytest.approx(counted, rel=1e-9)


def test_moves_are_made_when_they_are_due():
    simulation = liquid(256, couplings=[barostat(every=5)])
    volumes = []
    for _ in range(11):
        simulation.run(1)
        volumes.append(simulation.volumes[0])
    assert np.flatnonzero(np.diff([simulation.volumes[0] * 0 + volumes[0], *volumes])).tolist() == [4, 9]


def test_forces_and_lists_follow_the_box():
    """After moves, the forces are those of a simulation that begins there."""
    simulation = liquid(256, couplings=[VelocityRescaling(1.5, 0.2), barostat(every=2)])
    simulation.run(100)
    fresh = Simulation(
        simulation.positions, simulation.velocities, simulation.box, simulation.pairs, timestep=0.004,
        device="cpu",
    )  # fmt: skip
    assert abs(simulation.volumes[0] - 320) > 1
    assert simulation.force_on_atoms == pytest.approx(fresh.force_on_atoms, abs=1e-9)
    assert simulation.pressure_tensor() == pytest.approx(fresh.pressure_tensor(), abs=1e-10)


def test_the_long_range_correction_counts_where_there_is_one():
    """It adds c / V^2 to the pressure and c / V to the conserved quantity."""
    cut = PairTable(1.0, 1.0, 2.5)
    start = liquid(256)
    found = {}
    for long_range in (None, True, False):
        simulation = Simulation(
            start.positions, start.velocities, start.box, cut, timestep=0.004, device="cpu",
            couplings=[barostat(every=1, long_range=long_range)],
        )  # fmt: skip
        simulation.step, volume = 1, simulation.volumes[0]
        correction = simulation.long_range().pressure
        bare = drift_of_root(simulation, 0, [0, 1, 2])
        full = drift_of_root(simulation, 0, [0, 1, 2], correction)
        simulation.couplings[0].after(simulation)
        found[long_range] = np.sqrt(simulation.volumes[0]) - np.sqrt(volume)
    assert correction < -0.3
    assert found[None] == found[True]
    assert found[True] - found[False] == pytest.approx(0.004 * (full - bare), rel=1e-9)


def test_a_correction_that_is_not_defined_is_refused():
    with pytest.raises(ValueError, match="a force-shifted potential"):
        liquid(256, couplings=[barostat(long_range=True)])


def test_axes_of_their_own_draw_numbers_of_their_own():
    """Three barostats move one after the other, each by its own pressure and its own number."""
    couplings = [barostat(axes=axis, every=1) for axis in "xyz"]
    simulation = copies(2, 256, couplings=couplings)
    simulation.step, time = 1, simulation.timestep
    for axis, coupling in enumerate(couplings):
        edges, old = simulation.box_lengths, np.sqrt(simulation.volumes)
        drifts = [drift_of_root(simulation, copy, [axis]) for copy in range(2)]
        coupling.after(simulation)
        for copy in range(2):
            made = {}
            for draw in (1, 2, 4, 7):
                new = old[copy] + drifts[copy] * time + noise_of_root(simulation, copy, draw, time)
                made[draw] = edges[copy].copy()
                made[draw][axis] *= (new / old[copy]) ** 2
            found = simulation.box_lengths[copy]
            assert found == pytest.approx(made.pop(2**axis), rel=1e-12)
            # Another axis's number, or that of all three, would be seen.
            assert all(np.abs(found - other).max() > 1e-4 for other in made.values())


def test_a_volume_that_leaps_is_a_fault():
    simulation = copies(2, 256, couplings=[CellRescaling((1.0, 500.0), 1.5, 0.01, 1.0)])
    with pytest.raises(SimulationFault, match=r"step 10: the volume of copy 1 .* longer relaxation"):
        simulation.run(10)


def test_a_box_too_small_for_the_cut_off_is_a_fault():
    simulation = copies(
        2, 108, couplings=[VelocityRescaling(1.5, 0.1), CellRescaling((1.0, 30.0), 1.5, 2.0, 0.1)]
    )
    with pytest.raises(SimulationFault, match=r"an edge of copy 1 shrinks to .* two cut-offs of 2\.5"):
        simulation.run(1000)
