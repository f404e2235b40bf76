"""Currents of a box and their correlations, against NumPy."""

import numpy as np
import pytest

from knudsen.dsmc import DiffuseWall, Filling, Mixture, Periodic, Simulation, Slab
from knudsen.dsmc.measures.fluctuations import CurrentFluctuations, currents
from knudsen.dsmc.measures.velocities import VelocityDistributions

MASSES = np.array([2.0, 7.0])


def moments_of(v):
    x, y, z = np.moveaxis(v, -1, 0)
    e = x * x + y * y + z * z
    rows = (1 + 0 * x, x, y, z, x * x, y * y, z * z, x * y, x * z, y * z, e * x, e * y, e * z)
    return np.stack([row.sum(axis=-1) for row in rows], axis=-1)


def direct(velocities, masses):
    """Currents of molecules [species][molecule, 3] about their centre of mass, and k T."""
    number = sum(len(v) for v in velocities)
    mass = sum(m * len(v) for m, v in zip(masses, velocities, strict=True))
    centre = sum(m * v.sum(axis=0) for m, v in zip(masses, velocities, strict=True)) / mass
    c = [v - centre for v in velocities]
    thermal = sum(m * (a**2).sum() for m, a in zip(masses, c, strict=True)) / (3 * (number - 1))
    p = sum(m * a.T @ a for m, a in zip(masses, c, strict=True)) / thermal
    energy = [m / (2 * thermal) * (a**2).sum(axis=1) for m, a in zip(masses, c, strict=True)]
    heat = sum((e - 2.5) @ a for e, a in zip(energy, c, strict=True))
    uniaxial = (p[0, 0] + p[1, 1] - 2 * p[2, 2]) / 12**0.5
    shears = [p[0, 1], p[0, 2], p[1, 2], (p[0, 0] - p[1, 1]) / 2, uniaxial]
    return np.concatenate([shears, *(a.sum(axis=0) for a in c), heat]), thermal


def test_currents_are_those_about_the_centre_of_mass():
    random = np.random.default_rng(0)
    velocities = [random.gamma(2.0, 3.0, (n, 3)) + u for n, u in ((20, 5.0), (35, -2.0))]
    moments = np.stack([moments_of(v) for v in velocities])[None, None]
    found, temperature = currents(moments, MASSES)
    expected, thermal = direct(velocities, MASSES)
    np.testing.assert_allclose(found[0, 0], expected, rtol=1e-9, atol=1e-9)
    assert temperature[0] == pytest.approx(thermal / 1.380649e-23, rel=1e-12)


def make():
    return Simulation(
        Mixture(["He", "Ar"], "hs"), Slab(1e-6, 2, Periodic(), Periodic(), subcells=2),
        Filling(1e4, 300.0, (0.4, 0.6)), particles_per_cell=20, timestep=1e-10, copies=2, seed=4,
        device="cpu",
    )  # fmt: skip


@pytest.mark.parametrize("every", [1, 2])
def test_correlations_are_sums_over_all_pairs_of_times(every):
    """More samples than are held at a time, and a last stretch that is not full."""
    lags, samples = 4, 33
    simulation, twin = make(), make()
    measure = CurrentFluctuations(lags, every)
    simulation.add_measure(measure)
    simulation.run(every * samples)
    found, series = measure.result(), []
    masses = np.array(twin.gas.masses)
    for _ in range(every * samples):
        twin.step += 1
        twin.move()
        twin.sort()
        if twin.step % every == 0:
            series.append([direct(species_of(twin, copy), masses)[0] for copy in range(2)])
        twin.collide()
    series = np.array(series)
    np.testing.assert_array_equal(found.pairs, samples - np.arange(lags + 1))
    vectors = series[..., 5:].reshape(samples, 2, 3, 3)
    for lag in range(lags + 1):
        early, late = slice(samples - lag), slice(lag, samples)
        shear = (series[early, :, :5] * series[late, :, :5]).sum(axis=0).mean(axis=1)
        scale = (series[..., :5] ** 2).sum(axis=0).mean()
        np.testing.assert_allclose(found.shear[:, lag], shear, atol=1e-9 * scale)
        products = np.einsum("trax,trbx->rab", vectors[early], vectors[late]) / 3
        products = 0.5 * (products + products.swapaxes(1, 2))
        scale = np.sqrt(np.einsum("trax,trax->a", vectors, vectors))
        np.testing.assert_allclose(
            found.vectors[..., lag] / np.outer(scale, scale), products / np.outer(scale, scale), atol=1e-9
        )
    np.testing.assert_array_equal(found.counts, [[16, 24]] * 2)
    assert found.density == pytest.approx(1e4 / (1.380649e-23 * 300), rel=1e-9)


def species_of(simulation, copy):
    """Velocities of the molecules of each species of one copy."""
    particles = simulation.particles
    live = slice(copy * particles.capacity, copy * particles.capacity + particles.counts[copy])
    v = np.column_stack([particles.vx[live], particles.vy[live], particles.vz[live]])
    return [v[particles.species[live] == s] for s in range(2)]


def test_only_a_periodic_box_has_lasting_currents():
    simulation = Simulation(
        Mixture(["Ar"]), Slab(1e-6, 2, DiffuseWall(300.0), DiffuseWall(300.0)), Filling(1e4, 300.0, (1.0,)),
        particles_per_cell=20, timestep=1e-10, device="cpu",
    )  # fmt: skip
    with pytest.raises(ValueError, match="periodic faces all round"):
        simulation.add_measure(CurrentFluctuations(4))
    with pytest.raises(ValueError, match="lags must be 1"):
        CurrentFluctuations(0)


def test_too_few_samples_are_refused():
    simulation, measure = make(), CurrentFluctuations(5)
    simulation.add_measure(measure)
    simulation.run(5)
    with pytest.raises(RuntimeError, match="do not reach"):
        measure.result()


def test_measures_go_on_after_a_restore(tmp_path):
    runs = []
    for paused in (False, True):
        simulation = make()
        measures = CurrentFluctuations(4), VelocityDistributions([1], block=3)
        for measure in measures:
            simulation.add_measure(measure)
        simulation.run(17)
        if paused:
            simulation.checkpoint(tmp_path / "checkpoint.h5")
            simulation, measures = make(), (CurrentFluctuations(4), VelocityDistributions([1], block=3))
            with pytest.raises(ValueError, match="add the same"):
                simulation.restore(tmp_path / "checkpoint.h5")
            for measure in measures:
                simulation.add_measure(measure)
            simulation.restore(tmp_path / "checkpoint.h5")
        simulation.run(12)
        runs.append([measure.result() for measure in measures])
    for name in ("shear", "vectors", "pairs", "temperature", "counts"):
        np.testing.assert_array_equal(*(getattr(run[0], name) for run in runs), err_msg=name)
    for name in ("counts", "powers"):
        np.testing.assert_array_equal(*(getattr(run[1], name) for run in runs), err_msg=name)
