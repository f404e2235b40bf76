"""Stochastic cell rescaling: constant pressure with the volume fluctuations of the isobaric ensemble.

Source: M. Bernetti and G. Bussi, J. Chem. Phys. 153 (2020) 114107.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.faults import SimulationFault
from knudsen.core.kernels import kernel
from knudsen.core.rng import Stream, draw_words, normal_pair
from knudsen.md.intake import for_copies, positive, positive_each, whole
from knudsen.md.parts import claim
from knudsen.md.potentials.pairs import PairTable
from knudsen.md.state.box import AXES

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

Array = np.ndarray[Any, Any]
_STREAM = int(Stream.BAROSTAT)
# Largest relative change of a volume in one move for which the move is still a small step.
LARGEST_MOVE = 0.2


@dataclass(frozen=True)
class CellRescaling:
    """Barostat: the volume diffuses in the force of the pressures' difference::

        dy = (b y / 2 tau) (P - P_0 + T / 2 V) dt + sqrt(b T / 2 tau) dW,    y = sqrt(V)

    every so many steps, with positions stretched and velocities shrunk along the chosen axes.  P is the mean
    instantaneous pressure along them, with the long-range correction where the pair table has one, and T / V
    more where the centre of mass rests.  A thermostat must go with it.  Barostats of other axes may stand
    side by side: one of 'xy' and one of 'z' are semi-isotropic.  The conserved quantity counts P_0 V and, for
    each move from y to y' with the drifts f and f' of y,
    tau / b (f + f') (2 (y' - y) + (f' - f) dt) - T ln(y' / y), by which it misses detailed balance.

    Arguments
    ---------
    pressure : P_0 [epsilon / sigma^3], one number or one for each copy
    temperature : T of the thermostat [epsilon], one number or one for each copy
    relaxation_time : tau [sigma sqrt(m/epsilon)];  compressibility : b, a guess of -(dV/dp) / V
        [sigma^3/epsilon]: only their ratio counts, for the speed at which the volume goes
    axes : 'xyz', stretched alike, or fewer of them
    every : steps between moves; each costs some three evaluations of the forces
    long_range : whether the correction counts; left out, where the pair table has one
    state : what a run changes

    Raises
    ------
    ValueError : numbers that are not positive; when bound, atoms that never move, external fields, shear, an
        axis that is not periodic.
    SimulationFault : from `run`, a volume that changes too fast, a box too small for the cut-off.

    Source: Bernetti and Bussi (2020); axes of their own in the manner of V. Del Tatto, P. Raiteri, M.
    Bernetti and G. Bussi, Appl. Sci. 12 (2022) 1139.
    """

    pressure: Any
    temperature: Any
    relaxation_time: float
    compressibility: float
    axes: str = "xyz"
    every: int = 10
    long_range: bool | None = None
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = True

    def __post_init__(self) -> None:
        pressure = np.array(self.pressure, float)
        if pressure.ndim > 1 or not np.isfinite(pressure).all():
            raise ValueError(
                f"the pressure must be finite, one number or one for each copy, got {self.pressure!r}"
            )
        kept = float(pressure) if pressure.ndim == 0 else tuple(pressure.tolist())
        object.__setattr__(self, "pressure", kept)
        object.__setattr__(self, "temperature", positive_each(self.temperature, "temperature"))
        for name in ("relaxation_time", "compressibility"):
            object.__setattr__(self, name, positive(getattr(self, name), name.replace("_", " ")))
        object.__setattr__(self, "every", whole(self.every, "number of steps between moves", 1))
        if not self.axes or len(set(self.axes)) != len(self.axes) or not set(self.axes) <= set(AXES):
            raise ValueError(f"axes are some of 'xyz', each once, got {self.axes!r}")

    def bind(self, sim: "Simulation") -> None:
        """Begin without moves counted."""
        claim(self, sim)
        chosen = [AXES.index(axis) for axis in self.axes]
        if not np.isfinite(sim.masses).all():
            raise ValueError("atoms of infinite mass cannot follow a box that changes: use constant volume")
        if sim.domain.sheared:
            raise ValueError("a sheared box cannot be stretched: leave the barostat or the shear out")
        if sim.fields:
            raise ValueError("the pressure knows nothing of external fields: use constant volume with them")
        if not all(sim.domain.periodic[axis] for axis in chosen):
            raise ValueError(f"not all of the axes {self.axes!r} are periodic: leave those that are not out")
        for other in sim.couplings:
            if other is not self and isinstance(other, CellRescaling) and set(other.axes) & set(self.axes):
                raise ValueError(f"two barostats share an axis: {self.axes!r} and {other.axes!r}")
        atoms = sim.species_counts.sum(axis=1)
        self.state.update(
            counted=sim.device.xp.zeros(sim.copies),
            normals=sim.device.xp.zeros(sim.copies),
            chosen=chosen,
            draw=sum(2**axis for axis in chosen),
            pressure=for_copies(self.pressure, "pressure", sim),
            temperature=for_copies(self.temperature, "temperature", sim),
            # Powers of V in the measure beyond that of unscaled momenta and scaled positions.
            power=atoms - sim.degrees_of_freedom / 3,
            tails=self._tails(sim),
        )

    def arrays(self) -> dict[str, Any]:
        """What the moves add to the conserved quantity [copies], in epsilon."""
        return {"counted": self.state["counted"]}

    def describe(self) -> str:
        """Its parameters."""
        return repr(self)

    def before(self, sim: "Simulation") -> None:
        """Nothing: it acts at the end of a step."""

    def after(self, sim: "Simulation") -> None:
        """One move of the volumes, where it is due."""
        if sim.step % self.every == 0:
            self._move(sim)

    def energy(self, sim: "Simulation") -> Array:
        """What the moves add to the conserved quantity [copies], in epsilon."""
        return sim.device.fetch(self.state["counted"])

    def _move(self, sim: "Simulation") -> None:
        state, temperature = self.state, self.state["temperature"]
        time, rate = self.every * sim.timestep, self.compressibility / (2 * self.relaxation_time)
        draw_normals(sim.copies, sim.seeds, state["draw"], sim.step, state["normals"])
        noise = np.sqrt(rate * temperature * time) * sim.device.fetch(state["normals"])
        volume = sim.volumes
        old, drift = np.sqrt(volume), self._drift(sim)
        new = old + drift * time + noise
        self._stretch(sim, (new / old) ** 2)
        drift_back = self._drift(sim)
        counted = state["pressure"] * (new**2 - volume) + state["tails"] * (1 / new**2 - 1 / volume)
        counted -= temperature * (1 + 2 * state["power"]) * np.log(new / old)
        counted += (drift + drift_back) * (2 * (new - old) + (drift_back - drift) * time) / (2 * rate)
        state["counted"] += sim.device.put(counted)

    def _drift(self, sim: "Simulation") -> Array:
        """Drift of y = sqrt(V) [copies], in sigma^(3/2) by time."""
        state, volume = self.state, sim.volumes
        diagonal = np.diagonal(sim.pressure_tensors(), axis1=1, axis2=2)
        pressure = diagonal[:, state["chosen"]].mean(axis=1) + state["tails"] / volume**2
        entropic = (0.5 + state["power"]) * state["temperature"] / volume
        rate = self.compressibility / (2 * self.relaxation_time)
        return rate * np.sqrt(volume) * (pressure - state["pressure"] + entropic)  # type: ignore[no-any-return]

    def _stretch(self, sim: "Simulation", ratio: Array) -> None:
        """Stretch boxes, positions and, inversely, velocities to a ratio of volumes [copies]."""
        if not (np.abs(ratio - 1) <= LARGEST_MOVE).all():
            copy = int(np.argmax(np.abs(ratio - 1)))
            raise SimulationFault(
                f"step {sim.step}: the volume of copy {copy} would change by a factor {ratio[copy]:.3g} in "
                "one move: use a longer relaxation time, a smaller compressibility, or more moves"
            )
        factors = np.ones((sim.copies, 3))
        factors[:, self.state["chosen"]] = ratio[:, None] ** (1 / len(self.axes))
        edges = sim.box_lengths * factors
        shortest = np.where(sim.domain.periodic, edges, np.inf).min(axis=1)
        if (shortest < 2 * sim.pairs.longest).any():
            copy = int(np.argmin(shortest))
            raise SimulationFault(
                f"step {sim.step}: an edge of copy {copy} shrinks to {shortest[copy]:.4g}, less than two "
                f"cut-offs of {sim.pairs.longest:g}: use more atoms, a lower pressure or a shorter cut-off"
            )
        sim.scale_box(factors)
        shrinks = sim.device.put((1 / factors).ravel())
        shrink_velocities(sim.atoms.count, sim.atoms.copy, sim.atoms.velocity, shrinks)
        sim.compute_forces()

    def _tails(self, sim: "Simulation") -> Array:
        """Long-range correction of the pressure times V^2 [copies]: it goes as the density squared."""
        if not (_has_tails(sim.pairs) if self.long_range is None else self.long_range):
            return np.zeros(sim.copies)
        return np.array([sim.long_range(r).pressure * sim.volumes[r] ** 2 for r in range(sim.copies)])


def _has_tails(pairs: PairTable) -> bool:
    """Whether what the cuts leave out has a long-range correction."""
    kinds = np.ndindex(pairs.species, pairs.species)
    return all(pairs.whole(*pair) or pairs.form_of(*pair) in ("cut", "switched") for pair in kinds)


@kernel
def draw_normals(copy: int, seeds: Any, draw: int, step: int, normals: Any) -> None:
    """One normal number for a copy."""
    words = draw_words(seeds[copy], _STREAM, 0, draw, step)
    normals[copy] = normal_pair(words[0], words[1])[0]


@kernel
def shrink_velocities(i: int, copy: Any, velocity: Any, factors: Any) -> None:
    """Multiply an atom's velocity by its copy's factors [3 copies]."""
    for axis in range(3):
        velocity[np.uint64(3 * i + axis)] *= factors[3 * copy[i] + axis]
