"""How the wave decays, as measured and by kinetic theory, and the diffusivity that both are read for."""

import math
from dataclasses import dataclass

import numpy as np

from knudsen.analysis.statistics import Array, Measured, jackknife
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, marked_hard_spheres
from knudsen.analysis.transition.nonlocal_diffusion import (
    diffusivity_at,
    free_diffusivity,
    hydrodynamic_coefficient,
    relaxing_marks,
    scattering_function,
)
from knudsen.analysis.transition.operators import HalfRangeOperator
from knudsen.core.results import TheoryKind
from knudsen.core.samples import Samples
from knudsen.scenarios.nonlocal_diffusion.wave import Scale, amplitude, project

HARD_SPHERES = "linearised Boltzmann equation, marked hard spheres"
RELAXING = "one relaxation rate: a model equation"
ORDINATES = Resolution(20, 8, 16, 6)  # made in three seconds
ORDINATES_ERROR = 1e-5  # up to k lambda = 10
COUNT = 0  # of MOMENTS


@dataclass(frozen=True)
class Theory:
    """Marked molecules of kinetic theory.

    Arguments
    ---------
    marks : their losses;  scale : of the run
    kind, source : how well they stand for the simulated ones, and their name;  error : relative
    """

    marks: HalfRangeOperator
    scale: Scale
    kind: TheoryKind
    source: str
    error: float

    @property
    def unit(self) -> float:
        """Length mu v0 / p of the operator [m]."""
        return self.scale.mean_free_path * 2 / math.sqrt(math.pi)

    @property
    def wave_number(self) -> float:
        """k in the operator's unit."""
        return self.scale.wave_number * self.unit

    def decay(self) -> Array:
        """F at t = 0 and at the run's samples."""
        interval = self.scale.interval * self.scale.speed / self.unit
        return scattering_function(self.marks, self.wave_number, interval, self.scale.samples)

    def ratio(self) -> float:
        """D(k) / D(0), from the whole decay."""
        return diffusivity_at(self.marks, self.wave_number) / diffusivity_at(self.marks, 0.0)

    def limits(self) -> tuple[float, float]:
        """D(k) / D(0) to the first order in k^2, and of free molecules."""
        k = self.wave_number
        near = 1 - hydrodynamic_coefficient(self.marks) * k**2
        return near, float(free_diffusivity(k)) / diffusivity_at(self.marks, 0.0)


def kinetic_theory(scale: Scale) -> Theory:
    """Of marked hard spheres among others alike; else molecules that relax at one rate, of the same D(0)."""
    gas = scale.theory.mixture
    if gas.model == "hs" and len(gas) == 1:
        return Theory(marked_hard_spheres(ORDINATES), scale, "numerical", HARD_SPHERES, ORDINATES_ERROR)
    unit = scale.mean_free_path * 2 / math.sqrt(math.pi)
    marks = relaxing_marks(scale.diffusivity / (scale.speed * unit))
    return Theory(marks, scale, "approximate", RELAXING, 0.0)


def measured_decay(scale: Scale, samples: Samples) -> Measured:
    """F at t = 0 and at the samples, with errors from the spread of the copies [sample]."""
    count = samples.sums[..., COUNT] / samples.samples[:, None, None, None]
    wave = project(count[..., 0] - count[..., 1], samples.positions, samples.length)
    begun = np.full((1, samples.copies), amplitude(scale))
    waves = np.concatenate([begun, wave]).T
    result: Measured = jackknife(lambda total: total / total[..., :1], waves)
    return result


def ratio_of(scale: Scale, decay: Array) -> Array:
    """D(k) / D(0) of F [..., sample]: what decayed over the area under it."""
    area = np.trapezoid(decay, dx=scale.interval, axis=-1)
    return np.asarray((1 - decay[..., -1]) / (area * scale.wave_number**2 * scale.diffusivity))
