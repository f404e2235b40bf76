"""Fluxes and Fick matrices between frames: hand-derived values, sums, inverses, and Fick's law itself."""

import numpy as np
import pytest

from knudsen.analysis.irreversible.fick import (
    fick_gradient,
    fick_matrix_between,
    mass_fraction_gradient,
    mole_fraction_gradient,
)
from knudsen.analysis.irreversible.frames import Fluxes, Medium

HE, AR, KR = 4.002602e-3, 39.948e-3, 83.798e-3
HELIUM_ARGON = Medium([12.0, 28.0], [HE, AR])
RNG = np.random.default_rng(3)
FOUR = Medium(RNG.uniform(1, 9, 4), RNG.uniform(0.002, 0.1, 4))
MOVING = ["molar", "mass", "volume", 3]


def liquid():
    """Four species of unlike partial volumes, one of them negative, that fill the volume."""
    c = np.array([4e3, 1e3, 2e3, 6e3])
    volumes = np.array([3e-5, -1e-5, 9e-5, 0.0])
    volumes[3] = (1 - c[:3] @ volumes[:3]) / c[3]
    return Medium(c, [0.018, 0.09, 0.046, 0.1], volumes)


# --- velocities and sums --------------------------------------------------------------------------------


def test_equimolar_counterdiffusion_drifts_with_its_mass():
    fluxes = Fluxes(HELIUM_ARGON, [2.0, -2.0])
    density = 12 * HE + 28 * AR
    assert fluxes.velocity("molar") == 0 and fluxes.velocity("volume") == 0
    assert fluxes.velocity("mass") == pytest.approx((HE - AR) * 2.0 / density, rel=1e-14)
    assert fluxes.relative_to("laboratory", "mass").sum() == pytest.approx((HE - AR) * 2.0, rel=1e-14)
    j = 2.0 * HE - 12 * HE * (HE - AR) * 2.0 / density
    assert fluxes.relative_to("mass", "mass") == pytest.approx([j, -j], rel=1e-13)


def test_stefan_flow_by_hand():
    fluxes = Fluxes(HELIUM_ARGON, [5.0, 0.0])  # helium through stagnant argon
    assert fluxes.velocity("molar") == pytest.approx(5 / 40, rel=1e-15)
    assert fluxes.relative_to("molar") == pytest.approx([3.5, -3.5], rel=1e-15)  # (1 - x_1) N_1
    assert fluxes.velocity(1) == 0 and fluxes.velocity(0) == pytest.approx(5 / 12, rel=1e-15)
    assert fluxes.relative_to(1) == pytest.approx([5.0, 0.0])


@pytest.mark.parametrize("medium", [FOUR, liquid()], ids=["gas", "liquid"])
def test_each_frame_has_its_sum(medium):
    fluxes = Fluxes(medium, RNG.normal(size=(5, 3, 4)))
    largest = abs(fluxes.laboratory).max()
    assert abs(fluxes.relative_to("molar").sum(axis=-1)).max() < 1e-13 * largest
    assert abs(fluxes.relative_to("mass", "mass").sum(axis=-1)).max() < 1e-13 * largest
    volumes = medium.molar_volumes
    filled = fluxes.relative_to("volume") @ volumes
    assert abs(filled).max() < 1e-13 * largest * abs(volumes).max()
    assert abs(fluxes.relative_to(2)[..., 2]).max() < 1e-13 * largest
    assert abs(fluxes.relative_to("mass").sum(axis=-1)).max() > 1e-3 * largest  # no other frame's sum


@pytest.mark.parametrize("frame", MOVING)
def test_velocity_is_the_weighted_mean_of_the_species(frame):
    medium = liquid()
    u = RNG.normal(size=4)
    mean = {
        "molar": medium.mole_fractions,
        "mass": medium.mass_fractions,
        "volume": medium.volume_fractions,
        3: np.eye(4)[3],
    }[frame]
    velocity = Fluxes(medium, medium.concentrations * u).velocity(frame)
    assert velocity == pytest.approx(mean @ u, rel=1e-12)


# --- back and forth -------------------------------------------------------------------------------------


@pytest.mark.parametrize("frame", MOVING)
@pytest.mark.parametrize("rest", [*MOVING, None])
@pytest.mark.parametrize("unit", ["molar", "mass"])
def test_diffusive_fluxes_and_one_velocity_give_the_fluxes_back(frame, rest, unit):
    fluxes = Fluxes(liquid(), RNG.normal(size=(3, 4)))
    velocity = fluxes.velocity(frame if rest is None else rest)
    again = Fluxes.from_diffusive(fluxes.medium, fluxes.relative_to(frame, unit), frame, velocity, rest, unit)
    assert again.laboratory == pytest.approx(fluxes.laboratory, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("medium", [FOUR, liquid()], ids=["gas", "liquid"])
@pytest.mark.parametrize("source", MOVING)
@pytest.mark.parametrize("target", MOVING)
def test_transformations_act_on_fluxes_and_invert(medium, source, target):
    fluxes = Fluxes(medium, RNG.normal(size=4))
    there = medium.transformation(source, target)
    back = medium.transformation(target, source)
    moved = there @ fluxes.relative_to(source)[:3]
    assert moved == pytest.approx(fluxes.relative_to(target)[:3], rel=1e-11, abs=1e-13)
    assert back @ there == pytest.approx(np.eye(3), abs=1e-12)
    projected = medium.projector(target) @ fluxes.relative_to(source)
    assert projected == pytest.approx(fluxes.relative_to(target), rel=1e-11, abs=1e-13)


def test_molar_to_mass_by_hand():
    c, M = FOUR.concentrations, FOUR.molar_masses
    B = np.eye(3) - c[:3, None] * (M[:3] - M[3]) / (c @ M)
    assert FOUR.transformation("molar", "mass") == pytest.approx(B, rel=1e-12)
    x = FOUR.mole_fractions
    inverse = np.eye(3) - x[:3, None] * (1 - M[:3] / M[3])
    assert FOUR.transformation("mass", "molar") == pytest.approx(inverse, rel=1e-12)


def test_an_ideal_gas_moves_by_volume_as_by_mole():
    assert FOUR.projector("volume") == pytest.approx(FOUR.projector("molar"), rel=1e-15)
    medium = liquid()
    assert abs(medium.projector("volume") - medium.projector("molar")).max() > 0.1


def test_absent_species_need_no_care_but_carry_no_frame():
    medium = Medium([0.0, 10.0, 30.0], [HE, AR, KR])
    assert Fluxes(medium, [0.1, 0.2, -0.2]).relative_to("mass", "mass").sum() == pytest.approx(0, abs=1e-15)
    with pytest.raises(ValueError, match="species 0 is absent"):
        Fluxes(medium, [0.0, 0.2, -0.2]).relative_to(0)


# --- Fick's law -----------------------------------------------------------------------------------------

SLOPE = np.array([0.7, -0.2, -0.9, 0.4])
MOLAR_FICK = np.array([[7.0, -1.0, 0.4], [0.3, 5.0, 1.1], [-0.6, 0.8, 9.0]])


def numerical_gradients(medium, step=1e-6):
    """Mass fractions, concentrations and c_i / c_3 a step along, at constant partial volumes (T, p)."""

    def state(s):
        x = medium.mole_fractions + s * SLOPE
        y = x * medium.molar_masses
        c = x / (x @ medium.molar_volumes)
        return y / y.sum(), c, c / c[3]

    ahead, behind = state(step), state(-step)
    return [(a - b) / (2 * step) for a, b in zip(ahead, behind, strict=True)]


@pytest.mark.parametrize("medium", [FOUR, liquid()], ids=["gas", "liquid"])
def test_gradients_are_those_of_the_states_along_a_line(medium):
    mass, concentration, ratio = numerical_gradients(medium)
    assert mass_fraction_gradient(medium, SLOPE) == pytest.approx(mass, rel=1e-7)
    assert mole_fraction_gradient(medium, mass_fraction_gradient(medium, SLOPE)) == pytest.approx(SLOPE)
    largest = abs(concentration).max()
    assert fick_gradient(medium, "volume", SLOPE) == pytest.approx(concentration, abs=1e-7 * largest)
    scaled = ratio * medium.concentrations[3]
    assert fick_gradient(medium, 3, SLOPE) == pytest.approx(scaled, abs=1e-7 * abs(scaled).max())


@pytest.mark.parametrize("medium", [FOUR, liquid()], ids=["gas", "liquid"])
def test_fick_matrices_give_one_flux_in_every_frame(medium):
    mass, concentration, ratio = numerical_gradients(medium)
    c, rho = medium.molar_concentration, medium.mass_density
    independent = -c * MOLAR_FICK @ SLOPE[:3]
    fluxes = Fluxes.from_diffusive(medium, [*independent, -independent.sum()], "molar")
    laws = {
        "molar": -c * SLOPE,
        "mass": -rho * mass,
        "volume": -concentration,
        3: -medium.concentrations[3] * ratio,
    }
    for frame, drive in laws.items():
        matrix = fick_matrix_between(medium, MOLAR_FICK, "molar", frame)
        flux = fluxes.relative_to(frame, "mass" if frame == "mass" else "molar")[:3]
        assert matrix @ drive[:3] == pytest.approx(flux, rel=1e-6), frame
        assert np.sort(np.linalg.eigvals(matrix)) == pytest.approx(np.sort(np.linalg.eigvals(MOLAR_FICK)))
        back = fick_matrix_between(medium, matrix, frame, "molar")
        assert back == pytest.approx(MOLAR_FICK, rel=1e-10)
    wrong = MOLAR_FICK @ laws["mass"][:3]  # the molar matrix is no other frame's
    assert not np.allclose(wrong, fluxes.relative_to("mass", "mass")[:3], rtol=1e-2, atol=0)


def test_a_binary_has_one_coefficient_along_many_states():
    x = np.linspace(0.0, 1.0, 5)[:, None] * [1, -1] + [0, 1]
    medium = Medium.ideal_gas(x, 40.0, [HE, KR])
    for frame in ("mass", "volume"):
        matrix = fick_matrix_between(medium, np.full((5, 1, 1), 6e-5), "molar", frame)
        assert matrix == pytest.approx(np.full((5, 1, 1), 6e-5), rel=1e-13)


# --- bad input ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments, message",
    [
        (([1.0, -1.0], [HE, AR]), "concentrations must be zero or positive"),
        (([0.0, 0.0], [HE, AR]), "concentrations must be zero or positive"),
        (([1.0, 1.0], [HE, 0.0]), "molar_masses must be positive"),
        (([1.0, 1.0, 1.0], [HE, AR]), "one value a species"),
        (([1.0, 1.0], [HE, AR], [0.5, 0.6]), "sum c_i Vbar_i must be one"),
    ],
)
def test_bad_media_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        Medium(*arguments)


def test_bad_frames_and_fluxes_are_refused():
    fluxes = Fluxes(HELIUM_ARGON, [1.0, -1.0])
    for frame in ("centre", 2, -1, True):
        with pytest.raises(ValueError, match="unknown frame"):
            fluxes.relative_to(frame)
    with pytest.raises(ValueError, match="unknown unit"):
        fluxes.relative_to("mass", "kg")
    with pytest.raises(ValueError, match="on the last axis"):
        Fluxes(HELIUM_ARGON, [1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="do not sum to zero"):
        Fluxes.from_diffusive(HELIUM_ARGON, [1.0, -1.0], "mass")  # molar fluxes given for mass ones
    with pytest.raises(ValueError, match="name a frame that moves"):
        Fluxes.from_diffusive(HELIUM_ARGON, [1.0, -1.0], "molar", 0.1, "laboratory")
    with pytest.raises(ValueError, match="choose `dependent`"):
        FOUR.transformation("molar", 1)
    with pytest.raises(ValueError, match="sum to zero"):
        fick_gradient(FOUR, "molar", [1.0, 0.0, 0.0, 0.0])


FICK = [[6e-5]]
BINARY = Medium([1.0, 3.0], [HE, AR])


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda: Medium.ideal_gas([0.5, 0.6], 40.0, [HE, AR]), "sum to one"),
        (lambda: Medium.ideal_gas([0.5, 0.5], 0.0, [HE, AR]), "molar concentration must be positive"),
        (lambda: Fluxes(BINARY, [np.nan, 1.0]), "flux must be finite"),
        (lambda: Fluxes.from_diffusive(BINARY, [1.0, -1.0], "molar", np.nan), "velocity must be finite"),
        (lambda: BINARY.transformation("molar", "mass", 2), "no species number 2"),
        (lambda: fick_matrix_between(BINARY, 6e-5, "molar", "mass"), "give 1 x 1"),
        (lambda: fick_matrix_between(FOUR, FICK, "molar", "mass"), "give 3 x 3"),
        (lambda: fick_matrix_between(BINARY, [[np.nan]], "molar", "mass"), "must be finite"),
        (lambda: fick_matrix_between(BINARY, FICK, "molar", "mass", -3), "no species number"),
        (lambda: fick_matrix_between(BINARY, FICK, "laboratory", "mass"), "choose `dependent`"),
        (lambda: fick_gradient(BINARY, "laboratory", [0.1, -0.1]), "no laboratory frame"),
        (lambda: fick_gradient(BINARY, "molar", [0.1]), "gradient has shape"),
        (lambda: mass_fraction_gradient(BINARY, [np.nan, 0.1]), "gradient must be finite"),
        (lambda: mole_fraction_gradient(BINARY, [0.1, -0.2]), "sum to zero"),
    ],
)
def test_bad_compositions_matrices_and_gradients_are_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
