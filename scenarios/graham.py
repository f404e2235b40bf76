"""Graham's law: two gases at equal pressure go through a pore, open at its ends, against each other.

At uniform pressure the walls take up no momentum along the pore.  If a species leaves there as much as its
flux times M^(1/2), as in the dusty gas, N_A / N_B = -(M_B / M_A)^(1/2).  Of free molecules that is exact
between ends at equal pressure, for each species passes as if alone; at other Kn it is an approximation.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import model_validator
from scipy.constants import N_A as AVOGADRO

from knudsen.core.gases import Mixture
from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import Gases
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.gas_flow.pore_config import PoreConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import Fraction
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    from knudsen import dsmc
    from knudsen.analysis import figures, gas_fields, statistics
    from knudsen.analysis.continuum import dusty_gas
    from knudsen.analysis.transition import binary_flows, free_molecular
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import pore, pore_run, run
else:
    dsmc, dusty_gas = lazily("knudsen.dsmc"), lazily("knudsen.analysis.continuum.dusty_gas")
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    gas_fields = lazily("knudsen.analysis.gas_fields")
    binary_flows = lazily("knudsen.analysis.transition.binary_flows")
    free_molecular = lazily("knudsen.analysis.transition.free_molecular")
    pore, pore_run = lazily("knudsen.scenarios.gas_flow.pore"), lazily("knudsen.scenarios.gas_flow.pore_run")
    run = lazily("knudsen.scenarios.gas_flow.run")

LEFT, RIGHT, A, B = 0, 1, 0, 1
DUSTY = "dusty gas at uniform pressure"


class GrahamConfig(PoreConfig):
    """The keys of pores, for two gases, of which more of A is on the left."""

    gases: Gases = ("He", "Ar")
    x_left: Fraction = 1.0
    x_right: Fraction = 0.0

    @model_validator(mode="after")
    def _of_two_gases(self) -> "GrahamConfig":
        found = []
        if len(self.gases) != 2:
            problem = f"{len(self.gases)} gases are named"
            found.append(Fault("gases", problem, 'name two, such as ["He", "Ar"]'))
        if self.x_left <= self.x_right:
            problem = f"{self.x_left:g} is no more than x_right, {self.x_right:g}"
            found.append(Fault("x_left", problem, "give more of A on the left"))
        if found:
            raise ConfigError(found)
        return self


def pore_of(config: GrahamConfig) -> "pore.Pore":
    """The pore with its two gases."""
    x_A = (config.x_left + config.x_right) / 2
    return pore.pore_of(config, Mixture(config.gases, config.model), (x_A, 1 - x_A))


def steps(config: GrahamConfig) -> int:
    """Steps of the run."""
    return pore.steps_of(pore_of(config))


def build(config: GrahamConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    state = config.pressure, config.temperature
    left, right = ((x, 1 - x) for x in (config.x_left, config.x_right))
    ends = dsmc.OpenReservoir(*state, left), dsmc.OpenReservoir(*state, right)
    filling = dsmc.Filling(*state, left, right)
    return pore.simulate(pore_of(config), ends, filling, steps(config), device)


def measure(config: GrahamConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    found = pore_run.steady_run(pore_of(config), samples)
    profiles = [*found.fields(), *fractions(found)]
    return Measurement(list(estimates(found)), profiles, found.resolution, samples.to_arrays())


def fractions(found: "pore_run.PoreRun") -> Iterator[Profile]:
    """x_A and x_B along the domain."""
    along = found.samples.along(0)
    measured = gas_fields.gas_fields(along)["mole_fraction"]
    for species, name in enumerate("AB"):
        value, error = measured.value[..., species], measured.stderr[..., species]
        yield Profile(f"mole_fraction_{name}", "1", along.positions, value, error)


def estimates(found: "pore_run.PoreRun") -> Iterator[Estimate]:
    """N_A / N_B and the two fluxes, each read where its reservoir sends the least against it."""
    channel = found.pore
    first, second = found.molar(found.net(RIGHT, A)), found.molar(found.net(LEFT, B))
    # What goes out on the left goes against x.
    fluxes = first, statistics.derive(lambda flux: -flux, second)
    expected = dusty_fluxes(channel)
    ratio = statistics.derive(lambda first, second: first / second, *fluxes)
    kind = channel.kind("approximate")
    graham = expected[0] / expected[1]
    source = "Graham: free molecules" if channel.is_free else "Graham: no momentum to the walls"
    yield Estimate("flux_ratio", ratio.value, ratio.stderr, "1", graham, channel.error(graham), kind, source)
    for name, flux, theory in zip("AB", fluxes, expected, strict=True):
        source = "Clausing's equation: free molecules" if channel.is_free else DUSTY
        yield Estimate(
            f"molar_flux_{name}", flux.value, flux.stderr, "mol m-2 s-1", theory, channel.error(theory),
            kind, source,
        )  # fmt: skip


def dusty_fluxes(channel: "pore.Pore") -> tuple[float, float]:
    """N_A and N_B of the dusty gas at uniform pressure, whose Knudsen limit is Clausing's [mol m-2 s-1]."""
    config = channel.config
    knudsen = channel.conductance_diffusivity(A), channel.conductance_diffusivity(B)
    D_AB = float(channel.theory.diffusion_binary(channel.composition[A], config.pressure))
    ends = config.x_left, config.x_right
    return dusty_gas.uniform_pressure_flux(
        ends, knudsen, D_AB, config.pressure, config.temperature, channel.diffusion_length
    )


def free_flux(channel: "pore.Pore", species: int) -> float:
    """Of free molecules, each species as if alone [mol m-2 s-1]."""
    config, W = channel.config, channel.free.transmission
    ends = [x if species == A else 1 - x for x in (config.x_left, config.x_right)]
    pressures, T = (config.pressure * ends[0], config.pressure * ends[1]), config.temperature
    flux = free_molecular.effusion_flux(channel.gas.masses[species], pressures, (T, T), W)
    return float(flux / AVOGADRO)


def long_slit(channel: "pore.Pore") -> list[float]:
    """N_A / N_B in a slit without end at uniform pressure, mean composition, by McCormack's model.

    N_A ~ x_A L_PC + x_B L_CC,  N_B ~ x_B (L_PC - L_CC);  none of other shapes, NaN beyond the model's delta.
    """
    config, (x_A, x_B) = channel.config, channel.composition
    if config.shape != "slit":
        return []
    delta = math.sqrt(math.pi) / 2 * channel.size / channel.mean_free_path
    if not 1e-4 <= delta <= 1e4:
        return [math.nan]
    gas, alpha = channel.theory.mixture, config.accommodation
    flow = binary_flows.binary_channel(gas, x_A, delta, config.temperature, alpha)
    first = x_A * flow.Lambda_PC + x_B * flow.Lambda_CC
    return [first / (x_B * (flow.Lambda_PC - flow.Lambda_CC))]


def curves(config: GrahamConfig, key: str, values: Sequence[float]) -> Mapping[str, Sequence["figures.Line"]]:
    """Graham's ratio, and the fluxes of the dusty gas and of free molecules, along a key that is swept."""
    ratios, first, second = [], [], []
    for changed in run.changed(config, key, values):
        channel = pore_of(changed)
        dusty = dusty_fluxes(channel)
        ratios.append((dusty[0] / dusty[1], *long_slit(channel)))
        first.append((dusty[0], free_flux(channel, A)))
        second.append((dusty[1], free_flux(channel, B)))
    names = ("Graham", "McCormack, long slit")[: len(ratios[0])]
    return {
        "flux_ratio": figures.lines(names, values, ratios),
        "molar_flux_A": figures.lines(("dusty gas", "free molecules"), values, first),
        "molar_flux_B": figures.lines(("dusty gas", "free molecules"), values, second),
    }


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    gases = result.config["gases"]
    measured = [result.profile(f"mole_fraction_{name}") for name in "AB"]
    figure = figures.profile_figure(
        measured, labels=gases, title="Two gases that pass each other", quantity="mole fraction"
    )
    figures.save(figure, folder, "mole_fraction")
    figure = figures.profile_figure([result.profile("pressure")], title="Pressure along the pore")
    figures.save(figure, folder, "pressure")


SCENARIO = Scenario(
    name="graham",
    summary=SCENARIOS["graham"].summary,
    Config=GrahamConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Graham's law",
)
