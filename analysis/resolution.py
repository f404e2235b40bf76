"""How finely a DSMC run resolves its gas, what that does to its transport, and what would serve better."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.discretization import (
    Steps,
    cell_excess,
    choose_steps,
    pair_frictions,
    timestep_excess,
)
from knudsen.analysis.kinetic.repeated_collisions import repeat_excess, repeats_are_known
from knudsen.analysis.kinetic.scattering import temperature_limits
from knudsen.analysis.statistics import Array
from knudsen.core.interactions import VariableSoftSphere
from knudsen.core.samples import MOMENTS, Samples

FEW_MOLECULES = 5.0  # in a collision cell, on average
FEWEST_SEEN = 10  # in all samples, for a temperature
NO_SPREAD = 1e-9  # of the kinetic energy: one molecule, seen again and again
TEMPERATURES = 5  # between which the rates of potentials are interpolated


@dataclass(frozen=True)
class Resolution:
    """Mean free paths, collision times and molecules, cell by cell, beside the cells and the step.

    Arguments
    ---------
    names : species;  theory : of the gas
    density : [cell, species] [m-3];  temperature : [cell] [K], NaN where the cell is not judged: no molecule
        was seen, or too few for a temperature, or it lies outside a potential's table
    molecules : [cell, species], of one copy in a collision cell, on average
    width : of a collision cell, its widest side [m];  timestep : [s]
    mean_free_path, collision_time : [cell, species] [m], [s], by the collision rate of the engine's laws; of
        a potential, whose rate is that of its cut, by hard spheres that resist diffusion as it does

    NaN stands where a cell is not judged.
    """

    theory: ChapmanEnskog
    density: Array
    temperature: Array
    molecules: Array
    width: float
    timestep: float
    mean_free_path: Array
    collision_time: Array

    @property
    def names(self) -> tuple[str, ...]:
        """Of the species."""
        return self.theory.mixture.names

    @property
    def cell_ratio(self) -> Array:
        """Width of a collision cell in mean free paths [cell, species]."""
        return self.width / self.mean_free_path

    @property
    def step_ratio(self) -> Array:
        """Time step in mean collision times [cell, species]."""
        return self.timestep / self.collision_time

    @property
    def flight_ratio(self) -> Array:
        """Collision cells that a molecule of mean speed crosses in a step [cell, species]."""
        return self.step_ratio / self.cell_ratio

    @property
    def molecules_in_path(self) -> Array:
        """Molecules of one copy in a mean free path along the widest side [cell], the shortest path's."""
        return np.asarray(self.molecules.sum(axis=1) / self.cell_ratio.max(axis=1))

    def excess(self) -> dict[str, tuple[float, float]]:
        """Relative excess of each transport coefficient by the cell and by the step, where they are coarsest.

        Of partners at random; where they are the nearest of several, cells add less.
        """
        wide, long = (int(np.nanargmax(ratio.max(axis=1))) for ratio in (self.cell_ratio, self.step_ratio))
        by_cell = cell_excess(*self._state(wide), self.width)
        by_step = timestep_excess(*self._state(long), self.timestep)
        return {name: (by_cell[name], by_step[name]) for name in by_cell}

    def repeats(self) -> dict[str, float]:
        """Relative excess of each coefficient by pairs that meet again within a step, where it is greatest.

        Of partners at random and soft spheres; empty for other laws.
        """
        if not repeats_are_known(self.theory.mixture):
            return {}
        cell = self._crowded
        return repeat_excess(*self._state(cell), self.timestep, float(self.molecules[cell].sum()))

    @property
    def _crowded(self) -> int:
        """The cell whose molecules collide most often in a step, over their number."""
        held = self.molecules.sum(axis=1)
        return int(np.nanargmax(self.step_ratio.max(axis=1) / np.where(held > 0, held, np.nan)))

    def better(self, error: float) -> Steps:
        """Collision cell and step that keep every coefficient within `error` where they are coarsest."""
        cells = {int(np.nanargmax(ratio.max(axis=1))) for ratio in (self.cell_ratio, self.step_ratio)}
        chosen = [choose_steps(*self._state(cell), error) for cell in cells]
        return Steps(min(each.width for each in chosen), min(each.timestep for each in chosen))

    def summary(self) -> dict[str, float]:
        """The coarsest of each, and the fewest molecules: numbers for a run's `resolution`."""
        return {
            "collision_cell_over_mean_free_path": float(np.nanmax(self.cell_ratio)),
            "timestep_over_collision_time": float(np.nanmax(self.step_ratio)),
            "collision_cells_crossed_in_a_step": float(np.nanmax(self.flight_ratio)),
            "fewest_molecules_in_a_collision_cell": float(self.molecules.sum(axis=1).min()),
            "fewest_molecules_in_a_mean_free_path": float(np.nanmin(self.molecules_in_path)),
            **{f"{name}_excess": sum(parts) for name, parts in self.excess().items()},
            **{f"{name}_excess_of_repeated_collisions": part for name, part in self.repeats().items()},
        }

    def advice(self, error: float = 0.01) -> list[str]:
        """What to change, in words, for transport coefficients within `error`; warnings come first."""
        return [*self._emptied(), *self._coarse(error), *self._repeated(error)]

    def _emptied(self) -> Iterator[str]:
        """Of cells that rarefaction has emptied, or nearly."""
        held = self.molecules.sum(axis=1)
        empty, few = int(np.sum(held == 0)), int(np.sum(held < FEW_MOLECULES))
        if empty:
            yield f"{empty} of {len(held)} cells have seen no molecule: give more molecules or wider cells"
        elif few:
            yield (
                f"{few} of {len(held)} cells hold fewer than {FEW_MOLECULES:g} molecules a collision cell, "
                f"cell {int(np.argmin(held))} only {held.min():.2g}: give "
                f"{math.ceil(FEW_MOLECULES / held.min())} times as many, or wider collision cells"
            )
        if unjudged := int(np.sum(np.isnan(self.temperature) & (held > 0))):
            yield (
                f"{unjudged} of {len(held)} cells are not judged: they have seen too few molecules for a "
                "temperature, or theirs lies outside the table of a potential"
            )

    def _coarse(self, error: float) -> Iterator[str]:
        """Of a cell or step that takes more than half of the error."""
        better, excess = self.better(error), self.excess()
        rows = (
            ("cells", 0, self.cell_ratio, "mean free paths", self.width, better.width, "m"),
            ("timestep", 1, self.step_ratio, "mean collision times", self.timestep, better.timestep, "s"),
        )
        for what, part, ratio, measure, have, need, unit in rows:
            if have > need:
                cell, species = np.unravel_index(int(np.nanargmax(ratio)), ratio.shape)
                worst = max(excess, key=lambda name, part=part: excess[name][part])
                yield (
                    f"{what}: {have:.3g} {unit} is {ratio[cell, species]:.2g} {measure} of "
                    f"{self.names[species]} in cell {cell}, which makes {worst.replace('_', ' ')} "
                    f"{100 * excess[worst][part]:.2g} % too high; {need:.2g} {unit} keeps that within "
                    f"{50 * error:.2g} %"
                )

    def _repeated(self, error: float) -> Iterator[str]:
        """Of too few molecules for the step."""
        repeats = self.repeats()
        worst = max(repeats, key=lambda name: repeats[name], default="")
        if worst and repeats[worst] > error / 2:
            held = float(self.molecules[self._crowded].sum())
            need = math.ceil(2 * held * repeats[worst] / error)
            yield (
                f"molecules: of {held:.3g} in a collision cell, pairs meet again within a step of "
                f"{self.timestep:.3g} s in cell {self._crowded}, which makes {worst.replace('_', ' ')} "
                f"{100 * repeats[worst]:.2g} % too high; {need} molecules or a shorter step "
                f"keep that within {50 * error:.2g} %"
            )

    def _state(self, cell: int) -> tuple[ChapmanEnskog, Array, float]:
        """Theory, mole fractions and pressure [Pa] of a cell."""
        density, temperature = self.density[cell], float(self.temperature[cell])
        total = float(density.sum())
        return self.theory.at(temperature), density / total, total * BOLTZMANN * temperature


def resolve(
    theory: ChapmanEnskog, density: Array, temperature: Array, molecules: Array, width: float, timestep: float
) -> Resolution:
    """The resolution of a state: arguments as of `Resolution`.

    ::

        1 / tau_a = nu_a = sum_b n_b <sigma_T g>_ab,    lambda_a = (8 kT / pi m_a)^(1/2) / nu_a

    Cells whose temperature is not positive, or outside a potential's table, are not judged.

    Raises
    ------
    ValueError : a width or step that is not positive;  arrays that disagree;  a domain without gas, or
        without a cell that can be judged

    Source: G. A. Bird, Molecular Gas Dynamics (1994), eqs 4.65, 4.76.
    """
    density, temperature, molecules = (np.asarray(each, float) for each in (density, temperature, molecules))
    species = len(theory.mixture)
    if density.shape != (len(temperature), species) or molecules.shape != density.shape:
        raise ValueError(
            f"density and molecules must be [cell, species], {(len(temperature), species)} here, "
            f"got {density.shape} and {molecules.shape}"
        )
    if not (width > 0 and timestep > 0):
        raise ValueError(f"width and timestep must be positive, got {width} m and {timestep} s")
    seen = density.sum(axis=1) > 0
    if not seen.any():
        raise ValueError("no cell holds a molecule: there is nothing to resolve")
    low, high = _temperature_limits(theory)
    judged = seen & (temperature > 0) & (temperature >= low) & (temperature <= high)
    if not judged.any():
        raise ValueError(
            f"no cell has a temperature to be judged by, between {low:.4g} and {high:.4g} K: sample longer, "
            "give more molecules, or take a soft-sphere model"
        )
    kelvin = np.where(judged, temperature, np.nan)
    frequency = np.einsum("cb,cab->ca", density, _rates(theory, kelvin))
    frequency[~judged] = np.nan
    speed = np.sqrt(8 * BOLTZMANN * kelvin[:, None] / (np.pi * np.array(theory.mixture.masses)))
    return Resolution(
        theory, density, kelvin, molecules, float(width), float(timestep), speed / frequency, 1 / frequency
    )


def resolution(theory: ChapmanEnskog, samples: Samples, subcells: int | Sequence[int] = 1) -> Resolution:
    """The resolution of a run, by its mean density and temperature in every cell.

    Arguments
    ---------
    theory : of the run's gas;  samples : without the transient
    subcells : collision cells in a sampling cell, along each axis or along all
    """
    parts = np.broadcast_to(np.asarray(subcells), samples.cells.shape)
    sides = (samples.high - samples.low) / (samples.cells * parts)
    sums = samples.sums.sum(axis=(0, 1))
    taken = samples.samples.sum()
    gas = samples.volumes > 0
    moments = dict(zip(MOMENTS, np.moveaxis(sums[gas][..., : len(MOMENTS)], -1, 0), strict=True))
    weight = samples.weight.mean(axis=0)
    count, masses = moments["count"], weight * samples.masses
    mean = np.stack([(masses * moments[name]).sum(axis=1) for name in ("vx", "vy", "vz")])
    energy = (masses * (moments["xx"] + moments["yy"] + moments["zz"])).sum(axis=1)
    with np.errstate(invalid="ignore"):
        thermal = energy - (mean**2).sum(axis=0) / (masses * count).sum(axis=1)
        temperature = thermal / (3 * BOLTZMANN * (weight * count).sum(axis=1))
    temperature[(count.sum(axis=1) < FEWEST_SEEN) | (thermal <= NO_SPREAD * energy)] = np.nan
    density = count * weight / (taken * samples.volumes[gas, None])
    molecules = count / (taken * samples.copies * np.prod(parts))
    return resolve(
        theory, density / samples.copies, temperature, molecules, float(sides.max()), samples.timestep
    )


def _temperature_limits(theory: ChapmanEnskog) -> tuple[float, float]:
    """Lowest and highest temperature [K] of all pairs."""
    mixture = theory.mixture
    limits = [temperature_limits(mixture.interaction(*pair)) for pair in mixture.pair_numbers()]
    return max(low for low, _ in limits), min(high for _, high in limits)


def _rates(theory: ChapmanEnskog, temperature: Array) -> Array:
    """<sigma_T g> [cell, species, species] [m^3/s], interpolated as powers of the temperature."""
    low, high = np.nanmin(temperature), np.nanmax(temperature)
    nodes = np.geomspace(low, high, TEMPERATURES) if high > low else np.array([low])
    known = np.log([collision_rates(theory.at(float(node))) for node in nodes])
    at = np.log(temperature)
    species = len(theory.mixture)
    rates = np.empty((len(temperature), species, species))
    for a in range(species):
        for b in range(species):
            rates[:, a, b] = np.exp(np.interp(at, np.log(nodes), known[:, a, b]))
    return rates


def collision_rates(theory: ChapmanEnskog) -> Array:
    """<sigma_T g> of each pair [species, species] [m^3/s]; potentials are hard spheres of their friction."""
    # Hard spheres of collision rate r have the friction (4/3) r.
    rates = 0.75 * pair_frictions(theory)
    for a, b in theory.mixture.pair_numbers():
        if isinstance(theory.mixture.interaction(a, b), VariableSoftSphere):
            rates[a, b] = rates[b, a] = theory.collision_rate(a, b)
    return rates
