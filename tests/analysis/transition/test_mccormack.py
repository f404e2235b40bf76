"""McCormack's model: what it conserves, and that its coefficients are Chapman and Enskog's."""

import numpy as np
import pytest
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.transition.mccormack import BinaryModel, binary_model
from knudsen.analysis.transition.mccormack_operators import binary_normal, binary_shear
from knudsen.core.gases import Mixture

TEMPERATURE = 300.0


@pytest.mark.parametrize("model", ["hs", "vhs", "vss", "maxwell", "lj"])
@pytest.mark.parametrize("gases, x1", [(("Ne", "Ar"), 0.5), (("Xe", "He"), 0.8), (("He", "Xe"), 1e-4)])
def test_coefficients_are_those_of_chapman_and_enskog(gases, x1, model):
    """Viscosity of order 1; diffusion, thermal diffusion and conductivity of order 2."""
    mixture = Mixture(gases, model)
    mccormack = binary_model(mixture, x1, TEMPERATURE)
    first, second = (ChapmanEnskog(mixture, TEMPERATURE, order) for order in (1, 2))
    x = [x1, 1 - x1]
    assert mccormack.viscosity == pytest.approx(first.viscosity(x), rel=1e-10)
    assert mccormack.diffusion_binary * BOLTZMANN * TEMPERATURE == pytest.approx(
        second.diffusion_binary(x1, 1.0), rel=1e-11
    )
    factor = second.thermal_diffusion_factor(x1)
    assert mccormack.thermal_diffusion_factor == pytest.approx(factor, rel=1e-8, abs=1e-10)
    assert mccormack.thermal_conductivity == pytest.approx(second.thermal_conductivity(x), rel=1e-9)
    if model != "maxwell" and x1 == 0.5:  # the control: the first order of diffusion is another number
        rough = first.diffusion_binary(x1, 1.0)
        assert abs(mccormack.diffusion_binary * BOLTZMANN * TEMPERATURE / rough - 1) > 1e-3


def test_reference_transport():
    """mccormack_slip: mu, n D12, alpha_T, lambda at kT = 1, masses in g/mol, diameters in angstrom."""
    rows = {
        ("Ne", "Ar"): (9.76922338e-02, 4.36293833e-03, -0.32887957, 1.25730113e-02),
        ("He", "Xe"): (9.37962253e-02, 6.80287324e-03, -0.64662868, 1.25495184e-02),
    }
    gram, length = 1e-3 / 6.02214076e23, 1e-10
    for gases, (mu, diffusion, factor, conductivity) in rows.items():
        model = binary_model(Mixture(gases, "hs"), 0.5, TEMPERATURE)
        kT = BOLTZMANN * TEMPERATURE
        assert model.viscosity * length**2 / np.sqrt(gram * kT) == pytest.approx(mu, rel=1e-8)
        assert model.diffusion_binary * length**2 * np.sqrt(gram / kT) == pytest.approx(diffusion, rel=1e-8)
        assert model.thermal_diffusion_factor == pytest.approx(factor, abs=1e-8)
        unit = BOLTZMANN * np.sqrt(kT / gram) / length**2
        assert model.thermal_conductivity / unit == pytest.approx(conductivity, rel=1e-8)


@pytest.mark.parametrize("x1", [1e-6, 0.3, 1 - 1e-6])
def test_momentum_alone_is_kept(x1):
    gas = binary_shear(binary_model(Mixture(["He", "Xe"], "hs"), x1, TEMPERATURE), 24)
    assert gas.operator.even @ gas.velocity == pytest.approx(0, abs=1e-9)
    assert np.sum(gas.operator.modes.decay == 0) == 1
    assert gas.operator.mean(gas.momentum, gas.velocity) == pytest.approx(1, rel=1e-4)
    drifting = np.where(gas.species == 0, gas.velocity, 0)
    assert np.abs(gas.operator.even @ drifting).max() > 1e-2


@pytest.mark.parametrize("x1", [1e-6, 0.3, 1 - 1e-6])
def test_heat_flow_keeps_molecules_momentum_and_energy(x1):
    model = binary_model(Mixture(["He", "Xe"], "hs"), x1, TEMPERATURE)
    gas = binary_normal(model, 32)
    operator = gas.operator
    for kept in (*gas.densities, gas.energy):
        assert operator.even @ kept == pytest.approx(0, abs=1e-9)
    drift = np.sum(gas.densities, axis=0) * operator.speed / model.speed_ratios[gas.species] ** 2
    assert operator.odd @ drift == pytest.approx(0, abs=1e-9)
    assert np.sum(operator.modes.decay == 0) == 3
    hot = np.where(gas.species == 0, gas.energy, 0)  # the control: species exchange energy
    assert np.abs(operator.even @ hot).max() > 1e-3


def test_energy_exchange():
    """dT_a/dt = -(32/3) m_1 m_2/(m_1 + m_2)^2 Omega^(1,1) n_b (T_a - T_b)."""
    model = binary_model(Mixture(["Ne", "Ar"], "hs"), 0.5, TEMPERATURE)
    m1, m2 = model.masses
    rate = 32 / 3 * m1 * m2 / (m1 + m2) ** 2 * model.omega[1][0]
    difference = model.energy_losses @ [1, 0]
    assert difference == pytest.approx([0.5 * rate, -0.5 * rate], rel=1e-12)


def test_bad_input():
    argon = Mixture(["Ne", "Ar"], "hs")
    for x1 in (0.0, 1.0, -0.1, np.nan):
        with pytest.raises(ValueError, match="x1 must lie between 0 and 1"):
            binary_model(argon, x1, TEMPERATURE)
    with pytest.raises(ValueError, match="two species"):
        binary_model(Mixture(["He", "Ne", "Ar"], "hs"), 0.5, TEMPERATURE)
    with pytest.raises(ValueError, match="temperature must be positive"):
        binary_model(argon, 0.5, -1.0)
    with pytest.raises(ValueError, match="x1 must lie"):
        BinaryModel((1.0, 1.0), 1.5, TEMPERATURE, ())
