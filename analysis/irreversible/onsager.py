"""Onsager's phenomenological coefficients: heat and diffusion in one symmetric matrix.

Fluxes and forces, along one direction, c the species::

    q'  = L_qq X_q + sum_j L_qj X_j        X_q = -grad T / T^2
    j_i = L_iq X_q + sum_j L_ij X_j        X_i = -((grad mu_i)_T - F_i) / T
    sigma = q' X_q + sum_i j_i X_i         >= 0, entropy produced [W/(K m^3)]

with q' the reduced heat flux, j_i = rho_i V_i the mass fluxes about the mass-average velocity, mu_i and F_i
chemical potential and force per mass.  Of a dilute gas, X_i = -(k / m_i) d_i / x_i but for a part common to
all species, which moves nothing, and Chapman-Enskog theory gives::

    L_qq = lambda' T^2,   L_iq = T rho_i D_Ti,   L_qi = T rho_i D_Fi,   L_ij = (T/p) rho_i rho_j D_ij

D_Ti from the velocities under a temperature gradient (Soret), D_Fi from the heat flux under diffusion forces,
q' = -p sum_i D_Fi d_i (Dufour): two solutions under two drives, equal by reciprocity alone.

Source: S. R. de Groot, P. Mazur, Non-Equilibrium Thermodynamics (1962), chapters IV, VI, XI;
J. H. Ferziger, H. G. Kaper, Mathematical Theory of Transport Processes in Gases (1972), chapter 6.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import finite, mole_fractions, per_species, positive, species_number
from knudsen.analysis.irreversible.frames import Frame, Medium
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog


@dataclass(frozen=True)
class OnsagerMatrix:
    """J = L X; row and column 0 belong to heat, 1 .. species to diffusion.

    matrix : L [..., 1 + species, 1 + species], SI units

    Raises ValueError for a matrix that is not square or not finite.

    >>> L = OnsagerMatrix(np.array([[2.0, 0.5], [0.5, 1.0]]))
    >>> L.fluxes([1.0, -1.0]), float(L.entropy_production([1.0, -1.0]))
    (array([ 1.5, -0.5]), 2.0)
    """

    matrix: np.ndarray

    def __post_init__(self) -> None:
        matrix = np.asarray(self.matrix, dtype=float)
        if (
            matrix.ndim < 2
            or matrix.shape[-1] < 2
            or matrix.shape[-1] != matrix.shape[-2]
            or not np.all(np.isfinite(matrix))
        ):
            raise ValueError(f"L has shape {matrix.shape}: give a finite square matrix, heat first")
        object.__setattr__(self, "matrix", matrix)

    @property
    def qq(self) -> np.ndarray:
        """L_qq [...], W K/m."""
        return self.matrix[..., 0, 0]

    @property
    def qc(self) -> np.ndarray:
        """L_qc [..., species], kg K/(m s): heat flux under diffusion forces (Dufour)."""
        return self.matrix[..., 0, 1:]

    @property
    def cq(self) -> np.ndarray:
        """L_cq [..., species], kg K/(m s): diffusion under a temperature gradient (Soret)."""
        return self.matrix[..., 1:, 0]

    @property
    def cc(self) -> np.ndarray:
        """L_cc [..., species, species], kg s K/m^3."""
        return self.matrix[..., 1:, 1:]

    def fluxes(self, forces: ArrayLike) -> np.ndarray:
        """J = L X [..., 1 + species] of the forces X [..., 1 + species], heat first, SI units.

        Raises ValueError for forces that are not finite, or not one for heat and each species.

        >>> OnsagerMatrix(np.diag([2.0, 1.0])).fluxes([1.0, 3.0])
        array([2., 3.])
        """
        forces = finite(forces, "forces", "SI units")
        if forces.shape[-1:] != self.matrix.shape[-1:]:
            raise ValueError(f"forces have shape {forces.shape}: give {self.matrix.shape[-1]}, heat first")
        return np.einsum("...ij,...j->...i", self.matrix, forces)

    def entropy_production(self, forces: ArrayLike) -> np.ndarray:
        """sigma = X L X [...], W/(K m^3), of forces along one direction; vectors' components add.

        >>> float(OnsagerMatrix(np.diag([2.0, 1.0])).entropy_production([1.0, 3.0]))
        11.0
        """
        return np.sum(self.fluxes(forces) * np.asarray(forces, dtype=float), axis=-1)

    # --- what the laws ask of it ---------------------------------------------------------------------

    @property
    def asymmetry(self) -> np.ndarray:
        """max |L_ij - L_ji| / sqrt(L_ii L_jj) [...]: how far from Onsager's reciprocity.

        Raises ValueError for a negative diagonal element.

        >>> float(OnsagerMatrix([[4.0, 0.5], [0.3, 1.0]]).asymmetry)
        0.1
        """
        scaled = self._scaled
        return np.abs(scaled - np.swapaxes(scaled, -1, -2)).max(axis=(-1, -2))

    @property
    def least_eigenvalue(self) -> np.ndarray:
        """Least eigenvalue [...] of the symmetric part of L_ij / sqrt(L_ii L_jj).

        The second law asks that it be no less than zero.  With all species in it is zero: forces in
        proportion to one common acceleration move nothing.

        Raises ValueError for a negative diagonal element.

        >>> float(OnsagerMatrix([[4.0, 1.0], [1.0, 1.0]]).least_eigenvalue)
        0.5
        """
        scaled = self._scaled
        return np.linalg.eigvalsh((scaled + np.swapaxes(scaled, -1, -2)) / 2)[..., 0]

    @cached_property
    def _scaled(self) -> np.ndarray:
        diagonal = np.einsum("...ii->...i", self.matrix)
        if np.any(diagonal < 0):
            raise ValueError("L has a negative diagonal element: its entropy production is negative")
        size = np.sqrt(np.where(diagonal > 0, diagonal, 1.0))  # an absent species has zeros
        return self.matrix / (size[..., :, None] * size[..., None, :])

    # --- other choices -------------------------------------------------------------------------------

    def transformed(self, fluxes: ArrayLike) -> "OnsagerMatrix":
        """L of other fluxes J' = A J, with the forces X' = A^-T X that leave sigma as it is: A L A^T.

        fluxes : A [..., 1 + species, 1 + species]

        Raises ValueError for a matrix of another shape, or not finite.

        >>> OnsagerMatrix(np.diag([2.0, 1.0])).transformed([[1.0, 3.0], [0.0, 1.0]]).matrix
        array([[11.,  3.],
               [ 3.,  1.]])
        """
        A = finite(fluxes, "A", "numbers")
        if A.shape[-2:] != self.matrix.shape[-2:]:
            raise ValueError(f"A has shape {A.shape}: give the shape of L, {self.matrix.shape[-2:]}")
        return OnsagerMatrix(A @ self.matrix @ np.swapaxes(A, -1, -2))

    def with_total_heat_flux(self, enthalpies: ArrayLike) -> "OnsagerMatrix":
        """L for q = q' + sum_i h_i j_i; the forces are then grad(1/T) and -grad(mu_i / T) + F_i / T::

            X'_q = X_q,    X'_i = X_i - h_i X_q

        enthalpies : h_i [..., species], J/kg

        >>> OnsagerMatrix(np.diag([2.0, 1.0])).with_total_heat_flux([3.0]).qq.tolist()
        11.0
        """
        return self.transformed(heat_transformation(enthalpies))

    def independent(self, dependent: int = -1) -> "OnsagerMatrix":
        """L of the n - 1 species that are not `dependent`, under forces X_i - X_dependent: regular.

        It holds where the diffusive fluxes sum to zero (mass fluxes in the mass frame).  Raises ValueError
        for a number that no species has.

        >>> OnsagerMatrix([[2.0, 0.1, -0.1], [0.1, 1.0, -1.0], [-0.1, -1.0, 1.0]]).independent().matrix
        array([[2. , 0.1],
               [0.1, 1. ]])
        """
        row = 1 + species_number(dependent, self.matrix.shape[-1] - 1)
        return OnsagerMatrix(np.delete(np.delete(self.matrix, row, axis=-1), row, axis=-2))

    def heats_of_transport(self, dependent: int = -1) -> np.ndarray:
        """Q*_i [..., species], J/kg, zero for `dependent`: q' = sum_i Q*_i j_i at uniform temperature::

            L_qi = sum_k Q*_k L_ki

        Raises ValueError for a number that no species has, or where another species is absent.

        >>> OnsagerMatrix([[2.0, 0.1, -0.1], [0.1, 1.0, -1.0], [-0.1, -1.0, 1.0]]).heats_of_transport()
        array([0.1, 0. ])
        """
        reduced = self.independent(dependent)
        if not np.all(np.einsum("...ii->...i", reduced.cc) > 0):
            raise ValueError("a species that is absent has no heat of transport: leave it out of the mixture")
        heats = np.linalg.solve(np.swapaxes(reduced.cc, -1, -2), reduced.qc[..., None])[..., 0]
        species = self.matrix.shape[-1] - 1
        return np.insert(heats, species_number(dependent, species), 0.0, axis=-1)


def onsager_matrix(theory: ChapmanEnskog, x: ArrayLike, pressure: float) -> OnsagerMatrix:
    """Onsager's matrix of a dilute gas by Chapman-Enskog theory, q' and mass fluxes in the mass frame.

    L_cq is solved for under a temperature gradient, L_qc under diffusion forces; neither is set by the other.

    Arguments
    ---------
    theory : of order 2 or more;  x : mole fractions [..., species];  pressure : p, Pa

    Returns
    -------
    OnsagerMatrix; finite at every composition

    Raises ValueError for order 1, a pressure that is not positive, or bad mole fractions.

    >>> from knudsen.core.gases import Mixture
    >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
    >>> L = onsager_matrix(theory, [0.5, 0.5], 101325.0)
    >>> (L.cq * 1e5).round(3), (L.qc * 1e5).round(3)     # helium, the lighter, goes to the hot side
    (array([-53.043,  53.043]), array([-53.043,  53.043]))
    >>> bool(L.asymmetry < 1e-12), bool(L.least_eigenvalue > -1e-12)
    (True, True)
    """
    x = mole_fractions(x, theory.mixture.names)
    masses = np.array(theory.mixture.masses)
    density = x * masses * pressure / (BOLTZMANN * theory.temperature)
    matrix = np.empty((*x.shape[:-1], 1 + len(masses), 1 + len(masses)))
    T = theory.temperature
    matrix[..., 0, 0] = theory.thermal_conductivity_uniform(x) * T**2
    matrix[..., 1:, 0] = T * density * theory.thermal_diffusion_coefficients(x, pressure)
    matrix[..., 0, 1:] = T * density * dufour_coefficients(theory, x, pressure)
    per_molecule = theory.diffusion_response(x, pressure) / BOLTZMANN  # T D_ij rho_j / p = D_ij x_j m_j / k
    matrix[..., 1:, 1:] = density[..., :, None] * per_molecule * masses
    return OnsagerMatrix(matrix)


def dufour_coefficients(theory: ChapmanEnskog, x: ArrayLike, pressure: float) -> np.ndarray:
    """D_Fi [..., species], m^2/s, from the heat flux that diffusion forces make at uniform temperature::

        q' = -p sum_i D_Fi d_i,    sum_i y_i D_Fi = 0

    Equal to the thermal diffusion coefficients D_Ti by Onsager's reciprocity, and computed without them.

    Arguments and raises as `onsager_matrix`.

    >>> from knudsen.core.gases import Mixture
    >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=4)
    >>> (dufour_coefficients(theory, [0.5, 0.5], 101325.0) * 1e6).round(3)
    array([-21.749,   2.179])
    """
    return theory.partial_thermal_diffusion(x, pressure).sum(axis=-2)


def ideal_gas_forces(
    masses: ArrayLike,
    x: ArrayLike,
    temperature: float,
    temperature_gradient: float,
    diffusion_forces: ArrayLike,
) -> np.ndarray:
    """Forces X [..., 1 + species] of a dilute gas, heat first, for `OnsagerMatrix`::

        X_q = -grad T / T^2 [1/(K m)],    X_i = -(k / m_i) d_i / x_i [J/(kg K m)]

    Arguments
    ---------
    masses : m_i [species], kg;  x : mole fractions [..., species], none of them zero
    temperature : T [K];  temperature_gradient : grad T [...], K/m
    diffusion_forces : d_i [..., species], 1/m (`knudsen.analysis.irreversible.forces`)

    Raises ValueError for masses or a temperature that are not positive, bad mole fractions, a species that is
    absent, or gradients and forces that are not finite.

    >>> ideal_gas_forces([6.6e-27, 6.6e-26], [0.5, 0.5], 300.0, 900.0, [0.0, 0.0]).round(3)
    array([-0.01, -0.  , -0.  ])
    """
    positive(temperature, "temperature", "K")
    positive(masses, "masses", "kg")
    masses = np.atleast_1d(np.asarray(masses, dtype=float))
    x = mole_fractions(x, [f"species {i}" for i in range(len(masses))])
    if not np.all(x > 0):
        raise ValueError("a species that is absent has no finite force: leave it out of the mixture")
    forces = -BOLTZMANN / masses * per_species(diffusion_forces, len(masses), "diffusion force", "1/m") / x
    heat = -finite(temperature_gradient, "temperature gradient", "K/m") / temperature**2
    heat = np.broadcast_to(heat[..., None], (*forces.shape[:-1], 1))
    return np.concatenate([heat, forces], axis=-1)


def heat_transformation(enthalpies: ArrayLike) -> np.ndarray:
    """A [..., 1 + species, 1 + species] of (q, j) = A (q', j), q = q' + sum_i h_i j_i.

    enthalpies : h_i [..., species], J/kg.  Raises ValueError unless they are finite, one a species.

    >>> heat_transformation([3.0])
    array([[1., 3.],
           [0., 1.]])
    """
    h = per_species(enthalpies, np.atleast_1d(enthalpies).shape[-1], "enthalpy", "J/kg")
    A = np.zeros((*h.shape[:-1], 1 + h.shape[-1], 1 + h.shape[-1]))
    A[...] = np.eye(1 + h.shape[-1])
    A[..., 0, 1:] = h
    return A


def frame_transformation(medium: Medium, frame: Frame) -> np.ndarray:
    """A [..., 1 + species, 1 + species] of mass fluxes about a frame, (q', j^R) = A (q', j).

    The matrix is singular, for a frame's fluxes are not independent: sigma = J^R . X with the *same*
    forces wherever sum_i rho_i X_i = 0, that is in mechanical equilibrium (Prigogine's theorem).

    Raises ValueError for the laboratory or an unknown frame.

    Source: S. R. de Groot, P. Mazur (1962), chapter V, section 2.

    >>> frame_transformation(Medium([1.0, 1.0], [0.004, 0.040]), "molar").round(3)
    array([[ 1.  ,  0.  ,  0.  ],
           [ 0.  ,  0.5 , -0.05],
           [ 0.  , -5.  ,  0.5 ]])
    """
    if frame == "laboratory":
        raise ValueError("fluxes about the mass frame do not say how it moves: name a frame that moves")
    masses = medium.molar_masses
    projector = masses[:, None] * medium.projector(frame) / masses
    A = np.zeros((*projector.shape[:-2], 1 + len(masses), 1 + len(masses)))
    A[..., 0, 0] = 1.0
    A[..., 1:, 1:] = projector
    return A
