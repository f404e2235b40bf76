"""The series of a run, an atom and the whole potential: since when they are stationary, how they drift."""

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.stationarity import stationary_part
from knudsen.analysis.statistics import TooShortError

if TYPE_CHECKING:
    from knudsen.md.measures.thermo import ThermoSeries
    from knudsen.md.potentials.pairs import LongRange
    from knudsen.scenarios.lj_fluid import FluidConfig

Array = np.ndarray[Any, Any]
DRIFT_STEPS = 100_000
DRIFT_BLOCKS = 6
LEAST_CUT = 20  # one part in so many is never kept


@dataclass(frozen=True)
class Series:
    """Series of each copy [copy, sample]; energies per atom [epsilon], pressure [epsilon/sigma^3].

    steps, times : [sample];  density [1/sigma^3]
    potential_energy, pressure : with the long-range corrections of g(r) = 1; the pressure with the share of
        a centre of mass at rest
    conserved : kinetic and potential energy, as cut, and what the thermostat counts
    pressure_tensor : [copy, sample, 3, 3], as cut
    """

    steps: Array
    times: Array
    density: Array
    temperature: Array
    kinetic_energy: Array
    potential_energy: Array
    pressure: Array
    conserved: Array
    pressure_tensor: Array

    @classmethod
    def of(cls, thermo: "ThermoSeries", missing: "LongRange", volume: float, atoms: int) -> "Series":
        """From what was measured of the whole system as cut, and what the cut leaves out in one volume."""
        denser, density = volume / thermo.volume, atoms / thermo.volume
        # A centre of mass at rest takes T / V from the kinetic part; the fluid's pressure has it.
        resting = density * thermo.temperature - 2 * thermo.kinetic / (3 * thermo.volume)
        return cls(
            thermo.steps,
            thermo.times,
            density,
            thermo.temperature,
            thermo.kinetic / atoms,
            thermo.potential / atoms + missing.energy * denser,
            thermo.pressure + resting + missing.pressure * denser**2,
            thermo.conserved / atoms,
            thermo.pressure_tensor,
        )

    def since(self, sample: int) -> "Series":
        """From a sample on."""
        cut = {name: array[sample:] for name, array in self.to_arrays().items() if array.ndim == 1}
        rest = {name: array[:, sample:] for name, array in self.to_arrays().items() if array.ndim > 1}
        return Series(**cut, **rest)

    def to_arrays(self) -> dict[str, Array]:
        """All of it by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def first_sample(config: "FluidConfig", whole: Series) -> int:
    """The first sample of the stationary part: as given, or found.

    It is found from energy and pressure, or from energy and density where the pressure is kept, in all but
    the first twentieth: no start is an equilibrium, even where noise would hide it.

    Raises NotSteadyError, TooShortError as `stationary_part` does.
    """
    if config.equilibration_steps is not None:
        return int(np.searchsorted(whole.steps, config.equilibration_steps, side="right"))
    begin = len(whole.steps) // LEAST_CUT
    if config.thermostat == "none":
        begin = int(np.searchsorted(whole.steps, config.thermostatted_steps, side="right"))
    found = [whole.potential_energy, whole.pressure if config.pressure is None else whole.density]
    if config.thermostat == "none":
        found = [about_common_mean(series) for series in found]
    return begin + max(stationary_part(series[:, begin:]).start for series in found)


def about_common_mean(series: Array) -> Array:
    """A series [copy, sample] with the later half's mean of each copy moved to that of all.

    Copies at constant energy keep their energies, and so their temperatures, which time does not bring
    together: their differences are no noise.
    """
    means = series[:, series.shape[1] // 2 :].mean(axis=1, keepdims=True)
    return series - means + means.mean()


def drift(steps: Array, conserved: Array) -> tuple[float, float]:
    """Slope of the conserved quantity over 1e5 steps, and its standard error.

    The slope is that of least squares.  Its error comes from the differences of successive block means: two
    or three times too large for noise about a line, but right for a random walk, which residuals hide.

    Arguments
    ---------
    steps : [sample];  conserved : [copy, sample]

    Raises
    ------
    TooShortError : fewer than two samples in each of 6 blocks
    """
    samples = len(steps)
    if samples < 2 * DRIFT_BLOCKS:
        raise TooShortError(f"{samples} samples cannot show a drift: {2 * DRIFT_BLOCKS} are needed")
    time = (steps - steps.mean()) / DRIFT_STEPS
    slope = float((conserved @ time).mean() / (time @ time))
    length = samples // DRIFT_BLOCKS
    used = conserved[:, -DRIFT_BLOCKS * length :].reshape(len(conserved), DRIFT_BLOCKS, length)
    differences = np.diff(used.mean(axis=2), axis=1)
    block = (steps[-1] - steps[-1 - length]) / DRIFT_STEPS
    return slope, float(differences.std(ddof=1) / np.sqrt(differences.size) / block)
