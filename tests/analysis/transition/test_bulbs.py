"""Two bulbs joined by a pore: limits of free molecules and of a continuum, equal masses, either order."""

from math import log, sqrt

import numpy as np
import pytest
from scipy.constants import R as GAS_CONSTANT
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.continuum.pores import viscous_permeability
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.transition import bulbs
from knudsen.analysis.transition.binary_flows import binary_channel, diffusion_slip
from knudsen.analysis.transition.bulbs import closed_pressure_ratio, diffusion_slip_pressure, slit_flow
from knudsen.core.faults import SimulationFault
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

HELIUM_ARGON, PRESSURE, T = Mixture(["He", "Ar"], "hs"), 100.0, 300.0
GAS, FIRST_ORDER = ChapmanEnskog(HELIUM_ARGON, T, 10), ChapmanEnskog(HELIUM_ARGON, T, 1)
PATH = float(GAS.mean_free_path((0.5, 0.5), PRESSURE))
SPHERE = VariableSoftSphere(3e-10)


def delta_of(height):
    speed = sqrt(2 * BOLTZMANN * T / np.mean(HELIUM_ARGON.masses))
    return PRESSURE * height / (float(FIRST_ORDER.viscosity([0.5, 0.5])) * speed)


def flow(knudsen, ends=(0.9, 0.1), closed=True, mixture=HELIUM_ARGON):
    return slit_flow(mixture, ends, PRESSURE, PATH / knudsen, T, closed=closed)


def test_free_molecules_of_closed_bulbs():
    """Each species as if alone, and no net molecules; the slit comes to it by a logarithm."""
    masses = HELIUM_ARGON.masses
    ratio = closed_pressure_ratio((0.9, 0.1), masses)
    fluxes = [(x - ratio * y) / sqrt(m) for x, y, m in zip((0.9, 0.1), (0.1, 0.9), masses, strict=True)]
    assert sum(fluxes) == pytest.approx(0, abs=1e-12 * fluxes[0])
    assert closed_pressure_ratio((1.0, 0.0), masses) == pytest.approx(sqrt(masses[1] / masses[0]))
    free = 2 * (ratio - 1) / (ratio + 1)
    found = flow(800.0).pressure_difference
    assert found == pytest.approx(free, rel=0.03)
    assert found / free == pytest.approx(flow(400.0).pressure_difference / free, rel=0.01)


def test_continuum_of_closed_bulbs():
    """Diffusion slip of the model against Poiseuille's flow and its slip; N_1 is Fick's, equimolar.

    The model's viscosity is of order 1, its D_12 of order 2.
    """
    ends, knudsen = (0.505, 0.495), 1e-3
    found = flow(knudsen, ends)
    kistemaker = diffusion_slip_pressure(GAS, ends, PRESSURE, viscous_permeability(PATH / knudsen, "slit"))
    slip = diffusion_slip(HELIUM_ARGON, 0.5)
    of_slip = slip.sigma_C_molar / slip.kramers_kistemaker_molar
    diffusion, half = float(ChapmanEnskog(HELIUM_ARGON, T, 2).diffusion_binary(0.5, PRESSURE)), [0.5, 0.5]
    of_model = float(FIRST_ORDER.viscosity(half) / GAS.viscosity(half)) * diffusion
    of_model /= float(GAS.diffusion_binary(0.5, PRESSURE))
    of_flow = 1 + 6 * slip.sigma_P / delta_of(PATH / knudsen)
    expected = kistemaker * of_slip * of_model / of_flow
    assert found.pressure_difference == pytest.approx(expected, rel=1e-3)
    assert abs(of_slip - 1) > 5e-3 and abs(of_flow - 1) > 5e-3
    fick = PRESSURE / (GAS_CONSTANT * T) * diffusion * 0.01
    assert found.molar_flux == pytest.approx(fick, rel=5e-3)
    assert found.flux_ratio == -1


def test_small_differences_are_those_of_one_composition():
    ends = 0.505, 0.495
    found = flow(1.0, ends)
    local = binary_channel(HELIUM_ARGON, 0.5, delta_of(PATH), T)
    expected = -local.Lambda_PC / local.Lambda_PP * log(ends[1] / ends[0])
    assert found.pressure_difference == pytest.approx(expected, rel=1e-3)
    opened = flow(1.0, ends, closed=False)
    first = local.Lambda_PC + local.Lambda_CC
    assert opened.flux_ratio == pytest.approx(first / (local.Lambda_PC - local.Lambda_CC), rel=1e-3)
    assert opened.pressure_difference == pytest.approx(0, abs=1e-9)
    assert opened.flux_ratio < -2  # the control: not equimolar


def test_equal_masses_and_either_order():
    twins = Mixture([Species(name, 0.04, SPHERE, SPHERE, SPHERE) for name in ("A", "B")], "hs")
    for closed in (True, False):
        found = slit_flow(twins, (1.0, 0.0), PRESSURE, 1e-4, T, closed=closed)
        assert found.pressure_difference == pytest.approx(0, abs=1e-9)
        assert found.flux_ratio == pytest.approx(-1, rel=1e-9)
    there, back = flow(0.5), flow(0.5, (0.9, 0.1), mixture=Mixture(["Ar", "He"], "hs"))
    assert back.pressure_difference == pytest.approx(-there.pressure_difference, rel=1e-4)


def test_pressures_that_do_not_settle_are_no_result(monkeypatch):
    """From a uniform pressure one round is not enough."""
    monkeypatch.setattr(bulbs, "MOST_ROUNDS", 1)
    with pytest.raises(SimulationFault, match=r"still change by .* after 1 rounds"):
        flow(1.0)


@pytest.mark.parametrize(
    "call",
    [
        lambda: closed_pressure_ratio((1.1, 0.0), (1.0, 2.0)),
        lambda: closed_pressure_ratio((1.0, 0.0), (1.0, -2.0)),
        lambda: diffusion_slip_pressure(GAS, (1.0, 0.0), 0.0, 1.0),
        lambda: flow(1.0, (0.5, 0.5)),
        lambda: flow(1.0, (0.5, -0.5)),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()
