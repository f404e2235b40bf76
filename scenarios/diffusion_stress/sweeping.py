"""What the points of a sweep say together."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from knudsen.analysis.figures import Line
from knudsen.analysis.statistics import Array
from knudsen.core.results import Estimate, TheoryKind
from knudsen.scenarios.config import SIZES
from knudsen.scenarios.diffusion_stress.anisotropy import PARTS, free_theory, steady_theory
from knudsen.scenarios.diffusion_stress.kinetic import is_isotropic, quick_fields
from knudsen.scenarios.diffusion_stress.layers import depth, readings
from knudsen.scenarios.diffusion_stress.scale import Scale, scale_of
from knudsen.scenarios.power_law import PowerLaw, power_law

if TYPE_CHECKING:
    from knudsen.scenarios.diffusion_stress import DiffusionStressConfig
    from knudsen.scenarios.scenario import SweepPoint

OF_THE_FLUX = {"drift", *SIZES}  # keys that change the flux and nothing else of a gas


def curves(
    config: "DiffusionStressConfig", key: str, values: Sequence[float]
) -> Mapping[str, Sequence[Line]]:
    """The steady anisotropies at the mean composition along a key that is swept; of a slab's size what theory
    has in the cells that are read, and its limit without collisions."""
    fresh = dict.fromkeys({"mass_ratio": ["gases"], "gases": ["mass_ratio"]}.get(key, []))
    if key in SIZES:
        fresh = dict.fromkeys(SIZES)
    scales = [scale_of(config.model_copy(update={**fresh, key: value})) for value in values]
    if config.mode == "counterdiffusion" and key in SIZES:
        return _of_slabs(scales, config.ends, values)
    theories = np.array([steady_theory(scale, scale.rates) for scale in scales])
    label = "bulk" if config.mode == "counterdiffusion" else scales[0].known.source
    return {_stress(part): [Line(label, values, theories[:, n])] for n, part in enumerate(PARTS)}


def _stress(part: str) -> str:
    return f"stress_anisotropy_{part}"


def _of_slabs(
    scales: Sequence[Scale], ends: tuple[float, float], values: Sequence[float]
) -> dict[str, list[Line]]:
    """Of slabs of many lengths: by the Boltzmann equation where it is solved, and without collisions."""
    lines: dict[str, list[Line]] = {_stress(part): [] for part in PARTS}
    if is_isotropic(scales[0]):
        slabs = [(scale, quick_fields(scale, ends)) for scale in scales]
        read = np.array([slab.mean_anisotropy(_read_cells(scale)) for scale, slab in slabs])
        bulk = np.array([slab.as_bulk(scale).mean_anisotropy(_read_cells(scale)) for scale, slab in slabs])
        for number, part in enumerate(PARTS):
            lines[_stress(part)] += [
                Line("Boltzmann equation", values, read[:, number]),
                Line("a bulk of that n, w", values, bulk[:, number]),
            ]
        drift = [slab.mean_drift(_read_cells(scale)) for scale, slab in slabs]
        lines["drift_speed"] = [Line("Boltzmann equation", values, np.array(drift))]
        for name in dict(readings(scales[0])):
            found = [dict(readings(scale))[name](slab) for scale, slab in slabs]
            lines[name] = [Line("Boltzmann equation", values, np.array(found))]
    else:
        theories = np.array([steady_theory(scale, scale.rates) for scale in scales])
        for number, part in enumerate(PARTS):
            lines[_stress(part)].append(Line("bulk", values, theories[:, number]))
    for part, free in zip(PARTS, free_theory(scales[0], ends), strict=True):
        lines[_stress(part)].append(Line("free molecules", values, np.full(len(values), free)))
    return lines


def _read_cells(scale: Scale) -> Array:
    return scale.bulk(depth(scale))


def scaling_exponent(points: Sequence["SweepPoint"]) -> list[Estimate]:
    """`scaling_exponent`: of the stress, anisotropy times w^2, in w; of the part that is known best.

    Beside that of theory's stresses and drifts at the same points, read in the same way: 2 where composition
    and distance from layers are the same.  Empty where anything but the flux was swept, or a stress is no
    larger than its error.
    """
    if len(points) < 3 or any(set(point.settings) - OF_THE_FLUX for point in points):
        return []
    found = [each for part in PARTS if (each := _exponent(points, part)) is not None]
    return [min(found, key=lambda each: each.stderr)] if found else []


def _exponent(points: Sequence["SweepPoint"], part: str) -> Estimate | None:
    """Of one part; None where its stress is no power law."""
    stress = [point.result.estimate(_stress(part)) for point in points]
    drift = [point.result.estimate("drift_speed") for point in points]
    stderr = np.array([each.stderr for each in stress])
    measured = _law([each.value for each in drift], [each.value for each in stress], stderr)
    if measured is None:
        return None
    kind: TheoryKind = "asymptotic"
    theory, read = None, ""
    if all(each.gated for each in stress) and all(each.theory is not None for each in drift):
        theory = _law(
            [float(each.theory or 0) for each in drift], [float(each.theory or 0) for each in stress], stderr
        )
    if theory is not None:
        kind, read = "numerical", ", read as measured"
    return Estimate(
        "scaling_exponent", measured.exponents[0], measured.stderrs[0], "1",
        2.0 if theory is None else theory.exponents[0],
        theory_kind=kind, theory_source=f"stress quadratic in the flux; of {part}{read}",
    )  # fmt: skip


def _law(drift: Sequence[float], stress: Sequence[float], stderr: Array) -> PowerLaw | None:
    """Of stress times w^2 in w."""
    w, value = np.abs(drift), np.sign(stress[0]) * np.array(stress)
    try:
        return power_law(w[:, None], value * w**2, stderr * w**2)
    except ValueError:
        return None
