"""Fluxes between frames of reference, for any number of species.

A frame moves with a mean of the species' velocities, v_R = sum_i W_i N_i with sum_i W_i c_i = 1::

    molar  v* : W_i = 1 / c           (sum J*_i = 0)
    mass   v  : W_i = M_i / rho       (sum M_i J_i = 0, barycentric)
    volume v_V: W_i = Vbar_i          (sum Vbar_i J_i = 0)
    species k : W_i = delta_ik / c_k  (J_k = 0: fixed to the solvent, Hittorf's)

So J^R_i = N_i - c_i v_R = sum_k (delta_ik - c_i W_k) J_k, whatever frame the fluxes J come from.

Source: S. R. de Groot, P. Mazur, Non-Equilibrium Thermodynamics (1962), chapter XI, section 2;
R. Taylor, R. Krishna, Multicomponent Mass Transfer (1993), sections 1.2 and 3.2.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from knudsen.analysis.checks import finite, mole_fractions, per_species, positive, species_number

Frame = Literal["laboratory", "molar", "mass", "volume"] | int
"""A frame by name, or the number of the species it is fixed to."""
Unit = Literal["molar", "mass"]

SUM_TOLERANCE = 1e-9  # of partial volumes that must fill the volume, relative; of fluxes, to the largest


@dataclass(frozen=True)
class Medium:
    """What the fluxes run through: the composition that the frames weigh velocities by.

    Arguments
    ---------
    concentrations : c_i [..., species], mol/m^3
    molar_masses : M_i [species], kg/mol
    molar_volumes : partial molar volumes Vbar_i [..., species], m^3/mol, sum_i c_i Vbar_i = 1;
        None for an ideal gas, where each is 1 / c

    Raises ValueError for negative concentrations, none at all, masses that are not positive, other shapes,
    or volumes that do not fill the volume within 1e-9.

    >>> air = Medium([8.4, 31.7], [0.032, 0.028])
    >>> air.mass_fractions.round(4)
    array([0.2324, 0.7676])
    """

    concentrations: np.ndarray
    molar_masses: np.ndarray
    molar_volumes: np.ndarray | None = None

    def __post_init__(self) -> None:
        masses, c = np.asarray(self.molar_masses, float), np.asarray(self.concentrations, float)
        positive(masses, "molar_masses", "kg/mol")
        if masses.ndim != 1 or c.ndim == 0 or c.shape[-1] != len(masses):
            raise ValueError(
                f"concentrations {c.shape}, molar masses {masses.shape}: give one value a species, last axis"
            )
        if not np.all(np.isfinite(c) & (c >= 0)) or not np.all(c.sum(axis=-1) > 0):
            raise ValueError("concentrations must be zero or positive, not all zero: give them in mol/m^3")
        if self.molar_volumes is None:
            volumes = np.broadcast_to(1 / c.sum(axis=-1, keepdims=True), c.shape)
        else:
            volumes = np.broadcast_to(np.asarray(self.molar_volumes, float), c.shape)
        off = np.max(np.abs(np.sum(c * volumes, axis=-1) - 1))
        if not off <= SUM_TOLERANCE:
            raise ValueError(f"sum c_i Vbar_i must be one, off by {off:.3g}: give partial molar volumes")
        for name, value in zip(self.__dataclass_fields__, (c, masses, volumes), strict=True):
            object.__setattr__(self, name, value)

    @classmethod
    def ideal_gas(cls, x: ArrayLike, molar_concentration: ArrayLike, molar_masses: ArrayLike) -> "Medium":
        """Of mole fractions x [..., species] at molar concentration c [...], mol/m^3.

        molar_masses : M_i [species], kg/mol

        Raises ValueError for fractions that do not sum to one, or c or masses that are not positive.

        >>> Medium.ideal_gas([0.5, 0.5], 40.0, [0.004, 0.040]).concentrations
        array([20., 20.])
        """
        positive(molar_concentration, "molar concentration", "mol/m^3")
        x = mole_fractions(x, [f"species {i}" for i in range(np.size(molar_masses))])
        return cls(x * np.asarray(molar_concentration, dtype=float)[..., None], molar_masses)

    @property
    def molar_concentration(self) -> np.ndarray:
        """c [...], mol/m^3."""
        return self.concentrations.sum(axis=-1)

    @property
    def mass_density(self) -> np.ndarray:
        """rho [...], kg/m^3."""
        return self.concentrations @ self.molar_masses

    @property
    def mole_fractions(self) -> np.ndarray:
        """x_i [..., species]."""
        return self.concentrations / self.molar_concentration[..., None]

    @property
    def mass_fractions(self) -> np.ndarray:
        """y_i [..., species]."""
        return self.concentrations * self.molar_masses / self.mass_density[..., None]

    @property
    def volume_fractions(self) -> np.ndarray:
        """c_i Vbar_i [..., species]."""
        return self.concentrations * self.molar_volumes

    # --- frames --------------------------------------------------------------------------------------

    def weights(self, frame: Frame) -> np.ndarray:
        """W_i [..., species], m^3/mol, of a frame that moves at sum_i W_i N_i; zero for the laboratory.

        Raises ValueError for an unknown frame, or a species that is absent.

        >>> Medium([1.0, 3.0], [0.004, 0.040]).weights("molar")
        array([0.25, 0.25])
        """
        c = self.concentrations
        if frame == "laboratory":
            return np.zeros_like(c)
        if frame == "molar":
            return np.broadcast_to(1 / self.molar_concentration[..., None], c.shape)
        if frame == "mass":
            return self.molar_masses / self.mass_density[..., None]
        if frame == "volume":
            return self.molar_volumes
        if not isinstance(frame, int | np.integer) or isinstance(frame, bool) or not 0 <= frame < c.shape[-1]:
            raise ValueError(
                f"unknown frame {frame!r}: use 'laboratory', 'molar', 'mass', 'volume' or a species number"
            )
        if not np.all(c[..., frame] > 0):
            raise ValueError(f"species {frame} is absent somewhere: no frame is fixed to it")
        return np.eye(c.shape[-1])[frame] / c[..., frame, None]

    def projector(self, frame: Frame) -> np.ndarray:
        """T [..., species, species] of J^frame = T J, molar fluxes J of any frame::

            T_ik = delta_ik - c_i W_k,    T c = 0,    W T = 0,    T^R T^S = T^R

        >>> Medium([1.0, 3.0], [0.004, 0.040]).projector("molar")
        array([[ 0.75, -0.25],
               [-0.75,  0.25]])
        """
        c, weights = np.broadcast_arrays(self.concentrations, self.weights(frame))
        return np.eye(c.shape[-1]) - c[..., :, None] * weights[..., None, :]

    def transformation(self, source: Frame, target: Frame, dependent: int = -1) -> np.ndarray:
        """Matrix [..., n-1, n-1] between independent molar fluxes, J^target = B J^source; invertible::

            B_ij = T_ij - T_in W_j / W_n,   T of the target, W of the source, n the dependent species

        `transformation(target, source)` is its inverse.

        Raises ValueError for the laboratory, whose fluxes are all independent, or where the source frame
        does not weigh the dependent species (make the solvent of its own frame the dependent one); for
        a `dependent` that is no species.

        >>> Medium([1.0, 3.0], [0.004, 0.040]).transformation("molar", "mass").round(4)  # M_2 / M
        array([[1.2903]])
        """
        n = species_number(dependent, self.concentrations.shape[-1])
        keep = np.delete(np.arange(self.concentrations.shape[-1]), n)
        for frame in (source, target):
            if not np.all(self.weights(frame)[..., n] != 0):
                raise ValueError(f"frame {frame!r} leaves the flux of species {n} free: choose `dependent`")
        weights, projector = self.weights(source), self.projector(target)
        ratio = weights[..., keep] / weights[..., n, None]
        independent = projector[..., keep[:, None], keep]
        return independent - projector[..., keep, n][..., :, None] * ratio[..., None, :]


@dataclass(frozen=True)
class Fluxes:
    """Fluxes of all species at a point, or at many, or along three directions.

    Arguments
    ---------
    medium : Medium, [..., species]
    laboratory : total molar fluxes N_i [..., species], mol/(m^2 s), broadcast against the medium: fluxes of
        shape [3, species] are the vectors' components

    >>> helium_argon = Medium([20.0, 20.0], [0.004, 0.040])
    >>> counter = Fluxes(helium_argon, [1.0, -1.0])                 # equimolar
    >>> float(counter.velocity("molar")), round(float(counter.velocity("mass")), 5)
    (0.0, -0.04091)
    >>> counter.relative_to("mass", unit="mass").round(6)           # kg/(m^2 s), sum zero
    array([ 0.007273, -0.007273])
    """

    medium: Medium
    laboratory: np.ndarray

    def __post_init__(self) -> None:
        object.__setattr__(self, "laboratory", _fluxes(self.medium, self.laboratory))

    @classmethod
    def from_diffusive(
        cls,
        medium: Medium,
        fluxes: ArrayLike,
        frame: Frame,
        velocity: ArrayLike = 0.0,
        velocity_frame: Frame | None = None,
        unit: Unit = "molar",
    ) -> "Fluxes":
        """From the diffusive fluxes in one frame and the velocity of any frame.

        Arguments
        ---------
        fluxes : J_i [..., species] about `frame`, mol/(m^2 s), or kg/(m^2 s) with unit 'mass'
        velocity : v_R [...], m/s, in the laboratory, of `velocity_frame` (`frame` itself unless given)

        Raises ValueError where the fluxes do not satisfy the frame's sum within 1e-9 of the largest term.

        >>> gas = Medium([20.0, 20.0], [0.004, 0.040])
        >>> Fluxes.from_diffusive(gas, [1.0, -1.0], "molar", velocity=0.1).laboratory
        array([3., 1.])
        """
        rest = frame if velocity_frame is None else velocity_frame
        if "laboratory" in (frame, rest):
            raise ValueError("laboratory fluxes are `Fluxes(medium, N)`: name a frame that moves")
        J = _fluxes(medium, fluxes) / _unit(medium, unit)
        weights = medium.weights(frame)
        largest = np.abs(weights).max(axis=-1) * np.abs(J).max(axis=-1)
        if np.any(np.abs(np.sum(weights * J, axis=-1)) > SUM_TOLERANCE * largest):
            raise ValueError(f"fluxes do not sum to zero in the frame {frame!r}: check frame and unit")
        drift = np.sum(medium.weights(rest) * J, axis=-1)  # of the rest frame, seen from `frame`
        moving = finite(velocity, "velocity", "m/s") - drift
        return cls(medium, J + medium.concentrations * moving[..., None])

    def velocity(self, frame: Frame) -> np.ndarray:
        """Velocity of a frame in the laboratory [...], m/s: v* 'molar', v 'mass', v_V 'volume', u_k a number.

        >>> float(Fluxes(Medium([10.0, 30.0], [0.004, 0.040]), [1.0, 1.0]).velocity("molar"))
        0.05
        """
        return np.sum(self.medium.weights(frame) * self.laboratory, axis=-1)

    def relative_to(self, frame: Frame, unit: Unit = "molar") -> np.ndarray:
        """Fluxes about a frame [..., species], mol/(m^2 s), or kg/(m^2 s) with unit 'mass'::

            J_i = N_i - c_i v_R

        >>> Fluxes(Medium([10.0, 30.0], [0.004, 0.040]), [1.0, 1.0]).relative_to("molar")
        array([ 0.5, -0.5])
        """
        convected = self.medium.concentrations * self.velocity(frame)[..., None]
        return (self.laboratory - convected) * _unit(self.medium, unit)


def _fluxes(medium: Medium, fluxes: ArrayLike) -> np.ndarray:
    return per_species(fluxes, len(medium.molar_masses), "flux", "mol/(m^2 s) or kg/(m^2 s)")


def _unit(medium: Medium, unit: Unit) -> np.ndarray | float:
    if unit not in ("molar", "mass"):
        raise ValueError(f"unknown unit {unit!r}: use 'molar' or 'mass'")
    return medium.molar_masses if unit == "mass" else 1.0
