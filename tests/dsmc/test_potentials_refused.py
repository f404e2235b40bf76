"""The engine says that it does not scatter by potentials yet, before a run starts."""

import pytest

from knudsen.core.gases import Mixture
from knudsen.core.interactions import LennardJones
from knudsen.dsmc.boundaries import Specular
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.filling import Filling
from knudsen.dsmc.simulation import Simulation


@pytest.mark.parametrize(
    "gas",
    [Mixture(["He", "Ar"], "lj"), Mixture(["He", "Ar"], "vss", {("He", "Ar"): LennardJones(3e-10, 30.0)})],
    ids=["model", "explicit pair"],
)
def test_a_potential_is_refused_by_name(gas):
    slab, filling = Slab(1e-6, 2, Specular(), Specular()), Filling(1e4, 300.0, (0.5, 0.5))
    with pytest.raises(ValueError, match=r"LennardJones potential.*choose a model of hs, vhs, vss, maxwell"):
        Simulation(gas, slab, filling, particles_per_cell=10, timestep=1e-10, device="cpu")
