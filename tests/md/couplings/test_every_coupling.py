"""What holds of every coupling: threads, batch-mates, restores, what is conserved, refusals, PTX."""

from dataclasses import replace

import numba
import numpy as np
import pytest
from liquids import binary, copies
from ptx import CAPABILITIES, compile_to_ptx, kernels_of, recorded_calls

from knudsen.md.couplings.cell_rescaling import CellRescaling
from knudsen.md.couplings.heat_exchange import HeatExchange
from knudsen.md.couplings.langevin import Langevin
from knudsen.md.couplings.local import LocalThermostat
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.couplings.rescaling import VelocityRescaling
from knudsen.md.couplings.swaps import VelocitySwap
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

ATOMS = 256
SLABS = ((-0.15, 0.15), (0.35, 0.65))
COUPLINGS = {
    "Nose-Hoover chain": [NoseHoover(1.4, 0.3)],
    "velocity rescaling": [VelocityRescaling(1.4, 0.2)],
    "Langevin": [Langevin(1.4, 1.0)],
    "cell rescaling": [VelocityRescaling(1.4, 0.2), CellRescaling(3.0, 1.4, 1.0, 0.1, every=3)],
    "semi-isotropic": [
        Langevin(1.4, 1.0),
        CellRescaling(3.0, 1.4, 4.0, 0.1, axes="xy", every=5),
        CellRescaling(3.0, 1.4, 4.0, 0.1, axes="z", every=5),
    ],
    "local thermostats": [LocalThermostat(SLABS, (1.6, 1.2), 0.1)],
    "heat exchange": [HeatExchange(*SLABS, power=20.0)],
    "energy swap": [VelocitySwap("energy", 4, slabs=4, species=0)],
    "momentum swap": [VelocitySwap("x", 4, slabs=4, species=0)],
}


def fresh(name):
    """Couplings that no other simulation has bound."""
    return [replace(coupling) for coupling in COUPLINGS[name]]


def run(name, steps=25, count=2, **options):
    simulation = copies(count, ATOMS, couplings=fresh(name), **options)
    simulation.run(steps)
    return simulation


def same(one, other):
    assert np.array_equal(one.positions, other.positions)
    assert np.array_equal(one.velocities, other.velocities)
    assert np.array_equal(one.box_lengths, other.box_lengths)
    assert np.array_equal(one.conserved(), other.conserved())


@pytest.fixture(params=COUPLINGS)
def name(request):
    return request.param


def test_one_and_two_threads_give_the_same_bits(name):
    if numba.config.NUMBA_NUM_THREADS < 2:
        pytest.skip("one thread only here")
    found = []
    for threads in (1, 2):
        numba.set_num_threads(threads)
        found.append(run(name))
    numba.set_num_threads(1)
    same(*found)


def test_a_copy_does_not_know_of_the_others(name):
    pair, trio = run(name), run(name, count=3)
    for copy in range(2):
        assert np.array_equal(pair.velocities[copy], trio.velocities[copy])
        assert pair.conserved()[copy] == trio.conserved()[copy]
    assert not np.array_equal(pair.velocities[0], pair.velocities[1])


@pytest.mark.parametrize("precision", ["double", "single"])
def test_a_restored_run_goes_on_bit_for_bit(name, precision, tmp_path):
    first = run(name, precision=precision)
    first.checkpoint(tmp_path / "half.npz")
    first.run(25)
    second = run(name, steps=3, precision=precision)
    second.restore(tmp_path / "half.npz")
    second.run(25)
    same(first, second)


def test_momentum_stays_where_it_is_said_to(name):
    start, masses = binary(ATOMS, masses=(1.0, 3.0)), [1.0, 3.0]
    start.remove_momentum()
    simulation = Simulation(
        start.positions, start.velocities, start.box, start.pairs, timestep=0.004, species=start.species,
        masses=masses, couplings=fresh(name), device="cpu",
    )  # fmt: skip
    simulation.run(200)
    masses = simulation.masses[simulation.species][:, None]
    conserved = all(coupling.conserves_momentum for coupling in simulation.couplings)
    assert (np.abs((masses * simulation.velocities).sum(axis=0)).max() < 1e-11) == conserved
    assert simulation.degrees_of_freedom[0] == 3 * ATOMS - 3 * conserved


@pytest.mark.parametrize("precision", ["double", "single"])
def test_the_conserved_quantity_stays_while_the_energy_does_not(name, precision):
    """As well as in plain velocity Verlet; a barostat's moves miss detailed balance by a little more."""
    simulation = run(name, 200, precision=precision, timestep=0.002)
    counted = sum(coupling.energy(simulation) for coupling in simulation.couplings)
    before, energy = simulation.conserved(), simulation.conserved() - counted
    simulation.run(400)
    counted = sum(coupling.energy(simulation) for coupling in simulation.couplings)
    drift = np.abs(simulation.conserved() - before).max()
    exchange = np.abs(simulation.conserved() - counted - energy).max()
    assert drift < (0.3 if "cell" in name or "iso" in name else 0.1)
    if "swap" in name or "exchange" in name:
        assert exchange < 0.1
    else:
        assert exchange > 3


def test_it_says_what_it_is(name):
    for coupling in COUPLINGS[name]:
        words = coupling.describe()
        assert type(coupling).__name__ in words and "array" not in words and "state" not in words


def test_frozen_atoms_stay_at_rest(name):
    if any(isinstance(coupling, CellRescaling) for coupling in COUPLINGS[name]):
        with pytest.raises(ValueError, match="infinite mass"):
            binary(ATOMS, couplings=fresh(name))
        return
    simulation = binary(ATOMS, couplings=fresh(name))
    before = simulation.positions[simulation.species == 1]
    simulation.run(20)
    assert np.array_equal(simulation.positions[simulation.species == 1], before)
    assert (simulation.velocities[simulation.species == 1] == 0).all()


def bad(*couplings, **options):
    return lambda: copies(2, 108, couplings=couplings, **options)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: NoseHoover(0.0, 0.3), "temperature must be positive"),
        (lambda: NoseHoover(1.0, np.nan), "relaxation time must be positive"),
        (lambda: NoseHoover(1.0, 0.3, length=0), "length of a chain"),
        (
            bad(NoseHoover((1.0, 1.0, 1.0), 0.3)),
            "temperature, given for all copies or for each of 2, must be finite",
        ),
        (lambda: VelocityRescaling(-1.0, 0.3), "temperature must be positive"),
        (
            bad(VelocityRescaling(1.0, 0.3), VelocityRescaling(2.0, 0.3)),
            "two couplings are VelocityRescaling",
        ),
        (lambda: Langevin(1.0, -0.1), "friction must be"),
        (lambda: Langevin(1.0, (0.0, 0.0)), "above zero for some species"),
        (bad(Langevin(1.0, (0.1, 0.2))), "2 frictions are given for 1 species"),
        (lambda: CellRescaling(np.inf, 1.0, 1.0, 0.1), "pressure must be finite"),
        (lambda: CellRescaling(1.0, 1.0, 1.0, 0.0), "compressibility must be positive"),
        (lambda: CellRescaling(1.0, 1.0, 1.0, 0.1, axes="xx"), "each once"),
        (lambda: CellRescaling(1.0, 1.0, 1.0, 0.1, every=0), "steps between moves"),
        (
            bad(CellRescaling(1.0, 1.0, 1.0, 0.1), CellRescaling(1.0, 1.0, 1.0, 0.1, axes="z")),
            "share an axis",
        ),
        (lambda: LocalThermostat(SLABS, 1.0, 0.1), "one temperature for each of 2 slabs"),
        (lambda: LocalThermostat(((0.2, 0.1),), (1.0,), 0.1), "from below to"),
        (lambda: LocalThermostat(SLABS, ((1.0, 1.0), (1.0, 0.0)), 0.1), "temperatures of slabs must be pos"),
        (bad(LocalThermostat(SLABS, [(1.0, 1.0)] * 3, 0.1)), "temperatures of slabs, given .* each of 2"),
        (bad(LocalThermostat(((-0.2, 0.1), (0.9, 1.0)), (1.0, 1.0), 0.1)), "overlap"),
        (bad(HeatExchange((0.0, 0.5), (0.4, 0.6), 1.0)), "overlap"),
        (lambda: HeatExchange(*SLABS, 1.0, axis="w"), "an axis is one of"),
        (lambda: HeatExchange(*SLABS, 0.0), "power must be positive"),
        (lambda: VelocitySwap("energy", 10, slabs=5), "must be even"),
        (lambda: VelocitySwap("z", 10), "along an axis other than 'z'"),
        (lambda: VelocitySwap("heat", 10), "a swap carries 'energy'"),
        (bad(VelocitySwap("energy", 10, species=1)), "species 1 is none of 0 to 0"),
        (lambda: binary(ATOMS, masses=(1.0, 3.0), couplings=[VelocitySwap("energy", 10)]), "name a species"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("coupling", [NoseHoover(1.4, 0.3), VelocityRescaling(1.4, 0.2)])
def test_a_moving_centre_of_mass_is_refused_where_it_would_count_as_heat(coupling):
    still = copies(2, 108)
    wind = np.array([0.1, 0.0, 0.0])
    arguments = still.positions, still.velocities + wind, Box(still.box_lengths[0])
    pairs = PairTable(1.0, 1.0, 2.5, form="force-shifted")
    with pytest.raises(ValueError, match="centre of mass of copy 0 moves"):
        Simulation(*arguments, pairs, timestep=0.004, couplings=[coupling], device="cpu")


def test_a_coupling_belongs_to_one_simulation(name):
    couplings = fresh(name)
    first = copies(1, ATOMS, couplings=couplings)
    with pytest.raises(ValueError, match="belongs to another simulation"):
        copies(2, ATOMS, couplings=couplings)
    first.run(1)
    del first
    copies(2, ATOMS, couplings=couplings).run(1)


def everything():
    for name in COUPLINGS:
        for precision in ("double", "single"):
            run(name, steps=12, precision=precision).conserved()


@pytest.fixture(scope="module")
def calls():
    recorded = recorded_calls(everything)
    own = kernels_of("knudsen.md.couplings")
    calls = {call for call in recorded if call[0].name in own}
    assert own and {kernel.name for kernel, _ in calls} == own
    return calls


@pytest.mark.parametrize("capability", CAPABILITIES)
def test_kernels_compile_to_ptx(calls, capability):
    compile_to_ptx(calls, capability)
