"""The gas table, species and mixtures: a source for every number.

Sources: masses, IUPAC standard atomic weights 2021 (Ar: 39.948, which stood until 2017, when the
variation of its isotopes made it an interval); VHS and VSS, G. A. Bird, Molecular Gas Dynamics and
the Direct Simulation of Gas Flows (1994), tables A1-A3, at 273 K; hard-sphere diameters, from the
viscosity at 300 K with the converged hard-sphere factor 1.01603, rounded (CO2 and CH4 from 14.94
and 11.13 uPa s); Lennard-Jones, R. A. Svehla, NASA TR R-132 (1962).

Inside: vibrations, the fundamental wavenumbers of T. Shimanouchi, NSRDS-NBS 39 (1972) (CO2, CH4), and of
K. P. Huber & G. Herzberg, Constants of Diatomic Molecules (1979) (omega_e - 2 omega_e x_e; H2: 4161.2).
Rotational collision numbers: N2, J. A. Lordi & R. E. Mates, Phys. Fluids 13, 291 (1970), in Parker's law; O2,
J. G. Parker, Phys. Fluids 2, 449 (1959); H2 and CH4 at 298 K, R. J. Kee et al., SAND86-8246 (1986).  CO2:
3.1, the least that every model of the engine can give; Kee has 2.1.  Vibrational ones: N2 and O2, Bird 1994,
table A6, counted there in collisions of his VHS gas, a fifth more than here; the others are orders of
magnitude at room temperature: H2 1e7, CH4 2e4, CO2 5e4 (5.8 us at 1 atm).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import combinations_with_replacement
from typing import Literal, get_args

from scipy.constants import N_A as AVOGADRO

from knudsen.core.faults import UnknownNameError
from knudsen.core.interactions import Interaction, LennardJones, VariableSoftSphere, unlike_pair
from knudsen.core.internal import Internal, LandauTeller, Parker, Vibration

SoftSphereModel = Literal["hs", "vhs", "vss", "maxwell"]
Model = Literal[SoftSphereModel, "lj"]
# Models of finite cross-section, which have a mean free path; and all, which theory and engine take.
MODELS: tuple[str, ...] = get_args(SoftSphereModel)
THEORY_MODELS: tuple[str, ...] = get_args(Model)
ANGSTROM = 1e-10


@dataclass(frozen=True)
class Species:
    """One kind of molecule: name, molar mass [kg/mol], its parameters in each model, what it holds inside.

    formula : its atoms, as "CO2"; the name says them where it is not given
    """

    name: str
    molar_mass: float
    hs: VariableSoftSphere
    vhs: VariableSoftSphere
    vss: VariableSoftSphere
    lj: LennardJones | None = None
    internal: Internal | None = None
    formula: str = ""

    @property
    def atoms(self) -> dict[str, int]:
        """Atoms of each element in one molecule.  Raises ValueError where the formula names none."""
        formula = self.formula or self.name
        if not re.fullmatch(r"([A-Z][a-z]?\d*)+", formula):
            raise ValueError(
                f"{formula!r} names no atoms of {self.name}: give its Species a formula such as 'CO2'"
            )
        atoms: dict[str, int] = {}
        for element, number in re.findall(r"([A-Z][a-z]?)(\d*)", formula):
            atoms[element] = atoms.get(element, 0) + int(number or 1)
        return atoms

    @property
    def mass(self) -> float:
        """Mass of one molecule [kg]."""
        return float(self.molar_mass / AVOGADRO)

    def interaction(self, model: Model) -> Interaction:
        """Like-pair interaction in the given model.

        `maxwell` keeps the VHS cross-section at its reference temperature and makes it fall as 1/g.
        Raises ValueError where the species has no Lennard-Jones parameters and the model needs them.
        """
        if model == "maxwell":
            return VariableSoftSphere(self.vhs.diameter_ref, 1.0, 1.0, self.vhs.temperature_ref)
        interactions = {"hs": self.hs, "vhs": self.vhs, "vss": self.vss, "lj": self.lj}
        found = interactions[model]
        if found is None:
            raise ValueError(
                f"{self.name} has no Lennard-Jones parameters: make its Species with lj=LennardJones(...)"
            )
        return found


def _species(
    name: str,
    molar_mass: float,
    hs: float,
    omega: float,
    vhs: float,
    vss: float,
    alpha: float,
    lj: tuple[float, float],
    internal: Internal | None = None,
) -> Species:
    return Species(
        name=name,
        molar_mass=molar_mass * 1e-3,
        hs=VariableSoftSphere(hs * ANGSTROM),
        vhs=VariableSoftSphere(vhs * ANGSTROM, omega),
        vss=VariableSoftSphere(vss * ANGSTROM, omega, alpha),
        lj=LennardJones(lj[0] * ANGSTROM, lj[1]),
        internal=internal,
    )


_WAVE = Vibration.of_wavenumber
H2_INSIDE = Internal(2, 280.0, (_WAVE(4161.2),), 1e7)
CH4_INSIDE = Internal(3, 13.0, (_WAVE(1306, 3), _WAVE(1534, 2), _WAVE(2917), _WAVE(3019, 3)), 2e4)
N2_INSIDE = Internal(2, Parker(18.1, 91.5), (_WAVE(2329.9),), LandauTeller(9.1, 220.0, 0.74))
O2_INSIDE = Internal(2, Parker(14.4, 90.0), (_WAVE(1556.2),), LandauTeller(56.5, 153.5, 0.77))
CO2_INSIDE = Internal(2, 3.1, (_WAVE(667, 2), _WAVE(1333), _WAVE(2349)), 5e4)

# fmt: off
#                      g/mol     d_HS  omega  d_VHS d_VSS alpha  sigma  eps/k    (diameters in angstrom)
TABLE: Mapping[str, Species] = {s.name: s for s in (
    _species("H2",    2.016,    2.75, 0.67,  2.92, 2.88, 1.35, (2.827,  59.7),  H2_INSIDE),
    _species("He",    4.002602, 2.2,  0.66,  2.33, 2.30, 1.26, (2.551,  10.22)),
    _species("CH4",  16.043,    4.11, 0.84,  4.83, 4.78, 1.60, (3.758, 148.6),  CH4_INSIDE),
    _species("Ne",   20.1797,   2.6,  0.66,  2.77, 2.72, 1.31, (2.820,  32.8)),
    _species("N2",   28.014,    3.7,  0.74,  4.17, 4.11, 1.36, (3.798,  71.4),  N2_INSIDE),
    _species("O2",   31.998,    3.5,  0.77,  4.07, 4.01, 1.40, (3.467, 106.7),  O2_INSIDE),
    _species("Ar",   39.948,    3.6,  0.81,  4.17, 4.11, 1.40, (3.542,  93.3)),
    _species("CO2",  44.009,    4.57, 0.93,  5.62, 5.54, 1.61, (3.941, 195.2),  CO2_INSIDE),
    _species("Kr",   83.798,    4.1,  0.80,  4.76, 4.70, 1.32, (3.655, 178.9)),
    _species("Xe",  131.293,    4.7,  0.85,  5.74, 5.65, 1.44, (4.047, 231.0)),
)}
# fmt: on


def species(name: str) -> Species:
    """The named gas of the table.  Raises KeyError with the nearest names."""
    if name not in TABLE:
        folded = {known.lower(): known for known in TABLE}
        close = get_close_matches(name.lower(), folded, n=1, cutoff=0.4)
        hint = f"did you mean {folded[close[0]]!r}? " if close else ""
        raise UnknownNameError(f"unknown gas {name!r}: {hint}known gases are {', '.join(TABLE)}")
    return TABLE[name]


def _chosen(gases: object) -> tuple[list[Species], list[str], list[str]]:
    """The species of a mixture's gases, faults of names that are unknown, and of what is no gas."""
    if isinstance(gases, str) or not isinstance(gases, Iterable):
        return [], [], [f"gases must be a list of names or Species, such as ['He', 'Ar'], got {gases!r}"]
    chosen: list[Species] = []
    unknown: list[str] = []
    faults: list[str] = []
    for gas in gases:
        if isinstance(gas, Species):
            chosen.append(gas)
        elif not isinstance(gas, str):
            faults.append(f"a gas is a name or a Species, got {gas!r}")
        else:
            try:
                chosen.append(species(gas))
            except UnknownNameError as error:
                unknown.append(str(error))
    return chosen, unknown, faults


@dataclass(frozen=True)
class Mixture:
    """Species that meet, the model they meet by, and their pair interactions.

    Arguments
    ---------
    gases : names of the table, or Species; the first is A; `species` holds the Species
    model : 'hs', 'vhs', 'vss', 'maxwell' or 'lj'
    pairs : explicit interaction of a pair of names, in either order; every other pair follows
        the rule of its model (`unlike_pair`: means, or Lorentz-Berthelot for 'lj')

    Raises
    ------
    KeyError : an unknown gas, or a pair of a gas that is not in the mixture
    ValueError : no list of names and Species, an unknown model, no species, or a species named twice;  every
        fault at once
    """

    species: tuple[Species, ...]
    model: Model = "vss"
    pairs: Mapping[tuple[str, str], Interaction] = field(default_factory=dict)

    def __init__(
        self,
        gases: Sequence[str | Species],
        model: Model = "vss",
        pairs: Mapping[tuple[str, str], Interaction] | None = None,
    ) -> None:
        chosen, unknown, faults = _chosen(gases)
        object.__setattr__(self, "species", tuple(chosen))
        object.__setattr__(self, "model", model)
        object.__setattr__(self, "pairs", dict(pairs or {}))
        self._check(unknown, faults)

    def _check(self, unknown: list[str], faults: list[str]) -> None:
        """Raise what names every fault, those of the gases among them."""
        complete = not (unknown or faults)
        if complete and not self.species:
            faults.append("a mixture needs at least one species")
        if len(set(self.names)) != len(self.names):
            faults.append(f"species are named twice in {self.names}")
        if self.model not in THEORY_MODELS:
            faults.append(f"unknown model {self.model!r}: choose one of {', '.join(THEORY_MODELS)}")
        if complete:
            unknown = [
                f"pair {pair} names a gas outside the mixture {self.names}"
                for pair in self.pairs
                if not set(pair) <= set(self.names)
            ]
        if unknown:
            raise UnknownNameError("; ".join([*unknown, *faults]))
        if faults:
            raise ValueError("; ".join(faults))

    def __len__(self) -> int:
        return len(self.species)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the species, in order."""
        return tuple(s.name for s in self.species)

    @property
    def masses(self) -> tuple[float, ...]:
        """Molecular masses [kg], in order."""
        return tuple(s.mass for s in self.species)

    def reduced_mass(self, a: int, b: int) -> float:
        """m_r = m_a m_b / (m_a + m_b) [kg]."""
        m_a, m_b = self.masses[a], self.masses[b]
        return m_a * m_b / (m_a + m_b)

    def interaction(self, a: int, b: int) -> Interaction:
        """Interaction of species numbers a and b."""
        first, second = self.species[a], self.species[b]
        for key in ((first.name, second.name), (second.name, first.name)):
            if key in self.pairs:
                return self.pairs[key]
        like = first.interaction(self.model)
        return like if a == b else unlike_pair(like, second.interaction(self.model))

    def pair_numbers(self) -> Iterator[tuple[int, int]]:
        """Species numbers (a, b), a <= b, in the order of the pair index."""
        return combinations_with_replacement(range(len(self)), 2)
