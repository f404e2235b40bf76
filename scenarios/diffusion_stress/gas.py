"""The two gases that move through each other: of the table, or models of any mass ratio."""

from itertools import combinations_with_replacement
from typing import TYPE_CHECKING

from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig

MOLAR_MASS = 4e-3  # of the model gas B [kg/mol]
DIAMETER = 4e-10  # of model molecules [m]
OMEGA, ALPHA = 0.81, 1.4  # of model soft spheres


def gas_of(config: "DiffusionStressConfig") -> Mixture:
    """The config's gases, A first."""
    if config.mass_ratio is None:
        assert config.gases is not None
        return Mixture(config.gases, config.model)
    A, B = _model_species("A", config.mass_ratio), _model_species("B", 1.0)
    pairs = {}
    if config.model == "maxwell":
        unit = _reduced_mass(A, B)
        # sigma_T g = pi d^2 (2 k T / m_r)^(1/2) / Gamma(3/2) is one number for all pairs.
        for first, second in combinations_with_replacement((A, B), 2):
            wide = DIAMETER * (_reduced_mass(first, second) / unit) ** 0.25
            pairs[first.name, second.name] = VariableSoftSphere(wide, 1.0)
    return Mixture([A, B], config.model, pairs)


def _model_species(name: str, ratio: float) -> Species:
    """Spheres of DIAMETER, `ratio` times as heavy as B."""
    spheres = (
        VariableSoftSphere(DIAMETER),
        VariableSoftSphere(DIAMETER, OMEGA),
        VariableSoftSphere(DIAMETER, OMEGA, ALPHA),
    )
    return Species(name, ratio * MOLAR_MASS, *spheres)


def _reduced_mass(first: Species, second: Species) -> float:
    return first.mass * second.mass / (first.mass + second.mass)
