"""Two gases trade places through a slab at any rarefaction, by McCormack's linearised model.

The slab lies between two reservoirs that differ by little in composition; what a reservoir sends in is
Maxwellian at its own composition.  It either takes and gives one molecule for one ("exchange", equimolar) or
stands open at the pressure ("open").

Open, no wall takes up momentum: P_xx is uniform, the reservoirs' pressure, and the layers at the openings set
N_1/N_2: Graham's -sqrt(m_2/m_1) without collisions, near it at any Kn, but not again as Kn -> 0.  Hard
spheres of mass ratio 4, x1 = 1/2, tend to -0.476.  At Kn = 0.05 (model: -0.478) DSMC between x1 = 0.75 and
0.25 gave -0.472 +- 0.003.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from knudsen.analysis.transition.channel import COARSE_NODES, check_delta
from knudsen.analysis.transition.mccormack import BinaryModel, binary_model
from knudsen.analysis.transition.mccormack_operators import BinaryNormal, binary_normal
from knudsen.analysis.transition.model_equations import NODES
from knudsen.analysis.transition.slab import SlabSolution, Wall, solve_slab
from knudsen.core.gases import Mixture

Boundary = Literal["exchange", "open"]


@dataclass(frozen=True)
class SlabDiffusion:
    """Fluxes through the slab from left to right, for x1 higher by Delta x1 on the left.

    flux_1, flux_2 : N_a/(n v0 Delta x1) [-], v0 = sqrt(2kT/m) of the mean mass
    free_molecular_ratio : N_1 over that of free molecules at the same boundaries [-]
    continuum_ratio : J*_1 L/(n D_12 Delta x1) [-], J*_1 = N_1 - x1 (N_1 + N_2); 1 where the layers at the
        boundaries are thin
    error : largest relative change with coarser ordinates
    """

    flux_1: float
    flux_2: float
    free_molecular_ratio: float
    continuum_ratio: float
    error: float = 0.0


def slab_diffusion(
    mixture: Mixture, x1: float, delta: float, temperature: float = 300.0, boundary: Boundary = "exchange"
) -> SlabDiffusion:
    """Fluxes of both species between reservoirs of composition x1 +- Delta x1/2, to first order in Delta x1::

        N_1 = sum over molecules of 1 of v_x,    delta = p L/(mu v0)

    Free molecules: open, N_a = +-n v0a Delta x1/(2 sqrt(pi)), so that N_1/N_2 = -sqrt(m_2/m_1) (Graham);
    exchange, N_1 = -N_2 = n v01 v02 Delta x1/[2 sqrt(pi) (x1 v01 + x2 v02)].

    Arguments
    ---------
    mixture : two species, of any molecular model
    x1 : mole fraction of the first named in the middle, 0 < x1 < 1
    delta : rarefaction, 1e-4 .. 1e4, mu the model's own, the first Chapman-Enskog order
    temperature : T [K];  boundary : "exchange" or "open"

    Raises
    ------
    ValueError : a mixture that is not binary, an unknown boundary, a value out of range

    >>> from knudsen.core.gases import Mixture
    >>> thick = slab_diffusion(Mixture(["Ar", "Kr"], "hs"), 0.5, 1000.0)
    >>> round(thick.flux_1 + thick.flux_2, 12) == 0, round(thick.continuum_ratio, 3)
    (True, 0.997)
    """
    check_delta(delta)
    if boundary not in ("exchange", "open"):
        raise ValueError(f"unknown boundary {boundary!r}: take 'exchange' or 'open'")
    model = binary_model(mixture, x1, temperature)
    fine, rough = (_fluxes(binary_normal(model, n), model, delta, boundary) for n in (NODES, COARSE_NODES))
    first, second = fine
    diffusive = first - x1 * (first + second)
    return SlabDiffusion(
        flux_1=float(first),
        flux_2=float(second),
        free_molecular_ratio=float(first / _free_flux(model, boundary)),
        # n D_12/(n v0 L), L = delta mu v0/p and p = n m v0^2/2: 1/(2 Sc delta)
        continuum_ratio=float(diffusive * 2 * model.schmidt_number * delta),
        error=float(np.max(np.abs(rough / fine - 1))),
    )


def _free_flux(model: BinaryModel, boundary: Boundary) -> float:
    """N_1/(n v0 Delta x1) of free molecules."""
    own, other = model.speed_ratios
    if boundary == "open":
        return own / (2 * np.sqrt(np.pi))
    return own * other / (2 * np.sqrt(np.pi) * (model.fractions @ model.speed_ratios))


def _fluxes(gas: BinaryNormal, model: BinaryModel, delta: float, boundary: Boundary) -> np.ndarray:
    """N_a/(n v0 Delta x1) [species].

    The solver carries no net momentum.  The drift that does, w ~ c_x v0/v0a, meets no
    collisions: it is added, and the reservoirs' answer to it is a second solution without its momentum.
    """
    first, second = gas.densities
    drive = first / model.x1 - second / (1 - model.x1)
    ratio = model.speed_ratios[gas.species]
    drift = gas.operator.speed / ratio**2 * (first + second)
    sealed = (first + second,) if boundary == "exchange" else ()
    push = drift * gas.operator.speed * gas.operator.weight
    driven, carried = (
        _middle(
            gas, solve_slab(gas.operator, delta, 0.0, *(Wall(1.0, s * h, sealed, -s * e) for s in (1, -1)))
        )
        for h, e in ((drive / 2, 0.0), (0.0 * drive, push))
    )
    mean = gas.operator.mean
    flow = driven - mean(drift, driven) / mean(drift, carried) * (carried + drift)
    speed = gas.operator.speed
    return np.array([mean(speed * first, flow), mean(speed * second, flow)])


def _middle(gas: BinaryNormal, solution: SlabSolution) -> np.ndarray:
    return solution.odd(0.0)[:, 0]
