"""The Knudsen layers of a slab: how far its stresses are from those of a bulk, linear in the flux."""

from collections.abc import Callable, Iterator
from functools import partial

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis.statistics import Array
from knudsen.scenarios.diffusion_stress.kinetic import Fields, is_isotropic
from knudsen.scenarios.diffusion_stress.scale import MARGIN, Scale

ENDS = ("left", "right")
NEAREST = 0.5  # mean free paths from an end, whose mean is the amplitude


def departure(scale: Scale, fields: Fields) -> Array:
    """P_xx - P_yy less the closed form of a bulk of the local n and u, over N_A (m_r k T)^(1/2).

    N_A is the flux of A to the right; the unit is linear in it, that of the bulk's stress quadratic.

    Returns
    -------
    [..., cell, part]
    """
    flux = fields.density * fields.velocity
    total = (flux[..., 0] - flux[..., 1]).mean(axis=-1) / 2
    speed = np.sqrt(scale.reduced_mass * BOLTZMANN * scale.theory.temperature)
    return (fields.anisotropy - fields.as_bulk(scale).anisotropy) / (total * speed)[..., None, None]


def from_end(scale: Scale, fields: Fields, end: str) -> Array:
    """`departure` over the flux of A into the gas at an end [..., cell from that end, part]."""
    found = departure(scale, fields)
    return found if end == "left" else -found[..., ::-1, :]


def depth(scale: Scale) -> Array:
    """Of the cells from an end [m]."""
    return (np.arange(scale.cells) + 0.5) * scale.length / scale.cells


def near(scale: Scale) -> Array:
    """Which cells from an end the amplitude is the mean of [cell]."""
    return depth(scale) < min(NEAREST * scale.mean_free_path, scale.length / 4)


def are_resolved(scale: Scale) -> bool:
    """Whether cells are so narrow that layers, where they are read, have some, and what they leave a line."""
    layered = near(scale).any() or not is_isotropic(scale)
    return bool(layered and scale.bulk(depth(scale)).sum() >= 2)


def amplitude(scale: Scale, end: str, fields: Fields) -> Array:
    """Mean departure of A within half a mean free path of an end, or a quarter of the slab [...]."""
    return from_end(scale, fields, end)[..., near(scale), 0].mean(axis=-1)


def reach(scale: Scale, end: str, fields: Fields) -> Array:
    """Integral of A's departure, to the bulk or the middle, over its amplitude, in mean free paths [...]."""
    within = depth(scale) < min(MARGIN * scale.layer, scale.length / 2)
    whole = from_end(scale, fields, end)[..., within, 0].sum(axis=-1) * scale.length / scale.cells
    return whole / (amplitude(scale, end, fields) * scale.mean_free_path)


def readings(scale: Scale) -> Iterator[tuple[str, Callable[[Fields], Array]]]:
    """What is read from a slab's layers, by the estimate's name."""
    for end in ENDS:
        yield f"layer_amplitude_A_{end}", partial(amplitude, scale, end)
        yield f"layer_reach_A_{end}", partial(reach, scale, end)
