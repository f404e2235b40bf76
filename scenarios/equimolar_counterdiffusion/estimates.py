"""The estimates of a counterdiffusion run, each beside its theory."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.continuum.counterdiffusion import Slab
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.profiles import SlabProfiles
from knudsen.analysis.statistics import Array, Measured, derive, varies
from knudsen.core.results import Estimate, TheoryKind
from knudsen.scenarios.equimolar_counterdiffusion.measures import (
    LAYER,
    Bulk,
    bulk_numbers,
    flux_numbers,
    molar_masses,
    momentum_numbers,
    near,
)
from knudsen.scenarios.equimolar_counterdiffusion.setup import Setup
from knudsen.scenarios.equimolar_counterdiffusion.theory import (
    DIFFUSION_SOURCE,
    DUFOUR_SOURCE,
    FLUX_SOURCE,
    Line,
    dufour_temperature,
    flux_ratio,
    interpolated_fluxes,
    predicted_line,
)

if TYPE_CHECKING:
    from knudsen.scenarios.equimolar_counterdiffusion import CounterdiffusionConfig

FREE_MOLECULAR = 10.0  # Knudsen number from which an open slab is taken as free of collisions


@dataclass(frozen=True)
class Run:
    """A measured run and what its theory is computed from."""

    config: "CounterdiffusionConfig"
    scale: Setup
    theory: ChapmanEnskog
    profiles: SlabProfiles
    bulk: Bulk

    @property
    def exchange(self) -> bool:
        """Whether the reservoirs exchange one molecule for one."""
        return self.config.boundary == "exchange"

    @cached_property
    def fluxes(self) -> dict[str, Measured]:
        """Of `flux_numbers`."""
        return flux_numbers(self.profiles, self.scale.length)

    @cached_property
    def line(self) -> dict[str, Measured]:
        """Of `bulk_numbers`."""
        return bulk_numbers(self.profiles, self.bulk, (self.config.x_left, self.config.x_right))

    @cached_property
    def momentum(self) -> dict[str, Measured]:
        """Of `momentum_numbers`."""
        return momentum_numbers(self.profiles, self.bulk, np.array(self.scale.gas.masses))

    @property
    def bulk_is_free_of_layers(self) -> bool:
        """Whether the bulk keeps its distance from the walls, so that continuum theory holds there."""
        return self.bulk.margin >= LAYER * self.scale.mean_free_path * (1 - 1e-9)

    @cached_property
    def predicted(self) -> Line:
        """The composition by converged theory over the bulk."""
        return self.predict(self.theory)

    @cached_property
    def predicted_by_half(self) -> Line:
        """The same by theory of half the order: what is left of the series is less than the difference."""
        half = ChapmanEnskog(self.theory.mixture, self.theory.temperature, self.theory.order // 2)
        return self.predict(half, self.predicted.bend_at)

    def predict(self, theory: ChapmanEnskog, bend_at: float | None = None) -> Line:
        """The composition over the bulk, from the measured fluxes, temperature and concentration."""
        smooth = [
            self.bulk.smooth(self.profiles[name].value) for name in ("temperature", "molar_concentration")
        ]
        fluxes = self.fluxes["molar_flux_A"].value, self.fluxes["molar_flux_total"].value
        total = 0.0 if self.exchange else float(fluxes[1])
        middle = float(self.line["middle"].value)
        second_order = self.momentum["excess"].value, float(self.momentum["pressure_share"].value)
        state = Slab(self.bulk.places, *smooth)
        return predicted_line(
            theory, self.bulk, state, (float(fluxes[0]), total), middle, *second_order, bend_at
        )


def estimates(run: Run) -> list[Estimate]:
    """All estimates, in the order of the table."""
    return [*_fluxes(run), *_velocities(run), *_bulk(run), _knudsen(run), _temperature(run)]


def against(
    name: str, unit: str, measured: Measured, theory: Measured, kind: TheoryKind, source: str
) -> Estimate:
    """An estimate whose theory is computed from measured numbers of the same run.

    The two vary together. `stderr` is that of the value; the theory's error makes the combined error that
    of the difference, as far as it can: where the difference is known better than the value, the deviation
    comes out too small, and the sharp test is another estimate's.
    """
    excess = derive(lambda value, expected: value - expected, measured, theory)
    stderr = float(measured.stderr)
    theory_error = float(np.sqrt(max(float(excess.stderr) ** 2 - stderr**2, 0.0)))
    return Estimate(name, measured.value, stderr, unit, theory.value, theory_error, kind, source)


def _plain(name: str, unit: str, measured: Measured, **theory: Any) -> Estimate:
    return Estimate(name, measured.value, measured.stderr, unit, **theory)


def _balance(run: Run) -> tuple[float, TheoryKind, str]:
    """N_B / N_A, how well that is known, and why."""
    ratio = flux_ratio(run.config, np.array(run.scale.gas.masses))
    if run.exchange:
        return ratio, "exact", "one molecule for one"
    kind: Literal["asymptotic", "approximate"] = (
        "asymptotic" if run.scale.knudsen >= FREE_MOLECULAR else "approximate"
    )
    return ratio, kind, "Graham: N_A/N_B = -(M_B/M_A)^(1/2)"


def _fluxes(run: Run) -> list[Estimate]:
    q, (ratio, kind, source) = run.fluxes, _balance(run)
    M_A, M_B = molar_masses(np.array(run.scale.gas.masses))
    unit, rough = "mol m-2 s-1", interpolated_fluxes(run.config, run.scale)
    found = [
        _plain(name, unit, q[name], theory=flux, theory_kind="approximate", theory_source=FLUX_SOURCE)
        for name, flux in zip(("molar_flux_A", "molar_flux_B"), rough, strict=True)
    ]
    total, mass = (_scaled(q["molar_flux_A"], factor) for factor in (1 + ratio, M_A + ratio * M_B))
    mass_source = "(M_A - M_B) N_A" if run.exchange else source
    return [
        *found,
        against("molar_flux_total", unit, q["molar_flux_total"], total, kind, source),
        _plain("flux_ratio", "1", q["flux_ratio"], theory=1 / ratio, theory_kind=kind, theory_source=source),
        against("mass_flux", "kg m-2 s-1", q["mass_flux"], mass, kind, mass_source),
    ]


def _scaled(measured: Measured, factor: float) -> Measured:
    return Measured(measured.value * factor, measured.replicates * factor)


def _velocities(run: Run) -> list[Estimate]:
    """Both velocities at the mid-plane."""
    q, (ratio, kind, source) = run.fluxes, _balance(run)
    M_A, M_B = molar_masses(np.array(run.scale.gas.masses))

    def quotient(factor: float, amount: str) -> Measured:
        return derive(lambda flux, there: factor * flux / there, q["molar_flux_A"], q[amount])

    molar, mass = quotient(1 + ratio, "concentration"), quotient(M_A + ratio * M_B, "density")
    mass_source = "(M_A - M_B) N_A / rho" if run.exchange else source
    return [
        against("molar_velocity", "m s-1", q["molar_velocity"], molar, kind, source),
        against("mass_velocity", "m s-1", q["mass_velocity"], mass, kind, mass_source),
    ]


def _bulk(run: Run) -> list[Estimate]:
    """What the composition in the bulk says, beside the prediction read in the same way.

    Between Knudsen layers that overlap there is no prediction, only D_AB of a continuum beside its slope.
    """
    line, bend_at = run.line, run.predicted.bend_at
    bend = derive(lambda x: run.bulk.bend(x[..., 0], bend_at), run.profiles["mole_fraction"])
    jumps = [_plain(name, "1", line[name]) for name in ("composition_jump_left", "composition_jump_right")]
    if not run.bulk_is_free_of_layers:
        continuum = {
            "theory": _continuum_diffusion(run),
            "theory_kind": "approximate",
            "theory_source": "Chapman-Enskog, of a continuum at the mid-plane",
        }
        diffusion = _plain("diffusion_binary", "m2 s-1", line["diffusion_binary"], **continuum)
        return [diffusion, _plain("profile_nonlinearity", "1", bend), *jumps]
    return [
        _predicted("diffusion_binary", "m2 s-1", line["diffusion_binary"], *_diffusion_theory(run)),
        _predicted("profile_nonlinearity", "1", bend, *_bend_theory(run)),
        *jumps,
    ]


def _predicted(name: str, unit: str, measured: Measured, theory: Measured, truncation: float) -> Estimate:
    """An estimate beside converged theory, whose error takes in what is left of its series."""
    found = against(name, unit, measured, theory, "numerical", DIFFUSION_SOURCE)
    return replace(found, theory_error=float(np.hypot(found.theory_error, truncation)))


def _continuum_diffusion(run: Run) -> float:
    concentration = float(run.bulk.mean(run.profiles["molar_concentration"].value))
    pressure = concentration * GAS_CONSTANT * run.theory.temperature
    return float(run.theory.diffusion_binary(float(run.line["middle"].value), pressure))


def _diffusion_theory(run: Run) -> tuple[Measured, float]:
    """D_AB that the predicted slope would be read as, and how far half the order is from it.

    The measured flux and state enter both sides alike; the excess of momentum alone adds its noise.
    """
    concentration = float(run.bulk.mean(run.profiles["molar_concentration"].value))
    found, half, excess = run.predicted, run.predicted_by_half, run.momentum["excess"]
    flux, tilt = float(run.line["diffusive_flux"].value), run.bulk.line(excess.value)[1]

    def read(slope: Array | float) -> Any:
        return -flux / (concentration * slope)

    theory = derive(lambda e: read(found.slope - (run.bulk.line(e)[1] - tilt)), excess)
    return theory, float(abs(read(found.slope) - read(half.slope)))


def _bend_theory(run: Run) -> tuple[Measured, float]:
    """The predicted departure from the straight line, and how far half the order is from it."""
    found, excess = run.predicted, run.momentum["excess"]
    bend = run.bulk.bend(excess.value, found.bend_at)
    theory = derive(lambda e: found.bend - (run.bulk.bend(e, found.bend_at) - bend), excess)
    return theory, abs(found.bend - run.predicted_by_half.bend)


def _knudsen(run: Run) -> Estimate:
    """Kn of the config's reference state, at the concentration that the slab was measured to hold."""
    scale, config = run.scale, run.config
    reference = config.pressure / (GAS_CONSTANT * config.temperature)
    measured = derive(
        lambda c: scale.knudsen * reference / c.mean(axis=-1), run.profiles["molar_concentration"]
    )
    rounding = 0.5 / (config.particles_per_cell * scale.cells)  # molecules are whole
    kind: TheoryKind = "exact" if run.exchange else "approximate"
    stderr = float(measured.stderr) if varies(measured.replicates) else 0.0
    source = "as set, at the concentration that was set"
    error = rounding * scale.knudsen
    return Estimate("knudsen", measured.value, stderr, "1", scale.knudsen, error, kind, source)


def _temperature(run: Run) -> Estimate:
    """T - T_wall where the Dufour effect should be largest, the mean over a stretch of the slab there."""
    q, wall = run.profiles, run.config.temperature
    predicted = dufour_profile(run) - wall
    peak = q.positions[np.argmax(np.abs(predicted))]
    there = near(q.positions, run.scale.length, peak)

    def deviation(temperature: Array) -> Array:
        return temperature[..., there].mean(axis=-1) - wall

    theory: dict[str, Any] = {}
    if run.bulk_is_free_of_layers:
        theory = {
            "theory": float(predicted[there].mean()),
            "theory_kind": "approximate",
            "theory_source": DUFOUR_SOURCE,
        }
    return _plain("temperature_deviation_max", "K", derive(deviation, q["temperature"]), **theory)


def dufour_profile(run: Run) -> Array:
    """Temperature that the Dufour effect sets up [cell] [K]."""
    fraction = run.profiles["mole_fraction"].value[:, 0]
    flux = float(run.line["diffusive_flux"].value)
    return dufour_temperature(run.theory, run.profiles.positions, fraction, flux, run.config.pressure)
