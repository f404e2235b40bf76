"""Potentials of the user's own: what they do, which are taken, which are refused."""

import math

import pytest
from pair_laws import BUCKINGHAM, exp6, pair_of_atoms

from knudsen.core.shapes import mie_shape, user_shape
from knudsen.md.potentials.pairs import PairTable


def test_a_users_potential_moves_atoms_as_its_formula_says():
    pairs = PairTable(1.0, 2.0, 2.5, form="force-shifted", shape=BUCKINGHAM)
    end, slope = exp6(2.5)
    for r in (0.9, 1.2, 2.4):
        energy, force = exp6(r)
        sim = pair_of_atoms(r, pairs)
        assert sim.energies().potential == pytest.approx(2 * (energy - end + (r - 2.5) * slope), rel=1e-12)
        assert sim.force_on_atoms[1, 0] == pytest.approx(2 * (force - slope), rel=1e-12)


KINK = user_shape(lambda r: 1 - r if r < 1 else 0.0, lambda r: 1.0 if r < 1 else 0.0)
SOUND = {
    "a kink": KINK,
    "a kink, differenced": user_shape(lambda r: 1 - r if r < 1 else 0.0),
    "bounded": user_shape(lambda r: math.exp(-r * r)),
    "steep": mie_shape(1000.0, 6.0),
    "an attractive core": BUCKINGHAM,
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_potentials_are_taken(name):
    PairTable(1.0, 1.0, 2.5, shape=SOUND[name])


UNSOUND = {
    "sign": (lambda r: math.exp(-r) / r, lambda r: -math.exp(-r) * (1 + 1 / r) / r, "disagree: from r = 2.5"),
    "a part in a thousand": (lambda r: r**-9.0, lambda r: 9.01 * r**-10.0, "disagree"),
    "core only": (lambda r: r**-9.0, lambda r: 9 * r**-10.0 if r > 1 else 8 * r**-10.0, "from r = 1.0"),
    "a step": (lambda r: -1.0 if r < 1.5 else 0.0, lambda r: 0.0, r"rises by -1 epsilon .* work 0"),
    "nan": (lambda r: math.log(r - 1), None, "finite inside its cut-off: at r = 1"),
    "force of nan": (
        lambda r: r**-9.0,
        lambda r: 9 * r**-10.0 * math.sqrt(r - 1.1),
        "finite .* its force nan",
    ),
    "no number": (lambda r: None, None, "return one number"),
    "no such function": (lambda r: r.exp(), None, "Unknown attribute 'exp'"),
}


@pytest.mark.parametrize("name", UNSOUND)
def test_unsound_potentials_are_refused_in_one_error(name):
    potential, force, words = UNSOUND[name]
    with pytest.raises(ValueError, match=words):
        PairTable(1.0, 1.0, 2.5, shape=user_shape(potential, force))
