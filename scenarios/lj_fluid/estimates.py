"""The estimates of a Lennard-Jones run, each beside its theory, and g(r)."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.analysis.statistics import (
    Measured,
    autocorrelation_time_of_mean,
    jackknife,
    mean_and_error,
)
from knudsen.core.results import Estimate, Profile, TheoryKind
from knudsen.md.potentials.pairs import PairTable
from knudsen.scenarios.lj_fluid.radial import RadialSeries, left_out
from knudsen.scenarios.lj_fluid.series import Series, about_common_mean, drift
from knudsen.scenarios.lj_fluid.size import FewAtoms, Tail
from knudsen.scenarios.lj_fluid.theory import SOURCE, Known, StateTheory, at_pressure, obstacle, state_theory

if TYPE_CHECKING:
    from knudsen.scenarios.lj_fluid import FluidConfig

Array = np.ndarray[Any, Any]
DENSITY = "sigma-3"
BAROSTAT_SOURCE = "as set, with g(r) = 1 in the corrections"
ENERGY, PRESSURE, TEMPERATURE = "epsilon", "epsilon sigma-3", "epsilon kB-1"
GROUPS = 20  # stretches of a copy are gathered into so many groups at most


@dataclass(frozen=True)
class Run:
    """A measured run: the stationary part of its series, and all of g(r).

    series : from the stationary state on;  radial : from the first step on
    """

    config: "FluidConfig"
    series: Series
    radial: RadialSeries

    @cached_property
    def stretches(self) -> Array:
        """Stretches of g(r) that lie in the stationary part whole."""
        length = np.diff(self.radial.steps, prepend=0)
        return self.radial.steps - length >= self.series.steps[0] - self.config.sample_every

    @cached_property
    def distribution(self) -> Measured | None:
        """g(r) [bin]; None where the run is too short for two stretches."""
        groups = (
            _gathered(self.radial.pairs[:, self.stretches]),
            _gathered(self.radial.expected[:, self.stretches]),
        )
        if len(groups[0]) < 2:
            return None
        return jackknife(lambda pairs, expected: pairs / expected, *groups)

    @cached_property
    def structure(self) -> tuple[Known, Known]:
        """What the pairs of the run's own atoms add to the long-range corrections of energy and pressure.

        These take all N^2 / 2 pairs at g(r) = 1, the atoms have N (N - 1) / 2 at the measured one.
        """
        found = self.distribution
        if found is None:
            return Known(0.0, 0.0), Known(0.0, 0.0)
        density, pairs = float(self.series.density.mean()), 1 - 1 / self.config.atoms
        weights = left_out(self.radial.edges, self.config.cutoff, self.config.form)
        energy, pressure = (
            Measured((pairs * found.value - 1) @ w, (pairs * found.replicates - 1) @ w) for w in weights
        )
        return (
            Known(density * float(energy.value), density * float(energy.stderr)),
            Known(density**2 * float(pressure.value), density**2 * float(pressure.stderr)),
        )

    @cached_property
    def temperature(self) -> Known:
        """The kinetic temperature."""
        return self.mean(self.series.temperature)

    def mean(self, series: Array) -> Known:
        """Mean of a series [copy, sample] and its error, at constant energy for the energies there are."""
        if self.config.thermostat != "none":
            return Known(*mean_and_error(series))
        return Known(float(series.mean()), mean_and_error(about_common_mean(series))[1])

    @property
    def pressure_kept(self) -> Known | None:
        """The pressure that a barostat keeps, which takes g(r) = 1 in the corrections."""
        if self.config.pressure is None:
            return None
        structure = self.structure[1]
        return Known(self.config.pressure + structure.value, structure.error)

    @cached_property
    def density(self) -> tuple[Known, Known | None]:
        """Measured, and by theory at the pressure kept where there is one."""
        if self.pressure_kept is None:
            return Known(self.config.density, 0.0), None
        measured = self.mean(self.series.density)
        try:
            return measured, self._at_pressure(measured.value)[0]
        except ValueError:
            return measured, None

    @cached_property
    def theory(self) -> StateTheory | None:
        """At the temperature kept, or at the one measured where the energy is; None outside its range."""
        density = self.density[0].value
        try:
            if self.pressure_kept is not None:
                return self._at_pressure(density)[1]
            return state_theory(self.state_temperature, density, self.system)
        except ValueError:
            return None

    def _at_pressure(self, near: float) -> tuple[Known, StateTheory]:
        assert self.pressure_kept is not None
        return at_pressure(self.state_temperature, self.pressure_kept, near, self.system)

    @property
    def system(self) -> FewAtoms:
        """The finite system that theory is asked for: beyond the last bin of g(r) nothing is counted."""
        unfelt = _tail(self.config.cutoff, self.config.form)
        uncounted = unfelt if self.distribution is None else _tail(float(self.radial.edges[-1]))
        held = len(self.series.density) if self.config.thermostat == "none" else 0
        return FewAtoms(self.config.atoms, unfelt, uncounted, held)

    @property
    def state_temperature(self) -> float:
        """The temperature of the state that theory is asked for."""
        return self.temperature.value if self.config.thermostat == "none" else self.config.temperature

    @property
    def source(self) -> str:
        """What the theory is, and of how many atoms."""
        return f"{SOURCE}, for {self.config.atoms} atoms"

    @property
    def theory_kind(self) -> TheoryKind:
        """Between the coexisting densities the equation of state has seen no data."""
        return "approximate" if obstacle(self.state_temperature, self.density[0].value) else "numerical"

    def resolution(self) -> dict[str, Any]:
        """How long the run is against its own memory."""
        energy = about_common_mean(self.series.potential_energy)
        tau, _ = autocorrelation_time_of_mean(energy)
        return {
            "energy_correlation_steps": tau * self.config.sample_every,
            "independent_energies": energy.size / tau,
            "radial_distribution_stretches": int(self.stretches.sum()),
            "correction_energy_of_structure": self.structure[0].value,
            "correction_pressure_of_structure": self.structure[1].value,
        }


def estimates(run: Run) -> list[Estimate]:
    """All estimates, in the order of the table."""
    theory, series = run.theory, run.series
    energy, pressure = run.structure
    slope, error = drift(series.steps, series.conserved)
    return [
        *_density(run),
        _beside(run, "potential_energy", ENERGY, series.potential_energy, energy,
                theory and (theory.energy, theory.energy_slope)),
        _beside(run, "pressure", PRESSURE, series.pressure, pressure,
                theory and (theory.pressure, theory.pressure_slope)),
        _temperature(run),
        Estimate("conserved_drift", slope, error, ENERGY, 0.0, theory_kind="asymptotic",
                 theory_source="per atom and 1e5 steps; 0 as the time step goes to 0"),
    ]  # fmt: skip


def _density(run: Run) -> list[Estimate]:
    """The density beside theory, where a barostat keeps the pressure."""
    (value, error), theory = run.density
    if run.pressure_kept is None:
        return []
    if theory is None:
        return [Estimate("density", value, error, DENSITY)]
    return [Estimate("density", value, error, DENSITY, *theory, run.theory_kind, run.source)]


def _temperature(run: Run) -> Estimate:
    if run.config.thermostat == "none":
        return Estimate("temperature", *run.temperature, TEMPERATURE)
    return Estimate(
        "temperature", *run.temperature, TEMPERATURE, run.config.temperature, theory_source="as set"
    )


def _beside(
    run: Run, name: str, unit: str, series: Array, structure: Known, theory: tuple[Known, float] | None
) -> Estimate:
    """The mean of a series with what its correction lacks, beside the equation of state.

    At constant energy theory is that of the measured temperature, with which the series varies: the combined
    error is then that of their difference.
    """
    mean, error = run.mean(series)
    value, stderr = mean + structure.value, float(np.hypot(error, structure.error))
    if theory is None:
        return Estimate(name, value, stderr, unit)
    (expected, theory_error), slope = theory
    if name == "pressure" and run.config.pressure is not None:
        lacking = abs(structure.value)
        return Estimate(name, value, stderr, unit, run.config.pressure, lacking, "exact", BAROSTAT_SOURCE)
    if run.config.thermostat == "none":
        apart = run.mean(series - slope * run.series.temperature).error
        theory_error = float(np.sqrt(theory_error**2 + max(apart**2 - error**2, 0.0)))
    return Estimate(name, value, stderr, unit, expected, theory_error, run.theory_kind, run.source)


def profiles(run: Run) -> list[Profile]:
    """g(r), where the run is long enough for it."""
    found, edges = run.distribution, run.radial.edges
    if found is None:
        return []
    middles = (edges[1:] + edges[:-1]) / 2
    return [Profile("radial_distribution", "1", middles, found.value, found.stderr, position_unit="sigma")]


def _tail(cutoff: float, form: str = "cut") -> Tail:
    """What a cut leaves out at g(r) = 1, at a density of one."""
    missing = PairTable(1.0, 1.0, cutoff, form).long_range([1], 1.0)
    return Tail(missing.energy, missing.pressure)


def _gathered(stretches: Array) -> Array:
    """Sums over [copy, stretch, bin] in groups [group, bin] of successive stretches of one copy."""
    copies, count, bins = stretches.shape
    groups = min(count, GROUPS)
    if groups == 0:
        return np.zeros((0, bins))
    length = count // groups
    used = stretches[:, count - groups * length :]
    return used.reshape(copies * groups, length, bins).sum(axis=1)
