"""Estimates for the fluid of the full potential, from a run of a cut one.

Inside the cut-off the whole potential is measured over the run's own atoms, beyond it g(r) = 1.  Two errors
are left, which a longer cut-off makes smaller: g(r) is not yet 1 right beyond it, and the atoms are spread as
the cut potential spreads them, not the full one.  In molecular dynamics 'cut' and 'shifted' move atoms alike,
without the impulse at rc that 'cut' would need.
"""

from typing import Any, NamedTuple

import numpy as np

from knudsen.md.forces import MEASURES, PairForces
from knudsen.md.observables import Observables
from knudsen.md.state.tensors import whole_tensors

Array = np.ndarray[Any, Any]


class FullFluid(NamedTuple):
    """What the full potential makes of an instant.

    potential_energies : [copies];  pressure_tensors : [copies, 3, 3]
    """

    potential_energies: Array
    pressure_tensors: Array


def full_fluid(sim: Observables) -> FullFluid:
    """Potential energies and pressures of the full potential at this instant::

        E = sum_(r_ij < rc) V(r_ij) + E_tail
        P V = sum m v v + sum_(r_ij < rc) r_ij F_ij + V p_tail + T e_c

    T e_c is the share of a centre of mass that rests, T along each axis whose momentum stays
    (`resting_pressures`): ideal atoms have N T / V.

    Raises
    ------
    ValueError : a potential that falls off too slowly for a tail; a single atom, which has no temperature.
    """
    table, volumes = sim.pairs.full(), sim.volumes
    whole = sim.device.fetch(sim.lanes.sum_atoms(full_measures(sim), MEASURES))
    tails = [table.long_range(*each) for each in zip(sim.species_counts, volumes, strict=True)]
    beyond = np.array([tail.pressure for tail in tails])[:, None, None] * np.eye(3)
    flat = sim.device.fetch(sim.kinetic_tensors()) + whole[:, 1:]
    pressures = whole_tensors(flat) / volumes[:, None, None]
    return FullFluid(
        whole[:, 0] + sim.species_counts.sum(axis=1) * [tail.energy for tail in tails],
        pressures + sim.resting_pressures() + beyond,
    )


def full_measures(sim: Observables) -> Any:
    """Half the energy and half the virial of each atom by the whole potential inside the cut-off [7 atoms].

    As `sim.atom_measures()`, on the device; the heat flux of the full potential follows from them, and from
    `long_range(...).enthalpy` for what lies beyond.
    """
    forces = PairForces(sim.pairs.full(), sim.neighbours, "double")
    forces.measure()
    return forces.measures
