"""Flows between two walls whose transport coefficient DSMC measures: Couette, Fourier, interdiffusion.

Lengths are in mean free paths lambda and times in lambda / c0, c0 = (2 kT/m)^(1/2).  A coefficient is the
flux that the walls count over the gradient in the middle half, five mean free paths from either wall.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, NamedTuple

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.groups import Totals, group_totals, independent_groups, measure
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import cell_excess, timestep_excess
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess
from knudsen.core.gases import Mixture, species
from knudsen.core.interactions import VariableSoftSphere
from knudsen.core.samples import DIRECTIONS, MOMENTS, WALL_TOTALS, Samples
from knudsen.dsmc import DiffuseWall, ExchangeReservoir, Filling, Simulation, Slab

Array = np.ndarray[Any, Any]
TEMPERATURE, PRESSURE, ORDER = 300.0, 1e5, 8
LENGTH, MARGIN = 20.0, 5.0
MOLECULES = 38_400
FEWEST_COPIES = 16
START, SAMPLING_TIME, BLOCKS = 120.0, 1.0, 4
WATCHED = {"couette": 6000.0, "fourier": 5000.0, "diffusion": 3000.0}
WALL_SPEED = 0.5  # of c0, at either side
WALL_TEMPERATURES = (1.3, 0.7)
COMPOSITIONS = (0.9, 0.1)
COEFFICIENTS = {
    "couette": "viscosity", "fourier": "thermal_conductivity", "diffusion": "diffusion_binary"
}  # fmt: skip


@dataclass(frozen=True)
class Point:
    """A flow, and how finely it is resolved.

    Arguments
    ---------
    flow, model : what is measured, of which molecules
    width : of a cell [lambda];  timestep : [lambda / c0];  molecules : in a cell
    gases : both the same: one gas, marked in two halves where it diffuses
    strength : of the drive, in units of the usual one
    """

    flow: Literal["couette", "fourier", "diffusion"]
    model: Literal["hs", "vss"]
    width: float
    timestep: float
    molecules: float
    gases: tuple[str, str] = ("Ar", "Ar")
    strength: float = 1.0

    @cached_property
    def mixture(self) -> Mixture:
        """One species, or two that diffuse."""
        first, second = (species(name) for name in self.gases)
        if self.flow != "diffusion":
            return Mixture([first], self.model)
        return Mixture([first, replace(second, name=second.name + "*" * (first is second))], self.model)

    @cached_property
    def theory(self) -> ChapmanEnskog:
        """Of the gas at the reference temperature."""
        return ChapmanEnskog(self.mixture, TEMPERATURE, ORDER)

    @property
    def fractions(self) -> list[float]:
        """In the middle."""
        return [1 / len(self.mixture)] * len(self.mixture)

    @property
    def path(self) -> float:
        """Mean free path [m]."""
        return float(self.theory.mean_free_path(self.fractions, PRESSURE))

    @property
    def speed(self) -> float:
        """c0, of the mean mass [m/s]."""
        return float(np.sqrt(2 * BOLTZMANN * TEMPERATURE / np.mean(self.mixture.masses)))

    @property
    def density(self) -> float:
        """Molecules of a copy in a mean free path."""
        return self.molecules / self.width

    @cached_property
    def repeat_law(self) -> float:
        """What pairs that meet again within a step add, at the reference temperature."""
        step = self.timestep * self.path / self.speed
        return repeat_excess(self.theory, self.fractions, PRESSURE, step, self.molecules)[
            COEFFICIENTS[self.flow]
        ]

    @property
    def steps_a_time(self) -> float:
        """Steps in a time lambda / c0."""
        return 1 / self.timestep


class Outcome(NamedTuple):
    """A coefficient over that of theory, and what the laws of cell and step add to it there."""

    ratio: float
    stderr: float
    cell_law: float
    timestep_law: float


def run(point: Point, share: float = 1.0, seed: int = 1) -> Outcome:
    """The coefficient of a flow after a share of the usual time."""
    samples = simulate(point, share, seed)
    totals = group_totals(samples, independent_groups(samples))
    found = measure(lambda each: FLOWS[point.flow](point, samples, each), totals)
    return Outcome(float(found.value), float(found.stderr), *_laws(point, samples, _all(totals)))


def simulate(point: Point, share: float, seed: int) -> Samples:
    """The samples of a run, without its start."""
    cells = round(LENGTH / point.width)
    copies = max(FEWEST_COPIES, round(MOLECULES / (cells * point.molecules)))
    left, right = _walls(point)
    simulation = Simulation(
        point.mixture, Slab(LENGTH * point.path, cells, left, right), _filling(point),
        particles_per_cell=point.molecules, timestep=point.timestep * point.path / point.speed,
        copies=copies, seed=seed,
    )  # fmt: skip
    simulation.run(round(START * point.steps_a_time))
    every = max(1, round(SAMPLING_TIME * point.steps_a_time))
    simulation.sample(
        every, every * max(1, round(share * WATCHED[point.flow] * point.steps_a_time / every / 4))
    )
    simulation.run(4 * simulation.sampler.block)
    return simulation.result()


def _walls(point: Point) -> tuple[Any, Any]:
    if point.flow == "couette":
        speed = point.strength * WALL_SPEED * point.speed
        return DiffuseWall(TEMPERATURE, (speed, 0.0)), DiffuseWall(TEMPERATURE, (-speed, 0.0))
    if point.flow == "fourier":
        hot, cold = (1 + point.strength * (ratio - 1) for ratio in WALL_TEMPERATURES)
        return DiffuseWall(hot * TEMPERATURE), DiffuseWall(cold * TEMPERATURE)
    first, second = (ExchangeReservoir(TEMPERATURE, (x, 1 - x)) for x in COMPOSITIONS)
    return first, second


def _filling(point: Point) -> Filling:
    if point.flow != "diffusion":
        return Filling(PRESSURE, TEMPERATURE, (1.0,))
    left, right = ((x, 1 - x) for x in COMPOSITIONS)
    return Filling(PRESSURE, TEMPERATURE, left, right)


# --- what is measured ------------------------------------------------------------------------------------


def _all(totals: Totals) -> Totals:
    """Its groups as one."""
    sums = (totals.moments, totals.samples, totals.walls, totals.time)
    return Totals(totals.masses, *(each.sum(axis=0, keepdims=True) for each in sums))


def _middle(samples: Samples) -> Array:
    """Cells whose centres lie in the middle half."""
    return np.asarray(np.abs(samples.positions / samples.length - 0.5) < 0.5 - MARGIN / LENGTH)


def _through(totals: Totals, name: str) -> Array:
    """Rate [group, species] at which something goes from left to right, by both walls."""
    rates = totals.wall_rates[..., WALL_TOTALS.index(name)]
    net = rates[..., DIRECTIONS.index("leaving")] - rates[..., DIRECTIONS.index("arriving")]
    return 0.5 * (net[:, 0] - net[:, 1])


def _gas(totals: Totals) -> tuple[Array, Array, Array]:
    """Density, velocity along y and temperature [group, cell] of a single gas."""
    moments = dict(zip(MOMENTS, np.moveaxis(totals.densities[:, :, 0], -1, 0), strict=True))
    density = moments["count"]
    means = [moments[name] / density for name in ("vx", "vy", "vz")]
    square = sum(moments[name] for name in ("xx", "yy", "zz")) / density
    thermal = square - sum(mean**2 for mean in means)
    return density, means[1], totals.masses[0] * thermal / (3 * BOLTZMANN)


def _slope(y: Array, x: Array) -> Array:
    """Of the straight line through y [group, cell] at x [group, cell] or [cell]."""
    x = x - x.mean(axis=-1, keepdims=True)
    return (x * y).sum(axis=-1) / (x * x).sum(axis=-1)


def _omega(point: Point) -> float:
    pair = point.mixture.interaction(0, 0)
    assert isinstance(pair, VariableSoftSphere)
    return pair.omega


def _couette(point: Point, samples: Samples, totals: Totals) -> Array:
    """P_xy over -mu(T) du/dx: u is straight over int dx / mu(T)."""
    _, velocity, temperature = (each[:, _middle(samples)] for each in _gas(totals))
    x = samples.positions[_middle(samples)]
    basis = np.vander((x - x.mean()) / np.ptp(x), 3)
    smooth = temperature @ (basis @ np.linalg.pinv(basis)).T
    fluidity = (smooth / TEMPERATURE) ** -_omega(point)
    steps = 0.5 * (fluidity[:, 1:] + fluidity[:, :-1]) * np.diff(x)
    along = np.concatenate([np.zeros((len(steps), 1)), np.cumsum(steps, axis=-1)], axis=-1)
    viscosity = float(point.theory.viscosity([1.0]))
    return _through(totals, "py")[:, 0] / (-viscosity * _slope(velocity, along))


def _fourier(point: Point, samples: Samples, totals: Totals) -> Array:
    """q over -lambda(T) dT/dx: int lambda dT is straight over x."""
    middle = _middle(samples)
    temperature, power = _gas(totals)[2][:, middle], 1 + _omega(point)
    potential = TEMPERATURE / power * (temperature / TEMPERATURE) ** power
    conductivity = float(point.theory.thermal_conductivity([1.0]))
    slope = _slope(potential, samples.positions[middle])
    return _through(totals, "energy")[:, 0] / (-conductivity * slope)


def _diffusion(point: Point, samples: Samples, totals: Totals) -> Array:
    """N_A - x_A (N_A + N_B) over -n D_12 dx_A/dx; the sum is zero in exchange."""
    density = totals.densities[..., 0]
    whole = density.sum(axis=-1)
    middle = _middle(samples)
    slope = _slope((density[..., 0] / whole)[:, middle], samples.positions[middle])
    diffusion = float(point.theory.diffusion_binary(0.5, PRESSURE)) * PRESSURE / (BOLTZMANN * TEMPERATURE)
    return _through(totals, "number")[:, 0] / (-diffusion * slope)


def _laws(point: Point, samples: Samples, totals: Totals) -> tuple[float, float]:
    """Excess of cell and step in the state that the middle has."""
    middle = _middle(samples)
    if point.flow == "diffusion":
        temperature, pressure = TEMPERATURE, PRESSURE
    else:
        density, _, kelvin = (each[:, middle] for each in _gas(totals))
        temperature = float(kelvin.mean())
        pressure = float((density * kelvin).mean()) * BOLTZMANN
    theory, name = point.theory.at(temperature), COEFFICIENTS[point.flow]
    width, step = samples.length / samples.cells[0], samples.timestep
    cell = cell_excess(theory, point.fractions, pressure, width)[name]
    return cell, timestep_excess(theory, point.fractions, pressure, step)[name]


FLOWS: dict[str, Callable[[Point, Samples, Totals], Array]] = {
    "couette": _couette, "fourier": _fourier, "diffusion": _diffusion
}  # fmt: skip
