"""What the points of a sweep say together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.figures import Line
from knudsen.core.results import Estimate
from knudsen.scenarios.config import SIZES
from knudsen.scenarios.diffusion_stress.anisotropy import PARTS, free_theory, steady_theory
from knudsen.scenarios.diffusion_stress.scale import scale_of
from knudsen.scenarios.power_law import power_law

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig
    from knudsen.scenarios.scenario import SweepPoint

OF_THE_FLUX = {"drift", *SIZES}  # keys that change the flux and nothing else of a gas


def curves(
    config: "DiffusionStressConfig", key: str, values: Sequence[float]
) -> Mapping[str, Sequence[Line]]:
    """The steady anisotropies at the mean composition along a key that is swept; of a slab's size, also their
    limit without collisions."""
    fresh = dict.fromkeys({"mass_ratio": ["gases"], "gases": ["mass_ratio"]}.get(key, []))
    if key in SIZES:
        fresh = dict.fromkeys(SIZES)
    scales = [scale_of(config.model_copy(update={**fresh, key: value})) for value in values]
    theories = np.array([steady_theory(scale, scale.rates) for scale in scales])
    bulk = "bulk" if config.mode == "counterdiffusion" else scales[0].known.source
    lines = {
        f"stress_anisotropy_{part}": [Line(bulk, values, theories[:, number])]
        for number, part in enumerate(PARTS)
    }
    if config.mode == "counterdiffusion" and key in SIZES:
        free = free_theory(scales[0], config.ends)
        for number, part in enumerate(PARTS):
            value = np.full(len(values), free[number])
            lines[f"stress_anisotropy_{part}"].append(Line("free molecules", values, value))
    return lines


def scaling_exponent(points: Sequence["SweepPoint"]) -> list[Estimate]:
    """`scaling_exponent`: of the stress, anisotropy times w^2, in w; of the part that is known best.

    Empty where anything but the flux was swept, or a stress is no larger than its error.
    """
    if len(points) < 3 or any(set(point.settings) - OF_THE_FLUX for point in points):
        return []
    drift = np.array([point.result.estimate("drift_speed").value for point in points])
    found = []
    for part in PARTS:
        stress = [point.result.estimate(f"stress_anisotropy_{part}") for point in points]
        sign = np.sign(stress[0].value)
        value, stderr = (np.array([getattr(each, name) for each in stress]) for name in ("value", "stderr"))
        try:
            law = power_law(np.abs(drift)[:, None], sign * value * drift**2, stderr * drift**2)
        except ValueError:
            continue
        exact = all(each.gated for each in stress)
        found.append(
            Estimate(
                "scaling_exponent",
                law.exponents[0],
                law.stderrs[0],
                "1",
                2.0,
                theory_kind="exact" if exact else "asymptotic",
                theory_source=f"stress quadratic in the flux; of {part}",
            )
        )
    return [min(found, key=lambda each: each.stderr)] if found else []
