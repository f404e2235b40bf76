import numpy as np
import pytest
from scipy.special import eval_genlaguerre

from knudsen.analysis.distributions import expanded, sonine_moments, velocity_distributions
from knudsen.core.velocity_samples import POWERS, VelocitySamples

MASSES, SCALE, BOLTZMANN = np.array([6.6e-27, 6.6e-26]), np.array([1100.0, 350.0]), 1.380649e-23
DRIFT = np.array([[300.0, -50.0, 20.0], [-40.0, 60.0, 0.0]])


def clouds(copies, law="gamma", molecules=400):
    """Velocities [copy, species, molecule, 3] [m/s] in one cell."""
    random = np.random.default_rng(2)
    shape = (copies, 2, molecules, 3)
    normal, skewed = random.standard_normal(shape), (random.gamma(3.0, 1.0, shape) - 3) / 3**0.5
    skew = skewed if law == "gamma" else normal
    return DRIFT[:, None] + np.sqrt(BOLTZMANN * 300 / MASSES)[:, None, None] * skew


def samples_of(v, bins=10, limit=2.5, weights=(1.0, 1.0)):
    u = v / SCALE[:, None, None]
    powers = np.stack([np.prod(u ** np.array(p), axis=-1).sum(axis=-1) for p in POWERS], axis=-1)
    speed = np.sqrt((u**2).sum(axis=-1, keepdims=True))
    counts = np.zeros((*u.shape[:2], 4, bins + 2), np.int64)
    for index in np.ndindex(*u.shape[:2]):
        for k, (low, values) in enumerate(
            zip([-limit] * 3 + [0.0], [*u[index].T, speed[index][:, 0]], strict=True)
        ):
            edges = np.concatenate([[-np.inf], np.linspace(low, limit, bins + 1), [np.inf]])
            counts[(*index, k)] = np.histogram(values, edges)[0]
    names, cells = ("He", "Ar"), np.array([7])
    return VelocitySamples(
        names, MASSES, np.array(weights), cells, SCALE, limit, counts[None, :, None], powers[None, :, None]
    )


def test_sonine_moments_are_projections_on_the_polynomials():
    v = clouds(6)
    found = sonine_moments(samples_of(v))
    every = np.moveaxis(v, 0, 1).reshape(2, -1, 3)
    own = every.mean(axis=1)
    centre = (MASSES[:, None] * own).sum(axis=0) / MASSES.sum()
    energy = (MASSES[:, None, None] * (every - centre) ** 2).sum()
    temperature = energy / (3 * 2 * every.shape[1] * BOLTZMANN)
    assert found["temperature"].value[0] == pytest.approx(temperature, rel=1e-10)
    c = (every - own[:, None]) * np.sqrt(MASSES / (2 * BOLTZMANN * temperature))[:, None, None]
    square = (c**2).sum(axis=-1)
    for order in (1, 2):
        s_half, s_vector = eval_genlaguerre(order, 0.5, square), eval_genlaguerre(order, 1.5, square)
        norm = {1: 3 / 2, 2: 15 / 8}[order]
        np.testing.assert_allclose(found[f"a_{order}"].value[0], s_half.mean(axis=1) / norm, rtol=1e-8)
        expected = (s_vector[..., None] * c).mean(axis=1) / {1: 5 / 4, 2: 35 / 16}[order]
        np.testing.assert_allclose(found[f"A_{order}"].value[0], expected, rtol=1e-8, atol=1e-10)
    for order, norm in ((0, 1 / 4), (1, 7 / 8)):
        polynomial = eval_genlaguerre(order, 2.5, square)
        cc = c[..., :, None] * c[..., None, :] - square[..., None, None] / 3 * np.eye(3)
        tensor = (polynomial[..., None, None] * cc).mean(axis=1) / (2 * norm)
        six = tensor[:, [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]
        np.testing.assert_allclose(found[f"B_{order}"].value[0], six, rtol=1e-8, atol=1e-10)


def test_the_temperature_of_the_mixture_weighs_species_as_they_count():
    v, weights = clouds(6), np.array([1.0, 0.01])
    found = sonine_moments(samples_of(v, weights=weights))
    every = np.moveaxis(v, 0, 1).reshape(2, -1, 3)
    mass, number = weights * MASSES, weights.sum()
    centre = (mass[:, None] * every.mean(axis=1)).sum(axis=0) / mass.sum()
    square = ((every - centre) ** 2).sum(axis=-1).mean(axis=1)
    expected = (mass * square).sum() / (3 * number * BOLTZMANN)
    assert found["temperature"].value[0] == pytest.approx(expected, rel=1e-10)


def test_a_maxwellian_has_none_but_what_the_drift_of_the_species_takes_from_its_temperature():
    found = sonine_moments(samples_of(clouds(20, "normal", 4000)))
    temperature = found["temperature"].value[0]
    for name in ("a_2", "A_1", "A_2", "B_0", "B_1"):
        a = (300 / temperature - 1) ** 2 if name == "a_2" else 0.0
        deviate = (found[name].value - a) / found[name].stderr
        assert np.all(np.abs(deviate) < 5), name
    np.testing.assert_allclose(
        found["a_1"].value[0], 1 - 300 / temperature, atol=5 * found["a_1"].stderr.max()
    )
    # The control: a skewed law with the same temperature has them all.
    skewed = sonine_moments(samples_of(clouds(20)))
    assert np.all(np.abs(skewed["A_1"].value / skewed["A_1"].stderr) > 5)
    assert np.all(np.abs(skewed["a_2"].value / skewed["a_2"].stderr) > 5)


def test_densities_are_those_of_the_law():
    found = velocity_distributions(samples_of(clouds(20, "normal", 4000), bins=40))
    assert set(found) == {"vx", "vy", "vz", "speed"}
    edges, density = found["vx"]
    assert edges.shape == (2, 41) and density.value.shape == (1, 2, 40)
    width = np.diff(edges, axis=1)
    np.testing.assert_allclose((density.value[0] * width).sum(axis=1), 1, atol=0.002)
    middle = 0.5 * (edges[:, 1:] + edges[:, :-1])
    variance = (BOLTZMANN * 300 / MASSES)[:, None]
    law = np.exp(-((middle - DRIFT[:, :1]) ** 2) / (2 * variance)) / np.sqrt(2 * np.pi * variance)
    law *= 1 + width**2 / 24 * ((middle - DRIFT[:, :1]) ** 2 / variance - 1) / variance
    seen = law > 0.2 * law.max(axis=1, keepdims=True)
    deviate = ((density.value[0] - law) / density.stderr[0])[seen]
    assert np.all(np.abs(deviate) < 5.5) and abs(deviate.std() - 1) < 0.35
    assert np.max(density.stderr[0][seen] / law[seen]) < 0.05


def test_one_copy_is_grouped_by_its_blocks():
    samples = samples_of(clouds(6))
    one = VelocitySamples(
        samples.names, MASSES, samples.weights, samples.cells, SCALE, samples.limit,
        samples.counts.swapaxes(0, 1), samples.powers.swapaxes(0, 1),
    )  # fmt: skip
    np.testing.assert_allclose(sonine_moments(one)["A_1"].stderr, sonine_moments(samples)["A_1"].stderr)
    axes = samples.names, MASSES, samples.weights, samples.cells, SCALE, samples.limit
    single = VelocitySamples(*axes, samples.counts[:, :1], samples.powers[:, :1])
    with pytest.raises(ValueError, match="no error bar"):
        sonine_moments(single)
    with pytest.raises(ValueError, match="powers has shape"):
        VelocitySamples(*axes, samples.counts, samples.powers[..., 1:])


def test_powers_of_the_square_are_multinomials():
    x, y, z = 1.3, -0.4, 2.2
    total = sum(w * x**a * y**b * z**c for (a, b, c), w in expanded(2, (1, 0, 0)))
    assert total == pytest.approx((x * x + y * y + z * z) ** 2 * x, rel=1e-13)
