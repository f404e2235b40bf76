"""A binary mixture by McCormack's model between plates and over one wall, read in the terms of one gas.

What `channel` and `slip` are of one gas.  Under gradients of pressure and temperature velocity is the
mole-average one and heat flux the reduced one, their partners; of a sheared gas velocity is the mass-average
one; temperature and density are the whole mixture's.  Accommodation is of both species or a pair.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis import checks
from knudsen.analysis.transition.channel import ChannelFlow, ChannelProfiles, check_delta, places_between
from knudsen.analysis.transition.half_space import HalfSpaceSolution, solve_half_space
from knudsen.analysis.transition.mccormack import BinaryModel
from knudsen.analysis.transition.mccormack_operators import (
    BinaryNormal,
    BinaryShear,
    binary_normal,
    binary_shear,
)
from knudsen.analysis.transition.model_equations import NODES
from knudsen.analysis.transition.slab import SlabSolution, Wall, solve_slab
from knudsen.analysis.transition.slip import KnudsenLayers, SlipCoefficients, distances_from_wall

Accommodation = float | tuple[float, ...]


@dataclass(frozen=True)
class BinarySlab:
    """Solutions between plates, each found when it is first asked for.

    delta : rarefaction;  alpha : accommodation of each species on its nodes [node]
    """

    model: BinaryModel
    shear: BinaryShear
    normal: BinaryNormal
    delta: float
    alpha: np.ndarray

    @cached_property
    def along(self) -> SlabSolution:
        """Under gradients of pressure, temperature and composition."""
        walls = Wall(self.alpha), Wall(self.alpha)
        return solve_slab(self.shear.operator, self.delta, self.shear.drives, *walls)

    @cached_property
    def couette(self) -> SlabSolution:
        """Between plates that slide at -1/2 and 1/2."""
        return self._between(self.shear, self.shear.velocity)

    @cached_property
    def fourier(self) -> SlabSolution:
        """Between plates heated by -1/2 and 1/2, which no species passes."""
        return self._between(self.normal, self.normal.energy, self.normal.densities)

    def _between(
        self, gas: BinaryShear | BinaryNormal, drive: np.ndarray, densities: tuple = ()
    ) -> SlabSolution:
        """A slab whose walls are driven by -1/2 and 1/2."""
        walls = (Wall(self.alpha, sign * drive / 2, densities) for sign in (-1, 1))
        return solve_slab(gas.operator, self.delta, 0.0, *walls)

    @property
    def coefficients(self) -> np.ndarray:
        """Lambda [3, 3] of `binary_flows`."""
        return 2 / self.along.thickness * self.shear.operator.mean(self.shear.drives, self.along.mean_even)

    @property
    def ratios(self) -> np.ndarray:
        """Couette's stress and Fourier's heat flux over those of free molecules, diffuse plates [2]."""
        shear, normal = self.shear, self.normal
        sheared, heated = (one.odd(0.0)[:, 0] for one in (self.couette, self.fourier))
        # (v0a/v0) c_x times momentum's (m_a/m) (v0a/v0) c_z is c_x c_z; free flight keeps a wall's drift
        across = shear.operator.speed * shear.momentum
        stress = shear.operator.mean(across, sheared) / shear.operator.mean(across, shear.velocity / 2)
        # free molecules carry T per species: sum_a x_a (v0a/v0)/sqrt(pi)
        free = self.model.fractions @ self.model.speed_ratios / np.sqrt(np.pi)
        return -np.array([stress, normal.operator.mean(normal.heat_flux, heated) / free])


@dataclass(frozen=True)
class BinaryHalfSpace:
    """Solutions over one wall.

    along : sheared at dv/dx = 1, under gradients of temperature and of composition along the wall
    heated : under dT/dx = 1, no species moving
    """

    shear: BinaryShear
    normal: BinaryNormal
    along: HalfSpaceSolution
    heated: HalfSpaceSolution


@lru_cache(maxsize=128)
def binary_slab(
    model: BinaryModel, delta: float, accommodation: Accommodation = 1.0, nodes: int = NODES
) -> BinarySlab:
    """Solutions at a rarefaction by the model's own viscosity; raises as `binary_channel`."""
    check_delta(delta)
    shear, normal = binary_shear(model, nodes), binary_normal(model, nodes)
    alpha = accommodated(shear, checks.accommodation(accommodation))
    return BinarySlab(model, shear, normal, delta, alpha)


@lru_cache(maxsize=128)
def binary_half_space(
    model: BinaryModel, accommodation: Accommodation = 1.0, nodes: int = NODES
) -> BinaryHalfSpace:
    """Solutions over one wall; raises ValueError for an accommodation out of range."""
    shear, normal = binary_shear(model, nodes), binary_normal(model, nodes)
    alpha, nothing = accommodated(shear, accommodation), np.zeros(len(shear.species))
    source = np.column_stack([nothing, shear.drives[:, 1:]])
    sheared = np.column_stack([shear.velocity, nothing, nothing])
    wall, gradient = Wall(alpha, densities=normal.densities), no_flux_gradient(normal)
    return BinaryHalfSpace(
        shear,
        normal,
        along=solve_half_space(shear.operator, source, sheared, Wall(alpha)),
        heated=solve_half_space(normal.operator, np.zeros_like(gradient), gradient, wall),
    )


def mixture_flow(model: BinaryModel, delta: float, accommodation: Accommodation = 1.0) -> ChannelFlow:
    """The four flows between plates: G_P = Lambda_PP, G_T = -Lambda_PT and the ratios of `binary_channel`.

    delta : by the model's own viscosity;  raises as `binary_channel`

    >>> from knudsen.analysis.transition.mccormack import binary_model
    >>> from knudsen.core.gases import Mixture
    >>> round(mixture_flow(binary_model(Mixture(["Ne", "Ar"], "hs"), 0.5, 300.0), 1.0).G_T, 6)
    0.380998
    """
    found = binary_slab(model, delta, accommodation)
    matrix, (couette, fourier) = found.coefficients, found.ratios.tolist()
    return ChannelFlow(float(matrix[0, 0]), float(-matrix[0, 1]), couette, fourier)


def mixture_profiles(
    model: BinaryModel, delta: float, position: ArrayLike, accommodation: Accommodation = 1.0
) -> ChannelProfiles:
    """Velocities, heat fluxes, temperature and density between plates; arguments as `mixture_flow`.

    position : x/H [position], -1/2 .. 1/2;  raises ValueError for one outside, else as `mixture_flow`
    """
    position = places_between(position)
    found = binary_slab(model, delta, accommodation)
    shear, normal, x = found.shear, found.normal, position * delta
    velocity, heat = 2 / delta * shear.operator.mean(shear.drives[:, :2], found.along.even(x)[:, :2])
    state, number = found.fourier.even(x)[:, 0], sum(normal.densities)
    return ChannelProfiles(
        position=position,
        poiseuille_velocity=velocity[0],
        poiseuille_heat_flux=heat[0],
        creep_velocity=-velocity[1],
        creep_heat_flux=-heat[1],
        couette_velocity=shear.operator.mean(shear.momentum, found.couette.even(x)[:, 0]),
        fourier_temperature=2 / 3 * normal.operator.mean(normal.energy, state),
        fourier_density=normal.operator.mean(number, state - found.fourier.mean_even),
    )


def mixture_slip(model: BinaryModel, accommodation: Accommodation = 1.0) -> SlipCoefficients:
    """sigma_P, sigma_T in the mole-average velocity and zeta_T, as of `diffusion_slip`."""
    found = binary_half_space(model, accommodation)
    slip = found.shear.operator.mean(found.shear.momentum, found.along.bulk)[0]
    creep = found.shear.operator.mean(found.shear.drives[:, 0], found.along.bulk)[1]
    jump = 2 / 3 * found.normal.operator.mean(found.normal.energy, found.heated.bulk)[0]
    return SlipCoefficients(sigma_P=float(slip), sigma_T=float(-2 * creep), zeta_T=float(jump))


def mixture_layers(
    model: BinaryModel, position: np.ndarray, accommodation: Accommodation = 1.0
) -> KnudsenLayers:
    """Velocity, temperature and density of the Knudsen layers at distances [position] in mu v0/p.

    Raises ValueError for a distance that is negative or an accommodation out of range.
    """
    position = distances_from_wall(position)
    found = binary_half_space(model, accommodation)
    shear, normal, along = found.shear, found.normal, found.along.layer(position)
    state = found.heated.layer(position)[:, 0]
    return KnudsenLayers(
        position=position,
        slip_velocity=shear.operator.mean(shear.momentum, along[:, 0]),
        creep_velocity=-2 * shear.operator.mean(shear.drives[:, 0], along[:, 1]),
        jump_temperature=2 / 3 * normal.operator.mean(normal.energy, state),
        jump_density=normal.operator.mean(sum(normal.densities), state),
    )


def accommodated(gas: BinaryShear | BinaryNormal, accommodation: Accommodation) -> np.ndarray:
    """Accommodation of each species on its nodes [node]."""
    return np.broadcast_to(np.asarray(accommodation, dtype=float), (2,))[gas.species]


def no_flux_gradient(gas: BinaryNormal) -> np.ndarray:
    """h [node, 1] of a unit temperature gradient in which no species moves: p uniform, dx1 = -k_T dlnT."""
    modes = gas.operator.modes
    densities = np.stack(gas.densities, axis=1)
    carried = modes.amplitudes(densities)
    response = np.linalg.solve(carried.T @ carried, carried.T @ modes.amplitudes(gas.energy))
    return (gas.energy - densities @ response)[:, None]
