"""How far a finite force along a duct takes its flow from linear theory: sizes, measured (docs/scenarios.md).

The work of the force heats the gas, as the square of u/v0, u its mean velocity.  And who is slow to cross the
duct gains speed along it all the while, X the reduced pressure gradient::

    g^2 = X^2 / (4 delta^2) between plates,  X^2 / (4 delta) in a tube

up to the next collision; in a tube fewer are slow, for they may cross either way.
"""

HEATED_FLOW, HEATED_HEAT = 0.2, 1.6  # of G_P, and of the heat flux along the duct
GRAZING_FLOW, GRAZING_HEAT = 0.11, 2.0
RARE = 0.1  # delta below which collisions are few, without which a force moves all molecules alike


def viscous_rate(delta: float, tube: bool = False) -> float:
    """G_P of a viscous gas that sticks to the wall: delta / 6 between plates, delta / 4 in a tube."""
    return delta / (4 if tube else 6)


def rough_rate(delta: float, tube: bool = False) -> float:
    """G_P, roughly, at any delta."""
    return viscous_rate(delta, tube) + 1.5


def flow_lost(delta: float, gradient: float, tube: bool = False) -> float:
    """Part of G_P that a reduced pressure gradient may take::

    0.2 (u/v0)^2 + 0.11 g^2 / (1 + g^2) min(1, delta / 0.1)
    """
    grazing = GRAZING_FLOW * _grazing(delta, gradient, tube) * min(1.0, delta / RARE)
    return HEATED_FLOW * _speed(delta, gradient, tube) ** 2 + grazing


def heat_lost(delta: float, gradient: float, tube: bool = False) -> float:
    """Part of the heat flux that a reduced pressure gradient may take: 1.6 (u/v0)^2 + 2 g^2 / (1 + g^2)."""
    heated = HEATED_HEAT * _speed(delta, gradient, tube) ** 2
    return heated + GRAZING_HEAT * _grazing(delta, gradient, tube)


def _speed(delta: float, gradient: float, tube: bool) -> float:
    """u / v0."""
    return gradient * rough_rate(delta, tube) / 2


def _grazing(delta: float, gradient: float, tube: bool) -> float:
    square = gradient**2 / 4 / (delta if tube else delta**2)
    return square / (1 + square)
