"""What is read off the profiles of a binary slab: fluxes, the bulk's straight line, and what bends it.

Every function keeps leading axes, so that a jackknife evaluates all its replicates in one call.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial import legendre
from numpy.typing import ArrayLike
from scipy.constants import N_A as AVOGADRO

from knudsen.analysis.profiles import SlabProfiles
from knudsen.analysis.statistics import Array, Measured, derive

LAYER = 5.0  # mean free paths from a wall to the bulk
LEAST_BULK = 1 / 3  # of the slab, however rarefied it is
BEND = 3  # degree up to which the profile's departure from its line is resolved
SMOOTH = 4  # degree of the polynomial that stands for a smooth profile in the bulk
WINDOW = 0.05  # half-width, over L, of the stretch that stands for a place


@dataclass(frozen=True)
class Bulk:
    """The middle of a slab, out of reach of its walls, and least-squares fits over it.

    position : centres of all the cells [cell] [m];  length : L [m];  margin : of each wall [m]

    Raises ValueError where fewer cells than a fit needs are left.
    """

    position: Array
    length: float
    margin: float

    def __post_init__(self) -> None:
        if self.inside.sum() <= SMOOTH:
            raise ValueError(f"{self.inside.sum()} cells are in the bulk and a fit needs {SMOOTH + 1}")

    @classmethod
    def of(cls, position: Array, length: float, mean_free_path: float) -> "Bulk":
        """All that is LAYER mean free paths from the walls, and LEAST_BULK of the slab in any case."""
        return cls(position, length, cls.margin_of(length, mean_free_path))

    @staticmethod
    def margin_of(length: float, mean_free_path: float) -> float:
        """How far from each wall the bulk begins [m]."""
        return min(LAYER * mean_free_path, (1 - LEAST_BULK) / 2 * length)

    @classmethod
    def fewest_cells(cls, length: float, mean_free_path: float) -> int:
        """Cells of a slab from which on enough lie in the bulk."""
        share = 1 - 2 * cls.margin_of(length, mean_free_path) / length
        return int((SMOOTH + 1) / share + 1e-9) + 1

    @cached_property
    def inside(self) -> Array:
        """Whether a cell lies in the bulk [cell]."""
        return np.abs(self.position - self.length / 2) < self.length / 2 - self.margin

    @property
    def half(self) -> float:
        """Half the width of the bulk [m]."""
        return self.length / 2 - self.margin

    @property
    def places(self) -> Array:
        """Centres of the cells in the bulk [m]."""
        return self.position[self.inside]

    def scaled(self, position: ArrayLike) -> Array:
        """(z - L/2) / half, from -1 to 1 over the bulk."""
        return (np.asarray(position) - self.length / 2) / self.half

    def fit(self, values: Array, degree: int) -> Array:
        """Legendre coefficients [..., degree + 1] of values [..., cell], by least squares over the bulk."""
        basis = legendre.legvander(self.scaled(self.places), degree)
        return values[..., self.inside] @ np.linalg.pinv(basis).T

    def smooth(self, values: Array) -> Array:
        """The polynomial through values [cell], at the cells of the bulk."""
        return legendre.legval(self.scaled(self.places), self.fit(values, SMOOTH))

    def line(self, values: Array) -> tuple[Array, Array]:
        """Value at the mid-plane and slope [1/m] of the straight line through values [..., cell]."""
        middle, rise = np.moveaxis(self.fit(values, 1), -1, 0)
        return middle, rise / self.half

    def mean(self, values: Array) -> Array:
        """Mean over the bulk [...] of values [..., cell]."""
        return values[..., self.inside].mean(axis=-1)

    def bend(self, values: Array, scaled: ArrayLike) -> Array:
        """Departure of values [..., cell] from their straight line, c_2 P_2 + c_3 P_3, at one place.

        A coefficient is linear in the values, so noise does not bias it, as it would a maximum.
        """
        coefficients = self.fit(values, BEND)
        coefficients[..., :2] = 0
        return coefficients @ legendre.legvander(np.atleast_1d(scaled), BEND)[0]


def near(position: Array, length: float, place: float) -> Array:
    """Whether cells [cell] stand for the place z [m]: within L/20 of it, one cell at least."""
    distance = np.abs(position - place)
    return distance <= max(WINDOW * length, distance.min() * (1 + 1e-9))


def interior(position: Array, length: float) -> Array:
    """Whether cells [cell] are further from both walls than L/20.

    Within a flight's length of a wall collisions at discrete times leave a layer: over five runs (three
    seeds, 450 K, 0.5 atm) the total flux sampled in the outermost cells was 1 to 3 % of N_A low.
    """
    return np.abs(position - length / 2) < (0.5 - WINDOW) * length


def flux_numbers(q: SlabProfiles, length: float) -> dict[str, Measured]:
    """Fluxes over the interior and velocities at the mid-plane, with what theory makes of N_A.

    Returns
    -------
    `molar_flux_A`, `molar_flux_B`, `molar_flux_total`, `mass_flux`, `flux_ratio`, `molar_velocity`,
    `mass_velocity`; and `concentration`, `density` at the mid-plane
    """
    middle = near(q.positions, length, length / 2)
    inner = interior(q.positions, length)

    def numbers(flux: Array, mass_flux: Array, concentration: Array, density: Array) -> dict[str, Array]:
        N_A, N_B = np.moveaxis(flux[..., inner, :].mean(axis=-2), -1, 0)
        c, rho = (values[..., middle].mean(axis=-1) for values in (concentration, density))
        return {
            "molar_flux_A": N_A,
            "molar_flux_B": N_B,
            "molar_flux_total": N_A + N_B,
            "mass_flux": mass_flux[..., inner].mean(axis=-1),
            "flux_ratio": N_A / N_B,
            "molar_velocity": flux[..., middle, :].sum(axis=-1).mean(axis=-1) / c,
            "mass_velocity": mass_flux[..., middle].mean(axis=-1) / rho,
            "concentration": c,
            "density": rho,
        }

    return derive(
        numbers, q["molar_flux"], q["mass_flux"], q["molar_concentration"], q["mass_density"]
    )  # fmt: skip


def bulk_numbers(q: SlabProfiles, bulk: Bulk, ends: tuple[float, float]) -> dict[str, Measured]:
    """What the straight line of the composition through the bulk says::

        D_AB = -J*_A / (c dx_A/dz),  J*_A = N_A - x_A (N_A + N_B)
        jump at a wall = x_A of the reservoir - x_A of the line there

    ends : x_A of the reservoirs

    Returns
    -------
    `diffusion_binary`, `composition_jump_left`, `composition_jump_right`; and of the line `middle`,
    `slope` [1/m] and `diffusive_flux`
    """

    inner = interior(q.positions, bulk.length)

    def numbers(flux: Array, fraction: Array, concentration: Array) -> dict[str, Array]:
        N_A, N_B = np.moveaxis(flux[..., inner, :].mean(axis=-2), -1, 0)
        middle, slope = bulk.line(fraction[..., 0])
        diffusive = N_A - middle * (N_A + N_B)
        return {
            "diffusion_binary": -diffusive / (bulk.mean(concentration) * slope),
            "composition_jump_left": ends[0] - (middle - slope * bulk.length / 2),
            "composition_jump_right": ends[1] - (middle + slope * bulk.length / 2),
            "middle": middle,
            "slope": slope,
            "diffusive_flux": diffusive,
        }

    return derive(numbers, q["molar_flux"], q["mole_fraction"], q["molar_concentration"])


def momentum_numbers(q: SlabProfiles, bulk: Bulk, masses: Array) -> dict[str, Measured]:
    """How far each species' share of the momentum flux is from its mole fraction.

    xi_A = P^A / P,  P^s = n_s m_s <v_x^2> in the laboratory frame,  P = P^A + P^B uniform in a steady slab

    masses : [species] [kg]

    Returns
    -------
    `excess`, xi_A - x_A [cell], and `pressure_share`, p / P over the bulk: both 0 and 1 but for inertia and
    viscous stress, which are of second order in the flux
    """

    def numbers(
        tensor: Array, density: Array, species: Array, velocity: Array, fraction: Array, pressure: Array
    ) -> dict[str, Array]:
        v = velocity[..., None]
        flux = tensor[..., 0] + density * masses * (2 * v * species - v**2)
        total = flux.sum(axis=-1)
        return {
            "excess": flux[..., 0] / total - fraction[..., 0],
            "pressure_share": bulk.mean(pressure) / bulk.mean(total),
        }

    names = ("species_pressure_tensor", "number_density", "species_velocity", "mass_velocity",
             "mole_fraction", "pressure")  # fmt: skip
    return derive(numbers, *(q[name] for name in names))


def anisotropies(q: SlabProfiles) -> dict[str, Measured]:
    """(P_xx - (P_yy + P_zz)/2) / p of the mixture and of each species [cell] or [cell, species].

    `mixture` and `species` are about the barycentric velocity, `own` about the species' own mean.
    """

    def anisotropy(tensor: Array) -> Array:
        xx, yy, zz = (tensor[..., axis] for axis in range(3))
        with np.errstate(divide="ignore", invalid="ignore"):
            return (xx - (yy + zz) / 2) / ((xx + yy + zz) / 3)

    tensors = {
        "mixture": "pressure_tensor",
        "species": "species_pressure_tensor",
        "own": "pressure_tensor_own",
    }
    return {kind: derive(anisotropy, q[name]) for kind, name in tensors.items()}


def molar_masses(masses: Array) -> tuple[float, float]:
    """M_A and M_B [kg/mol] of molecular masses [species] [kg]."""
    M_A, M_B = np.asarray(masses) * AVOGADRO
    return float(M_A), float(M_B)
