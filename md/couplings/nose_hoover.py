"""Nose-Hoover chains: canonical dynamics that is deterministic and reversible.

Source: G. J. Martyna, M. E. Tuckerman, D. J. Tobias and M. L. Klein, Mol. Phys. 87 (1996) 1117.
"""

from dataclasses import dataclass, field
from math import exp, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from knudsen.core.kernels import device, kernel
from knudsen.md.couplings.checks import check_degrees, check_drift
from knudsen.md.intake import for_copies, positive, positive_each, whole
from knudsen.md.parts import claim

if TYPE_CHECKING:
    from knudsen.md.simulation import Simulation

# Suzuki-Yoshida weights of fourth order.
OUTER = 1 / (2 - 2 ** (1 / 3))
WEIGHTS = (OUTER, 1 - 2 * OUTER, OUTER)


@dataclass(frozen=True)
class NoseHoover:
    """Nose-Hoover chain thermostat::

        dp_i/dt = F_i - v_1 p_i,    dv_1/dt = (2 K - N_f T) / Q_1 - v_1 v_2,
        dv_k/dt = (Q_(k-1) v_(k-1)^2 - T) / Q_k - v_k v_(k+1),    Q_1 = N_f T tau^2,  Q_k = T tau^2

    Half a step of the chain comes before and half behind velocity Verlet.  A total momentum of zero stays so.
    The conserved quantity is kinetic + potential + sum Q_k v_k^2 / 2 + N_f T x_1 + T sum_(k>1) x_k.

    Where atoms come and go N_f changes, and the chain keeps the energy that it holds: N_f x_1 and
    N_f^(1/2) v_1 stay as they are.  So v_1 keeps its canonical law, of variance T / Q_1; x_1 has no part in
    the motion.

    Arguments
    ---------
    temperature : T [epsilon], one number or one for each copy
    relaxation_time : tau [sigma sqrt(m/epsilon)]; in a liquid 0.2 to 1
    length : thermostats in the chain

    Raises
    ------
    ValueError : numbers that are not positive; when bound, a centre of mass that moves.

    Source: Martyna et al. (1996).
    """

    temperature: Any
    relaxation_time: float
    length: int = 3
    state: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    conserves_momentum = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "temperature", positive_each(self.temperature, "temperature"))
        object.__setattr__(self, "relaxation_time", positive(self.relaxation_time, "relaxation time"))
        object.__setattr__(self, "length", whole(self.length, "length of a chain", 1))

    def bind(self, sim: "Simulation") -> None:
        """Set the chains of all copies at rest."""
        claim(self, sim)
        check_degrees(sim)
        check_drift(sim)
        xp = sim.device.xp
        self.state.update(
            place=xp.zeros((sim.copies, self.length)),
            rate=xp.zeros((sim.copies, self.length)),
            temperature=sim.device.put(for_copies(self.temperature, "temperature", sim)),
            degrees=sim.device.put(sim.degrees_of_freedom.astype(float)),
            factors=xp.ones(sim.copies),
        )

    def arrays(self) -> dict[str, Any]:
        """N_f x_1, x_2, .. and N_f^(1/2) v_1, v_2, .. of the chains [copies, length]."""
        return {name: self.state[name] for name in ("place", "rate")}

    def describe(self) -> str:
        """Its parameters."""
        return repr(self)

    def before(self, sim: "Simulation") -> None:
        """Half a step of the chains."""
        state = self.state
        advance_chain(
            sim.copies, sim.kinetic_energies(), state["degrees"], state["temperature"], self.relaxation_time,
            sim.timestep, state["place"], state["rate"], state["factors"],
        )  # fmt: skip
        sim.scale_velocities(state["factors"])

    after = before

    def energy(self, sim: "Simulation") -> np.ndarray[Any, Any]:
        """Energy of the chains [copies]."""
        fetch, tau2 = sim.device.fetch, self.relaxation_time**2
        place, rate = fetch(self.state["place"]), fetch(self.state["rate"])
        temperature = fetch(self.state["temperature"])
        return temperature * (tau2 * rate**2 / 2 + place).sum(axis=1)  # type: ignore[no-any-return]


@device
def accelerate(
    copy: int, k: int, twice: float, many: float, target: float, tau2: float, part: float, rate: Any
) -> None:  # fmt: skip
    """Advance the rate of thermostat k by a quarter of a part, under the drag of the next in the chain."""
    drag = exp(-part / 8 * rate[copy, k + 1]) if k + 1 < rate.shape[1] else 1.0
    if k == 0:
        push = (twice / target - many) / (sqrt(many) * tau2)
    else:
        push = (rate[copy, k - 1] ** 2 * tau2 - 1.0) / tau2
    rate[copy, k] = (rate[copy, k] * drag + part / 4 * push) * drag


@kernel
def advance_chain(
    copy: int, kinetic: Any, degrees: Any, temperature: Any, relaxation: float, timestep: float, place: Any,
    rate: Any, factors: Any,
) -> None:  # fmt: skip
    """Half a time step of one copy's chain; `factors` takes what its velocities are to be multiplied by.

    place, rate : as in `NoseHoover.arrays`, [copies, length]
    """
    target, many, tau2 = temperature[copy], degrees[copy], relaxation * relaxation
    twice, scale, root = 2.0 * kinetic[copy], 1.0, sqrt(degrees[copy])
    length = place.shape[1]
    for weight in WEIGHTS:
        part = weight * timestep
        for up in range(length):
            accelerate(copy, length - 1 - up, twice, many, target, tau2, part, rate)
        factor = exp(-part / 2 * rate[copy, 0] / root)
        scale *= factor
        twice *= factor * factor
        for k in range(length):
            place[copy, k] += part / 2 * rate[copy, k] * (root if k == 0 else 1.0)
            accelerate(copy, k, twice, many, target, tau2, part, rate)
    factors[copy] = scale
