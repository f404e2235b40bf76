"""Draws the figures of docs/theory.md: `python docs/theory_figures.py`."""

from pathlib import Path

import numpy as np

from knudsen.analysis.figures import GREY, new_figure, style
from knudsen.analysis.kinetic.chapman_enskog import ChapmanEnskog
from knudsen.analysis.kinetic.collision_integrals import LENNARD_JONES, collision_integral
from knudsen.analysis.transition.channel import plane_channel
from knudsen.analysis.transition.hard_sphere import hard_sphere_channel
from knudsen.core.files import replacing
from knudsen.core.gases import Mixture, Species
from knudsen.core.interactions import VariableSoftSphere

FOLDER = Path(__file__).parent / "figures"


def save(figure, name):
    """Write the figure as PNG."""
    with style(), replacing(FOLDER / f"theory_{name}.png") as partial:
        figure.savefig(partial, format="png")


def equal_diameters(mass_ratio, omega, alpha=1.0):
    """Two gases of equal diameters that meet by one soft-sphere interaction."""
    shared = VariableSoftSphere(4e-10, omega, alpha)
    heavy, light = (Species(n, m, shared, shared, shared) for n, m in (("A", 1e-3 * mass_ratio), ("B", 1e-3)))
    return Mixture([heavy, light])


def omega_against_temperature():
    """Reduced Lennard-Jones collision integrals."""
    figure, axes = new_figure()
    temperature = np.geomspace(0.3, 100, 200)
    with style():
        for l, s in ((1, 1), (2, 2), (1, 2), (3, 3)):
            values = collision_integral(LENNARD_JONES, l, s, temperature)
            axes.semilogx(temperature, values, label=f"$\\Omega^{{({l},{s})*}}$")
        axes.axhline(1, color=GREY, linewidth=0.8, linestyle=":")
        axes.set(
            xlabel="reduced temperature $T^* = kT/\\epsilon$", ylabel="over that of hard spheres", ylim=(0, 3)
        )
        axes.legend()
    save(figure, "omega")


def convergence_with_order():
    """Departure of each order from the converged coefficient: Kr-Ar, hard spheres and Lennard-Jones."""
    figure, panels = new_figure(1, 2, size=(7.6, 3.4))
    methods = {
        "$D_{12}$": ("diffusion_binary", 0.5, 101325.0),
        "$\\alpha_T$": ("thermal_diffusion_factor", 0.5),
        "$\\mu$": ("viscosity", [0.5, 0.5]),
        "$\\lambda$": ("thermal_conductivity", [0.5, 0.5]),
    }
    with style():
        for panel, model, last in zip(panels, ("hs", "lj"), (40, 20), strict=True):
            theory = ChapmanEnskog(Mixture(["Kr", "Ar"], model), 300.0, last)
            for label, (method, *arguments) in methods.items():
                orders = range(2, 13)
                limit = getattr(theory, method)(*arguments)
                below = [getattr(theory.truncated(n), method)(*arguments) for n in orders]
                panel.semilogy(orders, np.abs(np.array(below) / limit - 1), "o-", markersize=3, label=label)
            panel.set(title=f"Kr-Ar, {model}, 300 K, x = 0.5", xlabel="Sonine polynomials N")
        panels[0].set_ylabel("|departure from the limit| / limit")
        panels[0].legend()
    save(figure, "convergence")


def thermal_diffusion_against_omega():
    """alpha_T falls to zero as molecules become Maxwell's."""
    figure, axes = new_figure()
    indices = np.linspace(0.5, 1, 51)
    with style():
        for ratio in (2, 4, 10):
            factors = [
                ChapmanEnskog(equal_diameters(ratio, w)).thermal_diffusion_factor(0.5) for w in indices
            ]
            axes.plot(indices, factors, label=f"$m_1/m_2 = {ratio}$")
        axes.set(xlabel="viscosity index $\\omega$ (VHS, equal diameters, $x_1 = 0.5$)")
        axes.set_ylabel("thermal diffusion factor $\\alpha_T$")
        axes.legend()
    save(figure, "alpha_T")


def poiseuille_against_rarefaction():
    """Knudsen's minimum, by three kinetic equations."""
    figure, panels = new_figure(1, 2, size=(7.6, 3.4))
    delta = np.geomspace(0.05, 30, 60)
    flows = {
        "hard spheres (Boltzmann)": hard_sphere_channel,
        "Shakhov": lambda d: plane_channel(d, "shakhov"),
        "BGK": lambda d: plane_channel(d, "bgk"),
    }
    with style():
        for label, flow in flows.items():
            made = [flow(float(d)) for d in delta]
            for panel, name in zip(panels, ("G_P", "G_T"), strict=True):
                panel.semilogx(delta, [getattr(m, name) for m in made], label=label)
        slip = delta / 6 + 0.98733
        panels[0].semilogx(delta, slip, color=GREY, linestyle="--", label="$\\delta/6 + \\sigma_P$ (slip)")
        panels[0].set(xlabel="rarefaction $\\delta$", ylabel="Poiseuille flow $G_P$", ylim=(1.3, 3.2))
        panels[1].set(xlabel="rarefaction $\\delta$", ylabel="thermal creep $G_T$")
        panels[0].legend()
    save(figure, "channel")


if __name__ == "__main__":
    omega_against_temperature()
    convergence_with_order()
    thermal_diffusion_against_omega()
    poiseuille_against_rarefaction()
