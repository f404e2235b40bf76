import numpy as np
import pytest
from slabs import slab_axes

from knudsen.analysis.gas_fields import (
    COMPONENTS,
    FIELD_QUANTITIES,
    gas_fields,
    gas_fields_of,
    tensor_components,
)
from knudsen.analysis.groups import group_totals
from knudsen.analysis.profiles import QUANTITIES, profiles_of
from knudsen.core.samples import CYLINDRICAL, Samples

MASSES = np.array([6.646e-27, 6.634e-26])


def moments_of(v):
    """Sums of the 13 moments over molecules [..., molecule, 3]."""
    x, y, z = np.moveaxis(v, -1, 0)
    e = x * x + y * y + z * z
    rows = (1 + 0 * x, x, y, z, x * x, y * y, z * z, x * y, x * z, y * z, e * x, e * y, e * z)
    return np.stack([row.sum(axis=-1) for row in rows], axis=-1)


def clouds(*shape):
    """Velocities [..., species, molecule, 3] of skewed laws that drift apart."""
    random = np.random.default_rng(4)
    drift = np.array([[150.0, 20.0, -10.0], [-30.0, -5.0, 40.0]])
    return random.gamma(2.0, 200.0, (*shape, 2, 50, 3)) * [1, 0.5, -0.3] + drift[:, None]


def test_every_field_is_that_of_the_molecules():
    v = clouds(3)
    found = gas_fields_of(moments_of(v), MASSES)
    assert set(found) == set(FIELD_QUANTITIES)
    sizes = {"cell": 3, "species": 2, "vector": 3, "component": 6}
    for name, value in found.items():
        assert value.shape == tuple(sizes[axis] for axis in FIELD_QUANTITIES[name][1]), name
    mass = MASSES[:, None, None]
    centre = (mass * v).sum(axis=(1, 2)) / (50 * MASSES.sum())
    own = v.mean(axis=2)
    about = v - centre[:, None, None]
    heat = (0.5 * mass * (about**2).sum(axis=-1, keepdims=True) * about).sum(axis=2)
    np.testing.assert_allclose(found["species_heat_flux"], heat, rtol=1e-8)
    np.testing.assert_allclose(found["heat_flux"], heat.sum(axis=1), rtol=1e-8)
    alone = v - own[:, :, None]
    heat_own = (0.5 * mass * (alone**2).sum(axis=-1, keepdims=True) * alone).sum(axis=2)
    np.testing.assert_allclose(found["heat_flux_own"], heat_own, rtol=1e-7)
    assert np.all(np.abs(heat_own - heat) > 0.01 * np.abs(heat))
    np.testing.assert_allclose(found["mass_velocity"], centre, rtol=1e-12)
    np.testing.assert_allclose(found["species_velocity"], own, rtol=1e-12)
    kelvin = MASSES * (alone**2).sum(axis=(2, 3)) / (150 * 1.380649e-23)
    np.testing.assert_allclose(found["species_temperature_own"], kelvin, rtol=1e-10)
    tensor = np.einsum("s,csmi,csmj->cij", MASSES, about, about)
    i, j = zip(*(("xyz".index(a), "xyz".index(b)) for a, b in COMPONENTS), strict=True)
    np.testing.assert_allclose(found["pressure_tensor"], tensor[:, i, j], rtol=1e-9)


def test_profiles_are_the_fields_along_x():
    moments = moments_of(clouds(3))
    profiles, fields = profiles_of(moments, MASSES), gas_fields_of(moments, MASSES)
    assert set(profiles) == set(QUANTITIES)
    np.testing.assert_array_equal(profiles["heat_flux_own"], fields["heat_flux_own"][..., 0])
    np.testing.assert_array_equal(profiles["tangential_heat_flux"], fields["heat_flux"][..., 1:])
    np.testing.assert_array_equal(profiles["pressure_tensor"], fields["pressure_tensor"])


@pytest.fixture(scope="module")
def annulus():
    """A tube of 3 x 2 cells, the last solid, in 20 copies."""
    moments = moments_of(clouds(20, 6))
    moments[:, 5] = 0.0
    volumes = np.array([1.0, 3, 1, 3, 1, 0])
    axes = slab_axes(3.0, 6) | {
        "vectors": CYLINDRICAL, "axes": np.arange(2), "low": np.zeros(2), "high": np.array([3.0, 2.0]),
        "cells": np.array([3, 2]), "volumes": volumes,
    }  # fmt: skip
    return Samples(
        names=("He", "Ar"), masses=MASSES, **axes, timestep=1.0, weight=np.full((20, 2), 2.0),
        sums=moments[None], samples=np.array([1]), steps=np.array([1]), walls=np.ones((1, 20, 2, 2, 2, 5)),
    )  # fmt: skip


def test_a_field_lies_on_the_grid_and_is_nan_in_solids(annulus):
    fields = gas_fields(annulus)
    value, stderr = fields.field("number_density")
    np.testing.assert_allclose(value[..., 0], [[100, 100 / 3], [100, 100 / 3], [100, np.nan]])
    assert value.shape == stderr.shape == (3, 2, 2)
    np.testing.assert_allclose(fields.edges[1], [0, 1, 2])
    velocity = annulus.sums[0, :, :, 1, 1:4] / 50
    measured = fields["species_velocity"]
    np.testing.assert_allclose(measured.value[:5, 1], velocity.mean(axis=0)[:5], rtol=1e-12)
    stderr = velocity.std(axis=0, ddof=1)[:5] / np.sqrt(20)
    np.testing.assert_allclose(measured.stderr[:5, 1], stderr, rtol=1e-6)


def test_a_tube_names_its_own_components(annulus):
    fields = gas_fields(annulus)
    assert fields.components == ("x_x", "r_r", "azimuth_azimuth", "x_r", "x_azimuth", "r_azimuth")
    assert tensor_components(("x", "y", "z")) == COMPONENTS
    series = fields.series()
    value, _ = series["pressure_tensor_own_Ar_x_r"]
    np.testing.assert_array_equal(value, fields.field("pressure_tensor_own")[0][..., 1, 3])
    assert {"heat_flux_azimuth", "diffusive_mass_flux_He_r", "temperature"} <= set(series)


def test_cells_side_by_side_are_one_gas(annulus):
    """Along r: the moments of three cells over their volume."""
    along = annulus.along(1)
    fields = gas_fields(along, group_totals(along, np.arange(20)[None, :]))
    expected = 2 * annulus.sums[0, :, ::2].sum(axis=1).mean(axis=0) / 3.0
    direct = gas_fields_of(expected[None], MASSES)
    for name in ("temperature", "heat_flux_own", "pressure_tensor"):
        np.testing.assert_allclose(fields[name].value[0], direct[name][0], rtol=1e-9)
    assert fields.cells == (2,)
    # The control: a mean of the cells' temperatures is not the temperature of their gas.
    apart = gas_fields(annulus)["temperature"].value[::2].mean()
    assert abs(apart / fields["temperature"].value[0] - 1) > 1e-6
