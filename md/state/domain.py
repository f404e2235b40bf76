"""The boxes of all copies while they run: lengths and shear, and how far since the lists were built.

A sheared box has Lees-Edwards boundaries: across a face along y an image is shifted along x by the offset
that the flow has brought.

Source: A. W. Lees and S. F. Edwards, J. Phys. C 5 (1972) 1921.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from knudsen.core.device import Device
from knudsen.md.state.box import Box


class Domain:
    """Live boxes, all periodic along the same axes.

    Attributes
    ---------
    lengths : float64 [3 copies], edges [sigma]
    stretch : float64 [3 copies], edges over those when the copy's list was built
    periodic : along x, y, z
    sheared : whether the boxes are sheared
    offset : float64 [copies], how far the box above along y has slid along x [sigma];  built_offset : when
        the copy's list was built
    strain : float64 [copies], the shear since the copy's list was built
    """

    def __init__(self, boxes: Sequence[Box], device: Device, sheared: bool = False) -> None:
        if len({box.periodic for box in boxes}) != 1:
            raise ValueError("the boxes of all copies must be periodic along the same axes")
        self.device, self.sheared = device, sheared
        self.periodic = boxes[0].periodic
        if sheared and not all(self.periodic[:2]):
            raise ValueError("a sheared box must be periodic along x and y: leave its faces there closed")
        self._host = np.array([box.lengths for box in boxes], np.float64)
        self._built = self._host.copy()
        self._least: np.ndarray[Any, Any] | None = None
        self.lengths = device.put(self._host.ravel())
        self.stretch = device.put(np.ones(self._host.size))
        self._offset, self._built_offset = np.zeros(len(boxes)), np.zeros(len(boxes))
        self.offset, self.built_offset, self.strain = (device.put(self._offset) for _ in range(3))

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
        self._least = None
        self.lengths[...] = self.device.put(self._host.ravel())
        self.stretch[...] = self.device.put((self._host / self._built).ravel())

    @property
    def offsets(self) -> np.ndarray[Any, Any]:
        """Offsets now and when the copies' lists were built [2, copies]."""
        return np.stack([self._offset, self._built_offset])

    def slide(self, offset: np.ndarray[Any, Any], built: np.ndarray[Any, Any] | None = None) -> None:
        """Give the boxes these offsets [copies]; `built` restores those of the lists as well."""
        self._least = None
        self._offset[...] = offset
        if built is not None:
            self._built_offset[...] = built
            self.built_offset[...] = self.device.put(self._built_offset)
        self.offset[...] = self.device.put(self._offset)
        self.strain[...] = self.device.put(self._strain())

    def _strain(self) -> np.ndarray[Any, Any]:
        return (self._offset - self._built_offset) / self._host[:, 1]

    def begin(self, stale: np.ndarray[Any, Any]) -> None:
        """Count stretch and shear of the stale copies from now on."""
        self._least = None
        self._built[stale] = self._host[stale]
        self.stretch[...] = self.device.put((self._host / self._built).ravel())
        if self.sheared:
            offset = np.where(stale, self._offset % self._host[:, 0], self._offset)
            self.slide(offset, np.where(stale, offset, self._built_offset))

    def least_stretch(self) -> np.ndarray[Any, Any]:
        """By how much a separation can have shrunk in each copy since its list was built [copies]::

        min(L_d / L_d,built) [(1 + e^2/4)^(1/2) - |e|/2],   e the strain
        """
        if self._least is None:
            half = np.abs(self._strain()) / 2
            self._least = (self._host / self._built).min(axis=1) * (np.sqrt(1 + half**2) - half)
        return self._least
