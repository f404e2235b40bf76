"""The boxes of all copies while they run: lengths that may change, and how far since the lists were built."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.md.box import Box


class Domain:
    """Live boxes, all periodic along the same axes.

    Attributes
    ---------
    lengths : float64 [3 copies], edges [sigma]
    stretch : float64 [3 copies], edges over those when the copy's list was built
    periodic : along x, y, z
    """

    def __init__(self, boxes: Sequence[Box], device: Device) -> None:
        if len({box.periodic for box in boxes}) != 1:
            raise ValueError("the boxes of all copies must be periodic along the same axes")
        self.device = device
        self.periodic = boxes[0].periodic
        self._host = np.array([box.lengths for box in boxes], np.float64)
        self._built = self._host.copy()
        self.lengths = device.put(self._host.ravel())
        self.stretch = device.put(np.ones(self._host.size))

    def host_lengths(self) -> np.ndarray[Any, Any]:
        """Edges [copies, 3] on the host."""
        return self._host.copy()

    @property
    def volumes(self) -> np.ndarray[Any, Any]:
        """Volumes [copies]."""
        return self._host.prod(axis=1)

    def box(self, copy: int) -> Box:
        """The box of a copy as it is now."""
        return Box(tuple(self._host[copy]), self.periodic)

    @property
    def built(self) -> np.ndarray[Any, Any]:
        """Edges [copies, 3] when the copies' lists were built."""
        return self._built.copy()

    def set(self, lengths: np.ndarray[Any, Any], built: np.ndarray[Any, Any] | None = None) -> None:
        """Give the boxes these edges [copies, 3]; `built` restores those of the lists as well."""
        self._host[...] = lengths
        if built is not None:
            self._built[...] = built
        self.lengths[...] = self.device.put(self._host.ravel())
        self.stretch[...] = self.device.put((self._host / self._built).ravel())

    def begin(self, stale: np.ndarray[Any, Any]) -> None:
        """Count the stretch of the stale copies from now on."""
        self._built[stale] = self._host[stale]
        self.stretch[...] = self.device.put((self._host / self._built).ravel())

    def least_stretch(self) -> np.ndarray[Any, Any]:
        """The smallest stretch of each copy since its list was built [copies]."""
        return (self._host / self._built).min(axis=1)
