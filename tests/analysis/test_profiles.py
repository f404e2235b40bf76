import numpy as np
import pytest
from scipy.constants import N_A, k
from slabs import slab_axes

from knudsen.analysis.groups import group_totals, measure
from knudsen.analysis.profiles import (
    COMPONENTS,
    QUANTITIES,
    WALL_QUANTITIES,
    profiles_of,
    slab_profiles,
    wall_fluxes_of,
)
from knudsen.analysis.statistics import TooShortError, derive
from knudsen.core.samples import MOMENTS, Samples

MASSES = np.array([6.646e-27, 6.634e-26])
DENSITY = np.array([3e24, 1e24])
DRIFT = np.array([[150.0, 20.0, -10.0], [-30.0, -5.0, 40.0]])
TEMPERATURE = np.array([310.0, 290.0])
RHO = MASSES * DENSITY
BARYCENTRIC = RHO @ DRIFT / RHO.sum()
RELATIVE = DRIFT - BARYCENTRIC


def moments_of(v):
    """Moments of the velocities v [..., 3], in the order of MOMENTS."""
    x, y, z = np.moveaxis(v, -1, 0)
    square = x * x + y * y + z * z
    values = (
        1 + 0 * x,
        x,
        y,
        z,
        x * x,
        y * y,
        z * z,
        x * y,
        x * z,
        y * z,
        square * x,
        square * y,
        square * z,
    )
    return np.stack(values, axis=-1)


def maxwellian(density, drift, temperature, mass):
    """n<...> of a drifting Maxwellian [MOMENTS]: <v v> = u u + (kT/m) I, <v^2 v> = u (u^2 + 5 kT/m)."""
    theta = k * temperature / mass
    moments = moments_of(drift)
    moments[4:7] += theta
    moments[10:] += 5 * theta * drift
    return density * moments


def exact():
    """Densities of the two drifting Maxwellians in one cell [1, species, MOMENTS]."""
    species = zip(DENSITY, DRIFT, TEMPERATURE, MASSES, strict=True)
    return np.array([[maxwellian(*each) for each in species]])


def six(tensor):
    return tensor[..., [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]]


@pytest.fixture(scope="module")
def profiles():
    return {name: value[0] for name, value in profiles_of(exact(), MASSES).items()}


def test_every_quantity_has_a_unit_and_its_axes():
    found = profiles_of(np.stack([exact()] * 5), MASSES)
    sizes = {"cell": 1, "species": 2, "component": 6, "tangent": 2, "face": 2}
    assert set(found) == set(QUANTITIES)
    for name, value in found.items():
        assert value.shape == (5, *(sizes[axis] for axis in QUANTITIES[name][1])), name


def test_composition(profiles):
    np.testing.assert_allclose(profiles["number_density"], DENSITY)
    np.testing.assert_allclose(profiles["mole_fraction"], [0.75, 0.25])
    np.testing.assert_allclose(profiles["molar_concentration"], 4e24 / N_A)
    np.testing.assert_allclose(profiles["mass_density"], RHO.sum())


def test_velocities_and_fluxes(profiles):
    np.testing.assert_allclose(profiles["molar_velocity"], 0.75 * 150 - 0.25 * 30)
    np.testing.assert_allclose(profiles["mass_velocity"], BARYCENTRIC[0])
    np.testing.assert_allclose(profiles["tangential_velocity"], BARYCENTRIC[1:])
    np.testing.assert_allclose(profiles["species_velocity"], [150, -30])
    np.testing.assert_allclose(profiles["molar_flux"], DENSITY * [150, -30] / N_A)
    np.testing.assert_allclose(profiles["total_molar_flux"], (3 * 150 - 30) * 1e24 / N_A)
    np.testing.assert_allclose(profiles["mass_flux"], RHO.sum() * BARYCENTRIC[0])


def test_diffusive_fluxes_sum_to_zero_and_have_their_closed_form(profiles):
    # J*_1 = c x1 x2 (v1 - v2), j_1 = (rho1 rho2 / rho) (v1 - v2)
    molar = 4e24 / N_A * 0.75 * 0.25 * 180
    mass = RHO.prod() / RHO.sum() * 180
    np.testing.assert_allclose(profiles["diffusive_molar_flux"], [molar, -molar], rtol=1e-12)
    np.testing.assert_allclose(profiles["diffusive_mass_flux"], [mass, -mass], rtol=1e-12)


def test_mixture_pressure_keeps_the_diffusion_stress(profiles):
    own = (DENSITY * k * TEMPERATURE)[:, None, None] * np.eye(3)
    w = DRIFT[0] - DRIFT[1]
    mixture = own.sum(axis=0) + RHO.prod() / RHO.sum() * np.outer(w, w)
    common = own + RHO[:, None, None] * RELATIVE[:, :, None] * RELATIVE[:, None, :]
    scale = 1e-11 * np.trace(mixture)
    np.testing.assert_allclose(profiles["pressure_tensor_own"], six(own), atol=scale)
    np.testing.assert_allclose(profiles["species_pressure_tensor"], six(common), atol=scale)
    np.testing.assert_allclose(profiles["pressure_tensor"], six(mixture), atol=scale)
    np.testing.assert_allclose(profiles["pressure"], np.trace(mixture) / 3, rtol=1e-12)
    np.testing.assert_allclose(profiles["partial_pressure"], np.trace(common, axis1=1, axis2=2) / 3)
    deviator = mixture - np.trace(mixture) / 3 * np.eye(3)
    np.testing.assert_allclose(profiles["stress_deviator"], six(deviator), atol=scale)
    # The sum over the species' own tensors, the usual mistake, is 2 % off in P_xx.
    assert profiles["pressure_tensor"][0] > 1.015 * own.sum(axis=0)[0, 0]


def test_temperatures_about_the_barycentric_velocity(profiles):
    w = DRIFT[0] - DRIFT[1]
    mean = DENSITY @ TEMPERATURE / DENSITY.sum()
    diffusion = RHO.prod() / RHO.sum() * (w @ w) / (3 * DENSITY.sum() * k)
    np.testing.assert_allclose(profiles["temperature"], mean + diffusion, rtol=1e-12)
    each = TEMPERATURE + MASSES * (RELATIVE**2).sum(axis=1) / (3 * k)
    np.testing.assert_allclose(profiles["species_temperature"], each, rtol=1e-12)
    assert diffusion > 1


def test_heat_flux_and_its_reduced_form(profiles):
    # q = sum n_i w_i ((5/2) k T_i + m_i w_i^2 / 2); the enthalpy takes the mixture's temperature
    energy = 2.5 * k * TEMPERATURE + 0.5 * MASSES * (RELATIVE**2).sum(axis=1)
    heat = (DENSITY * energy) @ RELATIVE
    np.testing.assert_allclose(profiles["heat_flux"], heat[0], rtol=1e-10)
    np.testing.assert_allclose(profiles["tangential_heat_flux"], heat[1:], rtol=1e-9)
    carried = 2.5 * k * profiles["temperature"] * (profiles["diffusive_mass_flux"] / MASSES).sum()
    np.testing.assert_allclose(profiles["reduced_heat_flux"], heat[0] - carried, rtol=1e-9)
    assert abs(carried) > 0.5 * abs(heat[0])


def test_reduced_heat_flux_of_isothermal_slow_diffusion_vanishes():
    slow = [maxwellian(n, 1e-3 * u, 300.0, m) for n, u, m in zip(DENSITY, DRIFT, MASSES, strict=True)]
    found = profiles_of(np.array([slow]), MASSES)
    assert abs(found["reduced_heat_flux"][0]) < 1e-5 * abs(found["heat_flux"][0])


def test_any_set_of_molecules_gives_its_moments_about_the_mean():
    rng = np.random.default_rng(0)
    velocities = [rng.gamma(2.0, 200.0, (50, 3)) * [1, 0.5, -0.3] + u for u in DRIFT]
    densities = np.array([[moments_of(v).sum(axis=0) for v in velocities]])
    found = {name: value[0] for name, value in profiles_of(densities, MASSES).items()}
    momentum = sum(m * v.sum(axis=0) for m, v in zip(MASSES, velocities, strict=True))
    c = [v - momentum / (50 * MASSES.sum()) for v in velocities]
    tensor = sum(m * a.T @ a for m, a in zip(MASSES, c, strict=True))
    heat = sum(0.5 * m * ((a**2).sum(axis=1) @ a) for m, a in zip(MASSES, c, strict=True))
    np.testing.assert_allclose(found["pressure_tensor"], six(tensor), rtol=1e-10)
    np.testing.assert_allclose([found["heat_flux"], *found["tangential_heat_flux"]], heat, rtol=1e-9)
    own = velocities[1] - velocities[1].mean(axis=0)
    np.testing.assert_allclose(found["pressure_tensor_own"][1], six(MASSES[1] * own.T @ own), rtol=1e-9)


def test_an_absent_species_is_nan_only_where_it_divides():
    densities = exact()
    densities[:, 1] = 0
    found = profiles_of(densities, MASSES)
    for name in ("species_velocity", "species_temperature", "pressure_tensor_own"):
        assert np.all(np.isnan(found[name][:, 1])) and np.all(np.isfinite(found[name][:, 0])), name
    for name in ("mole_fraction", "molar_flux", "diffusive_molar_flux", "temperature", "heat_flux"):
        assert np.all(np.isfinite(found[name])), name
    np.testing.assert_allclose(found["temperature"], 310.0, rtol=1e-10)


# --- walls ------------------------------------------------------------------------------------


def test_a_stream_through_both_faces_is_positive_along_x_at_either():
    m, n, u = MASSES[0], 7.0, np.array([400.0, 30.0, -20.0])
    crossing = [n, *(n * m * u), 0.5 * n * m * (u @ u)]
    rates = np.zeros((2, 2, 2, 5))
    rates[0, 0, 1] = crossing
    rates[1, 0, 0] = crossing
    found = wall_fluxes_of(rates)
    assert set(found) == set(WALL_QUANTITIES)
    np.testing.assert_allclose(found["wall_molar_flux"], [[7 / N_A, 0]] * 2)
    np.testing.assert_allclose(found["wall_pressure"], 7 * m * 400)
    np.testing.assert_allclose(found["wall_shear"], [[7 * m * 30, -7 * m * 20]] * 2)
    np.testing.assert_allclose(found["wall_energy_flux"], crossing[4])
    np.testing.assert_allclose(found["wall_arrival_flux"], [[0, 0], [7 / N_A, 0]])


def test_walls_at_rest_feel_positive_pressure_and_no_net_flux():
    # Diffuse walls, gas that moves along y: what arrives carries P_xy, what leaves does not.
    rates = np.zeros((2, 1, 2, 5))
    rates[0, 0] = [[5, -10, 3, 0, 8], [5, 11, 0, 0, 7]]
    rates[1, 0] = [[5, 10, 3, 0, 8], [5, -11, 0, 0, 7]]
    found = wall_fluxes_of(rates)
    np.testing.assert_allclose(found["wall_molar_flux"], 0)
    np.testing.assert_allclose(found["wall_pressure"], 21)
    np.testing.assert_allclose(found["wall_shear"], [[-3, 0], [3, 0]])
    np.testing.assert_allclose(found["wall_energy_flux"], [-1, 1])


# --- measured, with errors --------------------------------------------------------------------


def sampled(copies=20, cells=300, molecules=120, seed=0):
    """A slab run of independent draws: each copy and cell holds a binomial number of each species."""
    rng = np.random.default_rng(seed)
    sums = np.empty((1, copies, cells, 2, 13))
    for s in range(2):
        v = rng.standard_normal((copies, cells, molecules, 3))
        v = DRIFT[s] + np.sqrt(k * TEMPERATURE[s] / MASSES[s]) * v
        present = rng.random(v.shape[:-1]) < DENSITY[s] / 4e24
        sums[0, :, :, s] = np.where(present[..., None], moments_of(v), 0).sum(axis=2)
    return Samples(
        names=("He", "Ar"),
        masses=MASSES,
        **slab_axes(cells * 1e-8, cells),
        timestep=1e-11,
        # A cell with every place taken has the density 4e24.
        weight=np.full((copies, 2), 4e24 * 1e-8 / molecules),
        sums=sums,
        samples=np.array([1]),
        steps=np.array([1]),
        walls=rng.poisson(50.0, (1, copies, 2, 2, 2, 5)).astype(float),
    )


def test_errors_cover_the_truth_in_every_quantity():
    samples = sampled()
    measured = slab_profiles(samples)
    truth = profiles_of(exact(), MASSES)
    scale = 4 / np.sqrt(2 * len(samples.volumes))
    for name in QUANTITIES:
        deviate = (measured[name].value - truth[name]) / measured[name].stderr
        # Over the cells: a Student t of 19 degrees of freedom about the truth.
        spread = deviate.std(axis=0) / np.sqrt(19 / 17)
        np.testing.assert_allclose(spread, 1, atol=1.5 * scale, err_msg=name)
        np.testing.assert_allclose(
            deviate.mean(axis=0), 0, atol=5 / np.sqrt(len(samples.volumes)), err_msg=name
        )
    # The control: the errors are small enough to tell the mixture's tensor from the sum of the own ones.
    own = (DENSITY * k * TEMPERATURE).sum()
    excess = measured["pressure_tensor"].value[:, 0].mean() - own
    assert excess > 6 * measured["pressure_tensor"].stderr[:, 0].mean() / np.sqrt(len(samples.volumes))


def test_the_error_of_a_temperature_knows_that_the_noise_of_the_count_cancels():
    measured = slab_profiles(sampled(cells=100))
    temperature, pressure, density = (
        measured[name] for name in ("species_temperature", "partial_pressure", "number_density")
    )
    ratio = np.mean(temperature.stderr / temperature.value, axis=0)[0]
    # var(c^2) = 6 (kT/m)^2, so T is known to sqrt(2 / 3N); its drift about the mixture adds under 1 %.
    assert ratio == pytest.approx(np.sqrt(2 / (3 * 20 * 120 * 0.75)), rel=0.01 + 4 / np.sqrt(2 * 19 * 100))
    independent = np.hypot(pressure.stderr / pressure.value, density.stderr / density.value)
    assert np.mean(independent, axis=0)[0] > 1.2 * ratio


def test_a_scalar_of_the_profiles_has_the_same_error_both_ways():
    samples = sampled(cells=20)
    totals = group_totals(samples, np.arange(20)[None, :])
    x = samples.positions - samples.positions.mean()

    def coefficient(flux, fraction):
        return flux[..., 0].mean(axis=-1) / (1 + fraction[..., 0] @ x / (x @ x) * samples.length)

    def from_totals(totals):
        found = profiles_of(totals.densities, totals.masses)
        return coefficient(found["diffusive_molar_flux"], found["mole_fraction"])

    profiles = slab_profiles(samples, totals)
    derived = derive(coefficient, profiles["diffusive_molar_flux"], profiles["mole_fraction"])
    direct = measure(from_totals, totals)
    assert derived.value == pytest.approx(direct.value, rel=1e-12)
    assert derived.stderr == pytest.approx(direct.stderr, rel=1e-8)


def test_wall_fluxes_are_measured_per_area_and_time():
    samples = sampled(cells=2)
    measured = slab_profiles(samples)
    rate = samples.weight[0, 0] / samples.timestep / N_A
    difference = np.array([-1.0, 1.0])[:, None] * (
        samples.walls[0, :, :, :, 0, 0] - samples.walls[0, :, :, :, 1, 0]
    )
    np.testing.assert_allclose(measured["wall_molar_flux"].value, rate * difference.mean(axis=0), rtol=1e-10)
    error = rate * difference.std(axis=0, ddof=1) / np.sqrt(20)
    np.testing.assert_allclose(measured["wall_molar_flux"].stderr, error, rtol=1e-10)


def test_series_split_every_quantity_into_curves():
    series = slab_profiles(sampled(cells=3)).series()
    assert series["temperature"].unit == "K"
    assert series["mole_fraction_He"].value.shape == (3,)
    assert {f"pressure_tensor_own_Ar_{component}" for component in COMPONENTS} <= set(series)
    assert series["wall_molar_flux_left_He"].value.shape == ()
    assert all(np.shape(each.value) == np.shape(each.stderr) for each in series.values())


def test_too_short_a_run_is_refused_with_its_profiles():
    samples = sampled(copies=3, cells=4)
    with pytest.raises(TooShortError, match="16 are needed") as refusal:
        slab_profiles(samples)
    assert refusal.value.estimate["temperature"].value == pytest.approx(300, abs=30)
    with pytest.raises(TooShortError) as refusal:
        slab_profiles(sampled(copies=1, cells=4))
    assert refusal.value.estimate is None


def test_the_order_of_the_moments_is_the_one_these_tests_assume():
    assert " ".join(MOMENTS) == "count vx vy vz xx yy zz xy xz yz ex ey ez"
