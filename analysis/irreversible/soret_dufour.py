"""Soret and Dufour coefficients of a binary in the forms in use, from one pair of numbers, D and alpha_T.

Species 1 is the first named; alpha_T > 0 sends it to the cold side.  D is Fick's coefficient, the same in
every frame::

    J*_1 = -c D (grad x1 + x1 x2 S_T grad T)              j_1 = -rho D (grad w1 + w1 w2 S_T grad T)
    q'   = -lambda' grad T - D_F grad x1                  q'  = -lambda grad T + Q*_1 J*_1

lambda' at uniform composition, lambda without diffusion, q' the reduced heat flux.  Reciprocity gives the
second line from the first, with Gamma = 1 + d ln gamma_1 / d ln x_1 the thermodynamic factor::

    S_T = alpha_T / T = D_T / D = Q*_1 / (R T^2 Gamma),    D_F = c D Q*_1 = c D R T Gamma alpha_T

Source: S. R. de Groot, P. Mazur, Non-Equilibrium Thermodynamics (1962), chapter XI, section 7, whose D' and
D'' are both D_T here; R. Haase, Thermodynamics of Irreversible Processes (1969), chapter 4.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import R as GAS_CONSTANT

from knudsen.analysis.checks import finite, positive
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog


@dataclass(frozen=True)
class ThermalDiffusion:
    """Cross effects of a binary at one state.

    Arguments
    ---------
    x1 : mole fraction of species 1;  temperature : T, K;  concentration : c, mol/m^3
    molar_masses : (M_1, M_2), kg/mol
    diffusion : D of Fick, m^2/s
    factor : alpha_T of the Fick form, J*_1 = -c D (grad x1 + alpha_T x1 x2 grad ln T)
    thermodynamic_factor : Gamma; 1 for an ideal gas

    Each may be an array; they broadcast.

    Raises ValueError for x1 outside [0, 1], alpha_T that is not finite, anything else that is not positive,
    or shapes that do not broadcast.

    >>> from knudsen.core.gases import Mixture
    >>> theory = ChapmanEnskog(Mixture(["Ar", "He"], "vss"), 300.0, order=6)
    >>> argon_helium = ThermalDiffusion.of(theory, 0.5, pressure=101325.0)
    >>> round(float(argon_helium.soret), 6), round(float(argon_helium.heat_of_transport), 1)  # 1/K, J/mol
    (0.001182, 884.2)
    """

    x1: ArrayLike
    temperature: ArrayLike
    concentration: ArrayLike
    molar_masses: tuple[float, float]
    diffusion: ArrayLike
    factor: ArrayLike
    thermodynamic_factor: ArrayLike = 1.0

    def __post_init__(self) -> None:
        for name, unit in (
            ("temperature", "K"),
            ("concentration", "mol/m^3"),
            ("molar_masses", "kg/mol"),
            ("diffusion", "m^2/s"),
            ("thermodynamic_factor", "pure numbers; below zero the mixture is unstable"),
        ):
            positive(getattr(self, name), name, unit)
        if np.shape(self.molar_masses) != (2,):
            raise ValueError(f"molar_masses needs two, got {self.molar_masses}: a binary is described")
        finite(self.factor, "alpha_T", "pure numbers")
        x1 = np.asarray(self.x1, dtype=float)
        if not np.all((x1 >= 0) & (x1 <= 1)):
            raise ValueError(f"x1 must lie in [0, 1], got {self.x1}")
        fields = ("x1", "temperature", "concentration", "diffusion", "factor", "thermodynamic_factor")
        arrays = [np.asarray(getattr(self, name), dtype=float) for name in fields]
        np.broadcast_shapes(*(array.shape for array in arrays))  # names the shapes that do not
        for name, array in zip(fields, arrays, strict=True):
            object.__setattr__(self, name, array)

    # --- from any of the forms -----------------------------------------------------------------------

    @classmethod
    def of(cls, theory: ChapmanEnskog, x1: ArrayLike, pressure: float) -> "ThermalDiffusion":
        """Of a dilute binary gas by Chapman-Enskog theory of order 2 or more, at pressure [Pa].

        >>> from knudsen.core.gases import Mixture
        >>> theory = ChapmanEnskog(Mixture(["He", "Ar"], "vss"), 300.0, order=6)
        >>> float(ThermalDiffusion.of(theory, 0.5, 101325.0).factor.round(4))   # helium goes to the hot side
        -0.3545
        """
        masses = tuple(species.molar_mass for species in theory.mixture.species)
        diffusion = theory.diffusion_binary(x1, pressure)
        concentration = pressure / (GAS_CONSTANT * theory.temperature)
        factor = theory.thermal_diffusion_factor(x1)
        return cls(x1, theory.temperature, concentration, masses, diffusion, factor)

    def with_soret(self, soret: ArrayLike) -> "ThermalDiffusion":
        """The same state with Soret coefficient S_T [1/K].

        >>> liquid = ThermalDiffusion(0.4, 298.0, 1.2e4, (0.046, 0.018), 4e-10, 0.0, thermodynamic_factor=0.4)
        >>> float(liquid.with_soret(0.006).heat_of_transport.round(0))
        1772.0
        """
        return self._with_factor(np.asarray(soret, dtype=float) * self.temperature)

    def with_thermal_diffusion_coefficient(self, coefficient: ArrayLike) -> "ThermalDiffusion":
        """The same state with thermal diffusion coefficient D_T [m^2/(s K)].

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, 0.0)
        >>> float(gas.with_thermal_diffusion_coefficient(-8.4e-8).factor.round(4))
        -0.36
        """
        return self.with_soret(np.asarray(coefficient, dtype=float) / self.diffusion)

    def with_heat_of_transport(self, heat: ArrayLike) -> "ThermalDiffusion":
        """The same state with heat of transport Q*_1 [J/mol].

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, 0.0)
        >>> float(gas.with_heat_of_transport(-900.0).factor.round(4))
        -0.3608
        """
        return self._with_factor(np.asarray(heat, dtype=float) / self._molar_stiffness)

    def with_dufour(self, dufour: ArrayLike) -> "ThermalDiffusion":
        """The same state with Dufour coefficient D_F [W/m].

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, 0.0)
        >>> float(gas.with_dufour(-2.5).factor.round(4))
        -0.358
        """
        return self.with_heat_of_transport(np.asarray(dufour, float) / (self.concentration * self.diffusion))

    def swapped(self) -> "ThermalDiffusion":
        """The same with the species in the other order: alpha_T, S_T, Q* and D_F change sign.

        >>> float(ThermalDiffusion(0.3, 300.0, 40.0, (0.004, 0.040), 7e-5, -0.35).swapped().factor)
        0.35
        """
        light_last = self.molar_masses[::-1]
        state = (1 - self.x1, self.temperature, self.concentration, light_last, self.diffusion)
        return ThermalDiffusion(*state, -self.factor, self.thermodynamic_factor)

    # --- thermal diffusion (Soret) -------------------------------------------------------------------

    @property
    def ratio(self) -> np.ndarray:
        """k_T = alpha_T x1 x2 [-], of Fick's form: J*_1 = -c D (grad x1 + k_T grad ln T)."""
        return self.factor * self.x1 * (1 - self.x1)

    @property
    def soret(self) -> np.ndarray:
        """Soret coefficient S_T = alpha_T / T [1/K]; steady: grad x1 = -x1 x2 S_T grad T."""
        return self.factor / self.temperature

    @property
    def thermal_diffusion_coefficient(self) -> np.ndarray:
        """D_T = D S_T [m^2/(s K)]: j_1 = -rho D grad w1 - rho w1 w2 D_T grad T (de Groot and Mazur's D')."""
        return self.diffusion * self.soret

    @property
    def soret_flux_coefficient(self) -> np.ndarray:
        """d_ST = c x1 x2 D_T [mol/(m s K)]: J*_1 = -c D grad x1 - d_ST grad T."""
        return self.concentration * self.x1 * (1 - self.x1) * self.thermal_diffusion_coefficient

    @property
    def mass_thermal_diffusion(self) -> np.ndarray:
        """D_1^T = (M_1 M_2 / M) c D k_T [kg/(m s)]: j_1 = ... - D_1^T grad ln T (Hirschfelder; Bird).

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, -0.36)
        >>> float((gas.mass_thermal_diffusion * 1e6).round(4))
        -1.8327
        """
        first, second = self.molar_masses
        mean = self.x1 * first + (1 - self.x1) * second
        return first * second / mean * self.concentration * self.diffusion * self.ratio

    @property
    def maxwell_stefan(self) -> tuple[np.ndarray, np.ndarray]:
        """D / Gamma [m^2/s] and Gamma k_T [-]: J*_1 = -c (D/Gamma) (Gamma grad x1 + Gamma k_T grad ln T)."""
        return self.diffusion / self.thermodynamic_factor, self.ratio * self.thermodynamic_factor

    # --- diffusion thermoeffect (Dufour) -------------------------------------------------------------

    @property
    def heat_of_transport(self) -> np.ndarray:
        """Q*_1 = R T Gamma alpha_T [J/mol]: q' = Q*_1 J*_1 at uniform temperature."""
        return self._molar_stiffness * self.factor

    @property
    def dufour(self) -> np.ndarray:
        """D_F = c D Q*_1 [W/m]: q' = -D_F grad x1 at uniform temperature; p alpha_T D for an ideal gas.

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, -0.36)
        >>> float(gas.dufour.round(4))
        -2.5143
        """
        return self.concentration * self.diffusion * self.heat_of_transport

    # --- fluxes --------------------------------------------------------------------------------------

    def molar_flux(self, mole_fraction_gradient: ArrayLike, temperature_gradient: ArrayLike) -> np.ndarray:
        """J*_1 = -c D grad x1 - d_ST grad T [mol/(m^2 s)] of grad x1 [1/m] and grad T [K/m].

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, -0.36)
        >>> float(gas.molar_flux(0.0, 1e4).round(5))     # up the temperature
        0.0084
        """
        ordinary = self.concentration * self.diffusion * finite(mole_fraction_gradient, "grad x1", "1/m")
        return -ordinary - self.soret_flux_coefficient * finite(temperature_gradient, "grad T", "K/m")

    def heat_flux(
        self,
        mole_fraction_gradient: ArrayLike,
        temperature_gradient: ArrayLike,
        conductivity_uniform: ArrayLike,
    ) -> np.ndarray:
        """q' = -lambda' grad T - D_F grad x1 [W/m^2], lambda' [W/(m K)] that at uniform composition.

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, -0.36)
        >>> float(gas.heat_flux(100.0, 0.0, conductivity_uniform=0.06).round(2))
        251.43
        """
        positive(conductivity_uniform, "conductivity", "W/(m K)")
        conducted = np.asarray(conductivity_uniform) * finite(temperature_gradient, "grad T", "K/m")
        return -conducted - self.dufour * finite(mole_fraction_gradient, "grad x1", "1/m")

    def conductivity_excess(self) -> np.ndarray:
        """lambda' - lambda = d_ST Q*_1 [W/(m K)]: what thermal diffusion conducts until it has come to rest.

        = n k x1 x2 D alpha_T^2 for an ideal gas.

        >>> gas = ThermalDiffusion(0.5, 300.0, 40.0, (0.004, 0.040), 7e-5, -0.36)
        >>> round(float(gas.conductivity_excess()), 6)
        0.000754
        """
        return self.soret_flux_coefficient * self.heat_of_transport

    # --- parts ---------------------------------------------------------------------------------------

    @property
    def _molar_stiffness(self) -> np.ndarray:
        return GAS_CONSTANT * self.temperature * self.thermodynamic_factor

    def _with_factor(self, factor: np.ndarray) -> "ThermalDiffusion":
        state = (self.x1, self.temperature, self.concentration, self.molar_masses, self.diffusion)
        return ThermalDiffusion(*state, factor, self.thermodynamic_factor)
