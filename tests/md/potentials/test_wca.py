"""WCA by hand: alone, of a Mie shape, and beside Lennard-Jones in any form."""

import numpy as np
import pytest
from pair_laws import MIE, MINIMUM, pair_of_atoms

from knudsen.md.potentials.pairs import PairTable


def test_wca_is_its_formula():
    """V(1) = epsilon, F(1) = 24 epsilon / sigma; V = F = 0 from 2^(1/6) sigma on."""
    pairs = PairTable.wca(0.5, 3.0)
    assert pairs.cutoff == pytest.approx(np.array([[0.5 * MINIMUM]]), rel=1e-15)
    sim = pair_of_atoms(0.5, pairs)
    assert sim.energies().potential == pytest.approx(3.0, rel=1e-14)
    assert sim.force_on_atoms[:, 0] == pytest.approx([-144.0, 144.0], rel=1e-14)
    for r, energy in ((0.45, 12 * (0.9**-12 - 0.9**-6 + 0.25)), (0.5 * MINIMUM + 1e-9, 0.0), (0.7, 0.0)):
        assert pair_of_atoms(r, pairs).energies().potential == pytest.approx(energy, rel=1e-13, abs=1e-13)
    assert abs(pair_of_atoms(0.5 * MINIMUM - 1e-9, pairs).force_on_atoms).max() < 1e-5


def test_wca_of_a_mie_shape_ends_at_its_own_minimum():
    assert PairTable.wca(1.0, 1.0, MIE).cutoff[0, 0] == pytest.approx(2 ** (1 / 7), rel=1e-15)


@pytest.mark.parametrize("form", ["cut", "shifted", "force-shifted", "switched"])
def test_wca_beside_lennard_jones_in_any_form(form):
    plain = PairTable.lorentz_berthelot([1.0, 0.8], [1.0, 1.5], 2.5, form=form)
    mixed = plain.with_wca((1, 0))
    wca = PairTable.wca(0.9, 1.5**0.5)
    assert mixed.whole(0, 1) and not mixed.whole(0, 0) and not plain.whole(0, 1)
    for r in (0.85, 0.95, 1.0, 1.05, 2.3):
        for species in ((0, 0), (1, 1)):
            # A law of several forms is compiled for these; what it is compiled of is the plain one's.
            a, b = (pair_of_atoms(r, table, species) for table in (mixed, plain))
            assert a.energies().potential == pytest.approx(b.energies().potential, rel=1e-13)
            assert a.force_on_atoms == pytest.approx(b.force_on_atoms, rel=1e-13)
        a, b = pair_of_atoms(r, mixed, (0, 1)), pair_of_atoms(r, wca)
        assert a.energies().potential == pytest.approx(b.energies().potential, rel=1e-13, abs=1e-14)
        assert a.force_on_atoms == pytest.approx(b.force_on_atoms, rel=1e-13, abs=1e-13)
    assert [mixed.full().form_of(*pair) for pair in ((0, 0), (1, 1))] == ["cut", "cut"]
    assert mixed.full().whole(0, 1)
    with pytest.raises(ValueError, match="species run from 0 to 1"):
        plain.with_wca((0, 2))
