"""Free flight along the chords of a round tube, as matrices between polynomials in r^2.

A molecule's path in the cross section keeps its distance p from the axis, also when a wall reflects it
specularly: it runs along chords of one length 2 l = 2 (1 - p^2)^(1/2).  With a source f(r) c_z phi(c) on the
way it carries, r, p and l in units of the radius R::

    h(t) = (R / c) [ int_-l^t f(t') e^(-delta (t - t') / c) dt' + rho beta e^(-delta (t + l) / c) ]
    beta = int_-l^l f(t) e^(-delta (l - t) / c) dt
    rho = (1 - alpha) / [1 - (1 - alpha) e^(-2 delta l / c)]

c the speed in the cross section.  What moments of h another f makes is a mean over chords, (2 / pi) dp on
both sides of the axis, in which the speeds of the first part are summed as Abramowitz's functions::

    T_n(x) = int_0^oo c^n exp(-c^2 - x / c) dc
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.polynomial.legendre import leggauss, legvander

LOG_SPEED = np.arange(-26.0, 2.0, 0.2)  # trapezia in ln c err by exp(-pi^2 / 0.4) of what T_n is


@dataclass(frozen=True)
class Chords:
    """Points on and between chords, and polynomials on them.

    order : number of polynomials f_k = sqrt(2k + 1) P_k(2 r^2 - 1), orthonormal over the cross section; Gauss
        nodes over chords, over gaps between two points of one and over places along it grow with it
    """

    order: int

    @cached_property
    def _half(self) -> tuple[np.ndarray, np.ndarray]:
        """l [chord] and the weights of (4 / pi) dp."""
        node, weight = leggauss(self.order + 8)
        half = np.cos(np.pi / 4 * (node + 1))
        return half, weight * half

    @cached_property
    def _gap(self) -> tuple[np.ndarray, np.ndarray]:
        """Distances s / (2 l) [gap], dense near 0 where T_n has a logarithm, and weights."""
        node, weight = leggauss(2 * self.order + 16)
        root = (node + 1) / 2
        return root**3, 3 / 2 * weight * root**2

    def distances(self) -> np.ndarray:
        """s [chord, gap]."""
        return 2 * self._half[0][:, None] * self._gap[0]

    @cached_property
    def pairs(self) -> np.ndarray:
        """(4 / pi) int dp ds dm f_k(m - s/2) f_l(m + s/2) by points [chord, gap, k, l]."""
        (half, chord_weight), (gap, gap_weight) = self._half, self._gap
        node, weight = leggauss(2 * self.order + 8)
        middle = (1 - gap)[:, None] * node
        before, after = (
            self.polynomials(self._squared(half[:, None, None], middle + side * gap[:, None]))
            for side in (-1, 1)
        )
        weights = np.einsum("i,i,j,j,q->ijq", chord_weight, 2 * half**2, gap_weight, 1 - gap, weight)
        return np.matmul(np.swapaxes(before * weights[..., None], -1, -2), after)

    @cached_property
    def approach(self) -> np.ndarray:
        """int f_k(l - s) ds by points [chord, gap, k]."""
        (half, _), (gap, weight) = self._half, self._gap
        values = self.polynomials(self._squared(half[:, None], 1 - 2 * gap))
        return values * (2 * half[:, None] * weight)[..., None]

    def polynomials(self, squared_radius: np.ndarray) -> np.ndarray:
        """f_k(r) [..., k] at r^2 [...]."""
        return legvander(2 * squared_radius - 1, self.order - 1) * np.sqrt(2 * np.arange(self.order) + 1)

    def flight(self, delta: float, accommodation: float) -> np.ndarray:
        """K [i, j, k, l]: moment i of what a source of kind j carries, from f_l to f_k.

        Kinds 1 and 2 are c_z sqrt(2) and c_z (c^2 - 5/2) sqrt(4/5), orthonormal under the Maxwellian.
        """
        carried = np.einsum("ijag,agkl->ijkl", _over_speeds(delta * self.distances()), self.pairs)
        if accommodation < 1:
            carried = carried + self._reflected(delta, 1 - accommodation)
        return carried

    def _reflected(self, delta: float, specular: float) -> np.ndarray:
        """What has met the wall, and left it specularly, on its way."""
        half, chord_weight = self._half
        speed, kinds = _speeds()
        total = np.zeros((2, 2, self.order, self.order))
        for length, weight, gaps, way in zip(
            half, chord_weight, self.distances(), self.approach, strict=True
        ):
            reaching = np.exp(-delta * gaps / speed[:, None]) @ way
            again = specular / (1 - specular * np.exp(-2 * delta * length / speed))
            total += np.einsum("ijc,ck,cl->ijkl", weight * again * kinds, reaching, reaching, optimize=True)
        return total

    @staticmethod
    def _squared(half: np.ndarray, place: np.ndarray) -> np.ndarray:
        """r^2 at a place -1 .. 1 along a chord."""
        return 1 - half**2 * (1 - place**2)


@lru_cache(maxsize=4)
def chords(order: int) -> Chords:
    """The chords of that many polynomials, made once."""
    return Chords(order)


def _speeds() -> tuple[np.ndarray, np.ndarray]:
    """c [speed], and e^(-c^2) dc times the means over c_z of the products of two kinds [i, j, speed]."""
    c = np.exp(LOG_SPEED)
    weight = c * np.exp(-(c**2)) * (LOG_SPEED[1] - LOG_SPEED[0])
    cross, heat = np.sqrt(2 / 5) * (c**2 - 1), 4 / 5 * ((c**2 - 1) ** 2 / 2 + 3 / 4)
    return c, weight * np.array([[np.ones_like(c), cross], [cross, heat]])


def _over_speeds(distance: np.ndarray) -> np.ndarray:
    """int e^(-c^2 - x/c) dc times the products of kinds [i, j, ...], sums of T_0, T_2 and T_4."""
    speed, kinds = _speeds()
    return np.einsum("ijc,...c->ij...", kinds, np.exp(-distance[..., None] / speed), optimize=True)
