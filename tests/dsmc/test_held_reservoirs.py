"""Reservoirs that adapt: the account of a held flux to a molecule, and what cannot be held."""

import numpy as np
import pytest

from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture
from knudsen.core.samples import DIRECTIONS, WALL_TOTALS
from knudsen.dsmc.boundaries import (
    CompositionReservoir,
    DiffuseWall,
    FluxReservoir,
    PressureReservoir,
    Specular,
)
from knudsen.dsmc.domains.building import Block, Membrane
from knudsen.dsmc.domains.shapes import Channel, Slab, Tube
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation

GAS = Mixture(["He", "Ar"])
ARRIVING, LEAVING = DIRECTIONS.index("arriving"), DIRECTIONS.index("leaving")
J = 4e26
FLUX, OPPOSITE = FluxReservoir((J, J), 300.0), FluxReservoir((-J, -J), 300.0)


def make(left, right, **settings):
    return Simulation(
        GAS, Slab(2e-7, 4, left, right), Filling(1e5, 300.0, (0.5, 0.5)),
        **{"particles_per_cell": 40, "timestep": 2e-11, "device": "cpu"} | settings,
    )  # fmt: skip


def net(simulation):
    """Molecules that have come in through each face since the sampling began [copy, face, species]."""
    number = simulation.result().walls[..., WALL_TOTALS.index("number")].sum(axis=0)
    return number[..., LEAVING] - number[..., ARRIVING]


def test_a_held_flux_is_met_to_a_molecule():
    """Net number = J_s A t / W less what is owed, for species that go in and species that go out."""
    left, right = FluxReservoir((J, -J), 300.0), FluxReservoir((-0.5 * J, J), 300.0, (30.0, 0.0, 0.0))
    simulation = make(left, right, copies=3, seed=1)
    simulation.sample(1, 150)
    simulation.run(150)
    asked = np.array([[J, -J], [-0.5 * J, J]]) * 150 * 2e-11 / simulation.weights[0, 0]
    np.testing.assert_allclose(net(simulation), asked - simulation.held.owed, atol=1e-6)
    assert np.abs(asked).min() > 5 and np.abs(simulation.held.owed).max() < 4


def test_what_cannot_be_taken_out_stops_the_run_by_name():
    """A flux beyond what a Maxwellian sends to the face: n x (k T / 2 pi m)^(1/2) is 1.2e27 for argon."""
    simulation = make(FluxReservoir((0.0, 0.0), 300.0), FluxReservoir((0.0, -3e27), 300.0), seed=2)
    with pytest.raises(SimulationFault, match=r"right: 3e\+27 m\^-2 s\^-1 of Ar .* too few have arrived"):
        simulation.run(2000)


def test_a_pressure_out_of_reach_names_the_copy_and_the_face_that_are_farthest_from_it():
    """A density a twentieth of its own is farther from it than one of twelve times."""
    simulation = make(DiffuseWall(300.0), PressureReservoir(1e5, 300.0, (0.5, 0.5)), copies=3)
    simulation.held.factor[:, 0] = 1.0, 12.0, 0.05
    with pytest.raises(SimulationFault, match=r"step 4: right, copy 2: .* 0.05 times its own: ask for more"):
        simulation.held.check(4)
    simulation.held.factor[2] = 0.2
    with pytest.raises(SimulationFault, match=r"right, copy 1: .* density 12 times its own: ask for less"):
        simulation.held.check(4)


def test_a_molecule_that_goes_astray_is_named_and_not_the_reservoir_that_it_upsets():
    simulation = make(DiffuseWall(300.0), PressureReservoir(1e5, 300.0, (0.5, 0.5)), seed=4)
    simulation.particles.vy[:] = np.nan
    with pytest.raises(SimulationFault, match="has no finite velocity"):
        simulation.run(1)


def test_a_membrane_may_run_up_to_a_held_face():
    """It is no block, and the flux through both parts of the face is met to a molecule."""
    side = DiffuseWall(300.0)
    sheet = Membrane(1, 1e-7, 0.5, side)
    channel = Channel((2e-7, 2e-7), (2, 2), FLUX, OPPOSITE, side, side, membranes=(sheet,))
    simulation = Simulation(
        GAS, channel, Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=100, timestep=2e-11, seed=2,
        device="cpu",
    )  # fmt: skip
    simulation.sample(1, 50)
    simulation.run(50)
    number = simulation.result().walls[..., WALL_TOTALS.index("number")].sum(axis=0)[0]
    faces = simulation.result().patch_face
    assert number[faces == 4].sum() > 50  # it is met
    for face, flux in ((0, J), (1, -J)):
        there = number[faces == face].sum(axis=0)
        asked = flux * 2e-7 * 50 * 2e-11 / simulation.weights[0]
        owed = simulation.held.owed[0, face]
        np.testing.assert_allclose(there[:, LEAVING] - there[:, ARRIVING], asked - owed, atol=1e-6)


HELD = {
    "fluxes": (FluxReservoir((J, -J), 300.0), FluxReservoir((-J, J), 300.0)),
    "composition and pressure": (
        CompositionReservoir(300.0, (0.7, 0.3), J),
        PressureReservoir(1e5, 300.0, (0.5, 0.5)),
    ),
}


@pytest.mark.parametrize("case", HELD)
def test_a_held_run_goes_on_from_its_checkpoint_and_knows_no_batch_mates(case, tmp_path):
    whole, half, alone = (make(*HELD[case], copies=copies, seed=3) for copies in (2, 2, 1))
    whole.run(30)
    alone.run(30)
    half.run(15)
    half.checkpoint(tmp_path / "half.h5")
    rest = make(*HELD[case], copies=2, seed=3)
    rest.restore(tmp_path / "half.h5")
    rest.run(15)
    counts = whole.particles.counts
    np.testing.assert_array_equal(rest.particles.counts, counts)
    for copy, count in enumerate(counts):
        ends = [
            s.particles.vx[copy * s.particles.capacity :][:count] for s in (whole, rest, alone)[: 3 - copy]
        ]
        for end in ends[1:]:
            np.testing.assert_array_equal(ends[0], end)


WALL = DiffuseWall(300.0)
LIP = Block((0, 0), (1e-7, 1e-7), WALL)


@pytest.mark.parametrize(
    ("domain", "message"),
    [
        (Slab(1e-7, 2, FluxReservoir((J,), 300.0), WALL), "left: 1 fluxes for the 2 species"),
        (Slab(1e-7, 2, CompositionReservoir(300.0, (1.0,)), WALL), "left: 1 mole fractions"),
        (
            Channel((2e-7, 2e-7), (2, 2), FLUX, WALL, WALL, WALL, (1, 1), (LIP,)),
            "left: a block stands before a reservoir",
        ),
        (
            Tube(1e-7, 1e-7, (2, 2), FluxReservoir((J, J), 300.0, (0.0, 1.0, 0.0)), Specular(), WALL),
            "moves along x alone",
        ),
    ],
)
def test_a_held_reservoir_that_does_not_fit_is_refused(domain, message):
    with pytest.raises(ValueError, match=message):
        Simulation(
            GAS, domain, Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=20, timestep=1e-12, device="cpu"
        )


def test_a_reservoir_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="flux must be finite"):
        FluxReservoir((np.inf, 0.0), 300.0)
    with pytest.raises(ValueError, match="sum to one"):
        CompositionReservoir(300.0, (0.5, 0.6))
    with pytest.raises(ValueError, match="pressure must be positive"):
        PressureReservoir(0.0, 300.0, (0.5, 0.5))
