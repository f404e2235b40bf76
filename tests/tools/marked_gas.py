"""One gas whose molecules have two names: a mixture of which theory must say what it says of one gas."""

from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere


def twins():
    sphere = VariableSoftSphere(3e-10)
    return Mixture([Species(name, 0.04, sphere, sphere, sphere) for name in ("A", "B")], "hs")
