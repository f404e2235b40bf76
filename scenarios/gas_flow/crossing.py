"""Momentum or heat that unlike plates drive across a gas, and theory that is read in the same way."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knudsen.analysis.figures import Line, lines
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.analysis.transition.surfaces import free_ratios
from knudsen.core.results import Estimate, Profile
from knudsen.scenarios.gas_flow.run import Prediction, Run, along
from knudsen.scenarios.gas_flow.scale import Scale
from knudsen.scenarios.gas_flow.simulation import Drive
from knudsen.scenarios.gas_flow.theory import Theory, kinetic_theory

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig
    from knudsen.scenarios.gas_flow.plates import HeatedConfig, SlidingConfig

BULK = 0.5  # share of the gap, in its middle, that the straight line is fitted to
POINTS, SHARES = np.polynomial.legendre.leggauss(4)  # of a cell, over which theory is averaged
LEAST = 0.2  # share of the relaxation times at delta = 1 that low signals sample
SAMPLED, WIDE = 60, 5.0  # relaxation times of plain DSMC, and delta beyond which they are fewer


class Readable(NamedTuple):
    """What readings are made from, of a run or of theory: arrays with any axes in front, or Measured.

    flux : of momentum or heat to the left, mean over the gap [...] [Pa], [W m-2]
    field : velocity or temperature, less what it is with no drive [..., cell]
    coefficient : viscosity [Pa s] or thermal conductivity [W m-1 K-1], of theory its own
    """

    flux: Any
    field: Any
    coefficient: float


Reading = Callable[[Readable], Array]


class Kind(NamedTuple):
    """What crosses the gas, by the names that theory and scale give it.

    ratio, curve, jump : in ChannelFlow, ChannelProfiles and SlipCoefficients
    free, coefficient : in Scale, of free molecules and of the continuum
    flux, gradient : parts that the square of a drive adds at most: measured (docs/scenarios.md); the heat
        flux loses most in free molecules, 3/8 exactly
    """

    ratio: str
    curve: str
    jump: str
    free: str
    coefficient: str
    flux: float
    gradient: float

    def over_free(self, theory: Theory) -> float:
        """Coefficient of the continuum over the flux per drive of free molecules [m]."""
        return theory.coefficient(self.coefficient) / float(getattr(theory.scale, self.free))

    def continuum(self, theory: Theory) -> float:
        """Flux over that of free molecules where the continuum slips: c / (free (L + 2 jump mu v0/p))."""
        gap = theory.scale.length + 2 * getattr(theory.slip, self.jump) * theory.scale.equivalent_path
        return float(self.over_free(theory) / gap)

    def exact(self, theory: Theory) -> float:
        """Flux over that of free molecules by kinetic theory."""
        return float(getattr(theory.flow, self.ratio))

    def rarefied(self, theory: Theory) -> float:
        """Flux of free molecules over that between diffuse plates."""
        return float(getattr(free_ratios(theory.surface), self.ratio))

    def read_jump(self, ratio: float, theory: Theory) -> float:
        """Coefficient of slip or jump that makes such a ratio."""
        gap = self.over_free(theory) / ratio
        return float((gap - theory.scale.length) / 2 / theory.scale.equivalent_path)


MOMENTUM = Kind("couette_ratio", "couette_velocity", "sigma_P", "free_momentum", "viscosity", 0.03, 0.06)
HEAT = Kind("fourier_ratio", "fourier_temperature", "zeta_T", "free_heat", "thermal_conductivity", 3 / 8, 0.2)


@dataclass(frozen=True)
class Crossing:
    """What crosses the gap, and the field whose gradient drives it.

    Arguments
    ---------
    drive : the right plate's velocity or temperature less the left one's [m/s], [K]
    measured : of the run
    """

    kind: Kind
    run: Run
    drive: float
    measured: Readable

    @property
    def free(self) -> float:
        """Flux of free molecules between diffuse plates."""
        return float(getattr(self.run.scale, self.kind.free)) * self.drive

    @cached_property
    def theory(self) -> Readable | None:
        """Of kinetic theory to first order in the drive; the field is averaged over each cell."""
        return None if self.run.theory is None else self.theory_at(self.run.scale.delta)

    @cached_property
    def resolved(self) -> Readable:
        """Of theory for the rarefaction that cells, steps and few molecules make."""
        return self.theory_at(self.run.rarefaction(self.kind.coefficient))

    def theory_at(self, delta: float) -> Readable:
        """Of kinetic theory at a rarefaction."""
        theory, places = self.run.theory, cell_points(self.run) / self.run.scale.length - 0.5
        curve = getattr(theory.profiles_at(delta, places.ravel()), self.kind.curve)
        field = curve.reshape(places.shape) @ SHARES / 2 * self.drive
        flux = np.array(getattr(theory.flow_at(delta), self.kind.ratio) * self.free)
        return Readable(flux, field, theory.coefficient(self.kind.coefficient))

    def gradient(self, field: Array) -> Array:
        """Of the straight line fitted to the field [..., cell] in the middle of the gap."""
        place = self.run.fields.positions - self.run.scale.length / 2
        place = np.where(np.abs(place) < BULK / 2 * self.run.scale.length, place, 0.0)
        return field @ place / (place @ place)

    def ratio(self, of: Readable) -> Array:
        """Flux over that of free molecules between diffuse plates."""
        return of.flux / self.free

    def apparent(self, of: Readable) -> Array:
        """Viscosity or conductivity: flux over the straight line's gradient."""
        return of.flux / self.gradient(of.field)

    def jump_length(self, of: Readable) -> Array:
        """How far behind the plates the straight line meets what they have [m]."""
        return self.drive / (2 * self.gradient(of.field)) - self.run.scale.length / 2

    def jump_coefficient(self, of: Readable) -> Array:
        """`jump_length` over mu v0/p."""
        return self.jump_length(of) / self.run.scale.equivalent_path

    def layer_unit(self, of: Readable) -> Array:
        """Gradient of the bulk times mu v0/p: (flux / coefficient) mu v0/p."""
        return of.flux / of.coefficient * self.run.scale.equivalent_path

    def jump_of_flux(self, of: Readable) -> Array:
        """Slip or jump coefficient from the flux::

            sigma_P = [U - tau L/mu] / (2 tau v0/p)
            zeta_T = [dT - q L/lambda] / (2 (mu/lambda) q v0/p)

        mu and lambda converged theory's.
        """
        return (self.drive / self.layer_unit(of) - self.run.scale.delta) / 2

    def derived(self, read: Callable[[Readable], Array]) -> Measured:
        """A reading of the run, with its error."""
        of = self.measured
        return derive(lambda flux, field: read(of._replace(flux=flux, field=field)), of.flux, of.field)

    def predicted(self, read: Reading) -> Prediction | None:
        """What a reading makes of theory."""
        if self.theory is None:
            return None
        square, of = self.run.config.drive**2, self.theory
        parts = (
            of._replace(flux=of.flux * (1 + self.kind.flux * square)),
            of._replace(field=of.field * (1 + self.kind.gradient * square)),
        )
        value, resolved = float(read(self.theory)), float(read(self.resolved))
        return Prediction(value, resolved, float(np.hypot(*(read(part) - value for part in parts))))

    def estimate(self, name: str, unit: str, read: Reading, note: str = "") -> Estimate:
        """What a reading makes of the run, beside what it makes of theory; `note` goes to theory's source."""
        found = self.run.beside(name, unit, self.derived(read), self.predicted(read))
        return found if found.theory is None else replace(found, theory_source=found.theory_source + note)

    def curve(self, name: str) -> list[Profile]:
        """The field of theory as it is saved, if there is one."""
        if self.theory is None:
            return []
        origin = self.run.config.temperature if self.kind is HEAT else 0.0
        return [self.run.fields.curve(name, origin + self.theory.field)]


def cell_points(run: Run) -> Array:
    """Places in each cell [cell, point] over which theory is averaged, by SHARES / 2 [m]."""
    half = run.scale.length / len(run.fields.positions) / 2
    return run.fields.positions[:, None] + half * POINTS


def sampled(config: "FlowConfig", scale: Scale, low_signal: float, plain: float = SAMPLED) -> float:
    """Relaxation times that are sampled: of low signals so many at delta = 1, of plain DSMC at 5 and less.

    In wide gaps they are long; in narrow ones they are of many steps, and little is left of the gradient.
    """
    if config.low_signal:
        return low_signal * max(LEAST, min(scale.delta, scale.delta**-2))
    return plain / max(1.0, scale.delta / WIDE)


def sliding(config: "SlidingConfig", scale: Scale) -> Drive:
    """Plates that move along z at -U/2 and +U/2."""
    half = config.speed_ratio * scale.speed / 2
    return Drive((config.temperature, config.temperature), (-half, half))


def heated(config: "HeatedConfig", scale: Scale) -> Drive:
    """Plates of unlike temperatures."""
    return Drive(config.plate_temperatures)


def momentum(run: Run) -> Crossing:
    """Momentum that crosses the gas between plates that slide."""
    left, right = sliding(run.config, run.scale).speeds
    flux = derive(np.negative, run.fields.mean("shear_stress"))
    return Crossing(MOMENTUM, run, right - left, Readable(flux, run.fields["velocity"], run.scale.viscosity))


def heat(run: Run) -> Crossing:
    """Heat that crosses the gas between plates of unlike temperatures."""
    left, right = run.config.plate_temperatures
    flux = derive(np.negative, run.fields.mean("heat_flux"))
    risen = derive(lambda temperature: temperature - run.config.temperature, run.fields["temperature"])
    return Crossing(HEAT, run, right - left, Readable(flux, risen, run.scale.thermal_conductivity))


def ratio_curves(
    kind: Kind, config: "FlowConfig", key: str, values: Sequence[float], continuum: str
) -> Sequence[Line]:
    """The ratio of `Crossing.ratio` along a key: kinetic theory, the continuum that slips, free molecules."""

    def at(theory: Theory) -> tuple[float, ...]:
        return kind.exact(theory), kind.continuum(theory), kind.rarefied(theory)

    return _lines(config, key, values, at, (continuum, "free molecules"))


def jump_curves(kind: Kind, config: "FlowConfig", key: str, values: Sequence[float]) -> Sequence[Line]:
    """The coefficient of `Crossing.jump_of_flux` along a key: theory, the half space, free molecules."""

    def at(theory: Theory) -> tuple[float, ...]:
        ratios = kind.exact(theory), kind.rarefied(theory)
        exact, free = (kind.read_jump(ratio, theory) for ratio in ratios)
        return exact, float(getattr(theory.slip, kind.jump)), free

    return _lines(config, key, values, at, ("half space", "free molecules"))


def _lines(
    config: "FlowConfig",
    key: str,
    values: Sequence[float],
    at: Callable[[Theory], tuple[float, ...]],
    names: Sequence[str],
) -> Sequence[Line]:
    """Lines of what `at` makes of each value of the key, the first of kinetic theory; none without one."""
    rows = []
    for changed, scale in along(config, key, values):
        theory = kinetic_theory(changed, scale)
        if theory is None:
            return ()
        rows.append(at(theory))
    return lines((theory.source, *names), values, rows)


def named(name: str, drawn: Sequence[Line]) -> Mapping[str, Sequence[Line]]:
    """The lines under an estimate's name, where there are any."""
    return {name: drawn} if drawn else {}
