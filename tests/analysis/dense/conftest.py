"""Hard spheres that several tests of the dense gas share."""

import pytest

from knudsen.core.gases import Species
from knudsen.core.interactions import VariableSoftSphere


@pytest.fixture(scope="session")
def sphere():
    """Hard spheres by name, mass in g/mol and diameter in angstrom."""

    def species(name, mass, diameter):
        pair = VariableSoftSphere(diameter * 1e-10)
        return Species(name, mass * 1e-3, pair, pair, pair)

    return species
