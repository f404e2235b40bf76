"""Burnett's stresses of mixtures of any molecules: those of second derivatives, and of pressure with heat.

They are moments of the first-order distribution alone, so Chapman-Enskog theory gives them converged.  The
terms with products of two forces (grad T grad T, V V, ...) need collisions of the perturbation with itself:
`diffusion_stress` has those of Maxwell molecules, `burnett` those of one gas.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.checks import positive
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog


class SecondOrderStress(NamedTuple):
    """Stresses of second derivatives, of a mixture [...] or one gas, and that of pressure with heat::

        P^o = thermal (grad grad ln T)^o + sum_j diffusion_j (grad d_j)^o
              + acceleration (grad Du/Dt)^o + barothermal (grad ln p grad ln T)^o + (other products)

    thermal, barothermal [...], N;  diffusion [..., species], N, with sum_j y_j diffusion_j = 0;
    acceleration [...], kg/m.  It is the mixture's, about the mass-average velocity; d_j the diffusion forces.
    """

    thermal: np.ndarray
    diffusion: np.ndarray
    acceleration: np.ndarray
    barothermal: np.ndarray

    def reduced(
        self, viscosity: ArrayLike, pressure: ArrayLike, density: ArrayLike
    ) -> tuple[np.ndarray, ...]:
        """(w2, w3, w4) [...] [-] of these stresses, over mu^2/p and mu^2/rho.

        viscosity : mu [Pa s];  pressure : p [Pa];  density : rho [kg/m^3]

        Raises ValueError for values that are not positive.

        >>> [float(w) for w in SecondOrderStress(3.0, 0.0, 2.0, 0.5).reduced(0.5, 1.0, 0.25)]
        [8.0, 3.0, 0.5]
        """
        for name, unit, value in (
            ("viscosity", "Pa s", viscosity),
            ("pressure", "Pa", pressure),
            ("density", "kg/m^3", density),
        ):
            positive(value, name, unit)
        square = np.asarray(viscosity, dtype=float) ** 2
        heat = np.asarray(density, dtype=float) / square
        return self.acceleration * np.asarray(pressure) / square, self.thermal * heat, self.barothermal * heat


def second_order_stress(theory: ChapmanEnskog, x: ArrayLike, pressure: ArrayLike) -> SecondOrderStress:
    """Linear Burnett stresses of a mixture of any molecules, to the order of the theory.

    The second-order distribution balances the streaming of the first.  Its tensor part is that of
    r_a = sum_p r_ap b_p in (1/f_a) D f_a^(1) = (C C : G) r_a, and, the collision operator being its own
    adjoint, its stress is a product with the response Y to shear::

        P^o = -(kT/2) sum_a x_a Y_a . r_a G^o
        r_ap = (v_a/n) [sqrt(1 + 2p/5) X_ap - sqrt(2(p+1)/5) X_a,p+1]    C . grad of the vector response X
        r_ap = -(1/n) Y_ap                                               rate of change of the shear response
        r_ap = -2 (1/(n rho v_a)) sqrt(1 + 2p/5) X_ap grad p             acceleration by the pressure gradient

    Arguments
    ---------
    theory : of order 2 or more;  x : mole fractions [..., species];  pressure : p [...], Pa

    Returns
    -------
    SecondOrderStress, SI units; finite at every composition

    Raises ValueError for order 1, a pressure that is not positive, or bad mole fractions.

    Source: derived here; of one gas, the linear terms of Chapman and Cowling (1970), chapter 15.

    >>> from knudsen.core.gases import Mixture
    >>> theory, density = ChapmanEnskog(Mixture(["Ar"], "hs"), 300.0), 1.0
    >>> pressure = 1.380649e-23 * 300.0 / theory.mixture.masses[0]       # that of density 1
    >>> stress = second_order_stress(theory, [1.0], pressure)
    >>> [round(float(w), 6) for w in stress.reduced(theory.viscosity([1.0]), pressure, density)]
    [2.0286, 2.415247, 0.680629]
    """
    operator = theory.operator
    operator.need_order(2, "thermal stress")
    x = operator.fractions(x)
    per_density = operator.per_density(pressure, 0)  # 1/n
    shear, heat = operator.shear_response(x), operator.thermal_response(x)
    own, coupling = operator.diffusion_response(x)
    speeds = 2 * operator.half_speeds
    thermal_energy = BOLTZMANN * theory.temperature / 2
    streamed = [_streamed(np.moveaxis(coupling, -1, 0)), _streamed(heat), _streamed(own)]
    pairs, through_heat, marked = (np.einsum("...ap,...ap->...a", shear, r) * speeds for r in streamed)
    diffusion = marked + np.moveaxis(np.sum(x * pairs, axis=-1), 0, -1)
    y = x * operator.mass_weights(x)
    diffusion = diffusion - np.sum(y * diffusion, axis=-1, keepdims=True)
    weight = np.sqrt(1 + 0.4 * np.arange(theory.order))
    pressed = np.sum(x * np.sum(shear * heat * weight, axis=-1) / speeds, axis=-1)
    per_mass = BOLTZMANN * theory.temperature / (x @ np.array(theory.mixture.masses))  # p / rho
    return SecondOrderStress(
        thermal=-thermal_energy * per_density * np.sum(x * through_heat, axis=-1),
        diffusion=-thermal_energy * per_density[..., None] * diffusion,
        acceleration=thermal_energy * per_density * np.sum(x * np.sum(shear**2, axis=-1), axis=-1),
        barothermal=2 * thermal_energy * per_density * per_mass * pressed,
    )


def _streamed(response: np.ndarray) -> np.ndarray:
    """Tensor part [..., p], over v_a / n, of C C : G sum_q X_q b_q, from b_q of rank 1 to b_p of rank 2."""
    p = np.arange(response.shape[-1])
    above = np.zeros_like(response)
    above[..., :-1] = response[..., 1:]
    return np.sqrt(1 + 0.4 * p) * response - np.sqrt(0.4 * (p + 1)) * above
