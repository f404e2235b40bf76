"""Knudsen diffusion: gas through a tube, a slit or an orifice, from free molecules to the transition regime.

drive 'tracer': one gas at one pressure, whose molecules bear the mark of the reservoir they came from; both
marks diffuse, through each other and off the wall.  'vacuum': what streams from a reservoir into vacuum.
Free molecules do not tell the two apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from pydantic import model_validator

from knudsen.core.gases import TABLE, Mixture
from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import Gases
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.gas_flow.pore_config import PoreConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    import numpy as np

    from knudsen import dsmc
    from knudsen.analysis import figures, statistics
    from knudsen.analysis.continuum import pores
    from knudsen.analysis.statistics import Measured
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import pore, pore_run, run
else:
    np, dsmc = lazily("numpy"), lazily("knudsen.dsmc")
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    pores, open_faces = (
        lazily("knudsen.analysis.continuum.pores"),
        lazily("knudsen.dsmc.boundaries.open_faces"),
    )
    pore, pore_run = lazily("knudsen.scenarios.gas_flow.pore"), lazily("knudsen.scenarios.gas_flow.pore_run")
    run = lazily("knudsen.scenarios.gas_flow.run")

LEFT, RIGHT = 0, 1
CLAUSING = "Clausing's equation: free molecules"
BOSANQUET = "Bosanquet: Knudsen and molecular diffusion in series"
KLINKENBERG = "Klinkenberg: Knudsen's and Poiseuille's flow side by side"


class KnudsenDiffusionConfig(PoreConfig):
    """The keys of pores, and what drives the gas.

    drive : 'tracer', marks of one gas at one pressure, or 'vacuum', on the right
    """

    gases: Gases = ("Ar",)
    drive: Literal["tracer", "vacuum"] = "tracer"

    @property
    def tracer(self) -> bool:
        """Whether marks trade places."""
        return self.drive == "tracer"

    @model_validator(mode="after")
    def _of_one_gas(self) -> "KnudsenDiffusionConfig":
        if len(self.gases) > 1:
            remedy = "name one, or run graham"
            raise ConfigError([Fault("gases", f"{len(self.gases)} gases are named", remedy)])
        return self


def pore_of(config: KnudsenDiffusionConfig) -> "pore.Pore":
    """The pore, with the gas or with its two marks."""
    gas = TABLE[config.gases[0]]
    marked = [replace(gas, name=f"{gas.name}, {side}") for side in ("left", "right")]
    return pore.pore_of(config, Mixture(marked if config.tracer else [gas], config.model), (1.0,))


def steps(config: KnudsenDiffusionConfig) -> int:
    """Steps of the run."""
    return pore.steps_of(pore_of(config))


def build(config: KnudsenDiffusionConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    T, p = config.temperature, config.pressure
    if config.tracer:
        ends = [dsmc.OpenReservoir(p, T, marks) for marks in ((1.0, 0.0), (0.0, 1.0))]
        filling = dsmc.Filling(p, T, (1.0, 0.0), (0.0, 1.0))
    else:
        ends = [dsmc.OpenReservoir(p, T, (1.0,)), dsmc.EvaporatingSurface(T, (0.0,))]
        filling = dsmc.Filling(p, T, (1.0,))
    return pore.simulate(pore_of(config), tuple(ends), filling, steps(config), device)


def measure(config: KnudsenDiffusionConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    found = pore_run.steady_run(pore_of(config), samples)
    profiles = [*found.fields(), *wall_profiles(found)]
    return Measurement(list(estimates(found)), profiles, found.resolution, samples.to_arrays())


def transmitted(found: "pore_run.PoreRun") -> "Measured":
    """W: what has passed over what has entered, of both marks."""
    if not found.pore.config.tracer:
        return statistics.derive(lambda gone, sent: gone / sent, found.gone(RIGHT, 0), found.sent(LEFT, 0))
    return statistics.derive(
        lambda a, b, from_left, from_right: (a + b) / (from_left + from_right),
        found.gone(RIGHT, 0), found.gone(LEFT, 1), found.sent(LEFT, 0), found.sent(RIGHT, 1),
    )  # fmt: skip


def wall_flux(found: "pore_run.PoreRun") -> "Measured":
    """v: what meets the wall over what enters at one end [cell along the pore], of both marks."""
    first = statistics.derive(
        lambda met, sent: met / sent[..., None], found.on_the_wall(0), found.sent(LEFT, 0)
    )
    if not found.pore.config.tracer:
        return first
    second = statistics.derive(
        lambda met, sent: met[..., ::-1] / sent[..., None], found.on_the_wall(1), found.sent(RIGHT, 1)
    )
    return statistics.derive(lambda one, other: (one + other) / 2, first, second)


def wall_profiles(found: "pore_run.PoreRun") -> Iterator[Profile]:
    """v along the pore, beside that of free molecules."""
    flux, free = wall_flux(found), found.pore.free.wall_flux
    yield Profile("wall_flux", "1", found.places, flux.value, flux.stderr)
    yield Profile("wall_flux_theory", "1", found.places, free, np.zeros_like(free))


def estimates(found: "pore_run.PoreRun") -> Iterator[Estimate]:
    """W; of a pore, not a plate, its diffusivity by the slope of v in the middle, and that over Bosanquet's.

    D = speed W / (4 |dv/dx|), read alike from Clausing's equation: of a pore L long, 11 % less than that of a
    tube without end at L / R = 10.  Bosanquet's law takes that D for the pore's own.
    """
    channel, W = found.pore, transmitted(found)
    free = channel.free.transmission
    yield Estimate(
        "transmission", W.value, W.stderr, "1", free, channel.error(free), channel.kind(), CLAUSING
    )
    if channel.cells[0] == 1:
        return
    scale = channel.speeds[0] * channel.length / 4
    D = statistics.derive(lambda W, v: scale * W / pore.middle_slope(v), W, wall_flux(found))
    theory = channel.knudsen_diffusivity()
    yield Estimate(
        "knudsen_diffusivity", D.value, D.stderr, "m2 s-1", theory, channel.error(theory), channel.kind(),
        f"{CLAUSING}, read alike",
    )  # fmt: skip
    expected = interpolated(channel, theory, mean_pressure(found))
    source = BOSANQUET if channel.config.tracer else KLINKENBERG
    yield Estimate(
        "bosanquet_ratio", D.value / expected, D.stderr / expected, "1", 1.0, 0.0, "approximate", source
    )


def mean_pressure(found: "pore_run.PoreRun") -> float:
    """Of a gas that streams into vacuum, in the middle of the pore [Pa]."""
    middle = wall_flux(found).value
    return float(np.interp(0.5, np.linspace(0, 1, len(middle)), middle)) * found.pore.config.pressure


def interpolated(channel: "pore.Pore", knudsen: float, pressure: float) -> float:
    """D of Bosanquet's law, of marks, or of Klinkenberg's, of a gas that a pressure drives [m2/s]."""
    if channel.config.tracer:
        return float(pores.bosanquet(knudsen, channel.self_diffusion))
    viscosity = float(channel.theory.viscosity((1.0,)))
    size, shape = (channel.size, "slit") if channel.config.shape == "slit" else (2 * channel.size, "tube")
    own = pores.viscous_permeability(size, shape)
    return float(pores.knudsen_permeability(own, knudsen, viscosity, pressure) * pressure / viscosity)


def curves(
    config: KnudsenDiffusionConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """Bosanquet's or Klinkenberg's law, free molecules, and a continuum's, along a key that is swept."""
    if config.shape == "orifice":
        return {}
    diffusivities, transmissions = [], []
    for changed in run.changed(config, key, values):
        channel = pore_of(changed)
        of_ends = 4 / (channel.speeds[0] * channel.length)
        rows = []
        for knudsen in (channel.knudsen_diffusivity(), channel.conductance_diffusivity()):
            both = interpolated(channel, knudsen, changed.pressure / 2)
            dense = channel.self_diffusion if changed.tracer else both - knudsen
            rows.append((both, knudsen, dense))
        diffusivities.append(rows[0])
        transmissions.append([of_ends * D for D in rows[1]])
    law, last = ("Bosanquet", "molecular diffusion") if config.tracer else ("Klinkenberg", "Poiseuille")
    names = (law, "free molecules", last)
    return {
        "transmission": figures.lines(names, values, transmissions),
        "knudsen_diffusivity": figures.lines(names, values, diffusivities),
    }


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    measured, theory = result.profile("wall_flux"), result.profile("wall_flux_theory")
    line = figures.Line("free molecules, Clausing", theory.position, theory.value)
    figure = figures.profile_figure(
        [measured], [line], labels=["DSMC"], title="What meets the wall, over what enters",
        quantity="wall flux over entering flux",
    )  # fmt: skip
    figures.save(figure, folder, "wall_flux")


SCENARIO = Scenario(
    name="knudsen_diffusion",
    summary=SCENARIOS["knudsen_diffusion"].summary,
    Config=KnudsenDiffusionConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    title="Knudsen diffusion",
)
