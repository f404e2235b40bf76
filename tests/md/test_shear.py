"""SLLOD under Lees-Edwards boundaries: forces by brute force, work, the exact parts of the step."""

import math

import numpy as np
import ptx
import pytest
from lattices import lattice

from knudsen.core.kernels import device
from knudsen.core.shapes import LENNARD_JONES
from knudsen.md.fields.body import ColourField, Gravity
from knudsen.md.fields.potential import PotentialField
from knudsen.md.fields.tethers import Tethers
from knudsen.md.fields.walls import Wall
from knudsen.md.potentials.cutoff import form_numbers
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.shear import Sllod
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

CUTOFF = 2.4
SMOOTH = PairTable(1.0, 1.0, CUTOFF, form="force-shifted")


def sheared(rate, cells=5, density=0.8442, **options):
    positions, velocities, length = lattice(cells, density, temperature=1.0, jitter=0.02)
    options = {"timestep": 0.004, "device": "cpu", "mover": Sllod(rate)} | options
    return Simulation(positions, velocities, length, SMOOTH, **options)


def all_forces(simulation):
    """Forces of all pairs under Lees-Edwards boundaries."""
    (length, *_), offset = simulation.box_lengths[0], simulation.domain.offsets[0][0]
    place = simulation.positions
    apart = place[:, None] - place
    turns = np.round(apart[..., 1] / length)
    apart[..., 1] -= turns * length
    apart[..., 0] -= turns * offset
    for axis in (0, 2):
        apart[..., axis] -= length * np.round(apart[..., axis] / length)
    r2 = (apart**2).sum(axis=-1)
    np.fill_diagonal(r2, np.inf)
    _, slope = form_numbers(LENNARD_JONES, "force-shifted", CUTOFF)
    pull = 24 * (2 * r2**-7 - r2**-4) - slope / np.sqrt(r2)
    return (
        np.where(r2 < CUTOFF**2, pull, 0.0)[..., None] * np.where(np.isinf(r2), 0, 1)[..., None] * apart
    ).sum(1)


@pytest.mark.parametrize("precision", ["double", "mixed"])
@pytest.mark.parametrize("rate", [0.7, -0.7])
def test_forces_are_those_of_all_pairs_at_any_strain(rate, precision):
    simulation = sheared(rate, precision=precision)
    tolerance = 1e-9 if precision == "double" else 1e-4
    for _ in range(9):
        simulation.run(41)
        expected = all_forces(simulation)
        assert simulation.force_on_atoms == pytest.approx(expected, abs=tolerance * np.abs(expected).max())
    assert simulation.domain.offsets[0][0] % simulation.box.lengths[0] != 0
    assert 10 < simulation.neighbours.builds[0] < 120


def test_images_without_the_offset_would_be_seen():
    simulation = sheared(0.7)
    simulation.run(100)
    simulation.domain.slide(np.zeros(1))
    assert np.abs(simulation.force_on_atoms - all_forces(simulation)).max() > 1.0


def test_without_shear_it_is_velocity_verlet():
    still, plain = sheared(0.0), sheared(0.0, mover=None)
    for simulation in (still, plain):
        simulation.run(100)
    assert still.unwrapped_positions == pytest.approx(plain.unwrapped_positions, abs=1e-9)


def test_a_free_atom_follows_the_exact_solution():
    """v_x = v_x0 - rate v_y t, x = x0 + v_x0 t + rate y0 t: straight lines in the laboratory."""
    start, velocity, rate, length = np.array([[1.0, 2.0, 3.0]]), np.array([[0.3, -0.2, 0.1]]), 0.4, 6.0
    simulation = Simulation(start, velocity, length, SMOOTH, timestep=0.01, mover=Sllod(rate), device="cpu")
    simulation.run(700)
    time = 7.0
    y = start[0, 1] + velocity[0, 1] * time
    assert simulation.velocities[0] == pytest.approx([0.3 - rate * -0.2 * time, -0.2, 0.1], abs=1e-12)
    x = start[0, 0] + (velocity[0, 0] + rate * start[0, 1]) * time
    assert simulation.positions[0] == pytest.approx([x % length, y % length, (3 + 0.7) % length], abs=1e-10)


def test_an_atom_that_crosses_along_the_gradient_moves_with_the_offset():
    start, velocity, rate, length = np.array([[1.0, 5.9, 3.0]]), np.array([[0.0, 0.5, 0.0]]), 0.4, 6.0
    simulation = Simulation(
        start, velocity, length, SMOOTH, timestep=0.01, skin=0.1, mover=Sllod(rate), device="cpu"
    )
    simulation.run(100)
    laboratory = start[0, 0] + rate * start[0, 1] * 1.0
    offset = rate * length * 1.0
    assert simulation.positions[0, 1] == pytest.approx(0.4, abs=1e-10)
    assert simulation.positions[0, 0] == pytest.approx((laboratory - offset) % length, abs=1e-9)


def test_the_shear_works_on_the_fluid():
    """dH/dt = -rate V P_xy, by the trapezoidal rule over every step."""
    simulation = sheared(1.0, timestep=0.002)
    simulation.run(200)
    before, work, stresses = simulation.energies().total, 0.0, []
    power = -simulation.pressure_tensor()[0, 1] * simulation.box.volume
    for _ in range(400):
        simulation.run(1)
        stresses.append(simulation.pressure_tensor()[0, 1])
        now = -stresses[-1] * simulation.box.volume
        work, power = work + 0.002 * (power + now) / 2, now
    gained = simulation.energies().total - before
    assert gained > 100
    assert gained == pytest.approx(work, rel=2e-4)
    assert np.mean(stresses) < -1


def test_momentum_stays_zero():
    simulation = sheared(0.7)
    simulation.run(300)
    assert np.abs(simulation.velocities.sum(axis=0)).max() < 1e-10


def test_copies_shear_each_at_its_own_rate():
    positions, velocities, length = lattice(4, 0.8442, jitter=0.02)
    rates = [0.5, 0.0, -0.9]
    together = Simulation(
        [positions] * 3, [velocities] * 3, length, SMOOTH, timestep=0.004, mover=Sllod(rates), device="cpu"
    )
    together.run(150)
    for copy, rate in enumerate(rates):
        alone = Simulation(
            positions, velocities, length, SMOOTH, timestep=0.004, mover=Sllod(rate), device="cpu"
        )
        alone.run(150)
        assert np.array_equal(together.positions[copy], alone.positions)


def test_a_restored_shear_goes_on_bit_for_bit(tmp_path):
    through, again = sheared(0.7, cells=4), sheared(0.7, cells=4)
    through.run(63)
    through.checkpoint(tmp_path / "state.h5")
    again.restore(tmp_path / "state.h5")
    for simulation in (through, again):
        simulation.run(80)
    assert np.array_equal(through.positions, again.positions)
    assert np.array_equal(through.velocities, again.velocities)


def test_bad_rates_boxes_and_stretches_are_refused():
    with pytest.raises(ValueError, match="shear rate"):
        sheared(np.nan)
    with pytest.raises(ValueError, match="shear rate"):
        sheared([0.1, 0.2])
    with pytest.raises(ValueError, match="stretched"):
        sheared(0.1).scale_box([[1.01] * 3])
    positions, velocities, length = lattice(4, 0.8)
    with pytest.raises(ValueError, match="periodic along x and y"):
        Simulation(
            positions, velocities, Box(length, (True, False, True)), SMOOTH, timestep=0.004, mover=Sllod(0.1),
            device="cpu",
        )  # fmt: skip


def mixed(*fields, masses=(1.0, 2.0), rate=0.5, periodic=(True, True, True)):
    """A sheared mixture in fields, kept away from faces along z."""
    positions, velocities, length = lattice(3, 0.5)
    species = np.arange(len(positions)) % 2
    velocities[np.isinf(masses)[species] if np.isinf(masses).any() else species < 0] = 0
    pairs = PairTable(np.ones((2, 2)), np.ones((2, 2)), 2.4, form="force-shifted")
    box = Box((length, length, length + 4), periodic)
    positions[:, 2] += 2
    return Simulation(
        positions, velocities, box, pairs, species=species, masses=masses, fields=fields,
        timestep=0.004, mover=Sllod(rate), device="cpu",
    )  # fmt: skip


@device
def ripple(place, species, p):
    return 0.1 * math.sin(p[0] * place)


@pytest.mark.parametrize(
    ("field", "axes"),
    [
        (Tethers([0, 5], 3.0), "x and y"),
        (PotentialField(ripple, axis="x"), "x"),
        (PotentialField(ripple, axis="y"), "y"),
        (Gravity([0.1, 0.0, 0.3]), "x"),
        (Gravity([0.0, 0.1, 0.3]), "y"),
        (ColourField([1.0, -1.0], [0.2, 0.0, 0.0]), "x"),
    ],
)
def test_a_field_along_the_flow_or_its_gradient_is_refused(field, axes):
    with pytest.raises(ValueError, match=f"acts along {axes}: in a box that is sheared"):
        mixed(field)


def test_atoms_that_never_move_are_refused_and_all_faults_are_named_at_once():
    with pytest.raises(ValueError, match="species 1 never moves"):
        mixed(masses=(1.0, np.inf))
    with pytest.raises(ValueError, match="the shear has 4 faults") as caught:
        mixed(Tethers([0], 1.0), Gravity([0.5, 0.0, 0.0]), masses=(1.0, np.inf), rate=np.inf)
    for words in ("shear rate", "never moves", "Tethers", "Gravity"):
        assert words in str(caught.value)


def test_fields_and_walls_across_the_neutral_axis_act():
    """Between walls along z, with gravity and a colour field there: the energy grows by the shear's work."""
    length = (108 / 0.5) ** (1 / 3) + 4
    sim = mixed(
        Wall.wca("z", 0.0, 1), Wall.wca("z", length, -1), Gravity([0.0, 0.0, -0.5]),
        ColourField([1.0, -1.0], [0.0, 0.0, 0.3], balanced=False), PotentialField(ripple, axis="z"),
        periodic=(True, True, False),
    )  # fmt: skip
    before, work, power = sim.conserved()[0], 0.0, -0.5 * sim.pressure_tensor()[0, 1] * sim.box.volume
    for _ in range(250):
        sim.run(1)
        now = -0.5 * sim.pressure_tensor()[0, 1] * sim.box.volume
        work, power = work + 0.004 * (power + now) / 2, now
    assert abs(work) > 1
    assert sim.conserved()[0] - before == pytest.approx(work, abs=0.05)


def test_kernels_compile_to_ptx():
    calls = ptx.recorded_calls(lambda: sheared(0.5, cells=4).run(30))
    names = {kernel.name for kernel, _ in calls}
    assert ptx.kernels_of("knudsen.md.shear") | {"knudsen.md.neighbours.cells.slide_sources"} <= names
    for capability in ptx.CAPABILITIES:
        ptx.compile_to_ptx(calls, capability)
