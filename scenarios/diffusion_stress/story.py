"""The figures of a run, and of a sweep: what two gases that move through each other do to the stress."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from knudsen.analysis.figures import new_figure, save, style
from knudsen.core.results import Result
from knudsen.scenarios.diffusion_stress import panels


def draw(result: Result, folder: Path) -> None:
    """Anisotropies in time, or across the slab and near its ends; beside them those of other masses.

    Raises OSError.
    """
    config = panels.config_of(result)
    layered = panels.has_layers(result)
    with style():
        figure, axes = new_figure(1, 2 + layered, (12.4 if layered else 8.4, 3.9))
        (panels.against_time if config.mode == "driven" else panels.across_slab)(axes[0], result)
        panels.against_mass_ratio(axes[-1], result)
        if layered:
            panels.near_an_end(axes[1], result)
        figure.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5)
        figure.suptitle(_title(config), fontsize=10)
        save(figure, folder, "stress_anisotropy")


def draw_sweep(results: Sequence[Result], folder: Path) -> None:
    """The whole story, where slabs of several Knudsen numbers were run.  Raises OSError.

    Growth from rest, if a driven gas is there, one slab, layers at both ends, stress against Kn and flux.
    """
    driven = [result for result in results if panels.config_of(result).mode == "driven"]
    slabs = {panels.knudsen(each): each for each in results if each not in driven and panels.has_layers(each)}
    if len(slabs) < 2:
        return
    slabs_by_size = [slabs[number] for number in sorted(slabs)]
    finest = min(slabs_by_size, key=lambda each: sum(_errors(each)))
    bulk = [each for each in slabs_by_size if each.estimate("stress_anisotropy_A").theory_kind == "exact"]
    shown = max(bulk, key=panels.knudsen) if bulk else finest
    with style():
        figure, axes = new_figure(2, 3, (12.4, 7.2))
        if driven:
            panels.against_time(axes[0, 0], driven[0])
            axes[0, 0].set_title("driven from rest", fontsize=8.5)
        else:
            panels.against_mass_ratio(axes[0, 0], shown)
        panels.across_slab(axes[0, 1], shown)
        axes[0, 1].set_title(f"counterdiffusion, Kn = {panels.knudsen(shown):.3g}", fontsize=8.5)
        panels.against_knudsen(axes[0, 2], slabs_by_size)
        panels.layers(axes[1, 0], slabs_by_size, "left")
        panels.layers(axes[1, 1], slabs_by_size, "right")
        panels.of_flux(axes[1, 2], slabs_by_size)
        figure.legend(*axes[0, 1].get_legend_handles_labels(), loc="outside lower center", ncols=5)
        figure.suptitle(f"Stresses of diffusion: {_gas(panels.config_of(shown))}", fontsize=10)
        save(figure, folder, "story")


def _errors(result: Result) -> list[float]:
    return [each.stderr for each in result.estimates if each.name.startswith("stress_anisotropy")]


def _gas(config: Any) -> str:
    gas = " and ".join(config.gases) if config.gases else f"mass ratio {config.mass_ratio:g}"
    return f"{gas}, {config.model}"


def _title(config: Any) -> str:
    how = "driven through each other" if config.mode == "driven" else "in steady counterdiffusion"
    return f"Stresses of two gases {how}: {_gas(config)}"
