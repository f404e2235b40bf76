"""Nose-Hoover chains against the published algorithm, their conserved quantity, reversal in time."""

import numpy as np
import pytest
from liquids import copies, liquid

from knudsen.md.couplings.nose_hoover import NoseHoover, advance_chain

WEIGHTS = [1 / (2 - 2 ** (1 / 3)), 1 - 2 / (2 - 2 ** (1 / 3)), 1 / (2 - 2 ** (1 / 3))]


def published(kinetic, degrees, temperature, masses, place, rate, timestep):
    """The routine NHCINT of Martyna et al. (1996), appendix, in its own variables."""
    place, rate, scale, last = place.copy(), rate.copy(), 1.0, len(place) - 1
    twice = 2 * kinetic
    force = np.empty(len(place))
    for weight in WEIGHTS:
        step2, step4, step8 = (weight * timestep / n for n in (2, 4, 8))
        force[0] = (twice - degrees * temperature) / masses[0]
        for k in range(1, last + 1):
            force[k] = (masses[k - 1] * rate[k - 1] ** 2 - temperature) / masses[k]
        rate[last] += force[last] * step4
        for k in range(last - 1, -1, -1):
            drag = np.exp(-step8 * rate[k + 1])
            rate[k] = rate[k] * drag * drag + step4 * force[k] * drag
        factor = np.exp(-step2 * rate[0])
        scale *= factor
        twice *= factor**2
        force[0] = (twice - degrees * temperature) / masses[0]
        place += rate * step2
        for k in range(last):
            drag = np.exp(-step8 * rate[k + 1])
            rate[k] = rate[k] * drag * drag + step4 * force[k] * drag
            force[k + 1] = (masses[k] * rate[k] ** 2 - temperature) / masses[k + 1]
        rate[last] += force[last] * step4
    return scale, place, rate


@pytest.mark.parametrize("length", [1, 2, 3, 5])
def test_half_a_step_is_the_published_one(length):
    random = np.random.default_rng(length)
    kinetic, degrees, temperature = np.array([170.0, 12.0]), np.array([321.0, 30.0]), np.array([1.3, 0.7])
    place, rate = before = random.normal(size=(2, 2, length))
    many = np.ones((2, length))
    many[:, 0] = degrees
    place, rate, factors = many * place, many**0.5 * rate, np.ones(2)
    advance_chain(2, kinetic, degrees, temperature, 0.4, 0.05, place, rate, factors)
    place, rate = place / many, rate / many**0.5
    for copy in range(2):
        masses = temperature[copy] * 0.4**2 * np.array([degrees[copy], *[1.0] * (length - 1)])
        scale, places, rates = published(
            kinetic[copy], degrees[copy], temperature[copy], masses, before[0][copy], before[1][copy], 0.05
        )
        assert factors[copy] == pytest.approx(scale, rel=1e-13)
        assert place[copy] == pytest.approx(places, rel=1e-12)
        assert rate[copy] == pytest.approx(rates, rel=1e-11, abs=1e-13)


def spread(timestep):
    """Fluctuation of the conserved quantity of a liquid that is brought to another temperature."""
    simulation = liquid(108, timestep=timestep, couplings=[NoseHoover(1.8, 0.3)])
    totals = []
    for _ in range(round(2.0 / timestep)):
        simulation.run(1)
        totals.append(simulation.conserved()[0])
    return np.std(totals)


def test_error_of_the_conserved_quantity_is_quadratic_in_the_step():
    assert spread(0.004) / spread(0.002) == pytest.approx(4, rel=0.1)


def test_a_wrong_term_in_the_conserved_quantity_would_be_seen():
    simulation = liquid(108, couplings=[NoseHoover(1.8, 0.3)])
    start, heat = simulation.conserved()[0], simulation.energies().total
    simulation.run(500)
    assert abs(simulation.conserved()[0] - start) < 0.1 < 10 < abs(simulation.energies().total - heat)
    simulation.couplings[0].state["place"][0, 0] *= 1 - 3 / simulation.degrees_of_freedom[0]
    assert abs(simulation.conserved()[0] - start) > 0.5


def test_time_runs_backwards():
    simulation = liquid(108, couplings=[NoseHoover(1.8, 0.3)])
    start = simulation.unwrapped_positions
    simulation.run(100)
    simulation.atoms.velocity *= -1
    simulation.couplings[0].state["rate"] *= -1
    simulation.run(100)
    assert simulation.unwrapped_positions == pytest.approx(start, abs=1e-8)


def test_each_copy_comes_to_its_own_temperature():
    simulation = copies(2, 108, couplings=[NoseHoover((1.0, 3.0), 0.2)])
    simulation.run(500)
    found = []
    for _ in range(100):
        simulation.run(10)
        found.append(simulation.temperatures())
    assert np.mean(found, axis=0) == pytest.approx([1.0, 3.0], rel=0.03)
