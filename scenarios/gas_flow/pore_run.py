"""A run of a pore in its steady state: what entered, passed, and met its wall."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.constants import N_A as AVOGADRO
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.gas_fields import gas_fields
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.analysis.walls import WallFields, wall_fields
from knudsen.core.results import Estimate, Profile
from knudsen.core.samples import Samples
from knudsen.scenarios.gas_flow.pore import Pore, transient_of
from knudsen.scenarios.gas_flow.simulation import steady_part

LEFT, RIGHT = 0, 1
CLAUSING = "Clausing's equation"


@dataclass(frozen=True)
class PoreRun:
    """The steady part of a run.

    steady_from : step at which it begins
    """

    pore: Pore
    samples: Samples
    walls: WallFields
    steady_from: int

    def net(self, end: int, species: int) -> Measured:
        """Molecules that go out by an end, less those that come in, per section of the pore [m-2 s-1]."""
        return derive(
            lambda flux: flux[..., end, species] / self.pore.opening, self.walls.whole["number_flux"]
        )

    def gone(self, end: int, species: int) -> Measured:
        """Molecules that go out by an end, per section of the pore [m-2 s-1]."""
        return derive(
            lambda flux: flux[..., end, species] / self.pore.opening, self.walls.whole["arrival_flux"]
        )

    def sent(self, end: int, species: int) -> Measured:
        """Molecules that a reservoir sends, per section [m-2 s-1]."""
        return derive(
            lambda arrived, net: (arrived - net)[..., end, species],
            self.walls.whole["arrival_flux"], self.walls.whole["number_flux"],
        )  # fmt: skip

    def beside_clausing(self, name: str, unit: str, measured: Measured, theory: float, how: str) -> Estimate:
        """An estimate beside Clausing's number, of Lord's walls at alpha = sigma_t; NaN is no theory."""
        if np.isnan(theory):
            return Estimate(name, measured.value, measured.stderr, unit)
        walls = "" if self.pore.config.of_clausing else ", alpha = sigma_t"
        return Estimate(
            name, measured.value, measured.stderr, unit, theory, self.pore.error(theory), self.pore.kind(),
            f"{CLAUSING}{walls}: {how}",
        )  # fmt: skip

    def molar(self, flux: Measured) -> Measured:
        """A flux in moles [mol m-2 s-1]."""
        return derive(lambda number: number / AVOGADRO, flux)

    @cached_property
    def bore(self) -> Array:
        """Numbers of the patches of the pore's wall, along it."""
        pore, walls = self.pore, self.walls
        axis = self.samples.face_axis[walls.patch_face]
        x, across = walls.centre[:, 0], walls.centre[:, 1]
        begin = pore.vessel[0]
        inside = (x > begin) & (x < begin + pore.length) & (np.abs(across - pore.wall) < 1e-6 * pore.wall)
        found = np.nonzero((axis == 1) & inside)[0]
        return found[np.argsort(x[found])]

    def on_the_wall(self, species: int) -> Measured:
        """Molecules that meet the pore's wall [m-2 s-1] [cell along it]."""
        return derive(lambda flux: flux[..., self.bore, species], self.walls.along["arrival_flux"])

    @property
    def places(self) -> Array:
        """Centres of the cells along the pore, from its left end [m]."""
        return np.asarray(self.walls.centre[self.bore, 0] - self.pore.vessel[0])

    @property
    def resolution(self) -> dict[str, object]:
        """How far the run can be trusted."""
        return {**self.pore.resolution(), "steady_from_step": self.steady_from}

    def fields(self) -> list[Profile]:
        """Pressure along the whole domain, and density of the first species over the left reservoir's."""
        along, config = self.samples.along(0), self.pore.config
        found, whole = gas_fields(along), config.pressure / (BOLTZMANN * config.temperature)
        pressure = found["pressure"]
        density = derive(lambda number: number[..., 0] / whole, found["number_density"])
        return [
            Profile("pressure", "Pa", along.positions, pressure.value, pressure.stderr),
            Profile("density", "1", along.positions, density.value, density.stderr),
        ]


def steady_run(pore: Pore, samples: Samples) -> PoreRun:
    """What a run measured.  Raises TooShortError, NotSteadyError where it cannot be judged."""
    steady = steady_part(transient_of(pore), samples)
    return PoreRun(pore, steady, wall_fields(steady), int(samples.steps.sum() - steady.steps.sum()))
