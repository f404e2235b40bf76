"""Tables that cannot be: every fault is told at once, SI units are recognised."""

import numpy as np
import pytest
from lattices import lattice

from knudsen.md.potentials.pairs import PairTable
from knudsen.md.simulation import Simulation


def test_every_fault_of_a_table_is_told_at_once():
    with pytest.raises(ValueError) as told:
        PairTable(
            [[1, 1], [2, np.nan]], [[1, -1], [-1, 1]], [1, 2, 3], form="crop", shape=np.sin, switch_on=2
        )
    words = str(told.value)
    for part in (
        "7 faults", "sigma[0][1] = 1 but sigma[1][0] = 2", "sigma[1][1] must be positive and finite, got nan",
        "epsilon[0][1] must be positive (or 0", "cutoff must be a symmetric", "'crop'",
        "shape must be a Shape", "a switch begins",
    ):  # fmt: skip
        assert part in words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"sigma": []}, "one species at least"),
        ({"sigma": "wide"}, "numbers"),
        ({"cutoff": "far"}, "cutoff must be numbers"),
        ({"form": [["cut", "cut"]]}, "form must be a string, or a table of 1 x 1"),
        ({"shape": [[np.sin]]}, "every shape must be a Shape"),
        (
            {"sigma": np.ones((2, 2)), "form": [["cut", "shifted"], ["cut", "cut"]]},
            "form must be a symmetric",
        ),
        ({"cutoff": np.inf}, "finite"),
    ],
)
def test_bad_tables_are_refused(changes, words):
    with pytest.raises(ValueError, match=words):
        PairTable(**({"sigma": 1.0, "epsilon": 1.0, "cutoff": 2.5} | changes))


def test_numbers_in_si_units_are_recognised():
    with pytest.raises(ValueError, match="3 faults") as told:
        PairTable(3.4e-10, 1.65e-21, 1e-9)
    for word in ("metres", "joules", "ReducedUnits(...).length"):
        assert word in str(told.value)
    positions, velocities, length = lattice(3, 0.5)
    table = PairTable(1.0, 1.0, 2.4)
    with pytest.raises(ValueError, match="3 faults") as told:
        Simulation(
            3.4e-10 * positions, 158 * velocities, 3.4e-10 * length, table, timestep=2e-15, masses=[6.6e-26]
        )
    for word in ("box = ", "timestep = 2e-15 looks like seconds", "kilograms", "metres"):
        assert word in str(told.value)
    with pytest.raises(ValueError, match=r"temperature of 2\.\d+e\+04 .* v\[m/s\]"):
        Simulation(positions, 158 * velocities, length, table, timestep=0.002)
