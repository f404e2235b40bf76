import numpy as np
import pytest
from scipy.constants import k

from knudsen.analysis.green_kubo import fixed_energy_excess, running_integral, transport_integrals
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.equilibrium_correlations import EquilibriumCorrelations
from knudsen.core.gases import Mixture

MASSES, COUNTS, DENSITY, INTERVAL = np.array([2e-26, 6e-26]), np.array([30.0, 50.0]), 2e24, 1e-11
TIMES = INTERVAL * np.arange(201)
TAU = {"shear": 8e-11, "heat": 12e-11, "drift": 20e-11, "both": 15e-11}
CROSS = 0.1


def decay(name):
    return np.exp(-TIMES / TAU[name])


def correlations(copies=6, species=2, noise=0.0):
    """What exponentials of known times would give, a copy at 300 K and the next at 310 K."""
    random = np.random.default_rng(0)
    temperature = np.where(np.arange(copies) % 2, 310.0, 300.0)
    masses, counts = MASSES[:species], COUNTS[:species]
    # About the centre of mass J_1 = mu w / m_1 = -(m_2 / m_1) J_2, mu = M_1 M_2 / (M_1 + M_2).
    total = masses * counts
    share = np.array([1.0, -1.0]) * total.prod() / total.sum() / masses if species == 2 else np.zeros(1)
    drift = (1 / total).sum() * decay("drift")
    heat = 2.5 * (counts / masses).sum() * decay("heat")
    both = CROSS * np.sqrt((1 / total).sum() * 2.5 * (counts / masses).sum()) * decay("both")
    vectors = np.zeros((copies, species + 1, species + 1, len(TIMES)))
    vectors[:, :-1, :-1] = share[:, None, None] * share[:, None] * drift
    vectors[:, :-1, -1] = vectors[:, -1, :-1] = share[:, None] * both
    vectors[:, -1, -1] = heat
    pairs = 1000.0 - np.arange(len(TIMES))
    factor = k * temperature * (1 + noise * random.standard_normal(copies))
    return EquilibriumCorrelations(
        masses=masses, counts=np.tile(counts, (copies, 1)), temperature=temperature, density=DENSITY,
        interval=INTERVAL, pairs=pairs,
        shear=(1 + noise * random.standard_normal((copies, 1))) * pairs * decay("shear"),
        vectors=factor[:, None, None, None] * vectors * pairs,
    )  # fmt: skip


def test_the_integral_of_an_exponential_is_right_to_the_fourth_order():
    for h in (0.125, 0.25):
        t = h * np.arange(160)
        found = running_integral(np.exp(-t), h)
        np.testing.assert_allclose(found[3:], 1 - np.exp(-t[3:]), rtol=0, atol=h**4 / 20)
        plain = h * (np.cumsum(np.exp(-t)) - 0.5 - 0.5 * np.exp(-t))
        assert plain[-1] - 1 == pytest.approx(h**2 / 12, rel=0.01)


def test_one_gas():
    """eta = n k T tau, lambda = (5/2) n k^2 T tau / m."""
    found = transport_integrals(correlations(species=1)).at(TIMES[-1])
    eta = DENSITY * k * 305 * TAU["shear"]
    assert set(found) == {"viscosity", "thermal_conductivity"}
    assert found["viscosity"].value == pytest.approx(eta, rel=1e-4)
    conductivity = 2.5 * DENSITY * k * k * 305 / MASSES[0] * TAU["heat"]
    assert found["thermal_conductivity"].value == pytest.approx(conductivity, rel=1e-4)


def test_two_gases():
    """D_12 = (N_1 N_2 / N) <w^2> tau;  k_T = int <w Q> / (N int <w w>), and its share of lambda."""
    found = transport_integrals(correlations()).at(TIMES[-1])
    number, thermal = COUNTS.sum(), k * 305
    drift = thermal * (1 / (COUNTS * MASSES)).sum() * TAU["drift"]
    heat = 2.5 * thermal * (COUNTS / MASSES).sum() * TAU["heat"]
    both = CROSS * np.sqrt(drift * heat / (TAU["drift"] * TAU["heat"])) * TAU["both"]
    assert found["diffusion_binary"].value == pytest.approx(COUNTS.prod() / number * drift, rel=2e-4)
    assert found["thermal_diffusion_ratio"].value == pytest.approx(both / (number * drift), rel=2e-4)
    x1_x2 = COUNTS.prod() / number**2
    ratio = found["thermal_diffusion_ratio"].value / x1_x2
    assert found["thermal_diffusion_factor"].value == pytest.approx(ratio, rel=1e-12)
    expected = DENSITY * k / number * (heat - both**2 / drift)
    assert found["thermal_conductivity"].value == pytest.approx(expected, rel=2e-4)
    # The control: without the diffusion that the gradient of temperature would drive.
    assert abs(DENSITY * k / number * heat / expected - 1) > 0.005


def test_three_gases():
    """J_a of variances k T (N_a / m_a - N_a N_b / M): D_ab = N / (N_a N_b) of them, times tau."""
    masses, counts = np.array([2e-26, 6e-26, 1e-26]), np.array([30.0, 50.0, 20.0])
    variance = np.diag(counts / masses) - np.outer(counts, counts) / (counts @ masses)
    heat, copies = 2.5 * (counts / masses).sum(), 4
    # Heat that goes with the drift of the first species against all, for a tenth of what Schwarz allows.
    both = 0.1 * np.sqrt(heat / variance[0, 0]) * variance[0]
    vectors = np.zeros((4, 4, len(TIMES)))
    vectors[:3, :3] = variance[..., None] * decay("drift")
    vectors[:3, 3] = vectors[3, :3] = both[:, None] * decay("both")
    vectors[3, 3] = heat * decay("heat")
    pairs = np.full(len(TIMES), 7.0)
    found = EquilibriumCorrelations(
        masses=masses, counts=np.tile(counts, (copies, 1)), temperature=np.full(copies, 300.0),
        density=DENSITY, interval=INTERVAL, pairs=pairs, shear=np.tile(7.0 * decay("shear"), (copies, 1)),
        vectors=np.tile(7.0 * k * 300 * vectors, (copies, 1, 1, 1)),
    )  # fmt: skip
    ends = transport_integrals(found).at(TIMES[-1])
    number, thermal = counts.sum(), k * 300
    expected = number / np.outer(counts, counts) * thermal * variance * TAU["drift"]
    np.testing.assert_allclose(ends["diffusion_matrix"].value, expected, rtol=2e-4)
    drifts = thermal * both / counts * TAU["both"]
    np.testing.assert_allclose(ends["thermal_diffusion_coefficients"].value, drifts, rtol=2e-4)
    # L_QJ L_JJ^-1 L_JQ along the first drift: a hundredth of <Q^2>, by the times.
    rest = heat * (TAU["heat"] - 0.01 * TAU["both"] ** 2 / TAU["drift"])
    conductivity = DENSITY * k / number * thermal * rest
    assert ends["thermal_conductivity"].value == pytest.approx(conductivity, rel=2e-4)
    assert ends["diffusion_matrix"].stderr.shape == (3, 3)


def test_the_variances_are_those_of_theory():
    """A factor on all of a current's correlations is the noise of its amplitude, and drops out."""
    exact, found = correlations(), correlations()
    object.__setattr__(found, "shear", 1.1 * found.shear)
    one, other = (transport_integrals(each).at(TIMES[100])["viscosity"] for each in (exact, found))
    assert other.value == pytest.approx(one.value, rel=1e-12)


def test_errors_are_those_of_the_copies():
    found = transport_integrals(correlations(copies=40, noise=0.05))
    each = found.at(TIMES[150])["diffusion_binary"]
    assert len(each.replicates) == 40
    assert 0 < each.stderr < 0.01 * each.value


def test_what_cannot_be_judged_is_refused():
    integrals = transport_integrals(correlations())
    with pytest.raises(ValueError, match="sample more lags"):
        integrals.at(2 * TIMES[-1])
    single = correlations(copies=1)
    with pytest.raises(ValueError, match="several copies"):
        transport_integrals(single)
    uneven = correlations()
    uneven.counts[0, 0] += 1
    with pytest.raises(ValueError, match="same numbers"):
        transport_integrals(uneven)


@pytest.mark.parametrize("model", ["hs", "vss", "maxwell"])
def test_what_a_fixed_energy_adds_where_rates_go_as_a_power_of_the_speed(model):
    """Degrees p of variance and p + s of rate, s = 2 - 2 omega: ((p + s)(p + s - 2) - p (p - 2)) / 12 N."""
    for gases, x in ((["Ar"], [1.0]), (["He", "Ar"], [0.5, 0.5])):
        theory = ChapmanEnskog(Mixture(gases, model), 300.0, 3)
        found = fixed_energy_excess(theory, x, 100)
        s = 2 - 2 * theory.mixture.interaction(0, len(x) - 1).omega
        powers = {"viscosity": 4, "thermal_conductivity": 6} if len(x) == 1 else {"diffusion_binary": 2}
        for name, p in powers.items():
            expected = ((p + s) * (p + s - 2) - p * (p - 2)) / 1200
            assert found[name] == pytest.approx(expected, rel=1e-2, abs=1e-5), (name, gases)


def test_what_a_fixed_energy_adds_to_a_potential_is_the_curvature_of_its_rate():
    """(T^2 f'' / f - 2) / 3 N of f = T^2 T / mu; a local power of T alone would miss a fifth."""
    theory = ChapmanEnskog(Mixture(["Ar"], "lj"), 300.0, 3)
    f = np.array([kelvin**3 / float(theory.at(kelvin).viscosity([1.0])) for kelvin in (290.0, 300.0, 310.0)])
    expected = (300.0**2 * (f[0] - 2 * f[1] + f[2]) / 100.0 / f[1] - 2) / 300
    found = fixed_energy_excess(theory, [1.0], 100)["viscosity"]
    assert found == pytest.approx(expected, rel=0.01)
    s = np.log(f[2] / f[0]) / np.log(310 / 290) * 2 - 4
    assert found != pytest.approx((6 * s + s * s) / 1200, rel=0.15)
