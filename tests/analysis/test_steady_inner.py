"""What relaxes slowest in a gas with internal energy may be that energy."""

from dataclasses import replace

import numpy as np
from slabs import slab_axes

from knudsen.analysis.steady import slow_modes
from knudsen.core.samples import Samples


def test_rotation_and_vibration_are_among_the_slow_modes():
    random = np.random.default_rng(1)
    sums = np.ones((9, 2, 4, 2, 18))
    samples = Samples(
        names=("N2", "Ar"), masses=np.array([5e-26, 7e-26]), **slab_axes(1e-6, 4), timestep=1e-10,
        weight=np.ones((2, 2)), sums=sums, samples=np.full(9, 3), steps=np.full(9, 3),
        walls=np.zeros((9, 2, 2, 2, 2, 5)), modes=np.ones((2, 2, 2)),
    )  # fmt: skip
    assert not len(slow_modes(samples))
    for column in (13, 14):
        moved = sums.copy()
        moved[..., column] = random.random(moved.shape[:-1])
        assert len(slow_modes(replace(samples, sums=moved))) == 2
