from dataclasses import replace

import numpy as np
import pytest
from slabs import slab_axes

from knudsen.analysis.groups import group_totals
from knudsen.analysis.walls import by_face, wall_fields, wall_fields_of
from knudsen.core.samples import Samples

MASSES = np.array([2.0, 3.0])


def crossing(number, mass, u):
    """Totals of so many molecules of velocity u."""
    return np.array([number, *(number * mass * np.array(u)), 0.5 * number * mass * np.dot(u, u)])


def test_each_face_feels_pressure_shear_and_energy_along_its_own_normal():
    """Molecules of mass 2 arrive at (4, 3, -1) turned to each face, and leave at (-2, 0, 0)."""
    axis, inward = np.array([0, 0, 1, 2]), np.array([1, -1, -1, 1])
    rates = np.zeros((4, 2, 2, 5))
    for patch, (a, side) in enumerate(zip(axis, inward, strict=True)):
        arrive = np.roll([-4.0 * side, 3.0, -1.0], a)
        rates[patch, 0, 0] = crossing(5, 2.0, arrive)
        rates[patch, 0, 1] = crossing(5, 2.0, np.roll([2.0 * side, 0.0, 0.0], a))
    found = wall_fields_of(rates, axis, inward)
    np.testing.assert_allclose(found["pressure"], 10 * (4 + 2))
    np.testing.assert_allclose(found["shear"], [np.roll([0.0, 30, -10], a) for a in axis], atol=1e-13)
    np.testing.assert_allclose(found["energy_flux"], 5 * (26 - 4))
    np.testing.assert_allclose(found["number_flux"], 0)
    np.testing.assert_allclose(found["arrival_flux"], [[5, 0]] * 4)
    # Pressure is along -n: the traction is what is left of both.
    np.testing.assert_allclose(found["traction"][2], [-10, 60, 30])


def test_what_enters_a_wall_is_positive():
    rates = np.zeros((1, 2, 2, 5))
    rates[0, 1, 0] = crossing(7, 3.0, [-1.0, 0, 0])
    rates[0, 1, 1] = crossing(4, 3.0, [1.0, 0, 0])
    found = wall_fields_of(rates, np.array([0]), np.array([1]))
    np.testing.assert_allclose(found["number_flux"], [[0, 3]])
    np.testing.assert_allclose(found["pressure"], 33)


def test_a_face_is_the_mean_of_its_patches_by_area():
    rates = np.random.default_rng(0).random((6, 4, 2, 2, 5))
    rates[:, 2] = np.nan
    area, face = np.array([1.0, 3.0, 0.0, 2.0]), np.array([0, 0, 0, 1])
    found = by_face(rates, face, area)
    np.testing.assert_allclose(found[:, 0], (rates[:, 0] + 3 * rates[:, 1]) / 4)
    np.testing.assert_allclose(found[:, 1], rates[:, 3])


@pytest.fixture(scope="module")
def samples():
    """A slab of 12 copies whose left face is two patches of unequal area."""
    random = np.random.default_rng(3)
    slab = Samples(
        names=("a", "b"), masses=MASSES, **slab_axes(1.0, 2), timestep=0.5, weight=np.full((12, 2), 2.0),
        sums=random.random((2, 12, 2, 2, 13)), samples=np.ones(2, int), steps=np.full(2, 4),
        walls=random.poisson(50.0, (2, 12, 2, 2, 2, 5)).astype(float),
    )  # fmt: skip
    return replace(slab, patch_face=np.array([0, 0, 1]), patch_area=np.array([0.25, 0.75, 1.0]),
                   patch_centre=np.zeros((3, 3)), walls=slab.walls[:, :, [0, 1, 1]])  # fmt: skip


def test_errors_are_those_of_the_copies(samples):
    found = wall_fields(samples, group_totals(samples, np.tile(np.arange(12), (2, 1))))
    net = 2.0 * (samples.walls[..., 0, :] - samples.walls[..., 1, :]).sum(axis=(0, 3)) / 4.0
    each = -net[:, :2, 1] / [0.25, 0.75]
    along, whole = found.along["pressure"], found.whole["pressure"]
    np.testing.assert_array_equal(found.on("left"), [0, 1])
    np.testing.assert_allclose(along.value[:2], each.mean(axis=0), rtol=1e-10)
    np.testing.assert_allclose(along.stderr[:2], each.std(axis=0, ddof=1) / np.sqrt(12), rtol=1e-9)
    face = -net[:, :2, 1].sum(axis=1)
    np.testing.assert_allclose(whole.value[0], face.mean(), rtol=1e-10)
    np.testing.assert_allclose(whole.stderr[0], face.std(ddof=1) / np.sqrt(12), rtol=1e-9)
    with pytest.raises(ValueError, match="none of left, right"):
        found.on("top")
