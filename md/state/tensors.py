"""Symmetric tensors as six numbers: the one order in which sums, measures and profiles hold them."""

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
ELEMENTS = ("xx", "yy", "zz", "xy", "xz", "yz")
# The two axes of each element, and the elements at the nine places of a whole tensor.
ROWS, COLUMNS = [0, 1, 2, 0, 0, 1], [0, 1, 2, 1, 2, 2]
PLACES = [[0, 3, 4], [3, 1, 5], [4, 5, 2]]


def whole_tensors(elements: Array) -> Array:
    """Symmetric tensors [..., 3, 3] of their elements xx, yy, zz, xy, xz, yz [..., 6].

    >>> whole_tensors(np.array([1, 2, 3, 4, 5, 6])).tolist()
    [[1, 4, 5], [4, 2, 6], [5, 6, 3]]
    """
    return elements[..., PLACES]


def elements_of(tensors: Array) -> Array:
    """Elements xx, yy, zz, xy, xz, yz [..., 6] of symmetric tensors [..., 3, 3]."""
    return tensors[..., ROWS, COLUMNS]
