"""Rules that give unlike pairs their parameters, by hand."""

import numpy as np
import pytest

from knudsen.md.potentials.pairs import PairTable


@pytest.mark.parametrize(
    ("rule", "sigma", "epsilon"),
    [
        ("lorentz-berthelot", 1.5, 2.0),
        ("geometric", 2**0.5, 2.0),
        ("waldman-hagler", 32.5 ** (1 / 6), 2 * 8 / 32.5),
    ],
)
def test_mixing_rules_by_hand(rule, sigma, epsilon):
    table = PairTable.mixed([1.0, 2.0], [1.0, 4.0], 5.0, rule)
    assert table.sigma == pytest.approx(np.array([[1.0, sigma], [sigma, 2.0]]), rel=1e-15)
    assert table.epsilon == pytest.approx(np.array([[1.0, epsilon], [epsilon, 4.0]]), rel=1e-15)


def test_each_unlike_pair_has_its_own_k_ij():
    k = [[0, 0.1, -0.2], [0.1, 0, 0.3], [-0.2, 0.3, 0]]
    table = PairTable.lorentz_berthelot([1.0, 1.0, 1.0], [1.0, 4.0, 9.0], 2.5, k_ij=k)
    expected = np.array([[1.0, 1.8, 3.6], [1.8, 4.0, 4.2], [3.6, 4.2, 9.0]])
    assert table.epsilon == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize("k", [[[0, 0.1], [0.2, 0]], [[0.1, 0], [0, 0]], [0.1, 0.2], 1.5, np.nan])
def test_bad_k_ij_are_refused(k):
    with pytest.raises(ValueError, match="k_ij must be"):
        PairTable.lorentz_berthelot([1.0, 1.0], [1.0, 1.0], 2.5, k_ij=k)
