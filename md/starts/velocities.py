"""Maxwell velocities, and the temperature they have."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from knudsen.md.starts.start import Use, check_positive, start_generator

Array = NDArray[np.float64]


def maxwell_velocities(
    masses: ArrayLike, temperature: float, *, seed: int = 0, exact: bool = True
) -> Array:  # fmt: skip
    """Velocities of Maxwell's distribution with no total momentum.

    p(v_i) ~ exp(-m_i v_i^2 / 2T),  sum m_i v_i = 0;  the 3N components keep 3N - 3 degrees of freedom

    Arguments
    ---------
    masses : [atom], reduced;  temperature : T*
    seed : of the run
    exact : rescale to the temperature to round-off; else canonical: (3N - 3) T_measured / T is
        chi-squared of 3N - 3 degrees of freedom

    Returns
    -------
    [atom, 3]; total momentum zero to round-off

    Raises
    ------
    ValueError : fewer than two atoms, or masses or a temperature that are not positive
    """
    m = _masses(masses)
    temperature = check_positive(temperature, "temperature")
    normal = start_generator(seed, Use.VELOCITIES).standard_normal((len(m), 3))
    v = normal * np.sqrt(temperature / m)[:, None]
    for _ in range(2):  # again, for the round-off of the first subtraction
        v -= m @ v / m.sum()
    if exact:
        v *= np.sqrt(temperature / kinetic_temperature(v, m))
    return v


def kinetic_temperature(velocities: ArrayLike, masses: ArrayLike) -> float:
    """Temperature about the centre of mass, of 3N - 3 degrees of freedom.

    T = sum m_i (v_i - V)^2 / (3N - 3),  V = sum m_i v_i / sum m_i

    Arguments
    ---------
    velocities : [atom, 3];  masses : [atom]

    Raises
    ------
    ValueError : fewer than two atoms, shapes that do not fit, or velocities that are not finite
    """
    m = _masses(masses)
    v = np.asarray(velocities, np.float64)
    if v.shape != (len(m), 3) or not np.all(np.isfinite(v)):
        raise ValueError(f"velocities must be finite, [{len(m)}, 3] for as many masses; got shape {v.shape}")
    peculiar = v - m @ v / m.sum()
    return float(np.einsum("i,ij,ij->", m, peculiar, peculiar) / (3 * len(m) - 3))


def _masses(masses: ArrayLike) -> Array:
    m = np.asarray(masses, np.float64)
    if m.ndim != 1 or len(m) < 2 or not np.all(np.isfinite(m) & (m > 0)):
        raise ValueError(
            f"masses must be positive and finite, one for each of two atoms or more; got shape {m.shape}: "
            "index a table of masses by the atoms' species"
        )
    return m
