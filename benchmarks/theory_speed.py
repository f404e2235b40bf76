"""Seconds of the theory's main answers on one core: `python -m knudsen.benchmarks.theory_speed`.

Every repetition is another problem: only the tables of potentials and quadratures are reused.
"""

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

import time
from collections.abc import Callable, Iterator

import numpy as np

from knudsen.analysis.irreversible.onsager import onsager_matrix
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.collision_integrals import LENNARD_JONES, collision_integral
from knudsen.analysis.transition.binary_flows import binary_channel
from knudsen.analysis.transition.channel import plane_channel
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

PRESSURE = 101325.0
REPEATS = 5


def gases(count: int, number: int, omega: float = 0.5) -> Mixture:
    """A mixture whose masses no other repetition has."""
    sphere = VariableSoftSphere(4e-10, omega)
    masses = 1e-3 * (4 + number * 1e-3) * np.geomspace(1, 30, count)
    return Mixture([Species(f"gas {i}", m, sphere, sphere, sphere) for i, m in enumerate(masses)])


def every_binary_coefficient(theory: ChapmanEnskog) -> None:
    """D12, alpha_T, viscosity and both conductivities at x1 = 0.3."""
    x = [0.3, 0.7]
    theory.diffusion_binary(0.3, PRESSURE)
    theory.thermal_diffusion_factor(0.3)
    theory.viscosity(x)
    theory.thermal_conductivity(x)
    theory.thermal_conductivity_uniform(x)


def ten_species(number: int) -> None:
    """All matrices of ten gases at order 3."""
    theory, x = ChapmanEnskog(gases(10, number), order=3), np.full(10, 0.1)
    theory.diffusion_matrix(x, PRESSURE)
    theory.maxwell_stefan_diffusivities(x, PRESSURE)
    theory.thermal_diffusion_ratios(x)
    theory.viscosity(x)
    theory.thermal_conductivity(x)


def cases() -> Iterator[tuple[str, Callable[[int], object]]]:
    """Name and work of each case; the work takes the number of its repetition."""
    helium_argon = Mixture(["He", "Ar"], "lj")
    hard = ChapmanEnskog(gases(2, 0), order=20)
    yield (
        "Omega^(2,2) of Lennard-Jones, 100 temperatures",
        lambda n: collision_integral(LENNARD_JONES, 2, 2, np.geomspace(0.3, 99 + n, 100)),
    )
    yield (
        "binary, order 5, hard spheres, a new mass ratio",
        lambda n: every_binary_coefficient(ChapmanEnskog(gases(2, n), order=5)),
    )
    yield (
        "binary, order 5, VSS, a new exponent",
        lambda n: every_binary_coefficient(ChapmanEnskog(gases(2, n, 0.7 + 1e-3 * n), order=5)),
    )
    yield (
        "binary, order 5, Lennard-Jones, a new temperature",
        lambda n: every_binary_coefficient(ChapmanEnskog(helium_argon, 300.0 + n, 5)),
    )
    yield (
        "binary, order 12, Lennard-Jones, a new temperature",
        lambda n: every_binary_coefficient(ChapmanEnskog(helium_argon, 300.0 + n, 12)),
    )
    yield "binary, order 20, hard spheres, brackets cached", lambda n: every_binary_coefficient(hard)
    yield (
        "binary, order 20, hard spheres, a new mass ratio",
        lambda n: every_binary_coefficient(ChapmanEnskog(gases(2, n), order=20)),
    )
    yield "ten species, order 3, every matrix, new masses", ten_species
    yield (
        "Onsager matrix of three gases, order 5",
        lambda n: onsager_matrix(ChapmanEnskog(gases(3, n), order=5), [0.2, 0.3, 0.5], PRESSURE),
    )
    yield "channel, hard spheres (table)", lambda n: hard_sphere_channel(1.0 + n)
    yield "channel, Shakhov", lambda n: plane_channel(1.0 + n, "shakhov")
    yield "channel, McCormack, a new mixture", lambda n: binary_channel(gases(2, n), 0.5, 1.0)


def main() -> None:
    """Print the first time and the best of the next ones, in milliseconds."""
    print("| case | first [ms] | next [ms] |\n|---|---|---|")
    for name, work in cases():
        times = []
        for number in range(REPEATS):
            start = time.perf_counter()
            work(number)
            times.append(1e3 * (time.perf_counter() - start))
        print(f"| {name} | {times[0]:.3g} | {min(times[1:]):.3g} |")


if __name__ == "__main__":
    main()
