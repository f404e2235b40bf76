"""Momentum or heat that unlike plates drive across a gas, and theory that is read in the same way."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from knudsen.analysis.figures import Line, lines
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import cell_excess, timestep_excess
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess, repeats_are_known
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.core.results import Estimate, Profile
from knudsen.scenarios.gas_flow.run import Run, along
from knudsen.scenarios.gas_flow.scale import Scale
from knudsen.scenarios.gas_flow.simulation import Drive
from knudsen.scenarios.gas_flow.theory import Theory, kinetic_theory
from knudsen.scenarios.resolution import ORDER

if TYPE_CHECKING:
    from knudsen.scenarios.gas_flow.config import FlowConfig
    from knudsen.scenarios.gas_flow.plates import HeatedConfig, SlidingConfig

BULK = 0.5  # share of the gap, in its middle, that the straight line is fitted to
POINTS, SHARES = np.polynomial.legendre.leggauss(4)  # of a cell, over which theory is averaged
LEAST = 0.2  # share of the relaxation times at delta = 1 that low signals sample
SAMPLED, WIDE = 60, 5.0  # relaxation times of plain DSMC, and delta beyond which they are fewer
WARMER = 1.01  # factor of temperature over which the viscosity's exponent is taken


class Readable(NamedTuple):
    """What readings are made from, of a run or of theory: arrays with any axes in front, or Measured.

    flux : of momentum or heat to the left, mean over the gap [...] [Pa], [W m-2]
    field : velocity or temperature [..., cell]
    temperature, pressure : over those of the gas with no drive [..., cell]
    coefficient : viscosity or conductivity, theory's own or the gas's with what cells and steps add [...]
    """

    flux: Any
    field: Any
    temperature: Any
    pressure: Any
    coefficient: Any


Reading = Callable[[Readable], Array]


class Kind(NamedTuple):
    """What crosses the gas, by the names that theory and scale give it.

    ratio, curve, jump : in ChannelFlow, ChannelProfiles and SlipCoefficients
    free, coefficient : in Scale, of free molecules and of the continuum
    """

    ratio: str
    curve: str
    jump: str
    free: str
    coefficient: str

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

    def read_jump(self, ratio: float, theory: Theory) -> float:
        """Coefficient of slip or jump that makes such a ratio."""
        gap = self.over_free(theory) / ratio
        return float((gap - theory.scale.length) / 2 / theory.scale.equivalent_path)


MOMENTUM = Kind("couette_ratio", "couette_velocity", "sigma_P", "free_momentum", "viscosity")
HEAT = Kind("fourier_ratio", "fourier_temperature", "zeta_T", "free_heat", "thermal_conductivity")


@dataclass(frozen=True)
class Crossing:
    """What crosses the gap, and the field whose gradient drives it.

    Arguments
    ---------
    drive : the right plate's velocity or temperature less the left one's [m/s], [K]
    measured : of the run;  origin : what the field is with no drive
    """

    kind: Kind
    run: Run
    drive: float
    measured: Readable
    origin: float = 0.0

    @property
    def free(self) -> float:
        """Flux of free molecules between diffuse plates."""
        return float(getattr(self.run.scale, self.kind.free)) * self.drive

    @cached_property
    def exponent(self) -> float:
        """d ln mu / d ln T, that of the conductivity too."""
        scale = self.run.scale
        warmer = ChapmanEnskog(scale.gas, WARMER * scale.temperature, ORDER)
        rise = float(warmer.viscosity(scale.composition)) / scale.viscosity
        return math.log(rise) / math.log(WARMER)

    @cached_property
    def theory(self) -> Readable | None:
        """Of kinetic theory to first order in the drive; the field is averaged over each cell."""
        theory = self.run.theory
        if theory is None:
            return None
        places = cell_points(self.run) / self.run.scale.length - 0.5
        found = theory.profiles(places.ravel())
        curve = getattr(found, self.kind.curve).reshape(places.shape) @ SHARES / 2
        rest = np.ones_like(curve)
        flux = np.array(self.kind.exact(theory) * self.free)
        coefficient = np.array(theory.coefficient(self.kind.coefficient))
        return Readable(flux, self.origin + curve * self.drive, rest, rest, coefficient)

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

    def risen(self, of: Readable) -> Array:
        """How much the field rises over each cell by the flux and the converged coefficient [..., cell]."""
        width = self.run.scale.length / len(self.run.fields.positions)
        return (of.flux / of.coefficient)[..., None] * width / of.temperature**self.exponent

    def layer_unit(self, of: Readable) -> Array:
        """Gradient times mu v0/p at the walls: (flux / coefficient) mu v0/p, their ratio fixed."""
        path = np.sqrt(of.temperature.mean(axis=-1)) / of.pressure.mean(axis=-1)
        return of.flux / of.coefficient * self.run.scale.equivalent_path * path

    def jump_of_flux(self, of: Readable) -> Array:
        """Slip or jump coefficient from the flux::

            sigma_P = [U - tau int dx/mu] / (2 tau v0/p)
            zeta_T = [dT - q int dx/lambda] / (2 (mu/lambda) q v0/p)

        mu and lambda converged theory's at the local temperature, which a finite drive changes, with what
        cells, steps and pairs that meet again add.
        """
        return (self.drive - self.risen(of).sum(axis=-1)) / 2 / self.layer_unit(of)

    def derived(self, read: Callable[[Readable], Array]) -> Measured:
        """A reading of the run, with its error."""
        return derive(lambda *arrays: read(Readable(*arrays)), *self.measured)

    def estimate(self, name: str, unit: str, read: Reading, note: str = "") -> Estimate:
        """What a reading makes of the run, beside what it makes of theory; `note` goes to theory's source."""
        predicted = None if self.theory is None else float(read(self.theory))
        found = self.run.beside(name, unit, self.derived(read), predicted)
        if predicted is None:
            return found
        order = "" if self.run.config.low_signal else ", to first order in the drive"
        return replace(found, theory_source=found.theory_source + order + note)

    def curve(self, name: str) -> list[Profile]:
        """The field of theory as it is saved, if there is one."""
        return [] if self.theory is None else [self.run.fields.curve(name, self.theory.field)]


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
    readable = _readable(run, MOMENTUM, "shear_stress", "velocity")
    return Crossing(MOMENTUM, run, right - left, readable)


def heat(run: Run) -> Crossing:
    """Heat that crosses the gas between plates of unlike temperatures."""
    left, right = run.config.plate_temperatures
    readable = _readable(run, HEAT, "heat_flux", "temperature")
    return Crossing(HEAT, run, right - left, readable, run.config.temperature)


def _readable(run: Run, kind: Kind, flux: str, field: str) -> Readable:
    """Of a run: where deviations are simulated, temperature and pressure are those of no drive."""
    finite = 0.0 if run.config.low_signal else 1.0
    rest = {"temperature": run.config.temperature, "pressure": run.config.pressure}
    state = [
        derive(lambda measured, whole=whole: 1 + finite * (measured / whole - 1), run.fields[name])
        for name, whole in rest.items()
    ]
    crossed = derive(np.negative, run.fields.mean(flux))
    coefficient = getattr(run.scale, kind.coefficient) * (1 + finite * added(run, kind))
    fixed = derive(lambda measured: np.full_like(measured, coefficient), crossed)
    return Readable(crossed, run.fields[field], *state, fixed)


def added(run: Run, kind: Kind) -> float:
    """What cells, steps and pairs that meet again add to the coefficient of plain DSMC, relative to it."""
    scale, molecules = run.scale, run.config.particles_per_cell / run.scale.subcells
    gas = scale.theory, np.array(scale.composition), scale.pressure
    parts = [cell_excess(*gas, scale.length / scale.cells / scale.subcells)]
    parts.append(timestep_excess(*gas, scale.timestep))
    if repeats_are_known(scale.gas):
        parts.append(repeat_excess(*gas, scale.timestep, molecules))
    return float(sum(part[kind.coefficient] for part in parts))


def ratio_curves(
    kind: Kind, config: "FlowConfig", key: str, values: Sequence[float], continuum: str
) -> Sequence[Line]:
    """The ratio of `Crossing.ratio` along a key: kinetic theory, the continuum that slips, free molecules."""

    def at(theory: Theory) -> tuple[float, ...]:
        return kind.exact(theory), kind.continuum(theory), free_ratio(theory)

    return _lines(config, key, values, at, (continuum, "free molecules"))


def jump_curves(kind: Kind, config: "FlowConfig", key: str, values: Sequence[float]) -> Sequence[Line]:
    """The coefficient of `Crossing.jump_of_flux` along a key: theory, the half space, free molecules."""

    def at(theory: Theory) -> tuple[float, ...]:
        exact, free = (kind.read_jump(ratio, theory) for ratio in (kind.exact(theory), free_ratio(theory)))
        return exact, float(getattr(theory.slip, kind.jump)), free

    return _lines(config, key, values, at, ("half space", "free molecules"))


def free_ratio(theory: Theory) -> float:
    """Flux of free molecules over that between diffuse plates."""
    return theory.accommodation / (2 - theory.accommodation)


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
