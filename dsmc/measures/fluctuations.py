"""Currents of the whole domain at equilibrium, correlated in time: Green-Kubo from DSMC."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import fft
from scipy.constants import k as BOLTZMANN

from knudsen.core.equilibrium_correlations import SHEARS, EquilibriumCorrelations
from knudsen.core.samples import MOMENTS
from knudsen.dsmc.boundaries import Periodic
from knudsen.dsmc.ensemble import one_of_each
from knudsen.dsmc.sampling import sample

if TYPE_CHECKING:
    from knudsen.dsmc.simulation import Simulation

Array = np.ndarray[Any, Any]


@dataclass(eq=False)
class CurrentFluctuations:
    """Correlations of shear stress, heat flux and the species' currents of a periodic box of gas at rest.

    Arguments
    ---------
    lags : samples, the longest lag;  every : steps between two samples

    A copy's series are held for `3 lags` samples at a time and correlated by Fourier transforms, so that
    memory does not grow with the run, and every pair of times up to the longest lag counts.

    Raises
    ------
    ValueError : numbers below one;  a domain that is not periodic on every face;  species of unequal weights
    """

    lags: int
    every: int = 1
    sides = 1
    _held: Array = field(init=False, repr=False, default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        for name in ("lags", "every"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more, got {getattr(self, name)}")

    def bind(self, sim: "Simulation") -> None:
        """Allocate."""
        walls = [
            face.name
            for domain in one_of_each(sim.domains)
            for face in domain.grid.faces
            if not isinstance(face.boundary, Periodic)
        ]
        if len(set(sim.fillings)) > 1:
            raise ValueError("copies of unlike fillings have no correlations in common: make a run for each")
        if walls or sim.grid.solid:
            raise ValueError(f"currents of a whole domain need periodic faces all round, not {walls}")
        if len(set(sim.species_weights)) > 1:
            raise ValueError(
                f"species that weigh {sim.species_weights} do not fluctuate as a gas at equilibrium does, "
                "which Green-Kubo integrals need: use equal weights, or follow the decay of a drift"
            )
        self._sim = sim
        species = len(sim.gas)
        self._sums = sim.device.xp.zeros((sim.copies, sim.grid.cell_count, species, len(MOMENTS)))
        self._held = np.zeros((3 * self.lags, sim.copies, species, len(MOMENTS)))
        self._fresh = 0
        self._taken = 0
        self._past = np.zeros((sim.copies, SHEARS + 3 * (species + 1), self.lags))
        self._shear = np.zeros((sim.copies, self.lags + 1))
        self._vectors = np.zeros((sim.copies, species + 1, species + 1, self.lags + 1))
        self._temperature = np.zeros(sim.copies)
        self._counts = np.zeros((sim.copies, species))

    def take(self, sim: "Simulation") -> None:
        """Take a sample."""
        self._sums[...] = 0.0
        particles = sim.particles
        sample(
            sim.copies * sim.grid.cell_count,
            particles.vx,
            particles.vy,
            particles.vz,
            sim.starts,
            self._sums,
        )
        self._held[self._fresh] = sim.device.fetch(self._sums.sum(axis=1))
        self._fresh += 1
        if self._fresh == len(self._held):
            self._correlate()

    def _correlate(self) -> None:
        """Correlate the samples held with those and the lags before them."""
        if self._fresh == 0:
            return
        series, temperature = currents(self._held[: self._fresh], np.array(self._sim.gas.masses))
        self._temperature = temperature
        self._counts = self._held[self._fresh - 1, ..., 0].copy()
        whole = np.concatenate([self._past, np.moveaxis(series, 0, -1)], axis=-1)
        later = whole.copy()
        later[..., : self.lags] = 0.0
        # The later time is never among the first `lags`: nothing wraps around.
        size = fft.next_fast_len(whole.shape[-1], real=True)
        before, after = fft.rfft(whole, size), fft.rfft(later, size)
        own = np.mean(np.conj(before[:, :SHEARS]) * after[:, :SHEARS], axis=1)
        self._shear += fft.irfft(own, size)[:, : self.lags + 1]
        shape = (len(whole), -1, 3, before.shape[-1])
        a, b = before[:, SHEARS:].reshape(shape), after[:, SHEARS:].reshape(shape)
        products = np.einsum("rakf,rbkf->rabf", np.conj(a), b, optimize=True) / 3
        self._vectors += fft.irfft(products, size)[..., : self.lags + 1]
        self._past = whole[..., -self.lags :]
        self._taken += self._fresh
        self._fresh = 0

    def arrays(self) -> dict[str, Array]:
        """What changes with the samples."""
        return {
            "held": self._held[: self._fresh],
            "past": self._past,
            "shear": self._shear,
            "vectors": self._vectors,
            "temperature": self._temperature,
            "counts": self._counts,
            "taken": np.array(self._taken),
        }

    def load(self, arrays: dict[str, Array]) -> None:
        """Take up what `arrays` gave."""
        self._fresh = len(arrays["held"])
        self._held[: self._fresh] = arrays["held"]
        self._past, self._shear = arrays["past"], arrays["shear"]
        self._vectors, self._temperature = arrays["vectors"], arrays["temperature"]
        self._counts = arrays["counts"]
        self._taken = int(arrays["taken"])

    def result(self) -> EquilibriumCorrelations:
        """The correlations so far.  Raises RuntimeError for fewer samples than the longest lag."""
        self._correlate()
        if self._taken <= self.lags:
            raise RuntimeError(f"{self._taken} samples do not reach the longest lag, {self.lags}: run longer")
        sim = self._sim
        counts = self._counts
        return EquilibriumCorrelations(
            masses=np.array(sim.gas.masses),
            counts=counts.copy(),
            temperature=self._temperature.copy(),
            density=float(sim.weights[0, 0] * counts.sum(axis=1).mean() / sim.grid.volumes.sum()),
            interval=self.every * sim.timestep,
            pairs=np.maximum(self._taken - np.arange(self.lags + 1), 0).astype(np.float64),
            shear=self._shear.copy(),
            vectors=0.5 * (self._vectors + self._vectors.swapaxes(1, 2)),
        )


def currents(moments: Array, masses: Array) -> tuple[Array, Array]:
    """Currents of `EquilibriumCorrelations` from sums of the moments, about the centre of mass of each copy.

    Arguments
    ---------
    moments : [time, copy, species, MOMENTS], over the whole domain;  masses : [species] [kg]

    Returns
    -------
    [time, copy, SHEARS + 3 (species + 1)], and the temperature [copy] at the last time
    """
    # Component by component, each contiguous: several times as fast as tensors on the last axes.
    count, x, y, z, xx, yy, zz, xy, xz, yz, *cubes = np.ascontiguousarray(np.moveaxis(moments, -1, 0))
    first, second = (x, y, z), ((xx, xy, xz), (xy, yy, yz), (xz, yz, zz))
    inverse = 1 / (count @ masses)
    u = [(each @ masses * inverse)[..., None] for each in first]
    square, along = sum(each * each for each in u), sum(a * b for a, b in zip(u, first, strict=True))
    trace = xx + yy + zz
    thermal = (trace - 2 * along + count * square) @ masses / (3 * (count.sum(axis=-1) - 1))
    drift = [each - count * velocity for each, velocity in zip(first, u, strict=True)]

    def stress(i: int, j: int) -> Array:
        return np.asarray((second[i][j] - u[i] * first[j] - u[j] * drift[i]) @ masses / thermal)

    def heat(i: int) -> Array:
        turned = sum(u[j] * second[i][j] for j in range(3))
        cubic = cubes[i] - (trace - 2 * along) * u[i] - 2 * turned + square * drift[i]
        return np.asarray(0.5 * (cubic @ masses) / thermal - 2.5 * drift[i].sum(axis=-1))

    diagonal = [stress(i, i) for i in range(3)]
    # Five independent elements of the traceless tensor, of equal variance in an isotropic gas.
    shears = [
        stress(0, 1), stress(0, 2), stress(1, 2),
        0.5 * (diagonal[0] - diagonal[1]),
        (diagonal[0] + diagonal[1] - 2 * diagonal[2]) / np.sqrt(12.0),
    ]  # fmt: skip
    species = [each[..., s] for s in range(len(masses)) for each in drift]
    series = np.stack([*shears, *species, *(heat(i) for i in range(3))])
    return np.moveaxis(series, 0, -1), thermal[-1] / BOLTZMANN
