"""Grand-canonical exchange: what is kept, what is counted, and the statistics of the ideal gas."""

import field_checks as checks
import numba
import numpy as np
import ptx
import pytest

from knudsen.core.faults import SimulationFault
from knudsen.md.couplings.nose_hoover import NoseHoover
from knudsen.md.exchange.grand_canonical import GrandCanonical
from knudsen.md.fields.body import Gravity
from knudsen.md.fields.tethers import Tethers
from knudsen.md.fields.walls import Wall
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation
from knudsen.md.state.box import Box

NOTHING = PairTable(1.0, 0.0, 1.0)
SLIT = (True, True, False)


def fluid(*couplings, copies=3, only=None, **options):
    """Copies of a mixture of 64 atoms between two walls under gravity, with the couplings."""
    fields = [Wall.wca("z", 0.0, 1), Wall.wca("z", checks.LENGTH, -1), Gravity([0, 0, -0.3])]
    return checks.system(
        *fields, periodic=SLIT, copies=copies, only=only, couplings=couplings, seed=5, **options
    )


def exchange(**changes):
    return GrandCanonical(**({"activity": 0.4, "temperature": 1.0, "every": 10, "moves": 60} | changes))


@pytest.mark.parametrize(
    "coupling",
    [exchange(), exchange(species=1, axis="z", slab=(0.2, 0.5)), exchange(axis="x", slab=(0.5, 1.0))],
)
def test_the_conserved_quantity_counts_what_atoms_bring(coupling):
    sim = fluid(coupling)
    sim.run(9)
    before, atoms = sim.conserved(), np.diff(sim.atoms.first)
    sim.step += 1
    coupling.exchange(sim)
    assert (np.diff(sim.atoms.first) != atoms).any()
    made = coupling.moves_made(sim)
    assert (made[:, [0, 2]].sum(axis=1) == 60).all()
    assert np.array_equal(np.diff(sim.atoms.first) - atoms, made[:, 1] - made[:, 3])
    assert np.abs(coupling.energy(sim)).min() > 0.1
    assert sim.conserved() == pytest.approx(before, abs=1e-9)


def test_energy_is_conserved_across_exchanges():
    sim = fluid(exchange())
    before = sim.conserved()
    sim.run(300)
    assert (exchange().moves * 30 == sim.couplings[0].moves_made(sim)[:, [0, 2]].sum(axis=1)).all()
    assert np.abs(sim.conserved() - before).max() / 64 < 2e-3


def test_a_chain_keeps_its_energy_and_its_law_while_atoms_come_and_go():
    """N_f changes, what is conserved does not, and v_1 keeps its law, of variance T / (N_f tau^2)."""
    chain = NoseHoover(1.3, 0.1)
    sim = fluid(chain, coupling := exchange(activity=2.0, every=1000))
    sim.run(200)
    before, degrees, held = sim.conserved(), sim.degrees_of_freedom, chain.energy(sim)
    places, rates = chain.state["place"].copy(), chain.state["rate"].copy()
    coupling.exchange(sim)
    change = sim.degrees_of_freedom - degrees
    assert (np.abs(change) >= 6).all()
    assert sim.conserved() == pytest.approx(before, abs=1e-9)
    assert np.array_equal(chain.energy(sim), held)
    # Plain x_1 and v_1 that stay as they are would make it jump.
    jumps = change / degrees * 1.3 * (places[:, 0] + 0.1**2 * rates[:, 0] ** 2 / 2)
    assert (np.abs(jumps) > 0.05).all()
    sim.run(100)
    assert sim.conserved() == pytest.approx(before, abs=0.1)


def test_only_atoms_of_the_species_in_the_slab_come_and_go():
    coupling = exchange(species=1, axis="x", slab=(0.25, 0.5))
    sim = fluid(coupling, copies=1)
    sim.run(9)
    rows = np.column_stack([sim.unwrapped_positions[0], sim.velocities[0], sim.species[0]])
    sim.step += 1
    coupling.exchange(sim)
    now = np.column_stack([sim.unwrapped_positions[0], sim.velocities[0], sim.species[0]])
    part = rows[:, 0] / checks.LENGTH % 1
    bound = (rows[:, 6] == 0) | (part < 0.25) | (part >= 0.5)
    kept = (np.abs(now[None] - rows[:, None]) < 1e-12).all(axis=-1)
    assert kept[bound].any(axis=1).all()
    assert kept.any(axis=1).sum() < 64
    # Kept atoms keep their order; those behind them are new, in the slab and of the species.
    stayed = int(kept.any(axis=1).sum())
    assert np.array_equal(np.argmax(kept[kept.any(axis=1)], axis=1), np.arange(stayed))
    new = now[stayed:]
    assert len(new) and (new[:, 6] == 1).all()
    assert ((new[:, 0] / checks.LENGTH >= 0.25) & (new[:, 0] / checks.LENGTH < 0.5)).all()


def test_a_copy_does_not_know_the_others_nor_the_threads():
    before, found = numba.get_num_threads(), []
    for threads in (1, min(2, numba.config.NUMBA_NUM_THREADS)):
        numba.set_num_threads(threads)
        sim = fluid(exchange())
        sim.run(40)
        found.append([sim.positions, sim.conserved()])
    numba.set_num_threads(before)
    for one, two in zip(found[0][0], found[1][0], strict=True):
        assert np.array_equal(one, two)
    assert np.array_equal(found[0][1], found[1][1])
    alone = fluid(exchange(), only=[0])
    alone.run(40)
    assert np.array_equal(alone.positions[0], found[0][0][0])
    assert alone.conserved()[0] == found[0][1][0]


def test_a_restored_run_has_the_atoms_that_were_there_and_goes_on_bit_for_bit(tmp_path):
    runs = [fluid(exchange()) for _ in range(2)]
    runs[0].run(25)
    runs[0].checkpoint(tmp_path / "state.npz")
    runs[1].restore(tmp_path / "state.npz")
    assert np.array_equal(runs[0].species_counts, runs[1].species_counts)
    assert (np.diff(runs[1].atoms.first) != 64).any()
    for sim in runs:
        sim.run(25)
    assert np.array_equal(runs[0].conserved(), runs[1].conserved())
    for one, two in zip(runs[0].positions, runs[1].positions, strict=True):
        assert np.array_equal(one, two)


def ideal_gas(activity, copies=16, exchanges=120, **options):
    """Numbers of atoms [copies, exchanges] of an ideal gas in a box of 10^3."""
    random = np.random.default_rng(0)
    start = 10 * random.random((copies, 50, 3))
    velocities = random.normal(size=start.shape)
    coupling = GrandCanonical(activity, 1.0, every=1, moves=600, **options)
    sim = Simulation(
        start,
        velocities,
        Box(10.0),
        NOTHING,
        timestep=0.01,
        couplings=[coupling],
        seed=3,
        device="cpu",
        skin=0.5,
    )
    numbers, squares = [], []
    for _ in range(exchanges):
        sim.run(1)
        numbers.append(np.diff(sim.atoms.first))
        squares.append(2 * sim.device.fetch(sim.kinetic_energies()))
    return np.array(numbers).T, np.array(squares).T


def deviations(numbers, mean):
    """Deviations of the mean and the variance from Poisson's, in standard errors.

    An exchange of hundreds of moves forgets the last one: of two moves one in N draws the number back by one,
    so that it relaxes in 2 N = 100 moves.
    """
    numbers = numbers[:, 5:].ravel()
    count = len(numbers)
    off_mean = (numbers.mean() - mean) / np.sqrt(mean / count)
    # var(s^2) of Poisson's: (mu_4 - sigma^4) / n = (mean + 2 mean^2) / n.
    off_variance = (numbers.var() - mean) / np.sqrt((mean + 2 * mean**2) / count)
    return abs(off_mean), abs(off_variance)


def test_an_ideal_gas_has_poissons_numbers_and_maxwells_energies():
    numbers, squares = ideal_gas(0.05)
    assert max(deviations(numbers, 50.0)) < 4
    assert np.sqrt(50.0 / numbers[:, 5:].size) < 0.01 * 50
    assert deviations(numbers, 52.0)[0] > 4
    # Every atom has three squares of variance one, whenever it came.
    count = numbers[:, 60:].sum()
    assert squares[:, 60:].sum() / count == pytest.approx(3, abs=4 * np.sqrt(6 / (count / 40)))


def test_in_a_slab_the_ideal_gas_has_the_slabs_mean():
    """With the rest empty at first and no time to cross, the slab alone fills: z V_slab."""
    coupling = GrandCanonical(0.1, 1.0, every=1, moves=400, axis="y", slab=(0.3, 0.8))
    start = np.full((8, 1, 3), [5.0, 0.5, 5.0])
    sim = Simulation(
        start,
        0 * start + 1.0,
        Box(10.0),
        NOTHING,
        timestep=1e-6,
        couplings=[coupling],
        skin=0.5,
        device="cpu",
    )
    numbers = []
    for _ in range(100):
        sim.run(1)
        numbers.append(np.diff(sim.atoms.first) - 1)
    assert max(deviations(np.array(numbers).T, 50.0)) < 4


def test_a_box_that_empties_is_a_fault():
    sim = Simulation(
        [[5.0, 5, 5]], np.zeros((1, 3)), Box(10.0), NOTHING, timestep=0.01, device="cpu", skin=0.5,
        couplings=[GrandCanonical(1e-9, 1.0, every=1, moves=50)],
    )  # fmt: skip
    with pytest.raises(SimulationFault, match="step 1: copy 0 has lost all its atoms"):
        sim.run(1)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: exchange(temperature=-1.0), "temperature"),
        (lambda: exchange(moves=0), "moves"),
        (lambda: exchange(every=1.5), "every"),
        (lambda: exchange(slab=(0.2, 0.5)), "needs the axis"),
        (lambda: exchange(axis="z", slab=(0.5, 0.2)), "slab"),
        (lambda: exchange(axis="w", slab=(0.0, 0.2)), "axis"),
        (lambda: fluid(exchange(activity=0.0)), "activity"),
        (lambda: fluid(exchange(activity=[0.1, 0.2])), "activity"),
        (lambda: fluid(exchange(species=2)), "species 2"),
        (lambda: fluid(exchange(species=1), masses=[1.0, np.inf]), "species 1 cannot come and go"),
        (lambda: checks.system(Tethers([0], 1.0), couplings=[exchange()]), "Tethers"),
        (lambda: checks.system(Gravity([0, 0, 1]), couplings=[exchange()]), "periodic"),
        (lambda: checks.system(couplings=[exchange(long_range=True)]), "force-shifted"),
    ],
)
def test_bad_input_is_refused(make, words):
    with pytest.raises(ValueError, match=words):
        make()


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
def test_kernels_compile_to_ptx(capability):
    sim = fluid(exchange())
    calls = ptx.recorded_calls(lambda: sim.couplings[0].exchange(sim))
    own = {call for call in calls if call[0].name.startswith("knudsen.md.exchange.moves.")}
    assert {kernel.name for kernel, _ in own} == ptx.kernels_of("knudsen.md.exchange.moves")
    ptx.compile_to_ptx(own, capability)
