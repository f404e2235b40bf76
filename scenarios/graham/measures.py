"""What a run of two gases in a pore measured, beside theory."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.analysis import groups
from knudsen.analysis.gas_fields import gas_fields
from knudsen.analysis.statistics import Array, Measured, derive
from knudsen.core.results import Estimate, Profile, TheoryKind
from knudsen.core.samples import WALL_TOTALS, Samples
from knudsen.scenarios.gas_flow.pore_run import LEFT, RIGHT, PoreRun, steady_run
from knudsen.scenarios.graham.setup import pore_of
from knudsen.scenarios.graham.theory import A, B, expected
from knudsen.scenarios.graham.theory import flux_ratio as theory_of_ratio
from knudsen.scenarios.scenario import Measurement

if TYPE_CHECKING:
    from knudsen.scenarios.graham import GrahamConfig

ALONG = WALL_TOTALS.index("px")


def measure(config: "GrahamConfig", samples: Samples) -> Measurement:
    """Estimates beside theory, profiles and resolution of a run.  Raises TooShortError, NotSteadyError."""
    found = steady_run(pore_of(config), samples)
    profiles = [*found.fields(), *fractions(found)]
    return Measurement(list(estimates(found)), profiles, found.resolution, samples.to_arrays())


def fractions(found: PoreRun) -> Iterator[Profile]:
    """x_A and x_B along the domain."""
    along = found.samples.along(0)
    measured = gas_fields(along)["mole_fraction"]
    for species, name in enumerate("AB"):
        value, error = measured.value[..., species], measured.stderr[..., species]
        yield Profile(f"mole_fraction_{name}", "1", along.positions, value, error)


def estimates(found: PoreRun) -> Iterator[Estimate]:
    """Fluxes and their ratio, of closed bulbs the difference of pressure, and momentum to the walls."""
    predicted, fluxes, channel = expected(found.pore), net_fluxes(found), found.pore
    yield flux_ratio(found, fluxes)
    if channel.config.closed:
        value, theory = pressure_difference(found), predicted.pressure_difference
        yield _beside(found, "pressure_difference", "1", value, theory, predicted.source)
    for species, name in enumerate("AB"):
        measured, theory = fluxes[species], predicted.fluxes[species]
        estimate = _beside(found, f"molar_flux_{name}", "mol m-2 s-1", measured, theory, predicted.source)
        yield replace(estimate, theory_kind=channel.kind("approximate"))
    if channel.has_bore:
        yield from momentum_estimates(found, fluxes)


def _beside(
    found: PoreRun, name: str, unit: str, measured: Measured, theory: float, source: str,
    scale: float | None = None,
) -> Estimate:  # fmt: skip
    """Exact of free molecules, whatever the walls, approximate else; NaN is no theory.

    scale : of what few collisions change a part; the theory where left out
    """
    if np.isnan(theory):
        return Estimate(name, measured.value, measured.stderr, unit)
    kind: TheoryKind = "exact" if found.pore.is_free else "approximate"
    error = found.pore.error(theory if scale is None else scale)
    return Estimate(name, measured.value, measured.stderr, unit, theory, error, kind, source)


def net_fluxes(found: PoreRun) -> tuple[Measured, Measured]:
    """N_A and N_B [mol m-2 s-1], each read where its end sends the least against it."""
    first, second = found.molar(found.net(RIGHT, A)), found.molar(found.net(LEFT, B))
    # What goes out on the left goes against x.
    return first, derive(lambda flux: -flux, second)


def flux_ratio(found: PoreRun, fluxes: tuple[Measured, Measured]) -> Estimate:
    """N_A / N_B; of closed bulbs -1 at either end, and between the two where the pore holds what it held."""
    ratio = derive(lambda first, second: first / second, *fluxes)
    theory = theory_of_ratio(found.pore)
    if found.pore.config.closed:
        source = "no net molecules, by the make of the ends"
        return Estimate("flux_ratio", ratio.value, ratio.stderr, "1", theory, 0.0, "exact", source)
    source = "Graham: free molecules" if found.pore.is_free else "Graham: no momentum to the walls"
    return _beside(found, "flux_ratio", "1", ratio, theory, source)


def pressure_difference(found: PoreRun) -> Measured:
    """(p_right - p_left) over their mean [-], each of the gas at rest that sends what the end sends."""
    left, right = (end_pressure(found, end) for end in (LEFT, RIGHT))
    return derive(lambda first, last: 2 * (last - first) / (last + first), left, right)


def end_pressure(found: PoreRun, end: int) -> Measured:
    """p of a bulb of the end's composition x, J all that it sends [Pa]::

    J = p sum_s x_s / (2 pi m_s k T)^(1/2)
    """
    config = found.pore.config
    x_A = (config.x_left, config.x_right)[end]
    thermal = np.sqrt(2 * np.pi * np.array(found.pore.gas.masses) * BOLTZMANN * config.temperature)
    per_pressure = np.array([x_A, 1 - x_A]) @ (1 / thermal)
    sent = found.sent(end, A), found.sent(end, B)
    return derive(lambda first, second: (first + second) / per_pressure, *sent)


def momentum_estimates(found: PoreRun, fluxes: tuple[Measured, Measured]) -> Iterator[Estimate]:
    """What momentum along the pore its wall takes up, over p and the pore's section, of both and of each; and
    that of each over N M^(1/2), A's over B's: 1 of free molecules, and by the dusty gas at uniform pressure.
    """
    taken, channel = wall_momentum(found), found.pore
    total = derive(lambda each: each.sum(axis=-1), taken)
    if channel.config.closed:
        yield Estimate("wall_momentum", total.value, total.stderr, "1")
    else:
        most = float(np.abs(taken.value).max())  # what species give cancels: of nothing no part is an error
        yield _beside(found, "wall_momentum", "1", total, 0.0, "uniform pressure", most)
    for species, name in enumerate("AB"):
        yield Estimate(f"wall_momentum_{name}", taken.value[species], taken.stderr[species], "1")
    roots = np.sqrt(channel.gas.masses)
    shared = derive(
        lambda each, first, second: each[..., A] / each[..., B] * second / first * (roots[B] / roots[A]),
        taken, *fluxes,
    )  # fmt: skip
    known = channel.is_free or not channel.config.closed
    source = "momentum as N M^(1/2)"
    yield _beside(found, "momentum_per_flux_ratio", "1", shared, 1.0 if known else np.nan, source)


def wall_momentum(found: PoreRun) -> Measured:
    """x momentum a second that the pore's wall takes up from each species [species], over p and section."""
    samples, config, bore = found.samples, found.pore.config, found.bore
    section = found.pore.wall if config.shape == "slit" else np.pi * found.pore.wall**2

    def taken(totals: groups.Totals) -> Array:
        rates = totals.wall_rates[..., ALONG][..., bore, :, :]
        net = rates[..., 0] - rates[..., 1]
        return np.asarray(np.einsum("...ps,p->...s", net, samples.patch_area[bore])) / (
            section * config.pressure
        )

    return groups.over_groups(samples, None, lambda totals: groups.measure(taken, totals))
