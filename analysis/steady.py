"""Where the steady state of a slab begins, judged by its copies where there are enough of them."""

import numpy as np
from scipy import stats

from knudsen.analysis.stationarity import steady_state_start
from knudsen.analysis.statistics import Array, NotSteadyError, varies
from knudsen.core.samples import MOMENTS, Samples

FEW_COPIES = 16  # from here on the spread between copies is an error bar
DRIFT = 4.0  # standard errors


def slow_modes(samples: Samples) -> Array:
    """Longest-wavelength modes of a domain along each of its axes, block by block: what relaxes last.

    sum_cell w(x) a(x) / samples,  w = cos(pi x/L) and sin(pi x/L),
    a = the count of each species, the momentum along the two other axes, the energy, that of rotation and
    that of vibrations; those that vary only, species weighed as they count

    Returns
    -------
    [observable, copy, block], simulated molecules in units of one molecule of mean mass; internal energy [J]
    """
    along = [samples.along(axis) for axis in range(len(samples.cells)) if samples.cells[axis] > 1]
    return np.array([mode for one in along or [samples.along(0)] for mode in _modes(one)])


def _modes(samples: Samples) -> list[Array]:
    phase = np.pi * (samples.positions - samples.low[0]) / samples.length
    weights = np.array([np.cos(phase), np.sin(phase)])
    modes = np.einsum("wx,bcxsm->wmscb", weights, samples.sums, optimize=True)
    modes = modes / np.maximum(samples.samples, 1)
    moment = {name: modes[:, index] for index, name in enumerate(MOMENTS)}
    share = samples.weight[0] / samples.weight[0].max()
    mass = (share * samples.masses / samples.masses.mean())[:, None, None]
    fields = [moment["count"][:, s] for s in range(len(mass))]
    across = [name for number, name in enumerate(("vx", "vy", "vz")) if number != samples.axes[0]]
    fields += [(mass * moment[name]).sum(axis=1) for name in across]
    fields.append((mass * (moment["xx"] + moment["yy"] + moment["zz"])).sum(axis=1))
    if samples.modes is not None:  # rotation and vibrations may be slower than all else
        inner = modes[:, len(MOMENTS) : len(MOMENTS) + 2]
        fields += list((share[:, None, None] * np.moveaxis(inner, 1, 0)).sum(axis=2))
    return [mode for mode in np.concatenate(fields) if varies(mode)]


def steady_block(samples: Samples) -> int:
    """First block at which every slow mode of the slab is steady; give it to `Samples.select`.

    With FEW_COPIES or more the second half may not drift by more than the spread between the copies
    allows: a single series of ten correlation times knows its own error too badly to be judged by it.

    Raises NotSteadyError for a run that drifts, TooShortError as `steady_state_start` does.
    """
    modes = slow_modes(samples)
    if samples.copies < FEW_COPIES:
        return max((steady_state_start(mode, batch=1) for mode in modes), default=0)
    drift = max((drift_between_copies(mode[:, mode.shape[-1] // 2 :]) for mode in modes), default=0.0)
    if drift > DRIFT:
        raise NotSteadyError(
            f"the second half of the run still drifts by {drift:.3g} standard errors: run longer", drift
        )
    return max((steady_state_start(mode, batch=1, drift=np.inf) for mode in modes), default=0)


def drift_between_copies(series: Array) -> float:
    """Mean least-squares slope of independent series [copy, time] in standard errors of their spread.

    The quotient is a Student t of copies - 1 degrees of freedom, turned into the normal deviate of the
    same probability.
    """
    copies, n = series.shape
    slopes = series @ (np.arange(n) - (n - 1) / 2)
    error = slopes.std(ddof=1) / np.sqrt(copies)
    if error == 0:
        return float("inf") if slopes.any() else 0.0
    probability = stats.t.sf(abs(slopes.mean()) / error, copies - 1)
    return float(stats.norm.isf(max(probability, 1e-300)))
