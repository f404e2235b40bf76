"""The kinetic theory that a flow between plates is held against."""

from typing import TYPE_CHECKING, NamedTuple

from knudsen.analysis.transition.hard_sphere_kernel import Resolution, hard_sphere_gas
from knudsen.analysis.transition.model_equations import relaxing_gas
from knudsen.analysis.transition.operators import KineticGas
from knudsen.core.results import TheoryKind
from knudsen.scenarios.gas_flow.scale import Scale

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig

HARD_SPHERES = "linearised Boltzmann equation, hard spheres"
SHAKHOV = "Shakhov's model equation, another molecule"
ORDINATES = Resolution(20, 8, 16, 6)  # made in half a second
ORDINATES_ERROR = 3e-5  # of creep; of the other flows 4e-6
RARE, RARE_ERROR = 0.01, 4e-3  # a slit's flow rate below this delta, where molecules fly far along the plates


class Theory(NamedTuple):
    """A kinetic gas, how well it stands for the simulated one, its name, and its relative error."""

    gas: KineticGas
    kind: TheoryKind
    source: str
    error: float = ORDINATES_ERROR


def kinetic_theory(config: "FlowConfig", scale: Scale) -> Theory | None:
    """Of one gas between Maxwell's plates; None for other walls, tubes and mixtures, which it cannot hold."""
    if config.tube or config.lord or len(config.gases) > 1:
        return None
    if config.model == "hs":
        error = RARE_ERROR if scale.delta < RARE else ORDINATES_ERROR
        return Theory(hard_sphere_gas(ORDINATES), "numerical", HARD_SPHERES, error)
    prandtl = float(scale.theory.prandtl_number(scale.composition))
    return Theory(relaxing_gas(prandtl), "approximate", SHAKHOV)
