"""Knudsen diffusion: gas through a tube, a slit or an orifice, from free molecules to the transition regime.

drive 'tracer': one gas at one pressure, whose molecules bear the mark of the reservoir they came from; both
marks diffuse, through each other and off the wall.  'pressure': what streams from a reservoir into another at
`pressure_ratio` of its pressure, or into vacuum.  Free molecules do not tell the two apart.

`transmission` W is what passes over the difference of what the two reservoirs send.  `knudsen_diffusivity` is
the pore's D, per section; c the mean thermal speed,

    tube, slit   D = c W / (4 |dv/dx|), v the flux to the wall over that difference, of a straight line
                 through the middle half: the pore's own D, without its ends
    orifice      D = c W L_h / 4, L_h = L + pi R / 2 the length of a duct as wide that resists diffusion as
                 the hole does, L that of the plate

Collisions change both.  Without, D is Knudsen's; `bosanquet_ratio` is D over Bosanquet's of marks, over
Klinkenberg's (Knudsen's and viscous flow side by side) of a gas that pressure drives.  A sweep over `knudsen`
keeps the pressure and changes the pore, one over `pressure` at a given `length` keeps the pore.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from knudsen.core.gases import TABLE, Mixture
from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import Gases
from knudsen.scenarios.faults import Fault
from knudsen.scenarios.gas_flow.pore_config import NotNegative, PoreConfig
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import Measurement, Scenario

if TYPE_CHECKING:
    import numpy as np

    from knudsen import dsmc
    from knudsen.analysis import figures, statistics
    from knudsen.analysis.continuum import pores
    from knudsen.analysis.statistics import Array, Measured
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.gas_flow import pore, pore_run, pore_theory, run
else:
    np, dsmc = lazily("numpy"), lazily("knudsen.dsmc")
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    pores = lazily("knudsen.analysis.continuum.pores")
    pore, pore_run = lazily("knudsen.scenarios.gas_flow.pore"), lazily("knudsen.scenarios.gas_flow.pore_run")
    pore_theory = lazily("knudsen.scenarios.gas_flow.pore_theory")
    run = lazily("knudsen.scenarios.gas_flow.run")

LEFT, RIGHT = 0, 1
BOSANQUET = "Bosanquet: Knudsen and molecular diffusion in series"
KLINKENBERG = "Klinkenberg: Knudsen's and viscous flow side by side"


class KnudsenDiffusionConfig(PoreConfig):
    """The keys of pores, and what drives the gas.

    drive : 'tracer', marks of one gas at one pressure, or 'pressure'
    pressure_ratio : of 'pressure', the right reservoir's over the left one's, not 1; vacuum if left out
    """

    gases: Gases = ("Ar",)
    drive: Literal["tracer", "pressure"] = "tracer"
    pressure_ratio: NotNegative | None = None

    @property
    def tracer(self) -> bool:
        """Whether marks trade places."""
        return self.drive == "tracer"

    @property
    def right_pressure(self) -> float:
        """Of the right reservoir [Pa]."""
        return self.pressure * (1.0 if self.tracer else self.pressure_ratio or 0.0)

    def faults(self) -> list[Fault]:
        """Also of several gases, or of a pressure that drives none."""
        found = super().faults()
        if len(self.gases) > 1:
            problem = f"{len(self.gases)} gases are named"
            found.append(Fault("gases", problem, "name one, or run graham"))
        if self.tracer and self.pressure_ratio is not None:
            problem = f"{self.pressure_ratio:g} is given, where marks trade places at one pressure"
            found.append(Fault("pressure_ratio", problem, "leave it out, or give drive = 'pressure'"))
        if self.right_pressure == self.pressure and not self.tracer:
            problem = "1 drives nothing through the pore"
            found.append(Fault("pressure_ratio", problem, "give another, or drive = 'tracer'"))
        return found


def pore_of(config: KnudsenDiffusionConfig) -> "pore.Pore":
    """The pore, with the gas or with its two marks."""
    gas = TABLE[config.gases[0]]
    marked = [replace(gas, name=f"{gas.name}, {side}") for side in ("left", "right")]
    simulated = Mixture(marked if config.tracer else [gas], config.model)
    return pore.pore_of(config, simulated, (1.0,), config.right_pressure / config.pressure)


def steps(config: KnudsenDiffusionConfig) -> int:
    """Steps of the run."""
    return pore.steps_of(pore_of(config))


def warnings(config: KnudsenDiffusionConfig) -> Sequence[str]:
    """What a costly run costs."""
    return pore.cost_warnings(pore_of(config))


def build(config: KnudsenDiffusionConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    channel, T = pore_of(config), config.temperature
    first, last = config.pressure, config.right_pressure
    if config.tracer:
        ends = [dsmc.OpenReservoir(first, T, marks) for marks in ((1.0, 0.0), (0.0, 1.0))]
        filling = dsmc.Filling(first, T, (1.0, 0.0), (0.0, 1.0))
    else:
        vacuum = dsmc.EvaporatingSurface(T, (0.0,))
        ends = [dsmc.OpenReservoir(p, T, (1.0,)) if p > 0 else vacuum for p in (first, last)]
        filling = dsmc.Filling(channel.mean_pressure, T, (1.0,))
    return pore.simulate(channel, tuple(ends), filling, steps(config), device)


def measure(config: KnudsenDiffusionConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    found = pore_run.steady_run(pore_of(config), samples)
    profiles = [*found.fields(), *(wall_profiles(found) if found.pore.has_bore else ())]
    return Measurement(list(estimates(found)), profiles, found.resolution, samples.to_arrays())


def transmitted(found: "pore_run.PoreRun") -> "Measured":
    """W: what has passed over what has entered, of both marks, or of the difference of the two ends."""
    sent = found.sent(LEFT, 0), found.sent(RIGHT, 0)
    if not found.pore.config.tracer:
        return statistics.derive(
            lambda net, left, right: net / (left - right), found.net(RIGHT, 0), *sent
        )  # fmt: skip
    return statistics.derive(
        lambda a, b, from_left, from_right: (a + b) / (from_left + from_right),
        found.gone(RIGHT, 0), found.gone(LEFT, 1), sent[LEFT], found.sent(RIGHT, 1),
    )  # fmt: skip


def wall_flux(found: "pore_run.PoreRun") -> "Measured":
    """v: what meets the wall over what enters at one end [cell along the pore], of both marks.

    Of a gas that pressure drives less what the right reservoir sends, over the difference of the ends.
    """
    met, left = found.on_the_wall(0), found.sent(LEFT, 0)
    if not found.pore.config.tracer:
        return statistics.derive(
            lambda met, left, right: (met - right[..., None]) / (left - right)[..., None],
            met, left, found.sent(RIGHT, 0),
        )  # fmt: skip
    return statistics.derive(
        lambda one, left, other, right: (one / left[..., None] + other[..., ::-1] / right[..., None]) / 2,
        met, left, found.on_the_wall(1), found.sent(RIGHT, 1),
    )  # fmt: skip


def wall_profiles(found: "pore_run.PoreRun") -> Iterator[Profile]:
    """v along the pore, beside that of free molecules."""
    flux, free = wall_flux(found), found.pore.free.wall_flux
    yield Profile("wall_flux", "1", found.places, flux.value, flux.stderr)
    yield Profile("wall_flux_theory", "1", found.places, free, np.zeros_like(free))


def estimates(found: "pore_run.PoreRun") -> Iterator[Estimate]:
    """W, the pore's diffusivity, and that over Bosanquet's or Klinkenberg's, where Knudsen's is known.

    The slope of v is read alike from Clausing's equation: D is 11 % less than that of a tube without end at
    L / R = 10, 20 % at 4.  Collisions shorten the flights that feel the ends: marks of short pores exceed the
    law, which has Knudsen's D of free flights, by some 9 % at L / R = 4 and Kn = 0.3 to 1.
    """
    channel, W = found.pore, transmitted(found)
    scale, whole = channel.speeds[0] * channel.diffusion_length / 4, channel.conductance_diffusivity()
    law = interpolated(channel, whole, channel.mean_pressure) / scale
    yield beside(found, "transmission", "1", W, channel.free.transmission, law, "free molecules")
    D, pressure, how = statistics.derive(lambda W: scale * W, W), channel.mean_pressure, "free molecules"
    if channel.has_bore:
        flux, how = wall_flux(found), f"{how}, read alike"
        D = statistics.derive(lambda W, v: scale * W / pore_theory.middle_slope(v), W, flux)
        pressure = middle_pressure(channel, flux.value)
    knudsen = channel.knudsen_diffusivity()
    law = interpolated(channel, knudsen, pressure)
    yield beside(found, "knudsen_diffusivity", "m2 s-1", D, knudsen, law, how)
    if not np.isnan(knudsen):
        yield beside_law(channel, "bosanquet_ratio", "1", statistics.derive(lambda D: D / law, D), 1.0)


def beside(
    found: "pore_run.PoreRun", name: str, unit: str, measured: "Measured", free: float, law: float, how: str
) -> Estimate:
    """An estimate beside Clausing's number of free molecules, beside the law where they collide."""
    if found.pore.is_free or np.isnan(free):
        return found.beside_clausing(name, unit, measured, free, how)
    return beside_law(found.pore, name, unit, measured, law)


def beside_law(channel: "pore.Pore", name: str, unit: str, measured: "Measured", law: float) -> Estimate:
    """An estimate beside Bosanquet's or Klinkenberg's number."""
    source = BOSANQUET if channel.config.tracer else KLINKENBERG
    return Estimate(name, measured.value, measured.stderr, unit, law, 0.0, "approximate", source)


def middle_pressure(channel: "pore.Pore", flux: "Array") -> float:
    """In the middle of the pore, by what meets its wall there [Pa]."""
    first, last = channel.config.pressure, channel.config.right_pressure
    return last + (first - last) * float(np.interp(0.5, np.linspace(0, 1, len(flux)), flux))


def interpolated(channel: "pore.Pore", knudsen: float, pressure: float) -> float:
    """D of Bosanquet's law, of marks, or of Klinkenberg's, of a gas that a pressure drives [m2/s]."""
    if np.isnan(knudsen):
        return np.nan
    if channel.config.tracer:
        return float(pores.bosanquet(knudsen, channel.self_diffusion))
    B = pores.knudsen_permeability(channel.permeability, knudsen, channel.viscosity, pressure)
    return float(B * pressure / channel.viscosity)


def curves(
    config: KnudsenDiffusionConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """Bosanquet's or Klinkenberg's law, free molecules, and a continuum's, along a key that is swept.

    Of what a pressure drives also the flow through a pore without end, which shows Knudsen's minimum.
    """
    diffusivities, transmissions, endless = [], [], []
    for changed in run.changed(config, key, values):
        channel = pore_of(changed)
        of_ends = 4 / (channel.speeds[0] * channel.diffusion_length)
        own, whole = limits(channel, channel.knudsen_diffusivity()), channel.conductance_diffusivity()
        diffusivities.append(own)
        transmissions.append([of_ends * D for D in limits(channel, whole)])
        if channel.has_bore and not (changed.tracer or changed.lord):
            endless.append([channel.endless_diffusivity()])
    law, last = ("Bosanquet", "molecular diffusion") if config.tracer else ("Klinkenberg", "viscous flow")
    names = (law, "free molecules", last)
    long = figures.lines([f"long {config.shape}, Shakhov's model"], values, endless) if endless else []
    return {
        "transmission": figures.lines(names, values, transmissions),
        "knudsen_diffusivity": [*figures.lines(names, values, diffusivities), *long],
    }


def limits(channel: "pore.Pore", knudsen: float) -> tuple[float, float, float]:
    """D of the law, of free molecules and of a continuum [m2/s]."""
    both = interpolated(channel, knudsen, channel.mean_pressure)
    return both, knudsen, channel.self_diffusion if channel.config.tracer else both - knudsen


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    if result.config["shape"] != "orifice":
        measured, theory = result.profile("wall_flux"), result.profile("wall_flux_theory")
        line = figures.Line("free molecules, Clausing", theory.position, theory.value)
        figure = figures.profile_figure(
            [measured], [line], labels=["DSMC"], title="What meets the wall, over what enters",
            quantity="wall flux over entering flux",
        )  # fmt: skip
        figures.save(figure, folder, "wall_flux")
    what = "what is marked on the left" if result.config["drive"] == "tracer" else "the gas"
    figure = figures.profile_figure(
        [result.profile("density")], title=f"Density of {what}, mean over the section",
        quantity="density over left reservoir's",
    )  # fmt: skip
    figures.save(figure, folder, "density")


SCENARIO = Scenario(
    name="knudsen_diffusion",
    summary=SCENARIOS["knudsen_diffusion"].summary,
    Config=KnudsenDiffusionConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    warnings=warnings,
    dimensions=DIMENSIONS,
    title="Knudsen diffusion",
)
