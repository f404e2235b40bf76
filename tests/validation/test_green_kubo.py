"""Green-Kubo coefficients of DSMC to 0.1 % against infinite-order Chapman-Enskog theory of the same law."""

from dataclasses import replace

import pytest

from knudsen.benchmarks.dsmc_green_kubo import CASES, integrals, rows

pytestmark = pytest.mark.slow
# Largest difference from theory, and largest standard error, relative.
WITHIN = dict.fromkeys(("viscosity", "thermal_conductivity", "diffusion_binary"), (0.002, 0.001))
WITHIN_OF_MIXTURES = {"diffusion_binary": (0.003, 0.002), "thermal_diffusion_factor": (0.02, 0.01)}


@pytest.mark.parametrize("name", ["hs", "vss", "lj", "he-ar"])
def test_coefficients(name: str) -> None:
    """mu, lambda and D_11 of argon within 0.2 %, D_12 and alpha_T of He-Ar within 0.3 and 2 %."""
    case = CASES[name]
    theory, found = integrals(case)
    limits = WITHIN if case.gases[0] == case.gases[1] else WITHIN_OF_MIXTURES
    measured = {row.name: row for row in rows(case, theory, found)}
    for coefficient, (within, error) in limits.items():
        row = measured[coefficient]
        assert row.error < error, row
        assert abs(row.difference) < min(within, 4 * row.error), row
    # The control: what the box adds to the conductivity of one gas, or to alpha_T of two, would be seen.
    sensitive = "thermal_conductivity" if case.gases[0] == case.gases[1] else "thermal_diffusion_factor"
    bare = replace(measured[sensitive], excess=0.0)
    assert abs(bare.difference) > 4 * bare.error
