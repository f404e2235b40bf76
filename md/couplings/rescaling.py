"""Stochastic velocity rescaling: the canonical ensemble by one random number a step for each copy.

Source: G. Bussi, D. Donadio and M. Parrinello, J. Chem. Phys. 126 (2007) 014101.
"""

from dataclasses import dataclass, field
from math import exp, log, sqrt
from typing import TYPE_CHECKING, Any

from knudsen.core.kernels import device, kernel
from knudsen.core.rng import Stream, draw_words, normal_pair, uniform
from knudsen.md.couplings.checks import check_alone, check_degrees, check_drift
from knudsen.md.couplings.heat import CountsHeat
from knudsen.md.intake import for_copies, positive, positive_each
from knudsen.md.parts import claim

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

_STREAM = int(Stream.VELOCITY_RESCALING)


@dataclass(frozen=True)
class VelocityRescaling(CountsHeat):
    """Velocities times a random factor a step, such that the kinetic energy is canonical::

        a^2 = c + T (1 - c) / (2 K) (R_1^2 + sum_(i=2)^(N_f) R_i^2) + 2 R_1 sqrt(c (1 - c) T / (2 K)),
        c = exp(-dt / tau)

    with normal numbers R; the sum of squares is drawn as one gamma number.  A total momentum of zero stays
    so.  The conserved quantity is kinetic + potential energy less the heat given.

    Arguments
    ---------
    temperature : T [epsilon], one number or one for each copy
    relaxation_time : tau [sigma sqrt(m/epsilon)], of the kinetic energy; 0.1 to 2
    state : what a run changes

    Raises
    ------
    ValueError : numbers that are not positive; when bound, a centre of mass that moves.

    Source: Bussi, Donadio and Parrinello (2007), eqs A7 and A8.
    """

    temperature: Any
    relaxation_time: float
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", positive_each(self.temperature, "temperature"))
        object.__setattr__(self, "relaxation_time", positive(self.relaxation_time, "relaxation time"))

    def bind(self, sim: "Simulation") -> None:
        """Begin without heat given."""
        claim(self, sim)
        check_alone(self, sim)
        check_degrees(sim)
        check_drift(sim)
        self.state.update(
            heat=sim.device.xp.zeros(sim.copies),
            temperature=sim.device.put(for_copies(self.temperature, "temperature", sim)),
            degrees=sim.device.put(sim.degrees_of_freedom.astype(float)),
            factors=sim.device.xp.ones(sim.copies),
        )

    def before(self, sim: "Simulation") -> None:
        """Nothing: it acts once a step."""

    def after(self, sim: "Simulation") -> None:
        """Draw the factor of each copy and rescale."""
        state = self.state
        draw_factors(
            sim.copies, sim.seeds, sim.step, sim.kinetic_energies(), state["degrees"], state["temperature"],
            exp(-sim.timestep / self.relaxation_time), state["heat"], state["factors"],
        )  # fmt: skip
        sim.scale_velocities(state["factors"])


@kernel
def draw_factors(
    copy: int, seeds: Any, step: int, kinetic: Any, degrees: Any, temperature: Any, kept: float, heat: Any,
    factors: Any,
) -> None:  # fmt: skip
    """The factor of one copy's velocities, and the heat that it gives."""
    factor = rescaling_factor(seeds[copy], 0, step, kinetic[copy], degrees[copy], temperature[copy], kept)
    heat[copy] += (factor * factor - 1.0) * kinetic[copy]
    factors[copy] = factor


@device
def rescaling_factor(
    seed: int, item: int, step: int, kinetic: float, degrees: float, temperature: float, kept: float
) -> float:  # fmt: skip
    """Factor of velocities that hold a kinetic energy in so many degrees of freedom; one if it is none.

    Arguments
    ---------
    seed, item, step : of the random numbers
    kinetic : K [epsilon];  degrees : N_f;  temperature : T [epsilon];  kept : exp(-dt / tau)

    Source: Bussi, Donadio and Parrinello (2007), eqs A7 (as a sum of squares) and A8.
    """
    if not kinetic > 0.0:
        return 1.0
    share = (1.0 - kept) * temperature / (2.0 * kinetic)
    words = draw_words(seed, _STREAM, item, 0, step)
    along = sqrt(kept) + sqrt(share) * normal_pair(words[0], words[1])[0]
    across = share * 2.0 * gamma(0.5 * (degrees - 1.0), seed, _STREAM, item, 1, step)
    size = sqrt(along * along + across)
    return size if along >= 0.0 else -size


@device
def gamma(shape: float, seed: int, stream: int, item: int, draw: int, step: int) -> Any:
    """Gamma number of unit scale, zero for shape zero, from the draws of an item from `draw` on.

    Source: G. Marsaglia and W. W. Tsang, ACM Trans. Math. Softw. 26 (2000) 363.
    """
    if not shape > 0.0:
        return 0.0
    d = (shape if shape >= 1.0 else shape + 1.0) - 1.0 / 3.0
    spread = 1.0 / sqrt(9.0 * d)
    while True:
        words = draw_words(seed, stream, item, draw, step)
        draw += 1
        x = normal_pair(words[0], words[1])[0]
        v = (1.0 + spread * x) ** 3
        if v > 0.0 and log(uniform(words[2])) < 0.5 * x * x + d * (1.0 - v + log(v)):
            return d * v if shape >= 1.0 else d * v * uniform(words[3]) ** (1.0 / shape)
