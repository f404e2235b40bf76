"""Cahn-Hilliard demixing of a regular solution in one or two dimensions, periodic.

Space is spectral; time is exponential time differencing of second order with step control.  The mean
composition is one Fourier mode that no step touches; a step that would raise the free energy is halved.

Source: J. W. Cahn, Acta Metall. 9 (1961) 795; S. M. Cox, P. C. Matthews, J. Comput. Phys. 176 (2002) 430.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.fft import fftfreq, irfftn, rfftfreq, rfftn
from scipy.special import exprel

from knudsen.analysis.checks import positive
from knudsen.analysis.continuum.regular_solution import (
    Mobility,
    composition,
    curvature,
    exchange_potential,
    free_energy_density,
    mobility,
)
from knudsen.core.faults import SimulationFault

ROUNDING = 1e-13  # rise of the mean free energy [kT] that is put down to rounding
SMALLEST_STEP = 1e-12  # of the whole time


@dataclass(frozen=True)
class Demixing:
    """What a run leaves.

    time : the times asked for [time];  composition : x [time, ...grid]
    step_time : t after each step [step];  free_energy : its mean per molecule [step], kT, from t = 0
    """

    time: np.ndarray
    composition: np.ndarray
    step_time: np.ndarray
    free_energy: np.ndarray


@dataclass(frozen=True)
class CahnHilliard:
    """A regular solution in a periodic box::

        dx/dt = div { M(x) grad [f'(x) - kappa lap x] }

    Arguments
    ---------
    chi : interaction parameter [-];  kappa : gradient coefficient [kT length^2]
    shape : grid points, (n,) or (n, n'), each odd: an even grid's highest wave has no derivative
    lengths : of the box [length], one for each direction
    diffusion : D0 [length^2/time];  kind : mobility, "constant" D0 or "degenerate" D0 x (1 - x)

    Raises ValueError for a kappa, length or D0 that is not positive, grids that are even or have fewer than
    five points, or another number of directions.

    Waves shorter than the interface, about 2 pi sqrt(kappa / chi), need some three points each.

    >>> import numpy as np
    >>> solver = CahnHilliard(3.0, 1.0, (33,), (2 * np.pi,))
    >>> wave = 0.5 + 1e-5 * np.cos(2 * np.pi * np.arange(33) / 33)
    >>> run = solver.run(wave, [2.0])
    >>> round(float(np.log((run.composition[0, 0] - 0.5) / 1e-5)), 4)  # grows at rate 1
    2.0
    """

    chi: float
    kappa: float
    shape: tuple[int, ...]
    lengths: tuple[float, ...]
    diffusion: float = 1.0
    kind: Mobility = "constant"

    def __post_init__(self) -> None:
        positive(self.kappa, "kappa", "kT times length squared")
        positive(self.lengths, "lengths", "one unit of length")
        mobility(0.5, self.diffusion, self.kind)
        if not np.isfinite(self.chi):
            raise ValueError(f"chi must be finite, got {self.chi}")
        if len(self.shape) != len(self.lengths) or len(self.shape) not in (1, 2):
            raise ValueError(f"shape {self.shape} and lengths {self.lengths}: give one or two of each")
        if any(n % 2 != 1 or n < 5 for n in self.shape):
            raise ValueError(
                f"grid {self.shape} must have odd numbers of points, five or more: use 129 for 128"
            )

    def quench(self, x: float, amplitude: float, seed: int) -> np.ndarray:
        """A uniform composition with white noise of this amplitude about it, mean x to rounding [...grid].

        Raises ValueError if it leaves (0, 1).
        """
        noise = np.random.default_rng(seed).uniform(-1, 1, self.shape)
        return composition(x + amplitude * (noise - noise.mean()))

    def free_energy(self, x: ArrayLike) -> float:
        """Mean of f + (kappa / 2) |grad x|^2 over the box [kT per molecule]; x [...grid]."""
        x = self._field(x)
        steep = irfftn(self._k_squared * rfftn(x), self.shape)
        return float(np.mean(free_energy_density(x, self.chi) + self.kappa / 2 * x * steep))

    def rate(self, x: ArrayLike) -> np.ndarray:
        """dx/dt [...grid], 1/time."""
        x = self._field(x)
        return irfftn(self._rate(x, rfftn(x)), self.shape)

    def run(self, x: ArrayLike, times: ArrayLike, tolerance: float = 1e-6) -> Demixing:
        """Demix from the composition x [...grid] at t = 0.

        Arguments
        ---------
        times : when to keep the composition, ascending, after zero [time]
        tolerance : largest change of x between the first- and second-order step; the error of a step is
            well below it

        Raises ValueError for a composition outside (0, 1) or of another shape, or times that do not ascend;
        SimulationFault if steps below 1e-12 of the whole time would be needed.
        """
        x = self._field(x)
        times = np.atleast_1d(np.asarray(times, dtype=float))
        if not (times[0] > 0 and np.all(np.diff(times) > 0) and np.isfinite(times[-1])):
            raise ValueError("times must ascend from above zero: sort them and leave out t = 0")
        positive(tolerance, "tolerance", "mole fraction")
        state = _State(0.0, x, rfftn(x), min(times[0], 0.1 * self.kappa / self.diffusion))
        kept, step_times, energies = [], [0.0], [self.free_energy(x)]
        for end in times:
            while state.time < end:
                if state.step < SMALLEST_STEP * times[-1]:
                    raise SimulationFault(
                        f"the step fell to {state.step:.3g} at t = {state.time:.6g}: refine the grid"
                    )
                state, energy = self._advance(state, end, tolerance, energies[-1])
                if energy is not None:
                    energies.append(energy)
                    step_times.append(state.time)
            kept.append(state.composition)
        return Demixing(times, np.array(kept), np.array(step_times), np.array(energies))

    def _advance(
        self, state: "_State", end: float, tolerance: float, energy_before: float
    ) -> tuple["_State", float | None]:
        """The state one step on and its free energy; or, with None, the same state and half the step."""
        reaches = state.time + state.step >= end * (1 - 1e-12)
        step = end - state.time if reaches else state.step
        spectrum, error = self._step(state.composition, state.spectrum, step)
        x = irfftn(spectrum, self.shape)
        if not (error <= tolerance and np.all((x > 0) & (x < 1))):
            return replace(state, step=step / 2), None
        energy = self.free_energy(x)
        if energy > energy_before + ROUNDING:
            return replace(state, step=step / 2), None
        proposed = step * min(2.0, 0.9 * np.sqrt(tolerance / max(error, 0.1 * tolerance)))
        following = max(state.step, proposed) if reaches else proposed
        return _State(end if reaches else state.time + step, x, spectrum, following), energy

    def _step(self, x: np.ndarray, spectrum: np.ndarray, step: float) -> tuple[np.ndarray, float]:
        """One step; the linear part is that about the present range of f'' and M, exact for small waves."""
        bends, mobilities = curvature(x, self.chi), mobility(x, self.diffusion, self.kind)
        bend, mean = ((v.min() + v.max()) / 2 for v in (bends, mobilities))
        linear = -mean * self._k_squared * (bend + self.kappa * self._k_squared)
        z = linear * step
        if z.max() > 1:  # more than a growth time: the caller halves
            return spectrum, np.inf
        forcing = self._rate(x, spectrum) - linear * spectrum
        first = np.exp(z) * spectrum + step * exprel(z) * forcing
        middle = irfftn(first, self.shape)
        if not np.all((middle > 0) & (middle < 1)):
            return spectrum, np.inf
        change = step * _phi2(z) * (self._rate(middle, first) - linear * first - forcing)
        return first + change, float(np.max(np.abs(irfftn(change, self.shape))))

    def _rate(self, x: np.ndarray, spectrum: np.ndarray) -> np.ndarray:
        potential = rfftn(exchange_potential(x, self.chi)) + self.kappa * self._k_squared * spectrum
        if self.kind == "constant":
            return -self.diffusion * self._k_squared * potential
        M = mobility(x, self.diffusion, self.kind)
        return sum(1j * k * rfftn(M * irfftn(1j * k * potential, self.shape)) for k in self._wavenumbers)

    def _field(self, x: ArrayLike) -> np.ndarray:
        x = composition(x)
        if x.shape != self.shape:
            raise ValueError(f"x has shape {x.shape}: give one composition for each point of {self.shape}")
        return x

    @cached_property
    def _wavenumbers(self) -> list[np.ndarray]:
        frequencies = [fftfreq] * (len(self.shape) - 1) + [rfftfreq]
        waves = [
            2 * np.pi * frequency(n, length / n)
            for frequency, n, length in zip(frequencies, self.shape, self.lengths, strict=True)
        ]
        return list(np.meshgrid(*waves, indexing="ij"))

    @cached_property
    def _k_squared(self) -> np.ndarray:
        return sum(k**2 for k in self._wavenumbers)


@dataclass(frozen=True)
class _State:
    time: float
    composition: np.ndarray
    spectrum: np.ndarray
    step: float  # to try next


def _phi2(z: np.ndarray) -> np.ndarray:
    """(exp(z) - 1 - z) / z^2, by its series where that cancels."""
    small = np.abs(z) < 0.02
    far = np.where(small, 1.0, z)
    series = 1 / 2 + z / 6 * (1 + z / 4 * (1 + z / 5 * (1 + z / 6 * (1 + z / 7))))
    return np.where(small, series, (exprel(far) - 1) / far)
