"""Free-molecular transmission of tubes and slit channels of any length: Clausing's integral equation.

Walls reflect a fraction alpha of the molecules diffusely and the rest specularly (Maxwell).  A specular
reflection in a round tube or between parallel plates keeps the axial step of the flight, so a molecule
that leaves a wall lands k steps away with probability alpha (1 - alpha)^(k-1) before it is diffuse again::

    K_alpha(z) = sum_k alpha (1 - alpha)^(k-1) K(z / k) / k,    g_alpha(x) = sum_k ... g(x / k)

K(z) is the fully diffuse kernel and g(x) = int_x^oo K dz the share that leaves through an end x away.

Source: P. Clausing, Ann. Phys. 12 (1932) 961 (alpha = 1); the images for alpha < 1 are derived here.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss, legvander
from numpy.typing import ArrayLike
from scipy.linalg import solve

from knudsen.analysis.checks import accommodation as check_accommodation
from knudsen.analysis.checks import positive

LONGEST = 200.0  # length over radius or height that a dense solution reaches
LEAST_ACCOMMODATION = 0.02
NEGLIGIBLE = 1e-14  # share of the molecules whose further specular steps are left out
PANEL, NODES = 2.0, 16  # longest panel, and the Gauss-Legendre nodes on each


@dataclass(frozen=True)
class Duct:
    """A straight duct in units of its radius or height.

    kernel : K(z), the share of diffuse emission that lands per length at distance z >= 0
    escape : g(x) = int_x^oo K dz
    """

    kernel: Callable[[np.ndarray], np.ndarray]
    escape: Callable[[np.ndarray], np.ndarray]


def _tube_kernel(z: np.ndarray) -> np.ndarray:
    return (1 - z * (z**2 + 6) / (z**2 + 4) ** 1.5) / 2


def _tube_escape(x: np.ndarray) -> np.ndarray:
    root = np.sqrt(x**2 + 4)  # (x^2 + 2) / (2 root) - x / 2 without its cancellation
    return 2 / (root * (x**2 + 2 + x * root))


def _slit_kernel(z: np.ndarray) -> np.ndarray:
    return 0.5 / (z**2 + 1) ** 1.5


def _slit_escape(x: np.ndarray) -> np.ndarray:
    root = np.sqrt(x**2 + 1)
    return 0.5 / (root * (root + x))


TUBE = Duct(_tube_kernel, _tube_escape)
SLIT = Duct(_slit_kernel, _slit_escape)


def tube_transmission(length_over_radius: float, accommodation: float = 1.0) -> float:
    """Probability W [-] that a molecule that enters a round tube leaves by its other end::

        W = 1 - 2 alpha int_0^L g_alpha v dx,    v(x) = g_alpha(x) + int_0^L K_alpha(|x - x'|) v(x') dx'
        K(z) = [1 - z (z^2 + 6) / (z^2 + 4)^(3/2)] / 2,    lengths in radii

    Arguments
    ---------
    length_over_radius : L / R [-], up to 200
    accommodation : Maxwell's diffuse fraction alpha [-], 0.02 .. 1

    Raises
    ------
    ValueError : a length or an accommodation outside those ranges

    Source: Clausing (1932); accurate to about 1e-12.

    >>> round(tube_transmission(1.0), 9)
    0.671983902
    >>> round(tube_transmission(10.0), 9)
    0.190942432
    """
    return _transmission(TUBE, length_over_radius, accommodation)


def slit_transmission(length_over_height: float, accommodation: float = 1.0) -> float:
    """Probability W [-] that a molecule that enters a wide slit channel leaves by its other end::

        W as `tube_transmission`,    K(z) = (z^2 + 1)^(-3/2) / 2,    lengths in heights

    Arguments
    ---------
    length_over_height : L / H [-], up to 200; the channel is infinitely wide
    accommodation : Maxwell's diffuse fraction alpha [-], 0.02 .. 1

    Raises
    ------
    ValueError : a length or an accommodation outside those ranges

    Source: Clausing (1932); accurate to about 1e-12.

    >>> round(slit_transmission(10.0), 9)
    0.2405572
    """
    return _transmission(SLIT, length_over_height, accommodation)


def tube_transmission_long(length_over_radius: float, accommodation: float = 1.0) -> float:
    """Transmission of a tube so long that its ends do not matter::

        W -> (8 / 3) (R / L) (2 - alpha) / alpha

    The factor of alpha is exact: k steps of one length z have <k^2> / <k> = (2 - alpha) / alpha.
    With diffuse walls it is 5.5 % high at L / R = 100 and 3.0 % at 200.

    Raises ValueError unless the length is positive and 0 < alpha <= 1.

    Source: M. Knudsen, Ann. Phys. 28 (1909) 75; M. v. Smoluchowski, Ann. Phys. 33 (1910) 1559.

    >>> round(tube_transmission_long(1e4) * 1e4, 12)
    2.666666666667
    """
    positive(length_over_radius, "length over radius", "radii")
    check_accommodation(accommodation)
    return 8 / (3 * length_over_radius) * (2 - accommodation) / accommodation


def tube_wall_flux(position: ArrayLike, length_over_radius: float, accommodation: float = 1.0) -> np.ndarray:
    """What arrives at a tube's wall from a gas before its end x = 0, over what enters there, vacuum beyond::

        v(x) = g_alpha(x) + int_0^L K_alpha(|x - x'|) v(x') dx',    v(x) + v(L - x) = 1

    By reciprocity the share of the molecules which leave the wall at x that get out at x = 0.  In a long
    tube its slope is that of the density, so that W / (-dv/dx) -> 8 / 3 with x in radii.

    Arguments
    ---------
    position : x / R [...], in 0 .. L / R;  length_over_radius, accommodation : as `tube_transmission`

    Raises ValueError as `tube_transmission`, and for positions outside the tube.

    Source: Clausing (1932), his integral equation.

    >>> tube_wall_flux([0.5, 5.0], 10.0).round(6)
    array([0.871398, 0.5     ])
    """
    return _wall_flux(TUBE, position, length_over_radius, accommodation)


def slit_wall_flux(position: ArrayLike, length_over_height: float, accommodation: float = 1.0) -> np.ndarray:
    """As `tube_wall_flux`, of a wide slit channel, lengths in heights."""
    return _wall_flux(SLIT, position, length_over_height, accommodation)


def _wall_flux(duct: Duct, position: ArrayLike, length: float, accommodation: float) -> np.ndarray:
    place = np.asarray(position, dtype=float)
    half, returned = _returned(duct, length, accommodation)[1:]
    if not np.all((place >= 0) & (place <= length)):
        raise ValueError(f"positions must lie in the duct, 0 .. {length:g}, got {position}")
    nodes, weights = leggauss(NODES)
    panels = returned.reshape(-1, NODES)
    coefficients = panels @ (weights[:, None] * legvander(nodes, NODES - 1) * (np.arange(NODES) + 0.5))
    panel = np.minimum((place / (2 * half)).astype(int), len(panels) - 1)
    local = place / half - (2 * panel + 1)
    value = (legvander(local, NODES - 1) * coefficients[panel]).sum(axis=-1)
    return value.reshape(place.shape)  # legvander makes a number an array


def _transmission(duct: Duct, length: float, accommodation: float) -> float:
    escape, half, returned = _returned(duct, length, accommodation)
    weights = leggauss(NODES)[1]
    lost = np.sum(np.tile(weights, len(escape) // NODES) * escape * returned)
    return float(1 - 2 * accommodation * half * lost)


@lru_cache(maxsize=256)
def _returned(duct: Duct, length: float, accommodation: float) -> tuple[np.ndarray, float, np.ndarray]:
    """g_alpha and v on the nodes of equal panels, and half the width of a panel."""
    positive(length, "the duct's length", "radii (tube) or heights (slit)")
    if length > LONGEST:
        raise ValueError(f"length {length} is beyond {LONGEST}: use the long-duct limit")
    if not LEAST_ACCOMMODATION <= accommodation <= 1:
        raise ValueError(f"accommodation must lie in [{LEAST_ACCOMMODATION}, 1], got {accommodation}")
    panels = max(1, int(np.ceil(length / PANEL)))
    half = length / (2 * panels)
    nodes = leggauss(NODES)[0]
    x = (half * (nodes + 1) + 2 * half * np.arange(panels)[:, None]).ravel()
    escape = _with_images(duct.escape, x, accommodation)
    return escape, half, solve(np.eye(len(x)) - _operator(duct, panels, half, accommodation), escape)


def _with_images(
    share: Callable[[np.ndarray], np.ndarray], z: np.ndarray, accommodation: float, power: int = 0
) -> np.ndarray:
    """sum_k alpha (1 - alpha)^(k-1) share(z / k) / k^power, k steps up to the next diffuse reflection."""
    specular = 1 - accommodation
    last = 1 if specular == 0 else int(np.ceil(np.log(NEGLIGIBLE) / np.log(specular)))
    total = np.zeros_like(z)
    for k in range(1, last + 1):
        total += accommodation * specular ** (k - 1) / k**power * share(z / k)
    return total


def _operator(duct: Duct, panels: int, half: float, accommodation: float) -> np.ndarray:
    """The matrix of int_0^L K_alpha(|x - x'|) w(x') dx' on the nodes of equal panels: block Toeplitz."""
    nodes, weights = leggauss(NODES)
    shift = 2 * np.arange(1, panels)[:, None, None]
    distance = half * (shift + nodes[:, None] - nodes)  # target panels above source panels
    below = half * weights * _with_images(duct.kernel, distance, accommodation, power=1)
    own = _own_panel(duct, half, accommodation)[None]
    above = np.flip(below, axis=(1, 2))  # the mirror image: nodes and weights are symmetric
    blocks = np.concatenate([np.flip(above, axis=0), own, below])
    offset = np.arange(panels)[:, None] - np.arange(panels) + panels - 1
    return blocks[offset].transpose(0, 2, 1, 3).reshape(panels * NODES, -1)


def _own_panel(duct: Duct, half: float, accommodation: float) -> np.ndarray:
    """The panel onto itself, integrated on either side of the kernel's kink at x' = x."""
    nodes, weights = leggauss(NODES)
    degree = np.arange(NODES)
    to_legendre = (degree + 0.5) * legvander(nodes, NODES - 1) * weights[:, None]
    block = np.zeros((NODES, NODES))
    for end in (-1.0, 1.0):
        reach = np.abs(end - nodes)[:, None] / 2  # half the stretch between the node and this end
        point = (nodes[:, None] + end) / 2 + reach * nodes
        distance = half * np.abs(nodes[:, None] - point)
        kernel = half * reach * weights * _with_images(duct.kernel, distance, accommodation, power=1)
        block += np.einsum("ip,ipn,jn->ij", kernel, legvander(point, NODES - 1), to_legendre)
    return block
