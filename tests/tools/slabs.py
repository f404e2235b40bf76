"""The grid of a slab, as `Samples` takes it."""

import numpy as np


def slab_axes(length, cells):
    """Faces, extent, cells and volumes of a slab 0 < x < length."""
    return {
        "faces": ("left", "right"),
        "low": np.array([0.0]),
        "high": np.array([length]),
        "cells": np.array([cells]),
        "volumes": np.full(cells, length / cells),
    }
