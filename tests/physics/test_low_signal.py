"""Low signals: free molecules exactly, and the linearised Boltzmann equation between plates."""

from math import pi, sqrt

import numpy as np
from scipy.constants import k as BOLTZMANN
from scipy.special import erfc

from knudsen.analysis.deviations import deviation_fields
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.analysis.walls import wall_fields
from knudsen.core.gases import Mixture
from knudsen.dsmc import DeviationalSimulation, DiffuseWall, LordWall, MaxwellWall, RestingGas, Slab
from knudsen.dsmc.boundaries import AdiabaticWall
from knudsen.dsmc.low_signal import simulation as engine

ARGON = Mixture(["Ar"], "hs")
MASS, DIAMETER = ARGON.masses[0], ARGON.interaction(0, 0).diameter_ref
PRESSURE, TEMPERATURE, COPIES = 1e4, 300.0, 16
THERMAL = sqrt(2 * BOLTZMANN * TEMPERATURE / MASS)
VISCOSITY = float(ChapmanEnskog(ARGON, TEMPERATURE, 12).viscosity([1.0]))
SPEED, WARMTH = 0.001 * sqrt(5 / 6) * THERMAL, 0.1  # Ma = 0.001, and a tenth of a kelvin


def run(delta, faces, rest, cells, step, steps, relaxation, particles_per_cell=100.0, seed=1):
    """A slab of rarefaction delta; step over the mean time between collisions, or over L / v0 if shorter."""
    length = delta * VISCOSITY * THERMAL / rest.pressure
    timestep = step * min(1 / rest.collision_rate(MASS, DIAMETER), length / THERMAL)
    simulation = DeviationalSimulation(
        ARGON, Slab(length, cells, *faces), rest, particles_per_cell=particles_per_cell, timestep=timestep,
        copies=COPIES, seed=seed, device="cpu",
    )  # fmt: skip
    simulation.run(relaxation)
    simulation.sample(1, steps // 4)
    simulation.run(steps)
    samples = simulation.result()
    fields = deviation_fields(samples, rest.pressure, rest.temperature)
    return length, fields, wall_fields(samples)


def measured(found, index, scale):
    return found.value[index] / scale, found.stderr[index] / abs(scale)


def test_free_molecules_between_plates():
    """Shear n m v0 U / (2 pi^(1/2)), heat p v0 dT / (pi^(1/2) T), the speed while slow ones still arrive::

    u(x, t) = (U/2) erfc[(L - x) / (v0 t)]
    """
    rest, cells, step, steps, relaxation = RestingGas(1.0, TEMPERATURE), 4, 0.1, 1200, 300
    faces = DiffuseWall(TEMPERATURE), DiffuseWall(TEMPERATURE + WARMTH, (0.0, SPEED))
    _, fields, walls = run(1e-6, faces, rest, cells, step, steps, relaxation, 200.0)
    shear = rest.number_density * MASS * THERMAL * SPEED / (2 * sqrt(pi))
    heat = rest.pressure * THERMAL * WARMTH / TEMPERATURE / sqrt(pi)
    cases = [
        (measured(fields.mean["pressure_tensor"], 4, -shear), 1.0, 0.01),
        (measured(fields.mean["heat_flux"], 0, -heat), 1.0, 0.02),
        (measured(walls.whole["shear"], (0, 2), shear), 1.0, 0.01),
        (measured(walls.whole["energy_flux"], 0, heat), 1.0, 0.02),
    ]
    time = step * np.arange(relaxation + 1, relaxation + steps + 1)
    for cell in range(cells):
        x = (cell + (np.arange(20) + 0.5) / 20) / cells
        expected = 0.5 * erfc((1 - x) / time[:, None]).mean()
        cases.append((measured(fields.along["velocity"], (cell, 2), SPEED), expected, 0.003))
    for (value, error), expected, most in cases:
        assert abs(value - expected) < 4 * error
        assert error < most
    value, error = measured(fields.along["velocity"], (0, 2), SPEED)
    assert abs(value - 0.5) > 4 * error  # the control: without the slow ones
    assert np.max(np.abs(walls.whole["number_flux"].value)) < 1e-4 * rest.number_density * SPEED


def test_free_molecules_off_lords_and_adiabatic_walls():
    """Shear by sigma_t, or by one; heat half by alpha_n and half by sigma_t (2 - sigma_t)."""
    rest, normal, tangential = RestingGas(1.0, TEMPERATURE), 0.6, 1.3
    lord = LordWall(TEMPERATURE + WARMTH, normal, tangential, velocity=(0.0, SPEED))
    shear = rest.number_density * MASS * THERMAL * SPEED / (2 * sqrt(pi))
    heat = rest.pressure * THERMAL * WARMTH / TEMPERATURE / sqrt(pi)
    for wall, share in ((lord, tangential), (AdiabaticWall((0.0, SPEED)), 1.0)):
        _, _, walls = run(1e-6, (DiffuseWall(TEMPERATURE), wall), rest, 2, 0.1, 400, 200, 400.0)
        value, error = measured(walls.whole["shear"], (0, 2), shear)
        assert abs(value - share) < 4 * error < 0.06
        value, error = measured(walls.whole["energy_flux"], 0, heat)
        if wall is lord:
            assert abs(value - (normal + tangential * (2 - tangential)) / 2) < 4 * error < 0.06
            assert abs(value - (normal + tangential) / 2) > 4 * error  # the control: sigma_t for both


def beside_lords_walls():
    """T' and u of gas between Lord's walls that are warmer and move alike, in units of the walls', and q."""
    wall = LordWall(TEMPERATURE + WARMTH, 0.5, 0.7, velocity=(0.0, SPEED))
    _, fields, _ = run(1.0, (wall, wall), RestingGas(PRESSURE, TEMPERATURE), 4, 0.15, 300, 150, 250.0)
    heat = PRESSURE * THERMAL * WARMTH / TEMPERATURE / sqrt(pi)
    return (
        measured(fields.mean["temperature"], (), WARMTH),
        measured(fields.mean["velocity"], 2, SPEED),
        *(measured(fields.along["heat_flux"], (cell, 0), heat) for cell in (0, 3)),
    )


def test_lords_walls_are_in_equilibrium_with_their_own_maxwellian(monkeypatch):
    for (value, error), expected in zip(beside_lords_walls(), (1.0, 1.0, 0.0, 0.0), strict=True):
        assert abs(value - expected) < 4 * error < 0.08
    # The control: what they reflect, beside what diffuse walls send.
    diffuse = engine.sources

    def of_diffuse(domain, rest, mass):
        faces = (DiffuseWall(face.boundary.temperature, face.boundary.velocity) for face in domain.grid.faces)
        return diffuse(Slab(domain.length, 1, *faces), rest, mass)

    monkeypatch.setattr(engine, "sources", of_diffuse)
    (value, error), *_ = beside_lords_walls()
    assert abs(value - 1.0) > 10 * error


def heated():
    """n', T' and p', and the pressure on either wall, beside one that is warmer, over dT and p dT/T."""
    faces = DiffuseWall(TEMPERATURE), DiffuseWall(TEMPERATURE + WARMTH)
    _, fields, walls = run(2.0, faces, RestingGas(PRESSURE, TEMPERATURE), 8, 0.15, 1200, 400, 40.0)
    force = PRESSURE * WARMTH / TEMPERATURE
    density = measured(fields.mean["number_density"], (), force / (BOLTZMANN * TEMPERATURE))
    found = (
        measured(fields.mean["temperature"], (), WARMTH),
        measured(fields.mean["pressure"], (), force),
        *(measured(walls.whole["pressure"], face, force) for face in (0, 1)),
    )
    return density, found


def test_the_mean_density_is_that_of_the_gas_at_rest(monkeypatch):
    """By symmetry T' = dT/2 in the mean, so that p' and the walls' pressure are p dT/(2 T)."""
    (density, _), found = heated()
    assert abs(density) < 1e-12
    for value, error in found:
        assert abs(value - 0.5) < 4 * error < 0.02
    # The control: as it comes, short of what the cells hold in account.
    monkeypatch.setattr(engine, "set_levels", lambda *_: None)
    (density, _), found = heated()
    assert -0.06 < density < -0.02
    assert all(value - 0.5 < -10 * error for value, error in found[1:])


def flows(seed=1):
    """Reduced flows of Maxwell's plates of alpha = 0.8 at delta = 2, each from a run of its own drive."""
    at_rest = (MaxwellWall(TEMPERATURE, 0.8),) * 2
    gradient, force = 1e3, 1e5
    drives = {
        "couette_ratio": ((0.0, SPEED), (0.0, 0.0)),
        "fourier_ratio": ((WARMTH, 0.0), (0.0, 0.0)),
        "G_P": ((0.0, 0.0), (force, 0.0)),
        "G_T": ((0.0, 0.0), (0.0, gradient)),
    }
    found = {}
    for name, ((warmth, speed), (acceleration, slope)) in drives.items():
        faces = at_rest[0], MaxwellWall(TEMPERATURE + warmth, 0.8, (0.0, speed))
        rest = RestingGas(PRESSURE, TEMPERATURE, (0.0, 0.0, acceleration), (0.0, slope))
        steps = 3200 if name == "G_T" else 400  # of the weakest signal
        length, fields, _ = run(2.0, faces, rest, 16, 0.12, steps, 300, 40.0, seed)
        quantity, index, scale = {
            "couette_ratio": ("pressure_tensor", 4, -PRESSURE / THERMAL * SPEED / sqrt(pi)),
            "fourier_ratio": ("heat_flux", 0, -PRESSURE * THERMAL * WARMTH / TEMPERATURE / sqrt(pi)),
            "G_P": ("velocity", 2, length * force / THERMAL),
            "G_T": ("velocity", 2, THERMAL * length * gradient / TEMPERATURE / 2),
        }[name]
        found[name] = measured(fields.mean[quantity], index, scale)
    return found


def test_flows_between_plates_are_those_of_the_linearised_boltzmann_equation():
    """Couette, Fourier, Poiseuille and thermal creep against `analysis.transition`, at Ma = 0.001."""
    theory, other = hard_sphere_channel(2.0, 0.8), hard_sphere_channel(2.6, 0.8)
    most = {"couette_ratio": 0.01, "fourier_ratio": 0.015, "G_P": 0.015, "G_T": 0.015}
    for name, (value, error) in flows().items():
        expected = getattr(theory, name)
        assert abs(value - expected) < 4 * error, (name, value, error, expected)
        assert error < most[name] * expected, (name, error / expected)
        # The control: a third more gas is seen, and by G_P, which that leaves alone, diffuse plates.
        wrong = hard_sphere_channel(2.0, 1.0).G_P if name == "G_P" else getattr(other, name)
        assert abs(value - wrong) > 4 * error


def test_without_what_cells_pay_back_the_flow_is_another(monkeypatch):
    """The control of the split: particles of the residual kernel alone."""
    monkeypatch.setattr(DeviationalSimulation, "_advance", _advance_without_payment)
    faces = MaxwellWall(TEMPERATURE, 0.8), MaxwellWall(TEMPERATURE, 0.8, (0.0, SPEED))
    _, fields, _ = run(2.0, faces, RestingGas(PRESSURE, TEMPERATURE), 20, 0.1, 200, 100, 40.0)
    value, error = measured(fields.mean["pressure_tensor"], 4, -PRESSURE / THERMAL * SPEED / sqrt(pi))
    assert abs(value - hard_sphere_channel(2.0, 0.8).couette_ratio) > 10 * error


advance = DeviationalSimulation._advance


def _advance_without_payment(self):
    self._accounts[...] = 0.0
    advance(self)
