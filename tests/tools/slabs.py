"""The grid of a slab, as `Samples` takes it."""

import numpy as np


def slab_axes(length, cells):
    """Faces, patches, extent, cells and volumes of a slab 0 < x < length."""
    return {
        "vectors": ("x", "y", "z"),
        "faces": ("left", "right"),
        "face_axis": np.zeros(2, int),
        "face_inward": np.array([1, -1]),
        "patch_face": np.arange(2),
        "patch_area": np.ones(2),
        "patch_centre": np.array([[0.0, 0, 0], [length, 0, 0]]),
        "axes": np.array([0]),
        "low": np.array([0.0]),
        "high": np.array([length]),
        "cells": np.array([cells]),
        "volumes": np.full(cells, length / cells),
    }
