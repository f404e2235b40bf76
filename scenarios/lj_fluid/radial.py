"""g(r) of a run in stretches, so that its start can be cut off afterwards, and what follows from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.shapes import LENNARD_JONES
from knudsen.md.measures.structure import RadialDistribution
from knudsen.md.potentials.cutoff import cut_form, form_numbers

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
BINS_TO_CUTOFF = 150
FARTHEST = 5.0  # sigma; counting pairs costs as the third power
FINE = 8  # points of the quadrature in a bin


@dataclass(frozen=True)
class RadialSeries:
    """Pairs by distance in stretches of a run.

    edges : [bin + 1], of the shells;  steps : [stretch], the last of each
    pairs, expected : [copy, stretch, bin], counted, and of an ideal gas
    """

    edges: Array
    steps: Array
    pairs: Array
    expected: Array


@dataclass(eq=False)
class RadialBlocks(RadialDistribution):
    """g(r) of one species, whose sums are kept every so many samples.

    stretch : samples in a stretch
    """

    stretch: int = 10

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        super().bind(sim)
        self._put = sim.device.put
        bins, copies = self.bins, sim.copies
        self._kept: dict[str, Array] = {
            "kept_steps": np.zeros(0, np.int64),
            "kept_pairs": np.zeros((0, copies, bins)),
            "kept_expected": np.zeros((0, copies, bins)),
        }

    def arrays(self) -> dict[str, Any]:
        """The sums now, and those kept."""
        return super().arrays() | {name: self._put(array) for name, array in self._kept.items()}

    def load(self, arrays: dict[str, Array]) -> None:
        """Take those of a checkpoint back."""
        for name, array in super().arrays().items():
            array[...] = self._put(arrays[name])
        self._kept = {name: arrays[name] for name in self._kept}

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        super().take(sim)
        if sim.step % (self.stretch * self.every) == 0:
            now = super().result()
            fresh = (np.array(sim.step), now.pairs[:, 0, 0], now.expected[:, 0, 0])
            for (name, kept), row in zip(self._kept.items(), fresh, strict=True):
                self._kept[name] = np.append(kept, row[None], axis=0)

    def result(self) -> RadialSeries:  # type: ignore[override]
        """The stretches so far."""
        pairs, expected = (
            np.moveaxis(np.diff(self._kept[f"kept_{name}"], axis=0, prepend=0), 0, 1)
            for name in ("pairs", "expected")
        )
        return RadialSeries(super().result().edges, self._kept["kept_steps"], pairs, expected)


def bins(cutoff: float, box_length: float, fixed: bool = True) -> tuple[int, float]:
    """Number of bins and r_max [sigma] of g(r): an edge is at the cut-off, the last within half the box.

    fixed : whether the box stays as it is; else the cut-off is as far as is safe
    """
    if not fixed:
        return BINS_TO_CUTOFF, cutoff
    width = cutoff / BINS_TO_CUTOFF
    number = max(int(min(FARTHEST, box_length / 2) / width), BINS_TO_CUTOFF)
    return number, min(number * width, box_length / 2)


def left_out(edges: Array, cutoff: float, form: str) -> tuple[Array, Array]:
    """Weights w_E, w_W [bin] with which h = (1 - 1/N) g - 1 adds to the corrections, which take h = 0::

        dE / N = rho sum w_E h,    w_E = 2 pi int (V - V_cut) r^2 dr
        dp = rho^2 sum w_W h,      w_W = (2 pi / 3) int (F - F_cut) r^3 dr

    over each bin, for the 12-6 potential; beyond the cut-off nothing of it is left, V_cut = 0.
    """
    places = np.linspace(edges[:-1], edges[1:], 2 * FINE + 1)[1::2]  # middles of FINE parts of each bin
    numbers, law = form_numbers(LENNARD_JONES, form, cutoff), cut_form(LENNARD_JONES, form)
    missing = np.zeros((2, *places.shape))
    for at, r in np.ndenumerate(places):
        r2 = float(r * r)
        for kind, full, kept in zip((0, 1), LENNARD_JONES, law, strict=True):
            missing[(kind, *at)] = full(r2) - (kept(r2, *numbers) if r < cutoff else 0.0)
    energy, force = missing  # the force over r
    width = np.diff(edges) / FINE
    energies = 2 * np.pi * (energy * places**2).sum(axis=0) * width
    return energies, 2 * np.pi / 3 * (force * places**4).sum(axis=0) * width
