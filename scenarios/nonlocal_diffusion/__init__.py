"""Diffusion over a few mean free paths: a wave of marked molecules decays in a uniform gas at rest.

At t = 0 the share cos^2(k x / 2) of the molecules of A is marked, in a periodic box of one wavelength;
nothing else tells them from the rest.  F(t) is what is left of the wave; the area under it gives D(k)::

    D(k) = [1 - F(T)] / (k^2 int_0^T F dt),    D(0) from Chapman-Enskog theory

T is several decay times, so that D(k) is within 1e-3 of what T -> oo gives; theory is read over the same T.
What the run needs is imported when it runs, so that a config is read and rejected at once.
"""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import model_validator

from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import DIMENSIONS
from knudsen.scenarios.config import SIZES, GasConfig, Gases, ModelName
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.lazily import lazily
from knudsen.scenarios.quantities import Count, Fraction, PositiveNumber
from knudsen.scenarios.registry import SCENARIOS
from knudsen.scenarios.scenario import SI, Measurement, Scenario

if TYPE_CHECKING:
    from knudsen.analysis import figures, statistics
    from knudsen.core.results import Result
    from knudsen.core.samples import Samples
    from knudsen.scenarios.nonlocal_diffusion import decay, wave
else:
    figures, statistics = lazily("knudsen.analysis.figures"), lazily("knudsen.analysis.statistics")
    decay = lazily("knudsen.scenarios.nonlocal_diffusion.decay")
    wave = lazily("knudsen.scenarios.nonlocal_diffusion.wave")

LEAST_COPIES = 16  # whose spread is an error bar
WAVE_NUMBER = 0.5  # k lambda where no size is given
SIZES_OF_WAVES = ("wave_number", *SIZES)


class NonlocalDiffusionConfig(GasConfig):
    """The shared keys, of a uniform gas.

    gases : A, some of whose molecules are marked, and another gas or none
    wave_number : k lambda; or one of knudsen, delta and length, where L is the wavelength 2 pi / k
    x_left : mole fraction of A throughout, one half of two gases; x_right, if given, is the same number
    steps, particles_per_cell : chosen where left out
    """

    gases: Gases = ("Ar",)
    model: ModelName = "hs"
    wave_number: PositiveNumber | None = None
    x_left: Fraction | None = None
    x_right: Fraction | None = None
    particles_per_cell: Count | None = None
    steps: Count | None = None
    ensemble: Count = LEAST_COPIES

    @classmethod
    def conflicts(cls, keys: Collection[str]) -> list[Fault]:
        """More than one of wave_number, knudsen, delta and length."""
        given = [name for name in SIZES_OF_WAVES if name in keys]
        if len(given) < 2:
            return []
        problem = f"{len(given)} of {', '.join(SIZES_OF_WAVES)} are given"
        return [Fault(" and ".join(given), problem, "each sets the wavelength: keep one of them")]

    @model_validator(mode="before")
    @classmethod
    def _give_size(cls, values: Any) -> Any:
        if isinstance(values, Mapping) and all(values.get(name) is None for name in SIZES_OF_WAVES):
            return {**values, "wave_number": WAVE_NUMBER}
        return values

    @model_validator(mode="after")
    def _fits_together(self) -> "NonlocalDiffusionConfig":
        found = self.conflicts([name for name in SIZES_OF_WAVES if getattr(self, name) is not None])
        found += _composition_faults(self)
        if self.accommodation != 1:
            problem = f"must be 1, got {self.accommodation}"
            found.append(Fault("accommodation", problem, "there are no walls: leave it out"))
        if self.ensemble < LEAST_COPIES:
            problem = f"{self.ensemble} copies are too few for error bars from their spread"
            found.append(Fault("ensemble", problem, f"give {LEAST_COPIES} or more"))
        if found:
            raise ConfigError(found)
        return self

    @property
    def composition(self) -> tuple[float, ...]:
        """Mole fractions, A first; half and half where left out."""
        if len(self.gases) == 1:
            return (1.0,)
        x_A = next((x for x in (self.x_left, self.x_right) if x is not None), 0.5)
        return (x_A, 1 - x_A)


def _composition_faults(config: NonlocalDiffusionConfig) -> list[Fault]:
    found = []
    given = {x for x in (config.x_left, config.x_right) if x is not None}
    if len(config.gases) > 2:
        problem = f"{len(config.gases)} gases are named"
        found.append(Fault("gases", problem, 'name one or two, such as ["He", "Ar"]'))
    if len(config.gases) == 1 and given - {1.0}:
        found.append(Fault("x_left", f"is {min(given)} of one gas", "leave it out, or name two gases"))
    if len(given) == 2:
        problem = f"is not x_left, {config.x_left}, where the composition is the same throughout"
        found.append(Fault("x_right", problem, "leave it out"))
    if given == {0.0}:
        found.append(Fault("x_left", "0 leaves no molecule of A to mark", "give more"))
    return found


def steps(config: NonlocalDiffusionConfig) -> int:
    """Steps of the run, in whole samples."""
    return wave.scale_of(config).steps


def build(config: NonlocalDiffusionConfig, device: str) -> Any:
    """The simulation of a config at its start, sampling from the first step on."""
    return wave.simulate(config, device)


def measure(config: NonlocalDiffusionConfig, samples: "Samples") -> Measurement:
    """Estimates beside theory, the wave in time, and resolution of a run."""
    scale = wave.scale_of(config)
    theory, measured = decay.kinetic_theory(scale), decay.measured_decay(scale, samples)
    expected = theory.decay()
    ratio = statistics.derive(lambda left: decay.ratio_of(scale, left), measured)
    predicted = float(decay.ratio_of(scale, expected))
    estimate = Estimate(
        "diffusion_ratio", ratio.value, ratio.stderr, "1", predicted, theory.error * predicted, theory.kind,
        theory.source,
    )  # fmt: skip
    times = np.arange(scale.samples + 1) * scale.interval
    fick = np.exp(-scale.diffusivity * scale.wave_number**2 * times)
    profiles = [
        Profile(name, "1", times, value, error, "s")
        for name, value, error in (
            ("wave", measured.value, measured.stderr),
            ("wave_theory", expected, np.zeros_like(expected)),
            ("wave_fick", fick, np.zeros_like(fick)),
        )
    ]
    return Measurement([estimate], profiles, scale.resolution(), samples.to_arrays())


def curves(
    config: NonlocalDiffusionConfig, key: str, values: Sequence[float]
) -> Mapping[str, Sequence["figures.Line"]]:
    """D(k) / D(0) by theory, near the continuum and of free molecules, along the wavelength."""
    if key not in SIZES_OF_WAVES:
        return {}
    rows, name = [], ""
    for value in values:
        changed = config.model_copy(update={**dict.fromkeys(SIZES_OF_WAVES), key: value})
        theory = decay.kinetic_theory(wave.scale_of(changed))
        rows.append((theory.ratio(), *theory.limits()))
        name = "Boltzmann" if theory.kind == "numerical" else "one rate"  # the panel is narrow
    names = (name, "first order in k²", "free molecules")
    return {"diffusion_ratio": figures.lines(names, values, rows)}


def draw(result: "Result", folder: Path) -> None:
    """Write the figures of a result.  Raises OSError."""
    measured, theory, fick = (result.profile(name) for name in ("wave", "wave_theory", "wave_fick"))
    time = 1e-9
    with figures.style():
        figure, axes = figures.new_figure()
        x = measured.position / time
        axes.plot(x, measured.value, label="DSMC")
        low, high = measured.value - measured.stderr, measured.value + measured.stderr
        axes.fill_between(x, low, high, alpha=0.25, linewidth=0)
        source = result.estimate("diffusion_ratio").theory_source
        for line, label, dashes in ((theory, source, "--"), (fick, "Fick's law, D(0)", ":")):
            axes.plot(x, line.value, label=label, color=figures.GREY, linestyle=dashes, linewidth=1.1)
        axes.set_xlabel("time [ns]")
        axes.set_ylabel("wave of marked molecules, F(k, t)")
        k = result.resolution["wave_number_times_mean_free_path"]
        axes.set_title(f"Decay of a wave of composition, k λ = {k:.3g}")
        axes.legend()
    figures.save(figure, folder, "wave")


SCENARIO = Scenario(
    name="nonlocal_diffusion",
    summary=SCENARIOS["nonlocal_diffusion"].summary,
    Config=NonlocalDiffusionConfig,
    build=build,
    measure=measure,
    figures=draw,
    curves=curves,
    steps=steps,
    dimensions=DIMENSIONS,
    units=SI,
    title="Diffusion over a few mean free paths",
)
