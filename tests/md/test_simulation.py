"""The step: conservation, order, reproducibility, faults."""

import numba
import numpy as np
import pytest
from lattices import lattice

from knudsen.core.faults import SimulationFault
from knudsen.md.integrate import VelocityVerlet
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation, default_skin

SMOOTH = PairTable(1.0, 1.0, 2.4, form="force-shifted")


def liquid(timestep=0.004, cells=4, pairs=SMOOTH, **options):
    positions, velocities, length = lattice(cells, 0.8442, temperature=1.44)
    return Simulation(positions, velocities, length, pairs, timestep=timestep, device="cpu", **options)


def mixture(**options):
    positions, velocities, length = lattice(4, 0.6)
    pairs = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.4, form="switched")
    species = np.arange(len(positions)) % 2
    options = {"species": species, "masses": [1.0, 3.0]} | options
    return Simulation(positions, velocities, length, pairs, timestep=0.004, device="cpu", **options)


def spread(simulation, time=2.0):
    """Root-mean-square fluctuation of the total energy per atom, taken every step."""
    simulation.run(round(0.5 / simulation.timestep))
    totals = []
    for _ in range(round(time / simulation.timestep)):
        simulation.run(1)
        totals.append(simulation.energies().total)
    return np.std(totals) / simulation.atoms.count


class TwoPasses(VelocityVerlet):
    """The same motion, its second half kick in a pass of its own."""

    plain_kicks = False


@pytest.mark.parametrize("precision", ["double", "mixed", "single"])
def test_a_kick_in_the_pass_of_the_forces_is_the_kick_after_them(precision):
    runs = [mixture(precision=precision, mover=mover) for mover in (None, TwoPasses())]
    for simulation in runs:
        simulation.run(50)
    np.testing.assert_array_equal(runs[0].positions, runs[1].positions)
    np.testing.assert_array_equal(runs[0].velocities, runs[1].velocities)
    runs[0].compute_forces()
    np.testing.assert_array_equal(runs[0].velocities, runs[1].velocities)


def test_energy_error_is_quadratic_in_the_step():
    """Velocity Verlet conserves a shadow energy, off by O(dt^2): halve the step, quarter the spread."""
    ratio = spread(liquid(0.008)) / spread(liquid(0.004))
    assert ratio == pytest.approx(4, rel=0.1)


def test_energy_is_conserved_over_a_long_run():
    simulation = liquid(0.002)
    simulation.run(500)
    before = simulation.energies().total
    simulation.run(5000)
    assert abs(simulation.energies().total - before) / simulation.atoms.count < 1e-4


def test_a_cut_forces_jump_would_be_seen():
    cut, smooth = (
        liquid(0.002, pairs=PairTable(1.0, 1.0, 2.4, form=form)) for form in ("cut", "force-shifted")
    )
    assert spread(cut) > 5 * spread(smooth)


@pytest.mark.parametrize("make", [liquid, mixture])
def test_momentum_is_conserved_to_round_off(make):
    simulation = make()
    masses = simulation.masses[simulation.species][:, None]
    before = (masses * simulation.velocities).sum(axis=0)
    simulation.run(300)
    assert (masses * simulation.velocities).sum(axis=0) == pytest.approx(before, abs=1e-11)


def test_the_list_never_misses_a_pair():
    """Whatever the skin, the same trajectory, to the round-off that a different order of sums leaves."""
    runs = [liquid(skin=skin) for skin in (0.0, 0.3, 0.9)]
    for simulation in runs:
        simulation.run(60)
    assert runs[0].neighbours.builds == 61 > runs[1].neighbours.builds > runs[2].neighbours.builds
    for other in runs[1:]:
        assert other.unwrapped_positions == pytest.approx(runs[0].unwrapped_positions, abs=1e-9)


def test_builds_are_counted_through_lists_of_other_skins():
    simulation = liquid(skin=0.0, timestep=0.001)
    simulation.run(20)
    assert simulation.resolution()["list_builds"] == 21
    assert simulation.resolution()["dangerous_builds"] == 20
    simulation.use_skin(0.4)
    simulation.run(1)
    assert simulation.resolution()["list_builds"] == 22
    assert simulation.resolution()["dangerous_builds"] == 20


def test_a_list_that_is_not_renewed_would_be_seen():
    fresh, stale = liquid(skin=0.3), liquid(skin=0.3)
    stale._renew = stale.neighbours.follow
    for simulation in (fresh, stale):
        simulation.run(120)
    assert np.abs(fresh.unwrapped_positions - stale.unwrapped_positions).max() > 1e-6


def test_time_runs_backwards():
    simulation = mixture()
    start = simulation.unwrapped_positions
    simulation.run(150)
    assert np.abs(simulation.unwrapped_positions - start).max() > 0.3
    simulation.atoms.velocity *= -1
    simulation.run(150)
    assert simulation.unwrapped_positions == pytest.approx(start, abs=1e-7)


@pytest.mark.parametrize("make", [lambda: liquid(cells=11), mixture])
def test_one_and_two_threads_give_the_same_bits(make):
    states = []
    for threads in (1, 2):
        if threads > numba.config.NUMBA_NUM_THREADS:
            pytest.skip("one thread only here")
        numba.set_num_threads(threads)
        simulation = make()
        simulation.run(25)
        states.append(
            (simulation.positions, simulation.velocities, simulation.energies(), simulation.atoms.id)
        )
    for one, two in zip(*states, strict=True):
        assert np.array_equal(one, two)


@pytest.mark.parametrize("make", [liquid, mixture])
def test_measuring_leaves_a_run_as_it_is(make):
    quiet, measured = make(), make()
    quiet.run(20)
    for _ in range(20):
        measured.run(1)
        measured.pressure_tensor()
    assert np.array_equal(quiet.positions, measured.positions)
    assert np.array_equal(quiet.velocities, measured.velocities)


def test_two_atoms_oscillate_as_their_potential_says():
    """Relative motion in V(r): the period by quadrature of the energy integral."""
    from scipy.integrate import quad
    from scipy.optimize import brentq

    pairs = PairTable(1.0, 1.0, 2.9)
    positions = np.array([[0.5, 3.0, 3.0], [0.5 + 1.25, 3.0, 3.0]])
    simulation = Simulation(positions, np.zeros((2, 3)), 6.0, pairs, timestep=0.0005, device="cpu")

    def energy(r):
        return 4 * (r**-12 - r**-6)

    far = 1.25
    near = brentq(lambda r: energy(r) - energy(far), 0.9, 2 ** (1 / 6))
    middle, half = (near + far) / 2, (far - near) / 2

    def integrand(angle):
        r = middle + half * np.sin(angle)
        return half * np.cos(angle) / np.sqrt(4 * (energy(far) - energy(r)))

    period = 2 * quad(integrand, -np.pi / 2 + 1e-9, np.pi / 2 - 1e-9)[0]
    simulation.run(round(10 * period / simulation.timestep))
    apart = simulation.unwrapped_positions
    assert np.linalg.norm(apart[1] - apart[0]) == pytest.approx(far, abs=2e-4)
    simulation.run(round(0.5 * period / simulation.timestep))
    apart = simulation.unwrapped_positions
    assert np.linalg.norm(apart[1] - apart[0]) == pytest.approx(near, abs=2e-4)


def test_a_free_atom_flies_on_through_the_faces():
    velocity = np.array([[3.0, -2.0, 0.5]])
    start = np.array([[1.0, 2.0, 3.0]])
    simulation = Simulation(start, velocity, 6.0, SMOOTH, timestep=0.01, device="cpu")
    simulation.run(1000)
    assert simulation.unwrapped_positions == pytest.approx(start + 10 * velocity, abs=1e-10)
    assert ((simulation.positions > -0.5) & (simulation.positions < 6.5)).all()
    assert simulation.energies().total == pytest.approx(velocity[0] @ velocity[0] / 2)
    with pytest.raises(ValueError, match="one atom"):
        simulation.temperature()


def test_pressure_and_temperature_of_a_gas_without_neighbours_are_ideal():
    positions, velocities, length = lattice(4, 1e-3)
    simulation = Simulation(positions, velocities, length, SMOOTH, timestep=0.005, device="cpu")
    kinetic = (velocities**2).sum()
    assert np.trace(simulation.pressure_tensor()) == pytest.approx(kinetic / length**3, rel=1e-12)
    assert simulation.pressure_tensor() == pytest.approx(velocities.T @ velocities / length**3, rel=1e-12)
    assert simulation.temperature() == pytest.approx(kinetic / (3 * len(positions) - 3), rel=1e-12)


def test_skin_is_longer_in_a_gas():
    assert default_skin(0.8442) == 0.3
    assert 0.3 < default_skin(0.1) < default_skin(0.01) <= default_skin(1e-9) == 1.5


def start(**changes):
    positions, velocities, length = lattice(3, 0.5)
    arguments = {
        "positions": positions, "velocities": velocities, "box": length, "pairs": PairTable(1.0, 1.0, 2.4),
        "timestep": 0.005, "device": "cpu",
    }  # fmt: skip
    return Simulation(**(arguments | changes))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pairs": PairTable(1.0, 1.0, 3.1)}, "half the box"),
        ({"timestep": 0.0}, "time step"),
        ({"timestep": np.nan}, "time step"),
        ({"velocities": np.zeros((107, 3))}, "velocities"),
        ({"velocities": np.full((108, 3), np.nan)}, "velocity of atom 0"),
        ({"species": np.ones(108, int)}, "species run from 0 to 0"),
        ({"species": np.zeros(108)}, "whole numbers"),
        ({"masses": [1.0, 2.0]}, "masses"),
        ({"masses": [-1.0]}, "masses"),
    ],
)
def test_bad_input_is_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        start(**changes)


def test_coincident_atoms_are_named():
    positions = lattice(3, 0.5)[0]
    positions[7] = positions[90]
    with pytest.raises(SimulationFault, match=r"step 0: the force on atom (7|90) .* overlaps"):
        start(positions=positions)


def test_an_atom_that_runs_away_is_named_with_its_step():
    positions = lattice(3, 0.5)[0]
    positions[7] = positions[90] + 1e-3
    simulation = start(positions=positions)
    with pytest.raises(SimulationFault, match=r"step 1: atom (7|90) is lost"):
        simulation.run(10)


def test_a_velocity_that_is_not_finite_is_named():
    simulation = start()
    simulation.run(3)
    simulation.atoms.velocity[3 * int(np.flatnonzero(simulation.atoms.id == 11)[0])] = np.nan
    with pytest.raises(SimulationFault, match="step 4: atom 11 is lost"):
        simulation.run(2)
