"""Transport coefficients of hard spheres from the fluctuations of many small boxes, against Chapman-Enskog.

A homogeneous box has no cell error, and its collisions are a Poisson process whatever the step: what is left
is the truncation of the integrals, the sampling interval, and what the fixed energy of N molecules does to
the mean rates: hard spheres are less viscous, by 7 / (12 N), than a box of them, and by 11 / (12 N) less
conducting.  All boxes have one energy: left to chance, they would weigh T^(1/2), 1 / (12 N) less.
"""

from knudsen.analysis.green_kubo import fixed_energy_excess, transport_integrals
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.benchmarks.dsmc_green_kubo import settle
from knudsen.dsmc import Filling, Mixture, Periodic, Simulation, Slab
from knudsen.dsmc.measures.fluctuations import CurrentFluctuations

PRESSURE, STEPS_A_TIME, REACH = 1e5, 4, 9


def integrals(gases, fractions, samples, molecules=100, copies=200):
    """Theory, the stress's relaxation time eta / p, and running integrals of many boxes."""
    gas = Mixture(gases, "hs")
    theory = ChapmanEnskog(gas, 300.0, 12)
    time = float(theory.viscosity(fractions)) / PRESSURE
    simulation = Simulation(
        gas, Slab(1e-6, 1, Periodic(), Periodic()), Filling(PRESSURE, 300.0, fractions),
        particles_per_cell=molecules, timestep=time / STEPS_A_TIME, copies=copies, seed=1, device="cpu",
    )  # fmt: skip
    settle(simulation)
    simulation.run(20)
    measure = CurrentFluctuations(lags=REACH * STEPS_A_TIME)
    simulation.add_measure(measure)
    simulation.run(samples)
    return theory, time, transport_integrals(measure.result())


def deviation(measured, expected):
    return (measured.value - expected) / measured.stderr


FIXED_ENERGY = {"viscosity": 7 / 12, "thermal_conductivity": 11 / 12}


def test_one_gas():
    theory, time, found = integrals(["Ar"], (1.0,), 5000)
    whole, cut = found.at(REACH * time), found.at(3 * time)
    for name, excess in FIXED_ENERGY.items():
        expected = float(getattr(theory, name)([1.0])) * (1 + excess / 100)
        assert whole[name].stderr < 0.007 * expected
        assert abs(deviation(whole[name], expected)) < 4, name
        # The control: five per cent and more of the integral lie beyond three relaxation times.
        assert abs(deviation(cut[name], expected)) > 4, name


def test_few_molecules_of_fixed_energy_relax_more_slowly():
    theory, time, found = integrals(["Ar"], (1.0,), 4000, molecules=20, copies=800)
    whole = found.at(REACH * time)
    for name, excess in FIXED_ENERGY.items():
        many = float(getattr(theory, name)([1.0]))
        assert abs(deviation(whole[name], many * (1 + excess / 20))) < 4, name
        assert deviation(whole[name], many) > 4, name


def of_two(theory, fractions):
    return {
        "viscosity": theory.viscosity(fractions),
        "thermal_conductivity": theory.thermal_conductivity(fractions),
        "diffusion_binary": theory.diffusion_binary(0.5, PRESSURE),
        "thermal_diffusion_factor": theory.thermal_diffusion_factor(0.5),
    }


def test_two_gases():
    fractions = (0.5, 0.5)
    theory, time, found = integrals(["He", "Ar"], fractions, 5000)
    whole = found.at(REACH * time)
    excess = fixed_energy_excess(theory, fractions, 100)
    expected = {name: value * (1 + excess[name]) for name, value in of_two(theory, fractions).items()}
    for name, value in expected.items():
        assert whole[name].stderr < (0.03 if "factor" in name else 0.009) * abs(value), name
        assert abs(deviation(whole[name], value)) < 4, name
    # The control: species numbered the other way round would have the other sign.
    factor = whole["thermal_diffusion_factor"]
    assert abs(deviation(factor, -expected["thermal_diffusion_factor"])) > 4


def test_few_molecules_of_two_gases_diffuse_as_their_box_has_it():
    """About the centre of mass of few molecules the heat current is not free of drift: alpha_T is higher."""
    fractions = (0.5, 0.5)
    theory, time, found = integrals(["He", "Ar"], fractions, 4000, molecules=20, copies=400)
    whole, excess = found.at(REACH * time), fixed_energy_excess(theory, fractions, 20)
    many = of_two(theory, fractions)
    for name in ("diffusion_binary", "thermal_diffusion_factor"):
        assert abs(deviation(whole[name], many[name] * (1 + excess[name]))) < 4, name
    assert abs(deviation(whole["thermal_diffusion_factor"], many["thermal_diffusion_factor"])) > 4


def test_three_gases():
    fractions = (1 / 3, 1 / 3, 1 / 3)
    theory, time, found = integrals(["He", "Ne", "Ar"], fractions, 3000, molecules=90)
    whole = found.at(REACH * time)
    matrix, expected = whole["diffusion_matrix"], theory.diffusion_matrix(fractions, PRESSURE)
    assert (matrix.stderr < 0.02 * abs(expected).max()).all()
    assert (abs(deviation(matrix, expected)) < 4).all()
    drift, driven = (
        whole["thermal_diffusion_coefficients"],
        theory.thermal_diffusion_coefficients(fractions, PRESSURE),
    )
    assert (abs(deviation(drift, driven)) < 4).all()
    assert (abs(driven[[0, 2]]) > 4 * drift.stderr[[0, 2]]).all()
    heat = whole["thermal_conductivity"]
    assert heat.stderr < 0.015 * heat.value
    assert abs(deviation(heat, theory.thermal_conductivity(fractions))) < 4
    # The control: species in another order.
    assert (abs(deviation(matrix, expected[::-1, ::-1])) > 4).any()
