"""What theory expects of two gases in a pore: free molecules, the dusty gas, a long slit, a continuum."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.polynomial import Polynomial
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.continuum.dusty_gas import DustyGas, uniform_pressure_flux
from knudsen.analysis.figures import Line, lines
from knudsen.analysis.transition.bulbs import closed_pressure_ratio, diffusion_slip_pressure, slit_flow
from knudsen.core.faults import SimulationFault
from knudsen.scenarios.gas_flow.pore import Pore
from knudsen.scenarios.gas_flow.run import changed
from knudsen.scenarios.graham.setup import pore_of

if TYPE_CHECKING:
    from knudsen.scenarios.graham import GrahamConfig

A, B = 0, 1
FREE = "Clausing's equation: free molecules"
DUSTY = "dusty gas"
WIDE = 1e9  # D_K over D_AB, where walls do not resist
SAME, ROUNDS = 1e-8, 50  # of the mean pressure
DEGREE, POINTS = 8, 21  # of the viscosity in the composition


class Expected(NamedTuple):
    """N_A and N_B [mol m-2 s-1], and (p_right - p_left) over their mean [-]; NaN where none is known."""

    fluxes: tuple[float, float]
    pressure_difference: float
    source: str


UNKNOWN = Expected((math.nan, math.nan), math.nan, "")


def flux_ratio(channel: Pore) -> float:
    """N_A / N_B: Graham's, of closed bulbs -1."""
    first, second = channel.theory.mixture.masses
    return -1.0 if channel.config.closed else -math.sqrt(second / first)


def expected(channel: Pore) -> Expected:
    """Of free molecules where they are, exact of Maxwell's walls; else of the dusty gas."""
    if math.isnan(channel.free.transmission):
        return UNKNOWN
    return free(channel) if channel.is_free else dusty(channel)


def free(channel: Pore) -> Expected:
    """Of free molecules, each species as if alone."""
    config = channel.config
    x, masses = np.array([config.x_left, config.x_right]), channel.theory.mixture.masses
    ratio = closed_pressure_ratio(tuple(x), tuple(masses)) if config.closed else 1.0
    falls = [share[0] - ratio * share[1] for share in (x, 1 - x)]  # of partial pressures, over the left p
    of_each = (channel.conductance_diffusivity(species) for species in (A, B))
    scale = 2 * config.pressure / (1 + ratio) / (GAS_CONSTANT * config.temperature * channel.diffusion_length)
    first, second = (float(scale * D * fall) for D, fall in zip(of_each, falls, strict=True))
    return Expected((first, second), 2 * (ratio - 1) / (ratio + 1), FREE)


def dusty(channel: Pore) -> Expected:
    """Of the dusty gas of Clausing's Knudsen diffusivities, ends included; closed, and of viscous flow."""
    config = channel.config
    if config.closed:
        return _closed(channel)
    knudsen = channel.conductance_diffusivity(A), channel.conductance_diffusivity(B)
    ends, state = (config.x_left, config.x_right), (config.pressure, config.temperature)
    fluxes = uniform_pressure_flux(ends, knudsen, _diffusion(channel), *state, channel.diffusion_length)
    return Expected(fluxes, 0.0, f"{DUSTY} at uniform pressure")


def continuum(channel: Pore) -> tuple[float, float]:
    """N_A and N_B of molecular diffusion alone, the walls' ratio of them given [mol m-2 s-1]."""
    config, D_AB = channel.config, _diffusion(channel)
    wide = WIDE * D_AB
    knudsen = (wide, -wide / flux_ratio(channel))
    ends, state = (config.x_left, config.x_right), (config.pressure, config.temperature)
    return uniform_pressure_flux(ends, knudsen, D_AB, *state, channel.diffusion_length)


def _diffusion(channel: Pore) -> float:
    """D_AB at the mean composition and pressure [m2/s]."""
    return float(channel.theory.diffusion_binary(channel.composition[A], channel.config.pressure))


def _closed(channel: Pore) -> Expected:
    """Between closed bulbs, the mean pressure along the pore the config's.

    Of the resistance 1 / W of tubes and slits to free molecules 1 is of the ends, through which gas flows as
    by effusion; of a hole that is all, and viscous flow goes beside it.  Raises
    SimulationFault where the pressures do not settle.
    """
    config, length = channel.config, channel.diffusion_length
    whole = np.array([channel.conductance_diffusivity(species) for species in (A, B)])
    share = channel.free.transmission if channel.has_bore else 0.0
    gas = DustyGas(
        config.temperature, whole / (1 - share), np.full((2, 2), _diffusion(channel)), config.pressure,
        channel.permeability, _viscosity(channel),
    )  # fmt: skip
    either = GAS_CONSTANT * config.temperature * length * share / whole / 2
    bulbs, start = [(x, 1 - x) for x in (config.x_left, config.x_right)], config.pressure
    for _ in range(ROUNDS):
        state = gas.closed_bulbs(*bulbs, start, length, either)
        excess = np.trapezoid(state.pressure, state.position) / length / config.pressure - 1
        if abs(excess) < SAME:
            break
        start /= 1 + excess
    else:
        raise SimulationFault(
            f"the dusty gas's mean pressure is still off by {excess:.2g} of itself after {ROUNDS} rounds: "
            "bring x_left and x_right nearer"
        )
    first, last = state.molar_flux.tolist()
    other = state.pressure[-1] - either @ state.molar_flux
    return Expected((first, last), float(2 * (other - start) / (other + start)), DUSTY)


def _viscosity(channel: Pore) -> Callable[[np.ndarray], np.ndarray]:
    """mu as a polynomial in x_A, for integrators may try what no composition is."""
    x = np.linspace(0, 1, POINTS)
    fitted = Polynomial.fit(x, channel.theory.viscosity(np.stack([x, 1 - x], axis=-1)), DEGREE)
    return lambda fractions: fitted(fractions[A])


def long_slit(channel: Pore) -> tuple[float, float]:
    """N_A / N_B and the pressure difference in a slit without ends, by McCormack's model; NaN beyond it."""
    config, delta = channel.config, math.sqrt(math.pi) / 2 * channel.size / channel.mean_free_path
    if not 1e-3 <= delta <= 1e3:
        return math.nan, math.nan
    flow = slit_flow(
        channel.theory.mixture, (config.x_left, config.x_right), config.pressure, channel.size,
        config.temperature, config.accommodation, config.closed,
    )  # fmt: skip
    return flow.flux_ratio, flow.pressure_difference


def slip_pressure(channel: Pore) -> float:
    """Pressure difference of diffusion slip in a continuum."""
    config = channel.config
    ends = config.x_left, config.x_right
    return diffusion_slip_pressure(channel.theory, ends, config.pressure, channel.permeability)


def curves(config: "GrahamConfig", key: str, values: Sequence[float]) -> Mapping[str, Sequence[Line]]:
    """Along a key that is swept: the dusty gas and its two limits, and a long slit of Maxwell's walls."""
    pores = [pore_of(each) for each in changed(config, key, values)]
    known = not any(math.isnan(channel.free.transmission) for channel in pores)
    between = [dusty(channel) if known else UNKNOWN for channel in pores]
    alone = [free(channel) for channel in pores]
    ratios = [Line("equimolar" if config.closed else "Graham", values, list(map(flux_ratio, pores)))]
    found, names = {"flux_ratio": ratios}, ("dusty gas", "free molecules")
    if known:
        of_each = zip(between, alone, pores, strict=True)
        fluxes = np.array([(d.fluxes, f.fluxes, continuum(channel)) for d, f, channel in of_each])
        for species, name in enumerate("AB"):
            labels = (*names, "molecular diffusion")
            found[f"molar_flux_{name}"] = lines(labels, values, fluxes[..., species])
    if config.closed:
        rows = [
            (d.pressure_difference, f.pressure_difference, slip_pressure(channel))
            for d, f, channel in zip(between, alone, pores, strict=True)
        ]
        drawn = lines((*names, "diffusion slip"), values, rows)
        found["pressure_difference"] = drawn if known else drawn[1:]
    if config.shape == "slit" and not config.lord:
        name = "pressure_difference" if config.closed else "flux_ratio"
        slits = [long_slit(channel)[config.closed] for channel in pores]
        found[name].append(Line("McCormack, long slit", values, slits))
    return found
