"""Every kernel of the fields compiles to PTX for sm_80 and sm_90 with no driver and no device."""

import math

import field_checks as checks
import ptx
import pytest

from knudsen.core.kernels import Kernel, device
from knudsen.core.shapes import user_shape
from knudsen.md.fields.body import Centrifugal, ColourField, Gravity
from knudsen.md.fields.potential import PotentialField
from knudsen.md.fields.tethers import Tethers
from knudsen.md.fields.walls import Wall, steele_shape
from knudsen.md.potentials.cutoff import FORMS


@device
def hill(z, species, p):
    return p[species] * math.exp(-z * z)


@device
def slope(z, species, p):
    return 2.0 * z * p[species] * math.exp(-z * z)


@device
def bowl(x, y, z, species, p):
    return p[species] * (x * x + y * y + z * z)


@device
def yukawa(z):
    return math.exp(-z) / z


def a_few():
    return [Gravity([0, 0, 1]), Wall("z", -1.0, 1, 3.0, form="cut")]


def others():
    return [
        Centrifugal(0.1, "z", [0, 0, 0]), ColourField([1, -1], [0, 1, 0]), Tethers([1, 2], 1.0),
        PotentialField(hill, axis="x", parameters=[0.1, 0.2]), PotentialField(bowl, parameters=[0.1, 0.2]),
        PotentialField(hill, slope, axis="z", parameters=[0.1, 0.2]),
        *(Wall("x", -1.0, 1, 3.0, shape=steele_shape(), form=form) for form in FORMS),
        Wall("y", -1.0, 1, 3.0, shape=user_shape(yukawa), form="force-shifted"), Wall.wca("z", -1.0, 1),
    ]  # fmt: skip


def use(sim, fields):
    for field in fields:
        field.bind(sim)
        field.add_forces(sim)
        field.energy(sim)
        if isinstance(field, Wall):
            field.pressures(sim)


@pytest.fixture(scope="module")
def calls():
    """All that fields of every kind call, recorded and not run: other tests compile them for the CPU."""
    found = set()

    def record(self, n, *arguments):
        found.add((self, tuple(map(ptx.contiguous, self.signature(*arguments)))))

    for precision in ("single", "double"):
        sim = checks.system(periodic=(False,) * 3, copies=2, precision=precision)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Kernel, "__call__", record)
            use(sim, a_few() + (others() if precision == "double" else []))
    return {call for call in found if call[0].name.startswith("knudsen.md.fields.")}


def test_every_kernel_was_called(calls):
    assert {kernel.name for kernel, _ in calls} == ptx.kernels_of("knudsen.md.fields")


@pytest.mark.parametrize("capability", ptx.CAPABILITIES)
def test_kernels_compile_to_ptx(calls, capability):
    ptx.compile_to_ptx(calls, capability)
