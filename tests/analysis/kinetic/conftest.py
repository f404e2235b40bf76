"""Gases that several tests of the kinetic theory share."""

import pytest

from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere


@pytest.fixture(scope="session")
def equal_diameters():
    """Mixtures of species of masses mass_ratio and 1 g/mol that meet by one interaction, d = 1 angstrom."""

    def mixture(mass_ratio, omega=0.5, alpha=1.0):
        shared = VariableSoftSphere(1e-10, omega, alpha, 300.0)
        heavy, light = (
            Species(name, 1e-3 * mass, shared, shared, shared)
            for name, mass in (("heavy", mass_ratio), ("light", 1))
        )
        return Mixture([heavy, light])

    return mixture
