"""Every kernel compiles to PTX for sm_80 and sm_90 on a machine with no driver and no device."""

from dataclasses import replace

import numpy as np
import ptx
import pytest

from knudsen.core.device import Device
from knudsen.core.gases import Mixture, species
from knudsen.core.interactions import LennardJones, UserCrossSection
from knudsen.core.internal import Internal, Vibration
from knudsen.core.particles import Particles
from knudsen.core.sorting import BinSort
from knudsen.dsmc.boundaries import (
    DiffuseWall,
    ExchangeReservoir,
    LordWall,
    OpenReservoir,
    Periodic,
    PressureReservoir,
    Specular,
)
from knudsen.dsmc.collisions import USUAL, Collisions
from knudsen.dsmc.collisions.tables import deflection_table
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Box, Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.internal.modes import InternalEnergy
from knudsen.dsmc.low_signal import DeviationalSimulation, RestingGas
from knudsen.dsmc.measures.velocities import VelocityDistributions
from knudsen.dsmc.reactions import Arrhenius, Reaction
from knudsen.dsmc.rotation import RotatingFrame
from knudsen.dsmc.simulation import Simulation

PRECISIONS = ("double", "mixed")
USERS = UserCrossSection(lambda g: 4e-19, lambda g, u: 2.0 * u - 1.0)
# Every law in one kernel, and potentials alone; partners at random and nearest; weights alike and not.
SCATTERING = (
    (
        Mixture(["He", "Ar"], "lj", {("He", "He"): USERS, ("Ar", "Ar"): species("Ar").vss}),
        Collisions("nearest"),
        (1.0, 1.0),
    ),
    (Mixture(["He", "Ar"], "lj"), Collisions(), (1.0, 0.5)),
)
FACES = (
    (Periodic(), Periodic()),
    (Specular(), DiffuseWall(300.0)),
    (ExchangeReservoir(300.0, (0.5, 0.5)), PressureReservoir(1e4, 300.0, (0.5, 0.5))),
)


WALL, RESERVOIR = DiffuseWall(300.0), OpenReservoir(1e4, 300.0, (0.5, 0.5))
BLOCKS = (Block((0.0, 0.0), (5e-7, 5e-7), WALL),)
DOMAINS = (
    *(Slab(1e-6, 2, *faces, subcells=2) for faces in FACES),
    Channel(
        (1e-6, 1e-6), (2, 2), RESERVOIR, WALL, WALL, WALL, (1, 2), BLOCKS, (Membrane(0, 5e-7, 0.5, WALL),)
    ),
    Box((1e-6, 1e-6, 1e-6), (2, 2, 2), (RESERVOIR, WALL, WALL, WALL, WALL, WALL)),
    Tube(1e-6, 1e-6, (2, 2), RESERVOIR, WALL, WALL, 5e-7, WALL),
)


# A gas with internal energy between a wall that accommodates it and a reservoir that sends it in.
INSIDE = Slab(1e-6, 2, LordWall(300.0, 0.5, 0.5), RESERVOIR)


def run_slab(precision):
    """The slab between walls that others test as well."""
    Simulation(
        Mixture(["He", "Ar"]), DOMAINS[1], Filling(1e4, 300.0, (0.5, 0.5)),
        particles_per_cell=10, timestep=1e-10, device="cpu", precision=precision,
    ).run(1)  # fmt: skip


def run_everything():
    """A few steps of each domain, behind every face, and the CUDA form of the sort with NumPy for CuPy."""
    for domain in DOMAINS:
        simulation = Simulation(
            Mixture(["He", "Ar"]), domain, Filling(1e4, 300.0, (0.5, 0.5)),
            particles_per_cell=10, timestep=1e-10, device="cpu",
            acceleration=((1e12, 0.0, 0.0),) * 2,
            rotation=RotatingFrame((0.0, 0.0, 1e9)) if isinstance(domain, Box) else None,
        )  # fmt: skip
        simulation.sample(1, 2)
        simulation.add_measure(VelocityDistributions([0]))
        simulation.run(2)
    for gas, collisions, weights in SCATTERING:
        simulation = Simulation(
            gas, DOMAINS[0], Filling(1e4, 300.0, (0.5, 0.5)), particles_per_cell=10, timestep=1e-10,
            device="cpu", collisions=collisions, species_weights=weights,
        )  # fmt: skip
        simulation.run(1)
    simulation = Simulation(
        Mixture(["N2", "Ar"]), INSIDE, Filling(1e4, 300.0, (0.5, 0.5)), particles_per_cell=10, timestep=1e-10,
        device="cpu", internal=InternalEnergy(),
    )  # fmt: skip
    simulation.sample(1, 2)
    simulation.run(2)
    argon, inside = species("Ar"), Internal(2, vibrations=(Vibration(500.0),))
    dimer = replace(argon, name="Ar2", molar_mass=2 * argon.molar_mass, internal=inside)
    twin = replace(dimer, name="Twin", formula="Ar2")
    for reactions in (
        [
            Reaction(("Ar2", "Ar"), ("Ar", "Ar", "Ar"), Arrhenius(1e-14)),
            Reaction(("Ar", "Ar", "Ar"), ("Ar2", "Ar"), Arrhenius(1e-40)),
        ],
        [Reaction(("Ar2",), ("Twin",), Arrhenius(1e9))],
    ):
        Simulation(
            Mixture([argon, dimer, twin]), DOMAINS[0], Filling(1e4, 300.0, (0.5, 0.5, 0.0)),
            particles_per_cell=10, timestep=1e-10, device="cpu", reactions=reactions,
            internal=InternalEnergy(),
        ).run(1)  # fmt: skip
    flow = RestingGas(1e4, 300.0, (0.0, 1e6, 0.0), (0.0, 1e4))
    deviation = DeviationalSimulation(
        Mixture(["Ar"], "hs"), Slab(1e-6, 2, DiffuseWall(301.0, (0.0, 0.1)), Specular()), flow,
        particles_per_cell=1000, timestep=1e-10, device="cpu",
    )  # fmt: skip
    deviation.sample(1, 1)
    deviation.run(1)
    column = np.zeros(5)
    copy = dict.fromkeys(("place", "vx", "vy", "vz", "species"), column)
    particles = Particles.from_copies([copy], 1.0, "double", Device("cpu"))
    sort = BinSort(3, 1, 5, Device("cpu"))
    sort._offsets = None
    sort.sort(particles)


@pytest.fixture(scope="module")
def calls():
    """Calls of each precision; angles of the table are the host's, and tabulated before."""
    deflection_table(LennardJones(1.0, 1.0), USUAL.cut_angle)
    double = ptx.recorded_calls(run_everything)
    # Deviations are of float64 alone.
    full = {call for call in double if not call[0].name.startswith("knudsen.dsmc.low_signal.")}
    return {"double": double, "mixed": ptx.in_mixed_precision(full)}


def test_every_kernel_was_called(calls):
    assert {kernel.name for kernel, _ in calls["double"]} == ptx.kernels_of("knudsen.core", "knudsen.dsmc")


def test_mixed_precision_is_what_it_is_taken_for():
    """Of a slab, the calls that mixed precision makes are those that the names of arrays foretell."""
    calls = [
        ptx.recorded_calls(lambda: run_slab(precision))  # noqa: B023
        for precision in ("double", "mixed")
    ]
    assert ptx.in_mixed_precision(calls[0]) == calls[1]


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
@pytest.mark.parametrize("precision", PRECISIONS)
def test_kernels_compile_to_ptx(calls, precision, capability):
    ptx.compile_to_ptx(calls[precision], capability)
