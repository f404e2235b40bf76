"""Rates of momentum and stress against collisions drawn one by one, and the states that they make."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from knudsen.analysis.irreversible.diffusion_anisotropies import maxwell_anisotropies
from knudsen.analysis.irreversible.diffusion_stress import MomentRates
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture

# --- collisions drawn one by one ------------------------------------------------------------------------


def scatter(rng, a, b, alpha, masses):
    """Velocities of a after VSS collisions with b (Bird 1994, eq. 2.36), no moment equation behind it."""
    g = a - b
    speed = np.linalg.norm(g, axis=1)
    cosine = 2 * rng.random(len(g)) ** (1 / alpha) - 1
    sine, azimuth = np.sqrt(1 - cosine**2), 2 * np.pi * rng.random(len(g))
    across = np.hypot(g[:, 1], g[:, 2])
    turned = np.stack(
        [
            cosine * g[:, 0] + sine * np.sin(azimuth) * across,
            cosine * g[:, 1]
            + sine * (speed * g[:, 2] * np.cos(azimuth) - g[:, 0] * g[:, 1] * np.sin(azimuth)) / across,
            cosine * g[:, 2]
            - sine * (speed * g[:, 1] * np.cos(azimuth) + g[:, 0] * g[:, 2] * np.sin(azimuth)) / across,
        ],
        axis=1,
    )
    return a + masses[1] / sum(masses) * (turned - g)


def draw(rng, size, velocity, mass, density, anisotropy):
    """Velocities of one species: mean `velocity` along x, P_xx - P_yy as given, kT = 1."""
    spread = np.sqrt(1 + np.array([2, -1, -1]) / 3 * anisotropy / density) / np.sqrt(mass)
    return np.array([velocity, 0, 0]) + spread * rng.normal(size=(size, 3))


MASSES, DENSITY, ALPHA = np.array([0.3, 1.0]), np.array([0.35, 0.65]), 1.4
COLLISIONS = np.array([[1.5, 1.0], [1.0, 0.7]])
GAS = MomentRates.maxwell(MASSES, COLLISIONS, ALPHA)


def production(species, stress, velocity, moving, size=1_000_000):
    """Rate at which drawn collisions change n m <c_x^2 - c_y^2> of a species, and its standard error.

    Second moments about `moving`; Maxwell molecules feel the second moments only, so Gaussians do.
    """
    rng = np.random.default_rng(5)
    rate, variance = 0.0, 0.0
    for other in (0, 1):
        pair = [species, other]
        a, b = (draw(rng, size, velocity[s], MASSES[s], DENSITY[s], stress[s]) for s in pair)
        after = scatter(rng, a, b, ALPHA, MASSES[pair])
        shift = np.array([moving, 0, 0])
        gain = ((after - shift) ** 2 - (a - shift) ** 2) @ [1, -0.5, -0.5]
        weight = MASSES[species] * np.prod(DENSITY[pair]) * COLLISIONS[species, other]
        rate += weight * gain.mean()
        variance += weight**2 * gain.var() / size
    return rate, np.sqrt(variance)


@pytest.mark.parametrize("species", [0, 1])
def test_collisions_balance_in_driven_drift(species):
    velocity = np.array([2.0, -1.0])
    stress = GAS.driven(DENSITY, velocity).own
    rate, error = production(species, stress, velocity, velocity[species])
    assert error < 0.02 * GAS.relaxation(DENSITY)[species, species] * stress[species]
    assert abs(rate) < 4 * error
    wrong, error = production(species, 0.8 * stress, velocity, velocity[species])
    assert abs(wrong) > 4 * error


@pytest.mark.parametrize("species", [0, 1])
def test_collisions_balance_in_counterdiffusion(species):
    # n u and T are constant along x, so the flux of n m <c_x^2 - c_y^2>, 2 n u kT, is too: about the frame
    # of the walls, collisions must neither make nor take it.
    velocity = np.array([2.0, -2.0 * DENSITY[0] / DENSITY[1]])
    stress = GAS.flowing(DENSITY, velocity).own
    rate, error = production(species, stress, velocity, 0.0)
    scale = GAS.relaxation(DENSITY)[species, species] * max(abs(stress))
    assert error < 0.02 * scale
    assert abs(rate) < 4 * error
    wrong, error = production(species, 0.8 * stress, velocity, 0.0)
    assert abs(wrong) > 4 * error


# --- the equations in time ------------------------------------------------------------------------------


def raw_moments_in_time(gas, density, velocity, temperature, damping, end):
    """Full second moments n m <c c> [species, 3, 3] in the laboratory frame under holding forces."""
    species = len(gas.masses)
    mean = np.zeros((species, 3))
    mean[:, 0] = velocity
    own_mean = (density * gas.masses)[:, None, None] * mean[:, :, None] * mean[:, None, :]

    def slope(_, flat):
        moments = flat.reshape(species, 3, 3)
        change = -damping * (moments - own_mean)
        for a in range(species):
            for b in range(species):
                m_a, m_b = gas.masses[[a, b]]
                share, pairs = m_b / (m_a + m_b), density[a] * density[b]
                momentum, shear = gas.momentum[a, b], gas.shear[a, b]
                cc = moments[a] / (density[a] * m_a)
                cross = np.outer(mean[a], mean[b])
                gg = cc + moments[b] / (density[b] * m_b) - cross - cross.T
                cg = 2 * cc - cross - cross.T
                spread = (2 * momentum - 1.5 * shear) * gg + 0.5 * shear * np.trace(gg) * np.eye(3)
                change[a] += m_a * pairs * (share**2 * spread - share * momentum * cg)
                # the force that holds u_a, times u_a
                force = m_a * share * pairs * momentum * (mean[a] - mean[b])
                change[a] += np.outer(force, mean[a]) + np.outer(mean[a], force)
        return change.ravel()

    start = own_mean + (density * temperature)[:, None, None] * np.eye(3)
    flat = solve_ivp(slope, (0, end), start.ravel(), rtol=1e-11, atol=1e-13).y[:, -1]
    return flat.reshape(species, 3, 3) - own_mean


THREE = MomentRates.maxwell(
    [2.0, 0.5, 1.0],
    [[1.0, 0.8, 1.1], [0.8, 1.4, 0.9], [1.1, 0.9, 0.6]],
    [[1, 1.2, 1], [1.2, 2, 1.5], [1, 1.5, 1]],
)


@pytest.mark.parametrize("damping", [0.0, 0.4])
def test_moments_in_time_reach_the_driven_state_of_three_species(damping):
    density, velocity = np.array([0.3, 0.5, 0.2]), np.array([0.4, -0.7, 1.1])
    own = raw_moments_in_time(THREE, density, velocity, 0.3, damping, 60.0)
    stress = THREE.driven(density, velocity, damping)
    assert own[:, 0, 0] - own[:, 1, 1] == pytest.approx(stress.own, rel=1e-8)
    assert own[:, 1, 1] == pytest.approx(own[:, 2, 2], rel=1e-12)
    mass_density = density * THREE.masses
    drift = velocity - mass_density @ velocity / mass_density.sum()
    mixture = stress.own.sum() + mass_density @ drift**2
    assert stress.mixture == pytest.approx(mixture, rel=1e-13)


def test_a_thermostat_of_the_heating_holds_the_temperature():
    density, velocity, temperature = np.array([0.3, 0.5, 0.2]), np.array([0.4, -0.7, 1.1]), 0.3
    heating = THREE.heating(density, velocity)
    free, held = (
        raw_moments_in_time(THREE, density, velocity, temperature, damping, 0.5)
        for damping in (0.0, heating / (1.5 * temperature * density.sum()))
    )
    thermal = [np.trace(own, axis1=1, axis2=2).sum() / 2 for own in (free, held)]
    start = 1.5 * temperature * density.sum()
    assert thermal[0] - start == pytest.approx(0.5 * heating, rel=1e-8)
    assert thermal[1] == pytest.approx(start, rel=1e-8)


def test_drift_does_not_feel_the_frame_but_a_steady_flow_does():
    density, velocity = [0.3, 0.5, 0.2], np.array([0.4, -0.7, 1.1])
    one, other = THREE.driven(density, velocity), THREE.driven(density, velocity + 3.0)
    assert other.own == pytest.approx(one.own, rel=1e-12)
    assert other.mixture == pytest.approx(one.mixture, rel=1e-12)
    counter, stefan = THREE.flowing(density, velocity), THREE.flowing(density, velocity + 3.0)
    assert np.all(abs(stefan.own - counter.own) > 0.1 * abs(counter.own))


def test_a_gas_cut_in_two_has_the_stress_of_the_whole():
    whole = MomentRates.maxwell([2.0, 0.5], [[1.0, 0.8], [0.8, 1.4]], 1.3).flowing([0.4, 0.6], [0.6, -0.4])
    rates = np.array([[1.0, 1.0, 0.8], [1.0, 1.0, 0.8], [0.8, 0.8, 1.4]])
    cut = MomentRates.maxwell([2.0, 2.0, 0.5], rates, 1.3).flowing([0.1, 0.3, 0.6], [0.6, 0.6, -0.4])
    assert cut.own[:2].sum() == pytest.approx(whole.own[0], rel=1e-13)
    assert cut.own[2] == pytest.approx(whole.own[1], rel=1e-13)
    assert cut.mixture == pytest.approx(whole.mixture, rel=1e-12)


def test_states_along_a_slab_are_one_call():
    x = np.linspace(0.05, 0.95, 7)[:, None] * [1, -1] + [0, 1]
    velocity = 0.1 / x * [1, -1]
    batch = GAS.flowing(x, velocity)
    assert batch.own.shape == (7, 2) and batch.mixture.shape == (7,)
    assert batch.own[3] == pytest.approx(GAS.flowing(x[3], velocity[3]).own, rel=1e-14)


# --- from Chapman-Enskog --------------------------------------------------------------------------------


@pytest.mark.parametrize("model", ["hs", "vhs", "vss", "maxwell", "lj"])
def test_relaxation_gives_the_first_order_viscosity_and_diffusion(model):
    mixture = Mixture(["He", "Ar", "Xe"], model)
    theory = ChapmanEnskog(mixture, 400.0, order=1)
    rates, x, thermal = MomentRates.of(theory), np.array([0.5, 0.3, 0.2]), 1.380649e-23 * 400.0
    shear = thermal * np.linalg.solve(rates.relaxation(x), x).sum()  # R P = 2 p_a S
    assert theory.viscosity(x) == pytest.approx(shear, rel=1e-11)
    pair = ChapmanEnskog(Mixture(["He", "Ar"], model), 400.0, order=1)
    diffusion = thermal / (mixture.reduced_mass(0, 1) * rates.momentum[0, 1])  # at unit density
    assert pair.diffusion_binary(0.4, thermal) == pytest.approx(diffusion, rel=1e-11)


def test_grad_level_is_exact_for_maxwell_molecules_and_near_for_others():
    x, w = np.array([0.5, 0.5]), np.array([0.5, -0.5])
    mixture = Mixture(["Ar", "He"], "maxwell")
    theory = ChapmanEnskog(mixture, 300.0, order=1)
    rates = np.array([[theory.collision_rate(a, b) for b in (0, 1)] for a in (0, 1)])
    exact = MomentRates.maxwell(mixture.masses, rates).flowing(x, w)
    assert MomentRates.of(theory).flowing(x, w).own == pytest.approx(exact.own, rel=1e-11)
    hard = MomentRates.of(ChapmanEnskog(Mixture(["Ar", "He"], "hs"), 300.0, order=1)).flowing(x, w)
    assert np.all(np.sign(hard.own) == np.sign(exact.own))
    assert not np.allclose(hard.own, exact.own, rtol=1e-3, atol=0)


# --- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, message",
    [
        ((-1.0, 0.5), "mass_ratio must be positive"),
        ((4.0, 1.5), r"\[0, 1\]"),
        ((4.0, 0.5, 0.0), "alpha must be positive"),
        ((4.0, 0.5, 1.0, (0.0, 1.0)), "like_rates must be positive"),
        ((4.0, 0.5, 1.0, (1.0, 1.0, 1.0)), "that of A and that of B"),
        (([4.0, 2.0], 0.5), "mass_ratio must be one number"),
        ((4.0, np.nan), r"\[0, 1\]"),
    ],
)
def test_bad_states_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        maxwell_anisotropies(*arguments)


def test_bad_rates_and_shapes_are_refused():
    with pytest.raises(ValueError, match="not symmetric"):
        MomentRates.maxwell([1.0, 2.0], [[1.0, 0.8], [0.9, 1.0]])
    with pytest.raises(ValueError, match="one a pair"):
        MomentRates.maxwell([1.0, 2.0, 3.0], np.ones((2, 2)))
    with pytest.raises(ValueError, match="masses must be positive"):
        MomentRates.maxwell([1.0, -2.0], np.ones((2, 2)))
    with pytest.raises(ValueError, match="masses have shape"):
        MomentRates.maxwell([[1.0]], np.ones((1, 1)))
    with pytest.raises(ValueError, match="alpha has shape"):
        MomentRates.maxwell([1.0, 2.0], np.ones((2, 2)), [1.0, 1.0, 1.0])
    with pytest.raises(ValueError, match="velocity must be finite"):
        GAS.flowing([0.5, 0.5], [0.1, np.nan])
    with pytest.raises(ValueError, match="velocity has shape"):
        GAS.driven([0.5, 0.5], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="number densities"):
        GAS.driven([0.5, -0.5], [0.1, 0.2])
    for damping in (-1.0, np.nan, np.inf, [0.1, 0.2]):
        with pytest.raises(ValueError, match="damping must be zero or one positive number"):
            GAS.driven([0.5, 0.5], [0.1, 0.2], damping)


# --- growth from rest -----------------------------------------------------------------------------------


def test_growth_from_rest_follows_its_closed_form_and_settles():
    """w = w_oo (1 - exp(-nu t)); of equal masses D obeys dD/dt = -D/2 + w^2/16, nu = 1/2 (K0 = 1, n = 1)."""
    gas, density = MomentRates.maxwell([1.0, 1.0], np.ones((2, 2))), [0.5, 0.5]
    time = np.array([0.0, 0.5, 1.0, 4.0, 60.0])
    grown = gas.started(density, [0.125, -0.125], time)
    nu = 0.5
    w = 1 - np.exp(-nu * time)
    np.testing.assert_allclose(grown.velocity[:, 0] - grown.velocity[:, 1], w, atol=1e-10)
    # D of dD/dt = -D/2 + (1 - 2 e + e^2)/16, e = exp(-t/2), D(0) = 0.
    e = np.exp(-nu * time)
    own = (2 - 2 * time * e - 2 * e**2) / 16
    np.testing.assert_allclose(grown.own[:, 0], own, atol=1e-10)
    steady = gas.driven(density, [0.5, -0.5])
    np.testing.assert_allclose(grown.own[-1], steady.own, rtol=1e-9)
    np.testing.assert_allclose(grown.mixture[-1], steady.mixture, rtol=1e-9)


@pytest.mark.parametrize("time", [[1.0, 0.5], [-1.0, 1.0], [[0.0, 1.0]]])
def test_growth_wants_ascending_times(time):
    gas = MomentRates.maxwell([4.0, 1.0], np.ones((2, 2)))
    with pytest.raises(ValueError, match="ascending"):
        gas.started([0.5, 0.5], [1.0, -1.0], time)
