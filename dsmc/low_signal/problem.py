"""A low-signal problem: the gas at rest, what drives it, and whether the method holds it."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.constants import k as BOLTZMANN

from knudsen.core.gases import Mixture
from knudsen.core.interactions import VariableSoftSphere
from knudsen.dsmc.boundaries import (
    AdiabaticWall,
    Boundary,
    DiffuseWall,
    LordWall,
    MaxwellWall,
    Periodic,
    Specular,
)
from knudsen.dsmc.boundaries.checks import as_tuples, positive, refuse, vectors
from knudsen.dsmc.domains.shapes import Slab
from knudsen.dsmc.ensemble import (
    ensemble_faults,
    named,
    of_each_copy,
    seed_faults,
    seed_of,
    words_of_copies,
)
from knudsen.dsmc.face_table import composition_faults
from knudsen.dsmc.kinds import KINDS, Kinds, is_a, kind_faults
from knudsen.dsmc.low_signal.sources import (
    FORCE,
    GRADIENT,
    NORMAL_WARMTH,
    RETURN,
    SHEAR,
    STRENGTH,
    TANGENTIAL_WARMTH,
    WARMTH,
    Source,
)
from knudsen.dsmc.words import in_words

Vector = tuple[float, float, float]
NOTHING: Vector = (0.0, 0.0, 0.0)
ABSORBERS = DiffuseWall | MaxwellWall
HELD = Periodic | Specular | ABSORBERS | LordWall | AdiabaticWall
HELD_NAMES = "Periodic, Specular, DiffuseWall, MaxwellWall, LordWall, AdiabaticWall"


@dataclass(frozen=True)
class RestingGas:
    """The Maxwellian that a flow deviates from, and what drives the deviation in the gas.

    Arguments
    ---------
    pressure : p [Pa];  temperature : T [K]; p / (k T) is the mean density of the slab
    acceleration : by a constant force along x, y, z [m/s2]; -(dp/dz)/rho does what a pressure gradient does
    temperature_gradient : along y and z [K/m], at uniform pressure, the walls having the gas's temperature

    Raises
    ------
    ValueError : every fault at once
    """

    pressure: float
    temperature: float
    acceleration: Vector = NOTHING
    temperature_gradient: tuple[float, float] = (0.0, 0.0)

    def __post_init__(self) -> None:
        as_tuples(self)
        refuse(
            positive(pressure=self.pressure, temperature=self.temperature),
            vectors(3, acceleration=self.acceleration),
            vectors(2, temperature_gradient=self.temperature_gradient),
        )

    @property
    def number_density(self) -> float:
        """n = p / (k T) [m^-3]."""
        return self.pressure / (BOLTZMANN * self.temperature)

    def thermal_speed(self, mass: float) -> float:
        """v0 = (2 k T / m)^(1/2) [m/s]."""
        return math.sqrt(2 * BOLTZMANN * self.temperature / mass)

    def collision_rate(self, mass: float, diameter: float) -> float:
        """4 (pi k T / m)^(1/2) n d^2, mean of a molecule's collisions in a second."""
        speed = math.sqrt(math.pi * BOLTZMANN * self.temperature / mass)
        return 4 * speed * self.number_density * diameter**2


def _is_held(domain: Any) -> bool:
    return isinstance(domain, Slab) and not domain.grid.solid


def _are_held(domain: Any) -> bool:
    return isinstance(domain, Sequence) and len(domain) > 0 and all(map(_is_held, domain))


OWN_KINDS: Kinds = KINDS | {
    "domain": (
        lambda domain: _is_held(domain) or _are_held(domain),
        "a Slab without membranes, which alone low signals are for, or a tuple of one for each copy",
    ),
    "rest": (is_a(RestingGas), "a RestingGas(pressure, temperature)"),
}


def check_problem(gas: Mixture, domain: Slab | Sequence[Slab], rest: RestingGas, **settings: Any) -> None:
    """Raise ValueError that names every fault of a low-signal problem.

    settings : particles_per_cell, timestep, copies, seed
    """
    parts = kind_faults({"gas": gas, "domain": domain, "rest": rest}, OWN_KINDS)
    of_gas = _gas_faults(gas) if isinstance(gas, Mixture) else ()
    given = domain if isinstance(domain, Sequence) else (domain,)
    together = [] if parts else _faults_of_copies(given, lambda each: _domain_faults(gas, each, rest))
    numbers = {name: settings[name] for name in ("timestep", "particles_per_cell")}
    sizes = positive(**{name: each for name, each in numbers.items() if not kind_faults({name: each})})
    refuse(parts, of_gas, together, kind_faults(settings), sizes)
    copies = settings["copies"]
    domains = of_each_copy(domain, copies)
    refuse(seed_faults(seed_of(settings["seed"]), copies), ensemble_faults(domains, (rest,) * copies, copies))
    refuse(_manner_faults(domains, rest, gas.masses[0]))


def _faults_of_copies(domains: Sequence[Slab], faults: Callable[[Slab], Iterator[str]]) -> list[str]:
    return [f"{copy}{fault}" for copy, domain in named(domains) for fault in faults(domain)]


def _gas_faults(gas: Mixture) -> Iterator[str]:
    if len(gas) != 1:
        yield f"low signals are for one gas, got the {len(gas)} species {gas.names}: use Simulation"
        return
    law = gas.interaction(0, 0)
    if not isinstance(law, VariableSoftSphere) or (law.omega, law.alpha) != (0.5, 1.0):
        yield f"low signals are for hard spheres, got {law}: take Mixture({list(gas.names)}, 'hs')"


def _domain_faults(gas: Mixture, domain: Slab, rest: RestingGas) -> Iterator[str]:
    for face in domain.grid.faces:
        wall = face.boundary
        if not isinstance(wall, HELD):
            yield f"{face.name}: {type(wall).__name__} is none of {HELD_NAMES}, which low signals hold"
    yield from composition_faults(domain.grid, gas)
    walls = [face.boundary for face in domain.grid.faces]
    if any(rest.acceleration[1:]) and without_friction(domain):
        yield (
            f"acceleration {rest.acceleration} along faces that take up no momentum has no steady flow: "
            "make one a wall that accommodates"
        )
    if rest.acceleration[0] and isinstance(walls[0], Periodic):
        yield (
            f"acceleration {rest.acceleration} along x through periodic faces has no steady flow: "
            "take walls, or a force along y or z"
        )


def _manner_faults(domains: Sequence[Slab], rest: RestingGas, mass: float) -> list[str]:
    first = manner(domains[0], rest, mass)
    return [
        f"{copy}its walls move, warm or rub in another manner than those of copy 0: make a run for each"
        for copy, domain in named(domains)
        if manner(domain, rest, mass) != first
    ]


def manner(domain: Slab, rest: RestingGas, mass: float) -> tuple[Any, ...]:
    """What the domains of all copies have in common: their sources but for the rates, friction, periods."""
    flows = tuple((flow.kind, flow.face, flow.along) for flow in sources(domain, rest, mass))
    periodic = isinstance(domain.grid.faces[0].boundary, Periodic)
    return flows, without_friction(domain), periodic


def without_friction(domain: Slab) -> bool:
    """Whether no face takes up momentum along itself."""
    return not any(responses(face.boundary)[SHEAR] for face in domain.grid.faces)


def describe_deviation(
    gas: Mixture, domains: Sequence[Slab], rest: RestingGas, particles_per_cell: float, timestep: float,
    seeds: list[int],
) -> dict[str, str]:  # fmt: skip
    """The problem in words, part by part: what a checkpoint is held against."""
    parts = {
        "low signal of": (gas.names, gas.masses, gas.interaction(0, 0)), "rest": rest,
        "particles_per_cell": particles_per_cell, "timestep": timestep, "seeds": seeds,
    }  # fmt: skip
    words = {name: in_words(part) for name, part in parts.items()}
    return words | {"domain": words_of_copies(domains)}


def at_rest(domain: Slab, temperature: float) -> Slab:
    """The slab between walls that the gas at rest would be in equilibrium with."""
    left, right = (wall_at_rest(face.boundary, temperature) for face in domain.grid.faces)
    return replace(domain, left=left, right=right)


def wall_at_rest(wall: Boundary, temperature: float) -> Boundary:
    """The wall that the gas at rest would be in equilibrium with."""
    if isinstance(wall, ABSORBERS | LordWall):
        return replace(wall, temperature=temperature, velocity=(0.0, 0.0))
    return replace(wall, velocity=(0.0, 0.0)) if isinstance(wall, AdiabaticWall) else wall


def responses(wall: Boundary) -> dict[int, float]:
    """Kind of source -> share in which a wall sends it for its motion (SHEAR) and its warmth (the others)."""
    found = dict.fromkeys((SHEAR, WARMTH, NORMAL_WARMTH, TANGENTIAL_WARMTH), 0.0)
    if isinstance(wall, ABSORBERS):
        share = wall.accommodation if isinstance(wall, MaxwellWall) else 1.0
        found[SHEAR] = found[WARMTH] = float(np.ravel(share)[0])
    elif isinstance(wall, LordWall):
        normal = float(np.ravel(wall.normal_accommodation)[0])
        tangential = float(np.ravel(wall.tangential_accommodation)[0])
        found |= {
            SHEAR: tangential, NORMAL_WARMTH: normal, TANGENTIAL_WARMTH: tangential * (2 - tangential)
        }  # fmt: skip
    elif isinstance(wall, AdiabaticWall):
        found[SHEAR] = 1.0
    return found


def sources(domain: Slab, rest: RestingGas, mass: float) -> list[Source]:
    """All that sends in particles, what the faces send back first."""
    speed, density = rest.thermal_speed(mass), rest.number_density
    found = [Source(RETURN, number, NOTHING, 0.0) for number in range(len(domain.grid.faces))]

    def add(kind: int, face: int, vector: Vector, flux: float) -> None:
        amplitude = math.sqrt(sum(x * x for x in vector))
        if amplitude * flux > 0:
            along = tuple(x / amplitude for x in vector)
            found.append(Source(kind, face, along, density * flux * amplitude * STRENGTH[kind]))

    for number, face in enumerate(domain.grid.faces):
        wall = face.boundary
        y, z = getattr(wall, "velocity", (0.0, 0.0))
        warmth = getattr(wall, "temperature", rest.temperature) / rest.temperature - 1
        for kind, share in responses(wall).items():
            drive = (0.0, y / speed, z / speed) if kind == SHEAR else (warmth, 0.0, 0.0)
            add(kind, number, drive, share * speed)
    a, b = rest.temperature_gradient
    add(FORCE, -1, rest.acceleration, domain.length / speed)
    add(GRADIENT, -1, (0.0, a / rest.temperature, b / rest.temperature), speed * domain.length)
    return found
