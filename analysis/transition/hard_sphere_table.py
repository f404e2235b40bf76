"""Tables of the hard-sphere gas between plates and at a wall, recomputed by

    python -m knudsen.analysis.transition.hard_sphere_table [FOLDER]

in some minutes on one core: `hard_sphere_channel.csv` and `hard_sphere_slip.csv`, beside this file unless a
folder is named.  `hard_sphere` interpolates them.

The nodes are those of Chebyshev in ln delta and in ln accommodation, in which the flows are smooth.  The
error of a row is the largest relative change of its values from a coarser resolution, whose own error it is.
"""

import sys
from pathlib import Path

import numpy as np
from numpy.polynomial.chebyshev import chebpts2

from knudsen.analysis.transition.channel import channel_flow
from knudsen.analysis.transition.hard_sphere import CHANNEL_FILE, SLIP_FILE
from knudsen.analysis.transition.hard_sphere_kernel import Resolution, hard_sphere_gas
from knudsen.analysis.transition.slip import slip_of

LEAST_DELTA, GREATEST_DELTA = 0.05, 30.0
LEAST_ACCOMMODATION = 0.2
DELTA_NODES, ACCOMMODATION_NODES, SLIP_NODES = 32, 10, 12
FINE, COARSE = Resolution(), Resolution(36, 14, 24, 12)
FLOWS = ("G_P", "G_T", "couette_ratio", "fourier_ratio")
COEFFICIENTS = ("sigma_P", "sigma_T", "zeta_T")


def nodes(least: float, greatest: float, count: int) -> np.ndarray:
    """Chebyshev nodes in the logarithm, ends among them, to six digits.

    >>> nodes(0.2, 1.0, 3)
    array([0.2     , 0.447214, 1.      ])
    """
    middle, half = np.log(greatest * least) / 2, np.log(greatest / least) / 2
    return np.array([float(f"{value:.6g}") for value in np.exp(middle + half * chebpts2(count))])


def channel_row(delta: float, accommodation: float) -> list[float]:
    """delta, accommodation, the four flows, error."""
    fine, coarse = (
        np.array([getattr(channel_flow(hard_sphere_gas(r), delta, accommodation), name) for name in FLOWS])
        for r in (FINE, COARSE)
    )
    return [delta, accommodation, *fine, np.max(np.abs(coarse / fine - 1))]


def slip_row(accommodation: float) -> list[float]:
    """Accommodation, the three coefficients, error."""
    fine, coarse = (
        np.array([getattr(slip_of(hard_sphere_gas(r), accommodation), name) for name in COEFFICIENTS])
        for r in (FINE, COARSE)
    )
    return [accommodation, *fine, np.max(np.abs(coarse / fine - 1))]


def write(path: Path, columns: tuple[str, ...], rows: list[list[float]]) -> None:
    """A CSV file with one line of column names."""
    lines = [",".join(columns)]
    lines += [",".join([*(f"{value:.12g}" for value in row[:-1]), f"{row[-1]:.1e}"]) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="ascii")


def main(folder: Path) -> None:
    """Compute both tables."""
    slips = [slip_row(alpha) for alpha in nodes(LEAST_ACCOMMODATION, 1.0, SLIP_NODES)]
    write(folder / SLIP_FILE, ("accommodation", *COEFFICIENTS, "error"), slips)
    rows = []
    for delta in nodes(LEAST_DELTA, GREATEST_DELTA, DELTA_NODES):
        rows += [channel_row(delta, alpha) for alpha in nodes(LEAST_ACCOMMODATION, 1.0, ACCOMMODATION_NODES)]
        print(f"delta {delta:g}: error {max(row[-1] for row in rows[-ACCOMMODATION_NODES:]):.1e}", flush=True)
    write(folder / CHANNEL_FILE, ("delta", "accommodation", *FLOWS, "error"), rows)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
