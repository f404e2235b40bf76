"""Pair tables of real gases and of the potentials that the engines share; the docstrings' examples."""

import doctest

import numpy as np
import pytest
from pair_laws import BUCKINGHAM, MIE, buckingham, buckingham_force, pair_of_atoms

from knudsen.core.gases import Mixture
from knudsen.core.potentials import LennardJones, Mie, UserPotential
from knudsen.core.shapes import LENNARD_JONES
from knudsen.md.potentials import gas_pairs as gas_pairs_module
from knudsen.md.potentials import pairs as pairs_module
from knudsen.md.potentials.gas_pairs import gas_pairs, pairs_of


def test_argon_and_krypton_in_units_of_argon():
    gases = Mixture(["Ar", "Kr"], "lj", {("Ar", "Kr"): Mie(3.6e-10, 120.0, 14.0, 7.0)})
    pairs, masses, units = gas_pairs(gases, 3.0)
    assert pairs.sigma == pytest.approx(np.array([[1, 3.6 / 3.542], [3.6 / 3.542, 3.655 / 3.542]]), rel=1e-12)
    assert pairs.epsilon == pytest.approx(np.array([[1, 120 / 93.3], [120 / 93.3, 178.9 / 93.3]]), rel=1e-12)
    assert pairs.shape_of(0, 1) is MIE and pairs.shape_of(1, 1) is LENNARD_JONES
    assert masses == pytest.approx([1.0, 83.798 / 39.948], rel=1e-12)
    assert (units.length, units.temperature) == (3.542e-10, 93.3)
    # 1 nm of Ar-Kr in SI: the reduced energy times its unit.
    energy = pair_of_atoms(1e-9 / units.length, gas_pairs(gases, 3.0).pairs, (0, 1)).energies().potential
    x = 0.36
    assert energy * units.temperature == pytest.approx(120.0 * 4 * (x**14 - x**7), rel=1e-12)


def test_potentials_without_gases():
    one = pairs_of(LennardJones(3.4e-10, 120.0), 2.5, form="switched")
    assert one.sigma.tolist() == one.epsilon.tolist() == [[1.0]] and one.form == "switched"
    user = pairs_of(UserPotential(3e-10, 50.0, buckingham, buckingham_force), 2.5)
    assert user.shape == BUCKINGHAM
    with pytest.raises(ValueError, match=r"species 0 and 0 .* model 'lj'"):
        gas_pairs(Mixture(["Ar"], "vss"), 3.0)


@pytest.mark.parametrize("module", [pairs_module, gas_pairs_module])
def test_examples_of_the_docstrings_hold(module):
    found = doctest.testmod(module)
    assert found.failed == 0 < found.attempted
