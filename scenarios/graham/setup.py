"""The pore with its two gases, how long its run is, and what that costs."""

from typing import TYPE_CHECKING

from knudsen.core.gases import Mixture
from knudsen.dsmc import ExchangeReservoir, Filling, OpenReservoir, Simulation
from knudsen.scenarios.gas_flow import pore

if TYPE_CHECKING:
    from knudsen.scenarios.graham import GrahamConfig


def pore_of(config: "GrahamConfig") -> pore.Pore:
    """The pore with its two gases."""
    x_A = (config.x_left + config.x_right) / 2
    return pore.pore_of(config, Mixture(config.gases, config.model), (x_A, 1 - x_A))


def steps(config: "GrahamConfig") -> int:
    """Steps of the run."""
    return pore.steps_of(pore_of(config))


def warnings(config: "GrahamConfig") -> list[str]:
    """What a run costs that takes long."""
    return pore.cost_warnings(pore_of(config))


def build(config: "GrahamConfig", device: str) -> Simulation:
    """The simulation of a config at its start, sampling from the first step on."""
    p, T = config.pressure, config.temperature
    compositions = [(x, 1 - x) for x in (config.x_left, config.x_right)]
    if config.closed:
        ends = [ExchangeReservoir(T, composition) for composition in compositions]
    else:
        ends = [OpenReservoir(p, T, composition) for composition in compositions]
    filling = Filling(p, T, *compositions)
    return pore.simulate(pore_of(config), (ends[0], ends[1]), filling, steps(config), device)
