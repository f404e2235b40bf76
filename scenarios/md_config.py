"""The config that the molecular-dynamics scenarios share: reduced Lennard-Jones units throughout."""

import math
from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from knudsen.scenarios.config import Config
from knudsen.scenarios.faults import ConfigError, Fault
from knudsen.scenarios.quantities import Count

FEWEST_ATOMS = 20
FEWEST_SAMPLES = 40
SHORTEST_CUTOFF = 2.0
CONTACT = 0.9  # sigma between atoms of a random start; nearer ones would fly apart
LONGEST_STEP = 0.02  # at T* = 1


def _reduced(symbol: str, least: float, most: float, example: str) -> Any:
    """A positive reduced number; what looks like SI is told how to become one."""
    remedy = f"give {symbol}, a reduced number: {example}"

    def plain(value: Any) -> Any:
        if isinstance(value, str):
            raise ValueError(f"{value!r} is no reduced number: {remedy}")
        return value

    def within(value: float) -> float:
        if not least <= value <= most:
            raise ValueError(f"{value:g} is outside {least:g} .. {most:g}: {remedy}")
        return value

    number = Field(strict=True, gt=0, allow_inf_nan=False)
    return Annotated[float, number, BeforeValidator(plain), AfterValidator(within)]


Density = _reduced(
    "rho* = n sigma^3", 1e-6, 2.0, "argon of 1400 kg/m^3 has 0.833 (0.8 is a liquid, 0.01 a gas)"
)
Temperature = _reduced("T* = k T / epsilon", 0.01, 100.0, "300 K is 2.50 for argon (epsilon/k = 119.8 K)")
Pressure = _reduced(
    "p* = p sigma^3 / epsilon", 1e-6, 200.0, "10 MPa is 0.239 for argon (epsilon/sigma^3 = 41.9 MPa)"
)
Cutoff = _reduced("rc / sigma", SHORTEST_CUTOFF, 20.0, "10 angstrom are 2.94 for argon (3.405 angstrom)")
Skin = _reduced("a length in sigma", 0.01, 5.0, "1 angstrom is 0.294 for argon (3.405 angstrom)")
Time = _reduced("t* = t sqrt(epsilon/m) / sigma", 1e-5, 100.0, "5 fs are 0.0023 for argon (2.156 ps)")
Steps = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1)]


class MDConfig(Config):
    """Keys that the molecular-dynamics scenarios share; every key may be left out.

    density, temperature : rho* = n sigma^3, T* = kT/epsilon;  atoms : in each copy
    cutoff [sigma], form : 'switched' to zero over its last tenth, or 'cut' there
    timestep [sigma sqrt(m/epsilon)] : by density and temperature where left out
    start : 'random', or 'fcc' lattice
    equilibration_steps : left out of every mean; found from the data where left out
    sample_every, trajectory_every : steps between samples, and between frames of the first copy (0: none)
    precision : 'double', 'mixed' or 'single';  skin [sigma] : of the neighbour list;
        chosen in a warm-up where left out
    steps, ensemble, seed : how the run is made
    """

    density: Density = 0.8442
    temperature: Temperature = 0.722
    atoms: Count = 2048
    cutoff: Cutoff = 3.0
    form: Literal["switched", "cut"] = "switched"
    timestep: Time | None = None
    start: Literal["random", "fcc"] = "random"
    equilibration_steps: Steps | None = None
    sample_every: Count = 20
    trajectory_every: Steps = 1000
    precision: Literal["double", "mixed", "single"] = "double"
    skin: Skin | None = None

    @property
    def box_length(self) -> float:
        """Edge of the cubic box [sigma]."""
        return float((self.atoms / self.density) ** (1 / 3))

    @property
    def step_length(self) -> float:
        """The time step given, or `default_timestep`."""
        return self.timestep or default_timestep(self.density, self.temperature)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        found = list(self.faults())
        if found:
            raise ConfigError(found)
        return self

    def faults(self) -> Iterator[Fault]:
        """Keys that do not fit together.  Subclasses add theirs."""
        yield from _size_faults(self)
        packing = math.pi / 6 * self.density * CONTACT**3
        if self.start == "random" and packing > 0.5:
            problem = f"at random leaves no room at density {self.density:g} ({CONTACT} sigma between atoms)"
            yield Fault("start", problem, "start from 'fcc', or lower density")
        longest = LONGEST_STEP / math.sqrt(max(self.temperature, 1.0))
        if self.step_length > longest:
            problem = f"{self.step_length:g} is too long to follow a collision at this temperature"
            better = default_timestep(self.density, self.temperature)
            yield Fault("timestep", problem, f"give {better:.2g}, or leave it out")
        yield from _length_faults(self)


def default_timestep(density: float, temperature: float) -> float:
    """The step at which velocity Verlet misses the configurations' temperature by 3e-4, 0.004 at most::

        error = Omega^2 dt^2 / 4,  Omega^2 = <V'' + 2 V'/r> / (3 m), nearly proportional to the density

    and to the temperature where that is high; Omega^2 is about 280 at the triple point.
    """
    step = min(0.004, 0.002 * math.sqrt(0.8442 / density)) / math.sqrt(max(temperature, 1.0))
    return float(f"{step:.2g}")


def _size_faults(config: MDConfig) -> Iterator[Fault]:
    needed = config.density * (2 * config.cutoff) ** 3
    if config.atoms < FEWEST_ATOMS:
        yield Fault(
            "atoms", f"{config.atoms} are no fluid", f"give {max(FEWEST_ATOMS, math.ceil(needed))} or more"
        )
    elif config.atoms < needed:
        half = config.box_length / 2
        problem = f"{config.cutoff:g} is beyond half the box, {half:.4g}, where pairs would meet twice"
        remedy = f"give atoms = {math.ceil(needed)} or more, or a shorter cutoff"
        yield Fault("cutoff", problem, remedy)


def _length_faults(config: MDConfig) -> Iterator[Fault]:
    left = config.steps - (config.equilibration_steps or 0)
    if left <= 0:
        problem = f"{config.equilibration_steps} steps are all of the {config.steps} steps of the run"
        yield Fault("equilibration_steps", problem, "give fewer, or leave it out")
    elif left < FEWEST_SAMPLES * config.sample_every:
        problem = f"{left} steps hold {left // config.sample_every} samples, one every {config.sample_every}"
        yield Fault(
            "steps", problem, f"give {FEWEST_SAMPLES} samples or more: more steps, or a lower sample_every"
        )
