"""Flows and slip of a binary mixture by McCormack's model: channels at any rarefaction, diffusion slip.

Fluxes and drives, H the channel's height, v0 = sqrt(2kT/m) of the mean mass, 1 the first-named species::

    J_P = v*/v0,  J_T = q'/(p v0),  J_C = x1 (u_1 - u_2)/v0
    X_P = H dlnp/dz,  X_T = H dlnT/dz,  X_C = H dln(x1)/dz,    J_j = -(1/2) sum_k Lambda_jk X_k

v* the mole-average velocity, q' the reduced heat flux, all averaged over the channel; Lambda is symmetric.
delta = p H/(mu v0) holds the model's own viscosity, the first Chapman-Enskog order.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.transition.binary_plates import binary_half_space, binary_slab
from knudsen.analysis.transition.channel import COARSE_NODES
from knudsen.analysis.transition.mccormack import BinaryModel, binary_model
from knudsen.analysis.transition.model_equations import NODES
from knudsen.core.gases import Mixture


@dataclass(frozen=True)
class BinaryChannelFlow:
    """Kinetic coefficients of a plane channel [-]; Lambda_PP = G_P and Lambda_PT = -G_T of one gas.

    couette_ratio : shear stress over that of free molecules between fully diffuse walls
    fourier_ratio : heat flux from plate to plate, no species passing them, over that of free molecules
        between fully diffuse walls
    error : largest change with coarser ordinates, over the larger of a coefficient and its fluxes' own
    """

    Lambda_PP: float
    Lambda_PT: float
    Lambda_PC: float
    Lambda_TT: float
    Lambda_TC: float
    Lambda_CC: float
    couette_ratio: float
    fourier_ratio: float
    error: float = 0.0


@dataclass(frozen=True)
class BinarySlip:
    """Slip of a mixture at a wall [-], x1 and its gradient of the first-named species::

        u = sigma_P (mu v0/p) du/dx,    u = sigma_T (mu/rho) dlnT/dz,    u = sigma_C (mu/rho) dln(x1)/dz
        T - T_wall = zeta_T (mu v0/p) dT/dx

    sigma_P, sigma_T, sigma_C : in the mass-average velocity
    sigma_T_molar, sigma_C_molar : in the mole-average velocity, which holds the bulk's diffusion too
    kramers_kistemaker, kramers_kistemaker_molar : their estimate of sigma_C and sigma_C_molar
    zeta_T : temperature jump at a wall that no species passes, thermal diffusion balanced by a gradient of x1
    schmidt_number : mu/(rho D_12) of the model;  error : largest relative change with coarser ordinates
    """

    sigma_P: float
    sigma_T: float
    sigma_C: float
    sigma_T_molar: float
    sigma_C_molar: float
    zeta_T: float
    kramers_kistemaker: float
    kramers_kistemaker_molar: float
    schmidt_number: float
    error: float = 0.0


@dataclass(frozen=True)
class DiffusionProfiles:
    """Velocities along a channel under a gradient of composition alone, over D_12 dx1/dz [position].

    molar_velocity, mass_velocity : of the mixture;  relative_velocity : u_1 - u_2, -1/(x1 x2) in the bulk
    """

    molar_velocity: np.ndarray
    mass_velocity: np.ndarray
    relative_velocity: np.ndarray


def binary_channel(
    mixture: Mixture,
    x1: float,
    delta: float,
    temperature: float = 300.0,
    accommodation: float | Sequence[float] = 1.0,
) -> BinaryChannelFlow:
    """Kinetic coefficients of a binary mixture between parallel plates.

    Arguments
    ---------
    mixture : two species, of any molecular model
    x1 : mole fraction of the first named, 0 < x1 < 1
    delta : rarefaction p H/(mu v0), 1e-4 .. 1e4
    temperature : T [K]; for hard spheres nothing depends on it
    accommodation : Maxwell's alpha at both plates, of both species or of each

    Raises
    ------
    ValueError : a mixture that is not binary; a composition, delta, temperature or accommodation out of range

    Source: F. Sharipov, D. Kalempa, J. Vac. Sci. Technol. A 20 (2002) 814.

    >>> from knudsen.core.gases import Mixture
    >>> flow = binary_channel(Mixture(["Ne", "Ar"], "hs"), 0.5, 1.0)
    >>> round(flow.Lambda_PP, 6), round(flow.Lambda_PT, 6), round(flow.Lambda_PC, 6)
    (1.599402, -0.380998, 0.135052)
    """
    model = binary_model(mixture, x1, temperature)
    fine, coarse = (
        binary_slab(model, delta, _fixed(accommodation), nodes) for nodes in (NODES, COARSE_NODES)
    )
    matrix, ratios = fine.coefficients, fine.ratios
    scale = np.sqrt(np.outer(np.diag(matrix), np.diag(matrix)))
    errors = np.append(np.abs(coarse.coefficients - matrix) / scale, np.abs(coarse.ratios / ratios - 1))
    upper = matrix[np.triu_indices(3)].tolist()
    return BinaryChannelFlow(*upper, *ratios.tolist(), error=float(errors.max()))


def diffusion_profiles(
    mixture: Mixture,
    x1: float,
    delta: float,
    position: ArrayLike,
    temperature: float = 300.0,
    accommodation: float | Sequence[float] = 1.0,
) -> DiffusionProfiles:
    """Velocities across a channel whose composition changes along it at uniform pressure and temperature.

    position : x/H [position], -1/2 .. 1/2;  all else, and raises, as `binary_channel`

    >>> from knudsen.core.gases import Mixture
    >>> gas = Mixture(["He", "Xe"], "hs")
    >>> wide, slip = diffusion_profiles(gas, 0.5, 100.0, [0.0]), diffusion_slip(gas, 0.5)
    >>> bool(np.isclose(wide.molar_velocity[0], slip.sigma_C_molar * slip.schmidt_number / 0.5, rtol=1e-6))
    True
    """
    model = binary_model(mixture, x1, temperature)
    found = binary_slab(model, delta, _fixed(accommodation))
    gas = found.shear
    moments = np.column_stack([gas.drives[:, 0], gas.momentum, gas.drives[:, 2] / x1])
    # mu/rho = H v0/(2 delta), so that D_12 dx1/dz = v0 x1 X_C/(2 delta Sc)
    u = found.along.even(delta * np.asarray(position, dtype=float))[:, 2]
    velocities = -2 * model.schmidt_number / x1 * gas.operator.mean(moments, u)
    return DiffusionProfiles(*velocities)


def diffusion_slip(
    mixture: Mixture, x1: float, temperature: float = 300.0, accommodation: float | Sequence[float] = 1.0
) -> BinarySlip:
    """Viscous, thermal and diffusion slip of a binary mixture at a wall.

    Arguments and raises as `binary_channel`.  Kramers and Kistemaker's estimate, of walls that take up no
    net momentum::

        v* = D_12 (dx1/dz) (sqrt m_1 - sqrt m_2)/(x1 sqrt m_1 + x2 sqrt m_2)

    Source: H. A. Kramers, J. Kistemaker, Physica 10 (1943) 699; F. Sharipov, D. Kalempa, Phys. Fluids 15
    (2003) 1800 (viscous slip) and 16 (2004) 759, 3779 (thermal and diffusion slip).

    >>> from knudsen.core.gases import Mixture
    >>> slip = diffusion_slip(Mixture(["He", "Xe"], "hs"), 0.5)
    >>> round(slip.sigma_C, 5), round(slip.sigma_C_molar, 5), round(slip.kramers_kistemaker_molar, 5)
    (1.18766, -3.42842, -3.44773)
    """
    model = binary_model(mixture, x1, temperature)
    fine, rough = (_slip(model, nodes, accommodation) for nodes in (NODES, COARSE_NODES))
    molar, mass = _kramers_kistemaker(model)
    error = float(np.max(np.abs(rough - fine) / np.maximum(np.abs(fine), 1)))
    return BinarySlip(*fine.tolist(), mass, molar, model.schmidt_number, error)


def _fixed(accommodation: float | Sequence[float]) -> tuple[float, ...]:
    """As what solutions are kept by."""
    return tuple(np.ravel(accommodation).tolist())


def _slip(model: BinaryModel, nodes: int, accommodation: float | Sequence[float]) -> np.ndarray:
    """sigma_P, sigma_T, sigma_C, sigma_T_molar, sigma_C_molar, zeta_T."""
    found = binary_half_space(model, _fixed(accommodation), nodes)
    gas, normal = found.shear, found.normal
    mass, molar = (gas.operator.mean(f, found.along.bulk) for f in (gas.momentum, gas.drives[:, 0]))
    temperature = 2 / 3 * normal.operator.mean(normal.energy, found.heated.bulk)[0]
    return np.array([mass[0], *(-2 * mass[1:]), *(-2 * molar[1:]), temperature])


def _kramers_kistemaker(model: BinaryModel) -> tuple[float, float]:
    """sigma_C in the molar and in the mass frame; v - v* = (m_1 - m_2) x1 x2 (u_1 - u_2)/m."""
    (first, second), x1 = np.sqrt(model.masses), model.x1
    diffusive = x1 / model.schmidt_number
    molar = diffusive * (first - second) / (x1 * first + (1 - x1) * second)
    return float(molar), float(molar - diffusive * (first**2 - second**2) / model.mean_mass)
