"""What a moving reservoir sends in: flux and normal speeds of the drifting Maxwellian."""

import math

import numpy as np
import pytest
from scipy.integrate import quad

from knudsen.core.device import Device
from knudsen.core.gases import Mixture
from knudsen.dsmc.boundaries import OpenReservoir, Periodic
from knudsen.dsmc.domains.shapes import Channel, Slab, Tube
from knudsen.dsmc.emission import drifting_normal
from knudsen.dsmc.face_table import FaceTable
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation
from knudsen.dsmc.surfaces import flux_normal_speed

GAS = Mixture(["He", "Ar"])
MASSES = np.array(GAS.masses)
BOLTZMANN = 1.380649e-23
DRIFTS = [-4.0, -1.0, -0.05, 0.0, 0.05, 0.7, 3.0, 12.0]


@pytest.mark.parametrize("drift", DRIFTS)
@pytest.mark.parametrize("u", [2.0**-33, 1e-3, 0.3, 0.5, 0.9, 1 - 2.0**-33])
def test_the_normal_speed_is_the_quantile_of_the_drifting_flux(drift, u):
    """Above it lies the share u of v exp(-(v - S)^2), v > 0."""

    def flux(first, end):
        return quad(
            lambda v: v * math.exp(-((v - drift) ** 2)), first, end, epsabs=0, epsrel=1e-11, limit=200
        )[0]

    w = drifting_normal(drift, u)
    top, middle = max(drift, 0.0) + 9.0, max(drift, 0.2)
    whole = flux(0.0, middle) + flux(middle, top)
    if u < 0.5:
        assert flux(w, min(top, w + 4.0)) / whole == pytest.approx(u, rel=1e-6)
    else:
        assert flux(0.0, w) / whole == pytest.approx(1 - u, rel=1e-6)


def test_without_drift_it_is_the_speed_of_a_gas_at_rest():
    for u in (1e-6, 0.2, 0.8):
        assert drifting_normal(0.0, u) == pytest.approx(flux_normal_speed(1.0, u), rel=1e-12)


@pytest.mark.parametrize("speed", [-600.0, -30.0, 30.0, 2000.0])
def test_the_flux_is_the_integral_of_the_drifting_maxwellian(speed):
    reservoir = OpenReservoir(2000.0, 300.0, (0.4, 0.6), (speed, 0.0, 0.0))
    n = 2000.0 / (BOLTZMANN * 300.0)
    for s, x in enumerate((0.4, 0.6)):
        c = math.sqrt(2 * BOLTZMANN * 300.0 / MASSES[s])
        drift = speed / c

        def speeds(v, drift=drift):
            return v * math.exp(-((v - drift) ** 2))

        integral, _ = quad(speeds, 0, max(drift, 0) + 9, points=[max(drift, 0.1)])
        assert reservoir.flux(MASSES)[s] == pytest.approx(n * x * c / math.sqrt(math.pi) * integral, rel=1e-8)


def test_fluxes_into_and_out_of_a_half_space_differ_by_the_drift():
    """J(u) - J(-u) = n x u, exactly."""
    velocity = (170.0, -80.0, 33.0)
    reservoir = OpenReservoir(2000.0, 300.0, (0.4, 0.6), velocity)
    n = 2000.0 / (BOLTZMANN * 300.0) * np.array([0.4, 0.6])
    for axis in range(3):
        net = reservoir.flux(MASSES, axis, 1) - reservoir.flux(MASSES, axis, -1)
        np.testing.assert_allclose(net, n * velocity[axis], rtol=1e-9)


def test_a_reservoir_at_rest_keeps_its_flux_to_the_last_bit():
    reservoir = OpenReservoir(2000.0, 300.0, (0.4, 0.6))
    n = 2000.0 / (BOLTZMANN * 300.0) * np.array([0.4, 0.6])
    np.testing.assert_array_equal(
        reservoir.flux(MASSES), n * np.sqrt(BOLTZMANN * 300.0 / (2 * np.pi * MASSES))
    )


def test_every_face_takes_the_part_of_the_drift_along_its_normal():
    reservoir = OpenReservoir(2000.0, 300.0, (0.4, 0.6), (100.0, 50.0, 0.0))
    grid = Channel((1.0, 2.0), (1, 1), reservoir, reservoir, reservoir, reservoir).grid
    arrivals = FaceTable([grid], GAS, [1.0], Device("cpu")).arrivals[0]
    for number, (axis, inward, area) in enumerate([(0, 1, 2.0), (0, -1, 2.0), (1, 1, 1.0), (1, -1, 1.0)]):
        np.testing.assert_allclose(arrivals[number], reservoir.flux(MASSES, axis, inward) * area, rtol=1e-14)


def test_a_velocity_that_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="three finite speeds"):
        OpenReservoir(1.0, 300.0, (1.0,), (1.0, math.nan, 0.0))
    with pytest.raises(ValueError, match="three finite speeds"):
        OpenReservoir(1.0, 300.0, (1.0,), (1.0, 2.0))
    swirling = OpenReservoir(1e5, 300.0, (0.5, 0.5), (1.0, 0.0, 2.0))
    tube = Tube(1e-7, 1e-7, (2, 2), swirling, swirling, swirling)
    with pytest.raises(ValueError, match="left: a reservoir in a tube moves along x alone"):
        Simulation(
            GAS, tube, Filling(1e5, 300.0, (0.5, 0.5)), particles_per_cell=20, timestep=1e-12, device="cpu"
        )


def test_a_periodic_slab_has_no_drift():
    table = FaceTable([Slab(1.0, 1, Periodic(), Periodic()).grid] * 3, GAS, [1.0] * 3, Device("cpu"))
    assert table.drift.shape == (3, 2, 3) and not table.drift.any()
