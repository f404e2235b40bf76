"""Chapman-Enskog coefficients against tables of reference numbers, order by order.

The tables are this project's references, computed apart from this code.  Species 1 is the heavier.
"""

from math import sqrt

import pytest
from scipy.constants import N_A
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

TEMPERATURE, ATMOSPHERE = 300.0, 101325.0
KT = BOLTZMANN * TEMPERATURE
HALF = [0.5, 0.5]
DIAMETER, LIGHT_MASS = 1e-10, 1e-3 / N_A


def gas(name, molar_mass, interaction):
    return Species(name, molar_mass, interaction, interaction, interaction)


HARD_SPHERES = [  # order; viscosity, conductivity and self-diffusion over their first order
    (1, 1.000000000000, None, 1.000000000000),
    (2, 1.014851485149, 1.000000000000, 1.017241379310),
    (3, 1.015878911771, 1.022727272727, 1.018689786402),
    (4, 1.016005918782, 1.024818523995, 1.018899628603),
    (5, 1.016027692673, 1.025134456144, 1.018940434618),
    (6, 1.016032322242, 1.025197282402, 1.018950033295),
    (8, 1.016033792181, 1.025216323669, 1.018953393488),
    (10, 1.016033923069, 1.025217944731, 1.018953731717),
    (15, 1.016033941428, 1.025218165675, 1.018953784129),
    (20, 1.016033941650, 1.025218168258, 1.018953784860),
    (30, 1.016033941656, 1.025218168323, 1.018953784881),
    (40, 1.016033941656, 1.025218168323, 1.018953784881),
]


@pytest.mark.parametrize("order, viscosity, conductivity, diffusion", HARD_SPHERES)
def test_hard_sphere_gas_at_each_order(order, viscosity, conductivity, diffusion):
    theory = ChapmanEnskog(Mixture(["Ar"], "hs"), order=max(order, 2))
    first, second, theory = (theory.truncated(n) for n in (1, 2, order))
    assert theory.viscosity([1.0]) / first.viscosity([1.0]) == pytest.approx(viscosity, rel=1e-11)
    assert theory.self_diffusion(1.0) / first.self_diffusion(1.0) == pytest.approx(diffusion, rel=1e-11)
    if conductivity is not None:
        ratio = theory.thermal_conductivity([1.0]) / second.thermal_conductivity([1.0])
        assert ratio == pytest.approx(conductivity, rel=1e-11)


SOFT_SPHERES = [
    # omega, alpha; viscosity, conductivity, self-diffusion over first order; Schmidt at first order, by
    # Bird's formula and converged; Prandtl; viscosity, n D at first order in units of sigma_T(kT), m = kT = 1
    (
        0.5,
        1.0,
        1.016033942,
        1.025218168,
        1.018953785,
        0.833333333,
        0.833333333,
        0.830945391,
        0.660694457,
        0.553891828,
        0.664670194,
    ),
    (
        0.66,
        1.26,
        1.007345745,
        1.011542140,
        1.008418695,
        0.759184738,
        0.759184738,
        0.758376971,
        0.663900992,
        0.657523316,
        0.866091325,
    ),
    (
        0.74,
        1.36,
        1.004279791,
        1.006723480,
        1.004872788,
        0.745950554,
        0.745950554,
        0.745510353,
        0.665048420,
        0.721571232,
        0.967317778,
    ),
    (
        0.81,
        1.0,
        1.002279206,
        1.003580626,
        1.002765095,
        0.929368030,
        0.929368030,
        0.928917705,
        0.665802148,
        0.806184458,
        0.867454477,
    ),
    (
        0.81,
        1.4,
        1.002279379,
        1.003580910,
        1.002600099,
        0.752345548,
        0.752345548,
        0.752104882,
        0.665802076,
        0.783150616,
        1.040945372,
    ),
    (
        1.0,
        1.0,
        1.000000000,
        1.000000000,
        1.000000000,
        1.000000000,
        1.000000000,
        1.000000000,
        0.666666667,
        1.000000000,
        1.000000000,
    ),
]


@pytest.mark.parametrize("row", SOFT_SPHERES)
def test_soft_sphere_gas(row):
    omega, alpha, viscosity, conductivity, diffusion, schmidt_1, bird, schmidt, prandtl, *units = row
    pure = Mixture([gas("A", 0.04, VariableSoftSphere(4e-10, omega, alpha, TEMPERATURE))])
    theory = ChapmanEnskog(pure, TEMPERATURE, order=24)
    first, second = theory.truncated(1), theory.truncated(2)
    assert theory.viscosity([1.0]) / first.viscosity([1.0]) == pytest.approx(viscosity, rel=2e-9)
    ratio = theory.thermal_conductivity([1.0]) / second.thermal_conductivity([1.0])
    assert ratio == pytest.approx(conductivity, rel=2e-9)
    assert theory.self_diffusion(1.0) / first.self_diffusion(1.0) == pytest.approx(diffusion, rel=2e-9)
    assert first.schmidt_number() == pytest.approx(schmidt_1, rel=2e-9)
    assert first.schmidt_number() == pytest.approx(bird, rel=2e-9)
    assert theory.schmidt_number() == pytest.approx(schmidt, rel=2e-9)
    assert theory.prandtl_number([1.0]) == pytest.approx(prandtl, rel=2e-9)
    area = pure.interaction(0, 0).cross_section(2 * sqrt(KT / pure.masses[0]), pure.masses[0] / 2)
    reduced = first.viscosity([1.0]) * area / sqrt(pure.masses[0] * KT)
    assert reduced == pytest.approx(units[0], rel=3e-9)
    reduced = first.self_diffusion(KT) * area * sqrt(pure.masses[0] / KT)
    assert reduced == pytest.approx(units[1], rel=3e-9)


HARD_BINARIES = [
    # m1/m2; D12 over first order and alpha_T at orders 2, 5, 10, 20, 26; then in units of the pure heavy
    # gas at first order: viscosity at 26 and 1, conductivity at 26 and 2
    (
        1,
        (1.017241379, 1.018940435, 1.018953732, 1.018953785, 1.018953785),
        (0.0, 0.0, 0.000000000, 0.0, 0.000000000),
        1.016033942,
        1.000000000,
        1.025218168,
        1.000000000,
    ),
    (
        1.5,
        (1.019730713, 1.021932404, 1.021956960, 1.021957124, 1.021957124),
        (0.173315618, 0.185950590, 0.186072081, 0.186072815, 0.186072815),
        0.926462490,
        0.912371842,
        1.115291087,
        1.087506379,
    ),
    (
        2,
        (1.023873139, 1.026970634, 1.027018763, 1.027019243, 1.027019244),
        (0.276043686, 0.297093018, 0.297330833, 0.297332788, 0.297332791),
        0.877598769,
        0.865077394,
        1.165875243,
        1.135794903,
    ),
    (
        4,
        (1.036031522, 1.042408648, 1.042592290, 1.042596458, 1.042596479),
        (0.430225995, 0.470118038, 0.470901555, 0.470916039, 0.470916100),
        0.802219427,
        0.792912012,
        1.297620222,
        1.255881715,
    ),
    (
        10,
        (1.047450925, 1.058385241, 1.058927718, 1.058953838, 1.058954261),
        (0.503299664, 0.564047706, 0.566178994, 0.566264496, 0.566265686),
        0.774844326,
        0.767539513,
        1.633147387,
        1.556719740,
    ),
    (
        9.98047,
        (1.047434056, 1.058360159, 1.058901759, 1.058927805, 1.058928225),
        (0.503222264, 0.563934695, 0.566062758, 0.566148020, 0.566149204),
        0.774836207,
        0.767529514,
        1.632151864,
        1.555821877,
    ),
]


@pytest.mark.parametrize("row", HARD_BINARIES)
def test_hard_sphere_binary(equal_diameters, row):
    mass_ratio, diffusion, factors, shear, shear_1, heat, heat_2 = row
    theory = ChapmanEnskog(equal_diameters(mass_ratio), TEMPERATURE, 26)
    first, second = theory.truncated(1), theory.truncated(2)
    for order, ratio, factor in zip((2, 5, 10, 20, 26), diffusion, factors, strict=True):
        at = theory.truncated(order)
        measured = at.diffusion_binary(0.5, 1.0) / first.diffusion_binary(0.5, 1.0)
        assert measured == pytest.approx(ratio, rel=2e-9)
        assert at.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=1e-9)
    unit = first.viscosity([1.0, 0.0])
    assert theory.viscosity(HALF) / unit == pytest.approx(shear, rel=2e-9)
    assert first.viscosity(HALF) / unit == pytest.approx(shear_1, rel=2e-9)
    unit = second.thermal_conductivity([1.0, 0.0])
    assert theory.thermal_conductivity(HALF) / unit == pytest.approx(heat, rel=2e-9)
    assert second.thermal_conductivity(HALF) / unit == pytest.approx(heat_2, rel=2e-9)


SOFT_BINARIES = [
    # omega, alpha, m1/m2; n D12 first, D12 over first, alpha_T at 2 and 16, viscosity, its ratio to first
    # order, conductivity, all at 16 polynomials; units of sigma = d^2, m = m_light, kT = 1
    (0.5, 1.0, 2, 0.183225942, 1.027019237, 0.2760437, 0.2973328, 0.218819534, 1.014474282, 0.545058895),
    (0.5, 1.0, 4, 0.167261636, 1.042596335, 0.4302260, 0.4709157, 0.282877402, 1.011738268, 0.428967015),
    (0.5, 1.4, 2, 0.219871130, 1.024347722, 0.2294074, 0.2473109, 0.213992662, 1.014764986, 0.541720374),
    (0.5, 1.4, 4, 0.200713963, 1.037870118, 0.3731996, 0.4079229, 0.280798190, 1.012417453, 0.444245374),
    (0.6, 1.0, 2, 0.192869413, 1.017466122, 0.2315683, 0.2449688, 0.236798894, 1.009188832, 0.588701540),
    (0.6, 1.0, 4, 0.176064880, 1.027671759, 0.3615339, 0.3875223, 0.305685856, 1.007419232, 0.463454625),
    (0.6, 1.4, 2, 0.231443295, 1.015752740, 0.1922510, 0.2035175, 0.231545007, 1.009375017, 0.584918015),
    (0.6, 1.4, 4, 0.211277856, 1.024629442, 0.3132163, 0.3353814, 0.303376066, 1.007853398, 0.479747908),
    (0.66, 1.0, 2, 0.199158633, 1.012704982, 0.2025024, 0.2120668, 0.248894561, 1.006609655, 0.618208232),
    (0.66, 1.0, 4, 0.181806126, 1.020189524, 0.3163885, 0.3351008, 0.320983647, 1.005322210, 0.486687386),
    (0.66, 1.4, 2, 0.238990359, 1.011464031, 0.1680292, 0.1760705, 0.243355153, 1.006744316, 0.614150352),
    (0.66, 1.4, 4, 0.218167351, 1.017981223, 0.2739229, 0.2898802, 0.318524886, 1.005635686, 0.503702246),
    (0.74, 1.0, 2, 0.208211298, 1.007503949, 0.1608108, 0.1662971, 0.266790432, 1.003844430, 0.662034059),
    (0.74, 1.0, 4, 0.190070041, 1.011973647, 0.2513939, 0.2622547, 0.343554889, 1.003084032, 0.521074528),
    (0.74, 1.4, 2, 0.249853557, 1.006774841, 0.1333502, 0.1379639, 0.260830752, 1.003923345, 0.657604262),
    (0.74, 1.4, 4, 0.228084049, 1.010672380, 0.2174878, 0.2267507, 0.340883369, 1.003267187, 0.539209084),
    (0.81, 1.0, 2, 0.216835434, 1.004046079, 0.1214447, 0.1243166, 0.284346200, 1.002044366, 0.705185360),
    (0.81, 1.0, 4, 0.197942764, 1.006479914, 0.1898649, 0.1956095, 0.365631198, 1.001634486, 0.554797714),
    (0.81, 1.4, 2, 0.260202521, 1.003654548, 0.1006590, 0.1030753, 0.277976388, 1.002086617, 0.700427549),
    (0.81, 1.4, 4, 0.237531317, 1.005779338, 0.1641713, 0.1690726, 0.362758554, 1.001732222, 0.574086289),
    (0.9, 1.0, 2, 0.229032427, 1.001136265, 0.0666642, 0.0674358, 0.309971542, 1.000563616, 0.768387456),
    (0.9, 1.0, 4, 0.209077045, 1.001828628, 0.1041577, 0.1057221, 0.397749403, 1.000448609, 0.603961588),
    (0.9, 1.4, 2, 0.274838913, 1.001026804, 0.0552283, 0.0558780, 0.303006286, 1.000575370, 0.763211657),
    (0.9, 1.4, 4, 0.250892454, 1.001632114, 0.0900205, 0.0913566, 0.394594414, 1.000475656, 0.625024292),
    (1.0, 1.0, 2, 0.244301256, 1.000000000, 0.0, 0.0000000, 0.343280548, 1.000000000, 0.850820940),
    (1.0, 1.0, 4, 0.223015515, 1.000000000, 0.0000000, 0.0000000, 0.439331913, 1.000000000, 0.667701289),
    (1.0, 1.4, 2, 0.293161507, 1.000000000, 0.0, 0.0, 0.335546009, 1.000000000, 0.845201452),
    (1.0, 1.4, 4, 0.267618617, 1.000000000, 0.0000000, 0.0, 0.435826062, 1.000000000, 0.691212294),
]


@pytest.mark.parametrize("row", SOFT_BINARIES)
def test_soft_sphere_binary(equal_diameters, row):
    omega, alpha, mass_ratio, n_diffusion, diffusion, factor_2, factor, shear, shear_ratio, heat = row
    theory = ChapmanEnskog(equal_diameters(mass_ratio, omega, alpha), TEMPERATURE, 16)
    first, second = theory.truncated(1), theory.truncated(2)
    area = DIAMETER**2
    reduced = first.diffusion_binary(0.5, KT) * area * sqrt(LIGHT_MASS / KT)
    assert reduced == pytest.approx(n_diffusion, rel=3e-9)
    ratio = theory.diffusion_binary(0.5, 1.0) / first.diffusion_binary(0.5, 1.0)
    assert ratio == pytest.approx(diffusion, rel=2e-9)
    assert second.thermal_diffusion_factor(0.5) == pytest.approx(factor_2, abs=6e-8)
    assert theory.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=6e-8)
    reduced = theory.viscosity(HALF) * area / sqrt(LIGHT_MASS * KT)
    assert reduced == pytest.approx(shear, rel=3e-9)
    assert theory.viscosity(HALF) / first.viscosity(HALF) == pytest.approx(shear_ratio, rel=2e-9)
    reduced = theory.thermal_conductivity(HALF) * area * sqrt(LIGHT_MASS / KT) / BOLTZMANN
    assert reduced == pytest.approx(heat, rel=3e-9)


@pytest.mark.parametrize("omega, alpha", [(0.82, 1.4), (0.81, 1.41)])
def test_neighbouring_parameters_miss_the_table(equal_diameters, omega, alpha):
    row = next(row for row in SOFT_BINARIES if row[:3] == (0.81, 1.4, 4))
    theory = ChapmanEnskog(equal_diameters(4, omega, alpha), order=16)
    assert abs(theory.thermal_diffusion_factor(0.5) - row[6]) > 1e-4
    assert abs(theory.viscosity(HALF) / theory.truncated(1).viscosity(HALF) - row[8]) > 1e-7


KRYPTON_ARGON = [  # order, D12, alpha_T, viscosity, conductivity, the same at uniform composition
    (1, 1.252814458e-05, 0.00000000, 2.416297213e-05, None, None),
    (2, 1.285036519e-05, 0.31344147, 2.450117932e-05, 1.223909967e-02, 1.234570127e-02),
    (3, 1.288600984e-05, 0.33413318, 2.452576345e-05, 1.254390602e-02, 1.266538274e-02),
    (4, 1.289268022e-05, 0.33742315, 2.452912185e-05, 1.257632220e-02, 1.270026700e-02),
    (5, 1.289433359e-05, 0.33816468, 2.452977616e-05, 1.258213927e-02, 1.270664540e-02),
    (8, 1.289504746e-05, 0.33845820, 2.452999825e-05, 1.258406350e-02, 1.270879277e-02),
    (12, 1.289508768e-05, 0.33847280, 2.453000700e-05, 1.258414084e-02, 1.270888126e-02),
    (20, 1.289508959e-05, 0.33847343, 2.453000732e-05, 1.258414384e-02, 1.270888474e-02),
]

LENNARD_JONES = [  # Svehla's parameters, Lorentz-Berthelot
    (1, 1.400896833e-05, 0.00000000, 2.454715509e-05, None, None),
    (2, 1.405668722e-05, 0.11111292, 2.459177916e-05, 1.271469318e-02, 1.272934688e-02),
    (3, 1.405674597e-05, 0.11145791, 2.459193088e-05, 1.276457840e-02, 1.277932330e-02),
    (4, 1.405695425e-05, 0.11140268, 2.459205774e-05, 1.276487858e-02, 1.277960910e-02),
    (5, 1.405708377e-05, 0.11142900, 2.459210267e-05, 1.276502180e-02, 1.277975941e-02),
    (8, 1.405713651e-05, 0.11144716, 2.459211396e-05, 1.276513401e-02, 1.277987648e-02),
    (12, 1.405713668e-05, 0.11144724, 2.459211404e-05, 1.276513468e-02, 1.277987717e-02),
]


@pytest.mark.parametrize(
    "model, row", [("hs", row) for row in KRYPTON_ARGON] + [("lj", row) for row in LENNARD_JONES]
)
def test_krypton_argon_in_si_units(model, row):
    """At 300 K and 101325 Pa; hard spheres of 4.1 and 3.6 angstrom."""
    order, diffusion, factor, viscosity, conductivity, uniform = row
    theory = ChapmanEnskog(Mixture(["Kr", "Ar"], model), TEMPERATURE, order)
    assert theory.diffusion_binary(0.5, ATMOSPHERE) == pytest.approx(diffusion, rel=1e-9)
    assert theory.viscosity(HALF) == pytest.approx(viscosity, rel=1e-9)
    if order > 1:
        assert theory.thermal_diffusion_factor(0.5) == pytest.approx(factor, abs=6e-9)
        assert theory.thermal_diffusion_ratio(0.5) == pytest.approx(factor / 4, abs=2e-9)
        assert theory.thermal_conductivity(HALF) == pytest.approx(conductivity, rel=1e-9)
        assert theory.thermal_conductivity_uniform(HALF) == pytest.approx(uniform, rel=1e-9)
