"""What theory says of a counterdiffusion run: by Chapman and Enskog from the measured state, or roughly."""

from dataclasses import dataclass
from math import log, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import legendre
from scipy.constants import R as GAS_CONSTANT
from scipy.integrate import cumulative_trapezoid

from knudsen.analysis.continuum.counterdiffusion import Slab, predicted_profile
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.statistics import Array
from knudsen.scenarios.equimolar_counterdiffusion.measures import BEND, SMOOTH, Bulk
from knudsen.scenarios.equimolar_counterdiffusion.setup import ORDER, Setup

if TYPE_CHECKING:
    from knudsen.scenarios.equimolar_counterdiffusion import CounterdiffusionConfig

FLUX_SOURCE = "Bosanquet: continuum and free-molecular flux in series"
DIFFUSION_SOURCE = "Chapman-Enskog, converged, at the local state; inertia and stress as measured"
DUFOUR_SOURCE = "Dufour effect between isothermal walls, with the temperature jumps of one gas"
TEMPERATURE_JUMP = 1.95  # zeta_T of full accommodation


@dataclass(frozen=True)
class Line:
    """The composition that theory predicts over the bulk, read as the measured one is.

    profile : x_A at the cells of the bulk;  slope : of its straight line [1/m]
    bend_at : scaled place of its largest departure from that line;  bend : the departure there
    """

    profile: Array
    slope: float
    bend_at: float
    bend: float


def predicted_line(
    theory: ChapmanEnskog, bulk: Bulk, state: Slab, fluxes: tuple[float, float], middle: float,
    excess: Array, pressure_share: float, bend_at: float | None = None,
) -> Line:  # fmt: skip
    """N_A = x_A N - c D_AB (dx_A/dz + k_T d ln T/dz) integrated over the bulk from its mid-plane.

    That law is the balance of A's momentum where inertia and viscous stress are small.  In full, with
    xi_A = x_A + excess the share of A in the momentum flux P, it is  P dxi_A/dz = p (dx_A/dz of that law).

    Arguments
    ---------
    state : temperature and concentration at the cells of the bulk
    fluxes : N_A and N [mol m-2 s-1];  middle : x_A at the mid-plane
    excess [cell], pressure_share : p / P, of `momentum_numbers`
    bend_at : where to read the bend; where it is largest, if left out
    """
    plain = predicted_profile(theory, state, fluxes[0], (bulk.length / 2, middle), fluxes[1])
    second_order = bulk.smooth(excess) - bulk.fit(excess, SMOOTH) @ legendre.legvander(0.0, SMOOTH).ravel()
    inside = middle + pressure_share * (plain - middle) - second_order
    profile = np.full(len(bulk.position), np.nan)
    profile[bulk.inside] = inside
    if bend_at is None:
        fine = np.linspace(-1, 1, 401)
        coefficients = np.r_[0.0, 0.0, bulk.fit(profile, BEND)[2:]]
        bend_at = float(fine[np.argmax(np.abs(legendre.legval(fine, coefficients)))])
    return Line(inside, float(bulk.line(profile)[1]), bend_at, float(bulk.bend(profile, bend_at)))


def dufour_temperature(
    theory: ChapmanEnskog, position: Array, x_A: Array, diffusive_flux: float, pressure: float
) -> Array:
    """Temperature [cell] that diffusion alone sets up between walls at the theory's temperature T_w::

        lambda dT/dz = alpha_T R T_w J*_A - q',  q' constant
        T - T_w = -+ zeta_T (mu v_0 / p) q' / lambda at the left and the right end

    Arguments
    ---------
    position, x_A : of the cells [cell];  diffusive_flux : J*_A [mol m-2 s-1];  pressure : p [Pa]

    Source: S. Chapman & T. G. Cowling (1970), 8.41: q' = -lambda grad T + p k_T (V_1 - V_2);
    zeta_T: F. Sharipov, J. Phys. Chem. Ref. Data 40 (2011) 023101, of one gas, here taken for a mixture.
    """
    x = np.stack([np.clip(x_A, 0, 1), 1 - np.clip(x_A, 0, 1)], axis=-1)
    resistance = 1 / theory.thermal_conductivity(x)
    drive = theory.thermal_diffusion_factor(x[:, 0]) * GAS_CONSTANT * theory.temperature * diffusive_flux
    driven, resisted = (
        cumulative_trapezoid(values, position, initial=0) for values in (drive * resistance, resistance)
    )
    equivalent = 2 / sqrt(pi) * theory.mean_free_path(x[[0, -1]], pressure)  # mu v_0 / p
    left, right = TEMPERATURE_JUMP * equivalent * resistance[[0, -1]]
    heat = driven[-1] / (left + resisted[-1] + right)
    return theory.temperature + driven - heat * (left + resisted)


def interpolated_fluxes(config: "CounterdiffusionConfig", scale: Setup) -> tuple[float, float]:
    """N_A and N_B [mol m-2 s-1] by 1/N = 1/N_continuum + 1/N_free: good to percents."""
    free = free_molecular_fluxes(config, np.array(scale.gas.masses))
    bound = _continuum_fluxes(config, scale)
    N_A, N_B = (1 / (1 / a + 1 / b) for a, b in zip(free, bound, strict=True))
    return N_A, N_B


def free_molecular_fluxes(config: "CounterdiffusionConfig", masses: Array) -> tuple[float, float]:
    """N_A and N_B [mol m-2 s-1] without collisions, exact; masses [species] in any unit of mass [kg].

    open      N_s = c (x_s,left - x_s,right) v_s / 4,  v_s the mean speed
    exchange  N_s = J (P_s,left - P_s,right),  P the flux-weighted composition of a reservoir, and J the
              flux each way that fills the slab:  c = 2 J sum_s (P_s,left + P_s,right) / v_s
    """
    from scipy.constants import N_A as AVOGADRO

    speed = np.sqrt(8 * GAS_CONSTANT * config.temperature / (pi * masses * AVOGADRO))
    concentration = config.pressure / (GAS_CONSTANT * config.temperature)
    x_A = np.array([config.x_left, config.x_right])
    arrivals = np.stack([x_A, 1 - x_A], axis=-1) * speed
    if config.boundary == "open":
        N_A, N_B = concentration / 4 * (arrivals[0] - arrivals[1])
    else:
        share = arrivals / arrivals.sum(axis=-1, keepdims=True)
        N_A, N_B = concentration / (2 * (share.sum(axis=0) / speed).sum()) * (share[0] - share[1])
    return float(N_A), float(N_B)


def _continuum_fluxes(config: "CounterdiffusionConfig", scale: Setup) -> tuple[float, float]:
    """c D_AB over L times x_left - x_right; with b = 1 + N_B/N_A not zero, times ln(...) / b."""
    theory = ChapmanEnskog(scale.gas, config.temperature, ORDER)
    diffusion = float(theory.diffusion_binary((config.x_left + config.x_right) / 2, config.pressure))
    conductance = config.pressure / (GAS_CONSTANT * config.temperature) * diffusion / scale.length
    ratio = flux_ratio(config, np.array(scale.gas.masses))
    b = 1 + ratio
    if abs(b) < 1e-9:
        N_A = conductance * (config.x_left - config.x_right)
    else:
        N_A = conductance / b * log((1 - b * config.x_right) / (1 - b * config.x_left))
    return N_A, ratio * N_A


def flux_ratio(config: "CounterdiffusionConfig", masses: Array) -> float:
    """N_B / N_A: -1 where molecules are exchanged one for one, -(M_A/M_B)^(1/2) (Graham) in an open slab."""
    return -1.0 if config.boundary == "exchange" else -sqrt(masses[0] / masses[1])
